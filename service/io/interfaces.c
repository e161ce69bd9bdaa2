#include "io/interfaces.h"

#include "io/interface-order.h"

/* No host has so many of use; what is beyond is left out. */
#define ADDRESSES_MAX 256

/* RFC 4862 §5.4: not before it is proved to be unique; RFC 4429 §3.1: an optimistic address
 * is used all the same, and goes away if it is not. */
static gboolean
is_usable (const FramHostAddress *address)
{
  if ((address->flags & IFA_F_DADFAILED) != 0)
    return FALSE;
  return (address->flags & IFA_F_TENTATIVE) == 0
         || (address->flags & IFA_F_OPTIMISTIC) != 0;
}

/* What holds a default route is the host's way out, whatever it is called: the host may be a
 * container itself. */
static gboolean
is_aside (const FramHostTables *tables, const FramLink *link)
{
  return fram_link_is_virtual (link, tables->links)
         && !fram_default_routes_have (tables->routes, link->index);
}

static FramInterfaceFlags
get_flags (const FramHostTables *tables, const FramHostAddress *address,
           const FramLink *link)
{
  FramInterfaceFlags flags = FRAM_INTERFACE_NONE;

  if ((link->flags & IFF_LOOPBACK) != 0)
    flags |= FRAM_INTERFACE_LOOPBACK;
  if ((link->flags & IFF_POINTOPOINT) != 0)
    flags |= FRAM_INTERFACE_POINT_TO_POINT;
  if (fram_link_is_tunnel (link))
    flags |= FRAM_INTERFACE_TUNNEL;
  if (is_aside (tables, link))
    flags |= FRAM_INTERFACE_VIRTUAL;
  /* The same bit means "secondary" for IPv4. */
  if (address->address.family == FRAM_FAMILY_IPV6
      && (address->flags & IFA_F_TEMPORARY) != 0)
    flags |= FRAM_INTERFACE_TEMPORARY;
  if ((address->flags & IFA_F_DEPRECATED) != 0)
    flags |= FRAM_INTERFACE_DEPRECATED;
  return flags;
}

GArray *
fram_interfaces_list (const FramHostTables *tables)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (FramInterfaceAddress));
  FramAddress preferred[2];

  for (guint i = 0; i < tables->addresses->len && rows->len < ADDRESSES_MAX; i++)
    {
      const FramHostAddress *address
          = &g_array_index (tables->addresses, FramHostAddress, i);
      const FramLink *link = fram_links_find (tables->links, address->index);
      FramInterfaceAddress row = { .index = address->index, .address = address->address };

      if (link == NULL || !fram_link_is_running (link) || !is_usable (address))
        continue;
      g_strlcpy (row.name, link->name, sizeof row.name);
      row.flags = get_flags (tables, address, link);
      g_array_append_val (rows, row);
    }
  fram_interfaces_sort (rows, preferred, fram_interfaces_find_preferred (preferred));
  return rows;
}

GArray *
fram_interfaces_read (GError **error)
{
  g_autoptr (FramNetlink) netlink = fram_netlink_open (error);
  g_auto (FramHostTables) tables = { 0 };

  if (netlink == NULL || !fram_host_tables_read (&tables, netlink, error))
    return NULL;
  return fram_interfaces_list (&tables);
}
