/* What every file of the broker stands on: its events, sessions by id, transactions by
 * id. */
#include "broker/broker-private.h"

FramEvent *
fram_broker_emit (FramBroker *broker, FramEventType type, FramSessionId session)
{
  FramEvent *event = fram_queue_push (&broker->events);

  event->type = type;
  event->session = session;
  return event;
}

gboolean
fram_broker_pop (FramBroker *broker, FramEvent *ret_event)
{
  return fram_queue_pop (&broker->events, ret_event);
}

FramBrokerSession *
fram_broker_find_session (FramBroker *broker, FramSessionId id)
{
  return g_hash_table_lookup (broker->sessions, GUINT_TO_POINTER (id));
}

/* --- Transactions ------------------------------------------------------------------ */

void
fram_broker_await (FramBroker *broker, const FramStunId *id, FramGeneration *generation,
                   FramMapping *mapping)
{
  FramAwaited *awaited;

  if (g_hash_table_contains (broker->transactions, id))
    return;
  awaited = g_new0 (FramAwaited, 1);
  awaited->id = *id;
  awaited->generation = generation;
  awaited->mapping = mapping;
  g_hash_table_insert (broker->transactions, &awaited->id, awaited);
}

void
fram_broker_await_no_more (FramBroker *broker, const FramStunId *id)
{
  g_hash_table_remove (broker->transactions, id);
}

gboolean
fram_broker_awaits (FramBroker *broker, const FramStunId *id)
{
  return g_hash_table_contains (broker->transactions, id);
}
