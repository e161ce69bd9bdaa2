/* Lines from a descriptor, in whatever pieces they come. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/line-reader.h"

#define MAX_LENGTH 10

typedef struct
{
  LineReader *reader;
  GString *heard;   /* each line in brackets, `!` for one too long, `.` for the end */
  gboolean pausing; /* after each line */
} Listener;

static void
on_line (const char *line, gsize length, gpointer data)
{
  Listener *listener = data;

  g_assert_cmpuint (strlen (line), <=, length);
  g_string_append_printf (listener->heard, "[%s]", line);
  if (listener->pausing)
    line_reader_pause (listener->reader);
}

static void
on_too_long (gpointer data)
{
  g_string_append_c (((Listener *) data)->heard, '!');
}

static void
on_ended (gpointer data)
{
  g_string_append_c (((Listener *) data)->heard, '.');
}

static const LineReaderHandlers handlers = { on_line, on_too_long, on_ended };

static void
run_dry (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Writes the pieces one after the other; what is heard must be `expected`. */
static void
check (const char *expected, const char *const *pieces)
{
  Listener listener = { NULL, g_string_new (NULL), FALSE };
  int ends[2];

  g_assert_cmpint (pipe2 (ends, O_CLOEXEC), ==, 0);
  listener.reader = line_reader_new (ends[0], MAX_LENGTH, &handlers, &listener);
  line_reader_resume (listener.reader);
  for (; *pieces != NULL; pieces++)
    {
      g_assert_cmpint (write (ends[1], *pieces, strlen (*pieces)), ==, strlen (*pieces));
      run_dry ();
    }
  close (ends[1]);
  run_dry ();
  g_assert_cmpstr (listener.heard->str, ==, expected);
  line_reader_free (listener.reader);
  g_string_free (listener.heard, TRUE);
  close (ends[0]);
}

#define CHECK(expected, ...) check (expected, (const char *const[]){ __VA_ARGS__, NULL })

static void
test_pieces (void)
{
  CHECK (".", "");
  CHECK ("[a].", "a\n");
  CHECK ("[a][b][][c].", "a\nb\n\nc\n");
  CHECK ("[abc][de].", "a", "b", "c\nd", "e", "\n");
  CHECK ("[a][last].", "a\nla", "st");
}

static void
test_too_long (void)
{
  CHECK ("[0123456789].", "0123456789\n");
  CHECK ("!.", "0123456789a\n");
  CHECK ("[a]![b].", "a\n0123456789", "0123456789", "0123456789\nb\n");
  CHECK ("!.", "0123456789", "0123456789");
  CHECK ("![x].", "01234567890123456789012\nx");
}

static void
test_pause (void)
{
  Listener listener = { NULL, g_string_new (NULL), TRUE };
  int ends[2];

  g_assert_cmpint (pipe2 (ends, O_CLOEXEC), ==, 0);
  listener.reader = line_reader_new (ends[0], MAX_LENGTH, &handlers, &listener);
  g_assert_cmpint (write (ends[1], "a\nb\nc", 5), ==, 5);
  close (ends[1]);
  run_dry ();
  g_assert_cmpstr (listener.heard->str, ==, "");
  for (guint i = 0; i < 5; i++)
    {
      static const char *const heard[]
          = { "[a]", "[a][b]", "[a][b][c]", "[a][b][c].", "[a][b][c]." };

      line_reader_resume (listener.reader);
      run_dry ();
      g_assert_cmpstr (listener.heard->str, ==, heard[i]);
    }
  line_reader_free (listener.reader);
  g_string_free (listener.heard, TRUE);
  close (ends[0]);
}

static void
test_file (void)
{
  Listener listener = { NULL, g_string_new (NULL), FALSE };
  g_autofree char *name = NULL;
  int fd = g_file_open_tmp ("fram-lines-XXXXXX", &name, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, "one\ntwo\n", 8), ==, 8);
  g_assert_cmpint (lseek (fd, 0, SEEK_SET), ==, 0);
  listener.reader = line_reader_new (fd, MAX_LENGTH, &handlers, &listener);
  line_reader_resume (listener.reader);
  run_dry ();
  g_assert_cmpstr (listener.heard->str, ==, "[one][two].");
  line_reader_free (listener.reader);
  g_string_free (listener.heard, TRUE);
  close (fd);
  unlink (name);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/line-reader/pieces", test_pieces);
  g_test_add_func ("/line-reader/too-long", test_too_long);
  g_test_add_func ("/line-reader/pause", test_pause);
  g_test_add_func ("/line-reader/file", test_file);
  return g_test_run ();
}
