/* Runs seeded worlds and says what became of them.
 *
 * Exit status: 0 if every rule was kept in every world, 1 if one was broken, or if what may happen
 * never did in many worlds: then its rules were not tried. */
#include <glib.h>
#include <stdlib.h>

#include "census.h"
#include "generator.h"
#include "plan-text.h"

/* In so many worlds all happens that may. */
#define MANY_WORLDS 5000

typedef struct
{
  gint64 n_worlds;
  gint64 seed;
  gboolean tracing;
  gboolean first_failure;
  gboolean quiet;
  GHashTable *rules; /* rule -> number of worlds */
  guint n_failed;
  guint n_run;
} Run;

static void
show_world (guint64 seed)
{
  g_auto (SimPlan) plan = { 0 };
  g_autoptr (SimWorld) world = NULL;
  g_autofree char *text = NULL;

  sim_generate (&plan, seed);
  text = sim_plan_to_text (&plan);
  g_print ("%s", text);
  world = sim_world_new (&plan, SIM_TRACING_PRINT);
  sim_world_run (world);
}

static void
note_failure (Run *run, guint64 seed, const SimWorld *world)
{
  gpointer n = g_hash_table_lookup (run->rules, sim_world_get_rule (world));

  run->n_failed++;
  g_hash_table_insert (run->rules, g_strdup (sim_world_get_rule (world)),
                       GUINT_TO_POINTER (GPOINTER_TO_UINT (n) + 1));
  if (run->first_failure && run->n_failed == 1)
    show_world (seed);
  g_print ("seed %" G_GUINT64_FORMAT ": %s\n", seed, sim_world_get_violation (world));
}

/* Return: FALSE if no more are to be run. */
static gboolean
run_world (Run *run, SimCensus *census, guint64 seed)
{
  g_auto (SimPlan) plan = { 0 };
  g_autoptr (SimWorld) world = NULL;

  sim_generate (&plan, seed);
  world = sim_world_new (&plan, SIM_TRACING_OFF);
  run->n_run++;
  if (run->tracing)
    show_world (seed);
  if (!sim_world_run (world))
    {
      note_failure (run, seed, world);
      return !run->first_failure;
    }
  sim_census_add (census, &plan, world);
  return TRUE;
}

static void
report (const Run *run, const SimCensus *census, gint64 started)
{
  double seconds = (double) (g_get_monotonic_time () - started) / 1e6;
  g_autofree char *table = sim_census_to_text (census);
  GHashTableIter iter;
  gpointer rule, n;

  if (!run->quiet)
    g_print ("%s", table);
  g_hash_table_iter_init (&iter, run->rules);
  while (g_hash_table_iter_next (&iter, &rule, &n))
    g_print ("broken in %u worlds: %s\n", GPOINTER_TO_UINT (n), (const char *) rule);
  g_print ("%u worlds from seed %" G_GINT64_FORMAT ", %u failed, %.1f s, %.0f worlds "
           "per second\n",
           run->n_run, run->seed, run->n_failed, seconds, run->n_run / seconds);
}

/* Return: FALSE if something is missing. */
static gboolean
is_complete (const Run *run, const SimCensus *census)
{
  const char *missing = sim_census_get_missing (census);

  if (run->n_run < MANY_WORLDS || missing == NULL)
    return TRUE;
  g_print ("never in %u worlds: %s\n", run->n_run, missing);
  return FALSE;
}

/* Return: whether all is well. */
static gboolean
run_all (Run *run)
{
  g_autoptr (SimCensus) census = sim_census_new ();
  gint64 started = g_get_monotonic_time (), shown = started;

  for (gint64 i = 0; i < run->n_worlds; i++)
    {
      if (!run_world (run, census, (guint64) (run->seed + i)))
        break;
      if (!run->quiet && g_get_monotonic_time () - shown > G_USEC_PER_SEC)
        {
          shown = g_get_monotonic_time ();
          g_printerr ("\r%u of %" G_GINT64_FORMAT " worlds, %u failed ", run->n_run,
                      run->n_worlds, run->n_failed);
        }
    }
  if (!run->quiet)
    g_printerr ("\r");
  report (run, census, started);
  return is_complete (run, census) && run->n_failed == 0;
}

int
main (int argc, char **argv)
{
  Run run = { .n_worlds = 1000, .seed = 1 };
  const GOptionEntry entries[] = {
    { "worlds", 'n', 0, G_OPTION_ARG_INT64, &run.n_worlds, "How many worlds", "N" },
    { "seed", 's', 0, G_OPTION_ARG_INT64, &run.seed, "The seed of the first", "S" },
    { "trace", 't', 0, G_OPTION_ARG_NONE, &run.tracing, "Show what happens", NULL },
    { "first-failure", 'f', 0, G_OPTION_ARG_NONE, &run.first_failure,
      "Show the first world that fails, and stop", NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &run.quiet, "No progress, no table", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- run simulated worlds");
  g_autoptr (GError) error = NULL;
  gboolean all_well;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("simulate: %s\n", error->message);
      return EXIT_FAILURE;
    }
  run.rules = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  all_well = run_all (&run);
  g_hash_table_unref (run.rules);
  return all_well ? EXIT_SUCCESS : EXIT_FAILURE;
}
