/* What one call of something costs that takes nanoseconds: time, and allocations. */
#pragma once

#include <glib.h>

/* Does the thing to be measured `count` times. */
typedef void (*RepetitionLoop) (gpointer data, guint count);

/* Writes the figure `name`, the nanoseconds of one of `count` repetitions: the median of
 * several loops, after one that is not counted. */
void repetition_measure (const char *name, RepetitionLoop loop, gpointer data,
                         guint count);

/* Writes the figure `allocations`: for each repetition that was measured until now. */
void repetition_write_allocations (void);

/* Makes the compiler believe that `pointer`'s target is read and written here. */
static inline void
repetition_use (void *pointer)
{
  __asm__ volatile("" : : "r"(pointer) : "memory");
}
