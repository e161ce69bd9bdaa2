/* Cuts what comes over TCP or TLS into messages: STUN, which tells its length (RFC 8489
 * §6.2.2), and ChannelData, padded to four bytes (RFC 8656 §12.5).
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |0 0|         Type              |            Length             |  16 bytes more, then
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  Length bytes
 *     |0 1 0 0|      Channel          |            Length             |  Length bytes, and up
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  to three of padding
 *
 * Of a peer, whatever comes is in frames (RFC 4571 §2, RFC 6544 §7.1):
 *
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |            Length             |  Length bytes
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
#pragma once

#include <glib.h>

/* A longer message ends the stream: nothing that is sent through Fram is longer. */
#define FRAM_STREAM_MAX_MESSAGE 65535

/* It grows with what has come, not with what a header promises. */
typedef struct
{
  GByteArray *bytes;
  gsize taken; /* of them, by messages that were told */
  gboolean has_channels;
  gboolean has_frames;
  gboolean is_broken;
} FramStreamFramer;

typedef enum
{
  FRAM_STREAM_FRAME_NONE, /* not a whole one yet */
  FRAM_STREAM_FRAME_MESSAGE,
  FRAM_STREAM_FRAME_BROKEN, /* neither of the two, or too long; and so it stays */
} FramStreamFrame;

/* `has_channels`: of a TURN server; else ChannelData, which much looks like, breaks it. */
void fram_stream_framer_init (FramStreamFramer *framer, gboolean has_channels);
/* Of a peer.  An empty frame, which carries nothing, is left out. */
void fram_stream_framer_init_frames (FramStreamFramer *framer);
#define FRAM_STREAM_FRAME_HEADER 2
void fram_stream_framer_clear (FramStreamFramer *framer);

/* Call fram_stream_framer_next() until it gives no message before there is more. */
void fram_stream_framer_push (FramStreamFramer *framer, const guint8 *data, gsize length);
/* `*ret_message` is valid until the next push, and without padding. */
FramStreamFrame fram_stream_framer_next (FramStreamFramer *framer,
                                         const guint8 **ret_message, gsize *ret_length);
/* Whether a part of a message has come. */
gboolean fram_stream_framer_is_within (const FramStreamFramer *framer);
/* How many bytes of padding follow a message that is sent. */
gsize fram_stream_get_padding (const guint8 *message, gsize length);
