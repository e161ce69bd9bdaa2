/* TCP allocations: connections to peers and from them.  (RFC 6062) */
#include "turn-world.h"

static FramAddress
address (const char *text)
{
  FramAddress parsed;

  g_assert_true (fram_address_parse (&parsed, text));
  return parsed;
}

static void
start (TurnWorld *world)
{
  turn_world_init (world);
  world->config.reliable = TRUE;
  world->config.relays_tcp = TRUE;
  world->config.dont_fragment = TRUE;
  turn_world_start (world);
  turn_world_expect (world, FRAM_TURN_EVENT_ALLOCATED);
}

static void
test_connect (void)
{
  FramAddress peer = address ("192.0.2.1:5000");
  FramTurnEvent event;
  TurnWorld world;

  start (&world);
  g_assert_true (fram_turn_connect (world.turn, &peer, world.now));
  turn_world_settle (&world);
  event = turn_world_expect (&world, FRAM_TURN_EVENT_CONNECTED);
  g_assert_true (fram_address_equal (&event.peer, &peer));
  g_assert_cmpuint (event.connection, ==, 1);
  fram_turn_bind_connection (world.turn, event.connection, world.now);
  turn_world_settle (&world);
  event = turn_world_expect (&world, FRAM_TURN_EVENT_CONNECTION_BOUND);
  g_assert_cmpuint (event.connection, ==, 1);

  /* One that the server does not know. */
  fram_turn_bind_connection (world.turn, 77, world.now);
  turn_world_settle (&world);
  event = turn_world_expect (&world, FRAM_TURN_EVENT_CONNECTION_FAILED);
  g_assert_cmpuint (event.connection, ==, 77);
  g_assert_cmpuint (event.code, ==, 400);
  turn_world_clear (&world);
}

/* A request about a connection goes over that connection, the first time and with another
 * nonce. */
static void
test_by_its_connection (void)
{
  FramTurnEvent event;
  TurnWorld world;

  start (&world);
  turn_server_renew_nonce (&world.server);
  world.server.connection = 5;
  fram_turn_bind_connection (world.turn, 5, world.now);
  g_assert_true (fram_turn_pop (world.turn, &event));
  g_assert_cmpint (event.type, ==, FRAM_TURN_EVENT_TRANSMIT);
  g_assert_cmpuint (event.connection, ==, 5);
  turn_world_carry (&world, &event);
  fram_turn_event_clear (&event);
  g_assert_true (fram_turn_pop (world.turn, &event));
  g_assert_cmpint (event.type, ==, FRAM_TURN_EVENT_TRANSMIT);
  g_assert_cmpuint (event.connection, ==, 5);
  turn_world_carry (&world, &event);
  fram_turn_event_clear (&event);
  turn_world_settle (&world);
  turn_world_expect (&world, FRAM_TURN_EVENT_CONNECTION_BOUND);
  turn_world_clear (&world);
}

static void
test_refused (void)
{
  FramAddress peer = address ("192.0.2.1:5000"), ipv6 = address ("[2001:db8::9]:1");
  FramTurnEvent event;
  TurnWorld world;

  start (&world);
  world.server.refusal.method = FRAM_STUN_CONNECT;
  world.server.refusal.code = 447;
  g_assert_true (fram_turn_connect (world.turn, &peer, world.now));
  turn_world_settle (&world);
  event = turn_world_expect (&world, FRAM_TURN_EVENT_CONNECT_FAILED);
  g_assert_cmpuint (event.code, ==, 447);
  g_assert_false (fram_turn_connect (world.turn, &ipv6, world.now));
  /* Neither channels nor datagrams (RFC 6062 §4.3). */
  g_assert_false (fram_turn_bind (world.turn, &peer, world.now));
  turn_world_clear (&world);
}

static void
attempt (TurnWorld *world, const char *peer, guint32 id)
{
  const FramStunId transaction = { { 9 } };
  FramAddress parsed = address (peer);
  FramStunBuilder builder;
  guint8 buffer[100];
  const guint8 *data;
  gsize length;

  fram_stun_builder_init (&builder, buffer, sizeof buffer, FRAM_STUN_INDICATION,
                          FRAM_STUN_CONNECTION_ATTEMPT, &transaction);
  fram_stun_builder_add_u32 (&builder, FRAM_STUN_ATTR_CONNECTION_ID, id);
  fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_PEER_ADDRESS, &parsed);
  length = fram_stun_builder_end (&builder);
  fram_turn_receive (world->turn, buffer, length, world->now, &parsed, &data, &length);
  turn_world_settle (world);
}

static void
test_incoming (void)
{
  FramAddress peer = address ("192.0.2.1:5000");
  FramTurnEvent event;
  TurnWorld world;

  start (&world);
  attempt (&world, "192.0.2.1:5000", 3);
  turn_world_expect_nothing (&world);
  g_assert_true (fram_turn_permit (world.turn, &peer, world.now));
  turn_world_pass (&world, 0);
  turn_world_expect (&world, FRAM_TURN_EVENT_PERMITTED);
  attempt (&world, "192.0.2.1:5000", 3);
  event = turn_world_expect (&world, FRAM_TURN_EVENT_INCOMING);
  g_assert_cmpuint (event.connection, ==, 3);
  g_assert_true (fram_address_equal (&event.peer, &peer));
  /* Told twice, and without a number. */
  attempt (&world, "192.0.2.1:5000", 3);
  attempt (&world, "192.0.2.1:5000", 0);
  turn_world_expect_nothing (&world);
  turn_world_clear (&world);
}

/* A server cannot make a client hold more than a bounded number of attempts. */
static void
test_flood (void)
{
  FramAddress peer = address ("192.0.2.1:5000");
  TurnWorld world;

  start (&world);
  g_assert_true (fram_turn_permit (world.turn, &peer, world.now));
  turn_world_pass (&world, 0);
  for (guint32 id = 1; id <= 1000; id++)
    attempt (&world, "192.0.2.1:5000", id);
  g_assert_cmpuint (world.events->len, ==, 1 + 256);
  turn_world_clear (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/turn/connections/connect", test_connect);
  g_test_add_func ("/turn/connections/by-its-connection", test_by_its_connection);
  g_test_add_func ("/turn/connections/refused", test_refused);
  g_test_add_func ("/turn/connections/incoming", test_incoming);
  g_test_add_func ("/turn/connections/flood", test_flood);
  return g_test_run ();
}
