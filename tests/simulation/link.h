/* How well a network carries: delay, loss, duplication, reordering. */
#pragma once

#include "dice.h"

typedef struct
{
  FramTime latency;
  FramTime jitter;  /* more delay, up to this; does not reorder by itself */
  double loss;      /* probabilities, each packet by itself */
  double duplicate; /* a second copy, a little later */
  double reorder;   /* held back, so that later packets overtake it */
  double mangle;    /* a forged copy with some bytes changed goes before it */
} SimLink;

/* When a packet arrives: not at all, once or twice. */
typedef struct
{
  guint n;
  FramTime at[2];
} SimPassage;

/* `last` is the link's memory: when the latest packet in order arrives. */
SimPassage sim_link_pass (const SimLink *link, SimDice *dice, FramTime now,
                          FramTime *last);
