/* A STUN server: answers Binding requests with the address they came from (RFC 8489 §12), and
 * where it has a second address, as they ask it to (RFC 5780 §6). */
#pragma once

#include "network.h"
#include "stun/message.h"

typedef enum
{
  SIM_SERVER_ANSWERS,
  SIM_SERVER_DEAF, /* packets reach it, nothing comes back */
  SIM_SERVER_BUSY, /* answers with error 500 */
} SimServerKind;

typedef struct _SimStunServer SimStunServer;

/* Attaches itself; `address` with its port. */
SimStunServer *sim_stun_server_new (SimNetwork *network, const FramAddress *address,
                                    SimServerKind kind);
/* What a server of that kind says to `request` from `source`; `other`: where else it is, or
 * NULL. Return: its length. */
gsize sim_stun_server_build_answer (SimServerKind kind, const FramStunMessage *request,
                                    const FramAddress *source, const FramAddress *other,
                                    guint8 *buffer, gsize size);
/* Gives it a second address, of another IP and port, and offers the tests of RFC 5780. */
void sim_stun_server_help (SimStunServer *server, SimNetwork *network,
                           const FramAddress *second);
/* Passes on what comes by TCP. */
struct _SimTcpServer;
void sim_stun_server_add_tcp (SimStunServer *server, struct _SimTcpServer *tcp);
/* It is deaf from now on. */
void sim_stun_server_die (SimStunServer *server);
void sim_stun_server_free (SimStunServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimStunServer, sim_stun_server_free)
