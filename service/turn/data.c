/* Data of peers, on their way to the server and from it.  (RFC 8656 §11, §12.4 to §12.6) */
#include <string.h>

#include "turn/turn-private.h"

/* Where the data go, behind what stands before them; NULL: the buffer is too small. */
static guint8 *
make_room (guint8 *buffer, gsize size, gsize header, gsize length, gsize padding)
{
  if (length > FRAM_TURN_MAX_DATA || header + length + padding > size)
    return NULL;
  memset (buffer + header + length, 0, padding);
  return buffer + header;
}

static gsize
wrap_channel (const FramTurn *turn, const FramTurnChannel *channel, const guint8 *data,
              gsize length, guint8 *buffer, gsize size)
{
  gsize padding = turn->reliable ? fram_turn_get_padding (length) : 0;
  guint8 *to = make_room (buffer, size, FRAM_TURN_CHANNEL_HEADER, length, padding);

  if (to == NULL)
    return 0;
  fram_turn_write_channel_header (buffer, channel->number, length);
  memcpy (to, data, length);
  return FRAM_TURN_CHANNEL_HEADER + length + padding;
}

static gsize
wrap_indication (FramTurn *turn, const FramAddress *peer, const guint8 *data,
                 gsize length, guint8 *buffer, gsize size)
{
  gsize header = fram_turn_get_send_header_length (peer, turn->dont_fragment);
  gsize padding = fram_turn_get_padding (length);
  guint8 *to = make_room (buffer, size, header, length, padding);
  FramStunId id;

  /* What is longer does not fit STUN's own length. */
  if (to == NULL || header + length + padding > G_MAXUINT16)
    return 0;
  turn->random->fill (turn->random, id.bytes, sizeof id.bytes);
  fram_turn_write_send_header (buffer, &id, peer, turn->dont_fragment, length);
  memcpy (to, data, length);
  return header + length + padding;
}

gsize
fram_turn_wrap (FramTurn *turn, const FramAddress *peer, const guint8 *data, gsize length,
                guint8 *buffer, gsize size, FramTime now)
{
  const FramTurnChannel *channel;
  gsize whole;

  if (turn->state != FRAM_TURN_ALLOCATED || turn->relays_tcp || turn->moving
      || !fram_turn_is_permitted (turn, peer))
    return 0;
  channel = fram_turn_find_channel (turn, fram_turn_get_channel (turn, peer));
  whole = channel != NULL ? wrap_channel (turn, channel, data, length, buffer, size)
                          : wrap_indication (turn, peer, data, length, buffer, size);
  if (whole > 0)
    turn->last_sent = now;
  return whole;
}

/* RFC 8445 §11: a peer that does ICE takes it for what it is. */
void
fram_turn_greet_peer (FramTurn *turn, FramTime now)
{
  guint8 keepalive[FRAM_STUN_KEEPALIVE_SIZE];
  guint8 buffer[sizeof keepalive + FRAM_TURN_SEND_OVERHEAD];

  fram_stun_write_keepalive (turn->random, keepalive);
  for (guint i = 0; i < turn->by_number->len; i++)
    {
      const FramTurnChannel *channel = g_ptr_array_index (turn->by_number, i);
      gsize whole = 0;

      if (channel->n_users > 0)
        whole = fram_turn_wrap (turn, &channel->peer, keepalive, sizeof keepalive, buffer,
                                sizeof buffer, now);
      if (whole == 0)
        continue;
      fram_turn_transmit (turn, buffer, whole, 0, now);
      return;
    }
}

/* --- From the server --------------------------------------------------------------- */

static FramTurnReceived
unwrap_channel (const FramTurn *turn, const guint8 *message, gsize length,
                FramAddress *ret_peer, const guint8 **ret_data, gsize *ret_length)
{
  const FramTurnChannel *channel;
  const guint8 *data;
  gsize data_length;
  guint16 number;

  if (!fram_turn_read_channel_data (message, length, &number, &data, &data_length))
    return FRAM_TURN_RECEIVED_NOTHING;
  channel = fram_turn_find_channel (turn, number);
  /* The server may be quicker with data than with its answer (RFC 8656 §12). */
  if (channel == NULL || channel->state == FRAM_TURN_PEER_REFUSED)
    return FRAM_TURN_RECEIVED_NOTHING;
  *ret_peer = channel->peer;
  *ret_data = data;
  *ret_length = data_length;
  return FRAM_TURN_RECEIVED_DATA;
}

static FramTurnReceived
take_icmp (FramTurn *turn, const FramAddress *peer, const FramStunAttribute *icmp)
{
  FramTurnEvent *event;

  if (icmp->length != 8)
    return FRAM_TURN_RECEIVED_NOTHING;
  event = fram_turn_emit (turn, FRAM_TURN_EVENT_UNREACHABLE);
  event->peer = *peer;
  event->icmp_type = icmp->value[2];
  event->icmp_code = icmp->value[3];
  return FRAM_TURN_RECEIVED_TALK;
}

/* RFC 8656 §11.4, §11.6 */
static FramTurnReceived
unwrap_indication (FramTurn *turn, const FramStunMessage *message, FramAddress *ret_peer,
                   const guint8 **ret_data, gsize *ret_length)
{
  FramStunAttribute icmp;

  if (!fram_stun_message_get_address (message, FRAM_STUN_ATTR_XOR_PEER_ADDRESS, ret_peer)
      || !fram_turn_is_permitted (turn, ret_peer))
    return FRAM_TURN_RECEIVED_NOTHING;
  if (fram_turn_read_data_indication (message, ret_peer, ret_data, ret_length))
    return FRAM_TURN_RECEIVED_DATA;
  if (fram_stun_message_find (message, FRAM_STUN_ATTR_ICMP, &icmp))
    return take_icmp (turn, ret_peer, &icmp);
  return FRAM_TURN_RECEIVED_NOTHING;
}

static void
dispatch (FramTurn *turn, const FramTurnRequest *request, const FramTurnAnswer *answer,
          FramTime now)
{
  switch (request->kind)
    {
    case FRAM_TURN_ALLOCATE:
      fram_turn_allocate_answered (turn, request, answer, now);
      break;
    case FRAM_TURN_REFRESH:
    case FRAM_TURN_DELETE:
      fram_turn_refresh_answered (turn, request, answer, now);
      break;
    case FRAM_TURN_PERMIT:
      fram_turn_permit_answered (turn, request, answer, now);
      break;
    case FRAM_TURN_BIND:
      fram_turn_bind_answered (turn, request, answer, now);
      break;
    case FRAM_TURN_CONNECT:
      fram_turn_connect_answered (turn, request, answer);
      break;
    case FRAM_TURN_BIND_CONNECTION:
      fram_turn_bind_connection_answered (turn, request, answer);
      break;
    }
}

static FramTurnReceived
take_answer (FramTurn *turn, const FramStunMessage *message, FramTime now)
{
  g_autofree FramTurnRequest *request = NULL;
  FramTurnAnswer answer;

  if (fram_turn_take_answer (turn, message, now, &request, &answer))
    dispatch (turn, request, &answer, now);
  return FRAM_TURN_RECEIVED_TALK;
}

FramTurnReceived
fram_turn_receive (FramTurn *turn, const guint8 *bytes, gsize length, FramTime now,
                   FramAddress *ret_peer, const guint8 **ret_data, gsize *ret_length)
{
  FramStunMessage message;

  if (turn->state == FRAM_TURN_ENDED || length == 0)
    return FRAM_TURN_RECEIVED_NOTHING;
  if (fram_turn_is_channel_data (bytes, length))
    return unwrap_channel (turn, bytes, length, ret_peer, ret_data, ret_length);
  if (fram_stun_message_parse (&message, bytes, length) != FRAM_STUN_PARSE_OK)
    return FRAM_TURN_RECEIVED_NOTHING;
  switch (message.klass)
    {
    case FRAM_STUN_SUCCESS:
    case FRAM_STUN_ERROR:
      return take_answer (turn, &message, now);
    case FRAM_STUN_INDICATION:
      if (message.method == FRAM_STUN_DATA)
        return unwrap_indication (turn, &message, ret_peer, ret_data, ret_length);
      if (message.method == FRAM_STUN_CONNECTION_ATTEMPT)
        fram_turn_take_attempt (turn, &message);
      return FRAM_TURN_RECEIVED_TALK;
    case FRAM_STUN_REQUEST:
      return FRAM_TURN_RECEIVED_NOTHING;
    }
  g_assert_not_reached ();
}

/* --- Time, where it ends requests -------------------------------------------------- */

void
fram_turn_end_requests (FramTurn *turn, FramTime now)
{
  FramTurnRequest *request;
  FramTurnAnswer answer;

  while (fram_turn_advance_requests (turn, now, &request, &answer))
    {
      dispatch (turn, request, &answer, now);
      g_free (request);
    }
}
