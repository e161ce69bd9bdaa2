/* A TURN server over UDP at a loopback address: tests/unit/turn-relay.h behind a socket.  It
 * relays between its own clients alone. */
#pragma once

#include "../unit/turn-relay.h"

typedef struct
{
  int fd;
  GSource *source;
  TurnRelay *relay;
  char *uri; /* of it, with the transport UDP */
} TurnHost;

TurnHost *turn_host_new (GMainContext *context, const char *ip);
void turn_host_free (TurnHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TurnHost, turn_host_free)
