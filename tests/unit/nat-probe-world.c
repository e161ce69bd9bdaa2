#include "nat-probe-world.h"

/* All ten questions, each repeated as often as loss can make it. */
#define MOST_PACKETS 90

static FramTime
deadline (gpointer self)
{
  return fram_nat_probe_deadline (self);
}

static void
advance (gpointer self, FramTime now)
{
  fram_nat_probe_advance (self, now);
}

static FramTime
send_due (gpointer self)
{
  return fram_nat_probe_send_due (self);
}

static gboolean
send (gpointer self, FramTime now)
{
  return fram_nat_probe_send (self, now);
}

static gboolean
receive (gpointer self, guint socket, const FramAddress *from, const guint8 *data,
         gsize length, FramTime now)
{
  return fram_nat_probe_receive (self, (FramNatSocket) socket, from, data, length, now);
}

static gboolean
pop (gpointer self, FramNatEvent *ret_event)
{
  return fram_nat_probe_pop (self, ret_event);
}

static void
unreachable (gpointer self, guint socket, const FramAddress *remote, FramTime now)
{
  fram_nat_probe_told_unreachable (self, (FramNatSocket) socket, remote, now);
}

static gconstpointer
result (gpointer self)
{
  return fram_nat_probe_get_result (self);
}

void
probe_world_init (ProbeWorld *self, guint64 seed)
{
  *self = (ProbeWorld){ 0 };
  nat_world_init (&self->world, seed);
}

void
probe_world_clear (ProbeWorld *self)
{
  fram_nat_probe_free (self->probe);
  nat_world_clear (&self->world);
}

const FramNatBehaviour *
probe_world_run (ProbeWorld *self)
{
  FramTime started = self->world.now, finished;
  NatMachine machine = { .deadline = deadline,
                         .advance = advance,
                         .send_due = send_due,
                         .send = send,
                         .receive = receive,
                         .pop = pop,
                         .unreachable = unreachable,
                         .result = result,
                         .result_size = sizeof (FramNatBehaviour) };

  self->config.server = self->world.servers[0].first;
  for (guint i = 0; i < FRAM_NAT_PROBE_SOCKETS; i++)
    {
      self->config.local[i] = self->world.local[i];
      self->config.local[i].scope = self->scope;
    }
  self->probe = machine.self
      = fram_nat_probe_new (&self->config, &self->world.dice.random, started);

  /* Packets that are still on their way then arrive later. */
  nat_world_run (&self->world, &machine, started + FRAM_SECONDS (10));
  finished = self->world.finished;
  self->took = finished - started;
  g_assert_cmpint (self->took, <=, FRAM_NAT_PROBE_LIMIT);
  g_assert_cmpuint (self->world.n_questions, <=, 10);
  g_assert_cmpuint (self->world.n_sent, <=, MOST_PACKETS);
  g_assert_cmpuint (self->world.n_foreign, ==, 0);
  return fram_nat_probe_get_result (self->probe);
}
