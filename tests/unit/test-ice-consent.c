/* Consent freshness.  (RFC 7675) */
#include "consent-fixture.h"

#include <string.h>

static FramCause
component_cause (AgentFixture *f)
{
  FramCause cause;

  g_assert_cmpint (fram_ice_agent_get_component_state (f->agent, 0, 1, &cause), ==,
                   FRAM_STATE_FAILED);
  return cause;
}

/* §5.1: "a period between checks of 4 to 6 seconds", at random. */
static void
test_period (ConsentFixture *c, gconstpointer data)
{
  FramTime least, most;

  agent_nominate (&c->agent, &c->agent.peer);
  consent_measure_periods (&c->agent, 200, &least, &most);
  g_assert_cmpint (least, >=, FRAM_SECONDS (4));
  g_assert_cmpint (least, <=, FRAM_MILLISECONDS (4250));
  g_assert_cmpint (most, >=, FRAM_MILLISECONDS (5750));
  g_assert_cmpint (most, <=, FRAM_SECONDS (6));
}

/* §5.1: "Consent expires after 30 seconds", since the last answer; late answers change nothing,
 * and nothing is sent or answered any more. */
static void
test_expiry (ConsentFixture *c, gconstpointer data)
{
  AgentFixture *f = &c->agent;
  FramTime answered = f->now;
  guint n_sent;

  agent_nominate (f, &f->peer);
  while (fram_ice_agent_get_state (f->agent) != FRAM_STATE_FAILED)
    {
      f->now = fram_ice_agent_deadline (f->agent);
      fram_ice_agent_advance (f->agent, f->now);
      agent_drain (f);
    }
  g_assert_cmpint (f->now, ==, answered + FRAM_SECONDS (30));
  g_assert_cmpint (component_cause (f), ==, FRAM_CAUSE_CONSENT_EXPIRED);
  g_assert_null (fram_ice_agent_get_path (f->agent, 0, 1));

  n_sent = f->n_sent;
  agent_answer (f, 0, PEER_PWD, &f->own, &f->peer);
  agent_receive (f, &agent_plain_check, &f->peer, FALSE);
  agent_run_for (f, FOREVER);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_FAILED);
  g_assert_cmpuint (f->n_sent, ==, n_sent);
}

/* A pair that becomes the path has the consent of its last answer, and no more. */
static void
test_age (ConsentFixture *c, gconstpointer data)
{
  AgentFixture *f = &c->agent;
  FramTime answered;

  /* The better one comes after the nomination and is watched for a while. */
  agent_add_peer (f, 1, "192.0.2.10:2000");
  agent_answer_check_to (f, &c->other);
  answered = f->now;
  agent_run_for (f, FRAM_SECONDS (3));
  agent_nominate (f, &c->other);
  g_assert_cmpint (fram_ice_agent_get_path (f->agent, 0, 1)->consent_until, ==,
                   answered + FRAM_SECONDS (30));
}

/* One that would be over before its first check is answered is regained first: data stay on the path
 * that they have, and move with the answer. */
static void
test_old_age (ConsentFixture *c, gconstpointer data)
{
  AgentFixture *f = &c->agent;
  const FramPair *path;
  FramTime until;

  /* The peer uses both, and nominates the one at last that was not the path. */
  agent_add_peer (f, 1, "192.0.2.10:2000");
  agent_answer_check_to (f, &c->other);
  until = f->now + FRAM_MILLISECONDS (29900);
  path = fram_ice_agent_get_path (f->agent, 0, 1);
  while (consent_run_until_sent (f, until))
    agent_answer (f, 0, PEER_PWD, &f->own, &f->sent_to);
  g_assert_true (fram_ice_agent_get_path (f->agent, 0, 1) == path);
  agent_nominate (f, fram_address_equal (&path->remote->address, &f->peer) ? &c->other
                                                                           : &f->peer);
  g_assert_true (fram_ice_agent_get_path (f->agent, 0, 1) == path);
  g_assert_true (agent_check_now (f));
  f->now += FRAM_MILLISECONDS (150);
  fram_ice_agent_advance (f->agent, f->now);
  agent_drain (f);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_CONNECTED);
  agent_answer (f, 0, PEER_PWD, &f->own, &f->sent_to);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_COMPLETED);
  g_assert_true (fram_ice_agent_get_path (f->agent, 0, 1) != path);
  g_assert_cmpint (fram_ice_agent_get_path (f->agent, 0, 1)->consent_until, ==,
                   f->now + FRAM_SECONDS (30));
}

/* §5.1: who does not send need not maintain consent, but regains it before it sends again: a
 * pair that has been out of use is no way for data until it has answered anew. */
static void
test_lapse (ConsentFixture *c, gconstpointer data)
{
  AgentFixture *f = &c->agent;
  const FramPair *spare = NULL;
  const GPtrArray *pairs;

  agent_add_peer (f, 1, "192.0.2.10:2000");
  agent_answer_check_to (f, &c->other);
  /* Nobody nominates; data take one of the two. */
  for (guint i = 0; i < 7; i++)
    {
      g_assert_true (consent_run_until_sent (f, f->now + FRAM_SECONDS (6)));
      agent_answer (f, 0, PEER_PWD, &f->own, &f->sent_to);
    }
  pairs = fram_ice_agent_get_pairs (f->agent, 0);
  for (guint i = 0; i < pairs->len; i++)
    if (g_ptr_array_index (pairs, i) != fram_ice_agent_get_path (f->agent, 0, 1))
      spare = g_ptr_array_index (pairs, i);
  g_assert_nonnull (spare);
  g_assert_null (spare->mapped);
  g_assert_cmpint (spare->state, ==, FRAM_PAIR_WAITING);
  g_assert_cmpint (spare->cause, ==, FRAM_CAUSE_CONSENT_LAPSED);
  g_assert_cmpuint (f->n_routes_over, ==, 1);
  agent_answer_check_to (f, &spare->remote->address);
  g_assert_nonnull (spare->mapped);
}

/* §5.2: "receipt of a valid and authenticated STUN response with error code Forbidden". */
static void
test_revocation (ConsentFixture *c, gconstpointer data)
{
  AgentFixture *f = &c->agent;

  agent_nominate (f, &f->peer);
  g_assert_true (consent_run_until_sent (f, f->now + FRAM_SECONDS (6)));
  agent_answer (f, FRAM_STUN_ERROR_FORBIDDEN, "anotherpassword012345678", NULL, &f->peer);
  agent_answer (f, FRAM_STUN_ERROR_FORBIDDEN, NULL, NULL, &f->peer);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_COMPLETED);
  agent_answer (f, FRAM_STUN_ERROR_FORBIDDEN, PEER_PWD, NULL, &f->peer);
  g_assert_cmpint (component_cause (f), ==, FRAM_CAUSE_CONSENT_REVOKED);
  g_assert_null (fram_ice_agent_get_path (f->agent, 0, 1));
}

/* RFC 8445 §7.2.5.2.1: an answer that comes from elsewhere fails no pair that works, and is no
 * consent. */
static void
test_asymmetric (ConsentFixture *c, gconstpointer data)
{
  AgentFixture *f = &c->agent;
  const FramPair *path;
  FramTime until;

  agent_nominate (f, &f->peer);
  path = fram_ice_agent_get_path (f->agent, 0, 1);
  until = path->consent_until;
  g_assert_true (consent_run_until_sent (f, f->now + FRAM_SECONDS (6)));
  agent_answer (f, 0, PEER_PWD, &f->own, &c->other);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_COMPLETED);
  g_assert_true (fram_ice_agent_get_path (f->agent, 0, 1) == path);
  g_assert_cmpint (path->consent_until, ==, until);
}

/* Of a pair that data do not take, it says something of that alone. */
static void
test_revoked_spare (ConsentFixture *c, gconstpointer data)
{
  AgentFixture *f = &c->agent;
  AgentCheck again = agent_plain_check;

  agent_nominate (f, &f->peer);
  again.id = 1;
  again.use_candidate = TRUE;
  agent_receive (f, &again, &c->other, FALSE);
  g_assert_true (agent_check_now (f));
  agent_answer (f, FRAM_STUN_ERROR_FORBIDDEN, PEER_PWD, NULL, &c->other);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_COMPLETED);
}

/* Data that stop are a reason to ask at once, and more often. */
static void
test_quiet (ConsentFixture *c, gconstpointer data)
{
  AgentFixture *f = &c->agent;
  FramTime told;

  agent_nominate (f, &f->peer);
  agent_run_for (f, FRAM_SECONDS (1));
  told = f->now;
  fram_ice_agent_told_quiet (f->agent, 0, 1, f->now);
  g_assert_true (consent_run_until_sent (f, f->now));
  f->now += FRAM_MILLISECONDS (10);
  agent_answer (f, 0, PEER_PWD, &f->own, &f->peer);
  g_assert_false (consent_run_until_sent (f, told + FRAM_SECONDS (4) - 1));

  fram_ice_agent_told_quiet (f->agent, 0, 1, f->now);
  told = f->now;
  while (fram_ice_agent_get_state (f->agent) == FRAM_STATE_COMPLETED)
    g_assert_true (consent_run_until_sent (f, told + FRAM_MILLISECONDS (400)));
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_DISCONNECTED);
  g_assert_cmpint (f->now, ==, told + FRAM_MILLISECONDS (400));
  /* Once more says nothing new. */
  fram_ice_agent_told_quiet (f->agent, 0, 1, f->now);
  g_assert_false (consent_run_until_sent (f, f->now));
}

/* A way that has become a slow one is not dead: its answers come late, one by one.  What is asked
 * meanwhile is not the same again, but "transmitted once only", with "a new STUN transaction
 * identifier" (§5.1). */
static void
test_slow (ConsentFixture *c, gconstpointer data)
{
  AgentFixture *f = &c->agent;
  guint8 sent[4][FRAM_STUN_MAX_SENT];
  FramStunMessage messages[4];
  gsize length = 0;

  agent_nominate (f, &f->peer);
  fram_ice_agent_told_quiet (f->agent, 0, 1, f->now);
  for (guint i = 0; i < G_N_ELEMENTS (sent); i++)
    {
      g_assert_true (
          consent_run_until_sent (f, f->now + FRAM_MILLISECONDS (i > 0 ? 100 : 0)));
      length = f->sent_length;
      memcpy (sent[i], f->sent, length);
      g_assert_cmpint (fram_stun_message_parse (&messages[i], sent[i], length), ==,
                       FRAM_STUN_PARSE_OK);
      for (guint j = 0; j < i; j++)
        g_assert_false (fram_stun_id_equal (&messages[i].id, &messages[j].id));
    }
  memcpy (f->sent, sent[0], length);
  agent_answer (f, 0, PEER_PWD, &f->own, &f->peer);
  g_assert_false (consent_run_until_sent (f, f->now + FRAM_MILLISECONDS (1000)));
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_COMPLETED);
}

/* The agent is advanced so long after its deadline. Return: whether it sent something. */
static gboolean
advance_late (AgentFixture *f, FramTime by)
{
  guint n_sent = f->n_sent;

  f->now = fram_ice_agent_deadline (f->agent) + by;
  fram_ice_agent_advance (f->agent, f->now);
  agent_drain (f);
  return f->n_sent > n_sent;
}

/* The checks of all agents of a host that stood still do not leave at once, but within the time
 * that they would have had. */
static void
test_held_up (ConsentFixture *c, gconstpointer data)
{
  AgentFixture *f = &c->agent;
  FramTime least = FOREVER, most = 0;

  agent_nominate (f, &f->peer);
  for (guint i = 0; i < 200; i++)
    {
      FramTime woken;

      g_assert_false (advance_late (f, FRAM_SECONDS (10)));
      woken = f->now;
      g_assert_true (consent_run_until_sent (f, woken + FOREVER));
      least = MIN (least, f->now - woken);
      most = MAX (most, f->now - woken);
      f->now += FRAM_MILLISECONDS (20);
      agent_answer (f, 0, PEER_PWD, &f->own, &f->peer);
    }
  g_assert_cmpint (least, <=, FRAM_MILLISECONDS (250));
  g_assert_cmpint (most, >, FRAM_MILLISECONDS (3800));
  g_assert_cmpint (most, <=, FRAM_MILLISECONDS (4050));
  /* Who is a little late has not been held up. */
  g_assert_true (advance_late (f, FRAM_MILLISECONDS (100)));
}

/* Who was held up has not listened, and blames nobody; but when it happens again, it asks all the
 * same. */
static void
test_held_up_unanswered (ConsentFixture *c, gconstpointer data)
{
  AgentFixture *f = &c->agent;

  agent_nominate (f, &f->peer);
  g_assert_true (consent_run_until_sent (f, f->now + FRAM_SECONDS (6)));
  g_assert_false (advance_late (f, FRAM_SECONDS (1)));
  g_assert_cmpuint (fram_ice_agent_get_path (f->agent, 0, 1)->missed, ==, 0);
  g_assert_true (advance_late (f, FRAM_SECONDS (1)));
  g_assert_cmpuint (fram_ice_agent_get_path (f->agent, 0, 1)->missed, ==, 1);
  /* Now there is doubt. */
  g_assert_true (advance_late (f, FRAM_SECONDS (1)));
  g_assert_cmpuint (fram_ice_agent_get_path (f->agent, 0, 1)->missed, ==, 2);
}

/* However long it was, there is time left for an answer while there is consent. */
static void
test_held_up_long (ConsentFixture *c, gconstpointer data)
{
  AgentFixture *f = &c->agent;
  FramTime until;

  agent_nominate (f, &f->peer);
  until = fram_ice_agent_get_path (f->agent, 0, 1)->consent_until;
  g_assert_false (
      advance_late (f, until - FRAM_SECONDS (1) - fram_ice_agent_deadline (f->agent)));
  g_assert_true (consent_run_until_sent (f, until - FRAM_MILLISECONDS (450)));
  agent_answer (f, 0, PEER_PWD, &f->own, &f->peer);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_COMPLETED);
  /* §5.1: but 30 s are 30 s. */
  until = fram_ice_agent_get_path (f->agent, 0, 1)->consent_until;
  g_assert_false (advance_late (f, until - fram_ice_agent_deadline (f->agent)));
  g_assert_cmpint (component_cause (f), ==, FRAM_CAUSE_CONSENT_EXPIRED);
}

#define CASE(path, function)                                                             \
  g_test_add ("/ice/consent/" path, ConsentFixture, NULL, consent_setup, function,       \
              consent_teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("period", test_period);
  CASE ("expiry", test_expiry);
  CASE ("age", test_age);
  CASE ("old-age", test_old_age);
  CASE ("lapse", test_lapse);
  CASE ("revocation", test_revocation);
  CASE ("revoked-spare", test_revoked_spare);
  CASE ("asymmetric", test_asymmetric);
  CASE ("quiet", test_quiet);
  CASE ("slow", test_slow);
  CASE ("held-up", test_held_up);
  CASE ("held-up-unanswered", test_held_up_unanswered);
  CASE ("held-up-long", test_held_up_long);
  return g_test_run ();
}
