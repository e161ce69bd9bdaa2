/* Recovery: a concluded component whose path falls silent or goes away looks for another
 * one, with the candidates it has and with those that come, without an ICE restart.
 *
 * RFC 8445 ends with the nomination.  What is done here stays within what a peer must answer:
 * checks on pairs, data on valid pairs, and a nomination, which a peer takes if it nominates
 * again itself, if the pair is better, or if it lost its own path too. */
#include "ice/agent-private.h"

/* Checks that were under way when we left it say nothing. */
#define FOLLOW_AFTER FRAM_SECONDS (1)

void
fram_ice_agent_pair_all (FramIceAgent *agent, guint stream, guint component)
{
  GPtrArray *locals = agent->streams[stream].locals;

  for (guint i = 0; i < locals->len; i++)
    {
      FramCandidate *local = g_ptr_array_index (locals, i);

      if (local->component == component)
        fram_ice_agent_pair_local (agent, stream, local);
    }
}

/* What was known of the pair counts no more. */
static void
ask_anew (FramIceAgent *agent, FramPair *pair, FramCause cause)
{
  fram_ice_agent_drop_checks (agent, pair);
  pair->mapped = NULL;
  pair->nominate = 0;
  pair->nominated = pair->peer_nominated = FALSE;
  fram_ice_agent_set_pair (agent, pair, FRAM_PAIR_WAITING, cause);
}

/* None waits for another one of its foundation (RFC 8445 §6.1.4.2): where there are many lanes, the turn
 * of the one that works would come after the end of consent. */
static void
unfreeze_all (FramIceAgent *agent, guint stream, guint component)
{
  GPtrArray *pairs = agent->streams[stream].pairs;

  for (guint i = 0; i < pairs->len; i++)
    {
      FramPair *pair = g_ptr_array_index (pairs, i);

      if (pair->component == component && pair->state == FRAM_PAIR_FROZEN)
        fram_ice_agent_set_pair (agent, pair, FRAM_PAIR_WAITING, FRAM_CAUSE_PATH_SILENT);
    }
}

/* Their 5-tuples may be free by now; and where they are not, another lane is needed, which it was not
 * as long as there was a path. */
static void
forget_refused (FramIceAgent *agent, guint stream, guint component)
{
  GPtrArray *pairs = agent->streams[stream].pairs;

  for (guint i = pairs->len; i > 0; i--)
    {
      FramPair *pair = g_ptr_array_index (pairs, i - 1);

      if (pair->component == component && pair->refused)
        fram_ice_agent_remove_pair (agent, pair);
    }
}

/* What was known of the other pairs is old: all are checked again. */
static void
check_again (FramIceAgent *agent, guint stream, guint component)
{
  FramIceComponent *state = &agent->streams[stream].components[component - 1];
  GPtrArray *pairs = agent->streams[stream].pairs;

  state->first_valid = -1;
  state->nominating = NULL;
  state->free_at = FRAM_TIME_NEVER;
  forget_refused (agent, stream, component);
  for (guint i = 0; i < pairs->len; i++)
    {
      FramPair *pair = g_ptr_array_index (pairs, i);

      if (pair->component != component || pair == state->selected
          || (pair->state != FRAM_PAIR_SUCCEEDED && pair->state != FRAM_PAIR_FAILED))
        continue;
      ask_anew (agent, pair, FRAM_CAUSE_PATH_SILENT);
    }
  fram_ice_agent_pair_all (agent, stream, component);
  unfreeze_all (agent, stream, component);
}

/* The controlled agent takes a pair that was not nominated. */
static void
choose (FramIceAgent *agent, FramPair *pair, FramTime now)
{
  FramIceComponent *state = fram_ice_agent_component (agent, pair);

  /* The peer may nominate that one again. */
  state->selected->nominated = FALSE;
  fram_ice_agent_conclude (agent, pair, now);
  state->self_chosen = TRUE;
}

void
fram_ice_agent_update_health (FramIceAgent *agent, guint stream, guint component,
                              FramTime now)
{
  FramIceComponent *state = &agent->streams[stream].components[component - 1];
  FramPair *selected = state->selected, *other;
  gboolean silent = selected != NULL && selected->missed >= FRAM_ICE_SUSPECT_AFTER;

  /* A lite agent waits for the peer to look for another path. */
  if (agent->is_lite)
    return;
  if (silent && !state->suspect)
    {
      state->suspect = TRUE;
      check_again (agent, stream, component);
    }
  else if (!silent && state->suspect)
    {
      state->suspect = FALSE;
      state->free_at = now + FRAM_ICE_FREE_AFTER;
    }
  if (!state->suspect || agent->role != FRAM_ROLE_CONTROLLED)
    return;
  /* The peer may see no change at all, when only our own way to it is a new one: then no
   * nomination comes, and the pair that works is taken as it is. */
  other = fram_ice_stream_find_best (&agent->streams[stream], component, selected);
  if (other != NULL)
    choose (agent, other, now);
}

/* Who controls asks for consent on the pair that it has selected, and on no other.  Where
 * chance alone made us leave that pair, its checks go on there; where the way to us is a new
 * one, they come by the pair that we took. */
void
fram_ice_agent_follow (FramIceAgent *agent, FramPair *pair, FramTime now)
{
  const FramIceComponent *state = fram_ice_agent_component (agent, pair);

  if (agent->role != FRAM_ROLE_CONTROLLED || !state->self_chosen
      || state->selected == NULL || pair == state->selected || pair->mapped == NULL
      || now - MAX (state->selected->heard, state->chosen) < FOLLOW_AFTER)
    return;
  /* Until it has answered, its checks come by it. */
  if (!fram_ice_consent_suffices (pair, now))
    fram_ice_agent_doubt (agent, pair);
  else
    choose (agent, pair, now);
}

void
fram_ice_agent_lose_path (FramIceAgent *agent, guint stream, guint component,
                          FramTime now)
{
  FramIceComponent *state = &agent->streams[stream].components[component - 1];

  state->lost_until = now + FRAM_ICE_LOST_PATIENCE;
  state->suspect = FALSE;
  if (agent->remote_ufrag != NULL)
    check_again (agent, stream, component);
}

/* The peer asks for consent by it, and so its data come by it, though another one is selected: it
 * takes one nomination and no second (RFC 8445 §8.1.1). */
static gboolean
peer_uses (FramIceAgent *agent, const FramPair *pair, FramTime now)
{
  const FramIceComponent *state = fram_ice_agent_component (agent, pair);

  return pair->heard > state->chosen + FRAM_ICE_FREE_AFTER
         && now - pair->heard < FRAM_ICE_LEFT_STAYS;
}

void
fram_ice_agent_free_others (FramIceAgent *agent, guint stream, guint component,
                            FramTime now)
{
  FramIceComponent *state = &agent->streams[stream].components[component - 1];
  GPtrArray *pairs = agent->streams[stream].pairs;

  for (guint i = pairs->len; i > 0; i--)
    {
      FramPair *pair = g_ptr_array_index (pairs, i - 1);

      if (pair->component != component || pair == state->selected)
        continue;
      /* The peer may have taken our nomination already. */
      if (peer_uses (agent, pair, now) || pair == state->nominating)
        state->free_at = MIN (state->free_at, now + FRAM_ICE_LEFT_STAYS);
      else if (fram_ice_agent_awaits_peer (agent, pair)
               && now < state->chosen + FRAM_CONSENT_LIFETIME)
        state->free_at = MIN (state->free_at, now + FRAM_ICE_FREE_AFTER);
      else
        fram_ice_agent_remove_pair (agent, pair);
    }
}

static void
end_route (FramIceAgent *agent, FramPair *pair)
{
  pair->routed = pair->readable = FALSE;
  fram_ice_agent_emit (agent, FRAM_ICE_EVENT_ROUTE_OVER, pair);
}

void
fram_ice_agent_doubt (FramIceAgent *agent, FramPair *pair)
{
  FramIceComponent *state = fram_ice_agent_component (agent, pair);

  fram_ice_agent_untrigger (agent, pair);
  if (state->nominating == pair)
    state->nominating = NULL;
  ask_anew (agent, pair, FRAM_CAUSE_CONSENT_LAPSED);
}

void
fram_ice_agent_let_lapse (FramIceAgent *agent, FramPair *pair, FramTime now)
{
  FramIceComponent *state = fram_ice_agent_component (agent, pair);
  guint stream = pair->stream, component = pair->component;

  /* Data have left the selected pair, and the one that they took was not nominated. */
  if (pair == state->selected)
    {
      fram_ice_agent_remove_pair (agent, pair);
      if (state->path == NULL)
        fram_ice_agent_fail_component (agent, stream, component,
                                       FRAM_CAUSE_CONSENT_EXPIRED);
      return;
    }
  /* Nobody needs a spare. */
  if (state->selected != NULL && !state->suspect && !peer_uses (agent, pair, now))
    {
      fram_ice_agent_remove_pair (agent, pair);
      return;
    }
  if (pair->mapped != NULL)
    fram_ice_agent_doubt (agent, pair);
  if (fram_ice_consent_lapses (pair) <= now)
    end_route (agent, pair);
}

void
fram_ice_agent_reopen (FramIceAgent *agent, guint stream, guint component, FramTime now)
{
  FramIceComponent *state = &agent->streams[stream].components[component - 1];

  if (state->selected == NULL)
    return;
  fram_ice_consent_hurry (agent, state->selected, now);
  if (!state->suspect)
    state->free_at = now + FRAM_ICE_PATIENCE;
}
