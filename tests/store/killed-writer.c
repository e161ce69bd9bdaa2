#include "killed-writer.h"

#include <gio/gio.h>
#include <string.h>

#define ROUND_LIMIT 30 /* seconds */

typedef struct
{
  GMainLoop *loop;
  GSubprocess *writer;
  GDataInputStream *output;
  gboolean ready;
  gint64 acknowledged; /* -1: nothing */
} Round;

static gboolean
on_kill (gpointer user_data)
{
  Round *round = user_data;

  g_subprocess_force_exit (round->writer);
  return G_SOURCE_REMOVE;
}

static gboolean
on_limit (gpointer user_data)
{
  g_error ("The writer does not end");
  return G_SOURCE_REMOVE;
}

static void read_on (Round *round);

static void
on_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Round *round = user_data;
  g_autoptr (GError) error = NULL;
  gsize length;
  g_autofree char *line
      = g_data_input_stream_read_line_finish (round->output, result, &length, &error);

  g_assert_no_error (error);
  if (line == NULL)
    {
      g_main_loop_quit (round->loop);
      return;
    }
  if (g_str_has_prefix (line, "notice"))
    g_error ("%s", line);
  if (g_str_equal (line, "ready"))
    {
      round->ready = TRUE;
      g_timeout_add (g_test_rand_int_range (1, 101), on_kill, round);
    }
  else
    {
      gint64 number = g_ascii_strtoll (line, NULL, 10);

      /* The last line may have been cut off by the death. */
      round->acknowledged = MAX (round->acknowledged, number);
    }
  read_on (round);
}

static void
read_on (Round *round)
{
  g_data_input_stream_read_line_async (round->output, G_PRIORITY_DEFAULT, NULL, on_line,
                                       round);
}

gint64
killed_writer_run (const char *program, const char *path, gboolean early)
{
  Round round = { .acknowledged = -1 };
  g_autoptr (GError) error = NULL;
  guint limit = g_timeout_add_seconds (ROUND_LIMIT, on_limit, NULL);

  round.loop = g_main_loop_new (NULL, FALSE);
  round.writer
      = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, path, NULL);
  g_assert_no_error (error);
  round.output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (round.writer));
  /* In the midst of the opening, and of the tables' making. */
  if (early)
    g_timeout_add (g_test_rand_int_range (1, 16), on_kill, &round);
  read_on (&round);
  g_main_loop_run (round.loop);
  g_subprocess_wait (round.writer, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_signaled (round.writer));
  g_assert_cmpint (g_subprocess_get_term_sig (round.writer), ==, SIGKILL);

  g_source_remove (limit);
  while (g_source_remove_by_user_data (&round))
    ;
  g_object_unref (round.output);
  g_object_unref (round.writer);
  g_main_loop_unref (round.loop);
  return round.acknowledged;
}
