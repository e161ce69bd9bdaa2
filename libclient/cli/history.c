/* `fram history`: the sessions that have ended. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/json-rows.h"
#include "cli/terminal.h"

#define DESCRIPTION                                                                                       \
  "Lists the sessions of all applications that have ended, the last one first.  They "                    \
  "are\n"                                                                                                 \
  "remembered for 30 days.  With --json it prints a list of objects: “id”,\n"                         \
  "“application”, “label”, “started” and “ended” (seconds since 1970, UTC), “state” " \
  "(the\n"                                                                                                \
  "best it came to), “cause” (of its end), “path”, “rtt_us” (microseconds, or null),\n"       \
  "“bytes_sent”, “bytes_received”."

#define USUAL_LIMIT 20
#define MOST 1000

static void
print_json (GPtrArray *sessions)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < sessions->len; i++)
    {
      const FramPastSession *row = g_ptr_array_index (sessions, i);

      json_builder_begin_object (builder);
      json_add_int (builder, "id", row->id);
      json_add_text (builder, "application", row->application);
      json_add_text (builder, "label", row->label);
      json_add_int (builder, "started", row->started);
      json_add_int (builder, "ended", row->ended);
      json_add_text (builder, "state", row->state);
      json_add_text (builder, "cause", row->cause);
      json_add_text (builder, "path", row->path);
      json_add_time (builder, "rtt_us", row->rtt);
      json_add_int (builder, "bytes_sent", row->bytes_sent);
      json_add_int (builder, "bytes_received", row->bytes_received);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_print (builder);
}

/* Return: (transfer full): when the session ended, by the clock on the wall. */
static char *
end_to_text (const FramPastSession *row)
{
  g_autoptr (GDateTime) ended = g_date_time_new_from_unix_local (row->ended);

  return ended != NULL ? g_date_time_format (ended, "%Y-%m-%d %H:%M") : g_strdup ("-");
}

static void
add_row (Table *table, const FramPastSession *row)
{
  g_autofree char *ended = end_to_text (row);
  gint64 seconds = row->ended - row->started;
  g_autofree char *length
      = seconds > 0 ? terminal_span (seconds * G_TIME_SPAN_SECOND) : g_strdup ("< 1 s");
  g_autofree char *rtt = terminal_duration (row->rtt);
  g_autofree char *sent = g_format_size (row->bytes_sent);
  g_autofree char *received = g_format_size (row->bytes_received);

  table_add (table, ended);
  table_add (table, length);
  table_add (table, row->application);
  table_add (table, row->label);
  table_add (table, row->state);
  table_add (table, row->cause);
  table_add (table, rtt);
  table_add (table, sent);
  table_add (table, received);
  table_add (table, row->path);
}

static void
print_table (GPtrArray *sessions)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Table *table;

  if (sessions->len == 0)
    {
      puts ("No sessions are remembered.");
      return;
    }
  table = table_new ("Ended", "Length", "Application", "Label", "Came to", "Cause", "RTT",
                     "Sent", "Received", "Path of the data", NULL);
  for (guint i = 0; i < sessions->len; i++)
    add_row (table, g_ptr_array_index (sessions, i));
  table_finish (table, 0, text);
  fputs (text->str, stdout);
}

int
command_history (int argc, char **argv)
{
  gboolean json = FALSE;
  int limit = USUAL_LIMIT;
  const GOptionEntry entries[] = {
    { "limit", 0, 0, G_OPTION_ARG_INT, &limit, "The last N, 1 to 1000; usually 20", "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "For programs", NULL },
    { NULL },
  };
  GOptionGroup *group = g_option_group_new ("history", "", "", NULL, NULL);
  g_autoptr (FramClient) client = NULL;
  g_autoptr (GPtrArray) sessions = NULL;
  g_autoptr (GError) error = NULL;
  int outcome;

  g_option_group_add_entries (group, entries);
  outcome = command_parse (NULL, DESCRIPTION, group, 0, &argc, &argv);
  if (outcome != STATUS_DONE)
    return outcome;
  if (limit < 1 || limit > MOST)
    {
      g_printerr ("fram: “--limit” is 1 to %d\n", MOST);
      return STATUS_USAGE;
    }
  client = command_find_service (&outcome);
  if (client == NULL)
    return outcome;
  sessions = fram_client_list_history_sync (client, 0, limit, NULL, &error);
  if (sessions == NULL)
    return command_report (error);
  (json ? print_json : print_table) (sessions);
  return STATUS_DONE;
}
