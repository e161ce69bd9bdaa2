/* What is told of a network comes back, with its age, in bounds, and after a restart. */
#include "cache-fixture.h"

#include <string.h>

#define DAY FRAM_CACHE_DAY

static void
test_each_kind (void)
{
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  cache_fixture_fill (&fixture, "n1", 1);
  cache_fixture_fill (&fixture, "n2", 2);
  cache_fixture_assert_filled (&fixture, "n1", 1);
  cache_fixture_assert_filled (&fixture, "n2", 2);
  cache_fixture_reopen (&fixture);
  cache_fixture_assert_filled (&fixture, "n1", 1);
  cache_fixture_assert_filled (&fixture, "n2", 2);
  cache_fixture_assert_quiet (&fixture);
  g_assert_cmpint (fram_cache_get_state (fixture.cache), ==, FRAM_CACHE_ON_DISK);
  cache_fixture_clear (&fixture);
}

static void
test_unknown_network (void)
{
  g_autoptr (FramKnownNetwork) known = NULL;
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  known = fram_cache_load (fixture.cache, "never seen");
  g_assert_cmpstr (known->name, ==, "");
  g_assert_cmpint (known->first_age, ==, -1);
  g_assert_cmpint (known->last_age, ==, -1);
  g_assert_cmpuint (known->n_servers + known->n_deaf + known->n_nats + known->n_lifetimes,
                    ==, 0);
  cache_fixture_clear (&fixture);
}

static void
test_ages (void)
{
  g_autoptr (FramKnownNetwork) known = NULL;
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  cache_fixture_fill (&fixture, "n", 1);
  fixture.now += 100;
  known = fram_cache_load (fixture.cache, "n");
  g_assert_cmpint (known->first_age, ==, FRAM_SECONDS (100));
  g_assert_cmpint (known->last_age, ==, FRAM_SECONDS (100));
  g_assert_cmpint (known->servers[0].success_age, ==, FRAM_SECONDS (100));
  g_assert_cmpint (known->servers[0].failure_age, ==, -1);
  g_assert_cmpint (known->deaf[0].age, ==, FRAM_SECONDS (100));
  g_assert_cmpint (known->nats[0].age, ==, FRAM_SECONDS (100));
  g_assert_cmpint (known->lifetimes[0].age, ==, FRAM_SECONDS (100));

  /* Told again: what begins keeps its beginning. */
  cache_fixture_fill (&fixture, "n", 1);
  fixture.now += 10;
  fram_known_network_free (known);
  known = fram_cache_load (fixture.cache, "n");
  g_assert_cmpint (known->first_age, ==, FRAM_SECONDS (110));
  g_assert_cmpint (known->last_age, ==, FRAM_SECONDS (10));
  g_assert_cmpint (known->deaf[0].age, ==, FRAM_SECONDS (110));
  g_assert_cmpint (known->deaf[0].confirmed_age, ==, FRAM_SECONDS (10));
  g_assert_cmpint (known->nats[0].age, ==, FRAM_SECONDS (10));

  /* The clock is set back a little; then it shows that it was quite wrong before. */
  fixture.now -= 60;
  fram_known_network_free (known);
  known = fram_cache_load (fixture.cache, "n");
  g_assert_cmpint (known->deaf[0].confirmed_age, ==, 0);
  fixture.now -= 2 * DAY;
  fram_known_network_free (known);
  known = fram_cache_load (fixture.cache, "n");
  g_assert_cmpint (known->deaf[0].confirmed_age, ==,
                   FRAM_SECONDS (FRAM_CACHE_FACT_DAYS * DAY));
  cache_fixture_clear (&fixture);
}

/* The round-trip time is smoothed the same way whether the outcomes were written one by one
 * or waited together. */
static void
check_outcomes (gboolean one_by_one)
{
  static const FramTime rtts[] = { 8000, -1, 16000, -1, -1, 0, 80000 };
  g_autoptr (FramKnownNetwork) known = NULL;
  FramTime smoothed = 8000;
  CacheFixture fixture;
  FramCacheTotals totals;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (rtts); i++)
    {
      fram_cache_record_server (fixture.cache, "n", "stun:a", NULL, FRAM_KNOWN_TLS,
                                rtts[i]);
      if (one_by_one)
        g_assert_true (fram_cache_flush (fixture.cache));
      fixture.now++;
    }
  smoothed = (7 * smoothed + 16000) / 8;
  smoothed = (7 * smoothed + 0) / 8;
  smoothed = (7 * smoothed + 80000) / 8;

  known = fram_cache_load (fixture.cache, "n");
  g_assert_cmpuint (known->n_servers, ==, 1);
  g_assert_cmpuint (known->servers[0].successes, ==, 4);
  g_assert_cmpuint (known->servers[0].failures, ==, 3);
  g_assert_cmpint (known->servers[0].rtt, ==, smoothed);
  g_assert_cmpint (known->servers[0].success_age, ==, FRAM_SECONDS (1));
  g_assert_cmpint (known->servers[0].failure_age, ==, FRAM_SECONDS (3));
  g_assert_cmpint (known->servers[0].address.family, ==, FRAM_FAMILY_NONE);
  g_assert_cmpint (known->servers[0].transport, ==, FRAM_KNOWN_TLS);
  fram_cache_get_totals (fixture.cache, &totals);
  g_assert_cmpuint (totals.n_written, ==, one_by_one ? G_N_ELEMENTS (rtts) : 1);
  cache_fixture_clear (&fixture);
}

static void
test_outcomes_one_by_one (void)
{
  check_outcomes (TRUE);
}

static void
test_outcomes_together (void)
{
  check_outcomes (FALSE);
}

static void
test_server_never_answered (void)
{
  g_autoptr (FramKnownNetwork) known = NULL;
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  fram_cache_record_server (fixture.cache, "n", "stun:a", NULL, FRAM_KNOWN_UDP, -1);
  cache_fixture_reopen (&fixture);
  known = fram_cache_load (fixture.cache, "n");
  g_assert_cmpint (known->servers[0].rtt, ==, -1);
  g_assert_cmpint (known->servers[0].success_age, ==, -1);
  g_assert_cmpint (known->servers[0].failure_age, ==, 0);
  cache_fixture_clear (&fixture);
}

/* A server is told from another by URI, address and transport. */
static void
test_servers_apart (void)
{
  static const char *const texts[] = { "192.0.2.1:1", "192.0.2.1:2", "[2001:db8::1]:1" };
  g_autoptr (FramKnownNetwork) known = NULL;
  CacheFixture fixture;
  FramAddress address;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_assert_true (fram_address_parse (&address, texts[i]));
      fram_cache_record_server (fixture.cache, "n", "stun:a", &address, FRAM_KNOWN_UDP,
                                1);
      fram_cache_record_server (fixture.cache, "n", "stun:a", &address, FRAM_KNOWN_DTLS,
                                1);
      fram_cache_record_server (fixture.cache, "n", "stun:b", &address, FRAM_KNOWN_UDP,
                                1);
    }
  known = fram_cache_load (fixture.cache, "n");
  g_assert_cmpuint (known->n_servers, ==, 9);
  for (guint i = 0; i < known->n_servers; i++)
    g_assert_cmpuint (known->servers[i].successes, ==, 1);
  cache_fixture_clear (&fixture);
}

static void
test_heard_again (void)
{
  const FramKnownDeaf deaf = { "eth0", "stun:a", FRAM_FAMILY_IPV4, FRAM_KNOWN_UDP };
  const FramKnownDeaf all = { "eth0", NULL, FRAM_FAMILY_IPV4, FRAM_KNOWN_UDP };
  g_autoptr (FramKnownNetwork) known = NULL, later = NULL;
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  fram_cache_record_deaf (fixture.cache, "n", &deaf);
  fram_cache_record_deaf (fixture.cache, "n", &all);
  fram_cache_flush (fixture.cache);
  fram_cache_record_heard (fixture.cache, "n", &deaf);
  known = fram_cache_load (fixture.cache, "n");
  g_assert_cmpuint (known->n_deaf, ==, 1);
  g_assert_cmpstr (known->deaf[0].uri, ==, "");

  /* While both wait, the newer one counts. */
  fram_cache_record_deaf (fixture.cache, "n", &deaf);
  fram_cache_record_heard (fixture.cache, "n", &all);
  fram_cache_record_heard (fixture.cache, "n", &deaf);
  fram_cache_record_deaf (fixture.cache, "n", &deaf);
  later = fram_cache_load (fixture.cache, "n");
  g_assert_cmpuint (later->n_deaf, ==, 1);
  g_assert_cmpstr (later->deaf[0].uri, ==, "stun:a");
  cache_fixture_clear (&fixture);
}

static void
test_lifetime_bounds (void)
{
  const FramKnownLifetime nothing
      = { "a", FRAM_FAMILY_IPV4, .alive = 0, .dead = FRAM_TIME_NEVER };
  const FramKnownLifetime endless
      = { "b", FRAM_FAMILY_IPV4, .alive = G_MAXINT64, .dead = FRAM_TIME_NEVER };
  const FramKnownLifetime odd = { "c", FRAM_FAMILY_IPV4, .alive = 7, .dead = 5 };
  g_autoptr (FramKnownNetwork) known = NULL;
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  fram_cache_record_lifetime (fixture.cache, "n", &nothing);
  fram_cache_record_lifetime (fixture.cache, "n", &endless);
  fram_cache_record_lifetime (fixture.cache, "n", &odd);
  known = fram_cache_load (fixture.cache, "n");
  for (guint i = 0; i < known->n_lifetimes; i++)
    {
      const FramKnownLifetime *lifetime = &known->lifetimes[i];

      g_assert_cmpint (lifetime->dead, ==, FRAM_TIME_NEVER);
      g_assert_cmpint (lifetime->alive, >=, 0);
    }
  cache_fixture_clear (&fixture);
}

/* Names that the network could have chosen. */
static void
test_texts (void)
{
  g_autofree char *long_name = g_strnfill (FRAM_KNOWN_TEXT_MAX + 1, 'n');
  g_autoptr (FramKnownNetwork) known = NULL;
  FramKnownDeaf deaf = { "eth0", "stun:a", FRAM_FAMILY_IPV4, FRAM_KNOWN_UDP };
  GString *name = g_string_new (NULL);
  CacheFixture fixture;
  FramCacheTotals totals;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  for (guint i = 0; i < 200; i++)
    g_string_append (name, i % 2 == 0 ? "\xff" : "ä");
  fram_cache_record_network (fixture.cache, "n", name->str);
  fram_cache_record_server (fixture.cache, "n", long_name, NULL, FRAM_KNOWN_UDP, 1);
  fram_cache_record_server (fixture.cache, long_name, "stun:a", NULL, FRAM_KNOWN_UDP, 1);
  fram_cache_record_server (fixture.cache, "n", "stun:\xff", NULL, FRAM_KNOWN_UDP, 1);
  deaf.interface = long_name;
  fram_cache_record_deaf (fixture.cache, "n", &deaf);
  known = fram_cache_load (fixture.cache, "n");
  g_assert_true (g_utf8_validate (known->name, -1, NULL));
  g_assert_cmpuint (strlen (known->name), <=, FRAM_KNOWN_TEXT_MAX);
  g_assert_cmpuint (strlen (known->name), >, FRAM_KNOWN_TEXT_MAX - 3);
  g_assert_cmpuint (known->n_servers + known->n_deaf, ==, 0);
  fram_cache_get_totals (fixture.cache, &totals);
  g_assert_cmpuint (totals.n_lost, ==, 4);
  g_string_free (name, TRUE);
  cache_fixture_clear (&fixture);
}

static void
test_name_is_kept (void)
{
  g_autoptr (FramKnownNetwork) known = NULL;
  CacheFixture fixture;

  cache_fixture_init (&fixture);
  cache_fixture_open (&fixture);
  fram_cache_record_network (fixture.cache, "n", "at home");
  fram_cache_record_network (fixture.cache, "n", NULL);
  fram_cache_flush (fixture.cache);
  fram_cache_record_network (fixture.cache, "n", NULL);
  known = fram_cache_load (fixture.cache, "n");
  g_assert_cmpstr (known->name, ==, "at home");
  cache_fixture_clear (&fixture);
}

static void
test_network_key (void)
{
  static const guint8 mac[] = { 2, 0, 0, 0, 0, 1 }, other_mac[] = { 2, 0, 0, 0, 0, 2 };
  char key[FRAM_NETWORK_KEY], same[FRAM_NETWORK_KEY], other[FRAM_NETWORK_KEY];
  FramAddress address;

  fram_address_parse_ip (&address, "192.168.1.17", 0);
  fram_network_key (mac, sizeof mac, &address, 24, key);
  g_assert_cmpuint (strlen (key), ==, FRAM_NETWORK_KEY - 1);
  fram_address_parse_ip (&address, "192.168.1.200", 99);
  fram_network_key (mac, sizeof mac, &address, 24, same);
  g_assert_cmpstr (same, ==, key);
  fram_network_key (other_mac, sizeof other_mac, &address, 24, other);
  g_assert_cmpstr (other, !=, key);
  fram_network_key (mac, sizeof mac, &address, 25, other);
  g_assert_cmpstr (other, !=, key);
  fram_network_key (NULL, 0, &address, 24, other);
  g_assert_cmpstr (other, !=, key);
  fram_address_parse_ip (&address, "192.168.2.17", 0);
  fram_network_key (mac, sizeof mac, &address, 24, other);
  g_assert_cmpstr (other, !=, key);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cache-facts/each-kind", test_each_kind);
  g_test_add_func ("/cache-facts/unknown-network", test_unknown_network);
  g_test_add_func ("/cache-facts/ages", test_ages);
  g_test_add_func ("/cache-facts/outcomes-one-by-one", test_outcomes_one_by_one);
  g_test_add_func ("/cache-facts/outcomes-together", test_outcomes_together);
  g_test_add_func ("/cache-facts/server-never-answered", test_server_never_answered);
  g_test_add_func ("/cache-facts/servers-apart", test_servers_apart);
  g_test_add_func ("/cache-facts/heard-again", test_heard_again);
  g_test_add_func ("/cache-facts/lifetime-bounds", test_lifetime_bounds);
  g_test_add_func ("/cache-facts/texts", test_texts);
  g_test_add_func ("/cache-facts/name-is-kept", test_name_is_kept);
  g_test_add_func ("/cache-facts/network-key", test_network_key);
  return g_test_run ();
}
