/* Check lists: how the agent forms, orders, freezes and frees its pairs.
 * (RFC 8445 §6.1.2, RFC 8838 §12) */
#include "agent-fixture.h"

/* --- AgentCheck lists (RFC 8445 §6.1.2) ------------------------------------------------- */

/* The table of §6.1.2.6: for each foundation, one pair of the lowest component in the first
 * list begins; the others follow when it has succeeded (§7.2.5.3.3). */
static void
test_freezing (void)
{
  AgentFixture f = { 0 };
  FramCandidate remote;
  FramAddress own;
  guint waiting = 0, base = 1;

  agent_begin (&f, FRAM_ROLE_CONTROLLING, 2, 2, 100);
  for (guint s = 0; s < 2; s++)
    for (guint c = 1; c <= 2; c++)
      {
        g_autofree char *at = g_strdup_printf ("192.0.2.1:%u", 1000 + base);
        FramCandidate local = agent_host (base++, c, at);

        fram_ice_agent_add_local (f.agent, s, &local, f.now);
        at[8] = '9';
        remote = agent_host (0, c, at);
        fram_ice_agent_add_remote (f.agent, s, &remote, 64, f.now);
      }
  agent_describe (&f, 5);
  g_assert_true (agent_check_now (&f));
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

  /* §7.2.5.3.3: a success sets "all other Frozen candidate pairs in all checklists with the same
   * foundation to Waiting". */
  own = agent_address ("192.0.2.1:1001");
  agent_answer (&f, 0, PEER_PWD, &own, &f.sent_to);
  for (guint s = 0; s < 2; s++)
    for (guint i = 0; i < 2; i++)
      {
        const FramPair *pair
            = g_ptr_array_index (fram_ice_agent_get_pairs (f.agent, s), i);

        g_assert_cmpint (pair->state, ==,
                         s == 0 && pair->component == 1 ? FRAM_PAIR_SUCCEEDED
                                                        : FRAM_PAIR_WAITING);
      }
  fram_ice_agent_free (f.agent);
}

/* draft-ietf-mmusic-mdns-ice-candidates §3.3.2: a relay is told of nobody who hides. */
static void
test_named_not_relayed (void)
{
  AgentFixture f = { 0 };
  FramCandidate host = agent_host (1, 1, "192.0.2.1:1000");
  FramCandidate relayed = agent_host (2, 1, "203.0.113.1:1000");
  FramCandidate named = agent_host (0, 1, "192.0.2.2:2000");
  const GPtrArray *pairs;

  relayed.type = FRAM_CANDIDATE_RELAYED;
  named.is_named = TRUE;
  agent_begin (&f, FRAM_ROLE_CONTROLLING, 1, 1, 100);
  fram_ice_agent_add_local (f.agent, 0, &host, f.now);
  fram_ice_agent_add_local (f.agent, 0, &relayed, f.now);
  fram_ice_agent_add_remote (f.agent, 0, &named, 64, f.now);
  pairs = fram_ice_agent_get_pairs (f.agent, 0);
  g_assert_cmpuint (pairs->len, ==, 1);
  g_assert_cmpint (((const FramPair *) pairs->pdata[0])->local->type, ==,
                   FRAM_CANDIDATE_HOST);
  fram_ice_agent_free (f.agent);
}

/* Until it tells the address itself, as a server sees it. */
static void
test_named_no_more (void)
{
  AgentFixture f = { 0 };
  FramCandidate relayed = agent_host (1, 1, "203.0.113.1:1000");
  FramCandidate candidate = agent_host (0, 1, "192.0.2.2:2000");
  const GPtrArray *pairs;

  relayed.type = FRAM_CANDIDATE_RELAYED;
  candidate.is_named = TRUE;
  agent_begin (&f, FRAM_ROLE_CONTROLLING, 1, 1, 100);
  fram_ice_agent_add_local (f.agent, 0, &relayed, f.now);
  fram_ice_agent_add_remote (f.agent, 0, &candidate, 64, f.now);
  pairs = fram_ice_agent_get_pairs (f.agent, 0);
  g_assert_cmpuint (pairs->len, ==, 0);
  candidate.type = FRAM_CANDIDATE_SERVER_REFLEXIVE;
  candidate.is_named = FALSE;
  g_assert_cmpint (fram_ice_agent_add_remote (f.agent, 0, &candidate, 64, f.now), ==,
                   FRAM_ICE_ADD_KNOWN);
  g_assert_cmpuint (pairs->len, ==, 1);
  /* The name again hides nothing. */
  candidate.is_named = TRUE;
  fram_ice_agent_add_remote (f.agent, 0, &candidate, 64, f.now);
  g_assert_cmpuint (pairs->len, ==, 1);
  g_assert_false (((const FramPair *) pairs->pdata[0])->remote->is_named);
  fram_ice_agent_free (f.agent);
}

/* RFC 8838 §12 rule 1: a pair of the first stream that comes late does not wait for what a
 * later stream, which came first, is trying. */
static void
test_late_topmost (void)
{
  AgentFixture f = { 0 };
  const FramPair *late;

  agent_begin (&f, FRAM_ROLE_CONTROLLING, 2, 1, 100);
  agent_describe (&f, 5);
  for (guint n = 2; n > 0; n--)
    {
      g_autofree char *at = g_strdup_printf ("192.0.2.1:%u", 1000 + n);
      FramCandidate local = agent_host (n, 1, at), remote;

      at[8] = '9';
      remote = agent_host (0, 1, at);
      fram_ice_agent_add_local (f.agent, n - 1, &local, f.now);
      fram_ice_agent_add_remote (f.agent, n - 1, &remote, 64, f.now);
      g_assert_true (agent_check_now (&f));
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
  AgentFixture f = { 0 };
  FramCandidate local = agent_host (BASE, 1, "192.0.2.1:1000");
  const GPtrArray *pairs;
  guint64 least;

  agent_begin (&f, FRAM_ROLE_CONTROLLING, 1, 1, 10);
  fram_ice_agent_add_local (f.agent, 0, &local, f.now);
  agent_describe (&f, 5);
  for (guint i = 0; i < 30; i++)
    {
      g_autofree char *at = g_strdup_printf ("192.0.2.9:%u", 2000 + i);
      FramCandidate remote = agent_host (0, 1, at);

      remote.priority = 1000 + (i * 7) % 30;
      fram_ice_agent_add_remote (f.agent, 0, &remote, 64, f.now);
    }
  agent_drain (&f);
  pairs = fram_ice_agent_get_pairs (f.agent, 0);
  g_assert_cmpuint (pairs->len, ==, 10);
  least = ((const FramPair *) g_ptr_array_index (pairs, 9))->remote->priority;
  g_assert_cmpuint (least, ==, 1020);
  g_assert_cmpuint (f.n_added - f.n_removed, ==, 10);
  fram_ice_agent_free (f.agent);
}

/* What lanes of the same two addresses there are goes before the only way by a NAT, which is of
 * lower priority than all of them. */
static void
test_lanes_make_room (void)
{
  AgentFixture f = { 0 };
  FramCandidate mapped = agent_host (0, 1, "203.0.113.9:2000");
  const GPtrArray *pairs;
  guint n_mapped = 0;

  agent_begin (&f, FRAM_ROLE_CONTROLLING, 1, 1, 6);
  agent_describe (&f, 5);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *own = g_strdup_printf ("192.0.2.1:%u", 1000 + i);
      g_autofree char *peer = g_strdup_printf ("192.0.2.9:%u", 2000 + i);
      FramCandidate local = agent_host (BASE + i, 1, own);

      fram_ice_agent_add_local (f.agent, 0, &local, f.now);
      agent_add_peer (&f, 1, peer);
    }
  g_strlcpy (mapped.foundation, "nat", sizeof mapped.foundation);
  mapped.priority = 1000;
  fram_ice_agent_add_remote (f.agent, 0, &mapped, 64, f.now);
  agent_add_peer (&f, 1, "192.0.2.9:3000");
  pairs = fram_ice_agent_get_pairs (f.agent, 0);
  g_assert_cmpuint (pairs->len, ==, 6);
  for (guint i = 0; i < pairs->len; i++)
    n_mapped
        += ((const FramPair *) g_ptr_array_index (pairs, i))->remote->priority == 1000;
  g_assert_cmpuint (n_mapped, ==, 3);
  fram_ice_agent_free (f.agent);
}

/* RFC 8445 §7.3.1.4: a check that came in has its pair, though the list is full of better ones
 * that were not tried yet. */
static void
test_heard_makes_room (void)
{
  AgentFixture f = { 0 };
  FramCandidate local = agent_host (BASE, 1, "192.0.2.1:1000");
  FramAddress from = agent_address ("203.0.113.9:4000");
  const GPtrArray *pairs;
  guint n_heard = 0;

  agent_begin (&f, FRAM_ROLE_CONTROLLED, 1, 1, 3);
  fram_ice_agent_add_local (f.agent, 0, &local, f.now);
  agent_describe (&f, 5);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *at = g_strdup_printf ("192.0.2.9:%u", 2000 + i);

      agent_add_peer (&f, 1, at);
    }
  agent_receive (&f, &agent_plain_check, &from, FALSE);
  pairs = fram_ice_agent_get_pairs (f.agent, 0);
  g_assert_cmpuint (pairs->len, ==, 3);
  for (guint i = 0; i < pairs->len; i++)
    {
      const FramPair *pair = g_ptr_array_index (pairs, i);

      n_heard += fram_address_equal (&pair->remote->address, &from) && pair->triggered;
    }
  g_assert_cmpuint (n_heard, ==, 1);
  fram_ice_agent_free (f.agent);
}

/* RFC 8838 §11: a failed pair makes room for a new one, however good it was. */
static void
test_failed_make_room (void)
{
  AgentFixture f = { 0 };
  FramCandidate local = agent_host (BASE, 1, "192.0.2.1:1000");
  FramCandidate late = agent_host (0, 1, "192.0.2.9:3000");

  agent_begin (&f, FRAM_ROLE_CONTROLLING, 1, 1, 1);
  fram_ice_agent_add_local (f.agent, 0, &local, f.now);
  agent_describe (&f, 5);
  agent_add_peer (&f, 1, "192.0.2.9:2000");
  g_assert_true (agent_check_now (&f));
  late.priority = 1;
  fram_ice_agent_add_remote (f.agent, 0, &late, 64, f.now);
  g_assert_cmpuint (agent_only_pair (&f)->remote->priority, !=, 1);

  fram_ice_agent_told_unreachable (f.agent, BASE, &f.peer, f.now);
  late.address.port++;
  fram_ice_agent_add_remote (f.agent, 0, &late, 64, f.now);
  g_assert_cmpuint (agent_only_pair (&f)->remote->priority, ==, 1);
  fram_ice_agent_free (f.agent);
}

static void
test_what_is_not_paired (AgentFixture *f, gconstpointer data)
{
  FramCandidate remote = agent_host (0, 1, "192.0.2.9:2000");

  agent_describe (f, 5);
  remote.transport = FRAM_TRANSPORT_TCP_PASSIVE;
  g_assert_cmpint (fram_ice_agent_add_remote (f->agent, 0, &remote, 64, f->now), ==,
                   FRAM_ICE_ADD_IGNORED);
  remote = agent_host (0, 1, "224.0.0.1:2000");
  g_assert_cmpint (fram_ice_agent_add_remote (f->agent, 0, &remote, 64, f->now), ==,
                   FRAM_ICE_ADD_IGNORED);
  remote = agent_host (0, 2, "192.0.2.9:2000");
  g_assert_cmpint (fram_ice_agent_add_remote (f->agent, 0, &remote, 64, f->now), ==,
                   FRAM_ICE_ADD_NO_COMPONENT);
  remote = agent_host (0, 1, "[2001:db8::9]:2000");
  g_assert_cmpint (fram_ice_agent_add_remote (f->agent, 0, &remote, 64, f->now), ==,
                   FRAM_ICE_ADD_OK);
  remote = agent_host (0, 1, "192.0.2.9:2000");
  g_assert_cmpint (fram_ice_agent_add_remote (f->agent, 0, &remote, 64, f->now), ==,
                   FRAM_ICE_ADD_OK);
  g_assert_cmpint (fram_ice_agent_add_remote (f->agent, 0, &remote, 64, f->now), ==,
                   FRAM_ICE_ADD_KNOWN);
  g_assert_cmpuint (fram_ice_agent_get_pairs (f->agent, 0)->len, ==, 1);
}

static void
test_base_gone (AgentFixture *f, gconstpointer data)
{
  agent_describe (f, 5);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  agent_check_now (f);
  agent_answer (f, 0, PEER_PWD, &f->own, &f->peer);
  fram_ice_agent_remove_base (f->agent, BASE, f->now);
  agent_drain (f);
  g_assert_cmpuint (fram_ice_agent_get_pairs (f->agent, 0)->len, ==, 0);
  /* Another base may come; it has some time. */
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_DISCONNECTED);
  for (guint i = 0; i < 10 && fram_ice_agent_deadline (f->agent) != FRAM_TIME_NEVER; i++)
    {
      f->now = fram_ice_agent_deadline (f->agent);
      fram_ice_agent_advance (f->agent, f->now);
    }
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_FAILED);
  g_assert_cmpint (fram_ice_agent_get_cause (f->agent), ==,
                   FRAM_CAUSE_NO_LOCAL_CANDIDATES);
}

/* RFC 8445 §6.1.2.2: "IPv6 link-local addresses MUST NOT be paired with other than link-local
 * addresses". */
static void
test_link_local (AgentFixture *f, gconstpointer data)
{
  FramCandidate link_local = agent_host (BASE + 1, 1, "[fe80::1]:1000"),
                global = agent_host (BASE + 2, 1, "[2001:db8::1]:1000");
  const FramPair *pair;

  agent_describe (f, 5);
  fram_ice_agent_add_local (f->agent, 0, &link_local, f->now);
  agent_add_peer (f, 1, "[2001:db8::9]:2000");
  g_assert_cmpuint (fram_ice_agent_get_pairs (f->agent, 0)->len, ==, 0);
  agent_add_peer (f, 1, "[fe80::9]:2000");
  pair = agent_only_pair (f);
  g_assert_true (fram_address_is_link_local (&pair->local->address)
                 && fram_address_is_link_local (&pair->remote->address));
  fram_ice_agent_add_local (f->agent, 0, &global, f->now);
  g_assert_cmpuint (fram_ice_agent_get_pairs (f->agent, 0)->len, ==, 2);
}

#define CASE(path, data, function)                                                       \
  g_test_add ("/ice/checklist/" path, AgentFixture, data, agent_setup, function,         \
              agent_teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ice/checklist/freezing", test_freezing);
  g_test_add_func ("/ice/checklist/late-topmost", test_late_topmost);
  g_test_add_func ("/ice/checklist/pair-limit", test_pair_limit);
  g_test_add_func ("/ice/checklist/lanes-make-room", test_lanes_make_room);
  g_test_add_func ("/ice/checklist/heard-makes-room", test_heard_makes_room);
  g_test_add_func ("/ice/checklist/failed-make-room", test_failed_make_room);
  g_test_add_func ("/ice/checklist/named-not-relayed", test_named_not_relayed);
  g_test_add_func ("/ice/checklist/named-no-more", test_named_no_more);
  CASE ("what-is-not-paired", NULL, test_what_is_not_paired);
  CASE ("link-local", NULL, test_link_local);
  CASE ("base-gone", NULL, test_base_gone);
  return g_test_run ();
}
