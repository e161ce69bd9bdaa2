/* The same load over any path: two ends of a datagram path, each driven by a thread of its
 * own.
 *
 * Throughput is loss-free: a sender stops when TRAFFIC_WINDOW packets are on the way, until
 * the receiver has taken some of them.  Round trips have one packet outstanding.
 *
 * Others use the same machine, and make it slower by more than half for a second, or for some
 * milliseconds.  So the path takes turns with one of plain UDP, many in a second: what is said of
 * both was measured at the same time. */
#pragma once

#include <glib.h>
#include <sys/types.h>

#define TRAFFIC_WINDOW 256
#define TRAFFIC_BURST 32
#define TRAFFIC_PACKET 1200 /* bytes, of the throughput */
#define TRAFFIC_PING 100    /* bytes, of the round trips */

typedef struct _TrafficEnd TrafficEnd;

struct _TrafficEnd
{
  /* Return: FALSE if there is no room at present. */
  gboolean (*send) (TrafficEnd *end, const void *packet, gsize length);
  /* The same packet `n` times, TRAFFIC_BURST at most; NULL: singly.
   * Return: how many there was room for. */
  guint (*send_many) (TrafficEnd *end, const void *packet, gsize length, guint n);
  /* Waits up to `milliseconds` for packets and gives each one to traffic_take(). */
  void (*receive) (TrafficEnd *end, int milliseconds);
  gpointer path; /* what the two functions work on */

  gboolean answers; /* sends back what arrives */
  gint taken;       /* packets that have arrived; atomic */
  gint last;        /* `taken` when the last one of a turn has; atomic */
  int wake;         /* eventfd: wakes the sender whose window was full */
};

/* A path to measure, or the one beside it. */
typedef struct
{
  TrafficEnd *sender, *receiver;
  /* Further processes that carry the data, ended by 0; NULL: none. */
  const pid_t *services;
} TrafficPath;

/* Shortly, only to see that all works. */
void traffic_set_quick (gboolean quick);

/* traffic_pin() holds nothing: the kernel moves all that runs to whichever processor it likes. */
void traffic_set_free (gboolean is_free);

/* Counts a packet that has arrived at `end`, and answers it if it is to be answered. */
void traffic_take (TrafficEnd *end, const void *packet, gsize length);

/* Holds a process (0: this thread) to the processor of one side, 0 or 1: each has its own as
 * long as there are two. */
void traffic_pin (pid_t process, guint side);

/* Measures and writes throughput, processor time of a packet, loss, and round trips of `path`;
 * and the same but loss of `beside`, whose names end with "-beside". */
void traffic_measure (const TrafficPath *path, const TrafficPath *beside);
