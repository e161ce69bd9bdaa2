/* What became of packets that were to be sent; added to, never reset. */
#pragma once

#include <glib.h>

typedef struct
{
  guint64 packets, bytes; /* sent */
  guint64 full;           /* not sent: the socket's buffer, or the stream's queue, is */
  guint64 too_long;       /* not sent: more than the path's family carries */
  guint64 refused;        /* not sent: another error */
} FramSendCounts;
