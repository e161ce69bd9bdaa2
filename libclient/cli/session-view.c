#include "cli/session-view.h"

#include "cli/inspecting.h"
#include "cli/tables.h"
#include "cli/terminal.h"

#define INDENT 2

/* `column` 0: of a line of its own. */
static void
append_text (GString *text, const char *title, const char *value)
{
  g_string_append_printf (text, "%-12s ", title);
  terminal_append_wrapped (text, value, 13, 13, terminal_width ());
}

static void
append_bytes (GString *text, const char *title, FramRow *row, const char *bytes,
              const char *rate)
{
  g_autofree char *total = g_format_size (fram_row_get_number (row, bytes));
  g_autofree char *second = g_format_size (fram_row_get_number (row, rate));

  g_string_append_printf (text, "%-12s %s, %s/s\n", title, total, second);
}

static void
append_path (GString *text, FramRow *row)
{
  g_autofree char *rtt = terminal_duration (fram_row_get_number (row, "rtt"));
  const char *relay = fram_row_get_string (row, "relay");
  g_autofree char *path = NULL;

  if (*fram_row_get_string (row, "local") == '\0')
    {
      append_text (text, "Path", "none");
      return;
    }
  path = g_strdup_printf (
      "%s %s -> %s %s, %s, %s%s%s", fram_row_get_string (row, "local"),
      fram_row_get_string (row, "local-type"), fram_row_get_string (row, "remote"),
      fram_row_get_string (row, "remote-type"), fram_row_get_string (row, "protocol"),
      rtt, *relay != '\0' ? ", relayed by " : "", relay);
  append_text (text, "Path", path);
}

static void
append_session (GString *text, FramRow *row)
{
  append_text (text, "Session", tables_session_name (fram_row_get_string (row, "path")));
  append_text (text, "Application", fram_row_get_string (row, "app-name"));
  append_text (text, "Label", fram_row_get_string (row, "label"));
  append_text (text, "Role", fram_row_get_string (row, "role"));
  append_text (text, "State", fram_row_get_string (row, "state"));
  append_text (text, "Why", fram_row_get_string (row, "why-text"));
  append_path (text, row);
  append_bytes (text, "Sent", row, "bytes-sent", "send-rate");
  append_bytes (text, "Received", row, "bytes-received", "receive-rate");
}

/* --- Tables ------------------------------------------------------------------------ */

static void
add_component (Table *table, FramRow *row)
{
  table_add_printf (table, "%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT,
                    fram_row_get_number (row, "stream"),
                    fram_row_get_number (row, "component"));
}

static void
add_text (Table *table, FramRow *row, const char *property)
{
  table_add (table, fram_row_get_string (row, property));
}

static void
add_number (Table *table, FramRow *row, const char *property)
{
  table_add_printf (table, "%" G_GINT64_FORMAT, fram_row_get_number (row, property));
}

static void
add_flag (Table *table, FramRow *row, const char *property)
{
  table_add (table, fram_row_get_boolean (row, property) ? "yes" : "-");
}

static void
add_span (Table *table, FramRow *row, const char *property)
{
  g_autofree char *span = terminal_span (fram_row_get_number (row, property));

  table_add (table, span);
}

static void
add_duration (Table *table, FramRow *row, const char *property)
{
  g_autofree char *duration = terminal_duration (fram_row_get_number (row, property));

  table_add (table, duration);
}

static void
append_candidates (GString *text, GListModel *rows, gboolean remote)
{
  Table *table = table_new ("Comp", "Type", "Transport", "Address", "Base", "Server",
                            "Priority", "Foundation", "Found", NULL);

  g_string_append (text, remote ? "\nThe peer's candidates\n" : "\nCandidates\n");
  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (FramRow) row = inspecting_get_row (rows, i);

      if (fram_row_get_boolean (row, "is-remote") != remote)
        continue;
      add_component (table, row);
      add_text (table, row, "type");
      add_text (table, row, "transport");
      add_text (table, row, "address");
      add_text (table, row, "related");
      add_text (table, row, "server");
      add_number (table, row, "priority");
      add_text (table, row, "foundation");
      add_span (table, row, "found");
    }
  table_finish (table, INDENT, text);
}

static int
compare_priorities (gconstpointer a, gconstpointer b)
{
  gint64 first = fram_row_get_number (*(FramRow *const *) a, "priority");
  gint64 second = fram_row_get_number (*(FramRow *const *) b, "priority");

  return first < second ? 1 : first > second ? -1 : 0;
}

static void
add_pair (Table *table, FramRow *row)
{
  table_add (table, fram_row_get_boolean (row, "selected") ? "*" : "");
  add_component (table, row);
  table_add_printf (table, "%s %s", fram_row_get_string (row, "local"),
                    fram_row_get_string (row, "local-type"));
  table_add_printf (table, "%s %s", fram_row_get_string (row, "remote"),
                    fram_row_get_string (row, "remote-type"));
  add_text (table, row, "state");
  add_flag (table, row, "readable");
  add_flag (table, row, "writable");
  add_flag (table, row, "nominated");
  add_number (table, row, "priority");
  add_duration (table, row, "rtt");
  table_add_printf (table, "%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT,
                    fram_row_get_number (row, "requests-sent"),
                    fram_row_get_number (row, "responses-received"));
  add_number (table, row, "retransmissions");
  add_number (table, row, "consent-requests");
  add_text (table, row, "cause");
}

static void
append_pairs (GString *text, GListModel *rows)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new_with_free_func (g_object_unref);
  Table *table = table_new ("", "Comp", "Local", "Remote", "State", "Readable",
                            "Writable", "Nominated", "Priority", "RTT", "Sent/answered",
                            "Again", "Consent", "Cause", NULL);

  g_string_append (text, "\nPairs\n");
  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    g_ptr_array_add (sorted, inspecting_get_row (rows, i));
  g_ptr_array_sort (sorted, compare_priorities);
  for (guint i = 0; i < sorted->len; i++)
    add_pair (table, g_ptr_array_index (sorted, i));
  table_finish (table, INDENT, text);
}

static void
append_components (GString *text, GListModel *rows)
{
  Table *table = table_new ("Comp", "State", "Open", "Packets sent", "received",
                            "Dropped", "Cause", NULL);

  g_string_append (text, "\nComponents\n");
  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (FramRow) row = inspecting_get_row (rows, i);

      add_component (table, row);
      add_text (table, row, "state");
      add_flag (table, row, "open");
      add_number (table, row, "packets-sent");
      add_number (table, row, "packets-received");
      add_number (table, row, "dropped");
      add_text (table, row, "cause");
    }
  table_finish (table, INDENT, text);
}

static void
append_changes (GString *text, GListModel *rows)
{
  Table *table = table_new ("After", "Of", "State", "Cause", "", NULL);

  g_string_append (text, "\nCourse\n");
  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (FramRow) row = inspecting_get_row (rows, i);

      add_span (table, row, "when");
      if (fram_row_get_number (row, "component") == 0)
        table_add (table, "session");
      else
        add_component (table, row);
      if (*fram_row_get_string (row, "state") != '\0')
        add_text (table, row, "state");
      else
        add_text (table, row, "what");
      add_text (table, row, "cause");
      add_text (table, row, "explanation");
    }
  table_finish (table, INDENT, text);
}

void
session_view_append (GString *text, FramSessionWatch *watch)
{
  FramSessionRow *row = fram_session_watch_get_row (watch);

  if (row != NULL)
    append_session (text, FRAM_ROW (row));
  append_components (text, fram_session_watch_get_components (watch));
  append_candidates (text, fram_session_watch_get_candidates (watch), FALSE);
  append_candidates (text, fram_session_watch_get_candidates (watch), TRUE);
  append_pairs (text, fram_session_watch_get_pairs (watch));
  append_changes (text, fram_session_watch_get_changes (watch));
}
