/* In which order the host's addresses are of use. */
#pragma once

#include "base/address.h"

/* The addresses that the kernel would send from to the far Internet: its routing table and
 * RFC 6724 speak, and nothing is sent.  Return: how many of `ret_sources` (one of each
 * family) there are; port 0. */
guint fram_interfaces_find_preferred (FramAddress ret_sources[2]);

/* Puts FramInterfaceAddress into the order of preference: the `preferred` ones, then other
 * real ones, tunnels, link-local ones, loopback; in each group IPv6 first (RFC 8421 §4
 * mixes the families), and temporary addresses before lasting ones. */
void fram_interfaces_sort (GArray *addresses, const FramAddress *preferred,
                           guint n_preferred);
