/* A probe of NAT behaviour in a world of its own. */
#pragma once

#include "nat-world.h"
#include "nat/behaviour.h"

typedef struct
{
  NatWorld world;
  FramNatProbeConfig config;
  FramNatProbe *probe;
  guint32 scope; /* of the local addresses, as the owner tells them */
  FramTime took;
} ProbeWorld;

/* By the first server, without a second. */
void probe_world_init (ProbeWorld *self, guint64 seed);
void probe_world_clear (ProbeWorld *self);
/* Runs the probe to its end, and checks what holds for all: it keeps within its limits of
 * time, questions and packets, and leaves nothing behind. */
const FramNatBehaviour *probe_world_run (ProbeWorld *self);
