#include "repetition.h"

#include "allocations.h"
#include "figures.h"

#include <time.h>

#define N_LOOPS 15

static guint64 n_allocations, n_repetitions;

static gint64
nanoseconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
}

void
repetition_measure (const char *name, RepetitionLoop loop, gpointer data, guint count)
{
  g_autoptr (GArray) times = g_array_sized_new (FALSE, FALSE, sizeof (gint64), N_LOOPS);

  loop (data, count);
  for (guint i = 0; i < N_LOOPS; i++)
    {
      guint64 allocations = allocations_count ();
      gint64 start = nanoseconds (), time;

      loop (data, count);
      time = nanoseconds () - start;
      n_allocations += allocations_count () - allocations;
      n_repetitions += count;
      g_array_append_val (times, time);
    }
  figures_write (name, (double) figures_quantile (times, 0.5) / count, "ns");
}

void
repetition_write_allocations (void)
{
  figures_write ("allocations", (double) n_allocations / (double) n_repetitions,
                 "allocations");
}
