/* A measurement of a mapping's lifetime in a world of its own. */
#pragma once

#include "nat-world.h"
#include "nat/lifetime.h"

typedef struct
{
  NatWorld world;
  SimNatKind kind;
  gboolean no_nat;
  FramNatLifetimeConfig config;
  FramNatLifetime *lifetime;
  FramTime took;
} LifetimeWorld;

void lifetime_world_init (LifetimeWorld *self, guint64 seed, FramTime life);
void lifetime_world_clear (LifetimeWorld *self);
const FramNatLifetimeResult *lifetime_world_run (LifetimeWorld *self);

/* Both ends of what was found are within a tenth of each other, and of the truth; `slack`
 * counts where a tenth is less. */
void lifetime_assert_found (const FramNatLifetimeResult *result, FramTime life,
                            FramTime slack);
