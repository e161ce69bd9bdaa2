/* When a restart is advised, why, and that it is advised once. */
#include "agent-fixture.h"

#include <string.h>

#define OTHER_BASE 8

static void
assert_advised (AgentFixture *f, guint n, FramCause cause)
{
  g_assert_cmpuint (f->n_advised, ==, n);
  if (n > 0)
    g_assert_cmpstr (fram_cause_to_word (f->advice), ==, fram_cause_to_word (cause));
}

static void
assert_state (AgentFixture *f, FramState state)
{
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, state);
}

static void
answer_one (AgentFixture *f)
{
  g_assert_true (agent_check_now (f));
  agent_answer (f, 0, PEER_PWD, &f->own, &f->sent_to);
}

static void
add_base (AgentFixture *f, guint32 base)
{
  FramCandidate local = agent_host (base, 1, "198.51.100.1:1000");

  fram_ice_agent_add_local (f->agent, 0, &local, f->now);
  agent_drain (f);
}

static void
remove_base (AgentFixture *f, guint32 base)
{
  fram_ice_agent_remove_base (f->agent, base, f->now);
  agent_drain (f);
}

/* Data take the first pair, which the peer has nominated; `data`: there is another base. */
static void
setup (AgentFixture *f, gconstpointer data)
{
  AgentCheck nominating = agent_plain_check;

  agent_setup (f, NULL);
  if (data != NULL)
    add_base (f, OTHER_BASE);
  agent_describe (f, 5);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  answer_one (f);
  nominating.use_candidate = TRUE;
  agent_receive (f, &nominating, &f->peer, FALSE);
  assert_state (f, FRAM_STATE_COMPLETED);
  assert_advised (f, 0, FRAM_CAUSE_NONE);
}

static void
run_until_silent (AgentFixture *f)
{
  while (fram_ice_agent_get_state (f->agent) == FRAM_STATE_COMPLETED)
    agent_run_until (f, fram_ice_agent_deadline (f->agent));
  assert_state (f, FRAM_STATE_DISCONNECTED);
}

/* The path is silent, and there is no other.  It is said once, and that data have stopped. */
static void
test_no_pair_left (AgentFixture *f, gconstpointer data)
{
  run_until_silent (f);
  assert_advised (f, 1, FRAM_CAUSE_NO_PAIR_LEFT);
  agent_run_for (f, FRAM_SECONDS (20));
  assert_state (f, FRAM_STATE_DISCONNECTED);
  assert_advised (f, 1, FRAM_CAUSE_NO_PAIR_LEFT);
  agent_run_for (f, FRAM_SECONDS (20));
  assert_state (f, FRAM_STATE_FAILED);
  assert_advised (f, 2, FRAM_CAUSE_CONSENT_EXPIRED);
  agent_run_for (f, FRAM_SECONDS (300));
  assert_advised (f, 2, FRAM_CAUSE_CONSENT_EXPIRED);
}

/* While another pair may still work, nothing is advised until consent is about to end: at half
 * of its 30 s. */
static void
test_consent_expiring (AgentFixture *f, gconstpointer data)
{
  FramTime consent_until = agent_only_pair (f)->consent_until;

  agent_add_peer (f, 1, "192.0.2.10:2000");
  run_until_silent (f);
  agent_run_until (f, consent_until - FRAM_SECONDS (15) - 1);
  assert_advised (f, 0, FRAM_CAUSE_NONE);
  agent_run_until (f, consent_until - FRAM_SECONDS (15));
  assert_advised (f, 1, FRAM_CAUSE_CONSENT_EXPIRING);
}

/* What the agent can mend by itself is no reason to restart. */
static void
test_other_pair (AgentFixture *f, gconstpointer data)
{
  agent_add_peer (f, 1, "192.0.2.10:2000");
  run_until_silent (f);
  answer_one (f);
  assert_state (f, FRAM_STATE_COMPLETED);
  agent_run_for (f, FRAM_SECONDS (4));
  assert_advised (f, 0, FRAM_CAUSE_NONE);
}

/* A path that lives again, and falls silent again, is another trouble. */
static void
test_again (AgentFixture *f, gconstpointer data)
{
  run_until_silent (f);
  assert_advised (f, 1, FRAM_CAUSE_NO_PAIR_LEFT);
  agent_answer (f, 0, PEER_PWD, &f->own, &f->peer);
  assert_state (f, FRAM_STATE_COMPLETED);
  assert_advised (f, 1, FRAM_CAUSE_NO_PAIR_LEFT);
  run_until_silent (f);
  assert_advised (f, 2, FRAM_CAUSE_NO_PAIR_LEFT);
}

/* Another network: nothing without an address in it, then the agent's own attempt has its time. */
static void
test_new_addresses (AgentFixture *f, gconstpointer data)
{
  FramTime changed;

  remove_base (f, BASE);
  agent_run_for (f, FRAM_SECONDS (5));
  assert_state (f, FRAM_STATE_DISCONNECTED);
  assert_advised (f, 0, FRAM_CAUSE_NONE);
  add_base (f, OTHER_BASE);
  changed = f->now;
  agent_run_until (f, changed + FRAM_SECONDS (2) - 1);
  assert_advised (f, 0, FRAM_CAUSE_NONE);
  agent_run_until (f, changed + FRAM_SECONDS (2));
  assert_advised (f, 1, FRAM_CAUSE_NEW_ADDRESSES);
  agent_run_for (f, FRAM_SECONDS (10));
  assert_advised (f, 1, FRAM_CAUSE_NEW_ADDRESSES);
}

/* One of two addresses goes, and the other one does not help. */
static void
test_address_gone (AgentFixture *f, gconstpointer data)
{
  remove_base (f, BASE);
  agent_run_for (f, FRAM_SECONDS (2) - 1);
  assert_advised (f, 0, FRAM_CAUSE_NONE);
  agent_run_for (f, 1);
  assert_advised (f, 1, FRAM_CAUSE_NO_PAIR_LEFT);
}

/* A session that found nothing, and a network that comes later. */
static void
test_failed (void)
{
  AgentFixture f = { 0 };

  agent_setup (&f, NULL);
  agent_describe (&f, 5);
  agent_add_peer (&f, 1, "192.0.2.9:2000");
  fram_ice_agent_end_remote (f.agent, f.now);
  g_assert_true (agent_check_now (&f));
  agent_run_for (&f, FRAM_SECONDS (60));
  assert_state (&f, FRAM_STATE_FAILED);
  assert_advised (&f, 0, FRAM_CAUSE_NONE);
  add_base (&f, OTHER_BASE);
  assert_advised (&f, 1, FRAM_CAUSE_NEW_ADDRESSES);
  agent_teardown (&f, NULL);
}

/* RFC 7675 §5.2: the peer does not want any more. */
static void
test_revoked (AgentFixture *f, gconstpointer data)
{
  guint n_sent = f->n_sent;

  while (f->n_sent == n_sent)
    agent_run_until (f, fram_ice_agent_deadline (f->agent));
  agent_answer (f, FRAM_STUN_ERROR_FORBIDDEN, PEER_PWD, NULL, &f->peer);
  assert_state (f, FRAM_STATE_FAILED);
  add_base (f, OTHER_BASE);
  agent_run_for (f, FRAM_SECONDS (60));
  assert_advised (f, 0, FRAM_CAUSE_NONE);
}

#define CASE(path, function)                                                             \
  g_test_add ("/ice/advice/" path, AgentFixture, NULL, setup, function, agent_teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("no-pair-left", test_no_pair_left);
  CASE ("consent-expiring", test_consent_expiring);
  CASE ("other-pair", test_other_pair);
  CASE ("again", test_again);
  CASE ("new-addresses", test_new_addresses);
  g_test_add ("/ice/advice/address-gone", AgentFixture, "two", setup, test_address_gone,
              agent_teardown);
  g_test_add_func ("/ice/advice/failed", test_failed);
  CASE ("revoked", test_revoked);
  return g_test_run ();
}
