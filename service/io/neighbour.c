#include "io/neighbour.h"

#include <linux/neighbour.h>
#include <string.h>

#define STATES_WITH_ADDRESS                                                              \
  (NUD_PERMANENT | NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE)

gboolean
fram_neighbour_parse (const struct nlmsghdr *message, FramNeighbour *ret_neighbour)
{
  const struct ndmsg *info = fram_netlink_get_header (message, sizeof *info);
  const struct nlattr *found[NDA_LLADDR + 1];
  FramNeighbour neighbour = { 0 };
  gsize length;

  if ((message->nlmsg_type != RTM_NEWNEIGH && message->nlmsg_type != RTM_DELNEIGH)
      || info == NULL || (info->ndm_flags & NTF_PROXY) != 0)
    return FALSE;
  fram_netlink_find (message, sizeof *info, found, NDA_LLADDR);
  if (!fram_netlink_get_ip (found[NDA_DST], info->ndm_family, &neighbour.address))
    return FALSE;
  neighbour.index = (guint32) info->ndm_ifindex;
  length = found[NDA_LLADDR] != NULL ? mnl_attr_get_payload_len (found[NDA_LLADDR]) : 0;
  if (message->nlmsg_type == RTM_NEWNEIGH && length > 0
      && length <= sizeof neighbour.link_address
      && (info->ndm_state & STATES_WITH_ADDRESS) != 0)
    {
      memcpy (neighbour.link_address, mnl_attr_get_payload (found[NDA_LLADDR]), length);
      neighbour.length = length;
    }
  *ret_neighbour = neighbour;
  return TRUE;
}

static void
forget_neighbour (gpointer user_data)
{
  FramNeighbour *neighbour = user_data;

  neighbour->length = 0;
}

static void
visit_neighbour (const struct nlmsghdr *message, gpointer user_data)
{
  FramNeighbour *wanted = user_data, neighbour;

  if (fram_neighbour_parse (message, &neighbour) && neighbour.index == wanted->index
      && fram_address_equal_ip (&neighbour.address, &wanted->address))
    *wanted = neighbour;
}

void
fram_neighbour_ask (FramNetlink *netlink, guint32 index, const FramAddress *address,
                    FramNeighbour *ret_neighbour)
{
  static const FramNetlinkReader reader = { forget_neighbour, visit_neighbour };
  gboolean is_ipv4 = address->family == FRAM_FAMILY_IPV4;
  g_autoptr (GError) error = NULL;
  FramNetlinkRequest request;
  struct ndmsg *info;

  memset (ret_neighbour, 0, sizeof *ret_neighbour);
  ret_neighbour->index = index;
  ret_neighbour->address = *address;
  info = fram_netlink_request_init (&request, RTM_GETNEIGH, NLM_F_ACK, sizeof *info);
  info->ndm_family = is_ipv4 ? AF_INET : AF_INET6;
  info->ndm_ifindex = (int) index;
  mnl_attr_put (&request.header, NDA_DST, is_ipv4 ? 4 : 16, address->ip);
  if (!fram_netlink_ask (netlink, &request, &reader, ret_neighbour, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    g_debug ("The gateway's link address is not known: %s", error->message);
}
