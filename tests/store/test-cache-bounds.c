/* The tables and the queue stay within their bounds, and the oldest goes first. */
#include "cache-fixture.h"

#define DAY FRAM_CACHE_DAY

static gint64
count (CacheFixture *fixture, const char *table)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count (*) FROM %s", table);
  sqlite3 *handle;
  gint64 n;

  cache_fixture_close (fixture);
  handle = peek_open (fixture->place.path);
  n = peek_integer (handle, sql);
  peek_close (handle);
  cache_fixture_open (fixture);
  return n;
}

static void
test_networks (void)
{
  g_autoptr (FramKnownNetwork) oldest = NULL, again = NULL, newest = NULL;
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  for (guint i = 0; i < FRAM_CACHE_MAX_NETWORKS; i++, fixture.now++)
    {
      g_autofree char *network = g_strdup_printf ("n%u", i);

      cache_fixture_fill (&fixture, network, i);
    }
  g_assert_cmpint (count (&fixture, "networks"), ==, FRAM_CACHE_MAX_NETWORKS);
  /* The first one is seen again, and then comes one more than there is room for. */
  fram_cache_record_network (fixture.cache, "n0", NULL);
  fixture.now++;
  cache_fixture_fill (&fixture, "one more", 1);
  g_assert_true (fram_cache_flush (fixture.cache));
  again = fram_cache_load (fixture.cache, "n0");
  oldest = fram_cache_load (fixture.cache, "n1");
  newest = fram_cache_load (fixture.cache, "one more");
  g_assert_cmpuint (again->n_servers, ==, 1);
  g_assert_cmpint (oldest->last_age, ==, -1);
  g_assert_cmpuint (newest->n_servers, ==, 1);
  /* What was known of it has gone with it. */
  g_assert_cmpint (count (&fixture, "networks"), ==, FRAM_CACHE_MAX_NETWORKS);
  g_assert_cmpint (count (&fixture, "servers"), ==, FRAM_CACHE_MAX_NETWORKS);
  g_assert_cmpint (count (&fixture, "lifetimes"), ==, FRAM_CACHE_MAX_NETWORKS);
  cache_fixture_clear (&fixture);
}

static void
test_facts_of_a_network (void)
{
  g_autoptr (FramKnownNetwork) known = NULL;
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  for (guint i = 0; i < 100; i++, fixture.now++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);
      const FramKnownDeaf deaf = { name, name, FRAM_FAMILY_IPV4, FRAM_KNOWN_UDP };
      const FramKnownNat nat = { name, FRAM_FAMILY_IPV4 };
      const FramKnownLifetime lifetime = { name, FRAM_FAMILY_IPV4, 0, FRAM_TIME_NEVER };

      fram_cache_record_server (fixture.cache, "n", name, NULL, FRAM_KNOWN_UDP, 1);
      fram_cache_record_deaf (fixture.cache, "n", &deaf);
      fram_cache_record_nat (fixture.cache, "n", &nat);
      fram_cache_record_lifetime (fixture.cache, "n", &lifetime);
      if (i % 40 == 0)
        cache_fixture_fill (&fixture, "other", 1);
    }
  known = fram_cache_load (fixture.cache, "n");
  g_assert_cmpuint (known->n_servers, ==, FRAM_CACHE_MAX_SERVERS);
  g_assert_cmpuint (known->n_deaf, ==, FRAM_CACHE_MAX_DEAF);
  g_assert_cmpuint (known->n_nats, ==, FRAM_CACHE_MAX_NATS);
  g_assert_cmpuint (known->n_lifetimes, ==, FRAM_CACHE_MAX_LIFETIMES);
  /* The newest are left, and come first. */
  g_assert_cmpstr (known->servers[0].uri, ==, "99");
  g_assert_cmpstr (known->deaf[0].uri, ==, "99");
  g_assert_cmpstr (known->nats[0].interface, ==, "99");
  g_assert_cmpstr (known->lifetimes[0].interface, ==, "99");
  g_assert_cmpint (count (&fixture, "servers"), ==, FRAM_CACHE_MAX_SERVERS + 1);
  g_assert_cmpint (count (&fixture, "deaf"), ==, FRAM_CACHE_MAX_DEAF + 1);
  cache_fixture_clear (&fixture);
}

static void
test_old_facts (void)
{
  g_autoptr (FramKnownNetwork) known = NULL, gone = NULL;
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  cache_fixture_fill (&fixture, "n", 1);
  fixture.now += (FRAM_CACHE_FACT_DAYS + 1) * DAY;
  fram_cache_record_network (fixture.cache, "n", NULL);
  known = fram_cache_load (fixture.cache, "n");
  g_assert_cmpuint (known->n_servers, ==, 1);
  g_assert_cmpuint (known->n_deaf + known->n_nats + known->n_lifetimes, ==, 0);

  fixture.now += (FRAM_CACHE_NETWORK_DAYS + 1) * DAY;
  cache_fixture_reopen (&fixture);
  gone = fram_cache_load (fixture.cache, "n");
  g_assert_cmpint (gone->last_age, ==, -1);
  cache_fixture_clear (&fixture);
}

/* A computer without a battery begins its day in 1970. */
static void
test_clock_of_1970 (void)
{
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  cache_fixture_fill (&fixture, "n", 1);
  cache_fixture_add_session (&fixture, "a");
  cache_fixture_close (&fixture);
  fixture.now = 5;
  cache_fixture_open (&fixture);
  cache_fixture_assert_filled (&fixture, "n", 1);
  g_assert_cmpuint (cache_fixture_count_sessions (&fixture), ==, 1);
  cache_fixture_clear (&fixture);
}

static void
test_sessions_by_age (void)
{
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  cache_fixture_add_session (&fixture, "old");
  fixture.now += 20 * DAY;
  cache_fixture_add_session (&fixture, "new");
  fixture.now += 9 * DAY;
  cache_fixture_reopen (&fixture);
  g_assert_cmpuint (cache_fixture_count_sessions (&fixture), ==, 2);
  fixture.now += 2 * DAY;
  cache_fixture_reopen (&fixture);
  g_assert_cmpuint (cache_fixture_count_sessions (&fixture), ==, 1);
  cache_fixture_clear (&fixture);
}

static void
test_sessions_by_number (void)
{
  CacheFixture fixture;
  sqlite3 *handle;
  gint64 first;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  for (guint i = 0; i < FRAM_CACHE_MAX_SESSIONS + 500; i++)
    {
      cache_fixture_add_session (&fixture, "s");
      if (i % 1000 == 999)
        g_assert_true (fram_cache_flush (fixture.cache));
    }
  g_assert_cmpuint (cache_fixture_count_sessions (&fixture), ==, FRAM_CACHE_MAX_LISTED);
  g_assert_cmpint (count (&fixture, "sessions"), ==, FRAM_CACHE_MAX_SESSIONS);
  cache_fixture_close (&fixture);
  handle = peek_open (fixture.place.path);
  first = peek_integer (handle, "SELECT min (id) FROM sessions");
  g_assert_cmpint (first, ==, 501);
  peek_close (handle);
  cache_fixture_clear (&fixture);
}

/* More than can wait: the oldest are lost, and counted. */
static void
test_waiting (void)
{
  g_autoptr (GPtrArray) sessions = NULL;
  const FramPastSession *oldest;
  CacheFixture fixture;
  FramCacheTotals totals;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  for (guint i = 0; i < FRAM_CACHE_MAX_WAITING + 10; i++)
    {
      g_autofree char *label = g_strdup_printf ("%u", i);

      cache_fixture_add_session (&fixture, label);
    }
  fram_cache_get_totals (fixture.cache, &totals);
  g_assert_cmpuint (totals.n_waiting, ==, FRAM_CACHE_MAX_WAITING);
  g_assert_cmpuint (totals.n_lost, ==, 10);
  g_assert_true (fram_cache_flush (fixture.cache));
  sessions = fram_cache_list_sessions (fixture.cache, 2, 10);
  g_assert_cmpuint (sessions->len, ==, 1);
  oldest = sessions->pdata[0];
  g_assert_cmpstr (oldest->label, ==, "10");

  /* The same fact over and over is one fact. */
  for (guint i = 0; i < 3 * FRAM_CACHE_MAX_WAITING; i++)
    cache_fixture_fill (&fixture, "n", 1);
  fram_cache_get_totals (fixture.cache, &totals);
  g_assert_cmpuint (totals.n_waiting, ==, 5);
  g_assert_cmpuint (totals.n_lost, ==, 10);
  cache_fixture_clear (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cache-bounds/networks", test_networks);
  g_test_add_func ("/cache-bounds/facts-of-a-network", test_facts_of_a_network);
  g_test_add_func ("/cache-bounds/old-facts", test_old_facts);
  g_test_add_func ("/cache-bounds/clock-of-1970", test_clock_of_1970);
  g_test_add_func ("/cache-bounds/sessions-by-age", test_sessions_by_age);
  g_test_add_func ("/cache-bounds/sessions-by-number", test_sessions_by_number);
  g_test_add_func ("/cache-bounds/waiting", test_waiting);
  return g_test_run ();
}
