/* Facts about the world: interfaces, bases, names, and whom they concern. */
#include <string.h>

#include "broker/names-private.h"
#include "broker/tcp-private.h"

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

  if (fram_broker_tcp_opened (broker, id, bound, now)
      || fram_broker_tcp_connected (broker, id, now)
      || fram_broker_tcp_question_opened (broker, id, now)
      || fram_broker_streams_opened (broker, id, now)
      || fram_broker_carrier_stream_opened (broker, id, now)
      || fram_broker_test_opened (broker, id, now)
      || fram_probing_told_opened (broker, id, bound, now) || base == NULL
      || base->state != FRAM_BASE_OPENING)
    return;
  base->state = FRAM_BASE_OPEN;
  base->address = *bound;
  fram_broker_carrier_opened (broker, base, now);
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

      fram_broker_gather_mapped (broker, session, mapping, now);
      fram_broker_gather_check_done (broker, session, now);
      fram_broker_session_drain (broker, session, now);
    }
}

void
fram_broker_told_base_failed (FramBroker *broker, FramBaseId id, FramTime now)
{
  FramBase *base = fram_base_table_find (&broker->bases, id);
  g_autoptr (GPtrArray) carried = NULL;

  if (fram_broker_tcp_failed (broker, id, now)
      || fram_probing_told_failed (broker, id, now)
      || fram_broker_test_failed (broker, id, now) || base == NULL
      || fram_broker_open_elsewhere (broker, base))
    return;
  fram_broker_note_failure (broker, &base->interface.address, now);
  lose_base (broker, base, now);
  carried = fram_broker_carrier_forget (base);
  fram_broker_drop_base (broker, base);
  for (guint i = 0; i < carried->len; i++)
    fram_broker_allocation_stream_failed (broker, g_ptr_array_index (carried, i),
                                          FRAM_STREAM_UNREACHABLE, now);
}

static void
close_gone (FramBroker *broker, FramTime now)
{
  g_autoptr (GPtrArray) gone = g_ptr_array_new ();
  GHashTableIter iter;
  FramBase *base;

  g_hash_table_iter_init (&iter, broker->bases.by_id);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &base))
    if (!fram_broker_uses_address (broker, &base->interface.address)
        && !(fram_base_is_used (base)
             && fram_broker_keeps_address (broker, &base->interface.address)))
      g_ptr_array_add (gone, base);
  for (guint i = 0; i < gone->len; i++)
    {
      lose_base (broker, g_ptr_array_index (gone, i), now);
      fram_broker_close_base (broker, g_ptr_array_index (gone, i));
    }
}

/* Relays and connections to servers go with the address they come from. */
static void
lose_talks (FramBroker *broker, const GArray *before, FramTime now)
{
  for (guint i = 0; i < before->len; i++)
    {
      const FramAddress *address
          = &g_array_index (before, FramInterfaceAddress, i).address;

      if (fram_broker_keeps_address (broker, address))
        continue;
      fram_broker_streams_lose (broker, address, now);
      fram_broker_lose_allocations (broker, address, now);
    }
}

void
fram_broker_follow_interfaces (FramBroker *broker, FramTime now)
{
  g_autoptr (GList) sessions = g_hash_table_get_values (broker->sessions);
  g_autoptr (GArray) before = g_array_copy (broker->interfaces);

  fram_broker_choose_interfaces (broker);
  fram_broker_move_allocations (broker, now);
  /* What is new comes first: a session that loses its path has somewhere to go. */
  for (GList *l = sessions; l != NULL; l = l->next)
    {
      fram_broker_gather_interfaces (broker, l->data, now);
      fram_broker_session_drain (broker, l->data, now);
    }
  lose_talks (broker, before, now);
  close_gone (broker, now);
  fram_broker_tcp_follow_interfaces (broker, now);
  fram_broker_lose_names (broker);
  for (GList *l = sessions; l != NULL; l = l->next)
    {
      fram_broker_review_relays (broker, l->data, now);
      fram_broker_session_drain (broker, l->data, now);
    }
  fram_probing_review (broker, now);
  fram_probing_consider (broker, now);
  fram_checks_step (broker, now);
}

static gboolean
same_interfaces (const GArray *told, const FramInterfaceAddress *addresses,
                 guint n_addresses)
{
  if (told->len != n_addresses)
    return FALSE;
  for (guint i = 0; i < n_addresses; i++)
    {
      const FramInterfaceAddress *one = &g_array_index (told, FramInterfaceAddress, i);

      if (!fram_address_equal (&one->address, &addresses[i].address)
          || one->flags != addresses[i].flags || one->index != addresses[i].index
          || strcmp (one->name, addresses[i].name) != 0)
        return FALSE;
    }
  return TRUE;
}

/* The order alone counts too: the default route has moved, and new candidates prefer its
 * interface.  Sessions keep the paths they have until those fall silent. */
void
fram_broker_told_interfaces (FramBroker *broker, const FramInterfaceAddress *addresses,
                             guint n_addresses, FramTime now)
{
  gboolean is_same = same_interfaces (broker->told, addresses, n_addresses);

  if (is_same && broker->failures->len == 0)
    return;
  g_array_set_size (broker->failures, 0);
  g_array_set_size (broker->told, 0);
  if (n_addresses > 0)
    g_array_append_vals (broker->told, addresses, n_addresses);
  fram_broker_follow_interfaces (broker, now);
  if (!is_same)
    fram_broker_recheck_all (broker, now);
}

void
fram_broker_doubt_path (FramBroker *broker, const FramPathEnd *path, FramTime now)
{
  FramBase *base = fram_base_table_find (&broker->bases, path->base);
  const FramRelayedBase *relayed = fram_broker_find_relayed (broker, path->base);

  if (relayed != NULL)
    {
      base = relayed->allocation->carrier;
      fram_broker_renew_allocation (broker, relayed->allocation, now);
    }
  if (base != NULL)
    fram_broker_recheck_base (broker, base, now);
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
      if (!fram_broker_carrier_resolved (broker, query, addresses, n_addresses, now)
          && !fram_broker_test_resolved (broker, query, addresses, n_addresses, now))
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
  fram_checks_step (broker, now);
}
