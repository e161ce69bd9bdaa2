#include "pages/session-tables.h"
#include "model/format.h"
#include "model/words.h"

#define LIVE PANEL_COLUMN_LIVE
#define WIDE PANEL_COLUMN_WIDE
#define EXTRA PANEL_COLUMN_EXTRA
#define EXPAND PANEL_COLUMN_EXPAND
#define WRAP PANEL_COLUMN_WRAP

/* --- Candidates -------------------------------------------------------------------- */

static const PanelColumn local_columns[] = {
  { "type", "Type", 13, .text = words_type },
  { "address", "Address", 19, .flags = EXPAND },
  { "related", "Base or related", 19, .flags = WIDE },
  { "server", "Server", 19, .flags = WIDE },
  { "transport", "Over", 5, .flags = WIDE },
  { "priority", "Priority", 10, PANEL_FORMAT_NUMBER },
  { "foundation", "Foundation", 8, .flags = WIDE },
  { "found", "Found after", 10, PANEL_FORMAT_DURATION, WIDE },
  { "component", "Component", 8, .text = words_component, .flags = WIDE },
};

static const PanelColumn remote_columns[] = {
  { "type", "Type", 13, .text = words_type },
  { "address", "Address", 19, .flags = EXPAND },
  { "related", "Related", 19, .flags = WIDE },
  { "transport", "Over", 5, .flags = WIDE },
  { "priority", "Priority", 10, PANEL_FORMAT_NUMBER },
  { "foundation", "Foundation", 8, .flags = WIDE },
  { "found", "Heard of after", 12, PANEL_FORMAT_DURATION, WIDE },
  { "component", "Component", 8, .text = words_component, .flags = WIDE },
};

void
session_tables_local_candidates (PanelTable *table)
{
  panel_table_configure (table, "local-candidates", "Local candidates", local_columns,
                         G_N_ELEMENTS (local_columns),
                         "No address of this host was found yet.");
}

void
session_tables_remote_candidates (PanelTable *table)
{
  panel_table_configure (table, "remote-candidates", "Remote candidates", remote_columns,
                         G_N_ELEMENTS (remote_columns),
                         "The peer has told no address yet.");
}

/* --- Pairs ------------------------------------------------------------------------- */

/* What carries the data, and what is only remembered, is said with the state. */
static char *
pair_state (FramRow *pair)
{
  g_autofree char *state = format_title (fram_row_get_string (pair, "state"));

  if (fram_row_get_boolean (pair, "selected"))
    return g_strdup ("Selected");
  if (fram_row_get_boolean (pair, "past"))
    return g_strconcat (state, " (past)", NULL);
  return g_steal_pointer (&state);
}

static const PanelColumn pair_columns[] = {
  { "state", "State", 11, .flags = LIVE | WRAP, .text = pair_state,
    .icon = words_pair_icon, .style = words_pair_style },
  { "local", "Local", 18, .flags = WRAP | EXPAND },
  { "local-type", "Type", 5, .flags = WIDE },
  { "remote", "Remote", 18, .flags = WRAP | EXPAND },
  { "remote-type", "Type", 5, .flags = WIDE },
  { "readable", "Readable", 8, PANEL_FORMAT_FLAG, LIVE | WIDE },
  { "writable", "Writable", 8, PANEL_FORMAT_FLAG, LIVE | WIDE },
  { "nominated", "Nominated", 9, PANEL_FORMAT_FLAG, LIVE | WIDE },
  { "rtt", "RTT", 6, PANEL_FORMAT_DURATION, LIVE },
  { "priority", "Priority", 20, PANEL_FORMAT_NUMBER, WIDE },
  { "requests-sent", "Requests sent", 12, PANEL_FORMAT_NUMBER, LIVE | WIDE },
  { "responses-received", "Responses received", 16, PANEL_FORMAT_NUMBER, LIVE | WIDE },
  { "requests-received", "Requests received", 15, PANEL_FORMAT_NUMBER, LIVE | WIDE },
  { "responses-sent", "Responses sent", 13, PANEL_FORMAT_NUMBER, LIVE | WIDE },
  { "retransmissions", "Sent again", 9, PANEL_FORMAT_NUMBER, LIVE | WIDE },
  { "consent-requests", "Consent asked", 12, PANEL_FORMAT_NUMBER, LIVE | WIDE },
  { "bytes-sent", "Bytes sent", 10, PANEL_FORMAT_BYTES, LIVE | WIDE },
  { "bytes-received", "Bytes received", 12, PANEL_FORMAT_BYTES, LIVE | WIDE },
  { "explanation", "Why", 44, .flags = LIVE | WIDE },
  { "total-rtt", "All round trips", 12, PANEL_FORMAT_DURATION, LIVE | EXTRA },
  { "component", "Component", 10, .text = words_component, .flags = EXTRA },
  { "cause", "Cause", 20, .flags = LIVE | EXTRA },
  { "id", "Number", 7, PANEL_FORMAT_NUMBER, EXTRA },
};

void
session_tables_pairs (PanelTable *table)
{
  panel_table_configure (
      table, "pairs", "Pairs", pair_columns, G_N_ELEMENTS (pair_columns),
      "Pairs are formed when both sides know an address of each other.");
  panel_table_sort (table, "priority", GTK_SORT_DESCENDING);
}

/* --- Components -------------------------------------------------------------------- */

static const PanelColumn component_columns[] = {
  { "component", "Component", 10, .text = words_component },
  { "state", "State", 13, PANEL_FORMAT_WORD, LIVE, .icon = words_state_icon,
    .style = words_state_style },
  { "open", "In use", 7, PANEL_FORMAT_FLAG, LIVE },
  { "packets-sent", "Packets sent", 11, PANEL_FORMAT_NUMBER, LIVE | WIDE },
  { "packets-received", "Received", 11, PANEL_FORMAT_NUMBER, LIVE | WIDE },
  { "bytes-sent", "Bytes sent", 11, PANEL_FORMAT_BYTES, LIVE | WIDE },
  { "bytes-received", "Received", 11, PANEL_FORMAT_BYTES, LIVE | WIDE },
  { "dropped", "Given up", 9, PANEL_FORMAT_NUMBER, LIVE },
  { "explanation", "Why", 22, .flags = LIVE | WIDE | EXPAND },
};

void
session_tables_components (PanelTable *table)
{
  panel_table_configure (table, "components", "Components", component_columns,
                         G_N_ELEMENTS (component_columns), "There is no component yet.");
}

/* --- What it went through ---------------------------------------------------------- */

/* What it is about, and the state that it came to: "Component 0.1: connected". */
static char *
change_what (FramRow *change)
{
  const char *state = fram_row_get_string (change, "state");
  g_autofree char *what = format_title (fram_row_get_string (change, "what"));
  g_autofree char *component = NULL;

  if (fram_row_get_number (change, "component") != 0)
    component = words_component (change);
  return g_strconcat (what, component == NULL ? "" : " ",
                      component == NULL ? "" : component, *state == '\0' ? "" : ": ",
                      state, NULL);
}

static FramState
change_state (FramRow *change)
{
  for (FramState state = FRAM_STATE_NEW; state <= FRAM_STATE_CLOSED; state++)
    if (strcmp (fram_state_to_string (state), fram_row_get_string (change, "state")) == 0)
      return state;
  return FRAM_STATE_CLOSED;
}

/* What is no state is a piece of news. */
static const char *
change_icon (FramRow *change)
{
  if (*fram_row_get_string (change, "state") == '\0')
    return "dialog-information-symbolic";
  return words_icon_of (change_state (change));
}

static const char *
change_style (FramRow *change)
{
  if (*fram_row_get_string (change, "state") == '\0')
    return NULL;
  return words_style_of (change_state (change));
}

static const PanelColumn change_columns[] = {
  { "when", "After", 8, PANEL_FORMAT_DURATION },
  { "what", "What", 24, .flags = WRAP, .text = change_what, .icon = change_icon,
    .style = change_style },
  { "explanation", "Why", 30, .flags = EXPAND | WRAP },
  { "cause", "Cause", 22, .flags = EXTRA },
};

void
session_tables_changes (PanelTable *table)
{
  panel_table_configure (table, "changes", "Time line", change_columns,
                         G_N_ELEMENTS (change_columns), "Nothing has happened yet.");
}

/* --- Check by check ---------------------------------------------------------------- */

static char *
event_time (FramRow *event)
{
  gint64 us = fram_row_get_number (event, "time");
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (us / G_USEC_PER_SEC);
  g_autofree char *seconds
      = time == NULL ? g_strdup ("") : g_date_time_format (time, "%H:%M:%S");

  return g_strdup_printf ("%s.%03d", seconds, (int) (us % G_USEC_PER_SEC / 1000));
}

static char *
event_what (FramRow *event)
{
  const char *word = fram_row_get_string (event, "event");
  gint64 count = fram_row_get_number (event, "count");
  g_autofree char *title = format_title (word);

  if (strcmp (word, "dropped") == 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT " lost here",
                            fram_row_get_number (event, "dropped"));
  if (count > 1)
    return g_strdup_printf ("%s ×%" G_GINT64_FORMAT, title, count);
  return g_steal_pointer (&title);
}

static const char *
event_icon (FramRow *event)
{
  const char *word = fram_row_get_string (event, "event");

  if (g_str_has_suffix (word, "-sent") || strcmp (word, "request-repeated") == 0)
    return "go-next-symbolic";
  if (g_str_has_suffix (word, "-received"))
    return "go-previous-symbolic";
  if (g_str_has_suffix (word, "-gone") || strcmp (word, "closed") == 0)
    return "list-remove-symbolic";
  if (g_str_has_suffix (word, "-added") || g_str_has_suffix (word, "-found"))
    return "list-add-symbolic";
  if (strcmp (word, "dropped") == 0)
    return "dialog-warning-symbolic";
  return "dialog-information-symbolic";
}

static const PanelColumn event_columns[] = {
  { "time", "Time", 12, PANEL_FORMAT_NUMBER, .text = event_time },
  { "event", "What", 18, .text = event_what, .icon = event_icon },
  { "local", "Local", 19, .flags = WIDE },
  { "remote", "Remote", 19 },
  { "state", "State", 10, PANEL_FORMAT_WORD, WIDE },
  { "rtt", "RTT", 7, PANEL_FORMAT_DURATION, WIDE },
  { "explanation", "Why", 24, .flags = WIDE | EXPAND },
  { "pair", "Pair", 6, PANEL_FORMAT_NUMBER, EXTRA },
  { "cause", "Cause", 22, .flags = EXTRA },
  { "id", "Number", 8, PANEL_FORMAT_NUMBER, EXTRA },
};

void
session_tables_events (PanelTable *table)
{
  panel_table_configure (table, "events", "Check by check", event_columns,
                         G_N_ELEMENTS (event_columns),
                         "Nothing has happened since this page was opened.");
  /* The last one stands where one looks first. */
  panel_table_sort (table, "time", GTK_SORT_DESCENDING);
}
