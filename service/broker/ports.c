/* The ports of bases, where the user wants them within a range. */
#include "broker/broker-private.h"

/* Ports that are tried for one socket: others on this host may have them. */
#define MAX_TRIES 64

FramEvent *
fram_broker_emit_open_base (FramBroker *broker, FramBaseId base,
                            const FramInterfaceAddress *interface, guint16 port,
                            guint32 lane)
{
  FramEvent *event = fram_broker_emit (broker, FRAM_EVENT_OPEN_BASE, 0);

  event->base = base;
  event->bind = interface->address;
  event->bind.port = port;
  event->lane = lane;
  return event;
}

static void
emit_open (FramBroker *broker, const FramBase *base)
{
  fram_broker_emit_open_base (broker, base->id, &base->interface, base->port, base->lane);
}

static guint
range_width (const FramBrokerPolicy *policy)
{
  return policy->first_port != 0 ? policy->last_port - policy->first_port + 1u : 0;
}

static gboolean
is_of_range (const FramBrokerPolicy *policy, guint16 port)
{
  return port >= policy->first_port && port <= policy->last_port;
}

gboolean
fram_broker_in_range (FramBroker *broker, FramBaseState state, const FramAddress *address)
{
  const FramBrokerPolicy *policy = &broker->config.policy;

  return policy->first_port == 0 || state != FRAM_BASE_OPEN
         || is_of_range (policy, address->port);
}

/* Any place in the range is as good: those of one host differ, and restarts too. */
guint16
fram_broker_draw_port (FramBroker *broker)
{
  const FramBrokerPolicy *policy = &broker->config.policy;

  return policy->first_port == 0
             ? 0
             : (guint16) fram_random_range (broker->random, policy->first_port,
                                            policy->last_port + 1);
}

gboolean
fram_broker_next_port (FramBroker *broker, guint16 *port, guint *n_refused)
{
  const FramBrokerPolicy *policy = &broker->config.policy;

  if (!is_of_range (policy, *port)
      || ++*n_refused >= MIN (range_width (policy), MAX_TRIES))
    return FALSE;
  *port = *port == policy->last_port ? policy->first_port : *port + 1;
  return TRUE;
}

/* Whether another base of the address has the port, or is about to. */
static gboolean
is_taken (FramBroker *broker, const FramBase *base, guint16 port)
{
  GHashTableIter iter;
  FramBase *other;

  g_hash_table_iter_init (&iter, broker->bases.by_id);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &other))
    if (other != base && other->port == port
        && fram_address_equal_ip (&other->interface.address, &base->interface.address))
      return TRUE;
  return FALSE;
}

/* Asks for the first port from `base->port` on that no base has.  FALSE: there is none. */
static gboolean
try_next (FramBroker *broker, FramBase *base)
{
  const FramBrokerPolicy *policy = &broker->config.policy;
  guint width = range_width (policy);

  for (guint i = 0; i < width; i++)
    {
      guint offset = (base->port - policy->first_port + i) % width;
      guint16 port = (guint16) (policy->first_port + offset);

      if (!is_taken (broker, base, port))
        {
          base->port = port;
          emit_open (broker, base);
          return TRUE;
        }
    }
  return FALSE;
}

void
fram_broker_open_base (FramBroker *broker, FramBase *base)
{
  base->port = fram_broker_draw_port (broker);
  /* With all of them taken one is asked for all the same, and refused. */
  if (!try_next (broker, base))
    emit_open (broker, base);
}

gboolean
fram_broker_open_elsewhere (FramBroker *broker, FramBase *base)
{
  return fram_broker_next_port (broker, &base->port, &base->n_refused)
         && try_next (broker, base);
}
