/* The broker as a whole: its tables, the facts it is told, its time. */
#include "broker/broker-private.h"

#include <string.h>

#define DEFAULT_MAX_SESSIONS 20000
#define DEFAULT_MAX_SESSIONS_PER_OWNER 2000

G_DEFINE_QUARK (fram - broker - error - quark, fram_broker_error)

FramBroker *
fram_broker_new (const FramBrokerConfig *config, FramRandom *random)
{
  FramBroker *broker = g_new0 (FramBroker, 1);

  broker->random = random;
  broker->config = *config;
  if (broker->config.max_sessions == 0)
    broker->config.max_sessions = DEFAULT_MAX_SESSIONS;
  if (broker->config.max_sessions_per_owner == 0)
    broker->config.max_sessions_per_owner = DEFAULT_MAX_SESSIONS_PER_OWNER;
  g_queue_init (&broker->events);
  broker->interfaces = g_array_new (FALSE, FALSE, sizeof (FramInterfaceAddress));
  fram_base_table_init (&broker->bases);
  fram_lane_table_init (&broker->lanes);
  fram_route_table_init (&broker->routes);
  fram_server_table_init (&broker->servers);
  broker->sessions = g_hash_table_new (NULL, NULL);
  broker->owners = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  broker->ufrags = g_hash_table_new (g_str_hash, g_str_equal);
  broker->transactions
      = g_hash_table_new_full (fram_stun_id_hash, fram_stun_id_equal, NULL, g_free);
  fram_schedule_init (&broker->deadlines);
  fram_schedule_init (&broker->slots);
  return broker;
}

static void
drop_base (FramBroker *broker, FramBase *base)
{
  fram_broker_drop_mappings (broker, base);
  fram_schedule_set (&broker->deadlines, &base->linger, FRAM_TIME_NEVER);
  fram_base_table_remove (&broker->bases, base);
}

void
fram_broker_free (FramBroker *broker)
{
  GHashTableIter iter;
  gpointer value;
  FramEvent event;

  if (broker == NULL)
    return;

  g_hash_table_iter_init (&iter, broker->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      g_hash_table_iter_remove (&iter);
      fram_broker_session_free (broker, value, 0);
    }
  for (;;)
    {
      g_hash_table_iter_init (&iter, broker->bases.by_id);
      if (!g_hash_table_iter_next (&iter, NULL, &value))
        break;
      drop_base (broker, value);
    }
  while (fram_broker_pop (broker, &event))
    fram_event_clear (&event);

  fram_schedule_clear (&broker->slots);
  fram_schedule_clear (&broker->deadlines);
  g_hash_table_unref (broker->transactions);
  g_hash_table_unref (broker->ufrags);
  g_hash_table_unref (broker->owners);
  g_hash_table_unref (broker->sessions);
  fram_server_table_clear (&broker->servers);
  fram_route_table_clear (&broker->routes);
  fram_lane_table_clear (&broker->lanes);
  fram_base_table_clear (&broker->bases);
  g_array_unref (broker->interfaces);
  g_free (broker);
}

/* --- Events ------------------------------------------------------------------------ */

FramEvent *
fram_broker_emit (FramBroker *broker, FramEventType type, FramSessionId session)
{
  FramEvent *event = g_new0 (FramEvent, 1);

  event->type = type;
  event->session = session;
  g_queue_push_tail (&broker->events, event);
  return event;
}

gboolean
fram_broker_pop (FramBroker *broker, FramEvent *ret_event)
{
  FramEvent *event = g_queue_pop_head (&broker->events);
  FramBrokerSession *session;

  if (event == NULL)
    return FALSE;
  if (event->type == FRAM_EVENT_PAIRS_CHANGED)
    {
      session = fram_broker_find_session (broker, event->session);
      if (session != NULL)
        session->hint_queued = FALSE;
    }
  *ret_event = *event;
  g_free (event);
  return TRUE;
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

/* --- Bases ------------------------------------------------------------------------- */

void
fram_broker_close_base (FramBroker *broker, FramBase *base)
{
  fram_broker_emit (broker, FRAM_EVENT_CLOSE_BASE, 0)->base = base->id;
  drop_base (broker, base);
}

/* The base is gone under its members: they lose its candidates. */
static void
lose_base (FramBroker *broker, FramBase *base, FramTime now)
{
  g_autoptr (GArray) members = g_array_copy (base->members);

  for (guint i = 0; i < members->len; i++)
    {
      FramBrokerSession *session = fram_broker_find_session (
          broker, g_array_index (members, FramBaseMember, i).session);

      g_ptr_array_remove (session->bases, base);
      fram_ice_agent_remove_base (session->current->agent, base->id, now);
      if (session->former != NULL)
        fram_ice_agent_remove_base (session->former->agent, base->id, now);
      fram_broker_gather_check_done (broker, session, now);
      fram_broker_session_drain (broker, session, now);
    }
}

void
fram_broker_told_base_opened (FramBroker *broker, FramBaseId id, const FramAddress *bound,
                              FramTime now)
{
  FramBase *base = fram_base_table_find (&broker->bases, id);

  if (base == NULL || base->state != FRAM_BASE_OPENING)
    return;
  base->state = FRAM_BASE_OPEN;
  base->address = *bound;
  fram_broker_gather_base_opened (broker, base, now);
}

void
fram_broker_told_base_failed (FramBroker *broker, FramBaseId id, FramTime now)
{
  FramBase *base = fram_base_table_find (&broker->bases, id);

  if (base == NULL)
    return;
  lose_base (broker, base, now);
  drop_base (broker, base);
}

static gboolean
is_wanted (const FramInterfaceAddress *interface)
{
  FramInterfaceFlags unwanted = FRAM_INTERFACE_VIRTUAL | FRAM_INTERFACE_DEPRECATED;

  return (interface->flags & unwanted) == 0
         && !fram_address_is_link_local (&interface->address)
         && !fram_address_is_any (&interface->address);
}

/* RFC 8445 §5.1.1.1: loopback is left out; but on a host that has nothing else, it is how
 * two applications of one user reach each other. */
static GArray *
choose_interfaces (const FramInterfaceAddress *addresses, guint n_addresses)
{
  GArray *chosen = g_array_new (FALSE, FALSE, sizeof (FramInterfaceAddress));

  for (guint loopback = 0; loopback < 2 && chosen->len == 0; loopback++)
    for (guint i = 0; i < n_addresses; i++)
      if (is_wanted (&addresses[i])
          && fram_address_is_loopback (&addresses[i].address) == (gboolean) loopback)
        g_array_append_val (chosen, addresses[i]);
  return chosen;
}

static gboolean
has_interface (const GArray *interfaces, const FramAddress *address)
{
  for (guint i = 0; i < interfaces->len; i++)
    if (fram_address_equal (&g_array_index (interfaces, FramInterfaceAddress, i).address,
                            address))
      return TRUE;
  return FALSE;
}

void
fram_broker_told_interfaces (FramBroker *broker, const FramInterfaceAddress *addresses,
                             guint n_addresses, FramTime now)
{
  g_autoptr (GPtrArray) gone = g_ptr_array_new ();
  GHashTableIter iter;
  FramBase *base;

  g_array_unref (broker->interfaces);
  broker->interfaces = choose_interfaces (addresses, n_addresses);

  g_hash_table_iter_init (&iter, broker->bases.by_id);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &base))
    if (!has_interface (broker->interfaces, &base->interface.address))
      g_ptr_array_add (gone, base);
  for (guint i = 0; i < gone->len; i++)
    {
      lose_base (broker, g_ptr_array_index (gone, i), now);
      fram_broker_close_base (broker, g_ptr_array_index (gone, i));
    }
}

void
fram_broker_told_resolved (FramBroker *broker, guint16 query,
                           const FramAddress *addresses, guint n_addresses, FramTime now)
{
  FramServer *server
      = fram_server_table_resolved (&broker->servers, query, addresses, n_addresses);

  if (server != NULL)
    fram_broker_gather_resolved (broker, server, now);
}

/* --- Packets ----------------------------------------------------------------------- */

void
fram_broker_told_unreachable (FramBroker *broker, FramBaseId base,
                              const FramAddress *remote, FramTime now)
{
  const FramRoute *route = fram_route_table_find (&broker->routes, base, remote);
  FramBrokerSession *session;

  if (route == NULL)
    return;
  session = fram_broker_find_session (broker, route->session);
  fram_ice_agent_told_unreachable (session->current->agent, base, remote, now);
  fram_broker_session_drain (broker, session, now);
}

/* The session is named by the first part of USERNAME. (RFC 8445 §7.3) */
static FramGeneration *
find_generation (FramBroker *broker, const FramStunMessage *message)
{
  char ufrag[FRAM_CREDENTIAL_MAX + 1];
  const char *text, *colon;
  gsize length;

  if (!fram_stun_message_get_text (message, FRAM_STUN_ATTR_USERNAME, &text, &length))
    return NULL;
  colon = memchr (text, ':', length);
  if (colon == NULL || (gsize) (colon - text) >= sizeof ufrag)
    return NULL;
  memcpy (ufrag, text, colon - text);
  ufrag[colon - text] = '\0';
  return g_hash_table_lookup (broker->ufrags, ufrag);
}

static void
receive_request (FramBroker *broker, FramBase *base, const FramAddress *remote,
                 const FramStunMessage *message, FramTime now)
{
  FramGeneration *generation = find_generation (broker, message);
  const FramRoute *route;
  gboolean taken;

  /* Nobody's: silence, so that Fram answers nobody who was not invited. */
  if (generation == NULL || fram_base_find_member (base, generation->session->id) == NULL)
    return;

  route = fram_route_table_find (&broker->routes, base->id, remote);
  taken = route != NULL && route->session != generation->session->id;
  fram_ice_agent_receive_request (generation->agent, base->id, remote, message, taken,
                                  now);
  fram_broker_session_drain (broker, generation->session, now);
}

static void
receive_response (FramBroker *broker, FramBase *base, const FramAddress *remote,
                  const FramStunMessage *message, FramTime now)
{
  const FramAwaited *awaited = g_hash_table_lookup (broker->transactions, &message->id);

  if (awaited == NULL)
    return;
  if (awaited->mapping != NULL)
    {
      if (awaited->mapping->base == base)
        fram_broker_mapping_answer (broker, awaited->mapping, remote, message, now);
      return;
    }
  /* The answer may end the transaction, and what it points to. */
  {
    FramGeneration *generation = awaited->generation;

    fram_ice_agent_receive_response (generation->agent, base->id, remote, message, now);
    fram_broker_session_drain (broker, generation->session, now);
  }
}

void
fram_broker_receive (FramBroker *broker, FramBaseId id, const FramAddress *remote,
                     const guint8 *data, gsize length, FramTime now)
{
  FramBase *base = fram_base_table_find (&broker->bases, id);
  FramStunMessage message;

  if (base == NULL || base->state != FRAM_BASE_OPEN
      || fram_stun_message_parse (&message, data, length) != FRAM_STUN_PARSE_OK
      || message.method != FRAM_STUN_BINDING)
    return;
  switch (message.klass)
    {
    case FRAM_STUN_REQUEST:
      receive_request (broker, base, remote, &message, now);
      break;
    case FRAM_STUN_SUCCESS:
    case FRAM_STUN_ERROR:
      receive_response (broker, base, remote, &message, now);
      break;
    case FRAM_STUN_INDICATION: /* a keep-alive (RFC 8445 §11) asks for nothing */
      break;
    }
}

/* --- Time -------------------------------------------------------------------------- */

FramTime
fram_broker_deadline (FramBroker *broker)
{
  FramTime slot = fram_schedule_next (&broker->slots);

  return MIN (fram_schedule_next (&broker->deadlines), MAX (slot, broker->next_slot));
}

static void
advance_deadlines (FramBroker *broker, FramTime now)
{
  while (fram_schedule_next (&broker->deadlines) <= now)
    {
      FramDue *due = fram_schedule_peek (&broker->deadlines);

      switch (due->kind)
        {
        case FRAM_DUE_SESSION:
          fram_broker_session_advance (broker, due->owner, now);
          break;
        case FRAM_DUE_MAPPING:
          fram_broker_mapping_advance (broker, due->owner, now);
          break;
        case FRAM_DUE_BASE:
          fram_broker_close_base (broker, due->owner);
          break;
        }
    }
}

/* RFC 8445 §14.2: whoever waits longest gets the next turn, one each 5 ms. */
static void
advance_slots (FramBroker *broker, FramTime now)
{
  while (now >= broker->next_slot && fram_schedule_next (&broker->slots) <= now)
    {
      FramDue *due = fram_schedule_peek (&broker->slots);
      gboolean sent = TRUE;

      switch (due->kind)
        {
        case FRAM_DUE_SESSION:
          {
            FramBrokerSession *session = due->owner;

            sent = fram_ice_agent_check (session->current->agent, now);
            fram_broker_session_drain (broker, session, now);
            break;
          }
        case FRAM_DUE_MAPPING:
          fram_schedule_set (&broker->slots, due, FRAM_TIME_NEVER);
          fram_broker_mapping_send (broker, due->owner, now);
          break;
        case FRAM_DUE_BASE:
          g_assert_not_reached ();
        }
      if (sent)
        broker->next_slot = now + FRAM_PACER_GAP;
    }
}

void
fram_broker_advance (FramBroker *broker, FramTime now)
{
  advance_deadlines (broker, now);
  advance_slots (broker, now);
}
