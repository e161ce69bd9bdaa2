/* What a test and its server say to each other. */
#include "broker/server-test-private.h"

#include "stun/builder.h"

typedef FramTestUnderWay Test;

/* An allocation is given back; the test does not wait for longer. */
#define CLOSING FRAM_SECONDS (1)
/* By UDP it is asked so often, and is silent after 5 s. */
#define UDP_RTO FRAM_MILLISECONDS (300)
#define UDP_TRANSMISSIONS 4
#define UDP_LAST_WAIT 9
#define UDP_SILENCE FRAM_SECONDS (5)

static void
transmit (FramBroker *broker, const Test *test, const guint8 *data, gsize length)
{
  FramEvent *event = fram_broker_emit (broker, FRAM_EVENT_TRANSMIT, 0);

  event->base = test->base;
  event->remote = test->row.server;
  event->length = (guint16) length;
  event->data = g_memdup2 (data, length);
}

static void
send_binding (FramBroker *broker, const Test *test)
{
  guint8 buffer[FRAM_STUN_MAX_SENT];
  FramStunBuilder builder;

  fram_stun_builder_init (&builder, buffer, sizeof buffer, FRAM_STUN_REQUEST,
                          FRAM_STUN_BINDING, &test->transaction.id);
  fram_stun_builder_add_fingerprint (&builder);
  transmit (broker, test, buffer, fram_stun_builder_end (&builder));
}

static gboolean
is_reliable (const Test *test)
{
  return test->row.transport == FRAM_KNOWN_TCP || test->row.transport == FRAM_KNOWN_TLS;
}

static void
ask_binding (FramBroker *broker, Test *test, FramTime now)
{
  FramStunTiming timing = FRAM_STUN_TIMING_DEFAULT (UDP_RTO);

  timing.reliable = is_reliable (test);
  timing.count = UDP_TRANSMISSIONS;
  timing.last_wait = UDP_LAST_WAIT;
  fram_stun_transaction_start (&test->transaction, &timing, broker->random, now);
  test->is_asking = TRUE;
  send_binding (broker, test);
}

static void settle (FramBroker *broker, Test *test, FramTime now);

static void
ask_allocation (FramBroker *broker, Test *test, FramTime now)
{
  FramTurnConfig config = {
    .server = test->row.server,
    .reliable = is_reliable (test),
    .families = FRAM_TURN_IPV4 | FRAM_TURN_IPV6,
    .credential = { .username = test->username, .password = test->password },
    .asked = test->asked,
    .n_asked = test->n_asked,
    .rto = UDP_RTO,
  };

  test->turn = fram_turn_new (&config, broker->random, now);
  settle (broker, test, now);
}

void
fram_test_ask (FramBroker *broker, Test *test, FramTime now)
{
  test->row.step = FRAM_SERVER_STEP_ANSWER;
  test->asked_at = now;
  test->silent_at = now + UDP_SILENCE;
  if (test->parts.scheme == FRAM_SERVER_SCHEME_TURN)
    ask_allocation (broker, test, now);
  else
    ask_binding (broker, test, now);
}

/* --- Answers ----------------------------------------------------------------------- */

static void
take_relay (FramBroker *broker, Test *test, FramTime now)
{
  fram_turn_get_relayed (test->turn, FRAM_FAMILY_IPV4, &test->row.relayed[0]);
  fram_turn_get_relayed (test->turn, FRAM_FAMILY_IPV6, &test->row.relayed[1]);
  fram_turn_get_mapped (test->turn, &test->row.mapped);
  test->row.lifetime = (guint32) ((fram_turn_get_expiry (test->turn) - now) / 1000000);
  test->row.step = FRAM_SERVER_STEP_DONE;
  test->until = MIN (test->until, now + CLOSING);
  test->silent_at = FRAM_TIME_NEVER;
  fram_turn_close (test->turn, now);
}

/* RFC 8489 §10 */
static void
follow (FramBroker *broker, Test *test, FramTurnEvent *event, FramTime now)
{
  if (test->n_asked == FRAM_ALLOCATION_MAX_ASKED)
    {
      fram_test_fail (broker, test, FRAM_SERVER_FAILURE_LOOP, now);
      return;
    }
  fram_test_close (broker, test);
  g_clear_pointer (&test->turn, fram_turn_free);
  test->asked[test->n_asked++] = test->row.server;
  test->row.server = event->peer;
  g_free (test->domain);
  test->domain = g_steal_pointer (&event->domain);
  fram_test_open (broker, test);
}

static void
ended (FramBroker *broker, Test *test, FramTurnEvent *event, FramTime now)
{
  if (test->row.step == FRAM_SERVER_STEP_DONE)
    fram_test_succeed (broker, test, now);
  else if (event->outcome == FRAM_TURN_ALTERNATE)
    follow (broker, test, event, now);
  else if (event->outcome == FRAM_TURN_SILENT)
    fram_test_go_on (broker, test, FRAM_SERVER_FAILURE_SILENT, now);
  else
    fram_test_fail (
        broker, test,
        fram_server_failure_of_outcome (
            event->outcome, fram_broker_has_expired (broker, test->username, now)),
        now);
}

/* Return: FALSE: that was the end. */
static gboolean
handle (FramBroker *broker, Test *test, FramTurnEvent *event, FramTime now)
{
  if (event->type == FRAM_TURN_EVENT_TRANSMIT)
    transmit (broker, test, event->data, event->length);
  else if (event->type == FRAM_TURN_EVENT_ALLOCATED)
    take_relay (broker, test, now);
  else if (event->type == FRAM_TURN_EVENT_ENDED)
    {
      ended (broker, test, event, now);
      return FALSE;
    }
  return TRUE;
}

static void
settle (FramBroker *broker, Test *test, FramTime now)
{
  FramTurnEvent event;
  gboolean goes_on = TRUE;

  while (goes_on && test->turn != NULL && fram_turn_pop (test->turn, &event))
    {
      goes_on = handle (broker, test, &event, now);
      fram_turn_event_clear (&event);
    }
  fram_test_schedule (broker, test);
}

static void
take_binding (FramBroker *broker, Test *test, const FramStunMessage *message,
              FramTime now)
{
  if (message->method != FRAM_STUN_BINDING
      || !fram_stun_id_equal (&message->id, &test->transaction.id)
      || (message->klass != FRAM_STUN_SUCCESS && message->klass != FRAM_STUN_ERROR))
    return;
  test->row.rtt = now - test->transaction.started;
  if (message->klass == FRAM_STUN_ERROR
      || !fram_stun_message_get_address (message, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS,
                                         &test->row.mapped))
    fram_test_fail (broker, test, FRAM_SERVER_FAILURE_SERVER_ERROR, now);
  else
    fram_test_succeed (broker, test, now);
}

static void
take_talk (FramBroker *broker, Test *test, const guint8 *data, gsize length, FramTime now)
{
  const guint8 *inside;
  FramAddress peer;
  gsize inside_length;

  if (fram_turn_receive (test->turn, data, length, now, &peer, &inside, &inside_length)
      == FRAM_TURN_RECEIVED_TALK)
    {
      if (test->row.rtt < 0)
        test->row.rtt = now - test->asked_at;
      test->silent_at = FRAM_TIME_NEVER;
      if (test->row.step == FRAM_SERVER_STEP_ANSWER)
        test->row.step = FRAM_SERVER_STEP_ALLOCATE;
    }
  settle (broker, test, now);
}

void
fram_test_take (FramBroker *broker, Test *test, const guint8 *data, gsize length,
                FramTime now)
{
  FramStunMessage message;

  if (fram_stun_message_parse (&message, data, length) != FRAM_STUN_PARSE_OK)
    test->heard_noise = TRUE;
  else if (test->turn != NULL)
    take_talk (broker, test, data, length, now);
  else if (test->is_asking)
    take_binding (broker, test, &message, now);
}

/* --- Time -------------------------------------------------------------------------- */

static void
advance_binding (FramBroker *broker, Test *test, FramTime now)
{
  switch (fram_stun_transaction_advance (&test->transaction, now))
    {
    case FRAM_STUN_TRANSACTION_WAIT:
      break;
    case FRAM_STUN_TRANSACTION_SEND:
      send_binding (broker, test);
      break;
    case FRAM_STUN_TRANSACTION_TIMEOUT:
      fram_test_go_on (broker, test, fram_test_find_silence (test), now);
      break;
    }
}

void
fram_test_advance_talk (FramBroker *broker, Test *test, FramTime now)
{
  if (now >= test->silent_at)
    fram_test_go_on (broker, test, fram_test_find_silence (test), now);
  else if (test->is_asking)
    advance_binding (broker, test, now);
  else if (test->turn != NULL)
    {
      fram_turn_advance (test->turn, now);
      settle (broker, test, now);
    }
}
