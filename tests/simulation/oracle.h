/* Ground truth, found without ICE: whether two hosts of a plan can talk at all.
 *
 * Each address of both hosts gets a socket; all sockets flood all addresses they have been
 * told of, and those from which they were reached, over a fresh and perfect copy of the
 * networks.  A relay's address is one of its user's sockets, wherever that is, which hears
 * those alone of whom it was told.  With TCP, the probes are connections.  If any probe is answered,
 * there is a path.  Neither broker, nor checks, nor
 * time are involved: only what the NATs and firewalls let through. */
#pragma once

#include "plan.h"

gboolean sim_oracle_has_path (const SimPlan *plan, const SimCallPlan *call);
/* Whether there may be one, by candidates that a side has only if its servers are slow. */
gboolean sim_oracle_may_have_path (const SimPlan *plan, const SimCallPlan *call);
/* Whether there is one even if no server ever answers. */
gboolean sim_oracle_needs_no_server (const SimPlan *plan, const SimCallPlan *call);
/* Whether there is one without any relay. */
gboolean sim_oracle_needs_no_relay (const SimPlan *plan, const SimCallPlan *call);
