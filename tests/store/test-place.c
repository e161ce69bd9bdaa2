/* Where the files lie: the variables, the permissions, and what must not stand there. */
#include "store/database.h"
#include "store/place.h"

#include "place-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOME "/home/of-nobody"

static const char *const steps[] = { "CREATE TABLE t (i INTEGER) STRICT" };
static const FramSchema schema = { steps, G_N_ELEMENTS (steps), .max_bytes = 1 << 20 };

static void
set_variable (const char *name, const char *value)
{
  if (value != NULL)
    g_setenv (name, value, TRUE);
  else
    g_unsetenv (name);
}

static void
check_path (FramPlace place, const char *value, const char *expected)
{
  static const char *const variables[] = {
    [FRAM_PLACE_CACHE] = "XDG_CACHE_HOME",
    [FRAM_PLACE_STATE] = "XDG_STATE_HOME",
    [FRAM_PLACE_CONFIG] = "XDG_CONFIG_HOME",
  };
  g_autofree char *path = NULL;

  set_variable (variables[place], value);
  path = fram_place_path (place, "x.db");
  g_assert_cmpstr (path, ==, expected);
}

static void
test_variables (void)
{
  static const char *const not_absolute[] = { NULL, "", ".", "cache", "~/cache", "./c" };

  check_path (FRAM_PLACE_CACHE, "/var/c", "/var/c/fram/x.db");
  check_path (FRAM_PLACE_CACHE, "/var/c//", "/var/c/fram/x.db");
  check_path (FRAM_PLACE_STATE, "/var/s", "/var/s/fram/x.db");
  check_path (FRAM_PLACE_CONFIG, "/var/e", "/var/e/fram/x.db");
  for (gsize i = 0; i < G_N_ELEMENTS (not_absolute); i++)
    {
      check_path (FRAM_PLACE_CACHE, not_absolute[i], HOME "/.cache/fram/x.db");
      check_path (FRAM_PLACE_STATE, not_absolute[i], HOME "/.local/state/fram/x.db");
      check_path (FRAM_PLACE_CONFIG, not_absolute[i], HOME "/.config/fram/x.db");
    }
}

/* Opens the file; `code` -1: it is to work. */
static void
check_open (const PlaceFixture *fixture, int code)
{
  g_autoptr (GError) error = NULL;

  fram_database_close (fram_database_open (fixture->path, &schema, &error));
  if (code < 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, FRAM_STORE_ERROR, code);
}

static void
test_modes (void)
{
  g_autoptr (FramDatabase) database = NULL;
  g_autofree char *directory = NULL, *log = NULL;
  PlaceFixture fixture;
  mode_t before = umask (0);

  place_fixture_init (&fixture, "x.db");
  directory = g_path_get_dirname (fixture.path);
  log = place_beside (&fixture, "-wal");
  database = fram_database_open (fixture.path, &schema, NULL);
  g_assert_cmpuint (place_mode (directory), ==, 0700);
  g_assert_cmpuint (place_mode (fixture.path), ==, 0600);
  g_assert_cmpuint (place_mode (log), ==, 0600);
  g_clear_pointer (&database, fram_database_close);

  /* Others could read it; from now on not any more. */
  g_assert_cmpint (g_chmod (fixture.path, 0644), ==, 0);
  check_open (&fixture, -1);
  g_assert_cmpuint (place_mode (fixture.path), ==, 0600);

  place_fixture_empty (&fixture);
  umask (0777);
  g_mkdir (directory, 0);
  g_assert_cmpint (g_chmod (directory, 0700), ==, 0);
  check_open (&fixture, -1);
  g_assert_cmpuint (place_mode (fixture.path), ==, 0600);
  umask (before);
  place_fixture_clear (&fixture);
}

static void
test_directory_of_all (void)
{
  g_autofree char *directory = NULL;
  PlaceFixture fixture;

  place_fixture_init (&fixture, "x.db");
  directory = g_path_get_dirname (fixture.path);
  g_assert_cmpint (g_mkdir (directory, 0700), ==, 0);
  g_assert_cmpint (g_chmod (directory, 01777), ==, 0);
  check_open (&fixture, FRAM_STORE_ERROR_NO_ACCESS);
  g_assert_false (g_file_test (fixture.path, G_FILE_TEST_EXISTS));
  place_fixture_clear (&fixture);
}

static void
test_relative (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fram_database_open ("fram/x.db", &schema, &error));
  g_assert_error (error, FRAM_STORE_ERROR, FRAM_STORE_ERROR_NO_ACCESS);
  g_assert_false (g_file_test ("fram", G_FILE_TEST_EXISTS));
}

/* A home directory may be behind a link. */
static void
test_link_above (void)
{
  g_autofree char *real = NULL, *link = NULL, *path = NULL;
  PlaceFixture fixture, behind;

  place_fixture_init (&fixture, "x.db");
  real = g_build_filename (fixture.directory, "real", NULL);
  link = g_build_filename (fixture.directory, "link", NULL);
  path = g_build_filename (real, "fram", "x.db", NULL);
  g_assert_cmpint (g_mkdir (real, 0700), ==, 0);
  g_assert_cmpint (symlink (real, link), ==, 0);
  behind = fixture;
  behind.path = g_build_filename (link, "fram", "x.db", NULL);
  check_open (&behind, -1);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
  g_free (behind.path);
  place_fixture_clear (&fixture);
}

/* Somebody's file, to which a link leads; it must stay as it is. */
static char *
make_victim (const PlaceFixture *fixture)
{
  char *victim = g_build_filename (fixture->directory, "victim", NULL);

  g_assert_true (g_file_set_contents (victim, "precious", -1, NULL));
  return victim;
}

static void
check_victim (const char *victim)
{
  g_autofree char *contents = NULL;

  g_assert_true (g_file_get_contents (victim, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "precious");
}

static void
test_links (gconstpointer suffix)
{
  g_autofree char *victim = NULL, *directory = NULL, *link = NULL;
  PlaceFixture fixture;

  place_fixture_init (&fixture, "x.db");
  victim = make_victim (&fixture);
  directory = g_path_get_dirname (fixture.path);
  link = place_beside (&fixture, suffix);
  g_assert_cmpint (g_mkdir (directory, 0700), ==, 0);

  g_assert_cmpint (symlink (victim, link), ==, 0);
  check_open (&fixture, FRAM_STORE_ERROR_NO_ACCESS);
  check_victim (victim);
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));

  /* One that leads nowhere is not to make a file there. */
  g_assert_cmpint (g_unlink (victim), ==, 0);
  check_open (&fixture, FRAM_STORE_ERROR_NO_ACCESS);
  g_assert_false (g_file_test (victim, G_FILE_TEST_EXISTS));
  place_fixture_clear (&fixture);
}

static void
test_linked_directory (void)
{
  g_autofree char *other = NULL, *directory = NULL, *path = NULL;
  PlaceFixture fixture;

  place_fixture_init (&fixture, "x.db");
  other = g_build_filename (fixture.directory, "other", NULL);
  path = g_build_filename (other, "x.db", NULL);
  directory = g_path_get_dirname (fixture.path);
  g_assert_cmpint (g_mkdir (other, 0700), ==, 0);
  g_assert_cmpint (symlink (other, directory), ==, 0);
  check_open (&fixture, FRAM_STORE_ERROR_NO_ACCESS);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  place_fixture_clear (&fixture);
}

static void
test_no_files (void)
{
  g_autofree char *directory = NULL;
  PlaceFixture fixture;

  place_fixture_init (&fixture, "x.db");
  directory = g_path_get_dirname (fixture.path);
  g_assert_cmpint (g_mkdir (directory, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (fixture.path, 0700), ==, 0);
  check_open (&fixture, FRAM_STORE_ERROR_NO_ACCESS);
  g_assert_cmpint (g_rmdir (fixture.path), ==, 0);
  g_assert_cmpint (mkfifo (fixture.path, 0600), ==, 0);
  check_open (&fixture, FRAM_STORE_ERROR_NO_ACCESS);

  /* A file where a directory should be. */
  place_fixture_empty (&fixture);
  g_assert_true (g_file_set_contents (directory, "", 0, NULL));
  check_open (&fixture, FRAM_STORE_ERROR_NO_ACCESS);
  place_fixture_clear (&fixture);
}

/* The root directory and what is in it are root's; for root, a file is given away. */
static void
test_of_somebody_else (void)
{
  g_autofree char *directory = NULL;
  PlaceFixture fixture;

  place_fixture_init (&fixture, "x.db");
  directory = g_path_get_dirname (fixture.path);
  if (geteuid () != 0)
    {
      g_free (fixture.path);
      fixture.path = g_strdup ("/usr/x.db");
      check_open (&fixture, FRAM_STORE_ERROR_NO_ACCESS);
    }
  else
    {
      check_open (&fixture, -1);
      g_assert_cmpint (chown (fixture.path, 12345, 12345), ==, 0);
      check_open (&fixture, FRAM_STORE_ERROR_NO_ACCESS);
      g_assert_cmpint (chown (fixture.path, 0, 0), ==, 0);
      g_assert_cmpint (chown (directory, 12345, 12345), ==, 0);
      check_open (&fixture, FRAM_STORE_ERROR_NO_ACCESS);
    }
  place_fixture_clear (&fixture);
}

static void
test_set_aside (void)
{
  g_autofree char *last = NULL, *contents = NULL, *log = NULL;
  PlaceFixture fixture;

  place_fixture_init (&fixture, "x.db");
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i);
      g_autofree char *wal = place_beside (&fixture, "-wal");
      g_autoptr (GError) error = NULL;

      check_open (&fixture, -1);
      g_assert_true (g_file_set_contents (fixture.path, number, -1, NULL));
      g_assert_true (g_file_set_contents (wal, number, -1, NULL));
      g_free (last);
      last = fram_place_set_aside (fixture.path, &error);
      g_assert_no_error (error);
    }
  /* The newest are kept, each with its log. */
  g_assert_cmpuint (place_count_beside (&fixture, ""), ==, 2 * FRAM_PLACE_KEPT_ASIDE);
  g_assert_cmpuint (place_count_beside (&fixture, ".corrupt-"), ==,
                    2 * FRAM_PLACE_KEPT_ASIDE);
  g_assert_true (g_file_get_contents (last, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "4");
  log = g_strconcat (last, "-wal", NULL);
  g_assert_true (g_file_test (log, G_FILE_TEST_EXISTS));
  place_fixture_clear (&fixture);
}

static void
test_nothing_to_set_aside (void)
{
  g_autoptr (GError) error = NULL;
  PlaceFixture fixture;

  place_fixture_init (&fixture, "x.db");
  g_assert_null (fram_place_set_aside (fixture.path, &error));
  g_assert_error (error, FRAM_STORE_ERROR, FRAM_STORE_ERROR_IO);
  place_fixture_clear (&fixture);
}

int
main (int argc, char *argv[])
{
  /* GLib asks for it once only. */
  g_setenv ("HOME", HOME, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/place/variables", test_variables);
  g_test_add_func ("/place/modes", test_modes);
  g_test_add_func ("/place/directory-of-all", test_directory_of_all);
  g_test_add_func ("/place/relative", test_relative);
  g_test_add_func ("/place/link-above", test_link_above);
  g_test_add_data_func ("/place/links/file", "", test_links);
  g_test_add_data_func ("/place/links/log", "-wal", test_links);
  g_test_add_data_func ("/place/links/journal", "-journal", test_links);
  g_test_add_data_func ("/place/links/index", "-shm", test_links);
  g_test_add_func ("/place/links/directory", test_linked_directory);
  g_test_add_func ("/place/no-files", test_no_files);
  g_test_add_func ("/place/of-somebody-else", test_of_somebody_else);
  g_test_add_func ("/place/set-aside", test_set_aside);
  g_test_add_func ("/place/nothing-to-set-aside", test_nothing_to_set_aside);
  return g_test_run ();
}
