/* The way of packets to one reader: a stream of pcapng. */
#pragma once

#include <gio/gio.h>

#include "io/driver.h"

typedef struct _FramPacketStream FramPacketStream;

/* Of each packet of data, so many bytes from the IP header on. */
#define FRAM_PACKET_SNAP_LEAST 64
#define FRAM_PACKET_SNAP_MOST 65535
#define FRAM_PACKET_SNAP_DEFAULT 128

/* `name`: what it is called in the file.  `*ret_fd`: the reader's end, close-on-exec.
 * Errors: G_IO_ERROR. */
FramPacketStream *fram_packet_stream_new (const char *name, guint snap, int *ret_fd,
                                          GError **error);
/* The reader gets what was written and the file's end, as far as there is room for it. */
void fram_packet_stream_free (FramPacketStream *stream);

/* The service's end: it hangs up when the reader does. */
int fram_packet_stream_get_fd (const FramPacketStream *stream);
/* Never waits: what finds no room is left out and counted. */
void fram_packet_stream_write (FramPacketStream *stream, const FramTappedPacket *packet);
