/* What became of many worlds: how many calls connected, by where their hosts were, and in how many
 * worlds what happened that may. */
#pragma once

#include "world.h"

typedef struct _SimCensus SimCensus;

SimCensus *sim_census_new (void);
void sim_census_free (SimCensus *census);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimCensus, sim_census_free)

void sim_census_add (SimCensus *census, const SimPlan *plan, const SimWorld *world);
/* The first of what may happen that happened in no world; NULL: all did. */
const char *sim_census_get_missing (const SimCensus *census);
/* Return: (transfer full): a table for people. */
char *sim_census_to_text (const SimCensus *census);
