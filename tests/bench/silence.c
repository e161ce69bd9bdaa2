#include "silence.h"

#include "figures.h"

#define SECONDS_OF_HOUR 3600.0

/* So long after the last has connected nothing is as in the beginning any more: Fram asks for consent
 * less often after half a minute without data. */
#define SETTLING 48

static gboolean
on_time_over (gpointer is_over)
{
  *(gboolean *) is_over = TRUE;
  return G_SOURCE_REMOVE;
}

static void
stay_idle (guint seconds)
{
  gboolean is_over = FALSE;

  g_timeout_add_seconds (seconds, on_time_over, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

void
silence_measure (pid_t pid, guint n_sessions, guint seconds)
{
  guint64 processor, packets;

  /* A shorter time is only to see that all works. */
  if (seconds >= SETTLING)
    stay_idle (SETTLING);
  processor = figures_processor_time (pid);
  packets = figures_packets_sent ();
  stay_idle (seconds);
  processor = figures_processor_time (pid) - processor;
  packets = figures_packets_sent () - packets;
  figures_write ("cpu", (double) processor / seconds / 1e7, "%");
  figures_write ("packets", packets * SECONDS_OF_HOUR / seconds / n_sessions, "1/h");
}
