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

/* --- Scheduling (RFC 8445 §6.1.4) ------------------------------------------------------- */

/* A candidate of the peer's at this port.  Foundations are those of addresses: at another one
 * nothing waits for it. */
static void
add_remote (AgentFixture *f, guint stream, const char *ip, guint port, guint32 priority)
{
  g_autofree char *at = g_strdup_printf ("%s:%u", ip, port);
  FramCandidate remote = agent_host (0, 1, at);

  remote.priority = priority;
  g_assert_cmpint (fram_ice_agent_add_remote (f->agent, stream, &remote, 64, f->now), ==,
                   FRAM_ICE_ADD_OK);
}

static const FramPair *
find_pair (AgentFixture *f, guint port)
{
  const GPtrArray *pairs = fram_ice_agent_get_pairs (f->agent, 0);

  for (guint i = 0; i < pairs->len; i++)
    {
      const FramPair *pair = g_ptr_array_index (pairs, i);

      if (pair->remote->address.port == port)
        return pair;
    }
  g_assert_not_reached ();
}

/* "Whenever Ta fires the next checklist in the Running state in the checklist set is picked", in
 * it "the highest-priority candidate pair", and one that has none gives its turn "without waiting
 * for timer Ta". */
static void
test_turns (void)
{
  static const struct
  {
    guint stream;
    const char *ip;
    guint port;
    guint32 priority;
  } remotes[] = {
    { 1, "192.0.2.20", 21, 200 }, { 0, "192.0.2.10", 12, 20 },
    { 0, "192.0.2.11", 11, 30 },  { 0, "192.0.2.12", 14, 5 },
    { 1, "192.0.2.21", 22, 100 }, { 0, "192.0.2.13", 13, 10 },
  };
  static const guint ports[] = { 11, 21, 12, 22, 13, 14 };
  AgentFixture f = { 0 };
  FramTime last;

  agent_begin (&f, FRAM_ROLE_CONTROLLING, 2, 1, 100);
  for (guint s = 0; s < 2; s++)
    {
      g_autofree char *at = g_strdup_printf ("192.0.2.%u:1000", 1 + s);
      FramCandidate local = agent_host (BASE + s, 1, at);

      fram_ice_agent_add_local (f.agent, s, &local, f.now);
    }
  agent_describe (&f, 20);
  for (guint i = 0; i < G_N_ELEMENTS (remotes); i++)
    add_remote (&f, remotes[i].stream, remotes[i].ip, remotes[i].port,
                remotes[i].priority);
  last = f.now - FRAM_MILLISECONDS (20);
  for (guint i = 0; i < G_N_ELEMENTS (ports); i++)
    {
      g_assert_true (agent_check_now (&f));
      g_assert_cmpuint (f.sent_to.port, ==, ports[i]);
      g_assert_cmpint (f.now - last, ==, FRAM_MILLISECONDS (20));
      last = f.now;
    }
  g_assert_false (agent_check_now (&f));
  fram_ice_agent_free (f.agent);
}

static void
assert_next (AgentFixture *f, guint port, FramCause cause)
{
  g_assert_true (agent_check_now (f));
  g_assert_cmpuint (f->sent_to.port, ==, port);
  g_assert_cmpint (find_pair (f, port)->state, ==, FRAM_PAIR_IN_PROGRESS);
  g_assert_cmpint (find_pair (f, port)->cause, ==, cause);
}

/* Step 1: the queue goes before all priorities, and is "a first-in, first-out (FIFO) queue"
 * (§6.1.4.1), in which no pair stands twice (§7.3.1.4). */
static void
test_triggered_first (AgentFixture *f, gconstpointer data)
{
  static const guint heard[] = { 13, 11, 12, 13 };

  agent_describe (f, 5);
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *ip = g_strdup_printf ("192.0.2.%u", 10 + i);

      add_remote (f, 0, ip, 10 + i, 1000 - i);
    }
  add_remote (f, 0, "192.0.2.10", 20, 1);
  for (guint i = 0; i < G_N_ELEMENTS (heard); i++)
    {
      g_autofree char *at = g_strdup_printf ("192.0.2.%u:%u", heard[i], heard[i]);
      FramAddress from = agent_address (at);

      agent_receive (f, &agent_plain_check, &from, FALSE);
    }
  assert_next (f, 13, FRAM_CAUSE_TRIGGERED_CHECK);
  assert_next (f, 11, FRAM_CAUSE_TRIGGERED_CHECK);
  assert_next (f, 12, FRAM_CAUSE_TRIGGERED_CHECK);
  assert_next (f, 10, FRAM_CAUSE_ORDINARY_CHECK);
  assert_next (f, 14, FRAM_CAUSE_ORDINARY_CHECK);
  /* The foundation of the first is being tried. */
  g_assert_false (agent_check_now (f));
}

/* Three triggered checks in a row, and an ordinary one has its turn, the best of them. */
static void
test_triggered_in_a_row (AgentFixture *f, gconstpointer data)
{
  static const guint ports[] = { 3000, 3001, 3002, 2000, 3003, 3004, 3005, 2001, 3006 };

  agent_describe (f, 5);
  add_remote (f, 0, "192.0.2.21", 2001, 10);
  add_remote (f, 0, "192.0.2.20", 2000, 20);
  for (guint i = 0; i < 7; i++)
    {
      FramAddress from = f->peer;

      from.port = (guint16) (3000 + i);
      agent_receive (f, &agent_plain_check, &from, FALSE);
    }
  for (guint i = 0; i < G_N_ELEMENTS (ports); i++)
    assert_next (f, ports[i],
                 ports[i] < 3000 ? FRAM_CAUSE_ORDINARY_CHECK
                                 : FRAM_CAUSE_TRIGGERED_CHECK);
}

/* RFC 8445 §7.3.1.4: a check of the peer's has the pair checked anew, though its check is under way;
 * but not one that answers the peer's already, until that should have been answered. */
static void
test_answering (AgentFixture *f, gconstpointer data)
{
  agent_describe (f, 5);
  agent_add_peer (f, 1, "192.0.2.9:2000");
  g_assert_true (agent_check_now (f));
  agent_receive (f, &agent_plain_check, &f->peer, FALSE);
  g_assert_cmpint (agent_only_pair (f)->state, ==, FRAM_PAIR_WAITING);
  g_assert_true (agent_check_now (f));
  agent_receive (f, &agent_plain_check, &f->peer, FALSE);
  g_assert_cmpint (agent_only_pair (f)->state, ==, FRAM_PAIR_IN_PROGRESS);
  /* It was sent again after 500 ms, and not answered in as much. */
  agent_run_for (f, FRAM_MILLISECONDS (1000));
  agent_receive (f, &agent_plain_check, &f->peer, FALSE);
  g_assert_cmpint (agent_only_pair (f)->state, ==, FRAM_PAIR_WAITING);
}

/* Step 2 would let the second pair of a foundation wait until the check of the first has failed:
 * here, until that had to be sent again. */
static void
test_gives_way (AgentFixture *f, gconstpointer data)
{
  FramTime first;

  agent_describe (f, 5);
  add_remote (f, 0, "192.0.2.9", 2000, 30);
  add_remote (f, 0, "192.0.2.9", 2002, 10);
  add_remote (f, 0, "192.0.2.9", 2001, 20);
  assert_next (f, 2000, FRAM_CAUSE_ORDINARY_CHECK);
  first = f->now;
  agent_run_until (f, first + FRAM_MILLISECONDS (500) - 1);
  g_assert_cmpint (fram_ice_agent_check_due (f->agent), ==, FRAM_TIME_NEVER);
  g_assert_cmpint (find_pair (f, 2001)->state, ==, FRAM_PAIR_FROZEN);
  g_assert_cmpuint (f->n_sent, ==, 1);

  agent_run_until (f, first + FRAM_MILLISECONDS (500));
  g_assert_cmpuint (f->n_sent, ==, 2);
  assert_next (f, 2001, FRAM_CAUSE_ORDINARY_CHECK);
  g_assert_cmpint (f->now, ==, first + FRAM_MILLISECONDS (500));
  /* The next one waits for this one in its turn. */
  g_assert_cmpint (find_pair (f, 2002)->state, ==, FRAM_PAIR_FROZEN);
  g_assert_false (agent_check_now (f));
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

/* RFC 8445 §7.3.1.3: what a check told of is not paired with other addresses; here, until it has
 * proved itself. */
static void
test_reflexive_elsewhere (AgentFixture *f, gconstpointer data)
{
  FramCandidate later = agent_host (BASE + 1, 1, "192.0.2.2:1000"),
                latest = agent_host (BASE + 2, 1, "192.0.2.3:1000");
  const GPtrArray *pairs = fram_ice_agent_get_pairs (f->agent, 0);

  agent_describe (f, 5);
  agent_receive (f, &agent_plain_check, &f->peer, FALSE);
  g_assert_cmpuint (pairs->len, ==, 1);
  fram_ice_agent_add_local (f->agent, 0, &later, f->now);
  g_assert_cmpuint (pairs->len, ==, 1);
  g_assert_true (agent_check_now (f));
  agent_answer (f, 0, PEER_PWD, &f->own, &f->peer);
  fram_ice_agent_add_local (f->agent, 0, &latest, f->now);
  g_assert_cmpuint (pairs->len, ==, 2);
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
  g_test_add_func ("/ice/checklist/turns", test_turns);
  CASE ("reflexive-elsewhere", NULL, test_reflexive_elsewhere);
  CASE ("triggered-first", NULL, test_triggered_first);
  CASE ("triggered-in-a-row", NULL, test_triggered_in_a_row);
  CASE ("answering", NULL, test_answering);
  CASE ("gives-way", NULL, test_gives_way);
  CASE ("what-is-not-paired", NULL, test_what_is_not_paired);
  CASE ("link-local", NULL, test_link_local);
  CASE ("base-gone", NULL, test_base_gone);
  return g_test_run ();
}
