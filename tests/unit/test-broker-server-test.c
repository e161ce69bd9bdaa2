/* Trying a server: what is found, which step fails, and what is said about it. */
#include "broker/server-tests.h"

#include <string.h>

#include "relay-fixture.h"

static guint16
begin_as (RelayFixture *fixture, const char *uri, const char *username,
          const char *password)
{
  const FramServerOption option
      = { .uri = uri, .username = username, .password = password };
  g_autoptr (GError) error = NULL;
  guint16 id = fram_broker_test_server (fixture->host->broker, &option,
                                        fixture->world->wire->now, &error);

  g_assert_no_error (error);
  wire_settle (fixture->world->wire);
  return id;
}

static guint16
begin (RelayFixture *fixture, const char *uri, const char *password)
{
  return begin_as (fixture, uri, password != NULL ? "anna" : NULL, password);
}

/* When it is over, in time; nothing stays behind. */
static const FramServerTest *
end (RelayFixture *fixture, guint16 id)
{
  const FramServerTest *test;
  const FramEvent *event;

  relay_world_run (fixture->world, FRAM_SECONDS (15) + FRAM_MILLISECONDS (1));
  test = fram_broker_get_server_test (fixture->host->broker, id);
  g_assert_nonnull (test);
  g_assert_true (test->ended);
  g_assert_cmpint (test->took, <=, FRAM_SECONDS (15));
  event = relay_world_find_event (fixture->host, FRAM_EVENT_SERVER_TESTED);
  g_assert_cmpuint (event->query, ==, id);
  g_assert_cmpuint (g_hash_table_size (fixture->host->sockets), ==, 0);
  g_assert_cmpint (fram_broker_deadline (fixture->host->broker), ==, FRAM_TIME_NEVER);
  g_assert_cmpint (test->step == FRAM_SERVER_STEP_DONE, ==, test->cause[0] == '\0');
  g_assert_cmpint (test->cause[0] == '\0', ==, test->advice[0] == '\0');
  return test;
}

static const FramServerTest *
try_server (RelayFixture *fixture, const char *uri, const char *password)
{
  return end (fixture, begin (fixture, uri, password));
}

/* --- All is well ------------------------------------------------------------------- */

static void
test_turn (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  const FramServerTest *test;
  char text[FRAM_ADDRESS_TEXT];

  relay_fixture_init (&fixture, 2);
  test = try_server (&fixture, "turn:203.0.113.1", "secret");
  g_assert_cmpstr (fram_server_step_to_word (test->step), ==, "done");
  g_assert_cmpint (test->transport, ==, FRAM_KNOWN_UDP);
  g_assert_cmpstr (fram_address_to_text (&test->relayed[0], text), ==,
                   "203.0.113.101:50000");
  g_assert_cmpint (test->relayed[1].family, ==, FRAM_FAMILY_NONE);
  g_assert_cmpstr (fram_address_to_text (&test->mapped, text), ==, "192.0.2.1:10000");
  g_assert_cmpuint (test->lifetime, ==, 600);
  g_assert_cmpint (test->rtt, ==, FRAM_MILLISECONDS (10));
  g_assert_cmpint (test->took, <, FRAM_MILLISECONDS (100));
  g_assert_cmpuint (turn_relay_count (fixture.server), ==, 0);
  g_assert_cmpuint (turn_relay_count_deletions (fixture.server), ==, 1);
}

static void
test_stun (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  const FramServerTest *test;
  char text[FRAM_ADDRESS_TEXT];

  relay_fixture_init (&fixture, 2);
  test = try_server (&fixture, "stun:203.0.113.1", NULL);
  g_assert_cmpstr (test->cause, ==, "");
  g_assert_cmpstr (fram_address_to_text (&test->mapped, text), ==, "192.0.2.1:10000");
  g_assert_cmpuint (test->lifetime, ==, 0);
}

/* UDP is silent, TCP is not: the test says by which it was. */
static void
test_fallback (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  const FramServerTest *test;

  relay_fixture_init (&fixture, 2);
  fixture.world->udp_to_turn_is_lost = TRUE;
  test = try_server (&fixture, "turn:203.0.113.1", "secret");
  g_assert_cmpstr (test->cause, ==, "");
  g_assert_cmpint (test->transport, ==, FRAM_KNOWN_TCP);
  g_assert_cmpuint (fixture.host->n_streams, ==, 1);
}

static void
test_alternate (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  const FramServerTest *test;

  relay_fixture_init (&fixture, 2);
  fixture.server->manners.refusal
      = (TurnServerRefusal){ .method = FRAM_STUN_ALLOCATE,
                             .code = FRAM_STUN_ERROR_TRY_ALTERNATE,
                             .alternate = fixture.world->servers[1]->address };
  test = try_server (&fixture, "turn:203.0.113.1", "secret");
  g_assert_cmpstr (test->cause, ==, "");
  g_assert_true (fram_address_equal (&test->server, &fixture.world->servers[1]->address));
  g_assert_cmpuint (test->relayed[0].ip[3], ==, 102);
}

/* --- What fails -------------------------------------------------------------------- */

typedef struct
{
  const char *name;
  guint code; /* of the server's error, or 0 */
  TurnServerManner manner;
  const char *password;
  const char *cause;
  FramServerStep step;
} Case;

static const Case cases[] = {
  { "wrong-credentials", 0, TURN_SERVER_WELL, "hunter2", "wrong-credentials",
    FRAM_SERVER_STEP_ALLOCATE },
  { "no-credentials", 0, TURN_SERVER_WELL, NULL, "no-credentials",
    FRAM_SERVER_STEP_ALLOCATE },
  { "tampered", 0, TURN_SERVER_UNSIGNED, "secret", "tampered",
    FRAM_SERVER_STEP_ALLOCATE },
  { "bad-answer", 0, TURN_SERVER_NO_LIFETIME, "secret", "bad-answer",
    FRAM_SERVER_STEP_ALLOCATE },
  { "silent", 0, TURN_SERVER_SILENT, "secret", "silent", FRAM_SERVER_STEP_ANSWER },
  { "forbidden", FRAM_STUN_ERROR_FORBIDDEN, TURN_SERVER_WELL, "secret", "forbidden",
    FRAM_SERVER_STEP_ALLOCATE },
  { "quota", FRAM_STUN_ERROR_ALLOCATION_QUOTA_REACHED, TURN_SERVER_WELL, "secret",
    "quota", FRAM_SERVER_STEP_ALLOCATE },
  { "capacity", FRAM_STUN_ERROR_INSUFFICIENT_CAPACITY, TURN_SERVER_WELL, "secret",
    "capacity", FRAM_SERVER_STEP_ALLOCATE },
  { "mismatch", FRAM_STUN_ERROR_ALLOCATION_MISMATCH, TURN_SERVER_WELL, "secret",
    "mismatch", FRAM_SERVER_STEP_ALLOCATE },
  { "server-error", FRAM_STUN_ERROR_SERVER_ERROR, TURN_SERVER_WELL, "secret",
    "server-error", FRAM_SERVER_STEP_ALLOCATE },
};

static void
test_failure (gconstpointer data)
{
  const Case *c = data;
  g_auto (RelayFixture) fixture = { 0 };
  const FramServerTest *test;

  relay_fixture_init (&fixture, 2);
  fixture.server->manners.manner |= c->manner;
  if (c->code != 0)
    fixture.server->manners.refusal
        = (TurnServerRefusal){ .method = FRAM_STUN_ALLOCATE, .code = c->code };
  /* By UDP, what proves nothing is as if it had not come. */
  test = try_server (&fixture,
                     (c->manner & TURN_SERVER_UNSIGNED) != 0
                         ? "turn:203.0.113.1?transport=tcp"
                         : "turn:203.0.113.1?transport=udp",
                     c->password);
  g_assert_cmpstr (test->cause, ==, c->cause);
  g_assert_cmpstr (fram_server_step_to_word (test->step), ==,
                   fram_server_step_to_word (c->step));
  g_assert_cmpuint (strlen (test->advice), >, 20);
  if (c->password != NULL)
    g_assert_null (strstr (test->advice, c->password));
}

/* A user name may say when it ends; that it is refused then is another matter. */
static void
test_expired (void)
{
  static const struct
  {
    const char *username;
    const char *cause;
  } users[] = {
    { "1700000000:anna", "expired-credentials" },
    { "1700000000", "expired-credentials" },
    { "1700000099:anna", "expired-credentials" },
    { "1700000200:anna", "wrong-credentials" },
    { "99:anna", "wrong-credentials" },
    { "1700000000anna", "wrong-credentials" },
    { "170000000000:anna", "wrong-credentials" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (users); i++)
    {
      g_auto (RelayFixture) fixture = { 0 };

      relay_fixture_init (&fixture, 2);
      fram_broker_told_time_of_day (fixture.host->broker, 1700000100,
                                    fixture.world->wire->now);
      g_assert_cmpstr (end (&fixture, begin_as (&fixture, "turn:203.0.113.1",
                                                users[i].username, "secret"))
                           ->cause,
                       ==, users[i].cause);
    }
}

static void
test_loop (void)
{
  g_auto (RelayFixture) fixture = { 0 };

  relay_fixture_init (&fixture, 2);
  for (guint i = 0; i < 2; i++)
    fixture.world->servers[i]->manners.refusal
        = (TurnServerRefusal){ .method = FRAM_STUN_ALLOCATE,
                               .code = FRAM_STUN_ERROR_TRY_ALTERNATE,
                               .alternate = fixture.world->servers[1 - i]->address };
  g_assert_cmpstr (try_server (&fixture, "turn:203.0.113.1", "secret")->cause, ==,
                   "loop");
}

static void
test_streams (void)
{
  static const struct
  {
    FramStreamFailure failure;
    const char *cause;
  } failures[] = {
    { FRAM_STREAM_UNREACHABLE, "unreachable" },
    { FRAM_STREAM_SILENT, "silent" },
    { FRAM_STREAM_CERTIFICATE, "certificate" },
    { FRAM_STREAM_CERTIFICATE_AUTHORITY, "certificate-authority" },
    { FRAM_STREAM_CERTIFICATE_NAME, "certificate-name" },
    { FRAM_STREAM_CERTIFICATE_EXPIRED, "certificate-expired" },
    { FRAM_STREAM_TLS, "tls" },
    { FRAM_STREAM_PROXY, "proxy" },
    { FRAM_STREAM_CLOSED, "closed" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
    {
      g_auto (RelayFixture) fixture = { 0 };
      const FramServerTest *test;

      relay_fixture_init (&fixture, 2);
      fixture.world->wire->streams_fail = TRUE;
      fixture.world->wire->stream_failure = failures[i].failure;
      test = try_server (&fixture, "turns:203.0.113.1:443", "secret");
      g_assert_cmpstr (test->cause, ==, failures[i].cause);
      g_assert_cmpint (test->step, ==, FRAM_SERVER_STEP_CONNECT);
      g_assert_cmpint (test->transport, ==, FRAM_KNOWN_TLS);
    }
}

static void
test_names (void)
{
  FramAddress address, other;
  g_auto (RelayFixture) fixture = { 0 };
  const FramServerTest *test;
  guint16 id;

  relay_fixture_init (&fixture, 2);
  address = fixture.server->address;
  id = begin (&fixture, "turn:turn.example.org", "secret");
  fram_broker_told_resolved (
      fixture.host->broker,
      relay_world_find_event (fixture.host, FRAM_EVENT_RESOLVE)->query, NULL, 0,
      fixture.world->wire->now);
  test = end (&fixture, id);
  g_assert_cmpstr (test->cause, ==, "name-unknown");
  g_assert_cmpint (test->step, ==, FRAM_SERVER_STEP_RESOLVE);

  /* Nobody says anything about the name. */
  g_assert_cmpstr (try_server (&fixture, "turn:turn.example.org", "secret")->cause, ==,
                   "name-unknown");

  /* Of a family that this host does not have, and then of one that it has. */
  id = begin (&fixture, "turn:turn.example.org", "secret");
  g_assert_true (fram_address_parse (&other, "[2001:db8::1]:3478"));
  fram_broker_told_resolved (
      fixture.host->broker,
      relay_world_find_event (fixture.host, FRAM_EVENT_RESOLVE)->query, &other, 1,
      fixture.world->wire->now);
  g_assert_cmpstr (end (&fixture, id)->cause, ==, "no-network");
  id = begin (&fixture, "turn:turn.example.org", "secret");
  fram_broker_told_resolved (
      fixture.host->broker,
      relay_world_find_event (fixture.host, FRAM_EVENT_RESOLVE)->query,
      (const FramAddress[]){ other, address }, 2, fixture.world->wire->now);
  g_assert_cmpstr (end (&fixture, id)->cause, ==, "");
}

static void
test_unreachable (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  guint16 id;

  relay_fixture_init (&fixture, 2);
  fixture.world->udp_to_turn_is_lost = TRUE;
  id = begin (&fixture, "turn:203.0.113.1?transport=udp", "secret");
  fram_broker_told_unreachable (fixture.host->broker, 1, &fixture.server->address,
                                fixture.world->wire->now);
  g_assert_cmpstr (end (&fixture, id)->cause, ==, "unreachable");
}

static void
test_not_stun (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  guint16 id;

  relay_fixture_init (&fixture, 2);
  fixture.world->udp_to_turn_is_lost = TRUE;
  id = begin (&fixture, "turn:203.0.113.1?transport=udp", "secret");
  fram_broker_receive (fixture.host->broker, 1, &fixture.server->address,
                       (const guint8 *) "HTTP/1.1 400", 12, fixture.world->wire->now);
  g_assert_cmpstr (end (&fixture, id)->cause, ==, "not-stun");
}

static void
test_stun_silent (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  const FramServerTest *test;

  relay_fixture_init (&fixture, 2);
  fixture.server->is_deaf = TRUE;
  fixture.world->wire->streams_fail = TRUE;
  fixture.world->wire->stream_failure = FRAM_STREAM_SILENT;
  test = try_server (&fixture, "stun:203.0.113.1", NULL);
  g_assert_cmpstr (test->cause, ==, "silent");
  g_assert_cmpint (test->rtt, ==, -1);
}

static void
test_no_interfaces (void)
{
  g_auto (RelayFixture) fixture = { 0 };

  relay_fixture_init (&fixture, 2);
  fram_broker_told_interfaces (fixture.host->broker, NULL, 0, fixture.world->wire->now);
  g_assert_cmpstr (try_server (&fixture, "turn:203.0.113.1", "secret")->cause, ==,
                   "no-network");
}

/* --- Several ----------------------------------------------------------------------- */

static void
test_limit (void)
{
  const FramServerOption option
      = { .uri = "turn:203.0.113.1", .username = "anna", .password = "secret" };
  const FramServerOption wrong = { .uri = "turn:" };
  g_auto (RelayFixture) fixture = { 0 };
  g_autoptr (GError) error = NULL;
  FramBroker *broker;
  guint16 ids[FRAM_SERVER_TESTS_MAX];

  relay_fixture_init (&fixture, 2);
  broker = fixture.host->broker;
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    ids[i] = begin (&fixture, "turn:203.0.113.1", "secret");
  g_assert_cmpuint (
      fram_broker_test_server (broker, &option, fixture.world->wire->now, &error), ==, 0);
  g_assert_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_cmpuint (
      fram_broker_test_server (broker, &wrong, fixture.world->wire->now, &error), ==, 0);
  g_assert_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_INVALID_ARGUMENT);
  end (&fixture, ids[G_N_ELEMENTS (ids) - 1]);
  /* What the last one found stays until the next one ends. */
  g_assert_null (fram_broker_get_server_test (broker, ids[0]));
  g_assert_nonnull (fram_broker_get_server_test (broker, ids[G_N_ELEMENTS (ids) - 1]));
  g_assert_cmpuint (relay_world_count_events (fixture.host, FRAM_EVENT_SERVER_TESTED), ==,
                    G_N_ELEMENTS (ids));
}

/* The service ends in the middle of it. */
static void
test_freed (void)
{
  g_auto (RelayFixture) fixture = { 0 };

  relay_fixture_init (&fixture, 2);
  fixture.world->udp_to_turn_is_lost = TRUE;
  begin (&fixture, "turn:203.0.113.1", "secret");
  g_assert_cmpuint (g_hash_table_size (fixture.host->sockets), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/broker/server-test/turn", test_turn);
  g_test_add_func ("/broker/server-test/stun", test_stun);
  g_test_add_func ("/broker/server-test/fallback", test_fallback);
  g_test_add_func ("/broker/server-test/alternate", test_alternate);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/broker/server-test/fails/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_failure);
    }
  g_test_add_func ("/broker/server-test/fails/expired", test_expired);
  g_test_add_func ("/broker/server-test/fails/loop", test_loop);
  g_test_add_func ("/broker/server-test/fails/streams", test_streams);
  g_test_add_func ("/broker/server-test/fails/names", test_names);
  g_test_add_func ("/broker/server-test/fails/unreachable", test_unreachable);
  g_test_add_func ("/broker/server-test/fails/not-stun", test_not_stun);
  g_test_add_func ("/broker/server-test/fails/stun-silent", test_stun_silent);
  g_test_add_func ("/broker/server-test/fails/no-interfaces", test_no_interfaces);
  g_test_add_func ("/broker/server-test/limit", test_limit);
  g_test_add_func ("/broker/server-test/freed", test_freed);
  return g_test_run ();
}
