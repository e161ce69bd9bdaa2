/* What a TURN server may send around peers' data: what is taken out lies within the message,
 * and put in again it comes out the same. */
#include "turn/peer-data.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_channel (const guint8 *message, gsize size)
{
  guint8 header[FRAM_TURN_CHANNEL_HEADER];
  const guint8 *inner;
  guint16 channel;
  gsize length;

  if (!fram_turn_read_channel_data (message, size, &channel, &inner, &length))
    return;
  g_assert (fram_turn_is_channel_data (message, size));
  g_assert (channel >= FRAM_TURN_CHANNEL_FIRST && channel <= FRAM_TURN_CHANNEL_LAST);
  g_assert (inner == message + FRAM_TURN_CHANNEL_HEADER);
  g_assert (length <= size - FRAM_TURN_CHANNEL_HEADER);
  if (length > FRAM_TURN_MAX_DATA)
    return;
  fram_turn_write_channel_header (header, channel, length);
  g_assert (memcmp (header, message, sizeof header) == 0);
}

/* A Send indication differs from one of Data in its method alone. */
static void
check_again (const FramStunMessage *message, const FramAddress *peer, const guint8 *data,
             gsize length)
{
  gsize header = fram_turn_get_send_header_length (peer, length % 2);
  gsize whole = header + length + fram_turn_get_padding (length);
  guint8 *bytes = calloc (whole, 1);
  const guint8 *again;
  gsize length_again;
  FramStunMessage parsed;
  FramAddress named;

  g_assert (bytes != NULL);
  fram_turn_write_send_header (bytes, &message->id, peer, length % 2, length);
  if (length > 0)
    memcpy (bytes + header, data, length);
  g_assert (fram_stun_message_parse (&parsed, bytes, whole) == FRAM_STUN_PARSE_OK);
  g_assert (parsed.klass == FRAM_STUN_INDICATION && parsed.method == FRAM_STUN_SEND);
  parsed.method = FRAM_STUN_DATA;
  g_assert (fram_turn_read_data_indication (&parsed, &named, &again, &length_again));
  g_assert (fram_address_equal (&named, peer));
  g_assert (length_again == length && again == bytes + header);
  free (bytes);
}

static void
check_indication (const guint8 *message, gsize size)
{
  FramStunMessage parsed;
  FramAddress peer;
  const guint8 *inner;
  gsize length;

  if (fram_stun_message_parse (&parsed, message, size) != FRAM_STUN_PARSE_OK
      || !fram_turn_read_data_indication (&parsed, &peer, &inner, &length))
    return;
  g_assert (peer.family != FRAM_FAMILY_NONE);
  g_assert (inner > message && inner + length <= message + size);
  if (length <= FRAM_TURN_MAX_DATA - FRAM_TURN_SEND_HEADER)
    check_again (&parsed, &peer, inner, length);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  /* A block of its own, so that a byte read behind it is found. */
  guint8 *message = malloc (size);

  if (message == NULL)
    return 0;
  memcpy (message, data, size);
  check_channel (message, size);
  check_indication (message, size);
  free (message);
  return 0;
}
