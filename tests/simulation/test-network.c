/* Packets find their way through networks, gateways and to the STUN server. */
#include <glib.h>
#include <string.h>

#include "sites.h"
#include "stun/builder.h"
#include "topology.h"

/* A node that keeps what comes. */
typedef struct
{
  SimNode node;
  GPtrArray *packets;
  guint n_refused;
} Probe;

typedef struct
{
  SimPlan plan;
  SimContext context;
  SimDice dice;
  SimJournal journal;
  SimTopology topology;
  Probe probes[4];
} Bench;

static void
keep (SimNode *node, SimNetwork *from, SimPacket *packet)
{
  g_ptr_array_add (((Probe *) node)->packets, packet);
}

static void
count_refusal (SimNode *node, SimNetwork *from, const SimPacket *packet)
{
  ((Probe *) node)->n_refused++;
}

static void
bench_init (Bench *bench)
{
  *bench = (Bench){ 0 };
  sim_plan_init (&bench->plan, 1);
  sim_dice_init (&bench->dice, 1);
  sim_journal_init (&bench->journal, SIM_TRACING_OFF);
  bench->context = (SimContext){ sim_schedule_new (), &bench->dice, &bench->journal };
}

/* Brings the plan to life, with a probe in the place of each host. */
static void
bench_build (Bench *bench)
{
  sim_topology_init (&bench->topology, &bench->plan, &bench->context, FALSE);
  for (guint i = 0; i < bench->plan.n_hosts; i++)
    {
      const SimInterfacePlan *interface = &bench->plan.hosts[i].interfaces[0];
      Probe *probe = &bench->probes[i];

      probe->node.receive = keep;
      probe->node.refused = count_refusal;
      probe->packets = g_ptr_array_new_with_free_func ((GDestroyNotify) sim_packet_free);
      sim_topology_attach (&bench->topology, &bench->plan, interface->network,
                           &interface->address, &probe->node);
    }
}

static void
bench_clear (Bench *bench)
{
  for (guint i = 0; i < bench->plan.n_hosts; i++)
    g_ptr_array_unref (bench->probes[i].packets);
  sim_topology_clear (&bench->topology);
  sim_schedule_free (bench->context.schedule);
  sim_journal_clear (&bench->journal);
  sim_plan_clear (&bench->plan);
}

static FramAddress
address_of (const Bench *bench, guint host, guint16 port)
{
  FramAddress address = bench->plan.hosts[host].interfaces[0].address;

  address.port = port;
  return address;
}

static SimNetwork *
network_of (const Bench *bench, guint host)
{
  return bench->topology.networks[bench->plan.hosts[host].interfaces[0].network];
}

static gboolean
send_bytes (Bench *bench, guint host, const FramAddress *to, const void *data,
            gsize length)
{
  FramAddress from = address_of (bench, host, 5000);
  gboolean sent = sim_network_send (network_of (bench, host),
                                    sim_packet_new (&from, to, data, length));

  while (sim_schedule_step (bench->context.schedule, FRAM_SECONDS (3600)))
    if (sim_schedule_next (bench->context.schedule) == FRAM_TIME_NEVER)
      break;
  return sent;
}

static const SimPacket *
last_packet (const Bench *bench, guint host)
{
  const GPtrArray *packets = bench->probes[host].packets;

  return packets->len > 0 ? g_ptr_array_index (packets, packets->len - 1) : NULL;
}

static void
test_direct (void)
{
  FramAddress to, nowhere;
  Bench bench;

  bench_init (&bench);
  sim_site_add_host (&bench.plan, 0);
  sim_site_add_host (&bench.plan, 0);
  bench_build (&bench);

  to = address_of (&bench, 1, 6000);
  g_assert_true (send_bytes (&bench, 0, &to, "hello", 5));
  g_assert_cmpint (sim_schedule_now (bench.context.schedule), ==, 10000);
  g_assert_cmpuint (bench.probes[1].packets->len, ==, 1);
  g_assert_cmpmem (last_packet (&bench, 1)->data, last_packet (&bench, 1)->length,
                   "hello", 5);

  g_assert_true (fram_address_parse (&nowhere, "192.0.2.99:1"));
  g_assert_false (send_bytes (&bench, 0, &nowhere, "hello", 5));
  sim_network_refuse (network_of (&bench, 1), last_packet (&bench, 1));
  sim_schedule_step (bench.context.schedule, FRAM_TIME_NEVER - 1);
  g_assert_cmpuint (bench.probes[0].n_refused, ==, 1);
  bench_clear (&bench);
}

static void
test_through_two_nats (void)
{
  FramAddress to, seen;
  Bench bench;

  bench_init (&bench);
  sim_site_add_host (&bench.plan, sim_site_add (&bench.plan, SIM_SITE_DOUBLE));
  sim_site_add_host (&bench.plan, 0);
  bench_build (&bench);

  to = address_of (&bench, 1, 6000);
  send_bytes (&bench, 0, &to, "out", 3);
  g_assert_cmpuint (bench.probes[1].packets->len, ==, 1);
  seen = last_packet (&bench, 1)->source;
  g_assert_true (fram_address_equal_ip (&seen, &bench.plan.networks[1].gateway.external));

  /* Back the same way, and only from there. */
  {
    SimPacket *answer = sim_packet_new (&to, &seen, "back", 4);
    SimPacket *stray = sim_packet_new (&to, &seen, "stray", 5);

    stray->source.port++;
    sim_network_send (bench.topology.networks[0], stray);
    sim_network_send (bench.topology.networks[0], answer);
    while (sim_schedule_next (bench.context.schedule) != FRAM_TIME_NEVER)
      sim_schedule_step (bench.context.schedule, FRAM_SECONDS (3600));
  }
  g_assert_cmpuint (bench.probes[0].packets->len, ==, 1);
  seen = address_of (&bench, 0, 5000);
  g_assert_true (fram_address_equal (&last_packet (&bench, 0)->destination, &seen));
  bench_clear (&bench);
}

static void
test_ipv6_behind_firewall (void)
{
  FramAddress inner, outer;
  Bench bench;
  guint network;

  bench_init (&bench);
  network = sim_site_add (&bench.plan, SIM_SITE_FIREWALL);
  sim_plan_add_host (&bench.plan);
  sim_plan_add_interface (&bench.plan, 0, network, FRAM_FAMILY_IPV6);
  sim_plan_add_host (&bench.plan);
  sim_plan_add_interface (&bench.plan, 1, 0, FRAM_FAMILY_IPV6);
  bench_build (&bench);

  inner = address_of (&bench, 0, 5000);
  outer = address_of (&bench, 1, 5000);
  send_bytes (&bench, 1, &inner, "unasked", 7);
  g_assert_cmpuint (bench.probes[0].packets->len, ==, 0);
  send_bytes (&bench, 0, &outer, "ask", 3);
  g_assert_cmpuint (bench.probes[1].packets->len, ==, 1);
  g_assert_true (fram_address_equal (&last_packet (&bench, 1)->source, &inner));
  send_bytes (&bench, 1, &inner, "answer", 6);
  g_assert_cmpuint (bench.probes[0].packets->len, ==, 1);
  bench_clear (&bench);
}

static void
test_stun_server (void)
{
  g_autoptr (SimStunServer) server = NULL;
  const SimServerPlan *planned;
  const FramStunId id = { "abcdefghijk" };
  FramStunBuilder builder;
  FramStunMessage answer;
  FramAddress mapped;
  guint8 buffer[128];
  Bench bench;

  bench_init (&bench);
  sim_plan_add_server (&bench.plan, SIM_SERVER_ANSWERS, FRAM_FAMILY_IPV4);
  sim_site_add_host (&bench.plan, sim_site_add (&bench.plan, SIM_SITE_SYMMETRIC));
  bench_build (&bench);
  planned = &bench.plan.servers[0];
  server = sim_stun_server_new (bench.topology.networks[0], &planned->address,
                                planned->kind);

  fram_stun_builder_init (&builder, buffer, sizeof buffer, FRAM_STUN_REQUEST,
                          FRAM_STUN_BINDING, &id);
  fram_stun_builder_add_fingerprint (&builder);
  send_bytes (&bench, 0, &planned->address, buffer, fram_stun_builder_end (&builder));
  g_assert_cmpuint (bench.probes[0].packets->len, ==, 1);
  g_assert_cmpint (fram_stun_message_parse (&answer, last_packet (&bench, 0)->data,
                                            last_packet (&bench, 0)->length),
                   ==, FRAM_STUN_PARSE_OK);
  g_assert_true (fram_stun_id_equal (&answer.id, &id));
  g_assert_true (fram_stun_message_get_address (
      &answer, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS, &mapped));
  g_assert_true (
      fram_address_equal_ip (&mapped, &bench.plan.networks[1].gateway.external));
  bench_clear (&bench);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/direct", test_direct);
  g_test_add_func ("/network/two-nats", test_through_two_nats);
  g_test_add_func ("/network/ipv6-firewall", test_ipv6_behind_firewall);
  g_test_add_func ("/network/stun-server", test_stun_server);
  return g_test_run ();
}
