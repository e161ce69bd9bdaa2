/* The simulated NAT and firewall behave as RFC 4787 names them. */
#include <glib.h>

#include "firewall.h"
#include "nat.h"

#define LIFETIME FRAM_SECONDS (30)

typedef struct
{
  SimDice dice;
  SimNat *nat;
  FramAddress inner, remote, other_port, other_host;
} Bench;

static FramAddress
address (const char *text)
{
  FramAddress parsed;

  g_assert_true (fram_address_parse (&parsed, text));
  return parsed;
}

static void
bench_init (Bench *bench, SimDependence mapping, SimDependence filtering, SimPorts ports)
{
  const SimNatKind kind = { mapping, filtering, ports, FALSE, FALSE, LIFETIME };
  FramAddress external;

  sim_dice_init (&bench->dice, 1);
  g_assert_true (fram_address_parse_ip (&external, "203.0.113.9", 0));
  bench->nat = sim_nat_new (&kind, &external, &bench->dice);
  bench->inner = address ("192.168.1.2:5000");
  bench->remote = address ("198.51.100.1:3478");
  bench->other_port = address ("198.51.100.1:3479");
  bench->other_host = address ("198.51.100.2:3478");
}

static FramAddress
mapped (Bench *bench, const FramAddress *inner, const FramAddress *remote, FramTime now)
{
  FramAddress source = *inner;

  sim_nat_outbound (bench->nat, &source, remote, now);
  return source;
}

static gboolean
enters (Bench *bench, const FramAddress *remote, FramAddress external, FramTime now)
{
  gboolean passed = sim_nat_inbound (bench->nat, remote, &external, now);

  if (passed)
    g_assert_true (fram_address_equal (&external, &bench->inner));
  return passed;
}

static void
test_mapping (gconstpointer data)
{
  SimDependence mapping = (SimDependence) GPOINTER_TO_INT (data);
  FramAddress first, second, third;
  Bench bench;

  bench_init (&bench, mapping, SIM_DEPENDS_ON_NOTHING, SIM_PORTS_RANDOM);
  first = mapped (&bench, &bench.inner, &bench.remote, 0);
  second = mapped (&bench, &bench.inner, &bench.other_port, 0);
  third = mapped (&bench, &bench.inner, &bench.other_host, 0);
  g_assert_cmpint (fram_address_equal (&first, &second), ==,
                   mapping != SIM_DEPENDS_ON_ADDRESS_AND_PORT);
  g_assert_cmpint (fram_address_equal (&first, &third), ==,
                   mapping == SIM_DEPENDS_ON_NOTHING);
  sim_nat_free (bench.nat);
}

static void
test_filtering (gconstpointer data)
{
  SimDependence filtering = (SimDependence) GPOINTER_TO_INT (data);
  FramAddress external;
  Bench bench;

  bench_init (&bench, SIM_DEPENDS_ON_NOTHING, filtering, SIM_PORTS_RANDOM);
  external = mapped (&bench, &bench.inner, &bench.remote, 0);
  g_assert_true (enters (&bench, &bench.remote, external, 1));
  g_assert_cmpint (enters (&bench, &bench.other_port, external, 1), ==,
                   filtering != SIM_DEPENDS_ON_ADDRESS_AND_PORT);
  g_assert_cmpint (enters (&bench, &bench.other_host, external, 1), ==,
                   filtering == SIM_DEPENDS_ON_NOTHING);
  external.port++;
  g_assert_false (enters (&bench, &bench.remote, external, 1));
  sim_nat_free (bench.nat);
}

static void
test_lifetime (void)
{
  FramAddress external, later;
  Bench bench;

  bench_init (&bench, SIM_DEPENDS_ON_NOTHING, SIM_DEPENDS_ON_ADDRESS, SIM_PORTS_RANDOM);
  external = mapped (&bench, &bench.inner, &bench.remote, 0);
  g_assert_true (enters (&bench, &bench.remote, external, LIFETIME - 1));
  g_assert_false (enters (&bench, &bench.remote, external, LIFETIME));
  g_assert_cmpuint (sim_nat_get_n_mappings (bench.nat), ==, 0);

  later = mapped (&bench, &bench.inner, &bench.remote, LIFETIME);
  g_assert_false (fram_address_equal (&external, &later));
  /* Packets to another host keep the mapping, but not the permission. */
  mapped (&bench, &bench.inner, &bench.other_host, 2 * LIFETIME - 1);
  g_assert_false (enters (&bench, &bench.remote, later, 2 * LIFETIME));
  g_assert_true (enters (&bench, &bench.other_host, later, 2 * LIFETIME));
  sim_nat_free (bench.nat);
}

static void
test_ports (void)
{
  FramAddress second_inner = address ("192.168.1.3:5000"), first, second;
  Bench bench;

  bench_init (&bench, SIM_DEPENDS_ON_NOTHING, SIM_DEPENDS_ON_NOTHING,
              SIM_PORTS_PRESERVED);
  first = mapped (&bench, &bench.inner, &bench.remote, 0);
  second = mapped (&bench, &second_inner, &bench.remote, 0);
  g_assert_cmpuint (first.port, ==, 5000);
  g_assert_cmpuint (second.port, !=, 5000);
  sim_nat_free (bench.nat);
}

static void
test_overloaded_ports (void)
{
  FramAddress second_inner = address ("192.168.1.3:5000"), first, second, third;
  Bench bench;

  bench_init (&bench, SIM_DEPENDS_ON_ADDRESS_AND_PORT, SIM_DEPENDS_ON_ADDRESS_AND_PORT,
              SIM_PORTS_OVERLOADED);
  first = mapped (&bench, &bench.inner, &bench.remote, 0);
  second = mapped (&bench, &bench.inner, &bench.other_host, 0);
  third = mapped (&bench, &second_inner, &bench.remote, 0);
  g_assert_cmpuint (first.port, ==, 5000);
  g_assert_cmpuint (second.port, ==, 5000);
  g_assert_cmpuint (third.port, !=, 5000);
  g_assert_true (enters (&bench, &bench.remote, first, 1));
  g_assert_true (enters (&bench, &bench.other_host, second, 1));
  g_assert_false (enters (&bench, &bench.other_port, second, 1));
  sim_nat_free (bench.nat);
}

static void
test_firewall (void)
{
  g_autoptr (SimFirewall) stateful = sim_firewall_new (SIM_FIREWALL_STATEFUL, LIFETIME);
  g_autoptr (SimFirewall) dns = sim_firewall_new (SIM_FIREWALL_DNS_ONLY, LIFETIME);
  g_autoptr (SimFirewall) none = sim_firewall_new (SIM_FIREWALL_NO_UDP, LIFETIME);
  FramAddress inner = address ("203.0.113.2:5000"), outer = address ("192.0.2.1:6000");
  FramAddress resolver = address ("192.0.2.1:53");

  g_assert_false (sim_firewall_inbound (stateful, &outer, &inner, 0));
  g_assert_true (sim_firewall_outbound (stateful, &inner, &outer, 0));
  g_assert_true (sim_firewall_inbound (stateful, &outer, &inner, 1));
  g_assert_false (sim_firewall_inbound (stateful, &resolver, &inner, 1));
  g_assert_false (sim_firewall_inbound (stateful, &outer, &inner, 1 + LIFETIME));
  g_assert_false (sim_firewall_outbound (dns, &inner, &outer, 0));
  g_assert_true (sim_firewall_outbound (dns, &inner, &resolver, 0));
  g_assert_true (sim_firewall_inbound (dns, &resolver, &inner, 0));
  g_assert_false (sim_firewall_outbound (none, &inner, &resolver, 0));
  g_assert_false (sim_firewall_inbound (none, &resolver, &inner, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (SimDependence d = SIM_DEPENDS_ON_NOTHING; d <= SIM_DEPENDS_ON_ADDRESS_AND_PORT;
       d++)
    {
      g_autofree char *mapping
          = g_strdup_printf ("/nat/mapping/%s", sim_dependence_to_text (d));
      g_autofree char *filtering
          = g_strdup_printf ("/nat/filtering/%s", sim_dependence_to_text (d));

      g_test_add_data_func (mapping, GINT_TO_POINTER (d), test_mapping);
      g_test_add_data_func (filtering, GINT_TO_POINTER (d), test_filtering);
    }
  g_test_add_func ("/nat/lifetime", test_lifetime);
  g_test_add_func ("/nat/ports-preserved", test_ports);
  g_test_add_func ("/nat/ports-overloaded", test_overloaded_ports);
  g_test_add_func ("/firewall", test_firewall);
  return g_test_run ();
}
