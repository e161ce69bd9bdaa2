/* Gathering: a session's bases, and the candidates they and the servers give.
 * (RFC 8445 §5.1.1)
 *
 * It asks for sockets and answers of servers; both may be there already, for another
 * session.  It is over when everything has answered, or after a bound. */
#include "broker/broker-private.h"
#include "ice/candidate-line.h"

/* The longest that servers are waited for. */
#define GATHERING_BOUND FRAM_SECONDS (1)
/* The same where the pacer has not asked all of them in that time. */
#define CROWD_BOUND FRAM_SECONDS (5)
#define CROWD_STEP FRAM_MILLISECONDS (250)

/* By how much an added lane's candidates are preferred less. */
#define EXTRA_LANE_STEP 256

/* --- Candidates -------------------------------------------------------------------- */

gboolean
fram_broker_session_shows (const FramBrokerSession *session,
                           const FramCandidate *candidate)
{
  switch (candidate->type)
    {
    case FRAM_CANDIDATE_PEER_REFLEXIVE:
      return FALSE;
    case FRAM_CANDIDATE_HOST:
      return session->policy == FRAM_POLICY_ALL;
    case FRAM_CANDIDATE_SERVER_REFLEXIVE:
      return session->policy != FRAM_POLICY_RELAY;
    case FRAM_CANDIDATE_RELAYED:
      return TRUE;
    }
  g_assert_not_reached ();
}

char *
fram_broker_session_line (const FramBrokerSession *session,
                          const FramCandidate *candidate)
{
  FramCandidate shown = *candidate;
  FramFamily family = candidate->related.family;

  /* RFC 8839 §5.1: a related address that is not to be revealed. */
  if (session->policy != FRAM_POLICY_ALL && family != FRAM_FAMILY_NONE)
    fram_address_parse_ip (&shown.related, family == FRAM_FAMILY_IPV6 ? "::" : "0.0.0.0",
                           9);
  return fram_candidate_to_line (&shown);
}

static void
add_candidate (FramBroker *broker, FramBrokerSession *session,
               const FramBaseMember *member, const FramCandidate *candidate, FramTime now)
{
  FramEvent *event;

  if (fram_ice_agent_add_local (session->current->agent, member->stream, candidate, now)
      != FRAM_ICE_ADD_OK)
    return;
  if (!fram_broker_session_shows (session, candidate)
      || (session->gathered && !session->trickle))
    return;
  event = fram_broker_emit (broker, FRAM_EVENT_LOCAL_CANDIDATE, session->id);
  event->stream = member->stream;
  event->component = member->component;
  event->text = fram_broker_session_line (session, candidate);
}

static guint16
local_preference (FramBroker *broker, const FramBase *base, const FramBaseMember *member)
{
  guint n_ipv4 = 0, n_ipv6 = 0, index = 0;

  for (guint i = 0; i < broker->interfaces->len; i++)
    {
      const FramInterfaceAddress *interface = &g_array_index (broker->interfaces,
                                                              FramInterfaceAddress, i);
      guint *n = interface->address.family == FRAM_FAMILY_IPV6 ? &n_ipv6 : &n_ipv4;

      if (fram_address_equal (&interface->address, &base->interface.address))
        index = *n;
      (*n)++;
    }
  return (guint16) (fram_candidate_local_preference (base->interface.address.family,
                                                     index, n_ipv4, n_ipv6)
                    - member->lowered);
}

static FramCandidate
make_candidate (FramBroker *broker, FramCandidateType type, const FramBase *base,
                const FramBaseMember *member, const FramAddress *server)
{
  FramCandidate candidate = {
    .type = type,
    .transport = FRAM_TRANSPORT_UDP,
    .component = member->component,
    .base = base->id,
    .base_address = base->address,
    .address = base->address,
  };

  candidate.priority = fram_candidate_priority (
      type, local_preference (broker, base, member), member->component);
  fram_candidate_set_foundation (&candidate, server);
  return candidate;
}

static void
add_mapped (FramBroker *broker, FramBrokerSession *session, const FramBaseMember *member,
            const FramMapping *mapping, FramTime now)
{
  FramCandidate candidate = make_candidate (broker, FRAM_CANDIDATE_SERVER_REFLEXIVE,
                                            mapping->base, member, &mapping->server);

  /* RFC 8445 §5.1.3: without a NAT it is the host candidate again. */
  if (fram_address_equal (&mapping->mapped, &mapping->base->address))
    return;
  candidate.address = mapping->mapped;
  candidate.related = mapping->base->address;
  add_candidate (broker, session, member, &candidate, now);
}

static void
ask_servers (FramBroker *broker, FramBrokerSession *session, FramBase *base,
             const FramBaseMember *member, FramTime now)
{
  for (guint i = 0; session->servers != NULL && i < session->servers->len; i++)
    {
      const FramServer *server = g_ptr_array_index (session->servers, i);

      if (!fram_server_speaks_udp (server))
        {
          fram_broker_streams_try (broker, &base->interface, server, now);
          continue;
        }
      for (guint a = 0; a < server->n_addresses; a++)
        {
          FramMapping *mapping
              = fram_broker_ask_mapping (broker, base, &server->addresses[a], now);

          if (mapping != NULL && mapping->state == FRAM_MAPPING_KNOWN)
            add_mapped (broker, session, member, mapping, now);
        }
    }
}

static void
add_host (FramBroker *broker, FramBrokerSession *session, FramBase *base,
          const FramBaseMember *member, FramTime now)
{
  FramAddress nobody = { 0 };
  FramCandidate candidate
      = make_candidate (broker, FRAM_CANDIDATE_HOST, base, member, &nobody);

  add_candidate (broker, session, member, &candidate, now);
  ask_servers (broker, session, base, member, now);
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

static gboolean
uses_lane (const FramBrokerSession *session, guint lane, guint stream, guint component)
{
  for (guint i = 0; session->extra_lanes != NULL && i < session->extra_lanes->len; i++)
    if (g_array_index (session->extra_lanes, guint32, i) == lane)
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
        && !collides (broker, session, lane, remotes))
      break;
  fram_lane_table_join (&broker->lanes, lane, purpose);
  return lane;
}

/* Takes part in the base of an interface address on a lane, opened if need be. */
static void
join_base (FramBroker *broker, FramBrokerSession *session,
           const FramInterfaceAddress *interface, guint lane,
           const FramBaseMember *member, FramTime now)
{
  FramBase *base = fram_base_table_find_place (&broker->bases, &interface->address, lane);

  if (base != NULL && g_ptr_array_find (session->bases, base, NULL))
    return;
  if (base == NULL)
    {
      FramEvent *event = fram_broker_emit (broker, FRAM_EVENT_OPEN_BASE, 0);

      base = fram_base_table_add (&broker->bases, ++broker->next_base, interface, lane);
      event->base = base->id;
      event->bind = interface->address;
      event->lane = lane;
    }
  fram_schedule_set (&broker->deadlines, &base->linger, FRAM_TIME_NEVER);
  fram_base_join (base, member);
  g_ptr_array_add (session->bases, base);
  if (base->state == FRAM_BASE_OPEN)
    add_host (broker, session, base, member, now);
}

static void
join_lane (FramBroker *broker, FramBrokerSession *session, guint lane,
           const FramBaseMember *member, FramTime now)
{
  for (guint i = 0; i < broker->interfaces->len; i++)
    join_base (broker, session,
               &g_array_index (broker->interfaces, FramInterfaceAddress, i), lane, member,
               now);
}

void
fram_broker_gather_interfaces (FramBroker *broker, FramBrokerSession *session,
                               FramTime now)
{
  if (session->policy == FRAM_POLICY_RELAY)
    return;
  for (guint s = 0; s < session->n_streams; s++)
    for (guint c = 1; c <= session->n_components[s]; c++)
      {
        FramBaseMember member
            = { .session = session->id, .stream = (guint16) s, .component = (guint16) c };

        join_lane (broker, session, session->components[s][c - 1].lane, &member, now);
      }
}

static void
join_servers (FramBroker *broker, FramBrokerSession *session,
              const FramSessionOptions *options, FramTime now)
{
  if (options->n_servers == 0 || session->policy == FRAM_POLICY_RELAY)
    return;
  session->servers = g_ptr_array_new ();
  for (guint i = 0; i < options->n_servers; i++)
    {
      gboolean resolve;
      FramServer *server = fram_server_table_join (
          &broker->servers, options->servers[i].uri, now, &resolve);

      g_ptr_array_add (session->servers, server);
      if (resolve)
        fram_broker_resolve (broker, server);
    }
}

void
fram_broker_gather (FramBroker *broker, FramBrokerSession *session,
                    const FramSessionOptions *options, FramTime now)
{
  session->gather_since = now;
  session->gather_until = now + GATHERING_BOUND;
  join_servers (broker, session, options, now);
  for (guint s = 0; s < session->n_streams; s++)
    for (guint c = 1; c <= session->n_components[s]; c++)
      {
        FramBrokerComponent *component = &session->components[s][c - 1];
        FramBaseMember member
            = { .session = session->id, .stream = (guint16) s, .component = (guint16) c };

        component->lane = choose_lane (broker, session, s, c, session->purpose);
        component->offered = session->purpose != FRAM_LANE_FOR_ANSWER;
        /* Policy `relay` sends nothing by a base of this host. */
        if (session->policy != FRAM_POLICY_RELAY)
          join_lane (broker, session, component->lane, &member, now);
      }
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
  guint32 lane;

  if (session->policy == FRAM_POLICY_RELAY)
    return;
  /* One that nobody shares: others may have collided with us, and look for one too. */
  lane = choose_lane (broker, session, session->n_streams - 1, FRAM_COMPONENT_MAX,
                      FRAM_LANE_FOR_ITSELF);
  if (session->extra_lanes == NULL)
    session->extra_lanes = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_array_append_val (session->extra_lanes, lane);
  join_lane (broker, session, lane, &member, now);
}

/* --- Answers ----------------------------------------------------------------------- */

void
fram_broker_gather_base_opened (FramBroker *broker, FramBrokerSession *session,
                                FramBase *base, FramTime now)
{
  FramBaseMember member = *fram_base_find_member (base, session->id);

  add_host (broker, session, base, &member, now);
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
        ask_servers (broker, session, base, fram_base_find_member (base, session->id),
                     now);
    }
}

/* The mapped address is for those members that asked this server. */
void
fram_broker_gather_mapped (FramBroker *broker, FramBrokerSession *session,
                           const FramMapping *mapping, FramTime now)
{
  for (guint i = 0; session->servers != NULL && i < session->servers->len; i++)
    if (fram_server_has_address (g_ptr_array_index (session->servers, i),
                                 &mapping->server))
      {
        add_mapped (broker, session, fram_base_find_member (mapping->base, session->id),
                    mapping, now);
        return;
      }
}

static gboolean
is_waiting (FramBrokerSession *session)
{
  for (guint i = 0; session->servers != NULL && i < session->servers->len; i++)
    {
      const FramServer *server = g_ptr_array_index (session->servers, i);

      /* No candidate comes of what is not asked by UDP. */
      if (fram_server_speaks_udp (server) && server->state == FRAM_SERVER_RESOLVING)
        return TRUE;
    }
  for (guint i = 0; i < session->bases->len; i++)
    {
      FramBase *base = g_ptr_array_index (session->bases, i);

      if (base->state == FRAM_BASE_OPENING
          || fram_broker_has_open_mapping (session, base))
        return TRUE;
    }
  return FALSE;
}

/* In a crowd, the pacer may not have come to asking yet: what was not asked is not given up
 * for silence, but for a crowd that does not end. */
static gboolean
is_unasked (FramBrokerSession *session)
{
  for (guint i = 0; i < session->bases->len; i++)
    {
      FramBase *base = g_ptr_array_index (session->bases, i);

      for (guint m = 0; m < base->mappings->len; m++)
        if (((FramMapping *) g_ptr_array_index (base->mappings, m))->state
            == FRAM_MAPPING_WAITING)
          return TRUE;
    }
  return FALSE;
}

void
fram_broker_gather_check_done (FramBroker *broker, FramBrokerSession *session,
                               FramTime now)
{
  FramEvent *event;

  if (session->gathered)
    return;
  if (now >= session->gather_until && now < session->gather_since + CROWD_BOUND
      && is_unasked (session))
    session->gather_until = now + CROWD_STEP;
  if (now < session->gather_until && is_waiting (session))
    return;
  session->gathered = TRUE;
  session->gather_until = FRAM_TIME_NEVER;
  fram_ice_agent_end_local (session->current->agent, now);
  event = fram_broker_emit (broker, FRAM_EVENT_GATHERING_DONE, session->id);
  event->duration = now - session->gather_since;
}

/* A new generation has the candidates of the one before. */
void
fram_broker_gather_again (FramBroker *broker, FramBrokerSession *session, FramTime now)
{
  session->gathered = FALSE;
  session->gather_since = now;
  session->gather_until = now + GATHERING_BOUND;
  for (guint i = 0; i < session->bases->len; i++)
    {
      FramBase *base = g_ptr_array_index (session->bases, i);
      FramBaseMember member = *fram_base_find_member (base, session->id);

      if (base->state == FRAM_BASE_OPEN)
        add_host (broker, session, base, &member, now);
    }
  fram_broker_gather_check_done (broker, session, now);
}
