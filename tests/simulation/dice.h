/* Seeded randomness: the same seed gives the same world, packet for packet. */
#pragma once

#include "base/random.h"
#include "base/time.h"

/* xoshiro256**; the first member makes it a source that brokers can draw from. */
typedef struct
{
  FramRandom random;
  guint64 state[4];
} SimDice;

void sim_dice_init (SimDice *dice, guint64 seed);
/* A stream of its own, so that what one part draws does not change what others get. */
void sim_dice_split (SimDice *dice, SimDice *ret_child);

gboolean sim_dice_chance (SimDice *dice, double probability);
/* In [low, high). */
gint64 sim_dice_range (SimDice *dice, gint64 low, gint64 high);
/* One of the `n` numbers from 0, each as likely as its weight. */
guint sim_dice_weighted (SimDice *dice, const guint *weights, guint n);
