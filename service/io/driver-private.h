/* What the files of the driver share. */
#pragma once

#include "io/avahi.h"
#include "io/driver.h"
#include "io/flow-watch.h"
#include "io/network-watch.h"
#include "io/plane.h"
#include "io/random.h"
#include "io/resolver.h"
#include "io/stream.h"
#include "io/wall-clock.h"

struct _FramDriver
{
  GMainContext *context;
  FramRandomPool random;
  FramBroker *broker;
  FramPlane *plane;
  FramFlowWatch *flows;
  FramResolver *resolver;
  FramAvahi *avahi;
  GHashTable *streams;   /* id -> FramStream */
  GHashTable *listeners; /* id -> FramListener */
  FramNetworkWatch *network;
  FramWallClock *day;
  GSource *timer;                 /* its ready-time is the broker's deadline */
  const FramDriverMemory *memory; /* or NULL */
  gpointer memory_data;
  FramDriverSink sink;
  gpointer sink_data;
  gboolean pumping;
  FramDriverTap tap; /* NULL: nobody looks on */
  gpointer tap_data;
};

/* Does what is due. */
void fram_driver_advance (FramDriver *driver, FramTime now);
/* Whatever was ready has been told: what it brought is handed on.  `driver` is the FramDriver. */
void fram_driver_end_turn (gpointer driver);

/* driver-streams.c */
/* Return: (transfer full): none yet. */
GHashTable *fram_driver_new_streams (void);
void fram_driver_open_stream (FramDriver *driver, const FramEvent *event);
/* One that a peer has made. */
void fram_driver_take_stream (FramDriver *driver, const FramStreamTarget *target,
                              GSocket *socket);
/* Both return FALSE if there is no such stream. */
gboolean fram_driver_close_stream (FramDriver *driver, FramBaseId id);
gboolean fram_driver_transmit_stream (FramDriver *driver, const FramEvent *event);

/* driver-peers.c */
/* Return: (transfer full): none yet. */
GHashTable *fram_driver_new_listeners (void);
void fram_driver_open_listener (FramDriver *driver, const FramEvent *event);
/* Return: FALSE if there is none. */
gboolean fram_driver_close_listener (FramDriver *driver, FramBaseId id);
/* The host's addresses are others, or in another order. */
void fram_driver_choose_ways (FramDriver *driver);

/* driver-tap.c: shows a packet of the protocol to who looks on. */
void fram_driver_show (FramDriver *driver, FramSessionId session, FramBaseId base,
                       const FramAddress *remote, gboolean outgoing, const guint8 *bytes,
                       gsize length);

/* driver-events.c: does what the broker asks. */
void fram_driver_carry_out (FramDriver *driver, const FramEvent *event);
