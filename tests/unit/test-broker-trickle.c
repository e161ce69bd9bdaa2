/* Candidates one by one, as the application hears of them and tells them.  (RFC 8838) */
#include <string.h>

#include "wire.h"

/* §17: "candidates for a given component SHOULD NOT be conveyed prior to candidates for a component
 * with a lower ID number within the same foundation". `last`: the component of each foundation
 * that was told last. */
static void
check_component_order (GHashTable *last, const FramEvent *event, const char *line)
{
  const char *foundation = strchr (line, ':') + 1;
  g_autofree char *key = g_strdup_printf ("%u %.*s", event->stream,
                                          (int) strcspn (foundation, " "), foundation);
  guint before = GPOINTER_TO_UINT (g_hash_table_lookup (last, key));

  g_assert_cmpuint (event->component, ==, before + 1);
  g_hash_table_insert (last, g_steal_pointer (&key), GUINT_TO_POINTER (event->component));
}

/* All candidates of all components are told before the end of them is. */
static void
test_order (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (1));
  WireHost *host = wire_add_host (wire, "192.0.2.1,198.51.100.1,2001:db8::1");
  FramSessionOptions options = { .owner = ":1.1",
                                 .n_streams = 2,
                                 .n_components = { 2, 3 },
                                 .trickle = TRUE,
                                 .tcp = TRUE };
  g_autoptr (GHashTable) components
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n_candidates = 0, n_done = 0, last[2] = { 0 };

  g_assert_cmpuint (fram_broker_create_session (host->broker, &options, wire->now, NULL),
                    !=, 0);
  wire_run (wire, FRAM_SECONDS (5));
  for (guint i = 0; i < host->log->len; i++)
    {
      const FramEvent *event = &g_array_index (host->log, FramEvent, i);

      n_done += event->type == FRAM_EVENT_GATHERING_DONE;
      if (event->type != FRAM_EVENT_LOCAL_CANDIDATE)
        continue;
      /* §13: "MUST NOT convey any more candidates" behind the end. */
      g_assert_cmpuint (n_done, ==, 0);
      check_component_order (components, event,
                             g_ptr_array_index (host->lines, n_candidates));
      n_candidates++;
      last[event->stream] = MAX (last[event->stream], event->component);
    }
  g_assert_cmpuint (n_done, ==, 1);
  g_assert_cmpuint (n_candidates, >=, 5 * 3);
  g_assert_cmpuint (last[0], ==, 2);
  g_assert_cmpuint (last[1], ==, 3);
}

/* A candidate is told before anything is sent from it (§10). */
static void
test_told_before_checked (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (1));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionId offer, answer;

  wire_call (a, b, TRUE, &offer, &answer);
  /* All events so far have been carried out; no check was due. */
  g_assert_cmpuint (a->n_transmitted, ==, 0);
  g_assert_cmpuint (wire_count (a, offer, FRAM_EVENT_LOCAL_CANDIDATE), ==, 1);
  wire_run (wire, FRAM_SECONDS (5));
  g_assert_cmpint (wire_state (a, offer), ==, FRAM_STATE_COMPLETED);
}

typedef struct
{
  WireHost *host;
  FramAddress address; /* what is sent from there is counted */
  guint n_sent;
} Watch;

static gboolean
is_told (WireHost *host, const FramAddress *address)
{
  char ip[FRAM_ADDRESS_TEXT];
  g_autofree char *part = g_strdup_printf (
      " %s %u typ host", fram_address_ip_to_text (address, ip), address->port);

  for (guint i = 0; i < host->lines->len; i++)
    if (strstr (g_ptr_array_index (host->lines, i), part) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
watch_packet (const FramAddress *from, const FramAddress *to, const guint8 *data,
              gsize length, gpointer user_data)
{
  Watch *watch = user_data;

  if (!fram_address_equal_ip (from, &watch->address))
    return TRUE;
  g_assert_true (is_told (watch->host, from));
  watch->n_sent++;
  return TRUE;
}

/* So it is with that of an address that the host gets later, which is paired at once with what the
 * peer has told long ago. */
static void
test_moved_told_before_checked (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (1));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2,2001:db8::2");
  Watch watch = { .host = a };
  FramSessionId offer, answer;

  g_assert_true (fram_address_parse_ip (&watch.address, "2001:db8::1", 0));
  wire->filter = watch_packet;
  wire->filter_data = &watch;
  wire_call (a, b, TRUE, &offer, &answer);
  wire_run (wire, FRAM_SECONDS (10));
  g_assert_cmpint (wire_state (a, offer), ==, FRAM_STATE_COMPLETED);
  g_assert_cmpuint (watch.n_sent, ==, 0);
  wire_tell_addresses (a, "192.0.2.1,2001:db8::1");
  wire_run (wire, FRAM_SECONDS (5));
  g_assert_cmpuint (watch.n_sent, >=, 1);
}

/* Half trickle (§16): the offer is whole, and says so; the answerer tells one by one. */
static void
test_half (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (1));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionOptions options = { .owner = ":1.1" };
  g_autoptr (GPtrArray) lines = NULL;
  FramDescription description;
  FramLocalDescription local;
  FramSessionId offer, answer;

  offer = fram_broker_create_session (a->broker, &options, wire->now, NULL);
  wire_settle (wire);
  wire_describe (a, offer, &description, &lines);
  g_ptr_array_add (lines, NULL);
  options.trickle = TRUE;
  options.remote = &description;
  options.remote_candidates = (const char *const *) lines->pdata;
  answer = fram_broker_create_session (b->broker, &options, wire->now, NULL);
  fram_broker_end_remote_candidates (b->broker, answer, NULL, wire->now, NULL);
  wire_settle (wire);

  g_assert_true (fram_broker_get_local_description (b->broker, answer, &local));
  g_assert_true (fram_broker_set_remote_description (a->broker, offer, &local.description,
                                                     wire->now, NULL));
  wire_run (wire, FRAM_SECONDS (1));
  for (guint i = 0; i < b->lines->len; i++)
    {
      const char *line = strchr (g_ptr_array_index (b->lines, i), ' ') + 1;

      g_assert_true (fram_broker_add_remote_candidate (
          a->broker, offer, local.description.ufrag, 0, line, wire->now, NULL));
    }
  g_assert_true (fram_broker_end_remote_candidates (
      a->broker, offer, local.description.ufrag, wire->now, NULL));
  wire_run (wire, FRAM_SECONDS (5));
  g_assert_cmpint (wire_state (a, offer), ==, FRAM_STATE_COMPLETED);
  g_assert_cmpint (wire_state (b, answer), ==, FRAM_STATE_COMPLETED);
}

/* What comes after the nomination and leads nowhere disturbs nothing: whether nobody is there, or
 * nobody at that port of the peer's. */
static void
test_after_nomination (void)
{
  static const char *const lines[] = {
    "candidate:8 1 udp 2130706431 203.0.113.9 9 typ host",
    "candidate:9 1 udp 2130706430 192.0.2.2 65000 typ host",
  };
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (1));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionId offer, answer;
  guint n_paths;

  wire_call (a, b, TRUE, &offer, &answer);
  wire_run (wire, FRAM_SECONDS (10));
  n_paths = wire_count (a, offer, FRAM_EVENT_PATH);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    g_assert_true (fram_broker_add_remote_candidate (a->broker, offer, NULL, 0, lines[i],
                                                     wire->now, NULL));
  wire_run (wire, FRAM_SECONDS (90));
  g_assert_cmpint (wire_state (a, offer), ==, FRAM_STATE_COMPLETED);
  g_assert_cmpint (wire_state (b, answer), ==, FRAM_STATE_COMPLETED);
  g_assert_cmpuint (wire_count (a, offer, FRAM_EVENT_PATH), ==, n_paths);
}

/* What leads to a better path has the peers change to it, once. */
static void
test_better_later (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (1));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2,2001:db8::2");
  FramSessionId offer, answer;
  guint n_lines, n_paths, n_peer_paths;
  FramPairRow row;

  wire_call (b, a, TRUE, &offer, &answer);
  wire_run (wire, FRAM_SECONDS (10));
  n_paths = wire_count (b, offer, FRAM_EVENT_PATH);
  n_peer_paths = wire_count (a, answer, FRAM_EVENT_PATH);
  n_lines = a->lines->len;
  wire_tell_addresses (a, "192.0.2.1,2001:db8::1");
  wire_settle (wire);
  g_assert_cmpuint (a->lines->len, ==, n_lines + 1);
  g_assert_true (fram_broker_add_remote_candidate (
      b->broker, offer, NULL, 0, strchr (g_ptr_array_index (a->lines, n_lines), ' ') + 1,
      wire->now, NULL));
  wire_run (wire, FRAM_SECONDS (90));
  g_assert_cmpint (wire_state (a, answer), ==, FRAM_STATE_COMPLETED);
  g_assert_true (wire_selected (b, offer, &row));
  g_assert_cmpint (row.local.family, ==, FRAM_FAMILY_IPV6);
  g_assert_cmpuint (wire_count (b, offer, FRAM_EVENT_PATH), ==, n_paths + 1);
  g_assert_cmpuint (wire_count (a, answer, FRAM_EVENT_PATH), ==, n_peer_paths + 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/broker/trickle/order", test_order);
  g_test_add_func ("/broker/trickle/told-before-checked/first", test_told_before_checked);
  g_test_add_func ("/broker/trickle/told-before-checked/moved",
                   test_moved_told_before_checked);
  g_test_add_func ("/broker/trickle/better-later", test_better_later);
  g_test_add_func ("/broker/trickle/half", test_half);
  g_test_add_func ("/broker/trickle/after-nomination", test_after_nomination);
  return g_test_run ();
}
