/* How allocations get to their servers: over a base that sessions use too, or a connection of
 * their own. */
#include "broker/broker-private.h"

static FramFamily
family_of (const FramAllocation *allocation)
{
  return (FramFamily) allocation->interface.address.family;
}

/* --- The local end ----------------------------------------------------------------- */

/* Whether the 5-tuple between a base and the server is another allocation's. */
static gboolean
is_taken (const FramBase *base, const FramAllocation *allocation)
{
  for (guint i = 0; base != NULL && i < base->carried->len; i++)
    {
      const FramAllocation *other = g_ptr_array_index (base->carried, i);

      if (other != allocation
          && fram_address_equal (&other->address, &allocation->address))
        return TRUE;
    }
  return FALSE;
}

static guint32
choose_lane (FramBroker *broker, const FramAllocation *allocation)
{
  const FramAddress *interface = &allocation->interface.address;
  guint32 lane = allocation->carrier_lane;

  while (lane < FRAM_MAX_LANES - 1
         && is_taken (fram_base_table_find_place (&broker->bases, interface, lane),
                      allocation))
    lane++;
  return lane;
}

static void
wait_for_turn (FramBroker *broker, FramAllocation *allocation, FramTime now)
{
  if (!allocation->moving)
    fram_allocation_set_state (allocation, FRAM_ALLOCATION_WAITING, now);
  fram_pacer_want (&broker->pacer, &allocation->slot, now, FRAM_TURN_QUESTION);
}

static gboolean
take_base (FramBroker *broker, FramAllocation *allocation, FramTime now)
{
  FramBase *base = fram_broker_get_base (broker, &allocation->interface,
                                         choose_lane (broker, allocation), now);

  if (base == NULL)
    return FALSE;
  allocation->carrier = base;
  g_ptr_array_add (base->carried, allocation);
  fram_schedule_set (&broker->deadlines, &base->linger, FRAM_TIME_NEVER);
  if (base->state == FRAM_BASE_OPEN)
    wait_for_turn (broker, allocation, now);
  return TRUE;
}

static void
open_stream (FramBroker *broker, FramAllocation *allocation)
{
  const FramServer *server = allocation->server;
  const char *name = allocation->domain != NULL ? allocation->domain : server->parts.host;
  FramEvent *event = fram_broker_emit (broker, FRAM_EVENT_OPEN_STREAM, 0);

  allocation->stream = event->base = ++broker->next_base;
  event->bind = allocation->interface.address;
  event->remote = allocation->address;
  event->transport = allocation->transport;
  event->scheme = FRAM_SERVER_SCHEME_TURN;
  event->text = g_strdup (name);
  event->authority = g_strdup (server->authority);
  g_hash_table_insert (broker->allocations.by_stream,
                       GUINT_TO_POINTER (allocation->stream), allocation);
}

/* A name without a port may be served elsewhere by another way. (RFC 8656 §3.1, RFC 5928:
 * _turn._tcp) */
static gboolean
must_resolve (const FramAllocation *allocation)
{
  const FramServerUri *parts = &allocation->server->parts;

  return allocation->address.family == FRAM_FAMILY_NONE && !parts->is_address
         && parts->port == 0 && parts->transport != allocation->transport;
}

static void
resolve (FramBroker *broker, FramAllocation *allocation)
{
  FramEvent *event = fram_broker_emit (broker, FRAM_EVENT_RESOLVE, 0);

  allocation->query = event->query = fram_server_table_draw_query (&broker->servers);
  event->scheme = FRAM_SERVER_SCHEME_TURN;
  event->transport = allocation->transport;
  event->text = g_strdup (allocation->server->parts.host);
}

static void
take_address (FramAllocation *allocation)
{
  const FramAddress *address
      = fram_server_get_address (allocation->server, family_of (allocation));

  if (address != NULL && allocation->n_asked == 0
      && allocation->address.family == FRAM_FAMILY_NONE)
    allocation->address = *address;
}

/* Return: FALSE: it rests. */
static gboolean
connect_allocation (FramBroker *broker, FramAllocation *allocation, FramTime now)
{
  gboolean has_address = allocation->address.family != FRAM_FAMILY_NONE;

  if (has_address && fram_allocation_is_stream (allocation))
    open_stream (broker, allocation);
  else if (!has_address || !take_base (broker, allocation, now))
    {
      fram_broker_rest_allocation (broker, allocation, -1, 0, now);
      return FALSE;
    }
  fram_broker_schedule_allocation (broker, allocation);
  return TRUE;
}

gboolean
fram_broker_carry_allocation (FramBroker *broker, FramAllocation *allocation,
                              FramTime now)
{
  const FramServer *server = allocation->server;

  fram_allocation_set_state (allocation, FRAM_ALLOCATION_OPENING, now);
  allocation->heard = allocation->doubted = FALSE;
  allocation->asked_for = must_resolve (allocation);
  if (server->rests > now)
    {
      fram_broker_rest_allocation (broker, allocation, (int) server->refusal,
                                   server->refusal_code, now);
      return FALSE;
    }
  if (allocation->asked_for)
    {
      resolve (broker, allocation);
      fram_broker_schedule_allocation (broker, allocation);
      return TRUE;
    }
  take_address (allocation);
  return connect_allocation (broker, allocation, now);
}

gboolean
fram_broker_recarry_allocation (FramBroker *broker, FramAllocation *allocation,
                                FramTime now)
{
  if (!fram_allocation_is_stream (allocation))
    return take_base (broker, allocation, now);
  open_stream (broker, allocation);
  return TRUE;
}

void
fram_broker_uncarry_allocation (FramBroker *broker, FramAllocation *allocation,
                                FramTime unused)
{
  FramBase *base = g_steal_pointer (&allocation->carrier);

  allocation->query = 0;
  fram_pacer_want (&broker->pacer, &allocation->slot, FRAM_TIME_NEVER,
                   FRAM_TURN_ORDINARY);
  if (base != NULL)
    {
      g_ptr_array_remove_fast (base->carried, allocation);
      if (!fram_base_is_used (base))
        fram_broker_base_unused (broker, base, MAX (unused, base->unused));
    }
  if (allocation->stream == 0)
    return;
  fram_broker_emit (broker, FRAM_EVENT_CLOSE_BASE, 0)->base = allocation->stream;
  g_hash_table_remove (broker->allocations.by_stream,
                       GUINT_TO_POINTER (allocation->stream));
  allocation->stream = 0;
}

/* --- Facts ------------------------------------------------------------------------- */

void
fram_broker_carrier_opened (FramBroker *broker, FramBase *base, FramTime now)
{
  for (guint i = 0; i < base->carried->len; i++)
    {
      FramAllocation *allocation = g_ptr_array_index (base->carried, i);

      if (allocation->state == FRAM_ALLOCATION_OPENING || allocation->moving)
        wait_for_turn (broker, allocation, now);
    }
}

GPtrArray *
fram_broker_carrier_forget (FramBase *base)
{
  GPtrArray *carried = g_ptr_array_copy (base->carried, NULL, NULL);

  for (guint i = 0; i < carried->len; i++)
    ((FramAllocation *) g_ptr_array_index (carried, i))->carrier = NULL;
  g_ptr_array_set_size (base->carried, 0);
  return carried;
}

static FramAllocation *
find_stream (FramBroker *broker, FramBaseId stream)
{
  return g_hash_table_lookup (broker->allocations.by_stream, GUINT_TO_POINTER (stream));
}

gboolean
fram_broker_carrier_stream_opened (FramBroker *broker, FramBaseId stream, FramTime now)
{
  FramAllocation *allocation = find_stream (broker, stream);

  if (allocation == NULL)
    return FALSE;
  if (allocation->state == FRAM_ALLOCATION_OPENING || allocation->moving)
    wait_for_turn (broker, allocation, now);
  return TRUE;
}

gboolean
fram_broker_carrier_stream_failed (FramBroker *broker, FramBaseId stream,
                                   FramStreamFailure failure, FramTime now)
{
  FramAllocation *allocation = find_stream (broker, stream);

  if (allocation == NULL)
    return FALSE;
  g_hash_table_remove (broker->allocations.by_stream, GUINT_TO_POINTER (stream));
  allocation->stream = 0;
  fram_broker_allocation_stream_failed (broker, allocation, failure, now);
  return TRUE;
}

gboolean
fram_broker_carrier_resolved (FramBroker *broker, guint16 query,
                              const FramAddress *addresses, guint n_addresses,
                              FramTime now)
{
  for (guint i = 0; query != 0 && i < broker->allocations.all->len; i++)
    {
      FramAllocation *allocation = g_ptr_array_index (broker->allocations.all, i);

      if (allocation->query != query)
        continue;
      allocation->query = 0;
      allocation->since = now;
      for (guint a = n_addresses; a > 0; a--)
        if (addresses[a - 1].family == family_of (allocation)
            && addresses[a - 1].port != 0)
          allocation->address = addresses[a - 1];
      take_address (allocation);
      if (!connect_allocation (broker, allocation, now))
        fram_broker_tell_users (broker, allocation, now);
      return TRUE;
    }
  return FALSE;
}

/* --- The talk ---------------------------------------------------------------------- */

/* RFC 8656 §3.2: the default, in seconds.  It is asked for all the same: coturn keeps to a
 * shorter limit of its own only where it is. */
#define LIFETIME 600

/* Both as a rule: the peer may have the other one alone. */
static FramTurnFamilies
choose_families (FramBroker *broker, const FramAllocation *allocation)
{
  switch (broker->config.policy.family)
    {
    case FRAM_FAMILY_IPV4:
      return FRAM_TURN_IPV4;
    case FRAM_FAMILY_IPV6:
      return FRAM_TURN_IPV6;
    case FRAM_FAMILY_NONE:
      return allocation->single ? FRAM_TURN_ANY_FAMILY : FRAM_TURN_IPV4 | FRAM_TURN_IPV6;
    }
  g_assert_not_reached ();
}

static void
ask_for_one (FramBroker *broker, FramAllocation *allocation, FramTime now)
{
  const FramServer *server = allocation->server;
  FramTurnConfig config = {
    .server = allocation->address,
    .reliable
    = allocation->transport == FRAM_KNOWN_TCP || allocation->transport == FRAM_KNOWN_TLS,
    .families = choose_families (broker, allocation),
    .mobility = server->mobility,
    .lifetime = LIFETIME,
    .credential = { .username = server->username, .password = server->password },
    .realm = server->realm,
    .nonce = server->nonce,
    .asked = allocation->asked,
    .n_asked = allocation->n_asked,
  };

  if (!fram_allocation_is_stream (allocation))
    {
      config.rto = fram_broker_get_rto (broker, &allocation->address);
      config.keepalive = fram_network_get_keepalive (
          &broker->network, allocation->interface.name, family_of (allocation));
    }
  fram_allocation_set_state (allocation, FRAM_ALLOCATION_ASKING, now);
  allocation->asked_at = now;
  allocation->turn = fram_turn_new (&config, broker->random, now);
  fram_broker_settle_allocation (broker, allocation, now);
  /* From now on, it is known until when it is waited for. */
  fram_broker_tell_users (broker, allocation, now);
}

void
fram_broker_ask_allocation (FramBroker *broker, FramAllocation *allocation, FramTime now)
{
  if (allocation->moving)
    fram_broker_ask_move (broker, allocation, now);
  else
    ask_for_one (broker, allocation, now);
}

static void
note_heard (FramBroker *broker, FramAllocation *allocation, FramTime now)
{
  const char *interface = allocation->interface.name, *uri = allocation->server->uri;

  if (allocation->heard)
    return;
  allocation->heard = TRUE;
  if (fram_broker_learn_heard (broker, interface, uri, family_of (allocation),
                               allocation->transport, now)
      && !fram_allocation_is_stream (allocation))
    fram_broker_wake_mappings (broker, interface, uri, family_of (allocation), now);
}

/* A mapping of the same base at the same server has its answers to itself. */
static gboolean
is_binding_answer (const guint8 *data, gsize length)
{
  return length >= 2 && data[0] == 1 && (data[1] == 0x01 || data[1] == 0x11);
}

static FramAllocation *
find_carried (FramBroker *broker, FramBaseId id, FramBase *base,
              const FramAddress *remote)
{
  FramAllocation *allocation;

  if (base == NULL)
    {
      allocation = find_stream (broker, id);
      return allocation != NULL && fram_address_equal (&allocation->address, remote)
                 ? allocation
                 : NULL;
    }
  for (guint i = 0; i < base->carried->len; i++)
    {
      allocation = g_ptr_array_index (base->carried, i);
      if (fram_address_equal (&allocation->address, remote))
        return allocation;
    }
  return NULL;
}

gboolean
fram_broker_carrier_receive (FramBroker *broker, FramBaseId id, FramBase *base,
                             const FramAddress *remote, const guint8 *message,
                             gsize length, FramTime now)
{
  FramAllocation *allocation = find_carried (broker, id, base, remote);
  const guint8 *data;
  FramAddress peer;
  gsize data_length;

  if (allocation == NULL || (base != NULL && is_binding_answer (message, length)))
    return FALSE;
  if (allocation->turn == NULL)
    return TRUE;
  switch (fram_turn_receive (allocation->turn, message, length, now, &peer, &data,
                             &data_length))
    {
    case FRAM_TURN_RECEIVED_NOTHING:
      return TRUE;
    case FRAM_TURN_RECEIVED_TALK:
      note_heard (broker, allocation, now);
      break;
    case FRAM_TURN_RECEIVED_DATA:
      if (allocation->relayed[peer.family == FRAM_FAMILY_IPV6] != NULL)
        fram_broker_receive_relayed (broker,
                                     allocation->relayed[peer.family == FRAM_FAMILY_IPV6],
                                     &peer, data, data_length, now);
      break;
    }
  fram_broker_settle_allocation (broker, allocation, now);
  return TRUE;
}

/* The question goes on, for an ICMP message can be forged; but nobody waits for it. */
void
fram_broker_carrier_unreachable (FramBroker *broker, FramBase *base,
                                 const FramAddress *remote, FramTime now)
{
  FramAllocation *allocation = find_carried (broker, base->id, base, remote);

  if (allocation == NULL || allocation->state != FRAM_ALLOCATION_ASKING
      || allocation->doubted)
    return;
  allocation->doubted = TRUE;
  fram_broker_tell_users (broker, allocation, now);
}
