/* TCP candidates in the broker: sessions that connect by them, and connections that are refused,
 * silent or broken.  (RFC 6544) */
#include "tcp-call.h"

#include "broker/tcp.h"
#include "ice/candidate-line.h"

static gboolean
goes_by_tcp (const TcpHost *host)
{
  return g_hash_table_contains (host->ends, GUINT_TO_POINTER (host->path));
}

/* --- Candidates (RFC 6544 §4.1, §5.1) ---------------------------------------------- */

static guint
count_transport (TcpHost *host, FramSessionId session, FramTransport transport)
{
  g_autoptr (GPtrArray) lines = tcp_host_lines (host, session);
  char name[FRAM_MDNS_NAME_MAX + 1];
  FramCandidate candidate;
  guint n = 0;

  for (guint i = 0; i < lines->len; i++)
    {
      g_assert_cmpint (
          fram_candidate_parse (&candidate, name, g_ptr_array_index (lines, i)), ==,
          FRAM_CANDIDATE_LINE_OK);
      n += candidate.transport == transport;
      g_assert_true (candidate.transport != FRAM_TRANSPORT_TCP_ACTIVE
                     || candidate.address.port == 9);
    }
  return n;
}

static void
test_candidates (TcpCall *f, gconstpointer data)
{
  FramSessionOptions options = tcp_call_options;
  FramSessionId session = tcp_host_create (f->a, &options);

  g_assert_cmpuint (count_transport (f->a, session, FRAM_TRANSPORT_UDP), ==, 1);
  g_assert_cmpuint (count_transport (f->a, session, FRAM_TRANSPORT_TCP_ACTIVE), ==, 1);
  g_assert_cmpuint (count_transport (f->a, session, FRAM_TRANSPORT_TCP_PASSIVE), ==, 1);
  g_assert_cmpuint (count_transport (f->a, session, FRAM_TRANSPORT_TCP_SO), ==, 0);
  options.tcp = FALSE;
  session = tcp_host_create (f->a, &options);
  g_assert_cmpuint (count_transport (f->a, session, FRAM_TRANSPORT_TCP_ACTIVE), ==, 0);
  g_assert_cmpuint (count_transport (f->a, session, FRAM_TRANSPORT_TCP_PASSIVE), ==, 0);
}

/* One listening socket for the same component of all sessions, which stays for a while. */
static void
test_shared (TcpCall *f, gconstpointer data)
{
  FramSessionOptions options
      = { .trickle = TRUE, .tcp = TRUE, .n_streams = 2, .n_components = { 2, 1 } };
  FramSessionId sessions[3];

  for (guint i = 0; i < G_N_ELEMENTS (sessions); i++)
    sessions[i] = tcp_host_create (f->a, &options);
  g_assert_cmpuint (g_hash_table_size (f->a->listening), ==, 3);
  for (guint i = 0; i < G_N_ELEMENTS (sessions); i++)
    fram_broker_close_session (f->a->broker, sessions[i],
                               FRAM_CAUSE_CLOSED_BY_APPLICATION, f->world->now);
  tcp_world_run (f->world, FRAM_SECONDS (59));
  g_assert_cmpuint (g_hash_table_size (f->a->listening), ==, 3);
  tcp_world_run (f->world, FRAM_SECONDS (2));
  g_assert_cmpuint (g_hash_table_size (f->a->listening), ==, 0);
}

/* What others must not know of is not waited for either; a relay alone needs none of it. */
static void
test_policies (TcpCall *f, gconstpointer data)
{
  FramSessionOptions options = tcp_call_options;

  options.policy = FRAM_POLICY_RELAY;
  tcp_host_create (f->a, &options);
  options.policy = FRAM_POLICY_NO_HOST;
  g_assert_cmpuint (
      count_transport (f->a, tcp_host_create (f->a, &options), FRAM_TRANSPORT_TCP_ACTIVE),
      ==, 0);
  g_assert_cmpuint (g_hash_table_size (f->a->listening), ==, 0);
}

static void
test_interface_gone (TcpCall *f, gconstpointer data)
{
  FramInterfaceAddress other = { .name = "eth1" };

  tcp_call_begin (f);
  tcp_world_run (f->world, FRAM_SECONDS (3));
  tcp_call_assert_completed (f);
  g_assert_true (fram_address_parse_ip (&other.address, "192.0.2.77", 0));
  f->a->address = f->a->outside = other.address;
  fram_broker_told_interfaces (f->a->broker, &other, 1, f->world->now);
  tcp_world_settle (f->world);
  g_assert_cmpuint (g_hash_table_size (f->a->listening), ==, 1);
  g_assert_cmpuint (tcp_host_count_open (f->a), ==, 0);
  g_assert_cmpuint (g_hash_table_size (f->a->routes), ==, 0);
}

/* A range of ports binds listening sockets, too. */
static void
test_range (TcpCall *f, gconstpointer data)
{
  FramBrokerPolicy policy
      = { .linger = FRAM_SECONDS (60), .first_port = 4000, .last_port = 4003 };
  g_autoptr (GHashTable) asked = g_hash_table_new (NULL, NULL);
  FramEvent event;

  fram_broker_set_policy (f->a->broker, &policy, f->world->now);
  fram_broker_create_session (f->a->broker, &tcp_call_options, f->world->now, NULL);
  while (fram_broker_pop (f->a->broker, &event))
    {
      if (event.type == FRAM_EVENT_OPEN_BASE && event.transport == FRAM_KNOWN_TCP)
        {
          g_assert_cmpuint (event.bind.port, >=, 4000);
          g_assert_cmpuint (event.bind.port, <=, 4003);
          g_assert_true (g_hash_table_add (asked, GUINT_TO_POINTER (event.bind.port)));
          fram_broker_told_base_failed (f->a->broker, event.base, f->world->now);
        }
      fram_event_clear (&event);
    }
  g_assert_cmpuint (g_hash_table_size (asked), ==, 4);
}

/* --- Calls ------------------------------------------------------------------------- */

/* UDP does not get through. */
static void
test_call (TcpCall *f, gconstpointer data)
{
  tcp_call_begin (f);
  tcp_world_run (f->world, FRAM_SECONDS (3));
  tcp_call_assert_completed (f);
  g_assert_true (goes_by_tcp (f->a));
  g_assert_true (goes_by_tcp (f->b));
  /* RFC 6544 §8: all others are closed. */
  tcp_world_run (f->world, FRAM_SECONDS (5));
  g_assert_cmpuint (tcp_host_count_open (f->a), ==, 1);
  g_assert_cmpuint (tcp_host_count_open (f->b), ==, 1);
  g_assert_cmpuint (g_hash_table_size (f->a->routes), ==, 1);
  /* Consent lasts (RFC 7675). */
  tcp_world_run (f->world, FRAM_SECONDS (120));
  tcp_call_assert_completed (f);

  fram_broker_close_session (f->a->broker, f->offer, FRAM_CAUSE_CLOSED_BY_APPLICATION,
                             f->world->now);
  tcp_world_run (f->world, FRAM_MILLISECONDS (100));
  g_assert_cmpuint (tcp_host_count_open (f->a), ==, 0);
  g_assert_cmpuint (tcp_host_count_open (f->b), ==, 0);
  g_assert_cmpuint (g_hash_table_size (f->a->routes), ==, 0);
  g_assert_cmpint (tcp_host_state (f->b, f->answer), !=, FRAM_STATE_COMPLETED);
}

/* RFC 7675 §5.2: who connects again hears that there is nobody any more. */
static void
test_closed_by_peer (TcpCall *f, gconstpointer data)
{
  FramSessionRow row;

  g_assert_true (fram_address_parse_ip (&f->a->outside, "198.51.100.9", 0));
  tcp_call_begin (f);
  tcp_world_run (f->world, FRAM_SECONDS (8));
  tcp_call_assert_completed (f);
  fram_broker_close_session (f->b->broker, f->answer, FRAM_CAUSE_CLOSED_BY_APPLICATION,
                             f->world->now);
  tcp_world_run (f->world, FRAM_SECONDS (1));
  g_assert_true (fram_broker_get_session (f->a->broker, f->offer, &row));
  g_assert_cmpint (row.state, ==, FRAM_STATE_FAILED);
  g_assert_cmpint (row.cause, ==, FRAM_CAUSE_CONSENT_REVOKED);
}

/* RFC 6544 §4.4: a lite agent waits for connections. */
static void
test_lite (TcpCall *f, gconstpointer data)
{
  FramSessionOptions options = tcp_call_options;

  options.lite = TRUE;
  f->offer = tcp_host_create (f->a, &tcp_call_options);
  f->answer = tcp_host_create (f->b, &options);
  g_assert_cmpuint (count_transport (f->b, f->answer, FRAM_TRANSPORT_TCP_ACTIVE), ==, 0);
  tcp_call_signal (f);
  tcp_world_run (f->world, FRAM_SECONDS (60));
  tcp_call_assert_completed (f);
  g_assert_true (goes_by_tcp (f->b));
  tcp_world_break_all (f->world);
  tcp_world_run (f->world, FRAM_SECONDS (20));
  tcp_call_assert_completed (f);
  g_assert_true (goes_by_tcp (f->b));
}

/* Where UDP works, it costs nothing: it is taken, and no connection stays. */
static void
test_udp_first (TcpCall *f, gconstpointer data)
{
  f->world->has_udp = TRUE;
  tcp_call_begin (f);
  tcp_world_run (f->world, FRAM_MILLISECONDS (240));
  tcp_call_assert_completed (f);
  g_assert_false (goes_by_tcp (f->a));
  tcp_world_run (f->world, FRAM_SECONDS (10));
  g_assert_cmpuint (f->a->n_attempts + f->b->n_attempts, ==, 0);
}

/* Who cannot be connected to connects: it sees the other, and is seen behind its NAT. */
static void
test_nat (TcpCall *f, gconstpointer data)
{
  g_assert_true (fram_address_parse_ip (&f->a->outside, "198.51.100.9", 0));
  tcp_call_begin (f);
  tcp_world_run (f->world, FRAM_SECONDS (3));
  tcp_call_assert_completed (f);
  g_assert_true (fram_address_equal_ip (&f->b->path_remote, &f->a->outside));
}

/* Two sessions between two hosts use the same listening sockets, and no lanes of their own. */
static void
test_two_sessions (TcpCall *f, gconstpointer data)
{
  FramSessionId first, second;

  tcp_call_begin (f);
  first = f->offer;
  second = f->answer;
  tcp_call_begin (f);
  tcp_world_run (f->world, FRAM_SECONDS (8));
  tcp_call_assert_completed (f);
  g_assert_cmpint (tcp_host_state (f->a, first), ==, FRAM_STATE_COMPLETED);
  g_assert_cmpint (tcp_host_state (f->b, second), ==, FRAM_STATE_COMPLETED);
  g_assert_cmpuint (g_hash_table_size (f->a->listening), ==, 1);
  g_assert_cmpuint (tcp_host_count_open (f->a), ==, 2);
  fram_broker_close_session (f->a->broker, first, FRAM_CAUSE_CLOSED_BY_APPLICATION,
                             f->world->now);
  tcp_world_run (f->world, FRAM_SECONDS (40));
  tcp_call_assert_completed (f);
}

/* Components are told apart by where the peer has connected to. */
static void
test_components (TcpCall *f, gconstpointer data)
{
  FramSessionOptions options
      = { .trickle = TRUE, .tcp = TRUE, .n_streams = 1, .n_components = { 3 } };

  f->offer = tcp_host_create (f->a, &options);
  f->answer = tcp_host_create (f->b, &options);
  tcp_call_signal (f);
  tcp_world_run (f->world, FRAM_SECONDS (8));
  tcp_call_assert_completed (f);
  g_assert_cmpuint (tcp_host_count_open (f->a), ==, 3);
}

/* RFC 6544 §9.2: a restart closes nothing, and the connection is used again. */
static void
test_restart (TcpCall *f, gconstpointer data)
{
  FramBaseId before;
  guint n_attempts;

  tcp_call_begin (f);
  tcp_world_run (f->world, FRAM_SECONDS (8));
  before = f->a->path;
  n_attempts = f->a->n_attempts + f->b->n_attempts;
  tcp_call_restart (f);
  g_assert_cmpuint (tcp_host_count_open (f->a), ==, 1);
  tcp_call_signal (f);
  g_assert_cmpuint (f->a->path, ==, before);
  tcp_world_run (f->world, FRAM_SECONDS (10));
  tcp_call_assert_completed (f);
  g_assert_cmpuint (tcp_host_count_open (f->a), ==, 1);
  g_assert_cmpuint (f->a->path, ==, before);
  /* The way from the other side, which was given up, is tried anew, and given up again. */
  g_assert_cmpuint (f->a->n_attempts + f->b->n_attempts, <=, n_attempts + 1);
}

/* Nor does it while one side alone has begun it, for as long as the peer takes to answer. */
static void
test_restart_of_one (TcpCall *f, gconstpointer data)
{
  FramBaseId before;

  tcp_call_begin (f);
  tcp_world_run (f->world, FRAM_SECONDS (8));
  before = f->a->path;
  g_assert_true (fram_broker_restart (f->a->broker, f->offer, f->world->now, NULL));
  for (guint i = 0; i < 60; i++)
    {
      tcp_world_run (f->world, FRAM_SECONDS (1));
      g_assert_cmpuint (tcp_host_count_open (f->a), ==, 1);
      g_assert_cmpuint (tcp_host_count_open (f->b), ==, 1);
      g_assert_cmpuint (f->a->path, ==, before);
    }
}

/* RFC 6544 §9.2: the connection of a path that the restart leaves is closed when it is over. */
static void
test_restart_to_udp (TcpCall *f, gconstpointer data)
{
  tcp_call_begin (f);
  tcp_world_run (f->world, FRAM_SECONDS (8));
  g_assert_true (goes_by_tcp (f->a));
  f->world->has_udp = TRUE;
  tcp_call_restart (f);
  tcp_world_run (f->world, FRAM_SECONDS (1));
  g_assert_true (goes_by_tcp (f->a));
  g_assert_true (goes_by_tcp (f->b));
  tcp_call_signal (f);
  tcp_world_run (f->world, FRAM_SECONDS (40));
  tcp_call_assert_completed (f);
  g_assert_false (goes_by_tcp (f->a));
  g_assert_false (goes_by_tcp (f->b));
  g_assert_cmpuint (tcp_host_count_open (f->a), ==, 0);
  g_assert_cmpuint (tcp_host_count_open (f->b), ==, 0);
  g_assert_cmpuint (g_hash_table_size (f->a->routes), ==, 1);
  g_assert_cmpuint (g_hash_table_size (f->b->routes), ==, 1);
}

/* --- What goes wrong --------------------------------------------------------------- */

static void
test_refused (TcpCall *f, gconstpointer data)
{
  f->world->manner = TCP_REFUSES;
  tcp_call_begin (f);
  tcp_world_run (f->world, FRAM_SECONDS (35));
  g_assert_cmpint (tcp_host_state (f->a, f->offer), ==, FRAM_STATE_CHECKING);
  g_assert_cmpuint (f->a->n_attempting, ==, 0);
  tcp_world_run (f->world, FRAM_SECONDS (100));
  g_assert_cmpint (tcp_host_state (f->a, f->offer), ==, FRAM_STATE_FAILED);
  g_assert_cmpint (tcp_host_state (f->b, f->answer), ==, FRAM_STATE_FAILED);
  g_assert_cmpuint (f->a->n_attempts, ==, 1);
}

static void
test_silent (TcpCall *f, gconstpointer data)
{
  f->world->manner = TCP_IS_SILENT;
  tcp_call_begin (f);
  tcp_world_run (f->world, FRAM_SECONDS (5));
  g_assert_cmpuint (f->a->n_attempting, ==, 1);
  tcp_world_run (f->world, FRAM_SECONDS (135));
  g_assert_cmpint (tcp_host_state (f->a, f->offer), ==, FRAM_STATE_FAILED);
  g_assert_cmpuint (g_hash_table_size (f->a->ends), ==, 0);
}

/* Number `i` of one IP address, and the less preferred the greater that is. */
static void
add_passive (TcpCall *f, guint i)
{
  g_autofree char *line
      = g_strdup_printf ("candidate:%u 1 TCP %u 203.0.113.5 %u typ host tcptype passive",
                         i, 900 - i, 5000 + i);

  g_assert_true (fram_broker_add_remote_candidate (f->a->broker, f->offer, NULL, 0, line,
                                                   f->world->now, NULL));
}

static void
try_many (TcpCall *f, guint first, guint last)
{
  f->world->manner = TCP_IS_SILENT;
  f->offer = tcp_host_create (f->a, &tcp_call_options);
  f->answer = tcp_host_create (f->b, &tcp_call_options);
  tcp_world_signal (f->b, f->answer, f->a, f->offer);
  for (guint i = first; i <= last; i++)
    add_passive (f, i);
  tcp_world_run (f->world, FRAM_SECONDS (5));
  g_assert_cmpuint (f->a->n_attempting, ==, 1 + FRAM_TCP_MAX_ATTEMPTS);
}

/* RFC 6544 §12: five attempts at a time to one IP address; the others have their turn. */
static void
test_attempts (TcpCall *f, gconstpointer data)
{
  try_many (f, 1, 12);
  tcp_world_run (f->world, FRAM_SECONDS (30));
  g_assert_cmpuint (f->a->n_attempts, ==, 1 + 12);
  g_assert_cmpuint (f->a->most_attempting, ==, 1 + FRAM_TCP_MAX_ATTEMPTS);
}

/* Who is closed, or loses its address, begins no attempt in the place of those that it gives up. */
static void
test_gives_up_attempting (TcpCall *f, gconstpointer is_closed)
{
  FramEvent event;

  try_many (f, 2, 1 + FRAM_TCP_MAX_ATTEMPTS);
  /* Its pair is the last to be given up. */
  add_passive (f, 1);
  tcp_world_run (f->world, FRAM_MILLISECONDS (500));
  if (is_closed != NULL)
    fram_broker_close_session (f->a->broker, f->offer, FRAM_CAUSE_CLOSED_BY_APPLICATION,
                               f->world->now);
  else
    fram_broker_told_interfaces (f->a->broker, NULL, 0, f->world->now);
  while (fram_broker_pop (f->a->broker, &event))
    {
      g_assert_cmpint (event.type, !=, FRAM_EVENT_OPEN_STREAM);
      fram_event_clear (&event);
    }
}

/* RFC 6544 §11.1: it is opened again, and selected again. */
static void
test_broken (TcpCall *f, gconstpointer data)
{
  tcp_call_begin (f);
  tcp_world_run (f->world, FRAM_SECONDS (8));
  tcp_world_break_all (f->world);
  tcp_world_run (f->world, FRAM_MILLISECONDS (1));
  g_assert_cmpint (tcp_host_state (f->a, f->offer), ==, FRAM_STATE_DISCONNECTED);
  g_assert_cmpuint (f->a->path, ==, 0);
  g_assert_cmpuint (g_hash_table_size (f->a->routes), ==, 0);
  tcp_world_run (f->world, FRAM_SECONDS (10));
  tcp_call_assert_completed (f);
  g_assert_true (goes_by_tcp (f->a));
  g_assert_true (goes_by_tcp (f->b));
}

/* It stays broken: that is the end, as with every path. */
static void
test_stays_broken (TcpCall *f, gconstpointer data)
{
  tcp_call_begin (f);
  tcp_world_run (f->world, FRAM_SECONDS (8));
  f->world->manner = TCP_REFUSES;
  tcp_world_break_all (f->world);
  tcp_world_run (f->world, FRAM_SECONDS (130));
  g_assert_cmpint (tcp_host_state (f->a, f->offer), ==, FRAM_STATE_FAILED);
  g_assert_cmpint (tcp_host_state (f->b, f->answer), ==, FRAM_STATE_FAILED);
  g_assert_cmpuint (g_hash_table_size (f->a->ends), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function)                                                             \
  g_test_add ("/broker/tcp/" name, TcpCall, NULL, tcp_call_setup, function,              \
              tcp_call_teardown)
  CASE ("candidates", test_candidates);
  CASE ("shared", test_shared);
  CASE ("policies", test_policies);
  CASE ("interface-gone", test_interface_gone);
  CASE ("range", test_range);
  CASE ("call", test_call);
  CASE ("closed-by-peer", test_closed_by_peer);
  CASE ("lite", test_lite);
  CASE ("udp-first", test_udp_first);
  CASE ("nat", test_nat);
  CASE ("two-sessions", test_two_sessions);
  CASE ("components", test_components);
  CASE ("restart", test_restart);
  CASE ("restart-of-one", test_restart_of_one);
  CASE ("restart-to-udp", test_restart_to_udp);
  CASE ("refused", test_refused);
  CASE ("silent", test_silent);
  CASE ("attempts", test_attempts);
  g_test_add ("/broker/tcp/gives-up-attempting/closed", TcpCall, GINT_TO_POINTER (TRUE),
              tcp_call_setup, test_gives_up_attempting, tcp_call_teardown);
  g_test_add ("/broker/tcp/gives-up-attempting/moved", TcpCall, NULL, tcp_call_setup,
              test_gives_up_attempting, tcp_call_teardown);
  CASE ("broken", test_broken);
  CASE ("stays-broken", test_stays_broken);
  return g_test_run ();
}
