/* A network watch in a namespace, and all that it told. */
#pragma once

#include "io/network-watch.h"

typedef struct
{
  GMainContext *context;
  FramNetworkWatch *watch;
  GPtrArray *networks; /* each as text that was told; "none" for NULL */
  GArray *addresses;   /* FramInterfaceAddress, as told last */
  guint n_addresses_told;
  guint n_networks_before; /* were told when addresses were told last */
} NetworkLog;

/* An identity as "02:00:00:00:00:01 10.1.0.0/24 eth1"; without a gateway "- 10.1.0.0/24 eth1".
 * Return: (transfer full) */
char *network_to_text (const FramNetworkIdentity *network);

void network_log_init (NetworkLog *log);
void network_log_clear (NetworkLog *log);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NetworkLog, network_log_clear)

/* Turns the loop until this is the network. */
void network_log_await_network (NetworkLog *log, const char *text);
/* Turns the loop until the address is among those told, or is not any more. */
void network_log_await_address (NetworkLog *log, const char *ip, gboolean there);
/* Turns the loop until the address is the first of those told. */
void network_log_await_first (NetworkLog *log, const char *ip);

/* What was told from the start, with commas between: "A, none, B". */
void network_log_assert_networks (NetworkLog *log, const char *expected);
FramNetworkWatchStats network_log_get_stats (NetworkLog *log);
