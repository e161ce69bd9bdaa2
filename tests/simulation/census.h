/* What became of many worlds: how many calls connected, by where their hosts were. */
#pragma once

#include "world.h"

typedef struct _SimCensus SimCensus;

SimCensus *sim_census_new (void);
void sim_census_free (SimCensus *census);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimCensus, sim_census_free)

void sim_census_add (SimCensus *census, const SimPlan *plan, const SimWorld *world);
/* Return: (transfer full): a table for people. */
char *sim_census_to_text (const SimCensus *census);
