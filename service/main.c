/* framd: the options, the loop, and the order in which things begin and end. */
#define G_LOG_DOMAIN "framd"

#include <glib-unix.h>
#include <locale.h>
#include <stdlib.h>

#include "dbus/bus.h"
#include "dbus/names.h"
#include "rpc/manager.h"
#include "rpc/policy.h"

typedef struct
{
  gboolean version;
  int max_sessions;
  int max_sessions_per_application;
  int linger;
  char **administrators; /* a directory; NULL: the usual one */
} Options;

/* The user's session has ended; a new bus starts its own framd. */
static void
on_bus_lost (gpointer user_data)
{
  gboolean *is_over = user_data;

  g_message ("The session bus is gone");
  *is_over = TRUE;
}

static gboolean
on_signal (gpointer user_data)
{
  gboolean *is_over = user_data;

  *is_over = TRUE;
  return G_SOURCE_CONTINUE;
}

static gboolean
read_options (Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[]
      = { { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version",
            NULL },
          { "max-sessions", 0, 0, G_OPTION_ARG_INT, &options->max_sessions,
            "Most sessions at one time", "N" },
          { "max-sessions-per-application", 0, 0, G_OPTION_ARG_INT,
            &options->max_sessions_per_application,
            "Most sessions of one application at one time", "N" },
          { "linger", 0, 0, G_OPTION_ARG_INT, &options->linger,
            "Keep unused sockets open this long, whatever the setting says", "SECONDS" },
          { "administrators", 0, 0, G_OPTION_ARG_FILENAME, options->administrators,
            "Read the administrators' files there, not in " FRAM_ADMINISTRATORS_DIRECTORY,
            "DIRECTORY" },
          { NULL } };
  g_autoptr (GOptionContext) context
      = g_option_context_new ("— the Fram connection broker");

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION,
                   "There is no argument “%s”", (*argv)[1]);
      return FALSE;
    }
  if (options->max_sessions < 0 || options->max_sessions_per_application < 0
      || (options->linger < -1 && options->linger != FRAM_LINGER_AS_SET))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "A number of sessions or seconds cannot be negative");
      return FALSE;
    }
  return TRUE;
}

/* The object is there before the name, so that the first call finds it; files and sockets come
 * after the name, so that a second framd ends without having touched anything. */
static gboolean
serve (gboolean *is_over, const Options *options, GError **error)
{
  g_autoptr (FramBus) bus = fram_bus_open (on_bus_lost, is_over, error);
  g_autoptr (FramSettings) settings = NULL;
  g_autoptr (FramSecrets) secrets = NULL;
  g_autoptr (FramMemory) memory = NULL;
  g_autoptr (FramDriver) driver = NULL;
  g_autoptr (FramUserPolicy) policy = NULL;
  g_autoptr (FramManager) manager = NULL;
  FramBrokerConfig config = { 0 };

  if (bus == NULL)
    return FALSE;
  manager = fram_manager_new (fram_bus_get_connection (bus), error);
  if (manager == NULL || !fram_bus_request_name (bus, FRAM_BUS_NAME, error))
    return FALSE;
  settings = fram_settings_new (NULL, *options->administrators != NULL
                                          ? *options->administrators
                                          : FRAM_ADMINISTRATORS_DIRECTORY);
  secrets = fram_secrets_new (settings, NULL);
  policy = fram_user_policy_new (settings, options->linger);
  memory = fram_memory_new (NULL);
  config.max_sessions = options->max_sessions;
  config.max_sessions_per_owner = options->max_sessions_per_application;
  fram_user_policy_read (policy, &config.policy);
  driver = fram_driver_new (&config, NULL, error);
  if (driver == NULL)
    return FALSE;
  fram_memory_attach (memory, driver);
  fram_user_policy_attach (policy, driver, fram_memory_get_cache (memory), secrets);
  fram_manager_start (manager, driver, memory, settings, secrets);

  g_message ("Fram " FRAM_VERSION " is ready");
  fram_driver_run (driver, is_over);
  fram_manager_stop (manager);
  fram_driver_shut_down (driver);
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autofree char *administrators = NULL;
  Options options = { .linger = FRAM_LINGER_AS_SET, .administrators = &administrators };
  g_autoptr (GError) error = NULL;
  gboolean is_over = FALSE;

  setlocale (LC_ALL, "");
  if (!read_options (&options, &argc, &argv, &error))
    {
      g_printerr ("framd: %s\n", error->message);
      return EXIT_FAILURE;
    }
  if (options.version)
    {
      g_print ("framd " FRAM_VERSION "\n");
      return EXIT_SUCCESS;
    }

  g_unix_signal_add (SIGTERM, on_signal, &is_over);
  g_unix_signal_add (SIGINT, on_signal, &is_over);
  if (!serve (&is_over, &options, &error))
    {
      g_printerr ("framd: %s\n", error->message);
      return EXIT_FAILURE;
    }
  return EXIT_SUCCESS;
}
