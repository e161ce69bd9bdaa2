/* Time as the machines see it: microseconds that their caller reads from a clock.
 *
 * No layer from base to broker reads a clock.  Each call that depends on the time takes
 * `now`, and each machine names its next deadline in the same unit. */
#pragma once

#include <glib.h>

/* A point on the caller's monotonic clock, in microseconds; also a length of time. */
typedef gint64 FramTime;

/* The deadline of a machine that waits for nothing. */
#define FRAM_TIME_NEVER G_MAXINT64

#define FRAM_MILLISECONDS(n) ((FramTime) (n) *1000)
#define FRAM_SECONDS(n) ((FramTime) (n) *1000000)
