#include "turn-world.h"

#include <string.h>

void
turn_world_init (TurnWorld *world)
{
  memset (world, 0, sizeof *world);
  seeded_random_init (&world->random, 1);
  turn_server_init (&world->server);
  g_assert_true (fram_address_parse (&world->config.server, "203.0.113.1:3478"));
  world->config.credential.username = world->server.username;
  world->config.credential.password = world->server.password;
  world->now = FRAM_SECONDS (1000);
  world->events = g_array_new (FALSE, FALSE, sizeof (FramTurnEvent));
}

void
turn_world_clear (TurnWorld *world)
{
  g_assert_cmpstr (world->server.breach, ==, NULL);
  for (guint i = 0; i < world->events->len; i++)
    fram_turn_event_clear (&g_array_index (world->events, FramTurnEvent, i));
  g_array_unref (world->events);
  fram_turn_free (world->turn);
  turn_server_clear (&world->server);
}

void
turn_world_carry (TurnWorld *world, const FramTurnEvent *event)
{
  guint8 buffer[2048];
  const guint8 *data;
  FramAddress peer;
  gsize length;

  world->n_packets++;
  if (world->n_lost > 0)
    {
      world->n_lost--;
      return;
    }
  length = turn_server_answer (&world->server, event->data, event->length, buffer,
                               sizeof buffer);
  if (length > 0)
    fram_turn_receive (world->turn, buffer, length, world->now, &peer, &data, &length);
}

void
turn_world_settle (TurnWorld *world)
{
  FramTurnEvent event;

  while (fram_turn_pop (world->turn, &event))
    if (event.type == FRAM_TURN_EVENT_TRANSMIT)
      {
        turn_world_carry (world, &event);
        fram_turn_event_clear (&event);
      }
    else
      g_array_append_val (world->events, event);
}

void
turn_world_start (TurnWorld *world)
{
  world->turn = fram_turn_new (&world->config, &world->random.random, world->now);
  turn_world_settle (world);
}

void
turn_world_pass (TurnWorld *world, FramTime time)
{
  FramTime until = world->now + time;
  guint n_idle = 0;

  while (fram_turn_deadline (world->turn) <= until)
    {
      FramTime deadline = fram_turn_deadline (world->turn);

      /* A deadline that does not move would keep a loop busy for ever. */
      n_idle = deadline > world->now ? 0 : n_idle + 1;
      g_assert_cmpuint (n_idle, <, 100);
      world->now = MAX (world->now, deadline);
      fram_turn_advance (world->turn, world->now);
      turn_world_settle (world);
    }
  world->now = until;
}

FramTurnEvent
turn_world_expect (TurnWorld *world, FramTurnEventType type)
{
  FramTurnEvent event;

  g_assert_cmpuint (world->events->len, >, 0);
  event = g_array_index (world->events, FramTurnEvent, 0);
  g_assert_cmpint (event.type, ==, type);
  g_array_remove_index (world->events, 0);
  return event;
}

void
turn_world_expect_nothing (TurnWorld *world)
{
  g_assert_cmpuint (world->events->len, ==, 0);
}

void
turn_world_expect_end (TurnWorld *world, FramTurnOutcome outcome, guint code)
{
  FramTurnEvent event;

  turn_world_pass (world, FRAM_SECONDS (60));
  event = turn_world_expect (world, FRAM_TURN_EVENT_ENDED);
  g_assert_cmpstr (fram_turn_outcome_to_word (event.outcome), ==,
                   fram_turn_outcome_to_word (outcome));
  g_assert_cmpuint (event.code, ==, code);
  g_assert_cmpint (fram_turn_deadline (world->turn), ==, FRAM_TIME_NEVER);
  turn_world_expect_nothing (world);
}
