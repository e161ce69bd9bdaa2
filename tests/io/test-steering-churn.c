/* Sessions come and go at a shared port, half of them with applications that misbehave, while
 * others send and receive: of those, nothing may be lost, and nothing may come to another. */
#include "steered-port.h"

#include <sys/socket.h>
#include <unistd.h>

#define N_INNOCENT 3
#define N_CHURNING 40
#define WINDOW 32 /* packets on the way */

typedef struct
{
  Peer peer;
  const Port *port;
  guint id;
  GThread *thread;
  gint stopped;
  gint n_received; /* or known to be lost */
  guint n_sent;
  guint next; /* number of the packet that is to come */
  guint n_lost, n_foreign;
} Flow;

typedef struct
{
  guint32 id, number;
} Packet;

static gpointer
send_all_the_time (gpointer user_data)
{
  Flow *flow = user_data;

  while (!g_atomic_int_get (&flow->stopped))
    {
      Packet packet = { flow->id, flow->n_sent };

      if (flow->n_sent - (guint) g_atomic_int_get (&flow->n_received) >= WINDOW)
        {
          g_thread_yield ();
          continue;
        }
      peer_send (&flow->peer, flow->port, &packet, sizeof packet);
      flow->n_sent++;
    }
  return NULL;
}

static void
read_flow (Flow *flow)
{
  Packet packet;

  while (recv (flow->peer.app, &packet, sizeof packet, MSG_DONTWAIT) == sizeof packet)
    {
      if (packet.id != flow->id)
        {
          flow->n_foreign++;
          continue;
        }
      flow->n_lost += packet.number - flow->next;
      flow->next = packet.number + 1;
      g_atomic_int_set (&flow->n_received, (gint) flow->next);
    }
}

static void
flow_start (Flow *flow, Port *port, guint id)
{
  flow->id = id;
  flow->port = port;
  peer_init (&flow->peer, port->family);
  peer_open (&flow->peer, port);
  flow->thread = g_thread_new ("sender", send_all_the_time, flow);
}

static void
flow_stop (Flow *flow)
{
  g_atomic_int_set (&flow->stopped, TRUE);
  g_thread_join (flow->thread);
  read_flow (flow);
  g_assert_nonnull (flow->peer.steered);
  g_assert_cmpuint (flow->n_foreign, ==, 0);
  g_assert_cmpuint (flow->n_lost, ==, 0);
  g_assert_cmpuint (flow->next, ==, flow->n_sent);
  g_assert_cmpuint (flow->n_sent, >, 0);
  peer_clear (&flow->peer);
}

/* What an application does that has not read the manual. */
static void
misbehave (Peer *peer)
{
  if (peer->app >= 0 && g_test_rand_bit ())
    app_connect (peer, &peer->address);
}

static void
come_or_go (Peer *peer, Port *port, gboolean is_good)
{
  if (peer->steered == NULL)
    {
      if (peer->app >= 0)
        close (peer->app);
      peer_open (peer, port);
      peer_send (peer, port, "here", 4);
      g_assert_true (app_has (peer, "here", 4));
      return;
    }
  if (!is_good)
    misbehave (peer);
  peer_end (peer, port);
  /* The others keep it until they come again. */
  if (is_good || g_test_rand_bit ())
    {
      close (peer->app);
      peer->app = -1;
    }
}

static guint n_steps = 1500;

static void
test_churn (gconstpointer data)
{
  g_auto (Port) port;
  Flow flows[N_INNOCENT] = { 0 };
  Peer churning[N_CHURNING];

  port_init (&port, GPOINTER_TO_INT (data));
  for (guint i = 0; i < N_CHURNING; i++)
    peer_init (&churning[i], port.family);
  for (guint i = 0; i < N_INNOCENT; i++)
    {
      flow_start (&flows[i], &port, i);
      for (guint n = i * 10; n < i * 10 + 10; n++)
        peer_open (&churning[n], &port);
    }

  for (guint step = 0; step < n_steps; step++)
    {
      guint who = (guint) g_test_rand_int_range (0, N_CHURNING);

      come_or_go (&churning[who], &port, who % 2 == 0);
      if (step % 100 == 99)
        port_check (&port);
      for (guint i = 0; i < N_INNOCENT; i++)
        read_flow (&flows[i]);
    }

  for (guint i = 0; i < N_INNOCENT; i++)
    flow_stop (&flows[i]);
  for (guint i = 0; i < N_CHURNING; i++)
    peer_clear (&churning[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (argc > 1)
    n_steps = (guint) g_ascii_strtoull (argv[1], NULL, 10);
  TEST_BOTH ("/steering/churn", test_churn);
  return g_test_run ();
}
