/* What the files of the UDP socket share. */
#pragma once

#include "io/udp-socket.h"

struct _FramUdpSocket
{
  int fd;
  guint8 family; /* FramFamily */
  gboolean has_gro;
  /* errno of what keeps others from its port; 0: it is AF_INET6 whatever the family, and first of a
   * group there. */
  int share_error;
  guint32 scope; /* of the address it is bound to */
  /* The largest packets that are given to UDP_SEGMENT; 0: it does not work here. */
  gsize segment_limit;
};
