#include "io/links.h"

#include <linux/if_link.h>
#include <string.h>

static gboolean
has_prefix (const char *text, const char *const *prefixes)
{
  for (; *prefixes != NULL; prefixes++)
    if (g_str_has_prefix (text, *prefixes))
      return TRUE;
  return FALSE;
}

static void
parse_kind (const struct nlattr *details, FramLink *link)
{
  const struct nlattr *found[IFLA_INFO_KIND + 1];

  if (details == NULL)
    return;
  fram_netlink_find_nested (mnl_attr_get_payload (details),
                            mnl_attr_get_payload_len (details), found, IFLA_INFO_KIND);
  fram_netlink_get_text (found[IFLA_INFO_KIND], link->kind, sizeof link->kind);
}

gboolean
fram_link_parse (const struct nlmsghdr *message, FramLink *ret_link)
{
  const struct ifinfomsg *info = fram_netlink_get_header (message, sizeof *info);
  const struct nlattr *found[IFLA_LINKINFO + 1];

  /* Of another family it tells of a port, not of the interface. */
  if (message->nlmsg_type != RTM_NEWLINK || info == NULL || info->ifi_family != AF_UNSPEC
      || info->ifi_index <= 0)
    return FALSE;
  fram_netlink_find (message, sizeof *info, found, IFLA_LINKINFO);
  memset (ret_link, 0, sizeof *ret_link);
  ret_link->index = (guint32) info->ifi_index;
  ret_link->flags = info->ifi_flags;
  ret_link->master = fram_netlink_get_u32 (found[IFLA_MASTER], 0);
  ret_link->has_neighbours = (info->ifi_flags & IFF_NOARP) == 0
                             && found[IFLA_ADDRESS] != NULL
                             && mnl_attr_get_payload_len (found[IFLA_ADDRESS]) > 0;
  fram_netlink_get_text (found[IFLA_IFNAME], ret_link->name, sizeof ret_link->name);
  parse_kind (found[IFLA_LINKINFO], ret_link);
  return TRUE;
}

static void
forget_links (gpointer user_data)
{
  g_hash_table_remove_all (user_data);
}

static void
visit_link (const struct nlmsghdr *message, gpointer user_data)
{
  GHashTable *links = user_data;
  FramLink link;

  if (g_hash_table_size (links) < FRAM_LINKS_MAX && fram_link_parse (message, &link))
    g_hash_table_insert (links, GUINT_TO_POINTER (link.index),
                         g_memdup2 (&link, sizeof link));
}

GHashTable *
fram_links_read (FramNetlink *netlink, GError **error)
{
  static const FramNetlinkReader reader = { forget_links, visit_link };
  g_autoptr (GHashTable) links = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  FramNetlinkRequest request;

  fram_netlink_request_init (&request, RTM_GETLINK, NLM_F_DUMP,
                             sizeof (struct ifinfomsg));
  /* Counters are half of what the kernel would tell. */
  mnl_attr_put_u32 (&request.header, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
  if (!fram_netlink_ask (netlink, &request, &reader, links, error))
    return NULL;
  return g_steal_pointer (&links);
}

const FramLink *
fram_links_find (GHashTable *links, guint32 index)
{
  return g_hash_table_lookup (links, GUINT_TO_POINTER (index));
}

gboolean
fram_link_is_running (const FramLink *link)
{
  const guint32 running = IFF_UP | IFF_RUNNING;

  return (link->flags & running) == running;
}

/* By kind where the kernel names one, by name for those that come as hardware. */
gboolean
fram_link_is_tunnel (const FramLink *link)
{
  static const char *const kinds[]
      = { "tun",    "wireguard", "ovpn",   "ppp",  "ipip",   "ip6tnl",
          "sit",    "gre",       "ip6gre", "vti",  "erspan", "xfrm",
          "ip_vti", "ip6_vti",   "l2tp",   "pptp", NULL };
  static const char *const names[] = { "tun", "tap", "wg", "ppp", "ipsec", NULL };

  return link->kind[0] != '\0' ? has_prefix (link->kind, kinds)
                               : has_prefix (link->name, names);
}

/* A bridge over an Ethernet port is the host's own way out, as on machines that run virtual
 * ones; a bridge over nothing but their ports is not. */
static gboolean
has_real_port (GHashTable *links, guint32 bridge)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, links);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const FramLink *port = value;

      if (port->master == bridge
          && (port->kind[0] == '\0' || strcmp (port->kind, "bond") == 0
              || strcmp (port->kind, "team") == 0 || strcmp (port->kind, "vlan") == 0))
        return TRUE;
    }
  return FALSE;
}

gboolean
fram_link_is_virtual (const FramLink *link, GHashTable *links)
{
  static const char *const names[]
      = { "docker", "virbr",   "vmnet",  "vboxnet", "lxcbr", "lxdbr",
          "cni",    "flannel", "podman", "cali",    NULL };
  const FramLink *master = fram_links_find (links, link->master);

  if (strcmp (link->kind, "bridge") == 0)
    return !has_real_port (links, link->index);
  if (link->master != 0 && master != NULL && strcmp (master->kind, "bridge") == 0)
    return TRUE;
  return has_prefix (link->name, names);
}
