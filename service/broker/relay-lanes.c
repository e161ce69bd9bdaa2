/* Relay lanes: which one a component takes, and when it needs another one, because a 5-tuple of a
 * relayed base is in the hands of another session. */
#include "broker/broker-private.h"

/* A component without a path by then takes another relay lane.  Most calls have a direct path
 * before, and a relay costs the server something: they have some round trips, as the relay's
 * tells how long one is. */
#define COLLISION_WAIT_MIN FRAM_MILLISECONDS (150)
#define COLLISION_WAIT_MAX FRAM_MILLISECONDS (500)
#define COLLISION_ROUND_TRIPS 4
#define MAX_EXTRA_LANES 4
/* By how much an added lane's candidates are preferred less. */
#define EXTRA_LANE_STEP 256

static gboolean
uses_lane (const FramBrokerSession *session, guint32 lane)
{
  for (guint i = 0; i < session->relay_lanes->len; i++)
    if (g_array_index (session->relay_lanes, FramRelayLane, i).lane == lane)
      return TRUE;
  return fram_lane_list_has (session->left_relay_lanes, lane);
}

static gboolean
is_anothers (FramBroker *broker, const FramBrokerSession *session,
             const FramRelayedBase *relayed, const GPtrArray *remotes)
{
  for (guint i = 0; relayed != NULL && i < remotes->len; i++)
    {
      const FramAddress *remote
          = &((const FramCandidate *) g_ptr_array_index (remotes, i))->address;
      const FramRoute *route
          = fram_route_table_find (&broker->routes, relayed->id, remote);

      if ((route != NULL && route->session != session->id)
          || fram_address_equal (&relayed->address, remote))
        return TRUE;
    }
  return FALSE;
}

/* Whether a 5-tuple with some known remote candidate would be another's on this lane. */
static gboolean
collides (FramBroker *broker, const FramBrokerSession *session, guint32 lane,
          const GPtrArray *remotes)
{
  const GPtrArray *all = broker->allocations.all;

  for (guint i = 0; i < all->len; i++)
    {
      const FramAllocation *allocation = g_ptr_array_index (all, i);

      if (allocation->lane == lane
          && (is_anothers (broker, session, allocation->relayed[0], remotes)
              || is_anothers (broker, session, allocation->relayed[1], remotes)))
        return TRUE;
    }
  return FALSE;
}

static gboolean
has_users (FramBroker *broker, guint32 lane)
{
  const GPtrArray *all = broker->allocations.all;

  for (guint i = 0; i < all->len; i++)
    {
      const FramAllocation *allocation = g_ptr_array_index (all, i);

      if (allocation->lane == lane && allocation->users->len > 0)
        return TRUE;
    }
  return FALSE;
}

/* An added lane is one that nobody shares: others may have collided with us, and look for one
 * too. */
static gboolean
is_open (FramBroker *broker, const FramBrokerSession *session, guint32 lane,
         const GPtrArray *remotes, gboolean look, gboolean is_added)
{
  return !uses_lane (session, lane)
         && !(look && collides (broker, session, lane, remotes))
         && !(is_added && has_users (broker, lane));
}

void
fram_broker_take_relay_lane (FramBroker *broker, FramBrokerSession *session, guint stream,
                             guint component, gboolean look, guint lowered)
{
  const GPtrArray *remotes = fram_ice_agent_get_remotes (session->current->agent, stream);
  FramRelayLane lane = { .member = { .session = session->id,
                                     .stream = (guint16) stream,
                                     .component = (guint16) component,
                                     .lowered = (guint16) lowered } };

  while (lane.lane < FRAM_MAX_LANES - 1
         && !is_open (broker, session, lane.lane, remotes, look, lowered > 0))
    lane.lane++;
  g_array_append_val (session->relay_lanes, lane);
}

/* --- Collisions -------------------------------------------------------------------- */

static FramTime
find_collision_wait (const FramBrokerSession *session)
{
  FramTime longest = -1;

  for (guint i = 0; i < session->relays->len; i++)
    {
      const FramAllocation *allocation = g_ptr_array_index (session->relays, i);

      if (allocation->state == FRAM_ALLOCATION_THERE)
        longest = MAX (longest, fram_turn_get_rtt (allocation->turn));
    }
  return longest < 0 ? COLLISION_WAIT_MAX
                     : CLAMP (COLLISION_ROUND_TRIPS * longest, COLLISION_WAIT_MIN,
                              COLLISION_WAIT_MAX);
}

void
fram_broker_review_relay_collision (FramBroker *broker, FramBrokerSession *session,
                                    guint s, guint c, FramTime now)
{
  FramBrokerComponent *component = &session->components[s][c - 1];
  gboolean has_path = fram_broker_session_has_path (session, s, c);
  FramTime until = component->relay_collided;

  if (!component->has_relay_collided)
    return;
  if (session->policy != FRAM_POLICY_RELAY)
    until += find_collision_wait (session);
  if (!has_path && until > now)
    {
      session->relay_due = MIN (session->relay_due, until);
      return;
    }
  component->has_relay_collided = FALSE;
  if (has_path || component->n_relay_extra == MAX_EXTRA_LANES)
    return;
  component->n_relay_extra++;
  fram_broker_take_relay_lane (broker, session, s, c, TRUE, EXTRA_LANE_STEP);
}

void
fram_broker_note_relay_collision (FramBrokerSession *session, guint stream,
                                  guint component, FramTime now)
{
  FramBrokerComponent *state = &session->components[stream][component - 1];

  if (state->has_relay_collided)
    return;
  state->has_relay_collided = TRUE;
  state->relay_collided = now;
  session->relay_due = MIN (session->relay_due, now);
}
