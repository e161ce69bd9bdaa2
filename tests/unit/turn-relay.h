/* A TURN server that relays, for any number of clients, without sockets: turn-server.h for
 * each of them, and packets between. */
#pragma once

#include "turn-server.h"

typedef void (*TurnRelaySend) (const FramAddress *from, const FramAddress *to,
                               const guint8 *data, gsize length, gpointer user_data);

typedef struct
{
  FramAddress address;
  FramAddress relayed[2]; /* with the port that is given next; IPv6 may be NONE */
  TurnServer manners;     /* of which every client's server has what a test may set */
  guint16 mapped_shift;   /* what it adds to the ports it sees, as a NAT would */
  gboolean is_deaf;       /* Binding requests are not answered */
  TurnRelaySend send;
  gpointer send_data;
  GPtrArray *clients; /* TurnServer, those that asked at all */
  guint n_made;       /* allocations, ever */
  guint n_moved;      /* to another end of their client */
  guint n_most;       /* at one time */
  guint n_relayed;    /* packets of peers that went to clients, and back */
} TurnRelay;

/* `relayed6`: NULL: it has IPv4 alone. */
TurnRelay *turn_relay_new (const char *address, const char *relayed4,
                           const char *relayed6, TurnRelaySend send, gpointer send_data);
void turn_relay_free (TurnRelay *relay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TurnRelay, turn_relay_free)

/* A packet to its address, or to one that it relays. Return: FALSE: it is neither. */
gboolean turn_relay_receive (TurnRelay *relay, const FramAddress *from,
                             const FramAddress *to, const guint8 *data, gsize length);
/* It forgets all allocations, as if it had been started anew. */
void turn_relay_forget (TurnRelay *relay);
/* Allocations that are there. */
guint turn_relay_count (const TurnRelay *relay);
guint turn_relay_count_requests (const TurnRelay *relay, guint16 method);
guint turn_relay_count_deletions (const TurnRelay *relay);
