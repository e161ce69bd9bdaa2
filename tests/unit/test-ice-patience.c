/* Patience before failure: a peer that can reach us may still do so, and shows us how we can reach
 * it.  (RFC 8863) */
#include "agent-fixture.h"

#define PATIENCE FRAM_MILLISECONDS (39500)

typedef struct
{
  AgentFixture agent;
  FramTime described;
} PatienceFixture;

static FramCause
state_of (PatienceFixture *p, FramState expected)
{
  FramCause cause;

  g_assert_cmpint (fram_ice_agent_get_component_state (p->agent.agent, 0, 1, &cause), ==,
                   expected);
  g_assert_cmpint (fram_ice_agent_get_state (p->agent.agent), ==, expected);
  return cause;
}

static void
setup (PatienceFixture *p, gconstpointer data)
{
  agent_setup (&p->agent, NULL);
  agent_describe (&p->agent, 5);
  p->described = p->agent.now;
}

static void
teardown (PatienceFixture *p, gconstpointer data)
{
  agent_teardown (&p->agent, NULL);
}

/* The only pair there is has failed at once. */
static void
fail_all (PatienceFixture *p)
{
  AgentFixture *f = &p->agent;

  agent_add_peer (f, 1, "192.0.2.9:2000");
  g_assert_true (agent_check_now (f));
  fram_ice_agent_told_unreachable (f->agent, BASE, &f->peer, f->now);
  g_assert_cmpint (agent_only_pair (f)->state, ==, FRAM_PAIR_FAILED);
}

static void
end_remote (PatienceFixture *p)
{
  fram_ice_agent_end_remote (p->agent.agent, p->agent.now);
  agent_drain (&p->agent);
}

/* §4: "MUST NOT update a checklist state from Running to Failed, even if there are no pairs left",
 * and "when the timer period eventually elapses, the ICE agent MUST resume". */
static void
test_all_failed (PatienceFixture *p, gconstpointer data)
{
  fail_all (p);
  end_remote (p);
  agent_run_until (&p->agent, p->described + PATIENCE - 1);
  state_of (p, FRAM_STATE_CHECKING);
  agent_run_until (&p->agent, p->described + PATIENCE);
  g_assert_cmpint (state_of (p, FRAM_STATE_FAILED), ==, FRAM_CAUSE_NO_PAIR_SUCCEEDED);
}

/* §3: the peer has named nothing, and is there. */
static void
test_named_nothing (PatienceFixture *p, gconstpointer data)
{
  end_remote (p);
  agent_run_until (&p->agent, p->described + PATIENCE - 1);
  state_of (p, FRAM_STATE_CHECKING);
  agent_run_until (&p->agent, p->described + PATIENCE);
  g_assert_cmpint (state_of (p, FRAM_STATE_FAILED), ==, FRAM_CAUSE_NO_REMOTE_CANDIDATES);
}

/* §5: also behind the end of candidates, what is found by the peer's checks counts. */
static void
test_reflexive (PatienceFixture *p, gconstpointer data)
{
  AgentFixture *f = &p->agent;
  FramAddress other = agent_address ("198.51.100.7:4000");

  if (data == NULL)
    fail_all (p);
  end_remote (p);
  agent_run_until (f, p->described + PATIENCE - FRAM_SECONDS (1));
  agent_receive (f, &agent_plain_check, &other, FALSE);
  g_assert_cmpuint (agent_answer_code (f), ==, 0);
  g_assert_true (agent_check_now (f));
  g_assert_true (fram_address_equal (&f->sent_to, &other));
  agent_answer (f, 0, PEER_PWD, &f->own, &other);
  state_of (p, FRAM_STATE_CONNECTED);
  /* Its time is over, and it was not needed. */
  agent_run_until (f, p->described + PATIENCE + FRAM_SECONDS (1));
  state_of (p, FRAM_STATE_CONNECTED);
}

/* §5: the timer serves for the end of candidates that never comes, too, and then once more. */
static void
test_no_end (PatienceFixture *p, gconstpointer data)
{
  fail_all (p);
  agent_run_until (&p->agent, p->described + 2 * PATIENCE - 1);
  state_of (p, FRAM_STATE_CHECKING);
  agent_run_until (&p->agent, p->described + 2 * PATIENCE);
  g_assert_cmpint (state_of (p, FRAM_STATE_FAILED), ==, FRAM_CAUSE_NO_PAIR_SUCCEEDED);
}

/* No patience gives this host an address. */
static void
test_no_address (void)
{
  PatienceFixture p = { .described = 0 };

  agent_begin (&p.agent, FRAM_ROLE_CONTROLLED, 1, 1, 100);
  agent_describe (&p.agent, 5);
  state_of (&p, FRAM_STATE_CHECKING);
  fram_ice_agent_end_local (p.agent.agent, p.agent.now);
  g_assert_cmpint (state_of (&p, FRAM_STATE_FAILED), ==, FRAM_CAUSE_NO_LOCAL_CANDIDATES);
  agent_teardown (&p.agent, NULL);
}

/* RFC 8838 §8: while candidates are awaited, a list without pairs goes on, and takes them. */
static void
test_late_candidate (PatienceFixture *p, gconstpointer data)
{
  AgentFixture *f = &p->agent;

  fail_all (p);
  agent_run_until (f, p->described + PATIENCE + FRAM_SECONDS (10));
  state_of (p, FRAM_STATE_CHECKING);
  agent_add_peer (f, 1, "192.0.2.10:2000");
  g_assert_true (agent_check_now (f));
  g_assert_cmpuint (f->sent_to.port, ==, 2000);
  agent_answer (f, 0, PEER_PWD, &f->own, &f->sent_to);
  state_of (p, FRAM_STATE_CONNECTED);
}

/* Who has a path wakes up to keep it, and not once because the time for others is over. */
static void
test_not_needed (PatienceFixture *p, gconstpointer data)
{
  AgentFixture *f = &p->agent;

  agent_add_peer (f, 1, "192.0.2.9:2000");
  g_assert_true (agent_check_now (f));
  agent_answer (f, 0, PEER_PWD, &f->own, &f->peer);
  agent_nominate (f, &f->peer);
  /* Until then others are freed. */
  while (fram_ice_agent_deadline (f->agent) <= p->described + FRAM_SECONDS (10))
    {
      agent_run_until (f, fram_ice_agent_deadline (f->agent));
      if (agent_only_pair (f)->checks[0].pending)
        agent_answer (f, 0, PEER_PWD, &f->own, &f->peer);
    }
  while (f->now < p->described + 4 * PATIENCE)
    {
      guint n_sent = f->n_sent;

      agent_run_until (f, fram_ice_agent_deadline (f->agent));
      g_assert_cmpuint (f->n_sent, ==, n_sent + 1);
      agent_answer (f, 0, PEER_PWD, &f->own, &f->peer);
    }
  state_of (p, FRAM_STATE_COMPLETED);
}

#define CASE(path, data, function)                                                       \
  g_test_add ("/ice/patience/" path, PatienceFixture, data, setup, function, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("all-failed", NULL, test_all_failed);
  CASE ("named-nothing", NULL, test_named_nothing);
  CASE ("reflexive/all-failed", NULL, test_reflexive);
  CASE ("reflexive/named-nothing", "nothing", test_reflexive);
  CASE ("no-end", NULL, test_no_end);
  CASE ("late-candidate", NULL, test_late_candidate);
  CASE ("not-needed", NULL, test_not_needed);
  g_test_add_func ("/ice/patience/no-address", test_no_address);
  return g_test_run ();
}
