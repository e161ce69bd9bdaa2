/* One generation of a session: an agent under a ufrag of its own, and the way of its events
 * into the broker's. */
#include "broker/tcp-private.h"

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
    .is_lite = session->lite,
    .ufrag = ufrag,
    .pwd = pwd,
    .pacing = session->pacing,
    .max_pairs = session->max_pairs,
    .tcp = session->tcp,
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
transmit (FramBroker *broker, FramGeneration *generation, const FramIceEvent *ice,
          FramTime now)
{
  FramRelayedBase *relayed;
  FramEvent *event;
  guint8 dscp;

  if (ice->awaits)
    fram_broker_await (broker, &ice->id, generation, NULL);
  if (fram_broker_tcp_transmit (broker, generation, ice, now))
    return;
  relayed = fram_broker_find_relayed (broker, ice->base);
  dscp = fram_broker_session_get_dscp (broker, generation->session, ice->base);
  if (relayed != NULL)
    {
      fram_broker_relay_transmit (broker, relayed, generation->session->id, &ice->remote,
                                  dscp, ice->data, ice->length, now);
      g_free (ice->data);
      return;
    }
  event = fram_broker_emit (broker, FRAM_EVENT_TRANSMIT, generation->session->id);
  event->base = ice->base;
  event->remote = ice->remote;
  event->data = ice->data;
  event->length = ice->length;
  event->dscp = dscp;
}

void
fram_broker_note_collision (FramBroker *broker, FramBrokerSession *session,
                            FramBaseId base, guint stream, guint component, FramTime now)
{
  /* A connection is never another session's, whatever a peer says. */
  if (fram_tcp_table_find (&broker->tcp, base) != NULL)
    return;
  if (fram_broker_find_relayed (broker, base) != NULL)
    fram_broker_note_relay_collision (session, stream, component, now);
  else
    session->components[stream][component - 1].collided = TRUE;
}

/* RFC 8656 §9: the relay has to be asked for each peer, before one sends and before the other
 * can. */
static void
permit (FramBroker *broker, FramGeneration *generation, const FramIceEvent *ice,
        FramTime now)
{
  FramRelayedBase *relayed = fram_broker_find_relayed (broker, ice->base);

  if (relayed == NULL)
    return;
  if (fram_broker_relay_permit (broker, relayed, &ice->remote, now))
    {
      /* Not before it is asked: it may have to be asked anew. */
      if (!fram_broker_relay_is_permitted (relayed, &ice->remote))
        fram_ice_agent_hold_pair (generation->agent, ice->base, &ice->remote);
      return;
    }
  fram_route_table_release (&broker->routes, ice->base, &ice->remote,
                            generation->session->id, ice->stream, ice->component);
  fram_ice_agent_refuse_peer (generation->agent, ice->base, &ice->remote, now);
}

static gboolean
try_to_claim (FramBroker *broker, const FramGeneration *generation,
              const FramIceEvent *ice)
{
  return fram_route_table_claim (&broker->routes, ice->base, &ice->remote,
                                 generation->session->id, ice->stream, ice->component);
}

static void
claim (FramBroker *broker, FramGeneration *generation, const FramIceEvent *ice,
       FramTime now)
{
  FramBrokerSession *session = generation->session;

  if (try_to_claim (broker, generation, ice)
      || (fram_broker_take_over (broker, session, ice->base, &ice->remote, now)
          && try_to_claim (broker, generation, ice)))
    {
      fram_broker_tcp_claimed (broker, ice->base, &ice->remote, session->id);
      permit (broker, generation, ice, now);
      return;
    }
  fram_ice_agent_refuse_pair (generation->agent, ice->base, &ice->remote, now);
  fram_broker_note_collision (broker, session, ice->base, ice->stream, ice->component,
                              now);
}

static gboolean
has_claim (FramBroker *broker, const FramGeneration *generation, const FramIceEvent *ice)
{
  const FramRoute *route
      = fram_route_table_find (&broker->routes, ice->base, &ice->remote);

  return route != NULL && route->session == generation->session->id
         && route->stream == ice->stream && route->component == ice->component;
}

void
fram_broker_emit_route (FramBroker *broker, FramEventType type, const FramRoute *route,
                        FramBaseId carrier, const FramAddress *remote)
{
  FramEvent *event = fram_broker_emit (broker, type, route->session);

  event->stream = route->stream;
  event->component = route->component;
  event->base = carrier;
  event->remote = *remote;
}

static void
tell_route (FramBroker *broker, const FramGeneration *generation, FramEventType type,
            const FramIceEvent *ice)
{
  const FramRoute route = { .session = generation->session->id,
                            .stream = ice->stream,
                            .component = ice->component };

  fram_broker_emit_route (broker, type, &route,
                          fram_broker_get_carrier (broker, ice->base, &ice->remote),
                          &ice->remote);
}

static void
install (FramBroker *broker, FramGeneration *generation, const FramIceEvent *ice)
{
  FramRoute *route = fram_route_table_find (&broker->routes, ice->base, &ice->remote);

  /* The pair was removed since, and its claim with it; or the connection has ended. */
  if (route == NULL || route->session != generation->session->id || route->installed
      || fram_broker_get_carrier (broker, ice->base, &ice->remote) == 0)
    return;
  route->installed = TRUE;
  tell_route (broker, generation, FRAM_EVENT_ROUTE_ADD, ice);
}

/* After a restart several generations may claim one 5-tuple.  Their consent, not their claims, keeps
 * the route open. (RFC 7675 §5.1) */
static gboolean
is_heard (const FramBrokerSession *session, const FramIceEvent *ice)
{
  for (guint i = 0; i <= session->formers->len; i++)
    {
      const FramIceAgent *agent = fram_broker_session_get_agent (session, i);

      if (agent != NULL && fram_ice_agent_hears_by (agent, ice->base, &ice->remote))
        return TRUE;
    }
  return FALSE;
}

static void
uninstall (FramBroker *broker, FramGeneration *generation, const FramIceEvent *ice)
{
  FramRoute *route = fram_route_table_find (&broker->routes, ice->base, &ice->remote);

  if (route == NULL || route->session != generation->session->id || !route->installed
      || is_heard (generation->session, ice))
    return;
  route->installed = FALSE;
  tell_route (broker, generation, FRAM_EVENT_ROUTE_REMOVE, ice);
}

static void
release (FramBroker *broker, FramGeneration *generation, const FramIceEvent *ice,
         FramTime now)
{
  FramRelayedBase *relayed = fram_broker_find_relayed (broker, ice->base);

  if (relayed != NULL && has_claim (broker, generation, ice))
    fram_broker_relay_forbid (broker, relayed, &ice->remote, now);
  if (fram_route_table_release (&broker->routes, ice->base, &ice->remote,
                                generation->session->id, ice->stream, ice->component))
    tell_route (broker, generation, FRAM_EVENT_ROUTE_REMOVE, ice);
  else
    uninstall (broker, generation, ice);
  /* RFC 6544 §8: connections that were not selected are closed. */
  if (fram_route_table_find (&broker->routes, ice->base, &ice->remote) == NULL)
    fram_broker_tcp_released (broker, ice->base, &ice->remote);
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

/* Data go to the peer by a channel rather than by indications. (RFC 8656 §12) */
static void
follow_path (FramBroker *broker, const FramPathEnd *former, const FramPathEnd *next,
             FramTime now)
{
  FramRelayedBase *left = fram_broker_find_relayed (broker, former->base);
  FramRelayedBase *taken = fram_broker_find_relayed (broker, next->base);

  if (taken != NULL)
    fram_broker_relay_bind (broker, taken, &next->remote, now);
  if (left != NULL)
    fram_broker_relay_unbind (broker, left, &former->remote, now);
}

void
fram_broker_session_tell_path (FramBroker *broker, const FramBrokerSession *session,
                               guint stream, guint component)
{
  const FramBrokerComponent *state = &session->components[stream][component - 1];
  FramEvent *event = fram_broker_emit (broker, FRAM_EVENT_PATH, session->id);

  event->stream = (guint16) stream;
  event->component = (guint16) component;
  event->base = fram_broker_get_carrier (broker, state->path.base, &state->path.remote);
  event->remote = state->path.remote;
  event->dscp = state->dscp;
}

static void
update_path (FramBroker *broker, FramBrokerSession *session, guint stream,
             guint component, FramTime now)
{
  FramBrokerComponent *state = &session->components[stream][component - 1];
  FramPathEnd *path = &state->path;
  const FramGeneration *carrier
      = fram_broker_session_find_carrier (session, stream, component);
  FramPathEnd next = { 0 }, former;

  if (carrier != NULL)
    {
      const FramPair *pair = fram_ice_agent_get_path (carrier->agent, stream, component);

      next.base = pair->local->base;
      next.remote = pair->remote->address;
    }
  if (next.base == path->base && fram_address_equal (&next.remote, &path->remote))
    {
      /* For whoever is to tell us of its use it is the same path. */
      if (carrier != NULL)
        fram_ice_agent_told_use (carrier->agent, stream, component, !state->rests, now);
      return;
    }

  state->rests = FALSE;
  state->n_path_changes++;
  former = *path;
  *path = next;
  fram_broker_session_tell_path (broker, session, stream, component);
  follow_path (broker, &former, &next, now);
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

  if (session->hinted)
    return;
  session->hinted = TRUE;
  fram_broker_emit (broker, FRAM_EVENT_PAIRS_CHANGED, session->id);
}

static void
handle (FramBroker *broker, FramGeneration *generation, const FramIceEvent *ice,
        FramTime now)
{
  switch (ice->type)
    {
    case FRAM_ICE_EVENT_TRANSMIT:
      transmit (broker, generation, ice, now);
      break;
    case FRAM_ICE_EVENT_TRANSACTION_OVER:
      fram_broker_await_no_more (broker, &ice->id);
      break;
    case FRAM_ICE_EVENT_PAIR_ADDED:
      claim (broker, generation, ice, now);
      break;
    case FRAM_ICE_EVENT_PAIR_REMOVED:
      release (broker, generation, ice, now);
      break;
    case FRAM_ICE_EVENT_TUPLE_REFUSED:
      fram_broker_note_collision (broker, generation->session, ice->base, ice->stream,
                                  ice->component, now);
      break;
    case FRAM_ICE_EVENT_ROUTE:
      install (broker, generation, ice);
      break;
    case FRAM_ICE_EVENT_ROUTE_OVER:
      uninstall (broker, generation, ice);
      break;
    case FRAM_ICE_EVENT_PATH:
      update_path (broker, generation->session, ice->stream, ice->component, now);
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
      if (ice->state == FRAM_STATE_COMPLETED)
        fram_broker_tcp_rest (broker, generation->session);
      tell (broker, generation, FRAM_EVENT_STATE, ice, now);
      break;
    case FRAM_ICE_EVENT_RESTART_ADVISED:
      tell (broker, generation, FRAM_EVENT_RESTART_ADVISED, ice, now);
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
