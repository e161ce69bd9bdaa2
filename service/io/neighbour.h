/* The link addresses of hosts on the same link (ARP, RFC 4861), as far as the kernel has found
 * them. */
#pragma once

#include "io/netlink.h"
#include "io/network.h"

typedef struct
{
  guint32 index;       /* of the interface */
  FramAddress address; /* port 0, scope 0 */
  guint8 link_address[FRAM_LINK_ADDRESS_MAX];
  gsize length; /* 0: it is not known, or not any more */
} FramNeighbour;

/* Return: FALSE if the message is not one of a neighbour. */
gboolean fram_neighbour_parse (const struct nlmsghdr *message,
                               FramNeighbour *ret_neighbour);
/* Asks for one; nothing is sent on the link. */
void fram_neighbour_ask (FramNetlink *netlink, guint32 index, const FramAddress *address,
                         FramNeighbour *ret_neighbour);
