/* When the cache writes: soon, when the loop is idle, in any case at the latest, many facts at
 * once; and what it does when its file is gone or another process has it. */
#include "cache-fixture.h"

#include <glib/gstdio.h>

static gboolean
on_limit (gpointer user_data)
{
  g_error ("The cache was not written");
  return G_SOURCE_REMOVE;
}

static GSource *
attach (CacheFixture *fixture, GSource *source, GSourceFunc function, gpointer data)
{
  g_source_set_callback (source, function, data, NULL);
  g_source_attach (source, fixture->context);
  return source;
}

static void
detach (GSource *source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

static FramCacheTotals
get_totals (const CacheFixture *fixture)
{
  FramCacheTotals totals;

  fram_cache_get_totals (fixture->cache, &totals);
  return totals;
}

/* Runs the loop until nothing waits.  Return: how long that took. */
static gint64
run_until_written (CacheFixture *fixture)
{
  gint64 begun = g_get_monotonic_time ();
  GSource *limit = attach (fixture, g_timeout_source_new_seconds (20), on_limit, NULL);

  while (get_totals (fixture).n_waiting > 0)
    g_main_context_iteration (fixture->context, TRUE);
  detach (limit);
  return g_get_monotonic_time () - begun;
}

static void
test_soon (void)
{
  CacheFixture fixture;
  FramCacheTotals before;
  gint64 taken;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  before = get_totals (&fixture);
  for (guint i = 0; i < 10; i++)
    cache_fixture_fill (&fixture, "n", i);
  cache_fixture_fill (&fixture, "m", 3);
  g_assert_cmpuint (get_totals (&fixture).n_waiting, ==, 10);
  taken = run_until_written (&fixture);
  /* Not at once: more may come. */
  g_assert_cmpint (taken, >=, FRAM_MILLISECONDS (900));
  g_assert_cmpuint (get_totals (&fixture).n_batches, ==, before.n_batches + 1);
  g_assert_cmpuint (get_totals (&fixture).n_written, ==, before.n_written + 10);
  cache_fixture_assert_quiet (&fixture);
  cache_fixture_clear (&fixture);
}

static gboolean
on_busy (gpointer user_data)
{
  (*(guint *) user_data)++;
  return G_SOURCE_CONTINUE;
}

/* A loop that always has something to do writes too. */
static void
test_never_idle (void)
{
  CacheFixture fixture;
  GSource *busy = g_idle_source_new ();
  guint n_turns = 0;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  g_source_set_priority (busy, G_PRIORITY_DEFAULT);
  attach (&fixture, busy, on_busy, &n_turns);
  cache_fixture_fill (&fixture, "n", 1);
  g_assert_cmpint (run_until_written (&fixture), >=, FRAM_MILLISECONDS (900));
  g_assert_cmpuint (n_turns, >, 1);
  detach (busy);
  cache_fixture_clear (&fixture);
}

/* What gives way does so after some hundred facts, and goes on in the next turn. */
static void
test_pieces (void)
{
  CacheFixture fixture;
  FramCacheTotals before;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  before = get_totals (&fixture);
  for (guint i = 0; i < 1000; i++)
    cache_fixture_add_session (&fixture, "s");
  run_until_written (&fixture);
  g_assert_cmpuint (get_totals (&fixture).n_batches, ==, before.n_batches + 4);
  g_assert_cmpuint (cache_fixture_count_sessions (&fixture), ==, 1000);
  cache_fixture_clear (&fixture);
}

/* Nothing is due while nothing waits: an idle service sleeps. */
static void
test_no_wake_up (void)
{
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  cache_fixture_fill (&fixture, "n", 1);
  run_until_written (&fixture);
  g_assert_null (
      g_main_context_find_source_by_user_data (fixture.context, fixture.cache));
  cache_fixture_clear (&fixture);
}

static void
test_written_at_the_end (void)
{
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  cache_fixture_fill (&fixture, "n", 1);
  for (guint i = 0; i < 700; i++)
    cache_fixture_add_session (&fixture, "s");
  cache_fixture_close (&fixture);
  g_assert_false (g_main_context_pending (fixture.context));
  cache_fixture_open (&fixture);
  cache_fixture_assert_filled (&fixture, "n", 1);
  g_assert_cmpuint (cache_fixture_count_sessions (&fixture), ==, 700);
  cache_fixture_clear (&fixture);
}

/* Somebody empties ~/.cache under a running service. */
static void
test_file_gone (void)
{
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  cache_fixture_fill (&fixture, "before", 1);
  g_assert_true (fram_cache_flush (fixture.cache));
  place_fixture_empty (&fixture.place);
  cache_fixture_fill (&fixture, "after", 2);
  g_assert_true (fram_cache_flush (fixture.cache));
  g_assert_true (g_file_test (fixture.place.path, G_FILE_TEST_IS_REGULAR));
  cache_fixture_assert_quiet (&fixture);
  cache_fixture_reopen (&fixture);
  cache_fixture_assert_filled (&fixture, "after", 2);
  cache_fixture_assert_quiet (&fixture);
  cache_fixture_clear (&fixture);
}

/* What stands there then is a trap. */
static void
test_link_instead (void)
{
  g_autofree char *victim = NULL, *contents = NULL;
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  cache_fixture_fill (&fixture, "n", 1);
  g_assert_true (fram_cache_flush (fixture.cache));
  victim = g_build_filename (fixture.place.directory, "victim", NULL);
  g_assert_true (g_file_set_contents (victim, "precious", -1, NULL));
  g_assert_cmpint (g_unlink (fixture.place.path), ==, 0);
  g_assert_cmpint (symlink (victim, fixture.place.path), ==, 0);

  cache_fixture_fill (&fixture, "n", 2);
  g_assert_true (fram_cache_flush (fixture.cache));
  cache_fixture_assert_notice (&fixture, FRAM_CACHE_IN_MEMORY,
                               FRAM_STORE_ERROR_NO_ACCESS);
  cache_fixture_assert_filled (&fixture, "n", 2);
  g_assert_true (g_file_get_contents (victim, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "precious");
  cache_fixture_clear (&fixture);
}

/* Two services of one user on two machines with one home directory: the second one goes
 * without the file. */
static void
test_two (void)
{
  CacheFixture fixture;
  FramCache *first;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  cache_fixture_fill (&fixture, "n", 1);
  g_assert_true (fram_cache_flush (fixture.cache));
  first = g_steal_pointer (&fixture.cache);

  cache_fixture_open (&fixture);
  cache_fixture_assert_notice (&fixture, FRAM_CACHE_IN_MEMORY, FRAM_STORE_ERROR_BUSY);
  cache_fixture_fill (&fixture, "n", 2);
  cache_fixture_assert_filled (&fixture, "n", 2);
  cache_fixture_close (&fixture);

  fixture.cache = first;
  cache_fixture_assert_filled (&fixture, "n", 1);
  cache_fixture_clear (&fixture);
}

static void
test_in_memory (void)
{
  const FramCacheConfig config = { .in_memory = TRUE, .history = TRUE };
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  fixture.cache = fram_cache_new (&config);
  g_assert_cmpint (fram_cache_get_state (fixture.cache), ==, FRAM_CACHE_IN_MEMORY);
  g_assert_null (fram_cache_get_problem (fixture.cache));
  cache_fixture_fill (&fixture, "n", 1);
  cache_fixture_assert_filled (&fixture, "n", 1);
  cache_fixture_clear (&fixture);
}

/* By the variable alone, with the system's clock. */
static void
test_defaults (void)
{
  const FramCacheConfig config = { .history = TRUE };
  CacheFixture fixture;
  gint64 before = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (GPtrArray) sessions = NULL;
  const FramPastSession *session;

  cache_fixture_init (&fixture);
  g_setenv ("XDG_CACHE_HOME", fixture.place.directory, TRUE);
  fixture.cache = fram_cache_new (&config);
  cache_fixture_add_session (&fixture, "now");
  sessions = fram_cache_list_sessions (fixture.cache, 0, 1);
  session = sessions->pdata[0];
  g_assert_cmpint (session->ended, >=, before);
  g_assert_cmpint (session->ended, <=, g_get_real_time () / G_USEC_PER_SEC);
  g_assert_true (g_file_test (fixture.place.path, G_FILE_TEST_IS_REGULAR));
  cache_fixture_clear (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cache-writing/soon", test_soon);
  g_test_add_func ("/cache-writing/never-idle", test_never_idle);
  g_test_add_func ("/cache-writing/pieces", test_pieces);
  g_test_add_func ("/cache-writing/no-wake-up", test_no_wake_up);
  g_test_add_func ("/cache-writing/written-at-the-end", test_written_at_the_end);
  g_test_add_func ("/cache-writing/file-gone", test_file_gone);
  g_test_add_func ("/cache-writing/link-instead", test_link_instead);
  g_test_add_func ("/cache-writing/two", test_two);
  g_test_add_func ("/cache-writing/in-memory", test_in_memory);
  g_test_add_func ("/cache-writing/defaults", test_defaults);
  return g_test_run ();
}
