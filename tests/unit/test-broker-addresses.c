/* Addresses that come and go under a session: temporary ones (RFC 8981), which the system replaces
 * while they still work, then deprecates, then removes. */
#include <string.h>

#include "broker/network-snapshot.h"
#include "wire.h"

#define OLD "2001:db8::a"
#define NEW "2001:db8::b"

typedef struct
{
  Wire *wire;
  WireHost *a, *b;
  FramSessionId offer, answer;

} Fixture;

/* `flags` of the old one; it is gone if `has_old` is FALSE. */
static void
tell (Fixture *f, gboolean has_old, FramInterfaceFlags flags, gboolean has_new)
{
  FramInterfaceAddress addresses[2];
  guint n = 0;

  memset (addresses, 0, sizeof addresses);
  if (has_new)
    {
      addresses[n].flags = FRAM_INTERFACE_TEMPORARY;
      g_assert_true (fram_address_parse_ip (&addresses[n++].address, NEW, 0));
    }
  if (has_old)
    {
      addresses[n].flags = flags | FRAM_INTERFACE_TEMPORARY;
      g_assert_true (fram_address_parse_ip (&addresses[n++].address, OLD, 0));
    }
  for (guint i = 0; i < n; i++)
    {
      g_strlcpy (addresses[i].name, "eth0", sizeof addresses[i].name);
      addresses[i].index = 2;
    }
  fram_broker_told_interfaces (f->a->broker, addresses, n, f->wire->now);
  wire_settle (f->wire);
}

static guint
count_lost (WireHost *host)
{
  guint n = 0;

  for (guint i = 0; i < host->log->len; i++)
    {
      const FramEvent *event = &g_array_index (host->log, FramEvent, i);

      n += event->type == FRAM_EVENT_PATH && event->base == 0;
    }
  return n;
}

static gboolean
uses (Fixture *f, const char *ip)
{
  FramPairRow row;
  FramAddress address;

  g_assert_true (fram_address_parse_ip (&address, ip, 0));
  g_assert_true (wire_selected (f->a, f->offer, &row));
  row.local.port = 0;
  return fram_address_equal (&row.local, &address);
}

static void
setup (Fixture *f, gconstpointer data)
{
  f->wire = wire_new (FRAM_MILLISECONDS (20));
  f->a = wire_add_host (f->wire, OLD);
  f->b = wire_add_host (f->wire, "2001:db8:1::1");
  tell (f, TRUE, FRAM_INTERFACE_NONE, FALSE);
  wire_call (f->a, f->b, GPOINTER_TO_INT (data), &f->offer, &f->answer);
  wire_run (f->wire, FRAM_SECONDS (10));
  g_assert_cmpint (wire_state (f->a, f->offer), ==, FRAM_STATE_COMPLETED);
  g_assert_true (uses (f, OLD));
}

static void
teardown (Fixture *f, gconstpointer data)
{
  wire_free (f->wire);
}

static void
assert_undisturbed (Fixture *f)
{
  g_assert_cmpuint (count_lost (f->a) + count_lost (f->b), ==, 0);
  g_assert_cmpint (wire_state (f->a, f->offer), ==, FRAM_STATE_COMPLETED);
  g_assert_cmpint (wire_state (f->b, f->answer), ==, FRAM_STATE_COMPLETED);
}

/* The system makes the next address some seconds before the old one is deprecated (RFC 8981 §3.4):
 * by then the session has left it, and data have not stopped for a moment. */
static void
test_left_before (Fixture *f, gconstpointer data)
{
  tell (f, TRUE, FRAM_INTERFACE_NONE, TRUE);
  wire_run (f->wire, FRAM_SECONDS (4));
  g_assert_true (uses (f, NEW));
  tell (f, TRUE, FRAM_INTERFACE_DEPRECATED, TRUE);
  wire_run (f->wire, FRAM_SECONDS (10));
  g_assert_true (uses (f, NEW));
  tell (f, FALSE, FRAM_INTERFACE_NONE, TRUE);
  wire_run (f->wire, FRAM_SECONDS (10));
  g_assert_true (uses (f, NEW));
  assert_undisturbed (f);
}

/* RFC 8445 §5.1.2: the next one has the place of the one that the session began with, and a
 * priority of its own all the same. */
static void
test_unique (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) lines = NULL;
  g_autoptr (GHashTable) priorities
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  tell (f, TRUE, FRAM_INTERFACE_NONE, TRUE);
  lines = fram_broker_list_local_lines (f->a->broker, f->offer, 0);
  g_assert_cmpuint (lines->len, >, 1);
  for (guint i = 0; i < lines->len; i++)
    {
      g_auto (GStrv) words = g_strsplit (g_ptr_array_index (lines, i), " ", -1);

      g_assert_true (g_hash_table_add (priorities, g_strdup (words[3])));
    }
}

/* Both at once: what goes on by the old address does so until the new path is there. */
static void
test_deprecated_at_once (Fixture *f, gconstpointer data)
{
  tell (f, TRUE, FRAM_INTERFACE_DEPRECATED, TRUE);
  assert_undisturbed (f);
  g_assert_true (uses (f, OLD));
  wire_run (f->wire, FRAM_SECONDS (4));
  g_assert_true (uses (f, NEW));
  assert_undisturbed (f);
}

/* Without another address nothing better is known; the path lasts as long as the address. */
static void
test_deprecated_alone (Fixture *f, gconstpointer data)
{
  FramSessionOptions options = { .owner = ":1.2" };
  g_autoptr (GPtrArray) lines = NULL;
  FramSessionId other;

  tell (f, TRUE, FRAM_INTERFACE_DEPRECATED, FALSE);
  wire_run (f->wire, FRAM_SECONDS (60));
  g_assert_true (uses (f, OLD));
  assert_undisturbed (f);
  /* Nothing begins there. */
  other = fram_broker_create_session (f->a->broker, &options, f->wire->now, NULL);
  wire_settle (f->wire);
  lines = fram_broker_list_local_lines (f->a->broker, other, 0);
  g_assert_cmpuint (lines->len, ==, 0);

  tell (f, FALSE, FRAM_INTERFACE_NONE, FALSE);
  g_assert_cmpuint (count_lost (f->a), ==, 1);
}

/* What nobody uses is closed as soon as nobody may begin to. */
static void
test_deprecated_unused (Fixture *f, gconstpointer data)
{
  FramBrokerTotals totals;

  fram_broker_close_session (f->a->broker, f->offer, FRAM_CAUSE_CLOSED_BY_APPLICATION,
                             f->wire->now);
  tell (f, TRUE, FRAM_INTERFACE_DEPRECATED, TRUE);
  fram_broker_get_totals (f->a->broker, &totals);
  g_assert_cmpuint (totals.n_bases, ==, 0);
}

/* Tells of addresses of one interface; TEMPORARY are those that `temporary` has a bit for. */
static void
tell_some (Fixture *f, const char *const *ips, guint temporary)
{
  FramInterfaceAddress addresses[8];
  guint n;

  memset (addresses, 0, sizeof addresses);
  for (n = 0; ips[n] != NULL; n++)
    {
      g_assert_true (fram_address_parse_ip (&addresses[n].address, ips[n], 0));
      g_strlcpy (addresses[n].name, "eth0", sizeof addresses[n].name);
      addresses[n].index = 2;
      if ((temporary >> n & 1) != 0)
        addresses[n].flags = FRAM_INTERFACE_TEMPORARY;
    }
  fram_broker_told_interfaces (f->a->broker, addresses, n, f->wire->now);
  wire_settle (f->wire);
}

/* The word for the n-th address that was told. */
static const char *
use_of (Fixture *f, guint n)
{
  g_autoptr (GArray) rows = fram_broker_list_interfaces (f->a->broker, f->wire->now);

  g_assert_cmpuint (n, <, rows->len);
  return fram_interface_use_to_word (g_array_index (rows, FramInterfaceRow, n).use);
}

/* RFC 8445 §5.1.1.1: of what a host has, what tells it in every network is left out where a
 * temporary address does the same; another prefix is another network. */
static void
test_traceable (Fixture *f, gconstpointer data)
{
  const char *traceable = "2001:db8::211:22ff:fe33:4455";
  const char *ips[]
      = { traceable, "2001:db8::7", OLD, "2001:db8:2::211:22ff:fe33:4455", NULL };

  tell_some (f, ips, 0);
  g_assert_cmpstr (use_of (f, 0), ==, "used");
  tell_some (f, ips, 1 << 2);
  g_assert_cmpstr (use_of (f, 0), ==, "traceable");
  g_assert_cmpstr (use_of (f, 1), ==, "used");
  g_assert_cmpstr (use_of (f, 2), ==, "used");
  g_assert_cmpstr (use_of (f, 3), ==, "used");
  assert_undisturbed (f);
}

/* A session that began by it goes on until the other address has proved itself. */
static void
test_traceable_before (Fixture *f, gconstpointer data)
{
  const char *traceable = "2001:db8::211:22ff:fe33:4455";
  const char *before[] = { traceable, NULL }, *after[] = { traceable, NEW, NULL };

  tell_some (f, before, 0);
  wire_run (f->wire, FRAM_SECONDS (10));
  g_assert_true (uses (f, traceable));
  f->a->log->len = f->b->log->len = 0;
  tell_some (f, after, 1 << 1);
  g_assert_true (uses (f, traceable));
  wire_run (f->wire, FRAM_SECONDS (4));
  g_assert_true (uses (f, NEW));
  assert_undisturbed (f);
}

static void
test_obsolete (Fixture *f, gconstpointer data)
{
  const char *ips[] = { "fec0::1", "::192.0.2.1", "fe80::1", OLD, NULL };

  tell_some (f, ips, 0);
  g_assert_cmpstr (use_of (f, 0), ==, "obsolete");
  g_assert_cmpstr (use_of (f, 1), ==, "obsolete");
  g_assert_cmpstr (use_of (f, 2), ==, "link-local");
  g_assert_cmpstr (use_of (f, 3), ==, "used");
}

#define CASE(name, function)                                                             \
  g_test_add ("/broker/addresses/" name, Fixture, GINT_TO_POINTER (TRUE), setup,         \
              function, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("left-before", test_left_before);
  CASE ("unique", test_unique);
  CASE ("deprecated-at-once", test_deprecated_at_once);
  CASE ("deprecated-alone", test_deprecated_alone);
  CASE ("deprecated-unused", test_deprecated_unused);
  CASE ("traceable", test_traceable);
  CASE ("traceable-before", test_traceable_before);
  CASE ("obsolete", test_obsolete);
  return g_test_run ();
}
