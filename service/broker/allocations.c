#include "broker/allocations.h"

#include "broker/broker-private.h"

/* Whether it is still there is not asked again so soon. */
#define RENEW_REST FRAM_SECONDS (5)

void
fram_allocation_table_init (FramAllocationTable *table)
{
  table->all = g_ptr_array_new ();
  table->by_stream = g_hash_table_new (NULL, NULL);
  table->relayed = g_hash_table_new (NULL, NULL);
}

void
fram_allocation_table_clear (FramAllocationTable *table)
{
  g_assert (table->all->len == 0);
  g_clear_pointer (&table->all, g_ptr_array_unref);
  g_clear_pointer (&table->by_stream, g_hash_table_unref);
  g_clear_pointer (&table->relayed, g_hash_table_unref);
}

FramAllocation *
fram_allocation_table_find (const FramAllocationTable *table,
                            const FramAddress *interface, const FramServer *server,
                            FramKnownTransport transport, guint32 lane)
{
  for (guint i = 0; i < table->all->len; i++)
    {
      FramAllocation *allocation = g_ptr_array_index (table->all, i);

      if (allocation->server == server && allocation->lane == lane
          && allocation->transport == transport && !allocation->replaced
          && !allocation->beside && allocation->state != FRAM_ALLOCATION_CLOSING
          && fram_address_equal (&allocation->interface.address, interface))
        return allocation;
    }
  return NULL;
}

FramRelayedBase *
fram_allocation_table_find_relayed (const FramAllocationTable *table, FramBaseId id)
{
  return g_hash_table_lookup (table->relayed, GUINT_TO_POINTER (id));
}

FramBaseId
fram_allocation_get_carrier (const FramAllocation *allocation)
{
  return allocation->carrier != NULL ? allocation->carrier->id : allocation->stream;
}

gboolean
fram_allocation_is_stream (const FramAllocation *allocation)
{
  return allocation->transport != FRAM_KNOWN_UDP;
}

void
fram_allocation_set_state (FramAllocation *allocation, FramAllocationState state,
                           FramTime now)
{
  if (allocation->state != state)
    allocation->since = now;
  allocation->state = state;
}

/* --- Its life ---------------------------------------------------------------------- */

FramAllocation *
fram_broker_allocate (FramBroker *broker, const FramInterfaceAddress *interface,
                      FramServer *server, FramKnownTransport transport, guint32 lane,
                      FramTime now)
{
  FramAllocationTable *table = &broker->allocations;
  FramAllocation *allocation;

  if (table->shut_down || table->all->len >= FRAM_ALLOCATIONS_MAX)
    return NULL;
  allocation = g_new0 (FramAllocation, 1);
  allocation->server = fram_server_ref (server);
  allocation->interface = *interface;
  allocation->transport = transport;
  allocation->lane = allocation->carrier_lane = lane;
  allocation->since = allocation->unused = now;
  allocation->ends = allocation->moves = FRAM_TIME_NEVER;
  allocation->state = FRAM_ALLOCATION_RESTING;
  allocation->retry = now;
  allocation->renewed = G_MININT64 / 2;
  allocation->users = g_array_new (FALSE, FALSE, sizeof (FramBaseMember));
  allocation->due.kind = allocation->slot.kind = FRAM_DUE_ALLOCATION;
  allocation->due.owner = allocation->slot.owner = allocation;
  g_ptr_array_add (table->all, allocation);
  return allocation;
}

void
fram_broker_free_allocation (FramBroker *broker, FramAllocation *allocation, FramTime now)
{
  g_assert (allocation->users->len == 0);
  fram_broker_close_relayed (broker, allocation);
  fram_broker_uncarry_allocation (broker, allocation, allocation->unused);
  fram_schedule_set (&broker->deadlines, &allocation->due, FRAM_TIME_NEVER);
  fram_turn_free (allocation->turn);
  fram_server_table_leave (&broker->servers, allocation->server);
  g_ptr_array_remove_fast (broker->allocations.all, allocation);
  g_array_unref (allocation->users);
  g_free (allocation->domain);
  g_free (allocation);
}

void
fram_broker_close_allocation (FramBroker *broker, FramAllocation *allocation,
                              FramTime now)
{
  fram_broker_leave_relay (broker, allocation, now);
  fram_broker_close_relayed (broker, allocation);
  if (allocation->state != FRAM_ALLOCATION_THERE || allocation->turn == NULL)
    {
      fram_broker_free_allocation (broker, allocation, now);
      return;
    }
  fram_allocation_set_state (allocation, FRAM_ALLOCATION_CLOSING, now);
  fram_turn_close (allocation->turn, now);
  fram_broker_settle_allocation (broker, allocation, now);
}

/* --- Time -------------------------------------------------------------------------- */

static FramTime
find_end (FramBroker *broker, const FramAllocation *allocation)
{
  FramTime linger = fram_broker_get_linger (broker, allocation->lane);

  if (allocation->users->len > 0 || linger == FRAM_TIME_NEVER
      || allocation->state == FRAM_ALLOCATION_CLOSING)
    return allocation->ends;
  return MIN (allocation->ends, allocation->unused + linger);
}

void
fram_broker_schedule_allocation (FramBroker *broker, FramAllocation *allocation)
{
  FramTime due = MIN (find_end (broker, allocation), allocation->moves);

  if (allocation->turn != NULL)
    due = MIN (due, fram_turn_deadline (allocation->turn));
  if (allocation->state == FRAM_ALLOCATION_RESTING)
    due = MIN (due, allocation->retry);
  fram_schedule_set (&broker->deadlines, &allocation->due, due);
}

void
fram_broker_allocation_advance (FramBroker *broker, FramAllocation *allocation,
                                FramTime now)
{
  if (find_end (broker, allocation) <= now)
    {
      fram_broker_close_allocation (broker, allocation, now);
      return;
    }
  if (allocation->moves <= now)
    {
      fram_broker_give_up_move (broker, allocation, now);
      return;
    }
  if (allocation->state == FRAM_ALLOCATION_RESTING && allocation->retry <= now)
    fram_broker_carry_allocation (broker, allocation, now);
  if (allocation->turn != NULL)
    {
      fram_turn_advance (allocation->turn, now);
      fram_broker_settle_allocation (broker, allocation, now);
    }
  else
    fram_broker_schedule_allocation (broker, allocation);
}

void
fram_broker_allocation_unused (FramBroker *broker, FramAllocation *allocation,
                               FramTime now)
{
  allocation->unused = now;
  /* What could not be made is of no use to anybody later; the server remembers why. */
  if (allocation->state == FRAM_ALLOCATION_RESTING || allocation->replaced
      || allocation->beside || allocation->moving)
    fram_broker_close_allocation (broker, allocation, now);
  else
    fram_broker_schedule_allocation (broker, allocation);
}

void
fram_broker_allocations_linger (FramBroker *broker)
{
  for (guint i = 0; i < broker->allocations.all->len; i++)
    fram_broker_schedule_allocation (broker,
                                     g_ptr_array_index (broker->allocations.all, i));
}

/* RFC 8656 §8: a Refresh tells whether it is still there; from another 5-tuple it is not. */
void
fram_broker_renew_allocation (FramBroker *broker, FramAllocation *allocation,
                              FramTime now)
{
  if (allocation->turn == NULL || now < allocation->renewed + RENEW_REST)
    return;
  allocation->renewed = now;
  fram_turn_renew (allocation->turn, now);
  fram_broker_schedule_allocation (broker, allocation);
}

void
fram_broker_renew_streams (FramBroker *broker, FramTime now)
{
  for (guint i = 0; i < broker->allocations.all->len; i++)
    {
      FramAllocation *allocation = g_ptr_array_index (broker->allocations.all, i);

      if (fram_allocation_is_stream (allocation))
        fram_broker_renew_allocation (broker, allocation, now);
    }
}

/* --- The end ----------------------------------------------------------------------- */

/* What the server is told of the end is the last that leaves; nobody waits for an answer. */
static void
forsake (FramBroker *broker, FramAllocation *allocation, FramTime now)
{
  FramTurnEvent event;

  if (allocation->state == FRAM_ALLOCATION_THERE)
    fram_turn_close (allocation->turn, now);
  while (allocation->turn != NULL && fram_turn_pop (allocation->turn, &event))
    {
      if (event.type == FRAM_TURN_EVENT_TRANSMIT)
        fram_broker_relay_talk (broker, allocation, &event);
      fram_turn_event_clear (&event);
    }
  fram_broker_free_allocation (broker, allocation, now);
}

void
fram_broker_lose_allocations (FramBroker *broker, const FramAddress *interface,
                              FramTime now)
{
  g_autoptr (GPtrArray) all = g_ptr_array_copy (broker->allocations.all, NULL, NULL);

  for (guint i = 0; i < all->len; i++)
    {
      FramAllocation *allocation = g_ptr_array_index (all, i);

      if (!fram_address_equal (&allocation->interface.address, interface)
          || allocation->moving)
        continue;
      fram_broker_leave_relay (broker, allocation, now);
      forsake (broker, allocation, now);
    }
}

void
fram_broker_drop_allocations (FramBroker *broker, FramTime now)
{
  GPtrArray *all = broker->allocations.all;

  broker->allocations.shut_down = TRUE;
  while (all->len > 0)
    {
      FramAllocation *allocation = g_ptr_array_index (all, all->len - 1);

      fram_broker_leave_relay (broker, allocation, now);
      fram_broker_free_allocation (broker, allocation, now);
    }
}

void
fram_broker_shut_down (FramBroker *broker, FramTime now)
{
  g_autoptr (GPtrArray) all = g_ptr_array_copy (broker->allocations.all, NULL, NULL);

  broker->allocations.shut_down = TRUE;
  for (guint i = 0; i < all->len; i++)
    {
      FramAllocation *allocation = g_ptr_array_index (all, i);

      if (allocation->state != FRAM_ALLOCATION_CLOSING)
        fram_broker_close_allocation (broker, allocation, now);
    }
}

gboolean
fram_broker_is_shut_down (FramBroker *broker)
{
  return broker->allocations.shut_down && broker->allocations.all->len == 0;
}
