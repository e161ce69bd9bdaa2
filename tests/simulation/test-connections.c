/* Calls by TCP, where UDP does not get through.  (RFC 6544) */
#include <glib.h>

#include "oracle.h"
#include "scenario.h"

/* Two hosts whose ends have TCP candidates, and trickle. */
static SimCallPlan *
plan_two (SimPlan *plan, SimSite a, SimSite b)
{
  SimCallPlan *call;

  sim_scenario_plan_two (plan, a, b);
  call = sim_plan_add_call (plan, 0, 1);
  for (guint side = 0; side < 2; side++)
    call->ends[side].tcp = call->ends[side].trickle = TRUE;
  return call;
}

static SimGatewayKind *
get_gateway (SimPlan *plan, guint host)
{
  return &plan->networks[plan->hosts[host].interfaces[0].network].gateway;
}

/* The host's NAT lets TCP out, and nothing else. */
static void
block_udp (SimPlan *plan, guint host)
{
  get_gateway (plan, host)->firewall = SIM_FIREWALL_NO_UDP;
}

/* UDP is blocked on one side; the other one is connected to. */
static void
test_one_blocked (gconstpointer data)
{
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call = plan_two (&plan, GPOINTER_TO_UINT (data), SIM_SITE_PUBLIC);

  block_udp (&plan, 0);
  g_assert_true (sim_oracle_has_path (&plan, call));
  sim_scenario_run (&plan, TRUE);
  /* Who does not want TCP has nothing. */
  call->ends[1].tcp = FALSE;
  g_assert_false (sim_oracle_has_path (&plan, call));
  sim_scenario_run (&plan, FALSE);
}

/* Several streams and components, each with its own connection. */
static void
test_components (void)
{
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call = plan_two (&plan, SIM_SITE_NO_UDP, SIM_SITE_PUBLIC);

  call->n_streams = call->n_components = 2;
  sim_scenario_run (&plan, TRUE);
}

/* Both are behind firewalls without UDP, one of which lets connections in. */
static void
test_behind_firewall (gconstpointer data)
{
  gboolean lets_in = GPOINTER_TO_UINT (data);
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call = plan_two (&plan, SIM_SITE_NO_UDP, SIM_SITE_NO_UDP);

  call->ends[0].servers = call->ends[1].servers = 0;
  if (lets_in)
    get_gateway (&plan, 1)->tcp = SIM_TCP_IN;
  g_assert_cmpint (sim_oracle_has_path (&plan, call), ==, lets_in);
  sim_scenario_run (&plan, lets_in);
}

/* Both NATs block UDP and let nobody in: each connects to where a server sees the other, if its NAT
 * keeps that for others than the server. */
static void
test_simultaneous (gconstpointer data)
{
  SimSite site = GPOINTER_TO_UINT (data);
  gboolean opens = site != SIM_SITE_SYMMETRIC;
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call = plan_two (&plan, site, site);

  block_udp (&plan, 0);
  block_udp (&plan, 1);
  g_assert_cmpint (sim_oracle_has_path (&plan, call), ==, opens);
  sim_scenario_run (&plan, opens);
}

/* Firewalls that let TCP out to servers alone. */
static void
test_servers_only (void)
{
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call = plan_two (&plan, SIM_SITE_NO_UDP, SIM_SITE_PUBLIC);

  get_gateway (&plan, 0)->tcp = SIM_TCP_SERVERS;
  g_assert_false (sim_oracle_has_path (&plan, call));
  sim_scenario_run (&plan, FALSE);
}

/* It is lost, late and out of order, and the streams come through it. */
static void
test_bad_network (void)
{
  g_auto (SimPlan) plan = { 0 };

  plan_two (&plan, SIM_SITE_NO_UDP, SIM_SITE_PUBLIC);
  plan.networks[0].link.loss = 0.05;
  plan.networks[0].link.duplicate = 0.05;
  plan.networks[0].link.reorder = 0.05;
  plan.networks[0].link.jitter = FRAM_MILLISECONDS (30);
  sim_scenario_run (&plan, TRUE);
}

/* The address whose connection is the path goes, and another one comes. */
static void
test_address_lost (gconstpointer data)
{
  guint host = GPOINTER_TO_UINT (data);
  g_auto (SimPlan) plan = { 0 };
  guint network;

  plan_two (&plan, SIM_SITE_NO_UDP, SIM_SITE_PUBLIC);
  network = plan.hosts[host].interfaces[0].network;
  plan.hosts[host].interfaces[0].vanishes = FRAM_SECONDS (10);
  sim_plan_add_interface (&plan, host, network, FRAM_FAMILY_IPV4)->appears
      = FRAM_SECONDS (10);
  plan.holds = FRAM_SECONDS (50);
  sim_scenario_run_held (&plan);
}

/* RFC 8445 §9: data go on by the connection there is, until the new round has its own. */
static void
test_restart (gconstpointer data)
{
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call = plan_two (&plan, SIM_SITE_NO_UDP, SIM_SITE_PUBLIC);

  call->ends[GPOINTER_TO_UINT (data)].restarts = FRAM_SECONDS (6);
  plan.holds = FRAM_SECONDS (40);
  sim_scenario_run_held (&plan);
}

/* RFC 6544 §4.4: a lite agent is connected to. */
static void
test_lite (void)
{
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call = plan_two (&plan, SIM_SITE_NO_UDP, SIM_SITE_PUBLIC);

  call->ends[1].lite = TRUE;
  call->ends[1].servers = 0;
  sim_scenario_run (&plan, TRUE);
}

int
main (int argc, char **argv)
{
  static const SimSite nats[] = { SIM_SITE_FULL_CONE, SIM_SITE_PORT_RESTRICTED,
                                  SIM_SITE_SYMMETRIC, SIM_SITE_DOUBLE };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (nats); i++)
    {
      sim_scenario_add ("connections/one-blocked", sim_site_to_text (nats[i]),
                        GUINT_TO_POINTER (nats[i]), test_one_blocked);
      sim_scenario_add ("connections/simultaneous", sim_site_to_text (nats[i]),
                        GUINT_TO_POINTER (nats[i]), test_simultaneous);
    }
  g_test_add_func ("/scenario/connections/components", test_components);
  sim_scenario_add ("connections/behind-firewall", "let-in", GUINT_TO_POINTER (TRUE),
                    test_behind_firewall);
  sim_scenario_add ("connections/behind-firewall", "kept-out", GUINT_TO_POINTER (FALSE),
                    test_behind_firewall);
  g_test_add_func ("/scenario/connections/servers-only", test_servers_only);
  g_test_add_func ("/scenario/connections/bad-network", test_bad_network);
  sim_scenario_add ("connections/address-lost", "active", GUINT_TO_POINTER (0),
                    test_address_lost);
  sim_scenario_add ("connections/address-lost", "passive", GUINT_TO_POINTER (1),
                    test_address_lost);
  sim_scenario_add ("connections/restart", "active", GUINT_TO_POINTER (0), test_restart);
  sim_scenario_add ("connections/restart", "passive", GUINT_TO_POINTER (1), test_restart);
  g_test_add_func ("/scenario/connections/lite", test_lite);
  return g_test_run ();
}
