#include "broker/schedule.h"

/* Whoever moves in the heap is told its place, and lies anywhere in memory: a heap of so many children
 * is flat, and few move. */
#define CHILDREN 8

void
fram_schedule_init (FramSchedule *schedule)
{
  schedule->heap = g_array_new (FALSE, FALSE, sizeof (FramDueTime));
  schedule->next_order = 0;
}

void
fram_schedule_clear (FramSchedule *schedule)
{
  g_clear_pointer (&schedule->heap, g_array_unref);
}

static guint
get_parent (guint place)
{
  return (place - 2) / CHILDREN + 1;
}

static guint
get_first_child (guint place)
{
  return (place - 1) * CHILDREN + 2;
}

static FramDueTime *
at (const FramSchedule *schedule, guint place)
{
  return &g_array_index (schedule->heap, FramDueTime, place - 1);
}

static void
put (FramSchedule *schedule, guint place, const FramDueTime *entry)
{
  *at (schedule, place) = *entry;
  entry->due->place = place;
}

static gboolean
is_before (const FramDueTime *a, const FramDueTime *b)
{
  return a->time != b->time ? a->time < b->time : a->order < b->order;
}

/* Puts the entry at the place, which is free, or above it. */
static void
rise (FramSchedule *schedule, guint place, const FramDueTime *entry)
{
  while (place > 1 && is_before (entry, at (schedule, get_parent (place))))
    {
      put (schedule, place, at (schedule, get_parent (place)));
      place = get_parent (place);
    }
  put (schedule, place, entry);
}

/* Return: the child that is due first; 0: there is none. */
static guint
find_earliest_child (const FramSchedule *schedule, guint place)
{
  guint first = get_first_child (place), earliest = first;
  guint end = MIN (first + CHILDREN, schedule->heap->len + 1);

  if (first >= end)
    return 0;
  for (guint child = first + 1; child < end; child++)
    if (is_before (at (schedule, child), at (schedule, earliest)))
      earliest = child;
  return earliest;
}

/* Or below it. */
static void
sink (FramSchedule *schedule, guint place, const FramDueTime *entry)
{
  guint child;

  while ((child = find_earliest_child (schedule, place)) != 0
         && is_before (at (schedule, child), entry))
    {
      put (schedule, place, at (schedule, child));
      place = child;
    }
  put (schedule, place, entry);
}

static void
settle (FramSchedule *schedule, guint place, const FramDueTime *entry)
{
  if (place > 1 && is_before (entry, at (schedule, get_parent (place))))
    rise (schedule, place, entry);
  else
    sink (schedule, place, entry);
}

static void
take_out (FramSchedule *schedule, FramDue *due)
{
  FramDueTime last = *at (schedule, schedule->heap->len);
  guint place = due->place;

  g_array_set_size (schedule->heap, schedule->heap->len - 1);
  due->place = 0;
  if (last.due != due)
    settle (schedule, place, &last);
}

void
fram_schedule_set (FramSchedule *schedule, FramDue *due, FramTime time)
{
  FramDueTime entry = { .time = time, .due = due };

  if (due->place != 0 && due->time == time)
    return;
  if (time == FRAM_TIME_NEVER)
    {
      if (due->place != 0)
        take_out (schedule, due);
      return;
    }

  due->time = time;
  entry.order = schedule->next_order++;
  if (due->place == 0)
    {
      g_array_append_val (schedule->heap, entry);
      due->place = schedule->heap->len;
    }
  settle (schedule, due->place, &entry);
}

FramDue *
fram_schedule_peek (const FramSchedule *schedule)
{
  return schedule->heap->len > 0 ? at (schedule, 1)->due : NULL;
}

FramTime
fram_schedule_next (const FramSchedule *schedule)
{
  return schedule->heap->len > 0 ? at (schedule, 1)->time : FRAM_TIME_NEVER;
}
