/* The agent by itself: what it answers, asks and learns. */
#include "agent-fixture.h"
#include "stun/integrity.h"

#include <string.h>

/* --- Answers (RFC 8445 §7.3, RFC 8489 §9.1.3) -------------------------------------- */

/* What each answer holds (RFC 8445 §7.3, RFC 8489 §6.3.1, §9.1.3): the code; FINGERPRINT, and no
 * USERNAME; the proof of the key that was asked with, if it was proved. */
static void
assert_answer (AgentFixture *f, guint code, FramStunIntegrity integrity)
{
  FramStunMessage message;
  FramAddress mapped;
  FramHmacKey key;

  g_assert_cmpuint (agent_answer_code (f), ==, code);
  g_assert_true (fram_address_equal (&f->sent_to, &f->peer));
  g_assert_cmpuint (f->sent_by, ==, BASE);
  g_assert_cmpint (fram_stun_message_parse (&message, f->sent, f->sent_length), ==,
                   FRAM_STUN_PARSE_OK);
  g_assert_cmpuint (message.fingerprint, >, 0);
  g_assert_false (fram_stun_message_has (&message, FRAM_STUN_ATTR_USERNAME));
  fram_hmac_key_init (&key, (const guint8 *) PWD, strlen (PWD));
  g_assert_cmpint (fram_stun_message_check_integrity (&message, &key), ==, integrity);
  g_assert_cmpint (fram_stun_message_get_address (
                       &message, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS, &mapped),
                   ==, code == 0);
  if (code == 0)
    g_assert_true (fram_address_equal (&mapped, &f->peer));
}

static void
test_answers (AgentFixture *f, gconstpointer data)
{
  AgentCheck bad = agent_plain_check;

  agent_describe (f, 5);
  agent_receive (f, &agent_plain_check, &f->peer, FALSE);
  assert_answer (f, 0, FRAM_STUN_INTEGRITY_OK);

  bad.pwd = NULL;
  agent_receive (f, &bad, &f->peer, FALSE);
  assert_answer (f, FRAM_STUN_ERROR_BAD_REQUEST, FRAM_STUN_INTEGRITY_ABSENT);
  bad.pwd = PEER_PWD;
  agent_receive (f, &bad, &f->peer, FALSE);
  assert_answer (f, FRAM_STUN_ERROR_UNAUTHENTICATED, FRAM_STUN_INTEGRITY_ABSENT);
  bad = agent_plain_check;
  bad.no_priority = TRUE;
  agent_receive (f, &bad, &f->peer, FALSE);
  assert_answer (f, FRAM_STUN_ERROR_BAD_REQUEST, FRAM_STUN_INTEGRITY_OK);
  bad = agent_plain_check;
  bad.strange = 0x7ffe;
  agent_receive (f, &bad, &f->peer, FALSE);
  assert_answer (f, FRAM_STUN_ERROR_UNKNOWN_ATTRIBUTE, FRAM_STUN_INTEGRITY_OK);
  bad = agent_plain_check;
  bad.username = "local";
  agent_receive (f, &bad, &f->peer, FALSE);
  assert_answer (f, FRAM_STUN_ERROR_BAD_REQUEST, FRAM_STUN_INTEGRITY_OK);
  bad = agent_plain_check;
  bad.role_attribute = FRAM_STUN_ATTR_ICE_CONTROLLED;
  bad.tie_breaker = G_MAXUINT64;
  agent_receive (f, &bad, &f->peer, FALSE);
  assert_answer (f, FRAM_STUN_ERROR_ROLE_CONFLICT, FRAM_STUN_INTEGRITY_OK);
}

/* Nothing is learned from a check that was refused. */
static void
test_refused_checks_teach_nothing (AgentFixture *f, gconstpointer data)
{
  AgentCheck bad = agent_plain_check;

  agent_describe (f, 5);
  bad.pwd = PEER_PWD;
  agent_receive (f, &bad, &f->peer, FALSE);
  agent_receive (f, &agent_plain_check, &f->peer, TRUE);
  g_assert_cmpuint (agent_answer_code (f), ==, FRAM_STUN_ERROR_BAD_REQUEST);
  g_assert_cmpuint (fram_ice_agent_get_pairs (f->agent, 0)->len, ==, 0);
  g_assert_cmpuint (fram_ice_agent_get_remotes (f->agent, 0)->len, ==, 0);
}

/* RFC 8445 §7.3.1.1, both roles, both outcomes. */
static void
test_role_repair (AgentFixture *f, gconstpointer data)
{
  AgentCheck same = agent_plain_check;

  agent_describe (f, 5);
  same.role_attribute = FRAM_STUN_ATTR_ICE_CONTROLLED;
  same.tie_breaker = G_MAXUINT64;
  agent_receive (f, &same, &f->peer, FALSE);
  g_assert_cmpuint (agent_answer_code (f), ==, FRAM_STUN_ERROR_ROLE_CONFLICT);
  g_assert_cmpint (fram_ice_agent_get_role (f->agent), ==, FRAM_ROLE_CONTROLLED);

  same.tie_breaker = 0;
  agent_receive (f, &same, &f->peer, FALSE);
  g_assert_cmpuint (agent_answer_code (f), ==, 0);
  g_assert_cmpint (fram_ice_agent_get_role (f->agent), ==, FRAM_ROLE_CONTROLLING);

  same.role_attribute = FRAM_STUN_ATTR_ICE_CONTROLLING;
  agent_receive (f, &same, &f->peer, FALSE);
  g_assert_cmpuint (agent_answer_code (f), ==, FRAM_STUN_ERROR_ROLE_CONFLICT);
  same.tie_breaker = G_MAXUINT64;
  agent_receive (f, &same, &f->peer, FALSE);
  g_assert_cmpuint (agent_answer_code (f), ==, 0);
  g_assert_cmpint (fram_ice_agent_get_role (f->agent), ==, FRAM_ROLE_CONTROLLED);
}

/* RFC 8445 §7.3.1.3, §7.3.1.4; then the candidate comes by signalling: it is upgraded in
 * place. */
static void
test_peer_reflexive (AgentFixture *f, gconstpointer data)
{
  const FramPair *pair;
  FramCandidate *remote;

  agent_describe (f, 5);
  agent_receive (f, &agent_plain_check, &f->peer, FALSE);
  pair = agent_only_pair (f);
  g_assert_cmpint (pair->remote->type, ==, FRAM_CANDIDATE_PEER_REFLEXIVE);
  g_assert_cmpuint (pair->remote->priority, ==, 1845494271);
  g_assert_cmpint (pair->state, ==, FRAM_PAIR_WAITING);
  g_assert_cmpint (pair->cause, ==, FRAM_CAUSE_TRIGGERED_CHECK);
  g_assert_true (pair->readable);
  g_assert_cmpuint (f->n_routes, ==, 1);

  agent_add_peer (f, 1, "192.0.2.9:2000");
  g_assert_true (agent_only_pair (f) == pair);
  remote = g_ptr_array_index (fram_ice_agent_get_remotes (f->agent, 0), 0);
  g_assert_cmpint (remote->type, ==, FRAM_CANDIDATE_HOST);
  g_assert_cmpint (pair->state, ==, FRAM_PAIR_WAITING);
  g_assert_cmpuint (f->n_added, ==, 1);
}

/* Checks before the description are answered and kept, but no more than a few. */
static void
test_early (AgentFixture *f, gconstpointer data)
{
  AgentCheck foreign = agent_plain_check;

  foreign.username = "local:other";
  for (guint i = 0; i < 100; i++)
    {
      FramAddress from = f->peer;

      from.port = (guint16) (3000 + i);
      agent_receive (f, &agent_plain_check, &from, FALSE);
      g_assert_cmpuint (agent_answer_code (f), ==, 0);
    }
  agent_receive (f, &foreign, &f->peer, FALSE);
  g_assert_cmpuint (agent_answer_code (f), ==, 0);
  agent_describe (f, 5);
  g_assert_cmpuint (fram_ice_agent_get_pairs (f->agent, 0)->len, ==, 32);
}

/* Who was answered may send data, though its description is still on its way: for as long as the
 * answer is consent (RFC 7675 §5.1), and again with the next. */
static void
test_early_data (AgentFixture *f, gconstpointer data)
{
  agent_receive (f, &agent_plain_check, &f->peer, FALSE);
  g_assert_cmpuint (f->n_routes, ==, 1);
  agent_run_for (f, FRAM_SECONDS (20));
  agent_receive (f, &agent_plain_check, &f->peer, FALSE);
  agent_run_for (f, FRAM_SECONDS (29));
  g_assert_cmpuint (f->n_routes, ==, 1);
  g_assert_cmpuint (f->n_routes_over, ==, 0);
  agent_run_for (f, FRAM_SECONDS (2));
  g_assert_cmpuint (f->n_routes_over, ==, 1);
  agent_receive (f, &agent_plain_check, &f->peer, FALSE);
  g_assert_cmpuint (f->n_routes, ==, 2);
  agent_describe (f, 5);
  g_assert_cmpuint (f->n_added - f->n_removed, ==, 1);
}

/* A peer that checks from ever new addresses gets a bounded number of candidates. */
static void
test_reflexive_limit (AgentFixture *f, gconstpointer data)
{
  agent_describe (f, 5);
  for (guint i = 0; i < 200; i++)
    {
      FramAddress from = f->peer;

      from.port = (guint16) (3000 + i);
      agent_receive (f, &agent_plain_check, &from, FALSE);
    }
  g_assert_cmpuint (fram_ice_agent_get_remotes (f->agent, 0)->len, ==, 32);
}

/* Two sessions behind one hairpinning NAT that gives each flow another address: each check
 * comes from a new one, and is answered from another yet. */
static void
follow_chain (AgentFixture *f, guint length)
{
  for (guint i = 0; i < length; i++)
    {
      FramAddress from = f->peer, elsewhere = f->peer;

      from.port = (guint16) (3000 + i);
      elsewhere.port = (guint16) (13000 + i);
      agent_receive (f, &agent_plain_check, &from, FALSE);
      if (agent_check_now (f) && fram_address_equal (&f->sent_to, &from))
        agent_answer (f, 0, PEER_PWD, &f->own, &elsewhere);
    }
}

/* The addresses of a chain make room for each other, and for one that works. */
static void
test_chain_leaves_room (AgentFixture *f, gconstpointer data)
{
  const GPtrArray *pairs = fram_ice_agent_get_pairs (f->agent, 0);

  agent_describe (f, 5);
  follow_chain (f, 100);
  g_assert_cmpuint (fram_ice_agent_get_remotes (f->agent, 0)->len, <=, 32);
  g_assert_cmpuint (pairs->len, <=, 32);
  agent_receive (f, &agent_plain_check, &f->peer, FALSE);
  g_assert_true (agent_check_now (f));
  g_assert_true (fram_address_equal (&f->sent_to, &f->peer));
  agent_answer (f, 0, PEER_PWD, &f->own, &f->peer);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_CONNECTED);
}

/* It does not hold up what the peer has told. */
static void
test_chain_leaves_turns (AgentFixture *f, gconstpointer data)
{
  const FramPair *told;

  agent_describe (f, 5);
  agent_add_peer (f, 1, "192.0.2.20:2000");
  told = agent_only_pair (f);
  for (guint i = 0; i < 12; i++)
    {
      FramAddress from = f->peer;

      from.port = (guint16) (3000 + i);
      agent_receive (f, &agent_plain_check, &from, FALSE);
    }
  for (guint i = 0; i < 4; i++)
    g_assert_true (agent_check_now (f));
  g_assert_cmpint (told->first_sent, >=, 0);
}

/* It has an end: who has had no path in all the time learns no more addresses. */
static void
test_chain_ends (AgentFixture *f, gconstpointer data)
{
  agent_describe (f, 5);
  fram_ice_agent_end_remote (f->agent, f->now);
  agent_receive (f, &agent_plain_check, &f->peer, FALSE);
  g_assert_true (agent_check_now (f));
  f->now += FRAM_SECONDS (39);
  agent_receive (f, &agent_plain_check, &f->peer, FALSE);
  f->now += FRAM_SECONDS (1);
  fram_ice_agent_advance (f->agent, f->now);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_CHECKING);
  follow_chain (f, 1);
  g_assert_cmpuint (fram_ice_agent_get_remotes (f->agent, 0)->len, ==, 1);
}

/* --- Our own checks (RFC 8445 §7.2) ------------------------------------------------ */

static void
test_check_contents (AgentFixture *f, gconstpointer data)
{
  FramStunMessage message;
  FramHmacKey key;
  const char *username;
  gsize length;
  guint32 priority;
  guint64 tie_breaker;

  agent_describe (f, 5);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  g_assert_true (agent_check_now (f));
  g_assert_true (fram_address_equal (&f->sent_to, &f->peer));
  fram_stun_message_parse (&message, f->sent, f->sent_length);
  g_assert_true (
      fram_stun_message_get_text (&message, FRAM_STUN_ATTR_USERNAME, &username, &length));
  g_assert_cmpmem (username, length, "peer:local", 10);
  fram_hmac_key_init (&key, (const guint8 *) PEER_PWD, strlen (PEER_PWD));
  g_assert_cmpint (fram_stun_message_check_integrity (&message, &key), ==,
                   FRAM_STUN_INTEGRITY_OK);
  g_assert_cmpuint (message.fingerprint, >, 0);
  /* RFC 8445 §7.1.1: type preference 110, the rest as the local candidate's. */
  g_assert_true (
      fram_stun_message_get_u32 (&message, FRAM_STUN_ATTR_PRIORITY, &priority));
  g_assert_cmpuint (priority, ==, 110u << 24 | 65535u << 8 | 255u);
  g_assert_true (
      fram_stun_message_get_u64 (&message, FRAM_STUN_ATTR_ICE_CONTROLLED, &tie_breaker));
  g_assert_false (fram_stun_message_has (&message, FRAM_STUN_ATTR_USE_CANDIDATE));
}

static guint64
read_tie_breaker (AgentFixture *f, guint16 role_attribute)
{
  FramStunMessage message;
  guint64 tie_breaker;

  fram_stun_message_parse (&message, f->sent, f->sent_length);
  g_assert_true (fram_stun_message_get_u64 (&message, role_attribute, &tie_breaker));
  return tie_breaker;
}

/* RFC 8445 §16.1: "the same number for all Binding requests ... unless it has received a 487
 * response, in which case it MUST change the number" (§7.2.5.1), and its role. */
static void
test_tie_breaker (AgentFixture *f, gconstpointer data)
{
  guint64 first;

  agent_describe (f, 5);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  g_assert_true (agent_check_now (f));
  first = read_tie_breaker (f, FRAM_STUN_ATTR_ICE_CONTROLLED);
  agent_answer (f, 0, PEER_PWD, &f->own, &f->sent_to);
  agent_add_peer (f, 1, "192.0.2.10:2000");
  g_assert_true (agent_check_now (f));
  g_assert_cmpuint (read_tie_breaker (f, FRAM_STUN_ATTR_ICE_CONTROLLED), ==, first);

  agent_answer (f, FRAM_STUN_ERROR_ROLE_CONFLICT, PEER_PWD, NULL, &f->sent_to);
  g_assert_cmpint (fram_ice_agent_get_role (f->agent), ==, FRAM_ROLE_CONTROLLING);
  g_assert_true (agent_check_now (f));
  g_assert_cmpuint (read_tie_breaker (f, FRAM_STUN_ATTR_ICE_CONTROLLING), !=, first);
}

/* RFC 8445 §7.3.1.1: one that is "larger than or equal to" the peer's lets who is controlled
 * switch, and who controls stay. */
static void
test_role_tie (AgentFixture *f, gconstpointer data)
{
  AgentCheck same = agent_plain_check;

  agent_describe (f, 5);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  g_assert_true (agent_check_now (f));
  same.tie_breaker = read_tie_breaker (f, FRAM_STUN_ATTR_ICE_CONTROLLED);
  same.role_attribute = FRAM_STUN_ATTR_ICE_CONTROLLED;
  agent_receive (f, &same, &f->peer, FALSE);
  g_assert_cmpuint (agent_answer_code (f), ==, 0);
  g_assert_cmpint (fram_ice_agent_get_role (f->agent), ==, FRAM_ROLE_CONTROLLING);

  same.role_attribute = FRAM_STUN_ATTR_ICE_CONTROLLING;
  agent_receive (f, &same, &f->peer, FALSE);
  g_assert_cmpuint (agent_answer_code (f), ==, FRAM_STUN_ERROR_ROLE_CONFLICT);
  g_assert_cmpint (fram_ice_agent_get_role (f->agent), ==, FRAM_ROLE_CONTROLLING);
}

/* RFC 8445 §7.2.5.3.1, §7.2.5.3.2: the local candidate is the mapped address's. */
static void
test_mapped_address (AgentFixture *f, gconstpointer data)
{
  FramAddress mapped = agent_address ("203.0.113.5:4444");
  const FramPair *pair;

  agent_describe (f, 5);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  agent_check_now (f);
  agent_answer (f, 0, PEER_PWD, &mapped, &f->peer);
  pair = agent_only_pair (f);
  g_assert_cmpint (pair->state, ==, FRAM_PAIR_SUCCEEDED);
  g_assert_cmpint (pair->mapped->type, ==, FRAM_CANDIDATE_PEER_REFLEXIVE);
  g_assert_true (fram_address_equal (&pair->mapped->address, &mapped));
  g_assert_true (fram_address_equal (&pair->mapped->related, &f->own));
  g_assert_cmpint (pair->mapped->priority >> 24, ==, 110);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_CONNECTED);
}

static void
test_bad_answers (AgentFixture *f, gconstpointer data)
{
  FramAddress stranger = agent_address ("192.0.2.77:2000");

  agent_describe (f, 5);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  agent_check_now (f);

  /* Without proof, as if it had not come. */
  agent_answer (f, 0, PWD, &f->own, &f->peer);
  agent_answer (f, 0, NULL, &f->own, &f->peer);
  agent_answer (f, 401, NULL, NULL, &f->peer);
  g_assert_cmpint (agent_only_pair (f)->state, ==, FRAM_PAIR_IN_PROGRESS);
  /* RFC 8445 §7.2.5.2.1 */
  agent_answer (f, 0, PEER_PWD, &f->own, &stranger);
  g_assert_cmpint (agent_only_pair (f)->state, ==, FRAM_PAIR_FAILED);
  g_assert_cmpint (agent_only_pair (f)->cause, ==, FRAM_CAUSE_ASYMMETRIC);

  /* A check of the peer's revives the pair (§7.3.1.4). */
  agent_receive (f, &agent_plain_check, &f->peer, FALSE);
  g_assert_true (agent_check_now (f));
  agent_answer (f, 0, PEER_PWD, NULL, &f->peer);
  g_assert_cmpint (agent_only_pair (f)->cause, ==, FRAM_CAUSE_BAD_RESPONSE);
  agent_receive (f, &agent_plain_check, &f->peer, FALSE);
  g_assert_true (agent_check_now (f));
  agent_answer (f, 400, PEER_PWD, NULL, &f->peer);
  g_assert_cmpint (agent_only_pair (f)->cause, ==, FRAM_CAUSE_ERROR_RESPONSE);

  /* §7.2.5.2.1: it came to another address than the check left by. */
  agent_receive (f, &agent_plain_check, &f->peer, FALSE);
  g_assert_true (agent_check_now (f));
  f->sent_by = BASE + 1;
  agent_answer (f, 0, PEER_PWD, &f->own, &f->peer);
  g_assert_cmpint (agent_only_pair (f)->state, ==, FRAM_PAIR_FAILED);
  g_assert_cmpint (agent_only_pair (f)->cause, ==, FRAM_CAUSE_ASYMMETRIC);
}

/* The word that a 5-tuple is another session's may come by another way than the check went:
 * from a peer behind a NAT that gives each of its flows an address of its own. */
static void
test_refusal_from_elsewhere (AgentFixture *f, gconstpointer data)
{
  FramAddress elsewhere = agent_address ("192.0.2.9:4711");

  agent_describe (f, 5);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  agent_check_now (f);
  agent_answer (f, 400, PEER_PWD, NULL, &elsewhere);
  g_assert_cmpint (agent_only_pair (f)->state, ==, FRAM_PAIR_FAILED);
  g_assert_cmpint (agent_only_pair (f)->cause, ==, FRAM_CAUSE_ASYMMETRIC);
  g_assert_cmpuint (f->n_refused, ==, 1);
}

/* RFC 8445 §7.2.5.1: the role changes, the check is repeated in the other one. */
static void
test_conflict_answer (AgentFixture *f, gconstpointer data)
{
  FramStunMessage message;

  agent_describe (f, 5);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  agent_check_now (f);
  agent_answer (f, 487, PEER_PWD, NULL, &f->peer);
  g_assert_cmpint (fram_ice_agent_get_role (f->agent), ==, FRAM_ROLE_CONTROLLING);
  g_assert_cmpint (agent_only_pair (f)->state, ==, FRAM_PAIR_WAITING);
  g_assert_true (agent_check_now (f));
  fram_stun_message_parse (&message, f->sent, f->sent_length);
  g_assert_true (fram_stun_message_has (&message, FRAM_STUN_ATTR_ICE_CONTROLLING));

  /* And the other way round. */
  agent_answer (f, 487, PEER_PWD, NULL, &f->peer);
  g_assert_cmpint (fram_ice_agent_get_role (f->agent), ==, FRAM_ROLE_CONTROLLED);
  g_assert_true (agent_check_now (f));
  fram_stun_message_parse (&message, f->sent, f->sent_length);
  g_assert_true (fram_stun_message_has (&message, FRAM_STUN_ATTR_ICE_CONTROLLED));
}

/* The nomination of a controlled agent: before and after its own check. */
static void
test_peer_nominates (AgentFixture *f, gconstpointer when)
{
  AgentCheck nominating = agent_plain_check;

  nominating.use_candidate = TRUE;
  agent_describe (f, 5);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  if (GPOINTER_TO_INT (when) == 0)
    agent_receive (f, &nominating, &f->peer, FALSE);
  agent_check_now (f);
  agent_answer (f, 0, PEER_PWD, &f->own, &f->peer);
  if (GPOINTER_TO_INT (when) == 1)
    {
      g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_CONNECTED);
      agent_receive (f, &nominating, &f->peer, FALSE);
    }
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_COMPLETED);
  g_assert_true (agent_only_pair (f)->nominated);
}

/* A nomination that was accepted counts, though our own check had to be repeated. */
static void
test_nomination_outlives_failure (AgentFixture *f, gconstpointer data)
{
  AgentCheck nominating = agent_plain_check;

  nominating.use_candidate = TRUE;
  agent_describe (f, 5);
  agent_receive (f, &nominating, &f->peer, FALSE);
  g_assert_true (agent_check_now (f));
  fram_ice_agent_told_unreachable (f->agent, BASE, &f->peer, f->now);
  g_assert_cmpint (agent_only_pair (f)->state, ==, FRAM_PAIR_FAILED);
  agent_receive (f, &agent_plain_check, &f->peer, FALSE);
  g_assert_true (agent_check_now (f));
  agent_answer (f, 0, PEER_PWD, &f->own, &f->peer);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_COMPLETED);
}

static void
test_unreachable (AgentFixture *f, gconstpointer data)
{
  agent_describe (f, 5);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  fram_ice_agent_told_unreachable (f->agent, BASE, &f->peer, f->now);
  g_assert_cmpint (agent_only_pair (f)->state, !=, FRAM_PAIR_FAILED);
  agent_check_now (f);
  fram_ice_agent_told_unreachable (f->agent, BASE, &f->peer, f->now);
  g_assert_cmpint (agent_only_pair (f)->cause, ==, FRAM_CAUSE_UNREACHABLE);
}

/* RFC 8445 §14.2: the higher of both proposals, 50 ms for who proposes none. */
static void
test_pacing (AgentFixture *f, gconstpointer data)
{
  guint theirs = GPOINTER_TO_UINT (data);
  FramTime expected = FRAM_MILLISECONDS (theirs == 0 ? 50 : MAX (theirs, 5)), first;

  agent_describe (f, theirs);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  agent_add_peer (f, 1, "192.0.2.10:2000");
  /* One foundation: the second pair waits for the first, until that has succeeded. */
  g_assert_true (agent_check_now (f));
  first = f->now;
  agent_answer (f, 0, PEER_PWD, &f->own, &f->sent_to);
  g_assert_true (agent_check_now (f));
  g_assert_cmpint (f->now - first, ==, expected);
}

typedef struct
{
  guint n_pairs;
  guint pacing;
  FramTime rto;
} Rto;

/* RFC 8445 §14.3: MAX (500 ms, Ta * N * (Num-Waiting + Num-In-Progress)), and not more than 3 s. */
static const Rto rtos[] = {
  { 2, 5, FRAM_MILLISECONDS (500) },
  { 20, 5, FRAM_MILLISECONDS (2000) },
  { 5, 50, FRAM_MILLISECONDS (1250) },
  { 60, 5, FRAM_SECONDS (3) },
};

static void
test_rto (AgentFixture *f, gconstpointer data)
{
  const Rto *expected = data;
  FramTime sent;

  agent_describe (f, expected->pacing);
  for (guint i = 0; i < expected->n_pairs; i++)
    {
      g_autofree char *at = g_strdup_printf ("192.0.2.%u:2000", 10 + i);

      agent_add_peer (f, 1, at);
    }
  g_assert_true (agent_check_now (f));
  sent = f->now;
  agent_run_until (f, sent + expected->rto - 1);
  g_assert_cmpuint (f->n_sent, ==, 1);
  agent_run_until (f, sent + expected->rto);
  g_assert_cmpuint (f->n_sent, ==, 2);
}

#define CASE(path, data, function)                                                       \
  g_test_add ("/ice/agent/" path, AgentFixture, data, agent_setup, function,             \
              agent_teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("answers", NULL, test_answers);
  CASE ("refused-checks-teach-nothing", NULL, test_refused_checks_teach_nothing);
  CASE ("role-repair", NULL, test_role_repair);
  CASE ("peer-reflexive", NULL, test_peer_reflexive);
  CASE ("early", NULL, test_early);
  CASE ("early-data", NULL, test_early_data);
  CASE ("reflexive-limit", NULL, test_reflexive_limit);
  CASE ("chain/leaves-room", NULL, test_chain_leaves_room);
  CASE ("chain/leaves-turns", NULL, test_chain_leaves_turns);
  CASE ("chain/ends", NULL, test_chain_ends);
  CASE ("check-contents", NULL, test_check_contents);
  CASE ("tie-breaker", NULL, test_tie_breaker);
  CASE ("role-tie", NULL, test_role_tie);
  CASE ("mapped-address", NULL, test_mapped_address);
  CASE ("bad-answers", NULL, test_bad_answers);
  CASE ("refusal-from-elsewhere", NULL, test_refusal_from_elsewhere);
  CASE ("conflict-answer", NULL, test_conflict_answer);
  CASE ("peer-nominates/first", GINT_TO_POINTER (0), test_peer_nominates);
  CASE ("peer-nominates/later", GINT_TO_POINTER (1), test_peer_nominates);
  CASE ("nomination-outlives-failure", NULL, test_nomination_outlives_failure);
  CASE ("unreachable", NULL, test_unreachable);
  CASE ("rto/few", &rtos[0], test_rto);
  CASE ("rto/some", &rtos[1], test_rto);
  CASE ("rto/paced", &rtos[2], test_rto);
  CASE ("rto/many", &rtos[3], test_rto);
  CASE ("pacing/none", GUINT_TO_POINTER (0), test_pacing);
  CASE ("pacing/less", GUINT_TO_POINTER (1), test_pacing);
  CASE ("pacing/more", GUINT_TO_POINTER (80), test_pacing);
  return g_test_run ();
}
