/* A concluded component whose path falls silent, and what the two sides then agree upon. */
#include "agent-fixture.h"

#include <string.h>

typedef struct
{
  AgentFixture agent;
  FramAddress other; /* of the peer, beside `peer` */
} RecoveryFixture;

static void
assert_selected (AgentFixture *f, const FramAddress *remote)
{
  const FramPair *selected = fram_ice_agent_get_selected (f->agent, 0, 1);

  g_assert_nonnull (selected);
  g_assert_true (fram_address_equal (&selected->remote->address, remote));
}

/* A controlled agent was nominated `peer`, which fell silent; then `other` answered. */
static void
setup (RecoveryFixture *r, gconstpointer data)
{
  AgentFixture *f = &r->agent;

  agent_setup (f, NULL);
  r->other = agent_address ("192.0.2.10:2000");
  agent_describe (f, 5);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  agent_answer_check_to (f, &f->peer);
  agent_nominate (f, &f->peer);
  assert_selected (f, &f->peer);
  agent_add_peer (f, 1, "192.0.2.10:2000");
  agent_run_for (f, FRAM_SECONDS (9));
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_DISCONNECTED);
  agent_answer_check_to (f, &r->other);
  assert_selected (f, &r->other);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_COMPLETED);
}

static void
teardown (RecoveryFixture *r, gconstpointer data)
{
  agent_teardown (&r->agent, NULL);
}

/* Only our checks were lost: the peer asks for consent where it always did. */
static void
test_goes_back (RecoveryFixture *r, gconstpointer data)
{
  AgentFixture *f = &r->agent;

  /* What was under way says nothing. */
  agent_receive (f, &agent_plain_check, &f->peer, FALSE);
  assert_selected (f, &r->other);
  agent_run_for (f, FRAM_SECONDS (5));
  agent_receive (f, &agent_plain_check, &f->peer, FALSE);
  assert_selected (f, &f->peer);
}

/* The way to us is a new one: the peer asks by it, and now and then elsewhere. */
static void
test_stays (RecoveryFixture *r, gconstpointer data)
{
  AgentFixture *f = &r->agent;

  for (guint i = 0; i < 4; i++)
    {
      agent_receive (f, &agent_plain_check, &r->other, FALSE);
      agent_receive (f, &agent_plain_check, &f->peer, FALSE);
      assert_selected (f, &r->other);
      agent_run_for (f, FRAM_SECONDS (5));
    }
}

static FramIceAddResult
name (AgentFixture *f, guint number)
{
  FramCandidate candidate = agent_host (0, 1, "198.51.100.1:1");

  candidate.address.port = (guint16) (3000 + number);
  return fram_ice_agent_add_remote (f->agent, 0, &candidate, 10, f->now);
}

/* Of those of one foundation none waits for another, as consent ends soon. */
static void
test_asks_all (void)
{
  AgentFixture f = { 0 };
  guint n_asked = 0;

  agent_setup (&f, NULL);
  agent_describe (&f, 5);
  agent_add_peer (&f, 1, "192.0.2.9:2000");
  agent_answer_check_to (&f, &f.peer);
  for (guint i = 0; i < 8; i++)
    g_assert_cmpint (name (&f, i), ==, FRAM_ICE_ADD_OK);
  agent_nominate (&f, &f.peer);
  while (fram_ice_agent_get_state (f.agent) != FRAM_STATE_DISCONNECTED)
    agent_run_for (&f, FRAM_MILLISECONDS (100));
  while (fram_ice_agent_check_due (f.agent) != FRAM_TIME_NEVER && agent_check_now (&f))
    n_asked++;
  g_assert_cmpuint (n_asked, ==, 8);
  agent_teardown (&f, NULL);
}

/* What was another session's may be so no more: it is claimed anew. */
static void
test_claims_anew (void)
{
  AgentFixture f = { 0 };
  FramAddress other = agent_address ("198.51.100.1:3000");
  guint n_added;

  agent_setup (&f, NULL);
  agent_describe (&f, 5);
  agent_add_peer (&f, 1, "192.0.2.9:2000");
  agent_answer_check_to (&f, &f.peer);
  agent_nominate (&f, &f.peer);
  g_assert_cmpint (name (&f, 0), ==, FRAM_ICE_ADD_OK);
  fram_ice_agent_refuse_pair (f.agent, BASE, &other, f.now);
  agent_drain (&f);
  n_added = f.n_added;
  while (fram_ice_agent_get_state (f.agent) != FRAM_STATE_DISCONNECTED)
    agent_run_for (&f, FRAM_MILLISECONDS (100));
  g_assert_cmpuint (f.n_added, ==, n_added + 1);
  agent_answer_check_to (&f, &other);
  assert_selected (&f, &other);
  agent_teardown (&f, NULL);
}

/* A peer that moves for as long as it lives names more than the limit: what it has left makes
 * room.  Before it was ever connected nothing does. */
static void
test_names_many (RecoveryFixture *r, gconstpointer data)
{
  AgentFixture *f = &r->agent;
  guint n;

  for (n = 0; name (f, n) == FRAM_ICE_ADD_OK; n++)
    continue;
  /* `peer` and `other` are two of the ten, and all of them may work. */
  g_assert_cmpuint (n, ==, 8);
  for (guint i = 0; i < 30; i++)
    {
      do
        g_assert_true (agent_check_now (f));
      while (fram_address_equal (&f->sent_to, &f->peer));
      g_assert_cmpint (name (f, n + i), ==, FRAM_ICE_ADD_LIMIT);
      fram_ice_agent_told_unreachable (f->agent, BASE, &f->sent_to, f->now);
      g_assert_cmpint (name (f, n + i), ==, FRAM_ICE_ADD_OK);
      assert_selected (f, &r->other);
    }
}

static void
test_names_many_at_first (void)
{
  AgentFixture f = { 0 };

  agent_setup (&f, NULL);
  agent_describe (&f, 5);
  for (guint i = 0; i < 10; i++)
    g_assert_cmpint (name (&f, i), ==, FRAM_ICE_ADD_OK);
  g_assert_true (agent_check_now (&f));
  fram_ice_agent_told_unreachable (f.agent, BASE, &f.sent_to, f.now);
  /* One that only a check told of does not count. */
  agent_receive (&f, &agent_plain_check, &f.peer, FALSE);
  g_assert_cmpuint (fram_ice_agent_get_remotes (f.agent, 0)->len, ==, 11);
  g_assert_cmpint (name (&f, 10), ==, FRAM_ICE_ADD_LIMIT);
  agent_teardown (&f, NULL);
}

/* What the peer says counts more than what it does, the pair we left included. */
static void
test_nomination_counts (RecoveryFixture *r, gconstpointer data)
{
  AgentFixture *f = &r->agent;

  agent_nominate (f, &f->peer);
  assert_selected (f, &f->peer);
  /* And then it is not left for a check any more. */
  agent_run_for (f, FRAM_SECONDS (2));
  agent_receive (f, &agent_plain_check, &r->other, FALSE);
  assert_selected (f, &f->peer);
}

/* A peer that renominates changes its mind, and comes back: each nomination counts, and one
 * that is late does not. */
static void
test_nominates_again (void)
{
  AgentCheck nominating = agent_plain_check;
  AgentFixture f = { .options = FRAM_ICE_OPTION_RENOMINATION };
  FramAddress other = agent_address ("192.0.2.10:2000");

  agent_setup (&f, NULL);
  agent_describe (&f, 5);
  agent_add_peer (&f, 1, "192.0.2.9:2000");
  agent_answer_check_to (&f, &f.peer);
  agent_add_peer (&f, 1, "192.0.2.10:2000");
  agent_answer_check_to (&f, &other);
  nominating.use_candidate = TRUE;
  agent_receive (&f, &nominating, &f.peer, FALSE);
  assert_selected (&f, &f.peer);
  nominating.id = 1;
  agent_receive (&f, &nominating, &other, FALSE);
  assert_selected (&f, &other);
  nominating.id = 0;
  agent_receive (&f, &nominating, &f.peer, FALSE);
  assert_selected (&f, &other);
  nominating.id = 2;
  agent_receive (&f, &nominating, &f.peer, FALSE);
  assert_selected (&f, &f.peer);
  agent_teardown (&f, NULL);
}

/* RFC 7675 §5.1: an error is no answer; the path is in doubt as if none had come. */
static void
test_consent_refused (void)
{
  AgentFixture f = { 0 };
  guint n_refused = 0;

  agent_setup (&f, NULL);
  agent_describe (&f, 5);
  agent_add_peer (&f, 1, "192.0.2.9:2000");
  agent_answer_check_to (&f, &f.peer);
  agent_nominate (&f, &f.peer);
  while (fram_ice_agent_get_state (f.agent) == FRAM_STATE_COMPLETED)
    {
      guint n_sent = f.n_sent;

      f.now = fram_ice_agent_deadline (f.agent);
      fram_ice_agent_advance (f.agent, f.now);
      agent_drain (&f);
      if (f.n_sent == n_sent)
        continue;
      agent_answer (&f, FRAM_STUN_ERROR_BAD_REQUEST, PEER_PWD, NULL, &f.peer);
      n_refused++;
    }
  g_assert_cmpint (fram_ice_agent_get_state (f.agent), ==, FRAM_STATE_DISCONNECTED);
  g_assert_cmpuint (n_refused, ==, 4);
  agent_teardown (&f, NULL);
}

#define CASE(path, function)                                                             \
  g_test_add ("/ice/recovery/" path, RecoveryFixture, NULL, setup, function, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("goes-back", test_goes_back);
  CASE ("stays", test_stays);
  CASE ("names-many", test_names_many);
  CASE ("nomination-counts", test_nomination_counts);
  g_test_add_func ("/ice/recovery/names-many-at-first", test_names_many_at_first);
  g_test_add_func ("/ice/recovery/asks-all", test_asks_all);
  g_test_add_func ("/ice/recovery/claims-anew", test_claims_anew);
  g_test_add_func ("/ice/recovery/nominates-again", test_nominates_again);
  g_test_add_func ("/ice/recovery/consent-refused", test_consent_refused);
  return g_test_run ();
}
