/* A router between an inner network and the one outside: it may translate IPv4 (nat.h) and
 * filter (firewall.h).  IPv6, and IPv4 without a NAT, is routed.  TCP has mappings of its own,
 * and goes out where UDP may not. */
#pragma once

#include "firewall.h"
#include "nat.h"
#include "network.h"

/* What is done with TCP, where the firewall is not open. */
typedef enum
{
  SIM_TCP_OUT,     /* in comes only what answers */
  SIM_TCP_IN,      /* inner hosts are connected to as well */
  SIM_TCP_SERVERS, /* out goes only what is for a server's port */
} SimTcpRule;

typedef struct
{
  gboolean translates;
  SimNatKind nat;
  FramAddress external; /* in the outer network, if it translates */
  SimFirewallKind firewall;
  FramTime flow_lifetime; /* of the firewall */
  SimTcpRule tcp;
} SimGatewayKind;

typedef struct _SimGateway SimGateway;

/* Attaches itself to both networks. */
SimGateway *sim_gateway_new (const SimContext *context, const char *name,
                             const SimGatewayKind *kind, SimNetwork *inside,
                             SimNetwork *outside);
void sim_gateway_free (SimGateway *gateway);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimGateway, sim_gateway_free)

/* Its provider gives it another address, from one moment to the next. */
void sim_gateway_renumber (SimGateway *gateway, const FramAddress *external);
SimNetwork *sim_gateway_get_outside (const SimGateway *gateway);
/* Whether an inner address is seen outside as it is. */
gboolean sim_gateway_routes (const SimGateway *gateway, const FramAddress *address);
/* The node that takes packets for inner addresses that are routed. */
SimNode *sim_gateway_get_node (SimGateway *gateway);
