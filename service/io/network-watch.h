/* Follows the host's addresses: tells them at the start and whenever they have changed. */
#pragma once

#include "io/interfaces.h"

typedef struct _FramInterfaceWatch FramInterfaceWatch;

/* Changes come in bursts: an interface that comes up brings its addresses one by one. */
#define FRAM_INTERFACES_COALESCE FRAM_MILLISECONDS (100)

typedef void (*FramInterfacesChanged) (const FramInterfaceAddress *addresses,
                                       guint n_addresses, gpointer user_data);

/* Calls `changed` before it returns, and later from `context` if something is different.
 * Errors: G_IO_ERROR, if the kernel does not tell (as in some sandboxes). */
FramInterfaceWatch *fram_interface_watch_new (GMainContext *context,
                                              FramInterfacesChanged changed,
                                              gpointer user_data, GError **error);
void fram_interface_watch_free (FramInterfaceWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramInterfaceWatch, fram_interface_watch_free)
