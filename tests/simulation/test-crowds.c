/* Worlds with a name: many calls between the same hosts, whose 5-tuples collide. */
#include <glib.h>

#include "scenario.h"

/* A world in which a port is drawn twice. */
#define SEED_OF_COLLISIONS 3

typedef struct
{
  const char *name;
  SimSite site;
  guint host; /* the other one: the same or the second */
  SimOpening opening;
  gboolean trickle;
} Crowd;

static void
test_hundred (gconstpointer data)
{
  const Crowd *crowd = data;
  g_auto (SimPlan) plan = { 0 };

  sim_scenario_plan_two (&plan, crowd->site, crowd->site);
  for (guint i = 0; i < 100; i++)
    {
      SimCallPlan *call = sim_plan_add_call (&plan, 0, crowd->host);

      call->opening = crowd->opening;
      call->starts = FRAM_MILLISECONDS (i);
      call->ends[0].trickle = call->ends[1].trickle = crowd->trickle;
    }
  sim_scenario_run (&plan, TRUE);
}

/* All by TCP, to one listening port: each connection has another port to come from, as it has from a
 * kernel. */
static void
test_connections (void)
{
  g_auto (SimPlan) plan = { 0 };

  sim_scenario_plan_two (&plan, SIM_SITE_NO_UDP, SIM_SITE_PUBLIC);
  plan.seed = SEED_OF_COLLISIONS;
  for (guint i = 0; i < 200; i++)
    {
      SimCallPlan *call = sim_plan_add_call (&plan, 0, 1);

      call->starts = FRAM_MILLISECONDS (20 * i);
      for (guint side = 0; side < 2; side++)
        {
          call->ends[side].tcp = call->ends[side].trickle = TRUE;
          call->ends[side].servers = 0;
        }
    }
  sim_scenario_run (&plan, TRUE);
}

/* Each of the two hosts calls the other. */
static void
test_both_ways (void)
{
  g_auto (SimPlan) plan = { 0 };

  sim_scenario_plan_two (&plan, SIM_SITE_PORT_RESTRICTED, SIM_SITE_PORT_RESTRICTED);
  for (guint i = 0; i < 10; i++)
    {
      SimCallPlan *call = sim_plan_add_call (&plan, i % 2, 1 - i % 2);

      call->ends[0].trickle = call->ends[1].trickle = TRUE;
    }
  sim_scenario_run (&plan, TRUE);
}

static void
test_streams_and_components (gconstpointer data)
{
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call;

  sim_scenario_plan_two (&plan, SIM_SITE_PORT_RESTRICTED, SIM_SITE_PORT_RESTRICTED);
  call = sim_plan_add_call (&plan, 0, 1);
  call->n_streams = 3;
  call->n_components = 2;
  call->ends[0].trickle = call->ends[1].trickle = GPOINTER_TO_INT (data);
  sim_scenario_run (&plan, TRUE);
}

/* One of many is closed and another one takes its place, over and over. */
static void
test_turnover (void)
{
  g_auto (SimPlan) plan = { 0 };

  sim_scenario_plan_two (&plan, SIM_SITE_FULL_CONE, SIM_SITE_FULL_CONE);
  for (guint i = 0; i < 30; i++)
    {
      SimCallPlan *call = sim_plan_add_call (&plan, 0, 1);

      call->starts = FRAM_MILLISECONDS (i * 500);
      if (i == 29)
        break;
      call->ends[i % 2].closes = call->starts + FRAM_MILLISECONDS (1200);
      call->ends[i % 2].says_bye = TRUE;
    }
  {
    g_autoptr (SimWorld) world = sim_world_new (&plan, SIM_TRACING_OFF);

    sim_world_run (world);
    g_assert_cmpstr (sim_world_get_violation (world), ==, NULL);
    g_assert_true (sim_world_get_outcome (world, 29)->connected);
  }
}

static void
add_crowds (void)
{
  static const Crowd crowds[] = {
    { "two-hosts", SIM_SITE_PUBLIC, 1, SIM_OPENING_OFFER, FALSE },
    { "two-hosts-trickle", SIM_SITE_PUBLIC, 1, SIM_OPENING_OFFER, TRUE },
    { "two-hosts-prepared", SIM_SITE_PUBLIC, 1, SIM_OPENING_PREPARED, FALSE },
    { "two-hosts-glare", SIM_SITE_PUBLIC, 1, SIM_OPENING_GLARE, TRUE },
    { "behind-nats", SIM_SITE_PORT_RESTRICTED, 1, SIM_OPENING_OFFER, FALSE },
    { "behind-nats-trickle", SIM_SITE_PORT_RESTRICTED, 1, SIM_OPENING_OFFER, TRUE },
    { "one-host", SIM_SITE_PUBLIC, 0, SIM_OPENING_OFFER, FALSE },
    { "one-host-trickle", SIM_SITE_PUBLIC, 0, SIM_OPENING_OFFER, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (crowds); i++)
    sim_scenario_add ("hundred", crowds[i].name, &crowds[i], test_hundred);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_crowds ();
  g_test_add_func ("/scenario/hundred/connections", test_connections);
  g_test_add_func ("/scenario/both-ways", test_both_ways);
  sim_scenario_add ("many", "streams-and-components", GINT_TO_POINTER (FALSE),
                    test_streams_and_components);
  sim_scenario_add ("many", "streams-and-components-trickle", GINT_TO_POINTER (TRUE),
                    test_streams_and_components);
  g_test_add_func ("/scenario/turnover", test_turnover);
  return g_test_run ();
}
