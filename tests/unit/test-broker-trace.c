/* What sessions show of themselves to who looks closely, and tell step by step. */
#include <string.h>

#include "broker/inspection.h"
#include "broker/trace.h"
#include "wire.h"

/* The words that the session told, one after the other. */
static char *
told (WireHost *host, FramSessionId session)
{
  g_autofree char *prefix = g_strdup_printf ("%u ", session);
  GString *words = g_string_new (" ");

  for (guint i = 0; i < host->lines->len; i++)
    {
      const char *line = g_ptr_array_index (host->lines, i);

      if (g_str_has_prefix (line, prefix) && strstr (line, "candidate:") == NULL)
        g_string_append_printf (words, "%s ", line + strlen (prefix));
    }
  g_ptr_array_set_size (host->lines, 0);
  return g_string_free (words, FALSE);
}

static void
assert_order (const char *words, const char *first, const char *second)
{
  const char *a = strstr (words, first), *b = strstr (words, second);

  g_assert_nonnull (a);
  g_assert_nonnull (b);
  g_assert_true (a < b);
}

/* --- Traces ------------------------------------------------------------------------ */

static void
test_nobody (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (1));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionId offer, answer;
  g_autofree char *words = NULL;

  wire_call (a, b, FALSE, &offer, &answer);
  wire_run (wire, FRAM_SECONDS (1));
  words = told (a, offer);
  g_assert_cmpstr (words, ==, " ");
}

static void
test_course (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (1));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionId offer, answer;
  g_autofree char *words = NULL;

  fram_broker_trace_all (a->broker, TRUE);
  wire_call (a, b, FALSE, &offer, &answer);
  wire_run (wire, FRAM_MILLISECONDS (100));
  words = told (a, offer);
  assert_order (words, " candidate-found ", " pair-added ");
  assert_order (words, " pair-added ", " pair-state ");
  assert_order (words, " pair-state ", " request-sent ");
  assert_order (words, " request-sent ", " response-received ");
  assert_order (words, " response-received ", " writable ");
  assert_order (words, " writable ", " selected ");
  assert_order (words, " request-received ", " response-sent ");
  assert_order (words, " response-sent ", " readable ");
  g_assert_null (strstr (words, " request-repeated "));
  g_assert_null (strstr (words, " restarted "));
}

/* Consent goes on as long as somebody looks, and not a moment longer. */
static void
test_one_session (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (1));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionId offers[2], answers[2];
  g_autofree char *mine = NULL;
  g_autofree char *other = NULL;
  g_autofree char *later = NULL;

  for (guint i = 0; i < 2; i++)
    wire_call (a, b, TRUE, &offers[i], &answers[i]);
  wire_run (wire, FRAM_SECONDS (1));
  fram_broker_trace (a->broker, offers[0], TRUE);
  wire_run (wire, FRAM_SECONDS (20));
  mine = told (a, offers[0]);
  g_assert_nonnull (strstr (mine, " consent-sent "));
  g_assert_null (strstr (mine, " candidate-found "));
  wire_run (wire, FRAM_SECONDS (20));
  other = told (a, offers[1]);
  g_assert_cmpstr (other, ==, " ");

  fram_broker_trace (a->broker, offers[0], FALSE);
  wire_run (wire, FRAM_SECONDS (20));
  later = told (a, offers[0]);
  g_assert_cmpstr (later, ==, " ");
  fram_broker_trace (a->broker, 4711, TRUE);
}

/* Who is traced on his own account is so still when all are not any more. */
static void
test_all_and_one (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (1));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionId offers[2], answers[2];

  for (guint i = 0; i < 2; i++)
    wire_call (a, b, TRUE, &offers[i], &answers[i]);
  fram_broker_trace (a->broker, offers[0], TRUE);
  fram_broker_trace_all (a->broker, TRUE);
  fram_broker_trace_all (a->broker, FALSE);
  g_ptr_array_set_size (a->lines, 0);
  wire_run (wire, FRAM_SECONDS (1));
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *before = NULL;

      wire_run (wire, FRAM_SECONDS (10));
      before = told (a, offers[i]);
      g_assert_cmpint (strlen (before) > 1, ==, i == 0);
    }
}

static gboolean
lose_all (const FramAddress *from, const FramAddress *to, const guint8 *data,
          gsize length, gpointer user_data)
{
  return FALSE;
}

static void
test_silence (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (1));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionId offer, answer;
  g_autofree char *words = NULL;

  wire->filter = lose_all;
  fram_broker_trace_all (a->broker, TRUE);
  wire_call (a, b, FALSE, &offer, &answer);
  wire_run (wire, FRAM_SECONDS (100));
  words = told (a, offer);
  assert_order (words, " request-sent ", " request-repeated ");
  assert_order (words, " request-repeated ", " pair-gone ");
  g_assert_null (strstr (words, " response-received "));
}

static void
test_restart (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (1));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionId offer, answer;
  g_autofree char *words = NULL;

  wire_call (a, b, FALSE, &offer, &answer);
  wire_run (wire, FRAM_SECONDS (1));
  fram_broker_trace (a->broker, offer, TRUE);
  g_assert_true (fram_broker_restart (a->broker, offer, wire->now, NULL));
  wire_settle (wire);
  words = told (a, offer);
  assert_order (words, " restarted ", " candidate-found ");
  g_assert_nonnull (strstr (words, " candidate-gone "));
  g_assert_nonnull (strstr (words, " pair-gone "));
}

/* --- Looking ----------------------------------------------------------------------- */

static void
test_inspect (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (3));
  WireHost *a = wire_add_host (wire, "192.0.2.1,2001:db8::1");
  WireHost *b = wire_add_host (wire, "192.0.2.2,2001:db8::2");
  g_autoptr (GArray) candidates = NULL;
  g_autoptr (GArray) pairs = NULL;
  g_autoptr (GHashTable) ids = g_hash_table_new (g_int64_hash, g_int64_equal);
  FramSessionId offer, answer;
  FramComponentLook component;
  FramPathLook path;
  gboolean found = FALSE;

  wire_call (a, b, FALSE, &offer, &answer);
  g_assert_false (fram_broker_inspect_path (a->broker, offer, &path));
  wire_run (wire, FRAM_SECONDS (1));

  candidates = fram_broker_inspect_candidates (a->broker, offer);
  g_assert_cmpuint (candidates->len, >=, 4);
  for (guint i = 0; i < candidates->len; i++)
    {
      FramCandidateLook *look = &g_array_index (candidates, FramCandidateLook, i);

      g_assert_cmpuint (look->id, >, 0);
      g_assert_true (g_hash_table_add (ids, &look->id));
      g_assert_cmpint (look->row.candidate.found, <=, wire->now);
      g_assert_null (look->server);
    }

  g_assert_true (fram_broker_inspect_path (a->broker, offer, &path));
  g_assert_cmpint (path.rtt, ==, 2 * FRAM_MILLISECONDS (3));
  g_assert_cmpuint (path.stream, ==, 0);
  g_assert_cmpuint (path.component, ==, 1);
  g_assert_true (fram_broker_inspect_component (a->broker, offer, 0, 1, &component));
  g_assert_cmpint (component.state, ==, FRAM_STATE_COMPLETED);
  g_assert_cmpuint (component.path, ==, path.pair);

  pairs = fram_broker_inspect_pairs (a->broker, offer);
  for (guint i = 0; i < pairs->len; i++)
    {
      const FramPairLook *look = &g_array_index (pairs, FramPairLook, i);

      g_assert_false (look->past);
      g_assert_true (g_hash_table_contains (ids, &look->local));
      g_assert_true (g_hash_table_contains (ids, &look->remote));
      found |= look->id == path.pair && look->row.selected;
    }
  g_assert_true (found);
}

static void
test_lost_pairs (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (1));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  g_autoptr (GArray) shown = NULL;
  g_autoptr (GArray) looks = NULL;
  const FramPairLook *look;
  FramSessionId offer, answer;

  wire->filter = lose_all;
  wire_call (a, b, FALSE, &offer, &answer);
  wire_run (wire, FRAM_SECONDS (100));
  g_assert_cmpint (wire_state (a, offer), ==, FRAM_STATE_FAILED);
  shown = fram_broker_list_pairs (a->broker, offer);
  g_assert_cmpuint (shown->len, ==, 0);
  looks = fram_broker_inspect_pairs (a->broker, offer);
  g_assert_cmpuint (looks->len, ==, 1);
  look = &g_array_index (looks, FramPairLook, 0);
  g_assert_true (look->past);
  g_assert_false (look->row.selected);
  g_assert_cmpint (look->row.state, ==, FRAM_PAIR_FAILED);
  g_assert_cmpint (look->row.cause, ==, FRAM_CAUSE_TIMEOUT);
  g_assert_cmpuint (look->row.requests_sent, >, 0);
  g_assert_cmpuint (look->row.remote.port, !=, 0);
}

static void
test_unknown (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (1));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  FramAddress address = { 0 };
  FramComponentLook component;
  FramPathLook path;

  g_assert_null (fram_broker_inspect_candidates (a->broker, 1));
  g_assert_null (fram_broker_inspect_pairs (a->broker, 1));
  g_assert_false (fram_broker_inspect_path (a->broker, 1, &path));
  g_assert_false (fram_broker_inspect_component (a->broker, 1, 0, 1, &component));
  g_assert_false (fram_broker_inspect_server (a->broker, 1, 1, &address));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/broker/trace/nobody", test_nobody);
  g_test_add_func ("/broker/trace/course", test_course);
  g_test_add_func ("/broker/trace/one-session", test_one_session);
  g_test_add_func ("/broker/trace/all-and-one", test_all_and_one);
  g_test_add_func ("/broker/trace/silence", test_silence);
  g_test_add_func ("/broker/trace/restart", test_restart);
  g_test_add_func ("/broker/inspection/connected", test_inspect);
  g_test_add_func ("/broker/inspection/lost-pairs", test_lost_pairs);
  g_test_add_func ("/broker/inspection/unknown", test_unknown);
  return g_test_run ();
}
