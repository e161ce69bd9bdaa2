/* A TURN server on the Internet: ../unit/turn-relay.h at addresses of the simulation, by UDP
 * and by the streams of host-streams.c. */
#pragma once

#include "network.h"
#include "server-tcp.h"

/* Who may ask it. */
#define SIM_RELAY_USER "anna"
#define SIM_RELAY_PASSWORD "secret"

typedef struct _SimRelayServer SimRelayServer;

/* What comes back to a stream. */
typedef void (*SimRelayArrival) (gpointer subject, guint32 stream, const guint8 *data,
                                 gsize length);

/* Attaches itself at all addresses; `relayed[1]` may have family NONE. */
SimRelayServer *sim_relay_server_new (const SimContext *context, SimNetwork *network,
                                      const FramAddress *address,
                                      const FramAddress relayed[2], SimServerKind kind);
/* Passes on what comes by TCP from who asks where it is seen. */
void sim_relay_server_add_tcp (SimRelayServer *server, SimTcpServer *tcp);
/* It is deaf from now on, and relays nothing. */
void sim_relay_server_die (SimRelayServer *server);
void sim_relay_server_free (SimRelayServer *server);

/* A stream of `subject`, which is a host. */
void sim_relay_server_connect (SimRelayServer *server, gpointer subject, guint32 stream,
                               SimRelayArrival arrival);
void sim_relay_server_disconnect (SimRelayServer *server, gpointer subject,
                                  guint32 stream);
void sim_relay_server_take (SimRelayServer *server, gpointer subject, guint32 stream,
                            const guint8 *data, gsize length);
