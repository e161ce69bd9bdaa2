/* `fram netcheck`: how this network treats connections. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/netcheck-json.h"
#include "cli/netcheck-report.h"
#include "cli/progress.h"
#include "cli/terminal.h"

#define DESCRIPTION                                                                                      \
  "Asks STUN servers how the NATs and firewalls before this computer behave, and "                       \
  "tells\n"                                                                                              \
  "what to expect of calls.  It takes 10 seconds at most.  Without --server, the "                       \
  "servers\n"                                                                                            \
  "are asked that sessions use, or used.  If no server answers, the exit status is 1.\n"                 \
  "\n"                                                                                                   \
  "With --json it prints one object: “network” (“name”, or null if it cannot be "                \
  "told),\n"                                                                                             \
  "“interfaces” (one for each address: “use”; “kind”; “mapping” and “filtering” in " \
  "the\n"                                                                                                \
  "words of RFC 4787; “mapped_address”; “expectation” of a call, and “calls” with "          \
  "others\n"                                                                                             \
  "by the kind of their NAT), “servers”, “mappings” and “deaf” ways.  Names that end "       \
  "in\n"                                                                                                 \
  "“_us” are microseconds, null where it is not known; org.fram.Ice1.Inspector.xml\n"                \
  "explains the words."

typedef struct
{
  GMainLoop *loop;
  FramNetwork *network;
  GError *error;
} Check;

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Check *check = user_data;

  check->network
      = fram_client_check_network_finish (FRAM_CLIENT (source), result, &check->error);
  g_main_loop_quit (check->loop);
}

/* Return: (transfer full): NULL with `error` set. */
static FramNetwork *
check_network (FramClient *client, char **uris, GError **error)
{
  Check check = { .loop = g_main_loop_new (NULL, FALSE) };
  Progress *progress;

  fram_client_check_network_async (client, (const char *const *) uris, NULL, on_checked,
                                   &check);
  progress = progress_new ("Asking the servers, 10 s at most");
  g_main_loop_run (check.loop);
  progress_free (progress);
  g_main_loop_unref (check.loop);
  if (check.error != NULL)
    g_propagate_error (error, check.error);
  return check.network;
}

static void
print_report (FramNetwork *network)
{
  g_autoptr (GString) text = g_string_new (NULL);

  netcheck_append_report (text, network, terminal_width ());
  fputs (text->str, stdout);
}

int
command_netcheck (int argc, char **argv)
{
  gboolean json = FALSE;
  g_auto (GStrv) uris = NULL;
  const GOptionEntry entries[] = {
    { "server", 0, 0, G_OPTION_ARG_STRING_ARRAY, &uris,
      "Ask this server; may be given up to 8 times", "URI" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "For programs", NULL },
    { NULL },
  };
  g_autoptr (FramClient) client = NULL;
  g_autoptr (FramNetwork) network = NULL;
  g_autoptr (GError) error = NULL;
  int outcome;

  client = command_begin (entries, DESCRIPTION, &argc, &argv, &outcome);
  if (client == NULL)
    return outcome;
  network = check_network (client, uris, &error);
  if (network == NULL)
    return command_report (error);
  (json ? netcheck_print_json : print_report) (network);
  return netcheck_has_answer (network) ? STATUS_DONE : STATUS_FAILED;
}
