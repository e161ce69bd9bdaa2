#include "turn/peer-data.h"

#include "base/big-endian.h"
#include "stun/builder.h"

gboolean
fram_turn_is_channel_data (const guint8 *message, gsize length)
{
  return length > 0 && message[0] >= FRAM_TURN_CHANNEL_FIRST >> 8
         && message[0] <= FRAM_TURN_CHANNEL_LAST >> 8;
}

gsize
fram_turn_get_padding (gsize length)
{
  return -length & 3;
}

void
fram_turn_write_channel_header (guint8 ret_header[FRAM_TURN_CHANNEL_HEADER],
                                guint16 channel, gsize length)
{
  g_assert (length <= FRAM_TURN_MAX_DATA);

  fram_store_be16 (ret_header, channel);
  fram_store_be16 (ret_header + 2, (guint16) length);
}

gsize
fram_turn_get_send_header_length (const FramAddress *peer, gboolean dont_fragment)
{
  return FRAM_STUN_HEADER_SIZE + FRAM_STUN_ATTRIBUTE_HEADER_SIZE
         + (peer->family == FRAM_FAMILY_IPV4 ? 8 : 20)
         + (dont_fragment ? FRAM_STUN_ATTRIBUTE_HEADER_SIZE : 0)
         + FRAM_STUN_ATTRIBUTE_HEADER_SIZE;
}

/* RFC 8656 §11.1; nobody answers it, so it needs no proof. */
void
fram_turn_write_send_header (guint8 *ret_header, const FramStunId *id,
                             const FramAddress *peer, gboolean dont_fragment,
                             gsize length)
{
  gsize header = fram_turn_get_send_header_length (peer, dont_fragment);
  FramStunBuilder builder;

  g_assert (length <= FRAM_TURN_MAX_DATA);

  fram_stun_builder_init (&builder, ret_header, header, FRAM_STUN_INDICATION,
                          FRAM_STUN_SEND, id);
  fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_PEER_ADDRESS, peer);
  if (dont_fragment)
    fram_stun_builder_add_flag (&builder, FRAM_STUN_ATTR_DONT_FRAGMENT);
  fram_stun_builder_add_flag (&builder, FRAM_STUN_ATTR_DATA);
  g_assert (fram_stun_builder_end (&builder) == header);
  /* The value is the caller's, and so is its length. */
  fram_store_be16 (ret_header + header - 2, (guint16) length);
  fram_store_be16 (ret_header + 2, (guint16) (header - FRAM_STUN_HEADER_SIZE + length
                                              + fram_turn_get_padding (length)));
}

/* RFC 8656 §12.6: what is behind the data is padding. */
gboolean
fram_turn_read_channel_data (const guint8 *message, gsize length, guint16 *ret_channel,
                             const guint8 **ret_data, gsize *ret_length)
{
  gsize data_length;

  if (length < FRAM_TURN_CHANNEL_HEADER || !fram_turn_is_channel_data (message, length))
    return FALSE;
  data_length = fram_load_be16 (message + 2);
  if (data_length > length - FRAM_TURN_CHANNEL_HEADER)
    return FALSE;
  *ret_channel = fram_load_be16 (message);
  *ret_data = message + FRAM_TURN_CHANNEL_HEADER;
  *ret_length = data_length;
  return TRUE;
}

/* RFC 8656 §11.4 */
gboolean
fram_turn_read_data_indication (const FramStunMessage *message, FramAddress *ret_peer,
                                const guint8 **ret_data, gsize *ret_length)
{
  FramStunAttribute data;

  if (message->klass != FRAM_STUN_INDICATION || message->method != FRAM_STUN_DATA
      || !fram_stun_message_find (message, FRAM_STUN_ATTR_DATA, &data)
      || !fram_stun_message_get_address (message, FRAM_STUN_ATTR_XOR_PEER_ADDRESS,
                                         ret_peer))
    return FALSE;
  *ret_data = data.value;
  *ret_length = data.length;
  return TRUE;
}
