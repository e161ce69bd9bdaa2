/* Streams that go while others stay, as the agent sees it. */
#include "agent-fixture.h"

/* Two streams of one foundation: of the first the pair waits, the second's is frozen. */
static void
begin (AgentFixture *f)
{
  agent_begin (f, FRAM_ROLE_CONTROLLING, 2, 1, 100);
  for (guint s = 0; s < 2; s++)
    {
      g_autofree char *ours = g_strdup_printf ("192.0.2.1:%u", 1000 + s);
      g_autofree char *theirs = g_strdup_printf ("192.0.2.9:%u", 2000 + s);
      FramCandidate local = agent_host (BASE + s, 1, ours);
      FramCandidate remote = agent_host (0, 1, theirs);

      fram_ice_agent_add_local (f->agent, s, &local, f->now);
      fram_ice_agent_add_remote (f->agent, s, &remote, 64, f->now);
    }
  fram_ice_agent_end_local (f->agent, f->now);
}

static void
remove_stream (AgentFixture *f, guint stream)
{
  fram_ice_agent_remove_stream (f->agent, stream, f->now);
  agent_drain (f);
}

static const FramPair *
pair_of (AgentFixture *f, guint stream)
{
  const GPtrArray *pairs = fram_ice_agent_get_pairs (f->agent, stream);

  g_assert_cmpuint (pairs->len, ==, 1);
  return g_ptr_array_index (pairs, 0);
}

/* RFC 8445 §6.1.2.6: what was frozen behind the pair that is gone begins. */
static void
test_unfreezes (void)
{
  AgentFixture f = { 0 };

  begin (&f);
  agent_describe (&f, 5);
  g_assert_true (agent_check_now (&f));
  g_assert_cmpuint (f.sent_to.port, ==, 2000);
  g_assert_cmpint (pair_of (&f, 1)->state, ==, FRAM_PAIR_FROZEN);
  remove_stream (&f, 0);
  g_assert_true (agent_check_now (&f));
  g_assert_cmpuint (f.sent_to.port, ==, 2001);
  agent_teardown (&f, NULL);
}

/* RFC 8445 §7.2.5.3.3: what the removed one had proved before it went stays so. */
static void
test_proved (void)
{
  AgentFixture f = { 0 };

  begin (&f);
  agent_describe (&f, 5);
  g_assert_true (agent_check_now (&f));
  agent_answer (&f, 0, PEER_PWD, &f.own, &f.peer);
  g_assert_cmpint (pair_of (&f, 1)->cause, ==, FRAM_CAUSE_FOUNDATION_PROVED);
  remove_stream (&f, 0);
  g_assert_cmpint (pair_of (&f, 1)->state, ==, FRAM_PAIR_WAITING);
  g_assert_true (agent_check_now (&f));
  g_assert_cmpuint (f.sent_to.port, ==, 2001);
  agent_teardown (&f, NULL);
}

/* Its number is nobody's, those of others stay, and so do their pairs. */
static void
test_numbers (void)
{
  AgentFixture f = { 0 };
  FramCandidate local = agent_host (BASE + 5, 1, "198.51.100.1:1000");
  guint32 id;

  begin (&f);
  agent_describe (&f, 5);
  id = pair_of (&f, 1)->id;
  g_assert_cmpuint (f.n_added, ==, 2);
  remove_stream (&f, 0);
  g_assert_cmpuint (f.n_removed, ==, 1);
  g_assert_cmpuint (pair_of (&f, 1)->id, ==, id);
  g_assert_cmpuint (fram_ice_agent_get_pairs (f.agent, 0)->len, ==, 0);
  g_assert_cmpuint (fram_ice_agent_get_locals (f.agent, 0)->len, ==, 0);
  g_assert_cmpuint (fram_ice_agent_get_remotes (f.agent, 0)->len, ==, 0);
  g_assert_cmpint (fram_ice_agent_add_local (f.agent, 0, &local, f.now), ==,
                   FRAM_ICE_ADD_NO_COMPONENT);
  g_assert_cmpint (fram_ice_agent_add_remote (f.agent, 0, &local, 64, f.now), ==,
                   FRAM_ICE_ADD_NO_COMPONENT);
  g_assert_cmpint (fram_ice_agent_add_local (f.agent, 1, &local, f.now), ==,
                   FRAM_ICE_ADD_OK);
  agent_teardown (&f, NULL);
}

/* The session is as the streams are that it has. */
static void
test_state (void)
{
  AgentFixture f = { 0 };
  FramCause cause;

  begin (&f);
  agent_describe (&f, 5);
  for (guint n = 0; n < 2;)
    {
      g_assert_true (agent_check_now (&f));
      if (f.sent_to.port != f.peer.port)
        continue;
      agent_answer (&f, 0, PEER_PWD, &f.own, &f.peer);
      agent_run_for (&f, FRAM_MILLISECONDS (600));
      n++;
    }
  g_assert_cmpint (fram_ice_agent_get_component_state (f.agent, 0, 1, &cause), ==,
                   FRAM_STATE_COMPLETED);
  g_assert_cmpint (fram_ice_agent_get_state (f.agent), ==, FRAM_STATE_CHECKING);
  remove_stream (&f, 1);
  g_assert_cmpint (fram_ice_agent_get_state (f.agent), ==, FRAM_STATE_COMPLETED);
  g_assert_cmpint (fram_ice_agent_get_component_state (f.agent, 1, 1, &cause), ==,
                   FRAM_STATE_CLOSED);
  g_assert_cmpint (cause, ==, FRAM_CAUSE_STREAM_REMOVED);
  g_assert_cmpuint (f.n_closed, ==, 1);
  /* It stays closed, whatever comes. */
  fram_ice_agent_end_remote (f.agent, f.now);
  fram_ice_agent_remove_base (f.agent, BASE + 1, f.now);
  agent_run_for (&f, FRAM_SECONDS (10));
  fram_ice_agent_get_component_state (f.agent, 1, 1, &cause);
  g_assert_cmpint (cause, ==, FRAM_CAUSE_STREAM_REMOVED);
  g_assert_cmpuint (f.n_closed, ==, 1);
  agent_teardown (&f, NULL);
}

/* What checks that came before the peer was known have claimed is given back. */
static void
test_early (void)
{
  AgentFixture f = { 0 };
  AgentCheck check = agent_plain_check;

  check.role_attribute = FRAM_STUN_ATTR_ICE_CONTROLLED;
  begin (&f);
  agent_drain (&f);
  g_assert_cmpuint (f.n_added, ==, 2);
  agent_receive (&f, &check, &f.peer, FALSE);
  g_assert_cmpuint (f.n_added, ==, 3);
  remove_stream (&f, 0);
  g_assert_cmpuint (f.n_removed, ==, 2);
  agent_describe (&f, 5);
  g_assert_cmpuint (fram_ice_agent_get_pairs (f.agent, 0)->len, ==, 0);
  agent_teardown (&f, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ice/removal/unfreezes", test_unfreezes);
  g_test_add_func ("/ice/removal/proved", test_proved);
  g_test_add_func ("/ice/removal/numbers", test_numbers);
  g_test_add_func ("/ice/removal/state", test_state);
  g_test_add_func ("/ice/removal/early", test_early);
  return g_test_run ();
}
