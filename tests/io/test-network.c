/* Which network the host is attached to, in namespaces that each test furnishes.  Gateways
 * are entries of the neighbour table. */
#include "namespace.h"
#include "network-log.h"

#include <string.h>

#define ONE "02:00:00:00:00:01"
#define TWO "02:00:00:00:00:02"
#define VIA_ONE ONE " 10.1.0.0/24 eth1"
#define VIA_TWO TWO " 10.2.0.0/24 eth2"

/* Two links with a network each, 10.1.0.0/24 and 10.2.0.0/24, and no addresses that come by
 * themselves. */
static void
furnish (void)
{
  static const char *const expected[] = { "10.1.0.2", "10.2.0.2", NULL };

  namespace_enter ();
  namespace_run_batch ("link set lo up\n"
                       "link add eth1 type veth peer name far1\n"
                       "link add eth2 type veth peer name far2\n"
                       "link set eth1 addrgenmode none\n"
                       "link set eth2 addrgenmode none\n"
                       "link set far1 addrgenmode none\n"
                       "link set far2 addrgenmode none\n"
                       "link set far1 up\n"
                       "link set far2 up\n"
                       "link set eth1 up\n"
                       "link set eth2 up\n"
                       "addr add 10.1.0.2/24 dev eth1\n"
                       "addr add 10.2.0.2/24 dev eth2\n");
  namespace_await_addresses (expected);
}

static void
furnish_two_gateways (void)
{
  furnish ();
  namespace_run ("ip neigh replace 10.1.0.1 lladdr " ONE " dev eth1");
  namespace_run ("ip neigh replace 10.2.0.1 lladdr " TWO " dev eth2");
}

static void
test_resolved_later (void)
{
  g_auto (NetworkLog) log;
  guint n_readings;

  furnish ();
  namespace_run ("ip route add default via 10.1.0.1");
  network_log_init (&log);
  g_assert_null (fram_network_watch_get_network (log.watch));
  n_readings = network_log_get_stats (&log).n_readings;

  namespace_run ("ip neigh replace 10.1.0.1 lladdr " ONE " dev eth1 nud stale");
  network_log_await_network (&log, VIA_ONE);
  network_log_assert_networks (&log, VIA_ONE);
  /* The gateway alone was asked for. */
  g_assert_cmpuint (network_log_get_stats (&log).n_readings, ==, n_readings);
  g_assert_cmpuint (network_log_get_stats (&log).n_resolutions, ==, 1);
}

static void
test_known_at_the_start (void)
{
  g_auto (NetworkLog) log;

  furnish_two_gateways ();
  namespace_run ("ip route add default via 10.1.0.1");
  network_log_init (&log);
  network_log_assert_networks (&log, VIA_ONE);
  g_assert_cmpuint (log.n_networks_before, ==, 1);
}

/* The same addresses, but another router. */
static void
test_gateway_replaced (void)
{
  g_auto (NetworkLog) log;

  furnish_two_gateways ();
  namespace_run ("ip route add default via 10.1.0.1");
  network_log_init (&log);
  namespace_run ("ip neigh replace 10.1.0.1 lladdr " TWO " dev eth1");
  network_log_await_network (&log, TWO " 10.1.0.0/24 eth1");
  network_log_assert_networks (&log, VIA_ONE ", none, " TWO " 10.1.0.0/24 eth1");
  g_assert_cmpuint (log.n_addresses_told, ==, 1);
}

/* It is known who it was, unless the link was down: then it may be anybody. */
static void
test_gateway_forgotten (void)
{
  g_auto (NetworkLog) log;

  furnish_two_gateways ();
  namespace_run ("ip route add default via 10.1.0.1");
  network_log_init (&log);
  namespace_run ("ip neigh del 10.1.0.1 dev eth1");
  namespace_run ("ip addr add 10.2.0.3/24 dev eth2");
  network_log_await_address (&log, "10.2.0.3", TRUE);
  network_log_assert_networks (&log, VIA_ONE);

  namespace_run ("ip link set eth1 down");
  namespace_run ("ip link set eth1 up");
  namespace_run ("ip route add default via 10.1.0.1");
  network_log_await_network (&log, "none");
  namespace_run ("ip addr add 10.2.0.4/24 dev eth2");
  network_log_await_address (&log, "10.2.0.4", TRUE);
  network_log_assert_networks (&log, VIA_ONE ", none");

  namespace_run ("ip neigh replace 10.1.0.1 lladdr " ONE " dev eth1");
  network_log_await_network (&log, VIA_ONE);
  network_log_assert_networks (&log, VIA_ONE ", none, " VIA_ONE);
}

static void
test_carrier_lost (void)
{
  g_auto (NetworkLog) log;

  furnish_two_gateways ();
  namespace_run ("ip route add default via 10.1.0.1 metric 10");
  namespace_run ("ip route add default via 10.2.0.1 metric 20");
  network_log_init (&log);
  namespace_run ("ip link set far1 down");
  network_log_await_network (&log, VIA_TWO);
  network_log_assert_networks (&log, VIA_ONE ", none, " VIA_TWO);
  network_log_await_address (&log, "10.1.0.2", FALSE);
}

static void
test_route_moves (void)
{
  g_auto (NetworkLog) log;

  furnish_two_gateways ();
  namespace_run ("ip route add default via 10.1.0.1");
  network_log_init (&log);
  network_log_await_first (&log, "10.1.0.2");

  namespace_run ("ip route replace default via 10.2.0.1");
  network_log_await_first (&log, "10.2.0.2");
  network_log_assert_networks (&log, VIA_ONE ", none, " VIA_TWO);
  /* Who gathers on the new addresses knows of their network. */
  g_assert_cmpuint (log.n_networks_before, ==, 3);

  namespace_run ("ip route del default");
  network_log_await_network (&log, "none");
  network_log_assert_networks (&log, VIA_ONE ", none, " VIA_TWO ", none");
}

static void
test_order_by_metric (void)
{
  g_auto (NetworkLog) log;

  furnish_two_gateways ();
  namespace_run ("ip route add default via 10.1.0.1 metric 100");
  namespace_run ("ip route add default via 10.2.0.1 metric 200");
  network_log_init (&log);
  network_log_await_first (&log, "10.1.0.2");
  network_log_assert_networks (&log, VIA_ONE);
  g_assert_cmpuint (log.n_addresses_told, ==, 1);

  namespace_run ("ip route add default via 10.2.0.1 metric 50");
  network_log_await_first (&log, "10.2.0.2");
  network_log_assert_networks (&log, VIA_ONE ", none, " VIA_TWO);
  g_assert_cmpuint (log.n_addresses_told, ==, 2);
}

/* As a VPN does it: packets take another way, the host stays where it is. */
static void
test_rules (void)
{
  g_auto (NetworkLog) log;

  furnish_two_gateways ();
  namespace_run ("ip route add default via 10.1.0.1");
  namespace_run ("ip route add default via 10.2.0.1 table 77");
  network_log_init (&log);
  network_log_await_first (&log, "10.1.0.2");
  namespace_run ("ip rule add from all lookup 77 priority 77");
  network_log_await_first (&log, "10.2.0.2");
  network_log_assert_networks (&log, VIA_ONE);

  namespace_run ("ip -6 rule add from all lookup 78 priority 78");
  namespace_run ("ip rule del priority 77");
  network_log_await_first (&log, "10.1.0.2");
  network_log_assert_networks (&log, VIA_ONE);
}

static void
test_ways_of_one_route (void)
{
  g_auto (NetworkLog) log;

  furnish_two_gateways ();
  namespace_run (
      "ip route add default nexthop via 10.2.0.1 dev eth2 nexthop via 10.1.0.1 dev eth1");
  network_log_init (&log);
  network_log_assert_networks (&log, VIA_ONE);
  namespace_run ("ip link set eth1 down");
  network_log_await_network (&log, VIA_TWO);
}

/* The prefix is that of the address which is used, and of which the gateway is a part. */
static void
test_several_prefixes (void)
{
  g_auto (NetworkLog) log;

  furnish_two_gateways ();
  namespace_run ("ip addr add 10.0.0.2/24 dev eth1");
  namespace_run ("ip route add default via 10.1.0.1");
  network_log_init (&log);
  network_log_assert_networks (&log, VIA_ONE);
  namespace_run ("ip route replace default via 10.1.0.1 src 10.0.0.2");
  network_log_await_network (&log, ONE " 10.0.0.0/24 eth1");
}

/* A tunnel has no link addresses, and no more has a link without ARP. */
static void
test_no_link_addresses (void)
{
  g_auto (NetworkLog) log;

  furnish ();
  namespace_run ("ip link set eth1 arp off");
  namespace_run ("ip route add default dev eth1");
  network_log_init (&log);
  network_log_assert_networks (&log, "- 10.1.0.0/24 eth1");
  namespace_run ("ip route replace default via 10.1.0.1 dev eth1");
  namespace_run ("ip addr add 10.2.0.3/24 dev eth2");
  network_log_await_address (&log, "10.2.0.3", TRUE);
  network_log_assert_networks (&log, "- 10.1.0.0/24 eth1");
}

/* Whoever answers on such a link may be on it, or not. */
static void
test_no_gateway (void)
{
  g_auto (NetworkLog) log;

  furnish_two_gateways ();
  namespace_run ("ip route add default dev eth1");
  network_log_init (&log);
  network_log_await_first (&log, "10.1.0.2");
  network_log_assert_networks (&log, "");
}

static void
test_no_route (void)
{
  g_auto (NetworkLog) log;

  furnish_two_gateways ();
  namespace_run ("ip route add blackhole default");
  network_log_init (&log);
  namespace_run ("ip addr add 10.2.0.3/24 dev eth2");
  network_log_await_address (&log, "10.2.0.3", TRUE);
  network_log_assert_networks (&log, "");
}

static void
test_ipv6 (void)
{
  static const char *const expected[] = { "2001:db8:1::2", NULL };
  g_auto (NetworkLog) log;

  furnish_two_gateways ();
  namespace_run ("ip addr del 10.1.0.2/24 dev eth1");
  namespace_run ("ip addr add 2001:db8:1::2/64 dev eth1 nodad");
  namespace_await_addresses (expected);
  namespace_run ("ip route add default via fe80::1 dev eth1");
  network_log_init (&log);
  network_log_assert_networks (&log, "");
  /* On another link it is somebody else. */
  namespace_run ("ip neigh replace fe80::1 lladdr " TWO " dev eth2");
  namespace_run ("ip neigh replace fe80::1 lladdr " ONE " dev eth1");
  network_log_await_network (&log, ONE " 2001:db8:1::/64 eth1");
  network_log_assert_networks (&log, ONE " 2001:db8:1::/64 eth1");

  /* IPv4 goes before. */
  namespace_run ("ip route add default via 10.2.0.1");
  network_log_await_network (&log, VIA_TWO);
}

static void
test_ipv4_over_ipv6 (void)
{
  g_auto (NetworkLog) log;

  furnish ();
  namespace_run ("ip neigh replace fe80::1 lladdr " ONE " dev eth1");
  namespace_run ("ip -4 route add default via inet6 fe80::1 dev eth1");
  network_log_init (&log);
  network_log_assert_networks (&log, VIA_ONE);
}

/* Of other neighbours, and of the gateway's address on another link. */
static GString *
make_noise (void)
{
  GString *noise = g_string_new ("neigh replace 10.1.0.1 lladdr " TWO " dev eth2\n");

  for (guint i = 2; i < 50; i++)
    g_string_append_printf (
        noise,
        "neigh replace 10.1.0.%u lladdr 02:00:00:00:01:%02x dev eth1\n"
        "neigh del 10.1.0.%u dev eth1\n",
        i, i, i);
  return noise;
}

static void
test_neighbours_are_noise (void)
{
  static const char *const gateways[] = { ONE, TWO, ONE, TWO };
  g_autoptr (GString) noise = make_noise ();
  g_auto (NetworkLog) log;
  guint n_readings;

  furnish ();
  namespace_run ("ip route add default via 10.1.0.1");
  network_log_init (&log);
  n_readings = network_log_get_stats (&log).n_readings;
  for (guint i = 0; i < G_N_ELEMENTS (gateways); i++)
    {
      g_autofree char *resolve = g_strdup_printf (
          "ip neigh replace 10.1.0.1 lladdr %s dev eth1 nud reachable", gateways[i]);
      g_autofree char *refresh = g_strdup_printf (
          "ip neigh replace 10.1.0.1 lladdr %s dev eth1 nud stale", gateways[i]);
      g_autofree char *expected = g_strdup_printf ("%s 10.1.0.0/24 eth1", gateways[i]);

      namespace_run_batch (noise->str);
      g_main_context_iteration (log.context, TRUE);
      namespace_run (resolve);
      network_log_await_network (&log, expected);
      namespace_run (refresh);
    }

  network_log_assert_networks (&log,
                               VIA_ONE ", none, " TWO " 10.1.0.0/24 eth1, none, " VIA_ONE
                                       ", none, " TWO " 10.1.0.0/24 eth1");
  g_assert_cmpuint (log.n_addresses_told, ==, 1);
  g_assert_cmpuint (network_log_get_stats (&log).n_resolutions, ==,
                    G_N_ELEMENTS (gateways));
  /* The links' own state may be told late, once for each. */
  g_assert_cmpuint (network_log_get_stats (&log).n_readings - n_readings, <=, 2);
}

static GString *
make_flood (guint n_changes)
{
  GString *flood = g_string_new (NULL);

  for (guint i = 0; i < n_changes / 2; i++)
    g_string_append_printf (flood,
                            "addr add 10.3.%u.%u/32 dev eth2\n"
                            "addr del 10.3.%u.%u/32 dev eth2\n",
                            i / 250, i % 250, i / 250, i % 250);
  g_string_append (flood, "addr add 10.2.0.9/24 dev eth2\n");
  return flood;
}

/* All at once, more than the kernel keeps for the watch: it looks once, and once more if it
 * began in the middle. */
static void
test_flood_at_once (void)
{
  g_autoptr (GString) flood = make_flood (1000);
  g_auto (NetworkLog) log;

  furnish_two_gateways ();
  namespace_run ("ip route add default via 10.1.0.1");
  network_log_init (&log);
  namespace_run_batch (flood->str);
  network_log_await_address (&log, "10.2.0.9", TRUE);

  g_assert_cmpuint (network_log_get_stats (&log).n_readings, <=, 3);
  g_assert_cmpuint (network_log_get_stats (&log).n_heard, <=, 4);
  network_log_assert_networks (&log, VIA_ONE);
}

/* It goes on while the watch looks, ever more rarely. */
static void
test_flood_goes_on (void)
{
  g_autoptr (GString) flood = make_flood (12000);
  g_auto (NetworkLog) log;

  furnish_two_gateways ();
  namespace_run ("ip route add default via 10.1.0.1");
  network_log_init (&log);
  namespace_start_batch (flood->str);
  network_log_await_address (&log, "10.2.0.9", TRUE);

  g_test_message ("%u readings", network_log_get_stats (&log).n_readings);
  g_assert_cmpuint (network_log_get_stats (&log).n_readings, <=, 12);
  g_assert_cmpuint (network_log_get_stats (&log).n_heard, <=, 24);
  network_log_assert_networks (&log, VIA_ONE);
}

int
main (int argc, char *argv[])
{
  namespace_enter ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/known-at-the-start", test_known_at_the_start);
  g_test_add_func ("/network/resolved-later", test_resolved_later);
  g_test_add_func ("/network/gateway-replaced", test_gateway_replaced);
  g_test_add_func ("/network/gateway-forgotten", test_gateway_forgotten);
  g_test_add_func ("/network/carrier-lost", test_carrier_lost);
  g_test_add_func ("/network/route-moves", test_route_moves);
  g_test_add_func ("/network/order-by-metric", test_order_by_metric);
  g_test_add_func ("/network/rules", test_rules);
  g_test_add_func ("/network/ways-of-one-route", test_ways_of_one_route);
  g_test_add_func ("/network/several-prefixes", test_several_prefixes);
  g_test_add_func ("/network/no-link-addresses", test_no_link_addresses);
  g_test_add_func ("/network/no-gateway", test_no_gateway);
  g_test_add_func ("/network/no-route", test_no_route);
  g_test_add_func ("/network/ipv6", test_ipv6);
  g_test_add_func ("/network/ipv4-over-ipv6", test_ipv4_over_ipv6);
  g_test_add_func ("/network/neighbours-are-noise", test_neighbours_are_noise);
  g_test_add_func ("/network/flood/at-once", test_flood_at_once);
  g_test_add_func ("/network/flood/goes-on", test_flood_goes_on);
  return g_test_run ();
}
