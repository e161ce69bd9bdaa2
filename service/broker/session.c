/* A session: what an application asked for, its generations, its times. */
#include <string.h>

#include "broker/names-private.h"
#include "broker/tcp-private.h"

/* How long the former generation's path stays open for what is still on its way. */
#define FORMER_LINGER FRAM_SECONDS (3)
/* RFC 7675 §5.1: who uses it asks each 6 s at least, and one check may be lost; or each 14 s where no
 * data go. */
#define FORMER_HEARD FRAM_SECONDS (15)
/* The peer's checks by it are a sign that it is used, and ours are one for the peer: it ends so long
 * after the peer came to the current one at the latest. */
#define FORMER_MAX FRAM_CONSENT_LIFETIME
/* Of one restart after the other, so many stay that the peer still uses. */
#define MAX_FORMERS 4

/* One is nearly always enough; a peer that has not noticed the end of earlier sessions may
 * still hold the 5-tuples of more. */
#define MAX_EXTRA_LANES 4

static FramLanePurpose
choose_purpose (const FramSessionOptions *options)
{
  if (options->remote != NULL)
    return FRAM_LANE_FOR_ANSWER;
  return options->trickle ? FRAM_LANE_FOR_OFFER : FRAM_LANE_FOR_ITSELF;
}

FramBrokerSession *
fram_broker_session_new (FramBroker *broker, const FramSessionOptions *options,
                         FramTime now)
{
  guint n_streams = MAX (options->n_streams, 1), n_components = 0;
  FramBrokerSession *session
      = g_malloc0 (sizeof *session + n_streams * sizeof session->components[0]);
  FramRole role = options->remote != NULL ? FRAM_ROLE_CONTROLLED : FRAM_ROLE_CONTROLLING;

  session->id = ++broker->next_session;
  session->owner = g_strdup (options->owner);
  session->label = g_strdup (options->label);
  session->policy = options->policy;
  session->lite = options->lite;
  session->trickle = options->trickle;
  session->pacing = options->pacing != 0 ? options->pacing : FRAM_PACING_PROPOSED;
  session->max_pairs = options->max_pairs != 0 ? options->max_pairs : FRAM_MAX_PAIRS;
  session->salt = fram_random_u64 (broker->random);
  session->purpose = choose_purpose (options);
  session->n_streams = n_streams;
  for (guint s = 0; s < session->n_streams; s++)
    {
      session->n_components[s] = MAX (options->n_components[s], 1);
      for (guint c = 0; c < session->n_components[s]; c++)
        {
          session->components[s][c].tcp_lane = n_components++;
          session->components[s][c].dscp = options->dscp;
        }
    }
  session->bases = g_ptr_array_new ();
  session->tcp = options->tcp;
  session->tcp_bases = g_ptr_array_new ();
  session->relays = g_ptr_array_new ();
  session->relay_lanes = g_array_new (FALSE, FALSE, sizeof (FramRelayLane));
  session->relay_due = FRAM_TIME_NEVER;
  session->formers = g_ptr_array_new ();
  session->created = now;
  session->remote_since = -1;
  session->gather_until = FRAM_TIME_NEVER;
  session->former_until = session->peer_came = FRAM_TIME_NEVER;
  session->deadline.kind = session->slot.kind = FRAM_DUE_SESSION;
  session->deadline.owner = session->slot.owner = session;
  session->current = fram_generation_new (
      broker, session, options->role_fixed ? options->role : role, 0, now);
  return session;
}

/* --- Generations ------------------------------------------------------------------- */

static gboolean
carries (FramBrokerSession *session, const FramGeneration *generation)
{
  for (guint s = 0; s < session->n_streams; s++)
    for (guint c = 1; c <= session->n_components[s]; c++)
      if (fram_broker_session_find_carrier (session, s, c) == generation)
        return TRUE;
  return FALSE;
}

/* The peer asks for consent by it, and sends its data there (RFC 8445 §9). */
static gboolean
is_used (const FramGeneration *former, FramTime now)
{
  return fram_ice_agent_was_heard (former->agent, now - FORMER_HEARD);
}

/* Those that do not carry, and that have failed or are neither among the `n_spared` newest nor used
 * by the peer. */
static void
drop_idle (FramBroker *broker, FramBrokerSession *session, guint n_spared, FramTime now)
{
  for (guint i = session->formers->len; i > 0; i--)
    {
      FramGeneration *former = g_ptr_array_index (session->formers, i - 1);
      gboolean failed = fram_ice_agent_get_state (former->agent) == FRAM_STATE_FAILED;
      gboolean spared
          = session->formers->len - i < n_spared
            || (session->formers->len - i < MAX_FORMERS && is_used (former, now));

      if (carries (session, former) || (!failed && spared))
        continue;
      g_ptr_array_remove_index (session->formers, i - 1);
      fram_generation_free (broker, former, now);
    }
}

static void
drop_all (FramBroker *broker, FramBrokerSession *session, FramTime now)
{
  while (session->formers->len > 0)
    fram_generation_free (
        broker, g_ptr_array_steal_index (session->formers, session->formers->len - 1),
        now);
}

void
fram_broker_session_renew (FramBroker *broker, FramBrokerSession *session, FramTime now)
{
  FramGeneration *replaced = session->current;

  /* RFC 8445 §6.1.1: roles stay. */
  session->current
      = fram_generation_new (broker, session, fram_ice_agent_get_role (replaced->agent),
                             replaced->number + 1, now);
  session->remote_since = -1;
  session->former_until = session->peer_came = FRAM_TIME_NEVER;
  fram_broker_session_drop_held (broker, session);
  g_clear_pointer (&session->public_bases, g_array_unref);
  fram_ice_agent_retire (replaced->agent);
  g_ptr_array_add (session->formers, replaced);
  drop_idle (broker, session, 1, now);
}

FramIceAgent *
fram_broker_session_get_agent (const FramBrokerSession *session, guint i)
{
  const FramGeneration *generation
      = i == 0 ? session->current : g_ptr_array_index (session->formers, i - 1);

  return generation != NULL ? generation->agent : NULL;
}

void
fram_broker_session_remove_base (FramBrokerSession *session, FramBaseId base,
                                 FramTime now)
{
  for (guint i = 0; i <= session->formers->len; i++)
    fram_ice_agent_remove_base (fram_broker_session_get_agent (session, i), base, now);
}

void
fram_broker_session_told_permission (FramBrokerSession *session, FramBaseId base,
                                     const FramAddress *peer, gboolean permitted,
                                     FramTime now)
{
  for (guint i = 0; i <= session->formers->len; i++)
    {
      const FramGeneration *generation = i < session->formers->len
                                             ? g_ptr_array_index (session->formers, i)
                                             : session->current;

      if (permitted)
        fram_ice_agent_told_permitted (generation->agent, base, peer, now);
      else
        fram_ice_agent_told_refused (generation->agent, base, peer, now);
    }
}

/* --- Lanes and bases --------------------------------------------------------------- */

void
fram_broker_session_settle_offers (FramBroker *broker, FramBrokerSession *session)
{
  for (guint s = 0; s < session->n_streams; s++)
    for (guint c = 0; c < session->n_components[s]; c++)
      {
        FramBrokerComponent *component = &session->components[s][c];

        if (component->offered)
          fram_lane_table_settle (&broker->lanes, component->lane);
        component->offered = FALSE;
      }
}

static void
leave_bases (FramBroker *broker, FramBrokerSession *session, guint stream, FramTime now)
{
  for (guint i = session->bases->len; i > 0; i--)
    {
      FramBase *base = g_ptr_array_index (session->bases, i - 1);

      if (!fram_members_have_stream (base->members, session->id, stream))
        continue;
      fram_members_leave (base->members, session->id);
      g_ptr_array_remove_index (session->bases, i - 1);
      if (!fram_base_is_used (base))
        fram_broker_base_unused (broker, base, now);
    }
}

static void
leave_lanes (FramBroker *broker, FramBrokerSession *session, guint stream)
{
  for (guint c = 0; c < session->n_components[stream]; c++)
    {
      const FramBrokerComponent *component = &session->components[stream][c];

      fram_lane_table_leave (&broker->lanes, component->lane, component->offered);
    }
  for (guint i = session->extra_lanes != NULL ? session->extra_lanes->len : 0; i > 0; i--)
    {
      FramExtraLane extra = g_array_index (session->extra_lanes, FramExtraLane, i - 1);

      if (extra.stream != stream)
        continue;
      fram_lane_table_leave (&broker->lanes, extra.lane, TRUE);
      g_array_remove_index (session->extra_lanes, i - 1);
    }
}

void
fram_broker_session_note_left (FramBrokerSession *session, guint stream)
{
  for (guint c = 0; c < session->n_components[stream]; c++)
    fram_lane_list_add (&session->left_lanes, session->components[stream][c].lane);
  for (guint i = 0; session->extra_lanes != NULL && i < session->extra_lanes->len; i++)
    {
      const FramExtraLane *extra
          = &g_array_index (session->extra_lanes, FramExtraLane, i);

      if (extra->stream == stream)
        fram_lane_list_add (&session->left_lanes, extra->lane);
    }
  for (guint i = 0; i < session->relay_lanes->len; i++)
    {
      const FramRelayLane *lane = &g_array_index (session->relay_lanes, FramRelayLane, i);

      if (lane->member.stream == stream)
        fram_lane_list_add (&session->left_relay_lanes, lane->lane);
    }
}

void
fram_broker_session_leave_stream (FramBroker *broker, FramBrokerSession *session,
                                  guint stream, FramTime now)
{
  leave_bases (broker, session, stream, now);
  fram_broker_tcp_leave (broker, session, stream, now);
  fram_broker_leave_relays (broker, session, stream, now);
  leave_lanes (broker, session, stream);
  session->n_components[stream] = 0;
}

static const GArray *
find_members (FramBroker *broker, FramBaseId id)
{
  const FramBase *base = fram_base_table_find (&broker->bases, id);
  const FramTcpBase *tcp = fram_tcp_table_find (&broker->tcp, id);
  const FramRelayedBase *relayed = fram_broker_find_relayed (broker, id);

  if (base != NULL)
    return base->members;
  if (tcp != NULL)
    return tcp->members;
  return relayed != NULL ? relayed->allocation->users : NULL;
}

/* Most sessions are; and a base may have hundreds of members to look through. */
static gboolean
is_unmarked (const FramBrokerSession *session)
{
  for (guint s = 0; s < session->n_streams; s++)
    for (guint c = 0; c < session->n_components[s]; c++)
      if (session->components[s][c].dscp != 0)
        return FALSE;
  return TRUE;
}

guint8
fram_broker_session_get_dscp (FramBroker *broker, const FramBrokerSession *session,
                              FramBaseId base)
{
  const GArray *members = is_unmarked (session) ? NULL : find_members (broker, base);
  const FramBaseMember *member
      = members != NULL ? fram_members_find (members, session->id) : NULL;

  return member != NULL ? session->components[member->stream][member->component - 1].dscp
                        : 0;
}

void
fram_broker_session_free (FramBroker *broker, FramBrokerSession *session, FramTime now)
{
  fram_schedule_set (&broker->deadlines, &session->deadline, FRAM_TIME_NEVER);
  fram_pacer_want (&broker->pacer, &session->slot, FRAM_TIME_NEVER, FALSE);
  fram_broker_session_untrace (session);
  fram_broker_session_drop_held (broker, session);
  drop_all (broker, session, now);
  fram_generation_free (broker, g_steal_pointer (&session->current), now);
  for (guint s = 0; s < session->n_streams; s++)
    fram_broker_session_leave_stream (broker, session, s, now);
  fram_broker_session_leave_names (broker, session, now);
  for (guint i = 0; session->servers != NULL && i < session->servers->len; i++)
    fram_server_table_leave (&broker->servers, g_ptr_array_index (session->servers, i));

  g_clear_pointer (&session->servers, g_ptr_array_unref);
  g_clear_pointer (&session->extra_lanes, g_array_unref);
  g_clear_pointer (&session->found, g_array_unref);
  g_clear_pointer (&session->public_bases, g_array_unref);
  g_clear_pointer (&session->left_lanes, g_array_unref);
  g_clear_pointer (&session->left_relay_lanes, g_array_unref);
  g_array_unref (session->relay_lanes);
  g_ptr_array_unref (session->relays);
  g_ptr_array_unref (session->bases);
  g_ptr_array_unref (session->tcp_bases);
  g_ptr_array_unref (session->formers);
  g_free (session->owner);
  g_free (session->label);
  g_free (session);
}

/* --- Time -------------------------------------------------------------------------- */

gboolean
fram_broker_session_has_path (const FramBrokerSession *session, guint stream,
                              guint component)
{
  FramCause cause;

  return session->components[stream][component - 1].path.base != 0
         && fram_ice_agent_get_component_state (session->current->agent, stream,
                                                component, &cause)
                != FRAM_STATE_DISCONNECTED;
}

/* A component that found a 5-tuple in another session's hands needs another lane. */
static void
add_lanes (FramBroker *broker, FramBrokerSession *session, FramTime now)
{
  for (guint s = 0; s < session->n_streams; s++)
    for (guint c = 1; c <= session->n_components[s]; c++)
      {
        FramBrokerComponent *component = &session->components[s][c - 1];

        if (!component->collided)
          continue;
        component->collided = FALSE;
        /* Who has a path that works needs no other lane. */
        if (fram_broker_session_has_path (session, s, c)
            || component->n_extra == MAX_EXTRA_LANES)
          continue;
        component->n_extra++;
        fram_broker_gather_lane (broker, session, s, c, now);
        fram_generation_drain (broker, session->current, now);
      }
}

static void
set_times (FramBroker *broker, FramBrokerSession *session)
{
  FramTime deadline = fram_ice_agent_deadline (session->current->agent);

  for (guint i = 0; i < session->formers->len; i++)
    {
      const FramGeneration *former = g_ptr_array_index (session->formers, i);

      deadline = MIN (deadline, fram_ice_agent_deadline (former->agent));
    }
  deadline = MIN (deadline, session->former_until);
  deadline = MIN (deadline, session->gather_until);
  deadline = MIN (deadline, session->relay_due);
  fram_schedule_set (&broker->deadlines, &session->deadline, deadline);
  fram_pacer_want (&broker->pacer, &session->slot,
                   fram_ice_agent_check_due (session->current->agent),
                   fram_ice_agent_is_urgent (session->current->agent));
}

static void
follow_formers (FramBrokerSession *session, FramTime now)
{
  const FramIceAgent *agent = session->current->agent;

  if (fram_ice_agent_get_state (agent) != FRAM_STATE_COMPLETED)
    return;
  if (session->former_until == FRAM_TIME_NEVER)
    session->former_until = now + FORMER_LINGER;
  if (session->peer_came == FRAM_TIME_NEVER && fram_ice_agent_was_heard (agent, 0))
    session->peer_came = now;
}

void
fram_broker_session_drain (FramBroker *broker, FramBrokerSession *session, FramTime now)
{
  fram_broker_session_trace (broker, session, now);
  fram_generation_drain (broker, session->current, now);
  for (guint i = 0; i < session->formers->len; i++)
    fram_generation_drain (broker, g_ptr_array_index (session->formers, i), now);
  add_lanes (broker, session, now);

  if (session->formers->len > 0)
    follow_formers (session, now);
  set_times (broker, session);
  /* To know its next check, the agent may have unfrozen pairs. */
  fram_generation_drain (broker, session->current, now);
  fram_broker_session_trace (broker, session, now);
}

/* The peer has not come to the new generation yet, for our answer is on its way. */
static gboolean
peer_uses_former (const FramBrokerSession *session, FramTime now)
{
  if (session->peer_came != FRAM_TIME_NEVER && now - session->peer_came >= FORMER_MAX)
    return FALSE;
  for (guint i = 0; i < session->formers->len; i++)
    if (is_used (g_ptr_array_index (session->formers, i), now))
      return TRUE;
  return FALSE;
}

void
fram_broker_session_advance (FramBroker *broker, FramBrokerSession *session, FramTime now)
{
  if (fram_ice_agent_deadline (session->current->agent) <= now)
    fram_ice_agent_advance (session->current->agent, now);
  for (guint i = 0; i < session->formers->len; i++)
    {
      const FramGeneration *former = g_ptr_array_index (session->formers, i);

      if (fram_ice_agent_deadline (former->agent) <= now)
        fram_ice_agent_advance (former->agent, now);
    }
  drop_idle (broker, session, session->formers->len, now);
  if (session->former_until <= now && peer_uses_former (session, now))
    session->former_until = now + FORMER_LINGER;
  if (session->former_until <= now)
    {
      session->former_until = FRAM_TIME_NEVER;
      drop_all (broker, session, now);
    }
  if (session->relay_due <= now)
    fram_broker_review_relays (broker, session, now);
  fram_broker_gather_check_done (broker, session, now);
  fram_broker_session_drain (broker, session, now);
}
