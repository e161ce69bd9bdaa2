/* A source of random bytes that a seed repeats, for tests that need one as an argument. */
#pragma once

#include "base/random.h"

/* The first member makes it a FramRandom. */
typedef struct
{
  FramRandom random;
  guint64 state;
} SeededRandom;

void seeded_random_init (SeededRandom *self, guint64 seed);
