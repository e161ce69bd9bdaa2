/* Servers whose names are asked for once more where UDP does not get through: they may be served
 * elsewhere by TCP.  (RFC 5928) */
#include "relay-fixture.h"

/* Two servers, and no UDP to them. */
static void
init (RelayFixture *fixture)
{
  relay_fixture_init (fixture, 2);
  fixture->world->udp_to_turn_is_lost = TRUE;
}

/* The names of servers without a port have other addresses for TCP. (RFC 5928) */
static void
test_names (void)
{
  FramServerOption option
      = { .uri = "turn:turn.example.org", .username = "anna", .password = "secret" };
  FramAddress udp, tcp;
  g_auto (RelayFixture) fixture = { 0 };
  const FramEvent *question;
  FramSessionId session;

  init (&fixture);
  udp = fixture.server->address;
  tcp = fixture.world->servers[1]->address;
  fram_broker_set_servers (fixture.host->broker, &option, 1, fixture.world->wire->now);
  session = relay_world_open (fixture.host, FRAM_POLICY_ALL, TRUE);
  question = relay_world_find_event (fixture.host, FRAM_EVENT_RESOLVE);
  g_assert_cmpint (question->scheme, ==, FRAM_SERVER_SCHEME_TURN);
  g_assert_cmpint (question->transport, ==, FRAM_KNOWN_UDP);
  fram_broker_told_resolved (fixture.host->broker, question->query, &udp, 1,
                             fixture.world->wire->now);
  relay_fixture_run (&fixture, FRAM_MILLISECONDS (400));
  question = relay_world_find_event (fixture.host, FRAM_EVENT_RESOLVE);
  g_assert_cmpint (question->transport, ==, FRAM_KNOWN_TCP);
  fram_broker_told_resolved (fixture.host->broker, question->query, &tcp, 1,
                             fixture.world->wire->now);
  relay_fixture_run (&fixture, FRAM_MILLISECONDS (100));
  g_assert_cmpuint (
      relay_world_count_lines (fixture.host, session, "203.0.113.102 50000 typ relay"),
      ==, 1);
}

/* The last question. */
static guint16
find_query (RelayFixture *fixture, FramKnownTransport transport)
{
  const FramEvent *question = relay_world_find_event (fixture->host, FRAM_EVENT_RESOLVE);

  g_assert_cmpint (question->transport, ==, transport);
  return question->query;
}

static void
answer (RelayFixture *fixture, FramKnownTransport transport)
{
  fram_broker_told_resolved (fixture->host->broker, find_query (fixture, transport),
                             &fixture->server->address, 1, fixture->world->wire->now);
}

/* One server has a name, the other one none, and its relay is there, while the name is asked for
 * by TCP. */
static FramSessionId
open_beside (RelayFixture *fixture, gboolean trickle)
{
  const FramServerOption options[]
      = { { .uri = "turn:turn.example.org", .username = "anna", .password = "secret" },
          { .uri = "turn:203.0.113.2", .username = "anna", .password = "secret" } };
  FramSessionId session;

  init (fixture);
  fram_broker_set_servers (fixture->host->broker, options, G_N_ELEMENTS (options),
                           fixture->world->wire->now);
  session = relay_world_open (fixture->host, FRAM_POLICY_ALL, trickle);
  answer (fixture, FRAM_KNOWN_UDP);
  relay_fixture_run (fixture, FRAM_MILLISECONDS (400));
  find_query (fixture, FRAM_KNOWN_TCP);
  g_assert_cmpuint (
      relay_world_count_lines (fixture->host, session, "203.0.113.102 50000 typ relay"),
      ==, 1);
  return session;
}

static guint
count_done (RelayFixture *fixture, FramSessionId session)
{
  return wire_count (fixture->host, session, FRAM_EVENT_GATHERING_DONE);
}

/* Who can tell of no candidate later waits for it. */
static void
test_waited_for (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  FramSessionId session = open_beside (&fixture, FALSE);

  g_assert_cmpuint (count_done (&fixture, session), ==, 0);
  answer (&fixture, FRAM_KNOWN_TCP);
  relay_fixture_run (&fixture, FRAM_MILLISECONDS (300));
  g_assert_cmpuint (
      relay_world_count_lines (fixture.host, session, "203.0.113.101 50000 typ relay"),
      ==, 1);
  relay_fixture_run (&fixture, FRAM_MILLISECONDS (200));
  g_assert_cmpuint (count_done (&fixture, session), ==, 1);
}

/* But not for ever. */
static void
test_not_found (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  FramSessionId session = open_beside (&fixture, FALSE);

  g_assert_cmpuint (count_done (&fixture, session), ==, 0);
  relay_fixture_run (&fixture, FRAM_MILLISECONDS (400));
  g_assert_cmpuint (count_done (&fixture, session), ==, 1);
}

static void
test_told_later (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  FramSessionId session = open_beside (&fixture, TRUE);

  g_assert_cmpuint (count_done (&fixture, session), ==, 1);
  answer (&fixture, FRAM_KNOWN_TCP);
  relay_fixture_run (&fixture, FRAM_MILLISECONDS (300));
  g_assert_cmpuint (
      relay_world_count_lines (fixture.host, session, "203.0.113.101 50000 typ relay"),
      ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/broker/relay-names/other-address", test_names);
  g_test_add_func ("/broker/relay-names/waited-for", test_waited_for);
  g_test_add_func ("/broker/relay-names/not-found", test_not_found);
  g_test_add_func ("/broker/relay-names/told-later", test_told_later);
  return g_test_run ();
}
