/* What the kernel tells of the host's place in its networks: links, addresses and the ways
 * out, read at one time. */
#pragma once

#include "io/default-route.h"

typedef struct
{
  guint32 index;       /* of the interface */
  guint32 flags;       /* IFA_F_... */
  guint prefix_length; /* bits */
  FramAddress address; /* port 0 */
} FramHostAddress;

/* More are left out. */
#define FRAM_HOST_ADDRESSES_MAX 4096

typedef struct
{
  GHashTable *links; /* index -> FramLink */
  GArray *addresses; /* FramHostAddress */
  GArray *routes;    /* FramDefaultRoute, the best ones first */
} FramHostTables;

/* Return: FALSE if the message is not one of an address that is there. */
gboolean fram_host_address_parse (const struct nlmsghdr *message,
                                  FramHostAddress *ret_address);
/* Without routes, if the kernel tells no more.  Errors: G_IO_ERROR, if it does not tell (as
 * in some sandboxes); nothing is to be cleared then. */
gboolean fram_host_tables_read (FramHostTables *ret_tables, FramNetlink *netlink,
                                GError **error);
void fram_host_tables_clear (FramHostTables *tables);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FramHostTables, fram_host_tables_clear)
