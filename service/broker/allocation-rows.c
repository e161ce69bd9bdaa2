/* Allocations, as rows that can be shown. */
#include "broker/broker-private.h"
#include "broker/server-failures.h"

const char *
fram_allocation_row_state_to_word (FramAllocationRowState state)
{
  switch (state)
    {
    case FRAM_ALLOCATION_ROW_ASKING:
      return "asking";
    case FRAM_ALLOCATION_ROW_THERE:
      return "there";
    case FRAM_ALLOCATION_ROW_ENDING:
      return "ending";
    case FRAM_ALLOCATION_ROW_RESTING:
      return "resting";
    case FRAM_ALLOCATION_ROW_CLOSING:
      return "closing";
    }
  g_assert_not_reached ();
}

static FramAllocationRowState
state_of (const FramAllocation *allocation)
{
  switch (allocation->state)
    {
    case FRAM_ALLOCATION_OPENING:
    case FRAM_ALLOCATION_WAITING:
    case FRAM_ALLOCATION_ASKING:
      return FRAM_ALLOCATION_ROW_ASKING;
    case FRAM_ALLOCATION_THERE:
      return allocation->replaced ? FRAM_ALLOCATION_ROW_ENDING
                                  : FRAM_ALLOCATION_ROW_THERE;
    case FRAM_ALLOCATION_RESTING:
      return FRAM_ALLOCATION_ROW_RESTING;
    case FRAM_ALLOCATION_CLOSING:
      return FRAM_ALLOCATION_ROW_CLOSING;
    }
  g_assert_not_reached ();
}

FramServerFailure
fram_allocation_get_failure (const FramAllocation *allocation)
{
  return allocation->stream_failed ? fram_server_failure_of_stream (allocation->failure)
                                   : fram_server_failure_of_outcome (
                                       allocation->outcome, allocation->is_expired);
}

static void
add_cause (FramAllocationRow *row, const FramAllocation *allocation)
{
  if ((row->state != FRAM_ALLOCATION_ROW_RESTING
       && row->state != FRAM_ALLOCATION_ROW_ENDING)
      || !allocation->failed)
    return;
  row->cause = fram_server_failure_to_word (fram_allocation_get_failure (allocation));
  row->sentence
      = fram_server_failure_to_advice (fram_allocation_get_failure (allocation));
}

static void
add_relay (FramAllocationRow *row, const FramAllocation *allocation, FramTime now)
{
  const FramTurn *turn = allocation->turn;

  if (turn == NULL)
    return;
  row->rtt = fram_turn_get_rtt (turn);
  if (!fram_turn_is_allocated (turn))
    return;
  fram_turn_get_mapped (turn, &row->mapped);
  fram_turn_get_relayed (turn, FRAM_FAMILY_IPV4, &row->relayed[0]);
  fram_turn_get_relayed (turn, FRAM_FAMILY_IPV6, &row->relayed[1]);
  row->n_permissions = fram_turn_count_permissions (turn);
  row->n_channels = fram_turn_count_channels (turn);
  row->left = MAX (fram_turn_get_expiry (turn) - now, 0);
}

static FramAllocationRow
make_row (const FramAllocation *allocation, FramTime now)
{
  FramAllocationRow row = {
    .uri = allocation->server->uri,
    .carrier = fram_allocation_get_carrier (allocation),
    .lane = allocation->lane,
    .transport = allocation->transport,
    .local = allocation->interface.address,
    .server = allocation->address,
    .state = state_of (allocation),
    .cause = "",
    .sentence = "",
    .n_sessions = allocation->users->len,
    .left = -1,
    .retry = -1,
    .rtt = -1,
    .since = MAX (now - allocation->since, 0),
  };

  if (allocation->carrier != NULL && allocation->carrier->state == FRAM_BASE_OPEN)
    row.local = allocation->carrier->address;
  g_strlcpy (row.interface, allocation->interface.name, sizeof row.interface);
  if (row.state == FRAM_ALLOCATION_ROW_RESTING && allocation->retry != FRAM_TIME_NEVER)
    row.retry = MAX (allocation->retry - now, 0);
  add_cause (&row, allocation);
  add_relay (&row, allocation, now);
  return row;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  const FramAllocationRow *first = a, *second = b;
  gint order = g_strcmp0 (first->uri, second->uri);

  if (order == 0)
    order = g_strcmp0 (first->interface, second->interface);
  if (order == 0)
    order = (gint) first->transport - (gint) second->transport;
  if (order == 0)
    order = first->lane < second->lane ? -1 : first->lane > second->lane;
  return order != 0 ? order : fram_address_compare (&first->local, &second->local);
}

GArray *
fram_broker_list_allocations (FramBroker *broker, FramTime now)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (FramAllocationRow));

  for (guint i = 0; i < broker->allocations.all->len; i++)
    {
      FramAllocationRow row
          = make_row (g_ptr_array_index (broker->allocations.all, i), now);

      g_array_append_val (rows, row);
    }
  g_array_sort (rows, compare);
  return rows;
}
