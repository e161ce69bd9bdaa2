/* nice-crowd: what COUNT connected libnice agents of one process need that are silent for so many
 * SECONDS: memory, processor and packets; with "consent", of agents that ask for it. */
#include "figures.h"
#include "nice-pair.h"
#include "silence.h"

#include <unistd.h>

/* Pairs that connect at a time. */
#define WINDOW 50

/* They complete about in the order in which they were begun. */
static void
connect_all (GPtrArray *pairs, guint *n_completed, guint n_pairs,
             const NicePairOptions *options)
{
  while (*n_completed < n_pairs)
    {
      const NicePair *pair;

      while (pairs->len < MIN (n_pairs, *n_completed + WINDOW))
        g_ptr_array_add (pairs, nice_pair_new (NULL, NULL, options));
      pair = g_ptr_array_index (pairs, *n_completed);
      if (pair->failed)
        g_error ("A pair of libnice agents did not connect");
      if (pair->completed != 0)
        (*n_completed)++;
      else
        g_main_context_iteration (NULL, TRUE);
    }
}

static guint
count_dead (const GPtrArray *pairs)
{
  guint n = 0;

  for (guint i = 0; i < pairs->len; i++)
    {
      const NicePair *pair = g_ptr_array_index (pairs, i);

      for (guint side = 0; side < 2; side++)
        n += nice_agent_get_component_state (pair->agents[side], pair->streams[side], 1)
             != NICE_COMPONENT_STATE_READY;
    }
  return n;
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) pairs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) nice_pair_free);
  NicePairOptions options = { .consent = argc == 4 && g_str_equal (argv[3], "consent") };
  guint count = argc >= 3 ? (guint) g_ascii_strtoull (argv[1], NULL, 10) : 0;
  guint seconds = argc >= 3 ? (guint) g_ascii_strtoull (argv[2], NULL, 10) : 0;
  guint n_completed = 0;

  if (count < 4 || seconds == 0 || argc != (options.consent ? 4 : 3))
    {
      g_printerr ("usage: nice-crowd COUNT SECONDS [consent]\n");
      return 2;
    }
  figures_raise_descriptor_limit ();
  figures_bound_time (seconds + 240);

  /* The first pays for types, tables and libraries. */
  connect_all (pairs, &n_completed, 1, &options);

  guint64 memory = figures_resident_memory (getpid ());

  connect_all (pairs, &n_completed, count / 2, &options);
  memory = figures_resident_memory (getpid ()) - memory;
  figures_write ("memory", (double) memory / (count / 2 * 2 - 2), "B");
  silence_measure (getpid (), count / 2 * 2, seconds);
  figures_write ("dead", count_dead (pairs), "session");
  return 0;
}
