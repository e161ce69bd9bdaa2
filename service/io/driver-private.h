/* What the files of the driver share. */
#pragma once

#include "io/driver.h"
#include "io/network-watch.h"
#include "io/plane.h"
#include "io/resolver.h"

struct _FramDriver
{
  GMainContext *context;
  FramRandom random;
  FramBroker *broker;
  FramPlane *plane;
  FramResolver *resolver;
  FramNetworkWatch *network;
  GSource *timer;                 /* its ready-time is the broker's deadline */
  const FramDriverMemory *memory; /* or NULL */
  gpointer memory_data;
  FramDriverSink sink;
  gpointer sink_data;
  gboolean pumping;
};

/* driver-events.c: does what the broker asks. */
void fram_driver_carry_out (FramDriver *driver, const FramEvent *event);
