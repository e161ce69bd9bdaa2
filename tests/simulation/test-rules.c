/* The rules that the worlds are held to do notice when they are broken. */
#include <glib.h>
#include <string.h>

#include "call.h"
#include "host-private.h"
#include "stun/builder.h"

/* --- Data plane -------------------------------------------------------------------- */

static SimTuple
tuple (FramBaseId base, const char *remote)
{
  SimTuple made = { .base = base };

  g_assert_true (fram_address_parse (&made.remote, remote));
  return made;
}

static void
test_one_owner (void)
{
  g_autoptr (SimDataPlane) plane = sim_data_plane_new ();
  const SimTuple shared = tuple (1, "192.0.2.1:5000"),
                 other = tuple (2, "192.0.2.1:5000");
  const SimComponent first = { 1, 0, 1 }, second = { 2, 0, 1 };

  g_assert_true (sim_data_plane_add_route (plane, &shared, &first));
  g_assert_false (sim_data_plane_add_route (plane, &shared, &second));
  g_assert_true (sim_data_plane_add_route (plane, &other, &second));
  g_assert_cmpuint (sim_data_plane_count_routes (plane), ==, 2);
  g_assert_cmpuint (sim_data_plane_find_route (plane, &shared)->session, ==, 1);

  g_assert_false (sim_data_plane_remove_route (plane, &shared, &second));
  g_assert_true (sim_data_plane_remove_route (plane, &shared, &first));
  g_assert_false (sim_data_plane_remove_route (plane, &shared, &first));
  g_assert_false (sim_data_plane_uses_session (plane, 1));
  g_assert_true (sim_data_plane_uses_session (plane, 2));
  g_assert_false (sim_data_plane_uses_base (plane, 1));
  g_assert_true (sim_data_plane_uses_base (plane, 2));
}

static void
test_coherent (void)
{
  g_autoptr (SimDataPlane) plane = sim_data_plane_new ();
  const SimTuple path = tuple (1, "192.0.2.1:5000"), nowhere = { 0 };
  const SimComponent owner = { 1, 0, 1 }, stranger = { 2, 0, 1 };
  SimComponent bad;

  g_assert_true (sim_data_plane_is_coherent (plane, &bad));
  sim_data_plane_set_path (plane, &owner, &path);
  g_assert_false (sim_data_plane_is_coherent (plane, &bad));
  g_assert_cmpuint (bad.session, ==, 1);
  sim_data_plane_add_route (plane, &path, &stranger);
  g_assert_false (sim_data_plane_is_coherent (plane, &bad));
  sim_data_plane_remove_route (plane, &path, &stranger);
  sim_data_plane_add_route (plane, &path, &owner);
  g_assert_true (sim_data_plane_is_coherent (plane, &bad));

  sim_data_plane_set_path (plane, &owner, &nowhere);
  g_assert_null (sim_data_plane_find_path (plane, &owner));
  g_assert_true (sim_data_plane_was_path (plane, &path));
}

/* --- Pacing ------------------------------------------------------------------------ */

static gsize
build_request (guint8 *buffer, gsize size, guint8 id, gboolean nominates)
{
  FramStunBuilder builder;
  FramStunId stun_id = { { id } };

  fram_stun_builder_init (&builder, buffer, size, FRAM_STUN_REQUEST, FRAM_STUN_BINDING,
                          &stun_id);
  if (nominates)
    fram_stun_builder_add_flag (&builder, FRAM_STUN_ATTR_USE_CANDIDATE);
  return fram_stun_builder_end (&builder);
}

static SimPacingResult
transmit (SimPacing *pacing, guint8 id, gboolean nominates, gboolean settled,
          FramTime now)
{
  guint8 buffer[64];
  gsize length = build_request (buffer, sizeof buffer, id, nominates);
  FramTime gap;

  return sim_pacing_transmit (pacing, buffer, length, SIM_TRANSMISSIONS_MAX, settled, now,
                              &gap);
}

static void
test_pacing (void)
{
  static const guint8 data[] = "data";
  SimPacing pacing;
  FramTime gap;

  sim_pacing_init (&pacing);
  g_assert_cmpint (transmit (&pacing, 1, FALSE, FALSE, 1000), ==, SIM_PACING_OK);
  g_assert_cmpint (transmit (&pacing, 2, FALSE, FALSE, 5999), ==, SIM_PACING_TOO_CLOSE);
  g_assert_cmpint (transmit (&pacing, 3, FALSE, FALSE, 6000), ==, SIM_PACING_OK);
  /* Consent and retransmissions do not count, nominations do. */
  g_assert_cmpint (transmit (&pacing, 4, FALSE, TRUE, 6001), ==, SIM_PACING_OK);
  g_assert_cmpint (transmit (&pacing, 5, TRUE, TRUE, 6001), ==, SIM_PACING_TOO_CLOSE);
  for (guint i = 2; i <= SIM_TRANSMISSIONS_MAX; i++)
    g_assert_cmpint (transmit (&pacing, 1, FALSE, FALSE, 6001), ==, SIM_PACING_OK);
  g_assert_cmpint (transmit (&pacing, 1, FALSE, FALSE, 6001), ==, SIM_PACING_TOO_OFTEN);
  g_assert_cmpint (sim_pacing_transmit (&pacing, data, sizeof data, SIM_TRANSMISSIONS_MAX,
                                        FALSE, 6001, &gap),
                   ==, SIM_PACING_NOT_STUN);
  sim_pacing_clear (&pacing);
}

/* --- Sessions ---------------------------------------------------------------------- */

typedef struct
{
  SimContext context;
  SimDice dice;
  SimJournal journal;
  FramBroker *broker;
  SimWatch *watch;
} Bench;

static void
bench_init (Bench *bench)
{
  static const FramBrokerConfig config = { 0 };

  sim_dice_init (&bench->dice, 1);
  sim_journal_init (&bench->journal, SIM_TRACING_OFF);
  bench->context = (SimContext){ sim_schedule_new (), &bench->dice, &bench->journal };
  bench->broker = fram_broker_new (&config, &bench->dice.random);
  bench->watch = sim_watch_new (&bench->context, "bench", bench->broker);
  sim_watch_add_session (bench->watch, 1, FALSE);
}

/* Return: whether the rule, or none if NULL, was the first to be broken. */
static gboolean
bench_clear (Bench *bench, const char *rule)
{
  gboolean as_expected = rule == NULL ? bench->journal.violation == NULL
                                      : g_str_equal (bench->journal.rule, rule);

  sim_watch_free (bench->watch);
  fram_broker_free (bench->broker);
  sim_schedule_free (bench->context.schedule);
  sim_journal_clear (&bench->journal);
  return as_expected;
}

static void
tell (Bench *bench, FramEventType type, FramState state, FramCause cause)
{
  const FramEvent event
      = { .type = type,
          .session = 1,
          .component = 1,
          .state = state,
          .cause = cause,
          .text = (char *) "candidate:1 1 UDP 2130706431 192.0.2.1 5000 "
                           "typ host" };

  sim_watch_event (bench->watch, &event);
}

static void
test_good_session (void)
{
  Bench bench;

  bench_init (&bench);
  tell (&bench, FRAM_EVENT_LOCAL_CANDIDATE, 0, 0);
  tell (&bench, FRAM_EVENT_GATHERING_DONE, 0, 0);
  tell (&bench, FRAM_EVENT_STATE, FRAM_STATE_CHECKING, FRAM_CAUSE_REMOTE_DESCRIPTION);
  tell (&bench, FRAM_EVENT_STATE, FRAM_STATE_COMPLETED, FRAM_CAUSE_NOMINATED);
  tell (&bench, FRAM_EVENT_CLOSED, FRAM_STATE_CLOSED, FRAM_CAUSE_CLOSED_BY_APPLICATION);
  g_assert_cmpuint (sim_watch_count_sessions (bench.watch), ==, 0);
  g_assert_true (bench_clear (&bench, NULL));
}

static void
test_illegal_states (void)
{
  Bench bench;

  bench_init (&bench);
  tell (&bench, FRAM_EVENT_STATE, FRAM_STATE_DISCONNECTED, FRAM_CAUSE_CONSENT_EXPIRED);
  g_assert_true (bench_clear (&bench, "state-legal"));

  bench_init (&bench);
  tell (&bench, FRAM_EVENT_COMPONENT_STATE, FRAM_STATE_CHECKING, FRAM_CAUSE_NONE);
  g_assert_true (bench_clear (&bench, "state-has-cause"));

  bench_init (&bench);
  tell (&bench, FRAM_EVENT_STATE, FRAM_STATE_FAILED, FRAM_CAUSE_NO_PAIR_SUCCEEDED);
  tell (&bench, FRAM_EVENT_STATE, FRAM_STATE_CONNECTED, FRAM_CAUSE_VALID_PAIR);
  g_assert_true (bench_clear (&bench, "state-legal"));
}

/* RFC 7675 §5.1 */
static void
test_failed_is_silent (void)
{
  static const FramEventType types[]
      = { FRAM_EVENT_TRANSMIT, FRAM_EVENT_ROUTE_ADD, FRAM_EVENT_PATH };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      const FramEvent event
          = { .type = types[i], .session = 1, .component = 1, .base = 1 };
      Bench bench;

      bench_init (&bench);
      tell (&bench, FRAM_EVENT_STATE, FRAM_STATE_CHECKING, FRAM_CAUSE_REMOTE_DESCRIPTION);
      sim_watch_event (bench.watch, &event);
      g_assert_null (bench.journal.violation);
      tell (&bench, FRAM_EVENT_COMPONENT_STATE, FRAM_STATE_FAILED,
            FRAM_CAUSE_NO_PAIR_SUCCEEDED);
      tell (&bench, FRAM_EVENT_STATE, FRAM_STATE_FAILED, FRAM_CAUSE_NO_PAIR_SUCCEEDED);
      sim_watch_event (bench.watch, &event);
      g_assert_true (bench_clear (&bench, "failed-is-silent"));
    }
}

static void
test_illegal_order (void)
{
  Bench bench;

  bench_init (&bench);
  tell (&bench, FRAM_EVENT_GATHERING_DONE, 0, 0);
  tell (&bench, FRAM_EVENT_LOCAL_CANDIDATE, 0, 0);
  g_assert_true (bench_clear (&bench, "gathering-done-last"));

  bench_init (&bench);
  tell (&bench, FRAM_EVENT_CLOSED, FRAM_STATE_CLOSED, FRAM_CAUSE_CLOSED_BY_APPLICATION);
  tell (&bench, FRAM_EVENT_SELECTED, 0, 0);
  g_assert_true (bench_clear (&bench, "silent-after-closed"));

  /* The broker does not know the session that the watch was told of. */
  bench_init (&bench);
  sim_watch_step (bench.watch);
  g_assert_true (bench_clear (&bench, "session-exists"));
}

static void
select_pairs (Bench *bench, guint n, FramTime gap)
{
  tell (bench, FRAM_EVENT_COMPONENT_STATE, FRAM_STATE_CHECKING,
        FRAM_CAUSE_REMOTE_DESCRIPTION);
  for (guint i = 1; i <= n; i++)
    {
      while (sim_schedule_step (bench->context.schedule, FRAM_SECONDS (10) + i * gap))
        continue;
      tell (bench, FRAM_EVENT_SELECTED, 0, 0);
    }
}

/* Damping: who leaves a path for a better one each second does not flap, who does so each half
 * second does. */
static void
test_flapping (void)
{
  Bench bench;

  bench_init (&bench);
  select_pairs (&bench, 30, FRAM_SECONDS (1));
  g_assert_true (bench_clear (&bench, NULL));

  bench_init (&bench);
  select_pairs (&bench, 5, FRAM_MILLISECONDS (500));
  g_assert_true (bench_clear (&bench, NULL));

  bench_init (&bench);
  select_pairs (&bench, 6, FRAM_MILLISECONDS (500));
  g_assert_true (bench_clear (&bench, "no-flapping"));
}

/* RFC 8863 §4, and no longer. */
static void
test_checking (void)
{
  static const FramSessionOptions options = { .n_streams = 1, .n_components = { 1 } };
  Bench bench;

  bench_init (&bench);
  g_assert_cmpuint (fram_broker_create_session (bench.broker, &options, 0, NULL), ==, 1);
  tell (&bench, FRAM_EVENT_COMPONENT_STATE, FRAM_STATE_CHECKING,
        FRAM_CAUSE_REMOTE_DESCRIPTION);
  sim_schedule_step (bench.context.schedule, FRAM_SECONDS (125));
  sim_watch_step (bench.watch);
  g_assert_null (bench.journal.violation);
  sim_schedule_step (bench.context.schedule, FRAM_SECONDS (131));
  sim_watch_step (bench.watch);
  g_assert_true (bench_clear (&bench, "checking-ends"));
}

/* --- Pairs --------------------------------------------------------------------------- */

static FramPairRow
pair (guint32 id)
{
  FramPairRow row = { .id = id,
                      .component = 1,
                      .state = FRAM_PAIR_SUCCEEDED,
                      .cause = FRAM_CAUSE_VALID_PAIR,
                      .readable = TRUE,
                      .writable = TRUE,
                      .nominated = TRUE };

  fram_address_parse (&row.local, "192.0.2.2:5000");
  fram_address_parse (&row.remote, "192.0.2.1:5000");
  return row;
}

static void
test_selected (void)
{
  Bench bench;
  FramPairRow rows[2];

  bench_init (&bench);
  rows[0] = pair (1);
  rows[1] = pair (2);
  rows[0].selected = TRUE;
  sim_watch_look_at_pairs (bench.watch, 1, rows, 2);
  g_assert_null (bench.journal.violation);
  rows[1].selected = TRUE;
  sim_watch_look_at_pairs (bench.watch, 1, rows, 2);
  g_assert_true (bench_clear (&bench, "one-selected"));

  for (guint i = 0; i < 2; i++)
    {
      bench_init (&bench);
      rows[0] = pair (1);
      rows[0].selected = TRUE;
      *(i == 0 ? &rows[0].nominated : &rows[0].writable) = FALSE;
      sim_watch_look_at_pairs (bench.watch, 1, rows, 1);
      g_assert_true (bench_clear (&bench, "selected-is-nominated"));
    }
}

/* One pair is selected, and the other one some time after it was first seen to work. */
static void
change_pair (Bench *bench, FramRole role, FramTime after)
{
  const FramSessionOptions options
      = { .n_streams = 1, .n_components = { 1 }, .role = role, .role_fixed = TRUE };
  FramPairRow rows[2] = { pair (1), pair (2) };

  bench_init (bench);
  g_assert_cmpuint (fram_broker_create_session (bench->broker, &options, 0, NULL), ==, 1);
  tell (bench, FRAM_EVENT_COMPONENT_STATE, FRAM_STATE_CHECKING,
        FRAM_CAUSE_REMOTE_DESCRIPTION);
  tell (bench, FRAM_EVENT_COMPONENT_STATE, FRAM_STATE_COMPLETED, FRAM_CAUSE_NOMINATED);
  rows[0].selected = TRUE;
  sim_watch_look_at_pairs (bench->watch, 1, rows, 2);
  sim_schedule_step (bench->context.schedule, after);
  tell (bench, FRAM_EVENT_SELECTED, 0, 0);
  rows[0].selected = FALSE;
  rows[1].selected = TRUE;
  sim_watch_look_at_pairs (bench->watch, 1, rows, 2);
}

static void
test_damping (void)
{
  Bench bench;

  change_pair (&bench, FRAM_ROLE_CONTROLLING, FRAM_SECONDS (1));
  g_assert_true (bench_clear (&bench, NULL));
  change_pair (&bench, FRAM_ROLE_CONTROLLING, FRAM_SECONDS (1) - 1);
  g_assert_true (bench_clear (&bench, "damping-holds"));
  /* Who is controlled goes where it is sent. */
  change_pair (&bench, FRAM_ROLE_CONTROLLED, FRAM_SECONDS (1) - 1);
  g_assert_true (bench_clear (&bench, NULL));
}

/* --- Consent (RFC 7675 §5.1) ------------------------------------------------------- */

static void
note_answer (SimConsent *consent, const SimTuple *tuple, gboolean is_sent, FramTime now)
{
  static const FramStunId id = { { 0 } };
  FramStunBuilder builder;
  guint8 data[100];

  fram_stun_builder_init (&builder, data, sizeof data, FRAM_STUN_SUCCESS,
                          FRAM_STUN_BINDING, &id);
  sim_consent_note (consent, tuple, data, fram_stun_builder_end (&builder), is_sent, now);
}

static void
test_consent (void)
{
  const SimTuple path = tuple (1, "192.0.2.1:5000"), other = tuple (1, "192.0.2.1:5001");
  SimConsent consent;

  sim_consent_init (&consent);
  g_assert_false (sim_consent_may_send (&consent, &path, 0, 0));
  g_assert_false (sim_consent_may_take (&consent, &path, 0, 0));
  /* What we answer lets the peer send, and not us. */
  note_answer (&consent, &path, TRUE, FRAM_SECONDS (1));
  g_assert_false (sim_consent_may_send (&consent, &path, 0, FRAM_SECONDS (1)));
  g_assert_true (sim_consent_may_take (&consent, &path, 0, FRAM_SECONDS (31)));
  g_assert_false (sim_consent_may_take (&consent, &path, 0, FRAM_SECONDS (31) + 1));
  note_answer (&consent, &path, FALSE, FRAM_SECONDS (40));
  g_assert_true (sim_consent_may_send (&consent, &path, 0, FRAM_SECONDS (70)));
  g_assert_false (sim_consent_may_send (&consent, &path, 0, FRAM_SECONDS (70) + 1));
  g_assert_false (sim_consent_may_send (&consent, &other, 0, FRAM_SECONDS (41)));
  sim_consent_clear (&consent);
}

typedef struct
{
  SimPlan plan;
  SimDice dice;
  SimJournal journal;
  SimContext context;
  SimHost *hosts[2];
} Couple;

/* Two hosts without an interface, and a call between them. */
static void
couple_init (Couple *couple)
{
  sim_dice_init (&couple->dice, 1);
  sim_journal_init (&couple->journal, SIM_TRACING_OFF);
  couple->context = (SimContext){ sim_schedule_new (), &couple->dice, &couple->journal };
  sim_plan_init (&couple->plan, 1);
  sim_plan_add_host (&couple->plan);
  sim_plan_add_host (&couple->plan);
  sim_plan_add_call (&couple->plan, 0, 1);
  for (guint i = 0; i < 2; i++)
    couple->hosts[i]
        = sim_host_new (&couple->context, NULL, &couple->plan, i, &sim_call_sink);
}

static void
couple_clear (Couple *couple, const char *rule)
{
  if (rule == NULL)
    g_assert_null (couple->journal.violation);
  else
    g_assert_cmpstr (couple->journal.rule, ==, rule);
  for (guint i = 0; i < 2; i++)
    sim_host_free (couple->hosts[i]);
  sim_schedule_free (couple->context.schedule);
  sim_journal_clear (&couple->journal);
  sim_plan_clear (&couple->plan);
}

static void
test_data_has_consent (void)
{
  static const guint8 data[] = "data";
  const SimTuple path = tuple (1, "192.0.2.1:5000");
  const SimComponent component = { 1, 0, 1 };
  Couple couple;

  for (guint has = 0; has < 2; has++)
    {
      couple_init (&couple);
      sim_data_plane_set_path (couple.hosts[0]->plane, &component, &path);
      /* What the host answers lets its peer send. */
      note_answer (&couple.hosts[0]->consent, &path, has == 0, 0);
      sim_host_send_data (couple.hosts[0], &component, data, sizeof data);
      couple_clear (&couple, has == 0 ? "sends-with-consent" : NULL);

      couple_init (&couple);
      sim_data_plane_add_route (couple.hosts[0]->plane, &path, &component);
      if (has != 0)
        note_answer (&couple.hosts[0]->consent, &path, TRUE, 0);
      g_assert_true (sim_host_deliver (couple.hosts[0], &path, data, sizeof data));
      couple_clear (&couple, has == 0 ? "takes-with-consent" : NULL);
    }
}

/* What one side says in a restart is to be heard by the other before it speaks again. */
static void
test_data_go_on (void)
{
  for (guint n_heard = 0; n_heard < 2; n_heard++)
    {
      Couple couple;
      SimCallPlan *planned;
      SimCall call;

      couple_init (&couple);
      planned = &g_array_index (couple.plan.calls, SimCallPlan, 0);
      sim_call_init (&call, &couple.context, &couple.plan, 0, couple.hosts[0],
                     couple.hosts[1]);
      couple.plan.networks[0].link.reorder = 0.1;
      planned->ends[0].tcp = planned->ends[1].tcp = TRUE;
      sim_call_watch_flow (&call);
      g_assert_false (call.watches_flow);
      planned->ends[1].tcp = FALSE;
      sim_call_watch_flow (&call);
      g_assert_true (call.watches_flow);
      call.ends[0].spoke = TRUE;
      call.ends[1].n_heard[0][0] = n_heard;
      sim_schedule_step (couple.context.schedule, FRAM_SECONDS (1));
      sim_call_clear (&call);
      couple_clear (&couple, n_heard == 0 ? "data-go-on" : NULL);
    }
}

/* --- Consent of former generations ------------------------------------------------- */

typedef struct
{
  SimConsent consent;
  guint8 n_asked;
} Generations;

/* With transactions counted from 1. */
static gboolean
ask (Generations *generations, FramSessionId session, const SimTuple *tuple,
     const char *username, FramTime now)
{
  const FramStunId id = { { ++generations->n_asked } };
  FramStunBuilder builder;
  guint8 data[100];

  fram_stun_builder_init (&builder, data, sizeof data, FRAM_STUN_REQUEST,
                          FRAM_STUN_BINDING, &id);
  fram_stun_builder_add_text (&builder, FRAM_STUN_ATTR_USERNAME, username);
  return sim_consent_is_former (&generations->consent, session, tuple, data,
                                fram_stun_builder_end (&builder), now);
}

static void
answer (Generations *generations, guint8 n, const SimTuple *tuple, FramStunClass klass,
        FramTime now)
{
  const FramStunId id = { { n } };
  FramStunBuilder builder;
  guint8 data[100];

  fram_stun_builder_init (&builder, data, sizeof data, klass, FRAM_STUN_BINDING, &id);
  sim_consent_note (&generations->consent, tuple, data, fram_stun_builder_end (&builder),
                    FALSE, now);
}

static void
test_former_consent (void)
{
  const SimTuple path = tuple (1, "192.0.2.1:5000"), other = tuple (1, "192.0.2.1:5001");
  Generations generations = { .n_asked = 0 };

  sim_consent_init (&generations.consent);
  g_assert_false (ask (&generations, 1, &path, "a:b", FRAM_SECONDS (1)));
  answer (&generations, 1, &path, FRAM_STUN_SUCCESS, FRAM_SECONDS (2));
  g_assert_false (ask (&generations, 1, &other, "a:b", FRAM_SECONDS (2)));
  answer (&generations, 2, &other, FRAM_STUN_ERROR, FRAM_SECONDS (3));
  g_assert_false (ask (&generations, 1, &other, "a:b", FRAM_SECONDS (3)));
  /* What comes back by another way is no answer. */
  answer (&generations, 3, &path, FRAM_STUN_SUCCESS, FRAM_SECONDS (3));
  /* It is the newest still, whatever another session has. */
  g_assert_false (ask (&generations, 2, &path, "c:d", FRAM_SECONDS (4)));
  g_assert_false (ask (&generations, 1, &path, "a:b", FRAM_SECONDS (4)));

  g_assert_false (ask (&generations, 1, &path, "e:f", FRAM_SECONDS (5)));
  g_assert_true (ask (&generations, 1, &path, "a:b", FRAM_SECONDS (32)));
  g_assert_false (ask (&generations, 1, &path, "a:b", FRAM_SECONDS (32) + 1));
  g_assert_false (ask (&generations, 1, &other, "a:b", FRAM_SECONDS (20)));
  /* The newer one is to prove itself, and its checks are paced. */
  answer (&generations, 6, &path, FRAM_STUN_SUCCESS, FRAM_SECONDS (33));
  g_assert_false (ask (&generations, 1, &path, "e:f", FRAM_SECONDS (34)));
  sim_consent_clear (&generations.consent);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/one-owner", test_one_owner);
  g_test_add_func ("/rules/coherent", test_coherent);
  g_test_add_func ("/rules/pacing", test_pacing);
  g_test_add_func ("/rules/good-session", test_good_session);
  g_test_add_func ("/rules/illegal-states", test_illegal_states);
  g_test_add_func ("/rules/failed-is-silent", test_failed_is_silent);
  g_test_add_func ("/rules/illegal-order", test_illegal_order);
  g_test_add_func ("/rules/flapping", test_flapping);
  g_test_add_func ("/rules/checking", test_checking);
  g_test_add_func ("/rules/selected", test_selected);
  g_test_add_func ("/rules/damping", test_damping);
  g_test_add_func ("/rules/consent", test_consent);
  g_test_add_func ("/rules/data-has-consent", test_data_has_consent);
  g_test_add_func ("/rules/data-go-on", test_data_go_on);
  g_test_add_func ("/rules/former-consent", test_former_consent);
  return g_test_run ();
}
