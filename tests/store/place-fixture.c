#include "place-fixture.h"

#include <ftw.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void
place_fixture_init (PlaceFixture *fixture, const char *name)
{
  /* In memory: no test takes the power away, and thousands of files need not wait for a
   * disk. */
  fixture->directory = g_mkdtemp (g_strdup ("/dev/shm/fram-store-XXXXXX"));
  g_assert_nonnull (fixture->directory);
  fixture->path = g_build_filename (fixture->directory, "fram", name, NULL);
}

static int
remove_one (const char *path, const struct stat *status, int type, struct FTW *ftw)
{
  return ftw->level > 0 ? remove (path) : 0;
}

void
place_fixture_empty (PlaceFixture *fixture)
{
  g_assert_cmpint (nftw (fixture->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS), ==,
                   0);
}

void
place_fixture_clear (PlaceFixture *fixture)
{
  place_fixture_empty (fixture);
  g_assert_cmpint (g_rmdir (fixture->directory), ==, 0);
  g_free (fixture->directory);
  g_free (fixture->path);
}

char *
place_beside (const PlaceFixture *fixture, const char *suffix)
{
  return g_strconcat (fixture->path, suffix, NULL);
}

guint
place_count_beside (const PlaceFixture *fixture, const char *suffix)
{
  g_autofree char *directory = g_path_get_dirname (fixture->path);
  g_autofree char *name = g_path_get_basename (fixture->path);
  g_autofree char *prefix = g_strconcat (name, suffix, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (directory, 0, &error);
  const char *entry;
  guint n = 0;

  g_assert_no_error (error);
  while ((entry = g_dir_read_name (dir)) != NULL)
    n += g_str_has_prefix (entry, prefix);
  return n;
}

guint
place_mode (const char *path)
{
  struct stat status;

  g_assert_cmpint (lstat (path, &status), ==, 0);
  return status.st_mode & 07777;
}

sqlite3 *
peek_open (const char *path)
{
  sqlite3 *handle;

  /* By the system's file system, whatever a test has put before it. */
  g_assert_cmpint (sqlite3_open_v2 (path, &handle, SQLITE_OPEN_READWRITE, "unix"), ==,
                   SQLITE_OK);
  return handle;
}

void
peek_close (sqlite3 *handle)
{
  g_assert_cmpint (sqlite3_close (handle), ==, SQLITE_OK);
}

char *
peek_text (sqlite3 *handle, const char *sql)
{
  sqlite3_stmt *statement;
  char *text = NULL;

  if (sqlite3_prepare_v2 (handle, sql, -1, &statement, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (handle));
  if (sqlite3_step (statement) == SQLITE_ROW)
    text = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);
  return text;
}

gint64
peek_integer (sqlite3 *handle, const char *sql)
{
  g_autofree char *text = peek_text (handle, sql);

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : -1;
}

void
peek_run (sqlite3 *handle, const char *sql)
{
  if (sqlite3_exec (handle, sql, NULL, NULL, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (handle));
}

gboolean
peek_is_sound (const char *path)
{
  sqlite3 *handle = peek_open (path);
  g_autofree char *verdict = peek_text (handle, "PRAGMA integrity_check");

  if (g_strcmp0 (verdict, "ok") != 0)
    g_test_message ("%s: %s", path, verdict);
  peek_close (handle);
  return g_strcmp0 (verdict, "ok") == 0;
}
