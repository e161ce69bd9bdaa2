#include "broker/schedule.h"

/* A heap of so many children is flat, and few move. */
#define CHILDREN 8

void
fram_schedule_init (FramSchedule *schedule)
{
  schedule->heap = g_array_new (FALSE, FALSE, sizeof (FramDueTime));
  schedule->places = g_array_new (FALSE, FALSE, sizeof (FramDuePlace));
  schedule->first_free = 0;
  schedule->next_order = 0;
}

void
fram_schedule_clear (FramSchedule *schedule)
{
  g_clear_pointer (&schedule->heap, g_array_unref);
  g_clear_pointer (&schedule->places, g_array_unref);
}

/* --- Places ------------------------------------------------------------------------ */

static FramDuePlace *
get_place (const FramSchedule *schedule, guint place)
{
  return &g_array_index (schedule->places, FramDuePlace, place - 1);
}

static void
give_place (FramSchedule *schedule, FramDue *due)
{
  FramDuePlace new = { 0 };

  if (schedule->first_free == 0)
    {
      g_array_append_val (schedule->places, new);
      schedule->first_free = schedule->places->len;
    }
  due->place = schedule->first_free;
  schedule->first_free = get_place (schedule, due->place)->position;
  get_place (schedule, due->place)->due = due;
}

static void
take_place (FramSchedule *schedule, FramDue *due)
{
  *get_place (schedule, due->place) = (FramDuePlace){ .position = schedule->first_free };
  schedule->first_free = due->place;
  due->place = 0;
}

/* --- The heap ---------------------------------------------------------------------- */

static guint
get_parent (guint position)
{
  return (position - 2) / CHILDREN + 1;
}

static guint
get_first_child (guint position)
{
  return (position - 1) * CHILDREN + 2;
}

static FramDueTime *
at (const FramSchedule *schedule, guint position)
{
  return &g_array_index (schedule->heap, FramDueTime, position - 1);
}

static void
put (FramSchedule *schedule, guint position, const FramDueTime *entry)
{
  *at (schedule, position) = *entry;
  get_place (schedule, entry->place)->position = position;
}

static gboolean
is_before (const FramDueTime *a, const FramDueTime *b)
{
  return a->time != b->time ? a->time < b->time : a->order < b->order;
}

/* Puts the entry at the position, which is free, or above it. */
static void
rise (FramSchedule *schedule, guint position, const FramDueTime *entry)
{
  while (position > 1 && is_before (entry, at (schedule, get_parent (position))))
    {
      put (schedule, position, at (schedule, get_parent (position)));
      position = get_parent (position);
    }
  put (schedule, position, entry);
}

/* Return: the child that is due first; 0: there is none. */
static guint
find_earliest_child (const FramSchedule *schedule, guint position)
{
  guint first = get_first_child (position), earliest = first;
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
sink (FramSchedule *schedule, guint position, const FramDueTime *entry)
{
  guint child;

  while ((child = find_earliest_child (schedule, position)) != 0
         && is_before (at (schedule, child), entry))
    {
      put (schedule, position, at (schedule, child));
      position = child;
    }
  put (schedule, position, entry);
}

static void
settle (FramSchedule *schedule, guint position, const FramDueTime *entry)
{
  if (position > 1 && is_before (entry, at (schedule, get_parent (position))))
    rise (schedule, position, entry);
  else
    sink (schedule, position, entry);
}

static void
take_out (FramSchedule *schedule, FramDue *due)
{
  FramDueTime last = *at (schedule, schedule->heap->len);
  guint position = get_place (schedule, due->place)->position;

  g_array_set_size (schedule->heap, schedule->heap->len - 1);
  if (last.place != due->place)
    settle (schedule, position, &last);
  take_place (schedule, due);
}

void
fram_schedule_set (FramSchedule *schedule, FramDue *due, FramTime time)
{
  FramDueTime entry = { .time = time };

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
      give_place (schedule, due);
      entry.place = due->place;
      g_array_append_val (schedule->heap, entry);
      get_place (schedule, due->place)->position = schedule->heap->len;
    }
  entry.place = due->place;
  settle (schedule, get_place (schedule, due->place)->position, &entry);
}

FramDue *
fram_schedule_peek (const FramSchedule *schedule)
{
  return schedule->heap->len > 0 ? get_place (schedule, at (schedule, 1)->place)->due
                                 : NULL;
}

FramTime
fram_schedule_next (const FramSchedule *schedule)
{
  return schedule->heap->len > 0 ? at (schedule, 1)->time : FRAM_TIME_NEVER;
}
