/* Disks that are full or can only be read, as the kernel has them. */
#include "cache-fixture.h"
#include "mounts.h"

#include <glib/gstdio.h>

static void
init (CacheFixture *fixture, guint bytes)
{
  cache_fixture_init (fixture);
  mounts_add_small (fixture->place.directory, bytes);
}

static void
clear (CacheFixture *fixture)
{
  cache_fixture_close (fixture);
  mounts_remove (fixture->place.directory);
  cache_fixture_clear (fixture);
}

/* It goes without a file for this run, and says so once. */
static void
check_without_file (CacheFixture *fixture, FramStoreError code)
{
  cache_fixture_open (fixture);
  cache_fixture_assert_notice (fixture, FRAM_CACHE_IN_MEMORY, code);
  cache_fixture_fill (fixture, "n", 1);
  cache_fixture_assert_filled (fixture, "n", 1);
  cache_fixture_add_session (fixture, "s");
  g_assert_cmpuint (cache_fixture_count_sessions (fixture), ==, 1);
  fram_cache_set_history (fixture->cache, FALSE);
  cache_fixture_close (fixture);
  cache_fixture_assert_quiet (fixture);
}

static void
test_full_from_the_start (void)
{
  g_autofree char *fill = NULL;
  CacheFixture fixture;

  init (&fixture, 1 << 20);
  fill = mounts_fill (fixture.place.directory);
  check_without_file (&fixture, FRAM_STORE_ERROR_FULL);
  g_assert_cmpint (g_unlink (fill), ==, 0);
  cache_fixture_open (&fixture);
  cache_fixture_assert_quiet (&fixture);
  g_assert_cmpint (fram_cache_get_state (fixture.cache), ==, FRAM_CACHE_ON_DISK);
  clear (&fixture);
}

/* Full in the middle of whatever: of the tables' making, or of a batch. */
static void
test_full_at_each_size (void)
{
  for (guint pages = 1; pages < 120; pages += pages < 40 ? 1 : 8)
    {
      g_autofree char *name = NULL;
      CacheFixture fixture;

      init (&fixture, pages * 4096);
      cache_fixture_open (&fixture);
      for (guint i = 0; i < 40; i++)
        {
          name = (g_free (name), g_strdup_printf ("n%u", i));
          cache_fixture_fill (&fixture, name, i);
          fram_cache_flush (fixture.cache);
        }
      if (fixture.n_notices > 0)
        g_assert_error (fixture.problem, FRAM_STORE_ERROR, FRAM_STORE_ERROR_FULL);
      g_assert_cmpuint (fixture.n_notices, <=, 1);
      cache_fixture_close (&fixture);
      g_assert_cmpuint (place_count_beside (&fixture.place, ".corrupt-"), ==, 0);
      clear (&fixture);
    }
}

static void
test_full_for_a_while (void)
{
  g_autofree char *fill = NULL;
  CacheFixture fixture;

  init (&fixture, 4 << 20);
  cache_fixture_open (&fixture);
  cache_fixture_fill (&fixture, "n", 1);
  g_assert_true (fram_cache_flush (fixture.cache));
  fill = mounts_fill (fixture.place.directory);

  cache_fixture_fill (&fixture, "n", 2);
  for (guint i = 0; i < 500; i++)
    cache_fixture_add_session (&fixture, "s");
  g_assert_false (fram_cache_flush (fixture.cache));
  cache_fixture_assert_notice (&fixture, FRAM_CACHE_WAITING, FRAM_STORE_ERROR_FULL);
  g_assert_false (fram_cache_flush (fixture.cache));
  cache_fixture_assert_quiet (&fixture);

  g_assert_cmpint (g_unlink (fill), ==, 0);
  g_assert_true (fram_cache_flush (fixture.cache));
  g_assert_cmpint (fixture.noticed, ==, FRAM_CACHE_ON_DISK);
  g_assert_no_error (fixture.problem);
  cache_fixture_reopen (&fixture);
  cache_fixture_assert_filled (&fixture, "n", 2);
  g_assert_cmpuint (cache_fixture_count_sessions (&fixture), ==, 500);
  clear (&fixture);
}

static void
test_read_only_new (void)
{
  CacheFixture fixture;

  init (&fixture, 1 << 20);
  mounts_set_read_only (fixture.place.directory, TRUE);
  check_without_file (&fixture, FRAM_STORE_ERROR_READ_ONLY);
  mounts_set_read_only (fixture.place.directory, FALSE);
  g_assert_false (g_file_test (fixture.place.path, G_FILE_TEST_EXISTS));
  clear (&fixture);
}

static void
test_read_only_old (void)
{
  CacheFixture fixture;

  init (&fixture, 1 << 20);
  cache_fixture_open (&fixture);
  cache_fixture_fill (&fixture, "old", 1);
  cache_fixture_close (&fixture);
  mounts_set_read_only (fixture.place.directory, TRUE);
  check_without_file (&fixture, FRAM_STORE_ERROR_READ_ONLY);

  /* A damaged one cannot be set aside there. */
  mounts_set_read_only (fixture.place.directory, FALSE);
  g_assert_true (
      g_file_set_contents (fixture.place.path, "no database, but text", -1, NULL));
  mounts_set_read_only (fixture.place.directory, TRUE);
  check_without_file (&fixture, FRAM_STORE_ERROR_READ_ONLY);
  mounts_set_read_only (fixture.place.directory, FALSE);
  g_assert_cmpuint (place_count_beside (&fixture.place, ""), ==, 1);
  clear (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  mounts_enter ();
  g_test_add_func ("/cache-disks/full/from-the-start", test_full_from_the_start);
  g_test_add_func ("/cache-disks/full/at-each-size", test_full_at_each_size);
  g_test_add_func ("/cache-disks/full/for-a-while", test_full_for_a_while);
  g_test_add_func ("/cache-disks/read-only/new-file", test_read_only_new);
  g_test_add_func ("/cache-disks/read-only/old-file", test_read_only_old);
  return g_test_run ();
}
