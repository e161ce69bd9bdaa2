/* Two applications of plain blocking send() and recv(), each a process on a processor of its
 * own, and what their traffic costs.  The services that carry it are further processes. */
#pragma once

#include <glib.h>
#include <sys/types.h>

#define RELAY_SIDES 2

/* What carries the packets between the two descriptors. */
typedef struct
{
  int fds[RELAY_SIDES];
  /* Each runs in a process on the side's processor until it is killed; NULL: none. */
  void (*serve) (gpointer service);
  gpointer services[RELAY_SIDES];
} RelayPath;

typedef struct
{
  double throughput; /* packets each second, loss-free: RELAY_WINDOW on the way */
  double lost;       /* packets of these that did not arrive in time */
  double cpu;        /* microseconds for each packet at RELAY_RATE, all processes' */
  double rtt_p50;    /* microseconds, one packet outstanding */
} RelayFigures;

#define RELAY_WINDOW 256
#define RELAY_RATE 10000 /* packets each second, in bursts each millisecond */

/* Each takes a path that nothing was sent on yet, and `milliseconds`; `length` is that of a
 * packet, bytes. */
void relay_load_throughput (const RelayPath *path, gsize length, guint milliseconds,
                            RelayFigures *ret_figures);
void relay_load_cpu (const RelayPath *path, gsize length, guint milliseconds,
                     RelayFigures *ret_figures);
void relay_load_round_trips (const RelayPath *path, guint milliseconds,
                             RelayFigures *ret_figures);
