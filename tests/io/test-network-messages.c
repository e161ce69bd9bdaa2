/* What is made of the kernel's messages of routes and neighbours, and of messages that are not
 * what they should be. */
#include "netlink-message.h"
#include "io/attachment.h"

#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <string.h>

/* --- Routes -------------------------------------------------------------------------- */

static void
assert_route (const Message *message, guint32 index, const char *gateway)
{
  FramDefaultRoute route;
  char text[FRAM_ADDRESS_TEXT];

  g_assert_true (fram_default_route_parse (&message->header, &route));
  g_assert_cmpuint (route.index, ==, index);
  if (gateway == NULL)
    g_assert_cmpint (route.gateway.family, ==, FRAM_FAMILY_NONE);
  else
    g_assert_cmpstr (fram_address_ip_to_text (&route.gateway, text), ==, gateway);
}

static void
test_route (void)
{
  FramDefaultRoute route;
  Message message;

  message_begin_route (&message, AF_INET);
  g_assert_false (fram_default_route_parse (&message.header, &route));
  mnl_attr_put_u32 (&message.header, RTA_OIF, 3);
  assert_route (&message, 3, NULL);
  message_put_ip (&message, RTA_GATEWAY, "10.7.0.254");
  mnl_attr_put_u32 (&message.header, RTA_PRIORITY, 600);
  assert_route (&message, 3, "10.7.0.254");
  g_assert_true (fram_default_route_parse (&message.header, &route));
  g_assert_cmpuint (route.metric, ==, 600);
}

/* A gateway of the other family stands behind its family's number. */
static void
test_route_via (void)
{
  struct
  {
    guint16 family;
    guint8 ip[16];
  } via = { .family = AF_INET6, .ip = { 0xfe, 0x80, [15] = 1 } };
  Message message;

  message_begin_route (&message, AF_INET);
  mnl_attr_put_u32 (&message.header, RTA_OIF, 3);
  mnl_attr_put (&message.header, RTA_VIA, sizeof via, &via);
  assert_route (&message, 3, "fe80::1");
}

static void
test_other_routes (void)
{
  static const struct rtmsg others[] = {
    { .rtm_family = AF_INET, .rtm_type = RTN_UNICAST, .rtm_table = 77 },
    { .rtm_family = AF_INET, .rtm_type = RTN_UNICAST, .rtm_table = RT_TABLE_LOCAL },
    { .rtm_family = AF_INET, .rtm_type = RTN_BLACKHOLE, .rtm_table = RT_TABLE_MAIN },
    { .rtm_family = AF_INET,
      .rtm_type = RTN_UNICAST,
      .rtm_table = RT_TABLE_MAIN,
      .rtm_dst_len = 1 },
    { .rtm_family = AF_INET6,
      .rtm_type = RTN_UNICAST,
      .rtm_table = RT_TABLE_MAIN,
      .rtm_src_len = 64 },
    { .rtm_family = AF_INET,
      .rtm_type = RTN_UNICAST,
      .rtm_table = RT_TABLE_MAIN,
      .rtm_tos = 8 },
    { .rtm_family = AF_INET,
      .rtm_type = RTN_UNICAST,
      .rtm_table = RT_TABLE_MAIN,
      .rtm_flags = RTNH_F_LINKDOWN },
    { .rtm_family = AF_INET6,
      .rtm_type = RTN_UNICAST,
      .rtm_table = RT_TABLE_MAIN,
      .rtm_flags = RTM_F_CLONED },
    { .rtm_family = 28, .rtm_type = RTN_UNICAST, .rtm_table = RT_TABLE_MAIN },
  };
  FramDefaultRoute route;

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      Message message;
      struct rtmsg *info = message_begin_route (&message, AF_INET);

      g_test_message ("%u", i);
      *info = others[i];
      mnl_attr_put_u32 (&message.header, RTA_OIF, 3);
      g_assert_false (fram_default_route_parse (&message.header, &route));
    }
}

/* Of ways that take turns it is always the same one, of those that work. */
static void
test_ways (void)
{
  FramDefaultRoute route;
  struct nlattr *nest;
  Message message;

  message_begin_route (&message, AF_INET);
  nest = mnl_attr_nest_start (&message.header, RTA_MULTIPATH);
  message_put_way (&message, 5, 0, "10.5.0.1");
  message_put_way (&message, 3, RTNH_F_LINKDOWN, "10.3.0.1");
  message_put_way (&message, 4, 0, "10.4.0.2");
  message_put_way (&message, 4, 0, "10.4.0.1");
  mnl_attr_nest_end (&message.header, nest);
  assert_route (&message, 4, "10.4.0.1");

  message_begin_route (&message, AF_INET);
  nest = mnl_attr_nest_start (&message.header, RTA_MULTIPATH);
  message_put_way (&message, 3, RTNH_F_DEAD, "10.3.0.1");
  mnl_attr_nest_end (&message.header, nest);
  g_assert_false (fram_default_route_parse (&message.header, &route));
}

/* RFC 4191: of two routers, who says that it is the better one. */
static void
test_router_preference (void)
{
  static const guint8 values[] = { 1, 0, 2, 3 };
  static const guint expected[] = { 0, 1, 1, 2 };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      FramDefaultRoute route;
      Message message;

      message_begin_route (&message, AF_INET6);
      mnl_attr_put_u32 (&message.header, RTA_OIF, 3);
      mnl_attr_put_u8 (&message.header, RTA_PREF, values[i]);
      g_assert_true (fram_default_route_parse (&message.header, &route));
      g_assert_cmpuint (route.preference, ==, expected[i]);
    }
}

/* --- Neighbours ---------------------------------------------------------------------- */

static void
test_neighbour (void)
{
  static const struct
  {
    guint16 type, state;
    gsize length, expected;
  } cases[] = {
    { RTM_NEWNEIGH, NUD_REACHABLE, 6, 6 },  { RTM_NEWNEIGH, NUD_STALE, 6, 6 },
    { RTM_NEWNEIGH, NUD_PERMANENT, 6, 6 },  { RTM_NEWNEIGH, NUD_PROBE, 20, 20 },
    { RTM_NEWNEIGH, NUD_DELAY, 32, 32 },    { RTM_NEWNEIGH, NUD_DELAY, 33, 0 },
    { RTM_NEWNEIGH, NUD_INCOMPLETE, 0, 0 }, { RTM_NEWNEIGH, NUD_INCOMPLETE, 6, 0 },
    { RTM_NEWNEIGH, NUD_FAILED, 6, 0 },     { RTM_NEWNEIGH, NUD_NOARP, 6, 0 },
    { RTM_DELNEIGH, NUD_REACHABLE, 6, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      FramNeighbour neighbour;
      Message message;

      message_make_neighbour (&message, cases[i].type, cases[i].state, cases[i].length);
      g_assert_true (fram_neighbour_parse (&message.header, &neighbour));
      g_assert_cmpuint (neighbour.length, ==, cases[i].expected);
      g_assert_cmpuint (neighbour.index, ==, 3);
    }
}

/* --- Identities ---------------------------------------------------------------------- */

static void
test_same_network (void)
{
  FramNetworkIdentity cable = { .gateway = { 2, 1 },
                                .gateway_length = 6,
                                .prefix_length = 24,
                                .interface = "eth0" },
                      other;

  g_assert_true (fram_address_parse_ip (&cable.prefix, "10.1.0.0", 0));
  g_assert_true (fram_network_identity_equal (NULL, NULL));
  g_assert_false (fram_network_identity_equal (&cable, NULL));
  other = cable;
  strcpy (other.interface, "wlan0");
  g_assert_true (fram_network_identity_equal (&cable, &other));
  other.gateway[5] = 1;
  g_assert_false (fram_network_identity_equal (&cable, &other));
  other = cable;
  other.prefix_length = 25;
  g_assert_false (fram_network_identity_equal (&cable, &other));
  other = cable;
  other.prefix.ip[1] = 2;
  g_assert_false (fram_network_identity_equal (&cable, &other));

  cable.gateway_length = 0;
  other = cable;
  g_assert_true (fram_network_identity_equal (&cable, &other));
  strcpy (other.interface, "tun0");
  g_assert_false (fram_network_identity_equal (&cable, &other));
}

/* --- Not what they should be --------------------------------------------------------- */

static void
try_all (const Message *message)
{
  FramHostAddress address;
  FramDefaultRoute route;
  FramNeighbour neighbour;
  FramLink link;

  fram_link_parse (&message->header, &link);
  fram_host_address_parse (&message->header, &address);
  fram_default_route_parse (&message->header, &route);
  fram_neighbour_parse (&message->header, &neighbour);
}

static void
count (const struct nlmsghdr *message, gpointer user_data)
{
  (*(guint *) user_data)++;
}

/* Each is cut at each place; the sanitizers see whether something is read beyond. */
static void
test_cut (void)
{
  static const TestLink link = { .index = 7, .name = "eth0", .kind = "bridge" };
  Message messages[4];

  message_make_link (&messages[0], &link);
  message_make_address (&messages[1], 7, "10.7.0.1", 0);
  message_begin_route (&messages[2], AF_INET);
  message_put_way (&messages[2], 5, 0, "10.5.0.1");
  message_make_neighbour (&messages[3], RTM_NEWNEIGH, NUD_REACHABLE, 6);
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    for (guint32 length = messages[i].header.nlmsg_len;
         length >= sizeof (struct nlmsghdr); length--)
      {
        g_autofree Message *copy = g_memdup2 (&messages[i], length);
        guint n = 0;

        copy->header.nlmsg_len = length;
        try_all (copy);
        fram_netlink_visit (copy, length, count, &n);
        g_assert_cmpuint (n, ==, 1);
        fram_netlink_visit (copy, length - 1, count, &n);
        g_assert_cmpuint (n, ==, 1);
      }
}

static void
test_length_that_wraps (void)
{
  Message message;
  guint n = 0;

  message_begin (&message, RTM_NEWLINK, sizeof (struct ifinfomsg));
  message.header.nlmsg_len = G_MAXUINT32;
  fram_netlink_visit (&message, sizeof message, count, &n);
  g_assert_cmpuint (n, ==, 0);
}

/* A text without an end, and one that is too long. */
static void
test_texts (void)
{
  Message message;
  FramLink link;
  struct ifinfomsg *info = message_begin (&message, RTM_NEWLINK, sizeof *info);

  info->ifi_index = 7;
  mnl_attr_put (&message.header, IFLA_IFNAME, 4, "eth0");
  g_assert_true (fram_link_parse (&message.header, &link));
  g_assert_cmpstr (link.name, ==, "eth0");
  mnl_attr_put_strz (&message.header, IFLA_IFNAME, "a-name-of-twenty-one");
  g_assert_true (fram_link_parse (&message.header, &link));
  g_assert_cmpstr (link.name, ==, "a-name-of-twent");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network-messages/route", test_route);
  g_test_add_func ("/network-messages/route-via", test_route_via);
  g_test_add_func ("/network-messages/other-routes", test_other_routes);
  g_test_add_func ("/network-messages/ways", test_ways);
  g_test_add_func ("/network-messages/router-preference", test_router_preference);
  g_test_add_func ("/network-messages/neighbour", test_neighbour);
  g_test_add_func ("/network-messages/same-network", test_same_network);
  g_test_add_func ("/network-messages/cut", test_cut);
  g_test_add_func ("/network-messages/length-that-wraps", test_length_that_wraps);
  g_test_add_func ("/network-messages/texts", test_texts);
  return g_test_run ();
}
