#include "io/stream-framer.h"

#include "base/big-endian.h"
#include "stun/message.h"
#include "turn/peer-data.h"

void
fram_stream_framer_init (FramStreamFramer *framer, gboolean has_channels)
{
  *framer
      = (FramStreamFramer){ .bytes = g_byte_array_new (), .has_channels = has_channels };
}

void
fram_stream_framer_init_frames (FramStreamFramer *framer)
{
  *framer = (FramStreamFramer){ .bytes = g_byte_array_new (), .has_frames = TRUE };
}

void
fram_stream_framer_clear (FramStreamFramer *framer)
{
  g_clear_pointer (&framer->bytes, g_byte_array_unref);
}

void
fram_stream_framer_push (FramStreamFramer *framer, const guint8 *data, gsize length)
{
  if (framer->is_broken)
    return;
  if (framer->taken > 0)
    g_byte_array_remove_range (framer->bytes, 0, (guint) framer->taken);
  framer->taken = 0;
  g_byte_array_append (framer->bytes, data, (guint) length);
}

/* Of the message that begins there, with and without padding; both 0: it cannot be told
 * yet. Return: FALSE: it is none. */
static gboolean
measure (const guint8 *data, gsize n, gboolean has_channels, gsize *ret_message,
         gsize *ret_whole)
{
  *ret_message = *ret_whole = 0;
  if (n == 0)
    return TRUE;
  /* RFC 7983 §7: 0 to 3 is STUN; 64 to 79 is ChannelData. */
  if (fram_turn_is_channel_data (data, n) ? !has_channels : data[0] > 3)
    return FALSE;
  if (n < FRAM_TURN_CHANNEL_HEADER)
    return TRUE;
  *ret_message = fram_load_be16 (data + 2);
  if (fram_turn_is_channel_data (data, n))
    {
      *ret_message += FRAM_TURN_CHANNEL_HEADER;
      *ret_whole = *ret_message + fram_stream_get_padding (data, *ret_message);
      return *ret_whole <= FRAM_STREAM_MAX_MESSAGE;
    }
  /* RFC 8489 §5: attributes fill four bytes each; and the cookie. */
  if (*ret_message % 4 != 0
      || (n >= 8 && fram_load_be32 (data + 4) != FRAM_STUN_MAGIC_COOKIE))
    return FALSE;
  *ret_message += FRAM_STUN_HEADER_SIZE;
  *ret_whole = *ret_message;
  return *ret_whole <= FRAM_STREAM_MAX_MESSAGE;
}

static FramStreamFrame
next_frame (FramStreamFramer *framer, const guint8 **ret_message, gsize *ret_length)
{
  for (;;)
    {
      const guint8 *data = framer->bytes->data + framer->taken;
      gsize n = framer->bytes->len - framer->taken;
      gsize length = n >= FRAM_STREAM_FRAME_HEADER ? fram_load_be16 (data) : 0;

      if (n < FRAM_STREAM_FRAME_HEADER + length || n < FRAM_STREAM_FRAME_HEADER)
        return FRAM_STREAM_FRAME_NONE;
      framer->taken += FRAM_STREAM_FRAME_HEADER + length;
      if (length == 0)
        continue;
      *ret_message = data + FRAM_STREAM_FRAME_HEADER;
      *ret_length = length;
      return FRAM_STREAM_FRAME_MESSAGE;
    }
}

FramStreamFrame
fram_stream_framer_next (FramStreamFramer *framer, const guint8 **ret_message,
                         gsize *ret_length)
{
  const guint8 *data = framer->bytes->data + framer->taken;
  gsize n = framer->bytes->len - framer->taken;
  gsize length, whole;

  if (framer->has_frames)
    return next_frame (framer, ret_message, ret_length);
  if (framer->is_broken || !measure (data, n, framer->has_channels, &length, &whole))
    {
      framer->is_broken = TRUE;
      return FRAM_STREAM_FRAME_BROKEN;
    }
  if (whole == 0 || n < whole)
    return FRAM_STREAM_FRAME_NONE;
  framer->taken += whole;
  *ret_message = data;
  *ret_length = length;
  return FRAM_STREAM_FRAME_MESSAGE;
}

gboolean
fram_stream_framer_is_within (const FramStreamFramer *framer)
{
  return framer->bytes->len > framer->taken;
}

gsize
fram_stream_get_padding (const guint8 *message, gsize length)
{
  return fram_turn_is_channel_data (message, length) ? fram_turn_get_padding (length) : 0;
}
