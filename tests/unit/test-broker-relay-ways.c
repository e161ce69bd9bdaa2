/* How allocations are made: otherwise than at first, by other ways, or not at all and why. */
#include <string.h>

#include "broker/explain.h"
#include "relay-fixture.h"

static guint
count_relayed (RelayFixture *fixture, FramSessionId session)
{
  return relay_world_count_lines (fixture->host, session, "typ relay");
}

/* The one row there is. */
static FramAllocationRow
get_row (RelayFixture *fixture)
{
  g_autoptr (GArray) rows
      = fram_broker_list_allocations (fixture->host->broker, fixture->world->wire->now);

  g_assert_cmpuint (rows->len, ==, 1);
  return g_array_index (rows, FramAllocationRow, 0);
}

/* --- Made otherwise ---------------------------------------------------------------- */

/* RFC 8656 §7.4: another local port, which is the next lane's. */
static void
test_mismatch (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  FramSessionId session;
  FramAllocationRow row;

  relay_fixture_init (&fixture, 1);
  fixture.server->manners.refusal = (TurnServerRefusal){
    .method = FRAM_STUN_ALLOCATE, .code = FRAM_STUN_ERROR_ALLOCATION_MISMATCH, .times = 2
  };
  relay_fixture_tell (&fixture, "", "anna", "secret");
  session = relay_fixture_open (&fixture);
  relay_fixture_run (&fixture, FRAM_SECONDS (1));
  g_assert_cmpuint (count_relayed (&fixture, session), ==, 1);
  row = get_row (&fixture);
  g_assert_cmpuint (row.lane, ==, 0);
  g_assert_cmpuint (row.local.port, ==, 10001);
}

static void
test_mismatch_for_ever (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  FramAllocationRow row;

  relay_fixture_init (&fixture, 1);
  fixture.server->manners.refusal
      = (TurnServerRefusal){ .method = FRAM_STUN_ALLOCATE,
                             .code = FRAM_STUN_ERROR_ALLOCATION_MISMATCH };
  relay_fixture_tell (&fixture, "?transport=udp", "anna", "secret");
  relay_fixture_open (&fixture);
  relay_fixture_run (&fixture, FRAM_SECONDS (1));
  row = get_row (&fixture);
  g_assert_cmpint (row.state, ==, FRAM_ALLOCATION_ROW_RESTING);
  g_assert_cmpstr (row.cause, ==, "mismatch");
  /* RFC 8656 §7.4: not before two minutes. */
  g_assert_cmpint (row.retry, >, FRAM_SECONDS (118));
  g_assert_cmpuint (g_hash_table_size (fixture.host->sockets), <=, 5);
}

static void
alternate (TurnRelay *from, const TurnRelay *to)
{
  from->manners.refusal = (TurnServerRefusal){ .method = FRAM_STUN_ALLOCATE,
                                               .code = FRAM_STUN_ERROR_TRY_ALTERNATE,
                                               .alternate = to->address };
}

/* RFC 8489 §10 */
static void
test_alternate (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  FramServerOption first
      = { .uri = "turn:203.0.113.1", .username = "anna", .password = "secret" };
  FramSessionId session;
  FramAllocationRow row;

  relay_fixture_init (&fixture, 2);
  alternate (fixture.server, fixture.world->servers[1]);
  fram_broker_set_servers (fixture.host->broker, &first, 1, fixture.world->wire->now);
  session = relay_fixture_open (&fixture);
  relay_fixture_run (&fixture, FRAM_SECONDS (1));
  g_assert_cmpuint (
      relay_world_count_lines (fixture.host, session, "203.0.113.102 50000 typ relay"),
      ==, 1);
  row = get_row (&fixture);
  g_assert_true (fram_address_equal (&row.server, &fixture.world->servers[1]->address));
}

static void
test_alternate_circle (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  FramServerOption first = { .uri = "turn:203.0.113.1?transport=udp",
                             .username = "anna",
                             .password = "secret" };

  relay_fixture_init (&fixture, 2);
  alternate (fixture.server, fixture.world->servers[1]);
  alternate (fixture.world->servers[1], fixture.server);
  fram_broker_set_servers (fixture.host->broker, &first, 1, fixture.world->wire->now);
  relay_fixture_open (&fixture);
  relay_fixture_run (&fixture, FRAM_SECONDS (30));
  g_assert_cmpstr (get_row (&fixture).cause, ==, "loop");
  g_assert_cmpuint (turn_relay_count_requests (fixture.server, FRAM_STUN_ALLOCATE), <=,
                    3);
}

/* --- Not made ---------------------------------------------------------------------- */

static void
check_explained (RelayFixture *fixture, FramSessionId session, const char *expected,
                 const char *part)
{
  const char *word;
  g_autofree char *sentence = fram_broker_explain (fixture->host->broker, session,
                                                   fixture->world->wire->now, &word);

  g_assert_cmpstr (word, ==, expected);
  g_assert_nonnull (strstr (sentence, part));
  g_assert_null (strstr (sentence, "wrong-secret"));
}

/* What is refused because its time is over has a word of its own. */
static void
test_expired_user (void)
{
  g_auto (RelayFixture) fixture = { 0 };

  relay_fixture_init (&fixture, 1);
  fram_broker_told_time_of_day (fixture.host->broker, 1700000100,
                                fixture.world->wire->now);
  relay_fixture_tell (&fixture, "", "1700000000:anna", "wrong-secret");
  for (guint i = 0; i < 2; i++)
    {
      FramSessionId session = relay_world_open (fixture.host, FRAM_POLICY_RELAY, FALSE);

      relay_fixture_run (&fixture, FRAM_SECONDS (2));
      check_explained (&fixture, session, "relay-expired-credentials",
                       "203.0.113.1 refuses the user name, whose time is over");
    }
}

/* It is asked once, until somebody changes the password. */
static void
test_wrong_password (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  FramSessionId session;
  guint n_asked;

  relay_fixture_init (&fixture, 1);
  relay_fixture_tell (&fixture, "", "anna", "wrong-secret");
  session = relay_world_open (fixture.host, FRAM_POLICY_RELAY, FALSE);
  relay_fixture_run (&fixture, FRAM_SECONDS (2));
  g_assert_cmpint (wire_state (fixture.host, session), ==, FRAM_STATE_FAILED);
  check_explained (&fixture, session, "relay-wrong-credentials",
                   "203.0.113.1 refuses the user name or the password");
  n_asked = turn_relay_count_requests (fixture.server, FRAM_STUN_ALLOCATE);
  g_assert_cmpuint (n_asked, ==, 3);
  session = relay_world_open (fixture.host, FRAM_POLICY_RELAY, FALSE);
  relay_fixture_run (&fixture, FRAM_SECONDS (60));
  g_assert_cmpint (wire_state (fixture.host, session), ==, FRAM_STATE_FAILED);
  g_assert_cmpuint (turn_relay_count_requests (fixture.server, FRAM_STUN_ALLOCATE), ==,
                    n_asked);
  /* Nor is it asked by TCP: it would say the same. */
  g_assert_cmpuint (fixture.host->n_streams, ==, 0);

  session = relay_fixture_open (&fixture);
  g_assert_cmpuint (count_relayed (&fixture, session), ==, 0);
  relay_fixture_tell (&fixture, "", "anna", "secret");
  relay_fixture_run (&fixture, FRAM_SECONDS (1));
  g_assert_cmpuint (count_relayed (&fixture, session), ==, 1);
}

static void
test_no_credentials (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  FramSessionId session;

  relay_fixture_init (&fixture, 1);
  relay_fixture_tell (&fixture, "", NULL, NULL);
  session = relay_world_open (fixture.host, FRAM_POLICY_RELAY, FALSE);
  relay_fixture_run (&fixture, FRAM_SECONDS (2));
  g_assert_cmpint (wire_state (fixture.host, session), ==, FRAM_STATE_FAILED);
  check_explained (&fixture, session, "relay-no-credentials",
                   "asks for a user name and a password");
}

static void
test_no_server (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  g_autofree char *sentence = NULL;
  FramSessionId session;
  const char *word;

  relay_fixture_init (&fixture, 0);
  session = relay_world_open (fixture.host, FRAM_POLICY_RELAY, FALSE);
  relay_fixture_run (&fixture, FRAM_SECONDS (1));
  sentence = fram_broker_explain (fixture.host->broker, session, fixture.world->wire->now,
                                  &word);
  g_assert_cmpstr (word, ==, "no-relay");
}

/* What may pass is tried again, after the time that RFC 8656 §7.4 wants. */
static void
test_quota (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  FramSessionId session;

  relay_fixture_init (&fixture, 1);
  fixture.server->manners.refusal
      = (TurnServerRefusal){ .method = FRAM_STUN_ALLOCATE,
                             .code = FRAM_STUN_ERROR_ALLOCATION_QUOTA_REACHED,
                             .times = 2 };
  relay_fixture_tell (&fixture, "?transport=udp", "anna", "secret");
  session = relay_fixture_open (&fixture);
  relay_fixture_run (&fixture, FRAM_SECONDS (59));
  g_assert_cmpstr (get_row (&fixture).cause, ==, "quota");
  g_assert_cmpuint (count_relayed (&fixture, session), ==, 0);
  relay_fixture_run (&fixture, FRAM_SECONDS (2));
  g_assert_cmpuint (count_relayed (&fixture, session), ==, 1);
}

/* Nothing came of the question yet: that is what is wrong with it. */
static void
test_silent_alone (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  FramSessionId session;

  relay_fixture_init (&fixture, 1);
  fixture.server->manners.manner |= TURN_SERVER_SILENT;
  relay_fixture_tell (&fixture, "?transport=udp", "anna", "secret");
  session = relay_world_open (fixture.host, FRAM_POLICY_RELAY, FALSE);
  relay_fixture_run (&fixture, FRAM_SECONDS (11));
  g_assert_cmpint (wire_state (fixture.host, session), ==, FRAM_STATE_FAILED);
  check_explained (&fixture, session, "relay-silent", "203.0.113.1 does not answer");
}

/* Of two, the one that said something is named. */
static void
test_silent_and_wrong (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  FramSessionId session;

  relay_fixture_init (&fixture, 2);
  fixture.server->manners.manner |= TURN_SERVER_SILENT;
  relay_fixture_tell (&fixture, "?transport=udp", "anna", "wrong-secret");
  session = relay_world_open (fixture.host, FRAM_POLICY_RELAY, FALSE);
  relay_fixture_run (&fixture, FRAM_SECONDS (11));
  g_assert_cmpint (wire_state (fixture.host, session), ==, FRAM_STATE_FAILED);
  check_explained (&fixture, session, "relay-wrong-credentials",
                   "203.0.113.2 refuses the user name or the password");
}

/* No way to it is known, or none that this host has. */
static void
test_nowhere (void)
{
  static const FramServerOption unknown
      = { .uri = "turn:nowhere.example:3478", .username = "anna", .password = "secret" };
  static const FramServerOption ipv6
      = { .uri = "turn:[2001:db8::99]", .username = "anna", .password = "secret" };
  g_auto (RelayFixture) fixture = { 0 };
  const FramEvent *question;
  FramSessionId session;

  relay_fixture_init (&fixture, 0);
  fram_broker_set_servers (fixture.host->broker, &unknown, 1, fixture.world->wire->now);
  session = relay_world_open (fixture.host, FRAM_POLICY_RELAY, FALSE);
  relay_fixture_run (&fixture, 0);
  question = relay_world_find_event (fixture.host, FRAM_EVENT_RESOLVE);
  fram_broker_told_resolved (fixture.host->broker, question->query, NULL, 0,
                             fixture.world->wire->now);
  relay_fixture_run (&fixture, FRAM_SECONDS (11));
  check_explained (&fixture, session, "relay-name-unknown",
                   "nowhere.example is not found by its name");
  fram_broker_set_servers (fixture.host->broker, &ipv6, 1, fixture.world->wire->now);
  session = relay_world_open (fixture.host, FRAM_POLICY_RELAY, FALSE);
  relay_fixture_run (&fixture, FRAM_SECONDS (11));
  check_explained (&fixture, session, "relay-no-network",
                   "no address that this computer");
}

/* One that does not answer is not waited for when another one has. */
static void
test_silent_beside (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  FramSessionId session;

  relay_fixture_init (&fixture, 2);
  fixture.world->servers[1]->manners.manner |= TURN_SERVER_SILENT;
  relay_fixture_tell (&fixture, "?transport=udp", "anna", "secret");
  session = relay_fixture_open (&fixture);
  relay_fixture_run (&fixture, FRAM_MILLISECONDS (260));
  g_assert_cmpuint (count_relayed (&fixture, session), ==, 1);
  g_assert_cmpuint (wire_count (fixture.host, session, FRAM_EVENT_GATHERING_DONE), ==, 1);
}

/* --- Ways -------------------------------------------------------------------------- */

/* Where UDP works, nobody connects. */
static void
test_udp_alone (void)
{
  g_auto (RelayFixture) fixture = { 0 };

  relay_fixture_init (&fixture, 1);
  relay_fixture_tell (&fixture, "", "anna", "secret");
  relay_fixture_open (&fixture);
  relay_fixture_run (&fixture, FRAM_SECONDS (30));
  g_assert_cmpuint (fixture.host->n_streams, ==, 0);
  g_assert_cmpint (get_row (&fixture).transport, ==, FRAM_KNOWN_UDP);
}

/* Where it does not, TCP is tried after a moment; the next session does not wait so long. */
static void
test_udp_silent (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  FramSessionId session;

  relay_fixture_init (&fixture, 1);
  fixture.world->udp_to_turn_is_lost = TRUE;
  relay_fixture_tell (&fixture, "", "anna", "secret");
  session = relay_fixture_open (&fixture);
  relay_fixture_run (&fixture, FRAM_MILLISECONDS (195));
  g_assert_cmpuint (fixture.host->n_streams, ==, 0);
  relay_fixture_run (&fixture, FRAM_MILLISECONDS (65));
  g_assert_cmpuint (fixture.host->n_streams, ==, 1);
  g_assert_cmpuint (count_relayed (&fixture, session), ==, 1);
  g_assert_cmpuint (g_hash_table_size (fixture.host->streams), ==, 1);
  /* Who was connected to, and has answered, would have answered by UDP as well. */
  relay_fixture_run (&fixture, FRAM_MILLISECONDS (30));
  g_assert_cmpuint (wire_count (fixture.host, session, FRAM_EVENT_GATHERING_DONE), ==, 1);

  /* It is deaf, and known to be. */
  relay_fixture_run (&fixture, FRAM_SECONDS (60));
  relay_fixture_close (&fixture, session);
  relay_fixture_run (&fixture, FRAM_SECONDS (120));
  g_assert_cmpuint (turn_relay_count (fixture.server), ==, 0);
  g_assert_cmpuint (g_hash_table_size (fixture.host->streams), ==, 0);
  session = relay_fixture_open (&fixture);
  relay_fixture_run (&fixture, FRAM_MILLISECONDS (60));
  g_assert_cmpuint (count_relayed (&fixture, session), ==, 1);
}

/* Nor is it waited for what a server, which does not answer that, sees of a TCP candidate. */
static void
test_udp_silent_with_tcp (void)
{
  FramSessionOptions options = { .trickle = TRUE, .tcp = TRUE };
  g_auto (RelayFixture) fixture = { 0 };
  FramSessionId session;

  relay_fixture_init (&fixture, 1);
  fixture.world->udp_to_turn_is_lost = TRUE;
  fixture.server->is_deaf = TRUE;
  relay_fixture_tell (&fixture, "", "anna", "secret");
  session = fram_broker_create_session (fixture.host->broker, &options,
                                        fixture.world->wire->now, NULL);
  relay_fixture_run (&fixture, FRAM_MILLISECONDS (340));
  g_assert_cmpuint (wire_count (fixture.host, session, FRAM_EVENT_GATHERING_DONE), ==, 1);
}

/* It says that UDP is the way to be taken: there is no other one. */
static void
test_udp_only (void)
{
  g_auto (RelayFixture) fixture = { 0 };

  relay_fixture_init (&fixture, 1);
  fixture.world->udp_to_turn_is_lost = TRUE;
  relay_fixture_tell (&fixture, "?transport=udp", "anna", "secret");
  relay_fixture_open (&fixture);
  relay_fixture_run (&fixture, FRAM_SECONDS (30));
  g_assert_cmpuint (fixture.host->n_streams, ==, 0);
}

static void
test_tcp_only (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  FramSessionId session;
  const FramEvent *stream;

  relay_fixture_init (&fixture, 1);
  relay_fixture_tell (&fixture, "?transport=tcp", "anna", "secret");
  session = relay_fixture_open (&fixture);
  relay_fixture_run (&fixture, FRAM_MILLISECONDS (60));
  g_assert_cmpuint (count_relayed (&fixture, session), ==, 1);
  stream = relay_world_find_event (fixture.host, FRAM_EVENT_OPEN_STREAM);
  g_assert_cmpint (stream->scheme, ==, FRAM_SERVER_SCHEME_TURN);
  g_assert_cmpint (stream->transport, ==, FRAM_KNOWN_TCP);
  g_assert_cmpuint (relay_world_find_event (fixture.host, FRAM_EVENT_RELAY_ADD)->carrier,
                    ==, stream->base);
}

/* The connection is lost: sessions lose the relay, and get another one. */
static void
test_stream_lost (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  FramSessionId session;
  FramBaseId stream;

  relay_fixture_init (&fixture, 1);
  relay_fixture_tell (&fixture, "?transport=tcp", "anna", "secret");
  session = relay_fixture_open (&fixture);
  relay_fixture_run (&fixture, FRAM_SECONDS (1));
  stream = relay_world_find_event (fixture.host, FRAM_EVENT_OPEN_STREAM)->base;
  g_hash_table_remove (fixture.host->streams, GUINT_TO_POINTER (stream));
  g_hash_table_remove (fixture.host->sockets, GUINT_TO_POINTER (stream));
  fram_broker_told_stream_failed (fixture.host->broker, stream, FRAM_STREAM_CLOSED, NULL,
                                  fixture.world->wire->now);
  wire_settle (fixture.world->wire);
  g_assert_cmpuint (g_hash_table_size (fixture.host->relayed), ==, 0);
  relay_fixture_run (&fixture, FRAM_SECONDS (1));
  g_assert_cmpuint (count_relayed (&fixture, session), ==, 2);
  g_assert_cmpuint (g_hash_table_size (fixture.host->streams), ==, 1);
}

static void
test_stream_fails (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  FramSessionId session;

  relay_fixture_init (&fixture, 1);
  fixture.world->wire->streams_fail = TRUE;
  fixture.world->wire->stream_failure = FRAM_STREAM_CERTIFICATE;
  relay_fixture_tell (&fixture, "?transport=tcp", "anna", "secret");
  session = relay_world_open (fixture.host, FRAM_POLICY_RELAY, FALSE);
  relay_fixture_run (&fixture, FRAM_SECONDS (1));
  g_assert_cmpint (wire_state (fixture.host, session), ==, FRAM_STATE_FAILED);
  check_explained (&fixture, session, "relay-certificate", "could not prove who it is");
  relay_fixture_run (&fixture, FRAM_SECONDS (3600));
  /* Tried again, ever more seldom. */
  g_assert_cmpuint (fixture.host->n_streams, >, 2);
  g_assert_cmpuint (fixture.host->n_streams, <, 16);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    GTestFunc function;
  } tests[] = {
    { "mismatch", test_mismatch },
    { "mismatch-for-ever", test_mismatch_for_ever },
    { "alternate", test_alternate },
    { "alternate-circle", test_alternate_circle },
    { "expired-user", test_expired_user },
    { "wrong-password", test_wrong_password },
    { "no-credentials", test_no_credentials },
    { "no-server", test_no_server },
    { "quota", test_quota },
    { "silent-alone", test_silent_alone },
    { "silent-and-wrong", test_silent_and_wrong },
    { "nowhere", test_nowhere },
    { "silent-beside", test_silent_beside },
    { "udp-alone", test_udp_alone },
    { "udp-silent", test_udp_silent },
    { "udp-silent-with-tcp", test_udp_silent_with_tcp },
    { "udp-only", test_udp_only },
    { "tcp-only", test_tcp_only },
    { "stream-lost", test_stream_lost },
    { "stream-fails", test_stream_fails },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/broker/relay-ways/%s", tests[i].name);

      g_test_add_func (path, tests[i].function);
    }
  return g_test_run ();
}
