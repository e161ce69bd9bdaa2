#include "base/queue.h"

#include <string.h>

struct _FramQueuePlace
{
  FramQueuePlace *next;
  gint64 item[];
};

void
fram_queue_init (FramQueue *queue, gsize size, guint16 max_spare)
{
  *queue = (FramQueue){ .size = (guint32) size, .max_spare = max_spare };
}

void
fram_queue_clear (FramQueue *queue)
{
  FramQueuePlace *place;

  g_assert (queue->first == NULL);
  while ((place = queue->spare) != NULL)
    {
      queue->spare = place->next;
      g_free (place);
    }
  queue->n_spare = 0;
}

static FramQueuePlace *
get_place (FramQueue *queue)
{
  FramQueuePlace *place = queue->spare;

  /* Not g_malloc0(): the C library clears what it has at hand more slowly. */
  if (place == NULL)
    return g_malloc (sizeof *place + queue->size);
  queue->spare = place->next;
  queue->n_spare--;
  return place;
}

gpointer
fram_queue_push (FramQueue *queue)
{
  FramQueuePlace *place = get_place (queue);

  place->next = NULL;
  memset (place->item, 0, queue->size);
  if (queue->last != NULL)
    queue->last->next = place;
  else
    queue->first = place;
  queue->last = place;
  return place->item;
}

gboolean
fram_queue_pop (FramQueue *queue, gpointer ret_item)
{
  FramQueuePlace *place = queue->first;

  if (place == NULL)
    return FALSE;
  memcpy (ret_item, place->item, queue->size);
  queue->first = place->next;
  if (queue->first == NULL)
    queue->last = NULL;
  if (queue->n_spare == queue->max_spare)
    {
      g_free (place);
      return TRUE;
    }
  place->next = queue->spare;
  queue->spare = place;
  queue->n_spare++;
  return TRUE;
}
