#include "cli/tables.h"

#include <string.h>

#include "cli/terminal.h"
#include "cli/way.h"

#define SESSION_FOLDER "/org/fram/Ice1/session/"

const char *
tables_session_name (const char *path)
{
  return g_str_has_prefix (path, SESSION_FOLDER) ? path + strlen (SESSION_FOLDER) : path;
}

static const char *
mark (gboolean flag)
{
  return flag ? "yes" : "-";
}

static void
add_pair (Table *table, FramPair *pair)
{
  g_autofree char *rtt = terminal_duration (pair->rtt);

  table_add (table, pair->selected ? "*" : "");
  table_add_printf (table, "%u.%u", pair->stream, pair->component);
  table_add_printf (table, "%s %s", pair->local_address,
                    fram_candidate_type_to_string (pair->local_type));
  table_add_printf (table, "%s %s", pair->remote_address,
                    fram_candidate_type_to_string (pair->remote_type));
  table_add (table, fram_pair_state_to_string (pair->state));
  table_add (table, mark (pair->readable));
  table_add (table, mark (pair->writable));
  table_add (table, mark (pair->nominated));
  table_add_printf (table, "%" G_GUINT64_FORMAT, pair->priority);
  table_add (table, rtt);
  table_add_printf (table, "%u/%u", pair->requests_sent, pair->responses_received);
  table_add (table, pair->cause);
}

void
tables_append_pairs (GString *text, GPtrArray *pairs, guint indent)
{
  Table *table;

  if (pairs->len == 0)
    {
      g_string_append_printf (text, "%*sNo pairs.\n", indent, "");
      return;
    }
  table = table_new ("", "Comp", "Local", "Remote", "State", "Readable", "Writable",
                     "Nominated", "Priority", "RTT", "Sent/answered", "Cause", NULL);
  for (guint i = 0; i < pairs->len; i++)
    add_pair (table, g_ptr_array_index (pairs, i));
  table_finish (table, indent, text);
}

void
tables_append_sessions (GString *text, GPtrArray *sessions, GPtrArray *servers)
{
  Table *table;

  if (sessions->len == 0)
    {
      g_string_append (text, "No sessions.\n");
      return;
    }
  table = table_new ("Session", "Application", "Label", "Role", "State", "Cause", "RTT",
                     "Age", "Way", "Path of the data", NULL);
  for (guint i = 0; i < sessions->len; i++)
    {
      FramSessionInfo *row = g_ptr_array_index (sessions, i);
      g_autofree char *rtt = terminal_duration (row->rtt);
      g_autofree char *way = way_describe (row->selected, servers);

      table_add (table, tables_session_name (row->path));
      table_add (table, row->application);
      table_add (table, row->label);
      table_add (table, fram_role_to_string (row->role));
      table_add (table, fram_state_to_string (row->state));
      table_add (table, row->cause);
      table_add (table, rtt);
      table_add_printf (table, "%" G_GUINT64_FORMAT " s", row->age);
      table_add (table, way);
      table_add (table, row->selected);
    }
  table_finish (table, 0, text);
}

gboolean
tables_are_relayed (GPtrArray *sessions)
{
  for (guint i = 0; i < sessions->len; i++)
    if (way_is_relayed (((FramSessionInfo *) g_ptr_array_index (sessions, i))->selected))
      return TRUE;
  return FALSE;
}
