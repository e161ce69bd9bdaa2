/* The host's addresses, as the kernel tells them, with what is to be known of each. */
#pragma once

#include "broker/broker.h"

#include <gio/gio.h>

/* Return: (transfer full): FramInterfaceAddress, the preferred ones first.  Interfaces
 * that are down or without a carrier, and addresses that are not usable yet, are left out;
 * virtual interfaces and deprecated addresses are marked.  Errors: G_IO_ERROR. */
GArray *fram_interfaces_read (GError **error);
