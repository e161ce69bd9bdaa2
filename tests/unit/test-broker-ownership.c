/* Whose a 5-tuple is: two sessions of one host with peers on another one, whose NAT gets another
 * address. */
#include <string.h>

#include "stun/builder.h"
#include "wire.h"

/* Where the peers are then. */
#define MOVED "198.51.100.7 7000"
#define MOVED_ADDRESS "198.51.100.7:7000"
/* The ufrag of the other session's peer. */
#define OTHER "other"

typedef struct
{
  Wire *wire;
  WireHost *here, *there;
  FramSessionId sends; /* by the base that both have */
  FramSessionId peers; /* its peer's */
  FramSessionId other; /* only checks there */
} Fixture;

static void
describe (Fixture *f, FramSessionId session)
{
  static const FramDescription peer = { .ufrag = OTHER, .pwd = "0123456789012345678901" };
  g_autoptr (GError) error = NULL;

  fram_broker_set_remote_description (f->here->broker, session, &peer, f->wire->now,
                                      &error);
  g_assert_no_error (error);
}

static void
setup (Fixture *f, gconstpointer data)
{
  const FramSessionOptions options = { .owner = "a", .trickle = TRUE };

  f->wire = wire_new (FRAM_MILLISECONDS (1));
  f->here = wire_add_host (f->wire, "192.0.2.1");
  f->there = wire_add_host (f->wire, "192.0.2.2");
  wire_call (f->here, f->there, TRUE, &f->sends, &f->peers);
  f->other = fram_broker_create_session (f->here->broker, &options, f->wire->now, NULL);
  describe (f, f->other);
  wire_run (f->wire, FRAM_SECONDS (1));
  g_assert_cmpint (wire_state (f->here, f->sends), ==, FRAM_STATE_COMPLETED);
}

static void
teardown (Fixture *f, gconstpointer data)
{
  wire_free (f->wire);
}

static void
tell_moved (Fixture *f, FramSessionId session)
{
  g_autoptr (GError) error = NULL;

  fram_broker_add_remote_candidate (f->here->broker, session, NULL, 0,
                                    "candidate:1 1 UDP 1694498815 " MOVED
                                    " typ srflx raddr 0.0.0.0 rport 9",
                                    f->wire->now, &error);
  g_assert_no_error (error);
  wire_settle (f->wire);
}

/* Return: whether the session has a pair there that is not refused. */
static gboolean
owns (Fixture *f, FramSessionId session)
{
  g_autoptr (GArray) rows = fram_broker_list_pairs (f->here->broker, session);
  FramAddress moved;

  g_assert_true (fram_address_parse (&moved, MOVED_ADDRESS));
  for (guint i = 0; i < rows->len; i++)
    {
      const FramPairRow *row = &g_array_index (rows, FramPairRow, i);

      if (fram_address_equal (&row->remote, &moved))
        return row->cause != FRAM_CAUSE_TUPLE_TAKEN;
    }
  return FALSE;
}

/* A check of the session's peer, from where it is now; `pwd` NULL: the right one. */
static void
check (Fixture *f, FramSessionId session, const char *peer, const char *pwd)
{
  FramStunId id = { { 9 } };
  FramStunBuilder builder;
  guint8 buffer[400];
  FramLocalDescription local;
  FramAddress moved;
  FramPairRow row;
  FramHmacKey key;
  g_autofree char *username = NULL;

  g_assert_true (wire_selected (f->here, f->sends, &row));
  fram_broker_get_local_description (f->here->broker, session, &local);
  username = g_strconcat (local.description.ufrag, ":", peer, NULL);
  if (pwd == NULL)
    pwd = local.description.pwd;
  fram_hmac_key_init (&key, (const guint8 *) pwd, strlen (pwd));
  fram_stun_builder_init (&builder, buffer, sizeof buffer, FRAM_STUN_REQUEST,
                          FRAM_STUN_BINDING, &id);
  fram_stun_builder_add_text (&builder, FRAM_STUN_ATTR_USERNAME, username);
  fram_stun_builder_add_u32 (&builder, FRAM_STUN_ATTR_PRIORITY, 99);
  fram_stun_builder_add_u64 (&builder, FRAM_STUN_ATTR_ICE_CONTROLLED, 1);
  fram_stun_builder_add_integrity (&builder, &key);
  fram_stun_builder_add_fingerprint (&builder);
  g_assert_true (fram_address_parse (&moved, MOVED_ADDRESS));
  wire_send (f->wire, &moved, &row.local, buffer, fram_stun_builder_end (&builder));
  wire_run (f->wire, FRAM_MILLISECONDS (10));
}

static void
check_by_peer (Fixture *f, const char *pwd)
{
  FramLocalDescription local;

  fram_broker_get_local_description (f->there->broker, f->peers, &local);
  check (f, f->sends, local.description.ufrag, pwd);
}

/* What comes by its base from where its peer may be now are its data. */
static void
test_named (Fixture *f, gconstpointer data)
{
  tell_moved (f, f->other);
  g_assert_true (owns (f, f->other));
  tell_moved (f, f->sends);
  g_assert_true (owns (f, f->sends));
  g_assert_false (owns (f, f->other));
}

static void
test_heard (Fixture *f, gconstpointer data)
{
  tell_moved (f, f->other);
  check_by_peer (f, NULL);
  g_assert_true (owns (f, f->sends));
  g_assert_false (owns (f, f->other));
}

/* Anybody may say to be the peer. */
static void
test_stranger (Fixture *f, gconstpointer data)
{
  tell_moved (f, f->other);
  check_by_peer (f, "not-the-password-of-anybody");
  g_assert_false (owns (f, f->sends));
  g_assert_true (owns (f, f->other));
}

/* Its peer was answered, and may send its data. */
static void
test_in_use (Fixture *f, gconstpointer data)
{
  tell_moved (f, f->other);
  check (f, f->other, OTHER, NULL);
  tell_moved (f, f->sends);
  check_by_peer (f, NULL);
  g_assert_false (owns (f, f->sends));
  g_assert_true (owns (f, f->other));
}

/* Who was first has it where both send by the base, or neither does. */
static void
test_equals (Fixture *f, gconstpointer data)
{
  const FramSessionOptions options = { .owner = "a", .trickle = TRUE };
  FramSessionId offer, answer, third;

  wire_call (f->here, f->there, TRUE, &offer, &answer);
  third = fram_broker_create_session (f->here->broker, &options, f->wire->now, NULL);
  describe (f, third);
  wire_run (f->wire, FRAM_SECONDS (1));
  g_assert_cmpint (wire_state (f->here, offer), ==, FRAM_STATE_COMPLETED);
  tell_moved (f, f->other);
  tell_moved (f, third);
  g_assert_true (owns (f, f->other));
  g_assert_false (owns (f, third));
  tell_moved (f, offer);
  tell_moved (f, f->sends);
  g_assert_true (owns (f, offer));
  g_assert_false (owns (f, f->sends));
}

/* An offer whose only candidate is not where `a` is seen, as behind a NAT that gives each 5-tuple a
 * port; and its answer. */
static void
call_from_elsewhere (WireHost *a, WireHost *b, guint port)
{
  g_autofree char *line
      = g_strdup_printf ("candidate:1 1 udp 2130706431 198.51.100.9 %u typ host", port);
  const char *lines[]
      = { line, "candidate:2 1 tcp 1518280447 198.51.100.9 9 typ host tcptype active",
          NULL };
  FramSessionOptions options = { .owner = ":1.1", .trickle = TRUE, .tcp = TRUE };
  g_autoptr (GPtrArray) real_lines = NULL;
  g_autoptr (GError) error = NULL;
  FramDescription description;
  FramSessionId offer, answer;

  offer = fram_broker_create_session (a->broker, &options, a->wire->now, NULL);
  wire_settle (a->wire);
  wire_describe (a, offer, &description, &real_lines);
  options.remote = &description;
  options.remote_candidates = lines;
  answer = fram_broker_create_session (b->broker, &options, b->wire->now, &error);
  g_assert_no_error (error);
  fram_broker_end_remote_candidates (b->broker, answer, NULL, b->wire->now, NULL);
  wire_settle (b->wire);
  wire_signal (b, answer, a, offer);
  wire_run (a->wire, FRAM_SECONDS (20));
  g_assert_cmpint (wire_state (a, offer), ==, FRAM_STATE_COMPLETED);
  g_assert_cmpint (wire_state (b, answer), ==, FRAM_STATE_COMPLETED);
}

/* The peer's base that has one session's data at this host's base cannot have another's, though here
 * nothing is left of the address by which it is known. */
static void
test_same_peer (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (5));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramBrokerTotals totals;

  for (guint n = 1; n <= 3; n++)
    {
      call_from_elsewhere (a, b, 5000);
      fram_broker_get_totals (b->broker, &totals);
      g_assert_cmpuint (totals.n_lanes, ==, n);
    }
  fram_broker_get_totals (a->broker, &totals);
  g_assert_cmpuint (totals.n_lanes, ==, 1);
  /* What else is told is no other base: the port of connections that are made is the same for all. */
  call_from_elsewhere (a, b, 5001);
  fram_broker_get_totals (b->broker, &totals);
  g_assert_cmpuint (totals.n_lanes, ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function)                                                             \
  g_test_add ("/broker/ownership/" name, Fixture, NULL, setup, function, teardown)
  CASE ("named", test_named);
  CASE ("heard", test_heard);
  CASE ("stranger", test_stranger);
  CASE ("in-use", test_in_use);
  CASE ("equals", test_equals);
  g_test_add_func ("/broker/ownership/same-peer", test_same_peer);
  return g_test_run ();
}
