#include "schedule.h"

typedef struct
{
  FramTime at;
  guint64 sequence;
  SimAction action;
  gpointer subject;
  gpointer detail;
  GDestroyNotify free_detail;
} Entry;

struct _SimSchedule
{
  FramTime now;
  guint64 sequence;
  GArray *heap; /* Entry; the children of i are 2i + 1 and 2i + 2 */
};

static Entry *
entry (const SimSchedule *schedule, guint i)
{
  return &g_array_index (schedule->heap, Entry, i);
}

static gboolean
before (const Entry *a, const Entry *b)
{
  return a->at != b->at ? a->at < b->at : a->sequence < b->sequence;
}

static void
swap (Entry *a, Entry *b)
{
  Entry held = *a;

  *a = *b;
  *b = held;
}

SimSchedule *
sim_schedule_new (void)
{
  SimSchedule *schedule = g_new0 (SimSchedule, 1);

  schedule->heap = g_array_new (FALSE, FALSE, sizeof (Entry));
  return schedule;
}

void
sim_schedule_free (SimSchedule *schedule)
{
  if (schedule == NULL)
    return;
  for (guint i = 0; i < schedule->heap->len; i++)
    {
      Entry *left = entry (schedule, i);

      if (left->free_detail != NULL)
        left->free_detail (left->detail);
    }
  g_array_unref (schedule->heap);
  g_free (schedule);
}

FramTime
sim_schedule_now (const SimSchedule *schedule)
{
  return schedule->now;
}

void
sim_schedule_add (SimSchedule *schedule, FramTime at, SimAction action, gpointer subject,
                  gpointer detail, GDestroyNotify free_detail)
{
  Entry added = {
    MAX (at, schedule->now), schedule->sequence++, action, subject, detail, free_detail
  };
  guint i = schedule->heap->len;

  g_array_append_val (schedule->heap, added);
  while (i > 0 && before (entry (schedule, i), entry (schedule, (i - 1) / 2)))
    {
      swap (entry (schedule, i), entry (schedule, (i - 1) / 2));
      i = (i - 1) / 2;
    }
}

static void
sink (SimSchedule *schedule)
{
  guint i = 0;

  while (TRUE)
    {
      guint first = i;

      for (guint child = 2 * i + 1; child <= 2 * i + 2; child++)
        if (child < schedule->heap->len
            && before (entry (schedule, child), entry (schedule, first)))
          first = child;
      if (first == i)
        return;
      swap (entry (schedule, i), entry (schedule, first));
      i = first;
    }
}

FramTime
sim_schedule_next (const SimSchedule *schedule)
{
  return schedule->heap->len > 0 ? entry (schedule, 0)->at : FRAM_TIME_NEVER;
}

gboolean
sim_schedule_step (SimSchedule *schedule, FramTime until)
{
  Entry due;

  if (sim_schedule_next (schedule) > until)
    {
      schedule->now = MAX (schedule->now, until);
      return FALSE;
    }

  due = *entry (schedule, 0);
  *entry (schedule, 0) = *entry (schedule, schedule->heap->len - 1);
  g_array_set_size (schedule->heap, schedule->heap->len - 1);
  sink (schedule);

  schedule->now = due.at;
  due.action (due.subject, due.detail);
  return TRUE;
}
