/* What is found in a world of TCP hosts. */
#pragma once

#include "tcp-world.h"

gboolean tcp_host_listens_at (const TcpHost *host, const FramAddress *address);
/* The kernel has one connection of a 5-tuple. */
gboolean tcp_host_has_end (const TcpHost *host, const FramAddress *local,
                           const FramAddress *remote);
TcpHost *tcp_world_find_listening (TcpWorld *world, const FramAddress *at,
                                   FramBaseId *ret_base);
/* The host behind a NAT that is seen there; NULL: none. */
TcpHost *tcp_world_find_behind (TcpWorld *world, const FramAddress *outside);
/* RFC 9293 §3.5: two that connect to each other. */
TcpEnd *tcp_host_find_crossing (const TcpHost *host, const TcpEnd *end);
