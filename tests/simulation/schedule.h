/* The clock of a world and what is to happen: a heap of actions by time.
 *
 * Time stands still while an action runs and jumps to the next one; actions of the same
 * microsecond run in the order in which they were added. */
#pragma once

#include "base/time.h"

typedef struct _SimSchedule SimSchedule;

/* `detail` becomes the action's own. */
typedef void (*SimAction) (gpointer subject, gpointer detail);

SimSchedule *sim_schedule_new (void);
/* What has not happened never does; its details are freed. */
void sim_schedule_free (SimSchedule *schedule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimSchedule, sim_schedule_free)

FramTime sim_schedule_now (const SimSchedule *schedule);
/* `at` in the past counts as now. `free_detail` may be NULL. */
void sim_schedule_add (SimSchedule *schedule, FramTime at, SimAction action,
                       gpointer subject, gpointer detail, GDestroyNotify free_detail);
/* FRAM_TIME_NEVER: nothing is to happen. */
FramTime sim_schedule_next (const SimSchedule *schedule);
/* Runs one action if there is one up to `until`; else the clock goes to `until`.
 * Return: whether one ran. */
gboolean sim_schedule_step (SimSchedule *schedule, FramTime until);
