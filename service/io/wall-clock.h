/* The time of the day, which people and other machines set: for what has a date.  All else goes
 * by the monotonic clock. */
#pragma once

#include <glib.h>

typedef struct _FramWallClock FramWallClock;

/* The time has come, or the clock was set. */
typedef void (*FramWallClockDue) (gpointer user_data);

/* `context` NULL: the thread's default. */
FramWallClock *fram_wall_clock_new (GMainContext *context, FramWallClockDue due,
                                    gpointer user_data);
/* NULL is allowed. */
void fram_wall_clock_free (FramWallClock *clock);

/* Seconds since 1970, UTC. */
gint64 fram_wall_clock_now (void);

/* Calls at `when`, seconds since 1970, or as soon as the clock is set, once; it takes the
 * place of what was wanted before.  0: never. */
void fram_wall_clock_set (FramWallClock *clock, gint64 when);
