/* `fram sessions`: the sessions of all applications of this user. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/json-rows.h"
#include "cli/tables.h"

#define DESCRIPTION                                                                      \
  "Lists the sessions of all applications of this user, the oldest first.  With "        \
  "--json\n"                                                                             \
  "it prints a list of objects; times are in microseconds, ages in seconds."

/* Return: (transfer full): NULL with `error` set, or if the session has just ended. */
static GPtrArray *
find_pairs (FramClient *client, FramSessionInfo *row, GError **error)
{
  GError *failure = NULL;
  GPtrArray *pairs = fram_client_get_pairs_sync (client, row->path, NULL, &failure);

  if (g_error_matches (failure, FRAM_ERROR, FRAM_ERROR_NO_SESSION))
    g_clear_error (&failure);
  else if (failure != NULL)
    g_propagate_error (error, failure);
  return pairs;
}

static gboolean
print_json (FramClient *client, GPtrArray *sessions, gboolean with_pairs, GError **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < sessions->len; i++)
    {
      FramSessionInfo *row = g_ptr_array_index (sessions, i);
      GError *failure = NULL;
      g_autoptr (GPtrArray) pairs
          = with_pairs ? find_pairs (client, row, &failure) : NULL;

      if (failure != NULL)
        {
          g_propagate_error (error, failure);
          return FALSE;
        }
      json_add_session (builder, row, pairs);
    }
  json_builder_end_array (builder);
  json_print (builder);
  return TRUE;
}

/* Without the names of the relays the addresses will do.  Return: (transfer full) */
static GPtrArray *
find_servers (FramClient *client, GPtrArray *sessions)
{
  g_autoptr (FramNetwork) network
      = tables_are_relayed (sessions) ? fram_client_get_network_sync (client, NULL, NULL)
                                      : NULL;

  return network != NULL ? fram_network_list_servers (network) : NULL;
}

static gboolean
print_tables (FramClient *client, GPtrArray *sessions, gboolean with_pairs,
              GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) servers = find_servers (client, sessions);

  tables_append_sessions (text, sessions, servers);
  for (guint i = 0; with_pairs && i < sessions->len; i++)
    {
      FramSessionInfo *row = g_ptr_array_index (sessions, i);
      GError *failure = NULL;
      g_autoptr (GPtrArray) pairs = find_pairs (client, row, &failure);

      if (failure != NULL)
        {
          g_propagate_error (error, failure);
          return FALSE;
        }
      if (pairs == NULL)
        continue;
      g_string_append_printf (text, "\n%s\n", tables_session_name (row->path));
      tables_append_pairs (text, pairs, 2);
    }
  fputs (text->str, stdout);
  return TRUE;
}

int
command_sessions (int argc, char **argv)
{
  gboolean json = FALSE, with_pairs = FALSE, printed;
  const GOptionEntry entries[] = {
    { "pairs", 0, 0, G_OPTION_ARG_NONE, &with_pairs, "Show the pairs of each too", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "For programs", NULL },
    { NULL },
  };
  g_autoptr (FramClient) client = NULL;
  g_autoptr (GPtrArray) sessions = NULL;
  g_autoptr (GError) error = NULL;
  int outcome;

  client = command_begin (entries, DESCRIPTION, &argc, &argv, &outcome);
  if (client == NULL)
    return outcome;
  sessions = fram_client_list_sessions_sync (client, NULL, &error);
  printed = sessions != NULL
            && (json ? print_json : print_tables) (client, sessions, with_pairs, &error);
  return printed ? STATUS_DONE : command_report (error);
}
