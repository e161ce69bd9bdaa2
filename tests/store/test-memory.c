/* What a driver learns of a network comes back to it when the network does; a driver and a
 * broker that are made up here tell it and are told. */
#include "place-fixture.h"

#include "store/memory.h"

struct _FramDriver
{
  const FramDriverMemory *memory;
  gpointer memory_data;
  FramTime now;
  guint n_told, n_kicked;
  /* What the broker was told last. */
  gboolean told_null;
  FramTime first_age, last_age;
  guint n_servers, n_deaf, n_nats, n_lifetimes;
  FramTime rtt, alive;
  guint32 failures;
};

typedef struct
{
  PlaceFixture place;
  FramDriver driver;
  FramMemory *memory;
} Fixture;

/* The clock of fram_driver_now(), which knows no driver. */
static FramDriver *current;

void
fram_driver_set_memory (FramDriver *driver, const FramDriverMemory *memory,
                        gpointer user_data)
{
  driver->memory = memory;
  driver->memory_data = user_data;
}

FramBroker *
fram_driver_get_broker (FramDriver *driver)
{
  return (FramBroker *) driver;
}

FramTime
fram_driver_now (void)
{
  return current->now;
}

void
fram_driver_kick (FramDriver *driver)
{
  g_assert_cmpuint (driver->n_told, >, 0);
  driver->n_kicked++;
}

void
fram_broker_told_network (FramBroker *broker, const FramKnownNetwork *known, FramTime now)
{
  FramDriver *driver = (FramDriver *) broker;

  g_assert_cmpint (now, ==, driver->now);
  driver->n_told++;
  driver->told_null = known == NULL;
  if (known == NULL)
    return;
  driver->first_age = known->first_age;
  driver->last_age = known->last_age;
  driver->n_servers = known->n_servers;
  driver->n_deaf = known->n_deaf;
  driver->n_nats = known->n_nats;
  driver->n_lifetimes = known->n_lifetimes;
  driver->rtt = known->n_servers > 0 ? known->servers[0].rtt : 0;
  driver->failures = known->n_servers > 0 ? known->servers[0].failures : 0;
  driver->alive = known->n_lifetimes > 0 ? known->lifetimes[0].alive : 0;
}

static void
begin (Fixture *fixture)
{
  fixture->driver = (FramDriver){ .now = FRAM_SECONDS (5) };
  current = &fixture->driver;
  fixture->memory = fram_memory_new (fixture->place.path);
  fram_memory_attach (fixture->memory, &fixture->driver);
}

static void
end (Fixture *fixture)
{
  g_clear_pointer (&fixture->memory, fram_memory_free);
}

static void
fixture_init (Fixture *fixture)
{
  *fixture = (Fixture){ 0 };
  place_fixture_init (&fixture->place, "cache.db");
  begin (fixture);
}

static void
fixture_clear (Fixture *fixture)
{
  end (fixture);
  place_fixture_clear (&fixture->place);
}

/* The host is attached to the network with this number; 0: to one that is not known. */
static void
attach (Fixture *fixture, guint8 number)
{
  FramNetworkIdentity network = { .gateway = { 2, 0, 0, 0, 0, number },
                                  .gateway_length = 6,
                                  .prefix_length = 24,
                                  .interface = "wlan0" };

  g_assert_true (fram_address_parse_ip (&network.prefix, "192.168.1.0", 0));
  fixture->driver.memory->attached (number > 0 ? &network : NULL,
                                    fixture->driver.memory_data);
}

static void
remember (Fixture *fixture, const FramFact *fact)
{
  fixture->driver.memory->remember (fact, fixture->driver.memory_data);
}

static void
learn_server (Fixture *fixture, FramFactKind kind, FramTime rtt)
{
  FramFact fact
      = { .kind = kind,
          .server
          = { .uri = "stun:192.0.2.1", .transport = FRAM_KNOWN_UDP, .rtt = rtt } };

  g_assert_true (fram_address_parse (&fact.server.address, "192.0.2.1:3478"));
  remember (fixture, &fact);
}

static void
learn_deaf (Fixture *fixture, FramFactKind kind)
{
  const FramFact fact = { .kind = kind,
                          .deaf = { .interface = "wlan0",
                                    .uri = "stun:192.0.2.1",
                                    .family = FRAM_FAMILY_IPV6,
                                    .transport = FRAM_KNOWN_TLS } };

  remember (fixture, &fact);
}

static void
learn_all (Fixture *fixture)
{
  const FramFact nat = { .kind = FRAM_FACT_NAT,
                         .nat = { .interface = "wlan0",
                                  .family = FRAM_FAMILY_IPV4,
                                  .translated = FRAM_NAT_YES } };
  const FramFact lifetime = { .kind = FRAM_FACT_LIFETIME,
                              .lifetime = { .interface = "wlan0",
                                            .family = FRAM_FAMILY_IPV4,
                                            .alive = FRAM_SECONDS (25),
                                            .dead = FRAM_SECONDS (30) } };

  learn_server (fixture, FRAM_FACT_SERVER_ANSWERED, FRAM_MILLISECONDS (20));
  learn_deaf (fixture, FRAM_FACT_DEAF);
  remember (fixture, &nat);
  remember (fixture, &lifetime);
}

static void
assert_all_told (const FramDriver *driver)
{
  g_assert_false (driver->told_null);
  g_assert_cmpuint (driver->n_servers, ==, 1);
  g_assert_cmpint (driver->rtt, ==, FRAM_MILLISECONDS (20));
  g_assert_cmpuint (driver->n_deaf, ==, 1);
  g_assert_cmpuint (driver->n_nats, ==, 1);
  g_assert_cmpuint (driver->n_lifetimes, ==, 1);
  g_assert_cmpint (driver->alive, ==, FRAM_SECONDS (25));
}

static void
assert_nothing_told (const FramDriver *driver)
{
  g_assert_false (driver->told_null);
  g_assert_cmpuint (
      driver->n_servers + driver->n_deaf + driver->n_nats + driver->n_lifetimes, ==, 0);
  g_assert_cmpint (driver->first_age, ==, -1);
}

static void
test_new_network (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  attach (&fixture, 1);
  g_assert_cmpuint (fixture.driver.n_told, ==, 1);
  g_assert_cmpuint (fixture.driver.n_kicked, ==, 1);
  assert_nothing_told (&fixture.driver);
  fixture_clear (&fixture);
}

static void
test_each_kind_after_a_restart (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  attach (&fixture, 1);
  learn_all (&fixture);
  end (&fixture);
  begin (&fixture);
  attach (&fixture, 1);
  assert_all_told (&fixture.driver);
  fixture_clear (&fixture);
}

static void
test_return (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  attach (&fixture, 1);
  learn_all (&fixture);
  attach (&fixture, 2);
  assert_nothing_told (&fixture.driver);
  /* It belongs to the second network. */
  learn_server (&fixture, FRAM_FACT_SERVER_SILENT, -1);
  attach (&fixture, 1);
  assert_all_told (&fixture.driver);
  g_assert_cmpuint (fixture.driver.failures, ==, 0);
  attach (&fixture, 2);
  g_assert_cmpuint (fixture.driver.n_servers, ==, 1);
  g_assert_cmpint (fixture.driver.rtt, ==, -1);
  g_assert_cmpuint (fixture.driver.failures, ==, 1);
  g_assert_cmpuint (fixture.driver.n_told, ==, 4);
  fixture_clear (&fixture);
}

static void
test_heard_again (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  attach (&fixture, 1);
  learn_all (&fixture);
  learn_deaf (&fixture, FRAM_FACT_HEARD);
  attach (&fixture, 2);
  attach (&fixture, 1);
  g_assert_cmpuint (fixture.driver.n_deaf, ==, 0);
  g_assert_cmpuint (fixture.driver.n_servers, ==, 1);
  fixture_clear (&fixture);
}

/* The same network is told once; but anew, after it could not be told. */
static void
test_same_network (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  attach (&fixture, 1);
  learn_all (&fixture);
  attach (&fixture, 1);
  g_assert_cmpuint (fixture.driver.n_told, ==, 1);
  g_assert_cmpuint (fixture.driver.n_kicked, ==, 2);
  attach (&fixture, 0);
  g_assert_true (fixture.driver.told_null);
  attach (&fixture, 1);
  assert_all_told (&fixture.driver);
  fixture_clear (&fixture);
}

static void
test_unknown_network (void)
{
  FramCacheTotals totals;
  FramMemoryNetwork network;
  Fixture fixture;

  fixture_init (&fixture);
  learn_all (&fixture);
  attach (&fixture, 0);
  g_assert_true (fixture.driver.told_null);
  g_assert_cmpuint (fixture.driver.n_kicked, ==, 1);
  g_assert_false (fram_memory_get_network (fixture.memory, &network));
  learn_all (&fixture);
  fram_cache_get_totals (fram_memory_get_cache (fixture.memory), &totals);
  g_assert_cmpuint (totals.n_waiting + totals.n_written + totals.n_lost, ==, 0);
  attach (&fixture, 1);
  assert_nothing_told (&fixture.driver);
  fixture_clear (&fixture);
}

static void
test_network_for_people (void)
{
  FramMemoryNetwork network;
  Fixture fixture;

  fixture_init (&fixture);
  attach (&fixture, 1);
  fixture.driver.now += FRAM_SECONDS (3);
  g_assert_true (fram_memory_get_network (fixture.memory, &network));
  g_assert_cmpstr (network.name, ==, "wlan0, 192.168.1.0/24");
  g_assert_cmpint (network.since, ==, FRAM_SECONDS (3));
  g_assert_cmpint (network.first_age, ==, -1);
  g_assert_cmpint (network.last_age, ==, -1);
  attach (&fixture, 2);
  attach (&fixture, 1);
  fixture.driver.now += FRAM_SECONDS (4);
  g_assert_true (fram_memory_get_network (fixture.memory, &network));
  g_assert_cmpint (network.since, ==, FRAM_SECONDS (4));
  g_assert_cmpint (network.first_age, >=, FRAM_SECONDS (4));
  g_assert_cmpint (network.last_age, >=, FRAM_SECONDS (4));
  fixture_clear (&fixture);
}

/* The folder cannot be made: the service goes on, remembers for this run, and says so. */
static void
test_unusable_file (void)
{
  FramDriver driver = { .now = 1 };
  FramMemory *memory;
  FramCache *cache;

  current = &driver;
  g_test_expect_message ("framd", G_LOG_LEVEL_WARNING,
                         "*forgotten at the end of this run*");
  memory = fram_memory_new ("/dev/null/fram/cache.db");
  g_test_assert_expected_messages ();
  fram_memory_attach (memory, &driver);
  cache = fram_memory_get_cache (memory);
  g_assert_cmpint (fram_cache_get_state (cache), ==, FRAM_CACHE_IN_MEMORY);
  g_assert_nonnull (fram_cache_get_problem (cache));
  {
    Fixture fixture = { .driver = driver, .memory = memory };

    attach (&fixture, 1);
    learn_all (&fixture);
    attach (&fixture, 2);
    attach (&fixture, 1);
    assert_all_told (&driver);
  }
  fram_memory_free (memory);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/memory/new-network", test_new_network);
  g_test_add_func ("/memory/each-kind-after-a-restart", test_each_kind_after_a_restart);
  g_test_add_func ("/memory/return", test_return);
  g_test_add_func ("/memory/heard-again", test_heard_again);
  g_test_add_func ("/memory/same-network", test_same_network);
  g_test_add_func ("/memory/unknown-network", test_unknown_network);
  g_test_add_func ("/memory/network-for-people", test_network_for_people);
  g_test_add_func ("/memory/unusable-file", test_unusable_file);
  return g_test_run ();
}
