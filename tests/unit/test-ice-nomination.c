/* Nomination as older and newer peers do it, on either side.  (RFC 8445 §8.1, RFC 5245 §8.1.1,
 * draft-thatcher-ice-renomination) */
#include "agent-fixture.h"

#define GOOD "192.0.2.9:2000"
#define BETTER "192.0.2.10:2000"

/* A candidate of the peer's. */
static void
add_peer (AgentFixture *f, const char *at, guint32 priority)
{
  FramCandidate remote = agent_host (0, 1, at);

  remote.priority = priority;
  fram_ice_agent_add_remote (f->agent, 0, &remote, 64, f->now);
  agent_drain (f);
}

static void
begin (AgentFixture *f, FramRole role, FramIceOptions options)
{
  FramCandidate local = agent_host (BASE, 1, "192.0.2.1:1000");

  agent_begin (f, role, 1, 1, 100);
  fram_ice_agent_add_local (f->agent, 0, &local, f->now);
  fram_ice_agent_end_local (f->agent, f->now);
  agent_drain (f);
  f->options = options;
  agent_describe (f, 5);
}

static gboolean
nominates (AgentFixture *f)
{
  FramStunMessage message;

  g_assert_cmpint (fram_stun_message_parse (&message, f->sent, f->sent_length), ==,
                   FRAM_STUN_PARSE_OK);
  return fram_stun_message_has (&message, FRAM_STUN_ATTR_USE_CANDIDATE);
}

/* Answers all checks of the next `duration`, consent's too, but those to `dead` (nullable).
 * Return: how many nominated. */
static guint
answer_but (AgentFixture *f, FramTime duration, const FramAddress *dead)
{
  FramTime until = f->now + duration;
  guint n_nominations = 0;

  for (;;)
    {
      FramTime next
          = MIN (fram_ice_agent_check_due (f->agent), fram_ice_agent_deadline (f->agent));
      guint n_sent = f->n_sent;

      if (next > until)
        break;
      f->now = MAX (f->now, next);
      if (fram_ice_agent_check_due (f->agent) <= f->now)
        fram_ice_agent_check (f->agent, f->now);
      else
        fram_ice_agent_advance (f->agent, f->now);
      agent_drain (f);
      if (f->n_sent == n_sent)
        continue;
      n_nominations += nominates (f);
      if (dead == NULL || !fram_address_equal (&f->sent_to, dead))
        agent_answer (f, 0, PEER_PWD, &f->own, &f->sent_to);
    }
  f->now = until;
  return n_nominations;
}

static guint
answer_for (AgentFixture *f, FramTime duration)
{
  return answer_but (f, duration, NULL);
}

static void
hear_nomination (AgentFixture *f, const char *from, guint8 id)
{
  AgentCheck check = agent_plain_check;
  FramAddress remote = agent_address (from);

  check.use_candidate = TRUE;
  check.id = id;
  agent_receive (f, &check, &remote, FALSE);
}

static void
assert_selected (AgentFixture *f, const char *at)
{
  const FramPair *selected = fram_ice_agent_get_selected (f->agent, 0, 1);
  FramAddress remote = agent_address (at);

  g_assert_nonnull (selected);
  g_assert_true (fram_address_equal (&selected->remote->address, &remote));
}

/* RFC 5245 §8.1.1.2: a peer that says USE-CANDIDATE with each of its checks, from the first on.
 * In whatever order they come, before or behind our own, the best pair that works is used. */
static void
test_aggressive (gconstpointer data)
{
  guint order = GPOINTER_TO_UINT (data);
  AgentFixture f = { 0 };

  begin (&f, FRAM_ROLE_CONTROLLED, FRAM_ICE_OPTION_NONE);
  add_peer (&f, GOOD, 1000);
  add_peer (&f, BETTER, 2000);
  if (order & 2)
    answer_for (&f, FRAM_SECONDS (1));
  hear_nomination (&f, order & 1 ? BETTER : GOOD, 1);
  answer_for (&f, FRAM_MILLISECONDS (20));
  hear_nomination (&f, order & 1 ? GOOD : BETTER, 2);
  answer_for (&f, FRAM_SECONDS (1));
  assert_selected (&f, BETTER);
  g_assert_cmpint (fram_ice_agent_get_state (f.agent), ==, FRAM_STATE_COMPLETED);
  /* And it stays, whatever else such a peer says again. */
  hear_nomination (&f, GOOD, 3);
  answer_for (&f, FRAM_SECONDS (1));
  assert_selected (&f, BETTER);
  agent_teardown (&f, NULL);
}

/* A peer as of RFC 5245 that is controlled is told once: RFC 8445 §8.1.1 lets nobody nominate
 * another pair then, however good. */
static void
test_once (void)
{
  AgentFixture f = { 0 };

  begin (&f, FRAM_ROLE_CONTROLLING, FRAM_ICE_OPTION_NONE);
  add_peer (&f, GOOD, 1000);
  g_assert_cmpuint (answer_for (&f, FRAM_SECONDS (1)), ==, 1);
  assert_selected (&f, GOOD);
  add_peer (&f, BETTER, 2000);
  g_assert_cmpuint (answer_for (&f, FRAM_SECONDS (60)), ==, 0);
  assert_selected (&f, GOOD);
  agent_teardown (&f, NULL);
}

/* One that renominates is told of a better pair once that has proved itself for a second, and
 * not of the one before it again. */
static void
test_renomination (void)
{
  AgentFixture f = { 0 };

  begin (&f, FRAM_ROLE_CONTROLLING, FRAM_ICE_OPTION_ICE2 | FRAM_ICE_OPTION_RENOMINATION);
  add_peer (&f, GOOD, 1000);
  g_assert_cmpuint (answer_for (&f, FRAM_SECONDS (1)), ==, 1);
  add_peer (&f, BETTER, 2000);
  g_assert_cmpuint (answer_for (&f, FRAM_MILLISECONDS (990)), ==, 0);
  assert_selected (&f, GOOD);
  g_assert_cmpuint (answer_for (&f, FRAM_MILLISECONDS (100)), ==, 1);
  assert_selected (&f, BETTER);
  g_assert_cmpuint (answer_for (&f, FRAM_SECONDS (60)), ==, 0);
  assert_selected (&f, BETTER);
  agent_teardown (&f, NULL);
}

/* Better paths that come one after the other, faster than any has proved itself: the one in use
 * is left once, when there is an end of them. */
static void
test_damping (void)
{
  AgentFixture f = { 0 };
  guint n_nominations = 0;

  begin (&f, FRAM_ROLE_CONTROLLING, FRAM_ICE_OPTION_ICE2 | FRAM_ICE_OPTION_RENOMINATION);
  add_peer (&f, GOOD, 1000);
  answer_for (&f, FRAM_SECONDS (1));
  for (guint i = 0; i < 30; i++)
    {
      g_autofree char *at = g_strdup_printf ("192.0.2.%u:2000", 20 + i);

      add_peer (&f, at, 2000 + i);
      n_nominations += answer_for (&f, FRAM_MILLISECONDS (200));
    }
  g_assert_cmpuint (n_nominations, ==, 0);
  assert_selected (&f, GOOD);
  g_assert_cmpuint (answer_for (&f, FRAM_SECONDS (60)), ==, 1);
  assert_selected (&f, "192.0.2.49:2000");
  agent_teardown (&f, NULL);
}

/* RFC 8445 §8.1.1: the pair that the controlling side selected falls silent: the other that
 * works is nominated, though the peer does not renominate, for nothing else is left. */
static void
test_only_living (void)
{
  AgentFixture f = { 0 };
  FramAddress dead = agent_address (BETTER);

  begin (&f, FRAM_ROLE_CONTROLLING, FRAM_ICE_OPTION_NONE);
  add_peer (&f, BETTER, 2000);
  answer_for (&f, FRAM_SECONDS (1));
  assert_selected (&f, BETTER);
  add_peer (&f, GOOD, 1000);
  answer_for (&f, FRAM_SECONDS (1));
  answer_but (&f, FRAM_SECONDS (12), &dead);
  assert_selected (&f, GOOD);
  g_assert_cmpint (fram_ice_agent_get_state (f.agent), ==, FRAM_STATE_COMPLETED);
  agent_teardown (&f, NULL);
}

/* RFC 5245 §7.2.1.1 resolves conflicts as RFC 8445 does; a peer that says nothing of options or
 * pacing gets 50 ms. */
static void
test_old_conflict (void)
{
  AgentCheck check = agent_plain_check;
  AgentFixture f = { 0 };
  FramAddress from = agent_address (GOOD);

  begin (&f, FRAM_ROLE_CONTROLLING, FRAM_ICE_OPTION_NONE);
  add_peer (&f, GOOD, 1000);
  check.use_candidate = TRUE;
  check.tie_breaker = 0;
  agent_receive (&f, &check, &from, FALSE);
  g_assert_cmpuint (agent_answer_code (&f), ==, FRAM_STUN_ERROR_ROLE_CONFLICT);
  check.tie_breaker = G_MAXUINT64;
  agent_receive (&f, &check, &from, FALSE);
  g_assert_cmpuint (agent_answer_code (&f), ==, 0);
  g_assert_cmpint (fram_ice_agent_get_role (f.agent), ==, FRAM_ROLE_CONTROLLED);
  answer_for (&f, FRAM_SECONDS (1));
  assert_selected (&f, GOOD);
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
  g_test_add_func ("/ice/nomination/renomination", test_renomination);
  g_test_add_func ("/ice/nomination/damping", test_damping);
  g_test_add_func ("/ice/nomination/only-living", test_only_living);
  g_test_add_func ("/ice/nomination/old-conflict", test_old_conflict);
  return g_test_run ();
}
