/* The texts of events: what they say, and that they stay as short as the contract has it. */
#include <string.h>

#include "broker/trace.h"
#include "rpc/event-text.h"

static void
test_trace (void)
{
  FramTrace trace = { .type = FRAM_TRACE_RESPONSE_RECEIVED,
                      .count = 2,
                      .pair = G_GUINT64_CONSTANT (4294967297),
                      .local_type = FRAM_CANDIDATE_HOST,
                      .remote_type = FRAM_CANDIDATE_SERVER_REFLEXIVE,
                      .state = FRAM_PAIR_SUCCEEDED,
                      .cause = FRAM_CAUSE_RESPONSE,
                      .rtt = 1500 };
  FramEvent event
      = { .type = FRAM_EVENT_TRACE, .session = 7, .component = 1, .trace = &trace };
  g_autoptr (GString) text = g_string_new ("what was before");

  /* Not the addresses are told, but what may be shown of them. */
  g_assert_true (fram_address_parse (&trace.local, "192.0.2.1:9"));
  strcpy (trace.shown_local, "desk.local:9");
  strcpy (trace.shown_remote, "[2001:db8::1]:10");
  g_assert_true (fram_event_to_text (&event, 1700000000000000, text));
  g_assert_cmpstr (
      text->str, ==,
      "{\"time\":1700000000000000,\"session\":7,\"event\":\"response-received\","
      "\"stream\":0,\"component\":1,\"type\":\"host\",\"local\":\"desk.local:9\","
      "\"remote\":\"[2001:db8::1]:10\",\"pair\":4294967297,\"remote-type\":\"srflx\","
      "\"state\":\"succeeded\",\"cause\":\"response\","
      "\"explanation\":\"The peer answered the check.\",\"rtt\":1500,\"count\":2}");
}

static void
test_states (void)
{
  FramEvent event = { .type = FRAM_EVENT_STATE,
                      .session = 1,
                      .state = FRAM_STATE_FAILED,
                      .cause = FRAM_CAUSE_NO_PAIR_SUCCEEDED };
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_true (fram_event_to_text (&event, 5, text));
  g_assert_true (g_str_has_prefix (
      text->str,
      "{\"time\":5,\"session\":1,\"event\":\"session-state\",\"state\":\"failed\","
      "\"cause\":\"no-pair-succeeded\","));
  event.type = FRAM_EVENT_PATH;
  g_assert_false (fram_event_to_text (&event, 5, text));
  fram_event_lost_text (3, 5, text);
  g_assert_cmpstr (text->str, ==, "{\"time\":5,\"event\":\"dropped\",\"dropped\":3}");
}

/* Every sentence fits, with the longest of all else; and none has what JSON would escape. */
static void
test_length (void)
{
  FramTrace trace = { .type = FRAM_TRACE_REQUEST_REPEATED,
                      .count = G_MAXUINT,
                      .candidate = G_MAXUINT64,
                      .pair = G_MAXUINT64,
                      .rtt = G_MAXINT64 };
  FramEvent event = { .type = FRAM_EVENT_TRACE,
                      .session = G_MAXUINT32,
                      .stream = G_MAXUINT16,
                      .component = G_MAXUINT16,
                      .trace = &trace };
  g_autoptr (GString) text = g_string_new (NULL);

  memset (trace.shown_local, 'x', sizeof trace.shown_local - 1);
  memset (trace.shown_remote, 'x', sizeof trace.shown_remote - 1);
  for (trace.cause = FRAM_CAUSE_NONE; trace.cause <= FRAM_CAUSE_SERVICE_STOPPED;
       trace.cause++)
    {
      const char *sentence = fram_cause_to_sentence (trace.cause);

      g_assert_true (fram_event_to_text (&event, G_MAXINT64, text));
      g_assert_cmpuint (text->len, <, FRAM_EVENT_TEXT_MAX);
      g_assert_null (strpbrk (sentence, "\"\\\n\t"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rpc/event-text/trace", test_trace);
  g_test_add_func ("/rpc/event-text/states", test_states);
  g_test_add_func ("/rpc/event-text/length", test_length);
  return g_test_run ();
}
