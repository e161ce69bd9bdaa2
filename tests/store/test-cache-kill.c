/* A writer is killed two hundred times at moments that nobody chose: the file is whole, what
 * was acknowledged is in it, and what belongs together is together. */
#include "killed-writer.h"
#include "place-fixture.h"

#define ROUNDS 200
/* Each of these rounds begins without a file, and may end before there is one. */
#define FRESH_EVERY 4

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
      acknowledged = killed_writer_run (STORE_WRITER, place.path, fresh);
      if (g_file_test (place.path, G_FILE_TEST_EXISTS))
        check_file (place.path, acknowledged);
      else
        g_assert_cmpint (acknowledged, ==, -1);
      written += MAX (acknowledged - before, 0);
      before = MAX (acknowledged, before);
    }
  g_test_message ("%u kills, %" G_GINT64_FORMAT " transactions acknowledged", ROUNDS,
                  written);
  /* How many is the machine's matter; without any, nothing was tried. */
  g_assert_cmpint (written, >, 0);
  place_fixture_clear (&place);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cache-kill/two-hundred-times", test_kill);
  return g_test_run ();
}
