/* Sessions whose data rest.  (RFC 7675 §5.1) */
#include "broker/inspection.h"
#include "broker/snapshot.h"
#include "wire.h"

typedef struct
{
  Wire *wire;
  WireHost *a, *b;
  FramSessionId offer, answer;
} Call;

static void
call_init (Call *call)
{
  call->wire = wire_new (FRAM_MILLISECONDS (10));
  call->a = wire_add_host (call->wire, "192.0.2.1");
  call->b = wire_add_host (call->wire, "192.0.2.2");
  wire_call (call->a, call->b, FALSE, &call->offer, &call->answer);
  wire_run (call->wire, FRAM_SECONDS (60));
}

static void
call_clear (Call *call)
{
  wire_free (call->wire);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Call, call_clear)

/* Its side says that its data rest, or do not, and 20 s pass. */
static void
tell (Call *call, gboolean is_used)
{
  fram_broker_told_use (call->a->broker, call->offer, 0, 1, is_used, call->wire->now);
  wire_run (call->wire, FRAM_SECONDS (20));
}

static void
restart (Call *call)
{
  FramTime now = call->wire->now;

  g_assert_true (fram_broker_restart (call->a->broker, call->offer, now, NULL));
  g_assert_true (fram_broker_restart (call->b->broker, call->answer, now, NULL));
  wire_settle (call->wire);
  wire_signal (call->a, call->offer, call->b, call->answer);
  wire_signal (call->b, call->answer, call->a, call->offer);
  wire_run (call->wire, FRAM_SECONDS (60));
  g_assert_cmpint (wire_state (call->a, call->offer), ==, FRAM_STATE_COMPLETED);
  g_assert_cmpint (wire_state (call->b, call->answer), ==, FRAM_STATE_COMPLETED);
}

/* In ten minutes. Of the other side's checks each is answered. */
static guint
count_checks (Call *call)
{
  guint n_sent = call->a->n_transmitted, n_answered = call->b->n_transmitted;

  wire_run (call->wire, FRAM_SECONDS (600));
  n_sent = call->a->n_transmitted - n_sent;
  n_answered = call->b->n_transmitted - n_answered;
  g_assert_cmpuint (n_sent, <=, n_answered + 1);
  g_assert_cmpuint (n_answered, <=, n_sent + 1);
  return n_sent;
}

/* 120 checks of each side, and those of the side that rests are 50. */
static void
test_fewer_checks (void)
{
  g_auto (Call) call = { 0 };
  guint used, resting;

  call_init (&call);
  used = count_checks (&call);
  g_assert_cmpuint (used, >=, 200);
  tell (&call, FALSE);
  resting = count_checks (&call);
  g_assert_cmpuint (resting, >=, 142);
  g_assert_cmpuint (resting + 40, <, used);
  tell (&call, TRUE);
  g_assert_cmpuint (count_checks (&call), >=, 200);
}

/* Data that are left on their 5-tuple by a restart rest on as they did: whoever watches them sees no
 * change. */
static void
test_restart (void)
{
  g_auto (Call) call = { 0 };
  guint used;

  call_init (&call);
  used = count_checks (&call);
  tell (&call, FALSE);
  restart (&call);
  g_assert_cmpuint (count_checks (&call) + 40, <, used);
}

/* Another path is one in use. */
static void
test_move (void)
{
  g_auto (Call) call = { 0 };

  call_init (&call);
  tell (&call, FALSE);
  wire_tell_addresses (call.a, "198.51.100.7");
  wire_run (call.wire, FRAM_SECONDS (60));
  g_assert_cmpint (wire_state (call.a, call.offer), ==, FRAM_STATE_COMPLETED);
  g_assert_cmpuint (count_checks (&call), >=, 200);
}

/* Nothing that has a path. */
static void
test_nothing (void)
{
  g_auto (Call) call = { 0 };
  guint used;

  call_init (&call);
  used = count_checks (&call);
  fram_broker_told_use (call.a->broker, call.offer + 1, 0, 1, FALSE, call.wire->now);
  g_assert_cmpuint (count_checks (&call) + 40, >, used);
}

static guint
count_hints (Call *call)
{
  return wire_count (call->a, call->offer, FRAM_EVENT_PAIRS_CHANGED);
}

/* What changes in the table while nobody looks at it is told once; and anew after each look, by
 * whatever way. */
static void
test_hints (void)
{
  g_auto (Call) call = { 0 };
  FramPathLook look;
  guint n_hints;

  call_init (&call);
  n_hints = count_hints (&call);
  g_assert_cmpuint (n_hints, >, 0);
  wire_run (call.wire, FRAM_SECONDS (60));
  g_assert_cmpuint (count_hints (&call), ==, n_hints);

  g_array_unref (fram_broker_list_pairs (call.a->broker, call.offer));
  wire_run (call.wire, FRAM_SECONDS (60));
  g_assert_cmpuint (count_hints (&call), ==, n_hints + 1);
  g_array_unref (fram_broker_inspect_pairs (call.a->broker, call.offer));
  wire_run (call.wire, FRAM_SECONDS (60));
  g_assert_cmpuint (count_hints (&call), ==, n_hints + 2);
  g_assert_true (fram_broker_inspect_path (call.a->broker, call.offer, &look));
  wire_run (call.wire, FRAM_SECONDS (60));
  g_assert_cmpuint (count_hints (&call), ==, n_hints + 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/broker/rest/fewer-checks", test_fewer_checks);
  g_test_add_func ("/broker/rest/restart", test_restart);
  g_test_add_func ("/broker/rest/move", test_move);
  g_test_add_func ("/broker/rest/nothing", test_nothing);
  g_test_add_func ("/broker/rest/hints", test_hints);
  return g_test_run ();
}
