/* Gathering: a session's bases, and the candidates they and the servers give.
 * (RFC 8445 §5.1.1)
 *
 * It asks for sockets and answers of servers; both may be there already, for another
 * session.  It is over when every base has what it can get in good time. */
#include "broker/names-private.h"
#include "broker/tcp-private.h"

/* The longest that sockets and names, servers' and own, are waited for; of servers, see waiting.c. */
#define GATHERING_BOUND FRAM_SECONDS (1)

/* By how much an added lane's candidates are preferred less. */
#define EXTRA_LANE_STEP 256

/* The newest of those on a base. */
#define PEERS_LOOKED_AT 16

/* The host candidate of a base, and those of servers that have answered or will. */
static void
take_part (FramBroker *broker, FramBrokerSession *session, FramBase *base,
           const FramBaseMember *member, FramTime now)
{
  fram_broker_add_host (broker, session, base, member, now);
  fram_broker_ask_servers (broker, session, base, now);
  fram_broker_follow_mappings (broker, session, base, member, now);
}

/* --- Lanes and bases --------------------------------------------------------------- */

/* Whether data of some known remote candidate on this lane would be another's. */
static gboolean
collides (FramBroker *broker, FramBrokerSession *session, guint lane,
          const GPtrArray *remotes)
{
  for (guint i = 0; i < broker->interfaces->len; i++)
    {
      const FramInterfaceAddress *interface = &g_array_index (broker->interfaces,
                                                              FramInterfaceAddress, i);
      FramBase *base
          = fram_base_table_find_place (&broker->bases, &interface->address, lane);

      for (guint r = 0; base != NULL && r < remotes->len; r++)
        {
          const FramCandidate *remote = g_ptr_array_index (remotes, r);
          const FramRoute *route
              = fram_route_table_find (&broker->routes, base->id, &remote->address);

          if ((route != NULL && route->session != session->id)
              || (base->state == FRAM_BASE_OPEN
                  && fram_address_equal (&base->address, &remote->address)))
            return TRUE;
        }
    }
  return FALSE;
}

/* Ends of connections have nothing to do with lanes, and those that connect are all told with one port. */
static gboolean
have_common (const GPtrArray *candidates, const GPtrArray *others)
{
  for (guint i = 0; i < candidates->len; i++)
    {
      const FramCandidate *candidate = g_ptr_array_index (candidates, i);

      if (fram_transport_is_tcp (candidate->transport))
        continue;
      for (guint k = 0; k < others->len; k++)
        if (fram_address_equal (
                &candidate->address,
                &((const FramCandidate *) g_ptr_array_index (others, k))->address))
          return TRUE;
    }
  return FALSE;
}

/* Whether another session on this lane has a peer that has named such an address.  It may have come from
 * an address that it could not name, and of its pairs that one alone be left here; but the same two bases
 * cannot have another 5-tuple, and the peer would refuse it.  On a base of hundreds not all are looked
 * at: then what collides is seen when it does. */
static gboolean
has_same_peer (FramBroker *broker, const FramBrokerSession *session, guint lane,
               const GPtrArray *remotes)
{
  for (guint i = 0; i < broker->interfaces->len; i++)
    {
      const FramInterfaceAddress *interface = &g_array_index (broker->interfaces,
                                                              FramInterfaceAddress, i);
      const FramBase *base
          = fram_base_table_find_place (&broker->bases, &interface->address, lane);
      guint n = base != NULL && remotes->len > 0 ? base->members->len : 0;

      for (guint looked_at = 0; looked_at < MIN (n, PEERS_LOOKED_AT); looked_at++)
        {
          const FramBaseMember *member
              = &g_array_index (base->members, FramBaseMember, n - 1 - looked_at);
          const FramBrokerSession *other
              = fram_broker_find_session (broker, member->session);

          if (other != session
              && have_common (remotes, fram_ice_agent_get_remotes (other->current->agent,
                                                                   member->stream)))
            return TRUE;
        }
    }
  return FALSE;
}

static gboolean
uses_lane (const FramBrokerSession *session, guint lane, guint stream, guint component)
{
  for (guint i = 0; session->extra_lanes != NULL && i < session->extra_lanes->len; i++)
    if (g_array_index (session->extra_lanes, FramExtraLane, i).lane == lane)
      return TRUE;
  if (fram_lane_list_has (session->left_lanes, lane))
    return TRUE;
  for (guint s = 0; s <= stream; s++)
    for (guint c = 0; c < session->n_components[s]; c++)
      {
        if (s == stream && c + 1 >= component)
          return FALSE;
        if (session->components[s][c].lane == lane)
          return TRUE;
      }
  return FALSE;
}

static guint
choose_lane (FramBroker *broker, FramBrokerSession *session, guint stream,
             guint component, FramLanePurpose purpose)
{
  const GPtrArray *remotes = fram_ice_agent_get_remotes (session->current->agent, stream);
  guint lane;

  for (lane = 0; lane < FRAM_MAX_LANES - 1; lane++)
    if (fram_lane_table_is_open (&broker->lanes, lane, purpose)
        && !uses_lane (session, lane, stream, component)
        && !collides (broker, session, lane, remotes)
        && !has_same_peer (broker, session, lane, remotes))
      break;
  fram_lane_table_join (&broker->lanes, lane, purpose);
  return lane;
}

FramBase *
fram_broker_get_base (FramBroker *broker, const FramInterfaceAddress *interface,
                      guint32 lane, FramTime now)
{
  FramBase *base = fram_base_table_find_place (&broker->bases, &interface->address, lane);

  if (base != NULL || fram_broker_has_failed (broker, &interface->address, now))
    return base;
  base = fram_base_table_add (&broker->bases, ++broker->next_base, interface, lane);
  fram_broker_open_base (broker, base);
  return base;
}

/* Takes part in the base of an interface address on a lane, opened if need be. */
static void
join_base (FramBroker *broker, FramBrokerSession *session,
           const FramInterfaceAddress *interface, guint lane,
           const FramBaseMember *member, FramTime now)
{
  FramBase *base = fram_broker_get_base (broker, interface, lane, now);

  if (base == NULL || g_ptr_array_find (session->bases, base, NULL))
    return;
  fram_schedule_set (&broker->deadlines, &base->linger, FRAM_TIME_NEVER);
  fram_base_join (base, member);
  g_ptr_array_add (session->bases, base);
  if (base->state == FRAM_BASE_OPEN)
    take_part (broker, session, base, member, now);
}

/* RFC 8445 §5.2: a lite agent has at most one candidate of each family: nobody finds out which
 * of more works. */
static gboolean
is_first_of_family (FramBroker *broker, guint index)
{
  const FramInterfaceAddress *first
      = &g_array_index (broker->interfaces, FramInterfaceAddress, 0);

  for (guint i = 0; i < index; i++)
    if (first[i].address.family == first[index].address.family)
      return FALSE;
  return TRUE;
}

gboolean
fram_broker_uses_interface (FramBroker *broker, const FramBrokerSession *session,
                            guint index)
{
  return !session->lite || is_first_of_family (broker, index);
}

static void
join_lane (FramBroker *broker, FramBrokerSession *session, guint lane,
           const FramBaseMember *member, FramTime now)
{
  for (guint i = 0; i < broker->interfaces->len; i++)
    {
      const FramInterfaceAddress *interface = &g_array_index (broker->interfaces,
                                                              FramInterfaceAddress, i);

      if (fram_broker_uses_interface (broker, session, i))
        join_base (broker, session, interface, lane, member, now);
    }
}

void
fram_broker_gather_interfaces (FramBroker *broker, FramBrokerSession *session,
                               FramTime now)
{
  /* Policy `relay` sends nothing by a base of this host. */
  for (guint s = 0; session->policy != FRAM_POLICY_RELAY && s < session->n_streams; s++)
    for (guint c = 1; c <= session->n_components[s]; c++)
      {
        FramBaseMember member
            = { .session = session->id, .stream = (guint16) s, .component = (guint16) c };

        join_lane (broker, session, session->components[s][c - 1].lane, &member, now);
      }
  fram_broker_tcp_gather (broker, session, now);
  fram_broker_review_relays (broker, session, now);
}

void
fram_broker_gather (FramBroker *broker, FramBrokerSession *session,
                    const FramSessionOptions *options, FramTime now)
{
  session->gather_since = now;
  if (!session->lite)
    session->servers = fram_broker_join_servers (broker, options, now);
  for (guint s = 0; s < session->n_streams; s++)
    for (guint c = 1; c <= session->n_components[s]; c++)
      {
        FramBrokerComponent *component = &session->components[s][c - 1];
        FramBaseMember member
            = { .session = session->id, .stream = (guint16) s, .component = (guint16) c };

        component->lane = choose_lane (broker, session, s, c, session->purpose);
        component->offered = session->purpose != FRAM_LANE_FOR_ANSWER;
        if (session->policy != FRAM_POLICY_RELAY)
          join_lane (broker, session, component->lane, &member, now);
      }
  fram_broker_tcp_gather (broker, session, now);
  fram_broker_begin_relays (broker, session, now);
  fram_broker_gather_check_done (broker, session, now);
}

void
fram_broker_gather_lane (FramBroker *broker, FramBrokerSession *session, guint stream,
                         guint component, FramTime now)
{
  FramBaseMember member = { .session = session->id,
                            .stream = (guint16) stream,
                            .component = (guint16) component,
                            .lowered = EXTRA_LANE_STEP };
  FramExtraLane extra = { .stream = (guint16) stream };

  if (session->policy == FRAM_POLICY_RELAY)
    return;
  /* One that nobody shares: others may have collided with us, and look for one too. */
  extra.lane = choose_lane (broker, session, session->n_streams - 1, FRAM_COMPONENT_MAX,
                            FRAM_LANE_FOR_ITSELF);
  if (session->extra_lanes == NULL)
    session->extra_lanes = g_array_new (FALSE, FALSE, sizeof (FramExtraLane));
  g_array_append_val (session->extra_lanes, extra);
  join_lane (broker, session, extra.lane, &member, now);
}

/* --- Answers ----------------------------------------------------------------------- */

void
fram_broker_gather_base_opened (FramBroker *broker, FramBrokerSession *session,
                                FramBase *base, FramTime now)
{
  FramBaseMember member = *fram_base_find_member (base, session->id);

  take_part (broker, session, base, &member, now);
}

static void
ask_again (FramBroker *broker, FramBrokerSession *session, FramBase *base, FramTime now)
{
  fram_broker_ask_servers (broker, session, base, now);
  fram_broker_follow_mappings (broker, session, base,
                               fram_base_find_member (base, session->id), now);
}

void
fram_broker_gather_resolved (FramBroker *broker, FramBrokerSession *session,
                             const FramServer *server, FramTime now)
{
  if (session->servers == NULL || !g_ptr_array_find (session->servers, server, NULL))
    return;
  for (guint i = 0; i < session->bases->len; i++)
    {
      FramBase *base = g_ptr_array_index (session->bases, i);

      if (base->state == FRAM_BASE_OPEN)
        ask_again (broker, session, base, now);
    }
  fram_broker_review_relays (broker, session, now);
}

void
fram_broker_gather_mapped (FramBroker *broker, FramBrokerSession *session,
                           const FramMapping *mapping, FramTime now)
{
  FramBase *base = mapping->base;

  /* What does not answer any more may have a substitute. */
  if (mapping->state == FRAM_MAPPING_DEAF || mapping->suspect)
    ask_again (broker, session, base, now);
  else
    fram_broker_follow_mappings (broker, session, base,
                                 fram_base_find_member (base, session->id), now);
}

/* --- The end ----------------------------------------------------------------------- */

static FramTime
wait_for_base (FramBroker *broker, FramBrokerSession *session, FramBase *base,
               FramTime now)
{
  FramTime until = now;

  if (base->state == FRAM_BASE_OPENING)
    return session->gather_since + GATHERING_BOUND;
  for (guint i = 0; i < base->mappings->len; i++)
    {
      FramMapping *mapping = g_ptr_array_index (base->mappings, i);

      if (fram_broker_session_asks (session, &mapping->server))
        until = MAX (until, fram_broker_mapping_wait (broker, session, mapping, now));
    }
  return until;
}

static FramTime
wait_for_all (FramBroker *broker, FramBrokerSession *session, FramTime now)
{
  FramTime until = now;

  for (guint i = 0; session->servers != NULL && i < session->servers->len; i++)
    {
      const FramServer *server = g_ptr_array_index (session->servers, i);

      /* Of what is not asked by UDP, no candidate comes but a relayed one. */
      if ((fram_server_speaks_udp (server) || fram_server_is_turn (server))
          && server->state == FRAM_SERVER_RESOLVING)
        until = MAX (until, session->gather_since + GATHERING_BOUND);
    }
  for (guint i = 0; i < session->bases->len; i++)
    until = MAX (until, wait_for_base (broker, session,
                                       g_ptr_array_index (session->bases, i), now));
  if (fram_broker_tcp_is_opening (session) || fram_broker_session_awaits_name (session))
    until = MAX (until, session->gather_since + GATHERING_BOUND);
  until = MAX (until, fram_broker_tcp_answers_end (
                          session, session->gather_since + GATHERING_BOUND, now));
  return MAX (until, fram_broker_relay_wait (broker, session, now));
}

/* What should have answered is doubted, so that the next session does not wait for it, and
 * has a substitute asked; so has what was doubted meanwhile for another session. */
static void
look_for_silence (FramBroker *broker, FramBrokerSession *session, FramBase *base,
                  FramTime now)
{
  for (guint i = 0; i < base->mappings->len; i++)
    {
      FramMapping *mapping = g_ptr_array_index (base->mappings, i);

      if (fram_broker_mapping_is_late (broker, mapping, now))
        fram_broker_learn_doubt (broker, base->interface.name, mapping->uri,
                                 (FramFamily) mapping->server.family, FRAM_KNOWN_UDP,
                                 mapping->transaction.started);
    }
  if (base->mappings->len > 0)
    fram_broker_ask_substitute (broker, session, base, now);
}

gboolean
fram_broker_base_is_answered (const FramBrokerSession *session, const FramBase *base)
{
  for (guint i = 0; i < base->mappings->len; i++)
    {
      const FramMapping *mapping = g_ptr_array_index (base->mappings, i);

      if (mapping->state == FRAM_MAPPING_KNOWN
          && fram_broker_session_asks (session, &mapping->server))
        return TRUE;
    }
  return FALSE;
}

static void
discover_by_streams (FramBroker *broker, FramBrokerSession *session, FramTime now)
{
  for (guint i = 0; session->servers != NULL && i < session->bases->len; i++)
    {
      FramBase *base = g_ptr_array_index (session->bases, i);

      if (base->state == FRAM_BASE_OPEN && !fram_broker_base_is_answered (session, base))
        fram_broker_streams_discover (broker, &base->interface, session->servers, now);
    }
}

/* Return: when to look again; not after `now`: all is there. */
static FramTime
wait (FramBroker *broker, FramBrokerSession *session, FramTime now)
{
  FramTime until = wait_for_all (broker, session, now);
  FramTime from = fram_broker_tcp_ask_from (broker, session, until, now);

  if (from > now)
    return MIN (until, from);
  fram_broker_tcp_gather_simultaneous (broker, session, now);
  return wait_for_all (broker, session, now);
}

void
fram_broker_gather_check_done (FramBroker *broker, FramBrokerSession *session,
                               FramTime now)
{
  FramEvent *event;
  FramTime until;

  if (session->gathered)
    return;
  for (guint i = 0; i < session->bases->len; i++)
    look_for_silence (broker, session, g_ptr_array_index (session->bases, i), now);
  until = wait (broker, session, now);
  /* What has only just been found to be silent is not waited for, and the ways beside it are not
   * begun yet. */
  if (until <= now)
    {
      fram_broker_review_relays (broker, session, now);
      until = wait (broker, session, now);
    }
  if (until > now)
    {
      session->gather_until = until;
      return;
    }
  session->gathered = TRUE;
  session->gather_until = FRAM_TIME_NEVER;
  discover_by_streams (broker, session, now);
  fram_ice_agent_end_local (session->current->agent, now);
  fram_broker_session_trace (broker, session, now);
  event = fram_broker_emit (broker, FRAM_EVENT_GATHERING_DONE, session->id);
  event->duration = now - session->gather_since;
}

/* A new generation has the candidates of the one before. */
void
fram_broker_gather_again (FramBroker *broker, FramBrokerSession *session, FramTime now)
{
  session->gathered = FALSE;
  session->gather_since = now;
  session->tcp_asked = FALSE;
  for (guint i = 0; i < session->bases->len; i++)
    {
      FramBase *base = g_ptr_array_index (session->bases, i);
      FramBaseMember member = *fram_base_find_member (base, session->id);

      if (base->state == FRAM_BASE_OPEN)
        take_part (broker, session, base, &member, now);
    }
  fram_broker_tcp_gather_again (broker, session, now);
  fram_broker_readd_relays (broker, session, now);
  fram_broker_gather_check_done (broker, session, now);
}
