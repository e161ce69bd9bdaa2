/* The network is checked when somebody asks for it: side by side, and over in ten seconds. */
#include "broker/broker-private.h"
#include "probing-world.h"

#define LIMIT FRAM_SECONDS (10)

static const SimNatKind port_restricted
    = { .filtering = SIM_DEPENDS_ON_ADDRESS_AND_PORT, .lifetime = FRAM_SECONDS (60) };

/* `words`: URIs, or the numbers of servers, comma-separated. Return: the check. */
static guint16
check (ProbingWorld *world, const char *words, GError **error)
{
  g_auto (GStrv) each = g_strsplit (words, ",", -1);
  FramServerOption servers[FRAM_MAX_SERVERS + 2] = { 0 };
  guint16 id;
  guint n = 0;

  for (; each[n] != NULL && each[n][0] != '\0'; n++)
    {
      if (g_ascii_isdigit (each[n][0]))
        {
          char *uri
              = probing_world_uri (world, (guint) g_ascii_strtoull (each[n], NULL, 10));

          g_free (each[n]);
          each[n] = uri;
        }
      servers[n].uri = each[n];
    }
  id = fram_broker_check_network (world->broker, servers, n, world->now, error);
  probing_world_settle (world);
  return id;
}

static guint16
begin (ProbingWorld *world, const char *words)
{
  g_autoptr (GError) error = NULL;
  guint16 id = check (world, words, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (id, !=, 0);
  return id;
}

static gboolean
is_over (const ProbingWorld *world, guint16 id)
{
  guint n = 0;

  for (guint i = 0; i < world->log->len; i++)
    {
      const FramEvent *event = &g_array_index (world->log, FramEvent, i);

      n += event->type == FRAM_EVENT_NETWORK_CHECKED && event->query == id;
    }
  g_assert_cmpuint (n, <=, 1);
  return n == 1;
}

static void
finish (ProbingWorld *world, guint16 id)
{
  GHashTableIter iter;
  const FramServer *server;

  probing_world_run (world, LIMIT);
  g_assert_true (is_over (world, id));
  g_assert_cmpuint (world->n_probe_sockets, ==, 0);
  g_assert_cmpuint (g_hash_table_size (world->sockets), ==, 0);
  g_hash_table_iter_init (&iter, world->broker->servers.by_key);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &server))
    g_assert_cmpuint (server->n_users, ==, 0);
}

static const FramNetworkServer *
row_of (const ProbingWorld *world, guint server, FramKnownTransport transport)
{
  g_autofree char *uri = probing_world_uri (world, server);

  return fram_network_find_server (&world->broker->network, uri,
                                   &world->servers[server].first, transport);
}

static FramNatKind
kind_of (const ProbingWorld *world, guint place)
{
  const FramNetworkNat *nat = probing_world_nat (world, place);

  return nat != NULL ? fram_nat_behaviour_get_kind (&nat->behaviour)
                     : FRAM_NAT_KIND_UNKNOWN;
}

static void
world_init (ProbingWorld *world, guint n_places, guint n_servers)
{
  probing_world_init (world);
  /* What is asked for by name has nothing to do with the policy. */
  probing_world_set_policy (world, FALSE);
  for (guint i = 0; i < n_places; i++)
    probing_world_add_place (world, &port_restricted);
  for (guint i = 0; i < n_servers; i++)
    probing_world_add_server (world, NAT_SERVER_FINE);
}

static void
test_one (void)
{
  ProbingWorld world;
  guint16 id;

  world_init (&world, 1, 1);
  id = begin (&world, "0");
  g_assert_true (fram_broker_is_probing (world.broker, &world.places[0].interface));
  probing_world_run (&world, FRAM_SECONDS (3));
  g_assert_true (is_over (&world, id));
  g_assert_false (fram_broker_is_probing (world.broker, &world.places[0].interface));
  g_assert_cmpint (kind_of (&world, 0), ==, FRAM_NAT_KIND_PORT_RESTRICTED_CONE);
  g_assert_cmpint (row_of (&world, 0, FRAM_KNOWN_UDP)->rtt, ==, 2 * world.delay);
  g_assert_cmpuint (probing_world_count_facts (&world, FRAM_FACT_NAT), ==, 1);
  g_assert_cmpuint (probing_world_count_facts (&world, FRAM_FACT_SERVER_ANSWERED), ==, 1);
  finish (&world, id);
  probing_world_clear (&world);
}

/* At most eight addresses at once, each with its survey and its probe. */
static void
test_side_by_side (void)
{
  ProbingWorld world;
  guint16 id;

  world_init (&world, 10, 2);
  id = begin (&world, "0,1");
  g_assert_cmpuint (world.n_probe_sockets, ==, 8);
  finish (&world, id);
  g_assert_cmpuint (world.most_probe_sockets, <=, 8 * 4);
  for (guint i = 0; i < 10; i++)
    g_assert_cmpint (kind_of (&world, i), ==, FRAM_NAT_KIND_PORT_RESTRICTED_CONE);
  probing_world_clear (&world);
}

/* It is over at once, and nothing is known then. */
static void
test_nobody_to_ask (void)
{
  ProbingWorld world;
  guint16 id;

  world_init (&world, 1, 0);
  id = begin (&world, "");
  g_assert_true (is_over (&world, id));
  g_assert_null (probing_world_nat (&world, 0));
  g_assert_cmpuint (world.most_probe_sockets, ==, 0);
  probing_world_clear (&world);
}

/* Without a name, those that a session uses, and those that are remembered. */
static void
test_known_servers (void)
{
  ProbingWorld world;
  g_autofree char *uri = NULL;
  guint16 id;

  world_init (&world, 1, 3);
  probing_world_open (&world, 1);
  uri = probing_world_uri (&world, 2);
  fram_broker_learn_answer (world.broker, uri, &world.servers[2].first, FRAM_KNOWN_UDP,
                            FRAM_SECONDS (3), world.now);
  id = begin (&world, "");
  probing_world_run (&world, LIMIT);
  g_assert_true (is_over (&world, id));
  g_assert_cmpuint (row_of (&world, 0, FRAM_KNOWN_UDP)->successes, >=, 2);
  g_assert_null (row_of (&world, 1, FRAM_KNOWN_UDP));
  g_assert_cmpuint (row_of (&world, 2, FRAM_KNOWN_UDP)->successes, ==, 2);
  probing_world_clear (&world);
}

static void
test_blocked (gconstpointer streams)
{
  ProbingWorld world;
  g_autofree char *uri = NULL;
  const FramNetworkServer *row;
  guint16 id;

  world_init (&world, 2, 2);
  world.streams = GPOINTER_TO_INT (streams);
  world.connecting = FRAM_SECONDS (2);
  world.places[0].blocked = TRUE;
  id = begin (&world, "0,1");
  finish (&world, id);
  g_assert_cmpint (kind_of (&world, 0), ==, FRAM_NAT_KIND_BLOCKED);
  g_assert_cmpint (kind_of (&world, 1), ==, FRAM_NAT_KIND_PORT_RESTRICTED_CONE);
  uri = probing_world_uri (&world, 1);
  g_assert_true (fram_network_is_deaf (&world.broker->network, "eth0", uri,
                                       FRAM_FAMILY_IPV4, FRAM_KNOWN_UDP));
  g_assert_false (fram_network_is_deaf (&world.broker->network, "eth1", uri,
                                        FRAM_FAMILY_IPV4, FRAM_KNOWN_UDP));
  row = row_of (&world, 0, FRAM_KNOWN_TCP);
  g_assert_cmpint (row != NULL && row->successes == 1, ==, GPOINTER_TO_INT (streams));
  probing_world_clear (&world);
}

/* A server that offers the tests is waited for, if another one was faster. */
static void
test_prefers_help (void)
{
  ProbingWorld world;

  world_init (&world, 1, 0);
  probing_world_add_server (&world, NAT_SERVER_SINGLE);
  probing_world_add_server (&world, NAT_SERVER_SINGLE);
  probing_world_add_server (&world, NAT_SERVER_FINE);
  finish (&world, begin (&world, "0,1,2"));
  g_assert_cmpint (kind_of (&world, 0), ==, FRAM_NAT_KIND_PORT_RESTRICTED_CONE);
  probing_world_clear (&world);
}

/* None offers them, and one is dead: the mapping is found by the two others. */
static void
test_no_help (void)
{
  ProbingWorld world;

  world_init (&world, 1, 0);
  probing_world_add_server (&world, NAT_SERVER_DEAF);
  probing_world_add_server (&world, NAT_SERVER_SINGLE);
  probing_world_add_server (&world, NAT_SERVER_SINGLE);
  finish (&world, begin (&world, "0,1,2"));
  g_assert_cmpint (kind_of (&world, 0), ==, FRAM_NAT_KIND_CONE);
  g_assert_cmpint (row_of (&world, 0, FRAM_KNOWN_UDP)->failures, ==, 1);
  probing_world_clear (&world);
}

static void
test_names (void)
{
  static const FramAddress nowhere;
  ProbingWorld world;
  const FramNetworkServer *row;

  world_init (&world, 1, 1);
  world.name = "stun.example.org";
  finish (&world, begin (&world, "stun:stun.example.org,stun:nobody.example.org"));
  g_assert_cmpint (kind_of (&world, 0), ==, FRAM_NAT_KIND_PORT_RESTRICTED_CONE);
  row = fram_network_find_server (&world.broker->network, "stun:stun.example.org",
                                  &world.servers[0].first, FRAM_KNOWN_UDP);
  g_assert_cmpuint (row->successes, ==, 1);
  row = fram_network_find_server (&world.broker->network, "stun:nobody.example.org",
                                  &nowhere, FRAM_KNOWN_UDP);
  g_assert_cmpuint (row->failures, ==, 1);
  probing_world_clear (&world);
}

/* A resolver that never answers: ten seconds, and what is known by then counts. */
static void
test_limit_of_time (void)
{
  ProbingWorld world;
  guint16 id;

  world_init (&world, 1, 1);
  world.no_names = TRUE;
  id = begin (&world, "stun:stun.example.org,0");
  probing_world_run (&world, LIMIT - 1);
  g_assert_false (is_over (&world, id));
  g_assert_cmpint (kind_of (&world, 0), ==, FRAM_NAT_KIND_PORT_RESTRICTED_CONE);
  probing_world_run (&world, 1);
  finish (&world, id);
  probing_world_clear (&world);
}

static void
test_joined (void)
{
  ProbingWorld world;
  guint16 id, other;

  world_init (&world, 1, 3);
  id = begin (&world, "0,1");
  probing_world_run (&world, FRAM_MILLISECONDS (100));
  g_assert_cmpuint (begin (&world, "1,0"), ==, id);
  g_assert_cmpuint (begin (&world, "1,0,1"), ==, id);
  other = begin (&world, "0,2");
  g_assert_cmpuint (other, !=, id);
  finish (&world, id);
  g_assert_true (is_over (&world, other));
  g_assert_cmpuint (begin (&world, "0,1"), !=, id);
  probing_world_clear (&world);
}

static void
assert_refused (ProbingWorld *world, const char *words, FramBrokerError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (check (world, words, &error), ==, 0);
  g_assert_error (error, FRAM_BROKER_ERROR, (gint) code);
}

static void
test_limits (void)
{
  ProbingWorld world;

  world_init (&world, 1, 8);
  assert_refused (&world, "0,1,2,3,4,5,6,7,0", FRAM_BROKER_ERROR_LIMIT);
  assert_refused (&world, "0,http://example.org", FRAM_BROKER_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (world.most_probe_sockets, ==, 0);
  begin (&world, "0");
  begin (&world, "1");
  begin (&world, "2");
  begin (&world, "3");
  assert_refused (&world, "4", FRAM_BROKER_ERROR_LIMIT);
  begin (&world, "2");
  probing_world_run (&world, LIMIT);
  g_assert_cmpuint (probing_world_count (&world, FRAM_EVENT_NETWORK_CHECKED), ==, 4);
  begin (&world, "0,1,2,3,4,5,6,7");
  probing_world_run (&world, LIMIT);
  g_assert_cmpuint (probing_world_count (&world, FRAM_EVENT_NETWORK_CHECKED), ==, 5);
  probing_world_clear (&world);
}

static void
test_interface_gone (void)
{
  ProbingWorld world;
  guint16 id;

  world_init (&world, 2, 1);
  id = begin (&world, "0");
  probing_world_run (&world, FRAM_MILLISECONDS (300));
  g_assert_cmpuint (world.n_probe_sockets, ==, 2 * 4);
  world.places[1].interface.index = 0;
  probing_world_tell_interfaces (&world);
  g_assert_cmpuint (world.n_probe_sockets, ==, 4);
  finish (&world, id);
  g_assert_cmpint (kind_of (&world, 0), ==, FRAM_NAT_KIND_PORT_RESTRICTED_CONE);
  g_assert_cmpint (kind_of (&world, 1), ==, FRAM_NAT_KIND_UNKNOWN);
  probing_world_clear (&world);
}

static void
test_network_changed (void)
{
  ProbingWorld world;
  guint16 id;

  world_init (&world, 1, 1);
  id = begin (&world, "0");
  probing_world_run (&world, FRAM_MILLISECONDS (300));
  probing_world_change_network (&world);
  g_assert_true (is_over (&world, id));
  finish (&world, id);
  g_assert_null (probing_world_nat (&world, 0));
  probing_world_clear (&world);
}

static void
test_no_sockets (void)
{
  ProbingWorld world;

  world_init (&world, 2, 1);
  world.places[0].refused = TRUE;
  finish (&world, begin (&world, "0"));
  g_assert_cmpint (kind_of (&world, 0), ==, FRAM_NAT_KIND_UNKNOWN);
  g_assert_cmpint (kind_of (&world, 1), ==, FRAM_NAT_KIND_PORT_RESTRICTED_CONE);
  /* There is nothing to wait for. */
  world.places[1].refused = TRUE;
  g_assert_true (is_over (&world, begin (&world, "0")));
  probing_world_clear (&world);
}

/* What a silent server leaves open does not hide what was known. */
static void
test_keeps (void)
{
  ProbingWorld world;

  world_init (&world, 1, 1);
  finish (&world, begin (&world, "0"));
  world.servers[0].faults = NAT_SERVER_SINGLE;
  finish (&world, begin (&world, "0"));
  g_assert_cmpint (kind_of (&world, 0), ==, FRAM_NAT_KIND_PORT_RESTRICTED_CONE);
  world.servers[0].faults = NAT_SERVER_DEAF;
  finish (&world, begin (&world, "0"));
  g_assert_cmpint (kind_of (&world, 0), ==, FRAM_NAT_KIND_BLOCKED);
  g_assert_cmpint (probing_world_nat (&world, 0)->behaviour.filtering, ==,
                   FRAM_NAT_ADDRESS_AND_PORT_DEPENDENT);
  probing_world_clear (&world);
}

/* Freed in the middle. */
static void
test_freed (void)
{
  ProbingWorld world;

  world_init (&world, 3, 2);
  begin (&world, "0");
  begin (&world, "0,1");
  probing_world_run (&world, FRAM_MILLISECONDS (300));
  probing_world_clear (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/broker/check-network/one", test_one);
  g_test_add_func ("/broker/check-network/side-by-side", test_side_by_side);
  g_test_add_func ("/broker/check-network/nobody-to-ask", test_nobody_to_ask);
  g_test_add_func ("/broker/check-network/known-servers", test_known_servers);
  g_test_add_data_func ("/broker/check-network/blocked", GINT_TO_POINTER (FALSE),
                        test_blocked);
  g_test_add_data_func ("/broker/check-network/blocked/tcp", GINT_TO_POINTER (TRUE),
                        test_blocked);
  g_test_add_func ("/broker/check-network/prefers-help", test_prefers_help);
  g_test_add_func ("/broker/check-network/no-help", test_no_help);
  g_test_add_func ("/broker/check-network/names", test_names);
  g_test_add_func ("/broker/check-network/limit-of-time", test_limit_of_time);
  g_test_add_func ("/broker/check-network/joined", test_joined);
  g_test_add_func ("/broker/check-network/limits", test_limits);
  g_test_add_func ("/broker/check-network/interface-gone", test_interface_gone);
  g_test_add_func ("/broker/check-network/network-changed", test_network_changed);
  g_test_add_func ("/broker/check-network/no-sockets", test_no_sockets);
  g_test_add_func ("/broker/check-network/keeps", test_keeps);
  g_test_add_func ("/broker/check-network/freed", test_freed);
  return g_test_run ();
}
