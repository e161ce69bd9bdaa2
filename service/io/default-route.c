#include "io/default-route.h"

#include <linux/icmpv6.h>
#include <string.h>

static gint
compare_numbers (guint32 a, guint32 b)
{
  return a < b ? -1 : a > b;
}

/* Where the kernel would take turns, or what it was told first, it is any one of them, but
 * always the same. */
static gint
compare (gconstpointer a, gconstpointer b)
{
  const FramDefaultRoute *route = a, *other = b;
  gint by_metric = compare_numbers (route->metric, other->metric);
  gint by_preference = compare_numbers (route->preference, other->preference);
  gint by_interface = compare_numbers (route->index, other->index);

  if (by_metric != 0)
    return by_metric;
  if (by_preference != 0)
    return by_preference;
  if (by_interface != 0)
    return by_interface;
  return fram_address_compare (&route->gateway, &other->gateway);
}

static guint
get_preference (const struct nlattr *attribute)
{
  if (attribute == NULL || mnl_attr_validate (attribute, MNL_TYPE_U8) < 0)
    return 1;
  switch (mnl_attr_get_u8 (attribute))
    {
    case ICMPV6_ROUTER_PREF_HIGH:
      return 0;
    case ICMPV6_ROUTER_PREF_LOW:
      return 2;
    default: /* RFC 4191 §2.2: the reserved value is medium, too */
      return 1;
    }
}

/* A gateway may be of another family than the route (RFC 5549). */
static void
parse_gateway (const struct nlattr *const *found, FramDefaultRoute *route)
{
  guint8 family = route->family == FRAM_FAMILY_IPV4 ? AF_INET : AF_INET6;
  const struct nlattr *via = found[RTA_VIA];
  guint16 via_family;

  memset (&route->gateway, 0, sizeof route->gateway);
  if (fram_netlink_get_ip (found[RTA_GATEWAY], family, &route->gateway) || via == NULL
      || mnl_attr_get_payload_len (via) != sizeof via_family + 16)
    return;
  memcpy (&via_family, mnl_attr_get_payload (via), sizeof via_family);
  if (via_family == AF_INET6)
    fram_address_init_ipv6 (
        &route->gateway, (const guint8 *) mnl_attr_get_payload (via) + sizeof via_family,
        0);
}

static gboolean
is_usable (guint flags)
{
  return (flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) == 0;
}

/* Return: FALSE if none of the ways works. */
static gboolean
parse_ways (const struct nlattr *ways, FramDefaultRoute *route)
{
  const guint8 *bytes = mnl_attr_get_payload (ways);
  gsize left = mnl_attr_get_payload_len (ways);
  FramDefaultRoute best = { 0 };

  while (left >= sizeof (struct rtnexthop))
    {
      const struct rtnexthop *way = (const struct rtnexthop *) bytes;
      const struct nlattr *found[RTA_VIA + 1];
      gsize step = RTNH_ALIGN (way->rtnh_len);

      if (way->rtnh_len < sizeof *way || way->rtnh_len > left)
        break;
      fram_netlink_find_nested (bytes + sizeof *way, way->rtnh_len - sizeof *way, found,
                                RTA_VIA);
      route->index = (guint32) way->rtnh_ifindex;
      parse_gateway (found, route);
      if (is_usable (way->rtnh_flags) && route->index != 0
          && (best.index == 0 || compare (route, &best) < 0))
        best = *route;
      bytes += MIN (step, left);
      left -= MIN (step, left);
    }
  if (best.index != 0)
    *route = best;
  return best.index != 0;
}

/* Only the main table tells which network the host is attached to.  Others are for some of
 * the packets, by rules: a VPN's, for all but its own.  They lead through that network, and
 * what is learned inside of a tunnel is told apart by its interface. */
static gboolean
is_default (const struct rtmsg *info)
{
  return info->rtm_table == RT_TABLE_MAIN && info->rtm_type == RTN_UNICAST
         && info->rtm_dst_len == 0 && info->rtm_src_len == 0 && info->rtm_tos == 0
         && (info->rtm_flags & RTM_F_CLONED) == 0 && is_usable (info->rtm_flags)
         && (info->rtm_family == AF_INET || info->rtm_family == AF_INET6);
}

gboolean
fram_default_route_parse (const struct nlmsghdr *message, FramDefaultRoute *ret_route)
{
  const struct rtmsg *info = fram_netlink_get_header (message, sizeof *info);
  const struct nlattr *found[RTA_PREF + 1];
  FramDefaultRoute route = { 0 };

  if (message->nlmsg_type != RTM_NEWROUTE || info == NULL || !is_default (info))
    return FALSE;
  fram_netlink_find (message, sizeof *info, found, RTA_PREF);
  route.family = info->rtm_family == AF_INET ? FRAM_FAMILY_IPV4 : FRAM_FAMILY_IPV6;
  route.metric = fram_netlink_get_u32 (found[RTA_PRIORITY], 0);
  route.preference = get_preference (found[RTA_PREF]);
  fram_netlink_get_ip (found[RTA_PREFSRC], info->rtm_family, &route.source);
  if (found[RTA_MULTIPATH] != NULL)
    {
      if (!parse_ways (found[RTA_MULTIPATH], &route))
        return FALSE;
    }
  else
    {
      route.index = fram_netlink_get_u32 (found[RTA_OIF], 0);
      parse_gateway (found, &route);
    }
  if (route.index == 0)
    return FALSE;
  *ret_route = route;
  return TRUE;
}

static void
forget_routes (gpointer user_data)
{
  g_array_set_size (user_data, 0);
}

static void
visit_route (const struct nlmsghdr *message, gpointer user_data)
{
  GArray *routes = user_data;
  FramDefaultRoute route;

  if (routes->len < FRAM_DEFAULT_ROUTES_MAX && fram_default_route_parse (message, &route))
    g_array_append_val (routes, route);
}

/* One family at a time: for both, the kernel would list more than its main tables. */
static gboolean
read_family (FramNetlink *netlink, guint8 family, GArray *routes, GError **error)
{
  static const FramNetlinkReader reader = { forget_routes, visit_route };
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (FramDefaultRoute));
  g_autoptr (GError) reason = NULL;
  FramNetlinkRequest request;
  struct rtmsg *info;

  info = fram_netlink_request_init (&request, RTM_GETROUTE, NLM_F_DUMP, sizeof *info);
  info->rtm_family = family;
  info->rtm_table = RT_TABLE_MAIN;
  if (!fram_netlink_ask (netlink, &request, &reader, found, &reason)
      && !g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  /* A kernel without IPv6 answers with what it has. */
  for (guint i = 0; i < found->len; i++)
    {
      const FramDefaultRoute *route = &g_array_index (found, FramDefaultRoute, i);

      if ((route->family == FRAM_FAMILY_IPV4) == (family == AF_INET))
        g_array_append_vals (routes, route, 1);
    }
  return TRUE;
}

GArray *
fram_default_routes_read (FramNetlink *netlink, GError **error)
{
  g_autoptr (GArray) routes = g_array_new (FALSE, FALSE, sizeof (FramDefaultRoute));

  if (!read_family (netlink, AF_INET, routes, error)
      || !read_family (netlink, AF_INET6, routes, error))
    return NULL;
  g_array_sort (routes, compare);
  return g_steal_pointer (&routes);
}

const FramDefaultRoute *
fram_default_routes_find (const GArray *routes, FramFamily family, GHashTable *links)
{
  for (guint i = 0; i < routes->len; i++)
    {
      const FramDefaultRoute *route = &g_array_index (routes, FramDefaultRoute, i);
      const FramLink *link = fram_links_find (links, route->index);

      if (route->family == family && link != NULL && fram_link_is_running (link)
          && (link->flags & IFF_LOOPBACK) == 0)
        return route;
    }
  return NULL;
}

gboolean
fram_default_routes_have (const GArray *routes, guint32 index)
{
  for (guint i = 0; i < routes->len; i++)
    if (g_array_index (routes, FramDefaultRoute, i).index == index)
      return TRUE;
  return FALSE;
}
