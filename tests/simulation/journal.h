/* What happened in a world, as lines for people and as numbers, and the first rule that was
 * broken. */
#pragma once

#include "base/time.h"
#include "happenings.h"

typedef enum
{
  SIM_TRACING_OFF,
  SIM_TRACING_KEEP,
  SIM_TRACING_PRINT, /* at once, so that it is there when the program breaks off */
} SimTracing;

typedef struct
{
  SimTracing tracing;
  GString *lines;
  char *violation; /* the first one: rule, time and what was seen; NULL: none */
  char rule[32];
  guint happened[SIM_N_HAPPENINGS];
} SimJournal;

void sim_journal_init (SimJournal *journal, SimTracing tracing);
void sim_journal_clear (SimJournal *journal);

void sim_journal_note (SimJournal *journal, FramTime now, const char *who,
                       const char *format, ...) G_GNUC_PRINTF (4, 5);
/* It happened once more. */
void sim_journal_count (SimJournal *journal, SimHappening happening);
/* Later violations follow from the first and are only noted. */
void sim_journal_violate (SimJournal *journal, FramTime now, const char *who,
                          const char *rule, const char *format, ...) G_GNUC_PRINTF (5, 6);
