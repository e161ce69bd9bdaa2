/* A plan while it is drawn, shared by generator.c (places, hosts, servers),
 * generator-calls.c, generator-changes.c, generator-peers.c, generator-tcp.c and
 * generator-names.c. */
#pragma once

#include "generator.h"

typedef struct
{
  SimPlan *plan;
  SimDice dice;
  SimDice
      late; /* what was thought of later: the worlds of former seeds stay as they were */
  guint carrier; /* network of the carrier's customers; 0: there is none yet */
} SimDraft;

gboolean sim_draft_chance (SimDraft *draft, double probability);
/* In [low, high]. */
FramTime sim_draft_milliseconds (SimDraft *draft, gint64 low, gint64 high);
/* Up to `most`. */
double sim_draft_fraction (SimDraft *draft, double most);

/* A network for one more host or interface: one that is there, or a new one. */
guint sim_draft_network (SimDraft *draft);

/* generator-calls.c */
void sim_draft_add_calls (SimDraft *draft, guint n_hosts);
/* Some calls of several streams lose one. */
void sim_draft_add_removals (SimDraft *draft);
/* Some ends are lite. */
void sim_draft_add_lite (SimDraft *draft);

/* generator-peers.c: peers that are no Frams, candidates that come late, servers that die */
void sim_draft_add_peers (SimDraft *draft);

/* generator-tcp.c: TCP candidates, and worlds where they are needed */
void sim_draft_add_tcp (SimDraft *draft, guint64 seed);

/* generator-names.c: names in place of addresses */
void sim_draft_add_names (SimDraft *draft, guint64 seed);

/* After a change, calls are watched for so long. */
#define SIM_DRAFT_WATCHED FRAM_SECONDS (50)

/* generator-changes.c: what happens to networks in the middle of calls */
void sim_draft_add_changes (SimDraft *draft);
