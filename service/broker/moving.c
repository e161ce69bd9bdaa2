/* Allocations that go on from another interface address, when theirs is gone: by another carrier
 * they show the ticket that the server gave them.  What is relayed stays as it is.  (RFC 8016) */
#include "broker/broker-private.h"

/* So long one waits for a network: then the peers' consent has expired. */
#define HOMELESS_LIMIT FRAM_CONSENT_LIFETIME
/* And so long for the server.  After that another one is made, by whatever way there is. */
#define MOVE_LIMIT FRAM_SECONDS (3)

static FramInterfaceAddress *
get_interface (FramBroker *broker, guint i)
{
  return &g_array_index (broker->interfaces, FramInterfaceAddress, i);
}

/* The first one from which the server is not known to be silent, or just the first one; NULL:
 * none has its family. */
static const FramInterfaceAddress *
find_home (FramBroker *broker, const FramAllocation *allocation)
{
  const FramInterfaceAddress *home = NULL;

  for (guint i = 0; i < broker->interfaces->len; i++)
    {
      const FramInterfaceAddress *interface = get_interface (broker, i);

      if (interface->address.family != allocation->address.family)
        continue;
      if (fram_network_find_silent (
              &broker->network, interface->name, allocation->server->uri,
              (FramFamily) interface->address.family, allocation->transport)
          == NULL)
        return interface;
      if (home == NULL)
        home = interface;
    }
  return home;
}

static void
leave (FramBroker *broker, FramAllocation *allocation, FramTime now)
{
  fram_turn_leave (allocation->turn);
  allocation->moving = TRUE;
  allocation->moves = now + HOMELESS_LIMIT;
  fram_broker_uncarry_allocation (broker, allocation, now);
}

static void
settle_in (FramBroker *broker, FramAllocation *allocation,
           const FramInterfaceAddress *home, FramTime now)
{
  const FramAllocation *other = fram_allocation_table_find (
      &broker->allocations, &home->address, allocation->server, allocation->transport,
      allocation->lane);

  allocation->beside = other != NULL && other != allocation;
  allocation->interface = *home;
  allocation->carrier_lane = allocation->lane;
  allocation->moves = now + MOVE_LIMIT;
  if (!fram_broker_recarry_allocation (broker, allocation, now))
    fram_broker_allocation_stream_failed (broker, allocation, FRAM_STREAM_UNREACHABLE,
                                          now);
  else
    fram_broker_schedule_allocation (broker, allocation);
}

static gboolean
can_move (const FramAllocation *allocation)
{
  return allocation->state == FRAM_ALLOCATION_THERE && allocation->users->len > 0
         && !allocation->replaced && fram_turn_can_move (allocation->turn);
}

static void
move (FramBroker *broker, FramAllocation *allocation, FramTime now)
{
  const FramInterfaceAddress *home;

  gboolean is_homeless
      = allocation->moving && fram_allocation_get_carrier (allocation) == 0;

  if (!is_homeless && fram_broker_uses_address (broker, &allocation->interface.address))
    return;
  if (!is_homeless)
    leave (broker, allocation, now);
  home = find_home (broker, allocation);
  if (home != NULL)
    settle_in (broker, allocation, home, now);
  else
    fram_broker_schedule_allocation (broker, allocation);
}

void
fram_broker_move_allocations (FramBroker *broker, FramTime now)
{
  g_autoptr (GPtrArray) all = g_ptr_array_copy (broker->allocations.all, NULL, NULL);

  for (guint i = 0; i < all->len; i++)
    if (can_move (g_ptr_array_index (all, i)))
      move (broker, g_ptr_array_index (all, i), now);
}

void
fram_broker_ask_move (FramBroker *broker, FramAllocation *allocation, FramTime now)
{
  fram_turn_move (allocation->turn, now);
  fram_broker_settle_allocation (broker, allocation, now);
}

void
fram_broker_allocation_moved (FramBroker *broker, FramAllocation *allocation,
                              FramTime now)
{
  allocation->moving = FALSE;
  allocation->moves = FRAM_TIME_NEVER;
  fram_broker_recarry_relayed (broker, allocation);
  fram_broker_tell_users (broker, allocation, now);
}

void
fram_broker_give_up_move (FramBroker *broker, FramAllocation *allocation, FramTime now)
{
  allocation->moves = FRAM_TIME_NEVER;
  if (fram_allocation_get_carrier (allocation) == 0)
    fram_broker_close_allocation (broker, allocation, now);
  else
    fram_broker_allocation_failed (broker, allocation, FRAM_TURN_LOST, 0, now);
}
