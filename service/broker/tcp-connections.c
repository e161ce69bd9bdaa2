/* Connections of TCP candidate pairs: made by the first check, or taken from who connects and
 * says by a check whose it is.  (RFC 6544 §7, §11) */
#include "broker/tcp-private.h"

/* --- Their life -------------------------------------------------------------------- */

static FramTcpConnection *
find (FramBroker *broker, FramBaseId id)
{
  return g_hash_table_lookup (broker->tcp.connections, GUINT_TO_POINTER (id));
}

static FramTcpConnection *
new_connection (FramBroker *broker, FramBaseId base, const FramAddress *remote)
{
  FramTcpConnection *connection = g_new0 (FramTcpConnection, 1);

  connection->id = ++broker->next_base;
  connection->tuple = (FramTuple){ *remote, base };
  connection->silence.kind = FRAM_DUE_TCP_SILENCE;
  connection->silence.owner = connection;
  g_queue_init (&connection->waiting);
  g_hash_table_insert (broker->tcp.connections, GUINT_TO_POINTER (connection->id),
                       connection);
  g_hash_table_add (broker->tcp.by_tuple, connection);
  return connection;
}

static void
forget (FramBroker *broker, FramTcpConnection *connection)
{
  fram_schedule_set (&broker->deadlines, &connection->silence, FRAM_TIME_NEVER);
  g_hash_table_remove (broker->tcp.by_tuple, connection);
  g_hash_table_remove (broker->tcp.connections, GUINT_TO_POINTER (connection->id));
}

void
fram_broker_tcp_close_connection (FramBroker *broker, FramTcpConnection *connection)
{
  if (connection->state != FRAM_TCP_WAITING)
    fram_broker_emit (broker, FRAM_EVENT_CLOSE_BASE, 0)->base = connection->id;
  forget (broker, connection);
}

static void
transmit (FramBroker *broker, const FramTcpConnection *connection, GBytes *message)
{
  FramEvent *event = fram_broker_emit (broker, FRAM_EVENT_TRANSMIT, connection->session);
  const FramBrokerSession *session
      = fram_broker_find_session (broker, connection->session);
  gsize length;

  event->base = connection->id;
  event->remote = connection->tuple.remote;
  event->data = g_bytes_unref_to_data (message, &length);
  event->length = (guint16) length;
  if (session != NULL)
    event->dscp = fram_broker_session_get_dscp (broker, session, connection->tuple.base);
}

/* --- Making one -------------------------------------------------------------------- */

static guint
count_attempts (FramBroker *broker, const FramTcpConnection *like)
{
  GHashTableIter iter;
  gpointer value;
  guint n = 0;

  g_hash_table_iter_init (&iter, broker->tcp.connections);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const FramTcpConnection *other = value;

      n += other->state == FRAM_TCP_CONNECTING && other->session == like->session
           && fram_address_equal_ip (&other->tuple.remote, &like->tuple.remote);
    }
  return n;
}

static void
try_to_connect (FramBroker *broker, FramTcpConnection *connection)
{
  const FramTcpBase *base = fram_tcp_table_find (&broker->tcp, connection->tuple.base);
  FramEvent *event;

  if (count_attempts (broker, connection) >= FRAM_TCP_MAX_ATTEMPTS)
    return;
  connection->state = FRAM_TCP_CONNECTING;
  event = fram_broker_emit (broker, FRAM_EVENT_OPEN_STREAM, connection->session);
  event->base = connection->id;
  /* RFC 6544 §7.1: from a port of its own, or from that of the candidate. */
  event->bind = base->transport == FRAM_TRANSPORT_TCP_SO ? base->address
                                                         : base->interface.address;
  event->remote = connection->tuple.remote;
  event->transport = FRAM_KNOWN_TCP;
}

/* Where the address of its base is gone, its pair is about to be. */
static gboolean
has_address (FramBroker *broker, const FramTcpConnection *connection)
{
  const FramTcpBase *base = fram_tcp_table_find (&broker->tcp, connection->tuple.base);

  return fram_broker_uses_address (broker, &base->interface.address);
}

/* One attempt of the session's less: the oldest that waits has its turn. */
static void
connect_next (FramBroker *broker, FramSessionId session)
{
  FramTcpConnection *oldest = NULL;
  GHashTableIter iter;
  gpointer value;

  /* One that is closing gives up its pairs one by one, and wants no others in their place. */
  if (fram_broker_find_session (broker, session) == NULL)
    return;
  g_hash_table_iter_init (&iter, broker->tcp.connections);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      FramTcpConnection *other = value;

      if (other->state == FRAM_TCP_WAITING && other->session == session
          && (oldest == NULL || other->id < oldest->id) && has_address (broker, other)
          && count_attempts (broker, other) < FRAM_TCP_MAX_ATTEMPTS)
        oldest = other;
    }
  if (oldest != NULL)
    try_to_connect (broker, oldest);
}

gboolean
fram_broker_tcp_transmit (FramBroker *broker, FramGeneration *generation,
                          const FramIceEvent *ice, FramTime now)
{
  const FramTcpBase *base = fram_tcp_table_find (&broker->tcp, ice->base);
  g_autoptr (GBytes) message = NULL;
  FramTcpConnection *connection;

  if (base == NULL)
    return FALSE;
  message = g_bytes_new_take (ice->data, ice->length);
  connection = fram_tcp_table_find_connection (&broker->tcp, ice->base, &ice->remote);
  if (connection == NULL
      && (base->transport == FRAM_TRANSPORT_TCP_PASSIVE
          || g_hash_table_size (broker->tcp.connections) >= FRAM_TCP_MAX_CONNECTIONS))
    {
      fram_ice_agent_told_disconnected (generation->agent, ice->base, &ice->remote,
                                        FRAM_ICE_CONNECTION_FAILED, now);
      return TRUE;
    }
  if (connection == NULL)
    {
      connection = new_connection (broker, ice->base, &ice->remote);
      connection->session = generation->session->id;
      try_to_connect (broker, connection);
    }
  /* The peer was first, and has not said anything yet. */
  if (base->transport == FRAM_TRANSPORT_TCP_SO)
    fram_broker_tcp_claimed (broker, ice->base, &ice->remote, generation->session->id);
  if (connection->state == FRAM_TCP_OPEN)
    transmit (broker, connection, g_steal_pointer (&message));
  else if (g_queue_get_length (&connection->waiting) < FRAM_TCP_MAX_WAITING)
    g_queue_push_tail (&connection->waiting, g_steal_pointer (&message));
  return TRUE;
}

/* --- Being told -------------------------------------------------------------------- */

/* All generations of the session know the pair. */
static void
tell_connected (FramBrokerSession *session, FramBaseId base, const FramAddress *remote,
                FramTime now)
{
  for (guint i = 0; i <= session->formers->len; i++)
    fram_ice_agent_told_connected (fram_broker_session_get_agent (session, i), base,
                                   remote, now);
}

static void
tell_disconnected (FramBrokerSession *session, FramBaseId base, const FramAddress *remote,
                   FramIceConnectionEnd end, FramTime now)
{
  for (guint i = 0; i <= session->formers->len; i++)
    fram_ice_agent_told_disconnected (fram_broker_session_get_agent (session, i), base,
                                      remote, end, now);
}

/* It is there: what has waited for it is sent. */
static void
open_connection (FramBroker *broker, FramTcpConnection *connection, FramTime now)
{
  GBytes *message;

  connection->state = FRAM_TCP_OPEN;
  while ((message = g_queue_pop_head (&connection->waiting)) != NULL)
    transmit (broker, connection, message);
  tell_connected (fram_broker_find_session (broker, connection->session),
                  connection->tuple.base, &connection->tuple.remote, now);
}

gboolean
fram_broker_tcp_connected (FramBroker *broker, FramBaseId id, FramTime now)
{
  FramTcpConnection *connection = find (broker, id);

  if (connection == NULL)
    return FALSE;
  if (connection->state != FRAM_TCP_CONNECTING)
    return TRUE;
  open_connection (broker, connection, now);
  connect_next (broker, connection->session);
  fram_broker_session_drain (broker,
                             fram_broker_find_session (broker, connection->session), now);
  return TRUE;
}

/* Data that come by it are nobody's any more; the claim stays, for another connection. */
static void
uninstall (FramBroker *broker, const FramTcpConnection *connection)
{
  FramRoute *route = fram_route_table_find (&broker->routes, connection->tuple.base,
                                            &connection->tuple.remote);

  if (route == NULL || !route->installed)
    return;
  route->installed = FALSE;
  fram_broker_emit_route (broker, FRAM_EVENT_ROUTE_REMOVE, route, connection->id,
                          &connection->tuple.remote);
}

/* It is over; `is_gone`: io/ knows that already. */
static void
end (FramBroker *broker, FramTcpConnection *connection, FramIceConnectionEnd how,
     gboolean is_gone, FramTime now)
{
  FramBrokerSession *session = fram_broker_find_session (broker, connection->session);
  FramAddress remote = connection->tuple.remote;
  FramBaseId base = connection->tuple.base;
  gboolean was_attempt = connection->state == FRAM_TCP_CONNECTING;

  uninstall (broker, connection);
  if (is_gone)
    forget (broker, connection);
  else
    fram_broker_tcp_close_connection (broker, connection);
  if (session == NULL)
    return;
  tell_disconnected (session, base, &remote, how, now);
  if (was_attempt)
    connect_next (broker, session->id);
  fram_broker_session_drain (broker, session, now);
}

gboolean
fram_broker_tcp_ended (FramBroker *broker, FramBaseId id, FramTime now)
{
  FramTcpConnection *connection = find (broker, id);

  if (connection == NULL)
    return FALSE;
  end (broker, connection,
       connection->state == FRAM_TCP_OPEN ? FRAM_ICE_CONNECTION_CLOSED
                                          : FRAM_ICE_CONNECTION_FAILED,
       TRUE, now);
  return TRUE;
}

/* --- Taking one in (RFC 6544 §7.2) ------------------------------------------------- */

/* How many may come from one IP address and not have said whose they are: peers of all who listen
 * there may be behind one NAT, and begin at the same time. */
static guint
count_places (const FramTcpBase *base)
{
  return MAX (FRAM_TCP_MAX_SILENT_OF_ONE, base->members->len);
}

/* Return: whether another one that has not said whose it is may come from there. */
static gboolean
make_room (FramBroker *broker, const FramTcpBase *base, const FramAddress *remote)
{
  FramTcpConnection *oldest = NULL;
  guint n = 0, n_of_it = 0;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, broker->tcp.connections);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      FramTcpConnection *other = value;

      if (other->tuple.base != base->id || other->session != 0)
        continue;
      n++;
      n_of_it += fram_address_equal_ip (&other->tuple.remote, remote);
      if (oldest == NULL || other->id < oldest->id)
        oldest = other;
    }
  if (n_of_it >= count_places (base))
    return FALSE;
  if (n >= FRAM_TCP_MAX_SILENT)
    fram_broker_tcp_close_connection (broker, oldest);
  return g_hash_table_size (broker->tcp.connections) < FRAM_TCP_MAX_CONNECTIONS;
}

FramBaseId
fram_broker_told_accepted (FramBroker *broker, FramBaseId id, const FramAddress *remote,
                           FramTime now)
{
  const FramTcpBase *base = fram_tcp_table_find (&broker->tcp, id);
  FramTcpConnection *connection, *former;

  if (base == NULL
      || (base->members->len == 0 && g_hash_table_size (broker->farewells.by_ufrag) == 0))
    return 0;
  former = fram_tcp_table_find_connection (&broker->tcp, id, remote);
  /* Simultaneous-open: the peer has had its turn before us. */
  if (former != NULL && former->state == FRAM_TCP_WAITING)
    {
      open_connection (broker, former, now);
      return former->id;
    }
  /* The port is used again: the one before is dead, and nobody has noticed. */
  if (former != NULL)
    end (broker, former, FRAM_ICE_CONNECTION_CLOSED, FALSE, now);
  if (!make_room (broker, base, remote))
    return 0;
  connection = new_connection (broker, id, remote);
  connection->state = FRAM_TCP_OPEN;
  fram_schedule_set (&broker->deadlines, &connection->silence, now + FRAM_TCP_SILENCE);
  return connection->id;
}

void
fram_broker_tcp_claimed (FramBroker *broker, FramBaseId base, const FramAddress *remote,
                         FramSessionId session)
{
  FramTcpConnection *connection
      = fram_tcp_table_find_connection (&broker->tcp, base, remote);

  if (connection == NULL || connection->session != 0)
    return;
  connection->session = session;
  fram_schedule_set (&broker->deadlines, &connection->silence, FRAM_TIME_NEVER);
}

void
fram_broker_tcp_released (FramBroker *broker, FramBaseId base, const FramAddress *remote)
{
  FramTcpConnection *connection
      = fram_tcp_table_find_connection (&broker->tcp, base, remote);
  FramSessionId session;
  gboolean was_attempt;

  if (connection == NULL)
    return;
  session = connection->session;
  was_attempt = connection->state == FRAM_TCP_CONNECTING;
  fram_broker_tcp_close_connection (broker, connection);
  if (was_attempt)
    connect_next (broker, session);
}

void
fram_broker_tcp_drop_connections (FramBroker *broker, const FramTcpBase *base)
{
  g_autoptr (GList) all = g_hash_table_get_values (broker->tcp.connections);

  for (GList *l = all; l != NULL; l = l->next)
    if (((FramTcpConnection *) l->data)->tuple.base == base->id)
      fram_broker_tcp_close_connection (broker, l->data);
}

/* --- Messages ---------------------------------------------------------------------- */

FramBaseId
fram_broker_get_carrier (FramBroker *broker, FramBaseId base, const FramAddress *remote)
{
  const FramTcpConnection *connection;

  if (fram_tcp_table_find (&broker->tcp, base) == NULL)
    return base;
  connection = fram_tcp_table_find_connection (&broker->tcp, base, remote);
  return connection != NULL ? connection->id : 0;
}

/* Whether the connection may go on with this message.  What comes first must be STUN: a check
 * where the peer has connected, a check or an answer where we have (RFC 6544 §7.1).  One that
 * nobody has claimed may bring checks alone, and for sessions that listen there. */
static gboolean
is_in_order (FramBroker *broker, FramTcpConnection *connection, const GArray *members,
             const guint8 *data, gsize length)
{
  FramStunMessage message;

  if (connection->heard && connection->session != 0)
    return TRUE;
  if (fram_stun_message_parse (&message, data, length) != FRAM_STUN_PARSE_OK
      || message.method != FRAM_STUN_BINDING)
    return FALSE;
  connection->heard = TRUE;
  if (connection->session != 0)
    return TRUE;
  return message.klass == FRAM_STUN_REQUEST
         && fram_broker_is_invited (broker, members, &message);
}

gboolean
fram_broker_tcp_receive (FramBroker *broker, FramBaseId id, const guint8 *data,
                         gsize length, FramTime now)
{
  FramTcpConnection *connection = find (broker, id);
  const FramTcpBase *base;
  FramAddress remote;

  if (connection == NULL)
    return FALSE;
  base = fram_tcp_table_find (&broker->tcp, connection->tuple.base);
  remote = connection->tuple.remote;
  if (is_in_order (broker, connection, base->members, data, length))
    fram_broker_receive_stun (broker, base->id, NULL, base->members, &remote, data,
                              length, now);
  else
    end (broker, connection, FRAM_ICE_CONNECTION_STRANGE, FALSE, now);
  return TRUE;
}
