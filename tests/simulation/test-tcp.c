/* Streams of the simulated networks: they open, are refused or never answered, keep the order of
 * their bytes whatever is lost, and end. */
#include <glib.h>
#include <string.h>

#include "sites.h"
#include "tcp.h"
#include "topology.h"

#define STREAM 1
#define LISTENING 7
#define ACCEPTED 8

typedef struct
{
  SimNode node;
  SimTcp *tcp;
  SimNetwork *network;
  FramAddress address;
  gboolean closes_at_once;
  guint n_accepted, n_opened, n_ended;
  SimTcpEnd end;
  FramAddress seen; /* of the one that connected */
  GByteArray *heard;
} Machine;

typedef struct
{
  SimPlan plan;
  SimContext context;
  SimDice dice;
  SimJournal journal;
  SimTopology topology;
  Machine machines[2];
} Bench;

static void
send_packet (gpointer owner, SimPacket *packet)
{
  sim_network_send (((Machine *) owner)->network, packet);
}

static guint32
accept_one (gpointer owner, guint32 listening, const FramAddress *remote)
{
  Machine *machine = owner;

  g_assert_cmpuint (listening, ==, LISTENING);
  machine->seen = *remote;
  machine->n_accepted++;
  return machine->closes_at_once ? 0 : ACCEPTED;
}

static void
opened (gpointer owner, guint32 id)
{
  g_assert_cmpuint (id, ==, STREAM);
  ((Machine *) owner)->n_opened++;
}

static void
received (gpointer owner, guint32 id, const guint8 *data, gsize length)
{
  g_byte_array_append (((Machine *) owner)->heard, data, (guint) length);
}

static void
ended (gpointer owner, guint32 id, SimTcpEnd how)
{
  Machine *machine = owner;

  machine->n_ended++;
  machine->end = how;
}

static const SimTcpOwner machine_kind
    = { send_packet, accept_one, opened, received, ended };

static void
receive (SimNode *node, SimNetwork *from, SimPacket *packet)
{
  sim_tcp_receive (((Machine *) node)->tcp, packet);
  sim_packet_free (packet);
}

/* Two machines, each at its site; the second listens at port 5000. */
static void
bench_init (Bench *bench, SimSite a, SimSite b)
{
  const SimSite sites[] = { a, b };

  *bench = (Bench){ 0 };
  sim_plan_init (&bench->plan, 1);
  for (guint i = 0; i < 2; i++)
    sim_site_add_host (&bench->plan, sim_site_add (&bench->plan, sites[i]));
  sim_dice_init (&bench->dice, 1);
  sim_journal_init (&bench->journal, SIM_TRACING_OFF);
  bench->context = (SimContext){ sim_schedule_new (), &bench->dice, &bench->journal };
}

static void
bench_build (Bench *bench)
{
  sim_topology_init (&bench->topology, &bench->plan, &bench->context, FALSE);
  for (guint i = 0; i < 2; i++)
    {
      const SimInterfacePlan *interface = &bench->plan.hosts[i].interfaces[0];
      Machine *machine = &bench->machines[i];

      machine->node.receive = receive;
      machine->network = bench->topology.networks[interface->network];
      machine->address = interface->address;
      machine->address.port = (guint16) (4000 + 1000 * i);
      machine->heard = g_byte_array_new ();
      machine->tcp = sim_tcp_new (&bench->context, &machine_kind, machine, TRUE);
      sim_topology_attach (&bench->topology, &bench->plan, interface->network,
                           &interface->address, &machine->node);
    }
  g_assert_true (
      sim_tcp_listen (bench->machines[1].tcp, LISTENING, &bench->machines[1].address));
}

static void
bench_run (Bench *bench, FramTime until)
{
  while (sim_schedule_step (bench->context.schedule, until))
    continue;
}

static void
bench_clear (Bench *bench)
{
  sim_schedule_free (bench->context.schedule);
  for (guint i = 0; i < 2; i++)
    {
      g_byte_array_unref (bench->machines[i].heard);
      sim_tcp_free (bench->machines[i].tcp);
    }
  sim_topology_clear (&bench->topology);
  sim_journal_clear (&bench->journal);
  sim_plan_clear (&bench->plan);
}

static void
connect_first (Bench *bench)
{
  g_assert_true (sim_tcp_connect (bench->machines[0].tcp, STREAM,
                                  &bench->machines[0].address,
                                  &bench->machines[1].address));
}

/* Who may connect to whom. */
static void
test_sites (void)
{
  static const struct
  {
    SimSite a, b;
    SimTcpRule rule; /* of the second one's gateway */
    gboolean opens;
  } cases[] = {
    { SIM_SITE_PUBLIC, SIM_SITE_PUBLIC, SIM_TCP_OUT, TRUE },
    { SIM_SITE_SYMMETRIC, SIM_SITE_PUBLIC, SIM_TCP_OUT, TRUE },
    { SIM_SITE_DOUBLE, SIM_SITE_PUBLIC, SIM_TCP_OUT, TRUE },
    { SIM_SITE_NO_UDP, SIM_SITE_PUBLIC, SIM_TCP_OUT, TRUE },
    { SIM_SITE_PUBLIC, SIM_SITE_FIREWALL, SIM_TCP_OUT, FALSE },
    { SIM_SITE_PUBLIC, SIM_SITE_NO_UDP, SIM_TCP_OUT, FALSE },
    { SIM_SITE_PUBLIC, SIM_SITE_FIREWALL, SIM_TCP_IN, TRUE },
    { SIM_SITE_NO_UDP, SIM_SITE_NO_UDP, SIM_TCP_IN, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Bench bench;

      bench_init (&bench, cases[i].a, cases[i].b);
      bench.plan.networks[bench.plan.hosts[1].interfaces[0].network].gateway.tcp
          = cases[i].rule;
      bench_build (&bench);
      connect_first (&bench);
      bench_run (&bench, FRAM_SECONDS (5));
      g_assert_cmpuint (bench.machines[0].n_opened, ==, cases[i].opens);
      g_assert_cmpuint (bench.machines[1].n_accepted, ==, cases[i].opens);
      /* Nobody says no. */
      g_assert_cmpuint (bench.machines[0].n_ended, ==, 0);
      bench_run (&bench, FRAM_SECONDS (11));
      g_assert_cmpuint (bench.machines[0].n_ended, ==, !cases[i].opens);
      g_assert_true (cases[i].opens || bench.machines[0].end == SIM_TCP_SILENT);
      bench_clear (&bench);
    }
}

/* Only to servers, whose port it is. */
static void
test_servers_only (void)
{
  Bench bench;
  FramAddress stun;

  bench_init (&bench, SIM_SITE_NO_UDP, SIM_SITE_PUBLIC);
  bench.plan.networks[1].gateway.tcp = SIM_TCP_SERVERS;
  bench_build (&bench);
  connect_first (&bench);
  bench_run (&bench, FRAM_SECONDS (11));
  g_assert_cmpuint (bench.machines[0].n_opened, ==, 0);
  stun = bench.machines[1].address;
  stun.port = 3478;
  sim_tcp_listen (bench.machines[1].tcp, LISTENING, &stun);
  sim_tcp_connect (bench.machines[0].tcp, STREAM, &bench.machines[0].address, &stun);
  bench_run (&bench, FRAM_SECONDS (12));
  g_assert_cmpuint (bench.machines[0].n_opened, ==, 1);
  bench_clear (&bench);
}

static void
test_refused (void)
{
  Bench bench;

  bench_init (&bench, SIM_SITE_SYMMETRIC, SIM_SITE_PUBLIC);
  bench_build (&bench);
  g_assert_true (sim_tcp_stop_listening (bench.machines[1].tcp, LISTENING));
  connect_first (&bench);
  bench_run (&bench, FRAM_MILLISECONDS (200));
  g_assert_cmpuint (bench.machines[0].n_ended, ==, 1);
  g_assert_cmpint (bench.machines[0].end, ==, SIM_TCP_REFUSED);
  g_assert_cmpuint (sim_tcp_count (bench.machines[0].tcp), ==, 0);
  bench_clear (&bench);
}

/* Bytes come once and in order, though packets are lost, come twice and overtake each other. */
static void
test_order (void)
{
  g_autoptr (GByteArray) said = g_byte_array_new ();
  Bench bench;

  bench_init (&bench, SIM_SITE_PORT_RESTRICTED, SIM_SITE_PUBLIC);
  bench.plan.networks[0].link.loss = 0.1;
  bench.plan.networks[0].link.duplicate = 0.1;
  bench.plan.networks[0].link.reorder = 0.1;
  bench_build (&bench);
  connect_first (&bench);
  bench_run (&bench, FRAM_SECONDS (9));
  g_assert_cmpuint (bench.machines[0].n_opened, ==, 1);
  for (guint i = 0; i < 30; i++)
    {
      guint8 words[1500];

      memset (words, (int) i, sizeof words);
      g_byte_array_append (said, words, sizeof words);
      g_assert_true (sim_tcp_send (bench.machines[0].tcp, STREAM, words, sizeof words));
    }
  bench_run (&bench, FRAM_SECONDS (400));
  g_assert_cmpmem (bench.machines[1].heard->data, bench.machines[1].heard->len,
                   said->data, said->len);
  bench_clear (&bench);
}

/* What nobody takes is not kept without end. */
static void
test_bounded (void)
{
  static const guint8 words[1024];
  Bench bench;
  guint n = 0;

  bench_init (&bench, SIM_SITE_PUBLIC, SIM_SITE_PUBLIC);
  bench_build (&bench);
  connect_first (&bench);
  bench_run (&bench, FRAM_SECONDS (1));
  while (sim_tcp_send (bench.machines[0].tcp, STREAM, words, sizeof words))
    n++;
  g_assert_cmpuint (n, ==, 64);
  bench_run (&bench, FRAM_SECONDS (30));
  g_assert_cmpuint (bench.machines[1].heard->len, ==, n * sizeof words);
  g_assert_true (sim_tcp_send (bench.machines[0].tcp, STREAM, words, sizeof words));
  bench_clear (&bench);
}

/* What was said before is heard, then the end. */
static void
test_close (void)
{
  Bench bench;

  bench_init (&bench, SIM_SITE_PUBLIC, SIM_SITE_PUBLIC);
  bench_build (&bench);
  connect_first (&bench);
  bench_run (&bench, FRAM_SECONDS (1));
  g_assert_true (sim_tcp_send (bench.machines[0].tcp, STREAM, (const guint8 *) "bye", 3));
  g_assert_true (sim_tcp_close (bench.machines[0].tcp, STREAM));
  g_assert_false (sim_tcp_has (bench.machines[0].tcp, STREAM));
  bench_run (&bench, FRAM_SECONDS (2));
  g_assert_cmpmem (bench.machines[1].heard->data, bench.machines[1].heard->len, "bye", 3);
  g_assert_cmpuint (bench.machines[1].n_ended, ==, 1);
  g_assert_cmpint (bench.machines[1].end, ==, SIM_TCP_CLOSED);
  g_assert_cmpuint (bench.machines[0].n_ended, ==, 0);
  /* Its addresses are free again. */
  connect_first (&bench);
  bench_run (&bench, FRAM_SECONDS (3));
  g_assert_cmpuint (bench.machines[1].n_accepted, ==, 2);
  bench_clear (&bench);
}

static void
test_closed_at_once (void)
{
  Bench bench;

  bench_init (&bench, SIM_SITE_PUBLIC, SIM_SITE_PUBLIC);
  bench_build (&bench);
  bench.machines[1].closes_at_once = TRUE;
  connect_first (&bench);
  bench_run (&bench, FRAM_SECONDS (1));
  g_assert_cmpuint (bench.machines[0].n_opened, ==, 1);
  g_assert_cmpuint (bench.machines[0].n_ended, ==, 1);
  g_assert_cmpuint (sim_tcp_count (bench.machines[1].tcp), ==, 0);
  bench_clear (&bench);
}

/* The other end has lost its memory: what it is sent it resets. */
static void
test_reset (void)
{
  Bench bench;

  bench_init (&bench, SIM_SITE_PUBLIC, SIM_SITE_PUBLIC);
  bench_build (&bench);
  connect_first (&bench);
  bench_run (&bench, FRAM_SECONDS (1));
  sim_tcp_forget (bench.machines[1].tcp);
  g_assert_cmpuint (bench.machines[0].n_ended, ==, 0);
  sim_tcp_send (bench.machines[0].tcp, STREAM, (const guint8 *) "there?", 6);
  bench_run (&bench, FRAM_SECONDS (2));
  g_assert_cmpuint (bench.machines[0].n_ended, ==, 1);
  g_assert_cmpint (bench.machines[0].end, ==, SIM_TCP_CLOSED);
  bench_clear (&bench);
}

/* RFC 6544 §7: through two NATs that let nobody in, if each connects to where the other is seen. */
static void
test_simultaneous (void)
{
  Bench bench;
  FramAddress outside[2];

  bench_init (&bench, SIM_SITE_PORT_RESTRICTED, SIM_SITE_PORT_RESTRICTED);
  for (guint i = 1; i < 3; i++)
    bench.plan.networks[i].gateway.nat.ports = SIM_PORTS_PRESERVED;
  bench_build (&bench);
  for (guint i = 0; i < 2; i++)
    {
      outside[i] = bench.plan.networks[i + 1].gateway.external;
      outside[i].port = bench.machines[i].address.port;
    }
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (sim_tcp_connect (bench.machines[i].tcp, STREAM,
                                      &bench.machines[i].address, &outside[1 - i]));
      /* The first SYN finds the other's NAT closed. */
      bench_run (&bench, FRAM_MILLISECONDS (100));
    }
  bench_run (&bench, FRAM_SECONDS (3));
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpuint (bench.machines[i].n_opened, ==, 1);
      g_assert_cmpuint (bench.machines[i].n_accepted, ==, 0);
      sim_tcp_send (bench.machines[i].tcp, STREAM, (const guint8 *) "hello", 5);
    }
  bench_run (&bench, FRAM_SECONDS (4));
  for (guint i = 0; i < 2; i++)
    g_assert_cmpuint (bench.machines[i].heard->len, ==, 5);
  bench_clear (&bench);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/simulation/tcp/sites", test_sites);
  g_test_add_func ("/simulation/tcp/servers-only", test_servers_only);
  g_test_add_func ("/simulation/tcp/refused", test_refused);
  g_test_add_func ("/simulation/tcp/order", test_order);
  g_test_add_func ("/simulation/tcp/bounded", test_bounded);
  g_test_add_func ("/simulation/tcp/close", test_close);
  g_test_add_func ("/simulation/tcp/closed-at-once", test_closed_at_once);
  g_test_add_func ("/simulation/tcp/reset", test_reset);
  g_test_add_func ("/simulation/tcp/simultaneous", test_simultaneous);
  return g_test_run ();
}
