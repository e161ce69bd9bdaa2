/* The broker finds out how the NATs behave, in the background and without disturbing. */
#include "broker/broker-private.h"
#include "probing-world.h"

/* Of a probe of behaviour, and of a measurement. */
#define BEHAVIOUR_SOCKETS 3
#define LIFETIME_SOCKETS 5

static const SimNatKind port_restricted
    = { .filtering = SIM_DEPENDS_ON_ADDRESS_AND_PORT, .lifetime = FRAM_SECONDS (60) };
static const SimNatKind symmetric = { .mapping = SIM_DEPENDS_ON_ADDRESS_AND_PORT,
                                      .filtering = SIM_DEPENDS_ON_ADDRESS_AND_PORT,
                                      .lifetime = FRAM_SECONDS (60) };

static FramNatKind
kind_of (const ProbingWorld *world, guint place)
{
  const FramNetworkNat *nat = probing_world_nat (world, place);

  return nat != NULL ? fram_nat_behaviour_get_kind (&nat->behaviour)
                     : FRAM_NAT_KIND_UNKNOWN;
}

static void
test_found (void)
{
  ProbingWorld world;
  const FramNetworkNat *nat;

  probing_world_init (&world);
  probing_world_add_place (&world, &port_restricted);
  probing_world_add_server (&world, NAT_SERVER_NO_PORT);
  probing_world_open (&world, 1);
  g_assert_false (fram_broker_is_probing (world.broker, &world.places[0].interface));
  /* The session has gathered at once. */
  probing_world_run (&world, FRAM_MILLISECONDS (1100));
  g_assert_true (fram_broker_is_probing (world.broker, &world.places[0].interface));
  g_assert_cmpuint (world.n_probe_sockets, ==, BEHAVIOUR_SOCKETS);
  probing_world_run (&world, FRAM_SECONDS (10));
  nat = probing_world_nat (&world, 0);
  g_assert_cmpint (kind_of (&world, 0), ==, FRAM_NAT_KIND_PORT_RESTRICTED_CONE);
  g_assert_cmpint (nat->behaviour.hairpin, ==, FRAM_NAT_NO);
  g_assert_true (
      fram_address_equal_ip (&nat->behaviour.mapped, &world.places[0].external));
  g_assert_cmpint (world.now - nat->found, <, FRAM_SECONDS (10));
  g_assert_false (fram_broker_is_probing (world.broker, &world.places[0].interface));
  g_assert_cmpuint (probing_world_count_facts (&world, FRAM_FACT_NAT), ==, 1);
  /* Its server cannot tell lifetimes, and is not asked again. */
  g_assert_cmpuint (world.n_probe_sockets, ==, 0);
  g_assert_cmpuint (probing_world_count_facts (&world, FRAM_FACT_LIFETIME), ==, 0);
  probing_world_clear (&world);
}

static void
test_switched_off (void)
{
  ProbingWorld world;

  probing_world_init (&world);
  probing_world_set_policy (&world, FALSE);
  probing_world_add_place (&world, &port_restricted);
  probing_world_add_server (&world, NAT_SERVER_FINE);
  probing_world_open (&world, 1);
  probing_world_run (&world, FRAM_SECONDS (300));
  g_assert_cmpuint (world.most_probe_sockets, ==, 0);
  probing_world_clear (&world);
}

/* Where nothing is translated nor filtered there is nothing that could be forgotten. */
static void
test_open (void)
{
  ProbingWorld world;

  probing_world_init (&world);
  probing_world_add_place (&world, NULL);
  probing_world_add_server (&world, NAT_SERVER_FINE);
  probing_world_open (&world, 1);
  probing_world_run (&world, FRAM_SECONDS (60));
  g_assert_cmpint (kind_of (&world, 0), ==, FRAM_NAT_KIND_OPEN);
  g_assert_cmpuint (world.most_probe_sockets, ==, BEHAVIOUR_SOCKETS);
  probing_world_clear (&world);
}

static void
assert_measured (const ProbingWorld *world, guint place, FramTime life)
{
  const FramNetworkNat *nat = probing_world_nat (world, place);

  g_assert_nonnull (nat);
  g_assert_cmpint (nat->alive, <=, life);
  g_assert_cmpint (nat->dead, >=, life);
  g_assert_cmpint (nat->dead - nat->alive, <=, life / 10);
}

static void
test_lifetime (gconstpointer firewall)
{
  ProbingWorld world;
  FramTime interval;
  guint n;

  probing_world_init (&world);
  probing_world_add_place (&world, GPOINTER_TO_INT (firewall) ? NULL : &port_restricted);
  if (GPOINTER_TO_INT (firewall))
    world.places[0].firewall
        = sim_firewall_new (SIM_FIREWALL_STATEFUL, FRAM_SECONDS (60));
  probing_world_add_server (&world, NAT_SERVER_FINE);
  probing_world_open (&world, 1);
  probing_world_run (&world, FRAM_SECONDS (70));
  /* It narrows while it runs. */
  g_assert_cmpuint (world.n_probe_sockets, ==, LIFETIME_SOCKETS);
  g_assert_false (fram_broker_is_probing (world.broker, &world.places[0].interface));
  g_assert_cmpint (probing_world_nat (&world, 0)->alive, >=, FRAM_SECONDS (20));
  interval
      = fram_network_get_keepalive (&world.broker->network, "eth0", FRAM_FAMILY_IPV4);
  g_assert_cmpint (interval, >=, FRAM_SECONDS (15));
  probing_world_run (&world, FRAM_SECONDS (600));
  assert_measured (&world, 0, FRAM_SECONDS (60));
  interval
      = fram_network_get_keepalive (&world.broker->network, "eth0", FRAM_FAMILY_IPV4);
  g_assert_cmpint (interval, >, FRAM_SECONDS (40));
  g_assert_cmpint (interval, <, FRAM_SECONDS (60));
  g_assert_cmpuint (world.n_probe_sockets, ==, 0);
  n = world.n_probe_packets;
  g_assert_cmpuint (n, <=, 150);

  /* For a week it is taken for granted; the behaviour for a day. */
  probing_world_run (&world, FRAM_SECONDS (23 * 3600));
  g_assert_cmpuint (world.n_probe_packets, ==, n);
  if (!GPOINTER_TO_INT (firewall))
    {
      world.most_probe_sockets = 0;
      probing_world_run (&world, FRAM_SECONDS (6 * 24 * 3600));
      g_assert_cmpuint (world.most_probe_sockets, ==, BEHAVIOUR_SOCKETS);
      g_assert_cmpint (world.now - probing_world_nat (&world, 0)->found, <,
                       FRAM_SECONDS (25 * 3600));
      probing_world_run (&world, FRAM_SECONDS (24 * 3600));
      g_assert_cmpuint (world.most_probe_sockets, ==, LIFETIME_SOCKETS);
    }
  probing_world_clear (&world);
}

/* For ten minutes, in which it is measured, no mapping of a session is lost. */
static void
test_kept (gconstpointer seconds)
{
  FramTime life = FRAM_SECONDS (GPOINTER_TO_INT (seconds));
  SimNatKind kind = port_restricted;
  ProbingWorld world;
  GArray *rows;

  probing_world_init (&world);
  kind.lifetime = life;
  probing_world_add_place (&world, &kind);
  probing_world_add_server (&world, NAT_SERVER_FINE);
  probing_world_open (&world, 1);
  probing_world_run (&world, FRAM_SECONDS (600));
  assert_measured (&world, 0, life);
  rows = fram_broker_list_mappings (world.broker, world.now);
  g_assert_cmpuint (rows->len, ==, 1);
  g_assert_cmpint (g_array_index (rows, FramMappingRow, 0).since, >=, FRAM_SECONDS (599));
  g_assert_cmpint (g_array_index (rows, FramMappingRow, 0).interval, <, life);
  g_array_unref (rows);
  probing_world_clear (&world);
}

/* A mapping is gone earlier than was believed: it is used more often at once, and measured
 * again. */
static void
test_lost (void)
{
  ProbingWorld world;
  SimNatKind shorter = port_restricted;
  guint n;

  probing_world_init (&world);
  probing_world_add_place (&world, &port_restricted);
  probing_world_add_server (&world, NAT_SERVER_FINE);
  probing_world_open (&world, 1);
  probing_world_run (&world, FRAM_SECONDS (700));
  assert_measured (&world, 0, FRAM_SECONDS (60));
  n = world.n_probe_packets;
  /* It was not to live so long. */
  fram_probing_mapping_lost (world.broker, &world.places[0].interface, FRAM_SECONDS (90),
                             world.now);
  probing_world_run (&world, FRAM_SECONDS (100));
  g_assert_cmpuint (world.n_probe_packets, ==, n);

  shorter.lifetime = FRAM_SECONDS (30);
  sim_nat_free (world.places[0].nat);
  world.places[0].nat = sim_nat_new (&shorter, &world.places[0].external, &world.dice);
  fram_probing_mapping_lost (world.broker, &world.places[0].interface, FRAM_SECONDS (45),
                             world.now);
  g_assert_cmpint (
      fram_network_get_keepalive (&world.broker->network, "eth0", FRAM_FAMILY_IPV4), <=,
      FRAM_SECONDS (45));
  probing_world_run (&world, FRAM_SECONDS (400));
  assert_measured (&world, 0, FRAM_SECONDS (30));
  g_assert_cmpuint (world.n_probe_packets, >, n);
  probing_world_clear (&world);
}

/* The host sleeps again and again: what is found holds all the same. */
static void
test_sleep (void)
{
  ProbingWorld world;
  const FramNetworkNat *nat;

  probing_world_init (&world);
  probing_world_add_place (&world, &port_restricted);
  probing_world_add_server (&world, NAT_SERVER_FINE);
  probing_world_open (&world, 1);
  probing_world_run (&world, FRAM_SECONDS (10));
  for (guint i = 0; i < 40; i++)
    {
      probing_world_run (&world, FRAM_MILLISECONDS (9000 + 1777 * (i % 7)));
      probing_world_sleep (&world, FRAM_SECONDS (600));
      nat = probing_world_nat (&world, 0);
      g_assert_cmpint (nat->alive, <=, FRAM_SECONDS (60));
      g_assert_cmpint (nat->dead, >=, FRAM_SECONDS (60));
    }
  probing_world_run (&world, FRAM_SECONDS (900));
  assert_measured (&world, 0, FRAM_SECONDS (60));
  probing_world_clear (&world);
}

/* Nothing is asked while a session gathers or has just begun to check; but if it checks in
 * vain, why is what it wants to know. */
static void
test_does_not_disturb (void)
{
  ProbingWorld world;
  FramSessionId session;

  probing_world_init (&world);
  probing_world_add_place (&world, &port_restricted);
  probing_world_add_server (&world, NAT_SERVER_FINE);
  probing_world_add_server (&world, NAT_SERVER_DEAF);
  session = probing_world_open (&world, 2);
  probing_world_run (&world, FRAM_MILLISECONDS (60));
  /* The deaf server is waited for. */
  g_assert_cmpuint (probing_world_count (&world, FRAM_EVENT_GATHERING_DONE), ==, 0);
  g_assert_cmpuint (world.n_probe_sockets, ==, 0);
  probing_world_call (&world, session,
                      "candidate:1 1 udp 2130706431 198.51.100.200 9 typ host");
  probing_world_run (&world, FRAM_MILLISECONDS (4500));
  g_assert_cmpuint (probing_world_count (&world, FRAM_EVENT_GATHERING_DONE), ==, 1);
  g_assert_cmpuint (world.most_probe_sockets, ==, 0);
  probing_world_run (&world, FRAM_SECONDS (5));
  g_assert_cmpint (kind_of (&world, 0), ==, FRAM_NAT_KIND_PORT_RESTRICTED_CONE);
  probing_world_clear (&world);
}

static void
test_one_at_a_time (void)
{
  ProbingWorld world;

  probing_world_init (&world);
  for (guint i = 0; i < 3; i++)
    probing_world_add_place (&world, i == 1 ? &symmetric : &port_restricted);
  probing_world_add_server (&world, NAT_SERVER_FINE);
  probing_world_open (&world, 1);
  for (guint i = 0; i < 20; i++)
    {
      probing_world_run (&world, FRAM_SECONDS (1));
      fram_probing_consider (world.broker, world.now);
    }
  g_assert_cmpint (kind_of (&world, 0), ==, FRAM_NAT_KIND_PORT_RESTRICTED_CONE);
  g_assert_cmpint (kind_of (&world, 1), ==, FRAM_NAT_KIND_SYMMETRIC);
  g_assert_cmpint (kind_of (&world, 2), ==, FRAM_NAT_KIND_PORT_RESTRICTED_CONE);
  probing_world_run (&world, FRAM_SECONDS (1800));
  g_assert_cmpuint (world.most_probe_sockets, ==, LIFETIME_SOCKETS);
  for (guint i = 0; i < 3; i++)
    assert_measured (&world, i, FRAM_SECONDS (60));
  probing_world_clear (&world);
}

/* A server that offers no tests is asked once in a day, whatever it left open. */
static void
test_no_help (void)
{
  ProbingWorld world;
  guint n;

  probing_world_init (&world);
  probing_world_add_place (&world, &symmetric);
  probing_world_add_place (&world, &port_restricted);
  probing_world_add_server (&world, NAT_SERVER_SINGLE | NAT_SERVER_NO_PORT);
  probing_world_open (&world, 1);
  probing_world_run (&world, FRAM_SECONDS (20));
  n = world.n_probe_packets;
  g_assert_cmpuint (n, >, 0);
  /* By the second place it would not help either. */
  g_assert_true (probing_world_nat (&world, 0) == NULL
                 || probing_world_nat (&world, 1) == NULL
                 || probing_world_nat (&world, 1)->found == FRAM_NETWORK_NEVER
                 || probing_world_nat (&world, 0)->found == FRAM_NETWORK_NEVER);
  probing_world_run (&world, FRAM_SECONDS (23 * 3600));
  g_assert_cmpuint (world.n_probe_packets, ==, n);
  probing_world_run (&world, FRAM_SECONDS (2 * 3600));
  g_assert_cmpuint (world.n_probe_packets, >, n);
  probing_world_clear (&world);
}

/* Two servers that offer nothing tell of the mapping all the same. */
static void
test_second_server (gconstpointer data)
{
  ProbingWorld world;

  probing_world_init (&world);
  probing_world_set_policy (&world, data == NULL);
  probing_world_add_place (&world, &symmetric);
  probing_world_add_place (&world, &port_restricted);
  for (guint i = 0; i < 2; i++)
    probing_world_add_server (&world, NAT_SERVER_SINGLE | NAT_SERVER_NO_PORT);
  probing_world_open (&world, 2);
  probing_world_run (&world, FRAM_SECONDS (20));
  g_assert_cmpint (kind_of (&world, 0), ==, FRAM_NAT_KIND_SYMMETRIC);
  g_assert_cmpint (kind_of (&world, 1), ==, FRAM_NAT_KIND_CONE);
  g_assert_cmpint (world.most_probe_sockets > 0, ==, data == NULL);
  probing_world_clear (&world);
}

/* What is under way ends when nobody needs it any more, and leaves nothing behind. */
typedef enum
{
  END_INTERFACE,
  END_POLICY,
  END_NETWORK,
  END_SESSIONS,
} End;

static void
end (ProbingWorld *world, FramSessionId session, End how)
{
  switch (how)
    {
    case END_INTERFACE:
      world->places[0].interface.index = 0;
      probing_world_tell_interfaces (world);
      break;
    case END_POLICY:
      probing_world_set_policy (world, FALSE);
      break;
    case END_NETWORK:
      probing_world_change_network (world);
      break;
    case END_SESSIONS:
      fram_broker_close_session (world->broker, session, FRAM_CAUSE_CLOSED_BY_APPLICATION,
                                 world->now);
      probing_world_run (world, FRAM_SECONDS (61));
      break;
    }
}

static void
test_ends (gconstpointer how)
{
  static const FramTime times[] = { FRAM_MILLISECONDS (1100), FRAM_SECONDS (30) };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      ProbingWorld world;
      FramSessionId session;
      guint n;

      probing_world_init (&world);
      probing_world_add_place (&world, &port_restricted);
      probing_world_add_server (&world, NAT_SERVER_FINE);
      session = probing_world_open (&world, 1);
      probing_world_run (&world, times[i]);
      g_assert_cmpuint (world.n_probe_sockets, ==,
                        i == 0 ? BEHAVIOUR_SOCKETS : LIFETIME_SOCKETS);
      end (&world, session, (End) GPOINTER_TO_INT (how));
      g_assert_cmpuint (world.n_probe_sockets, ==, 0);
      if (GPOINTER_TO_INT (how) == END_NETWORK)
        {
          /* What was found out was of the other network: it begins anew. */
          g_assert_null (probing_world_nat (&world, 0));
          probing_world_run (&world, FRAM_SECONDS (10));
          g_assert_cmpint (kind_of (&world, 0), ==, FRAM_NAT_KIND_PORT_RESTRICTED_CONE);
        }
      else
        {
          n = world.n_probe_packets;
          probing_world_run (&world, FRAM_SECONDS (3600));
          g_assert_cmpuint (world.n_probe_packets, ==, n);
        }
      if (GPOINTER_TO_INT (how) == END_SESSIONS)
        g_assert_cmpint (fram_broker_deadline (world.broker), ==, FRAM_TIME_NEVER);
      /* What the measurement had found is kept. */
      if (GPOINTER_TO_INT (how) != END_NETWORK && i == 1)
        g_assert_cmpint (probing_world_nat (&world, 0)->alive, >=, FRAM_SECONDS (5));
      probing_world_clear (&world);
    }
}

/* A measurement that was given up goes on an hour later, with what it had found. */
static void
test_goes_on (void)
{
  ProbingWorld world;
  FramSessionId session;
  guint n;

  probing_world_init (&world);
  probing_world_add_place (&world, &port_restricted);
  probing_world_add_server (&world, NAT_SERVER_FINE);
  session = probing_world_open (&world, 1);
  probing_world_run (&world, FRAM_SECONDS (45));
  fram_broker_close_session (world.broker, session, FRAM_CAUSE_CLOSED_BY_APPLICATION,
                             world.now);
  probing_world_run (&world, FRAM_SECONDS (3400));
  g_assert_cmpuint (world.n_probe_sockets, ==, 0);
  probing_world_open (&world, 1);
  probing_world_run (&world, FRAM_SECONDS (60));
  g_assert_cmpuint (world.n_probe_sockets, ==, 0);
  n = world.n_probe_packets;
  while (world.n_probe_sockets == 0)
    probing_world_run (&world, FRAM_SECONDS (1));
  /* What lives for 40 s is not asked again: one question whether the server can do it, and
   * four mappings that rest. */
  probing_world_run (&world, FRAM_SECONDS (35));
  g_assert_cmpint (probing_world_nat (&world, 0)->alive, >=, FRAM_SECONDS (40));
  g_assert_cmpuint (world.n_probe_packets - n, ==, 2 + 4);
  probing_world_run (&world, FRAM_SECONDS (1200));
  assert_measured (&world, 0, FRAM_SECONDS (60));
  probing_world_clear (&world);
}

static void
test_no_sockets (void)
{
  ProbingWorld world;

  probing_world_init (&world);
  probing_world_add_place (&world, &port_restricted);
  probing_world_add_server (&world, NAT_SERVER_FINE);
  probing_world_open (&world, 1);
  world.places[0].refused = TRUE;
  probing_world_run (&world, FRAM_SECONDS (600));
  g_assert_cmpuint (world.most_probe_sockets, ==, 0);
  g_assert_cmpint (kind_of (&world, 0), ==, FRAM_NAT_KIND_UNKNOWN);
  /* Another day, another try. */
  world.places[0].refused = FALSE;
  probing_world_run (&world, FRAM_SECONDS (25 * 3600));
  g_assert_cmpint (kind_of (&world, 0), ==, FRAM_NAT_KIND_PORT_RESTRICTED_CONE);
  probing_world_clear (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/broker/probing/found", test_found);
  g_test_add_func ("/broker/probing/switched-off", test_switched_off);
  g_test_add_func ("/broker/probing/open", test_open);
  g_test_add_data_func ("/broker/probing/lifetime/nat", GINT_TO_POINTER (FALSE),
                        test_lifetime);
  g_test_add_data_func ("/broker/probing/lifetime/firewall", GINT_TO_POINTER (TRUE),
                        test_lifetime);
  g_test_add_data_func ("/broker/probing/kept/20-s", GINT_TO_POINTER (20), test_kept);
  g_test_add_data_func ("/broker/probing/kept/30-s", GINT_TO_POINTER (30), test_kept);
  g_test_add_data_func ("/broker/probing/kept/60-s", GINT_TO_POINTER (60), test_kept);
  g_test_add_func ("/broker/probing/lost", test_lost);
  g_test_add_func ("/broker/probing/sleep", test_sleep);
  g_test_add_func ("/broker/probing/does-not-disturb", test_does_not_disturb);
  g_test_add_func ("/broker/probing/one-at-a-time", test_one_at_a_time);
  g_test_add_func ("/broker/probing/no-help", test_no_help);
  g_test_add_data_func ("/broker/probing/second-server", NULL, test_second_server);
  g_test_add_data_func ("/broker/probing/second-server/switched-off",
                        GINT_TO_POINTER (TRUE), test_second_server);
  g_test_add_data_func ("/broker/probing/ends/interface", GINT_TO_POINTER (END_INTERFACE),
                        test_ends);
  g_test_add_data_func ("/broker/probing/ends/policy", GINT_TO_POINTER (END_POLICY),
                        test_ends);
  g_test_add_data_func ("/broker/probing/ends/network", GINT_TO_POINTER (END_NETWORK),
                        test_ends);
  g_test_add_data_func ("/broker/probing/ends/sessions", GINT_TO_POINTER (END_SESSIONS),
                        test_ends);
  g_test_add_func ("/broker/probing/goes-on", test_goes_on);
  g_test_add_func ("/broker/probing/no-sockets", test_no_sockets);
  return g_test_run ();
}
