/* A world: a plan brought to life and run, with the rules watched all the while. */
#pragma once

#include "happenings.h"
#include "plan.h"

typedef struct _SimWorld SimWorld;

typedef struct
{
  gboolean has_path;  /* by the oracle */
  gboolean connected; /* both sides completed */
  gboolean held;      /* and still were after SimPlan.holds */
  FramTime took;      /* from its start until both were; -1 if never */
} SimOutcome;

/* `plan` must outlive the world. */
SimWorld *sim_world_new (const SimPlan *plan, SimTracing tracing);
void sim_world_free (SimWorld *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimWorld, sim_world_free)

/* From the first session to the last deadline. Return: whether all rules were kept. */
gboolean sim_world_run (SimWorld *world);

/* NULL: none. */
const char *sim_world_get_violation (const SimWorld *world);
/* One word. */
const char *sim_world_get_rule (const SimWorld *world);
/* Empty unless it is kept. */
const char *sim_world_get_trace (const SimWorld *world);
const SimOutcome *sim_world_get_outcome (const SimWorld *world, guint call);
/* How often each of them happened. */
const guint *sim_world_get_happened (const SimWorld *world);
guint64 sim_world_get_n_steps (const SimWorld *world);
