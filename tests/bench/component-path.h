/* An end of a path that is a component of libfram, by whichever path its data take. */
#pragma once

#include <fram.h>

#include "socket-path.h"

/* `component` stays the caller's. */
void component_path_init (TrafficEnd *end, FramComponent *component, SocketWay way);
void component_path_clear (TrafficEnd *end);
