/* nice-sessions: how fast libnice connects, both ends in this process.
 *
 * Connects --count pairs of agents, --window of them at a time, and takes each down as soon
 * as both of its ends can send.  Writes the time of each, and pairs per second. */
#include "figures.h"
#include "nice-pair.h"

static GOptionContext *
make_parser (NicePairOptions *options, int *pacing, int *count, int *window)
{
  GOptionEntry entries[] = {
    { "aggressive", 0, 0, G_OPTION_ARG_NONE, &options->aggressive,
      "Nominate with every check", NULL },
    { "pacing", 0, 0, G_OPTION_ARG_INT, pacing, "Ta in milliseconds", "MS" },
    { "count", 0, 0, G_OPTION_ARG_INT, count, "Pairs in all", "N" },
    { "window", 0, 0, G_OPTION_ARG_INT, window, "Pairs at a time", "N" },
    { NULL },
  };
  GOptionContext *parser = g_option_context_new (NULL);

  g_option_context_add_main_entries (parser, entries, NULL);
  return parser;
}

/* Takes down what is connected; returns the number of those. */
static guint
reap (GPtrArray *pairs)
{
  guint n = 0;

  for (guint i = pairs->len; i-- > 0;)
    {
      const NicePair *pair = g_ptr_array_index (pairs, i);

      if (pair->failed)
        g_error ("A pair of libnice agents did not connect");
      if (pair->connected == 0)
        continue;
      figures_write ("connect", (pair->connected - pair->began) / 1000.0, "ms");
      g_ptr_array_remove_index_fast (pairs, i);
      n++;
    }
  return n;
}

int
main (int argc, char **argv)
{
  NicePairOptions options = { 0 };
  int pacing = 0, count = 20, window = 1, started = 0, done = 0;
  g_autoptr (GOptionContext) parser = make_parser (&options, &pacing, &count, &window);
  g_autoptr (GPtrArray) pairs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) nice_pair_free);

  if (!g_option_context_parse (parser, &argc, &argv, NULL) || count < 1 || window < 1)
    return 2;
  options.pacing = pacing;
  figures_raise_descriptor_limit ();
  figures_bound_time (120);

  gint64 began = g_get_monotonic_time ();

  while (done < count)
    {
      for (; started < count && (int) pairs->len < window; started++)
        g_ptr_array_add (pairs, nice_pair_new (NULL, NULL, &options));
      g_main_context_iteration (NULL, TRUE);
      done += reap (pairs);
    }
  figures_write ("rate", count * 1e6 / (g_get_monotonic_time () - began), "1/s");
  return 0;
}
