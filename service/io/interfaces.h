/* The host's addresses, with what is to be known of each. */
#pragma once

#include "broker/broker.h"
#include "io/host-tables.h"

/* Return: (transfer full): FramInterfaceAddress, the preferred ones first.  Interfaces
 * that are down or without a carrier, and addresses that are not usable yet, are left out;
 * virtual interfaces, tunnels and deprecated addresses are marked. */
GArray *fram_interfaces_list (const FramHostTables *tables);
/* The same, as the kernel tells it now.  Errors: G_IO_ERROR. */
GArray *fram_interfaces_read (GError **error);
