/* What a TURN server says and hears of peers' data, written and read by the test itself. */
#pragma once

#include "base/address.h"

/* Each returns the length of what it wrote. */
gsize turn_write_channel_data (guint8 *buffer, guint16 channel, const void *data,
                               gsize length);
gsize turn_write_data_indication (guint8 *buffer, gsize size, const FramAddress *peer,
                                  const void *data, gsize length);
/* A Binding request of exactly `size` bytes, a multiple of four; `seed` tells it from others. */
gsize turn_write_binding (guint8 *buffer, gsize size, guint8 seed);

/* The message is a Send indication to the peer, with these data. */
void turn_expect_send (const guint8 *message, gsize length, const FramAddress *peer,
                       const void *data, gsize data_length);

/* Sends all by the connected socket as one packet of segments (UDP_SEGMENT). */
void turn_send_joined (int fd, const guint8 *messages, gsize length, guint16 segment);
/* What a server answers to `message` whose peer sends all back: ChannelData as it came, data
 * of a Send indication in a Data indication; everything else as it came too.
 * Return: its length. */
gsize turn_echo (const guint8 *message, gsize length, guint8 *buffer, gsize size);
