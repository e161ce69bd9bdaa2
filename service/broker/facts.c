/* Facts about the world: interfaces, bases, names, and whom they concern. */
#include "broker/broker-private.h"

void
fram_broker_drop_base (FramBroker *broker, FramBase *base)
{
  fram_broker_drop_mappings (broker, base);
  fram_schedule_set (&broker->deadlines, &base->linger, FRAM_TIME_NEVER);
  fram_base_table_remove (&broker->bases, base);
}

void
fram_broker_close_base (FramBroker *broker, FramBase *base)
{
  fram_broker_emit (broker, FRAM_EVENT_CLOSE_BASE, 0)->base = base->id;
  fram_broker_drop_base (broker, base);
}

/* Members are looked at in a copy: what is done with one may change the list. */
static FramBrokerSession *
find_member (FramBroker *broker, const GArray *members, guint i)
{
  return fram_broker_find_session (broker,
                                   g_array_index (members, FramBaseMember, i).session);
}

/* The base is gone under its members: they lose its candidates. */
static void
lose_base (FramBroker *broker, FramBase *base, FramTime now)
{
  g_autoptr (GArray) members = g_array_copy (base->members);

  for (guint i = 0; i < members->len; i++)
    {
      FramBrokerSession *session = find_member (broker, members, i);

      g_ptr_array_remove (session->bases, base);
      fram_broker_session_remove_base (session, base->id, now);
      fram_broker_gather_check_done (broker, session, now);
      fram_broker_session_drain (broker, session, now);
    }
}

void
fram_broker_told_base_opened (FramBroker *broker, FramBaseId id, const FramAddress *bound,
                              FramTime now)
{
  FramBase *base = fram_base_table_find (&broker->bases, id);
  g_autoptr (GArray) members = NULL;

  if (fram_broker_streams_opened (broker, id, now) || base == NULL
      || base->state != FRAM_BASE_OPENING)
    return;
  base->state = FRAM_BASE_OPEN;
  base->address = *bound;
  members = g_array_copy (base->members);
  for (guint i = 0; i < members->len; i++)
    {
      FramBrokerSession *session = find_member (broker, members, i);

      fram_broker_gather_base_opened (broker, session, base, now);
      fram_broker_gather_check_done (broker, session, now);
      fram_broker_session_drain (broker, session, now);
    }
}

void
fram_broker_tell_members (FramBroker *broker, FramMapping *mapping, FramTime now)
{
  g_autoptr (GArray) members = g_array_copy (mapping->base->members);

  for (guint i = 0; i < members->len; i++)
    {
      FramBrokerSession *session = find_member (broker, members, i);

      if (mapping->state == FRAM_MAPPING_KNOWN)
        fram_broker_gather_mapped (broker, session, mapping, now);
      fram_broker_gather_check_done (broker, session, now);
      fram_broker_session_drain (broker, session, now);
    }
}

void
fram_broker_told_base_failed (FramBroker *broker, FramBaseId id, FramTime now)
{
  FramBase *base = fram_base_table_find (&broker->bases, id);

  if (base == NULL)
    return;
  lose_base (broker, base, now);
  fram_broker_drop_base (broker, base);
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

static gboolean
same_interfaces (const GArray *a, const GArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (!has_interface (b, &g_array_index (a, FramInterfaceAddress, i).address))
      return FALSE;
  return TRUE;
}

static void
close_gone (FramBroker *broker, FramTime now)
{
  g_autoptr (GPtrArray) gone = g_ptr_array_new ();
  GHashTableIter iter;
  FramBase *base;

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
fram_broker_told_interfaces (FramBroker *broker, const FramInterfaceAddress *addresses,
                             guint n_addresses, FramTime now)
{
  g_autoptr (GArray) before = broker->interfaces;
  g_autoptr (GList) sessions = g_hash_table_get_values (broker->sessions);

  broker->interfaces = choose_interfaces (addresses, n_addresses);
  if (same_interfaces (before, broker->interfaces))
    return;

  /* What is new comes first: a session that loses its path has somewhere to go. */
  for (GList *l = sessions; l != NULL; l = l->next)
    {
      fram_broker_gather_interfaces (broker, l->data, now);
      fram_broker_session_drain (broker, l->data, now);
    }
  close_gone (broker, now);
}

void
fram_broker_told_resolved (FramBroker *broker, guint16 query,
                           const FramAddress *addresses, guint n_addresses, FramTime now)
{
  FramServer *server
      = fram_server_table_resolved (&broker->servers, query, addresses, n_addresses, now);
  g_autoptr (GList) sessions = NULL;

  if (server == NULL)
    {
      fram_broker_streams_resolved (broker, query, addresses, n_addresses, now);
      return;
    }
  sessions = g_hash_table_get_values (broker->sessions);
  for (GList *l = sessions; l != NULL; l = l->next)
    {
      fram_broker_gather_resolved (broker, l->data, server, now);
      fram_broker_gather_check_done (broker, l->data, now);
      fram_broker_session_drain (broker, l->data, now);
    }
}
