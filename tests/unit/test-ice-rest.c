/* Consent of paths without data.  (RFC 7675 §5.1) */
#include "consent-fixture.h"

#include <string.h>

/* §5.1: "An endpoint does not need to maintain consent if it does not send application data": it is
 * asked for less often, soon enough for a NAT (RFC 8445 §11), and never ends. */
static void
test_rest (ConsentFixture *c, gconstpointer data)
{
  AgentFixture *f = &c->agent;
  FramTime least, most;

  agent_nominate (f, &f->peer);
  consent_measure_periods (f, 1, &least, &most);
  fram_ice_agent_told_use (f->agent, 0, 1, FALSE, f->now);
  consent_measure_periods (f, 1, &least, &most);
  g_assert_cmpint (most, <=, FRAM_SECONDS (6));
  consent_measure_periods (f, 200, &least, &most);
  g_assert_cmpint (least, >=, FRAM_SECONDS (13));
  g_assert_cmpint (most, <=, FRAM_SECONDS (15));
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_COMPLETED);

  fram_ice_agent_told_use (f->agent, 0, 1, TRUE, f->now);
  consent_measure_periods (f, 50, &least, &most);
  g_assert_cmpint (most, <=, FRAM_SECONDS (6));
}

/* Two checks have been answered since no data go. */
static void
let_rest (AgentFixture *f)
{
  FramTime least, most;

  fram_ice_agent_told_use (f->agent, 0, 1, FALSE, f->now);
  consent_measure_periods (f, 2, &least, &most);
}

/* Of a path that rests a loss is noticed as soon as it is asked. */
static void
test_rest_lost (ConsentFixture *c, gconstpointer data)
{
  AgentFixture *f = &c->agent;
  FramTime asked;

  agent_nominate (f, &f->peer);
  let_rest (f);
  g_assert_true (consent_run_until_sent (f, f->now + FRAM_SECONDS (15)));
  asked = f->now;
  while (fram_ice_agent_get_state (f->agent) == FRAM_STATE_COMPLETED)
    g_assert_true (consent_run_until_sent (f, asked + FRAM_SECONDS (1)));
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_DISCONNECTED);
}

/* Who uses it again asks at once if the last answer is older than it ever is of a path in use, ... */
static void
test_rest_ends (ConsentFixture *c, gconstpointer data)
{
  AgentFixture *f = &c->agent;
  FramTime answered;

  agent_nominate (f, &f->peer);
  let_rest (f);
  answered = f->now;
  g_assert_false (consent_run_until_sent (f, answered + FRAM_SECONDS (7)));
  fram_ice_agent_told_use (f->agent, 0, 1, TRUE, f->now);
  g_assert_true (consent_run_until_sent (f, f->now));
  agent_answer (f, 0, PEER_PWD, &f->own, &f->peer);

  /* ... and else when it would have. */
  let_rest (f);
  answered = f->now;
  g_assert_false (consent_run_until_sent (f, answered + FRAM_SECONDS (2)));
  fram_ice_agent_told_use (f->agent, 0, 1, TRUE, f->now);
  g_assert_false (consent_run_until_sent (f, answered + FRAM_MILLISECONDS (3900)));
  g_assert_true (consent_run_until_sent (f, answered + FRAM_SECONDS (6)));
}

/* The peer asks. Return: whether a check of ours went with the answer. */
static gboolean
asks_when_asked (AgentFixture *f)
{
  guint n_sent = f->n_sent;
  FramStunMessage message;

  agent_receive (f, &agent_plain_check, &f->peer, FALSE);
  if (f->n_sent == n_sent + 1)
    return FALSE;
  g_assert_cmpuint (f->n_sent, ==, n_sent + 2);
  g_assert_cmpint (fram_stun_message_parse (&message, f->sent, f->sent_length), ==,
                   FRAM_STUN_PARSE_OK);
  g_assert_cmpint (message.klass, ==, FRAM_STUN_REQUEST);
  return TRUE;
}

/* Of a path that rests both ends ask at once, but no more often for that. */
static void
test_rest_joins (ConsentFixture *c, gconstpointer data)
{
  AgentFixture *f = &c->agent;
  guint8 request[FRAM_STUN_MAX_SENT];
  FramTime answered;
  gsize length;

  agent_nominate (f, &f->peer);
  let_rest (f);
  answered = f->now;
  g_assert_false (consent_run_until_sent (f, answered + FRAM_MILLISECONDS (7900)));
  g_assert_false (asks_when_asked (f));
  g_assert_false (consent_run_until_sent (f, answered + FRAM_MILLISECONDS (8100)));
  g_assert_true (asks_when_asked (f));
  length = f->sent_length;
  memcpy (request, f->sent, length);
  /* The answer is awaited. */
  g_assert_false (asks_when_asked (f));
  memcpy (f->sent, request, length);
  f->sent_length = length;
  agent_answer (f, 0, PEER_PWD, &f->own, &f->peer);
  g_assert_false (asks_when_asked (f));
  g_assert_false (consent_run_until_sent (f, answered + FRAM_SECONDS (21)));
  g_assert_true (consent_run_until_sent (f, answered + FRAM_SECONDS (24)));
  agent_answer (f, 0, PEER_PWD, &f->own, &f->peer);

  /* One in use is asked when its time has come. */
  fram_ice_agent_told_use (f->agent, 0, 1, TRUE, f->now);
  g_assert_false (consent_run_until_sent (f, f->now + FRAM_MILLISECONDS (3900)));
  g_assert_false (asks_when_asked (f));
}

/* Another path is one in use until something else is told of it. */
static void
test_rest_of_path (ConsentFixture *c, gconstpointer data)
{
  AgentFixture *f = &c->agent;
  FramTime least, most;

  agent_add_peer (f, 1, "192.0.2.10:2000");
  agent_answer_check_to (f, &c->other);
  fram_ice_agent_told_use (f->agent, 0, 1, FALSE, f->now);
  agent_nominate (
      f, fram_address_equal (&fram_ice_agent_get_path (f->agent, 0, 1)->remote->address,
                             &f->peer)
             ? &c->other
             : &f->peer);
  f->peer = fram_ice_agent_get_path (f->agent, 0, 1)->remote->address;
  consent_measure_periods (f, 50, &least, &most);
  g_assert_cmpint (most, <=, FRAM_SECONDS (6));
}

/* A lite agent knows of its path what it hears. */
static void
test_rest_with_lite (void)
{
  const FramDescription remote = { .ufrag = "peer", .pwd = PEER_PWD, .lite = TRUE };
  AgentFixture f = { 0 };
  FramTime least, most;

  agent_setup (&f, NULL);
  fram_ice_agent_set_remote (f.agent, &remote, f.now);
  agent_add_peer (&f, 1, "192.0.2.9:2000");
  /* The first check, and the nomination. */
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (agent_check_now (&f));
      agent_answer (&f, 0, PEER_PWD, &f.own, &f.peer);
    }
  g_assert_cmpint (fram_ice_agent_get_state (f.agent), ==, FRAM_STATE_COMPLETED);
  fram_ice_agent_told_use (f.agent, 0, 1, FALSE, f.now);
  consent_measure_periods (&f, 50, &least, &most);
  g_assert_cmpint (most, <=, FRAM_SECONDS (6));
  agent_teardown (&f, NULL);
}

#define CASE(path, function)                                                             \
  g_test_add ("/ice/consent/" path, ConsentFixture, NULL, consent_setup, function,       \
              consent_teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("rest", test_rest);
  CASE ("rest-lost", test_rest_lost);
  CASE ("rest-ends", test_rest_ends);
  CASE ("rest-joins", test_rest_joins);
  CASE ("rest-of-path", test_rest_of_path);
  g_test_add_func ("/ice/consent/rest-with-lite", test_rest_with_lite);
  return g_test_run ();
}
