/* Draws worlds: the same seed gives the same plan. */
#pragma once

#include "plan.h"

void sim_generate (SimPlan *ret_plan, guint64 seed);
