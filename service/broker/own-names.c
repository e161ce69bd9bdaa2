/* The names of this host's addresses.  Each application has names of its own: one that two of
 * them had would tell their peers that both run on one computer.  All sessions of an application
 * share them, and they go when the last of these has ended, and its linger time is over; for
 * they are a way to know the computer again.
 * (draft-ietf-mmusic-mdns-ice-candidates §3.1.1, §3.3.3) */
#include "broker/broker-private.h"
#include "broker/names-private.h"

/* RFC 9562 §5.4: a UUID of version 4 is random but for six bits. */
static char *
make_text (FramRandom *random)
{
  guint8 bytes[16];

  random->fill (random, bytes, sizeof bytes);
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return g_strdup_printf ("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
                          "%02x%02x%02x%02x%02x%02x.local",
                          bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5],
                          bytes[6], bytes[7], bytes[8], bytes[9], bytes[10], bytes[11],
                          bytes[12], bytes[13], bytes[14], bytes[15]);
}

static FramOwnName *
find_of_owner (FramBroker *broker, const char *owner, const FramAddress *address)
{
  for (guint i = 0; i < broker->names.own->len; i++)
    {
      FramOwnName *name = g_ptr_array_index (broker->names.own, i);

      if (g_str_equal (name->owner, owner)
          && fram_address_equal (&name->address, address))
        return name;
    }
  return NULL;
}

static FramOwnName *
publish (FramBroker *broker, const char *owner, const FramInterfaceAddress *interface)
{
  g_autofree char *text = make_text (broker->random);
  FramOwnName *name
      = fram_name_table_add_own (&broker->names, owner, text, &interface->address);
  FramEvent *event;

  if (broker->names.own->len > FRAM_MAX_OWN_NAMES)
    {
      name->state = FRAM_OWN_NAME_LEFT_OUT;
      return name;
    }
  event = fram_broker_emit (broker, FRAM_EVENT_NAME_PUBLISH, 0);
  event->name = name->id;
  event->text = g_steal_pointer (&text);
  event->bind = interface->address;
  event->interface = interface->index;
  return name;
}

void
fram_broker_session_need_name (FramBroker *broker, FramBrokerSession *session,
                               const FramInterfaceAddress *interface)
{
  FramOwnName *name;

  if (session->policy != FRAM_POLICY_MDNS
      || fram_broker_session_find_own_name (session, &interface->address) != NULL)
    return;
  name = find_of_owner (broker, session->owner, &interface->address);
  if (name == NULL)
    name = publish (broker, session->owner, interface);
  fram_schedule_set (&broker->deadlines, &name->linger, FRAM_TIME_NEVER);
  name->n_users++;
  if (session->own_names == NULL)
    session->own_names = g_ptr_array_new ();
  g_ptr_array_add (session->own_names, name);
}

const FramOwnName *
fram_broker_session_find_own_name (const FramBrokerSession *session,
                                   const FramAddress *address)
{
  for (guint i = 0; session->own_names != NULL && i < session->own_names->len; i++)
    {
      const FramOwnName *name = g_ptr_array_index (session->own_names, i);

      if (fram_address_equal_ip (&name->address, address))
        return name;
    }
  return NULL;
}

gboolean
fram_broker_session_awaits_name (const FramBrokerSession *session)
{
  for (guint i = 0; session->own_names != NULL && i < session->own_names->len; i++)
    if (((const FramOwnName *) g_ptr_array_index (session->own_names, i))->state
        == FRAM_OWN_NAME_WAITING)
      return TRUE;
  return FALSE;
}

/* --- Publishing -------------------------------------------------------------------- */

void
fram_broker_told_name_published (FramBroker *broker, FramNameId id, gboolean is_published,
                                 FramTime now)
{
  FramOwnName *name = fram_name_table_find_own (&broker->names, id);
  g_autoptr (GList) sessions = NULL;
  gboolean is_new;

  if (name == NULL)
    return;
  is_new = is_published && name->state != FRAM_OWN_NAME_PUBLISHED;
  name->state = is_published ? FRAM_OWN_NAME_PUBLISHED : FRAM_OWN_NAME_FAILED;
  sessions = g_hash_table_get_values (broker->sessions);
  for (GList *l = sessions; l != NULL; l = l->next)
    {
      FramBrokerSession *session = l->data;

      if (session->own_names == NULL
          || !g_ptr_array_find (session->own_names, name, NULL))
        continue;
      if (is_new)
        fram_broker_tell_named (broker, session, name);
      fram_broker_gather_check_done (broker, session, now);
      fram_broker_session_drain (broker, session, now);
    }
}

/* --- The end ----------------------------------------------------------------------- */

static void
withdraw (FramBroker *broker, FramOwnName *name)
{
  if (name->state != FRAM_OWN_NAME_LEFT_OUT)
    fram_broker_emit (broker, FRAM_EVENT_NAME_FORGET, 0)->name = name->id;
  fram_schedule_set (&broker->deadlines, &name->linger, FRAM_TIME_NEVER);
  fram_name_table_remove_own (&broker->names, name);
}

void
fram_broker_session_leave_names (FramBroker *broker, FramBrokerSession *session,
                                 FramTime now)
{
  g_autoptr (GPtrArray) names = g_steal_pointer (&session->own_names);
  FramTime linger = fram_broker_get_linger (broker, 0);

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      FramOwnName *name = g_ptr_array_index (names, i);

      /* Never for ever: the owner may be gone, and none comes by its name again. */
      if (--name->n_users == 0)
        fram_schedule_set (&broker->deadlines, &name->linger,
                           now + MIN (linger, FRAM_LINGER_DEFAULT));
    }
}

void
fram_broker_own_name_advance (FramBroker *broker, FramOwnName *name)
{
  withdraw (broker, name);
}

void
fram_broker_lose_names (FramBroker *broker)
{
  GHashTableIter iter;
  FramBrokerSession *session;

  for (guint i = broker->names.own->len; i > 0; i--)
    {
      FramOwnName *name = g_ptr_array_index (broker->names.own, i - 1);

      if (fram_broker_uses_address (broker, &name->address))
        continue;
      g_hash_table_iter_init (&iter, broker->sessions);
      while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &session))
        if (session->own_names != NULL)
          g_ptr_array_remove (session->own_names, name);
      withdraw (broker, name);
    }
}
