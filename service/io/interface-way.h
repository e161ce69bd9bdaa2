/* By which interface a base sends. */
#pragma once

#include "broker/broker.h"

/* The kernel routes by destination alone: whatever a base of another interface than the
 * preferred one sends would leave by the preferred one, with an address that does not belong
 * there (RFC 1122 §3.3.4.2, the weak host model).  Such a base is bound to its own interface.
 * The preferred one is not, so that it reaches this host's containers and virtual machines;
 * and nothing is while a tunnel is preferred: what it is to hide does not go past it.
 * `addresses` are in their order of preference.
 * Return: the index of the interface; 0: as the kernel routes. */
guint32 fram_interface_way_find (const FramInterfaceAddress *addresses, guint n_addresses,
                                 const FramAddress *address);
