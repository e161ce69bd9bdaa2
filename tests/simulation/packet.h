/* A datagram, or a segment of TCP, under way. */
#pragma once

#include "base/address.h"
#include "segment.h"

/* A packet that has crossed so many networks runs in a circle. */
#define SIM_HOPS_MAX 16

typedef struct
{
  FramAddress source, destination;
  guint hops;
  SimSegment segment; /* its flags are 0 in a datagram */
  gsize length;
  guint8 data[];
} SimPacket;

SimPacket *sim_packet_new (const FramAddress *source, const FramAddress *destination,
                           const void *data, gsize length);
/* `data` may be NULL. */
SimPacket *sim_packet_new_segment (const FramAddress *source,
                                   const FramAddress *destination,
                                   const SimSegment *segment, const void *data,
                                   gsize length);
gboolean sim_packet_is_segment (const SimPacket *packet);
SimPacket *sim_packet_copy (const SimPacket *packet);
void sim_packet_free (SimPacket *packet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimPacket, sim_packet_free)

/* One line for people: what it says if it is STUN, else its length.
 * Return: (transfer full). */
char *sim_packet_to_text (const SimPacket *packet);
