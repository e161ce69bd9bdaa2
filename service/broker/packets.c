/* Packets that come up to the broker: whose they are. */
#include <string.h>

#include "broker/broker-private.h"

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
  FramBrokerSession *session;

  if (fram_probing_told_unreachable (broker, base, remote, now)
      || told_of_server (broker, base, remote, now) || route == NULL)
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
  broker->heard = generation->session->id;
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
      /* The answer ends the transaction, and `awaited` with it. */
      FramMapping *mapping = awaited->mapping;
      gboolean is_new;

      if (mapping->base != base)
        return;
      is_new = fram_broker_mapping_answer (broker, mapping, remote, message, now);
      fram_probing_compare (broker, &base->interface, base->mappings, now);
      fram_probing_consider (broker, now);
      if (is_new)
        fram_broker_tell_members (broker, mapping, now);
    }
  else
    {
      FramGeneration *generation = awaited->generation;

      broker->heard = generation->session->id;
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

  broker->heard = 0;
  if (base == NULL)
    {
      if (!fram_probing_receive (broker, id, remote, data, length, now))
        fram_broker_streams_receive (broker, id, remote, data, length, now);
      return;
    }
  if (base->state != FRAM_BASE_OPEN
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
