#include "journal.h"

void
sim_journal_init (SimJournal *journal, SimTracing tracing)
{
  *journal = (SimJournal){ .tracing = tracing, .lines = g_string_new (NULL) };
}

void
sim_journal_clear (SimJournal *journal)
{
  g_string_free (journal->lines, TRUE);
  g_free (journal->violation);
  *journal = (SimJournal){ 0 };
}

static void
add_line (SimJournal *journal, FramTime now, const char *who, const char *text)
{
  static const char format[] = "%10.6f %-8s %s\n";

  switch (journal->tracing)
    {
    case SIM_TRACING_OFF:
      return;
    case SIM_TRACING_KEEP:
      g_string_append_printf (journal->lines, format, (double) now / 1e6, who, text);
      return;
    case SIM_TRACING_PRINT:
      g_print (format, (double) now / 1e6, who, text);
      return;
    }
  g_assert_not_reached ();
}

void
sim_journal_note (SimJournal *journal, FramTime now, const char *who, const char *format,
                  ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  if (journal->tracing == SIM_TRACING_OFF)
    return;
  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  add_line (journal, now, who, text);
}

void
sim_journal_count (SimJournal *journal, SimHappening happening)
{
  journal->happened[happening]++;
}

void
sim_journal_violate (SimJournal *journal, FramTime now, const char *who, const char *rule,
                     const char *format, ...)
{
  g_autofree char *text = NULL, *line = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  line = g_strdup_printf ("VIOLATION of %s: %s", rule, text);
  add_line (journal, now, who, line);
  if (journal->violation != NULL)
    return;
  journal->violation
      = g_strdup_printf ("%s at %.6f s, %s: %s", rule, (double) now / 1e6, who, text);
  g_strlcpy (journal->rule, rule, sizeof journal->rule);
}
