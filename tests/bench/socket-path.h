/* An end of a path that is a datagram socket: UDP, or what framd hands out. */
#pragma once

#include "traffic.h"

#include <sys/socket.h>

/* How the application calls the kernel. */
typedef enum
{
  SOCKET_SINGLE,   /* a call for each packet */
  SOCKET_BATCH,    /* one for many of them */
  SOCKET_SEGMENTS, /* the same, and the kernel takes them as one; UDP alone */
} SocketWay;

/* Ends the program if `word` is none of “single”, “batch” and “segments”; NULL: the first. */
SocketWay socket_way_parse (const char *word);

/* Takes `fd`, makes it non-blocking and gives it room for a window. */
void socket_path_init (TrafficEnd *end, int fd, SocketWay way);
/* It sends there; else the socket is connected. */
void socket_path_set_peer (TrafficEnd *end, const struct sockaddr *peer,
                           socklen_t length);
void socket_path_clear (TrafficEnd *end);
