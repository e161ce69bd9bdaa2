/* What an interface and its addresses are good for, by what the kernel says of them. */
#include "netlink-message.h"
#include "io/interfaces.h"

#include <linux/if_link.h>
#include <string.h>

static void
tables_init (FramHostTables *tables)
{
  tables->links = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  tables->addresses = g_array_new (FALSE, FALSE, sizeof (FramHostAddress));
  tables->routes = g_array_new (FALSE, FALSE, sizeof (FramDefaultRoute));
}

static void
add_link (FramHostTables *tables, const TestLink *source)
{
  Message message;
  FramLink link;

  message_make_link (&message, source);
  g_assert_true (fram_link_parse (&message.header, &link));
  g_hash_table_insert (tables->links, GUINT_TO_POINTER (link.index),
                       g_memdup2 (&link, sizeof link));
}

static void
add_address (FramHostTables *tables, guint32 index, const char *ip, guint32 flags)
{
  Message message;
  FramHostAddress address;

  message_make_address (&message, index, ip, flags);
  g_assert_true (fram_host_address_parse (&message.header, &address));
  g_array_append_val (tables->addresses, address);
}

static void
add_route (FramHostTables *tables, guint32 index)
{
  FramDefaultRoute route = { .family = FRAM_FAMILY_IPV4, .index = index };

  g_array_append_val (tables->routes, route);
}

static const FramInterfaceAddress *
find_row (GArray *rows, guint32 index)
{
  for (guint i = 0; i < rows->len; i++)
    if (g_array_index (rows, FramInterfaceAddress, i).index == index)
      return &g_array_index (rows, FramInterfaceAddress, i);
  return NULL;
}

static void
test_kinds (void)
{
  static const struct
  {
    const char *name, *kind;
    guint32 flags;
    FramInterfaceFlags expected;
  } cases[] = {
    { "eth0", NULL, 0, FRAM_INTERFACE_NONE },
    { "wlan0", NULL, 0, FRAM_INTERFACE_NONE },
    { "eth0.7", "vlan", 0, FRAM_INTERFACE_NONE },
    { "bond0", "bond", 0, FRAM_INTERFACE_NONE },
    { "tunic", "dummy", 0, FRAM_INTERFACE_NONE },
    { "lo", NULL, IFF_LOOPBACK, FRAM_INTERFACE_LOOPBACK },
    { "wwan0", NULL, IFF_POINTOPOINT, FRAM_INTERFACE_POINT_TO_POINT },
    { "home", "tun", IFF_POINTOPOINT,
      FRAM_INTERFACE_TUNNEL | FRAM_INTERFACE_POINT_TO_POINT },
    { "home", "wireguard", 0, FRAM_INTERFACE_TUNNEL },
    { "home", "ppp", 0, FRAM_INTERFACE_TUNNEL },
    { "home", "ipip", 0, FRAM_INTERFACE_TUNNEL },
    { "home", "ip6tnl", 0, FRAM_INTERFACE_TUNNEL },
    { "home", "sit", 0, FRAM_INTERFACE_TUNNEL },
    { "home", "gre", 0, FRAM_INTERFACE_TUNNEL },
    { "home", "gretap", 0, FRAM_INTERFACE_TUNNEL },
    { "home", "ip6gretap", 0, FRAM_INTERFACE_TUNNEL },
    { "home", "vti", 0, FRAM_INTERFACE_TUNNEL },
    { "home", "vti6", 0, FRAM_INTERFACE_TUNNEL },
    { "home", "xfrm", 0, FRAM_INTERFACE_TUNNEL },
    { "tun0", NULL, 0, FRAM_INTERFACE_TUNNEL },
    { "wg0", NULL, 0, FRAM_INTERFACE_TUNNEL },
    { "ppp0", NULL, 0, FRAM_INTERFACE_TUNNEL },
    { "docker0", "bridge", 0, FRAM_INTERFACE_VIRTUAL },
    { "br0", "bridge", 0, FRAM_INTERFACE_VIRTUAL },
    { "vmnet8", NULL, 0, FRAM_INTERFACE_VIRTUAL },
    { "veth0", "veth", 0, FRAM_INTERFACE_NONE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const TestLink link = {
        .index = 7, .flags = cases[i].flags, .name = cases[i].name, .kind = cases[i].kind
      };
      g_auto (FramHostTables) tables;
      g_autoptr (GArray) rows = NULL;

      g_test_message ("%s, %s", cases[i].name, cases[i].kind);
      tables_init (&tables);
      add_link (&tables, &link);
      add_address (&tables, 7, "10.7.0.1", 0);
      rows = fram_interfaces_list (&tables);
      g_assert_cmpuint (rows->len, ==, 1);
      g_assert_cmpint (find_row (rows, 7)->flags, ==, cases[i].expected);
      g_assert_cmpstr (find_row (rows, 7)->name, ==, cases[i].name);
    }
}

static void
test_flags_of_addresses (void)
{
  static const struct
  {
    const char *ip;
    guint32 flags;
    gboolean told;
    FramInterfaceFlags expected;
  } cases[] = {
    { "2001:db8::1", 0, TRUE, FRAM_INTERFACE_NONE },
    { "2001:db8::1", IFA_F_TEMPORARY, TRUE, FRAM_INTERFACE_TEMPORARY },
    { "10.7.0.1", IFA_F_SECONDARY, TRUE, FRAM_INTERFACE_NONE },
    { "2001:db8::1", IFA_F_DEPRECATED, TRUE, FRAM_INTERFACE_DEPRECATED },
    { "2001:db8::1", IFA_F_DEPRECATED | IFA_F_TEMPORARY, TRUE,
      FRAM_INTERFACE_DEPRECATED | FRAM_INTERFACE_TEMPORARY },
    { "2001:db8::1", IFA_F_TENTATIVE, FALSE, FRAM_INTERFACE_NONE },
    { "2001:db8::1", IFA_F_TENTATIVE | IFA_F_OPTIMISTIC, TRUE, FRAM_INTERFACE_NONE },
    { "2001:db8::1", IFA_F_DADFAILED, FALSE, FRAM_INTERFACE_NONE },
    { "2001:db8::1", IFA_F_DADFAILED | IFA_F_TENTATIVE | IFA_F_OPTIMISTIC, FALSE,
      FRAM_INTERFACE_NONE },
  };
  static const TestLink link = { .index = 7, .name = "eth0" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (FramHostTables) tables;
      g_autoptr (GArray) rows = NULL;

      g_test_message ("flags %x", cases[i].flags);
      tables_init (&tables);
      add_link (&tables, &link);
      add_address (&tables, 7, cases[i].ip, cases[i].flags);
      rows = fram_interfaces_list (&tables);
      g_assert_cmpuint (rows->len, ==, cases[i].told ? 1 : 0);
      if (cases[i].told)
        g_assert_cmpint (find_row (rows, 7)->flags, ==, cases[i].expected);
    }
}

/* The ports of a bridge decide what it is, and a container's way out is one whatever it is
 * called. */
static void
test_bridges_and_containers (void)
{
  static const TestLink links[] = {
    { .index = 1, .name = "br0", .kind = "bridge" },
    { .index = 2, .name = "enp1s0", .master = 1 },
    { .index = 3, .name = "br1", .kind = "bridge" },
    { .index = 4, .name = "veth4", .kind = "veth", .master = 3 },
    { .index = 5, .name = "br2", .kind = "bridge" },
    { .index = 6, .name = "podman0", .kind = "veth" },
  };
  static const FramInterfaceFlags expected[2][6]
      = { { FRAM_INTERFACE_NONE, FRAM_INTERFACE_VIRTUAL, FRAM_INTERFACE_VIRTUAL,
            FRAM_INTERFACE_VIRTUAL, FRAM_INTERFACE_VIRTUAL, FRAM_INTERFACE_VIRTUAL },
          { FRAM_INTERFACE_NONE, FRAM_INTERFACE_VIRTUAL, FRAM_INTERFACE_VIRTUAL,
            FRAM_INTERFACE_VIRTUAL, FRAM_INTERFACE_NONE, FRAM_INTERFACE_NONE } };
  g_auto (FramHostTables) tables;

  tables_init (&tables);
  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    {
      g_autofree char *ip = g_strdup_printf ("10.7.0.%u", i + 1);

      add_link (&tables, &links[i]);
      add_address (&tables, links[i].index, ip, 0);
    }
  for (guint with_routes = 0; with_routes < 2; with_routes++)
    {
      g_autoptr (GArray) rows = fram_interfaces_list (&tables);

      g_assert_cmpuint (rows->len, ==, G_N_ELEMENTS (links));
      for (guint i = 0; i < G_N_ELEMENTS (links); i++)
        g_assert_cmpint (find_row (rows, links[i].index)->flags, ==,
                         expected[with_routes][i]);
      add_route (&tables, 5);
      add_route (&tables, 6);
    }
}

/* On a point-to-point link both ends are told. */
static void
test_own_end (void)
{
  FramHostAddress address;
  Message message;
  char text[FRAM_ADDRESS_TEXT];

  message_make_address (&message, 7, "10.7.0.1", 0);
  message_put_ip (&message, IFA_LOCAL, "10.7.0.2");
  g_assert_true (fram_host_address_parse (&message.header, &address));
  g_assert_cmpstr (fram_address_ip_to_text (&address.address, text), ==, "10.7.0.2");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/interface-kinds/links", test_kinds);
  g_test_add_func ("/interface-kinds/addresses", test_flags_of_addresses);
  g_test_add_func ("/interface-kinds/bridges", test_bridges_and_containers);
  g_test_add_func ("/interface-kinds/own-end", test_own_end);
  return g_test_run ();
}
