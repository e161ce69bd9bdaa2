/* TCP candidates in the agent: pairing, checks by connections, and their end.  (RFC 6544) */
#include <string.h>

#include "agent-fixture.h"

#define PASSIVE_BASE (BASE + 1)
#define PEER "192.0.2.9:2000"

static FramCandidate
tcp_candidate (FramTransport transport, guint32 base, const char *at)
{
  FramCandidate candidate = agent_host (base, 1, at);
  FramAddress nobody = { 0 };

  candidate.transport = transport;
  candidate.priority = fram_candidate_tcp_priority (FRAM_CANDIDATE_HOST, transport,
                                                    FRAM_TCP_OTHER_PREFERENCE_MAX, 1);
  fram_candidate_set_foundation (&candidate, &nobody, 0);
  return candidate;
}

static void
add_local (AgentFixture *f, FramTransport transport, guint32 base)
{
  FramCandidate local = tcp_candidate (
      transport, base,
      transport == FRAM_TRANSPORT_TCP_ACTIVE ? "192.0.2.1:9" : "192.0.2.1:3000");

  g_assert_cmpint (fram_ice_agent_add_local (f->agent, 0, &local, f->now), ==,
                   FRAM_ICE_ADD_OK);
}

static FramIceAddResult
add_remote (AgentFixture *f, FramTransport transport, const char *at)
{
  FramCandidate remote = tcp_candidate (transport, 0, at);
  FramIceAddResult result = fram_ice_agent_add_remote (f->agent, 0, &remote, 64, f->now);

  agent_drain (f);
  return result;
}

/* BASE is of the candidate by which messages come: `transport` says which. */
static void
begin (AgentFixture *f, FramRole role, FramTransport transport)
{
  f->tcp = TRUE;
  agent_begin (f, role, 1, 1, 100);
  add_local (f, transport, BASE);
  fram_ice_agent_end_local (f->agent, f->now);
  agent_describe (f, 5);
}

static void
setup (AgentFixture *f, gconstpointer data)
{
}

static guint
count_pairs (AgentFixture *f)
{
  return fram_ice_agent_get_pairs (f->agent, 0)->len;
}

static void
disconnect (AgentFixture *f, FramIceConnectionEnd end)
{
  fram_ice_agent_told_disconnected (f->agent, BASE, &f->peer, end, f->now);
  agent_drain (f);
}

/* --- Pairs (RFC 6544 §6.2) --------------------------------------------------------- */

static void
test_pairing (AgentFixture *f, gconstpointer data)
{
  static const FramTransport transports[]
      = { FRAM_TRANSPORT_UDP, FRAM_TRANSPORT_TCP_ACTIVE, FRAM_TRANSPORT_TCP_PASSIVE,
          FRAM_TRANSPORT_TCP_SO };

  for (guint l = 0; l < G_N_ELEMENTS (transports); l++)
    for (guint r = 0; r < G_N_ELEMENTS (transports); r++)
      {
        FramCandidate local = tcp_candidate (FRAM_TRANSPORT_TCP_SO, 1, "192.0.2.1:9");
        FramCandidate remote = tcp_candidate (FRAM_TRANSPORT_TCP_SO, 0, PEER);
        gboolean belong = (l == 0 && r == 0) || (l == 1 && r == 2) || (l == 2 && r == 1)
                          || (l == 3 && r == 3);

        local.transport = transports[l];
        remote.transport = transports[r];
        g_assert_cmpint (fram_pair_can_be (&local, &remote), ==, belong);
      }
  agent_begin (f, FRAM_ROLE_CONTROLLING, 1, 1, 100);
}

/* UDP and TCP in one check list; passive candidates are in no pair. */
static void
test_one_list (AgentFixture *f, gconstpointer data)
{
  FramCandidate udp = agent_host (BASE + 2, 1, "192.0.2.1:1000");
  const GPtrArray *pairs;
  const FramPair *first, *second;

  begin (f, FRAM_ROLE_CONTROLLING, FRAM_TRANSPORT_TCP_ACTIVE);
  add_local (f, FRAM_TRANSPORT_TCP_PASSIVE, PASSIVE_BASE);
  fram_ice_agent_add_local (f->agent, 0, &udp, f->now);
  g_assert_cmpint (add_remote (f, FRAM_TRANSPORT_TCP_ACTIVE, "192.0.2.9:9"), ==,
                   FRAM_ICE_ADD_OK);
  g_assert_cmpuint (count_pairs (f), ==, 0);
  g_assert_cmpint (add_remote (f, FRAM_TRANSPORT_TCP_PASSIVE, PEER), ==, FRAM_ICE_ADD_OK);
  g_assert_cmpint (add_remote (f, FRAM_TRANSPORT_TCP_PASSIVE, PEER), ==,
                   FRAM_ICE_ADD_KNOWN);
  /* The same address by UDP is another candidate. */
  agent_add_peer (f, 1, PEER);
  g_assert_cmpuint (fram_ice_agent_get_remotes (f->agent, 0)->len, ==, 3);
  pairs = fram_ice_agent_get_pairs (f->agent, 0);
  g_assert_cmpuint (pairs->len, ==, 2);
  first = g_ptr_array_index (pairs, 0);
  second = g_ptr_array_index (pairs, 1);
  g_assert_false (fram_pair_is_tcp (first));
  g_assert_true (fram_pair_is_tcp (second));
}

/* Who may not use TCP takes no notice of it. */
static void
test_off (AgentFixture *f, gconstpointer data)
{
  agent_setup (f, data);
  agent_describe (f, 5);
  g_assert_cmpint (add_remote (f, FRAM_TRANSPORT_TCP_PASSIVE, PEER), ==,
                   FRAM_ICE_ADD_IGNORED);
}

/* --- Checks (RFC 6544 §7) ---------------------------------------------------------- */

/* TCP has its turn when UDP had some time. */
static void
test_later (AgentFixture *f, gconstpointer data)
{
  FramCandidate udp = agent_host (BASE + 2, 1, "192.0.2.1:1000");
  FramTime began;

  begin (f, FRAM_ROLE_CONTROLLING, FRAM_TRANSPORT_TCP_ACTIVE);
  began = f->now;
  fram_ice_agent_add_local (f->agent, 0, &udp, f->now);
  add_remote (f, FRAM_TRANSPORT_TCP_PASSIVE, PEER);
  agent_add_peer (f, 1, "192.0.2.9:4000");
  g_assert_true (agent_check_now (f));
  g_assert_cmpuint (f->sent_to.port, ==, 4000);
  g_assert_cmpint (fram_ice_agent_check_due (f->agent), ==,
                   began + FRAM_MILLISECONDS (250));
  g_assert_false (fram_ice_agent_check (f->agent, began + FRAM_MILLISECONDS (249)));
  g_assert_true (agent_check_now (f));
  g_assert_cmpuint (f->sent_to.port, ==, 2000);
}

/* RFC 6544 §7.1: a check is sent once.  The time of one that waited for its connection is its
 * own. */
static void
test_active (AgentFixture *f, gconstpointer data)
{
  FramAddress mapped = agent_address ("192.0.2.1:40000");
  const FramPair *pair;
  FramTime began;

  begin (f, FRAM_ROLE_CONTROLLING, FRAM_TRANSPORT_TCP_ACTIVE);
  add_remote (f, FRAM_TRANSPORT_TCP_PASSIVE, PEER);
  g_assert_true (agent_check_now (f));
  g_assert_cmpuint (f->n_sent, ==, 1);
  began = f->now;
  g_assert_cmpint (fram_ice_agent_deadline (f->agent), ==,
                   began + FRAM_MILLISECONDS (39500) - (began - (FRAM_SECONDS (10))));
  f->now += FRAM_MILLISECONDS (70);
  fram_ice_agent_told_connected (f->agent, BASE, &f->peer, f->now);
  f->now += FRAM_MILLISECONDS (30);
  agent_answer (f, 0, PEER_PWD, &mapped, &f->peer);
  pair = agent_only_pair (f);
  g_assert_cmpint (pair->state, ==, FRAM_PAIR_SUCCEEDED);
  g_assert_cmpint (pair->rtt, ==, FRAM_MILLISECONDS (30));
  g_assert_cmpint (pair->mapped->type, ==, FRAM_CANDIDATE_PEER_REFLEXIVE);
  g_assert_cmpint (pair->mapped->transport, ==, FRAM_TRANSPORT_TCP_ACTIVE);
  g_assert_cmpuint (pair->mapped->priority, ==,
                    fram_candidate_tcp_priority (FRAM_CANDIDATE_PEER_REFLEXIVE,
                                                 FRAM_TRANSPORT_TCP_ACTIVE, 8191, 1));
  g_assert_cmpuint (f->n_routes, ==, 1);
}

/* No answer: the check fails after Ti, and was sent once. */
static void
test_silence (AgentFixture *f, gconstpointer data)
{
  begin (f, FRAM_ROLE_CONTROLLING, FRAM_TRANSPORT_TCP_ACTIVE);
  add_remote (f, FRAM_TRANSPORT_TCP_PASSIVE, PEER);
  agent_check_now (f);
  f->now += FRAM_MILLISECONDS (39499);
  fram_ice_agent_advance (f->agent, f->now);
  g_assert_cmpint (agent_only_pair (f)->state, ==, FRAM_PAIR_IN_PROGRESS);
  f->now += FRAM_MILLISECONDS (1);
  fram_ice_agent_advance (f->agent, f->now);
  agent_drain (f);
  g_assert_cmpint (agent_only_pair (f)->cause, ==, FRAM_CAUSE_TIMEOUT);
  g_assert_cmpuint (f->n_sent, ==, 1);
}

/* RFC 6544 §7.2: a check that comes in tells where the peer connects from. */
static void
test_passive (AgentFixture *f, gconstpointer data)
{
  FramAddress mapped = agent_address ("192.0.2.1:3000");
  const FramPair *pair;

  begin (f, FRAM_ROLE_CONTROLLED, FRAM_TRANSPORT_TCP_PASSIVE);
  add_remote (f, FRAM_TRANSPORT_TCP_ACTIVE, "192.0.2.9:9");
  agent_receive (f, &agent_plain_check, &f->peer, FALSE);
  pair = agent_only_pair (f);
  g_assert_cmpint (pair->remote->type, ==, FRAM_CANDIDATE_PEER_REFLEXIVE);
  g_assert_cmpint (pair->remote->transport, ==, FRAM_TRANSPORT_TCP_ACTIVE);
  g_assert_true (agent_check_now (f));
  g_assert_true (fram_address_equal (&f->sent_to, &f->peer));
  agent_answer (f, 0, PEER_PWD, &mapped, &f->peer);
  g_assert_cmpint (pair->mapped->type, ==, FRAM_CANDIDATE_HOST);
}

/* --- The end of connections (RFC 6544 §7.1, §11.1) --------------------------------- */

static void
test_refused (AgentFixture *f, gconstpointer data)
{
  begin (f, FRAM_ROLE_CONTROLLING, FRAM_TRANSPORT_TCP_ACTIVE);
  add_remote (f, FRAM_TRANSPORT_TCP_PASSIVE, PEER);
  agent_check_now (f);
  disconnect (f, FRAM_ICE_CONNECTION_FAILED);
  g_assert_cmpint (agent_only_pair (f)->state, ==, FRAM_PAIR_FAILED);
  g_assert_cmpint (agent_only_pair (f)->cause, ==, FRAM_CAUSE_UNREACHABLE);
  g_assert_cmpint (fram_ice_agent_check_due (f->agent), ==, FRAM_TIME_NEVER);
  /* Of one that is not there, nothing becomes. */
  fram_ice_agent_told_disconnected (f->agent, BASE + 5, &f->peer,
                                    FRAM_ICE_CONNECTION_FAILED, f->now);
}

/* Whoever is there, it is not the peer: what would lead to the same address has failed, too. */
static void
test_strange (AgentFixture *f, gconstpointer data)
{
  const GPtrArray *pairs;

  begin (f, FRAM_ROLE_CONTROLLING, FRAM_TRANSPORT_TCP_ACTIVE);
  add_local (f, FRAM_TRANSPORT_TCP_ACTIVE, BASE + 3);
  add_remote (f, FRAM_TRANSPORT_TCP_PASSIVE, PEER);
  agent_check_now (f);
  disconnect (f, FRAM_ICE_CONNECTION_STRANGE);
  pairs = fram_ice_agent_get_pairs (f->agent, 0);
  g_assert_cmpuint (pairs->len, ==, 2);
  for (guint i = 0; i < pairs->len; i++)
    {
      const FramPair *pair = g_ptr_array_index (pairs, i);

      g_assert_cmpint (pair->state, ==, FRAM_PAIR_FAILED);
      g_assert_cmpint (pair->cause, ==, FRAM_CAUSE_BAD_RESPONSE);
    }
}

static void
connect_active (AgentFixture *f)
{
  FramAddress mapped = agent_address ("192.0.2.1:40000");

  begin (f, FRAM_ROLE_CONTROLLING, FRAM_TRANSPORT_TCP_ACTIVE);
  add_remote (f, FRAM_TRANSPORT_TCP_PASSIVE, PEER);
  agent_check_now (f);
  agent_answer (f, 0, PEER_PWD, &mapped, &f->peer);
  agent_check_now (f);
  agent_answer (f, 0, PEER_PWD, &mapped, &f->peer);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_COMPLETED);
}

/* RFC 7675 §5.1: "consent checks MUST be performed over all transport connections, including TCP". */
static void
test_consent (AgentFixture *f, gconstpointer data)
{
  FramTime answered;
  FramCause cause;

  connect_active (f);
  answered = f->now;
  f->n_sent = 0;
  agent_run_until (f, answered + FRAM_SECONDS (6));
  g_assert_cmpuint (f->n_sent, >=, 1);
  agent_run_until (f, answered + FRAM_SECONDS (30) - 1);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_DISCONNECTED);
  agent_run_until (f, answered + FRAM_SECONDS (30));
  g_assert_cmpint (fram_ice_agent_get_component_state (f->agent, 0, 1, &cause), ==,
                   FRAM_STATE_FAILED);
  g_assert_cmpint (cause, ==, FRAM_CAUSE_CONSENT_EXPIRED);
}

/* RFC 6544 §11.1: who is active connects again. */
static void
test_reopened (AgentFixture *f, gconstpointer data)
{
  FramAddress mapped = agent_address ("192.0.2.1:40001");
  guint n_routes;

  connect_active (f);
  n_routes = f->n_routes;
  disconnect (f, FRAM_ICE_CONNECTION_CLOSED);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_DISCONNECTED);
  g_assert_null (fram_ice_agent_get_path (f->agent, 0, 1));
  g_assert_true (agent_check_now (f));
  agent_answer (f, 0, PEER_PWD, &mapped, &f->peer);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_CONNECTED);
  g_assert_cmpuint (f->n_routes, ==, n_routes + 1);
  agent_check_now (f);
  agent_answer (f, 0, PEER_PWD, &mapped, &f->peer);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_COMPLETED);
}

/* It cannot be had again: the component ends when its time is over. */
static void
test_lost (AgentFixture *f, gconstpointer data)
{
  connect_active (f);
  disconnect (f, FRAM_ICE_CONNECTION_CLOSED);
  agent_check_now (f);
  disconnect (f, FRAM_ICE_CONNECTION_FAILED);
  for (guint i = 0; i < 10 && fram_ice_agent_deadline (f->agent) != FRAM_TIME_NEVER; i++)
    {
      f->now = fram_ice_agent_deadline (f->agent);
      fram_ice_agent_advance (f->agent, f->now);
      agent_drain (f);
    }
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_FAILED);
}

/* RFC 6544 §11.1: who is passive waits to be connected to. */
static void
test_awaited (AgentFixture *f, gconstpointer data)
{
  FramAddress mapped = agent_address ("192.0.2.1:3000");
  AgentCheck nominating = agent_plain_check;

  nominating.use_candidate = TRUE;
  begin (f, FRAM_ROLE_CONTROLLED, FRAM_TRANSPORT_TCP_PASSIVE);
  agent_receive (f, &nominating, &f->peer, FALSE);
  agent_check_now (f);
  agent_answer (f, 0, PEER_PWD, &mapped, &f->peer);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_COMPLETED);

  disconnect (f, FRAM_ICE_CONNECTION_CLOSED);
  g_assert_cmpuint (count_pairs (f), ==, 0);
  g_assert_cmpuint (f->n_removed, ==, 1);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_DISCONNECTED);

  /* Nothing can be checked from here, on no base. */
  add_local (f, FRAM_TRANSPORT_TCP_PASSIVE, PASSIVE_BASE);
  agent_drain (f);
  g_assert_cmpint (fram_ice_agent_check_due (f->agent), ==, FRAM_TIME_NEVER);
  f->peer.port = 2001;
  nominating.id++;
  agent_receive (f, &nominating, &f->peer, FALSE);
  agent_check_now (f);
  agent_answer (f, 0, PEER_PWD, &mapped, &f->peer);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_COMPLETED);
}

/* --- Nomination -------------------------------------------------------------------- */

/* TCP works first: a check by UDP that was lost has the time to be sent again. */
static void
test_prefers_udp (AgentFixture *f, gconstpointer data)
{
  FramAddress mapped = agent_address ("192.0.2.1:40000");
  FramCandidate udp = agent_host (BASE + 2, 1, "192.0.2.1:1000");
  FramTime valid;

  begin (f, FRAM_ROLE_CONTROLLING, FRAM_TRANSPORT_TCP_ACTIVE);
  fram_ice_agent_add_local (f->agent, 0, &udp, f->now);
  agent_add_peer (f, 1, "192.0.2.9:4000");
  add_remote (f, FRAM_TRANSPORT_TCP_PASSIVE, PEER);
  agent_check_now (f);
  agent_check_now (f);
  agent_answer (f, 0, PEER_PWD, &mapped, &f->peer);
  valid = f->now;
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_CONNECTED);
  f->now = valid + FRAM_MILLISECONDS (999);
  fram_ice_agent_advance (f->agent, f->now);
  g_assert_false (fram_ice_agent_is_urgent (f->agent));
  f->now = valid + FRAM_SECONDS (1);
  fram_ice_agent_advance (f->agent, f->now);
  g_assert_true (fram_ice_agent_is_urgent (f->agent));
}

/* The better path that data take is closed by the peer, which knows already that another one was
 * nominated; its answer comes later. */
static void
test_closed_while_nominating (AgentFixture *f, gconstpointer data)
{
  FramAddress mapped = agent_address ("192.0.2.1:40000");
  FramAddress first = agent_address (PEER), second = agent_address ("192.0.2.10:2000");
  AgentFixture check, nomination;

  begin (f, FRAM_ROLE_CONTROLLING, FRAM_TRANSPORT_TCP_ACTIVE);
  add_remote (f, FRAM_TRANSPORT_TCP_PASSIVE, PEER);
  add_remote (f, FRAM_TRANSPORT_TCP_PASSIVE, "192.0.2.10:2000");
  g_assert_true (agent_check_now (f));
  check = *f;
  g_assert_true (agent_check_now (f));
  agent_answer (f, 0, PEER_PWD, &mapped, &second);
  while (!fram_ice_agent_is_urgent (f->agent))
    {
      f->now = fram_ice_agent_deadline (f->agent);
      fram_ice_agent_advance (f->agent, f->now);
      agent_drain (f);
    }
  g_assert_true (agent_check_now (f));
  g_assert_true (fram_address_equal (&f->sent_to, &second));
  nomination = *f;

  memcpy (f->sent, check.sent, check.sent_length);
  f->sent_length = check.sent_length;
  agent_answer (f, 0, PEER_PWD, &mapped, &first);
  f->peer = first;
  disconnect (f, FRAM_ICE_CONNECTION_CLOSED);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_CONNECTED);
  memcpy (f->sent, nomination.sent, nomination.sent_length);
  f->sent_length = nomination.sent_length;
  agent_answer (f, 0, PEER_PWD, &mapped, &second);
  g_assert_cmpint (fram_ice_agent_get_state (f->agent), ==, FRAM_STATE_COMPLETED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function)                                                             \
  g_test_add ("/ice/tcp/" name, AgentFixture, NULL, setup, function, agent_teardown)
  CASE ("pairing", test_pairing);
  CASE ("one-list", test_one_list);
  CASE ("off", test_off);
  CASE ("later", test_later);
  CASE ("active", test_active);
  CASE ("silence", test_silence);
  CASE ("passive", test_passive);
  CASE ("refused", test_refused);
  CASE ("strange", test_strange);
  CASE ("consent", test_consent);
  CASE ("reopened", test_reopened);
  CASE ("lost", test_lost);
  CASE ("awaited", test_awaited);
  CASE ("prefers-udp", test_prefers_udp);
  CASE ("closed-while-nominating", test_closed_while_nominating);
  return g_test_run ();
}
