/* The agent by itself: what it answers, what it learns, how it orders and frees its pairs.
 * The test plays the peer with messages of its own making. */
#include <string.h>

#include "ice/agent.h"
#include "seeded-random.h"
#include "stun/builder.h"
#include "stun/integrity.h"

#define BASE 7
#define PWD "localpassword0123456789a"
#define PEER_PWD "peerpassword0123456789ab"

typedef struct
{
  SeededRandom random;
  FramIceAgent *agent;
  FramTime now;
  FramAddress own, peer;
  guint8 sent[FRAM_STUN_MAX_SENT]; /* the last message the agent transmitted */
  gsize sent_length;
  FramAddress sent_to;
  guint n_sent, n_added, n_removed, n_routes;
} Fixture;

static FramAddress
address (const char *text)
{
  FramAddress result;

  g_assert_true (fram_address_parse (&result, text));
  return result;
}

static void
drain (Fixture *f)
{
  FramIceEvent event;

  while (fram_ice_agent_pop (f->agent, &event))
    {
      f->n_added += event.type == FRAM_ICE_EVENT_PAIR_ADDED;
      f->n_removed += event.type == FRAM_ICE_EVENT_PAIR_REMOVED;
      f->n_routes += event.type == FRAM_ICE_EVENT_ROUTE;
      if (event.type != FRAM_ICE_EVENT_TRANSMIT)
        continue;
      f->n_sent++;
      f->sent_to = event.remote;
      f->sent_length = event.length;
      memcpy (f->sent, event.data, event.length);
      g_free (event.data);
    }
}

static FramCandidate
host (guint32 base, guint component, const char *at)
{
  FramCandidate candidate = { .type = FRAM_CANDIDATE_HOST,
                              .transport = FRAM_TRANSPORT_UDP,
                              .component = (guint16) component,
                              .base = base,
                              .address = address (at) };
  FramAddress nobody = { 0 };

  candidate.base_address = candidate.address;
  candidate.priority
      = fram_candidate_priority (FRAM_CANDIDATE_HOST, 65535, (guint16) component);
  fram_candidate_set_foundation (&candidate, &nobody);
  return candidate;
}

static void
begin (Fixture *f, FramRole role, guint n_streams, guint n_components, guint max_pairs)
{
  FramIceConfig config = { .role = role,
                           .ufrag = "local",
                           .pwd = PWD,
                           .pacing = 5,
                           .max_pairs = max_pairs,
                           .n_streams = n_streams };

  seeded_random_init (&f->random, 3);
  for (guint s = 0; s < n_streams; s++)
    config.n_components[s] = n_components;
  f->now = FRAM_SECONDS (10);
  f->own = address ("192.0.2.1:1000");
  f->peer = address ("192.0.2.9:2000");
  f->agent = fram_ice_agent_new (&config, &f->random.random, f->now);
}

static void
setup (Fixture *f, gconstpointer data)
{
  FramCandidate local = host (BASE, 1, "192.0.2.1:1000");

  begin (f, FRAM_ROLE_CONTROLLED, 1, 1, 100);
  g_assert_cmpint (fram_ice_agent_add_local (f->agent, 0, &local, f->now), ==,
                   FRAM_ICE_ADD_OK);
  fram_ice_agent_end_local (f->agent, f->now);
  drain (f);
}

static void
teardown (Fixture *f, gconstpointer data)
{
  fram_ice_agent_free (f->agent);
}

static void
describe (Fixture *f, guint pacing)
{
  FramDescription remote = { .ufrag = "peer", .pwd = PEER_PWD, .pacing = pacing };

  fram_ice_agent_set_remote (f->agent, &remote, f->now);
  drain (f);
}

/* A check of the peer's, to be changed before it is signed. */
typedef struct
{
  const char *username;
  const char *pwd; /* NULL: without integrity */
  gboolean no_priority;
  gboolean use_candidate;
  guint16 role_attribute;
  guint64 tie_breaker;
  guint16 strange; /* a comprehension-required attribute */
} Check;

static const Check plain = { .username = "local:peer",
                             .pwd = PWD,
                             .role_attribute = FRAM_STUN_ATTR_ICE_CONTROLLING,
                             .tie_breaker = 5 };

static void
receive (Fixture *f, const Check *check, const FramAddress *from, gboolean taken)
{
  guint8 buffer[512];
  FramStunBuilder builder;
  FramStunMessage message;
  FramStunId id = { { 1, 2, 3 } };
  FramHmacKey key;
  gsize length;

  fram_stun_builder_init (&builder, buffer, sizeof buffer, FRAM_STUN_REQUEST,
                          FRAM_STUN_BINDING, &id);
  fram_stun_builder_add_text (&builder, FRAM_STUN_ATTR_USERNAME, check->username);
  if (!check->no_priority)
    fram_stun_builder_add_u32 (&builder, FRAM_STUN_ATTR_PRIORITY, 1845494271);
  fram_stun_builder_add_u64 (&builder, check->role_attribute, check->tie_breaker);
  if (check->use_candidate)
    fram_stun_builder_add_flag (&builder, FRAM_STUN_ATTR_USE_CANDIDATE);
  if (check->strange != 0)
    fram_stun_builder_add_u32 (&builder, check->strange, 1);
  if (check->pwd != NULL)
    {
      fram_hmac_key_init (&key, (const guint8 *) check->pwd, strlen (check->pwd));
      fram_stun_builder_add_integrity (&builder, &key);
    }
  fram_stun_builder_add_fingerprint (&builder);
  length = fram_stun_builder_end (&builder);
  g_assert_cmpint (fram_stun_message_parse (&message, buffer, length), ==,
                   FRAM_STUN_PARSE_OK);
  f->sent_length = 0;
  fram_ice_agent_receive_request (f->agent, BASE, from, &message, taken, f->now);
  drain (f);
}

/* The error code of the last answer; 0: success. */
static guint
answer_code (Fixture *f)
{
  FramStunMessage message;
  const char *reason;
  gsize length;
  guint code = 0;

  g_assert_cmpuint (f->sent_length, >, 0);
  g_assert_cmpint (fram_stun_message_parse (&message, f->sent, f->sent_length), ==,
                   FRAM_STUN_PARSE_OK);
  if (message.klass == FRAM_STUN_SUCCESS)
    return 0;
  g_assert_cmpint (message.klass, ==, FRAM_STUN_ERROR);
  g_assert_true (fram_stun_message_get_error (&message, &code, &reason, &length));
  return code;
}

/* Sends the check that is due and answers it with `code`, 0 for success. */
static void
answer (Fixture *f, guint code, const char *pwd, const FramAddress *mapped,
        const FramAddress *from)
{
  guint8 buffer[512];
  FramStunBuilder builder;
  FramStunMessage request, response;
  FramHmacKey key;
  gsize length;

  g_assert_cmpint (fram_stun_message_parse (&request, f->sent, f->sent_length), ==,
                   FRAM_STUN_PARSE_OK);
  g_assert_cmpint (request.klass, ==, FRAM_STUN_REQUEST);
  fram_stun_builder_init_response (&builder, buffer, sizeof buffer,
                                   code == 0 ? FRAM_STUN_SUCCESS : FRAM_STUN_ERROR,
                                   &request);
  if (code != 0)
    fram_stun_builder_add_error (&builder, code, "no");
  else if (mapped != NULL)
    fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS, mapped);
  if (pwd != NULL)
    {
      fram_hmac_key_init (&key, (const guint8 *) pwd, strlen (pwd));
      fram_stun_builder_add_integrity (&builder, &key);
    }
  fram_stun_builder_add_fingerprint (&builder);
  length = fram_stun_builder_end (&builder);
  g_assert_cmpint (fram_stun_message_parse (&response, buffer, length), ==,
                   FRAM_STUN_PARSE_OK);
  fram_ice_agent_receive_response (f->agent, BASE, from, &response, f->now);
  drain (f);
}

static gboolean
check_now (Fixture *f)
{
  gboolean sent;

  f->now = MAX (f->now, fram_ice_agent_check_due (f->agent));
  sent = f->now != FRAM_TIME_NEVER && fram_ice_agent_check (f->agent, f->now);
  drain (f);
  return sent;
}

static void
add_peer (Fixture *f, guint component, const char *at)
{
  FramCandidate remote = host (0, component, at);

  fram_ice_agent_add_remote (f->agent, 0, &remote, 64, f->now);
  drain (f);
}

static const FramPair *
only_pair (Fixture *f)
{
  const GPtrArray *pairs = fram_ice_agent_get_pairs (f->agent, 0);

  g_assert_cmpuint (pairs->len, ==, 1);
  return g_ptr_array_index (pairs, 0);
}

/* --- Answers (RFC 8445 §7.3, RFC 8489 §9.1.3) -------------------------------------- */

static void
test_answers (Fixture *f, gconstpointer data)
{
  const Check *check = &plain;
  Check bad = plain;

  describe (f, 5);
  receive (f, check, &f->peer, FALSE);
  g_assert_cmpuint (answer_code (f), ==, 0);

  bad.pwd = NULL;
  receive (f, &bad, &f->peer, FALSE);
  g_assert_cmpuint (answer_code (f), ==, FRAM_STUN_ERROR_BAD_REQUEST);
  bad.pwd = PEER_PWD;
  receive (f, &bad, &f->peer, FALSE);
  g_assert_cmpuint (answer_code (f), ==, FRAM_STUN_ERROR_UNAUTHENTICATED);
  bad = plain;
  bad.no_priority = TRUE;
  receive (f, &bad, &f->peer, FALSE);
  g_assert_cmpuint (answer_code (f), ==, FRAM_STUN_ERROR_BAD_REQUEST);
  bad = plain;
  bad.strange = 0x7ffe;
  receive (f, &bad, &f->peer, FALSE);
  g_assert_cmpuint (answer_code (f), ==, FRAM_STUN_ERROR_UNKNOWN_ATTRIBUTE);
  bad = plain;
  bad.username = "local";
  receive (f, &bad, &f->peer, FALSE);
  g_assert_cmpuint (answer_code (f), ==, FRAM_STUN_ERROR_BAD_REQUEST);
}

/* Nothing is learned from a check that was refused. */
static void
test_refused_checks_teach_nothing (Fixture *f, gconstpointer data)
{
  Check bad = plain;

  describe (f, 5);
  bad.pwd = PEER_PWD;
  receive (f, &bad, &f->peer, FALSE);
  receive (f, &plain, &f->peer, TRUE);
  g_assert_cmpuint (answer_code (f), ==, FRAM_STUN_ERROR_BAD_REQUEST);
  g_assert_cmpuint (fram_ice_agent_get_pairs (f->agent, 0)->len, ==, 0);
  g_assert_cmpuint (fram_ice_agent_get_remotes (f->agent, 0)->len, ==, 0);
}

/* RFC 8445 §7.3.1.1, both roles, both outcomes. */
static void
test_role_repair (Fixture *f, gconstpointer data)
{
  Check same = plain;

  describe (f, 5);
  same.role_attribute = FRAM_STUN_ATTR_ICE_CONTROLLED;
  same.tie_breaker = G_MAXUINT64;
  receive (f, &same, &f->peer, FALSE);
  g_assert_cmpuint (answer_code (f), ==, FRAM_STUN_ERROR_ROLE_CONFLICT);
  g_assert_cmpint (fram_ice_agent_get_role (f->agent), ==, FRAM_ROLE_CONTROLLED);

  same.tie_breaker = 0;
  receive (f, &same, &f->peer, FALSE);
  g_assert_cmpuint (answer_code (f), ==, 0);
  g_assert_cmpint (fram_ice_agent_get_role (f->agent), ==, FRAM_ROLE_CONTROLLING);

  same.role_attribute = FRAM_STUN_ATTR_ICE_CONTROLLING;
  receive (f, &same, &f->peer, FALSE);
  g_assert_cmpuint (answer_code (f), ==, FRAM_STUN_ERROR_ROLE_CONFLICT);
  same.tie_breaker = G_MAXUINT64;
  receive (f, &same, &f->peer, FALSE);
  g_assert_cmpuint (answer_code (f), ==, 0);
  g_assert_cmpint (fram_ice_agent_get_role (f->agent), ==, FRAM_ROLE_CONTROLLED);
}

/* RFC 8445 §7.3.1.3, §7.3.1.4; then the candidate comes by signalling: it is upgraded in
 * place. */
static void
test_peer_reflexive (Fixture *f, gconstpointer data)
{
  const FramPair *pair;
  FramCandidate *remote;

  describe (f, 5);
  receive (f, &plain, &f->peer, FALSE);
  pair = only_pair (f);
  g_assert_cmpint (pair->remote->type, ==, FRAM_CANDIDATE_PEER_REFLEXIVE);
  g_assert_cmpuint (pair->remote->priority, ==, 1845494271);
  g_assert_cmpint (pair->state, ==, FRAM_PAIR_WAITING);
  g_assert_cmpint (pair->cause, ==, FRAM_CAUSE_TRIGGERED_CHECK);
  g_assert_true (pair->readable);
  g_assert_cmpuint (f->n_routes, ==, 1);

  add_peer (f, 1, "192.0.2.9:2000");
  g_assert_true (only_pair (f) == pair);
  remote = g_ptr_array_index (fram_ice_agent_get_remotes (f->agent, 0), 0);
  g_assert_cmpint (remote->type, ==, FRAM_CANDIDATE_HOST);
  g_assert_cmpint (pair->state, ==, FRAM_PAIR_WAITING);
  g_assert_cmpuint (f->n_added, ==, 1);
}

/* Checks before the description are answered and kept, but no more than a few. */
static void
test_early (Fixture *f, gconstpointer data)
{
  Check foreign = plain;

  foreign.username = "local:other";
  for (guint i = 0; i < 100; i++)
    {
      FramAddress from = f->peer;

      from.port = (guint16) (3000 + i);
      receive (f, &plain, &from, FALSE);
      g_assert_cmpuint (answer_code (f), ==, 0);
    }
  receive (f, &foreign, &f->peer, FALSE);
  g_assert_cmpuint (answer_code (f), ==, 0);
  describe (f, 5);
  g_assert_cmpuint (fram_ice_agent_get_pairs (f->agent, 0)->len, ==, 32);
}

/* A peer that checks from ever new addresses gets a bounded number of candidates. */
static void
test_reflexive_limit (Fixture *f, gconstpointer data)
{
  describe (f, 5);
  for (guint i = 0; i < 200; i++)
    {
      FramAddress from = f->peer;

      from.port = (guint16) (3000 + i);
      receive (f, &plain, &from, FALSE);
    }
  g_assert_cmpuint (fram_ice_agent_get_remotes (f->agent, 0)->len, ==, 32);
}

/* --- Our own checks (RFC 8445 §7.2) ------------------------------------------------ */

static void
test_check_contents (Fixture *f, gconstpointer data)
{
  FramStunMessage message;
  FramHmacKey key;
  const char *username;
  gsize length;
  guint32 priority;
  guint64 tie_breaker;

  describe (f, 5);
  add_peer (f, 1, "192.0.2.9:2000");
  g_assert_true (check_now (f));
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

/* RFC 8445 §7.2.5.3.1, §7.2.5.3.2: the local candidate is the mapped address's. */
static void
test_mapped_address (Fixture *f, gconstpointer data)
{
  FramAddress mapped = address ("203.0.113.5:4444");
  const FramPair *pair;

  describe (f, 5);
  add_peer (f, 1, "192.0.2.9:2000");
  check_now (f);
  answer (f, 0, PEER_PWD, &mapped, &f->peer);
  pair = only_pair (f);
  g_assert_cmpint (pair->state, ==, FRAM_PAIR_SUCCEEDED);
  g_assert_cmpint (pair->mapped->type, ==, FRAM_CANDIDATE_PEER_REFLEXIVE);
  g_assert_true (fram_address_equal (&pair->mapped->address, &mapped));
  g_assert_true (fram_address_equal (&pair->mapped->related, &f->own));
  g_assert_cmpint (pair->mapped->priority >> 24, ==, 110);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_CONNECTED);
}

static void
test_bad_answers (Fixture *f, gconstpointer data)
{
  FramAddress stranger = address ("192.0.2.77:2000");

  describe (f, 5);
  add_peer (f, 1, "192.0.2.9:2000");
  check_now (f);

  /* Without proof, as if it had not come. */
  answer (f, 0, PWD, &f->own, &f->peer);
  answer (f, 0, NULL, &f->own, &f->peer);
  g_assert_cmpint (only_pair (f)->state, ==, FRAM_PAIR_IN_PROGRESS);
  /* RFC 8445 §7.2.5.2.1 */
  answer (f, 0, PEER_PWD, &f->own, &stranger);
  g_assert_cmpint (only_pair (f)->state, ==, FRAM_PAIR_FAILED);
  g_assert_cmpint (only_pair (f)->cause, ==, FRAM_CAUSE_ASYMMETRIC);

  /* A check of the peer's revives the pair (§7.3.1.4). */
  receive (f, &plain, &f->peer, FALSE);
  g_assert_true (check_now (f));
  answer (f, 0, PEER_PWD, NULL, &f->peer);
  g_assert_cmpint (only_pair (f)->cause, ==, FRAM_CAUSE_BAD_RESPONSE);
  receive (f, &plain, &f->peer, FALSE);
  g_assert_true (check_now (f));
  answer (f, 400, PEER_PWD, NULL, &f->peer);
  g_assert_cmpint (only_pair (f)->cause, ==, FRAM_CAUSE_ERROR_RESPONSE);
}

/* RFC 8445 §7.2.5.1: the role changes, the check is repeated in the other one. */
static void
test_conflict_answer (Fixture *f, gconstpointer data)
{
  FramStunMessage message;

  describe (f, 5);
  add_peer (f, 1, "192.0.2.9:2000");
  check_now (f);
  answer (f, 487, PEER_PWD, NULL, &f->peer);
  g_assert_cmpint (fram_ice_agent_get_role (f->agent), ==, FRAM_ROLE_CONTROLLING);
  g_assert_cmpint (only_pair (f)->state, ==, FRAM_PAIR_WAITING);
  g_assert_true (check_now (f));
  fram_stun_message_parse (&message, f->sent, f->sent_length);
  g_assert_true (fram_stun_message_has (&message, FRAM_STUN_ATTR_ICE_CONTROLLING));
}

/* The nomination of a controlled agent: before and after its own check. */
static void
test_peer_nominates (Fixture *f, gconstpointer when)
{
  Check nominating = plain;

  nominating.use_candidate = TRUE;
  describe (f, 5);
  add_peer (f, 1, "192.0.2.9:2000");
  if (GPOINTER_TO_INT (when) == 0)
    receive (f, &nominating, &f->peer, FALSE);
  check_now (f);
  answer (f, 0, PEER_PWD, &f->own, &f->peer);
  if (GPOINTER_TO_INT (when) == 1)
    {
      g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_CONNECTED);
      receive (f, &nominating, &f->peer, FALSE);
    }
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_COMPLETED);
  g_assert_true (only_pair (f)->nominated);
}

static void
test_unreachable (Fixture *f, gconstpointer data)
{
  describe (f, 5);
  add_peer (f, 1, "192.0.2.9:2000");
  fram_ice_agent_told_unreachable (f->agent, BASE, &f->peer, f->now);
  g_assert_cmpint (only_pair (f)->state, !=, FRAM_PAIR_FAILED);
  check_now (f);
  fram_ice_agent_told_unreachable (f->agent, BASE, &f->peer, f->now);
  g_assert_cmpint (only_pair (f)->cause, ==, FRAM_CAUSE_UNREACHABLE);
}

/* RFC 8445 §14.2: the higher of both proposals, 50 ms for who proposes none. */
static void
test_pacing (Fixture *f, gconstpointer data)
{
  guint theirs = GPOINTER_TO_UINT (data);
  FramTime expected = FRAM_MILLISECONDS (theirs == 0 ? 50 : MAX (theirs, 5)), first;

  describe (f, theirs);
  add_peer (f, 1, "192.0.2.9:2000");
  add_peer (f, 1, "192.0.2.10:2000");
  /* One foundation: the second pair waits for the first, until that has succeeded. */
  g_assert_true (check_now (f));
  first = f->now;
  answer (f, 0, PEER_PWD, &f->own, &f->sent_to);
  g_assert_true (check_now (f));
  g_assert_cmpint (f->now - first, ==, expected);
}

/* --- Check lists (RFC 8445 §6.1.2) ------------------------------------------------- */

/* The table of §6.1.2.6: for each foundation, one pair of the lowest component in the first
 * list begins; the others follow when it has succeeded (§7.2.5.3.3). */
static void
test_freezing (void)
{
  Fixture f = { 0 };
  FramCandidate remote;
  guint waiting = 0, base = 1;

  begin (&f, FRAM_ROLE_CONTROLLING, 2, 2, 100);
  for (guint s = 0; s < 2; s++)
    for (guint c = 1; c <= 2; c++)
      {
        g_autofree char *at = g_strdup_printf ("192.0.2.1:%u", 1000 + base);
        FramCandidate local = host (base++, c, at);

        fram_ice_agent_add_local (f.agent, s, &local, f.now);
        at[8] = '9';
        remote = host (0, c, at);
        fram_ice_agent_add_remote (f.agent, s, &remote, 64, f.now);
      }
  describe (&f, 5);
  g_assert_true (check_now (&f));
  for (guint s = 0; s < 2; s++)
    {
      const GPtrArray *pairs = fram_ice_agent_get_pairs (f.agent, s);

      g_assert_cmpuint (pairs->len, ==, 2);
      for (guint i = 0; i < pairs->len; i++)
        {
          const FramPair *pair = g_ptr_array_index (pairs, i);

          if (s == 0 && pair->component == 1)
            g_assert_cmpint (pair->state, ==, FRAM_PAIR_IN_PROGRESS);
          else
            g_assert_cmpint (pair->state, ==, FRAM_PAIR_FROZEN);
          waiting += pair->state == FRAM_PAIR_WAITING;
        }
    }
  g_assert_cmpuint (waiting, ==, 0);
  g_assert_cmpint (fram_ice_agent_check_due (f.agent), ==, FRAM_TIME_NEVER);
  fram_ice_agent_free (f.agent);
}

/* RFC 8838 §12 rule 1: a pair of the first stream that comes late does not wait for what a
 * later stream, which came first, is trying. */
static void
test_late_topmost (void)
{
  Fixture f = { 0 };
  const FramPair *late;

  begin (&f, FRAM_ROLE_CONTROLLING, 2, 1, 100);
  describe (&f, 5);
  for (guint n = 2; n > 0; n--)
    {
      g_autofree char *at = g_strdup_printf ("192.0.2.1:%u", 1000 + n);
      FramCandidate local = host (n, 1, at), remote;

      at[8] = '9';
      remote = host (0, 1, at);
      fram_ice_agent_add_local (f.agent, n - 1, &local, f.now);
      fram_ice_agent_add_remote (f.agent, n - 1, &remote, 64, f.now);
      g_assert_true (check_now (&f));
      g_assert_cmpuint (f.sent_to.port, ==, 1000 + n);
    }
  late = g_ptr_array_index (fram_ice_agent_get_pairs (f.agent, 0), 0);
  g_assert_cmpint (late->state, ==, FRAM_PAIR_IN_PROGRESS);
  fram_ice_agent_free (f.agent);
}

/* RFC 8445 §6.1.2.5: a better pair takes the place of the least one, a worse one none. */
static void
test_pair_limit (void)
{
  Fixture f = { 0 };
  FramCandidate local = host (BASE, 1, "192.0.2.1:1000");
  const GPtrArray *pairs;
  guint64 least;

  begin (&f, FRAM_ROLE_CONTROLLING, 1, 1, 10);
  fram_ice_agent_add_local (f.agent, 0, &local, f.now);
  describe (&f, 5);
  for (guint i = 0; i < 30; i++)
    {
      g_autofree char *at = g_strdup_printf ("192.0.2.9:%u", 2000 + i);
      FramCandidate remote = host (0, 1, at);

      remote.priority = 1000 + (i * 7) % 30;
      fram_ice_agent_add_remote (f.agent, 0, &remote, 64, f.now);
    }
  drain (&f);
  pairs = fram_ice_agent_get_pairs (f.agent, 0);
  g_assert_cmpuint (pairs->len, ==, 10);
  least = ((const FramPair *) g_ptr_array_index (pairs, 9))->remote->priority;
  g_assert_cmpuint (least, ==, 1020);
  g_assert_cmpuint (f.n_added - f.n_removed, ==, 10);
  fram_ice_agent_free (f.agent);
}

static void
test_what_is_not_paired (Fixture *f, gconstpointer data)
{
  FramCandidate remote = host (0, 1, "192.0.2.9:2000");

  describe (f, 5);
  remote.transport = FRAM_TRANSPORT_TCP_PASSIVE;
  g_assert_cmpint (fram_ice_agent_add_remote (f->agent, 0, &remote, 64, f->now), ==,
                   FRAM_ICE_ADD_IGNORED);
  remote = host (0, 1, "224.0.0.1:2000");
  g_assert_cmpint (fram_ice_agent_add_remote (f->agent, 0, &remote, 64, f->now), ==,
                   FRAM_ICE_ADD_IGNORED);
  remote = host (0, 2, "192.0.2.9:2000");
  g_assert_cmpint (fram_ice_agent_add_remote (f->agent, 0, &remote, 64, f->now), ==,
                   FRAM_ICE_ADD_NO_COMPONENT);
  remote = host (0, 1, "[2001:db8::9]:2000");
  g_assert_cmpint (fram_ice_agent_add_remote (f->agent, 0, &remote, 64, f->now), ==,
                   FRAM_ICE_ADD_OK);
  remote = host (0, 1, "192.0.2.9:2000");
  g_assert_cmpint (fram_ice_agent_add_remote (f->agent, 0, &remote, 64, f->now), ==,
                   FRAM_ICE_ADD_OK);
  g_assert_cmpint (fram_ice_agent_add_remote (f->agent, 0, &remote, 64, f->now), ==,
                   FRAM_ICE_ADD_KNOWN);
  g_assert_cmpuint (fram_ice_agent_get_pairs (f->agent, 0)->len, ==, 1);
}

static void
test_base_gone (Fixture *f, gconstpointer data)
{
  describe (f, 5);
  add_peer (f, 1, "192.0.2.9:2000");
  check_now (f);
  answer (f, 0, PEER_PWD, &f->own, &f->peer);
  fram_ice_agent_remove_base (f->agent, BASE, f->now);
  drain (f);
  g_assert_cmpuint (fram_ice_agent_get_pairs (f->agent, 0)->len, ==, 0);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_FAILED);
  g_assert_cmpint (fram_ice_agent_get_cause (f->agent), ==,
                   FRAM_CAUSE_NO_LOCAL_CANDIDATES);
}

#define CASE(path, data, function)                                                       \
  g_test_add ("/ice/agent/" path, Fixture, data, setup, function, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("answers", NULL, test_answers);
  CASE ("refused-checks-teach-nothing", NULL, test_refused_checks_teach_nothing);
  CASE ("role-repair", NULL, test_role_repair);
  CASE ("peer-reflexive", NULL, test_peer_reflexive);
  CASE ("early", NULL, test_early);
  CASE ("reflexive-limit", NULL, test_reflexive_limit);
  CASE ("check-contents", NULL, test_check_contents);
  CASE ("mapped-address", NULL, test_mapped_address);
  CASE ("bad-answers", NULL, test_bad_answers);
  CASE ("conflict-answer", NULL, test_conflict_answer);
  CASE ("peer-nominates/first", GINT_TO_POINTER (0), test_peer_nominates);
  CASE ("peer-nominates/later", GINT_TO_POINTER (1), test_peer_nominates);
  CASE ("unreachable", NULL, test_unreachable);
  CASE ("pacing/none", GUINT_TO_POINTER (0), test_pacing);
  CASE ("pacing/less", GUINT_TO_POINTER (1), test_pacing);
  CASE ("pacing/more", GUINT_TO_POINTER (80), test_pacing);
  g_test_add_func ("/ice/agent/freezing", test_freezing);
  g_test_add_func ("/ice/agent/late-topmost", test_late_topmost);
  g_test_add_func ("/ice/agent/pair-limit", test_pair_limit);
  CASE ("what-is-not-paired", NULL, test_what_is_not_paired);
  CASE ("base-gone", NULL, test_base_gone);
  return g_test_run ();
}
