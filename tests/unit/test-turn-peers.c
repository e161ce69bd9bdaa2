/* Permissions, channels, and the data of peers. */
#include "turn-world.h"

#include <string.h>

#include "base/big-endian.h"

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
  turn_world_start (world);
  turn_world_expect (world, FRAM_TURN_EVENT_ALLOCATED);
}

static void
expect_peer (TurnWorld *world, FramTurnEventType type, const char *peer, guint code)
{
  FramTurnEvent event = turn_world_expect (world, type);
  char text[FRAM_ADDRESS_TEXT];

  g_assert_cmpstr (fram_address_to_text (&event.peer, text), ==, peer);
  g_assert_cmpuint (event.code, ==, code);
}

static void
permit (TurnWorld *world, const char *peer)
{
  FramAddress parsed = address (peer);

  g_assert_true (fram_turn_permit (world->turn, &parsed, world->now));
  turn_world_settle (world);
}

static void
test_permitted (void)
{
  FramAddress peer = address ("192.0.2.1:5000"), neighbour = address ("192.0.2.1:6000");
  TurnWorld world;

  start (&world);
  permit (&world, "192.0.2.1:5000");
  g_assert_false (fram_turn_is_permitted (world.turn, &peer));
  turn_world_pass (&world, 0);
  expect_peer (&world, FRAM_TURN_EVENT_PERMITTED, "192.0.2.1:0", 0);
  /* RFC 8656 §9: of any port. */
  g_assert_true (fram_turn_is_permitted (world.turn, &neighbour));
  permit (&world, "192.0.2.1:6000");
  expect_peer (&world, FRAM_TURN_EVENT_PERMITTED, "192.0.2.1:6000", 0);
  g_assert_cmpuint (world.server.n_requests[FRAM_STUN_CREATE_PERMISSION], ==, 1);
  turn_world_clear (&world);
}

/* What is wanted at one time is asked for at one time. */
static void
test_many_at_once (void)
{
  TurnWorld world;

  start (&world);
  for (guint i = 1; i <= 100; i++)
    {
      g_autofree char *peer = g_strdup_printf ("192.0.2.%u:5000", i);

      permit (&world, peer);
    }
  turn_world_pass (&world, 0);
  g_assert_cmpuint (world.server.permissions->len, ==, 100);
  g_assert_cmpuint (world.server.n_requests[FRAM_STUN_CREATE_PERMISSION], ==, 5);
  g_assert_cmpuint (world.events->len, ==, 100);
  turn_world_clear (&world);
}

/* One that the server forbids does not harm the others. */
static void
test_one_is_forbidden (void)
{
  FramAddress bad = address ("10.0.0.1:5000"), good = address ("192.0.2.1:5000");
  TurnWorld world;

  start (&world);
  world.server.refusal.method = FRAM_STUN_CREATE_PERMISSION;
  world.server.refusal.code = 403;
  world.server.refusal.peer = bad;
  permit (&world, "10.0.0.1:5000");
  permit (&world, "192.0.2.1:5000");
  permit (&world, "192.0.2.2:5000");
  turn_world_pass (&world, 0);
  g_assert_false (fram_turn_is_permitted (world.turn, &bad));
  g_assert_true (fram_turn_is_permitted (world.turn, &good));
  g_assert_cmpuint (world.server.permissions->len, ==, 2);
  g_assert_cmpuint (world.events->len, ==, 3);
  turn_world_pass (&world, FRAM_SECONDS (900));
  g_assert_true (fram_turn_is_permitted (world.turn, &good));
  g_assert_cmpuint (world.events->len, ==, 3);
  /* Asked again by somebody else, it is known. */
  permit (&world, "10.0.0.1:7000");
  g_assert_cmpuint (world.events->len, ==, 4);
  turn_world_clear (&world);
}

static void
test_kept_while_used (void)
{
  FramAddress peer = address ("192.0.2.1:5000");
  TurnWorld world;

  start (&world);
  permit (&world, "192.0.2.1:5000");
  permit (&world, "192.0.2.1:5000");
  turn_world_pass (&world, FRAM_SECONDS (1000));
  /* 0, 240, 480, 720, 960 s */
  g_assert_cmpuint (world.server.n_requests[FRAM_STUN_CREATE_PERMISSION], ==, 5);
  fram_turn_forbid (world.turn, &peer);
  turn_world_pass (&world, FRAM_SECONDS (1000));
  g_assert_cmpuint (world.server.n_requests[FRAM_STUN_CREATE_PERMISSION], ==, 9);
  fram_turn_forbid (world.turn, &peer);
  turn_world_pass (&world, FRAM_SECONDS (1000));
  g_assert_cmpuint (world.server.n_requests[FRAM_STUN_CREATE_PERMISSION], ==, 9);
  g_assert_false (fram_turn_is_permitted (world.turn, &peer));
  turn_world_clear (&world);
}

/* With a permission, which is there. */
static void
start_permitted (TurnWorld *world)
{
  start (world);
  permit (world, "192.0.2.1:5000");
  turn_world_pass (world, FRAM_SECONDS (10));
  expect_peer (world, FRAM_TURN_EVENT_PERMITTED, "192.0.2.1:0", 0);
}

/* A server that does not answer loses a permission at its end, and gets it back. */
static void
test_silent_refresh (void)
{
  FramAddress peer = address ("192.0.2.1:5000");
  TurnWorld world;

  start_permitted (&world);
  world.server.manner = TURN_SERVER_SILENT;
  turn_world_pass (&world, FRAM_SECONDS (280));
  g_assert_true (fram_turn_is_permitted (world.turn, &peer));
  turn_world_pass (&world, FRAM_SECONDS (20));
  expect_peer (&world, FRAM_TURN_EVENT_REFUSED, "192.0.2.1:0", 0);
  world.server.manner = TURN_SERVER_WELL;
  turn_world_pass (&world, FRAM_SECONDS (60));
  expect_peer (&world, FRAM_TURN_EVENT_PERMITTED, "192.0.2.1:0", 0);
  turn_world_clear (&world);
}

/* Wanted again just before its end, it is there when the server says so. */
static void
test_wanted_late (void)
{
  FramAddress peer = address ("192.0.2.1:5000");
  TurnWorld world;

  start_permitted (&world);
  fram_turn_forbid (world.turn, &peer);
  turn_world_pass (&world, FRAM_SECONDS (289));
  g_assert_true (fram_turn_is_permitted (world.turn, &peer));
  /* The request, and its first two repetitions: it is over by then. */
  world.n_lost = 3;
  permit (&world, "192.0.2.1:5000");
  turn_world_expect_nothing (&world);
  turn_world_pass (&world, FRAM_SECONDS (10));
  expect_peer (&world, FRAM_TURN_EVENT_PERMITTED, "192.0.2.1:0", 0);
  turn_world_expect_nothing (&world);
  turn_world_clear (&world);
}

static void
test_wrong_family (void)
{
  FramAddress ipv6 = address ("[2001:db8::9]:5000");
  TurnWorld world;

  turn_world_init (&world);
  world.n_lost = 1;
  turn_world_start (&world);
  /* Before it is known what there will be. */
  g_assert_true (fram_turn_permit (world.turn, &ipv6, world.now));
  turn_world_pass (&world, FRAM_SECONDS (2));
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  expect_peer (&world, FRAM_TURN_EVENT_REFUSED, "[2001:db8::9]:0", 443);
  g_assert_false (fram_turn_permit (world.turn, &ipv6, world.now));
  g_assert_false (fram_turn_bind (world.turn, &ipv6, world.now));
  turn_world_clear (&world);
}

static void
test_limit (void)
{
  FramAddress peer = address ("192.0.2.1:5000");
  TurnWorld world;

  start (&world);
  for (guint i = 0; i < FRAM_TURN_MAX_PERMISSIONS; i++)
    {
      fram_address_init_ipv4 (&peer, 0x0a000000 + i, 5000);
      g_assert_true (fram_turn_permit (world.turn, &peer, world.now));
    }
  peer = address ("192.0.2.1:5000");
  g_assert_false (fram_turn_permit (world.turn, &peer, world.now));
  turn_world_pass (&world, 0);
  g_assert_cmpuint (world.server.permissions->len, ==, FRAM_TURN_MAX_PERMISSIONS);
  turn_world_clear (&world);
}

/* The whole allocation is gone: said by whatever request finds out. */
static void
test_mismatch (gconstpointer data)
{
  FramAddress peer = address ("192.0.2.1:5000");
  TurnWorld world;

  start (&world);
  world.server.allocated = FALSE;
  if (data != NULL)
    g_assert_true (fram_turn_bind (world.turn, &peer, world.now));
  else
    permit (&world, "192.0.2.1:5000");
  turn_world_expect_end (&world, FRAM_TURN_LOST, 437);
  turn_world_clear (&world);
}

/* --- Channels ---------------------------------------------------------------------- */

static void
bind_channel (TurnWorld *world, const char *peer)
{
  FramAddress parsed = address (peer);

  g_assert_true (fram_turn_bind (world->turn, &parsed, world->now));
  turn_world_pass (world, 0);
  expect_peer (world, FRAM_TURN_EVENT_PERMITTED, "192.0.2.1:0", 0);
  expect_peer (world, FRAM_TURN_EVENT_BOUND, peer, 0);
}

static void
test_bound (void)
{
  FramAddress peer = address ("192.0.2.1:5000");
  TurnWorld world;

  start (&world);
  g_assert_cmpuint (fram_turn_get_channel (world.turn, &peer), ==, 0);
  bind_channel (&world, "192.0.2.1:5000");
  g_assert_cmpuint (fram_turn_get_channel (world.turn, &peer), ==, 0x4000);
  g_assert_true (fram_turn_is_permitted (world.turn, &peer));
  turn_world_pass (&world, FRAM_SECONDS (3000));
  g_assert_cmpuint (fram_turn_get_channel (world.turn, &peer), ==, 0x4000);
  g_assert_cmpuint (world.server.n_requests[FRAM_STUN_CHANNEL_BIND], ==, 6);
  turn_world_expect_nothing (&world);

  /* Without users it ends, and comes back under the same number. */
  fram_turn_unbind (world.turn, &peer);
  turn_world_pass (&world, FRAM_SECONDS (1000));
  g_assert_cmpuint (fram_turn_get_channel (world.turn, &peer), ==, 0);
  bind_channel (&world, "192.0.2.1:5000");
  g_assert_cmpuint (fram_turn_get_channel (world.turn, &peer), ==, 0x4000);
  turn_world_clear (&world);
}

/* A number that failed is never another peer's. */
static void
test_number_of_a_failure (void)
{
  FramAddress peer = address ("192.0.2.1:5000"), other = address ("192.0.2.1:6000");
  TurnWorld world;

  start (&world);
  world.server.refusal.method = FRAM_STUN_CHANNEL_BIND;
  world.server.refusal.code = 400;
  world.server.refusal.times = 1;
  g_assert_true (fram_turn_bind (world.turn, &peer, world.now));
  turn_world_pass (&world, 0);
  expect_peer (&world, FRAM_TURN_EVENT_PERMITTED, "192.0.2.1:0", 0);
  expect_peer (&world, FRAM_TURN_EVENT_UNBOUND, "192.0.2.1:5000", 400);
  g_assert_true (fram_turn_bind (world.turn, &other, world.now));
  turn_world_pass (&world, 0);
  g_assert_cmpuint (fram_turn_get_channel (world.turn, &other), ==, 0x4001);
  g_assert_cmpuint (fram_turn_get_channel (world.turn, &peer), ==, 0);
  turn_world_clear (&world);
}

static void
test_all_numbers (void)
{
  FramAddress peer;
  TurnWorld world;

  start (&world);
  for (guint i = 0; i < 0x1000; i++)
    {
      fram_address_init_ipv4 (&peer, 0xc0000201, (guint16) (1024 + i));
      g_assert_true (fram_turn_bind (world.turn, &peer, world.now));
      fram_turn_unbind (world.turn, &peer);
    }
  fram_address_init_ipv4 (&peer, 0xc0000201, 1023);
  g_assert_false (fram_turn_bind (world.turn, &peer, world.now));
  turn_world_clear (&world);
}

/* --- Data -------------------------------------------------------------------------- */

static void
test_indication (void)
{
  FramAddress peer = address ("192.0.2.1:5000"), named;
  FramStunAttribute data;
  FramStunMessage message;
  guint8 buffer[200];
  TurnWorld world;
  gsize length;

  start (&world);
  g_assert_cmpuint (fram_turn_wrap (world.turn, &peer, (const guint8 *) "hello", 5,
                                    buffer, sizeof buffer, world.now),
                    ==, 0);
  permit (&world, "192.0.2.1:5000");
  turn_world_pass (&world, 0);
  length = fram_turn_wrap (world.turn, &peer, (const guint8 *) "hello", 5, buffer,
                           sizeof buffer, world.now);
  g_assert_cmpint (fram_stun_message_parse (&message, buffer, length), ==,
                   FRAM_STUN_PARSE_OK);
  g_assert_cmpint (message.klass, ==, FRAM_STUN_INDICATION);
  g_assert_cmpuint (message.method, ==, FRAM_STUN_SEND);
  g_assert_true (
      fram_stun_message_get_address (&message, FRAM_STUN_ATTR_XOR_PEER_ADDRESS, &named));
  g_assert_true (fram_address_equal (&named, &peer));
  g_assert_true (fram_stun_message_find (&message, FRAM_STUN_ATTR_DATA, &data));
  g_assert_cmpmem (data.value, data.length, "hello", 5);
  /* Too small a buffer of any size. */
  for (gsize size = 0; size < length; size++)
    g_assert_cmpuint (fram_turn_wrap (world.turn, &peer, (const guint8 *) "hello", 5,
                                      buffer, size, world.now),
                      ==, 0);
  turn_world_clear (&world);
}

static void
test_channel_data (gconstpointer reliable)
{
  FramAddress peer = address ("192.0.2.1:5000"), from;
  const guint8 *data;
  guint8 buffer[32];
  TurnWorld world;
  gsize length, whole;

  turn_world_init (&world);
  world.config.reliable = reliable != NULL;
  turn_world_start (&world);
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  bind_channel (&world, "192.0.2.1:5000");
  whole = fram_turn_wrap (world.turn, &peer, (const guint8 *) "hello", 5, buffer,
                          sizeof buffer, world.now);
  g_assert_cmpuint (whole, ==, reliable != NULL ? 12 : 9);
  g_assert_cmpmem (buffer, 9, "\x40\x00\x00\x05hello", 9);
  g_assert_cmpint (
      fram_turn_receive (world.turn, buffer, whole, world.now, &from, &data, &length), ==,
      FRAM_TURN_RECEIVED_DATA);
  g_assert_true (fram_address_equal (&from, &peer));
  g_assert_cmpmem (data, length, "hello", 5);

  /* Cut short; a number that nobody has; nothing at all. */
  for (gsize cut = 0; cut < 9; cut++)
    g_assert_cmpint (
        fram_turn_receive (world.turn, buffer, cut, world.now, &from, &data, &length), ==,
        FRAM_TURN_RECEIVED_NOTHING);
  buffer[1] = 1;
  g_assert_cmpint (
      fram_turn_receive (world.turn, buffer, whole, world.now, &from, &data, &length), ==,
      FRAM_TURN_RECEIVED_NOTHING);
  turn_world_clear (&world);
}

static gsize
make_indication (guint8 *buffer, gsize size, const char *peer, const void *data,
                 gsize length, FramStunAttributeType type)
{
  const FramStunId id = { { 1, 2, 3 } };
  FramAddress parsed = address (peer);
  FramStunBuilder builder;

  fram_stun_builder_init (&builder, buffer, size, FRAM_STUN_INDICATION, FRAM_STUN_DATA,
                          &id);
  fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_PEER_ADDRESS, &parsed);
  fram_stun_builder_add (&builder, type, data, length);
  return fram_stun_builder_end (&builder);
}

static void
test_data_indication (void)
{
  static const guint8 icmp[8] = { 0, 0, 3, 1 };
  const guint8 *data;
  FramTurnEvent event;
  FramAddress from;
  guint8 buffer[100];
  TurnWorld world;
  gsize length, whole;

  start (&world);
  permit (&world, "192.0.2.1:5000");
  turn_world_pass (&world, 0);
  expect_peer (&world, FRAM_TURN_EVENT_PERMITTED, "192.0.2.1:0", 0);

  whole = make_indication (buffer, sizeof buffer, "192.0.2.1:77", "hi", 2,
                           FRAM_STUN_ATTR_DATA);
  g_assert_cmpint (
      fram_turn_receive (world.turn, buffer, whole, world.now, &from, &data, &length), ==,
      FRAM_TURN_RECEIVED_DATA);
  g_assert_cmpuint (from.port, ==, 77);
  g_assert_cmpmem (data, length, "hi", 2);

  /* RFC 8656 §11.4: of one who was not permitted. */
  whole = make_indication (buffer, sizeof buffer, "192.0.2.2:77", "hi", 2,
                           FRAM_STUN_ATTR_DATA);
  g_assert_cmpint (
      fram_turn_receive (world.turn, buffer, whole, world.now, &from, &data, &length), ==,
      FRAM_TURN_RECEIVED_NOTHING);

  whole = make_indication (buffer, sizeof buffer, "192.0.2.1:5000", icmp, sizeof icmp,
                           FRAM_STUN_ATTR_ICMP);
  g_assert_cmpint (
      fram_turn_receive (world.turn, buffer, whole, world.now, &from, &data, &length), ==,
      FRAM_TURN_RECEIVED_TALK);
  turn_world_settle (&world);
  event = turn_world_expect (&world, FRAM_TURN_EVENT_UNREACHABLE);
  g_assert_cmpuint (event.icmp_type, ==, 3);
  g_assert_cmpuint (event.icmp_code, ==, 1);
  whole = make_indication (buffer, sizeof buffer, "192.0.2.1:5000", icmp, 4,
                           FRAM_STUN_ATTR_ICMP);
  g_assert_cmpint (
      fram_turn_receive (world.turn, buffer, whole, world.now, &from, &data, &length), ==,
      FRAM_TURN_RECEIVED_NOTHING);
  turn_world_clear (&world);
}

/* Who says nothing keeps the way to the server open all the same. */
static void
test_keepalive (void)
{
  TurnWorld world;
  guint before;

  start (&world);
  before = world.n_packets;
  turn_world_pass (&world, FRAM_SECONDS (300));
  g_assert_cmpuint (world.n_packets - before, ==, 20);
  turn_world_clear (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/turn/permissions/permitted", test_permitted);
  g_test_add_func ("/turn/permissions/many-at-once", test_many_at_once);
  g_test_add_func ("/turn/permissions/one-is-forbidden", test_one_is_forbidden);
  g_test_add_func ("/turn/permissions/kept-while-used", test_kept_while_used);
  g_test_add_func ("/turn/permissions/silent-refresh", test_silent_refresh);
  g_test_add_func ("/turn/permissions/wanted-late", test_wanted_late);
  g_test_add_func ("/turn/permissions/wrong-family", test_wrong_family);
  g_test_add_func ("/turn/permissions/limit", test_limit);
  g_test_add_data_func ("/turn/permissions/mismatch", NULL, test_mismatch);
  g_test_add_data_func ("/turn/channels/mismatch", "", test_mismatch);
  g_test_add_func ("/turn/channels/bound", test_bound);
  g_test_add_func ("/turn/channels/number-of-a-failure", test_number_of_a_failure);
  g_test_add_func ("/turn/channels/all-numbers", test_all_numbers);
  g_test_add_func ("/turn/data/indication", test_indication);
  g_test_add_data_func ("/turn/data/channel", NULL, test_channel_data);
  g_test_add_data_func ("/turn/data/channel-on-stream", "", test_channel_data);
  g_test_add_func ("/turn/data/from-peers", test_data_indication);
  g_test_add_func ("/turn/data/keepalive", test_keepalive);
  return g_test_run ();
}
