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

static void
test_move (void)
{
  TurnWorld world;
  guint before;

  turn_world_init (&world);
  world.config.mobility = TRUE;
  world.server.manner = TURN_SERVER_MOBILE;
  turn_world_start (&world);
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  before = world.server.n_requests[FRAM_STUN_REFRESH];
  g_assert_true (fram_turn_move (world.turn, world.now));
  turn_world_settle (&world);
  g_assert_cmpuint (world.server.n_requests[FRAM_STUN_REFRESH], ==, before + 1);
  turn_world_expect_nothing (&world);
  turn_world_clear (&world);
}

static void
test_no_moving (void)
{
  TurnWorld world;

  turn_world_init (&world);
  world.config.mobility = TRUE;
  world.server.manner = TURN_SERVER_NO_MOVING;
  turn_world_start (&world);
  turn_world_expect (&world, FRAM_TURN_EVENT_ALLOCATED);
  g_assert_false (fram_turn_move (world.turn, world.now));
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
  g_test_add_func ("/turn/kept/no-moving", test_no_moving);
  g_test_add_func ("/turn/closed/in-silence", test_close_in_silence);
  g_test_add_func ("/turn/closed/before-it-is-there", test_close_before_it_is_there);
  return g_test_run ();
}
