/* The lines that `fram connect --json` takes. */
#include <string.h>

#include "cli/json-message.h"

static void
assert_type (const char *line, JsonMessageType type)
{
  g_auto (JsonMessage) message = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (json_message_parse (line, strlen (line), &message, &error));
  g_assert_no_error (error);
  g_assert_cmpint (message.type, ==, type);
}

static void
test_types (void)
{
  assert_type ("{\"end\":true}", JSON_MESSAGE_END);
  assert_type ("{\"stats\":1}", JSON_MESSAGE_STATS);
  assert_type ("{\"restart\":1}", JSON_MESSAGE_RESTART);
  assert_type ("{\"quit\":1}", JSON_MESSAGE_QUIT);
  assert_type (" { \"quit\" : null , \"more\" : [ ] } ", JSON_MESSAGE_QUIT);
}

static void
test_texts (void)
{
  const char *candidate = "{\"candidate\":\"candidate:1\",\"ufrags\":3}";
  const char *send = "{\"send\":\"a \\\"b\\\" \\u00f8\\n\"}";
  g_auto (JsonMessage) first = { 0 };
  g_auto (JsonMessage) second = { 0 };

  g_assert_true (json_message_parse (candidate, strlen (candidate), &first, NULL));
  g_assert_cmpint (first.type, ==, JSON_MESSAGE_CANDIDATE);
  g_assert_cmpstr (first.text, ==, "candidate:1");
  g_assert_true (json_message_parse (send, strlen (send), &second, NULL));
  g_assert_cmpint (second.type, ==, JSON_MESSAGE_SEND);
  g_assert_cmpstr (second.text, ==, "a \"b\" ø\n");
}

static void
test_stream (void)
{
  const char *candidate = "{\"candidate\":\"candidate:1\",\"stream\":7}";
  const char *send = "{\"stream\":1,\"send\":\"a\"}";
  g_auto (JsonMessage) first = { 0 };
  g_auto (JsonMessage) second = { 0 };

  g_assert_true (json_message_parse (candidate, strlen (candidate), &first, NULL));
  g_assert_cmpint (first.type, ==, JSON_MESSAGE_CANDIDATE);
  g_assert_cmpuint (first.stream, ==, 7);
  g_assert_true (json_message_parse (send, strlen (send), &second, NULL));
  g_assert_cmpint (second.type, ==, JSON_MESSAGE_SEND);
  g_assert_cmpuint (second.stream, ==, 1);
}

static void
test_streams (void)
{
  const char *line
      = "{\"ufrag\":\"u\",\"pwd\":\"p\",\"streams\":[[\"a\",\"b\"],[],[\"c\"]]}";
  static const char *const expected[] = { "a", "b", "c" };
  static const guint streams[] = { 0, 0, 2 };
  g_auto (JsonMessage) message = { 0 };

  g_assert_true (json_message_parse (line, strlen (line), &message, NULL));
  g_assert_cmpuint (fram_description_get_n_candidates (message.description), ==,
                    G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      guint stream;

      g_assert_cmpstr (fram_description_get_candidate (message.description, i, &stream),
                       ==, expected[i]);
      g_assert_cmpuint (stream, ==, streams[i]);
    }
}

static void
test_description (void)
{
  const char *line
      = "{\"ev\":\"local\",\"ufrag\":\"u\",\"pwd\":\"p\",\"candidates\":[\"a\","
        "\"b\"],\"options\":[\"ice2\"],\"pacing\":7,\"end\":false}";
  const char *candidates[] = { "a", "b", NULL }, *options[] = { "ice2", NULL };
  g_auto (JsonMessage) message = { 0 };
  g_auto (GStrv) got = NULL;

  g_assert_true (json_message_parse (line, strlen (line), &message, NULL));
  g_assert_cmpint (message.type, ==, JSON_MESSAGE_DESCRIPTION);
  g_assert_cmpstr (fram_description_get_ufrag (message.description), ==, "u");
  g_assert_cmpstr (fram_description_get_pwd (message.description), ==, "p");
  g_assert_cmpuint (fram_description_get_pacing (message.description), ==, 7);
  g_assert_false (fram_description_get_complete (message.description));
  g_assert_cmpstrv (fram_description_get_options (message.description), options);
  got = fram_description_list_candidates (message.description, 0);
  g_assert_cmpstrv (got, candidates);
}

static void
test_least_description (void)
{
  const char *line = "{\"ufrag\":\"u\",\"pwd\":\"p\",\"pacing\":null}";
  g_auto (JsonMessage) message = { 0 };

  g_assert_true (json_message_parse (line, strlen (line), &message, NULL));
  g_assert_true (fram_description_get_complete (message.description));
  g_assert_cmpuint (fram_description_get_pacing (message.description), ==, 0);
  g_assert_cmpuint (fram_description_get_n_candidates (message.description), ==, 0);
}

static void
test_wrong (void)
{
  static const char *const wrong[] = {
    "",
    " ",
    "x",
    "{",
    "}",
    "[]",
    "1",
    "true",
    "null",
    "\"send\"",
    "{}",
    "{\"nothing\":1}",
    "{\"send\":1}",
    "{\"send\":[\"a\"]}",
    "{\"send\":null}",
    "{\"candidate\":true}",
    "{\"candidate\":\"a\",\"stream\":-1}",
    "{\"candidate\":\"a\",\"stream\":4294967296}",
    "{\"send\":\"a\",\"stream\":\"1\"}",
    "{\"send\":\"a\",\"stream\":null}",
    "{\"end\":false}",
    "{\"end\":1}",
    "{\"end\":null}",
    "{\"ufrag\":\"u\"}",
    "{\"pwd\":\"p\"}",
    "{\"ufrag\":1,\"pwd\":\"p\"}",
    "{\"ufrag\":\"u\",\"pwd\":null}",
    "{\"ufrag\":\"u\",\"pwd\":\"p\",\"candidates\":{}}",
    "{\"ufrag\":\"u\",\"pwd\":\"p\",\"candidates\":[\"a\",null]}",
    "{\"ufrag\":\"u\",\"pwd\":\"p\",\"streams\":{}}",
    "{\"ufrag\":\"u\",\"pwd\":\"p\",\"streams\":null}",
    "{\"ufrag\":\"u\",\"pwd\":\"p\",\"streams\":[\"a\"]}",
    "{\"ufrag\":\"u\",\"pwd\":\"p\",\"streams\":[[\"a\"],null]}",
    "{\"ufrag\":\"u\",\"pwd\":\"p\",\"streams\":[[1]]}",
    "{\"ufrag\":\"u\",\"pwd\":\"p\",\"streams\":[],\"candidates\":[]}",
    "{\"ufrag\":\"u\",\"pwd\":\"p\",\"options\":\"ice2\"}",
    "{\"ufrag\":\"u\",\"pwd\":\"p\",\"pacing\":\"5\"}",
    "{\"ufrag\":\"u\",\"pwd\":\"p\",\"pacing\":4294967296}",
    "{\"ufrag\":\"u\",\"pwd\":\"p\",\"pacing\":5.5}",
    "{\"ufrag\":\"u\",\"pwd\":\"p\",\"end\":\"yes\"}",
    "{\"send\":\"\xff\"}",
    "{\"quit\":1}{\"quit\":1}x",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_auto (JsonMessage) message = { 0 };
      g_autoptr (GError) error = NULL;

      if (json_message_parse (wrong[i], strlen (wrong[i]), &message, &error))
        g_error ("This line was taken: %s", wrong[i]);
      g_assert_nonnull (error);
      g_assert_null (message.description);
      g_assert_null (message.text);
    }
}

static void
test_nul (void)
{
  const char line[] = "{\"send\":\"a\0b\"}";
  g_auto (JsonMessage) message = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (json_message_parse (line, sizeof line - 1, &message, &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-message/types", test_types);
  g_test_add_func ("/json-message/texts", test_texts);
  g_test_add_func ("/json-message/stream", test_stream);
  g_test_add_func ("/json-message/streams", test_streams);
  g_test_add_func ("/json-message/description", test_description);
  g_test_add_func ("/json-message/least-description", test_least_description);
  g_test_add_func ("/json-message/wrong", test_wrong);
  g_test_add_func ("/json-message/nul", test_nul);
  return g_test_run ();
}
