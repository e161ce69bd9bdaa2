#include "scenario.h"

#include "plan-text.h"

static FramTime
run (const SimPlan *plan, gboolean connects, gboolean holds)
{
  g_autoptr (SimWorld) world = sim_world_new (plan, SIM_TRACING_KEEP);
  gboolean as_told = sim_world_run (world);
  FramTime slowest = 0;

  for (guint i = 0; i < plan->calls->len; i++)
    {
      const SimOutcome *outcome = sim_world_get_outcome (world, i);

      as_told = as_told && outcome->connected == connects && outcome->held >= holds;
      slowest = MAX (slowest, outcome->took);
    }
  if (!as_told)
    {
      g_autofree char *text = sim_plan_to_text (plan);

      g_printerr ("%s%s", text, sim_world_get_trace (world));
    }
  g_assert_cmpstr (sim_world_get_violation (world), ==, NULL);
  g_assert_true (as_told);
  return slowest;
}

FramTime
sim_scenario_run (const SimPlan *plan, gboolean connects)
{
  return run (plan, connects, FALSE);
}

void
sim_scenario_run_held (const SimPlan *plan)
{
  g_assert_cmpint (plan->holds, >, 0);
  run (plan, TRUE, TRUE);
}

void
sim_scenario_plan_two (SimPlan *plan, SimSite a, SimSite b)
{
  sim_plan_init (plan, 1);
  sim_plan_add_server (plan, SIM_SERVER_ANSWERS, FRAM_FAMILY_IPV4);
  sim_site_add_host (plan, sim_site_add (plan, a));
  sim_site_add_host (plan, sim_site_add (plan, b));
}

void
sim_scenario_add (const char *group, const char *name, gconstpointer data,
                  GTestDataFunc function)
{
  g_autofree char *path = g_strdup_printf ("/scenario/%s/%s", group, name);

  g_test_add_data_func (path, data, function);
}
