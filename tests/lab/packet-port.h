/* An interface, to take frames from and to put frames on, whosever they are.
 *
 * Each frame comes with a virtio_net_hdr before it, and is to be sent with it: it says that
 * a checksum is not there yet, or that the frame is a run of packets. */
#pragma once

#include <glib.h>

/* Bytes before the frame. */
#define PACKET_PORT_HEADER 10
/* The largest run of packets that there can be, with its headers. */
#define PACKET_PORT_MAX (PACKET_PORT_HEADER + 14 + 65536)

/* Return: a descriptor that does not block, or -1 with `error` set (G_FILE_ERROR). */
int packet_port_open (const char *interface, GError **error);

typedef enum
{
  PACKET_PORT_FRAME,
  PACKET_PORT_NOTHING, /* for now */
  PACKET_PORT_GONE,    /* the interface is no more */
} PacketPortOutcome;

/* `buffer` holds PACKET_PORT_MAX bytes. */
PacketPortOutcome packet_port_take (int port, guint8 *buffer, gsize *ret_length);
/* What does not fit is lost, as in any cable. */
void packet_port_put (int port, const guint8 *data, gsize length);
