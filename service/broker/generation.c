/* One generation of a session: an agent under a ufrag of its own, and the way of its events
 * into the broker's. */
#include "broker/broker-private.h"

/* RFC 8839 §5.4 asks for 24 and 128 bits at least; six bits a character. */
#define UFRAG_LENGTH 8
#define PWD_LENGTH 24

FramGeneration *
fram_generation_new (FramBroker *broker, FramBrokerSession *session, FramRole role,
                     guint32 number, FramTime now)
{
  FramGeneration *generation = g_new0 (FramGeneration, 1);
  char ufrag[UFRAG_LENGTH + 1], pwd[PWD_LENGTH + 1];
  FramIceConfig config = {
    .role = role,
    .ufrag = ufrag,
    .pwd = pwd,
    .pacing = session->pacing,
    .max_pairs = FRAM_MAX_PAIRS,
    .n_streams = session->n_streams,
  };

  /* A ufrag finds the session on a shared base: it must not come twice. */
  do
    fram_random_ice_chars (broker->random, ufrag, UFRAG_LENGTH);
  while (g_hash_table_contains (broker->ufrags, ufrag));
  fram_random_ice_chars (broker->random, pwd, PWD_LENGTH);
  for (guint s = 0; s < session->n_streams; s++)
    config.n_components[s] = session->n_components[s];

  generation->session = session;
  generation->number = number;
  generation->agent = fram_ice_agent_new (&config, broker->random, now);
  g_hash_table_insert (broker->ufrags,
                       (char *) fram_ice_agent_get_ufrag (generation->agent), generation);
  return generation;
}

void
fram_generation_free (FramBroker *broker, FramGeneration *generation, FramTime now)
{
  if (generation == NULL)
    return;
  fram_ice_agent_close (generation->agent);
  fram_generation_drain (broker, generation, now);
  g_hash_table_remove (broker->ufrags, fram_ice_agent_get_ufrag (generation->agent));
  fram_ice_agent_free (generation->agent);
  g_free (generation);
}

/* --- Events ------------------------------------------------------------------------ */

static void
transmit (FramBroker *broker, FramGeneration *generation, const FramIceEvent *ice)
{
  FramEvent *event
      = fram_broker_emit (broker, FRAM_EVENT_TRANSMIT, generation->session->id);

  event->base = ice->base;
  event->remote = ice->remote;
  event->data = ice->data;
  event->length = ice->length;
  if (ice->awaits)
    fram_broker_await (broker, &ice->id, generation, NULL);
}

static void
claim (FramBroker *broker, FramGeneration *generation, const FramIceEvent *ice,
       FramTime now)
{
  FramBrokerSession *session = generation->session;

  if (fram_route_table_claim (&broker->routes, ice->base, &ice->remote, session->id,
                              ice->stream, ice->component))
    return;
  fram_ice_agent_refuse_pair (generation->agent, ice->base, &ice->remote, now);
  session->components[ice->stream][ice->component - 1].collided = TRUE;
}

static void
release (FramBroker *broker, FramGeneration *generation, const FramIceEvent *ice)
{
  FramEvent *event;

  if (!fram_route_table_release (&broker->routes, ice->base, &ice->remote,
                                 generation->session->id, ice->stream, ice->component))
    return;
  event = fram_broker_emit (broker, FRAM_EVENT_ROUTE_REMOVE, generation->session->id);
  event->stream = ice->stream;
  event->component = ice->component;
  event->base = ice->base;
  event->remote = ice->remote;
}

static void
install (FramBroker *broker, FramGeneration *generation, const FramIceEvent *ice)
{
  FramRoute *route = fram_route_table_find (&broker->routes, ice->base, &ice->remote);
  FramEvent *event;

  /* The pair was removed since, and its claim with it. */
  if (route == NULL || route->session != generation->session->id || route->installed)
    return;
  route->installed = TRUE;
  event = fram_broker_emit (broker, FRAM_EVENT_ROUTE_ADD, generation->session->id);
  event->stream = ice->stream;
  event->component = ice->component;
  event->base = ice->base;
  event->remote = ice->remote;
}

FramGeneration *
fram_broker_session_find_carrier (FramBrokerSession *session, guint stream,
                                  guint component)
{
  if (session->current != NULL
      && fram_ice_agent_get_path (session->current->agent, stream, component) != NULL)
    return session->current;
  /* RFC 8445 §9: data go over the former path until the new one is there. */
  for (guint i = session->formers->len; i > 0; i--)
    {
      FramGeneration *former = g_ptr_array_index (session->formers, i - 1);

      if (fram_ice_agent_get_path (former->agent, stream, component) != NULL)
        return former;
    }
  return NULL;
}

static void
update_path (FramBroker *broker, FramBrokerSession *session, guint stream,
             guint component)
{
  FramPathEnd *path = &session->components[stream][component - 1].path;
  const FramGeneration *carrier
      = fram_broker_session_find_carrier (session, stream, component);
  FramPathEnd next = { 0 };
  FramEvent *event;

  if (carrier != NULL)
    {
      const FramPair *pair = fram_ice_agent_get_path (carrier->agent, stream, component);

      next.base = pair->local->base;
      next.remote = pair->remote->address;
    }
  if (next.base == path->base && fram_address_equal (&next.remote, &path->remote))
    return;

  *path = next;
  event = fram_broker_emit (broker, FRAM_EVENT_PATH, session->id);
  event->stream = (guint16) stream;
  event->component = (guint16) component;
  event->base = next.base;
  event->remote = next.remote;
}

static void
tell (FramBroker *broker, FramGeneration *generation, FramEventType type,
      const FramIceEvent *ice, FramTime now)
{
  FramBrokerSession *session = generation->session;
  FramEvent *event;

  /* Of a generation that was replaced, only its data matter. */
  if (generation != session->current)
    return;
  event = fram_broker_emit (broker, type, session->id);
  event->stream = ice->stream;
  event->component = ice->component;
  event->base = ice->base;
  event->remote = ice->remote;
  event->state = ice->state;
  event->cause = ice->cause;
  event->duration = session->remote_since >= 0 ? now - session->remote_since : 0;
}

static void
hint (FramBroker *broker, FramGeneration *generation)
{
  FramBrokerSession *session = generation->session;

  if (session->hint_queued)
    return;
  session->hint_queued = TRUE;
  fram_broker_emit (broker, FRAM_EVENT_PAIRS_CHANGED, session->id);
}

static void
handle (FramBroker *broker, FramGeneration *generation, const FramIceEvent *ice,
        FramTime now)
{
  switch (ice->type)
    {
    case FRAM_ICE_EVENT_TRANSMIT:
      transmit (broker, generation, ice);
      break;
    case FRAM_ICE_EVENT_TRANSACTION_OVER:
      fram_broker_await_no_more (broker, &ice->id);
      break;
    case FRAM_ICE_EVENT_PAIR_ADDED:
      claim (broker, generation, ice, now);
      break;
    case FRAM_ICE_EVENT_PAIR_REMOVED:
      release (broker, generation, ice);
      break;
    case FRAM_ICE_EVENT_TUPLE_REFUSED:
      generation->session->components[ice->stream][ice->component - 1].collided = TRUE;
      break;
    case FRAM_ICE_EVENT_ROUTE:
      install (broker, generation, ice);
      break;
    case FRAM_ICE_EVENT_PATH:
      update_path (broker, generation->session, ice->stream, ice->component);
      break;
    case FRAM_ICE_EVENT_SELECTED:
      tell (broker, generation, FRAM_EVENT_SELECTED, ice, now);
      break;
    case FRAM_ICE_EVENT_COMPONENT_STATE:
      if (ice->state == FRAM_STATE_DISCONNECTED)
        fram_broker_doubt_path (
            broker,
            &generation->session->components[ice->stream][ice->component - 1].path, now);
      tell (broker, generation, FRAM_EVENT_COMPONENT_STATE, ice, now);
      break;
    case FRAM_ICE_EVENT_STATE:
      tell (broker, generation, FRAM_EVENT_STATE, ice, now);
      break;
    case FRAM_ICE_EVENT_CHANGED:
      hint (broker, generation);
      break;
    }
}

void
fram_generation_drain (FramBroker *broker, FramGeneration *generation, FramTime now)
{
  FramIceEvent event;

  while (fram_ice_agent_pop (generation->agent, &event))
    handle (broker, generation, &event, now);
}
