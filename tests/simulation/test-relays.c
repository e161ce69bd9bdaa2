/* Worlds with a TURN server: who has no other way connects by it, and keeps connected. */
#include <glib.h>

#include "oracle.h"
#include "scenario.h"

typedef struct
{
  SimSite a, b;
} Pair;

static void
plan_two (SimPlan *plan, SimSite a, SimSite b)
{
  sim_scenario_plan_two (plan, a, b);
  sim_plan_relay (plan, 0, FALSE);
}

/* Whoever knows a TURN server reaches everybody who knows one too: by UDP, or by TCP where
 * UDP is blocked. */
static void
test_both (gconstpointer data)
{
  const Pair *pair = data;
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call;

  plan_two (&plan, pair->a, pair->b);
  call = sim_plan_add_call (&plan, 0, 1);
  call->ends[0].trickle = call->ends[1].trickle = TRUE;
  g_assert_true (sim_oracle_has_path (&plan, call));
  g_assert_cmpint (sim_scenario_run (&plan, TRUE), <, FRAM_SECONDS (3));
}

/* The other one needs UDP to get to the relay, and an address that was told. */
static void
test_one (gconstpointer data)
{
  const Pair *pair = data;
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call;

  plan_two (&plan, pair->a, pair->b);
  sim_plan_add_server (&plan, SIM_SERVER_ANSWERS, FRAM_FAMILY_IPV4);
  call = sim_plan_add_call (&plan, 0, 1);
  call->ends[1].servers = 2;
  g_assert_cmpint (sim_oracle_has_path (&plan, call), ==, pair->b != SIM_SITE_NO_UDP);
  sim_scenario_run (&plan, pair->b != SIM_SITE_NO_UDP);
}

static void
test_relay_only (void)
{
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call;

  plan_two (&plan, SIM_SITE_PUBLIC, SIM_SITE_PORT_RESTRICTED);
  call = sim_plan_add_call (&plan, 0, 1);
  call->ends[0].policy = call->ends[1].policy = FRAM_POLICY_RELAY;
  g_assert_cmpint (sim_scenario_run (&plan, TRUE), <, FRAM_SECONDS (2));
}

/* Nobody knows what the other family's relay is for, until somebody has no IPv4. */
static void
test_two_families (void)
{
  g_auto (SimPlan) plan = { 0 };

  sim_plan_init (&plan, 1);
  sim_plan_add_server (&plan, SIM_SERVER_ANSWERS, FRAM_FAMILY_IPV4);
  sim_plan_relay (&plan, 0, TRUE);
  sim_site_add_host (&plan, 0);
  sim_plan_add_host (&plan);
  sim_plan_add_interface (&plan, 1, 0, FRAM_FAMILY_IPV6);
  sim_plan_add_call (&plan, 0, 1);
  sim_scenario_run (&plan, TRUE);
}

/* Nonces, permissions, channels and the allocation itself are renewed many times. */
static void
test_half_an_hour (gconstpointer data)
{
  const Pair *pair = data;
  g_auto (SimPlan) plan = { 0 };

  plan_two (&plan, pair->a, pair->b);
  plan.holds = FRAM_SECONDS (1800);
  sim_plan_add_call (&plan, 0, 1);
  sim_scenario_run_held (&plan);
}

/* All of them to one host, whose 5-tuples with the relay get in each other's way. */
static void
test_several (gconstpointer data)
{
  const Pair *pair = data;
  g_auto (SimPlan) plan = { 0 };

  plan_two (&plan, pair->a, pair->b);
  for (guint i = 0; i < 6; i++)
    {
      SimCallPlan *call = sim_plan_add_call (&plan, i % 2, 1 - i % 2);

      call->starts = FRAM_MILLISECONDS (100 * i);
      call->ends[0].trickle = call->ends[1].trickle = i < 3;
    }
  sim_scenario_run (&plan, TRUE);
}

/* The relay that all of them use is gone from one moment to the next, and another one is known:
 * they find ways by that, though those get in each other's way. */
static void
test_server_dies (gconstpointer data)
{
  const Pair *pair = data;
  g_auto (SimPlan) plan = { 0 };

  plan_two (&plan, pair->a, pair->b);
  sim_plan_add_server (&plan, SIM_SERVER_ANSWERS, FRAM_FAMILY_IPV4);
  sim_plan_relay (&plan, 1, FALSE);
  plan.servers[0].dies = FRAM_SECONDS (20);
  plan.holds = FRAM_SECONDS (50);
  for (guint i = 0; i < 2; i++)
    {
      SimCallPlan *call = sim_plan_add_call (&plan, 0, 1);

      call->ends[0].trickle = call->ends[1].trickle = TRUE;
    }
  sim_scenario_run_held (&plan);
}

static void
add_pairs (const char *group, GTestDataFunc function)
{
  static Pair pairs[SIM_N_SITES * SIM_N_SITES];

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *name = NULL;

      pairs[i] = (Pair){ (SimSite) (i / SIM_N_SITES), (SimSite) (i % SIM_N_SITES) };
      name = g_strdup_printf ("%s/%s", sim_site_to_text (pairs[i].a),
                              sim_site_to_text (pairs[i].b));
      sim_scenario_add (group, name, &pairs[i], function);
    }
}

int
main (int argc, char **argv)
{
  static const Pair symmetric = { SIM_SITE_SYMMETRIC, SIM_SITE_SYMMETRIC },
                    blocked = { SIM_SITE_NO_UDP, SIM_SITE_SYMMETRIC };

  g_test_init (&argc, &argv, NULL);
  add_pairs ("relays/both", test_both);
  add_pairs ("relays/one", test_one);
  g_test_add_func ("/scenario/relays/only", test_relay_only);
  g_test_add_func ("/scenario/relays/two-families", test_two_families);
  sim_scenario_add ("relays", "half-an-hour/udp", &symmetric, test_half_an_hour);
  sim_scenario_add ("relays", "half-an-hour/tcp", &blocked, test_half_an_hour);
  sim_scenario_add ("relays", "several/udp", &symmetric, test_several);
  sim_scenario_add ("relays", "several/tcp", &blocked, test_several);
  sim_scenario_add ("relays", "server-dies/udp", &symmetric, test_server_dies);
  sim_scenario_add ("relays", "server-dies/tcp", &blocked, test_server_dies);
  return g_test_run ();
}
