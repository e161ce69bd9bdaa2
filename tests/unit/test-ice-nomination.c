/* Nomination as older and newer peers do it, on either side.  (RFC 8445 §8.1, RFC 5245 §8.1.1,
 * draft-thatcher-ice-renomination) */
#include "nomination-fixture.h"

#include <string.h>

/* RFC 5245 §8.1.1.2: a peer that says USE-CANDIDATE with each of its checks, from the first on.
 * In whatever order they come, before or behind our own, the best pair that works is used. */
static void
test_aggressive (gconstpointer data)
{
  guint order = GPOINTER_TO_UINT (data);
  AgentFixture f = { 0 };

  nomination_begin (&f, FRAM_ROLE_CONTROLLED, FRAM_ICE_OPTION_NONE);
  nomination_add_peer (&f, GOOD, 1000);
  nomination_add_peer (&f, BETTER, 2000);
  if (order & 2)
    nomination_answer_for (&f, FRAM_SECONDS (1));
  nomination_hear (&f, order & 1 ? BETTER : GOOD, 1);
  nomination_answer_for (&f, FRAM_MILLISECONDS (20));
  nomination_hear (&f, order & 1 ? GOOD : BETTER, 2);
  nomination_answer_for (&f, FRAM_SECONDS (1));
  nomination_assert_selected (&f, BETTER);
  g_assert_cmpint (fram_ice_agent_get_state (f.agent), ==, FRAM_STATE_COMPLETED);
  /* And it stays, whatever else such a peer says again. */
  nomination_hear (&f, GOOD, 3);
  nomination_answer_for (&f, FRAM_SECONDS (1));
  nomination_assert_selected (&f, BETTER);
  agent_teardown (&f, NULL);
}

/* A peer as of RFC 5245 that is controlled is told once: RFC 8445 §8.1.1 lets nobody nominate
 * another pair then, however good. */
static void
test_once (void)
{
  AgentFixture f = { 0 };

  nomination_begin (&f, FRAM_ROLE_CONTROLLING, FRAM_ICE_OPTION_NONE);
  nomination_add_peer (&f, GOOD, 1000);
  g_assert_cmpuint (nomination_answer_for (&f, FRAM_SECONDS (1)), ==, 1);
  nomination_assert_selected (&f, GOOD);
  nomination_add_peer (&f, BETTER, 2000);
  g_assert_cmpuint (nomination_answer_for (&f, FRAM_SECONDS (60)), ==, 0);
  nomination_assert_selected (&f, GOOD);
  agent_teardown (&f, NULL);
}

/* RFC 8445 §8.1.1: the pair that the controlling side selected falls silent: the other that
 * works is nominated, though the peer does not renominate, for nothing else is left. */
static void
test_only_living (void)
{
  AgentFixture f = { 0 };
  FramAddress dead = agent_address (BETTER);

  nomination_begin (&f, FRAM_ROLE_CONTROLLING, FRAM_ICE_OPTION_NONE);
  nomination_add_peer (&f, BETTER, 2000);
  nomination_answer_for (&f, FRAM_SECONDS (1));
  nomination_assert_selected (&f, BETTER);
  nomination_add_peer (&f, GOOD, 1000);
  nomination_answer_for (&f, FRAM_SECONDS (1));
  nomination_answer_but (&f, FRAM_SECONDS (12), &dead);
  nomination_assert_selected (&f, GOOD);
  g_assert_cmpint (fram_ice_agent_get_state (f.agent), ==, FRAM_STATE_COMPLETED);
  agent_teardown (&f, NULL);
}

/* The selected pair is silent, and the other answers, which the peer checks itself at once, or never.
 * Return: how long after its answer it is nominated. */
static FramTime
measure_delay (gboolean peer_checks)
{
  AgentFixture f = { 0 };
  AgentCheck check = agent_plain_check;
  FramAddress dead = agent_address (BETTER), good = agent_address (GOOD);
  FramTime answered = -1;
  gboolean is_nominated = FALSE;

  check.role_attribute = FRAM_STUN_ATTR_ICE_CONTROLLED;
  nomination_begin (&f, FRAM_ROLE_CONTROLLING, FRAM_ICE_OPTION_NONE);
  nomination_add_peer (&f, BETTER, 2000);
  nomination_answer_for (&f, FRAM_SECONDS (1));
  nomination_add_peer (&f, GOOD, 1000);
  nomination_answer_for (&f, FRAM_SECONDS (1));
  for (guint i = 0; i < 1000 && !is_nominated; i++)
    {
      if (!nomination_step (&f) || fram_address_equal (&f.sent_to, &dead))
        continue;
      is_nominated = nomination_is_sent (&f);
      if (is_nominated)
        continue;
      agent_answer (&f, 0, PEER_PWD, nomination_address_of (&f, f.sent_by), &good);
      if (answered >= 0)
        continue;
      answered = f.now;
      if (peer_checks)
        agent_receive (&f, &check, &good, FALSE);
    }
  g_assert_true (is_nominated);
  agent_teardown (&f, NULL);
  return f.now - answered;
}

/* In place of a silent path one is nominated that is valid for the peer, too, which else may forget the
 * nomination; it is not waited for for long. */
static void
test_valid_for_both (void)
{
  g_assert_cmpint (measure_delay (TRUE), <=, FRAM_MILLISECONDS (50));
  g_assert_cmpint (measure_delay (FALSE), >=, FRAM_MILLISECONDS (300));
  g_assert_cmpint (measure_delay (FALSE), <=, FRAM_MILLISECONDS (350));
}

/* RFC 5245 §7.2.1.1 resolves conflicts as RFC 8445 does; a peer that says nothing of options or
 * pacing gets 50 ms. */
static void
test_old_conflict (void)
{
  AgentCheck check = agent_plain_check;
  AgentFixture f = { 0 };
  FramAddress from = agent_address (GOOD);

  nomination_begin (&f, FRAM_ROLE_CONTROLLING, FRAM_ICE_OPTION_NONE);
  nomination_add_peer (&f, GOOD, 1000);
  check.use_candidate = TRUE;
  check.tie_breaker = 0;
  agent_receive (&f, &check, &from, FALSE);
  g_assert_cmpuint (agent_answer_code (&f), ==, FRAM_STUN_ERROR_ROLE_CONFLICT);
  check.tie_breaker = G_MAXUINT64;
  agent_receive (&f, &check, &from, FALSE);
  g_assert_cmpuint (agent_answer_code (&f), ==, 0);
  g_assert_cmpint (fram_ice_agent_get_role (f.agent), ==, FRAM_ROLE_CONTROLLED);
  nomination_answer_for (&f, FRAM_SECONDS (1));
  nomination_assert_selected (&f, GOOD);
  agent_teardown (&f, NULL);
}

/* Each of many checks that are under way is sent again late (RFC 8445 §14.3); a nomination, whose
 * answer has its known time, after half a second. */
static void
test_lost_answer (void)
{
  AgentFixture f = { 0 };
  FramAddress living = agent_address (BETTER);
  FramTime nominated;

  nomination_begin (&f, FRAM_ROLE_CONTROLLING, FRAM_ICE_OPTION_ICE2);
  nomination_add_peer (&f, BETTER, 2000);
  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *at = g_strdup_printf ("203.0.113.1:%u", 2000 + i);

      nomination_add_peer (&f, at, 1000 + i);
    }
  while (!fram_address_equal (&f.sent_to, &living))
    g_assert_true (agent_check_now (&f));
  agent_answer (&f, 0, PEER_PWD, &f.own, &living);
  while (!nomination_is_sent (&f))
    g_assert_true (agent_check_now (&f));
  nominated = f.now;
  f.sent_to.port = 0;
  while (!fram_address_equal (&f.sent_to, &living))
    {
      f.now = MAX (f.now, fram_ice_agent_deadline (f.agent));
      g_assert_cmpint (f.now - nominated, <=, FRAM_SECONDS (1));
      fram_ice_agent_advance (f.agent, f.now);
      agent_drain (&f);
    }
  g_assert_true (nomination_is_sent (&f));
  g_assert_cmpint (f.now - nominated, ==, FRAM_MILLISECONDS (500));
  agent_teardown (&f, NULL);
}

/* A better pair that was asked late is waited for, but no longer than half a second from the
 * first valid pair on, though that was a slow one itself. */
static void
test_bound (void)
{
  AgentFixture f = { 0 };
  FramAddress good = agent_address (GOOD);
  guint8 check[FRAM_STUN_MAX_SENT];
  gsize length;
  FramTime valid;

  nomination_begin (&f, FRAM_ROLE_CONTROLLING, FRAM_ICE_OPTION_ICE2);
  nomination_add_peer (&f, GOOD, 1000);
  g_assert_true (agent_check_now (&f));
  length = f.sent_length;
  memcpy (check, f.sent, length);
  agent_run_for (&f, FRAM_MILLISECONDS (440));
  nomination_add_peer (&f, BETTER, 2000);
  g_assert_true (agent_check_now (&f));
  agent_run_for (&f, FRAM_MILLISECONDS (10));
  f.sent_length = length;
  memcpy (f.sent, check, length);
  agent_answer (&f, 0, PEER_PWD, &f.own, &good);
  valid = f.now;
  agent_run_until (&f, valid + FRAM_MILLISECONDS (500) - 1);
  g_assert_cmpint (fram_ice_agent_check_due (f.agent), ==, FRAM_TIME_NEVER);
  agent_run_until (&f, valid + FRAM_MILLISECONDS (500));
  g_assert_true (agent_check_now (&f));
  g_assert_cmpint (f.now, ==, valid + FRAM_MILLISECONDS (500));
  g_assert_true (nomination_is_sent (&f));
  g_assert_true (fram_address_equal (&f.sent_to, &good));
  agent_teardown (&f, NULL);
}

/* A peer that nominates once, and does so again: it has lost the first.  (RFC 8445 §8.1.1) */
static void
test_once_again (void)
{
  AgentFixture f = { 0 };

  nomination_begin (&f, FRAM_ROLE_CONTROLLED, FRAM_ICE_OPTION_ICE2);
  nomination_add_peer (&f, GOOD, 1000);
  nomination_add_peer (&f, BETTER, 2000);
  nomination_answer_for (&f, FRAM_SECONDS (1));
  nomination_hear (&f, BETTER, 1);
  nomination_assert_selected (&f, BETTER);
  nomination_hear (&f, GOOD, 2);
  nomination_assert_selected (&f, GOOD);
  /* One that is late says nothing new. */
  nomination_hear (&f, BETTER, 1);
  nomination_assert_selected (&f, GOOD);
  agent_teardown (&f, NULL);
}

/* The peer asks by another pair than the one that it nominated last, or than the one that it was
 * told of: its data come there, for as long as it asks. */
static void
test_peer_stays (void)
{
  AgentFixture f = { 0 };
  FramAddress other = agent_address (GOOD);
  const GPtrArray *pairs;

  nomination_begin (&f, FRAM_ROLE_CONTROLLED, FRAM_ICE_OPTION_ICE2);
  nomination_add_peer (&f, BETTER, 2000);
  nomination_add_peer (&f, GOOD, 1000);
  nomination_answer_for (&f, FRAM_SECONDS (1));
  nomination_hear (&f, BETTER, 1);
  nomination_answer_for (&f, FRAM_SECONDS (5));
  pairs = fram_ice_agent_get_pairs (f.agent, 0);
  g_assert_cmpuint (pairs->len, ==, 1);
  for (guint i = 0; i < 40; i++)
    {
      agent_receive (&f, &agent_plain_check, &other, FALSE);
      nomination_answer_for (&f, FRAM_SECONDS (5));
      g_assert_cmpuint (pairs->len, ==, 2);
    }
  g_assert_cmpuint (f.n_routes_over, ==, 0);
  nomination_answer_for (&f, FRAM_SECONDS (31));
  g_assert_cmpuint (pairs->len, ==, 1);
  nomination_assert_selected (&f, BETTER);
  agent_teardown (&f, NULL);
}

/* The others go 39.5 s after something new came up; a pair whose nomination is under way then
 * stays: the peer may have taken it already, and only the answer is missing. */
static void
test_freed_while_nominating (void)
{
  AgentFixture f = { 0 };
  FramAddress deaf = agent_address (BETTER);

  nomination_begin (&f, FRAM_ROLE_CONTROLLING,
                    FRAM_ICE_OPTION_ICE2 | FRAM_ICE_OPTION_RENOMINATION);
  nomination_add_peer (&f, GOOD, 1000);
  /* Its checks leave at no time at which one for consent does. */
  nomination_answer_for (&f, FRAM_MILLISECONDS (5100));
  nomination_add_peer (&f, BETTER, 2000);
  /* It answers when the check is sent for the sixth time. */
  nomination_answer_but (&f, FRAM_SECONDS (15), &deaf);
  g_assert_cmpuint (nomination_answer_for (&f, FRAM_MILLISECONDS (900)), ==, 0);
  g_assert_cmpuint (nomination_answer_but (&f, FRAM_SECONDS (24), &deaf), >=, 1);
  nomination_assert_selected (&f, GOOD);
  g_assert_cmpuint (fram_ice_agent_get_pairs (f.agent, 0)->len, ==, 2);
  agent_teardown (&f, NULL);
}

/* One more local address answers. Return: how many nominations that brings. */
static guint
add_own (AgentFixture *f, guint32 base, const char *at)
{
  FramCandidate local = agent_host (base, 1, at);

  fram_ice_agent_add_local (f->agent, 0, &local, f->now);
  return nomination_answer_for (f, FRAM_SECONDS (2));
}

/* A lane of an address that was opened later is not preferred to the one in use; an address that
 * came later is. */
static void
test_lanes_are_alike (void)
{
  AgentFixture f = { 0 };

  nomination_begin (&f, FRAM_ROLE_CONTROLLING,
                    FRAM_ICE_OPTION_ICE2 | FRAM_ICE_OPTION_RENOMINATION);
  nomination_add_peer (&f, GOOD, 1000);
  g_assert_cmpuint (nomination_answer_for (&f, FRAM_SECONDS (1)), ==, 1);
  g_assert_cmpuint (add_own (&f, BASE + 1, "192.0.2.1:1001"), ==, 0);
  g_assert_cmpuint (add_own (&f, BASE + 2, "192.0.2.2:1000"), ==, 1);
  agent_teardown (&f, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/ice/nomination/aggressive/first-good", GUINT_TO_POINTER (0),
                        test_aggressive);
  g_test_add_data_func ("/ice/nomination/aggressive/first-better", GUINT_TO_POINTER (1),
                        test_aggressive);
  g_test_add_data_func ("/ice/nomination/aggressive/good-when-valid",
                        GUINT_TO_POINTER (2), test_aggressive);
  g_test_add_data_func ("/ice/nomination/aggressive/better-when-valid",
                        GUINT_TO_POINTER (3), test_aggressive);
  g_test_add_func ("/ice/nomination/once", test_once);
  g_test_add_func ("/ice/nomination/lost-answer", test_lost_answer);
  g_test_add_func ("/ice/nomination/bound", test_bound);
  g_test_add_func ("/ice/nomination/once-again", test_once_again);
  g_test_add_func ("/ice/nomination/peer-stays", test_peer_stays);
  g_test_add_func ("/ice/nomination/freed-while-nominating", test_freed_while_nominating);
  g_test_add_func ("/ice/nomination/lanes-are-alike", test_lanes_are_alike);
  g_test_add_func ("/ice/nomination/only-living", test_only_living);
  g_test_add_func ("/ice/nomination/valid-for-both", test_valid_for_both);
  g_test_add_func ("/ice/nomination/old-conflict", test_old_conflict);
  return g_test_run ();
}
