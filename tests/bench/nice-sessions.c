/* nice-sessions: how fast libnice connects, both ends in this process.
 *
 * Connects --count pairs of agents, --window of them at a time, and takes each down as soon
 * as both of its ends can send or, with --complete, have agreed on a pair.  Writes the times
 * of each, pairs per second, and what a pair takes of the processor. */
#include "figures.h"
#include "nice-pair.h"

#include <unistd.h>

typedef struct
{
  NicePairOptions pair;
  gboolean complete;
  int pacing, count, window;
} Options;

static gboolean
parse_options (Options *options, int argc, char **argv)
{
  GOptionEntry entries[] = {
    { "aggressive", 0, 0, G_OPTION_ARG_NONE, &options->pair.aggressive,
      "Nominate with every check", NULL },
    { "pacing", 0, 0, G_OPTION_ARG_INT, &options->pacing, "Ta in milliseconds", "MS" },
    { "count", 0, 0, G_OPTION_ARG_INT, &options->count, "Pairs in all", "N" },
    { "window", 0, 0, G_OPTION_ARG_INT, &options->window, "Pairs at a time", "N" },
    { "complete", 0, 0, G_OPTION_ARG_NONE, &options->complete,
      "Wait until a pair is agreed on", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) parser = g_option_context_new (NULL);

  g_option_context_add_main_entries (parser, entries, NULL);
  if (!g_option_context_parse (parser, &argc, &argv, NULL))
    return FALSE;
  options->pair.pacing = options->pacing;
  return options->count >= 1 && options->window >= 1;
}

/* Takes down what is done; returns the number of those. */
static guint
reap (GPtrArray *pairs, gboolean complete)
{
  guint n = 0;

  for (guint i = pairs->len; i-- > 0;)
    {
      const NicePair *pair = g_ptr_array_index (pairs, i);

      if (pair->failed)
        g_error ("A pair of libnice agents did not connect");
      if ((complete ? pair->completed : pair->connected) == 0)
        continue;
      figures_write ("connect", (pair->connected - pair->began) / 1000.0, "ms");
      if (complete)
        figures_write ("complete", (pair->completed - pair->began) / 1000.0, "ms");
      g_ptr_array_remove_index_fast (pairs, i);
      n++;
    }
  return n;
}

int
main (int argc, char **argv)
{
  Options options = { .count = 20, .window = 1 };
  int started = 0, done = 0;
  g_autoptr (GPtrArray) pairs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) nice_pair_free);

  if (!parse_options (&options, argc, argv))
    return 2;
  figures_raise_descriptor_limit ();
  figures_bound_time (120);

  gint64 began = g_get_monotonic_time ();
  guint64 time = figures_processor_time (getpid ());

  while (done < options.count)
    {
      for (; started < options.count && (int) pairs->len < options.window; started++)
        g_ptr_array_add (pairs, nice_pair_new (NULL, NULL, &options.pair));
      g_main_context_iteration (NULL, TRUE);
      done += reap (pairs, options.complete);
    }
  figures_write ("rate", done * 1e6 / (g_get_monotonic_time () - began), "1/s");
  figures_write ("cpu", (figures_processor_time (getpid ()) - time) / 1e6 / done, "ms");
  return 0;
}
