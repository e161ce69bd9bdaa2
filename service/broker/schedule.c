#include "broker/schedule.h"

void
fram_schedule_init (FramSchedule *schedule)
{
  schedule->heap = g_ptr_array_new ();
  schedule->next_order = 0;
}

void
fram_schedule_clear (FramSchedule *schedule)
{
  g_clear_pointer (&schedule->heap, g_ptr_array_unref);
}

static FramDue *
at (const FramSchedule *schedule, guint place)
{
  return g_ptr_array_index (schedule->heap, place - 1);
}

static void
put (FramSchedule *schedule, guint place, FramDue *due)
{
  schedule->heap->pdata[place - 1] = due;
  due->place = place;
}

static gboolean
is_before (const FramDue *a, const FramDue *b)
{
  return a->time != b->time ? a->time < b->time : a->order < b->order;
}

static void
rise (FramSchedule *schedule, FramDue *due)
{
  guint place = due->place;

  for (; place > 1 && is_before (due, at (schedule, place / 2)); place /= 2)
    put (schedule, place, at (schedule, place / 2));
  put (schedule, place, due);
}

static void
sink (FramSchedule *schedule, FramDue *due)
{
  guint n = schedule->heap->len, place = due->place;

  while (2 * place <= n)
    {
      guint child = 2 * place;

      if (child < n && is_before (at (schedule, child + 1), at (schedule, child)))
        child++;
      if (!is_before (at (schedule, child), due))
        break;
      put (schedule, place, at (schedule, child));
      place = child;
    }
  put (schedule, place, due);
}

static void
take_out (FramSchedule *schedule, FramDue *due)
{
  FramDue *last = at (schedule, schedule->heap->len);
  guint place = due->place;

  g_ptr_array_set_size (schedule->heap, (gint) schedule->heap->len - 1);
  due->place = 0;
  if (last == due)
    return;
  put (schedule, place, last);
  rise (schedule, last);
  sink (schedule, last);
}

void
fram_schedule_set (FramSchedule *schedule, FramDue *due, FramTime time)
{
  if (due->place != 0 && due->time == time)
    return;
  if (due->place != 0)
    take_out (schedule, due);
  if (time == FRAM_TIME_NEVER)
    return;

  due->time = time;
  due->order = schedule->next_order++;
  g_ptr_array_add (schedule->heap, due);
  due->place = schedule->heap->len;
  rise (schedule, due);
}

FramDue *
fram_schedule_peek (const FramSchedule *schedule)
{
  return schedule->heap->len > 0 ? at (schedule, 1) : NULL;
}

FramTime
fram_schedule_next (const FramSchedule *schedule)
{
  const FramDue *due = fram_schedule_peek (schedule);

  return due != NULL ? due->time : FRAM_TIME_NEVER;
}
