/* The behaviour of all kinds of NATs and firewalls is found out, by good servers and bad
 * ones, over good networks and bad ones. */
#include "nat-probe-world.h"

#include <string.h>

static const FramNatDependence dependences[] = {
  [SIM_DEPENDS_ON_NOTHING] = FRAM_NAT_ENDPOINT_INDEPENDENT,
  [SIM_DEPENDS_ON_ADDRESS] = FRAM_NAT_ADDRESS_DEPENDENT,
  [SIM_DEPENDS_ON_ADDRESS_AND_PORT] = FRAM_NAT_ADDRESS_AND_PORT_DEPENDENT,
};

#define N_KINDS (3 * 3 * 2 * 3)

/* All nine pairs of mapping and filtering, with and without hairpin, three kinds of ports. */
static SimNatKind
kind_number (guint i)
{
  return (SimNatKind){
    .mapping = (SimDependence) (i % 3),
    .filtering = (SimDependence) (i / 3 % 3),
    .hairpin = i / 9 % 2,
    .ports = (SimPorts) (i / 18),
    .inbound_refreshes = TRUE,
    .lifetime = FRAM_SECONDS (120),
  };
}

/* Where ports are kept though mappings depend on the destination, all mappings look alike,
 * and by that are. */
static SimNatKind
as_seen (const SimNatKind *kind)
{
  SimNatKind seen = *kind;

  if (kind->ports == SIM_PORTS_OVERLOADED)
    seen.mapping = SIM_DEPENDS_ON_NOTHING;
  return seen;
}

static FramNatAnswer
expected_hairpin (const SimNatKind *seen)
{
  if (seen->mapping != SIM_DEPENDS_ON_NOTHING
      && seen->filtering != SIM_DEPENDS_ON_NOTHING)
    return FRAM_NAT_UNKNOWN;
  return seen->hairpin ? FRAM_NAT_YES : FRAM_NAT_NO;
}

static void
assert_kind (const SimNatKind *kind, const FramNatBehaviour *result)
{
  SimNatKind seen = as_seen (kind);

  g_assert_cmpint (result->server_answers, ==, FRAM_NAT_YES);
  g_assert_cmpint (result->server_helps, ==, FRAM_NAT_YES);
  g_assert_cmpint (result->translated, ==, FRAM_NAT_YES);
  g_assert_cmpint (result->mapping, ==, dependences[seen.mapping]);
  g_assert_cmpint (result->filtering, ==, dependences[seen.filtering]);
  g_assert_cmpint (result->hairpin, ==, expected_hairpin (&seen));
}

static void
test_all_kinds (void)
{
  static const guint delays[] = { 1, 20, 150 };
  FramTime longest = 0;
  guint most = 0;

  for (guint i = 0; i < N_KINDS; i++)
    for (guint d = 0; d < G_N_ELEMENTS (delays); d++)
      {
        SimNatKind kind = kind_number (i);
        ProbeWorld self;

        probe_world_init (&self, i);
        self.world.delay = FRAM_MILLISECONDS (delays[d]);
        nat_world_set_nat (&self.world, &kind);
        assert_kind (&kind, probe_world_run (&self));
        g_assert_cmpint (fram_nat_probe_get_result (self.probe)->rtt, ==,
                         2 * self.world.delay);
        g_assert_true (fram_address_equal_ip (
            &fram_nat_probe_get_result (self.probe)->mapped, &self.world.external));
        if (delays[d] == 20)
          longest = MAX (longest, self.took);
        most = MAX (most, self.world.n_sent);
        probe_world_clear (&self);
      }
  g_test_message ("%u kinds: at most %u packets; %.2f s at a round trip of 40 ms",
                  N_KINDS, most, (double) longest / FRAM_SECONDS (1));
  g_assert_cmpuint (most, <=, 30);
  g_assert_cmpint (longest, <=, FRAM_MILLISECONDS (1800));
}

static void
test_ports (void)
{
  static const FramNatAnswer answers[] = {
    [SIM_PORTS_RANDOM] = FRAM_NAT_NO,
    [SIM_PORTS_PRESERVED] = FRAM_NAT_YES,
    [SIM_PORTS_OVERLOADED] = FRAM_NAT_YES,
  };

  for (guint i = 0; i < 3; i++)
    {
      SimNatKind kind = { .ports = (SimPorts) i, .lifetime = FRAM_SECONDS (120) };
      ProbeWorld self;

      probe_world_init (&self, i);
      nat_world_set_nat (&self.world, &kind);
      g_assert_cmpint (probe_world_run (&self)->keeps_port, ==, answers[i]);
      probe_world_clear (&self);
    }
}

static void
test_open (void)
{
  const FramNatBehaviour *result;
  ProbeWorld self;

  probe_world_init (&self, 1);
  nat_world_go_public (&self.world);
  result = probe_world_run (&self);
  g_assert_cmpint (result->translated, ==, FRAM_NAT_NO);
  g_assert_cmpint (result->mapping, ==, FRAM_NAT_ENDPOINT_INDEPENDENT);
  g_assert_cmpint (result->filtering, ==, FRAM_NAT_ENDPOINT_INDEPENDENT);
  g_assert_cmpint (result->hairpin, ==, FRAM_NAT_UNKNOWN);
  g_assert_cmpint (result->keeps_port, ==, FRAM_NAT_YES);
  g_assert_true (fram_address_equal (&result->mapped, &result->local));
  g_assert_cmpint (fram_nat_behaviour_get_kind (result), ==, FRAM_NAT_KIND_OPEN);
  probe_world_clear (&self);
}

static void
test_firewall (void)
{
  const FramNatBehaviour *result;
  ProbeWorld self;

  probe_world_init (&self, 1);
  nat_world_go_public (&self.world);
  nat_world_set_firewall (&self.world, SIM_FIREWALL_STATEFUL, FRAM_SECONDS (30));
  result = probe_world_run (&self);
  g_assert_cmpint (result->translated, ==, FRAM_NAT_NO);
  g_assert_cmpint (result->mapping, ==, FRAM_NAT_ENDPOINT_INDEPENDENT);
  g_assert_cmpint (result->filtering, ==, FRAM_NAT_ADDRESS_AND_PORT_DEPENDENT);
  g_assert_cmpint (fram_nat_behaviour_get_kind (result), ==, FRAM_NAT_KIND_FIREWALL);
  probe_world_clear (&self);
}

static void
test_blocked (void)
{
  for (guint second = 0; second < 2; second++)
    {
      const FramNatBehaviour *result;
      ProbeWorld self;

      probe_world_init (&self, second);
      nat_world_set_firewall (&self.world, SIM_FIREWALL_NO_UDP, FRAM_SECONDS (30));
      if (second)
        self.config.second = self.world.servers[1].first;
      result = probe_world_run (&self);
      g_assert_cmpint (result->server_answers, ==, FRAM_NAT_NO);
      g_assert_cmpint (result->second_answers, ==,
                       second ? FRAM_NAT_NO : FRAM_NAT_UNKNOWN);
      g_assert_cmpint (result->rtt, ==, -1);
      g_assert_cmpint (result->mapped.family, ==, FRAM_FAMILY_NONE);
      g_assert_cmpint (result->translated, ==, FRAM_NAT_UNKNOWN);
      g_assert_cmpint (fram_nat_behaviour_get_kind (result), ==, FRAM_NAT_KIND_BLOCKED);
      g_test_message ("blocked, %u server(s): %u packets, %.2f s", second + 1,
                      self.world.n_sent, (double) self.took / FRAM_SECONDS (1));
      probe_world_clear (&self);
    }
}

/* Another server is there: UDP is not blocked. */
static void
test_deaf_server (void)
{
  SimNatKind kind = kind_number (0);
  const FramNatBehaviour *result;
  ProbeWorld self;

  probe_world_init (&self, 1);
  nat_world_set_nat (&self.world, &kind);
  self.world.servers[0].faults = NAT_SERVER_DEAF;
  self.config.second = self.world.servers[1].first;
  result = probe_world_run (&self);
  g_assert_cmpint (result->server_answers, ==, FRAM_NAT_NO);
  g_assert_cmpint (result->second_answers, ==, FRAM_NAT_YES);
  g_assert_cmpint (result->translated, ==, FRAM_NAT_YES);
  g_assert_true (fram_address_equal_ip (&result->mapped, &self.world.external));
  g_assert_cmpint (result->mapping, ==, FRAM_NAT_DEPENDENCE_UNKNOWN);
  g_assert_cmpint (fram_nat_behaviour_get_kind (result), ==, FRAM_NAT_KIND_UNKNOWN);
  probe_world_clear (&self);
}

/* The port is closed: an ICMP error ends it at once. */
static void
test_unreachable (void)
{
  FramNatProbeConfig config = { 0 };
  FramNatProbe *probe;
  FramNatEvent event;
  ProbeWorld self;
  guint n = 0;

  probe_world_init (&self, 1);
  config.server = self.world.servers[0].first;
  memcpy (config.local, self.world.local, sizeof config.local);
  probe = fram_nat_probe_new (&config, &self.world.dice.random, 0);
  g_assert_true (fram_nat_probe_send (probe, 0));
  fram_nat_probe_told_unreachable (probe, FRAM_NAT_SOCKET_FILTERING, &config.server, 5);
  g_assert_cmpint (fram_nat_probe_get_result (probe)->server_answers, ==,
                   FRAM_NAT_UNKNOWN);
  fram_nat_probe_told_unreachable (probe, FRAM_NAT_SOCKET_MAPPING, &config.server, 9);
  g_assert_cmpint (fram_nat_probe_get_result (probe)->server_answers, ==, FRAM_NAT_NO);
  while (fram_nat_probe_pop (probe, &event))
    n++;
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpint (event.type, ==, FRAM_NAT_EVENT_DONE);
  g_assert_cmpint (fram_nat_probe_deadline (probe), ==, FRAM_TIME_NEVER);
  fram_nat_probe_free (probe);
  probe_world_clear (&self);
}

/* A server with one address tells of the mapping only by the help of another server. */
static void
test_single_server (void)
{
  for (guint i = 0; i < 9 * 2; i++)
    {
      SimNatKind kind = kind_number (i % 9);
      gboolean second = i >= 9;
      FramNatDependence expected = FRAM_NAT_DEPENDENCE_UNKNOWN;
      const FramNatBehaviour *result;
      ProbeWorld self;

      if (second)
        expected = kind.mapping == SIM_DEPENDS_ON_NOTHING ? FRAM_NAT_ENDPOINT_INDEPENDENT
                                                          : FRAM_NAT_DEPENDENT;
      probe_world_init (&self, i);
      nat_world_set_nat (&self.world, &kind);
      self.world.servers[0].faults = NAT_SERVER_SINGLE;
      if (second)
        self.config.second = self.world.servers[1].first;
      result = probe_world_run (&self);
      g_assert_cmpint (result->server_answers, ==, FRAM_NAT_YES);
      g_assert_cmpint (result->server_helps, ==, FRAM_NAT_NO);
      g_assert_cmpint (result->mapping, ==, expected);
      g_assert_cmpint (result->filtering, ==, FRAM_NAT_DEPENDENCE_UNKNOWN);
      probe_world_clear (&self);
    }
}

/* Two ports of one address are no second server. */
static void
test_second_is_first (void)
{
  SimNatKind kind = kind_number (1);
  ProbeWorld self;

  probe_world_init (&self, 1);
  nat_world_set_nat (&self.world, &kind);
  self.world.servers[0].faults = NAT_SERVER_SINGLE;
  self.config.second = self.world.servers[0].first;
  self.config.second.port++;
  g_assert_cmpint (probe_world_run (&self)->mapping, ==, FRAM_NAT_DEPENDENCE_UNKNOWN);
  g_assert_cmpint (fram_nat_probe_get_result (self.probe)->second_answers, ==,
                   FRAM_NAT_UNKNOWN);
  probe_world_clear (&self);
}

/* The second address is told but dead: its silence is no filter. */
static void
test_other_address_dead (void)
{
  for (guint i = 0; i < 9; i++)
    {
      SimNatKind kind = kind_number (i);
      const FramNatBehaviour *result;
      ProbeWorld self;

      probe_world_init (&self, i);
      nat_world_set_nat (&self.world, &kind);
      self.world.servers[0].faults = NAT_SERVER_OTHER_DEAF;
      fram_address_parse (&self.world.servers[0].told, "203.0.113.3:3479");
      self.config.second = self.world.servers[1].first;
      result = probe_world_run (&self);
      g_assert_cmpint (result->second_answers, ==, FRAM_NAT_YES);
      g_assert_cmpint (result->mapping, ==,
                       kind.mapping == SIM_DEPENDS_ON_NOTHING
                           ? FRAM_NAT_ENDPOINT_INDEPENDENT
                           : FRAM_NAT_DEPENDENT);
      g_assert_cmpint (result->filtering, ==,
                       kind.filtering == SIM_DEPENDS_ON_NOTHING
                           ? FRAM_NAT_ENDPOINT_INDEPENDENT
                           : FRAM_NAT_DEPENDENCE_UNKNOWN);
      probe_world_clear (&self);
    }
}

/* Whatever it tells, nothing goes to this host, to the link or to everybody. */
static void
test_lying_server (void)
{
  static const char *const told[]
      = { "127.0.0.1:3479",   "169.254.1.1:3479", "224.0.0.251:5353", "255.255.255.255:9",
          "0.0.0.0:3479",     "203.0.113.3:0",    "203.0.113.2:3479", "203.0.113.3:3478",
          "[2001:db8::1]:53", "[::1]:3479" };

  for (guint i = 0; i < G_N_ELEMENTS (told); i++)
    {
      SimNatKind kind = kind_number (4);
      const FramNatBehaviour *result;
      ProbeWorld self;

      probe_world_init (&self, i);
      nat_world_set_nat (&self.world, &kind);
      g_assert_true (fram_address_parse (&self.world.servers[0].told, told[i]));
      result = probe_world_run (&self);
      g_assert_cmpint (result->server_answers, ==, FRAM_NAT_YES);
      g_assert_cmpint (result->server_helps, ==, FRAM_NAT_NO);
      g_assert_cmpint (result->mapping, ==, FRAM_NAT_DEPENDENCE_UNKNOWN);
      probe_world_clear (&self);
    }
}

/* The hairpin is tried by the mapped address that the server told: not where it may be
 * this host itself, or everybody. */
static void
test_lying_about_mapping (void)
{
  static const char *const seen[]
      = { "127.0.0.1:7", "169.254.1.1:7", "224.0.0.251:5353", "255.255.255.255:9",
          "0.0.0.0:7",   "192.0.2.1:0",   "[2001:db8::1]:53" };

  for (guint i = 0; i < G_N_ELEMENTS (seen); i++)
    {
      SimNatKind kind = kind_number (0);
      const FramNatBehaviour *result;
      ProbeWorld self;

      probe_world_init (&self, i);
      nat_world_set_nat (&self.world, &kind);
      g_assert_true (fram_address_parse (&self.world.servers[0].seen, seen[i]));
      result = probe_world_run (&self);
      g_assert_cmpint (result->server_answers, ==, FRAM_NAT_YES);
      g_assert_cmpint (result->mapped.family, ==, FRAM_FAMILY_NONE);
      g_assert_cmpuint (self.world.n_sent, ==, 1);
      probe_world_clear (&self);
    }
}

/* What a server that is no help leaves unknown, and nothing is claimed that is wrong. */
static void
test_bad_servers (void)
{
  static const struct
  {
    NatServerFaults faults;
    FramNatAnswer answers, helps;
    gboolean mapping; /* is found all the same */
  } cases[] = {
    { NAT_SERVER_IGNORES_CHANGE, FRAM_NAT_YES, FRAM_NAT_NO, TRUE },
    { NAT_SERVER_WRONG_SOURCE, FRAM_NAT_NO, FRAM_NAT_UNKNOWN, FALSE },
    { NAT_SERVER_BUSY, FRAM_NAT_YES, FRAM_NAT_UNKNOWN, FALSE },
    { NAT_SERVER_NO_ADDRESS, FRAM_NAT_YES, FRAM_NAT_UNKNOWN, FALSE },
    { NAT_SERVER_GARBLED, FRAM_NAT_NO, FRAM_NAT_UNKNOWN, FALSE },
    { NAT_SERVER_UNKNOWN_FIELD, FRAM_NAT_YES, FRAM_NAT_UNKNOWN, FALSE },
  };

  for (guint i = 0; i < 9 * G_N_ELEMENTS (cases); i++)
    {
      SimNatKind kind = kind_number (i % 9);
      const FramNatBehaviour *result;
      ProbeWorld self;

      probe_world_init (&self, i);
      nat_world_set_nat (&self.world, &kind);
      self.world.servers[0].faults = cases[i / 9].faults;
      result = probe_world_run (&self);
      g_assert_cmpint (result->server_answers, ==, cases[i / 9].answers);
      g_assert_cmpint (result->server_helps, ==, cases[i / 9].helps);
      g_assert_cmpint (result->mapping, ==,
                       cases[i / 9].mapping ? dependences[kind.mapping]
                                            : FRAM_NAT_DEPENDENCE_UNKNOWN);
      g_assert_cmpint (result->filtering, ==, FRAM_NAT_DEPENDENCE_UNKNOWN);
      probe_world_clear (&self);
    }
}

static guint
count_wrong (FramNatDependence found, FramNatDependence truth, guint *unknown)
{
  if (found == FRAM_NAT_DEPENDENCE_UNKNOWN || found == FRAM_NAT_DEPENDENT)
    {
      *unknown += 1;
      return 0;
    }
  return found != truth;
}

/* One packet in five lost on each way: of a thousand probes hardly any is wrong. */
static void
test_loss (void)
{
  guint n = 0, wrong = 0, unknown = 0, packets = 0;
  FramTime took = 0;

  for (guint i = 0; i < 1080; i++)
    {
      SimNatKind kind = kind_number (i % N_KINDS), seen = as_seen (&kind);
      const FramNatBehaviour *result;
      FramNatAnswer hairpin = expected_hairpin (&seen);
      ProbeWorld self;

      probe_world_init (&self, 1000 + i);
      self.world.loss = 0.2;
      nat_world_set_nat (&self.world, &kind);
      result = probe_world_run (&self);
      n += 3;
      wrong += count_wrong (result->mapping, dependences[seen.mapping], &unknown);
      wrong += count_wrong (result->filtering, dependences[seen.filtering], &unknown);
      wrong += result->hairpin != FRAM_NAT_UNKNOWN && result->hairpin != hairpin;
      unknown += result->hairpin == FRAM_NAT_UNKNOWN && hairpin != FRAM_NAT_UNKNOWN;
      packets += self.world.n_sent;
      took += self.took;
      probe_world_clear (&self);
    }
  g_test_message ("of %u verdicts %u wrong, %u unknown; %.1f packets, %.2f s on average",
                  n, wrong, unknown, packets / 1080.0,
                  (double) took / 1080 / FRAM_SECONDS (1));
  g_assert_cmpuint (wrong, <=, n / 500);
  g_assert_cmpuint (unknown, <=, n / 100);
}

/* The owner grants questions when it likes; the end comes in time all the same. */
static void
test_slow_path (void)
{
  static const guint delays[] = { 300, 700, 1300, 2600 };

  for (guint i = 0; i < G_N_ELEMENTS (delays); i++)
    {
      SimNatKind kind = kind_number (8);
      const FramNatBehaviour *result;
      ProbeWorld self;

      probe_world_init (&self, i);
      self.world.delay = FRAM_MILLISECONDS (delays[i]);
      nat_world_set_nat (&self.world, &kind);
      result = probe_world_run (&self);
      g_assert_true (result->filtering == FRAM_NAT_DEPENDENCE_UNKNOWN
                     || result->filtering == FRAM_NAT_ADDRESS_AND_PORT_DEPENDENT);
      g_assert_true (result->mapping == FRAM_NAT_DEPENDENCE_UNKNOWN
                     || result->mapping == FRAM_NAT_ADDRESS_AND_PORT_DEPENDENT);
      g_assert_cmpint (result->server_answers, !=,
                       delays[i] < 1500 ? FRAM_NAT_NO : FRAM_NAT_YES);
      probe_world_clear (&self);
    }
}

/* Nobody grants anything: the probe ends, and has found nothing. */
static void
test_never_granted (void)
{
  FramNatProbeConfig config = { 0 };
  g_autoptr (FramNatProbe) probe = NULL;
  FramNatEvent event;
  ProbeWorld self;

  probe_world_init (&self, 1);
  config.server = self.world.servers[0].first;
  memcpy (config.local, self.world.local, sizeof config.local);
  probe = fram_nat_probe_new (&config, &self.world.dice.random, 7);
  g_assert_cmpint (fram_nat_probe_send_due (probe), ==, 7);
  g_assert_cmpint (fram_nat_probe_deadline (probe), ==, 7 + FRAM_NAT_PROBE_LIMIT);
  fram_nat_probe_advance (probe, 7 + FRAM_NAT_PROBE_LIMIT);
  g_assert_true (fram_nat_probe_pop (probe, &event));
  g_assert_cmpint (event.type, ==, FRAM_NAT_EVENT_CHANGED);
  g_assert_true (fram_nat_probe_pop (probe, &event));
  g_assert_cmpint (event.type, ==, FRAM_NAT_EVENT_DONE);
  g_assert_cmpint (fram_nat_probe_send_due (probe), ==, FRAM_TIME_NEVER);
  g_assert_false (fram_nat_probe_send (probe, 0));
  g_assert_cmpint (fram_nat_probe_get_result (probe)->server_answers, ==,
                   FRAM_NAT_UNKNOWN);
  probe_world_clear (&self);
}

/* IPv6 has no NATs here, but firewalls. */
static void
test_ipv6 (void)
{
  const FramNatBehaviour *result;
  ProbeWorld self;

  probe_world_init (&self, 1);
  fram_address_parse (&self.world.servers[0].first, "[2001:db8:1::2]:3478");
  fram_address_parse (&self.world.servers[0].second, "[2001:db8:1::3]:3479");
  for (guint i = 0; i < NAT_WORLD_SOCKETS; i++)
    {
      guint16 port = self.world.local[i].port;

      fram_address_parse_ip (&self.world.local[i], "2001:db8:2::10", port);
    }
  nat_world_set_firewall (&self.world, SIM_FIREWALL_STATEFUL, FRAM_SECONDS (30));
  result = probe_world_run (&self);
  g_assert_cmpint (result->translated, ==, FRAM_NAT_NO);
  g_assert_cmpint (result->mapping, ==, FRAM_NAT_ENDPOINT_INDEPENDENT);
  g_assert_cmpint (fram_nat_behaviour_get_kind (result), ==, FRAM_NAT_KIND_FIREWALL);
  probe_world_clear (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nat/behaviour/all-kinds", test_all_kinds);
  g_test_add_func ("/nat/behaviour/ports", test_ports);
  g_test_add_func ("/nat/behaviour/open", test_open);
  g_test_add_func ("/nat/behaviour/firewall", test_firewall);
  g_test_add_func ("/nat/behaviour/blocked", test_blocked);
  g_test_add_func ("/nat/behaviour/deaf-server", test_deaf_server);
  g_test_add_func ("/nat/behaviour/unreachable", test_unreachable);
  g_test_add_func ("/nat/behaviour/single-server", test_single_server);
  g_test_add_func ("/nat/behaviour/second-is-first", test_second_is_first);
  g_test_add_func ("/nat/behaviour/other-address-dead", test_other_address_dead);
  g_test_add_func ("/nat/behaviour/lying-server", test_lying_server);
  g_test_add_func ("/nat/behaviour/lying-about-mapping", test_lying_about_mapping);
  g_test_add_func ("/nat/behaviour/bad-servers", test_bad_servers);
  g_test_add_func ("/nat/behaviour/loss", test_loss);
  g_test_add_func ("/nat/behaviour/slow-path", test_slow_path);
  g_test_add_func ("/nat/behaviour/never-granted", test_never_granted);
  g_test_add_func ("/nat/behaviour/ipv6", test_ipv6);
  return g_test_run ();
}
