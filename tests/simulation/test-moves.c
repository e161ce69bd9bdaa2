/* Worlds with a name in which addresses change in the middle of a call, and nobody restarts:
 * the applications pass on what candidates are found, no more. */
#include <glib.h>

#include "scenario.h"

#define CHANGES_AT FRAM_SECONDS (20)

typedef struct
{
  const char *name;
  SimSite sites[2];
  gboolean changes[2]; /* which gateways do */
  gboolean forgets;    /* the address stays, the mappings go */
  gboolean mute; /* the applications pass on nothing: peer-reflexive candidates only */
} Renumbering;

static void
plan_call (SimPlan *plan, gboolean trickle)
{
  SimCallPlan *call = sim_plan_add_call (plan, 0, 1);

  call->ends[0].trickle = call->ends[1].trickle = trickle;
  plan->holds = FRAM_SECONDS (60);
}

static void
test_renumbering (gconstpointer data)
{
  const Renumbering *renumbering = data;
  g_auto (SimPlan) plan = { 0 };

  sim_scenario_plan_two (&plan, renumbering->sites[0], renumbering->sites[1]);
  for (guint i = 0; i < 2; i++)
    {
      guint network = plan.hosts[i].interfaces[0].network;

      if (!renumbering->changes[i])
        continue;
      sim_plan_renumber (&plan, network, CHANGES_AT);
      if (renumbering->forgets)
        plan.networks[network].renumbered = plan.networks[network].gateway.external;
    }
  plan_call (&plan, !renumbering->mute);
  sim_scenario_run_held (&plan);
}

/* A host is in another network from one moment to the next. */
static void
test_swap (gconstpointer data)
{
  SimSite to = (SimSite) GPOINTER_TO_INT (data);
  g_auto (SimPlan) plan = { 0 };

  sim_scenario_plan_two (&plan, SIM_SITE_PORT_RESTRICTED, SIM_SITE_PORT_RESTRICTED);
  sim_plan_add_interface (&plan, 0, sim_site_add (&plan, to), FRAM_FAMILY_IPV4)->appears
      = CHANGES_AT;
  plan.hosts[0].interfaces[0].vanishes = CHANGES_AT;
  plan_call (&plan, TRUE);
  sim_scenario_run_held (&plan);
}

/* Consent checks alone keep a mapping that lives for less than a keep-alive's interval. */
static void
test_short_lifetime (void)
{
  g_auto (SimPlan) plan = { 0 };

  sim_scenario_plan_two (&plan, SIM_SITE_PORT_RESTRICTED, SIM_SITE_PORT_RESTRICTED);
  for (guint i = 1; i <= 2; i++)
    {
      plan.networks[i].gateway.nat.lifetime = FRAM_SECONDS (7);
      plan.networks[i].gateway.nat.inbound_refreshes = FALSE;
    }
  plan_call (&plan, TRUE);
  plan.holds = FRAM_SECONDS (600);
  sim_scenario_run_held (&plan);
}

int
main (int argc, char **argv)
{
  static const Renumbering renumberings[] = {
    { "one", { SIM_SITE_PORT_RESTRICTED, SIM_SITE_PORT_RESTRICTED }, { TRUE, FALSE } },
    { "other", { SIM_SITE_PORT_RESTRICTED, SIM_SITE_PORT_RESTRICTED }, { FALSE, TRUE } },
    { "both", { SIM_SITE_PORT_RESTRICTED, SIM_SITE_PORT_RESTRICTED }, { TRUE, TRUE } },
    { "symmetric", { SIM_SITE_SYMMETRIC, SIM_SITE_ADDRESS_RESTRICTED }, { TRUE, FALSE } },
    { "before-symmetric",
      { SIM_SITE_SYMMETRIC, SIM_SITE_ADDRESS_RESTRICTED },
      { FALSE, TRUE } },
    { "forgets",
      { SIM_SITE_PORT_RESTRICTED, SIM_SITE_PORT_RESTRICTED },
      { TRUE, FALSE },
      TRUE },
    { "mute",
      { SIM_SITE_PORT_RESTRICTED, SIM_SITE_FULL_CONE },
      { TRUE, FALSE },
      FALSE,
      TRUE },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (renumberings); i++)
    sim_scenario_add ("renumbering", renumberings[i].name, &renumberings[i],
                      test_renumbering);
  sim_scenario_add ("swap", "to-public", GINT_TO_POINTER (SIM_SITE_PUBLIC), test_swap);
  sim_scenario_add ("swap", "to-home", GINT_TO_POINTER (SIM_SITE_PORT_RESTRICTED),
                    test_swap);
  sim_scenario_add ("swap", "to-double", GINT_TO_POINTER (SIM_SITE_DOUBLE), test_swap);
  g_test_add_func ("/scenario/short-lifetime", test_short_lifetime);
  return g_test_run ();
}
