/* Candidates with names of Multicast DNS in place of addresses: resolved once for all, held
 * until then, and never shown by their addresses. (draft-ietf-mmusic-mdns-ice-candidates) */
#include <string.h>

#include "broker/explain.h"
#include "broker/trace.h"
#include "wire.h"

#define NAME "9b36eaac-bb2e-49bb-bb78-21c41c499900.local"
#define LINE(name, port) "candidate:1 1 UDP 2130706431 " name " " port " typ host"

typedef struct
{
  Wire *wire;
  WireHost *a, *b;
  FramSessionId offer, answer;
  FramAddress address; /* of `a` */
} Fixture;

static void
setup (Fixture *f, gconstpointer data)
{
  f->wire = wire_new (FRAM_MILLISECONDS (1));
  f->a = wire_add_host (f->wire, "10.0.0.1");
  f->b = wire_add_host (f->wire, "10.0.0.2");
  fram_address_parse_ip (&f->address, "10.0.0.1", 0);
}

static void
teardown (Fixture *f, gconstpointer data)
{
  wire_free (f->wire);
}

static FramSessionId
open_session (WireHost *host, const FramDescription *remote)
{
  FramSessionOptions options = { .owner = ":1.1", .remote = remote, .trickle = TRUE };
  FramSessionId id
      = fram_broker_create_session (host->broker, &options, host->wire->now, NULL);

  g_assert_cmpuint (id, !=, 0);
  wire_settle (host->wire);
  return id;
}

static gboolean
add (WireHost *host, FramSessionId session, const char *line, GError **error)
{
  gboolean is_added = fram_broker_add_remote_candidate (host->broker, session, NULL, 0,
                                                        line, host->wire->now, error);

  wire_settle (host->wire);
  return is_added;
}

static void
end (WireHost *host, FramSessionId session)
{
  g_assert_true (fram_broker_end_remote_candidates (host->broker, session, NULL,
                                                    host->wire->now, NULL));
  wire_settle (host->wire);
}

/* `a` offers, and `b` gets its candidate by the name alone. */
static void
call_by_name (Fixture *f)
{
  g_autoptr (GPtrArray) lines = NULL;
  FramDescription description;

  f->offer = open_session (f->a, NULL);
  wire_describe (f->a, f->offer, &description, &lines);
  f->answer = open_session (f->b, &description);
  for (guint i = 0; i < lines->len; i++)
    {
      g_autoptr (GString) line = g_string_new (g_ptr_array_index (lines, i));

      g_assert_cmpuint (g_string_replace (line, "10.0.0.1", NAME, 0), ==, 1);
      g_assert_true (add (f->b, f->answer, line->str, NULL));
    }
  end (f->b, f->answer);
}

static guint
count_remotes (WireHost *host, FramSessionId session)
{
  g_autoptr (GArray) rows = fram_broker_list_candidates (host->broker, session);
  guint n = 0;

  for (guint i = 0; i < rows->len; i++)
    n += g_array_index (rows, FramCandidateRow, i).remote;
  return n;
}

/* Whether a text that tells of the session has this in it. */
static gboolean
is_told (WireHost *host, FramSessionId session, const char *part)
{
  g_autoptr (GArray) candidates = fram_broker_list_candidates (host->broker, session);
  g_autoptr (GArray) pairs = fram_broker_list_pairs (host->broker, session);
  g_autofree char *explanation
      = fram_broker_explain (host->broker, session, host->wire->now, NULL);
  char text[FRAM_SHOWN_ADDRESS_TEXT];
  gboolean found = strstr (explanation, part) != NULL;

  for (guint i = 0; i < candidates->len; i++)
    {
      const FramCandidateRow *row = &g_array_index (candidates, FramCandidateRow, i);

      found |= strstr (fram_broker_show_address (host->broker, session, row->remote,
                                                 row->candidate.type,
                                                 &row->candidate.address, text),
                       part)
               != NULL;
    }
  for (guint i = 0; i < pairs->len; i++)
    {
      const FramPairRow *row = &g_array_index (pairs, FramPairRow, i);

      found |= strstr (fram_broker_show_address (host->broker, session, TRUE,
                                                 row->remote_type, &row->remote, text),
                       part)
               != NULL;
    }
  return found;
}

/* --- Resolving --------------------------------------------------------------------- */

static void
test_connects (Fixture *f, gconstpointer data)
{
  FramPairRow row;

  call_by_name (f);
  g_assert_cmpuint (count_remotes (f->b, f->answer), ==, 0);
  wire_run (f->wire, FRAM_SECONDS (1));
  g_assert_cmpint (wire_state (f->b, f->answer), <, FRAM_STATE_CONNECTED);
  wire_resolve (f->b, NAME, "10.0.0.1");
  g_assert_cmpuint (count_remotes (f->b, f->answer), ==, 1);
  wire_signal (f->b, f->answer, f->a, f->offer);
  wire_run (f->wire, FRAM_SECONDS (3));
  g_assert_cmpint (wire_state (f->a, f->offer), ==, FRAM_STATE_COMPLETED);
  g_assert_cmpint (wire_state (f->b, f->answer), ==, FRAM_STATE_COMPLETED);
  g_assert_true (wire_selected (f->b, f->answer, &row));
  g_assert_cmpint (row.remote_type, ==, FRAM_CANDIDATE_HOST);
}

/* The end of candidates waits for the names, and no longer than they may take. */
static void
test_not_found (Fixture *f, gconstpointer data)
{
  call_by_name (f);
  wire_run (f->wire, FRAM_SECONDS (4));
  g_assert_cmpuint (g_hash_table_size (f->b->names), ==, 1);
  wire_run (f->wire, FRAM_SECONDS (1));
  g_assert_cmpuint (g_hash_table_size (f->b->names), ==, 0);
  wire_run (f->wire, FRAM_SECONDS (60));
  g_assert_cmpint (wire_state (f->b, f->answer), ==, FRAM_STATE_FAILED);
}

static void
test_no_address (Fixture *f, gconstpointer data)
{
  call_by_name (f);
  wire_resolve (f->b, NAME, "");
  wire_run (f->wire, FRAM_SECONDS (60));
  g_assert_cmpint (wire_state (f->b, f->answer), ==, FRAM_STATE_FAILED);
}

/* §3.2.2: "SHOULD ignore candidates where the hostname resolution returns more than one IP
 * address." */
static void
test_two_addresses (Fixture *f, gconstpointer data)
{
  call_by_name (f);
  wire_resolve (f->b, NAME, "10.0.0.1,10.0.0.3");
  g_assert_cmpuint (count_remotes (f->b, f->answer), ==, 0);
}

/* One question for all sessions, whatever the case of the name. */
static void
test_once (Fixture *f, gconstpointer data)
{
  FramDescription remote = { .ufrag = "abcd", .pwd = "0123456789012345678901" };
  FramSessionId one = open_session (f->b, &remote), two = open_session (f->b, &remote);

  g_assert_true (add (f->b, one, LINE (NAME, "9000"), NULL));
  g_assert_true (
      add (f->b, two, LINE ("9B36EAAC-bb2e-49bb-bb78-21c41c499900.Local", "9001"), NULL));
  g_assert_true (add (f->b, two, LINE (NAME, "9001"), NULL));
  g_assert_true (add (f->b, two, LINE (NAME, "9002"), NULL));
  g_assert_cmpuint (f->b->n_names, ==, 1);
  wire_resolve (f->b, NAME, "10.0.0.1");
  g_assert_cmpuint (count_remotes (f->b, one), ==, 1);
  g_assert_cmpuint (count_remotes (f->b, two), ==, 2);
  /* What was found is not kept: the answer has its own time to live, and a cache. */
  g_assert_true (add (f->b, one, LINE (NAME, "9003"), NULL));
  g_assert_cmpuint (f->b->n_names, ==, 2);
}

/* Nobody asks for what nobody waits for. */
static void
test_forgotten (Fixture *f, gconstpointer data)
{
  FramDescription remote = { .ufrag = "abcd", .pwd = "0123456789012345678901" };
  FramSessionId one = open_session (f->b, &remote), two = open_session (f->b, &remote);

  g_assert_true (add (f->b, one, LINE (NAME, "9000"), NULL));
  g_assert_true (add (f->b, two, LINE (NAME, "9000"), NULL));
  fram_broker_close_session (f->b->broker, one, FRAM_CAUSE_CLOSED_BY_APPLICATION,
                             f->wire->now);
  wire_settle (f->wire);
  g_assert_cmpuint (g_hash_table_size (f->b->names), ==, 1);
  /* A new generation has other candidates. */
  g_assert_true (fram_broker_restart (f->b->broker, two, f->wire->now, NULL));
  wire_settle (f->wire);
  g_assert_cmpuint (g_hash_table_size (f->b->names), ==, 0);
  fram_broker_told_name_resolved (f->b->broker, 1, NULL, 0, f->wire->now);
  fram_broker_told_name_resolved (f->b->broker, 99, NULL, 0, f->wire->now);
}

static void
test_limits (Fixture *f, gconstpointer data)
{
  FramDescription remote = { .ufrag = "abcd", .pwd = "0123456789012345678901" };
  FramSessionId id = open_session (f->b, &remote);
  g_autoptr (GError) error = NULL;
  guint n = 0;

  for (guint i = 0; i < FRAM_MAX_PEER_NAMES + 10; i++)
    {
      g_autofree char *line
          = g_strdup_printf ("candidate:1 1 UDP 1 desk-%u.local 9 typ host", i);

      if (i > 0 && i % FRAM_MAX_HELD_CANDIDATES == 0)
        {
          g_assert_false (add (f->b, id, line, &error));
          g_assert_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_LIMIT);
          g_clear_error (&error);
          id = open_session (f->b, &remote);
        }
      /* Those for which there is no place are not found. */
      g_assert_true (add (f->b, id, line, NULL));
      n++;
    }
  g_assert_cmpuint (n, >, FRAM_MAX_PEER_NAMES);
  g_assert_cmpuint (f->b->n_names, ==, FRAM_MAX_PEER_NAMES);
}

/* --- Hiding ------------------------------------------------------------------------ */

/* §3.3.1: the name is told, and not what it led to. */
static void
test_hidden (Fixture *f, gconstpointer data)
{
  call_by_name (f);
  wire_resolve (f->b, NAME, "10.0.0.1");
  wire_signal (f->b, f->answer, f->a, f->offer);
  wire_run (f->wire, FRAM_SECONDS (3));
  g_assert_cmpint (wire_state (f->b, f->answer), ==, FRAM_STATE_COMPLETED);
  g_assert_true (is_told (f->b, f->answer, NAME));
  g_assert_false (is_told (f->b, f->answer, "10.0.0.1"));
  /* The one who hides has told of nothing that he would not know. */
  g_assert_true (is_told (f->a, f->offer, "10.0.0.2"));
}

/* Nor to who looks on step by step. */
static void
test_hidden_traces (Fixture *f, gconstpointer data)
{
  FramNameId id;
  FramEvent event;
  guint n = 0;

  call_by_name (f);
  fram_broker_trace_all (f->b->broker, TRUE);
  id = GPOINTER_TO_UINT (g_hash_table_lookup (f->b->names, NAME));
  fram_broker_told_name_resolved (f->b->broker, id, &f->address, 1, f->wire->now);
  while (fram_broker_pop (f->b->broker, &event))
    {
      if (event.type == FRAM_EVENT_TRACE
          && event.trace->remote.family != FRAM_FAMILY_NONE)
        {
          n++;
          g_assert_true (g_str_has_prefix (event.trace->shown_remote, NAME ":"));
        }
      fram_event_clear (&event);
    }
  g_assert_cmpuint (n, >=, 2);
}

static gboolean
drop (const FramAddress *from, const FramAddress *to, const guint8 *data, gsize length,
      gpointer user_data)
{
  return FALSE;
}

/* A failure names the peer's candidates, too. */
static void
test_hidden_failure (Fixture *f, gconstpointer data)
{
  f->wire->filter = drop;
  call_by_name (f);
  wire_resolve (f->b, NAME, "10.0.0.1");
  wire_run (f->wire, FRAM_SECONDS (60));
  g_assert_cmpint (wire_state (f->b, f->answer), ==, FRAM_STATE_FAILED);
  g_assert_true (is_told (f->b, f->answer, NAME));
  g_assert_false (is_told (f->b, f->answer, "10.0.0.1"));
}

/* "MUST NOT contain the IP address of any peer-reflexive candidate, unless that IP has already
 * been learned through signaling": its checks come before its name is resolved. */
static void
test_hidden_reflexive (Fixture *f, gconstpointer data)
{
  call_by_name (f);
  wire_signal (f->b, f->answer, f->a, f->offer);
  wire_run (f->wire, FRAM_SECONDS (1));
  g_assert_cmpuint (count_remotes (f->b, f->answer), ==, 1);
  g_assert_true (is_told (f->b, f->answer, FRAM_HIDDEN_ADDRESS ":"));
  g_assert_false (is_told (f->b, f->answer, "10.0.0.1"));
  wire_resolve (f->b, NAME, "10.0.0.1");
  g_assert_cmpuint (count_remotes (f->b, f->answer), ==, 1);
  g_assert_true (is_told (f->b, f->answer, NAME));
  g_assert_false (is_told (f->b, f->answer, FRAM_HIDDEN_ADDRESS ":"));
  g_assert_false (is_told (f->b, f->answer, "10.0.0.1"));
}

/* What the peer tells itself is no secret. */
static void
test_signalled (Fixture *f, gconstpointer data)
{
  call_by_name (f);
  wire_resolve (f->b, NAME, "10.0.0.1");
  g_assert_true (add (f->b, f->answer, LINE ("10.0.0.1", "4000"), NULL));
  g_assert_true (is_told (f->b, f->answer, "10.0.0.1"));
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*test) (Fixture *f, gconstpointer data);
  } tests[] = {
    { "/broker/names/connects", test_connects },
    { "/broker/names/not-found", test_not_found },
    { "/broker/names/no-address", test_no_address },
    { "/broker/names/two-addresses", test_two_addresses },
    { "/broker/names/once", test_once },
    { "/broker/names/forgotten", test_forgotten },
    { "/broker/names/limits", test_limits },
    { "/broker/names/hidden", test_hidden },
    { "/broker/names/hidden-traces", test_hidden_traces },
    { "/broker/names/hidden-failure", test_hidden_failure },
    { "/broker/names/hidden-reflexive", test_hidden_reflexive },
    { "/broker/names/signalled", test_signalled },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, NULL, setup, tests[i].test, teardown);
  return g_test_run ();
}
