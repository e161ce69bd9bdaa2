/* Peers that renominate, by NOMINATION or without, on either side.
 * (draft-thatcher-ice-renomination-01) */
#include "nomination-fixture.h"

/* The value of the check that was sent last; 0: it has none. */
static guint32
sent_value (AgentFixture *f)
{
  FramStunMessage message;
  guint32 value = 0;

  g_assert_cmpint (fram_stun_message_parse (&message, f->sent, f->sent_length), ==,
                   FRAM_STUN_PARSE_OK);
  fram_stun_message_get_nomination (&message, &value);
  return value;
}

/* A nomination by NOMINATION and without USE-CANDIDATE, as libwebrtc sends it. */
static void
hear_value (AgentFixture *f, const char *from, guint32 value)
{
  static guint8 id = 100;
  AgentCheck check = agent_plain_check;
  FramAddress remote = agent_address (from);

  check.with_value = TRUE;
  check.value = value;
  check.id = id++;
  agent_receive (f, &check, &remote, FALSE);
}

/* One that renominates is told of a better pair once that has proved itself for a second, and
 * not of the one before it again. */
static void
test_renomination (void)
{
  AgentFixture f = { 0 };

  nomination_begin (&f, FRAM_ROLE_CONTROLLING,
                    FRAM_ICE_OPTION_ICE2 | FRAM_ICE_OPTION_RENOMINATION);
  nomination_add_peer (&f, GOOD, 1000);
  g_assert_cmpuint (nomination_answer_for (&f, FRAM_SECONDS (1)), ==, 1);
  nomination_add_peer (&f, BETTER, 2000);
  g_assert_cmpuint (nomination_answer_for (&f, FRAM_MILLISECONDS (990)), ==, 0);
  nomination_assert_selected (&f, GOOD);
  g_assert_cmpuint (nomination_answer_for (&f, FRAM_MILLISECONDS (100)), ==, 1);
  nomination_assert_selected (&f, BETTER);
  g_assert_cmpuint (nomination_answer_for (&f, FRAM_SECONDS (60)), ==, 0);
  nomination_assert_selected (&f, BETTER);
  agent_teardown (&f, NULL);
}

/* Better paths that come one after the other, faster than any has proved itself: the one in use
 * is left once, when there is an end of them. */
static void
test_damping (void)
{
  AgentFixture f = { 0 };
  guint n_nominations = 0;

  nomination_begin (&f, FRAM_ROLE_CONTROLLING,
                    FRAM_ICE_OPTION_ICE2 | FRAM_ICE_OPTION_RENOMINATION);
  nomination_add_peer (&f, GOOD, 1000);
  nomination_answer_for (&f, FRAM_SECONDS (1));
  for (guint i = 0; i < 30; i++)
    {
      g_autofree char *at = g_strdup_printf ("192.0.2.%u:2000", 20 + i);

      nomination_add_peer (&f, at, 2000 + i);
      n_nominations += nomination_answer_for (&f, FRAM_MILLISECONDS (200));
    }
  g_assert_cmpuint (n_nominations, ==, 0);
  nomination_assert_selected (&f, GOOD);
  g_assert_cmpuint (nomination_answer_for (&f, FRAM_SECONDS (60)), ==, 1);
  nomination_assert_selected (&f, "192.0.2.49:2000");
  agent_teardown (&f, NULL);
}

/* A peer that nominates by NOMINATION alone, whether or not it has announced the option. */
static void
test_value_only (gconstpointer data)
{
  AgentFixture f = { 0 };

  nomination_begin (&f, FRAM_ROLE_CONTROLLED, GPOINTER_TO_UINT (data));
  nomination_add_peer (&f, GOOD, 1000);
  nomination_answer_for (&f, FRAM_SECONDS (1));
  g_assert_null (fram_ice_agent_get_selected (f.agent, 0, 1));
  hear_value (&f, GOOD, 1);
  nomination_assert_selected (&f, GOOD);
  g_assert_cmpint (fram_ice_agent_get_state (f.agent), ==, FRAM_STATE_COMPLETED);
  agent_teardown (&f, NULL);
}

/* draft-thatcher-ice-renomination-01 §4: the largest value counts, whatever came last or has the
 * higher priority, and any value is more than none. */
static void
test_largest_wins (gconstpointer data)
{
  AgentCheck both = agent_plain_check;
  AgentFixture f = { 0 };
  FramAddress better = agent_address (BETTER);

  nomination_begin (&f, FRAM_ROLE_CONTROLLED, GPOINTER_TO_UINT (data));
  nomination_add_peer (&f, GOOD, 1000);
  nomination_add_peer (&f, BETTER, 2000);
  nomination_answer_for (&f, FRAM_SECONDS (1));
  nomination_hear (&f, GOOD, 1);
  nomination_assert_selected (&f, GOOD);
  hear_value (&f, BETTER, 0);
  nomination_assert_selected (&f, BETTER);
  hear_value (&f, GOOD, 5);
  nomination_assert_selected (&f, GOOD);
  hear_value (&f, BETTER, 4);
  nomination_assert_selected (&f, GOOD);
  nomination_hear (&f, BETTER, 2);
  nomination_assert_selected (&f, GOOD);
  /* What it says by both is its value. */
  both.use_candidate = both.with_value = TRUE;
  both.value = 3;
  both.id = 3;
  agent_receive (&f, &both, &better, FALSE);
  nomination_assert_selected (&f, GOOD);
  both.value = 6;
  both.id = 4;
  agent_receive (&f, &both, &better, FALSE);
  nomination_assert_selected (&f, BETTER);
  /* It comes back; and the rest of the attribute is no part of the value. */
  hear_value (&f, GOOD, 0xff000007);
  nomination_assert_selected (&f, GOOD);
  hear_value (&f, BETTER, 8);
  nomination_assert_selected (&f, BETTER);
  agent_teardown (&f, NULL);
}

/* The same where the values come before our own checks have succeeded, or even before we know of
 * the peer. */
static void
test_largest_of_waiting (gconstpointer data)
{
  guint order = GPOINTER_TO_UINT (data);
  FramCandidate local = agent_host (BASE, 1, "192.0.2.1:1000");
  AgentFixture f = { 0 };

  agent_begin (&f, FRAM_ROLE_CONTROLLED, 1, 1, 100);
  fram_ice_agent_add_local (f.agent, 0, &local, f.now);
  fram_ice_agent_end_local (f.agent, f.now);
  f.options = FRAM_ICE_OPTION_ICE2 | FRAM_ICE_OPTION_RENOMINATION;
  if ((order & 2) == 0)
    agent_describe (&f, 5);
  if (order & 1)
    hear_value (&f, BETTER, 2);
  hear_value (&f, GOOD, 3);
  hear_value (&f, GOOD, 1);
  if (!(order & 1))
    hear_value (&f, BETTER, 2);
  nomination_hear (&f, BETTER, 1);
  if (order & 2)
    agent_describe (&f, 5);
  nomination_add_peer (&f, GOOD, 1000);
  nomination_add_peer (&f, BETTER, 2000);
  nomination_answer_for (&f, FRAM_SECONDS (1));
  nomination_assert_selected (&f, GOOD);
  agent_teardown (&f, NULL);
}

/* Lets it send what is due until it nominates `at`, which is answered unless `lost`. */
static void
await_nomination (AgentFixture *f, const char *at, gboolean lost)
{
  FramAddress remote = agent_address (at);

  for (;;)
    {
      g_assert_cmpint (fram_ice_agent_deadline (f->agent), !=, FRAM_TIME_NEVER);
      if (!nomination_step (f))
        continue;
      if (nomination_is_sent (f) && fram_address_equal (&f->sent_to, &remote))
        break;
      agent_answer (f, 0, PEER_PWD, nomination_address_of (f, f->sent_by), &f->sent_to);
    }
  if (!lost)
    agent_answer (f, 0, PEER_PWD, nomination_address_of (f, f->sent_by), &f->sent_to);
}

/* Each nomination has a larger value than the one before, and keeps it when it is sent again.  A
 * check that does not nominate has none. */
static void
test_sent_value (void)
{
  AgentCheck check = agent_plain_check;
  AgentFixture f = { 0 };
  FramAddress from = agent_address (BETTER);

  nomination_begin (&f, FRAM_ROLE_CONTROLLING,
                    FRAM_ICE_OPTION_ICE2 | FRAM_ICE_OPTION_RENOMINATION);
  nomination_add_peer (&f, GOOD, 1000);
  g_assert_true (agent_check_now (&f));
  g_assert_cmpuint (sent_value (&f), ==, 0);
  agent_answer (&f, 0, PEER_PWD, &f.own, &f.sent_to);
  await_nomination (&f, GOOD, TRUE);
  g_assert_cmpuint (sent_value (&f), ==, 1);
  await_nomination (&f, GOOD, FALSE);
  g_assert_cmpuint (sent_value (&f), ==, 1);
  nomination_assert_selected (&f, GOOD);
  nomination_add_peer (&f, BETTER, 2000);
  await_nomination (&f, BETTER, FALSE);
  g_assert_cmpuint (sent_value (&f), ==, 2);
  nomination_assert_selected (&f, BETTER);
  /* Consent. */
  nomination_answer_for (&f, FRAM_SECONDS (6));
  g_assert_cmpuint (sent_value (&f), ==, 0);

  /* Into the other role and back. */
  check.tie_breaker = G_MAXUINT64;
  agent_receive (&f, &check, &from, FALSE);
  check.role_attribute = FRAM_STUN_ATTR_ICE_CONTROLLED;
  check.tie_breaker = 0;
  agent_receive (&f, &check, &from, FALSE);
  g_assert_cmpint (fram_ice_agent_get_role (f.agent), ==, FRAM_ROLE_CONTROLLING);
  await_nomination (&f, BETTER, FALSE);
  g_assert_cmpuint (sent_value (&f), ==, 3);
  agent_teardown (&f, NULL);
}

static void
test_not_announced (void)
{
  AgentFixture f = { 0 };

  nomination_begin (&f, FRAM_ROLE_CONTROLLING, FRAM_ICE_OPTION_ICE2);
  nomination_add_peer (&f, GOOD, 1000);
  await_nomination (&f, GOOD, FALSE);
  g_assert_cmpuint (sent_value (&f), ==, 0);
  nomination_assert_selected (&f, GOOD);
  agent_teardown (&f, NULL);
}

/* A peer whose control was disputed may count from the beginning. */
static void
test_values_of_role (void)
{
  AgentCheck check = agent_plain_check;
  AgentFixture f = { 0 };
  FramAddress from = agent_address (GOOD);

  nomination_begin (&f, FRAM_ROLE_CONTROLLED,
                    FRAM_ICE_OPTION_ICE2 | FRAM_ICE_OPTION_RENOMINATION);
  nomination_add_peer (&f, GOOD, 1000);
  nomination_add_peer (&f, BETTER, 2000);
  nomination_answer_for (&f, FRAM_SECONDS (1));
  hear_value (&f, GOOD, 9);
  nomination_assert_selected (&f, GOOD);
  check.role_attribute = FRAM_STUN_ATTR_ICE_CONTROLLED;
  check.tie_breaker = 0;
  agent_receive (&f, &check, &from, FALSE);
  g_assert_cmpint (fram_ice_agent_get_role (f.agent), ==, FRAM_ROLE_CONTROLLING);
  check.role_attribute = FRAM_STUN_ATTR_ICE_CONTROLLING;
  check.tie_breaker = G_MAXUINT64;
  agent_receive (&f, &check, &from, FALSE);
  g_assert_cmpint (fram_ice_agent_get_role (f.agent), ==, FRAM_ROLE_CONTROLLED);
  hear_value (&f, BETTER, 1);
  nomination_answer_for (&f, FRAM_SECONDS (1));
  nomination_assert_selected (&f, BETTER);
  agent_teardown (&f, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ice/renomination/once", test_renomination);
  g_test_add_func ("/ice/renomination/damping", test_damping);
  g_test_add_data_func ("/ice/renomination/value-only/announced",
                        GUINT_TO_POINTER (FRAM_ICE_OPTION_RENOMINATION), test_value_only);
  g_test_add_data_func ("/ice/renomination/value-only/unannounced",
                        GUINT_TO_POINTER (FRAM_ICE_OPTION_NONE), test_value_only);
  g_test_add_data_func ("/ice/renomination/largest-wins/announced",
                        GUINT_TO_POINTER (FRAM_ICE_OPTION_RENOMINATION),
                        test_largest_wins);
  g_test_add_data_func ("/ice/renomination/largest-wins/unannounced",
                        GUINT_TO_POINTER (FRAM_ICE_OPTION_NONE), test_largest_wins);
  g_test_add_data_func ("/ice/renomination/largest-waits/last", GUINT_TO_POINTER (1),
                        test_largest_of_waiting);
  g_test_add_data_func ("/ice/renomination/largest-waits/first", GUINT_TO_POINTER (0),
                        test_largest_of_waiting);
  g_test_add_data_func ("/ice/renomination/largest-waits/early-last",
                        GUINT_TO_POINTER (3), test_largest_of_waiting);
  g_test_add_data_func ("/ice/renomination/largest-waits/early-first",
                        GUINT_TO_POINTER (2), test_largest_of_waiting);
  g_test_add_func ("/ice/renomination/sent-value", test_sent_value);
  g_test_add_func ("/ice/renomination/not-announced", test_not_announced);
  g_test_add_func ("/ice/renomination/values-of-role", test_values_of_role);
  return g_test_run ();
}
