/* Lite agents: ours, and two of them.  (RFC 8445 §2.5, §7.3.2, §8.2) */
#include "agent-fixture.h"

typedef struct
{
  AgentFixture agent;
  FramAddress other; /* of the peer, beside `peer` */
} LiteFixture;

static void
describe (AgentFixture *f, FramIceOptions options, gboolean lite)
{
  FramDescription remote
      = { .ufrag = "peer", .pwd = PEER_PWD, .options = options, .lite = lite };

  fram_ice_agent_set_remote (f->agent, &remote, f->now);
  agent_drain (f);
}

/* A lite agent that has ended its gathering; it offered, and does not know of its peer yet. */
static void
setup (LiteFixture *l, gconstpointer data)
{
  AgentFixture *f = &l->agent;
  FramIceConfig config = { .role = FRAM_ROLE_CONTROLLING,
                           .is_lite = TRUE,
                           .ufrag = "local",
                           .pwd = PWD,
                           .pacing = 5,
                           .max_pairs = 100,
                           .n_streams = 1,
                           .n_components = { 1 } };
  FramCandidate local = agent_host (BASE, 1, "192.0.2.1:1000");

  seeded_random_init (&f->random, 3);
  f->now = FRAM_SECONDS (10);
  f->own = agent_address ("192.0.2.1:1000");
  f->peer = agent_address ("192.0.2.9:2000");
  l->other = agent_address ("192.0.2.10:2000");
  f->agent = fram_ice_agent_new (&config, &f->random.random, f->now);
  fram_ice_agent_add_local (f->agent, 0, &local, f->now);
  fram_ice_agent_end_local (f->agent, f->now);
  agent_drain (f);
}

static void
teardown (LiteFixture *l, gconstpointer data)
{
  agent_teardown (&l->agent, NULL);
}

/* The peer checks `at`; `id` tells its checks apart. */
static void
hear (AgentFixture *f, const FramAddress *at, gboolean nominates, guint8 id)
{
  AgentCheck check = agent_plain_check;

  check.use_candidate = nominates;
  check.id = id;
  agent_receive (f, &check, at, FALSE);
  g_assert_cmpuint (agent_answer_code (f), ==, 0);
}

static const FramAddress *
selected (AgentFixture *f)
{
  const FramPair *pair = fram_ice_agent_get_selected (f->agent, 0, 1);

  return pair != NULL ? &pair->remote->address : NULL;
}

static FramState
state (AgentFixture *f)
{
  return fram_ice_agent_get_state (f->agent);
}

/* It never asks; its full peer controls and chooses. */
static void
test_answers (LiteFixture *l, gconstpointer data)
{
  AgentFixture *f = &l->agent;

  describe (f, FRAM_ICE_OPTION_ICE2, FALSE);
  g_assert_cmpint (fram_ice_agent_get_role (f->agent), ==, FRAM_ROLE_CONTROLLED);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  fram_ice_agent_end_remote (f->agent, f->now);
  g_assert_cmpint (fram_ice_agent_check_due (f->agent), ==, FRAM_TIME_NEVER);
  g_assert_cmpuint (fram_ice_agent_get_pairs (f->agent, 0)->len, ==, 0);

  hear (f, &f->peer, FALSE, 1);
  g_assert_cmpint (state (f), ==, FRAM_STATE_CHECKING);
  g_assert_null (fram_ice_agent_get_path (f->agent, 0, 1));
  g_assert_cmpuint (f->n_routes, ==, 1);
  hear (f, &f->peer, TRUE, 2);
  g_assert_cmpint (state (f), ==, FRAM_STATE_COMPLETED);
  g_assert_true (fram_address_equal (selected (f), &f->peer));
  g_assert_true (agent_only_pair (f)->nominated);
  g_assert_cmpint (fram_ice_agent_check_due (f->agent), ==, FRAM_TIME_NEVER);
}

/* A check that came before the description counts when that is there. */
static void
test_early (LiteFixture *l, gconstpointer data)
{
  AgentFixture *f = &l->agent;

  hear (f, &f->peer, TRUE, 1);
  g_assert_cmpint (state (f), ==, FRAM_STATE_NEW);
  describe (f, FRAM_ICE_OPTION_ICE2, FALSE);
  g_assert_cmpint (state (f), ==, FRAM_STATE_COMPLETED);
}

/* Roles follow from what both are: what a check says of them does not matter. */
static void
test_no_conflict (LiteFixture *l, gconstpointer data)
{
  AgentFixture *f = &l->agent;
  AgentCheck check = agent_plain_check;

  describe (f, FRAM_ICE_OPTION_NONE, FALSE);
  check.role_attribute = FRAM_STUN_ATTR_ICE_CONTROLLED;
  agent_receive (f, &check, &f->peer, FALSE);
  g_assert_cmpuint (agent_answer_code (f), ==, 0);
  g_assert_cmpint (fram_ice_agent_get_role (f->agent), ==, FRAM_ROLE_CONTROLLED);
}

/* Of a peer as RFC 5245 has it, which nominates all, the best pair counts, in either order; of
 * a newer one the last, but what is merely late does not. */
static void
test_nominations (LiteFixture *l, gconstpointer data)
{
  AgentFixture *f = &l->agent;
  gboolean aggressive = GPOINTER_TO_INT (data);
  FramCandidate worse = agent_host (0, 1, "192.0.2.10:2000");

  describe (f, aggressive ? FRAM_ICE_OPTION_NONE : FRAM_ICE_OPTION_ICE2, FALSE);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  worse.priority = 1000;
  fram_ice_agent_add_remote (f->agent, 0, &worse, 64, f->now);
  hear (f, &f->peer, TRUE, 1);
  hear (f, &l->other, TRUE, 2);
  g_assert_true (fram_address_equal (selected (f), aggressive ? &f->peer : &l->other));
  hear (f, &f->peer, TRUE, 1);
  g_assert_true (fram_address_equal (selected (f), aggressive ? &f->peer : &l->other));
  hear (f, &f->peer, TRUE, 3);
  g_assert_true (fram_address_equal (selected (f), &f->peer));
}

/* draft-thatcher-ice-renomination-01 §4: of values the largest counts, and none that has none. */
static void
test_values (LiteFixture *l, gconstpointer data)
{
  AgentFixture *f = &l->agent;
  AgentCheck check = agent_plain_check;

  describe (f, FRAM_ICE_OPTION_ICE2 | FRAM_ICE_OPTION_RENOMINATION, FALSE);
  check.with_value = TRUE;
  check.value = 2;
  check.id = 1;
  agent_receive (f, &check, &f->peer, FALSE);
  g_assert_cmpint (state (f), ==, FRAM_STATE_COMPLETED);
  check.value = 1;
  check.id = 2;
  agent_receive (f, &check, &l->other, FALSE);
  hear (f, &l->other, TRUE, 3);
  g_assert_true (fram_address_equal (selected (f), &f->peer));
  check.value = 3;
  check.id = 4;
  agent_receive (f, &check, &l->other, FALSE);
  g_assert_true (fram_address_equal (selected (f), &l->other));
}

/* A peer that never asks for consent, as RFC 5245 lets it, keeps its session; of one that did,
 * the silence is noticed. */
static void
test_silence (LiteFixture *l, gconstpointer data)
{
  AgentFixture *f = &l->agent;

  describe (f, FRAM_ICE_OPTION_ICE2, FALSE);
  hear (f, &f->peer, TRUE, 1);
  hear (f, &f->peer, FALSE, 2);
  agent_run_for (f, FRAM_SECONDS (300));
  g_assert_cmpint (state (f), ==, FRAM_STATE_COMPLETED);

  for (guint8 i = 3; i < 20; i++)
    {
      hear (f, &f->peer, FALSE, i);
      agent_run_for (f, FRAM_SECONDS (6));
      g_assert_cmpint (state (f), ==, FRAM_STATE_COMPLETED);
    }
  agent_run_for (f, FRAM_SECONDS (8));
  g_assert_cmpint (state (f), ==, FRAM_STATE_DISCONNECTED);
  hear (f, &f->peer, FALSE, 20);
  g_assert_cmpint (state (f), ==, FRAM_STATE_COMPLETED);
  agent_run_for (f, FRAM_SECONDS (30) - 1);
  g_assert_cmpint (state (f), ==, FRAM_STATE_DISCONNECTED);
  agent_run_for (f, 1);
  g_assert_cmpint (state (f), ==, FRAM_STATE_FAILED);
  g_assert_cmpint (fram_ice_agent_get_cause (f->agent), ==, FRAM_CAUSE_CONSENT_EXPIRED);
}

/* The peer leaves a path that is silent for it, whatever was better before; or it comes by
 * another way without knowing. */
static void
test_follows (LiteFixture *l, gconstpointer data)
{
  AgentFixture *f = &l->agent;
  FramCandidate worse = agent_host (0, 1, "192.0.2.10:2000");

  describe (f, FRAM_ICE_OPTION_NONE, FALSE);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  worse.priority = 1000;
  fram_ice_agent_add_remote (f->agent, 0, &worse, 64, f->now);
  hear (f, &f->peer, TRUE, 1);
  agent_run_for (f, FRAM_SECONDS (5));
  hear (f, &f->peer, FALSE, 2);
  agent_run_for (f, FRAM_SECONDS (6));
  hear (f, &l->other, GPOINTER_TO_INT (data), 3);
  g_assert_true (fram_address_equal (selected (f), &f->peer));
  agent_run_for (f, FRAM_SECONDS (2));
  hear (f, &l->other, GPOINTER_TO_INT (data), 4);
  g_assert_true (fram_address_equal (selected (f), &l->other));
  g_assert_cmpint (state (f), ==, FRAM_STATE_COMPLETED);
}

/* The peer moves: it names its new address before it checks from there. */
static void
test_named_first (LiteFixture *l, gconstpointer data)
{
  AgentFixture *f = &l->agent;

  describe (f, FRAM_ICE_OPTION_ICE2, FALSE);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  hear (f, &f->peer, TRUE, 1);
  /* What was under way when the component concluded is only answered. */
  agent_add_peer (f, 1, "192.0.2.10:2000");
  agent_run_for (f, FRAM_SECONDS (10));
  agent_add_peer (f, 1, "192.0.2.11:2000");
  hear (f, &l->other, FALSE, 2);
  g_assert_true (fram_address_equal (selected (f), &l->other));
}

/* Nobody comes: that is noticed as by a full agent. */
static void
test_nobody (LiteFixture *l, gconstpointer data)
{
  AgentFixture *f = &l->agent;

  describe (f, FRAM_ICE_OPTION_ICE2, FALSE);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  fram_ice_agent_end_remote (f->agent, f->now);
  agent_run_for (f, FRAM_SECONDS (39));
  g_assert_cmpint (state (f), ==, FRAM_STATE_CHECKING);
  agent_run_for (f, FRAM_SECONDS (1));
  g_assert_cmpint (state (f), ==, FRAM_STATE_FAILED);
}

/* The last message: an indication with FINGERPRINT alone, and without proof. */
static void
assert_keepalive (AgentFixture *f)
{
  FramStunMessage message;

  g_assert_cmpint (fram_stun_message_parse (&message, f->sent, f->sent_length), ==,
                   FRAM_STUN_PARSE_OK);
  g_assert_cmpint (message.klass, ==, FRAM_STUN_INDICATION);
  g_assert_cmpint (message.method, ==, FRAM_STUN_BINDING);
  g_assert_cmpuint (f->sent_length, ==, 20 + 8);
  g_assert_true (fram_stun_message_has (&message, FRAM_STUN_ATTR_FINGERPRINT));
}

/* §8.2: two lite agents send no checks: each takes the first of the pairs that both can form,
 * and the next if that is another session's. */
static void
test_both (LiteFixture *l, gconstpointer data)
{
  AgentFixture *f = &l->agent;
  FramCandidate worse = agent_host (0, 1, "192.0.2.10:2000");

  describe (f, FRAM_ICE_OPTION_ICE2, TRUE);
  g_assert_cmpint (fram_ice_agent_get_role (f->agent), ==, FRAM_ROLE_CONTROLLING);
  worse.priority = 1000;
  fram_ice_agent_add_remote (f->agent, 0, &worse, 64, f->now);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  g_assert_cmpint (state (f), ==, FRAM_STATE_CHECKING);
  fram_ice_agent_end_remote (f->agent, f->now);
  g_assert_cmpint (state (f), ==, FRAM_STATE_COMPLETED);
  g_assert_true (fram_address_equal (selected (f), &f->peer));

  agent_drain (f);
  fram_ice_agent_refuse_pair (f->agent, BASE, &f->peer, f->now);
  g_assert_cmpint (state (f), ==, FRAM_STATE_COMPLETED);
  g_assert_true (fram_address_equal (selected (f), &l->other));
  agent_run_for (f, FRAM_SECONDS (600));
  g_assert_cmpint (state (f), ==, FRAM_STATE_COMPLETED);
  /* Nothing but keep-alives. */
  g_assert_cmpuint (f->n_sent, ==, 600 / 15);
  g_assert_true (fram_address_equal (&f->sent_to, &l->other));
  assert_keepalive (f);
}

/* The connection that data took is closed: the peer has some time to come by another way, also by one
 * that it checked before, and no more. */
static void
test_cut_off (LiteFixture *l, gconstpointer data)
{
  AgentFixture *f = &l->agent;

  describe (f, FRAM_ICE_OPTION_ICE2, FALSE);
  fram_ice_agent_end_remote (f->agent, f->now);
  hear (f, &l->other, FALSE, 1);
  hear (f, &f->peer, TRUE, 2);
  g_assert_cmpint (state (f), ==, FRAM_STATE_COMPLETED);
  agent_run_for (f, FRAM_SECONDS (1));
  fram_ice_agent_told_disconnected (f->agent, BASE, &f->peer, FRAM_ICE_CONNECTION_CLOSED,
                                    f->now);
  agent_run_for (f, FRAM_SECONDS (29));
  g_assert_cmpint (state (f), ==, FRAM_STATE_DISCONNECTED);
  if (data != NULL)
    hear (f, &l->other, TRUE, 3);
  agent_run_for (f, FRAM_SECONDS (100));
  g_assert_cmpint (state (f), ==,
                   data != NULL ? FRAM_STATE_COMPLETED : FRAM_STATE_FAILED);
}

/* §11: when nothing was sent on the pair for 15 s, a Binding indication is, as long as it is
 * selected. */
static void
test_keepalive (LiteFixture *l, gconstpointer data)
{
  AgentFixture *f = &l->agent;
  guint n_sent;

  describe (f, FRAM_ICE_OPTION_NONE, FALSE);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  hear (f, &f->peer, TRUE, 1);
  n_sent = f->n_sent;
  agent_run_for (f, FRAM_SECONDS (15) - 1);
  g_assert_cmpuint (f->n_sent, ==, n_sent);
  agent_run_for (f, 1);
  g_assert_cmpuint (f->n_sent, ==, n_sent + 1);
  g_assert_cmpuint (f->sent_by, ==, BASE);
  g_assert_true (fram_address_equal (&f->sent_to, &f->peer));
  assert_keepalive (f);

  /* An answer is a packet, too. */
  agent_run_for (f, FRAM_SECONDS (14));
  hear (f, &f->peer, FALSE, 2);
  n_sent = f->n_sent;
  agent_run_for (f, FRAM_SECONDS (14));
  g_assert_cmpuint (f->n_sent, ==, n_sent);

  /* The pair that was left gets none. */
  hear (f, &l->other, TRUE, 3);
  fram_ice_agent_remove_base (f->agent, BASE, f->now);
  n_sent = f->n_sent;
  agent_run_for (f, FRAM_SECONDS (20));
  g_assert_cmpuint (f->n_sent, ==, n_sent);
}

#define CASE(path, data, function)                                                       \
  g_test_add ("/ice/lite/" path, LiteFixture, data, setup, function, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("answers", NULL, test_answers);
  CASE ("early", NULL, test_early);
  CASE ("no-conflict", NULL, test_no_conflict);
  CASE ("nominations/all", GINT_TO_POINTER (TRUE), test_nominations);
  CASE ("nominations/one", GINT_TO_POINTER (FALSE), test_nominations);
  CASE ("values", NULL, test_values);
  CASE ("silence", NULL, test_silence);
  CASE ("follows/nomination", GINT_TO_POINTER (TRUE), test_follows);
  CASE ("follows/check", GINT_TO_POINTER (FALSE), test_follows);
  CASE ("named-first", NULL, test_named_first);
  CASE ("nobody", NULL, test_nobody);
  CASE ("both", NULL, test_both);
  CASE ("keepalive", NULL, test_keepalive);
  CASE ("cut-off/comes", GINT_TO_POINTER (TRUE), test_cut_off);
  CASE ("cut-off/stays-away", NULL, test_cut_off);
  return g_test_run ();
}
