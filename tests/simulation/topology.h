/* The networks and gateways of a plan, without hosts: what both the world and the oracle
 * stand on. */
#pragma once

#include "plan.h"

typedef struct
{
  guint n_networks;
  SimNetwork *networks[SIM_MAX_NETWORKS];
  SimGateway *gateways[SIM_MAX_NETWORKS]; /* NULL for the Internet */
  /* Of the plan's servers, those that relay; NULL: none, or nobody there.  Their owner is
   * whoever made them. */
  struct _SimRelayServer *relays[SIM_MAX_SERVERS];
  struct _SimNames *names; /* the same holds for it */
} SimTopology;

/* `perfect`: packets arrive at once, whatever the links of the plan. */
void sim_topology_init (SimTopology *topology, const SimPlan *plan,
                        const SimContext *context, gboolean perfect);
void sim_topology_clear (SimTopology *topology);

/* Attaches the node, and makes the gateways above route to it as far as it is seen there
 * by this address. */
void sim_topology_attach (SimTopology *topology, const SimPlan *plan, guint network,
                          const FramAddress *address, SimNode *node);
void sim_topology_detach (SimTopology *topology, const SimPlan *plan, guint network,
                          const FramAddress *address);
