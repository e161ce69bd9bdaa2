/* A network: a segment or the Internet, to which nodes are attached by their addresses.
 *
 * It carries a packet to the node that has the destination's address, or to its gateway,
 * with the delays and losses of its link. */
#pragma once

#include "journal.h"
#include "link.h"
#include "packet.h"
#include "schedule.h"

/* What all parts of one world share; it owns none of it. */
typedef struct
{
  SimSchedule *schedule;
  SimDice *dice;
  SimJournal *journal;
} SimContext;

typedef struct _SimNetwork SimNetwork;
typedef struct _SimNode SimNode;

/* Anything that packets come to. */
struct _SimNode
{
  char name[16];
  /* `packet` becomes the node's own. */
  void (*receive) (SimNode *node, SimNetwork *from, SimPacket *packet);
  /* A packet that the node itself had sent into `from` was refused there: ICMP. NULL: the
   * node does not care. `packet` stays the caller's. */
  void (*refused) (SimNode *node, SimNetwork *from, const SimPacket *packet);
};

SimNetwork *sim_network_new (const SimContext *context, const char *name,
                             const SimLink *link);
void sim_network_free (SimNetwork *network);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimNetwork, sim_network_free)

const char *sim_network_get_name (const SimNetwork *network);
/* Ports do not count. The node must not be freed before it is detached. */
void sim_network_attach (SimNetwork *network, const FramAddress *address, SimNode *node);
void sim_network_detach (SimNetwork *network, const FramAddress *address);
SimNode *sim_network_find (SimNetwork *network, const FramAddress *address);
void sim_network_set_gateway (SimNetwork *network, SimNode *gateway);

/* Takes the packet. Return: FALSE if there is nobody it could go to. */
gboolean sim_network_send (SimNetwork *network, SimPacket *packet);
/* Tells the sender of `packet`, if it is attached here, that it was refused. */
void sim_network_refuse (SimNetwork *network, const SimPacket *packet);
