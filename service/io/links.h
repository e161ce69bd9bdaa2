/* The host's network interfaces, as the kernel tells them. */
#pragma once

#include "io/netlink.h"

#include <net/if.h>

typedef struct
{
  guint32 index;
  guint32 flags;           /* IFF_... */
  guint32 master;          /* index of the bridge it is a port of, or 0 */
  gboolean has_neighbours; /* who is on it has a link address (MAC) */
  char name[IFNAMSIZ];
  char kind[16]; /* "bridge", "veth", "tun" ...; empty: hardware */
} FramLink;

/* More are left out. */
#define FRAM_LINKS_MAX 10000

/* Return: FALSE if the message is not one of a link that is there. */
gboolean fram_link_parse (const struct nlmsghdr *message, FramLink *ret_link);
/* Return: (transfer full): index -> FramLink.  Errors: G_IO_ERROR. */
GHashTable *fram_links_read (FramNetlink *netlink, GError **error);
/* Return: NULL if there is none of that index. */
const FramLink *fram_links_find (GHashTable *links, guint32 index);

/* It is up and has a carrier. */
gboolean fram_link_is_running (const FramLink *link);
/* It carries packets inside of others: a VPN, or a way through one. */
gboolean fram_link_is_tunnel (const FramLink *link);
/* It leads to virtual machines or containers of this host. */
gboolean fram_link_is_virtual (const FramLink *link, GHashTable *links);
