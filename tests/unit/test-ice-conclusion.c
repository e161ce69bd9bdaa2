/* How a component ends: concluded, failed, and with a peer that is lite. */
#include "agent-fixture.h"

#include <string.h>

#include "ice/candidate.h"

/* Of the component that the peer does not name. */
#define UNNAMED "192.0.2.1:1001"

/* The agent's check is answered, the peer nominates. */
static void
connect_beside (AgentFixture *f)
{
  agent_add_peer (f, 1, "192.0.2.9:2000");
  g_assert_true (agent_check_now (f));
  agent_answer (f, 0, PEER_PWD, &f->own, &f->peer);
  agent_nominate (f, &f->peer);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_COMPLETED);
}

static void
connect_to_peer (AgentFixture *f)
{
  agent_describe (f, 5);
  connect_beside (f);
}

static const FramPair *
find_pair (AgentFixture *f, const FramAddress *remote)
{
  const GPtrArray *pairs = fram_ice_agent_get_pairs (f->agent, 0);

  for (guint i = 0; i < pairs->len; i++)
    {
      const FramPair *pair = g_ptr_array_index (pairs, i);

      if (fram_address_equal (&pair->remote->address, remote))
        return pair;
    }
  return NULL;
}

/* There is always another candidate, and none of them is there: it ends all the same. */
static void
test_endless_candidates (AgentFixture *f, gconstpointer data)
{
  FramTime begun = f->now;

  agent_describe (f, 5);
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *address = g_strdup_printf ("192.0.2.%u:2000", 10 + i);

      agent_add_peer (f, 1, address);
      g_assert_true (agent_check_now (f));
      agent_run_until (f, begun + FRAM_SECONDS (29 * (i + 1)));
    }
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_CHECKING);
  agent_run_until (f, begun + FRAM_SECONDS (119));
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_FAILED);
  g_assert_cmpint (fram_ice_agent_get_cause (f->agent), ==, FRAM_CAUSE_NO_PAIR_SUCCEEDED);
}

/* RFC 8445 §8.3.1: data of a valid pair that was not selected are taken three seconds more. */
static void
test_freed_after_three_seconds (AgentFixture *f, gconstpointer data)
{
  FramAddress other = agent_address ("192.0.2.10:2000");
  FramTime concluded;

  agent_describe (f, 5);
  agent_add_peer (f, 1, "192.0.2.10:2000");
  g_assert_true (agent_check_now (f));
  agent_answer (f, 0, PEER_PWD, &f->own, &other);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  g_assert_true (agent_check_now (f));
  agent_answer (f, 0, PEER_PWD, &f->own, &f->peer);
  {
    AgentCheck nominating = agent_plain_check;

    nominating.use_candidate = TRUE;
    agent_receive (f, &nominating, &f->peer, FALSE);
  }
  concluded = f->now;
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_COMPLETED);

  agent_run_until (f, concluded + FRAM_SECONDS (3) - 1);
  g_assert_nonnull (find_pair (f, &other));
  /* It still answers. */
  agent_receive (f, &agent_plain_check, &other, FALSE);
  g_assert_cmpuint (agent_answer_code (f), ==, 0);
  g_assert_cmpuint (f->n_removed, ==, 0);
  agent_run_until (f, concluded + FRAM_SECONDS (3));
  g_assert_null (find_pair (f, &other));
  g_assert_true (find_pair (f, &f->peer)->nominated);
  g_assert_cmpuint (f->n_removed, ==, 1);
}

/* RFC 8445 §8.1.2: "MUST remove all candidate pairs for the same component from the checklist and
 * from the triggered-check queue", and "will not retransmit the Binding requests" that are under
 * way: at once, in whatever state they are, and of no other component. */
static void
test_others_end (void)
{
  FramCandidate first = agent_host (BASE, 1, "192.0.2.1:1000");
  FramCandidate second = agent_host (BASE + 1, 2, "192.0.2.1:1001");
  FramAddress heard = agent_address ("192.0.2.12:2000");
  AgentCheck nominating = agent_plain_check;
  guint8 check[FRAM_STUN_MAX_SENT];
  AgentFixture f = { 0 };
  const GPtrArray *pairs;
  gsize length;

  agent_begin (&f, FRAM_ROLE_CONTROLLED, 1, 2, 100);
  fram_ice_agent_add_local (f.agent, 0, &first, f.now);
  fram_ice_agent_add_local (f.agent, 0, &second, f.now);
  agent_describe (&f, 5);
  agent_add_peer (&f, 1, "192.0.2.9:2000");
  g_assert_true (agent_check_now (&f));
  agent_answer (&f, 0, PEER_PWD, &f.own, &f.peer);
  /* One is asked, one stands behind it, one waits, one is to be checked in return. */
  agent_add_peer (&f, 1, "192.0.2.10:2000");
  g_assert_true (agent_check_now (&f));
  length = f.sent_length;
  memcpy (check, f.sent, length);
  agent_add_peer (&f, 1, "192.0.2.10:2001");
  agent_add_peer (&f, 1, "192.0.2.11:2000");
  agent_receive (&f, &agent_plain_check, &heard, FALSE);
  agent_add_peer (&f, 2, "192.0.2.9:2001");
  pairs = fram_ice_agent_get_pairs (f.agent, 0);
  g_assert_cmpuint (pairs->len, ==, 6);
  g_assert_cmpuint (f.n_removed, ==, 0);

  nominating.use_candidate = TRUE;
  agent_receive (&f, &nominating, &f.peer, FALSE);
  /* By what was answered the peer's data may come for a while; it is not checked. */
  g_assert_cmpuint (f.n_removed, ==, 3);
  g_assert_cmpuint (pairs->len, ==, 3);
  g_assert_cmpint (find_pair (&f, &heard)->state, ==, FRAM_PAIR_FAILED);
  g_assert_false (find_pair (&f, &heard)->triggered);
  g_assert_true (find_pair (&f, &f.peer)->nominated);
  g_assert_true (agent_check_now (&f));
  g_assert_cmpuint (f.sent_by, ==, BASE + 1);
  agent_answer (&f, 0, PEER_PWD, &second.address, &f.sent_to);
  g_assert_cmpint (fram_ice_agent_check_due (f.agent), ==, FRAM_TIME_NEVER);

  f.n_sent = 0;
  agent_run_for (&f, FRAM_SECONDS (3));
  g_assert_cmpuint (f.n_sent, ==, 0);
  g_assert_cmpuint (pairs->len, ==, 2);
  /* An answer that was on its way. */
  f.sent_by = BASE;
  f.sent_length = length;
  memcpy (f.sent, check, length);
  heard = agent_address ("192.0.2.10:2000");
  agent_answer (&f, 0, PEER_PWD, &f.own, &heard);
  g_assert_cmpuint (pairs->len, ==, 2);
  agent_teardown (&f, NULL);
}

/* Whether the agent takes data from there `seconds` later; its consent is answered. */
static gboolean
takes_after (AgentFixture *f, const FramAddress *remote, guint seconds)
{
  for (guint i = 0; i < seconds; i++)
    {
      guint n_sent = f->n_sent;

      agent_run_for (f, FRAM_SECONDS (1));
      if (f->n_sent > n_sent)
        agent_answer (f, 0, PEER_PWD, &f->own, &f->peer);
    }
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_COMPLETED);
  return fram_ice_agent_hears_by (f->agent, BASE, remote);
}

/* The peer holds a pair for valid whose check of ours is not answered yet: what it has sent by it when
 * it selects another one is still on its way. */
static void
test_data_under_way (AgentFixture *f, gconstpointer data)
{
  FramAddress other = agent_address ("192.0.2.10:2000");
  guint n_sent;

  agent_describe (f, 5);
  agent_add_peer (f, 1, "192.0.2.10:2000");
  agent_receive (f, &agent_plain_check, &other, FALSE);
  g_assert_true (agent_check_now (f));
  connect_beside (f);
  n_sent = f->n_sent;
  agent_receive (f, &agent_plain_check, &other, FALSE);
  g_assert_cmpuint (agent_answer_code (f), ==, 0);
  g_assert_cmpint (fram_ice_agent_check_due (f->agent), ==, FRAM_TIME_NEVER);
  g_assert_cmpuint (f->n_sent, ==, n_sent + 1);
  g_assert_true (takes_after (f, &other, 2));
  g_assert_false (takes_after (f, &other, 2));
}

/* RFC 8445 §8.3.1: the peer has checked one pair, and answers the nomination of another that it never
 * checks.  Its data may still come by the first: those are taken until it comes to the other, or
 * for 30 s. */
static void
test_awaits_peer (gconstpointer then)
{
  FramCandidate local = agent_host (BASE, 1, "192.0.2.1:1000");
  FramAddress other = agent_address ("192.0.2.10:2000");
  AgentCheck check = agent_plain_check;
  AgentFixture f = { 0 };

  check.role_attribute = FRAM_STUN_ATTR_ICE_CONTROLLED;
  agent_begin (&f, FRAM_ROLE_CONTROLLING, 1, 1, 100);
  fram_ice_agent_add_local (f.agent, 0, &local, f.now);
  agent_describe (&f, 5);
  agent_add_peer (&f, 1, "192.0.2.10:2000");
  agent_receive (&f, &check, &other, FALSE);
  g_assert_true (agent_check_now (&f));
  agent_add_peer (&f, 1, "192.0.2.9:2000");
  g_assert_true (agent_check_now (&f));
  agent_answer (&f, 0, PEER_PWD, &f.own, &f.peer);
  while (!agent_check_now (&f))
    agent_run_for (&f, FRAM_MILLISECONDS (1));
  agent_answer (&f, 0, PEER_PWD, &f.own, &f.peer);
  g_assert_cmpint (fram_ice_agent_get_state (f.agent), ==, FRAM_STATE_COMPLETED);
  g_assert_true (find_pair (&f, &f.peer)->nominated);

  g_assert_nonnull (find_pair (&f, &other));
  g_assert_cmpint (find_pair (&f, &other)->cause, ==, FRAM_CAUSE_SUPERSEDED);
  g_assert_true (takes_after (&f, &other, 29));
  g_assert_cmpuint (find_pair (&f, &other)->counters.requests_sent, ==, 1);
  if (g_str_equal (then, "comes"))
    agent_receive (&f, &check, &f.peer, FALSE);
  else if (g_str_equal (then, "stays"))
    agent_receive (&f, &check, &other, FALSE);
  g_assert_cmpint (takes_after (&f, &other, 4), ==, g_str_equal (then, "stays"));
  agent_teardown (&f, NULL);
}

/* RFC 7675 §5.1: who has no consent sends nothing, and an answer would give the peer its own. */
static void
test_failed_is_silent (AgentFixture *f, gconstpointer data)
{
  guint n_sent;

  connect_to_peer (f);
  agent_run_until (f, f->now + FRAM_SECONDS (31));
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_FAILED);
  g_assert_cmpint (fram_ice_agent_get_cause (f->agent), ==, FRAM_CAUSE_CONSENT_EXPIRED);

  n_sent = f->n_sent;
  agent_receive (f, &agent_plain_check, &f->peer, FALSE);
  agent_run_until (f, f->now + FRAM_SECONDS (60));
  g_assert_cmpuint (f->n_sent, ==, n_sent);
}

/* No candidate that comes later brings it back; only a restart does. */
static void
test_failed_stays (AgentFixture *f, gconstpointer data)
{
  FramCandidate local = agent_host (BASE + 1, 1, "198.51.100.1:1000");

  connect_to_peer (f);
  agent_run_until (f, f->now + FRAM_SECONDS (31));
  agent_add_peer (f, 1, "192.0.2.11:2000");
  fram_ice_agent_add_local (f->agent, 0, &local, f->now);
  agent_drain (f);
  g_assert_cmpuint (fram_ice_agent_get_pairs (f->agent, 0)->len, ==, 0);
  g_assert_false (agent_check_now (f));
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_FAILED);
}

/* RFC 8445 §6.1.1: with a lite peer, which sends no checks, the full agent controls; its own
 * checks are enough. */
static void
test_lite_peer (AgentFixture *f, gconstpointer data)
{
  FramDescription remote = { .ufrag = "peer", .pwd = PEER_PWD, .lite = TRUE };
  FramStunMessage message;

  g_assert_cmpint (fram_ice_agent_get_role (f->agent), ==, FRAM_ROLE_CONTROLLED);
  fram_ice_agent_set_remote (f->agent, &remote, f->now);
  g_assert_cmpint (fram_ice_agent_get_role (f->agent), ==, FRAM_ROLE_CONTROLLING);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  fram_ice_agent_end_remote (f->agent, f->now);
  g_assert_true (agent_check_now (f));
  agent_answer (f, 0, PEER_PWD, &f->own, &f->peer);

  g_assert_true (agent_check_now (f));
  fram_stun_message_parse (&message, f->sent, f->sent_length);
  g_assert_true (fram_stun_message_has (&message, FRAM_STUN_ATTR_ICE_CONTROLLING));
  g_assert_true (fram_stun_message_has (&message, FRAM_STUN_ATTR_USE_CANDIDATE));
  agent_answer (f, 0, PEER_PWD, &f->own, &f->peer);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_COMPLETED);
  g_assert_true (agent_only_pair (f)->nominated);
}

/* Two components, of which the peer has named the first, with these bases. */
static void
begin_with_unnamed (AgentFixture *f, guint32 first_base, guint32 second_base)
{
  FramCandidate first = agent_host (first_base, 1, "192.0.2.1:1000");
  FramCandidate second = agent_host (second_base, 2, UNNAMED);

  agent_begin (f, FRAM_ROLE_CONTROLLED, 1, 2, 100);
  fram_ice_agent_add_local (f->agent, 0, &first, f->now);
  fram_ice_agent_add_local (f->agent, 0, &second, f->now);
  agent_describe (f, 5);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  fram_ice_agent_end_remote (f->agent, f->now);
}

/* RFC 8445 §6.1.2.2: a component for which the peer named no candidate counts no more; but the peer
 * may check it all the same, from where it is behind its NAT. */
static void
test_component_unnamed (void)
{
  FramAddress unnamed = agent_address (UNNAMED);
  AgentFixture f = { 0 };
  FramCause cause;

  /* The fixture's peer checks BASE: that is component 2's here. */
  begin_with_unnamed (&f, BASE + 1, BASE);
  agent_receive (&f, &agent_plain_check, &f.peer, FALSE);
  while (agent_check_now (&f) && !fram_address_equal (&f.sent_to, &f.peer))
    continue;
  agent_answer (&f, 0, PEER_PWD, &unnamed, &f.peer);
  g_assert_cmpint (fram_ice_agent_get_component_state (f.agent, 0, 2, &cause), ==,
                   FRAM_STATE_CONNECTED);
  agent_teardown (&f, NULL);
}

/* Its base goes away: after the patience for that there is nothing to be awaited. */
static void
test_component_unnamed_lost (void)
{
  AgentFixture f = { 0 };

  begin_with_unnamed (&f, BASE, BASE + 1);
  fram_ice_agent_remove_base (f.agent, BASE + 1, f.now);

  for (guint i = 0; i < 1000 && fram_ice_agent_deadline (f.agent) != FRAM_TIME_NEVER; i++)
    {
      f.now = fram_ice_agent_deadline (f.agent);
      fram_ice_agent_advance (f.agent, f.now);
      agent_drain (&f);
      g_assert_cmpint (fram_ice_agent_deadline (f.agent), >, f.now);
    }
  g_assert_cmpint (fram_ice_agent_deadline (f.agent), ==, FRAM_TIME_NEVER);
  agent_teardown (&f, NULL);
}

/* The peer has named nothing that is found, and was heard by one component: it may have the other one,
 * too, and there is no path before that has one. */
static void
test_component_unheard (void)
{
  FramCandidate first = agent_host (BASE, 1, "192.0.2.1:1000");
  FramCandidate second = agent_host (BASE + 1, 2, UNNAMED);
  AgentFixture f = { 0 };
  FramCause cause;

  agent_begin (&f, FRAM_ROLE_CONTROLLED, 1, 2, 100);
  fram_ice_agent_add_local (f.agent, 0, &first, f.now);
  fram_ice_agent_add_local (f.agent, 0, &second, f.now);
  fram_ice_agent_end_local (f.agent, f.now);
  agent_describe (&f, 5);
  agent_receive (&f, &agent_plain_check, &f.peer, FALSE);
  fram_ice_agent_end_remote (f.agent, f.now);
  g_assert_true (agent_check_now (&f));
  agent_answer (&f, 0, PEER_PWD, &f.own, &f.peer);
  g_assert_cmpint (fram_ice_agent_get_component_state (f.agent, 0, 1, &cause), ==,
                   FRAM_STATE_CONNECTED);
  g_assert_cmpint (fram_ice_agent_get_state (f.agent), ==, FRAM_STATE_CHECKING);
  /* RFC 8863 §4 */
  agent_run_for (&f, FRAM_SECONDS (40));
  g_assert_cmpint (fram_ice_agent_get_component_state (f.agent, 0, 2, &cause), ==,
                   FRAM_STATE_FAILED);
  agent_teardown (&f, NULL);
}

#define CASE(path, function)                                                             \
  g_test_add ("/ice/conclusion/" path, AgentFixture, NULL, agent_setup, function,        \
              agent_teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("freed-after-three-seconds", test_freed_after_three_seconds);
  CASE ("data-under-way", test_data_under_way);
  CASE ("failed-is-silent", test_failed_is_silent);
  CASE ("failed-stays", test_failed_stays);
  CASE ("endless-candidates", test_endless_candidates);
  CASE ("lite-peer", test_lite_peer);
  g_test_add_func ("/ice/conclusion/others-end", test_others_end);
  g_test_add_data_func ("/ice/conclusion/awaits-peer/comes", "comes", test_awaits_peer);
  g_test_add_data_func ("/ice/conclusion/awaits-peer/stays", "stays", test_awaits_peer);
  g_test_add_data_func ("/ice/conclusion/awaits-peer/silent", "silent", test_awaits_peer);
  g_test_add_func ("/ice/conclusion/component-unnamed", test_component_unnamed);
  g_test_add_func ("/ice/conclusion/component-unnamed-lost", test_component_unnamed_lost);
  g_test_add_func ("/ice/conclusion/component-unheard", test_component_unheard);
  return g_test_run ();
}
