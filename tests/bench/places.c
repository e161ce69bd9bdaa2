#include "places.h"

#include "traffic.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

static char *other_address, *other_network;
static gboolean quick, is_free;
static int n_sessions = 1;
static int home = -1;

static const GOptionEntry options[] = {
  { "other-address", 0, 0, G_OPTION_ARG_STRING, &other_address, "of the receiver",
    "ADDRESS" },
  { "other-network", 0, 0, G_OPTION_ARG_FILENAME, &other_network,
    "the receiver's network namespace", "FILE" },
  { "sessions", 0, 0, G_OPTION_ARG_INT, &n_sessions, "that share a port", "N" },
  { "quick", 0, 0, G_OPTION_ARG_NONE, &quick, "only to see that it works", NULL },
  { "free", 0, 0, G_OPTION_ARG_NONE, &is_free, "ends are on whichever processor", NULL },
  { NULL },
};

Places
places_parse (const char *name, int argc, char **argv, const GOptionEntry *own_options)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("ADDRESS [WAY [MORE...]]");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, options, NULL);
  if (own_options != NULL)
    g_option_context_add_main_entries (context, own_options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s: %s", name, error->message);
  if (argc < 2)
    g_error ("%s ADDRESS [WAY [MORE...]]", name);
  traffic_set_quick (quick);
  traffic_set_free (is_free);
  return (Places){
    .addresses = { argv[1], other_address != NULL ? other_address : argv[1] },
    .way = argc > 2 ? argv[2] : NULL,
    .n_sessions = (guint) MAX (n_sessions, 1),
    .more = argv + MIN (argc, 3),
  };
}

static void
enter (int network)
{
  if (network < 0 || setns (network, CLONE_NEWNET) < 0)
    g_error ("The other host cannot be entered");
}

void
places_enter_other (void)
{
  int other;

  if (other_network == NULL)
    return;
  home = open ("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  other = open (other_network, O_RDONLY | O_CLOEXEC);
  enter (other);
  close (other);
}

void
places_leave (void)
{
  if (home < 0)
    return;
  enter (home);
  close (home);
  home = -1;
}
