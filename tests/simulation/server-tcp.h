/* A STUN server by TCP: tells who connects where the connection comes from. */
#pragma once

#include "stun-server.h"
#include "tcp.h"

typedef struct _SimTcpServer SimTcpServer;

/* Listens at `address`.  Whoever has the address there passes on the segments. */
SimTcpServer *sim_tcp_server_new (const SimContext *context, SimNetwork *network,
                                  const FramAddress *address, SimServerKind kind);
void sim_tcp_server_free (SimTcpServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimTcpServer, sim_tcp_server_free)
void sim_tcp_server_receive (SimTcpServer *server, const SimPacket *packet);
/* Nothing comes back from it any more. */
void sim_tcp_server_die (SimTcpServer *server);
