/* A plan in words, for whoever reads a trace. */
#pragma once

#include "plan.h"

/* Return: (transfer full): some lines. */
char *sim_plan_to_text (const SimPlan *plan);
