/* Worlds with a name: how the applications signal, and what goes wrong on the way. */
#include <glib.h>

#include "generator.h"
#include "scenario.h"

typedef struct
{
  const char *name;
  SimOpening opening;
  gboolean trickles[2];
  gboolean roles_fixed;
  FramRole roles[2];
  FramTime delay;
} Manner;

static void
test_manner (gconstpointer data)
{
  const Manner *manner = data;
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call;

  sim_scenario_plan_two (&plan, SIM_SITE_PORT_RESTRICTED, SIM_SITE_ADDRESS_RESTRICTED);
  call = sim_plan_add_call (&plan, 0, 1);
  call->opening = manner->opening;
  call->delay = manner->delay;
  for (guint i = 0; i < 2; i++)
    {
      call->ends[i].trickle = manner->trickles[i];
      call->ends[i].role_fixed = manner->roles_fixed;
      call->ends[i].role = manner->roles[i];
    }
  g_assert_cmpint (sim_scenario_run (&plan, TRUE), <,
                   2 * manner->delay + FRAM_SECONDS (1));
}

static void
test_loss (void)
{
  g_auto (SimPlan) plan = { 0 };

  sim_scenario_plan_two (&plan, SIM_SITE_PORT_RESTRICTED, SIM_SITE_PORT_RESTRICTED);
  plan.networks[0].link.loss = 0.1;
  plan.networks[0].link.duplicate = 0.1;
  plan.networks[0].link.reorder = 0.2;
  plan.networks[0].link.jitter = FRAM_MILLISECONDS (20);
  for (guint i = 0; i < 5; i++)
    {
      SimCallPlan *call = sim_plan_add_call (&plan, 0, 1);

      call->ends[0].trickle = call->ends[1].trickle = TRUE;
    }
  sim_scenario_run (&plan, TRUE);
}

/* A stream ends in mid-session, on both sides, and the others stay as they are. */
static void
test_removal (void)
{
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call;

  sim_scenario_plan_two (&plan, SIM_SITE_PORT_RESTRICTED, SIM_SITE_ADDRESS_RESTRICTED);
  call = sim_plan_add_call (&plan, 0, 1);
  call->n_streams = 2;
  call->n_components = 2;
  call->ends[1].removes = FRAM_SECONDS (4);
  plan.holds = FRAM_SECONDS (40);
  sim_scenario_run (&plan, TRUE);
}

/* Filters forget after 30 s what nobody sends to. */
static void
test_long_call (void)
{
  g_auto (SimPlan) plan = { 0 };

  sim_scenario_plan_two (&plan, SIM_SITE_PORT_RESTRICTED, SIM_SITE_PORT_RESTRICTED);
  for (guint i = 1; i <= 2; i++)
    {
      plan.networks[i].gateway.nat.lifetime = FRAM_SECONDS (30);
      plan.networks[i].gateway.nat.inbound_refreshes = FALSE;
    }
  plan.holds = FRAM_SECONDS (600);
  sim_plan_add_call (&plan, 0, 1);
  sim_scenario_run (&plan, TRUE);
}

/* RFC 8445 §9: data go on, though one end has selected in the new generation for long before the
 * other hears of that. */
static void
test_slow_restart (gconstpointer data)
{
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call;

  sim_scenario_plan_two (&plan, SIM_SITE_PORT_RESTRICTED, SIM_SITE_PUBLIC);
  call = sim_plan_add_call (&plan, 0, 1);
  call->delay = FRAM_SECONDS (8);
  call->ends[0].trickle = call->ends[1].trickle = TRUE;
  call->ends[GPOINTER_TO_UINT (data)].restarts = FRAM_SECONDS (40);
  sim_scenario_run (&plan, TRUE);
}

/* Drawn worlds in which data once stopped in a restart: the new path's, as the peer's answer was on
 * its way yet, and the former path's, which the peer still used. */
static void
test_drawn_restart (gconstpointer data)
{
  g_auto (SimPlan) plan = { 0 };
  g_autoptr (SimWorld) world = NULL;

  sim_generate (&plan, GPOINTER_TO_UINT (data));
  world = sim_world_new (&plan, SIM_TRACING_OFF);
  sim_world_run (world);
  g_assert_cmpstr (sim_world_get_violation (world), ==, NULL);
}

typedef struct
{
  const char *name;
  FramTime closes;
  gboolean says_bye;
} Departure;

/* Who is left alone learns it: by word, or because consent ends. */
static void
test_departure (gconstpointer data)
{
  const Departure *departure = data;
  g_auto (SimPlan) plan = { 0 };
  SimCallPlan *call;

  sim_scenario_plan_two (&plan, SIM_SITE_PORT_RESTRICTED, SIM_SITE_PORT_RESTRICTED);
  call = sim_plan_add_call (&plan, 0, 1);
  call->ends[1].closes = departure->closes;
  call->ends[1].says_bye = departure->says_bye;
  sim_scenario_run (&plan, FALSE);
}

static void
test_host_leaves (gconstpointer data)
{
  g_auto (SimPlan) plan = { 0 };

  sim_scenario_plan_two (&plan, SIM_SITE_PUBLIC, SIM_SITE_PORT_RESTRICTED);
  plan.hosts[1].leaves = FRAM_MILLISECONDS (GPOINTER_TO_INT (data));
  plan.icmp = FALSE;
  for (guint i = 0; i < 3; i++)
    sim_plan_add_call (&plan, 0, 1);
  sim_scenario_run (&plan, FALSE);
}

static void
test_same_again (void)
{
  g_auto (SimPlan) plan = { 0 };
  g_autoptr (SimWorld) first = NULL;
  g_autoptr (SimWorld) second = NULL;

  sim_scenario_plan_two (&plan, SIM_SITE_SYMMETRIC, SIM_SITE_ADDRESS_RESTRICTED);
  plan.networks[0].link.loss = 0.1;
  for (guint i = 0; i < 5; i++)
    sim_plan_add_call (&plan, 0, 1);
  first = sim_world_new (&plan, SIM_TRACING_KEEP);
  second = sim_world_new (&plan, SIM_TRACING_KEEP);
  g_assert_true (sim_world_run (first));
  g_assert_true (sim_world_run (second));
  g_assert_cmpstr (sim_world_get_trace (first), ==, sim_world_get_trace (second));
}

static void
add_manners (void)
{
  const FramRole ing = FRAM_ROLE_CONTROLLING, ed = FRAM_ROLE_CONTROLLED;
  static Manner manners[10];
  const Manner written[] = {
    { "trickle", SIM_OPENING_OFFER, { TRUE, TRUE }, FALSE, { 0 }, 50000 },
    { "trickle-offerer", SIM_OPENING_OFFER, { TRUE, FALSE }, FALSE, { 0 }, 50000 },
    { "trickle-answerer", SIM_OPENING_OFFER, { FALSE, TRUE }, FALSE, { 0 }, 50000 },
    { "prepared", SIM_OPENING_PREPARED, { FALSE, FALSE }, FALSE, { 0 }, 50000 },
    { "glare", SIM_OPENING_GLARE, { FALSE, FALSE }, FALSE, { 0 }, 50000 },
    { "glare-trickle", SIM_OPENING_GLARE, { TRUE, TRUE }, FALSE, { 0 }, 50000 },
    { "early-checks", SIM_OPENING_OFFER, { FALSE, FALSE }, FALSE, { 0 }, 3000000 },
    { "early-checks-trickle", SIM_OPENING_OFFER, { TRUE, TRUE }, FALSE, { 0 }, 3000000 },
    { "both-controlling",
      SIM_OPENING_OFFER,
      { FALSE, FALSE },
      TRUE,
      { ing, ing },
      50000 },
    { "both-controlled", SIM_OPENING_OFFER, { FALSE, FALSE }, TRUE, { ed, ed }, 50000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (manners); i++)
    {
      manners[i] = written[i];
      sim_scenario_add ("signalling", manners[i].name, &manners[i], test_manner);
    }
}

static void
add_departures (void)
{
  static const Departure departures[] = {
    { "while-checking", FRAM_MILLISECONDS (90), FALSE },
    { "while-checking-bye", FRAM_MILLISECONDS (90), TRUE },
    { "early", FRAM_MILLISECONDS (10), TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (departures); i++)
    sim_scenario_add ("closes", departures[i].name, &departures[i], test_departure);
  sim_scenario_add ("leaves", "while-checking", GINT_TO_POINTER (60), test_host_leaves);
  sim_scenario_add ("leaves", "while-gathering", GINT_TO_POINTER (5), test_host_leaves);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_manners ();
  add_departures ();
  sim_scenario_add ("restarts", "slowly/0", GUINT_TO_POINTER (0), test_slow_restart);
  sim_scenario_add ("restarts", "slowly/1", GUINT_TO_POINTER (1), test_slow_restart);
  sim_scenario_add ("restarts", "drawn/new-path", GUINT_TO_POINTER (352),
                    test_drawn_restart);
  sim_scenario_add ("restarts", "drawn/former-path", GUINT_TO_POINTER (201732),
                    test_drawn_restart);
  g_test_add_func ("/scenario/loss", test_loss);
  g_test_add_func ("/scenario/removal", test_removal);
  g_test_add_func ("/scenario/long-call", test_long_call);
  g_test_add_func ("/scenario/same-again", test_same_again);
  return g_test_run ();
}
