/* The host's addresses and their changes, in a namespace that the test furnishes. */
#include "namespace.h"
#include "network-log.h"
#include "io/interface-order.h"

#include <string.h>

static const FramInterfaceAddress *
find (GArray *addresses, const char *ip)
{
  FramAddress address;

  g_assert_true (fram_address_parse_ip (&address, ip, 0));
  for (guint i = 0; i < addresses->len; i++)
    {
      const FramInterfaceAddress *row
          = &g_array_index (addresses, FramInterfaceAddress, i);

      if (memcmp (row->address.ip, address.ip, sizeof address.ip) == 0)
        return row;
    }
  return NULL;
}

static guint
find_place (GArray *addresses, const char *ip)
{
  const FramInterfaceAddress *row = find (addresses, ip);

  g_assert_nonnull (row);
  return (guint) (row - (const FramInterfaceAddress *) addresses->data);
}

static GArray *
read_all (void)
{
  g_autoptr (GError) error = NULL;
  GArray *addresses = fram_interfaces_read (&error);

  g_assert_no_error (error);
  return addresses;
}

static void
test_down (void)
{
  g_autoptr (GArray) addresses = read_all ();

  g_assert_cmpuint (addresses->len, ==, 0);
}

static void
test_loopback (void)
{
  g_autoptr (GArray) addresses = NULL;
  const FramInterfaceAddress *row;

  namespace_run ("ip link set lo up");
  addresses = read_all ();
  row = find (addresses, "127.0.0.1");
  g_assert_nonnull (row);
  g_assert_cmpstr (row->name, ==, "lo");
  g_assert_cmpuint (row->index, ==, 1);
  g_assert_cmpint (row->flags, ==, FRAM_INTERFACE_LOOPBACK);
  g_assert_cmpuint (row->address.port, ==, 0);
  g_assert_nonnull (find (addresses, "::1"));
}

static void
test_kinds (void)
{
  static const char *const expected[]
      = { "10.7.0.1", "2001:db8:7::1", "2001:db8:7::2", "172.17.0.1", "10.8.0.1", NULL };
  g_autoptr (GArray) addresses = NULL;

  namespace_run ("ip link add eth7 type veth peer name far7");
  namespace_run ("ip link set far7 up");
  namespace_run ("ip link set eth7 up");
  namespace_run ("ip addr add 10.7.0.1/24 dev eth7");
  namespace_run ("ip addr add 2001:db8:7::1/64 dev eth7 nodad");
  namespace_run ("ip addr add 2001:db8:7::2/64 dev eth7 nodad preferred_lft 0");
  namespace_run ("ip link add br-apps type bridge");
  namespace_run ("ip link set br-apps up");
  namespace_run ("ip addr add 172.17.0.1/16 dev br-apps");
  namespace_run ("ip link add port0 type veth peer name port1");
  namespace_run ("ip link set port0 master br-apps up");
  namespace_run ("ip link set port1 up");
  namespace_run ("ip addr add 10.8.0.1/24 dev port1");
  namespace_run ("ip link add off0 type veth peer name far0");
  namespace_run ("ip link set far0 up");
  namespace_run ("ip addr add 10.9.0.1/24 dev off0");
  namespace_await_addresses (expected);
  addresses = read_all ();

  g_assert_cmpint (find (addresses, "10.7.0.1")->flags, ==, FRAM_INTERFACE_NONE);
  g_assert_cmpint (find (addresses, "2001:db8:7::1")->flags, ==, FRAM_INTERFACE_NONE);
  g_assert_cmpint (find (addresses, "2001:db8:7::2")->flags, ==,
                   FRAM_INTERFACE_DEPRECATED);
  g_assert_cmpint (find (addresses, "172.17.0.1")->flags, ==, FRAM_INTERFACE_VIRTUAL);
  /* The inner end of a pair is all that a container has. */
  g_assert_cmpint (find (addresses, "10.8.0.1")->flags, ==, FRAM_INTERFACE_NONE);
  g_assert_null (find (addresses, "10.9.0.1"));
}

/* Until its uniqueness is proved the address is of no use, and is not told. */
static void
test_link_local (void)
{
  static const char *const expected[] = { "fe80::7", NULL };
  g_autoptr (GArray) before = NULL, after = NULL;
  const FramInterfaceAddress *row;

  namespace_run ("ip addr add fe80::7/64 dev eth7");
  before = read_all ();
  g_assert_null (find (before, "fe80::7"));
  namespace_await_addresses (expected);
  after = read_all ();
  row = find (after, "fe80::7");
  g_assert_cmpuint (row->address.scope, ==, row->index);
  g_assert_cmpuint (find (after, "10.7.0.1")->address.scope, ==, 0);
}

static void
test_order (void)
{
  g_autoptr (GArray) addresses = NULL;

  namespace_run ("ip route add default via 10.7.0.254");
  addresses = read_all ();
  g_assert_cmpuint (find_place (addresses, "10.7.0.1"), ==, 0);
  g_assert_cmpuint (find_place (addresses, "2001:db8:7::1"), <,
                    find_place (addresses, "10.8.0.1"));
  g_assert_cmpuint (find_place (addresses, "127.0.0.1"), ==, addresses->len - 1);
  namespace_run ("ip route del default");
}

static void
test_sort (void)
{
  static const struct
  {
    const char *ip;
    FramInterfaceFlags flags;
  } sorted[] = {
    { "2001:db8::5", FRAM_INTERFACE_NONE },
    { "192.0.2.5", FRAM_INTERFACE_POINT_TO_POINT },
    { "2001:db8:1::9", FRAM_INTERFACE_TEMPORARY },
    { "2001:db8:1::1", FRAM_INTERFACE_NONE },
    { "198.51.100.1", FRAM_INTERFACE_NONE },
    { "2001:db8:2::1", FRAM_INTERFACE_POINT_TO_POINT },
    { "203.0.113.1", FRAM_INTERFACE_POINT_TO_POINT },
    { "fe80::1", FRAM_INTERFACE_NONE },
    { "::1", FRAM_INTERFACE_LOOPBACK },
    { "127.0.0.1", FRAM_INTERFACE_LOOPBACK },
  };
  FramAddress preferred[2];
  g_autoptr (GArray) addresses
      = g_array_new (FALSE, FALSE, sizeof (FramInterfaceAddress));

  for (guint i = 0; i < G_N_ELEMENTS (sorted); i++)
    {
      /* 7 and 10 have no common divisor: each comes once, out of order. */
      guint place = i * 7 % G_N_ELEMENTS (sorted);
      FramInterfaceAddress row = { .index = 1, .flags = sorted[place].flags };

      g_assert_true (fram_address_parse_ip (&row.address, sorted[place].ip, 0));
      g_array_append_val (addresses, row);
    }
  g_assert_true (fram_address_parse_ip (&preferred[0], sorted[0].ip, 0));
  g_assert_true (fram_address_parse_ip (&preferred[1], sorted[1].ip, 0));
  fram_interfaces_sort (addresses, preferred, 2);
  for (guint i = 0; i < G_N_ELEMENTS (sorted); i++)
    g_assert_cmpuint (find_place (addresses, sorted[i].ip), ==, i);
}

static void
test_changes_are_told_together (void)
{
  g_auto (NetworkLog) log;

  network_log_init (&log);
  g_assert_null (find (log.addresses, "10.7.1.1"));

  namespace_run ("ip addr add 10.7.1.1/24 dev eth7");
  namespace_run ("ip addr add 10.7.2.1/24 dev eth7");
  namespace_run ("ip addr del 10.7.0.1/24 dev eth7");
  network_log_await_address (&log, "10.7.2.1", TRUE);
  g_assert_cmpuint (log.n_addresses_told, ==, 2);
  g_assert_nonnull (find (log.addresses, "10.7.1.1"));
  g_assert_null (find (log.addresses, "10.7.0.1"));

  /* What changes nothing that is told is not told. */
  namespace_run ("ip link set eth7 mtu 1400");
  namespace_run ("ip link set eth7 down");
  network_log_await_address (&log, "10.7.2.1", FALSE);
  g_assert_cmpuint (log.n_addresses_told, ==, 3);
}

/* No clock of ours tells the end of an address: the kernel does. */
static void
test_lifetime_ends (void)
{
  g_auto (NetworkLog) log;

  namespace_run ("ip link set eth7 up");
  namespace_run ("ip addr add 10.7.3.1/24 dev eth7");
  namespace_run ("ip addr add 10.7.4.1/24 dev eth7 valid_lft 1 preferred_lft 1");
  network_log_init (&log);
  network_log_await_address (&log, "10.7.4.1", TRUE);
  network_log_await_address (&log, "10.7.4.1", FALSE);
  g_assert_nonnull (find (log.addresses, "10.7.3.1"));
  namespace_run ("ip addr del 10.7.3.1/24 dev eth7");
  network_log_await_address (&log, "10.7.3.1", FALSE);
}

int
main (int argc, char *argv[])
{
  namespace_enter ();
  g_test_init (&argc, &argv, NULL);
  /* Each furnishes the namespace further. */
  g_test_add_func ("/interfaces/1-down", test_down);
  g_test_add_func ("/interfaces/2-loopback", test_loopback);
  g_test_add_func ("/interfaces/3-kinds", test_kinds);
  g_test_add_func ("/interfaces/4-link-local", test_link_local);
  g_test_add_func ("/interfaces/5-order", test_order);
  g_test_add_func ("/interfaces/6-changes", test_changes_are_told_together);
  g_test_add_func ("/interfaces/7-lifetime", test_lifetime_ends);
  g_test_add_func ("/interfaces/sort", test_sort);
  return g_test_run ();
}
