/* Whole sessions between brokers that a wire joins: who connects, over what, how fast. */
#include "wire.h"

static void
assert_connected (WireHost *a, FramSessionId offer, WireHost *b, FramSessionId answer)
{
  FramPairRow ours, theirs;

  g_assert_cmpstr (fram_state_to_text (wire_state (a, offer)), ==, "completed");
  g_assert_cmpstr (fram_state_to_text (wire_state (b, answer)), ==, "completed");
  g_assert_true (wire_selected (a, offer, &ours));
  g_assert_true (wire_selected (b, answer, &theirs));
  g_assert_true (fram_address_equal (&ours.local, &theirs.remote));
  g_assert_true (fram_address_equal (&ours.remote, &theirs.local));
  g_assert_true (ours.readable && ours.writable && ours.nominated);
  g_assert_true (theirs.readable && theirs.writable && theirs.nominated);
}

static void
test_two_hosts (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (1));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionId offer, answer;

  wire_call (a, b, FALSE, &offer, &answer);
  wire_run (wire, FRAM_MILLISECONDS (40));
  assert_connected (a, offer, b, answer);
  g_assert_cmpuint (a->n_routes, ==, 1);
  g_assert_cmpuint (b->n_routes, ==, 1);
}

static void
test_one_host (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (0));
  WireHost *a = wire_add_host (wire, "192.0.2.1,2001:db8::1");
  FramSessionId offer, answer;
  FramBrokerTotals totals;

  wire_call (a, a, TRUE, &offer, &answer);
  wire_run (wire, FRAM_MILLISECONDS (100));
  assert_connected (a, offer, a, answer);
  fram_broker_get_totals (a->broker, &totals);
  g_assert_cmpuint (totals.n_lanes, ==, 2);
  g_assert_cmpuint (totals.n_bases, ==, 4);
}

static void
test_hundred_sessions (gconstpointer trickle)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (2));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionId offers[100], answers[100];
  FramBrokerTotals totals;

  for (guint i = 0; i < 100; i++)
    wire_call (a, b, GPOINTER_TO_INT (trickle), &offers[i], &answers[i]);
  wire_run (wire, FRAM_SECONDS (5));
  for (guint i = 0; i < 100; i++)
    assert_connected (a, offers[i], b, answers[i]);
  g_assert_cmpuint (a->n_routes, ==, 100);
  g_assert_cmpuint (b->n_routes, ==, 100);

  fram_broker_get_totals (a->broker, &totals);
  g_assert_cmpuint (totals.n_lanes, ==, GPOINTER_TO_INT (trickle) ? 1 : 100);
  for (guint i = 0; i < 100; i++)
    {
      fram_broker_close_session (a->broker, offers[i], FRAM_CAUSE_CLOSED_BY_APPLICATION,
                                 wire->now);
      fram_broker_close_session (b->broker, answers[i], FRAM_CAUSE_CLOSED_BY_APPLICATION,
                                 wire->now);
    }
  wire_run (wire, FRAM_SECONDS (59));
  g_assert_cmpuint (a->n_routes + b->n_routes, ==, 0);
  wire_run (wire, FRAM_SECONDS (2));
  fram_broker_get_totals (a->broker, &totals);
  g_assert_cmpuint (totals.n_bases + totals.n_routes + totals.n_sessions, ==, 0);
  g_assert_cmpint (fram_broker_deadline (a->broker), ==, FRAM_TIME_NEVER);
}

/* Two brokers call each other at the same time: each answers on a lane that its own open
 * offer does not use. */
static void
test_glare (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (3));
  WireHost *hosts[2]
      = { wire_add_host (wire, "192.0.2.1"), wire_add_host (wire, "192.0.2.2") };
  FramSessionId offers[2], answers[2];
  GPtrArray *lines[2];
  FramDescription descriptions[2];
  FramSessionOptions options = { .owner = "a", .trickle = TRUE };

  for (guint i = 0; i < 2; i++)
    {
      offers[i]
          = fram_broker_create_session (hosts[i]->broker, &options, wire->now, NULL);
      wire_settle (wire);
      wire_describe (hosts[i], offers[i], &descriptions[i], &lines[i]);
      g_ptr_array_add (lines[i], NULL);
    }
  for (guint i = 0; i < 2; i++)
    {
      options.remote = &descriptions[!i];
      options.remote_candidates = (const char *const *) lines[!i]->pdata;
      answers[i]
          = fram_broker_create_session (hosts[i]->broker, &options, wire->now, NULL);
    }
  wire_settle (wire);
  for (guint i = 0; i < 2; i++)
    wire_signal (hosts[i], answers[i], hosts[!i], offers[!i]);
  wire_run (wire, FRAM_SECONDS (1));
  for (guint i = 0; i < 2; i++)
    {
      assert_connected (hosts[i], offers[i], hosts[!i], answers[!i]);
      g_ptr_array_unref (lines[i]);
    }
}

/* Both believe that they control: one exchange settles it. */
static void
test_role_conflict (gconstpointer data)
{
  FramRole role = GPOINTER_TO_INT (data);
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (5));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionOptions options = { .owner = "a", .role_fixed = TRUE, .role = role };
  FramSessionId one, two;
  FramSessionRow first, second;

  one = fram_broker_create_session (a->broker, &options, wire->now, NULL);
  two = fram_broker_create_session (b->broker, &options, wire->now, NULL);
  wire_settle (wire);
  wire_signal (a, one, b, two);
  wire_signal (b, two, a, one);
  wire_run (wire, FRAM_MILLISECONDS (150));
  assert_connected (a, one, b, two);
  fram_broker_get_session (a->broker, one, &first);
  fram_broker_get_session (b->broker, two, &second);
  g_assert_cmpint (first.role, !=, second.role);
}

/* The answerer's checks come before its description does: they are answered at once, and
 * taken up when the description is there. */
static void
test_early_checks (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (5));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionOptions options = { .owner = "a" };
  FramSessionId offer, answer;
  FramPairRow row;

  offer = fram_broker_create_session (a->broker, &options, wire->now, NULL);
  options.role_fixed = TRUE;
  options.role = FRAM_ROLE_CONTROLLED;
  answer = fram_broker_create_session (b->broker, &options, wire->now, NULL);
  wire_settle (wire);
  wire_signal (a, offer, b, answer);
  wire_run (wire, FRAM_MILLISECONDS (400));
  g_assert_cmpint (wire_state (a, offer), ==, FRAM_STATE_NEW);
  /* The peer has a valid pair already: its own check was answered. */
  g_assert_cmpint (wire_state (b, answer), ==, FRAM_STATE_CONNECTED);
  wire_signal (b, answer, a, offer);
  wire_run (wire, FRAM_MILLISECONDS (40));
  assert_connected (a, offer, b, answer);
  g_assert_true (wire_selected (a, offer, &row));
  g_assert_cmpint (row.remote_type, ==, FRAM_CANDIDATE_HOST);
}

static gboolean
drop_all (const FramAddress *from, const FramAddress *to, const guint8 *data,
          gsize length, gpointer user_data)
{
  return FALSE;
}

static void
test_no_path (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (1));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionId offer, answer;
  FramSessionRow row;

  wire->filter = drop_all;
  wire_call (a, b, FALSE, &offer, &answer);
  wire_run (wire, FRAM_SECONDS (39));
  g_assert_cmpint (wire_state (a, offer), ==, FRAM_STATE_CHECKING);
  wire_run (wire, FRAM_SECONDS (2));
  g_assert_true (fram_broker_get_session (a->broker, offer, &row));
  g_assert_cmpint (row.state, ==, FRAM_STATE_FAILED);
  g_assert_cmpint (row.cause, ==, FRAM_CAUSE_NO_PAIR_SUCCEEDED);
  g_assert_cmpuint (a->n_routes, ==, 0);
}

/* RFC 7675: without answers, data stop after 30 s; a warning comes before. */
static void
test_consent (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (1));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionId offer, answer;
  FramSessionRow row;

  wire_call (a, b, FALSE, &offer, &answer);
  wire_run (wire, FRAM_SECONDS (300));
  assert_connected (a, offer, b, answer);

  wire->filter = drop_all;
  wire_run (wire, FRAM_SECONDS (20));
  g_assert_cmpint (wire_state (a, offer), ==, FRAM_STATE_DISCONNECTED);
  wire->filter = NULL;
  wire_run (wire, FRAM_SECONDS (7));
  g_assert_cmpint (wire_state (a, offer), ==, FRAM_STATE_COMPLETED);

  wire->filter = drop_all;
  wire_run (wire, FRAM_SECONDS (37));
  g_assert_true (fram_broker_get_session (a->broker, offer, &row));
  g_assert_cmpint (row.state, ==, FRAM_STATE_FAILED);
  g_assert_cmpint (row.cause, ==, FRAM_CAUSE_CONSENT_EXPIRED);
  g_assert_cmpuint (a->n_routes, ==, 0);
}

static void
test_restart (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (1));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionId offer, answer;
  FramLocalDescription before, after;
  guint n_paths;

  wire_call (a, b, FALSE, &offer, &answer);
  wire_run (wire, FRAM_SECONDS (10));
  fram_broker_get_local_description (a->broker, offer, &before);
  n_paths = wire_count (a, offer, FRAM_EVENT_PATH);

  g_assert_true (fram_broker_restart (a->broker, offer, wire->now, NULL));
  g_assert_true (fram_broker_restart (b->broker, answer, wire->now, NULL));
  wire_settle (wire);
  fram_broker_get_local_description (a->broker, offer, &after);
  g_assert_cmpstr (before.description.ufrag, !=, after.description.ufrag);
  g_assert_cmpuint (after.generation, ==, 1);
  wire_signal (a, offer, b, answer);
  wire_signal (b, answer, a, offer);
  wire_run (wire, FRAM_SECONDS (10));
  assert_connected (a, offer, b, answer);
  /* It is the same 5-tuple: data were never told to stop or to go elsewhere. */
  g_assert_cmpuint (wire_count (a, offer, FRAM_EVENT_PATH), ==, n_paths);
  g_assert_cmpuint (a->n_routes, ==, 1);
}

static FramBaseId
find_path (const WireHost *host, FramSessionId session)
{
  FramBaseId base = 0;

  for (guint i = 0; i < host->log->len; i++)
    {
      const FramEvent *event = &g_array_index (host->log, FramEvent, i);

      if (event->session == session && event->type == FRAM_EVENT_PATH)
        base = event->base;
    }
  return base;
}

static void
restart_both (WireHost *a, FramSessionId offer, WireHost *b, FramSessionId answer)
{
  gboolean had_path = find_path (a, offer) != 0;

  g_assert_true (fram_broker_restart (a->broker, offer, a->wire->now, NULL));
  g_assert_true (fram_broker_restart (b->broker, answer, b->wire->now, NULL));
  wire_settle (a->wire);
  g_assert_true (!had_path || find_path (a, offer) != 0);
  wire_signal (a, offer, b, answer);
  wire_signal (b, answer, a, offer);
}

/* RFC 8445 §9: at whatever moment restarts come, the path that data take stays. */
static void
test_restarts (void)
{
  for (FramTime first = 0; first < FRAM_MILLISECONDS (50); first += FRAM_MILLISECONDS (7))
    for (FramTime next = 0; next < FRAM_MILLISECONDS (50); next += FRAM_MILLISECONDS (3))
      {
        g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (5));
        WireHost *a = wire_add_host (wire, "192.0.2.1");
        WireHost *b = wire_add_host (wire, "192.0.2.2");
        FramSessionId offer, answer;

        wire_call (a, b, FALSE, &offer, &answer);
        wire_run (wire, first);
        restart_both (a, offer, b, answer);
        wire_run (wire, next);
        restart_both (a, offer, b, answer);
        wire_run (wire, FRAM_SECONDS (10));
        assert_connected (a, offer, b, answer);
        g_assert_cmpuint (a->n_routes, ==, 1);
      }
}

static void
set_addresses (WireHost *host, const char *first, const char *second)
{
  FramInterfaceAddress interfaces[2] = { { .name = "if0" }, { .name = "if1" } };

  g_assert_true (fram_address_parse_ip (&interfaces[0].address, first, 0));
  if (second != NULL)
    g_assert_true (fram_address_parse_ip (&interfaces[1].address, second, 0));
  fram_broker_told_interfaces (host->broker, interfaces, second != NULL ? 2 : 1,
                               host->wire->now);
  wire_settle (host->wire);
}

/* The address of one side goes and another comes: without any word over signalling, and
 * whoever controls, both are on the new path within a few round trips. */
static void
test_moves (gconstpointer mover)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (10));
  WireHost *hosts[2]
      = { wire_add_host (wire, "192.0.2.1"), wire_add_host (wire, "192.0.2.2") };
  FramSessionId sessions[2];
  guint who = GPOINTER_TO_UINT (mover);
  FramPairRow row;

  wire_call (hosts[0], hosts[1], TRUE, &sessions[0], &sessions[1]);
  wire_run (wire, FRAM_SECONDS (60));
  set_addresses (hosts[who], "198.51.100.7", NULL);
  g_assert_cmpint (wire_state (hosts[who], sessions[who]), ==, FRAM_STATE_DISCONNECTED);
  wire_run (wire, who == 0 ? FRAM_MILLISECONDS (200) : FRAM_SECONDS (4));
  assert_connected (hosts[0], sessions[0], hosts[1], sessions[1]);
  g_assert_true (wire_selected (hosts[who], sessions[who], &row));
  g_assert_cmpuint (row.local.ip[0], ==, 198);
  wire_run (wire, FRAM_SECONDS (120));
  assert_connected (hosts[0], sessions[0], hosts[1], sessions[1]);
  g_assert_cmpuint (hosts[0]->n_routes, ==, 1);
  g_assert_cmpuint (hosts[1]->n_routes, ==, 1);
}

/* A better address that comes up is used, though the old path works; once only. */
static void
test_better_path (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (10));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionId offer, answer;
  FramPairRow row;

  wire_call (a, b, TRUE, &offer, &answer);
  wire_run (wire, FRAM_SECONDS (60));
  set_addresses (a, "198.51.100.7", "192.0.2.1");
  wire_run (wire, FRAM_SECONDS (5));
  assert_connected (a, offer, b, answer);
  g_assert_true (wire_selected (a, offer, &row));
  g_assert_cmpuint (row.local.ip[0], ==, 198);
  g_assert_cmpuint (wire_count (a, offer, FRAM_EVENT_SELECTED), ==, 2);
  wire_run (wire, FRAM_SECONDS (120));
  g_assert_cmpuint (wire_count (a, offer, FRAM_EVENT_SELECTED), ==, 2);
}

/* Five seconds of silence: the loss is noticed in two, the path is back at once after it. */
static void
test_blackout (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (10));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionId offer, answer;

  wire_call (a, b, TRUE, &offer, &answer);
  wire_run (wire, FRAM_SECONDS (60));
  wire->filter = drop_all;
  wire_run (wire, FRAM_SECONDS (9));
  g_assert_cmpint (wire_state (a, offer), ==, FRAM_STATE_DISCONNECTED);
  wire->filter = NULL;
  wire_run (wire, FRAM_MILLISECONDS (4100));
  assert_connected (a, offer, b, answer);
}

static gboolean
drop_one_path (const FramAddress *from, const FramAddress *to, const guint8 *data,
               gsize length, gpointer user_data)
{
  const FramPairRow *row = user_data;

  return !(fram_address_equal (from, &row->local)
           || fram_address_equal (to, &row->local));
}

/* A path that dies without an error is left for another one of the same hosts. */
static void
test_path_dies (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (10));
  WireHost *a = wire_add_host (wire, "192.0.2.1,198.51.100.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionId offer, answer;
  FramPairRow before, after;

  wire_call (a, b, FALSE, &offer, &answer);
  wire_run (wire, FRAM_SECONDS (60));
  g_assert_true (wire_selected (a, offer, &before));
  wire->filter = drop_one_path;
  wire->filter_data = &before;
  wire_run (wire, FRAM_SECONDS (10));
  assert_connected (a, offer, b, answer);
  g_assert_true (wire_selected (a, offer, &after));
  g_assert_false (fram_address_equal (&before.local, &after.local));
}

/* It is advice and nothing more; what becomes of a generation that was restarted is no reason to
 * restart again. */
static void
test_restart_advised (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (1));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramLocalDescription before, after;
  FramSessionId offer, answer;

  wire_call (a, b, FALSE, &offer, &answer);
  wire_run (wire, FRAM_SECONDS (10));
  fram_broker_get_local_description (a->broker, offer, &before);
  wire->filter = drop_all;
  wire_run (wire, FRAM_SECONDS (10));
  g_assert_cmpuint (wire_count (a, offer, FRAM_EVENT_RESTART_ADVISED), ==, 1);
  g_assert_cmpuint (wire_count (b, answer, FRAM_EVENT_RESTART_ADVISED), ==, 1);
  fram_broker_get_local_description (a->broker, offer, &after);
  g_assert_cmpstr (before.description.ufrag, ==, after.description.ufrag);

  g_assert_true (fram_broker_restart (a->broker, offer, wire->now, NULL));
  wire_run (wire, FRAM_SECONDS (60));
  g_assert_cmpint (find_path (a, offer), ==, 0);
  g_assert_cmpuint (wire_count (a, offer, FRAM_EVENT_RESTART_ADVISED), ==, 1);
  g_assert_cmpuint (wire_count (b, answer, FRAM_EVENT_RESTART_ADVISED), ==, 2);
}

/* RFC 8445 §9: what a generation had not found out when another began is not asked any more, and
 * the new one finds it. */
static void
test_retired (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (1));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionId offer, answer;

  wire->filter = drop_all;
  wire_call (a, b, FALSE, &offer, &answer);
  wire_run (wire, FRAM_SECONDS (2));
  g_assert_true (fram_broker_restart (a->broker, offer, wire->now, NULL));
  g_assert_true (fram_broker_restart (b->broker, answer, wire->now, NULL));
  wire_settle (wire);
  wire->filter = NULL;
  wire_run (wire, FRAM_SECONDS (30));
  g_assert_cmpuint (wire_count (a, offer, FRAM_EVENT_PATH), ==, 0);
  wire_signal (a, offer, b, answer);
  wire_signal (b, answer, a, offer);
  wire_run (wire, FRAM_SECONDS (10));
  assert_connected (a, offer, b, answer);
}

/* RFC 7675 §5.2: who closes a session answers the peer's next check with 403, so that the peer
 * need not wait until its consent expires. */
static void
test_revoked (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (1));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionId offer, answer;
  FramSessionRow row;

  wire_call (a, b, FALSE, &offer, &answer);
  wire_run (wire, FRAM_SECONDS (10));
  assert_connected (a, offer, b, answer);
  fram_broker_close_session (b->broker, answer, FRAM_CAUSE_CLOSED_BY_APPLICATION,
                             wire->now);
  wire_run (wire, FRAM_SECONDS (7));
  g_assert_true (fram_broker_get_session (a->broker, offer, &row));
  g_assert_cmpint (row.state, ==, FRAM_STATE_FAILED);
  g_assert_cmpint (row.cause, ==, FRAM_CAUSE_CONSENT_REVOKED);
  g_assert_cmpuint (a->n_routes, ==, 0);
}

/* Data that have stopped make a path suspect; the peer answers, so that it stays. */
static void
test_quiet (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (10));
  WireHost *a = wire_add_host (wire, "192.0.2.1,198.51.100.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionId offer, answer;
  FramPairRow before, after;

  wire_call (a, b, FALSE, &offer, &answer);
  wire_run (wire, FRAM_SECONDS (60));
  g_assert_true (wire_selected (a, offer, &before));
  fram_broker_told_quiet (a->broker, offer, 0, 1, wire->now);
  wire_run (wire, FRAM_SECONDS (2));
  g_assert_true (wire_selected (a, offer, &after));
  g_assert_true (fram_address_equal (&before.local, &after.local));
  assert_connected (a, offer, b, answer);

  /* A session that has just ended, a component that has no path: nothing to doubt. */
  fram_broker_told_quiet (a->broker, offer + 1, 0, 1, wire->now);

  wire->filter = drop_one_path;
  wire->filter_data = &before;
  fram_broker_told_quiet (a->broker, offer, 0, 1, wire->now);
  fram_broker_told_quiet (b->broker, answer, 0, 1, wire->now);
  wire_run (wire, FRAM_SECONDS (1));
  assert_connected (a, offer, b, answer);
  g_assert_true (wire_selected (a, offer, &after));
  g_assert_false (fram_address_equal (&before.local, &after.local));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/broker/two-hosts", test_two_hosts);
  g_test_add_func ("/broker/one-host", test_one_host);
  g_test_add_data_func ("/broker/hundred-sessions/trickled", GINT_TO_POINTER (TRUE),
                        test_hundred_sessions);
  g_test_add_data_func ("/broker/hundred-sessions/whole", GINT_TO_POINTER (FALSE),
                        test_hundred_sessions);
  g_test_add_func ("/broker/glare", test_glare);
  g_test_add_data_func ("/broker/role-conflict/controlling",
                        GINT_TO_POINTER (FRAM_ROLE_CONTROLLING), test_role_conflict);
  g_test_add_data_func ("/broker/role-conflict/controlled",
                        GINT_TO_POINTER (FRAM_ROLE_CONTROLLED), test_role_conflict);
  g_test_add_func ("/broker/early-checks", test_early_checks);
  g_test_add_func ("/broker/no-path", test_no_path);
  g_test_add_func ("/broker/consent", test_consent);
  g_test_add_func ("/broker/restart", test_restart);
  g_test_add_func ("/broker/restarts", test_restarts);
  g_test_add_data_func ("/broker/moves/controlling", GUINT_TO_POINTER (0), test_moves);
  g_test_add_data_func ("/broker/moves/controlled", GUINT_TO_POINTER (1), test_moves);
  g_test_add_func ("/broker/better-path", test_better_path);
  g_test_add_func ("/broker/blackout", test_blackout);
  g_test_add_func ("/broker/path-dies", test_path_dies);
  g_test_add_func ("/broker/restart-advised", test_restart_advised);
  g_test_add_func ("/broker/retired", test_retired);
  g_test_add_func ("/broker/revoked", test_revoked);
  g_test_add_func ("/broker/quiet", test_quiet);
  return g_test_run ();
}
