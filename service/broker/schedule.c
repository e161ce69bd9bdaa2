#include "broker/schedule.h"

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
  for (; place > 1 && is_before (entry, at (schedule, place / 2)); place /= 2)
    put (schedule, place, at (schedule, place / 2));
  put (schedule, place, entry);
}

/* Or below it. */
static void
sink (FramSchedule *schedule, guint place, const FramDueTime *entry)
{
  guint n = schedule->heap->len;

  while (2 * place <= n)
    {
      guint child = 2 * place;

      if (child < n && is_before (at (schedule, child + 1), at (schedule, child)))
        child++;
      if (!is_before (at (schedule, child), entry))
        break;
      put (schedule, place, at (schedule, child));
      place = child;
    }
  put (schedule, place, entry);
}

static void
settle (FramSchedule *schedule, guint place, const FramDueTime *entry)
{
  if (place > 1 && is_before (entry, at (schedule, place / 2)))
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
