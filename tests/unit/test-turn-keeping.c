/* Allocations in the course of time: refreshed, moved, given back. */
#include "turn-world.h"

/* An hour with a new nonce every few minutes: nobody notices. */
static void
test_an_hour (void)
{
  TurnWorld world;

  turn_world_init (&world);
  turn_world_start (&world);
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  for (guint i = 0; i < 20; i++)
    {
      turn_world_pass (&world, FRAM_SECONDS (180));
      turn_server_renew_nonce (&world.server);
    }
  turn_world_expect_nothing (&world);
  g_assert_cmpuint (world.server.n_requests[FRAM_STUN_REFRESH], >=, 6);
  g_assert_cmpuint (world.server.n_requests[FRAM_STUN_REFRESH], <=, 14);
  g_assert_cmpint (fram_turn_get_expiry (world.turn), >, world.now);
  turn_world_clear (&world);
}

static void
test_short_lifetime (void)
{
  TurnWorld world;

  turn_world_init (&world);
  world.server.lifetime = 20;
  turn_world_start (&world);
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  turn_world_pass (&world, FRAM_SECONDS (600));
  turn_world_expect_nothing (&world);
  g_assert_cmpuint (world.server.n_requests[FRAM_STUN_REFRESH], >=, 40);
  turn_world_clear (&world);
}

/* The server has forgotten it. */
static void
test_lost (void)
{
  TurnWorld world;

  turn_world_init (&world);
  turn_world_start (&world);
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  world.server.allocated = FALSE;
  turn_world_pass (&world, FRAM_SECONDS (600));
  turn_world_expect_end (&world, FRAM_TURN_LOST, 437);
  turn_world_clear (&world);
}

/* A server that is gone is noticed, another allocation can be made in time, and this one
 * lives as long as it would have. */
static void
test_silent_refresh (void)
{
  FramTurnEvent event;
  FramTime expires;
  TurnWorld world;

  turn_world_init (&world);
  turn_world_start (&world);
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  world.server.manner = TURN_SERVER_SILENT;
  expires = fram_turn_get_expiry (world.turn);
  turn_world_pass (&world, FRAM_SECONDS (585));
  event = turn_world_expect (&world, FRAM_TURN_EVENT_REPLACE);
  g_assert_cmpint (event.outcome, ==, FRAM_TURN_SILENT);
  turn_world_expect_nothing (&world);
  g_assert_true (fram_turn_is_allocated (world.turn));
  turn_world_pass (&world, expires - world.now);
  turn_world_expect_end (&world, FRAM_TURN_LOST, 0);
  turn_world_clear (&world);
}

/* The password changes in mid-call: the allocation goes on with the new one. */
static void
test_rotation (void)
{
  FramTurnCredential newer = { .username = "anna", .password = "another" };
  TurnWorld world;

  turn_world_init (&world);
  turn_world_start (&world);
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  fram_turn_set_credential (world.turn, &newer);
  turn_world_pass (&world, FRAM_SECONDS (700));
  turn_world_expect_nothing (&world);
  world.server.password = "another";
  turn_world_pass (&world, FRAM_SECONDS (1200));
  turn_world_expect_nothing (&world);
  g_assert_true (fram_turn_is_allocated (world.turn));
  turn_world_clear (&world);
}

/* RFC 8656 §5: it belongs to its user. */
static void
test_another_user (void)
{
  FramTurnCredential other = { .username = "bert", .password = "another" };
  FramTurnEvent event;
  TurnWorld world;

  turn_world_init (&world);
  turn_world_start (&world);
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  fram_turn_set_credential (world.turn, &other);
  world.server.password = "unknown to her";
  turn_world_pass (&world, FRAM_SECONDS (560));
  event = turn_world_expect (&world, FRAM_TURN_EVENT_REPLACE);
  g_assert_cmpint (event.outcome, ==, FRAM_TURN_WRONG_CREDENTIALS);
  turn_world_clear (&world);
}

/* --- Mobility (RFC 8016) ----------------------------------------------------------- */

/* What is asked before the server knows the new 5-tuple waits until it does. */
static void
test_move (void)
{
  guint8 buffer[100];
  FramAddress peer;
  TurnWorld world;
  guint before;

  turn_world_init (&world);
  g_assert_true (fram_address_parse (&peer, "192.0.2.9:9"));
  world.config.mobility = FRAM_TURN_MAYBE_MOBILE;
  world.server.manner = TURN_SERVER_MOBILE;
  turn_world_start (&world);
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  g_assert_cmpint (fram_turn_get_mobility (world.turn), ==, FRAM_TURN_MOBILE);
  for (guint i = 0; i < 2; i++)
    {
      before = world.server.n_requests[FRAM_STUN_REFRESH];
      g_assert_true (fram_turn_can_move (world.turn));
      fram_turn_leave (world.turn);
      g_assert_true (fram_turn_bind (world.turn, &peer, world.now));
      fram_turn_advance (world.turn, world.now);
      turn_world_settle (&world);
      g_assert_cmpuint (
          fram_turn_wrap (world.turn, &peer, buffer, 4, buffer + 50, 50, world.now), ==,
          0);
      g_assert_cmpuint (world.server.n_requests[FRAM_STUN_CHANNEL_BIND], ==, i);
      fram_turn_move (world.turn, world.now);
      turn_world_settle (&world);
      g_assert_cmpuint (world.server.n_requests[FRAM_STUN_REFRESH], ==, before + 1);
      g_assert_cmpuint (world.server.n_requests[FRAM_STUN_CHANNEL_BIND], ==, i + 1);
      turn_world_expect (&world, FRAM_TURN_EVENT_MOVED);
      turn_world_expect (&world, FRAM_TURN_EVENT_PERMITTED);
      turn_world_expect (&world, FRAM_TURN_EVENT_BOUND);
      turn_world_expect_nothing (&world);
      fram_turn_unbind (world.turn, &peer);
      turn_world_pass (&world, FRAM_SECONDS (700));
    }
  turn_world_clear (&world);
}

/* Who has left says nothing, and is heard again when it has moved. */
static void
test_silent_between (void)
{
  TurnWorld world;
  guint before;

  turn_world_init (&world);
  world.config.mobility = FRAM_TURN_MAYBE_MOBILE;
  world.server.manner = TURN_SERVER_MOBILE;
  turn_world_start (&world);
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  fram_turn_leave (world.turn);
  before = world.n_packets;
  turn_world_pass (&world, FRAM_SECONDS (25));
  g_assert_cmpuint (world.n_packets, ==, before);
  fram_turn_move (world.turn, world.now);
  turn_world_settle (&world);
  turn_world_expect (&world, FRAM_TURN_EVENT_MOVED);
  before = world.n_packets;
  turn_world_pass (&world, FRAM_SECONDS (25));
  g_assert_cmpuint (world.n_packets, ==, before + 1);
  turn_world_clear (&world);
}

/* The server knows the allocation no more, or does not answer in the new network. */
static void
test_move_in_vain (void)
{
  static const gboolean answers[] = { TRUE, FALSE };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      TurnWorld world;

      turn_world_init (&world);
      world.config.mobility = FRAM_TURN_MOBILE;
      world.server.manner = TURN_SERVER_MOBILE;
      turn_world_start (&world);
      turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
      world.server.allocated = FALSE;
      world.server.manner |= answers[i] ? 0 : TURN_SERVER_SILENT;
      fram_turn_move (world.turn, world.now);
      turn_world_settle (&world);
      turn_world_pass (&world, FRAM_SECONDS (50));
      turn_world_expect_end (&world, FRAM_TURN_LOST,
                             answers[i] ? FRAM_STUN_ERROR_ALLOCATION_MISMATCH : 0);
      turn_world_clear (&world);
    }
}

static FramTurnEvent
pop_transmission (TurnWorld *world)
{
  FramTurnEvent event;

  g_assert_true (fram_turn_pop (world->turn, &event));
  g_assert_cmpint (event.type, ==, FRAM_TURN_EVENT_TRANSMIT);
  return event;
}

typedef struct
{
  const char *path;
  TurnServerManner manner;
  guint first; /* of the two that the server hears */
  FramTurnMobility found;
} Asking;

static const Asking askings[] = {
  { "/turn/made/beside/mobile", TURN_SERVER_MOBILE, 0, FRAM_TURN_MOBILE },
  { "/turn/made/beside/forbidden", TURN_SERVER_NO_MOVING, 0, FRAM_TURN_NOT_MOBILE },
  { "/turn/made/beside/unknown", TURN_SERVER_WELL, 0, FRAM_TURN_NOT_MOBILE },
  { "/turn/made/beside/reordered", TURN_SERVER_MOBILE, 1, FRAM_TURN_UNDECIDED },
  { "/turn/made/beside/forbidden-late", TURN_SERVER_NO_MOVING, 1, FRAM_TURN_UNDECIDED },
};

/* To find out whether the server gives tickets takes no round trip of its own. */
static void
test_ask_beside (gconstpointer data)
{
  const Asking *asking = data;
  FramTurnEvent event, both[2];
  TurnWorld world;

  turn_world_init (&world);
  world.config.mobility = FRAM_TURN_MAYBE_MOBILE;
  world.server.manner = asking->manner;
  world.turn = fram_turn_new (&world.config, &world.random.random, world.now);
  event = pop_transmission (&world);
  turn_world_carry (&world, &event);
  fram_turn_event_clear (&event);
  both[0] = pop_transmission (&world);
  world.now += FRAM_MILLISECONDS (5);
  fram_turn_advance (world.turn, world.now);
  both[1] = pop_transmission (&world);
  turn_world_carry (&world, &both[asking->first]);
  turn_world_carry (&world, &both[1 - asking->first]);
  turn_world_settle (&world);
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  turn_world_expect_nothing (&world);
  g_assert_cmpint (fram_turn_get_mobility (world.turn), ==, asking->found);
  g_assert_cmpint (fram_turn_can_move (world.turn), ==,
                   asking->found == FRAM_TURN_MOBILE);
  turn_world_pass (&world, FRAM_SECONDS (3600));
  turn_world_expect_nothing (&world);
  for (guint i = 0; i < 2; i++)
    fram_turn_event_clear (&both[i]);
  turn_world_clear (&world);
}

/* Who closes does not wait for a server that is gone. */
static void
test_close_in_silence (void)
{
  TurnWorld world;

  turn_world_init (&world);
  turn_world_start (&world);
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  world.server.manner = TURN_SERVER_SILENT;
  fram_turn_close (world.turn, world.now);
  turn_world_settle (&world);
  turn_world_pass (&world, FRAM_TURN_CLOSE_LIMIT);
  turn_world_expect_end (&world, FRAM_TURN_CLOSED, 0);
  turn_world_clear (&world);
}

static void
test_close_before_it_is_there (void)
{
  TurnWorld world;

  turn_world_init (&world);
  world.n_lost = 1;
  turn_world_start (&world);
  fram_turn_close (world.turn, world.now);
  turn_world_settle (&world);
  turn_world_expect_end (&world, FRAM_TURN_CLOSED, 0);
  turn_world_clear (&world);
}

/* One that says 405 at once is asked without at once. */
static void
test_forbidden_soon (void)
{
  TurnWorld world;

  turn_world_init (&world);
  world.config.mobility = FRAM_TURN_MAYBE_MOBILE;
  world.server.manner = TURN_SERVER_NO_MOVING;
  turn_world_start (&world);
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  g_assert_cmpint (fram_turn_get_mobility (world.turn), ==, FRAM_TURN_NOT_MOBILE);
  g_assert_cmpuint (world.server.n_requests[FRAM_STUN_ALLOCATE], ==, 3);
  turn_world_clear (&world);
}

/* Whether it gives tickets was not learned from the first: it is asked with one alone. */
static void
test_undecided (void)
{
  static const struct
  {
    TurnServerManner manner;
    FramTurnMobility found;
    guint n_requests;
  } cases[] = {
    { TURN_SERVER_MOBILE, FRAM_TURN_MOBILE, 2 },
    { TURN_SERVER_WELL, FRAM_TURN_NOT_MOBILE, 2 },
    { TURN_SERVER_NO_MOVING, FRAM_TURN_NOT_MOBILE, 3 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TurnWorld world;
      FramTurnEvent event;

      turn_world_init (&world);
      world.config.mobility = FRAM_TURN_UNDECIDED;
      world.server.manner = cases[i].manner;
      world.turn = fram_turn_new (&world.config, &world.random.random, world.now);
      event = pop_transmission (&world);
      turn_world_carry (&world, &event);
      fram_turn_event_clear (&event);
      event = pop_transmission (&world);
      /* Longer than another one would wait. */
      turn_world_pass (&world, FRAM_MILLISECONDS (100));
      turn_world_expect_nothing (&world);
      turn_world_carry (&world, &event);
      fram_turn_event_clear (&event);
      turn_world_settle (&world);
      turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
      g_assert_cmpint (fram_turn_get_mobility (world.turn), ==, cases[i].found);
      g_assert_cmpuint (world.server.n_requests[FRAM_STUN_ALLOCATE], ==,
                        cases[i].n_requests);
      turn_world_clear (&world);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/turn/kept/an-hour", test_an_hour);
  g_test_add_func ("/turn/kept/short-lifetime", test_short_lifetime);
  g_test_add_func ("/turn/kept/lost", test_lost);
  g_test_add_func ("/turn/kept/silent-refresh", test_silent_refresh);
  g_test_add_func ("/turn/kept/rotation", test_rotation);
  g_test_add_func ("/turn/kept/another-user", test_another_user);
  g_test_add_func ("/turn/kept/move", test_move);
  g_test_add_func ("/turn/kept/silent-between", test_silent_between);
  g_test_add_func ("/turn/kept/move-in-vain", test_move_in_vain);
  g_test_add_func ("/turn/made/beside/forbidden-soon", test_forbidden_soon);
  g_test_add_func ("/turn/made/beside/undecided", test_undecided);
  for (guint i = 0; i < G_N_ELEMENTS (askings); i++)
    g_test_add_data_func (askings[i].path, &askings[i], test_ask_beside);
  g_test_add_func ("/turn/closed/in-silence", test_close_in_silence);
  g_test_add_func ("/turn/closed/before-it-is-there", test_close_before_it_is_there);
  return g_test_run ();
}
