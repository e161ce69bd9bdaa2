#include "io/host-tables.h"

#include <string.h>

gboolean
fram_host_address_parse (const struct nlmsghdr *message, FramHostAddress *ret_address)
{
  const struct ifaddrmsg *info = fram_netlink_get_header (message, sizeof *info);
  const struct nlattr *found[IFA_FLAGS + 1];

  if (message->nlmsg_type != RTM_NEWADDR || info == NULL)
    return FALSE;
  fram_netlink_find (message, sizeof *info, found, IFA_FLAGS);
  memset (ret_address, 0, sizeof *ret_address);
  ret_address->index = info->ifa_index;
  ret_address->flags = fram_netlink_get_u32 (found[IFA_FLAGS], info->ifa_flags);
  ret_address->prefix_length = info->ifa_prefixlen;
  /* On a point-to-point link IFA_ADDRESS is the other end. */
  if (!fram_netlink_get_ip (found[IFA_LOCAL], info->ifa_family, &ret_address->address)
      && !fram_netlink_get_ip (found[IFA_ADDRESS], info->ifa_family,
                               &ret_address->address))
    return FALSE;
  if (ret_address->address.family == FRAM_FAMILY_IPV6
      && fram_address_is_link_local (&ret_address->address))
    ret_address->address.scope = info->ifa_index;
  return TRUE;
}

static void
forget_addresses (gpointer user_data)
{
  g_array_set_size (user_data, 0);
}

static void
visit_address (const struct nlmsghdr *message, gpointer user_data)
{
  GArray *addresses = user_data;
  FramHostAddress address;

  if (addresses->len < FRAM_HOST_ADDRESSES_MAX
      && fram_host_address_parse (message, &address))
    g_array_append_val (addresses, address);
}

static GArray *
read_addresses (FramNetlink *netlink, GError **error)
{
  static const FramNetlinkReader reader = { forget_addresses, visit_address };
  g_autoptr (GArray) addresses = g_array_new (FALSE, FALSE, sizeof (FramHostAddress));
  FramNetlinkRequest request;

  fram_netlink_request_init (&request, RTM_GETADDR, NLM_F_DUMP,
                             sizeof (struct ifaddrmsg));
  if (!fram_netlink_ask (netlink, &request, &reader, addresses, error))
    return NULL;
  return g_steal_pointer (&addresses);
}

gboolean
fram_host_tables_read (FramHostTables *ret_tables, FramNetlink *netlink, GError **error)
{
  g_auto (FramHostTables) tables = { 0 };
  g_autoptr (GError) reason = NULL;

  tables.links = fram_links_read (netlink, error);
  if (tables.links == NULL)
    return FALSE;
  tables.addresses = read_addresses (netlink, error);
  if (tables.addresses == NULL)
    return FALSE;
  tables.routes = fram_default_routes_read (netlink, &reason);
  if (tables.routes == NULL)
    {
      g_debug ("The default routes are not known: %s", reason->message);
      tables.routes = g_array_new (FALSE, FALSE, sizeof (FramDefaultRoute));
    }
  *ret_tables = tables;
  memset (&tables, 0, sizeof tables);
  return TRUE;
}

void
fram_host_tables_clear (FramHostTables *tables)
{
  g_clear_pointer (&tables->links, g_hash_table_unref);
  g_clear_pointer (&tables->addresses, g_array_unref);
  g_clear_pointer (&tables->routes, g_array_unref);
}
