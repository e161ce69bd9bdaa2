/* Channels: numbers in place of addresses.  (RFC 8656 §12)
 *
 * Numbers are given out in order and each belongs to one peer for the allocation's life: a
 * server never sees one change its peer, whatever failed before (§12, the five minutes). */
#include "turn/turn-private.h"

#define REFRESH_AFTER (FRAM_TURN_CHANNEL_LIFE - FRAM_TURN_MARGIN)
#define AGAIN_AFTER FRAM_SECONDS (20)

static FramTurnChannel *
find (const FramTurn *turn, const FramAddress *peer)
{
  return g_hash_table_lookup (turn->channels, peer);
}

FramTurnChannel *
fram_turn_find_channel (const FramTurn *turn, guint16 number)
{
  guint i = (guint) number - FRAM_TURN_CHANNEL_FIRST;

  return number >= FRAM_TURN_CHANNEL_FIRST && i < turn->by_number->len
             ? g_ptr_array_index (turn->by_number, i)
             : NULL;
}

guint16
fram_turn_get_channel (const FramTurn *turn, const FramAddress *peer)
{
  const FramTurnChannel *channel = find (turn, peer);

  return channel != NULL && channel->state == FRAM_TURN_PEER_THERE ? channel->number : 0;
}

guint
fram_turn_count_channels (const FramTurn *turn)
{
  guint n = 0;

  for (guint i = 0; i < turn->by_number->len; i++)
    {
      const FramTurnChannel *channel = g_ptr_array_index (turn->by_number, i);

      n += channel->state == FRAM_TURN_PEER_THERE;
    }
  return n;
}

guint16
fram_turn_get_number (const FramTurn *turn, const FramAddress *peer)
{
  const FramTurnChannel *channel = find (turn, peer);

  return channel != NULL ? channel->number : 0;
}

static void
emit (FramTurn *turn, FramTurnEventType type, const FramTurnChannel *channel, guint code)
{
  FramTurnEvent *event = fram_turn_emit (turn, type);

  event->peer = channel->peer;
  event->channel = channel->number;
  event->code = code;
}

static FramTurnChannel *
channel_new (FramTurn *turn, const FramAddress *peer, FramTime now)
{
  FramTurnChannel *channel = g_new0 (FramTurnChannel, 1);

  channel->peer = *peer;
  channel->number = (guint16) (FRAM_TURN_CHANNEL_FIRST + turn->by_number->len);
  channel->expires = FRAM_TIME_NEVER;
  g_ptr_array_add (turn->by_number, channel);
  g_hash_table_insert (turn->channels, &channel->peer, channel);
  return channel;
}

gboolean
fram_turn_bind (FramTurn *turn, const FramAddress *peer, FramTime now)
{
  FramTurnChannel *channel = find (turn, peer);

  if ((channel == NULL
       && turn->by_number->len > FRAM_TURN_CHANNEL_LAST - FRAM_TURN_CHANNEL_FIRST)
      || turn->relays_tcp || !fram_turn_permit (turn, peer, now))
    return FALSE;
  if (channel == NULL)
    channel = channel_new (turn, peer, now);
  if (channel->n_users++ == 0 && channel->state != FRAM_TURN_PEER_THERE)
    {
      channel->state = FRAM_TURN_PEER_ASKING;
      channel->refresh_at = now;
    }
  else if (channel->state == FRAM_TURN_PEER_THERE)
    emit (turn, FRAM_TURN_EVENT_BOUND, channel, 0);
  else if (channel->state == FRAM_TURN_PEER_REFUSED)
    emit (turn, FRAM_TURN_EVENT_UNBOUND, channel, 0);
  return TRUE;
}

void
fram_turn_unbind (FramTurn *turn, const FramAddress *peer)
{
  FramTurnChannel *channel = find (turn, peer);

  if (channel == NULL || channel->n_users == 0)
    return;
  channel->n_users--;
  fram_turn_forbid (turn, peer);
}

static void
lose (FramTurn *turn, FramTurnChannel *channel, guint code)
{
  channel->state = FRAM_TURN_PEER_REFUSED;
  channel->refresh_at = FRAM_TIME_NEVER;
  channel->expires = FRAM_TIME_NEVER;
  if (channel->n_users > 0)
    emit (turn, FRAM_TURN_EVENT_UNBOUND, channel, code);
}

void
fram_turn_bind_answered (FramTurn *turn, const FramTurnRequest *request,
                         const FramTurnAnswer *answer, FramTime now)
{
  FramTurnChannel *channel = fram_turn_find_channel (turn, request->channel);

  channel->is_asking = FALSE;
  if (answer->code == FRAM_STUN_ERROR_ALLOCATION_MISMATCH)
    fram_turn_end (turn, FRAM_TURN_LOST, answer->code);
  else if (answer->code == 0 && answer->message != NULL
           && answer->outcome != FRAM_TURN_TAMPERED)
    {
      gboolean is_new = channel->state != FRAM_TURN_PEER_THERE;

      channel->state = FRAM_TURN_PEER_THERE;
      channel->expires = now + FRAM_TURN_CHANNEL_LIFE;
      channel->refresh_at = now + REFRESH_AFTER;
      fram_turn_permission_confirm (turn, &channel->peer, now);
      if (is_new && channel->n_users > 0)
        emit (turn, FRAM_TURN_EVENT_BOUND, channel, 0);
    }
  else if (channel->state == FRAM_TURN_PEER_THERE && channel->expires > now
           && answer->code != FRAM_STUN_ERROR_BAD_REQUEST)
    channel->refresh_at = now + AGAIN_AFTER;
  else
    /* RFC 8656 §12.3: by a 400 the two sides disagree about this channel; the peer is
     * still reached by Send indications. */
    lose (turn, channel, answer->code);
}

/* --- Time -------------------------------------------------------------------------- */

FramTime
fram_turn_channels_deadline (const FramTurn *turn)
{
  FramTime deadline = FRAM_TIME_NEVER;

  for (guint i = 0; i < turn->by_number->len; i++)
    {
      const FramTurnChannel *channel = g_ptr_array_index (turn->by_number, i);

      deadline = MIN (deadline, channel->expires);
      if (!channel->is_asking && channel->n_users > 0)
        deadline = MIN (deadline, channel->refresh_at);
    }
  return deadline;
}

void
fram_turn_channels_advance (FramTurn *turn, FramTime now)
{
  for (guint i = 0; i < turn->by_number->len; i++)
    {
      FramTurnChannel *channel = g_ptr_array_index (turn->by_number, i);
      g_autofree FramTurnRequest *request = NULL;

      if (channel->expires <= now)
        lose (turn, channel, 0);
      if (channel->is_asking || channel->n_users == 0 || channel->refresh_at > now)
        continue;
      if (!fram_turn_has_family (turn, &channel->peer))
        {
          lose (turn, channel, FRAM_STUN_ERROR_PEER_ADDRESS_FAMILY_MISMATCH);
          continue;
        }
      channel->is_asking = TRUE;
      request = g_new0 (FramTurnRequest, 1);
      request->kind = FRAM_TURN_BIND;
      request->channel = channel->number;
      request->n_peers = 1;
      request->peers[0] = channel->peer;
      fram_turn_ask (turn, request, now);
    }
}
