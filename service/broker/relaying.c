/* Which relays a session asks for, and how long it waits for them.
 *
 * UDP comes first.  Other ways are begun at once where UDP is known to be deaf or no server is
 * asked by it, and otherwise when it has not answered for a moment; where it works they are not
 * begun at all. */
#include "broker/broker-private.h"

/* A server that did not answer by UDP for so long, or for two round trips, may be out of its
 * reach: the other ways are begun beside it. */
#define FALLBACK_AFTER FRAM_MILLISECONDS (200)
/* One that has answered something has so long for the rest. */
#define HEARD_PATIENCE FRAM_SECONDS (1)
/* In a crowd, the pacer may come late to a question. */
#define CROWD_BOUND FRAM_SECONDS (5)
/* A name that takes so long is not waited for any more. */
#define RESOLVING_BOUND FRAM_MILLISECONDS (500)

/* The longest that gathering waits for a relay: where there are other ways to a peer, where
 * none is known because no server answers by UDP, and where nothing else may be used. */
#define WAIT_BESIDE FRAM_SECONDS (1)
#define WAIT_NEEDED FRAM_SECONDS (3)
#define WAIT_ALONE FRAM_SECONDS (10)

static FramFamily
family_of (const FramInterfaceAddress *interface)
{
  return (FramFamily) interface->address.family;
}

gboolean
fram_broker_session_relays (const FramBrokerSession *session)
{
  for (guint i = 0; session->servers != NULL && i < session->servers->len; i++)
    if (fram_server_is_turn (g_ptr_array_index (session->servers, i)))
      return TRUE;
  return FALSE;
}

/* --- Users ------------------------------------------------------------------------- */

static void
add_candidates (FramBroker *broker, FramBrokerSession *session,
                const FramAllocation *allocation, FramTime now)
{
  const FramBaseMember *member = fram_members_find (allocation->users, session->id);
  FramFamily family = broker->config.policy.family;

  for (guint i = 0; i < G_N_ELEMENTS (allocation->relayed); i++)
    if (allocation->relayed[i] != NULL
        && (family == FRAM_FAMILY_NONE
            || allocation->relayed[i]->address.family == family))
      fram_broker_add_relayed (broker, session, allocation->relayed[i], member, now);
}

void
fram_broker_join_relay (FramBroker *broker, FramBrokerSession *session,
                        FramAllocation *allocation, const FramBaseMember *member,
                        FramTime now)
{
  if (g_ptr_array_find (session->relays, allocation, NULL))
    return;
  g_array_append_vals (allocation->users, member, 1);
  g_ptr_array_add (session->relays, allocation);
  if (allocation->state == FRAM_ALLOCATION_RESTING && allocation->retry <= now)
    fram_broker_carry_allocation (broker, allocation, now);
  fram_broker_schedule_allocation (broker, allocation);
  add_candidates (broker, session, allocation, now);
}

void
fram_broker_leave_relays (FramBroker *broker, FramBrokerSession *session, guint stream,
                          FramTime now)
{
  for (guint i = session->relay_lanes->len; i > 0; i--)
    if (g_array_index (session->relay_lanes, FramRelayLane, i - 1).member.stream
        == stream)
      g_array_remove_index (session->relay_lanes, i - 1);
  for (guint i = session->relays->len; i > 0; i--)
    {
      FramAllocation *allocation = g_ptr_array_index (session->relays, i - 1);

      if (!fram_members_have_stream (allocation->users, session->id, stream))
        continue;
      g_ptr_array_remove_index (session->relays, i - 1);
      fram_members_leave (allocation->users, session->id);
      if (allocation->users->len == 0)
        fram_broker_allocation_unused (broker, allocation, now);
    }
}

/* --- What becomes of them ---------------------------------------------------------- */

static void
take_notice (FramBroker *broker, FramBrokerSession *session, FramTime now)
{
  fram_broker_review_relays (broker, session, now);
  fram_broker_gather_check_done (broker, session, now);
  fram_broker_session_drain (broker, session, now);
}

/* Users are looked at in a copy: what is done with one may change the list. */
void
fram_broker_tell_users (FramBroker *broker, FramAllocation *allocation, FramTime now)
{
  g_autoptr (GArray) users = g_array_copy (allocation->users);

  for (guint i = 0; i < users->len; i++)
    take_notice (broker,
                 fram_broker_find_session (
                     broker, g_array_index (users, FramBaseMember, i).session),
                 now);
}

void
fram_broker_give_relayed (FramBroker *broker, FramAllocation *allocation, FramTime now)
{
  g_autoptr (GArray) users = g_array_copy (allocation->users);

  for (guint i = 0; i < users->len; i++)
    add_candidates (broker,
                    fram_broker_find_session (
                        broker, g_array_index (users, FramBaseMember, i).session),
                    allocation, now);
}

void
fram_broker_tell_permission (FramBroker *broker, FramAllocation *allocation,
                             const FramAddress *peer, gboolean permitted, FramTime now)
{
  const FramRelayedBase *relayed = allocation->relayed[peer->family == FRAM_FAMILY_IPV6];
  g_autoptr (GArray) users = g_array_copy (allocation->users);

  for (guint i = 0; relayed != NULL && i < users->len; i++)
    {
      FramBrokerSession *session = fram_broker_find_session (
          broker, g_array_index (users, FramBaseMember, i).session);

      fram_broker_session_told_permission (session, relayed->id, peer, permitted, now);
      fram_broker_session_drain (broker, session, now);
    }
}

void
fram_broker_lose_relayed (FramBroker *broker, FramAllocation *allocation, FramTime now)
{
  g_autoptr (GArray) users = g_array_copy (allocation->users);

  if (allocation->relayed[0] == NULL && allocation->relayed[1] == NULL)
    return;
  for (guint i = 0; i < users->len; i++)
    {
      FramBrokerSession *session = fram_broker_find_session (
          broker, g_array_index (users, FramBaseMember, i).session);

      for (guint f = 0; f < G_N_ELEMENTS (allocation->relayed); f++)
        if (allocation->relayed[f] != NULL)
          fram_broker_session_remove_base (session, allocation->relayed[f]->id, now);
      fram_broker_session_drain (broker, session, now);
    }
  fram_broker_close_relayed (broker, allocation);
}

void
fram_broker_leave_relay (FramBroker *broker, FramAllocation *allocation, FramTime now)
{
  g_autoptr (GArray) users = g_array_copy (allocation->users);

  fram_broker_lose_relayed (broker, allocation, now);
  g_array_set_size (allocation->users, 0);
  for (guint i = 0; i < users->len; i++)
    g_ptr_array_remove (fram_broker_find_session (
                            broker, g_array_index (users, FramBaseMember, i).session)
                            ->relays,
                        allocation);
}

/* --- Ways -------------------------------------------------------------------------- */

/* The other ways need not wait for it. */
static gboolean
is_hopeless (FramBroker *broker, const FramAllocation *allocation)
{
  const char *interface = allocation->interface.name;
  FramFamily family = family_of (&allocation->interface);

  return allocation->state == FRAM_ALLOCATION_RESTING
         || (!allocation->heard
             && (allocation->doubted
                 || fram_network_find_silent (&broker->network, interface,
                                              allocation->server->uri, family,
                                              allocation->transport)
                        != NULL));
}

/* A server that has never told how far away it is may be as far as the session's others are from the
 * same interface; negative: nobody knows. */
static FramTime
find_rtt (FramBroker *broker, const FramBrokerSession *session,
          const FramAllocation *allocation)
{
  FramTime rtt
      = fram_network_get_rtt (&broker->network, &allocation->address, FRAM_KNOWN_UDP);
  FramTime longest = -1;

  for (guint i = 0; rtt < 0 && i < session->relays->len; i++)
    {
      const FramAllocation *other = g_ptr_array_index (session->relays, i);

      if (other->state == FRAM_ALLOCATION_THERE && !fram_allocation_is_stream (other)
          && fram_address_equal (&other->interface.address,
                                 &allocation->interface.address))
        longest = MAX (longest, fram_turn_get_rtt (other->turn));
    }
  return MAX (rtt, longest);
}

/* Until when one that is being made by UDP is expected. */
static FramTime
find_patience (FramBroker *broker, const FramBrokerSession *session,
               const FramAllocation *allocation)
{
  FramTime rtt = find_rtt (broker, session, allocation);

  if (allocation->state != FRAM_ALLOCATION_ASKING)
    return allocation->since + CROWD_BOUND;
  if (allocation->heard)
    return allocation->asked_at + HEARD_PATIENCE;
  return allocation->asked_at + MAX (FALLBACK_AFTER, 2 * rtt);
}

static gboolean
is_on (const FramBrokerSession *session, const FramAllocation *allocation,
       const FramRelayLane *lane)
{
  return allocation->lane == lane->lane
         && fram_members_find (allocation->users, session->id) != NULL;
}

/* Until when UDP is waited for on a lane; in the past: it works not, or not in good time.
 * FRAM_TIME_NEVER: it works. */
static FramTime
wait_for_udp (FramBroker *broker, const FramBrokerSession *session,
              const FramRelayLane *lane)
{
  FramTime until = G_MININT64;

  for (guint i = 0; i < session->relays->len; i++)
    {
      const FramAllocation *allocation = g_ptr_array_index (session->relays, i);

      if (!is_on (session, allocation, lane) || fram_allocation_is_stream (allocation))
        continue;
      if (allocation->state == FRAM_ALLOCATION_THERE && !allocation->replaced)
        return FRAM_TIME_NEVER;
      if (!is_hopeless (broker, allocation))
        until = MAX (until, find_patience (broker, session, allocation));
    }
  for (guint i = 0; i < session->servers->len; i++)
    {
      const FramServer *server = g_ptr_array_index (session->servers, i);

      if (fram_server_is_turn (server) && fram_server_speaks_udp (server)
          && server->state == FRAM_SERVER_RESOLVING)
        until = MAX (until, session->gather_since + RESOLVING_BOUND);
    }
  return until;
}

static void
ask (FramBroker *broker, FramBrokerSession *session, const FramRelayLane *lane,
     FramServer *server, FramKnownTransport transport, FramTime now)
{
  for (guint i = 0; i < broker->interfaces->len; i++)
    {
      const FramInterfaceAddress *interface = &g_array_index (broker->interfaces,
                                                              FramInterfaceAddress, i);
      FramAllocation *allocation;

      if (fram_server_get_address (server, family_of (interface)) == NULL)
        continue;
      allocation = fram_allocation_table_find (&broker->allocations, &interface->address,
                                               server, transport, lane->lane);
      if (allocation == NULL)
        allocation = fram_broker_allocate (broker, interface, server, transport,
                                           lane->lane, now);
      if (allocation != NULL)
        fram_broker_join_relay (broker, session, allocation, &lane->member, now);
    }
}

static gboolean
has_fallback (const FramServer *server)
{
  return !fram_server_speaks_udp (server) || !server->parts.has_transport;
}

static void
review_lane (FramBroker *broker, FramBrokerSession *session, const FramRelayLane *lane,
             FramTime now)
{
  FramTime until;

  for (guint i = 0; i < session->servers->len; i++)
    {
      FramServer *server = g_ptr_array_index (session->servers, i);

      if (fram_server_is_turn (server) && fram_server_speaks_udp (server))
        ask (broker, session, lane, server, FRAM_KNOWN_UDP, now);
    }
  until = wait_for_udp (broker, session, lane);
  if (until > now)
    {
      session->relay_due = MIN (session->relay_due, until);
      return;
    }
  for (guint i = 0; i < session->servers->len; i++)
    {
      FramServer *server = g_ptr_array_index (session->servers, i);

      /* What refused us by UDP would do so by TCP. */
      if (fram_server_is_turn (server) && has_fallback (server)
          && !(fram_server_speaks_udp (server) && server->rests > now))
        ask (broker, session, lane, server, fram_server_get_stream (server), now);
    }
}

/* --- Asking ------------------------------------------------------------------------ */

void
fram_broker_begin_relays (FramBroker *broker, FramBrokerSession *session, FramTime now)
{
  /* Who cannot tell of another lane later takes the right one now. */
  gboolean look = session->purpose == FRAM_LANE_FOR_ANSWER
                  && (!session->trickle || session->policy == FRAM_POLICY_RELAY);

  if (!fram_broker_session_relays (session))
    return;
  for (guint s = 0; s < session->n_streams; s++)
    for (guint c = 1; c <= session->n_components[s]; c++)
      fram_broker_take_relay_lane (broker, session, s, c, look, 0);
  fram_broker_review_relays (broker, session, now);
}

void
fram_broker_review_relays (FramBroker *broker, FramBrokerSession *session, FramTime now)
{
  session->relay_due = FRAM_TIME_NEVER;
  if (session->relay_lanes->len == 0 || broker->allocations.shut_down)
    return;
  for (guint s = 0; s < session->n_streams; s++)
    for (guint c = 1; c <= session->n_components[s]; c++)
      fram_broker_review_relay_collision (broker, session, s, c, now);
  for (guint i = 0; i < session->relay_lanes->len; i++)
    {
      FramRelayLane lane = g_array_index (session->relay_lanes, FramRelayLane, i);

      review_lane (broker, session, &lane, now);
    }
}

void
fram_broker_readd_relays (FramBroker *broker, FramBrokerSession *session, FramTime now)
{
  for (guint i = 0; i < session->relays->len; i++)
    add_candidates (broker, session, g_ptr_array_index (session->relays, i), now);
  fram_broker_review_relays (broker, session, now);
}

/* --- Waiting ----------------------------------------------------------------------- */

static gboolean
has_mapping (const FramBrokerSession *session)
{
  for (guint i = 0; i < session->bases->len; i++)
    {
      const FramBase *base = g_ptr_array_index (session->bases, i);

      for (guint m = 0; m < base->mappings->len; m++)
        if (((const FramMapping *) g_ptr_array_index (base->mappings, m))->state
            == FRAM_MAPPING_KNOWN)
          return TRUE;
    }
  return FALSE;
}

/* Until when those are waited for that were asked by UDP and have answered something, so that they
 * have one more round trip to go, though others are there: one of them may be the only one that
 * relays the peer's family (RFC 8656 §7.1). */
static FramTime
finish_due (const FramBrokerSession *session, const FramRelayLane *lane)
{
  FramTime until = G_MININT64;

  for (guint i = 0; i < session->relays->len; i++)
    {
      const FramAllocation *allocation = g_ptr_array_index (session->relays, i);

      if (is_on (session, allocation, lane) && !fram_allocation_is_stream (allocation)
          && allocation->state == FRAM_ALLOCATION_ASKING && allocation->heard)
        until = MAX (until,
                     allocation->asked_at + 3 * fram_turn_get_rtt (allocation->turn));
    }
  return until;
}

/* Until when those by streams are waited for whose name had to be asked for once more, and that are
 * behind the others for no other reason. */
static FramTime
find_name_patience (const FramAllocation *allocation, FramTime rtt)
{
  FramTime patience = MAX (FALLBACK_AFTER, 3 * rtt);

  if (!allocation->asked_for)
    return G_MININT64;
  if (allocation->query != 0)
    return allocation->since + RESOLVING_BOUND;
  if (allocation->state == FRAM_ALLOCATION_OPENING)
    return allocation->since + patience;
  return allocation->state == FRAM_ALLOCATION_ASKING ? allocation->asked_at + patience
                                                     : G_MININT64;
}

/* The same for who can tell of no candidate later. */
static FramTime
finish_names_due (const FramBrokerSession *session, const FramRelayLane *lane)
{
  FramTime until = G_MININT64, rtt = 0;

  if (session->trickle)
    return until;
  for (guint i = 0; i < session->relays->len; i++)
    {
      const FramAllocation *allocation = g_ptr_array_index (session->relays, i);

      if (is_on (session, allocation, lane) && allocation->state == FRAM_ALLOCATION_THERE)
        rtt = MAX (rtt, fram_turn_get_rtt (allocation->turn));
    }
  for (guint i = 0; i < session->relays->len; i++)
    {
      const FramAllocation *allocation = g_ptr_array_index (session->relays, i);

      if (is_on (session, allocation, lane))
        until = MAX (until, find_name_patience (allocation, rtt));
    }
  return until;
}

/* When the relays there are enough for one that was asked at `from`; FRAM_TIME_NEVER: there is
 * none. */
static FramTime
find_enough (const FramBrokerSession *session, const FramRelayLane *lane, FramTime from)
{
  FramTime end = FRAM_TIME_NEVER;

  for (guint i = 0; i < session->relays->len; i++)
    {
      const FramAllocation *allocation = g_ptr_array_index (session->relays, i);

      if (!is_on (session, allocation, lane)
          || allocation->state != FRAM_ALLOCATION_THERE)
        continue;
      end = MIN (end, fram_broker_enough_from (MAX (from, allocation->since),
                                               fram_turn_get_rtt (allocation->turn)));
    }
  return end;
}

/* Until when those by UDP are waited for that were asked when others were there already, as their
 * server's name was not known before: they have as much time from then on, where nothing can be told
 * of them later. */
static FramTime
finish_late_due (FramBroker *broker, const FramBrokerSession *session,
                 const FramRelayLane *lane)
{
  FramTime until = G_MININT64;

  for (guint i = 0; !session->trickle && i < session->relays->len; i++)
    {
      const FramAllocation *allocation = g_ptr_array_index (session->relays, i);
      gboolean asking = allocation->state == FRAM_ALLOCATION_ASKING;
      FramTime end;

      if (!is_on (session, allocation, lane) || fram_allocation_is_stream (allocation)
          || allocation->state > FRAM_ALLOCATION_ASKING
          || is_hopeless (broker, allocation))
        continue;
      end = find_enough (session, lane,
                         asking ? allocation->asked_at : allocation->since);
      if (end != FRAM_TIME_NEVER)
        until = MAX (until, end);
    }
  return until;
}

static FramTime
wait_on_lane (FramBroker *broker, const FramBrokerSession *session,
              const FramRelayLane *lane, FramTime bound, FramTime now)
{
  FramTime finish = MAX (finish_due (session, lane), finish_names_due (session, lane));
  FramTime late = finish_late_due (broker, session, lane);
  FramTime until = MAX (now, MIN (bound, MAX (finish, late)));
  FramTime enough = find_enough (session, lane, G_MININT64);

  bound = MIN (bound, enough);
  if (bound <= now)
    return until;
  for (guint i = 0; i < session->relays->len; i++)
    {
      const FramAllocation *allocation = g_ptr_array_index (session->relays, i);

      if (!is_on (session, allocation, lane) || is_hopeless (broker, allocation)
          || allocation->state == FRAM_ALLOCATION_THERE)
        continue;
      if (fram_allocation_is_stream (allocation) || allocation->heard)
        return MAX (until, bound);
      until = MAX (until, MIN (bound, find_patience (broker, session, allocation)));
    }
  if (enough != FRAM_TIME_NEVER)
    return until;
  return MAX (until, MIN (bound, wait_for_udp (broker, session, lane)));
}

static gboolean
is_resolving (const FramBrokerSession *session)
{
  for (guint i = 0; i < session->servers->len; i++)
    {
      const FramServer *server = g_ptr_array_index (session->servers, i);

      if (fram_server_is_turn (server) && server->state == FRAM_SERVER_RESOLVING)
        return TRUE;
    }
  return FALSE;
}

FramTime
fram_broker_relay_wait (FramBroker *broker, const FramBrokerSession *session,
                        FramTime now)
{
  FramTime bound = session->gather_since, until = now;

  if (session->relay_lanes->len == 0 || broker->allocations.shut_down)
    return now;
  if (session->policy == FRAM_POLICY_RELAY)
    bound += WAIT_ALONE;
  else
    bound += has_mapping (session) ? WAIT_BESIDE : WAIT_NEEDED;
  if (session->policy == FRAM_POLICY_RELAY && is_resolving (session))
    return bound;
  for (guint i = 0; i < session->relay_lanes->len; i++)
    {
      const FramRelayLane *lane = &g_array_index (session->relay_lanes, FramRelayLane, i);

      if (lane->member.lowered == 0)
        until = MAX (until, wait_on_lane (broker, session, lane, bound, now));
    }
  return until;
}
