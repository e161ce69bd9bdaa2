/* A restart: what the generations of a session have in common, and what each has for itself. */
#include <string.h>

#include "stun/message.h"
#include "wire.h"

typedef struct
{
  Wire *wire;
  WireHost *a, *b;
  FramSessionId offer, answer;
  char ufrag[FRAM_CREDENTIAL_MAX + 1]; /* of the last generation at `a` */
  guint n_asked;
} Call;

static void
call_init (Call *call)
{
  call->wire = wire_new (FRAM_MILLISECONDS (1));
  call->a = wire_add_host (call->wire, "192.0.2.1");
  call->b = wire_add_host (call->wire, "192.0.2.2");
  wire_call (call->a, call->b, FALSE, &call->offer, &call->answer);
  wire_run (call->wire, FRAM_SECONDS (10));
  g_assert_cmpint (wire_state (call->a, call->offer), ==, FRAM_STATE_COMPLETED);
  g_assert_cmpint (wire_state (call->b, call->answer), ==, FRAM_STATE_COMPLETED);
}

static void
call_clear (Call *call)
{
  wire_free (call->wire);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Call, call_clear)

/* Both sides begin another generation; `b` is told of that at `a`. */
static void
restart (Call *call)
{
  FramLocalDescription local;

  g_assert_true (
      fram_broker_restart (call->a->broker, call->offer, call->wire->now, NULL));
  g_assert_true (
      fram_broker_restart (call->b->broker, call->answer, call->wire->now, NULL));
  wire_settle (call->wire);
  g_assert_true (
      fram_broker_get_local_description (call->a->broker, call->offer, &local));
  g_strlcpy (call->ufrag, local.description.ufrag, sizeof call->ufrag);
  wire_signal (call->a, call->offer, call->b, call->answer);
}

static guint
count_claims (WireHost *host)
{
  FramBrokerTotals totals;

  fram_broker_get_totals (host->broker, &totals);
  return totals.n_routes;
}

static gboolean
drop_all (const FramAddress *from, const FramAddress *to, const guint8 *data,
          gsize length, gpointer user_data)
{
  return FALSE;
}

/* Whether the packet is a request to the generation of that ufrag. */
static gboolean
asks (const char *ufrag, const guint8 *data, gsize length)
{
  FramStunMessage message;
  const char *username;
  gsize username_length, n = strlen (ufrag);

  return fram_stun_message_parse (&message, data, length) == FRAM_STUN_PARSE_OK
         && message.klass == FRAM_STUN_REQUEST
         && fram_stun_message_get_text (&message, FRAM_STUN_ATTR_USERNAME, &username,
                                        &username_length)
         && username_length > n && memcmp (username, ufrag, n) == 0;
}

/* Of requests, those alone that the last generation at `a` is asked. */
static gboolean
pass_last (const FramAddress *from, const FramAddress *to, const guint8 *data,
           gsize length, gpointer user_data)
{
  const Call *call = user_data;
  FramStunMessage message;

  return asks (call->ufrag, data, length)
         || (fram_stun_message_parse (&message, data, length) == FRAM_STUN_PARSE_OK
             && message.klass != FRAM_STUN_REQUEST);
}

/* Counts what the generation of `ufrag` is asked. */
static gboolean
count_asked (const FramAddress *from, const FramAddress *to, const guint8 *data,
             gsize length, gpointer user_data)
{
  Call *call = user_data;

  call->n_asked += asks (call->ufrag, data, length);
  return TRUE;
}

/* RFC 7675 §5.1: nobody answers any more.  The new generation checks the 5-tuple by which the former
 * one heard, and never hears by it: what comes there is not taken. */
static void
test_without_consent (void)
{
  g_auto (Call) call = { 0 };

  call_init (&call);
  restart (&call);
  wire_signal (call.b, call.answer, call.a, call.offer);
  call.wire->filter = drop_all;
  g_assert_cmpuint (call.a->n_routes, ==, 1);
  g_assert_cmpuint (call.b->n_routes, ==, 1);
  wire_run (call.wire, FRAM_SECONDS (31));
  g_assert_cmpuint (call.a->n_routes, ==, 0);
  g_assert_cmpuint (call.b->n_routes, ==, 0);
  g_assert_cmpuint (count_claims (call.a), ==, 1);
  g_assert_cmpint (wire_state (call.a, call.offer), ==, FRAM_STATE_CHECKING);
}

/* RFC 8445 §7.3: the peer's answer to the restart is on its way, and its checks are here.  They were
 * answered, so that its data come; that the former generation ends changes nothing. */
static void
test_heard_early (void)
{
  g_auto (Call) call = { 0 };

  call_init (&call);
  restart (&call);
  call.wire->filter = pass_last;
  call.wire->filter_data = &call;
  wire_run (call.wire, FRAM_SECONDS (60));
  g_assert_cmpint (wire_state (call.a, call.offer), ==, FRAM_STATE_NEW);
  g_assert_cmpint (wire_state (call.b, call.answer), ==, FRAM_STATE_CONNECTED);
  g_assert_cmpuint (call.a->n_routes, ==, 1);
  call.wire->filter = drop_all;
  wire_run (call.wire, FRAM_SECONDS (31));
  g_assert_cmpuint (call.a->n_routes, ==, 0);
}

static gboolean
has_path (WireHost *host, FramSessionId session)
{
  gboolean found = FALSE;

  for (guint i = 0; i < host->log->len; i++)
    {
      const FramEvent *event = &g_array_index (host->log, FramEvent, i);

      if (event->session == session && event->type == FRAM_EVENT_PATH)
        found = event->base != 0;
    }
  return found;
}

/* RFC 8445 §9: `b` has begun another generation and knows nothing yet of that at `a`, which has
 * connected to it and begins a third one.  The data of `b` go by the first, and so does its consent. */
static void
test_again (void)
{
  g_auto (Call) call = { 0 };

  call_init (&call);
  g_assert_true (fram_broker_restart (call.a->broker, call.offer, call.wire->now, NULL));
  g_assert_true (fram_broker_restart (call.b->broker, call.answer, call.wire->now, NULL));
  wire_settle (call.wire);
  wire_signal (call.b, call.answer, call.a, call.offer);
  wire_run (call.wire, FRAM_SECONDS (10));
  g_assert_cmpint (wire_state (call.a, call.offer), ==, FRAM_STATE_COMPLETED);
  g_assert_cmpint (wire_state (call.b, call.answer), ==, FRAM_STATE_NEW);
  g_assert_true (fram_broker_restart (call.a->broker, call.offer, call.wire->now, NULL));
  wire_run (call.wire, FRAM_SECONDS (60));
  g_assert_true (has_path (call.b, call.answer));
}

/* Both sides have come to the new generation: the former ones end, though each of them is asked by the
 * other for its consent. */
static void
test_ends (void)
{
  g_auto (Call) call = { 0 };
  char last[FRAM_CREDENTIAL_MAX + 1];

  call_init (&call);
  restart (&call);
  wire_signal (call.b, call.answer, call.a, call.offer);
  wire_run (call.wire, FRAM_SECONDS (1));
  g_strlcpy (last, call.ufrag, sizeof last);
  restart (&call);
  wire_signal (call.b, call.answer, call.a, call.offer);
  wire_run (call.wire, FRAM_SECONDS (40));
  g_assert_cmpint (wire_state (call.a, call.offer), ==, FRAM_STATE_COMPLETED);

  call.wire->filter = count_asked;
  call.wire->filter_data = &call;
  wire_run (call.wire, FRAM_SECONDS (30));
  g_assert_cmpuint (call.n_asked, >, 0);
  call.n_asked = 0;
  g_strlcpy (call.ufrag, last, sizeof call.ufrag);
  wire_run (call.wire, FRAM_SECONDS (30));
  g_assert_cmpuint (call.n_asked, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/broker/restart-without-consent", test_without_consent);
  g_test_add_func ("/broker/restart-heard-early", test_heard_early);
  g_test_add_func ("/broker/restart-again", test_again);
  g_test_add_func ("/broker/restart-ends", test_ends);
  return g_test_run ();
}
