/* Pairs of relayed candidates, which wait for the relay's permission; and what a relay makes
 * of the peer's candidates. */
#include "agent-fixture.h"

#define RELAYED_BASE 9

static void
add_relayed (AgentFixture *f)
{
  FramCandidate relayed = agent_host (RELAYED_BASE, 1, "203.0.113.2:50000");

  relayed.type = FRAM_CANDIDATE_RELAYED;
  relayed.priority = 1000;
  g_strlcpy (relayed.foundation, "relay", sizeof relayed.foundation);
  fram_ice_agent_add_local (f->agent, 0, &relayed, f->now);
  agent_drain (f);
}

static const FramPair *
find_pair (AgentFixture *f, guint32 base)
{
  const GPtrArray *pairs = fram_ice_agent_get_pairs (f->agent, 0);

  for (guint i = 0; i < pairs->len; i++)
    {
      const FramPair *pair = g_ptr_array_index (pairs, i);

      if (pair->local->base == base)
        return pair;
    }
  return NULL;
}

/* The other pair is checked meanwhile. */
static void
test_held (AgentFixture *f, gconstpointer data)
{
  FramAddress peer = agent_address ("192.0.2.9:1");
  const FramPair *pair;

  agent_describe (f, 5);
  add_relayed (f);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  fram_ice_agent_hold_pair (f->agent, RELAYED_BASE, &f->peer);
  g_assert_true (agent_check_now (f));
  f->now += FRAM_MILLISECONDS (100);
  g_assert_cmpint (fram_ice_agent_check_due (f->agent), ==, FRAM_TIME_NEVER);
  pair = find_pair (f, RELAYED_BASE);
  g_assert_cmpint (pair->first_sent, ==, -1);

  /* The port does not count. */
  fram_ice_agent_told_permitted (f->agent, RELAYED_BASE, &peer, f->now);
  g_assert_true (agent_check_now (f));
  g_assert_cmpint (pair->first_sent, ==, f->now);
}

/* That the peer was heard does not let anything be sent: its permission may be there still, while
 * it is asked for anew. */
static void
test_held_though_heard (AgentFixture *f, gconstpointer data)
{
  AgentCheck again = agent_plain_check;
  const FramPair *pair;

  agent_describe (f, 5);
  agent_receive (f, &agent_plain_check, &f->peer, FALSE);
  fram_ice_agent_hold_pair (f->agent, BASE, &f->peer);
  pair = agent_only_pair (f);
  g_assert_cmpint (pair->state, ==, FRAM_PAIR_WAITING);
  g_assert_cmpint (fram_ice_agent_check_due (f->agent), ==, FRAM_TIME_NEVER);
  g_assert_false (fram_ice_agent_is_urgent (f->agent));
  again.id++;
  agent_receive (f, &again, &f->peer, FALSE);
  g_assert_cmpint (fram_ice_agent_check_due (f->agent), ==, FRAM_TIME_NEVER);
  g_assert_cmpint (pair->first_sent, ==, -1);

  fram_ice_agent_told_permitted (f->agent, BASE, &f->peer, f->now);
  g_assert_true (fram_ice_agent_is_urgent (f->agent));
  g_assert_true (agent_check_now (f));
  g_assert_cmpint (pair->cause, ==, FRAM_CAUSE_TRIGGERED_CHECK);
}

/* Those behind it in the queue do not wait with it. */
static void
test_held_is_passed (AgentFixture *f, gconstpointer data)
{
  const FramAddress other = agent_address ("192.0.2.9:2001");
  AgentCheck second = agent_plain_check;

  agent_describe (f, 5);
  agent_receive (f, &agent_plain_check, &f->peer, FALSE);
  fram_ice_agent_hold_pair (f->agent, BASE, &f->peer);
  second.id++;
  agent_receive (f, &second, &other, FALSE);
  g_assert_true (agent_check_now (f));
  g_assert_true (fram_address_equal (&f->sent_to, &other));
  f->now += FRAM_MILLISECONDS (100);
  g_assert_cmpint (fram_ice_agent_check_due (f->agent), ==, FRAM_TIME_NEVER);
}

static void
test_refused (AgentFixture *f, gconstpointer data)
{
  FramAddress peer = agent_address ("192.0.2.9:1");
  const FramPair *pair;

  agent_describe (f, 5);
  add_relayed (f);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  fram_ice_agent_hold_pair (f->agent, RELAYED_BASE, &f->peer);
  fram_ice_agent_told_refused (f->agent, RELAYED_BASE, &peer, f->now);
  agent_drain (f);
  pair = find_pair (f, RELAYED_BASE);
  g_assert_cmpint (pair->state, ==, FRAM_PAIR_FAILED);
  g_assert_cmpint (pair->cause, ==, FRAM_CAUSE_PEER_REFUSED);
  g_assert_cmpint (find_pair (f, BASE)->state, !=, FRAM_PAIR_FAILED);
  g_assert_true (agent_check_now (f));
  f->now += FRAM_MILLISECONDS (100);
  g_assert_cmpint (fram_ice_agent_check_due (f->agent), ==, FRAM_TIME_NEVER);
}

/* It has no claim that could be given back. */
static void
test_not_even_asked (AgentFixture *f, gconstpointer data)
{
  const FramPair *pair;
  guint n_removed;

  agent_describe (f, 5);
  add_relayed (f);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  fram_ice_agent_refuse_peer (f->agent, RELAYED_BASE, &f->peer, f->now);
  pair = find_pair (f, RELAYED_BASE);
  g_assert_cmpint (pair->cause, ==, FRAM_CAUSE_PEER_REFUSED);
  g_assert_true (pair->refused);
  n_removed = f->n_removed;
  fram_ice_agent_remove_base (f->agent, RELAYED_BASE, f->now);
  agent_drain (f);
  g_assert_cmpuint (f->n_removed, ==, n_removed);
}

/* RFC 8838 §11.3: a check told of it first, on one base; when the peer names it, the others
 * are paired with it too: behind some NATs only the relay is reached from there. */
static void
test_named_later (AgentFixture *f, gconstpointer data)
{
  agent_describe (f, 5);
  add_relayed (f);
  agent_receive (f, &agent_plain_check, &f->peer, FALSE);
  g_assert_nonnull (find_pair (f, BASE));
  g_assert_null (find_pair (f, RELAYED_BASE));
  agent_add_peer (f, 1, "192.0.2.9:2000");
  g_assert_nonnull (find_pair (f, RELAYED_BASE));
  g_assert_cmpuint (fram_ice_agent_get_remotes (f->agent, 0)->len, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function)                                                             \
  g_test_add ("/ice/permission/" name, AgentFixture, NULL, agent_setup, function,        \
              agent_teardown)
  CASE ("held", test_held);
  CASE ("held-though-heard", test_held_though_heard);
  CASE ("held-is-passed", test_held_is_passed);
  CASE ("refused", test_refused);
  CASE ("not-even-asked", test_not_even_asked);
  CASE ("named-later", test_named_later);
  return g_test_run ();
}
