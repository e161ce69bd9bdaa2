/* `fram watch`: all sessions and their pairs, as they change. */
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/tables.h"
#include "cli/terminal.h"

#define DESCRIPTION                                                                      \
  "Follows all sessions and their pairs until it is interrupted.  On a terminal it\n"    \
  "keeps one view up to date; elsewhere it prints a view each time something changed."

/* The view is of more use to people than complete: the pairs of so many sessions. */
#define MAX_SHOWN 16

typedef struct
{
  FramClient *client;
  GMainLoop *loop;
  guint interval;      /* milliseconds */
  guint remaining;     /* views to go; 0: without end */
  GPtrArray *sessions; /* of the view that is being made */
  guint next;          /* whose pairs come next */
  GString *view;
  char *shown; /* the view before */
  int status;
} Watch;

static void begin_view (Watch *watch);

static void
quit (Watch *watch, int status)
{
  watch->status = status;
  g_main_loop_quit (watch->loop);
}

static gboolean
on_interval (gpointer data)
{
  begin_view (data);
  return G_SOURCE_REMOVE;
}

static void
finish_view (Watch *watch)
{
  if (terminal_is_there ())
    terminal_show (watch->view->str);
  else if (g_strcmp0 (watch->view->str, watch->shown) != 0)
    {
      printf ("%s\n", watch->view->str);
      fflush (stdout);
    }
  g_free (watch->shown);
  watch->shown = g_strdup (watch->view->str);
  if (watch->remaining > 0 && --watch->remaining == 0)
    quit (watch, STATUS_DONE);
  else
    g_timeout_add (watch->interval, on_interval, watch);
}

static void ask_pairs (Watch *watch);

static void
on_pairs (GObject *source, GAsyncResult *result, gpointer data)
{
  Watch *watch = data;
  FramSessionInfo *row = g_ptr_array_index (watch->sessions, watch->next);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) pairs
      = fram_client_get_pairs_finish (watch->client, result, &error);

  if (pairs != NULL)
    {
      g_string_append_printf (watch->view, "\n%s\n", tables_session_name (row->path));
      tables_append_pairs (watch->view, pairs, 2);
    }
  /* A session that ended since the list was made is shown no more. */
  else if (!g_error_matches (error, FRAM_ERROR, FRAM_ERROR_NO_SESSION))
    {
      quit (watch, command_report (error));
      return;
    }
  watch->next++;
  ask_pairs (watch);
}

static void
ask_pairs (Watch *watch)
{
  if (watch->next < MIN (watch->sessions->len, MAX_SHOWN))
    {
      FramSessionInfo *row = g_ptr_array_index (watch->sessions, watch->next);

      fram_client_get_pairs_async (watch->client, row->path, NULL, on_pairs, watch);
      return;
    }
  if (watch->sessions->len > MAX_SHOWN)
    g_string_append_printf (watch->view, "\nThe pairs of %u more are not shown.\n",
                            watch->sessions->len - MAX_SHOWN);
  finish_view (watch);
}

static void
show_sessions (Watch *watch, GPtrArray *servers)
{
  g_string_truncate (watch->view, 0);
  tables_append_sessions (watch->view, watch->sessions, servers);
  watch->next = 0;
  ask_pairs (watch);
}

/* Without the names of the relays their addresses will do. */
static void
on_network (GObject *source, GAsyncResult *result, gpointer data)
{
  Watch *watch = data;
  g_autoptr (FramNetwork) network
      = fram_client_get_network_finish (watch->client, result, NULL);
  g_autoptr (GPtrArray) servers
      = network != NULL ? fram_network_list_servers (network) : NULL;

  show_sessions (watch, servers);
}

static void
on_sessions (GObject *source, GAsyncResult *result, gpointer data)
{
  Watch *watch = data;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&watch->sessions, g_ptr_array_unref);
  watch->sessions = fram_client_list_sessions_finish (watch->client, result, &error);
  if (watch->sessions == NULL)
    {
      quit (watch, command_report (error));
      return;
    }
  if (tables_are_relayed (watch->sessions))
    fram_client_get_network_async (watch->client, NULL, on_network, watch);
  else
    show_sessions (watch, NULL);
}

static void
begin_view (Watch *watch)
{
  fram_client_list_sessions_async (watch->client, NULL, on_sessions, watch);
}

static gboolean
on_interrupted (gpointer data)
{
  quit (data, STATUS_DONE);
  return G_SOURCE_CONTINUE;
}

/* To ask again would start a new service, which has nothing to show. */
static void
on_service_lost (FramClient *client, gpointer data)
{
  g_printerr ("fram: The Fram service (framd) has ended\n");
  quit (data, STATUS_NO_SERVICE);
}

static int
run (Watch *watch)
{
  watch->loop = g_main_loop_new (NULL, FALSE);
  watch->view = g_string_new (NULL);
  g_signal_connect (watch->client, "service-lost", G_CALLBACK (on_service_lost), watch);
  g_unix_signal_add (SIGINT, on_interrupted, watch);
  g_unix_signal_add (SIGTERM, on_interrupted, watch);
  if (terminal_is_there ())
    terminal_show ("");
  begin_view (watch);
  g_main_loop_run (watch->loop);
  g_clear_pointer (&watch->sessions, g_ptr_array_unref);
  g_string_free (watch->view, TRUE);
  g_free (watch->shown);
  g_main_loop_unref (watch->loop);
  return watch->status;
}

int
command_watch (int argc, char **argv)
{
  int interval = 500, count = 0;
  const GOptionEntry entries[] = {
    { "interval", 0, 0, G_OPTION_ARG_INT, &interval,
      "Between two views, 100 to 60000 (default: 500)", "MS" },
    { "count", 0, 0, G_OPTION_ARG_INT, &count, "End after so many views", "N" },
    { NULL },
  };
  GOptionGroup *group = g_option_group_new ("watch", "", "", NULL, NULL);
  Watch watch = { 0 };
  int status;

  g_option_group_add_entries (group, entries);
  status = command_parse (NULL, DESCRIPTION, group, 0, &argc, &argv);
  if (status != STATUS_DONE)
    return status;
  if (interval < 100 || interval > 60000 || count < 0)
    {
      g_printerr ("fram: The interval is 100 to 60000 ms, the count 1 or more\n");
      return STATUS_USAGE;
    }
  watch.client = command_find_service (&status);
  if (watch.client == NULL)
    return status;
  watch.interval = interval;
  watch.remaining = count;
  status = run (&watch);
  g_object_unref (watch.client);
  return status;
}
