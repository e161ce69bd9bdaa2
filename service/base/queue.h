/* What waits, first in, first out: items of one size.  An item stays where it is until it is taken;
 * of the places of those that were taken, some are kept for others. */
#pragma once

#include <glib.h>

typedef struct _FramQueuePlace FramQueuePlace;

typedef struct
{
  FramQueuePlace *first, *last;
  FramQueuePlace *spare;
  guint32 size; /* of an item */
  guint16 n_spare, max_spare;
} FramQueue;

void fram_queue_init (FramQueue *queue, gsize size, guint16 max_spare);
/* What the items own is their owner's to free, who takes them out before. */
void fram_queue_clear (FramQueue *queue);

/* Return: (transfer none): the new item, all zero. */
gpointer fram_queue_push (FramQueue *queue);
/* Takes the first. Return: FALSE: there is none. */
gboolean fram_queue_pop (FramQueue *queue, gpointer ret_item);
