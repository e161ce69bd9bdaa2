/* Binding requests on their way: built, sent, repeated, ended.  What their answers mean is
 * check.c. (RFC 8445 §7.1, §7.2.4, §14.3) */
#include "ice/agent-private.h"

#include <string.h>

#include "stun/builder.h"

/* When the seventh transmission of a check with an RTO of 500 ms goes out. */
#define LAST_TRANSMISSION FRAM_MILLISECONDS (31500)

/* RFC 8445 §7.1.1: the priority our side would have if the check were to find a
 * peer-reflexive candidate. */
static guint32
reflexive_priority (const FramCandidate *local)
{
  guint16 preference = (guint16) (local->priority >> 8 & 0xffff);

  if (fram_transport_is_tcp (local->transport))
    return fram_candidate_tcp_priority (FRAM_CANDIDATE_PEER_REFLEXIVE, local->transport,
                                        preference & FRAM_TCP_OTHER_PREFERENCE_MAX,
                                        local->component);
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

/* Of a pair that is valid.  How long its answer takes is known, and as long as it is under way, the
 * two sides may send by different pairs. */
static gboolean
is_nomination (const FramPair *pair)
{
  return pair->nominate != 0 && pair->mapped != NULL && pair->rtt >= 0;
}

/* RFC 8445 §14.3: RTO = MAX (500 ms, Ta * N * (Num-Waiting + Num-In-Progress)).  With many
 * pairs the product reaches a minute, and one lost packet would decide; the same section
 * allows other reckonings from 500 ms on, so it ends at 3 s, and is two round trips for a
 * nomination.  A check lives 39.5 s in any case, as one with an RTO of 500 ms does: RFC 8863 §4
 * waits for it as long. */
static FramStunTiming
check_timing (FramIceAgent *agent, const FramPair *pair)
{
  FramStunTiming timing = FRAM_STUN_TIMING_DEFAULT (FRAM_MILLISECONDS (500));
  guint all, open;

  /* RFC 6544 §7.1: nothing is sent again, for TCP sees to that. */
  timing.reliable = fram_pair_is_tcp (pair);
  count_checks (agent, &all, &open);
  timing.rto = CLAMP (is_nomination (pair) ? 2 * pair->rtt : agent->ta * all * open,
                      timing.rto, FRAM_SECONDS (3));
  /* The n-th transmission goes out after 2^(n-1) - 1 times the RTO (RFC 8489 §6.2.1). */
  while (((1 << (timing.count - 1)) - 1) * timing.rto > LAST_TRANSMISSION)
    timing.count--;
  timing.last_wait
      = (guint8) (FRAM_ICE_PATIENCE / timing.rto - ((1 << (timing.count - 1)) - 1));
  return timing;
}

/* Return: (transfer none): for what is to be added. */
static FramIceEvent *
emit_packet (FramIceAgent *agent, const FramPair *pair, const guint8 *bytes, gsize length)
{
  FramIceEvent *event = fram_ice_agent_emit (agent, FRAM_ICE_EVENT_TRANSMIT, pair);

  event->data = g_memdup2 (bytes, length);
  event->length = (guint16) length;
  return event;
}

/* draft-thatcher-ice-renomination-01 §4: a value, if both sides renominate (ours always tells so).
 * USE-CANDIDATE stays: who announces the option may look for that alone. */
static void
add_nomination (const FramIceAgent *agent, FramStunBuilder *builder, guint32 value)
{
  fram_stun_builder_add_flag (builder, FRAM_STUN_ATTR_USE_CANDIDATE);
  if (fram_ice_agent_renominates (agent))
    fram_stun_builder_add_u32 (builder, FRAM_STUN_ATTR_NOMINATION, value);
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
                             check->tie_breaker);
  if (check->nomination != 0)
    add_nomination (agent, &builder, check->nomination);
  fram_stun_builder_add_integrity (&builder, &agent->remote_key);
  fram_stun_builder_add_fingerprint (&builder);
  length = fram_stun_builder_end (&builder);
  g_assert (length > 0);

  event = emit_packet (agent, pair, buffer, length);
  event->id = check->transaction.id;
  event->awaits = TRUE;
}

void
fram_ice_agent_send_keepalive (FramIceAgent *agent, const FramPair *pair)
{
  guint8 keepalive[FRAM_STUN_KEEPALIVE_SIZE];

  fram_stun_write_keepalive (agent->random, keepalive);
  emit_packet (agent, pair, keepalive, sizeof keepalive);
}

void
fram_ice_agent_end_check (FramIceAgent *agent, FramPair *pair, FramCheck *check)
{
  if (!check->pending)
    return;
  check->pending = FALSE;
  pair->n_awaited--;
  fram_ice_agent_emit (agent, FRAM_ICE_EVENT_TRANSACTION_OVER, NULL)->id
      = check->transaction.id;
}

void
fram_ice_agent_send_check (FramIceAgent *agent, FramPair *pair, gboolean consent,
                           FramTime now)
{
  FramStunTiming timing = check_timing (agent, pair);
  FramCheck *check = &pair->checks[0];

  if (pair->n_awaited > 0)
    {
      fram_ice_agent_end_check (agent, pair, &pair->checks[FRAM_PAIR_CHECKS - 1]);
      memmove (pair->checks + 1, pair->checks, (FRAM_PAIR_CHECKS - 1) * sizeof *check);
    }

  fram_stun_transaction_start (&check->transaction, &timing, agent->random, now);
  check->priority = reflexive_priority (pair->local);
  check->role = agent->role;
  check->tie_breaker = agent->tie_breaker;
  check->nomination
      = !consent && agent->role == FRAM_ROLE_CONTROLLING ? pair->nominate : 0;
  check->pending = TRUE;
  pair->n_awaited++;
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
    fram_ice_agent_end_check (agent, pair, &pair->checks[i]);
}

/* A transmission that is due. */
void
fram_ice_agent_repeat_check (FramIceAgent *agent, FramPair *pair, const FramCheck *check)
{
  pair->counters.requests_sent++;
  pair->counters.retransmissions_sent++;
  transmit (agent, pair, check);
}
