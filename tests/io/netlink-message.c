#include "netlink-message.h"

#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <net/if.h>
#include <string.h>

gpointer
message_begin (Message *message, guint16 type, gsize size)
{
  memset (message, 0, sizeof *message);
  mnl_nlmsg_put_header (message);
  message->header.nlmsg_type = type;
  return mnl_nlmsg_put_extra_header (&message->header, size);
}

void
message_put_ip (Message *message, guint16 type, const char *ip)
{
  FramAddress address;

  g_assert_true (fram_address_parse_ip (&address, ip, 0));
  mnl_attr_put (&message->header, type, address.family == FRAM_FAMILY_IPV4 ? 4 : 16,
                address.ip);
}

void
message_make_link (Message *message, const TestLink *link)
{
  struct ifinfomsg *info = message_begin (message, RTM_NEWLINK, sizeof *info);
  struct nlattr *nest;

  info->ifi_index = (int) link->index;
  info->ifi_flags = link->flags | IFF_UP | IFF_RUNNING;
  mnl_attr_put_strz (&message->header, IFLA_IFNAME, link->name);
  mnl_attr_put (&message->header, IFLA_ADDRESS, 6, "\x02\0\0\0\0\1");
  if (link->master != 0)
    mnl_attr_put_u32 (&message->header, IFLA_MASTER, link->master);
  if (link->kind == NULL)
    return;
  nest = mnl_attr_nest_start (&message->header, IFLA_LINKINFO);
  mnl_attr_put_strz (&message->header, IFLA_INFO_KIND, link->kind);
  mnl_attr_nest_end (&message->header, nest);
}

void
message_make_address (Message *message, guint32 index, const char *ip, guint32 flags)
{
  struct ifaddrmsg *info = message_begin (message, RTM_NEWADDR, sizeof *info);

  info->ifa_family = strchr (ip, ':') != NULL ? AF_INET6 : AF_INET;
  info->ifa_index = index;
  info->ifa_prefixlen = 24;
  message_put_ip (message, IFA_ADDRESS, ip);
  mnl_attr_put_u32 (&message->header, IFA_FLAGS, flags);
}

struct rtmsg *
message_begin_route (Message *message, guint8 family)
{
  struct rtmsg *info = message_begin (message, RTM_NEWROUTE, sizeof *info);

  info->rtm_family = family;
  info->rtm_table = RT_TABLE_MAIN;
  info->rtm_type = RTN_UNICAST;
  return info;
}

void
message_put_way (Message *message, guint32 index, guint8 flags, const char *gateway)
{
  struct rtnexthop *way = mnl_nlmsg_get_payload_tail (&message->header);
  guint8 *start = (guint8 *) way;

  message->header.nlmsg_len += sizeof *way;
  message_put_ip (message, RTA_GATEWAY, gateway);
  way->rtnh_ifindex = (int) index;
  way->rtnh_flags = flags;
  way->rtnh_len
      = (guint16) ((guint8 *) mnl_nlmsg_get_payload_tail (&message->header) - start);
}

void
message_make_neighbour (Message *message, guint16 type, guint16 state, gsize length)
{
  static const guint8 address[64] = { 2, 0, 0, 0, 0, 1 };
  struct ndmsg *info = message_begin (message, type, sizeof *info);

  info->ndm_family = AF_INET;
  info->ndm_ifindex = 3;
  info->ndm_state = state;
  message_put_ip (message, NDA_DST, "10.7.0.254");
  if (length > 0)
    mnl_attr_put (&message->header, NDA_LLADDR, length, address);
}
