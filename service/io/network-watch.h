/* Follows the host's addresses and the network it is attached to: tells them at the start and
 * whenever they have changed. */
#pragma once

#include "io/interfaces.h"
#include "io/network.h"

typedef struct _FramNetworkWatch FramNetworkWatch;

/* Changes come in bursts: an interface that comes up brings its addresses one by one.  Where
 * they do not end, they are looked at ever more rarely, down to the longest time. */
#define FRAM_NETWORK_COALESCE FRAM_MILLISECONDS (100)
#define FRAM_NETWORK_COALESCE_MAX FRAM_MILLISECONDS (1600)

typedef struct
{
  /* The network is another one; NULL: it cannot be told (yet) which one it is, which is how
   * it begins.  One is never told right after another: NULL stands between them.  It is told
   * before the addresses that came with it. */
  void (*network) (const FramNetworkIdentity *network, gpointer user_data);
  /* All addresses, the preferred ones first; their order may be all that is new. */
  void (*addresses) (const FramInterfaceAddress *addresses, guint n_addresses,
                     gpointer user_data);
} FramNetworkListener;

/* Calls the listener before it returns, and later from `context`.
 * Errors: G_IO_ERROR, if the kernel does not tell (as in some sandboxes). */
FramNetworkWatch *fram_network_watch_new (GMainContext *context,
                                          const FramNetworkListener *listener,
                                          gpointer user_data, GError **error);
void fram_network_watch_free (FramNetworkWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramNetworkWatch, fram_network_watch_free)

/* Return: NULL, if it is not known; else valid until the next change. */
const FramNetworkIdentity *fram_network_watch_get_network (const FramNetworkWatch *watch);

/* What it did since its start. */
typedef struct
{
  guint n_heard;       /* batches of notifications */
  guint n_readings;    /* of all tables */
  guint n_resolutions; /* of the gateway alone */
} FramNetworkWatchStats;

void fram_network_watch_get_stats (const FramNetworkWatch *watch,
                                   FramNetworkWatchStats *ret_stats);
