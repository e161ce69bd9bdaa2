#include "cli/progress.h"

#include <string.h>
#include <unistd.h>

struct _Progress
{
  const char *what;
  guint seconds;
  guint timer; /* 0: nobody sees it */
};

static void
show (const Progress *progress)
{
  g_printerr ("\r%s: %u s", progress->what, progress->seconds);
}

static gboolean
on_second (gpointer user_data)
{
  Progress *progress = user_data;

  progress->seconds++;
  show (progress);
  return G_SOURCE_CONTINUE;
}

Progress *
progress_new (const char *what)
{
  Progress *progress = g_new0 (Progress, 1);

  progress->what = what;
  if (isatty (STDERR_FILENO))
    {
      show (progress);
      progress->timer = g_timeout_add_seconds (1, on_second, progress);
    }
  return progress;
}

void
progress_free (Progress *progress)
{
  if (progress->timer != 0)
    {
      g_source_remove (progress->timer);
      g_printerr ("\r%*s\r", (int) strlen (progress->what) + 10, "");
    }
  g_free (progress);
}
