/* Packets in the format that Wireshark and tcpdump read: pcapng
 * (draft-ietf-opsawg-pcapng), one interface of raw IP.
 *
 * Of a packet its UDP payload is known and both its addresses; the headers of IP and UDP are
 * made from these. */
#pragma once

#include "base/address.h"

/* The headers of IP and UDP. */
#define FRAM_PCAPNG_MAX_HEADERS 48

/* All append to `block`. */

/* What a file begins with. `name`: of the interface. */
void fram_pcapng_begin (GByteArray *block, const char *program, const char *name);

typedef struct
{
  gint64 when; /* microseconds since 1970, UTC */
  FramAddress source, destination;
  gboolean outgoing;
  const guint8 *payload;
  gsize length;
  gsize snap;      /* so many bytes from the IP header on are written */
  guint64 dropped; /* packets before it that were left out */
} FramPcapngPacket;

/* Return: FALSE if there can be no such packet: two families, or too long. */
gboolean fram_pcapng_packet (GByteArray *block, const FramPcapngPacket *packet);
/* What a file ends with: how many packets there were, and how many were left out. */
void fram_pcapng_end (GByteArray *block, gint64 when, guint64 n_packets,
                      guint64 n_dropped);
