#include "nat-lifetime-world.h"

static FramTime
deadline (gpointer self)
{
  return fram_nat_lifetime_deadline (self);
}

static void
advance (gpointer self, FramTime now)
{
  fram_nat_lifetime_advance (self, now);
}

static FramTime
send_due (gpointer self)
{
  return fram_nat_lifetime_send_due (self);
}

static gboolean
send (gpointer self, FramTime now)
{
  return fram_nat_lifetime_send (self, now);
}

static gboolean
receive (gpointer self, guint socket, const FramAddress *from, const guint8 *data,
         gsize length, FramTime now)
{
  return fram_nat_lifetime_receive (self, socket, from, data, length, now);
}

static gboolean
pop (gpointer self, FramNatEvent *ret_event)
{
  return fram_nat_lifetime_pop (self, ret_event);
}

static void
opened (gpointer self, guint socket, FramTime now)
{
  fram_nat_lifetime_told_opened (self, socket, now);
}

static void
open_failed (gpointer self, guint socket, FramTime now)
{
  fram_nat_lifetime_told_open_failed (self, socket, now);
}

static gconstpointer
result (gpointer self)
{
  return fram_nat_lifetime_get_result (self);
}

void
lifetime_world_init (LifetimeWorld *self, guint64 seed, FramTime life)
{
  *self = (LifetimeWorld){ .kind = { .inbound_refreshes = TRUE, .lifetime = life } };
  nat_world_init (&self->world, seed);
}

void
lifetime_world_clear (LifetimeWorld *self)
{
  fram_nat_lifetime_free (self->lifetime);
  nat_world_clear (&self->world);
}

const FramNatLifetimeResult *
lifetime_world_run (LifetimeWorld *self)
{
  FramTime started = self->world.now;
  NatMachine machine = { .deadline = deadline,
                         .advance = advance,
                         .send_due = send_due,
                         .send = send,
                         .receive = receive,
                         .pop = pop,
                         .opened = opened,
                         .open_failed = open_failed,
                         .result = result,
                         .result_size = sizeof (FramNatLifetimeResult) };

  if (!self->no_nat)
    nat_world_set_nat (&self->world, &self->kind);
  self->config.server = self->world.servers[0].first;
  self->lifetime = machine.self
      = fram_nat_lifetime_new (&self->config, &self->world.dice.random, started);
  nat_world_run (&self->world, &machine, started + FRAM_SECONDS (12 * 3600));
  self->took = self->world.finished - started;
  return fram_nat_lifetime_get_result (self->lifetime);
}

void
lifetime_assert_found (const FramNatLifetimeResult *result, FramTime life, FramTime slack)
{
  g_assert_cmpint (result->state, ==, FRAM_NAT_LIFETIME_MEASURED);
  g_assert_cmpint (result->alive, <=, life);
  g_assert_cmpint (result->dead, >=, life);
  g_assert_cmpint (result->dead - result->alive, <=, MAX (result->alive / 10, slack));
}
