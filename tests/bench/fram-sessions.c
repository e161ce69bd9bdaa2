/* fram-sessions: how fast framd connects two sessions of its own.
 *
 * The same as nice-sessions, over the bus: --count couples of sessions, --window of them at a
 * time, each closed as soon as both of its ends can send or, with --complete, have agreed on
 * a pair.  With a second service, at another bus, it has the second session of each. */
#include "figures.h"
#include "fram-couple.h"

#include <unistd.h>

/* Closes what is connected, forgets what is closed; returns the number of the latter. */
static guint
reap (GPtrArray *couples, gboolean complete)
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
      else if (!couple->closing
               && (complete ? couple->completed : couple->connected) != 0)
        {
          figures_write ("connect", (couple->connected - couple->began) / 1000.0, "ms");
          if (complete)
            figures_write ("complete", (couple->completed - couple->began) / 1000.0,
                           "ms");
          fram_couple_close (couple);
        }
    }
  return n;
}

typedef struct
{
  gboolean trickle, complete;
  int count, window;
  pid_t services[2]; /* 0: none */
  const char *other_bus;
} Options;

static gboolean
parse_options (Options *options, int argc, char **argv)
{
  GOptionEntry entries[] = {
    { "trickle", 0, 0, G_OPTION_ARG_NONE, &options->trickle, "Let framd share its ports",
      NULL },
    { "complete", 0, 0, G_OPTION_ARG_NONE, &options->complete,
      "Wait until a pair is agreed on", NULL },
    { "count", 0, 0, G_OPTION_ARG_INT, &options->count, "Couples in all", "N" },
    { "window", 0, 0, G_OPTION_ARG_INT, &options->window, "Couples at a time", "N" },
    { NULL },
  };
  g_autoptr (GOptionContext) parser
      = g_option_context_new ("SERVICE-PID [BUS-ADDRESS SERVICE-PID]");

  g_option_context_add_main_entries (parser, entries, NULL);
  if (!g_option_context_parse (parser, &argc, &argv, NULL) || (argc != 2 && argc != 4))
    return FALSE;
  options->services[0] = g_ascii_strtoull (argv[1], NULL, 10);
  if (argc == 4)
    {
      options->other_bus = argv[2];
      options->services[1] = g_ascii_strtoull (argv[3], NULL, 10);
    }
  return options->count >= 1 && options->window >= 1;
}

static guint64
services_time (const Options *options)
{
  guint64 sum = 0;

  for (guint i = 0; i < 2; i++)
    if (options->services[i] != 0)
      sum += figures_processor_time (options->services[i]);
  return sum;
}

int
main (int argc, char **argv)
{
  Options options = { .count = 20, .window = 1 };
  int started = 0, done = 0;
  g_autoptr (GPtrArray) couples
      = g_ptr_array_new_with_free_func ((GDestroyNotify) fram_couple_free);

  if (!parse_options (&options, argc, argv))
    return 2;
  figures_bound_time (120);

  g_autoptr (FramClient) offerer = fram_couple_new_client (NULL);
  g_autoptr (FramClient) answerer = fram_couple_new_client (options.other_bus);
  gint64 began = g_get_monotonic_time ();
  guint64 service_time = services_time (&options);
  guint64 own_time = figures_processor_time (getpid ());

  while (done < options.count)
    {
      for (; started < options.count && (int) couples->len < options.window; started++)
        g_ptr_array_add (couples, fram_couple_new (offerer, answerer, options.trickle));
      g_main_context_iteration (NULL, TRUE);
      done += reap (couples, options.complete);
    }
  service_time = services_time (&options) - service_time;
  own_time = figures_processor_time (getpid ()) - own_time;
  figures_write ("rate", done * 1e6 / (g_get_monotonic_time () - began), "1/s");
  figures_write ("cpu", (service_time + own_time) / 1e6 / done, "ms");
  figures_write ("cpu-service", service_time / 1e6 / done, "ms");
  return 0;
}
