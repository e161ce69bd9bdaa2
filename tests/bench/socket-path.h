/* An end of a path that is a connected datagram socket: UDP, or what framd hands out. */
#pragma once

#include "traffic.h"

/* Takes `fd`, makes it non-blocking and gives it room for a window. */
void socket_path_init (TrafficEnd *end, int fd);
void socket_path_clear (TrafficEnd *end);
