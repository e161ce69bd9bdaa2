/* What the tests of named worlds have in common. */
#pragma once

#include "sites.h"
#include "world.h"

/* Two hosts at sites, and a STUN server. */
void sim_scenario_plan_two (SimPlan *plan, SimSite a, SimSite b);
/* Runs the world; no rule may be broken, and all calls must have connected, or none.
 * Return: how long the slowest call took. */
FramTime sim_scenario_run (const SimPlan *plan, gboolean connects);
/* The same where all connect, and still are connected after SimPlan.holds. */
void sim_scenario_run_held (const SimPlan *plan);
/* g_test_add_data_func() under "/scenario/GROUP/NAME". */
void sim_scenario_add (const char *group, const char *name, gconstpointer data,
                       GTestDataFunc function);
