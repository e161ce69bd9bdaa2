/* The inside of a world, shared by world.c (its life) and verdict.c (the judging). */
#pragma once

#include "call.h"
#include "names.h"
#include "relay-server.h"
#include "topology.h"
#include "world.h"

struct _SimWorld
{
  const SimPlan *plan;
  SimContext context;
  SimDice dice;
  SimJournal journal;
  SimTopology topology;
  SimStunServer *servers[SIM_MAX_SERVERS];
  SimTcpServer *tcp_servers[SIM_MAX_SERVERS]; /* where somebody has TCP candidates */
  SimHost *hosts[SIM_MAX_HOSTS];
  SimCall *calls;
  SimOutcome *outcomes;
  guint64 n_steps;
  FramTime chats_until;
};

#define SIM_WORLD_VIOLATE(world, rule, ...)                                              \
  sim_journal_violate (&(world)->journal, sim_schedule_now ((world)->context.schedule),  \
                       "world", rule, __VA_ARGS__)

/* verdict.c */

/* So many packets are lost that nothing is promised of the call. */
gboolean sim_world_may_lose (const SimWorld *world, guint call);
/* By a relay as many are lost: four answers in a row to a nomination may be, which the peer has taken
 * at once. */
gboolean sim_world_may_nominate_late (const SimWorld *world, guint call);
/* Its addresses changed a moment ago: it has time to find another path. */
gboolean sim_world_is_moving (const SimWorld *world, guint call);
/* When a call that has not connected must have given up: the last check begins within
 * seconds, is repeated for 39.5 s (RFC 8489 §6.2.1), and RFC 8863 §4 adds as much. */
#define SIM_SETTLING_MAX FRAM_SECONDS (150)
/* When nothing more happens, or after that time: are all connected that can be? */
void sim_world_judge_settling (SimWorld *world, gboolean settled);
/* A good while later: are they still? */
void sim_world_judge_holding (SimWorld *world);
