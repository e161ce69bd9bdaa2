/* Texts of events: what the service writes is read, and nothing else is taken for it. */
#include <string.h>

#include "event-parse.h"

#define ROW_TYPE "(txtsuuttssssbsssxut)"

static GVariant *
parse (const char *text, gsize length)
{
  GVariant *row = fram_event_parse (text, length, 9);

  if (row == NULL)
    return NULL;
  g_assert_true (g_variant_is_of_type (row, G_VARIANT_TYPE (ROW_TYPE)));
  return g_variant_ref_sink (row);
}

static void
test_event (void)
{
  static const char text[]
      = "{\"time\":1700000000000000,\"session\":7,\"event\":\"response-received\","
        "\"stream\":1,\"component\":2,\"candidate\":3,\"pair\":4294967297,"
        "\"type\":\"host\",\"remote-type\":\"srflx\",\"local\":\"192.0.2.1:9\","
        "\"remote\":\"[2001:db8::1]:10\",\"is-remote\":true,\"state\":\"succeeded\","
        "\"cause\":\"response\",\"explanation\":\"It \\\"answered\\\" \\u00e9.\","
        "\"rtt\":1500,\"count\":2,\"newer\":\"unknown\"}";
  g_autoptr (GVariant) row = parse (text, strlen (text));
  g_autoptr (GVariant) expected = g_variant_ref_sink (g_variant_new (
      ROW_TYPE, (guint64) 9, G_GINT64_CONSTANT (1700000000000000), (guint64) 7,
      "response-received", 1, 2, (guint64) 3, G_GUINT64_CONSTANT (4294967297), "host",
      "srflx", "192.0.2.1:9", "[2001:db8::1]:10", TRUE, "succeeded", "response",
      "It \"answered\" é.", (gint64) 1500, 2, (guint64) 0));

  g_assert_cmpvariant (row, expected);
}

static void
test_defaults (void)
{
  static const char text[] = " { \"event\" : \"closed\" , \"session\" : -3 } ";
  g_autoptr (GVariant) row = parse (text, strlen (text));
  g_autoptr (GVariant) expected = g_variant_ref_sink (g_variant_new (
      ROW_TYPE, (guint64) 9, (gint64) -1, (guint64) 0, "closed", 0, 0, (guint64) 0,
      (guint64) 0, "", "", "", "", FALSE, "", "", "", (gint64) -1, 1, (guint64) 0));
  g_autoptr (GVariant) lost = g_variant_ref_sink (fram_event_lost (12, 3));
  guint64 n;

  g_assert_cmpvariant (row, expected);
  g_variant_get_child (lost, 18, "t", &n);
  g_assert_cmpuint (n, ==, 12);
}

/* A member of another kind is as one that is not there. */
static void
test_kinds (void)
{
  static const char text[]
      = "{\"event\":\"x\",\"state\":5,\"rtt\":\"long\",\"is-remote\":1,\"count\":true,"
        "\"pair\":99999999999999999999}";
  static const char other[]
      = "{\"event\":\"x\",\"state\":5,\"rtt\":\"long\",\"is-remote\":1,\"count\":true}";
  g_autoptr (GVariant) row = parse (other, strlen (other));
  gint64 rtt;
  guint count;

  g_assert_null (parse (text, strlen (text)));
  g_assert_nonnull (row);
  g_variant_get_child (row, 16, "x", &rtt);
  g_variant_get_child (row, 17, "u", &count);
  g_assert_cmpint (rtt, ==, -1);
  g_assert_cmpuint (count, ==, 1);
}

static void
test_others (void)
{
  static const char *const texts[] = {
    "",
    "{",
    "{}",
    "[]",
    "null",
    "\"event\"",
    "{\"event\"}",
    "{\"event\":}",
    "{\"event\":\"x\"",
    "{\"event\":\"x\",}",
    "{\"event\":\"x\"}}",
    "{\"event\":\"x\"} x",
    "{\"event\":\"x\" \"y\":1}",
    "{\"event\":x}",
    "{\"event\":\"x}",
    "{\"event\":\"\\q\"}",
    "{\"event\":\"\\u12\"}",
    "{\"event\":\"\\u12g4\"}",
    "{\"event\":\"\\u0000\"}",
    "{\"event\":\"\\ud800\"}",
    "{\"event\":\"\\",
    "{\"event\":\"\xff\"}",
    "{\"event\":{\"nested\":1}}",
    "{\"event\":\"x\",\"time\":1.5}",
    "{\"event\":\"x\",\"time\":--5}",
    "{\"session\":1}",
    "{event:\"x\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_null (fram_event_parse (texts[i], strlen (texts[i]), 1));
}

/* Every beginning of an event is none, and bytes behind its length are not read. */
static void
test_cut (void)
{
  static const char text[]
      = "{\"time\":17,\"event\":\"a\\u00e9\\n\",\"is-remote\":false,\"rtt\":-12}";
  gsize length = strlen (text);
  g_autoptr (GVariant) row = parse (text, length);

  g_assert_nonnull (row);
  for (gsize i = 0; i < length; i++)
    {
      g_autofree char *cut = g_memdup2 (text, i + 1);

      g_assert_null (fram_event_parse (cut, i, 1));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/event-parse/event", test_event);
  g_test_add_func ("/client/event-parse/defaults", test_defaults);
  g_test_add_func ("/client/event-parse/kinds", test_kinds);
  g_test_add_func ("/client/event-parse/others", test_others);
  g_test_add_func ("/client/event-parse/cut", test_cut);
  return g_test_run ();
}
