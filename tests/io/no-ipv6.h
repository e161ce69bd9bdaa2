/* A kernel without IPv6, as far as one process and its children can tell. */
#pragma once

/* From now on AF_INET6 is refused as by a kernel that was started with ipv6.disable=1. */
void no_ipv6_refuse (void);
