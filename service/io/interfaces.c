#include "io/interfaces.h"

#include "io/interface-order.h"
#include "io/netlink.h"

#include <linux/if_link.h>
#include <net/if.h>
#include <string.h>

/* No host has so many; what is beyond is left out. */
#define ADDRESSES_MAX 256

typedef struct
{
  guint32 flags; /* IFF_... */
  guint32 master;
  char name[IFNAMSIZ];
  char kind[16]; /* "bridge", "veth", "tun" ...; empty: hardware */
} Link;

typedef struct
{
  GHashTable *links; /* index -> Link */
  GArray *addresses;
} Reading;

static void
copy_text (const struct rtattr *attribute, char *ret_text, gsize size)
{
  gsize length = attribute != NULL ? RTA_PAYLOAD (attribute) : 0;

  if (length > 0)
    g_strlcpy (ret_text, RTA_DATA (attribute), MIN (size, length));
}

static guint32
get_u32 (const struct rtattr *attribute, guint32 otherwise)
{
  guint32 value;

  if (attribute == NULL || RTA_PAYLOAD (attribute) < sizeof value)
    return otherwise;
  memcpy (&value, RTA_DATA (attribute), sizeof value);
  return value;
}

static void
visit_link (const struct nlmsghdr *message, gpointer user_data)
{
  Reading *reading = user_data;
  const struct ifinfomsg *info = NLMSG_DATA (message);
  const struct rtattr *first, *details;
  int length = (int) message->nlmsg_len - (int) NLMSG_SPACE (sizeof *info);
  Link *link;

  if (message->nlmsg_type != RTM_NEWLINK || length < 0)
    return;
  first = IFLA_RTA (info);
  link = g_new0 (Link, 1);
  link->flags = info->ifi_flags;
  link->master = get_u32 (fram_netlink_find (first, length, IFLA_MASTER), 0);
  copy_text (fram_netlink_find (first, length, IFLA_IFNAME), link->name,
             sizeof link->name);
  details = fram_netlink_find (first, length, IFLA_LINKINFO);
  if (details != NULL)
    copy_text (
        fram_netlink_find (RTA_DATA (details), RTA_PAYLOAD (details), IFLA_INFO_KIND),
        link->kind, sizeof link->kind);
  g_hash_table_insert (reading->links, GINT_TO_POINTER (info->ifi_index), link);
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
      const Link *port = value;

      if (port->master == bridge
          && (port->kind[0] == '\0' || strcmp (port->kind, "bond") == 0
              || strcmp (port->kind, "team") == 0 || strcmp (port->kind, "vlan") == 0))
        return TRUE;
    }
  return FALSE;
}

/* By kind where the kernel names one, by name for those that come as hardware. */
static gboolean
is_virtual (GHashTable *links, guint32 index, const Link *link)
{
  static const char *const prefixes[]
      = { "docker", "virbr", "vmnet",   "vboxnet", "lxcbr",
          "lxdbr",  "cni",   "flannel", "podman",  "cali" };
  const Link *master = g_hash_table_lookup (links, GUINT_TO_POINTER (link->master));

  if (strcmp (link->kind, "bridge") == 0)
    return !has_real_port (links, index);
  if (link->master != 0 && master != NULL && strcmp (master->kind, "bridge") == 0)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (link->name, prefixes[i]))
      return TRUE;
  return FALSE;
}

static FramInterfaceFlags
get_flags (GHashTable *links, const struct ifaddrmsg *info, const Link *link,
           guint32 address_flags)
{
  FramInterfaceFlags flags = FRAM_INTERFACE_NONE;

  if ((link->flags & IFF_LOOPBACK) != 0)
    flags |= FRAM_INTERFACE_LOOPBACK;
  if ((link->flags & IFF_POINTOPOINT) != 0)
    flags |= FRAM_INTERFACE_POINT_TO_POINT;
  if (is_virtual (links, info->ifa_index, link))
    flags |= FRAM_INTERFACE_VIRTUAL;
  /* The same bit means "secondary" for IPv4. */
  if (info->ifa_family == AF_INET6 && (address_flags & IFA_F_TEMPORARY) != 0)
    flags |= FRAM_INTERFACE_TEMPORARY;
  if ((address_flags & IFA_F_DEPRECATED) != 0)
    flags |= FRAM_INTERFACE_DEPRECATED;
  return flags;
}

static gboolean
read_ip (const struct ifaddrmsg *info, const struct rtattr *attribute,
         FramAddress *ret_address)
{
  guint32 ipv4;

  if (attribute == NULL)
    return FALSE;
  if (info->ifa_family == AF_INET && RTA_PAYLOAD (attribute) == sizeof ipv4)
    {
      memcpy (&ipv4, RTA_DATA (attribute), sizeof ipv4);
      fram_address_init_ipv4 (ret_address, g_ntohl (ipv4), 0);
      return TRUE;
    }
  if (info->ifa_family == AF_INET6 && RTA_PAYLOAD (attribute) == 16)
    {
      fram_address_init_ipv6 (ret_address, RTA_DATA (attribute), 0);
      if (fram_address_is_link_local (ret_address))
        ret_address->scope = info->ifa_index;
      return TRUE;
    }
  return FALSE;
}

static void
visit_address (const struct nlmsghdr *message, gpointer user_data)
{
  Reading *reading = user_data;
  const struct ifaddrmsg *info = NLMSG_DATA (message);
  int length = (int) message->nlmsg_len - (int) NLMSG_SPACE (sizeof *info);
  const guint32 running = IFF_UP | IFF_RUNNING;
  const struct rtattr *ip;
  const Link *link;
  guint32 flags;
  FramInterfaceAddress row = { 0 };

  if (message->nlmsg_type != RTM_NEWADDR || length < 0
      || reading->addresses->len == ADDRESSES_MAX)
    return;
  link = g_hash_table_lookup (reading->links, GUINT_TO_POINTER (info->ifa_index));
  flags
      = get_u32 (fram_netlink_find (IFA_RTA (info), length, IFA_FLAGS), info->ifa_flags);
  if (link == NULL || (link->flags & running) != running
      || (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) != 0)
    return;

  /* On a point-to-point link IFA_ADDRESS is the other end. */
  ip = fram_netlink_find (IFA_RTA (info), length, IFA_LOCAL);
  if (ip == NULL)
    ip = fram_netlink_find (IFA_RTA (info), length, IFA_ADDRESS);
  if (!read_ip (info, ip, &row.address))
    return;
  g_strlcpy (row.name, link->name, sizeof row.name);
  row.index = info->ifa_index;
  row.flags = get_flags (reading->links, info, link, flags);
  g_array_append_val (reading->addresses, row);
}

GArray *
fram_interfaces_read (GError **error)
{
  g_autoptr (GHashTable) links = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_autoptr (GArray) addresses
      = g_array_new (FALSE, FALSE, sizeof (FramInterfaceAddress));
  Reading reading = { .links = links, .addresses = addresses };
  FramAddress preferred[2];

  if (!fram_netlink_list (RTM_GETLINK, visit_link, &reading, error)
      || !fram_netlink_list (RTM_GETADDR, visit_address, &reading, error))
    return NULL;
  fram_interfaces_sort (addresses, preferred, fram_interfaces_find_preferred (preferred));
  return g_steal_pointer (&addresses);
}
