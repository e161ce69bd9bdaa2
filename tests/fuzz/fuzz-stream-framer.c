/* Bytes from a server or a peer over TCP: however they are cut into pieces, the same messages come of
 * them; none is longer than is allowed, and no more is held than has come. */
#include "io/stream-framer.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

typedef enum
{
  STUN_ALONE,
  STUN_AND_CHANNELS,
  FRAMES,
} Kind;

static void
init (FramStreamFramer *framer, Kind kind)
{
  if (kind == FRAMES)
    fram_stream_framer_init_frames (framer);
  else
    fram_stream_framer_init (framer, kind == STUN_AND_CHANNELS);
}

/* Return: (transfer full): the messages, one behind the other, and whether it broke. */
static GByteArray *
cut (const guint8 *data, gsize size, Kind kind, gsize step, gboolean *ret_broken)
{
  GByteArray *messages = g_byte_array_new ();
  FramStreamFramer framer;
  FramStreamFrame frame = FRAM_STREAM_FRAME_NONE;

  init (&framer, kind);
  for (gsize at = 0; at < size; at += step)
    {
      gsize length = MIN (step, size - at);
      /* A block of its own, so that a byte read behind it is found. */
      guint8 *piece = malloc (length);
      const guint8 *message;
      gsize message_length;

      g_assert (piece != NULL);
      memcpy (piece, data + at, length);
      fram_stream_framer_push (&framer, piece, length);
      free (piece);
      while ((frame = fram_stream_framer_next (&framer, &message, &message_length))
             == FRAM_STREAM_FRAME_MESSAGE)
        {
          g_assert (message_length >= (kind == FRAMES ? 1 : 4)
                    && message_length <= FRAM_STREAM_MAX_MESSAGE);
          g_byte_array_append (messages, message, (guint) message_length);
        }
      g_assert (framer.bytes->len
                <= FRAM_STREAM_FRAME_HEADER + FRAM_STREAM_MAX_MESSAGE + step);
    }
  *ret_broken = frame == FRAM_STREAM_FRAME_BROKEN;
  fram_stream_framer_clear (&framer);
  return messages;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  gboolean broken, broken_in_pieces;
  GByteArray *whole, *pieces;
  Kind kind;

  if (size == 0)
    return 0;
  kind = data[size / 2] % 8 == 7   ? STUN_ALONE
         : data[size / 2] % 8 == 6 ? FRAMES
                                   : STUN_AND_CHANNELS;
  whole = cut (data, size, kind, size, &broken);
  pieces = cut (data, size, kind, 1 + data[size - 1] % 40, &broken_in_pieces);
  g_assert (broken == broken_in_pieces);
  g_assert (whole->len == pieces->len);
  g_assert (whole->len == 0 || memcmp (whole->data, pieces->data, whole->len) == 0);
  g_byte_array_unref (whole);
  g_byte_array_unref (pieces);
  return 0;
}
