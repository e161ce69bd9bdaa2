#include "ice/agent-private.h"

#include <string.h>

FramIceAgent *
fram_ice_agent_new (const FramIceConfig *config, FramRandom *random, FramTime now)
{
  FramIceAgent *agent
      = g_malloc0 (sizeof *agent + config->n_streams * sizeof agent->streams[0]);

  g_assert (config->n_streams >= 1 && config->n_streams <= FRAM_ICE_MAX_STREAMS);

  agent->random = random;
  agent->role = config->role;
  agent->is_lite = config->is_lite;
  agent->tie_breaker = fram_random_u64 (random);
  agent->ufrag = g_strdup (config->ufrag);
  agent->pwd = g_strdup (config->pwd);
  fram_hmac_key_init (&agent->local_key, (const guint8 *) agent->pwd,
                      strlen (agent->pwd));
  agent->pacing = config->pacing;
  agent->max_pairs = config->max_pairs;
  agent->tcp = config->tcp;
  agent->last_check = -1;
  agent->patient_until = agent->gives_up = FRAM_TIME_NEVER;
  agent->state = FRAM_STATE_NEW;
  agent->cause = FRAM_CAUSE_CREATED;
  /* Two at a time as a rule: no agent of thousands keeps places for them. */
  fram_queue_init (&agent->events, sizeof (FramIceEvent), 0);

  agent->n_streams = config->n_streams;
  for (guint s = 0; s < agent->n_streams; s++)
    {
      FramIceStream *stream = &agent->streams[s];

      g_assert (config->n_components[s] <= FRAM_ICE_MAX_COMPONENTS);
      stream->locals = g_ptr_array_new_with_free_func (g_free);
      stream->remotes = g_ptr_array_new_with_free_func (g_free);
      stream->pairs = g_ptr_array_new_with_free_func ((GDestroyNotify) fram_pair_free);
      stream->n_components = config->n_components[s];
      for (guint c = 0; c < stream->n_components; c++)
        {
          stream->components[c].state = FRAM_STATE_NEW;
          stream->components[c].cause = FRAM_CAUSE_CREATED;
          stream->components[c].first_valid = -1;
          stream->components[c].nominate_at = FRAM_TIME_NEVER;
          stream->components[c].peer_value = FRAM_ICE_NO_VALUE;
          stream->components[c].free_at = FRAM_TIME_NEVER;
          stream->components[c].advise_at = FRAM_TIME_NEVER;
          stream->components[c].lost_until = -1;
        }
    }
  return agent;
}

void
fram_ice_agent_free (FramIceAgent *agent)
{
  FramIceEvent event;

  if (agent == NULL)
    return;

  while (fram_ice_agent_pop (agent, &event))
    if (event.type == FRAM_ICE_EVENT_TRANSMIT)
      g_free (event.data);
  fram_queue_clear (&agent->events);
  for (guint s = 0; s < agent->n_streams; s++)
    {
      g_queue_clear (&agent->streams[s].triggered);
      g_ptr_array_unref (agent->streams[s].pairs);
      g_ptr_array_unref (agent->streams[s].locals);
      g_ptr_array_unref (agent->streams[s].remotes);
    }
  g_clear_pointer (&agent->early, g_array_unref);
  g_clear_pointer (&agent->lost, g_array_unref);
  fram_hmac_key_clear (&agent->local_key);
  fram_hmac_key_clear (&agent->remote_key);
  g_free (agent->ufrag);
  g_free (agent->pwd);
  g_free (agent->remote_ufrag);
  g_free (agent->username);
  g_free (agent);
}

void
fram_ice_agent_close (FramIceAgent *agent)
{
  fram_ice_agent_drop_early (agent, 0, NULL);
  for (guint s = 0; s < agent->n_streams; s++)
    {
      GPtrArray *pairs = agent->streams[s].pairs;

      while (pairs->len > 0)
        fram_ice_agent_remove_pair (agent, g_ptr_array_index (pairs, pairs->len - 1));
    }
}

void
fram_ice_agent_retire (FramIceAgent *agent)
{
  for (guint s = 0; s < agent->n_streams; s++)
    for (guint i = 0; i < agent->streams[s].pairs->len; i++)
      {
        FramPair *pair = g_ptr_array_index (agent->streams[s].pairs, i);

        if (pair->carries)
          continue;
        fram_ice_agent_untrigger (agent, pair);
        fram_ice_agent_drop_checks (agent, pair);
      }
}

/* A peer that trickles and never says that it has ended gets the time twice: its next
 * candidate may be on its way, but nobody waits for ever. */
static void
end_patience (FramIceAgent *agent, FramTime now)
{
  if (now >= agent->gives_up)
    {
      agent->gives_up = FRAM_TIME_NEVER;
      agent->is_impatient = TRUE;
    }
  if (now < agent->patient_until)
    return;
  if (agent->remote_ended || agent->more_patience)
    {
      agent->patient_until = FRAM_TIME_NEVER;
      return;
    }
  agent->more_patience = TRUE;
  agent->patient_until = now + FRAM_ICE_PATIENCE;
}

void
fram_ice_agent_settle (FramIceAgent *agent, FramTime now)
{
  end_patience (agent, now);
  fram_ice_lite_agree (agent, now);
  for (guint s = 0; s < agent->n_streams; s++)
    for (guint c = 1; c <= agent->streams[s].n_components; c++)
      {
        fram_ice_agent_update_health (agent, s, c, now);
        fram_ice_agent_consider (agent, s, c, now);
        fram_ice_agent_update_path (agent, s, c, now);
        fram_ice_agent_update_state (agent, s, c, now);
      }
  fram_ice_agent_update_session (agent);
  fram_ice_agent_advise (agent, now);
}

/* --- Facts ------------------------------------------------------------------------- */

static FramIceAddResult
check_component (FramIceAgent *agent, guint stream, guint component)
{
  if (stream >= agent->n_streams || component < 1
      || component > agent->streams[stream].n_components)
    return FRAM_ICE_ADD_NO_COMPONENT;
  return FRAM_ICE_ADD_OK;
}

/* A server tells what a check told before. */
static FramIceAddResult
upgrade_local (FramIceAgent *agent, FramCandidate *known, const FramCandidate *candidate)
{
  FramTime found = known->found;
  guint32 id = known->id;

  if (known->type != FRAM_CANDIDATE_PEER_REFLEXIVE
      || candidate->type != FRAM_CANDIDATE_SERVER_REFLEXIVE)
    return FRAM_ICE_ADD_KNOWN;
  *known = *candidate;
  known->id = id;
  known->found = found;
  fram_ice_agent_changed (agent);
  return FRAM_ICE_ADD_OK;
}

FramIceAddResult
fram_ice_agent_add_local (FramIceAgent *agent, guint stream,
                          const FramCandidate *candidate, FramTime now)
{
  FramIceStream *list;
  FramCandidate *local;
  FramIceAddResult result = check_component (agent, stream, candidate->component);

  if (result != FRAM_ICE_ADD_OK)
    return result;
  list = &agent->streams[stream];
  local = fram_ice_stream_find_local (list, candidate->component, candidate->base,
                                      &candidate->address);
  if (local != NULL)
    return upgrade_local (agent, local, candidate);

  local = g_memdup2 (candidate, sizeof *candidate);
  fram_ice_agent_enter (agent, list->locals, local, now);
  fram_ice_agent_pair_local (agent, stream, local);
  fram_ice_agent_reopen (agent, stream, local->component, now);
  fram_ice_agent_changed (agent);
  fram_ice_agent_settle (agent, now);
  return FRAM_ICE_ADD_OK;
}

void
fram_ice_agent_withdraw_local (FramIceAgent *agent, guint stream,
                               const FramCandidate *candidate)
{
  FramIceStream *list = &agent->streams[stream];
  FramCandidate *local = fram_ice_stream_find_local (
      list, candidate->component, candidate->base, &candidate->address);

  g_assert (local != NULL);
  fram_ice_agent_changed (agent);
  for (guint i = 0; i < list->pairs->len; i++)
    {
      const FramPair *pair = g_ptr_array_index (list->pairs, i);

      if (pair->mapped != local && pair->local != local)
        continue;
      local->type = FRAM_CANDIDATE_PEER_REFLEXIVE;
      return;
    }
  g_ptr_array_remove (list->locals, local);
}

void
fram_ice_agent_end_local (FramIceAgent *agent, FramTime now)
{
  agent->local_ended = TRUE;
  fram_ice_agent_settle (agent, now);
}

static guint
count_component (const GPtrArray *candidates, guint component)
{
  guint n = 0;

  for (guint i = 0; i < candidates->len; i++)
    n += ((FramCandidate *) g_ptr_array_index (candidates, i))->component == component;
  return n;
}

/* Return: whether a candidate of the component was based on it. */
static gboolean
remove_base_of (FramIceAgent *agent, guint stream, guint component, guint32 base)
{
  FramIceStream *list = &agent->streams[stream];
  gboolean found = FALSE;

  for (guint i = list->pairs->len; i > 0; i--)
    {
      FramPair *pair = g_ptr_array_index (list->pairs, i - 1);

      if (pair->local->base == base && pair->component == component)
        fram_ice_agent_remove_pair (agent, pair);
    }
  for (guint i = list->locals->len; i > 0; i--)
    {
      FramCandidate *local = g_ptr_array_index (list->locals, i - 1);

      if (local->base != base || local->component != component)
        continue;
      found = TRUE;
      g_ptr_array_remove_index (list->locals, i - 1);
    }
  return found;
}

void
fram_ice_agent_remove_base (FramIceAgent *agent, guint32 base, FramTime now)
{
  fram_ice_agent_drop_early (agent, base, NULL);
  for (guint s = 0; s < agent->n_streams; s++)
    for (guint c = 1; c <= agent->streams[s].n_components; c++)
      {
        FramIceComponent *component = &agent->streams[s].components[c - 1];
        gboolean was_checking = component->state == FRAM_STATE_CHECKING;

        if (!remove_base_of (agent, s, c, base) || component->selected != NULL
            || component->state == FRAM_STATE_FAILED)
          continue;
        /* One that never had a path goes on with what it has: a relay that comes and goes
         * must not keep it from an end. */
        if (!was_checking || count_component (agent->streams[s].locals, c) == 0)
          fram_ice_agent_lose_path (agent, s, c, now);
      }
  fram_ice_agent_settle (agent, now);
}

/* RFC 8445 §6.1.1: where one is full and one is lite, the full agent controls. */
static void
determine_role (FramIceAgent *agent)
{
  FramRole role = agent->is_lite ? FRAM_ROLE_CONTROLLED : FRAM_ROLE_CONTROLLING;

  if (agent->is_lite != agent->remote_is_lite && agent->role != role)
    fram_ice_agent_switch_role (agent);
}

void
fram_ice_agent_set_remote (FramIceAgent *agent, const FramDescription *remote,
                           FramTime now)
{
  guint pacing = remote->pacing != 0 ? remote->pacing : FRAM_PACING_DEFAULT;

  g_assert (agent->remote_ufrag == NULL);

  agent->remote_ufrag = g_strdup (remote->ufrag);
  agent->remote_options = remote->options;
  agent->username = g_strconcat (remote->ufrag, ":", agent->ufrag, NULL);
  fram_hmac_key_init (&agent->remote_key, (const guint8 *) remote->pwd,
                      strlen (remote->pwd));

  /* RFC 8445 §14.2: both use the higher of the two proposals. */
  pacing = MIN (MAX (pacing, agent->pacing), FRAM_PACING_MAX);
  agent->ta = FRAM_MILLISECONDS (pacing);
  agent->tcp_since = now + FRAM_ICE_TCP_DELAY;
  agent->patient_until = now + FRAM_ICE_PATIENCE;
  agent->gives_up = now + FRAM_ICE_PATIENCE_MAX;

  agent->remote_is_lite = remote->lite;
  determine_role (agent);

  fram_ice_agent_handle_early (agent, now);
  fram_ice_agent_settle (agent, now);
}

gboolean
fram_ice_agent_has_remote (const FramIceAgent *agent)
{
  return agent->remote_ufrag != NULL;
}

FramIceAddResult
fram_ice_agent_add_remote (FramIceAgent *agent, guint stream,
                           const FramCandidate *candidate, guint limit, FramTime now)
{
  FramIceStream *list;
  FramCandidate *remote;
  FramIceAddResult result = check_component (agent, stream, candidate->component);

  if (result != FRAM_ICE_ADD_OK)
    return result;
  if ((fram_transport_is_tcp (candidate->transport) && !agent->tcp)
      || !fram_address_is_usable_remote (&candidate->address))
    return FRAM_ICE_ADD_IGNORED;

  list = &agent->streams[stream];
  remote = fram_ice_stream_find_remote (list, candidate->component, candidate->transport,
                                        &candidate->address);
  if (remote != NULL)
    {
      fram_ice_agent_know_better (agent, stream, remote, candidate);
      fram_ice_agent_settle (agent, now);
      return FRAM_ICE_ADD_KNOWN;
    }
  if (!fram_ice_agent_has_room (agent, stream, candidate->component, limit))
    return FRAM_ICE_ADD_LIMIT;

  remote = g_memdup2 (candidate, sizeof *candidate);
  remote->base = 0;
  fram_ice_agent_enter (agent, list->remotes, remote, now);
  fram_ice_agent_pair_remote (agent, stream, remote);
  fram_ice_agent_reopen (agent, stream, remote->component, now);
  fram_ice_agent_changed (agent);
  fram_ice_agent_settle (agent, now);
  return FRAM_ICE_ADD_OK;
}

void
fram_ice_agent_end_remote (FramIceAgent *agent, FramTime now)
{
  agent->remote_ended = TRUE;

  /* RFC 8445 §6.1.2.2: the components count that both sides have; of a peer whose candidates'
   * names are not found, and which is heard, all may come. */
  for (guint s = 0; s < agent->n_streams; s++)
    for (guint c = 2; c <= agent->streams[s].n_components; c++)
      agent->streams[s].components[c - 1].absent
          = count_component (agent->streams[s].remotes, c) == 0
            && fram_ice_stream_is_named (&agent->streams[s]);
  fram_ice_agent_settle (agent, now);
}

void
fram_ice_agent_told_unreachable (FramIceAgent *agent, guint32 base,
                                 const FramAddress *remote, FramTime now)
{
  FramPair *pair = fram_ice_agent_find_pair (agent, base, remote);

  /* A path that worked is judged by consent: an ICMP message can be forged. */
  if (pair == NULL || pair->mapped != NULL || !fram_pair_is_checking (pair))
    return;
  fram_ice_agent_fail_pair (agent, pair, FRAM_CAUSE_UNREACHABLE);
  fram_ice_agent_settle (agent, now);
}

void
fram_ice_agent_refuse_pair (FramIceAgent *agent, guint32 base, const FramAddress *remote,
                            FramTime now)
{
  FramPair *pair = fram_ice_agent_find_pair (agent, base, remote);
  FramIceComponent *component;

  if (pair == NULL)
    return;
  pair->refused = TRUE;
  fram_ice_agent_fail_pair (agent, pair, FRAM_CAUSE_TUPLE_TAKEN);
  /* Two lite agents select without a check. */
  component = fram_ice_agent_component (agent, pair);
  if (component->selected == pair)
    component->selected = NULL;
  fram_ice_agent_settle (agent, now);
}

void
fram_ice_agent_yield_pair (FramIceAgent *agent, guint32 base, const FramAddress *remote,
                           FramTime now)
{
  FramPair *pair = fram_ice_agent_find_pair (agent, base, remote);

  fram_ice_agent_drop_early (agent, base, remote);
  if (pair == NULL || pair->refused)
    return;
  /* The claim, which a refused pair does not have. */
  fram_ice_agent_emit (agent, FRAM_ICE_EVENT_PAIR_REMOVED, pair);
  pair->readable = pair->routed = FALSE;
  fram_ice_agent_refuse_pair (agent, base, remote, now);
}

void
fram_ice_agent_receive_request (FramIceAgent *agent, guint32 base,
                                const FramAddress *remote, const FramStunMessage *message,
                                gboolean tuple_taken, FramTime now)
{
  fram_ice_agent_handle_request (agent, base, remote, message, tuple_taken, now);
  fram_ice_agent_settle (agent, now);
}

void
fram_ice_agent_receive_response (FramIceAgent *agent, guint32 base,
                                 const FramAddress *remote,
                                 const FramStunMessage *message, FramTime now)
{
  fram_ice_agent_handle_response (agent, base, remote, message, now);
  fram_ice_agent_settle (agent, now);
}

/* --- Time -------------------------------------------------------------------------- */

static FramTime
pair_deadline (const FramPair *pair)
{
  FramTime deadline = pair->carries ? MIN (pair->consent_due, pair->consent_until)
                                    : fram_ice_consent_lapses (pair);

  deadline = MIN (deadline, pair->keepalive_due);

  for (guint i = 0; pair->n_awaited > 0 && i < G_N_ELEMENTS (pair->checks); i++)
    if (pair->checks[i].pending)
      deadline = MIN (deadline, pair->checks[i].transaction.deadline);
  return deadline;
}

FramTime
fram_ice_agent_deadline (FramIceAgent *agent)
{
  FramTime deadline = FRAM_TIME_NEVER;

  for (guint s = 0; s < agent->n_streams; s++)
    {
      FramIceStream *stream = &agent->streams[s];

      for (guint i = 0; i < stream->pairs->len; i++)
        deadline = MIN (deadline, pair_deadline (g_ptr_array_index (stream->pairs, i)));
      for (guint c = 0; c < stream->n_components; c++)
        {
          deadline = MIN (deadline, stream->components[c].nominate_at);
          deadline = MIN (deadline, stream->components[c].free_at);
          deadline = MIN (deadline, stream->components[c].advise_at);
          if (stream->components[c].lost_until >= 0)
            deadline = MIN (deadline, stream->components[c].lost_until);
        }
    }
  deadline = MIN (deadline, fram_ice_agent_early_lapses (agent));
  /* Who has found all paths waits for none; when one is lost, the time that is over is looked at. */
  if (agent->state == FRAM_STATE_COMPLETED)
    return deadline;
  return MIN (deadline, MIN (agent->patient_until, agent->gives_up));
}

static void
free_others (FramIceAgent *agent, FramTime now)
{
  for (guint s = 0; s < agent->n_streams; s++)
    for (guint c = 1; c <= agent->streams[s].n_components; c++)
      {
        FramIceComponent *component = &agent->streams[s].components[c - 1];

        if (component->free_at > now)
          continue;
        component->free_at = FRAM_TIME_NEVER;
        fram_ice_agent_free_others (agent, s, c, now);
      }
}

/* Return: FALSE: pairs were removed. */
static gboolean
advance_consent (FramIceAgent *agent, FramPair *pair, FramTime now)
{
  if (!pair->carries)
    {
      if (fram_ice_consent_lapses (pair) > now)
        return TRUE;
      fram_ice_agent_let_lapse (agent, pair, now);
      return FALSE;
    }
  if (agent->is_lite ? fram_ice_lite_advance (agent, pair, now)
                     : fram_ice_consent_advance (agent, pair, now))
    return TRUE;
  fram_ice_agent_fail_component (agent, pair->stream, pair->component,
                                 FRAM_CAUSE_CONSENT_EXPIRED);
  return FALSE;
}

void
fram_ice_agent_advance (FramIceAgent *agent, FramTime now)
{
  for (guint s = 0; s < agent->n_streams; s++)
    {
      GPtrArray *pairs = agent->streams[s].pairs;

      for (guint i = 0; i < pairs->len; i++)
        {
          FramPair *pair = g_ptr_array_index (pairs, i);

          if (pair_deadline (pair) <= now)
            fram_ice_agent_advance_pair (agent, pair, now);
          if (advance_consent (agent, pair, now))
            continue;
          /* The list is not the one it was. */
          i = G_MAXUINT;
        }
    }
  free_others (agent, now);
  fram_ice_agent_let_early_lapse (agent, now);
  fram_ice_agent_settle (agent, now);
}

FramTime
fram_ice_agent_check_due (FramIceAgent *agent)
{
  FramTime due = agent->last_check < 0 ? 0 : agent->last_check + agent->ta;
  const FramPair *next = fram_ice_agent_find_check (agent, TRUE);

  if (next == NULL)
    return FRAM_TIME_NEVER;
  /* One that goes by UDP may stand behind it. */
  if (!fram_pair_is_tcp (next) || fram_ice_agent_find_check (agent, FALSE) != NULL)
    return due;
  return MAX (due, agent->tcp_since);
}

gboolean
fram_ice_agent_is_urgent (FramIceAgent *agent)
{
  for (guint s = 0; s < agent->n_streams; s++)
    if (fram_ice_stream_find_triggered (&agent->streams[s]) != NULL)
      return TRUE;
  return FALSE;
}

gboolean
fram_ice_agent_check (FramIceAgent *agent, FramTime now)
{
  gboolean triggered;
  FramPair *pair = fram_ice_agent_pick (agent, now, &triggered);
  FramCause cause;

  if (pair == NULL)
    return FALSE;

  cause = pair->nominate != 0 ? FRAM_CAUSE_NOMINATION_CHECK
          : triggered         ? FRAM_CAUSE_TRIGGERED_CHECK
                              : FRAM_CAUSE_ORDINARY_CHECK;
  /* A valid pair stays Succeeded while its nomination is under way, so that nobody sees a
   * working path in doubt. */
  if (pair->state != FRAM_PAIR_SUCCEEDED)
    fram_ice_agent_set_pair (agent, pair, FRAM_PAIR_IN_PROGRESS, cause);
  agent->last_check = now;
  fram_ice_agent_send_check (agent, pair, FALSE, now);
  fram_ice_agent_changed (agent);
  fram_ice_agent_settle (agent, now);
  return TRUE;
}
