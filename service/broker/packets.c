/* Packets that come up to the broker: whose they are. */
#include <string.h>

#include "broker/tcp-private.h"

static gboolean
told_of_server (FramBroker *broker, FramBaseId id, const FramAddress *remote,
                FramTime now)
{
  FramBase *base = fram_base_table_find (&broker->bases, id);
  FramMapping *mapping = base != NULL ? fram_broker_find_mapping (base, remote) : NULL;

  if (mapping == NULL || !fram_broker_mapping_unreachable (broker, mapping, now))
    return FALSE;
  fram_broker_tell_members (broker, mapping, now);
  return TRUE;
}

void
fram_broker_told_unreachable (FramBroker *broker, FramBaseId base,
                              const FramAddress *remote, FramTime now)
{
  const FramRoute *route = fram_route_table_find (&broker->routes, base, remote);
  FramBase *carrier = fram_base_table_find (&broker->bases, base);
  FramBrokerSession *session;

  if (carrier != NULL)
    fram_broker_carrier_unreachable (broker, carrier, remote, now);
  if (fram_probing_told_unreachable (broker, base, remote, now)
      || fram_broker_test_unreachable (broker, base, remote, now)
      || told_of_server (broker, base, remote, now) || route == NULL)
    return;
  session = fram_broker_find_session (broker, route->session);
  fram_ice_agent_told_unreachable (session->current->agent, base, remote, now);
  fram_broker_session_drain (broker, session, now);
}

/* Return: NULL: there is no such session, or it has no path. */
static FramIceAgent *
find_carrier (FramBrokerSession *session, guint stream, guint component)
{
  const FramGeneration *carrier
      = session != NULL ? fram_broker_session_find_carrier (session, stream, component)
                        : NULL;

  return carrier != NULL ? carrier->agent : NULL;
}

void
fram_broker_told_quiet (FramBroker *broker, FramSessionId id, guint stream,
                        guint component, FramTime now)
{
  FramBrokerSession *session = fram_broker_find_session (broker, id);
  FramIceAgent *agent = find_carrier (session, stream, component);

  if (agent == NULL)
    return;
  fram_ice_agent_told_quiet (agent, stream, component, now);
  fram_broker_session_drain (broker, session, now);
}

void
fram_broker_told_use (FramBroker *broker, FramSessionId id, guint stream, guint component,
                      gboolean is_used, FramTime now)
{
  FramBrokerSession *session = fram_broker_find_session (broker, id);
  FramIceAgent *agent = find_carrier (session, stream, component);

  if (agent == NULL)
    return;
  session->components[stream][component - 1].rests = !is_used;
  fram_ice_agent_told_use (agent, stream, component, is_used, now);
  fram_broker_session_drain (broker, session, now);
}

/* The session is named by the first part of USERNAME. (RFC 8445 §7.3) */
static gboolean
read_ufrag (const FramStunMessage *message, char ufrag[FRAM_CREDENTIAL_MAX + 1])
{
  const char *text, *colon;
  gsize length;

  if (!fram_stun_message_get_text (message, FRAM_STUN_ATTR_USERNAME, &text, &length))
    return FALSE;
  colon = memchr (text, ':', length);
  if (colon == NULL || colon - text > FRAM_CREDENTIAL_MAX)
    return FALSE;
  memcpy (ufrag, text, colon - text);
  ufrag[colon - text] = '\0';
  return TRUE;
}

gboolean
fram_broker_is_invited (FramBroker *broker, const GArray *members,
                        const FramStunMessage *request)
{
  char ufrag[FRAM_CREDENTIAL_MAX + 1];
  const FramGeneration *generation;

  if (!read_ufrag (request, ufrag))
    return FALSE;
  generation = g_hash_table_lookup (broker->ufrags, ufrag);
  if (generation != NULL && fram_members_find (members, generation->session->id) != NULL)
    return TRUE;
  return g_hash_table_contains (broker->farewells.by_ufrag, ufrag);
}

/* The session has ended, or its stream on this base; else silence, so that Fram answers nobody
 * who was not invited. */
static void
bid_farewell (FramBroker *broker, FramBaseId base, const char *ufrag,
              const FramAddress *remote, const FramStunMessage *request)
{
  guint8 buffer[FRAM_STUN_MAX_SENT];
  FramBaseId carrier = fram_broker_get_carrier (broker, base, remote);
  FramEvent *event;
  gsize length
      = fram_farewells_answer (&broker->farewells, ufrag, request, buffer, sizeof buffer);

  /* A relay exchanges nothing for those who have left it. */
  if (length == 0 || carrier == 0 || fram_broker_find_relayed (broker, base) != NULL)
    return;
  event = fram_broker_emit (broker, FRAM_EVENT_TRANSMIT, 0);
  event->base = carrier;
  event->remote = *remote;
  event->data = g_memdup2 (buffer, length);
  event->length = (guint16) length;
}

/* Who has claimed a 5-tuple of the base is one of its members, of which there may be thousands to
 * look through. */
static gboolean
is_member (const FramBrokerSession *session, const GArray *members,
           const FramRoute *route)
{
  return (route != NULL && route->session == session->id)
         || fram_members_find (members, session->id) != NULL;
}

static void
receive_request (FramBroker *broker, FramBaseId base, const GArray *members,
                 const FramAddress *remote, const FramStunMessage *message, FramTime now)
{
  char ufrag[FRAM_CREDENTIAL_MAX + 1];
  FramGeneration *generation;
  const FramRoute *route;
  gboolean taken;

  if (!read_ufrag (message, ufrag))
    return;
  generation = g_hash_table_lookup (broker->ufrags, ufrag);
  route = fram_route_table_find (&broker->routes, base, remote);
  if (generation == NULL || !is_member (generation->session, members, route))
    {
      bid_farewell (broker, base, ufrag, remote, message);
      return;
    }

  taken = route != NULL && route->session != generation->session->id
          && !(fram_ice_agent_is_proved (generation->agent, message)
               && fram_broker_take_over (broker, generation->session, base, remote, now));
  broker->heard = generation->session->id;
  fram_ice_agent_receive_request (generation->agent, base, remote, message, taken, now);
  fram_broker_session_drain (broker, generation->session, now);
}

static void
receive_mapped (FramBroker *broker, FramBase *base, FramMapping *mapping,
                const FramAddress *remote, const FramStunMessage *message, FramTime now)
{
  gboolean is_new;

  if (mapping->base != base)
    return;
  is_new = fram_broker_mapping_answer (broker, mapping, remote, message, now);
  fram_probing_compare (broker, &base->interface, base->mappings, now);
  fram_probing_consider (broker, now);
  if (is_new)
    fram_broker_tell_members (broker, mapping, now);
}

/* `base` is NULL if it is a relayed one, or of TCP candidates. */
static void
receive_response (FramBroker *broker, FramBaseId id, FramBase *base,
                  const FramAddress *remote, const FramStunMessage *message, FramTime now)
{
  const FramAwaited *awaited = g_hash_table_lookup (broker->transactions, &message->id);
  FramGeneration *generation;

  if (awaited == NULL)
    return;
  /* The answer ends the transaction, and `awaited` with it. */
  if (awaited->mapping != NULL)
    {
      receive_mapped (broker, base, awaited->mapping, remote, message, now);
      return;
    }
  generation = awaited->generation;
  broker->heard = generation->session->id;
  fram_ice_agent_receive_response (generation->agent, id, remote, message, now);
  fram_broker_session_drain (broker, generation->session, now);
}

void
fram_broker_receive_stun (FramBroker *broker, FramBaseId id, FramBase *base,
                          const GArray *members, const FramAddress *remote,
                          const guint8 *data, gsize length, FramTime now)
{
  FramStunMessage message;

  if (fram_stun_message_parse (&message, data, length) != FRAM_STUN_PARSE_OK
      || message.method != FRAM_STUN_BINDING)
    return;
  switch (message.klass)
    {
    case FRAM_STUN_REQUEST:
      receive_request (broker, id, members, remote, &message, now);
      break;
    case FRAM_STUN_SUCCESS:
    case FRAM_STUN_ERROR:
      receive_response (broker, id, base, remote, &message, now);
      break;
    case FRAM_STUN_INDICATION: /* a keep-alive (RFC 8445 §11) asks for nothing */
      break;
    }
}

void
fram_broker_receive_relayed (FramBroker *broker, FramRelayedBase *relayed,
                             const FramAddress *remote, const guint8 *data, gsize length,
                             FramTime now)
{
  fram_broker_receive_stun (broker, relayed->id, NULL, relayed->allocation->users, remote,
                            data, length, now);
}

void
fram_broker_receive (FramBroker *broker, FramBaseId id, const FramAddress *remote,
                     const guint8 *data, gsize length, FramTime now)
{
  FramBase *base = fram_base_table_find (&broker->bases, id);

  broker->heard = 0;
  if (base == NULL
      && (fram_broker_tcp_receive (broker, id, data, length, now)
          || fram_broker_tcp_question_receive (broker, id, data, length, now)))
    return;
  if (fram_broker_carrier_receive (broker, id, base, remote, data, length, now))
    return;
  if (base == NULL)
    {
      if (!fram_probing_receive (broker, id, remote, data, length, now)
          && !fram_broker_test_receive (broker, id, remote, data, length, now))
        fram_broker_streams_receive (broker, id, remote, data, length, now);
      return;
    }
  if (base->state == FRAM_BASE_OPEN)
    fram_broker_receive_stun (broker, id, base, base->members, remote, data, length, now);
}
