/* A TURN client, its server, and the clock between them. */
#pragma once

#include "seeded-random.h"
#include "turn-server.h"
#include "turn/turn.h"

typedef struct
{
  SeededRandom random;
  TurnServer server;
  FramTurnConfig config;
  FramTurn *turn;
  FramTime now;
  guint n_lost;    /* so many of the next packets to the server are lost */
  guint n_packets; /* to the server */
  GArray *events;  /* FramTurnEvent, but for TRANSMIT */
} TurnWorld;

void turn_world_init (TurnWorld *world);
void turn_world_clear (TurnWorld *world);
/* Makes the client; what it asks is answered at once. */
void turn_world_start (TurnWorld *world);
/* Takes one packet to the server, and its answer back. */
void turn_world_carry (TurnWorld *world, const FramTurnEvent *event);
/* Carries packets until there are none. */
void turn_world_settle (TurnWorld *world);
/* From deadline to deadline, until `time` is over. */
void turn_world_pass (TurnWorld *world, FramTime time);

/* The next event that was not looked at; it must be of that type. */
FramTurnEvent turn_world_expect (TurnWorld *world, FramTurnEventType type);
void turn_world_expect_nothing (TurnWorld *world);
/* Until it ends, by this. */
void turn_world_expect_end (TurnWorld *world, FramTurnOutcome outcome, guint code);
