/* Streams that go while others stay: what is given back, what the peer hears, what stays. */
#include <string.h>

#include "broker/inspection.h"
#include "relay-world.h"

/* Two streams, of two components and of one. */
static const FramSessionOptions two_streams
    = { .owner = ":1.1", .n_streams = 2, .n_components = { 2, 1 }, .trickle = TRUE };

static void
tell (WireHost *from, FramSessionId one, WireHost *to, FramSessionId other)
{
  FramTime now = from->wire->now;
  FramLocalDescription local;

  g_assert_true (fram_broker_get_local_description (from->broker, one, &local));
  g_assert_true (fram_broker_set_remote_description (to->broker, other,
                                                     &local.description, now, NULL));
  for (guint s = 0; s < two_streams.n_streams; s++)
    {
      g_autoptr (GPtrArray) lines = fram_broker_list_local_lines (from->broker, one, s);

      for (guint i = 0; i < lines->len; i++)
        g_assert_true (fram_broker_add_remote_candidate (
            to->broker, other, NULL, s, g_ptr_array_index (lines, i), now, NULL));
    }
  fram_broker_end_remote_candidates (to->broker, other, NULL, now, NULL);
  wire_settle (from->wire);
}

typedef struct
{
  Wire *wire;
  WireHost *a, *b;
  FramSessionId ours, theirs;
} Fixture;

static void
create (Fixture *f, FramPolicy policy, gboolean tcp)
{
  FramSessionOptions options = two_streams;

  options.policy = policy;
  options.tcp = tcp;
  f->ours = fram_broker_create_session (f->a->broker, &options, f->wire->now, NULL);
  options.role_fixed = TRUE;
  options.role = FRAM_ROLE_CONTROLLED;
  f->theirs = fram_broker_create_session (f->b->broker, &options, f->wire->now, NULL);
  wire_settle (f->wire);
}

static void
describe_both (Fixture *f)
{
  tell (f->a, f->ours, f->b, f->theirs);
  tell (f->b, f->theirs, f->a, f->ours);
}

static void
describe (Fixture *f)
{
  describe_both (f);
  wire_run (f->wire, FRAM_SECONDS (10));
  g_assert_cmpint (wire_state (f->a, f->ours), ==, FRAM_STATE_COMPLETED);
  g_assert_cmpint (wire_state (f->b, f->theirs), ==, FRAM_STATE_COMPLETED);
}

static void
setup (Fixture *f, gconstpointer tcp)
{
  f->wire = wire_new (FRAM_MILLISECONDS (1));
  f->a = wire_add_host (f->wire, "192.0.2.1");
  f->b = wire_add_host (f->wire, "192.0.2.2");
  create (f, FRAM_POLICY_ALL, GPOINTER_TO_INT (tcp));
  describe (f);
}

static void
teardown (Fixture *f, gconstpointer data)
{
  wire_free (f->wire);
}

static void
remove_stream (Fixture *f, guint stream)
{
  g_autoptr (GError) error = NULL;

  fram_broker_remove_stream (f->a->broker, f->ours, stream, f->wire->now, &error);
  g_assert_no_error (error);
  wire_settle (f->wire);
}

static guint
count_of (WireHost *host, FramEventType type, guint stream, FramState state)
{
  guint n = 0;

  for (guint i = 0; i < host->log->len; i++)
    {
      const FramEvent *event = &g_array_index (host->log, FramEvent, i);

      n += event->type == type && event->stream == stream && event->state == state;
    }
  return n;
}

static FramCause
cause_of (WireHost *host, FramSessionId session, guint stream, FramState expected)
{
  FramComponentLook look;

  g_assert_true (fram_broker_inspect_component (host->broker, session, stream, 1, &look));
  g_assert_cmpint (look.state, ==, expected);
  return look.cause;
}

/* The rest goes on: no path is told anew, and no route of it goes. */
static void
test_others_stay (Fixture *f, gconstpointer data)
{
  guint n_paths = count_of (f->a, FRAM_EVENT_PATH, 1, 0);

  g_assert_cmpuint (f->a->n_routes, ==, 3);
  remove_stream (f, 0);
  g_assert_cmpuint (f->a->n_routes, ==, 1);
  g_assert_cmpuint (count_of (f->a, FRAM_EVENT_COMPONENT_STATE, 0, FRAM_STATE_CLOSED), ==,
                    2);
  wire_run (f->wire, FRAM_SECONDS (120));
  g_assert_cmpuint (count_of (f->a, FRAM_EVENT_PATH, 1, 0), ==, n_paths);
  g_assert_cmpuint (f->a->n_routes, ==, 1);
  g_assert_cmpint (wire_state (f->a, f->ours), ==, FRAM_STATE_COMPLETED);
  g_assert_cmpint (cause_of (f->b, f->theirs, 1, FRAM_STATE_COMPLETED), ==,
                   FRAM_CAUSE_NOMINATED);
}

/* Sockets and lanes that nobody else uses go, after the linger time. */
static void
test_given_back (Fixture *f, gconstpointer data)
{
  FramBrokerTotals totals;

  fram_broker_get_totals (f->a->broker, &totals);
  g_assert_cmpuint (totals.n_lanes, ==, 3);
  g_assert_cmpuint (totals.n_bases, ==, 3);
  remove_stream (f, 0);
  fram_broker_get_totals (f->a->broker, &totals);
  g_assert_cmpuint (totals.n_lanes, ==, 1);
  wire_run (f->wire, FRAM_SECONDS (61));
  fram_broker_get_totals (f->a->broker, &totals);
  g_assert_cmpuint (totals.n_bases, ==, 1);
  g_assert_cmpuint (totals.n_routes, ==, 1);
}

/* RFC 7675 §5.2: the peer that still checks hears that it may not, and of that stream alone. */
static void
test_peer_is_told (Fixture *f, gconstpointer data)
{
  remove_stream (f, 0);
  wire_run (f->wire, FRAM_SECONDS (7));
  g_assert_cmpint (cause_of (f->b, f->theirs, 0, FRAM_STATE_FAILED), ==,
                   FRAM_CAUSE_CONSENT_REVOKED);
  cause_of (f->b, f->theirs, 1, FRAM_STATE_COMPLETED);
  /* The session ends a while later, and says so for its whole 30 s. */
  wire_run (f->wire, FRAM_SECONDS (20));
  fram_broker_close_session (f->a->broker, f->ours, FRAM_CAUSE_CLOSED_BY_APPLICATION,
                             f->wire->now);
  wire_run (f->wire, FRAM_SECONDS (7));
  g_assert_cmpint (cause_of (f->b, f->theirs, 1, FRAM_STATE_FAILED), ==,
                   FRAM_CAUSE_CONSENT_REVOKED);
}

/* RFC 8445 §9: a restart is of the streams that there are. */
static void
test_restart (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) gone = NULL, left = NULL;

  remove_stream (f, 0);
  g_assert_true (
      fram_broker_remove_stream (f->b->broker, f->theirs, 0, f->wire->now, NULL));
  g_assert_true (fram_broker_restart (f->a->broker, f->ours, f->wire->now, NULL));
  g_assert_true (fram_broker_restart (f->b->broker, f->theirs, f->wire->now, NULL));
  wire_settle (f->wire);
  gone = fram_broker_list_local_lines (f->a->broker, f->ours, 0);
  left = fram_broker_list_local_lines (f->a->broker, f->ours, 1);
  g_assert_cmpuint (gone->len, ==, 0);
  g_assert_cmpuint (left->len, ==, 1);
  describe (f);
  g_assert_cmpuint (f->a->n_routes, ==, 1);
}

/* One that goes while a restart is under way goes from both generations. */
static void
test_between (Fixture *f, gconstpointer data)
{
  g_assert_true (fram_broker_restart (f->a->broker, f->ours, f->wire->now, NULL));
  g_assert_true (fram_broker_restart (f->b->broker, f->theirs, f->wire->now, NULL));
  wire_settle (f->wire);
  remove_stream (f, 1);
  g_assert_true (
      fram_broker_remove_stream (f->b->broker, f->theirs, 1, f->wire->now, NULL));
  g_assert_cmpuint (f->a->n_routes, ==, 2);
  describe (f);
  g_assert_cmpuint (f->a->n_routes, ==, 2);
}

/* What is opened later for another stream is where it would have been. */
static void
test_lanes_do_not_shift (Fixture *f, gconstpointer data)
{
  FramInterfaceAddress addresses[2]
      = { { .name = "if0", .index = 1 }, { .name = "if1", .index = 2 } };
  guint n_before, n_udp = 0, n_tcp = 0;

  fram_address_parse_ip (&addresses[0].address, "192.0.2.1", 0);
  fram_address_parse_ip (&addresses[1].address, "198.51.100.1", 0);
  remove_stream (f, 0);
  n_before = f->a->log->len;
  fram_broker_told_interfaces (f->a->broker, addresses, 2, f->wire->now);
  wire_settle (f->wire);
  for (guint i = n_before; i < f->a->log->len; i++)
    {
      const FramEvent *event = &g_array_index (f->a->log, FramEvent, i);

      if (event->type != FRAM_EVENT_OPEN_BASE)
        continue;
      g_assert_cmpuint (event->lane, ==, 2);
      n_udp += event->transport == FRAM_KNOWN_UDP;
      n_tcp += event->transport == FRAM_KNOWN_TCP;
    }
  g_assert_cmpuint (n_udp, ==, 1);
  g_assert_cmpuint (n_tcp, ==, 1);
}

static void
assert_refused (Fixture *f, FramSessionId session, guint stream, FramBrokerError code)
{
  g_autoptr (GError) error = NULL;
  guint n = f->a->log->len;

  g_assert_false (
      fram_broker_remove_stream (f->a->broker, session, stream, f->wire->now, &error));
  g_assert_error (error, FRAM_BROKER_ERROR, (gint) code);
  wire_settle (f->wire);
  g_assert_cmpuint (f->a->log->len, ==, n);
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  assert_refused (f, f->ours, 2, FRAM_BROKER_ERROR_INVALID_ARGUMENT);
  assert_refused (f, f->ours, G_MAXUINT, FRAM_BROKER_ERROR_INVALID_ARGUMENT);
  assert_refused (f, f->ours + 1, 0, FRAM_BROKER_ERROR_NO_SESSION);
  remove_stream (f, 0);
  assert_refused (f, f->ours, 0, FRAM_BROKER_ERROR_INVALID_ARGUMENT);
  assert_refused (f, f->ours, 1, FRAM_BROKER_ERROR_WRONG_STATE);
}

/* A candidate of the peer's that comes late is for nobody, and no error. */
static void
test_late_candidate (Fixture *f, gconstpointer data)
{
  g_autoptr (GArray) candidates = NULL;
  guint n_routes;

  remove_stream (f, 0);
  n_routes = f->a->n_routes;
  g_assert_true (fram_broker_add_remote_candidate (
      f->a->broker, f->ours, NULL, 0, "candidate:9 1 udp 9 192.0.2.9 9 typ host",
      f->wire->now, NULL));
  candidates = fram_broker_list_candidates (f->a->broker, f->ours);
  for (guint i = 0; i < candidates->len; i++)
    g_assert_cmpuint (g_array_index (candidates, FramCandidateRow, i).stream, ==, 1);
  g_assert_cmpuint (f->a->n_routes, ==, n_routes);
}

static RelayWorld *
connect_by_relays (Fixture *f)
{
  RelayWorld *world = relay_world_new ();

  *f = (Fixture){ .wire = world->wire };
  f->a = wire_add_host (f->wire, "192.0.2.1");
  f->b = wire_add_host (f->wire, "192.0.2.2");
  relay_world_add_server (world);
  relay_world_tell_servers (world, f->a, "", "anna", "secret");
  relay_world_tell_servers (world, f->b, "", "anna", "secret");
  create (f, FRAM_POLICY_RELAY, FALSE);
  relay_world_run (world, FRAM_SECONDS (2));
  describe (f);
  return world;
}

/* Relays, and what was asked of them for the stream, go with it. */
static void
test_relays (void)
{
  Fixture f;
  g_autoptr (RelayWorld) world = connect_by_relays (&f);
  FramBrokerTotals totals;

  fram_broker_get_totals (f.a->broker, &totals);
  g_assert_cmpuint (totals.n_relayed, ==, 3);
  g_assert_cmpuint (f.a->n_routes, ==, 3);
  remove_stream (&f, 0);
  g_assert_cmpuint (f.a->n_routes, ==, 1);
  relay_world_run (world, FRAM_SECONDS (90));
  fram_broker_get_totals (f.a->broker, &totals);
  g_assert_cmpuint (totals.n_relayed, ==, 1);
  g_assert_cmpint (wire_state (f.a, f.ours), ==, FRAM_STATE_COMPLETED);
}

/* --- Its ports --------------------------------------------------------------------- */

static GArray *
list_bases (const Fixture *f, guint stream)
{
  GArray *rows = fram_broker_list_candidates (f->a->broker, f->ours);

  for (guint i = rows->len; i > 0; i--)
    {
      const FramCandidateRow *row = &g_array_index (rows, FramCandidateRow, i - 1);

      if (row->remote || row->stream != stream)
        g_array_remove_index (rows, i - 1);
    }
  return rows;
}

/* The ports of the first session are taken to and fro, so that the second one needs others; those
 * of its stream that was removed are the next ones that nobody uses. */
static void
collide_after_removal (Fixture *f, FramPolicy policy)
{
  g_autoptr (GArray) left = NULL, used = NULL;

  remove_stream (f, 1);
  create (f, policy, FALSE);
  wire_run (f->wire, FRAM_SECONDS (2));
  left = list_bases (f, 1);
  g_assert_cmpuint (left->len, ==, 1);
  remove_stream (f, 1);
  describe_both (f);
  wire_run (f->wire, FRAM_SECONDS (5));
  used = list_bases (f, 0);
  g_assert_cmpuint (used->len, >, 2);
  for (guint i = 0; i < used->len; i++)
    g_assert_false (fram_address_equal (
        &g_array_index (used, FramCandidateRow, i).candidate.address,
        &g_array_index (left, FramCandidateRow, 0).candidate.address));
}

/* The peer may not know yet that the stream is gone, and its checks have the session's
 * credentials: they must not come to another stream. */
static void
test_ports_are_left (Fixture *f, gconstpointer data)
{
  collide_after_removal (f, FRAM_POLICY_ALL);
}

static void
test_relay_ports_are_left (void)
{
  Fixture f;
  g_autoptr (RelayWorld) world = connect_by_relays (&f);

  collide_after_removal (&f, FRAM_POLICY_RELAY);
}

#define CASE(name, function)                                                             \
  g_test_add ("/broker/removal/" name, Fixture, NULL, setup, function, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("others-stay", test_others_stay);
  CASE ("given-back", test_given_back);
  CASE ("peer-is-told", test_peer_is_told);
  CASE ("restart", test_restart);
  CASE ("between", test_between);
  g_test_add ("/broker/removal/lanes-do-not-shift", Fixture, GINT_TO_POINTER (TRUE),
              setup, test_lanes_do_not_shift, teardown);
  CASE ("refused", test_refused);
  CASE ("late-candidate", test_late_candidate);
  CASE ("ports-are-left", test_ports_are_left);
  g_test_add_func ("/broker/removal/relays", test_relays);
  g_test_add_func ("/broker/removal/relay-ports-are-left", test_relay_ports_are_left);
  return g_test_run ();
}
