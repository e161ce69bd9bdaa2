/* What a bad link does to frames: it loses, delays and squeezes them.
 *
 * Nothing here reads a clock: `now` is an argument, in microseconds, and never goes back.
 * What is lost and how much the delay varies comes from a seed. */
#pragma once

#include <glib.h>

typedef struct
{
  gint64 delay; /* microseconds */
  gint64
      jitter;  /* microseconds by which the delay varies, both ways; at most the delay */
  double loss; /* 0.0 to 1.0 */
  double rate; /* bits a second; 0.0: as fast as it comes */
  gint64
      backlog; /* microseconds that frames wait for the rate at most; others are lost */
} DelayPolicy;

typedef struct
{
  gint64 due;
  guint64 order;
  gsize length;
  guint8 data[];
} DelayFrame;

typedef struct _DelayQueue DelayQueue;

DelayQueue *delay_queue_new (const DelayPolicy *policy, guint32 seed);
void delay_queue_free (DelayQueue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DelayQueue, delay_queue_free)

/* Takes a copy of the frame, of which `wire` bytes count for the rate.
 * Return: FALSE if the link loses it. */
gboolean delay_queue_push (DelayQueue *queue, const guint8 *data, gsize length,
                           gsize wire, gint64 now);
/* Return: when the next frame is due; G_MAXINT64 if none waits. */
gint64 delay_queue_next (const DelayQueue *queue);
/* Return: (transfer full): a frame that is due, for g_free(); or NULL. */
DelayFrame *delay_queue_pop (DelayQueue *queue, gint64 now);
