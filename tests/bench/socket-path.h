/* An end of a path that is a datagram socket: UDP, or what framd hands out. */
#pragma once

#include "traffic.h"

#include <sys/socket.h>

/* Room for one number, of segments' lengths. */
typedef union
{
  char bytes[CMSG_SPACE (sizeof (int))];
  struct cmsghdr align;
} SegmentControl;

/* How the application calls the kernel. */
typedef enum
{
  SOCKET_SINGLE,   /* a call for each packet */
  SOCKET_BATCH,    /* one for many of them */
  SOCKET_RUNS,     /* the same, and the kernel takes them as one and cuts it; UDP alone */
  SOCKET_SEGMENTS, /* and gives them out as one */
} SocketWay;

/* Ends the program if `word` is none of “single”, “batch”, “runs” and “segments”; NULL: the
 * first. */
SocketWay socket_way_parse (const char *word);

/* Takes `fd`, makes it non-blocking and gives it room for a window. */
void socket_path_init (TrafficEnd *end, int fd, SocketWay way);
/* It sends there; else the socket is connected. */
void socket_path_set_peer (TrafficEnd *end, const struct sockaddr *peer,
                           socklen_t length);
void socket_path_clear (TrafficEnd *end);

/* What the message has is cut into packets of `size` bytes by the kernel (UDP_SEGMENT). */
void socket_path_set_segment (struct msghdr *header, SegmentControl *control,
                              guint16 size);
