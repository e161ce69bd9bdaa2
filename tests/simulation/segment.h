/* The head of a TCP segment, as far as streams in the simulated networks need one. (RFC 9293) */
#pragma once

#include <glib.h>

typedef enum
{
  SIM_SEGMENT_SYN = 1 << 0,
  SIM_SEGMENT_ACK = 1 << 1,
  SIM_SEGMENT_FIN = 1 << 2,
  SIM_SEGMENT_RST = 1 << 3,
} SimSegmentFlags;

typedef struct
{
  SimSegmentFlags flags; /* 0: it is no segment, but a datagram */
  guint32 sequence;      /* of its first byte, or of SYN or FIN */
  guint32 acknowledged;  /* the next byte that is wanted; with ACK */
} SimSegment;
