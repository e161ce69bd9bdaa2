/* Policy `mdns`: host candidates have names of Multicast DNS in place of addresses.
 * (draft-ietf-mmusic-mdns-ice-candidates §3.1) */
#include <string.h>

#include "broker/explain.h"
#include "stun/builder.h"
#include "wire.h"

typedef struct
{
  Wire *wire;
  WireHost *a, *b;
} Fixture;

static void
setup (Fixture *f, gconstpointer data)
{
  f->wire = wire_new (FRAM_MILLISECONDS (1));
  f->a = wire_add_host (f->wire, "10.0.0.1");
  f->b = wire_add_host (f->wire, "10.0.0.2");
}

static void
teardown (Fixture *f, gconstpointer data)
{
  wire_free (f->wire);
}

static FramSessionId
open_session (WireHost *host, const char *owner, gboolean trickle)
{
  FramSessionOptions options
      = { .owner = owner, .policy = FRAM_POLICY_MDNS, .trickle = trickle, .tcp = TRUE };
  FramSessionId id
      = fram_broker_create_session (host->broker, &options, host->wire->now, NULL);

  g_assert_cmpuint (id, !=, 0);
  wire_settle (host->wire);
  return id;
}

static void
close_session (WireHost *host, FramSessionId session)
{
  fram_broker_close_session (host->broker, session, FRAM_CAUSE_CLOSED_BY_APPLICATION,
                             host->wire->now);
  wire_settle (host->wire);
}

static const char *
get_name (WireHost *host, guint i)
{
  g_assert_cmpuint (i, <, host->own_names->len);
  return ((const FramEvent *) g_ptr_array_index (host->own_names, i))->text;
}

/* So many lines, which all have this in them. */
static void
check_lines (WireHost *host, FramSessionId session, guint n, const char *part)
{
  g_autoptr (GPtrArray) lines = fram_broker_list_local_lines (host->broker, session, 0);

  g_assert_cmpuint (lines->len, ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_nonnull (strstr (g_ptr_array_index (lines, i), part));
}

static gboolean
is_gathered (WireHost *host, FramSessionId session)
{
  return wire_count (host, session, FRAM_EVENT_GATHERING_DONE) == 1;
}

/* --- Publishing -------------------------------------------------------------------- */

/* §3.1.1, 3: "MUST consist of a version 4 UUID ..., followed by ".local"". */
static void
test_published (Fixture *f, gconstpointer data)
{
  FramSessionId id = open_session (f->a, ":1.1", FALSE);
  const FramEvent *event;

  g_assert_cmpuint (f->a->own_names->len, ==, 1);
  event = g_ptr_array_index (f->a->own_names, 0);
  g_assert_true (g_regex_match_simple (
      "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\\.local$",
      event->text, 0, 0));
  g_assert_cmpuint (event->bind.port, ==, 0);
  check_lines (f->a, id, 0, "");
  g_assert_false (is_gathered (f->a, id));
  wire_publish (f->a, TRUE);
  g_assert_true (is_gathered (f->a, id));
  /* One by UDP, two by TCP. */
  check_lines (f->a, id, 3, get_name (f->a, 0));
  g_assert_cmpuint (wire_count (f->a, id, FRAM_EVENT_LOCAL_CANDIDATE), ==, 3);
  for (guint i = 0; i < f->a->lines->len; i++)
    g_assert_null (strstr (g_ptr_array_index (f->a->lines, i), "10.0.0.1"));
  /* It is told once, however often it is published. */
  wire_publish (f->a, TRUE);
  g_assert_cmpuint (wire_count (f->a, id, FRAM_EVENT_LOCAL_CANDIDATE), ==, 3);
}

/* As `nohost`. */
static void
test_failed (Fixture *f, gconstpointer data)
{
  FramSessionId id = open_session (f->a, ":1.1", FALSE);

  wire_publish (f->a, FALSE);
  g_assert_true (is_gathered (f->a, id));
  check_lines (f->a, id, 0, "");
  wire_run (f->wire, FRAM_SECONDS (60));
  g_assert_cmpint (wire_state (f->a, id), ==, FRAM_STATE_NEW);
}

/* Nobody waits for long. */
static void
test_unanswered (Fixture *f, gconstpointer data)
{
  FramSessionId id = open_session (f->a, ":1.1", FALSE);

  wire_run (f->wire, FRAM_MILLISECONDS (999));
  g_assert_false (is_gathered (f->a, id));
  wire_run (f->wire, FRAM_MILLISECONDS (1));
  g_assert_true (is_gathered (f->a, id));
}

/* What comes later is told to who takes it, and what is gone is told to nobody. */
static void
test_late (Fixture *f, gconstpointer data)
{
  FramSessionId id = open_session (f->a, ":1.1", TRUE);

  wire_publish (f->a, FALSE);
  g_assert_true (is_gathered (f->a, id));
  wire_publish (f->a, TRUE);
  g_assert_cmpuint (wire_count (f->a, id, FRAM_EVENT_LOCAL_CANDIDATE), ==, 3);
  wire_publish (f->a, FALSE);
  check_lines (f->a, id, 0, "");
}

/* --- Whose they are ---------------------------------------------------------------- */

/* §3.3.3: those of one application are its own. */
static void
test_owners (Fixture *f, gconstpointer data)
{
  open_session (f->a, ":1.1", FALSE);
  open_session (f->a, ":1.1", FALSE);
  g_assert_cmpuint (f->a->own_names->len, ==, 1);
  open_session (f->a, ":1.2", FALSE);
  g_assert_cmpuint (f->a->own_names->len, ==, 2);
  g_assert_cmpstr (get_name (f->a, 0), !=, get_name (f->a, 1));
}

/* §3.1.1: "MUST expose a different mDNS name for each address". */
static void
test_addresses (Fixture *f, gconstpointer data)
{
  WireHost *host = wire_add_host (f->wire, "10.0.0.3,2001:db8::3");

  open_session (host, ":1.1", FALSE);
  g_assert_cmpuint (host->own_names->len, ==, 2);
  g_assert_cmpstr (get_name (host, 0), !=, get_name (host, 1));
}

static void
test_other_policies (Fixture *f, gconstpointer data)
{
  static const FramPolicy policies[]
      = { FRAM_POLICY_ALL, FRAM_POLICY_NO_HOST, FRAM_POLICY_RELAY };

  for (guint i = 0; i < G_N_ELEMENTS (policies); i++)
    {
      FramSessionOptions options = { .owner = ":1.1", .policy = policies[i] };

      g_assert_cmpuint (
          fram_broker_create_session (f->a->broker, &options, f->wire->now, NULL), !=, 0);
      wire_settle (f->wire);
    }
  g_assert_cmpuint (f->a->own_names->len, ==, 0);
}

static void
test_linger (Fixture *f, gconstpointer data)
{
  FramBrokerPolicy always = { .linger = FRAM_TIME_NEVER };
  FramSessionId id = open_session (f->a, ":1.1", FALSE);

  wire_publish (f->a, TRUE);
  close_session (f->a, id);
  wire_run (f->wire, FRAM_SECONDS (59));
  g_assert_cmpuint (f->a->own_names->len, ==, 1);
  /* The next session has it at once. */
  id = open_session (f->a, ":1.1", FALSE);
  g_assert_true (is_gathered (f->a, id));
  check_lines (f->a, id, 3, get_name (f->a, 0));
  wire_run (f->wire, FRAM_SECONDS (120));
  g_assert_cmpuint (f->a->own_names->len, ==, 1);
  /* Sockets may stay for ever, names do not. */
  fram_broker_set_policy (f->a->broker, &always, f->wire->now);
  close_session (f->a, id);
  wire_run (f->wire, FRAM_SECONDS (61));
  g_assert_cmpuint (f->a->own_names->len, ==, 0);
}

/* A restart goes on with them; another address has another name. */
static void
test_changes (Fixture *f, gconstpointer data)
{
  FramDescription remote = { .ufrag = "abcd", .pwd = "0123456789012345678901" };
  FramInterfaceAddress interface = { .name = "if0" };
  FramSessionId id = open_session (f->a, ":1.1", TRUE);
  g_autofree char *first = g_strdup (get_name (f->a, 0));

  wire_publish (f->a, TRUE);
  g_assert_true (
      fram_broker_set_remote_description (f->a->broker, id, &remote, f->wire->now, NULL));
  g_assert_true (fram_broker_restart (f->a->broker, id, f->wire->now, NULL));
  wire_settle (f->wire);
  check_lines (f->a, id, 3, first);

  fram_address_parse_ip (&interface.address, "10.0.0.9", 0);
  fram_broker_told_interfaces (f->a->broker, &interface, 1, f->wire->now);
  wire_settle (f->wire);
  wire_publish (f->a, TRUE);
  g_assert_cmpuint (f->a->own_names->len, ==, 1);
  g_assert_cmpstr (get_name (f->a, 0), !=, first);
  check_lines (f->a, id, 3, get_name (f->a, 0));
}

static void
test_limit (Fixture *f, gconstpointer data)
{
  FramSessionId id = 0;

  for (guint i = 0; i < FRAM_MAX_OWN_NAMES + 1; i++)
    {
      g_autofree char *owner = g_strdup_printf (":1.%u", i);

      id = open_session (f->a, owner, FALSE);
    }
  g_assert_cmpuint (f->a->own_names->len, ==, FRAM_MAX_OWN_NAMES);
  wire_publish (f->a, TRUE);
  /* Who has none shows nothing. */
  g_assert_true (is_gathered (f->a, id));
  check_lines (f->a, id, 0, "");
  close_session (f->a, id);
  wire_run (f->wire, FRAM_SECONDS (61));
  g_assert_cmpuint (f->a->own_names->len, ==, FRAM_MAX_OWN_NAMES);
}

/* --- A call ------------------------------------------------------------------------ */

/* Neither of the two is told an address of the other, nor of itself. */
static void
check_hidden (WireHost *host, FramSessionId session, const char *own, const char *others)
{
  g_autoptr (GArray) rows = fram_broker_list_pairs (host->broker, session);
  char text[FRAM_SHOWN_ADDRESS_TEXT];

  g_assert_cmpuint (rows->len, >, 0);
  for (guint i = 0; i < rows->len; i++)
    {
      const FramPairRow *row = &g_array_index (rows, FramPairRow, i);

      g_assert_true (
          g_str_has_prefix (fram_broker_show_address (host->broker, session, FALSE,
                                                      row->local_type, &row->local, text),
                            own));
      g_assert_true (g_str_has_prefix (fram_broker_show_address (host->broker, session,
                                                                 TRUE, row->remote_type,
                                                                 &row->remote, text),
                                       others));
    }
}

static void
test_call (Fixture *f, gconstpointer data)
{
  FramSessionId offer = open_session (f->a, ":1.1", FALSE), answer;

  wire_publish (f->a, TRUE);
  answer = open_session (f->b, ":1.1", FALSE);
  wire_publish (f->b, TRUE);
  wire_signal (f->a, offer, f->b, answer);
  wire_signal (f->b, answer, f->a, offer);
  wire_resolve (f->b, get_name (f->a, 0), "10.0.0.1");
  wire_resolve (f->a, get_name (f->b, 0), "10.0.0.2");
  wire_run (f->wire, FRAM_SECONDS (3));
  g_assert_cmpint (wire_state (f->a, offer), ==, FRAM_STATE_COMPLETED);
  g_assert_cmpint (wire_state (f->b, answer), ==, FRAM_STATE_COMPLETED);
  check_hidden (f->a, offer, get_name (f->a, 0), get_name (f->b, 0));
  check_hidden (f->b, answer, get_name (f->b, 0), get_name (f->a, 0));
}

/* --- Public addresses (§3.1.2.2) --------------------------------------------------- */

/* A server, which sees everybody as they are. */
static gboolean
answer_question (Wire *wire, const FramAddress *from, const FramAddress *to,
                 const guint8 *data, gsize length, gpointer user_data)
{
  FramStunMessage request;
  FramStunBuilder builder;
  guint8 buffer[FRAM_STUN_MAX_SENT];

  if (to->port != 3478
      || fram_stun_message_parse (&request, data, length) != FRAM_STUN_PARSE_OK)
    return FALSE;
  fram_stun_builder_init_response (&builder, buffer, sizeof buffer, FRAM_STUN_SUCCESS,
                                   &request);
  fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS, from);
  wire_send (wire, to, from, buffer, fram_stun_builder_end (&builder));
  return TRUE;
}

static FramSessionId
open_with_server (WireHost *host)
{
  FramSessionOptions options = { .owner = ":1.1",
                                 .policy = FRAM_POLICY_MDNS,
                                 .trickle = TRUE,
                                 .n_servers = 1,
                                 .servers = { { .uri = "stun:198.51.100.1" } } };
  FramSessionId id
      = fram_broker_create_session (host->broker, &options, host->wire->now, NULL);

  wire_settle (host->wire);
  return id;
}

/* An address that comes after a session has failed is not told to its peer, which would check it
 * for nothing. */
static void
test_too_late (Fixture *f, gconstpointer data)
{
  FramDescription remote = { .ufrag = "abcd", .pwd = "0123456789012345678901" };
  WireHost *host = wire_add_host (f->wire, "203.0.113.7");
  FramInterfaceAddress interface = { .name = "if0" };
  FramSessionId failed, other;

  f->wire->node = answer_question;
  fram_broker_told_interfaces (host->broker, NULL, 0, f->wire->now);
  failed = open_with_server (host);
  g_assert_true (fram_broker_set_remote_description (host->broker, failed, &remote,
                                                     f->wire->now, NULL));
  g_assert_true (
      fram_broker_end_remote_candidates (host->broker, failed, NULL, f->wire->now, NULL));
  wire_run (f->wire, FRAM_SECONDS (60));
  g_assert_cmpint (wire_state (host, failed), ==, FRAM_STATE_FAILED);

  fram_address_parse_ip (&interface.address, "203.0.113.7", 0);
  fram_broker_told_interfaces (host->broker, &interface, 1, f->wire->now);
  other = open_with_server (host);
  wire_publish (host, FALSE);
  wire_run (f->wire, FRAM_SECONDS (5));
  g_assert_cmpuint (wire_count (host, other, FRAM_EVENT_LOCAL_CANDIDATE), ==, 1);
  g_assert_cmpuint (wire_count (host, failed, FRAM_EVENT_LOCAL_CANDIDATE), ==, 0);
}

/* --- Why it failed ----------------------------------------------------------------- */

static void
test_explained (Fixture *f, gconstpointer data)
{
  FramSessionId offer = open_session (f->a, ":1.1", FALSE), answer;
  g_autofree char *why_offer = NULL;
  g_autofree char *why_answer = NULL;
  const char *word;

  wire_publish (f->a, FALSE);
  answer = open_session (f->b, ":1.1", FALSE);
  wire_publish (f->b, TRUE);
  wire_signal (f->a, offer, f->b, answer);
  wire_signal (f->b, answer, f->a, offer);
  wire_resolve (f->a, get_name (f->b, 0), "");
  wire_run (f->wire, FRAM_SECONDS (60));
  why_offer = fram_broker_explain (f->a->broker, offer, f->wire->now, &word);
  g_assert_cmpstr (word, ==, "peer-not-found");
  g_assert_nonnull (strstr (why_offer, "avahi-daemon"));
  why_answer = fram_broker_explain (f->b->broker, answer, f->wire->now, &word);
  g_assert_cmpstr (word, ==, "no-remote-candidates");
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*test) (Fixture *f, gconstpointer data);
  } tests[] = {
    { "/broker/own-names/published", test_published },
    { "/broker/own-names/failed", test_failed },
    { "/broker/own-names/unanswered", test_unanswered },
    { "/broker/own-names/late", test_late },
    { "/broker/own-names/owners", test_owners },
    { "/broker/own-names/addresses", test_addresses },
    { "/broker/own-names/other-policies", test_other_policies },
    { "/broker/own-names/linger", test_linger },
    { "/broker/own-names/changes", test_changes },
    { "/broker/own-names/limit", test_limit },
    { "/broker/own-names/call", test_call },
    { "/broker/own-names/too-late", test_too_late },
    { "/broker/own-names/explained", test_explained },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, NULL, setup, tests[i].test, teardown);
  return g_test_run ();
}
