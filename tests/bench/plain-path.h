/* The path of plain UDP: two connected sockets, the measure of all other paths. */
#pragma once

#include "places.h"
#include "socket-path.h"

/* Of the sender's place and of the receiver's; blocking. */
void plain_path_open_sockets (const Places *places, int ret_fds[2]);
void plain_path_open (const Places *places, SocketWay way, TrafficEnd *sender,
                      TrafficEnd *receiver);
void plain_path_close (TrafficEnd *sender, TrafficEnd *receiver);

/* Measures what leads from `sender` to `receiver`, in turns with plain UDP by single calls in the
 * same places, and writes the figures.  `services` carry the data, ended by 0; NULL: none. */
void plain_path_measure_beside (const Places *places, TrafficEnd *sender,
                                TrafficEnd *receiver, const pid_t *services);
