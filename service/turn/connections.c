/* Connections that the server makes and takes for a TCP allocation.  (RFC 6062 §4) */
#include "turn/turn-private.h"

/* Attempts of peers that nobody has taken up yet; more are let go by the server's time-out
 * (RFC 6062 §5.3). */
#define MAX_CONNECTIONS 256

static void
emit (FramTurn *turn, FramTurnEventType type, const FramAddress *peer, guint32 id,
      guint code)
{
  FramTurnEvent *event = fram_turn_emit (turn, type);

  event->connection = id;
  event->code = code;
  if (peer != NULL)
    event->peer = *peer;
}

gboolean
fram_turn_connect (FramTurn *turn, const FramAddress *peer, FramTime now)
{
  g_autofree FramTurnRequest *request = NULL;

  if (!turn->relays_tcp || turn->state != FRAM_TURN_ALLOCATED
      || !fram_turn_has_family (turn, peer))
    return FALSE;
  request = g_new0 (FramTurnRequest, 1);
  request->kind = FRAM_TURN_CONNECT;
  request->n_peers = 1;
  request->peers[0] = *peer;
  fram_turn_ask (turn, request, now);
  return TRUE;
}

void
fram_turn_connect_answered (FramTurn *turn, const FramTurnRequest *request,
                            const FramTurnAnswer *answer)
{
  guint32 id;

  if (answer->code == 0 && answer->message != NULL
      && answer->outcome != FRAM_TURN_TAMPERED
      && fram_stun_message_get_u32 (answer->message, FRAM_STUN_ATTR_CONNECTION_ID, &id)
      && id != 0)
    emit (turn, FRAM_TURN_EVENT_CONNECTED, &request->peers[0], id, 0);
  else
    emit (turn, FRAM_TURN_EVENT_CONNECT_FAILED, &request->peers[0], 0, answer->code);
}

/* RFC 6062 §4.4: a peer has connected, by permission. */
void
fram_turn_take_attempt (FramTurn *turn, const FramStunMessage *message)
{
  FramTurnConnection attempt;

  if (!turn->relays_tcp || turn->connections->len == MAX_CONNECTIONS
      || !fram_stun_message_get_u32 (message, FRAM_STUN_ATTR_CONNECTION_ID, &attempt.id)
      || !fram_stun_message_get_address (message, FRAM_STUN_ATTR_XOR_PEER_ADDRESS,
                                         &attempt.peer)
      || attempt.id == 0 || !fram_turn_is_permitted (turn, &attempt.peer))
    return;
  for (guint i = 0; i < turn->connections->len; i++)
    if (g_array_index (turn->connections, FramTurnConnection, i).id == attempt.id)
      return;
  g_array_append_val (turn->connections, attempt);
  emit (turn, FRAM_TURN_EVENT_INCOMING, &attempt.peer, attempt.id, 0);
}

void
fram_turn_bind_connection (FramTurn *turn, guint32 connection, FramTime now)
{
  g_autofree FramTurnRequest *request = g_new0 (FramTurnRequest, 1);

  request->kind = FRAM_TURN_BIND_CONNECTION;
  request->connection = connection;
  fram_turn_ask (turn, request, now);
}

void
fram_turn_bind_connection_answered (FramTurn *turn, const FramTurnRequest *request,
                                    const FramTurnAnswer *answer)
{
  gboolean bound = answer->code == 0 && answer->message != NULL
                   && answer->outcome != FRAM_TURN_TAMPERED;

  for (guint i = 0; i < turn->connections->len; i++)
    if (g_array_index (turn->connections, FramTurnConnection, i).id
        == request->connection)
      {
        g_array_remove_index_fast (turn->connections, i);
        break;
      }
  emit (turn,
        bound ? FRAM_TURN_EVENT_CONNECTION_BOUND : FRAM_TURN_EVENT_CONNECTION_FAILED,
        NULL, request->connection, answer->code);
}
