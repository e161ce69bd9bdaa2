/* What the files of the UDP socket share. */
#pragma once

#include "io/udp-socket.h"

struct _FramUdpSocket
{
  int fd;
  guint8 family; /* FramFamily */
  gboolean has_gro;
  gboolean is_shared; /* AF_INET6 whatever the family, and first of a group at its port */
  guint32 scope;      /* of the address it is bound to */
  /* The largest packets that are given to UDP_SEGMENT; 0: it does not work here. */
  gsize segment_limit;
};
