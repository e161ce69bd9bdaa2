/* fram-sessions: how fast framd connects two sessions of its own.
 *
 * The same as nice-sessions, over the bus: --count couples of sessions, --window of them at a
 * time, each closed as soon as both of its ends can send. */
#include "figures.h"
#include "fram-couple.h"

/* Closes what is connected, forgets what is closed; returns the number of the latter. */
static guint
reap (GPtrArray *couples)
{
  guint n = 0;

  for (guint i = couples->len; i-- > 0;)
    {
      FramCouple *couple = g_ptr_array_index (couples, i);

      if (couple->closed)
        {
          g_ptr_array_remove_index_fast (couples, i);
          n++;
        }
      else if (couple->connected > 0)
        {
          figures_write ("connect", (couple->connected - couple->began) / 1000.0, "ms");
          couple->connected = -1; /* told */
          fram_couple_close (couple);
        }
    }
  return n;
}

int
main (int argc, char **argv)
{
  int count = 20, window = 1, started = 0, done = 0;
  gboolean trickle = FALSE;
  GOptionEntry entries[] = {
    { "trickle", 0, 0, G_OPTION_ARG_NONE, &trickle, "Let framd share its ports", NULL },
    { "count", 0, 0, G_OPTION_ARG_INT, &count, "Couples in all", "N" },
    { "window", 0, 0, G_OPTION_ARG_INT, &window, "Couples at a time", "N" },
    { NULL },
  };
  g_autoptr (GOptionContext) parser = g_option_context_new ("SERVICE-PID");
  g_autoptr (GPtrArray) couples
      = g_ptr_array_new_with_free_func ((GDestroyNotify) fram_couple_free);

  g_option_context_add_main_entries (parser, entries, NULL);
  if (!g_option_context_parse (parser, &argc, &argv, NULL) || count < 1 || window < 1)
    return 2;
  figures_bound_time (120);

  g_autoptr (FramClient) offerer = fram_couple_new_client ();
  g_autoptr (FramClient) answerer = fram_couple_new_client ();
  gint64 began = g_get_monotonic_time ();

  while (done < count)
    {
      for (; started < count && (int) couples->len < window; started++)
        g_ptr_array_add (couples, fram_couple_new (offerer, answerer, trickle));
      g_main_context_iteration (NULL, TRUE);
      done += reap (couples);
    }
  figures_write ("rate", count * 1e6 / (g_get_monotonic_time () - began), "1/s");
  return 0;
}
