/* The connections of a turn-client to its server that carry data of peers. (RFC 6062 §4) */
#pragma once

#include "turn/turn.h"

typedef struct
{
  FramTurn *turn;
  const FramAddress *server;
  GPtrArray *all;
  void (*kick) (gpointer user_data); /* something happened to the machine */
  gpointer user_data;
} TurnConnections;

void turn_connections_init (TurnConnections *connections);
void turn_connections_clear (TurnConnections *connections);

/* A connection to the server. */
int turn_open_socket (const FramAddress *server, gboolean reliable);
/* RFC 8656 §12.5, RFC 8489 §6.2.2: how long the message is that a stream begins with;
 * G_MAXSIZE: that is not seen yet. */
gsize turn_whole_length (const GByteArray *stream);

/* The server has one to this peer: opens the one to the server, and binds it. */
void turn_connections_open (TurnConnections *connections, guint32 id,
                            const FramAddress *peer);
/* The machine's words, and what became of them. */
void turn_connections_transmit (TurnConnections *connections, const FramTurnEvent *event);
void turn_connections_bound (TurnConnections *connections, guint32 id, gboolean is_bound);
/* The bytes to the peer. FALSE: there is no connection to it. */
gboolean turn_connections_write (TurnConnections *connections, const FramAddress *peer,
                                 const char *text);
