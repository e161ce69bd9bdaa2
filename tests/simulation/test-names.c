/* Hosts that show names in place of their addresses.  (draft-ietf-mmusic-mdns-ice-candidates) */
#include <glib.h>

#include "oracle.h"
#include "scenario.h"

/* Both are at one home, where names are known, and know no server. */
static SimCallPlan *
plan_home (SimPlan *plan)
{
  SimCallPlan *call;
  guint home;

  sim_plan_init (plan, 1);
  plan->names_delay = FRAM_MILLISECONDS (300);
  home = sim_site_add (plan, SIM_SITE_PORT_RESTRICTED);
  for (guint i = 0; i < 2; i++)
    sim_site_add_host (plan, home);
  call = sim_plan_add_call (plan, 0, 1);
  for (guint side = 0; side < 2; side++)
    {
      call->ends[side].trickle = TRUE;
      call->ends[side].policy = FRAM_POLICY_MDNS;
    }
  return call;
}

static void
test_link (void)
{
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call = plan_home (&plan);

  g_assert_true (sim_oracle_has_path (&plan, call));
  sim_scenario_run (&plan, TRUE);
}

static void
test_tcp (void)
{
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call = plan_home (&plan);

  call->ends[0].tcp = call->ends[1].tcp = TRUE;
  sim_scenario_run (&plan, TRUE);
}

/* Half of the questions are lost, and asked again. */
static void
test_loss (void)
{
  g_auto (SimPlan) plan = { 0 };

  plan_home (&plan);
  plan.names_loss = 0.5;
  sim_scenario_run (&plan, TRUE);
}

/* Who can publish no name shows nothing, but is heard from; where both cannot, there is nothing. */
static void
test_nameless (void)
{
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call = plan_home (&plan);

  plan.hosts[0].nameless = TRUE;
  call->ends[1].policy = FRAM_POLICY_ALL;
  g_assert_true (sim_oracle_has_path (&plan, call));
  sim_scenario_run (&plan, TRUE);
  plan.hosts[1].nameless = TRUE;
  call->ends[1].policy = FRAM_POLICY_MDNS;
  g_assert_false (sim_oracle_has_path (&plan, call));
  sim_scenario_run (&plan, FALSE);
}

/* A name says nothing on another link. */
static void
test_other_link (void)
{
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call = plan_home (&plan);

  sim_plan_add_interface (&plan, sim_plan_add_host (&plan), 0, FRAM_FAMILY_IPV4);
  call->ends[1].host = 2;
  g_assert_false (sim_oracle_has_path (&plan, call));
  sim_scenario_run (&plan, FALSE);
  /* But a server tells where the other one is. */
  sim_plan_add_server (&plan, SIM_SERVER_ANSWERS, FRAM_FAMILY_IPV4);
  call->ends[0].servers = call->ends[1].servers = 1;
  g_assert_true (sim_oracle_has_path (&plan, call));
  sim_scenario_run (&plan, TRUE);
}

static void
test_same_host (void)
{
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call = plan_home (&plan);

  call->ends[1].host = 0;
  g_assert_true (sim_oracle_has_path (&plan, call));
  sim_scenario_run (&plan, TRUE);
}

/* Who may use nothing but a relay does not tell it of what a name hides. */
static void
test_relay_only (void)
{
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call = plan_home (&plan);

  sim_plan_relay (
      &plan, sim_plan_add_server (&plan, SIM_SERVER_ANSWERS, FRAM_FAMILY_IPV4), FALSE);
  call->ends[0].policy = FRAM_POLICY_RELAY;
  call->ends[0].servers = 1;
  call->ends[1].servers = 0;
  g_assert_false (sim_oracle_has_path (&plan, call));
  sim_scenario_run (&plan, FALSE);
  /* What a server tells of the same host is not hidden. */
  call->ends[1].servers = 1;
  g_assert_true (sim_oracle_has_path (&plan, call));
  sim_scenario_run (&plan, TRUE);
}

/* Where there is no NAT, a name and a server tell of the same address. */
static void
test_relay_only_and_public (void)
{
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call;

  sim_scenario_plan_two (&plan, SIM_SITE_PUBLIC, SIM_SITE_FIREWALL);
  sim_plan_relay (&plan, 0, FALSE);
  plan.names_delay = 1;
  call = sim_plan_add_call (&plan, 1, 1);
  call->ends[0].policy = FRAM_POLICY_RELAY;
  call->ends[1].policy = FRAM_POLICY_MDNS;
  call->ends[0].trickle = call->ends[1].trickle = TRUE;
  g_assert_true (sim_oracle_has_path (&plan, call));
  sim_scenario_run (&plan, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scenario/names/link", test_link);
  g_test_add_func ("/scenario/names/tcp", test_tcp);
  g_test_add_func ("/scenario/names/loss", test_loss);
  g_test_add_func ("/scenario/names/nameless", test_nameless);
  g_test_add_func ("/scenario/names/other-link", test_other_link);
  g_test_add_func ("/scenario/names/same-host", test_same_host);
  g_test_add_func ("/scenario/names/relay-only", test_relay_only);
  g_test_add_func ("/scenario/names/relay-only-and-public", test_relay_only_and_public);
  return g_test_run ();
}
