#include "delay-queue.h"

#include <string.h>

/* The most that one direction keeps, whatever the delay. */
#define MAX_BYTES (64 * 1024 * 1024)

struct _DelayQueue
{
  DelayPolicy policy;
  GRand *dice;
  GSequence *frames; /* DelayFrame, the next one first */
  gsize bytes;
  guint64 n_pushed;
  gint64 free_at; /* when the last bit of what came before has left */
};

DelayQueue *
delay_queue_new (const DelayPolicy *policy, guint32 seed)
{
  DelayQueue *queue = g_new0 (DelayQueue, 1);

  queue->policy = *policy;
  queue->dice = g_rand_new_with_seed (seed);
  queue->frames = g_sequence_new (NULL);
  return queue;
}

static void
free_frame (gpointer frame, gpointer data)
{
  g_free (frame);
}

void
delay_queue_free (DelayQueue *queue)
{
  if (queue == NULL)
    return;
  g_rand_free (queue->dice);
  g_sequence_foreach (queue->frames, free_frame, NULL);
  g_sequence_free (queue->frames);
  g_free (queue);
}

/* What has the same time keeps its order. */
static int
compare_frames (gconstpointer a, gconstpointer b, gpointer data)
{
  const DelayFrame *one = a, *other = b;

  if (one->due != other->due)
    return one->due < other->due ? -1 : 1;
  return one->order < other->order ? -1 : 1;
}

/* When the last bit of a frame has left, frames leaving one after the other.
 * Return: FALSE if it would wait too long for those before it. */
static gboolean
squeeze (DelayQueue *queue, gsize wire, gint64 now, gint64 *ret_left)
{
  gint64 start = MAX (queue->free_at, now);

  if (queue->policy.rate <= 0.0)
    {
      *ret_left = now;
      return TRUE;
    }
  if (start - now > queue->policy.backlog)
    return FALSE;
  queue->free_at = start + (gint64) (wire * 8 * G_USEC_PER_SEC / queue->policy.rate);
  *ret_left = queue->free_at;
  return TRUE;
}

static gint64
draw_delay (DelayQueue *queue)
{
  const DelayPolicy *policy = &queue->policy;

  if (policy->jitter == 0)
    return policy->delay;
  return policy->delay
         + (gint64) g_rand_double_range (queue->dice, -policy->jitter, policy->jitter);
}

gboolean
delay_queue_push (DelayQueue *queue, const guint8 *data, gsize length, gsize wire,
                  gint64 now)
{
  DelayFrame *frame;
  gint64 left;

  /* The dice are thrown for every frame, so that a seed always loses the same ones. */
  if (g_rand_double (queue->dice) < queue->policy.loss)
    return FALSE;
  if (queue->bytes + length > MAX_BYTES || !squeeze (queue, wire, now, &left))
    return FALSE;

  frame = g_malloc (sizeof *frame + length);
  frame->due = left + draw_delay (queue);
  frame->order = queue->n_pushed++;
  frame->length = length;
  memcpy (frame->data, data, length);
  g_sequence_insert_sorted (queue->frames, frame, compare_frames, NULL);
  queue->bytes += length;
  return TRUE;
}

gint64
delay_queue_next (const DelayQueue *queue)
{
  GSequenceIter *first = g_sequence_get_begin_iter (queue->frames);

  if (g_sequence_iter_is_end (first))
    return G_MAXINT64;
  return ((const DelayFrame *) g_sequence_get (first))->due;
}

DelayFrame *
delay_queue_pop (DelayQueue *queue, gint64 now)
{
  GSequenceIter *first = g_sequence_get_begin_iter (queue->frames);
  DelayFrame *frame;

  if (g_sequence_iter_is_end (first))
    return NULL;
  frame = g_sequence_get (first);
  if (frame->due > now)
    return NULL;
  queue->bytes -= frame->length;
  g_sequence_remove (first);
  return frame;
}
