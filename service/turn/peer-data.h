/* Data of peers inside the messages between a client and its TURN server: bytes in, bytes
 * out, no state.  (RFC 8656 §11, §12.4 to §12.6)
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |0 1 0 0|      Channel          |            Length             |  ChannelData: Length
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  bytes of data follow
 *
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |  Send or Data indication, a STUN header of 20 bytes           |
 *     |  XOR-PEER-ADDRESS, 12 or 24 bytes                             |
 *     |  DONT-FRAGMENT, 4 bytes, or nothing                           |
 *     |             DATA              |            Length             |  Length bytes of data
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  follow, and padding
 *
 * What is written is what stands before the data, so that these need not be moved. */
#pragma once

#include "stun/message.h"

#define FRAM_TURN_CHANNEL_FIRST 0x4000 /* RFC 8656 §12 */
#define FRAM_TURN_CHANNEL_LAST 0x4fff
/* Before the data; the longest of a Send indication. */
#define FRAM_TURN_CHANNEL_HEADER 4
#define FRAM_TURN_SEND_HEADER (20 + 24 + 4 + 4)
/* Behind the data, at most. */
#define FRAM_TURN_PADDING 3
/* More than any datagram's data (RFC 768). */
#define FRAM_TURN_MAX_DATA 65507

/* Whether a message is ChannelData rather than STUN or something else, by its first byte
 * (RFC 7983 §7); it may still be malformed. */
gboolean fram_turn_is_channel_data (const guint8 *message, gsize length);
/* How many zeroes follow `length` bytes of data: in a Send indication always, behind
 * ChannelData on TCP and TLS (RFC 8656 §12.5). */
gsize fram_turn_get_padding (gsize length);

void fram_turn_write_channel_header (guint8 ret_header[FRAM_TURN_CHANNEL_HEADER],
                                     guint16 channel, gsize length);
gsize fram_turn_get_send_header_length (const FramAddress *peer, gboolean dont_fragment);
/* Writes so many bytes.  `length` is at most FRAM_TURN_MAX_DATA. */
void fram_turn_write_send_header (guint8 *ret_header, const FramStunId *id,
                                  const FramAddress *peer, gboolean dont_fragment,
                                  gsize length);

/* Both return FALSE if it is not one, or malformed; the data lie in the message. */
gboolean fram_turn_read_channel_data (const guint8 *message, gsize length,
                                      guint16 *ret_channel, const guint8 **ret_data,
                                      gsize *ret_length);
gboolean fram_turn_read_data_indication (const FramStunMessage *message,
                                         FramAddress *ret_peer, const guint8 **ret_data,
                                         gsize *ret_length);
