/* Connectivity checks, the client's side: sending, answers, failure.
 * (RFC 8445 §7.1, §7.2) */
#include "ice/agent-private.h"

#include <string.h>

#include "stun/builder.h"
#include "stun/integrity.h"

/* RFC 8445 §7.1.1: the priority our side would have if the check were to find a
 * peer-reflexive candidate. */
static guint32
reflexive_priority (const FramCandidate *local)
{
  guint16 preference = (guint16) (local->priority >> 8 & 0xffff);

  return fram_candidate_priority (FRAM_CANDIDATE_PEER_REFLEXIVE, preference,
                                  local->component);
}

static void
count_checks (FramIceAgent *agent, guint *ret_all, guint *ret_open)
{
  *ret_all = *ret_open = 0;
  for (guint s = 0; s < agent->n_streams; s++)
    {
      GPtrArray *pairs = agent->streams[s].pairs;

      *ret_all += pairs->len;
      for (guint i = 0; i < pairs->len; i++)
        {
          const FramPair *pair = g_ptr_array_index (pairs, i);

          *ret_open
              += pair->state == FRAM_PAIR_WAITING || pair->state == FRAM_PAIR_IN_PROGRESS;
        }
    }
}

/* RFC 8445 §14.3: RTO = MAX (500 ms, Ta * N * (Num-Waiting + Num-In-Progress)).  With many
 * pairs the product reaches a minute, and one lost packet would decide; the same section
 * allows other reckonings from 500 ms on, so it ends at 3 s. */
static FramTime
check_rto (FramIceAgent *agent)
{
  guint all, open;

  count_checks (agent, &all, &open);
  return CLAMP (agent->ta * all * open, FRAM_MILLISECONDS (500), FRAM_SECONDS (3));
}

static void
transmit (FramIceAgent *agent, FramPair *pair, const FramCheck *check)
{
  guint8 buffer[FRAM_STUN_MAX_SENT];
  FramStunBuilder builder;
  FramIceEvent *event;
  gsize length;

  fram_stun_builder_init (&builder, buffer, sizeof buffer, FRAM_STUN_REQUEST,
                          FRAM_STUN_BINDING, &check->transaction.id);
  fram_stun_builder_add_text (&builder, FRAM_STUN_ATTR_USERNAME, agent->username);
  fram_stun_builder_add_u32 (&builder, FRAM_STUN_ATTR_PRIORITY, check->priority);
  fram_stun_builder_add_u64 (&builder,
                             check->role == FRAM_ROLE_CONTROLLING
                                 ? FRAM_STUN_ATTR_ICE_CONTROLLING
                                 : FRAM_STUN_ATTR_ICE_CONTROLLED,
                             agent->tie_breaker);
  if (check->use_candidate)
    fram_stun_builder_add_flag (&builder, FRAM_STUN_ATTR_USE_CANDIDATE);
  fram_stun_builder_add_integrity (&builder, &agent->remote_key);
  fram_stun_builder_add_fingerprint (&builder);
  length = fram_stun_builder_end (&builder);
  g_assert (length > 0);

  event = fram_ice_agent_emit (agent, FRAM_ICE_EVENT_TRANSMIT, pair);
  event->id = check->transaction.id;
  event->awaits = TRUE;
  event->data = g_memdup2 (buffer, length);
  event->length = (guint16) length;
}

static void
end_check (FramIceAgent *agent, FramCheck *check)
{
  if (!check->pending)
    return;
  check->pending = FALSE;
  fram_ice_agent_emit (agent, FRAM_ICE_EVENT_TRANSACTION_OVER, NULL)->id
      = check->transaction.id;
}

void
fram_ice_agent_send_check (FramIceAgent *agent, FramPair *pair, gboolean consent,
                           FramTime now)
{
  FramStunTiming timing = FRAM_STUN_TIMING_DEFAULT (check_rto (agent));
  FramCheck *check = &pair->checks[0];

  end_check (agent, &pair->checks[1]);
  pair->checks[1] = *check;

  fram_stun_transaction_start (&check->transaction, &timing, agent->random, now);
  check->priority = reflexive_priority (pair->local);
  check->role = agent->role;
  check->use_candidate = pair->nominate && agent->role == FRAM_ROLE_CONTROLLING;
  check->pending = TRUE;
  check->silent = consent;
  if (consent)
    fram_stun_transaction_cancel (&check->transaction);
  if (pair->first_sent < 0)
    pair->first_sent = now;

  if (consent)
    pair->counters.consent_requests_sent++;
  pair->counters.requests_sent++;
  transmit (agent, pair, check);
}

void
fram_ice_agent_cancel_check (FramIceAgent *agent, FramPair *pair)
{
  if (!fram_pair_is_checking (pair))
    return;
  pair->checks[0].silent = TRUE;
  fram_stun_transaction_cancel (&pair->checks[0].transaction);
}

void
fram_ice_agent_drop_checks (FramIceAgent *agent, FramPair *pair)
{
  for (guint i = 0; i < G_N_ELEMENTS (pair->checks); i++)
    end_check (agent, &pair->checks[i]);
}

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
  pair->nominate = FALSE;
  pair->peer_nominated = FALSE;
  pair->mapped = NULL;
  fram_pair_set_state (pair, FRAM_PAIR_FAILED, cause);
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
          pair->counters.requests_sent++;
          pair->counters.retransmissions_sent++;
          transmit (agent, pair, check);
          break;
        case FRAM_STUN_TRANSACTION_TIMEOUT:
          if (check->silent)
            end_check (agent, check);
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
             const FramAddress *mapped)
{
  FramIceStream *stream = &agent->streams[pair->stream];
  FramCandidate *local, *reflexive;
  guint n_reflexive = 0;

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
  fram_candidate_set_foundation (reflexive, &pair->remote->address);
  g_ptr_array_add (stream->locals, reflexive);
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
  if (check->use_candidate && agent->role == FRAM_ROLE_CONTROLLING)
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
  end_check (agent, check);
  fram_ice_consent_confirm (pair, now);
  pair->mapped = find_mapped (agent, pair, check, mapped);

  if (!was_valid)
    {
      /* A check that waits in the queue or is under way has nothing left to find out,
       * unless it nominates. */
      if (!pair->nominate)
        {
          fram_ice_agent_untrigger (agent, pair);
          fram_ice_agent_cancel_check (agent, pair);
        }
      fram_pair_set_state (pair, FRAM_PAIR_SUCCEEDED, FRAM_CAUSE_RESPONSE);
      pair->valid_since = now;
      if (component->first_valid < 0)
        component->first_valid = now;
      fram_ice_agent_unfreeze_like (agent, pair);
      fram_ice_agent_emit (agent, FRAM_ICE_EVENT_ROUTE, pair);
    }
  fram_ice_agent_sort (agent);
  confirm_nomination (agent, pair, check, now);
}

/* RFC 8445 §7.2.5.1, §7.2.5.2.4 */
static void
receive_error (FramIceAgent *agent, FramPair *pair, FramCheck *check, guint code)
{
  gboolean consent = check->silent;

  if (code == FRAM_STUN_ERROR_ROLE_CONFLICT)
    {
      end_check (agent, check);
      /* An answer to what was said in the other role tells nothing new. */
      if (check->role == agent->role)
        {
          fram_ice_agent_switch_role (agent);
          agent->tie_breaker = fram_random_u64 (agent->random);
        }
      if (pair->mapped == NULL)
        {
          fram_pair_set_state (pair, FRAM_PAIR_WAITING, FRAM_CAUSE_ROLE_CONFLICT);
          fram_ice_agent_trigger (agent, pair, FALSE);
        }
      return;
    }

  /* A cancelled check's error says nothing of the one that replaced it, and consent is lost
   * by silence, not by errors, which have no integrity (RFC 7675 §5.1). */
  if (consent)
    end_check (agent, check);
  else
    fram_ice_agent_fail_pair (agent, pair, FRAM_CAUSE_ERROR_RESPONSE);
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
fram_ice_agent_receive_response (FramIceAgent *agent, guint32 base,
                                 const FramAddress *remote,
                                 const FramStunMessage *message, FramTime now)
{
  FramCheck *check;
  FramPair *pair = find_asker (agent, &message->id, &check);
  FramStunIntegrity integrity;
  FramAddress mapped;
  const char *reason;
  gsize reason_length;
  guint code;

  if (pair == NULL)
    return;

  /* RFC 8489 §9.1.4: what does not prove the key is as if it had not come.  An error may
   * come without proof from who could not check the request. */
  integrity = fram_stun_message_check_integrity (message, &agent->remote_key);
  if (integrity == FRAM_STUN_INTEGRITY_WRONG
      || (integrity == FRAM_STUN_INTEGRITY_ABSENT && message->klass != FRAM_STUN_ERROR))
    return;
  pair->counters.responses_received++;

  if (message->klass == FRAM_STUN_ERROR)
    {
      if (fram_pair_has_tuple (pair, base, remote)
          && fram_stun_message_get_error (message, &code, &reason, &reason_length))
        receive_error (agent, pair, check, code);
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
  fram_ice_agent_settle (agent, now);
}
