/* To TURN servers and from them: data are put into messages, and taken out, where they lie.
 * (RFC 8656 §11, §12.4 to §12.6) */
#include "io/plane-private.h"

#include "io/stream-framer.h"
#include "stun/message.h"

#include <string.h>

void
fram_plane_add_stream (FramPlane *plane, FramBaseId id, FramStream *stream)
{
  FramBaseSocket *base = g_new0 (FramBaseSocket, 1);

  g_return_if_fail (id != 0 && fram_plane_find_base (plane, id) == NULL);

  base->id = id;
  base->stream = stream;
  g_hash_table_insert (plane->bases, GUINT_TO_POINTER (id), base);
}

void
fram_plane_stream_has_room (FramPlane *plane, FramBaseId id)
{
  FramBaseSocket *base = fram_plane_find_base (plane, id);

  if (base != NULL)
    fram_plane_wake_waiting (plane, base);
}

void
fram_plane_add_relay (FramPlane *plane, FramBaseId base, FramBaseId carrier,
                      const FramAddress *server, const FramAddress *relayed)
{
  FramCarriedBase *known = fram_carried_bases_find (plane->relayed, base);

  if (known != NULL)
    fram_carried_bases_move (plane->relayed, known, carrier, server);
  else
    fram_carried_bases_add (plane->relayed, base, carrier, server, relayed->family);
}

void
fram_plane_expect_channel (FramPlane *plane, FramBaseId id, const FramAddress *peer,
                           guint16 channel)
{
  FramCarriedBase *base = fram_carried_bases_find (plane->relayed, id);

  if (base != NULL)
    fram_carried_base_expect_channel (base, peer, channel);
}

void
fram_plane_set_channel (FramPlane *plane, FramBaseId id, const FramAddress *peer,
                        guint16 channel)
{
  FramCarriedBase *base = fram_carried_bases_find (plane->relayed, id);

  if (base != NULL)
    fram_carried_base_set_channel (base, peer, channel);
}

/* --- To the server ----------------------------------------------------------------- */

typedef struct
{
  const FramAddress *peer;
  guint16 channel; /* 0: by indications */
  gsize header;    /* before each packet */
  gsize limit;     /* of all together */
} Wrapping;

static Wrapping
get_wrapping (const FramPlaneWay *way, const FramAddress *peer)
{
  Wrapping wrapping = { .peer = peer,
                        .channel = fram_carried_base_get_channel (way->relayed, peer),
                        .header = FRAM_TURN_CHANNEL_HEADER,
                        .limit = FRAM_STREAM_MAX_MESSAGE };

  if (wrapping.channel == 0)
    wrapping.header = fram_turn_get_send_header_length (peer, FALSE);
  if (way->base->socket != NULL)
    wrapping.limit = FRAM_DATAGRAM_MAX;
  return wrapping;
}

/* A stream pads ChannelData by itself, and UDP needs no padding (RFC 8656 §12.5). */
static gsize
get_padding (const Wrapping *wrapping, gsize length)
{
  return wrapping->channel == 0 ? fram_turn_get_padding (length) : 0;
}

static struct iovec
wrap (FramPlane *plane, const Wrapping *wrapping, struct iovec packet)
{
  guint8 *data = packet.iov_base, *start = data - wrapping->header;
  gsize padding = get_padding (wrapping, packet.iov_len);
  struct iovec message
      = { .iov_base = start, .iov_len = wrapping->header + packet.iov_len + padding };
  FramStunId id;

  if (wrapping->channel != 0)
    {
      fram_turn_write_channel_header (start, wrapping->channel, packet.iov_len);
      return message;
    }
  plane->random.fill (&plane->random, id.bytes, sizeof id.bytes);
  fram_turn_write_send_header (start, &id, wrapping->peer, FALSE, packet.iov_len);
  memset (data + packet.iov_len, 0, padding);
  return message;
}

/* Of those that were sent.  It is not told which ones they are if another one was refused:
 * then their padding counts too. */
static guint64
count_own_bytes (const FramSendCounts *counts, const Wrapping *wrapping,
                 const gsize *lengths)
{
  guint64 bytes = 0;

  if (counts->too_long + counts->refused > 0)
    return counts->bytes - counts->packets * wrapping->header;
  for (guint i = 0; i < counts->packets; i++)
    bytes += lengths[i];
  return bytes;
}

void
fram_plane_send_relayed (FramPlane *plane, const FramPlaneWay *way,
                         const FramAddress *peer, struct iovec *packets, guint n_packets,
                         FramSendCounts *ret_counts)
{
  Wrapping wrapping = get_wrapping (way, peer);
  gsize lengths[FRAM_BATCH_MAX];
  FramSendCounts counts;
  guint n = 0;

  G_STATIC_ASSERT (FRAM_TURN_SEND_HEADER <= FRAM_BATCH_MARGIN);
  g_assert (n_packets <= FRAM_BATCH_MAX);

  for (guint i = 0; i < n_packets; i++)
    {
      gsize length = packets[i].iov_len;

      if (wrapping.header + length + get_padding (&wrapping, length) > wrapping.limit)
        continue;
      lengths[n] = length;
      packets[n++] = wrap (plane, &wrapping, packets[i]);
    }
  fram_plane_send (plane, way, &way->relayed->server, packets, n, &counts);
  counts.bytes = count_own_bytes (&counts, &wrapping, lengths);
  counts.too_long += n_packets - n;
  plane->stats.dropped_other += n_packets - n;
  *ret_counts = counts;
}

/* --- From the server --------------------------------------------------------------- */

typedef struct
{
  const FramCarriedBase *base;
  FramAddress peer;
  struct iovec data;
} Unwrapped;

static gboolean
unwrap_channel (const FramTurnLink *link, struct iovec message, Unwrapped *ret_unwrapped)
{
  const FramPeerChannel *channel;
  const guint8 *data;
  gsize length;
  guint16 number;

  if (!fram_turn_read_channel_data (message.iov_base, message.iov_len, &number, &data,
                                    &length))
    return FALSE;
  channel = fram_turn_link_find_channel (link, number);
  if (channel == NULL)
    return FALSE;
  ret_unwrapped->base = channel->base;
  ret_unwrapped->peer = channel->peer;
  ret_unwrapped->data = (struct iovec){ .iov_base = (guint8 *) data, .iov_len = length };
  return TRUE;
}

static gboolean
unwrap_indication (const FramTurnLink *link, struct iovec message,
                   Unwrapped *ret_unwrapped)
{
  FramStunMessage parsed;
  const guint8 *data;
  gsize length;

  if (fram_stun_message_parse (&parsed, message.iov_base, message.iov_len)
          != FRAM_STUN_PARSE_OK
      || !fram_turn_read_data_indication (&parsed, &ret_unwrapped->peer, &data, &length))
    return FALSE;
  ret_unwrapped->base = fram_turn_link_get_base (link, ret_unwrapped->peer.family);
  ret_unwrapped->data = (struct iovec){ .iov_base = (guint8 *) data, .iov_len = length };
  return ret_unwrapped->base != NULL;
}

static gboolean
unwrap (const FramTurnLink *link, struct iovec message, Unwrapped *ret_unwrapped)
{
  if (fram_turn_is_channel_data (message.iov_base, message.iov_len))
    return unwrap_channel (link, message, ret_unwrapped);
  return unwrap_indication (link, message, ret_unwrapped);
}

gboolean
fram_plane_take_out (FramPlane *plane, const FramTurnLink *link, struct iovec message,
                     FramDelivery *delivery)
{
  FramComponent *component = NULL;
  Unwrapped inner;

  plane->stats.packets_in++;
  plane->stats.bytes_in += message.iov_len;
  if (!unwrap (link, message, &inner))
    {
      /* The talk with the server is the owner's; what else there is, nobody's. */
      if (!fram_stun_looks_like (message.iov_base, message.iov_len))
        plane->stats.dropped_no_route++;
      return FALSE;
    }
  if (fram_stun_looks_like (inner.data.iov_base, inner.data.iov_len))
    return FALSE;
  component = fram_route_map_find (plane->routes, inner.base->id, &inner.peer);
  if (component == NULL)
    {
      plane->stats.dropped_no_route++;
      return FALSE;
    }
  fram_plane_delivery_push (plane, delivery, component, inner.data);
  return TRUE;
}

gboolean
fram_plane_take_message (FramPlane *plane, FramBaseId id, const FramAddress *remote,
                         const guint8 *message, gsize length)
{
  const FramBaseSocket *base = fram_plane_find_base (plane, id);
  const FramTurnLink *link = fram_carried_bases_find_link (plane->relayed, id, remote);
  struct iovec bytes = { .iov_base = (guint8 *) message, .iov_len = length };

  if (base != NULL && base->stream != NULL && fram_stream_is_to_peer (base->stream))
    return fram_plane_sort (plane, fram_route_map_find (plane->routes, id, remote), bytes,
                            &plane->by_streams);
  return link != NULL && fram_plane_take_out (plane, link, bytes, &plane->by_streams);
}

void
fram_plane_deliver (FramPlane *plane)
{
  fram_plane_delivery_end (plane, &plane->by_streams);
}
