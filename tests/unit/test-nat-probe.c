/* What the probe asks and when, whom it believes, and what half an answer is worth. */
#include "nat-probe-world.h"
#include "stun/builder.h"

#include <string.h>

static SimNatKind
kind_of (SimDependence mapping, SimDependence filtering, gboolean hairpin)
{
  return (SimNatKind){ .mapping = mapping,
                       .filtering = filtering,
                       .hairpin = hairpin,
                       .lifetime = FRAM_SECONDS (120) };
}

/* Not a packet more than it takes, and none that is not waited for. */
static void
test_economy (void)
{
  SimNatKind kind = kind_of (SIM_DEPENDS_ON_NOTHING, SIM_DEPENDS_ON_NOTHING, TRUE);
  ProbeWorld self;

  probe_world_init (&self, 1);
  nat_world_set_nat (&self.world, &kind);
  probe_world_run (&self);
  /* The filter lets all in, so that its port need not be tried, nor the hairpin back. */
  g_assert_cmpuint (self.world.n_questions, ==, FRAM_NAT_PROBE_SOCKETS + 4);
  g_assert_cmpuint (self.world.n_sent, ==, self.world.n_questions);
  g_assert_cmpuint (self.world.n_taken, ==, self.world.n_questions);
  g_assert_cmpuint (self.world.n_changed, <=, self.world.n_questions);
  g_assert_cmpint (self.took, <, FRAM_MILLISECONDS (700));
  probe_world_clear (&self);

  probe_world_init (&self, 1);
  nat_world_go_public (&self.world);
  probe_world_run (&self);
  g_assert_cmpuint (self.world.n_sent, ==, 5);
  probe_world_clear (&self);
}

/* Repetitions that come while the first answer is on its way ask nothing new. */
static void
test_hairpin_back (void)
{
  SimNatKind kind
      = kind_of (SIM_DEPENDS_ON_NOTHING, SIM_DEPENDS_ON_ADDRESS_AND_PORT, TRUE);
  ProbeWorld self;

  probe_world_init (&self, 1);
  nat_world_set_nat (&self.world, &kind);
  g_assert_cmpint (probe_world_run (&self)->hairpin, ==, FRAM_NAT_YES);
  /* Two silent tests of five packets; the hairpin takes one packet each way, or two. */
  g_assert_cmpuint (self.world.n_questions, ==, 9);
  g_assert_cmpuint (self.world.n_sent, <=, 2 * 5 + 5 + 3);
  probe_world_clear (&self);
}

static guint
packets_with_second (gboolean second, FramTime delay)
{
  SimNatKind kind = kind_of (SIM_DEPENDS_ON_ADDRESS, SIM_DEPENDS_ON_ADDRESS, FALSE);
  ProbeWorld self;
  guint n;

  probe_world_init (&self, 1);
  self.world.delay = delay;
  nat_world_set_nat (&self.world, &kind);
  if (second)
    self.config.second = self.world.servers[1].first;
  g_assert_cmpint (probe_world_run (&self)->second_answers, ==, FRAM_NAT_UNKNOWN);
  n = self.world.n_sent;
  probe_world_clear (&self);
  return n;
}

/* A second server is left alone where the first is all it takes. */
static void
test_second_is_left_alone (void)
{
  static const guint delays[] = { 1, 20, 150, 240 };

  for (guint i = 0; i < G_N_ELEMENTS (delays); i++)
    g_assert_cmpuint (packets_with_second (TRUE, FRAM_MILLISECONDS (delays[i])), ==,
                      packets_with_second (FALSE, FRAM_MILLISECONDS (delays[i])));
}

/* One of the two further addresses is dead: half of the mapping test is worth something,
 * silence from the dead one is not. */
static void
test_half_an_address (void)
{
  for (guint i = 0; i < 9 * 2; i++)
    {
      SimDependence mapping = (SimDependence) (i % 3);
      SimDependence filtering = (SimDependence) (i / 3 % 3);
      SimNatKind kind = kind_of (mapping, filtering, FALSE);
      gboolean port_is_dead = i >= 9;
      const FramNatBehaviour *result;
      ProbeWorld self;

      probe_world_init (&self, i);
      nat_world_set_nat (&self.world, &kind);
      self.world.servers[0].deaf = self.world.servers[0].second;
      if (!port_is_dead)
        self.world.servers[0].deaf.port = self.world.servers[0].first.port;
      self.config.second = self.world.servers[1].first;
      result = probe_world_run (&self);
      g_assert_cmpint (result->second_answers, ==, FRAM_NAT_UNKNOWN);
      g_assert_cmpint (result->mapping, ==,
                       mapping == SIM_DEPENDS_ON_NOTHING ? FRAM_NAT_ENDPOINT_INDEPENDENT
                                                         : FRAM_NAT_DEPENDENT);
      if (filtering == SIM_DEPENDS_ON_NOTHING)
        g_assert_cmpint (result->filtering, ==, FRAM_NAT_ENDPOINT_INDEPENDENT);
      else if (port_is_dead)
        g_assert_cmpint (result->filtering, ==, FRAM_NAT_DEPENDENCE_UNKNOWN);
      else
        g_assert_cmpint (result->filtering, >, FRAM_NAT_ENDPOINT_INDEPENDENT);
      probe_world_clear (&self);
    }
}

/* A socket that hears nothing at all has no verdict to give. */
static void
test_muted (void)
{
  for (guint i = 0; i < 9 * FRAM_NAT_PROBE_SOCKETS; i++)
    {
      SimNatKind kind
          = kind_of ((SimDependence) (i % 3), (SimDependence) (i / 3 % 3), TRUE);
      FramNatSocket muted = (FramNatSocket) (i / 9);
      const FramNatBehaviour *result;
      ProbeWorld self;

      probe_world_init (&self, i);
      nat_world_set_nat (&self.world, &kind);
      self.world.muted = 1u << muted;
      result = probe_world_run (&self);
      g_assert_cmpint (result->server_answers, ==,
                       muted == FRAM_NAT_SOCKET_MAPPING ? FRAM_NAT_NO : FRAM_NAT_YES);
      g_assert_true ((result->mapping == FRAM_NAT_DEPENDENCE_UNKNOWN)
                     == (muted == FRAM_NAT_SOCKET_MAPPING));
      g_assert_true ((result->filtering == FRAM_NAT_DEPENDENCE_UNKNOWN)
                     == (muted != FRAM_NAT_SOCKET_HAIRPIN));
      if (muted != FRAM_NAT_SOCKET_FILTERING)
        g_assert_cmpint (result->hairpin, ==, FRAM_NAT_UNKNOWN);
      else if (kind.mapping == SIM_DEPENDS_ON_NOTHING)
        g_assert_cmpint (result->hairpin, ==, FRAM_NAT_YES);
      probe_world_clear (&self);
    }
}

/* Some NATs refuse by ICMP what they do not send back in. */
static void
test_hairpin_refused (void)
{
  for (guint i = 0; i < 9; i++)
    {
      SimNatKind kind = kind_of ((SimDependence) (i % 3), (SimDependence) (i / 3), FALSE);
      gboolean clear = i % 3 == 0 || i / 3 == 0;
      ProbeWorld self;

      probe_world_init (&self, i);
      nat_world_set_nat (&self.world, &kind);
      self.world.icmp = TRUE;
      g_assert_cmpint (probe_world_run (&self)->hairpin, ==,
                       clear ? FRAM_NAT_NO : FRAM_NAT_UNKNOWN);
      g_assert_cmpuint (self.world.n_sent, <=, 2 * 5 + 5 + 2);
      probe_world_clear (&self);
    }
}

/* The hairpin tests tell no mapped address, and are not asked about ports. */
static void
test_ports_and_hairpin (void)
{
  for (guint i = 0; i < 3; i++)
    {
      SimNatKind kind = kind_of (SIM_DEPENDS_ON_NOTHING, (SimDependence) i, TRUE);
      const FramNatBehaviour *result;
      ProbeWorld self;

      kind.ports = SIM_PORTS_PRESERVED;
      probe_world_init (&self, i);
      nat_world_set_nat (&self.world, &kind);
      result = probe_world_run (&self);
      g_assert_cmpint (result->hairpin, ==, FRAM_NAT_YES);
      g_assert_cmpint (result->keeps_port, ==, FRAM_NAT_YES);
      probe_world_clear (&self);
    }
}

/* The owner knows the interface of a link-local address, and the server does not tell it. */
static void
test_scope (void)
{
  ProbeWorld self;

  probe_world_init (&self, 1);
  fram_address_parse (&self.world.servers[0].first, "[fe80::2]:3478");
  fram_address_parse (&self.world.servers[0].second, "[fe80::3]:3479");
  for (guint i = 0; i < NAT_WORLD_SOCKETS; i++)
    {
      guint16 port = self.world.local[i].port;

      fram_address_parse_ip (&self.world.local[i], "fe80::10", port);
    }
  self.scope = 3;
  g_assert_cmpint (probe_world_run (&self)->translated, ==, FRAM_NAT_NO);
  probe_world_clear (&self);
}

/* --- By hand ----------------------------------------------------------------------- */

typedef struct
{
  ProbeWorld world;
  FramNatProbe *probe;
  FramNatEvent request;
} Hand;

static void
hand_init (Hand *hand, FramTime now)
{
  FramNatProbeConfig config = { 0 };

  probe_world_init (&hand->world, 1);
  config.server = hand->world.world.servers[0].first;
  memcpy (config.local, hand->world.world.local, sizeof config.local);
  hand->probe = fram_nat_probe_new (&config, &hand->world.world.dice.random, now);
}

static void
hand_clear (Hand *hand)
{
  fram_nat_probe_free (hand->probe);
  probe_world_clear (&hand->world);
}

static void
ask (Hand *hand, FramTime now)
{
  g_assert_cmpint (fram_nat_probe_send_due (hand->probe), <=, now);
  g_assert_true (fram_nat_probe_send (hand->probe, now));
  do
    g_assert_true (fram_nat_probe_pop (hand->probe, &hand->request));
  while (hand->request.type != FRAM_NAT_EVENT_TRANSMIT);
}

/* A message with the id of the latest request, or with that id and one bit more. */
static gboolean
tell (Hand *hand, FramStunClass klass, guint method, gboolean other_id,
      FramNatSocket socket, const char *from_text, FramTime now)
{
  FramAddress from, mapped;
  FramStunMessage request;
  FramStunBuilder builder;
  guint8 buffer[100];

  g_assert_true (fram_address_parse (&from, from_text));
  g_assert_true (fram_address_parse (&mapped, "192.0.2.1:5555"));
  fram_stun_message_parse (&request, hand->request.data, hand->request.length);
  request.id.bytes[11] ^= other_id;
  fram_stun_builder_init (&builder, buffer, sizeof buffer, klass, (guint16) method,
                          &request.id);
  fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS, &mapped);
  return fram_nat_probe_receive (hand->probe, socket, &from, buffer,
                                 fram_stun_builder_end (&builder), now);
}

/* Whoever does not know the id, or sends from elsewhere or to elsewhere, is not heard. */
static void
test_strangers (void)
{
  static const char server[] = "203.0.113.2:3478";
  const FramNatBehaviour *result;
  FramTime now = FRAM_SECONDS (3);
  FramAddress from;
  Hand hand;

  hand_init (&hand, now);
  result = fram_nat_probe_get_result (hand.probe);
  ask (&hand, now);
  g_assert_cmpuint (hand.request.socket, ==, FRAM_NAT_SOCKET_MAPPING);
  now += 5000;
  fram_address_parse (&from, server);
  g_assert_false (fram_nat_probe_receive (hand.probe, FRAM_NAT_SOCKET_MAPPING, &from,
                                          (const guint8 *) "noise", 5, now));
  g_assert_false (
      tell (&hand, FRAM_STUN_SUCCESS, FRAM_STUN_BINDING, TRUE, 0, server, now));
  g_assert_false (
      tell (&hand, FRAM_STUN_SUCCESS, FRAM_STUN_BINDING, FALSE, 1, server, now));
  g_assert_false (tell (&hand, FRAM_STUN_SUCCESS, FRAM_STUN_BINDING, FALSE, 0,
                        "203.0.113.3:3478", now));
  g_assert_false (tell (&hand, FRAM_STUN_SUCCESS, FRAM_STUN_BINDING, FALSE, 0,
                        "203.0.113.2:3479", now));
  g_assert_false (
      tell (&hand, FRAM_STUN_SUCCESS, FRAM_STUN_ALLOCATE, FALSE, 0, server, now));
  g_assert_false (
      tell (&hand, FRAM_STUN_INDICATION, FRAM_STUN_BINDING, FALSE, 0, server, now));
  g_assert_false (
      tell (&hand, FRAM_STUN_REQUEST, FRAM_STUN_BINDING, FALSE, 0, server, now));
  g_assert_false (
      tell (&hand, FRAM_STUN_REQUEST, FRAM_STUN_BINDING, FALSE, 2, server, now));
  g_assert_cmpint (result->server_answers, ==, FRAM_NAT_UNKNOWN);

  g_assert_true (
      tell (&hand, FRAM_STUN_SUCCESS, FRAM_STUN_BINDING, FALSE, 0, server, now));
  g_assert_cmpint (result->server_answers, ==, FRAM_NAT_YES);
  g_assert_cmpint (result->rtt, ==, 5000);
  g_assert_false (
      tell (&hand, FRAM_STUN_SUCCESS, FRAM_STUN_BINDING, FALSE, 0, server, now));
  hand_clear (&hand);
}

/* A hairpin is a request of our own, at the socket it was meant for. */
static void
test_strange_requests (void)
{
  static const char server[] = "203.0.113.2:3478", outside[] = "192.0.2.1:5555";
  const FramNatBehaviour *result;
  FramTime now = 0;
  Hand hand;

  hand_init (&hand, now);
  result = fram_nat_probe_get_result (hand.probe);
  for (guint socket = 0; socket <= 2; socket += 2)
    {
      ask (&hand, now);
      g_assert_cmpuint (hand.request.socket, ==, socket);
      g_assert_true (tell (&hand, FRAM_STUN_SUCCESS, FRAM_STUN_BINDING, FALSE,
                           (FramNatSocket) socket, server, now + 1000));
      now += FRAM_MILLISECONDS (100);
    }
  ask (&hand, now);
  g_assert_cmpuint (hand.request.socket, ==, FRAM_NAT_SOCKET_MAPPING);
  for (guint socket = 0; socket < 3; socket++)
    g_assert_false (tell (&hand, FRAM_STUN_REQUEST, FRAM_STUN_BINDING, TRUE,
                          (FramNatSocket) socket, outside, now));
  for (guint socket = 0; socket < 2; socket++)
    g_assert_false (tell (&hand, FRAM_STUN_REQUEST, FRAM_STUN_BINDING, FALSE,
                          (FramNatSocket) socket, outside, now));
  /* Nor is an answer to it one, which nobody could send but who it came to. */
  g_assert_false (
      tell (&hand, FRAM_STUN_SUCCESS, FRAM_STUN_BINDING, FALSE, 0, outside, now));
  g_assert_cmpint (result->hairpin, ==, FRAM_NAT_UNKNOWN);
  g_assert_true (
      tell (&hand, FRAM_STUN_REQUEST, FRAM_STUN_BINDING, FALSE, 2, outside, now));
  g_assert_cmpint (result->hairpin, ==, FRAM_NAT_YES);
  hand_clear (&hand);
}

/* Questions are a tenth of a second apart, from the first, at whatever time that is. */
static void
test_pacing (void)
{
  const FramNatBehaviour *result;
  Hand hand;

  hand_init (&hand, 0);
  result = fram_nat_probe_get_result (hand.probe);
  g_assert_cmpint (result->rtt, ==, -1);
  g_assert_cmpuint (result->local.port, !=, 0);
  g_assert_cmpint (fram_nat_probe_send_due (hand.probe), ==, 0);
  ask (&hand, 0);
  g_assert_cmpint (fram_nat_probe_send_due (hand.probe), ==, FRAM_TIME_NEVER);
  g_assert_true (tell (&hand, FRAM_STUN_SUCCESS, FRAM_STUN_BINDING, FALSE, 0,
                       "203.0.113.2:3478", 7000));
  g_assert_cmpint (fram_nat_probe_send_due (hand.probe), ==, FRAM_MILLISECONDS (100));
  hand_clear (&hand);
}

/* Before anything was heard: seven questions, half a second and a little more apart. */
static void
test_repetition (void)
{
  FramTime last = 0;
  FramNatEvent event;
  Hand hand;

  hand_init (&hand, 0);
  ask (&hand, 0);
  for (guint n = 2; n <= 7; n++)
    {
      FramTime now = fram_nat_probe_deadline (hand.probe);

      g_assert_cmpint (now - last, >=, FRAM_MILLISECONDS (500));
      g_assert_cmpint (now - last, <, FRAM_MILLISECONDS (563));
      fram_nat_probe_advance (hand.probe, now - 1);
      g_assert_false (fram_nat_probe_pop (hand.probe, &event));
      fram_nat_probe_advance (hand.probe, now);
      g_assert_true (fram_nat_probe_pop (hand.probe, &event));
      g_assert_cmpint (event.type, ==, FRAM_NAT_EVENT_TRANSMIT);
      /* The same question, to the byte. */
      g_assert_cmpmem (event.data, event.length, hand.request.data, hand.request.length);
      g_assert_false (fram_nat_probe_pop (hand.probe, &event));
      last = now;
    }
  fram_nat_probe_advance (hand.probe, fram_nat_probe_deadline (hand.probe));
  g_assert_cmpint (fram_nat_probe_get_result (hand.probe)->server_answers, ==,
                   FRAM_NAT_NO);
  hand_clear (&hand);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nat/probe/economy", test_economy);
  g_test_add_func ("/nat/probe/hairpin-back", test_hairpin_back);
  g_test_add_func ("/nat/probe/second-is-left-alone", test_second_is_left_alone);
  g_test_add_func ("/nat/probe/half-an-address", test_half_an_address);
  g_test_add_func ("/nat/probe/muted", test_muted);
  g_test_add_func ("/nat/probe/hairpin-refused", test_hairpin_refused);
  g_test_add_func ("/nat/probe/ports-and-hairpin", test_ports_and_hairpin);
  g_test_add_func ("/nat/probe/scope", test_scope);
  g_test_add_func ("/nat/probe/strangers", test_strangers);
  g_test_add_func ("/nat/probe/strange-requests", test_strange_requests);
  g_test_add_func ("/nat/probe/pacing", test_pacing);
  g_test_add_func ("/nat/probe/repetition", test_repetition);
  return g_test_run ();
}
