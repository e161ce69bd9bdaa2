/* What the broker refuses, and that a refusal changes nothing. */
#include <string.h>

#include "stun/builder.h"
#include "wire.h"

#define LINE "candidate:1 1 UDP 2130706431 192.0.2.9 2000 typ host"

typedef struct
{
  Wire *wire;
  WireHost *host;
} Fixture;

static void
setup (Fixture *f, gconstpointer data)
{
  f->wire = wire_new (FRAM_MILLISECONDS (1));
  f->host = wire_add_host (f->wire, "192.0.2.1");
}

static void
teardown (Fixture *f, gconstpointer data)
{
  wire_free (f->wire);
}

static void
refused (Fixture *f, const FramSessionOptions *options, FramBrokerError code)
{
  g_autoptr (GError) error = NULL;
  FramBrokerTotals totals;
  FramEvent event;

  g_assert_cmpuint (
      fram_broker_create_session (f->host->broker, options, f->wire->now, &error), ==, 0);
  g_assert_error (error, FRAM_BROKER_ERROR, (gint) code);
  g_assert_false (fram_broker_pop (f->host->broker, &event));
  fram_broker_get_totals (f->host->broker, &totals);
  g_assert_cmpuint (totals.n_sessions + totals.n_bases, ==, 0);
}

static void
test_options (Fixture *f, gconstpointer data)
{
  FramDescription remote = { .ufrag = "abcd", .pwd = "0123456789012345678901" };
  const char *lines[] = { LINE, "candidate:nonsense", NULL };
  g_autofree char *label = g_strnfill (129, 'x');
  FramSessionOptions options = { .n_streams = 9 };

  refused (f, &options, FRAM_BROKER_ERROR_LIMIT);
  options = (FramSessionOptions){ .n_streams = 1, .n_components = { 5 } };
  refused (f, &options, FRAM_BROKER_ERROR_INVALID_ARGUMENT);
  options = (FramSessionOptions){ .label = label };
  refused (f, &options, FRAM_BROKER_ERROR_LIMIT);
  options = (FramSessionOptions){ .pacing = 4 };
  refused (f, &options, FRAM_BROKER_ERROR_INVALID_ARGUMENT);
  options = (FramSessionOptions){ .pacing = 1001 };
  refused (f, &options, FRAM_BROKER_ERROR_INVALID_ARGUMENT);
  options = (FramSessionOptions){ .n_servers = 1, .servers = { { .uri = "nowhere" } } };
  refused (f, &options, FRAM_BROKER_ERROR_INVALID_ARGUMENT);
  options = (FramSessionOptions){ .remote = &remote, .remote_candidates = lines };
  refused (f, &options, FRAM_BROKER_ERROR_INVALID_CANDIDATE);
  remote.ufrag[3] = '\0';
  options = (FramSessionOptions){ .remote = &remote };
  refused (f, &options, FRAM_BROKER_ERROR_INVALID_DESCRIPTION);
}

static void
test_quota (Fixture *f, gconstpointer data)
{
  FramSessionOptions options = { .owner = "greedy", .trickle = TRUE };
  g_autoptr (GError) error = NULL;
  FramSessionId last = 0;

  for (guint i = 0; i < 2000; i++)
    {
      last = fram_broker_create_session (f->host->broker, &options, f->wire->now, &error);
      g_assert_no_error (error);
      wire_settle (f->wire);
    }
  g_assert_cmpuint (
      fram_broker_create_session (f->host->broker, &options, f->wire->now, &error), ==,
      0);
  g_assert_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_LIMIT);

  /* Others are not concerned, and what is closed is free again. */
  options.owner = "modest";
  g_assert_cmpuint (
      fram_broker_create_session (f->host->broker, &options, f->wire->now, NULL), >, 0);
  fram_broker_close_session (f->host->broker, last, FRAM_CAUSE_OWNER_GONE, f->wire->now);
  options.owner = "greedy";
  g_assert_cmpuint (
      fram_broker_create_session (f->host->broker, &options, f->wire->now, NULL), >, 0);
}

static void
test_remote (Fixture *f, gconstpointer data)
{
  FramSessionOptions options = { .owner = "a" };
  FramDescription remote = { .ufrag = "abcd", .pwd = "0123456789012345678901" };
  FramBroker *broker = f->host->broker;
  FramTime now = f->wire->now;
  FramSessionId id = fram_broker_create_session (broker, &options, now, NULL);
  GError *error = NULL;

  wire_settle (f->wire);
  g_assert_false (fram_broker_restart (broker, id, now, &error));
  g_assert_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_WRONG_STATE);
  g_clear_error (&error);

  remote.pwd[21] = '\0';
  g_assert_false (fram_broker_set_remote_description (broker, id, &remote, now, &error));
  g_assert_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_INVALID_DESCRIPTION);
  g_clear_error (&error);
  remote.pwd[21] = 'x';
  g_assert_true (fram_broker_set_remote_description (broker, id, &remote, now, &error));
  g_assert_false (fram_broker_set_remote_description (broker, id, &remote, now, &error));
  g_assert_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_WRONG_STATE);
  g_clear_error (&error);

  g_assert_false (
      fram_broker_add_remote_candidate (broker, id, NULL, 1, LINE, now, &error));
  g_assert_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  /* Of another generation: late, not wrong, and without effect. */
  g_assert_true (
      fram_broker_add_remote_candidate (broker, id, "old1", 0, LINE, now, &error));
  {
    g_autoptr (GArray) rows = fram_broker_list_pairs (broker, id);
    g_assert_cmpuint (rows->len, ==, 0);
  }
  for (guint i = 0; i < FRAM_MAX_REMOTE_CANDIDATES; i++)
    {
      g_autofree char *line = g_strdup_printf (
          "candidate:1 1 UDP 2130706431 192.0.2.9 %u typ host", 2000 + i);

      g_assert_true (
          fram_broker_add_remote_candidate (broker, id, "abcd", 0, line, now, &error));
    }
  g_assert_false (fram_broker_add_remote_candidate (
      broker, id, NULL, 0, "candidate:1 1 UDP 2130706431 192.0.2.9 1999 typ host", now,
      &error));
  g_assert_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_LIMIT);
  g_clear_error (&error);

  fram_broker_close_session (broker, id, FRAM_CAUSE_CLOSED_BY_APPLICATION, now);
  g_assert_false (fram_broker_end_remote_candidates (broker, id, NULL, now, &error));
  g_assert_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_NO_SESSION);
  g_clear_error (&error);
}

/* Policy `nohost`: no host candidate and no related address is told. */
static void
test_policies (Fixture *f, gconstpointer data)
{
  FramSessionOptions options = { .owner = "a", .policy = FRAM_POLICY_NO_HOST };
  FramBroker *broker = f->host->broker;
  FramSessionId id = fram_broker_create_session (broker, &options, f->wire->now, NULL);
  g_autoptr (GPtrArray) lines = NULL;

  wire_settle (f->wire);
  lines = fram_broker_list_local_lines (broker, id, 0);
  g_assert_cmpuint (lines->len, ==, 0);
  g_assert_cmpuint (wire_count (f->host, id, FRAM_EVENT_LOCAL_CANDIDATE), ==, 0);
  g_assert_cmpuint (wire_count (f->host, id, FRAM_EVENT_GATHERING_DONE), ==, 1);

  /* `relay` opens no socket of this host. */
  options.policy = FRAM_POLICY_RELAY;
  fram_broker_close_session (broker, id, FRAM_CAUSE_CLOSED_BY_APPLICATION, f->wire->now);
  wire_run (f->wire, FRAM_SECONDS (61));
  id = fram_broker_create_session (broker, &options, f->wire->now, NULL);
  wire_settle (f->wire);
  g_assert_cmpuint (g_hash_table_size (f->host->sockets), ==, 0);
  g_assert_cmpint (wire_state (f->host, id), ==, FRAM_STATE_FAILED);
}

/* Datagrams that are not for us, or not what they say, move nothing. */
/* RFC 8445 §5.3: "at least 128 bits of random number generator output used to generate the
 * password, and at least 24 bits of output to generate the username fragment"; six for each
 * character (RFC 8839 §5.4). */
static void
test_credentials (Fixture *f, gconstpointer data)
{
  g_autoptr (GHashTable) seen
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  FramSessionOptions options = { .owner = "a" };

  for (guint i = 0; i < 20; i++)
    {
      FramSessionId id
          = fram_broker_create_session (f->host->broker, &options, f->wire->now, NULL);
      FramLocalDescription local;

      g_assert_true (fram_broker_get_local_description (f->host->broker, id, &local));
      g_assert_cmpuint (6 * strlen (local.description.ufrag), >=, 24);
      g_assert_cmpuint (6 * strlen (local.description.pwd), >=, 128);
      g_assert_true (g_hash_table_add (seen, g_strdup (local.description.ufrag)));
      g_assert_true (g_hash_table_add (seen, g_strdup (local.description.pwd)));
    }
}

static void
receive_binding (Fixture *f, FramStunClass klass, const char *ufrag)
{
  g_autofree char *username = g_strconcat (ufrag, ":peer", NULL);
  FramStunId id = { { 1 } };
  guint8 bytes[FRAM_STUN_MAX_SENT];
  FramStunBuilder builder;
  FramAddress remote;

  fram_address_parse (&remote, "192.0.2.9:2000");
  fram_stun_builder_init (&builder, bytes, sizeof bytes, klass, FRAM_STUN_BINDING, &id);
  fram_stun_builder_add_text (&builder, FRAM_STUN_ATTR_USERNAME, username);
  fram_stun_builder_add_fingerprint (&builder);
  fram_broker_receive (f->host->broker, 1, &remote, bytes,
                       fram_stun_builder_end (&builder), f->wire->now);
}

/* RFC 8445 §11: a peer without consent sends indications.  They ask for nothing, where a request
 * gets an answer. */
static void
test_keepalive (Fixture *f, gconstpointer data)
{
  FramSessionOptions options = { .owner = "a" };
  FramBroker *broker = f->host->broker;
  FramSessionId id = fram_broker_create_session (broker, &options, f->wire->now, NULL);
  FramLocalDescription local;
  FramEvent event;

  wire_settle (f->wire);
  g_assert_true (fram_broker_get_local_description (broker, id, &local));
  receive_binding (f, FRAM_STUN_INDICATION, local.description.ufrag);
  g_assert_false (fram_broker_pop (broker, &event));
  receive_binding (f, FRAM_STUN_REQUEST, local.description.ufrag);
  g_assert_true (fram_broker_pop (broker, &event));
  g_assert_cmpint (event.type, ==, FRAM_EVENT_TRANSMIT);
  g_free (event.data);
}

static void
test_strange_packets (Fixture *f, gconstpointer data)
{
  FramSessionOptions options = { .owner = "a" };
  FramBroker *broker = f->host->broker;
  FramSessionId id = fram_broker_create_session (broker, &options, f->wire->now, NULL);
  FramAddress remote;
  guint8 bytes[64];
  FramEvent event;

  wire_settle (f->wire);
  fram_address_parse (&remote, "192.0.2.9:2000");
  for (guint i = 0; i < 10000; i++)
    {
      gsize length = (gsize) fram_random_range (&f->wire->random.random, 0, sizeof bytes);

      f->wire->random.random.fill (&f->wire->random.random, bytes, length);
      if (length >= 8 && i % 2 == 0)
        {
          bytes[0] &= 1;
          bytes[4] = 0x21, bytes[5] = 0x12, bytes[6] = 0xa4, bytes[7] = 0x42;
        }
      fram_broker_receive (broker, 1, &remote, bytes, length, f->wire->now);
      fram_broker_receive (broker, 99, &remote, bytes, length, f->wire->now);
    }
  g_assert_false (fram_broker_pop (broker, &event));
  g_assert_cmpint (wire_state (f->host, id), ==, FRAM_STATE_NEW);
}

/* An address that cannot be bound costs its own candidate and nothing else. */
static void
test_address_gone (Fixture *f, gconstpointer data)
{
  WireHost *b = wire_add_host (f->wire, "192.0.2.2,192.0.2.3");
  FramInterfaceAddress left = { .name = "if0" };
  FramSessionId offer, answer;
  FramPairRow row;

  wire_call (f->host, b, FALSE, &offer, &answer);
  wire_run (f->wire, FRAM_SECONDS (1));
  g_assert_true (wire_selected (b, answer, &row));

  left.address = row.local;
  left.address.port = 0;
  left.address.ip[3] ^= 1;
  fram_broker_told_interfaces (b->broker, &left, 1, f->wire->now);
  wire_settle (f->wire);
  g_assert_cmpuint (g_hash_table_size (b->sockets), ==, 1);
  g_assert_cmpuint (b->n_routes, ==, 0);
  g_assert_cmpint (wire_state (b, answer), !=, FRAM_STATE_COMPLETED);
}

#define CASE(name, function)                                                             \
  g_test_add ("/broker/" name, Fixture, NULL, setup, function, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("options", test_options);
  CASE ("quota", test_quota);
  CASE ("remote", test_remote);
  CASE ("policies", test_policies);
  CASE ("credentials", test_credentials);
  CASE ("strange-packets", test_strange_packets);
  CASE ("keepalive", test_keepalive);
  CASE ("address-gone", test_address_gone);
  return g_test_run ();
}
