/* Simultaneous-open TCP candidates in the broker: where servers answer by TCP alone.
 * (RFC 6544 §5.2, §7) */
#include "tcp-call.h"

#include "broker/tcp.h"
#include "ice/candidate-line.h"

static FramSessionOptions
options (void)
{
  FramSessionOptions asking = tcp_call_options;

  asking.servers[0].uri = "stun:" TCP_WORLD_SERVER;
  asking.n_servers = 1;
  return asking;
}

static void
setup (TcpCall *f, gconstpointer data)
{
  tcp_call_setup (f, data);
  g_assert_true (fram_address_parse_ip (&f->a->outside, "198.51.100.1", 0));
  g_assert_true (fram_address_parse_ip (&f->b->outside, "198.51.100.2", 0));
}

static void
create (TcpCall *f)
{
  FramSessionOptions asking = options ();

  f->offer = tcp_host_create (f->a, &asking);
  f->answer = tcp_host_create (f->b, &asking);
  tcp_world_run (f->world, FRAM_SECONDS (1));
}

static void
begin (TcpCall *f)
{
  create (f);
  tcp_call_signal (f);
}

/* The session's simultaneous-open candidate of that type; FALSE: there is none. */
static gboolean
find_candidate (TcpHost *host, FramSessionId session, FramCandidateType type,
                FramCandidate *ret_candidate)
{
  g_autoptr (GPtrArray) lines = tcp_host_lines (host, session);
  char name[FRAM_MDNS_NAME_MAX + 1];

  for (guint i = 0; i < lines->len; i++)
    {
      g_assert_cmpint (
          fram_candidate_parse (ret_candidate, name, g_ptr_array_index (lines, i)), ==,
          FRAM_CANDIDATE_LINE_OK);
      if (ret_candidate->transport == FRAM_TRANSPORT_TCP_SO
          && ret_candidate->type == type)
        return TRUE;
    }
  return FALSE;
}

/* --- Candidates -------------------------------------------------------------------- */

static void
test_candidates (TcpCall *f, gconstpointer data)
{
  FramSessionOptions asking = options ();
  FramCandidate host, mapped;
  FramSessionId session = tcp_host_create (f->a, &asking);

  /* UDP has a moment. */
  tcp_world_run (f->world, FRAM_MILLISECONDS (190));
  g_assert_false (find_candidate (f->a, session, FRAM_CANDIDATE_HOST, &host));
  tcp_world_run (f->world, FRAM_MILLISECONDS (100));
  g_assert_true (find_candidate (f->a, session, FRAM_CANDIDATE_HOST, &host));
  g_assert_true (
      find_candidate (f->a, session, FRAM_CANDIDATE_SERVER_REFLEXIVE, &mapped));
  g_assert_true (fram_address_equal_ip (&mapped.address, &f->a->outside));
  g_assert_cmpuint (mapped.address.port, ==, host.address.port);
  g_assert_true (fram_address_equal (&mapped.related, &host.address));
  /* RFC 6544 §4.2 */
  g_assert_cmpuint (host.priority >> 21 & 7, ==, 2);
  g_assert_cmpuint (mapped.priority >> 21 & 7, ==, 6);
  g_assert_cmpuint (f->world->n_asked, ==, 1);
}

/* It is waited for, as it is the one that may work. */
static void
test_gathering (TcpCall *f, gconstpointer data)
{
  FramSessionOptions asking = options ();
  FramLocalDescription local;
  FramCandidate mapped;
  FramTime begun = f->world->now;
  FramSessionId session;

  asking.trickle = FALSE;
  session = tcp_host_create (f->a, &asking);
  do
    {
      tcp_world_run (f->world, FRAM_MILLISECONDS (10));
      g_assert_true (fram_broker_get_local_description (f->a->broker, session, &local));
    }
  while (!local.gathered);
  g_assert_true (
      find_candidate (f->a, session, FRAM_CANDIDATE_SERVER_REFLEXIVE, &mapped));
  g_assert_cmpint (f->world->now, <=, begun + FRAM_SECONDS (1));
}

static void
test_answered_by_udp (TcpCall *f, gconstpointer data)
{
  FramCandidate candidate;

  f->world->has_udp = TRUE;
  create (f);
  g_assert_false (find_candidate (f->a, f->offer, FRAM_CANDIDATE_HOST, &candidate));
  g_assert_cmpuint (f->world->n_asked, ==, 0);
}

static void
test_policies (TcpCall *f, gconstpointer data)
{
  FramSessionOptions asking = options ();
  FramCandidate candidate;
  FramSessionId session;
  guint n_asked;

  asking.policy = FRAM_POLICY_NO_HOST;
  session = tcp_host_create (f->a, &asking);
  /* Until it is known which servers answer by TCP at all. */
  tcp_world_run (f->world, FRAM_SECONDS (3));
  g_assert_false (find_candidate (f->a, session, FRAM_CANDIDATE_HOST, &candidate));
  g_assert_true (
      find_candidate (f->a, session, FRAM_CANDIDATE_SERVER_REFLEXIVE, &candidate));
  g_assert_false (fram_address_equal_ip (&candidate.related, &f->a->address));
  n_asked = f->world->n_asked;

  asking.policy = FRAM_POLICY_RELAY;
  tcp_host_create (f->a, &asking);
  asking.policy = FRAM_POLICY_ALL;
  asking.tcp = FALSE;
  tcp_host_create (f->a, &asking);
  asking.tcp = asking.lite = TRUE;
  tcp_host_create (f->a, &asking);
  tcp_world_run (f->world, FRAM_SECONDS (2));
  g_assert_cmpuint (f->world->n_asked, ==, n_asked);
}

/* Where the server sees the base itself, there is no NAT, and no other candidate. */
static void
test_no_nat (TcpCall *f, gconstpointer data)
{
  FramCandidate candidate;

  f->a->outside = f->a->address;
  create (f);
  g_assert_true (find_candidate (f->a, f->offer, FRAM_CANDIDATE_HOST, &candidate));
  g_assert_false (
      find_candidate (f->a, f->offer, FRAM_CANDIDATE_SERVER_REFLEXIVE, &candidate));
}

/* A server that does not answer does not hold up the gathering, nor the next session at all. */
static void
test_dead_server (TcpCall *f, gconstpointer data)
{
  FramSessionOptions asking = options ();
  FramLocalDescription local;
  FramSessionId session;

  f->world->server_is_dead = TRUE;
  create (f);
  tcp_world_run (f->world, FRAM_MILLISECONDS (10));
  g_assert_true (fram_broker_get_local_description (f->a->broker, f->offer, &local));
  g_assert_true (local.gathered);
  tcp_world_run (f->world, FRAM_SECONDS (11));
  g_assert_cmpuint (f->a->n_attempting, ==, 0);
  session = tcp_host_create (f->a, &asking);
  tcp_world_run (f->world, FRAM_MILLISECONDS (10));
  g_assert_true (fram_broker_get_local_description (f->a->broker, session, &local));
  g_assert_true (local.gathered);
  g_assert_cmpuint (f->a->n_attempting, ==, 0);
}

/* --- Calls ------------------------------------------------------------------------- */

static void
test_call (TcpCall *f, gconstpointer data)
{
  begin (f);
  tcp_world_run (f->world, FRAM_SECONDS (8));
  tcp_call_assert_completed (f);
  g_assert_true (fram_address_equal_ip (&f->a->path_remote, &f->b->outside));
  g_assert_true (fram_address_equal_ip (&f->b->path_remote, &f->a->outside));
  /* Nor is the server connected to any longer. */
  g_assert_cmpuint (tcp_host_count_open (f->a), ==, 1);
  g_assert_cmpuint (tcp_host_count_open (f->b), ==, 1);
  tcp_world_run (f->world, FRAM_SECONDS (120));
  tcp_call_assert_completed (f);

  fram_broker_close_session (f->a->broker, f->offer, FRAM_CAUSE_CLOSED_BY_APPLICATION,
                             f->world->now);
  tcp_world_settle (f->world);
  g_assert_cmpuint (tcp_host_count_open (f->a), ==, 0);
  /* The passive one stays for the next session; nobody else may use the other. */
  g_assert_cmpuint (g_hash_table_size (f->a->listening), ==, 1);
}

/* Between two that can be connected to, one is first; they have one connection for both. */
static void
test_peer_first (TcpCall *f, gconstpointer data)
{
  FramAddress nowhere;

  f->a->outside = f->a->address;
  f->b->outside = f->b->address;
  create (f);
  tcp_call_signal (f);
  tcp_world_run (f->world, FRAM_SECONDS (8));
  tcp_call_assert_completed (f);
  g_assert_true (tcp_host_get_listening (f->a, &nowhere));
  g_assert_cmpuint (tcp_host_count_open (f->a), ==, 1);
}

/* RFC 6544 §12: the attempt has to wait for its turn, and meanwhile the peer connects. */
static void
test_waiting (TcpCall *f, gconstpointer data)
{
  guint n_attempts;

  f->a->outside = f->a->address;
  f->b->outside = f->b->address;
  create (f);
  tcp_world_run (f->world, FRAM_SECONDS (3));
  f->world->manner = TCP_IS_SILENT;
  for (guint i = 0; i < FRAM_TCP_MAX_ATTEMPTS; i++)
    {
      g_autofree char *line = g_strdup_printf (
          "candidate:%u 1 TCP 2130706431 192.0.2.2 %u typ host tcptype so", i, 5000 + i);

      g_assert_true (fram_broker_add_remote_candidate (f->a->broker, f->offer, NULL, 0,
                                                       line, f->world->now, NULL));
    }
  tcp_world_signal (f->b, f->answer, f->a, f->offer);
  tcp_world_run (f->world, FRAM_SECONDS (2));
  g_assert_cmpuint (f->a->n_attempting, ==, FRAM_TCP_MAX_ATTEMPTS);
  n_attempts = f->a->n_attempts;
  f->world->manner = TCP_OPENS;
  tcp_world_signal (f->a, f->offer, f->b, f->answer);
  tcp_world_run (f->world, FRAM_SECONDS (3));
  tcp_call_assert_completed (f);
  g_assert_cmpuint (f->a->n_attempts, ==, n_attempts);
}

/* The connection that breaks is made again, from the same port. */
static void
test_broken (TcpCall *f, gconstpointer data)
{
  FramAddress before;

  begin (f);
  tcp_world_run (f->world, FRAM_SECONDS (8));
  before = f->a->path_remote;
  tcp_world_break_all (f->world);
  tcp_world_run (f->world, FRAM_SECONDS (20));
  tcp_call_assert_completed (f);
  g_assert_true (fram_address_equal (&f->a->path_remote, &before));
}

/* RFC 6544 §9.2: the connection stays, and what is told of it is the same.  The pair that matches it
 * opens no other, for which the world watches. */
static void
test_restart (TcpCall *f, gconstpointer data)
{
  FramCandidate before, after;
  FramBaseId path;

  begin (f);
  tcp_world_run (f->world, FRAM_SECONDS (8));
  path = f->a->path;
  g_assert_true (
      find_candidate (f->a, f->offer, FRAM_CANDIDATE_SERVER_REFLEXIVE, &before));
  tcp_call_restart (f);
  g_assert_true (
      find_candidate (f->a, f->offer, FRAM_CANDIDATE_SERVER_REFLEXIVE, &after));
  g_assert_true (fram_address_equal (&before.address, &after.address));
  tcp_call_signal (f);
  tcp_world_run (f->world, FRAM_SECONDS (10));
  tcp_call_assert_completed (f);
  g_assert_cmpuint (f->a->path, ==, path);
  g_assert_cmpuint (tcp_host_count_open (f->a), ==, 1);
  g_assert_cmpuint (tcp_host_count_open (f->b), ==, 1);
}

/* And that of a path that is left is closed. */
static void
test_restart_to_udp (TcpCall *f, gconstpointer data)
{
  begin (f);
  tcp_world_run (f->world, FRAM_SECONDS (8));
  f->world->has_udp = TRUE;
  f->a->outside = f->a->address;
  f->b->outside = f->b->address;
  tcp_call_restart (f);
  tcp_call_signal (f);
  tcp_world_run (f->world, FRAM_SECONDS (40));
  tcp_call_assert_completed (f);
  g_assert_false (g_hash_table_contains (f->a->ends, GUINT_TO_POINTER (f->a->path)));
  g_assert_cmpuint (tcp_host_count_open (f->a), ==, 0);
  g_assert_cmpuint (tcp_host_count_open (f->b), ==, 0);
}

/* Two sessions of the same hosts have connections of their own. */
static void
test_two_sessions (TcpCall *f, gconstpointer data)
{
  FramSessionId first, second;

  begin (f);
  first = f->offer;
  second = f->answer;
  begin (f);
  tcp_world_run (f->world, FRAM_SECONDS (8));
  tcp_call_assert_completed (f);
  g_assert_cmpint (tcp_host_state (f->a, first), ==, FRAM_STATE_COMPLETED);
  g_assert_cmpint (tcp_host_state (f->b, second), ==, FRAM_STATE_COMPLETED);
  g_assert_cmpuint (tcp_host_count_open (f->a), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function)                                                             \
  g_test_add ("/broker/tcp-simultaneous/" name, TcpCall, NULL, setup, function,          \
              tcp_call_teardown)
  CASE ("candidates", test_candidates);
  CASE ("gathering", test_gathering);
  CASE ("answered-by-udp", test_answered_by_udp);
  CASE ("policies", test_policies);
  CASE ("no-nat", test_no_nat);
  CASE ("dead-server", test_dead_server);
  CASE ("call", test_call);
  CASE ("peer-first", test_peer_first);
  CASE ("waiting", test_waiting);
  CASE ("broken", test_broken);
  CASE ("restart", test_restart);
  CASE ("restart-to-udp", test_restart_to_udp);
  CASE ("two-sessions", test_two_sessions);
  return g_test_run ();
}
