/* Connectivity checks, the client's side: answers, timeouts, failure.  (RFC 8445 §7.2.5) */
#include "ice/agent-private.h"

#include "stun/integrity.h"

/* RFC 8445 §7.2.5.2.  A failed nomination takes the pair from the valid list; where the RFC
 * then gives the check list up, Fram tries the next valid pair: no pair has been nominated
 * yet, so nothing that was agreed is broken. */
void
fram_ice_agent_fail_pair (FramIceAgent *agent, FramPair *pair, FramCause cause)
{
  FramIceComponent *component = fram_ice_agent_component (agent, pair);

  fram_ice_agent_untrigger (agent, pair);
  fram_ice_agent_drop_checks (agent, pair);
  if (component->nominating == pair)
    component->nominating = NULL;
  pair->nominate = 0;
  pair->mapped = NULL;
  fram_ice_agent_set_pair (agent, pair, FRAM_PAIR_FAILED, cause);
  fram_ice_agent_changed (agent);
}

void
fram_ice_agent_advance_pair (FramIceAgent *agent, FramPair *pair, FramTime now)
{
  for (guint i = 0; i < G_N_ELEMENTS (pair->checks); i++)
    {
      FramCheck *check = &pair->checks[i];

      if (!check->pending || check->transaction.deadline > now)
        continue;
      switch (fram_stun_transaction_advance (&check->transaction, now))
        {
        case FRAM_STUN_TRANSACTION_WAIT:
          break;
        case FRAM_STUN_TRANSACTION_SEND:
          fram_ice_agent_repeat_check (agent, pair, check);
          break;
        case FRAM_STUN_TRANSACTION_TIMEOUT:
          if (check->silent)
            fram_ice_agent_end_check (agent, pair, check);
          else
            fram_ice_agent_fail_pair (agent, pair, FRAM_CAUSE_TIMEOUT);
          break;
        }
    }
}

/* --- Answers ----------------------------------------------------------------------- */

/* RFC 8445 §7.2.5.3.1: the local candidate of the valid pair is the one at the mapped
 * address, a new peer-reflexive one if there is none. */
static FramCandidate *
find_mapped (FramIceAgent *agent, FramPair *pair, const FramCheck *check,
             const FramAddress *mapped, FramTime now)
{
  FramIceStream *stream = &agent->streams[pair->stream];
  FramCandidate *local, *reflexive;
  guint n_reflexive = 0;

  /* So it is nearly always, and there may be many to look through. */
  if (pair->mapped != NULL && fram_address_equal (&pair->mapped->address, mapped))
    return pair->mapped;
  local = fram_ice_stream_find_local (stream, pair->component, pair->local->base, mapped);
  if (local != NULL)
    return local;

  for (guint i = 0; i < stream->locals->len; i++)
    {
      local = g_ptr_array_index (stream->locals, i);
      n_reflexive += local->type == FRAM_CANDIDATE_PEER_REFLEXIVE;
    }
  /* A peer that names another address with each answer gets no list of them. */
  if (n_reflexive >= FRAM_ICE_MAX_REFLEXIVE)
    return pair->local;

  reflexive = g_memdup2 (pair->local, sizeof *reflexive);
  reflexive->type = FRAM_CANDIDATE_PEER_REFLEXIVE;
  reflexive->address = *mapped;
  reflexive->related = pair->local->base_address;
  reflexive->priority = check->priority;
  /* It is not told to the peer. */
  fram_candidate_set_foundation (reflexive, &pair->remote->address, 0);
  fram_ice_agent_enter (agent, stream->locals, reflexive, now);
  return reflexive;
}

static void
measure (FramPair *pair, const FramCheck *check, FramTime now)
{
  FramTime rtt;

  if (!fram_stun_transaction_measure (&check->transaction, now, &rtt))
    return;
  pair->rtt = rtt;
  pair->total_rtt += rtt;
}

static void
confirm_nomination (FramIceAgent *agent, FramPair *pair, const FramCheck *check,
                    FramTime now)
{
  /* RFC 8445 §7.2.5.3.4: ours was accepted, or the peer's waited for this answer. */
  if (check->nomination != 0 && agent->role == FRAM_ROLE_CONTROLLING)
    fram_ice_agent_select (agent, pair, now);
  else if (pair->peer_nominated && agent->role == FRAM_ROLE_CONTROLLED)
    fram_ice_agent_select (agent, pair, now);
}

/* RFC 8445 §7.2.5.3 */
static void
succeed (FramIceAgent *agent, FramPair *pair, FramCheck *check, const FramAddress *mapped,
         FramTime now)
{
  FramIceComponent *component = fram_ice_agent_component (agent, pair);
  gboolean was_valid = pair->mapped != NULL;

  measure (pair, check, now);
  fram_ice_agent_end_check (agent, pair, check);
  fram_ice_consent_confirm (pair, now);
  pair->mapped = find_mapped (agent, pair, check, mapped, now);

  if (!was_valid)
    {
      /* A check that waits in the queue or is under way has nothing left to find out,
       * unless it nominates. */
      if (pair->nominate == 0)
        {
          fram_ice_agent_untrigger (agent, pair);
          fram_ice_agent_cancel_check (agent, pair);
        }
      fram_ice_agent_set_pair (agent, pair, FRAM_PAIR_SUCCEEDED, FRAM_CAUSE_RESPONSE);
      pair->valid_since = now;
      if (component->first_valid < 0)
        component->first_valid = now;
      fram_ice_agent_unfreeze_like (agent, pair);
      pair->routed = TRUE;
      fram_ice_agent_emit (agent, FRAM_ICE_EVENT_ROUTE, pair);
    }
  fram_ice_agent_sort (agent);
  confirm_nomination (agent, pair, check, now);
}

/* The peer has closed the connection that data took, and may say why when it is asked by
 * another one. */
static gboolean
is_cut_off (FramIceAgent *agent, const FramPair *pair)
{
  const FramIceComponent *component = fram_ice_agent_component (agent, pair);

  return fram_pair_is_tcp (pair) && component->path == NULL && component->lost_until >= 0;
}

static void
take_revocation (FramIceAgent *agent, FramPair *pair)
{
  const FramIceComponent *component = fram_ice_agent_component (agent, pair);

  if (pair == component->path || pair == component->selected || is_cut_off (agent, pair))
    fram_ice_agent_fail_component (agent, pair->stream, pair->component,
                                   FRAM_CAUSE_CONSENT_REVOKED);
  else
    fram_ice_agent_fail_pair (agent, pair, FRAM_CAUSE_CONSENT_REVOKED);
}

/* RFC 8445 §7.2.5.1, §7.2.5.2.4; `symmetric`: it came from where the check went. */
static void
receive_error (FramIceAgent *agent, FramPair *pair, FramCheck *check, guint code,
               gboolean symmetric)
{
  gboolean consent = check->silent, newest = check == &pair->checks[0];

  if (code == FRAM_STUN_ERROR_ROLE_CONFLICT)
    {
      fram_ice_agent_end_check (agent, pair, check);
      /* An answer to what was said in the other role tells nothing new. */
      if (check->role == agent->role)
        {
          fram_ice_agent_switch_role (agent);
          agent->tie_breaker = fram_random_u64 (agent->random);
        }
      if (pair->mapped == NULL && newest)
        {
          fram_ice_agent_set_pair (agent, pair, FRAM_PAIR_WAITING,
                                   FRAM_CAUSE_ROLE_CONFLICT);
          fram_ice_agent_trigger (agent, pair, FALSE);
        }
      return;
    }

  /* RFC 7675 §5.2: the peer wants no more data, by whatever way the word of it comes. */
  if (code == FRAM_STUN_ERROR_FORBIDDEN
      && (pair->mapped != NULL || is_cut_off (agent, pair)))
    {
      take_revocation (agent, pair);
      return;
    }
  /* A cancelled check's error says nothing of the one that replaced it, and consent is lost
   * by silence, not by errors (RFC 7675 §5.1); but neither is an error an answer. */
  if (consent)
    {
      fram_ice_agent_end_check (agent, pair, check);
      if (newest)
        fram_ice_consent_miss (pair);
      return;
    }
  /* RFC 8445 §7.2.5.2.1; a path that worked is left to consent. */
  if (!symmetric && pair->mapped != NULL)
    return;
  fram_ice_agent_fail_pair (
      agent, pair, symmetric ? FRAM_CAUSE_ERROR_RESPONSE : FRAM_CAUSE_ASYMMETRIC);
  /* A check of ours is well-formed: between two Frams, 400 means that the 5-tuple belongs to
   * another session there, by whatever way the word of it comes. */
  if (code == FRAM_STUN_ERROR_BAD_REQUEST)
    fram_ice_agent_emit (agent, FRAM_ICE_EVENT_TUPLE_REFUSED, pair);
}

static FramPair *
find_asker (FramIceAgent *agent, const FramStunId *id, FramCheck **ret_check)
{
  for (guint s = 0; s < agent->n_streams; s++)
    {
      GPtrArray *pairs = agent->streams[s].pairs;

      for (guint i = 0; i < pairs->len; i++)
        {
          FramPair *pair = g_ptr_array_index (pairs, i);

          *ret_check = fram_pair_find_check (pair, id);
          if (*ret_check != NULL)
            return pair;
        }
    }
  return NULL;
}

void
fram_ice_agent_handle_response (FramIceAgent *agent, guint32 base,
                                const FramAddress *remote, const FramStunMessage *message,
                                FramTime now)
{
  FramCheck *check;
  FramPair *pair = find_asker (agent, &message->id, &check);
  FramAddress mapped;
  const char *reason;
  gsize reason_length;
  guint code;

  if (pair == NULL)
    return;

  /* RFC 8489 §9.1.4: what does not prove the key is as if it had not come, errors too: they
   * may be of a stranger at the same private address. */
  if (fram_stun_message_check_integrity (message, &agent->remote_key)
      != FRAM_STUN_INTEGRITY_OK)
    return;
  pair->counters.responses_received++;

  if (message->klass == FRAM_STUN_ERROR)
    {
      if (fram_stun_message_get_error (message, &code, &reason, &reason_length))
        receive_error (agent, pair, check, code,
                       fram_pair_has_tuple (pair, base, remote));
    }
  else if (!fram_pair_has_tuple (pair, base, remote))
    {
      /* RFC 8445 §7.2.5.2.1; a path that worked is left to consent. */
      if (pair->mapped == NULL && !check->silent)
        fram_ice_agent_fail_pair (agent, pair, FRAM_CAUSE_ASYMMETRIC);
    }
  else if (fram_stun_message_get_address (message, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS,
                                          &mapped))
    succeed (agent, pair, check, &mapped, now);
  else if (!check->silent)
    fram_ice_agent_fail_pair (agent, pair, FRAM_CAUSE_BAD_RESPONSE);

  fram_ice_agent_changed (agent);
}
