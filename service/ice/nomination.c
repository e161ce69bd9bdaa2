/* Nomination: the controlling agent chooses, both conclude.  (RFC 8445 §8.1) */
#include "ice/agent-private.h"

/* The longest a valid pair waits for a better one, once the first pair was valid. */
#define NOMINATION_BOUND FRAM_MILLISECONDS (500)
/* The same where the valid pair is by TCP, and better ones by UDP: until a check of theirs that
 * was lost has been sent once more. */
#define NOMINATION_BOUND_TCP FRAM_SECONDS (1)
/* What the reckoning allows for a peer that is busy. */
#define NOMINATION_SLACK FRAM_MILLISECONDS (10)
/* How long a better path is watched before a working one is left for it. */
#define SWITCH_DAMPING FRAM_SECONDS (1)
/* How long the peer's own check is waited for that makes a pair valid there, too, which takes the
 * place of a path that is silent. */
#define PEER_CHECK_MAX FRAM_MILLISECONDS (300)

FramPair *
fram_ice_stream_find_best (FramIceStream *stream, guint component, const FramPair *except)
{
  for (guint i = 0; i < stream->pairs->len; i++)
    {
      FramPair *pair = g_ptr_array_index (stream->pairs, i);

      if (pair->component == component && pair->mapped != NULL && pair != except)
        return pair;
    }
  return NULL;
}

static gboolean
is_undecided (const FramPair *pair)
{
  switch (pair->state)
    {
    case FRAM_PAIR_FROZEN:
    case FRAM_PAIR_WAITING:
    case FRAM_PAIR_IN_PROGRESS:
      return TRUE;
    case FRAM_PAIR_SUCCEEDED:
    case FRAM_PAIR_FAILED:
      return FALSE;
    }
  g_assert_not_reached ();
}

/* When `best` is to be nominated: as soon as no better pair can still win.  A better pair
 * that was asked before has lost if it takes clearly longer than `best` took, for it would
 * be the slower path; one that was not asked yet gets its turn and the same time.  0: at
 * once. */
static FramTime
reckon (FramIceAgent *agent, guint stream, const FramPair *best, FramTime now)
{
  const FramIceComponent *component
      = &agent->streams[stream].components[best->component - 1];
  const GPtrArray *pairs = agent->streams[stream].pairs;
  FramTime rtt = best->rtt >= 0 ? best->rtt : FRAM_MILLISECONDS (50);
  FramTime answer = rtt + rtt / 4 + NOMINATION_SLACK, until = 0;
  FramTime bound = component->first_valid + NOMINATION_BOUND;
  guint n_unsent = 0;

  for (guint i = 0; i < pairs->len; i++)
    {
      const FramPair *pair = g_ptr_array_index (pairs, i);

      if (pair->component != best->component || !is_undecided (pair)
          || pair->priority <= best->priority)
        continue;
      if (fram_pair_is_tcp (best) && !fram_pair_is_tcp (pair))
        until = bound = component->first_valid + NOMINATION_BOUND_TCP;
      if (pair->first_sent < 0)
        n_unsent++;
      else
        until = MAX (until, pair->first_sent + answer);
    }
  if (n_unsent > 0)
    until = MAX (until, now + n_unsent * agent->ta + answer);
  return MIN (until, bound);
}

/* Whether their priorities differ for no other reason than that they must. */
static gboolean
is_tie (const FramPair *pair, const FramPair *other)
{
  return pair->local->formula != 0 && pair->local->formula == other->local->formula
         && pair->remote->priority == other->remote->priority;
}

/* Better by priority or, where the system put a new address, or a server a new allocation, in the
 * place of an older one, by its newer base.  Another lane of the same address is no better. */
static gboolean
is_better (const FramPair *pair, const FramPair *selected)
{
  const FramCandidate *local = pair->local, *former = selected->local;

  if (pair->priority != selected->priority && !is_tie (pair, selected))
    return pair->priority > selected->priority;
  return local->base > former->base
         && (local->type == FRAM_CANDIDATE_RELAYED
             || !fram_address_equal_ip (&local->base_address, &former->base_address));
}

/* The one to be nominated next, if any is. */
static FramPair *
find_next (FramIceStream *stream, guint component, const FramPair *selected)
{
  FramPair *best = fram_ice_stream_find_best (stream, component, selected);

  for (guint i = 0; best != NULL && i < stream->pairs->len; i++)
    {
      FramPair *pair = g_ptr_array_index (stream->pairs, i);

      if (pair->component == component && pair->mapped != NULL && pair != selected
          && is_better (pair, best))
        best = pair;
    }
  return best;
}

/* Whether a pair that became valid after the nomination is worth another one.  RFC 8445
 * §8.1.1 allows one only; peers that renominate take the last. */
static gboolean
is_worth_it (FramIceAgent *agent, const FramIceComponent *component, const FramPair *pair)
{
  if (component->selected == NULL || component->suspect)
    return TRUE;
  /* One that was left for the present one is not gone back to while that works. */
  return !pair->nominated && fram_ice_agent_renominates (agent)
         && is_better (pair, component->selected);
}

/* A better path has to prove itself for a while before a working one is left for it.  Where that is
 * silent, data have left it already; but a peer may forget a nomination of a pair that it has not
 * checked itself, if the pair is worse than the one it has. */
static FramTime
damped (const FramIceAgent *agent, const FramIceComponent *component,
        const FramPair *best, FramTime until)
{
  if (component->selected == NULL)
    return until;
  if (!component->suspect)
    return MAX (until, best->valid_since + SWITCH_DAMPING);
  return best->readable || agent->remote_is_lite
             ? until
             : MAX (until, best->valid_since + PEER_CHECK_MAX);
}

void
fram_ice_agent_consider (FramIceAgent *agent, guint stream, guint component, FramTime now)
{
  FramIceComponent *state = &agent->streams[stream].components[component - 1];
  FramPair *best;
  FramTime until;

  state->nominate_at = FRAM_TIME_NEVER;
  if (agent->role != FRAM_ROLE_CONTROLLING || agent->remote_ufrag == NULL
      || state->nominating != NULL)
    return;
  best = find_next (&agent->streams[stream], component, state->selected);
  if (best == NULL || !is_worth_it (agent, state, best))
    return;

  until = damped (agent, state, best, reckon (agent, stream, best, now));
  if (until > now)
    {
      state->nominate_at = until;
      return;
    }
  /* RFC 8445 §8.1.1: the check that made the pair valid is repeated with USE-CANDIDATE. */
  fram_ice_agent_nominate (agent, best);
}

/* Each nomination has a value of its own, larger than any before; a check that is sent again or
 * anew has the same as long as it is about the same. */
void
fram_ice_agent_nominate (FramIceAgent *agent, FramPair *pair)
{
  FramIceComponent *component = fram_ice_agent_component (agent, pair);

  component->n_nominations = MIN (component->n_nominations + 1, FRAM_STUN_NOMINATION_MAX);
  component->nominating = pair;
  pair->nominate = component->n_nominations;
  fram_ice_agent_trigger (agent, pair, TRUE);
}

void
fram_ice_agent_conclude (FramIceAgent *agent, FramPair *pair, FramTime now)
{
  FramIceComponent *component = fram_ice_agent_component (agent, pair);
  gboolean leaves = component->selected != NULL;

  if (component->selected != NULL)
    component->selected->nominate = 0;
  /* The peer knows nothing of a pair that we took by ourselves, and may nominate it yet. */
  if (component->selected != NULL && component->self_chosen)
    component->selected->nominated = FALSE;
  pair->nominated = TRUE;
  component->selected = pair;
  component->suspect = FALSE;
  component->self_chosen = FALSE;
  component->nominating = NULL;
  component->nominate_at = FRAM_TIME_NEVER;
  component->chosen = now;
  component->free_at = now + (leaves ? FRAM_ICE_LEFT_STAYS : FRAM_ICE_FREE_AFTER);
  fram_ice_agent_note_settled (agent, pair->stream, pair->component);
  fram_ice_agent_remove_others (agent, pair->stream, pair->component, TRUE);
  fram_ice_agent_update_path (agent, pair->stream, pair->component, now);
  fram_ice_agent_emit (agent, FRAM_ICE_EVENT_SELECTED, pair);
  fram_ice_agent_changed (agent);
}

gboolean
fram_ice_agent_renominates (const FramIceAgent *agent)
{
  return (agent->remote_options & FRAM_ICE_OPTION_RENOMINATION) != 0;
}

gboolean
fram_ice_agent_takes_last (const FramIceAgent *agent, const FramIceComponent *component)
{
  FramIceOptions once = FRAM_ICE_OPTION_ICE2 | FRAM_ICE_OPTION_RENOMINATION;

  return (agent->remote_options & once) != 0
         || component->peer_value != FRAM_ICE_NO_VALUE;
}

/* draft-thatcher-ice-renomination-01 §4: "MUST select the nomination with the largest value", and
 * "any value included takes precedence over the lack of a value". */
gboolean
fram_ice_agent_heed (FramIceAgent *agent, const FramPair *pair,
                     const FramNomination *nomination)
{
  FramIceComponent *component = fram_ice_agent_component (agent, pair);

  /* The largest once more is said again, perhaps by way of another mapping of a NAT. */
  if (nomination->value < component->peer_value)
    return FALSE;
  component->peer_value = nomination->value;
  return TRUE;
}

/* Whether a nomination replaces the one before. */
static gboolean
replaces (FramIceAgent *agent, const FramIceComponent *component, const FramPair *pair)
{
  return component->selected == NULL || component->suspect || component->self_chosen
         || agent->role == FRAM_ROLE_CONTROLLING
         || fram_ice_agent_takes_last (agent, component)
         || pair->priority > component->selected->priority;
}

/* RFC 8445 §8.1.2 */
void
fram_ice_agent_select (FramIceAgent *agent, FramPair *pair, FramTime now)
{
  FramIceComponent *component = fram_ice_agent_component (agent, pair);

  pair->nominate = 0;
  pair->peer_nominated = FALSE;
  if (component->nominating == pair)
    component->nominating = NULL;
  /* Said again, perhaps late: it was taken the first time. */
  if (pair->nominated)
    return;
  pair->nominated = TRUE;
  if (pair != component->selected && replaces (agent, component, pair))
    fram_ice_agent_conclude (agent, pair, now);
}
