/* A writer is killed two hundred times at moments that nobody chose: the file is whole, what
 * was acknowledged is in it, and what belongs together is together. */
#include "place-fixture.h"

#include <gio/gio.h>
#include <string.h>

#define ROUNDS 200
/* Each of these rounds begins without a file, and may end before there is one. */
#define FRESH_EVERY 4
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

/* Return: the last number that was acknowledged; -1: none was. */
static gint64
run_and_kill (const char *path, gboolean early)
{
  Round round = { .acknowledged = -1 };
  g_autoptr (GError) error = NULL;
  guint limit = g_timeout_add_seconds (ROUND_LIMIT, on_limit, NULL);

  round.loop = g_main_loop_new (NULL, FALSE);
  round.writer = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, STORE_WRITER,
                                   path, NULL);
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

static void
check_file (const char *path, gint64 acknowledged)
{
  sqlite3 *handle = peek_open (path);
  g_autofree char *verdict = peek_text (handle, "PRAGMA integrity_check");
  gint64 last, first, n;

  g_assert_cmpstr (verdict, ==, "ok");
  if (peek_integer (handle, "PRAGMA user_version") == 0)
    {
      /* Killed before its first step. */
      g_assert_cmpint (acknowledged, ==, -1);
      g_assert_cmpint (peek_integer (handle, "SELECT count (*) FROM sqlite_schema"), ==,
                       0);
      peek_close (handle);
      return;
    }
  n = peek_integer (handle, "SELECT count (*) FROM sessions");
  first = peek_integer (handle, "SELECT min (CAST (label AS INTEGER)) FROM sessions");
  last = peek_integer (handle, "SELECT max (CAST (label AS INTEGER)) FROM sessions");
  g_assert_cmpint (MAX (last, 0), >=, acknowledged);
  if (n > 0)
    {
      g_assert_cmpint (last - first + 1, ==, n);
      g_assert_cmpint (peek_integer (handle, "SELECT count (*) FROM lifetimes"), ==, 2);
      g_assert_cmpint (peek_integer (handle, "SELECT min (alive) FROM lifetimes"), ==,
                       last);
      g_assert_cmpint (peek_integer (handle, "SELECT max (alive) FROM lifetimes"), ==,
                       last);
      g_assert_cmpint (peek_integer (handle, "SELECT successes FROM servers"), ==, last);
    }
  peek_close (handle);
}

static void
test_kill (void)
{
  gint64 written = 0, before = 0;
  PlaceFixture place;

  place_fixture_init (&place, "cache.db");
  for (guint round = 0; round < ROUNDS; round++)
    {
      gboolean fresh = round % FRESH_EVERY == 0;
      gint64 acknowledged;

      if (fresh)
        place_fixture_empty (&place);
      before = fresh ? 0 : MAX (before, 0);
      acknowledged = run_and_kill (place.path, fresh);
      if (g_file_test (place.path, G_FILE_TEST_EXISTS))
        check_file (place.path, acknowledged);
      else
        g_assert_cmpint (acknowledged, ==, -1);
      written += MAX (acknowledged - before, 0);
      before = MAX (acknowledged, before);
    }
  g_test_message ("%u kills, %" G_GINT64_FORMAT " transactions acknowledged", ROUNDS,
                  written);
  g_assert_cmpint (written, >, ROUNDS);
  place_fixture_clear (&place);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cache-kill/two-hundred-times", test_kill);
  return g_test_run ();
}
