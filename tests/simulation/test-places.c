/* Worlds with a name: where the hosts are, and which servers they ask. */
#include <glib.h>

#include "oracle.h"
#include "scenario.h"

typedef struct
{
  SimSite a, b;
} Pair;

static void
test_pair (gconstpointer data)
{
  const Pair *pair = data;
  g_auto (SimPlan) plan = { 0 };
  gboolean has_path;
  FramTime took;

  sim_scenario_plan_two (&plan, pair->a, pair->b);
  has_path = sim_oracle_has_path (&plan, sim_plan_add_call (&plan, 0, 1));
  took = sim_scenario_run (&plan, has_path);
  /* One way takes 10 ms on the Internet: nobody waits for a timer without need. */
  g_assert_cmpint (took, <, FRAM_SECONDS (1));
}

static void
test_same_host (void)
{
  g_auto (SimPlan) plan = { 0 };

  sim_plan_init (&plan, 1);
  sim_site_add_host (&plan, 0);
  sim_plan_add_call (&plan, 0, 0)->delay = 0;
  g_assert_cmpint (sim_scenario_run (&plan, TRUE), <, FRAM_MILLISECONDS (50));
}

static void
test_no_network (void)
{
  g_auto (SimPlan) plan = { 0 };

  sim_plan_init (&plan, 1);
  sim_site_add_host (&plan, 0);
  fram_address_parse_ip (&plan.hosts[0].interfaces[0].address, "127.0.0.1", 0);
  sim_plan_add_call (&plan, 0, 0);
  sim_scenario_run (&plan, TRUE);
}

static void
test_same_network (void)
{
  g_auto (SimPlan) plan = { 0 };
  guint network;

  sim_plan_init (&plan, 1);
  network = sim_site_add (&plan, SIM_SITE_SYMMETRIC);
  sim_site_add_host (&plan, network);
  sim_site_add_host (&plan, network);
  sim_plan_add_call (&plan, 0, 1);
  sim_scenario_run (&plan, TRUE);
}

static void
test_same_addresses (void)
{
  g_auto (SimPlan) plan = { 0 };

  sim_scenario_plan_two (&plan, SIM_SITE_PORT_RESTRICTED, SIM_SITE_PORT_RESTRICTED);
  plan.hosts[1].interfaces[0].address = plan.hosts[0].interfaces[0].address;
  sim_plan_add_call (&plan, 0, 1);
  sim_scenario_run (&plan, TRUE);
}

static void
test_hairpin (void)
{
  SimGatewayKind carrier
      = sim_gateway_kind_nat (SIM_DEPENDS_ON_NOTHING, SIM_DEPENDS_ON_ADDRESS_AND_PORT);
  g_auto (SimPlan) plan = { 0 };
  guint outer;

  carrier.nat.hairpin = TRUE;
  sim_plan_init (&plan, 1);
  sim_plan_add_server (&plan, SIM_SERVER_ANSWERS, FRAM_FAMILY_IPV4);
  outer = sim_plan_add_network (&plan, 0, &carrier);
  carrier.nat.hairpin = FALSE;
  for (guint i = 0; i < 2; i++)
    sim_site_add_host (&plan, sim_plan_add_network (&plan, outer, &carrier));
  sim_plan_add_call (&plan, 0, 1);
  sim_scenario_run (&plan, TRUE);
}

static void
test_ipv6 (void)
{
  g_auto (SimPlan) plan = { 0 };

  sim_scenario_plan_two (&plan, SIM_SITE_SYMMETRIC, SIM_SITE_SYMMETRIC);
  for (guint i = 0; i < 2; i++)
    sim_plan_add_interface (&plan, i, i + 1, FRAM_FAMILY_IPV6);
  sim_plan_add_call (&plan, 0, 1);
  sim_scenario_run (&plan, TRUE);
}

static void
test_address_refused (void)
{
  g_auto (SimPlan) plan = { 0 };

  sim_scenario_plan_two (&plan, SIM_SITE_PUBLIC, SIM_SITE_PUBLIC);
  plan.hosts[0].interfaces[0].refuses = TRUE;
  sim_plan_add_interface (&plan, 0, 0, FRAM_FAMILY_IPV4);
  sim_plan_add_call (&plan, 0, 1);
  g_assert_cmpint (sim_scenario_run (&plan, TRUE), <, FRAM_SECONDS (1));
}

static void
test_all_addresses_refused (void)
{
  g_auto (SimPlan) plan = { 0 };

  sim_scenario_plan_two (&plan, SIM_SITE_PUBLIC, SIM_SITE_PUBLIC);
  plan.hosts[0].interfaces[0].refuses = TRUE;
  sim_plan_add_call (&plan, 0, 1);
  sim_scenario_run (&plan, FALSE);
}

typedef struct
{
  const char *name;
  SimServerKind kind;
  gboolean absent;
  const char *host; /* NULL: by its address */
} Server;

/* A server of no use costs a trickling session nothing. */
static void
test_useless_server (gconstpointer data)
{
  const Server *server = data;
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call;

  sim_plan_init (&plan, 1);
  sim_plan_add_server (&plan, server->kind, FRAM_FAMILY_IPV4);
  plan.servers[0].absent = server->absent;
  plan.servers[0].name = server->host;
  sim_site_add_host (&plan, 0);
  sim_site_add_host (&plan, sim_site_add (&plan, SIM_SITE_SYMMETRIC));
  call = sim_plan_add_call (&plan, 0, 1);
  call->ends[0].trickle = call->ends[1].trickle = TRUE;
  g_assert_cmpint (sim_scenario_run (&plan, TRUE), <, FRAM_MILLISECONDS (300));
}

static void
test_no_host_candidates (void)
{
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call;

  sim_scenario_plan_two (&plan, SIM_SITE_PORT_RESTRICTED, SIM_SITE_FULL_CONE);
  call = sim_plan_add_call (&plan, 0, 1);
  call->ends[0].policy = call->ends[1].policy = FRAM_POLICY_NO_HOST;
  sim_scenario_run (&plan, TRUE);
}

static void
test_relay_only (void)
{
  g_auto (SimPlan) plan = { 0 };

  sim_scenario_plan_two (&plan, SIM_SITE_PUBLIC, SIM_SITE_PUBLIC);
  sim_plan_add_call (&plan, 0, 1)->ends[0].policy = FRAM_POLICY_RELAY;
  sim_scenario_run (&plan, FALSE);
}

static void
add_pairs (void)
{
  static Pair pairs[SIM_N_SITES * SIM_N_SITES];

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *name = NULL;

      pairs[i] = (Pair){ (SimSite) (i / SIM_N_SITES), (SimSite) (i % SIM_N_SITES) };
      name = g_strdup_printf ("%s/%s", sim_site_to_text (pairs[i].a),
                              sim_site_to_text (pairs[i].b));
      sim_scenario_add ("sites", name, &pairs[i], test_pair);
    }
}

static void
add_servers (void)
{
  static const Server servers[] = {
    { "deaf", SIM_SERVER_DEAF, FALSE, NULL },
    { "busy", SIM_SERVER_BUSY, FALSE, NULL },
    { "absent", SIM_SERVER_ANSWERS, TRUE, NULL },
    { "deaf-by-name", SIM_SERVER_DEAF, FALSE, "stun.example.org" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (servers); i++)
    sim_scenario_add ("server", servers[i].name, &servers[i], test_useless_server);
  g_test_add_func ("/scenario/server/no-host-candidates", test_no_host_candidates);
  g_test_add_func ("/scenario/server/relay-only", test_relay_only);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_pairs ();
  add_servers ();
  g_test_add_func ("/scenario/same-host", test_same_host);
  g_test_add_func ("/scenario/no-network", test_no_network);
  g_test_add_func ("/scenario/same-network", test_same_network);
  g_test_add_func ("/scenario/same-addresses", test_same_addresses);
  g_test_add_func ("/scenario/hairpin", test_hairpin);
  g_test_add_func ("/scenario/ipv6", test_ipv6);
  g_test_add_func ("/scenario/address-refused", test_address_refused);
  g_test_add_func ("/scenario/all-addresses-refused", test_all_addresses_refused);
  return g_test_run ();
}
