/* What TCP candidates are based on: opened for the first session that wants it, shared, and
 * closed when it was of no use for the linger time.  (RFC 6544 §5.1) */
#include "broker/tcp-private.h"

/* --- Opening ----------------------------------------------------------------------- */

static void
emit_open (FramBroker *broker, const FramTcpBase *base)
{
  FramEvent *event = fram_broker_emit_open_base (broker, base->id, &base->interface,
                                                 base->port, base->lane);

  event->transport = FRAM_KNOWN_TCP;
  event->connects = base->transport == FRAM_TRANSPORT_TCP_SO;
}

static FramTcpBase *
new_base (FramBroker *broker, const FramInterfaceAddress *interface,
          FramTransport transport)
{
  FramTcpBase *base = g_new0 (FramTcpBase, 1);

  base->id = ++broker->next_base;
  base->transport = transport;
  base->interface = *interface;
  base->address = interface->address;
  base->members = g_array_new (FALSE, FALSE, sizeof (FramBaseMember));
  base->linger.kind = FRAM_DUE_TCP_BASE;
  base->linger.owner = base;
  g_hash_table_insert (broker->tcp.bases, GUINT_TO_POINTER (base->id), base);
  return base;
}

static FramTcpBase *
new_listening (FramBroker *broker, const FramInterfaceAddress *interface,
               FramTransport transport, guint32 lane)
{
  FramTcpBase *base = new_base (broker, interface, transport);

  base->lane = lane;
  base->state = FRAM_BASE_OPENING;
  base->port = fram_broker_draw_port (broker);
  emit_open (broker, base);
  return base;
}

static FramTcpBase *
get_passive (FramBroker *broker, const FramInterfaceAddress *interface, guint32 lane)
{
  FramTcpBase *base;

  for (guint i = 0; i < broker->tcp.shared->len; i++)
    {
      base = g_ptr_array_index (broker->tcp.shared, i);
      if (base->lane == lane
          && fram_address_equal (&base->interface.address, &interface->address))
        return base;
    }
  base = new_listening (broker, interface, FRAM_TRANSPORT_TCP_PASSIVE, lane);
  g_ptr_array_add (broker->tcp.shared, base);
  return base;
}

/* The policy wants the port within a range, and this one could not be had.  FALSE: enough were
 * tried. */
static gboolean
open_elsewhere (FramBroker *broker, FramTcpBase *base)
{
  if (!fram_broker_next_port (broker, &base->port, &base->n_refused))
    return FALSE;
  emit_open (broker, base);
  return TRUE;
}

/* --- Taking part ------------------------------------------------------------------- */

gboolean
fram_broker_tcp_takes_part (const FramBrokerSession *session,
                            const FramInterfaceAddress *interface,
                            const FramBaseMember *like, FramTransport transport)
{
  for (guint i = 0; i < session->tcp_bases->len; i++)
    {
      const FramTcpBase *base = g_ptr_array_index (session->tcp_bases, i);
      const FramBaseMember *member = fram_members_find (base->members, session->id);

      if (base->transport == transport && member->stream == like->stream
          && member->component == like->component
          && fram_address_equal (&base->interface.address, &interface->address))
        return TRUE;
    }
  return FALSE;
}

static void
join (FramBroker *broker, FramBrokerSession *session, FramTcpBase *base,
      const FramBaseMember *member, FramTime now)
{
  fram_schedule_set (&broker->deadlines, &base->linger, FRAM_TIME_NEVER);
  g_array_append_vals (base->members, member, 1);
  g_ptr_array_add (session->tcp_bases, base);
  if (base->state == FRAM_BASE_OPEN)
    fram_broker_add_tcp (broker, session, base, member, now);
}

static FramTcpBase *
new_active (FramBroker *broker, const FramInterfaceAddress *interface)
{
  FramTcpBase *active = new_base (broker, interface, FRAM_TRANSPORT_TCP_ACTIVE);

  active->state = FRAM_BASE_OPEN;
  active->address.port = FRAM_TCP_ACTIVE_PORT;
  return active;
}

/* RFC 6544 §4.1, §5.1: an active and a passive candidate on each interface.  A
 * simultaneous-open one would find nothing that these two do not, as long as no NAT has told
 * where it maps TCP: see tcp-simultaneous.c. */
static void
join_both (FramBroker *broker, FramBrokerSession *session,
           const FramInterfaceAddress *interface, guint32 lane,
           const FramBaseMember *member, FramTime now)
{
  /* RFC 6544 §4.4: a lite agent is passive alone. */
  if (!session->lite
      && !fram_broker_tcp_takes_part (session, interface, member,
                                      FRAM_TRANSPORT_TCP_ACTIVE))
    join (broker, session, new_active (broker, interface), member, now);
  /* Where host candidates are not shown, nobody knows where to connect to. */
  if (session->policy < FRAM_POLICY_NO_HOST
      && !fram_broker_tcp_takes_part (session, interface, member,
                                      FRAM_TRANSPORT_TCP_PASSIVE))
    join (broker, session, get_passive (broker, interface, lane), member, now);
}

void
fram_broker_tcp_open_simultaneous (FramBroker *broker, FramBrokerSession *session,
                                   const FramInterfaceAddress *interface,
                                   const FramBaseMember *member, FramTime now)
{
  FramTcpBase *base
      = new_listening (broker, interface, FRAM_TRANSPORT_TCP_SO, FRAM_LANE_NONE);

  base->question = fram_tcp_question_new (base);
  join (broker, session, base, member, now);
}

void
fram_broker_tcp_gather (FramBroker *broker, FramBrokerSession *session, FramTime now)
{
  if (!session->tcp || session->policy == FRAM_POLICY_RELAY)
    return;
  for (guint s = 0; s < session->n_streams; s++)
    for (guint c = 1; c <= session->n_components[s]; c++)
      {
        FramBaseMember member
            = { .session = session->id, .stream = (guint16) s, .component = (guint16) c };

        for (guint i = 0; i < broker->interfaces->len; i++)
          if (fram_broker_uses_interface (broker, session, i))
            join_both (broker, session,
                       &g_array_index (broker->interfaces, FramInterfaceAddress, i),
                       session->components[s][c - 1].tcp_lane, &member, now);
      }
}

void
fram_broker_tcp_gather_again (FramBroker *broker, FramBrokerSession *session,
                              FramTime now)
{
  for (guint i = 0; i < session->tcp_bases->len; i++)
    {
      const FramTcpBase *base = g_ptr_array_index (session->tcp_bases, i);
      const FramBaseMember *member = fram_members_find (base->members, session->id);

      if (base->state != FRAM_BASE_OPEN)
        continue;
      fram_broker_add_tcp (broker, session, base, member, now);
      fram_broker_add_tcp_mapped (broker, session, base, member, now);
    }
}

gboolean
fram_broker_tcp_is_opening (const FramBrokerSession *session)
{
  for (guint i = 0; i < session->tcp_bases->len; i++)
    if (((const FramTcpBase *) g_ptr_array_index (session->tcp_bases, i))->state
        == FRAM_BASE_OPENING)
      return TRUE;
  return FALSE;
}

/* --- Leaving ----------------------------------------------------------------------- */

static void
drop (FramBroker *broker, FramTcpBase *base)
{
  fram_schedule_set (&broker->deadlines, &base->linger, FRAM_TIME_NEVER);
  fram_broker_tcp_drop_connections (broker, base);
  if (base->question != NULL)
    fram_broker_tcp_ask_no_more (broker, base);
  g_ptr_array_remove_fast (broker->tcp.shared, base);
  g_hash_table_remove (broker->tcp.bases, GUINT_TO_POINTER (base->id));
}

void
fram_broker_tcp_close (FramBroker *broker, FramTcpBase *base)
{
  if (fram_tcp_base_listens (base))
    fram_broker_emit (broker, FRAM_EVENT_CLOSE_BASE, 0)->base = base->id;
  drop (broker, base);
}

static void
schedule_end (FramBroker *broker, FramTcpBase *base)
{
  FramTime linger = fram_broker_get_linger (broker, base->lane);

  if (!fram_broker_in_range (broker, base->state, &base->address))
    linger = 0;
  fram_schedule_set (&broker->deadlines, &base->linger,
                     linger == FRAM_TIME_NEVER ? FRAM_TIME_NEVER : base->unused + linger);
}

void
fram_broker_tcp_follow_policy (FramBroker *broker)
{
  for (guint i = 0; i < broker->tcp.shared->len; i++)
    {
      FramTcpBase *base = g_ptr_array_index (broker->tcp.shared, i);

      if (base->members->len == 0)
        schedule_end (broker, base);
    }
}

void
fram_broker_tcp_leave (FramBroker *broker, FramBrokerSession *session, guint stream,
                       FramTime now)
{
  for (guint i = session->tcp_bases->len; i > 0; i--)
    {
      FramTcpBase *base = g_ptr_array_index (session->tcp_bases, i - 1);

      if (!fram_members_have_stream (base->members, session->id, stream))
        continue;
      g_ptr_array_remove_index (session->tcp_bases, i - 1);
      fram_members_leave (base->members, session->id);
      if (base->members->len > 0)
        continue;
      if (base->transport != FRAM_TRANSPORT_TCP_PASSIVE)
        {
          fram_broker_tcp_close (broker, base);
          continue;
        }
      base->unused = now;
      schedule_end (broker, base);
    }
}

/* --- Facts ------------------------------------------------------------------------- */

/* Members are looked at in a copy: what is done with one may change the list. */
static void
for_members (FramBroker *broker, FramTcpBase *base, FramTime now,
             void (*tell) (FramBroker *broker, FramBrokerSession *session,
                           FramTcpBase *base, FramTime now))
{
  g_autoptr (GArray) members = g_array_copy (base->members);

  for (guint i = 0; i < members->len; i++)
    {
      FramBrokerSession *session = fram_broker_find_session (
          broker, g_array_index (members, FramBaseMember, i).session);

      tell (broker, session, base, now);
      fram_broker_gather_check_done (broker, session, now);
      fram_broker_session_drain (broker, session, now);
    }
}

static void
give (FramBroker *broker, FramBrokerSession *session, FramTcpBase *base, FramTime now)
{
  fram_broker_add_tcp (broker, session, base,
                       fram_members_find (base->members, session->id), now);
}

static void
take_away (FramBroker *broker, FramBrokerSession *session, FramTcpBase *base,
           FramTime now)
{
  g_ptr_array_remove (session->tcp_bases, base);
  fram_broker_session_remove_base (session, base->id, now);
}

gboolean
fram_broker_tcp_opened (FramBroker *broker, FramBaseId id, const FramAddress *bound,
                        FramTime now)
{
  FramTcpBase *base = fram_tcp_table_find (&broker->tcp, id);

  if (base == NULL)
    return FALSE;
  if (base->state == FRAM_BASE_OPENING)
    {
      base->state = FRAM_BASE_OPEN;
      base->address = *bound;
      if (base->question != NULL)
        fram_broker_tcp_ask (broker, base, now);
      for_members (broker, base, now, give);
    }
  return TRUE;
}

gboolean
fram_broker_tcp_failed (FramBroker *broker, FramBaseId id, FramTime now)
{
  FramTcpBase *base = fram_tcp_table_find (&broker->tcp, id);

  if (base == NULL)
    return FALSE;
  if (open_elsewhere (broker, base))
    return TRUE;
  for_members (broker, base, now, take_away);
  drop (broker, base);
  return TRUE;
}

void
fram_broker_tcp_follow_interfaces (FramBroker *broker, FramTime now)
{
  g_autoptr (GList) bases = g_hash_table_get_values (broker->tcp.bases);

  for (GList *l = bases; l != NULL; l = l->next)
    {
      FramTcpBase *base = l->data;

      if (fram_broker_keeps_address (broker, &base->interface.address))
        continue;
      for_members (broker, base, now, take_away);
      fram_broker_tcp_close (broker, base);
    }
}

void
fram_broker_tcp_clear (FramBroker *broker)
{
  GHashTableIter iter;
  gpointer base;

  for (;;)
    {
      g_hash_table_iter_init (&iter, broker->tcp.bases);
      if (!g_hash_table_iter_next (&iter, NULL, &base))
        return;
      drop (broker, base);
    }
}
