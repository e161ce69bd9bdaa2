/* Broker, driver and data plane together with a TURN server: calls that go by it, and what is
 * given back at the end. */
#include "driver-couple.h"
#include "namespace.h"
#include "turn-host.h"

#define HOST "192.0.2.1"

typedef struct
{
  GMainContext *context;
  TurnHost *server;
  FramDriver *drivers[2];
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->context = g_main_context_new ();
  fixture->server = turn_host_new (fixture->context, HOST);
  for (guint i = 0; i < G_N_ELEMENTS (fixture->drivers); i++)
    {
      const FramServerOption server
          = { .uri = fixture->server->uri, .username = "anna", .password = "secret" };

      fixture->drivers[i] = couple_new_driver (fixture->context);
      fram_broker_set_servers (fram_driver_get_broker (fixture->drivers[i]), &server, 1,
                               fram_driver_now ());
    }
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (fixture->drivers); i++)
    fram_driver_free (fixture->drivers[i]);
  turn_host_free (fixture->server);
  g_main_context_unref (fixture->context);
}

/* What applications send goes by channels, and is theirs alone. */
static void
exchange (Fixture *fixture, FramDriver *offerer, FramDriver *answerer)
{
  FramComponentStats stats;
  Couple couple;

  couple_init_by (&couple, offerer, answerer, FRAM_POLICY_RELAY);
  couple_await_connected (&couple, fixture->context);
  couple_exchange (&couple, fixture->context, 100);
  g_assert_true (
      fram_driver_get_component_stats (offerer, couple.ends[0].session, 0, 1, &stats));
  g_assert_cmpuint (stats.packets_sent, ==, 100);
  g_assert_cmpuint (stats.bytes_sent, ==, 119950);
  g_assert_cmpuint (stats.packets_received, ==, 100);
  g_assert_cmpuint (stats.bytes_received, ==, 119950);
  couple_clear (&couple);
}

static void
test_two_drivers (Fixture *fixture, gconstpointer data)
{
  guint before;

  exchange (fixture, fixture->drivers[0], fixture->drivers[1]);
  g_assert_cmpuint (fixture->server->relay->n_relayed, >=, 200);
  before = fixture->server->relay->n_made;
  /* The next call has the same allocations, where its 5-tuples are its own. */
  g_assert_cmpuint (before, >=, 2);
  g_assert_cmpuint (turn_relay_count (fixture->server->relay), ==, before);
}

/* Both ends are this host's: the data go to the server and back all the same. */
static void
test_one_driver (Fixture *fixture, gconstpointer data)
{
  exchange (fixture, fixture->drivers[0], fixture->drivers[0]);
  g_assert_cmpuint (fixture->server->relay->n_relayed, >=, 200);
}

static void
test_shut_down (Fixture *fixture, gconstpointer data)
{
  TurnRelay *relay = fixture->server->relay;
  guint made;

  exchange (fixture, fixture->drivers[0], fixture->drivers[1]);
  made = turn_relay_count (relay);
  g_assert_cmpuint (made, >=, 2);
  fram_driver_shut_down (fixture->drivers[0]);
  g_assert_cmpuint (turn_relay_count (relay), <, made);
  g_assert_cmpuint (turn_relay_count (relay), >, 0);
  fram_driver_shut_down (fixture->drivers[1]);
  g_assert_cmpuint (turn_relay_count (relay), ==, 0);
  g_assert_cmpuint (turn_relay_count_deletions (relay), ==, made);
}

/* A server that does not answer is not waited for long: this ends. */
static void
test_shut_down_alone (Fixture *fixture, gconstpointer data)
{
  exchange (fixture, fixture->drivers[0], fixture->drivers[1]);
  fixture->server->relay->manners.manner |= TURN_SERVER_SILENT;
  fram_driver_shut_down (fixture->drivers[0]);
  g_assert_false (
      fram_broker_is_shut_down (fram_driver_get_broker (fixture->drivers[0])));
  g_assert_cmpuint (turn_relay_count (fixture->server->relay), >, 0);
}

/* Who holds nothing anywhere does not wait at all. */
static void
test_shut_down_idle (Fixture *fixture, gconstpointer data)
{
  fram_driver_shut_down (fixture->drivers[0]);
  g_assert_true (fram_broker_is_shut_down (fram_driver_get_broker (fixture->drivers[0])));
}

static void
furnish_network (void)
{
  static const char *const ips[] = { HOST, NULL };

  namespace_run ("ip link set lo up");
  namespace_run ("ip link add eth0 type veth peer name far0");
  namespace_run ("ip addr add " HOST "/24 dev eth0");
  namespace_run ("ip link set far0 up");
  namespace_run ("ip link set eth0 up");
  namespace_await_addresses (ips);
}

int
main (int argc, char *argv[])
{
  namespace_enter ();
  furnish_network ();
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/driver/relays/two-drivers", test_two_drivers);
  ADD ("/driver/relays/one-driver", test_one_driver);
  ADD ("/driver/relays/shut-down", test_shut_down);
  ADD ("/driver/relays/shut-down-alone", test_shut_down_alone);
  ADD ("/driver/relays/shut-down-idle", test_shut_down_idle);
  return g_test_run ();
}
