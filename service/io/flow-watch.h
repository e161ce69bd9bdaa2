/* Looks whether data that come regularly stop: maybe the path that they took is dead.
 *
 * It looks at the plane's counters each tenth of a second while data come regularly, once a
 * second while some come or go past the plane, and never while none do. */
#pragma once

#include "io/plane.h"

typedef struct _FramFlowWatch FramFlowWatch;

/* The data of `key`, which came for a second at least, have stopped. */
typedef void (*FramFlowQuiet) (gpointer user_data, const FramComponentKey *key);

FramFlowWatch *fram_flow_watch_new (GMainContext *context, FramPlane *plane,
                                    FramFlowQuiet quiet, gpointer user_data);
void fram_flow_watch_free (FramFlowWatch *watch);

/* The component has a path, another one than before, or none. */
void fram_flow_watch_set_path (FramFlowWatch *watch, const FramComponentKey *key,
                               gboolean has_path);
/* The session has ended. */
void fram_flow_watch_forget (FramFlowWatch *watch, FramSessionId session);
/* Data may come past the plane. */
void fram_flow_watch_wake (FramFlowWatch *watch);
/* A turn of the plane is over: wakes if it has brought data to an application.  What the protocol
 * says to itself wakes nobody, or a host of idle sessions would look at all of them each second. */
void fram_flow_watch_end_turn (FramFlowWatch *watch);
