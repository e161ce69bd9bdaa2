/* Looks whether data that come regularly stop: maybe the path that they took is dead; and whether
 * there are any at all.
 *
 * It looks at the plane's counters each tenth of a second while data come regularly, once a
 * second while there are some, have been lately, or may go past the plane, and never else. */
#pragma once

#include "io/plane.h"

typedef struct _FramFlowWatch FramFlowWatch;

/* None of these may free the watch. */
typedef struct
{
  /* The data of `key`, which came for a second at least, have stopped. */
  void (*quiet) (gpointer user_data, const FramComponentKey *key);
  /* None came or went for a while; or there are some again.  A path is one in use until
   * something else is told of it. */
  void (*use) (gpointer user_data, const FramComponentKey *key, gboolean is_used);
} FramFlowListener;

/* `rest_after`: so long without data, and a path is not in use. */
FramFlowWatch *fram_flow_watch_new (GMainContext *context, FramPlane *plane,
                                    FramTime rest_after, const FramFlowListener *listener,
                                    gpointer user_data);
void fram_flow_watch_free (FramFlowWatch *watch);

/* The component has a path, another one than before, or none. */
void fram_flow_watch_set_path (FramFlowWatch *watch, const FramComponentKey *key,
                               gboolean has_path);
/* The session has ended. */
void fram_flow_watch_forget (FramFlowWatch *watch, FramSessionId session);
/* Data may come past the plane.  Return: whether a timer has been started for that. */
gboolean fram_flow_watch_wake (FramFlowWatch *watch);
/* A turn of the plane is over: wakes if it had data of an application.  What the protocol
 * says to itself wakes nobody, or a host of idle sessions would look at all of them each second.
 * Return: as fram_flow_watch_wake(). */
gboolean fram_flow_watch_end_turn (FramFlowWatch *watch);
