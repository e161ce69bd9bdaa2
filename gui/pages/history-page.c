#include "pages/history-page.h"
#include "model/format.h"
#include "widgets/panel-table.h"

/* A page of the service's, and how many sessions are enough to look through. */
#define PAGE 500
#define ENOUGH 5000

struct _PanelHistoryPage
{
  GtkWidget parent;

  GtkWidget *box;
  GtkLabel *problem;
  PanelTable *table;

  PanelWorld *world;
  FramInspector *inspector;
  FramHistory *history;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (PanelHistoryPage, panel_history_page, GTK_TYPE_WIDGET)

/* --- Columns ----------------------------------------------------------------------- */

static char *
application (FramRow *row)
{
  const char *name = fram_row_get_string (row, "application");

  return g_strdup (*name == '\0' ? "Unknown application" : name);
}

static gboolean
went_well (FramRow *row)
{
  const char *state = fram_row_get_string (row, "state");

  return strcmp (state, "completed") == 0 || strcmp (state, "connected") == 0;
}

/* What is the best state of a session that has ended is its result. */
static char *
result (FramRow *row)
{
  if (went_well (row))
    return g_strdup ("Was connected");
  if (strcmp (fram_row_get_string (row, "state"), "failed") == 0)
    return g_strdup ("Found no way");
  return g_strdup ("Ended before");
}

static const char *
result_icon (FramRow *row)
{
  if (went_well (row))
    return "emblem-ok-symbolic";
  return strcmp (fram_row_get_string (row, "state"), "failed") == 0
             ? "dialog-error-symbolic"
             : "process-stop-symbolic";
}

static const char *
result_style (FramRow *row)
{
  if (went_well (row))
    return "success";
  return strcmp (fram_row_get_string (row, "state"), "failed") == 0 ? "error"
                                                                    : "dim-label";
}

static char *
lasted (FramRow *row)
{
  return format_span (
      (fram_row_get_number (row, "ended") - fram_row_get_number (row, "started"))
      * G_USEC_PER_SEC);
}

static const PanelColumn columns[] = {
  { "ended", "Ended", 16, PANEL_FORMAT_TIME },
  { "application", "Application", 17, .flags = PANEL_COLUMN_EXPAND | PANEL_COLUMN_WRAP,
    .text = application },
  { "label", "Label", 12, .flags = PANEL_COLUMN_WIDE | PANEL_COLUMN_EXPAND },
  { "state", "Result", 13, .text = result, .icon = result_icon, .style = result_style },
  { "cause", "Why it ended", 19, PANEL_FORMAT_WORD, PANEL_COLUMN_WIDE },
  { "path", "Path", 19, .flags = PANEL_COLUMN_WIDE },
  { "rtt", "RTT", 7, PANEL_FORMAT_DURATION, PANEL_COLUMN_WIDE },
  { "lasted", "Lasted", 8, .flags = PANEL_COLUMN_WIDE, .text = lasted },
  { "bytes-sent", "Sent", 9, PANEL_FORMAT_BYTES, PANEL_COLUMN_EXTRA },
  { "bytes-received", "Received", 9, PANEL_FORMAT_BYTES, PANEL_COLUMN_EXTRA },
  { "started", "Began", 17, PANEL_FORMAT_TIME, PANEL_COLUMN_EXTRA },
};

/* --- Loading ----------------------------------------------------------------------- */

static void load_more (PanelHistoryPage *self);

/* Return: FALSE if it was cancelled, and the page is not there any more. */
static gboolean
show_problem (gpointer user_data, const GError *error)
{
  PanelHistoryPage *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;
  self = PANEL_HISTORY_PAGE (user_data);
  gtk_label_set_text (self->problem, error == NULL ? "" : error->message);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), error != NULL);
  return TRUE;
}

static void
on_loaded (GObject *source, GAsyncResult *result_, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gboolean loaded = fram_history_load_finish (FRAM_HISTORY (source), result_, &error);

  if (show_problem (user_data, error) && loaded)
    load_more (PANEL_HISTORY_PAGE (user_data));
}

static void
load_more (PanelHistoryPage *self)
{
  if (!fram_history_get_complete (self->history)
      && g_list_model_get_n_items (G_LIST_MODEL (self->history)) < ENOUGH)
    fram_history_load_async (self->history, PAGE, self->cancellable, on_loaded, self);
}

static void
on_refreshed (GObject *source, GAsyncResult *result_, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  fram_history_refresh_finish (FRAM_HISTORY (source), result_, &error);
  show_problem (user_data, error);
}

/* It is asked for only while somebody looks at it. */
static void
refresh (PanelHistoryPage *self)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)) || self->world == NULL
      || panel_world_get_state (self->world) != PANEL_WORLD_THERE)
    return;
  if (self->history != NULL)
    {
      fram_history_refresh_async (self->history, self->cancellable, on_refreshed, self);
      return;
    }
  self->history = fram_inspector_open_history (self->inspector);
  panel_table_set_rows (self->table, G_LIST_MODEL (self->history));
  load_more (self);
}

/* Who left the list of sessions has come into this one. */
static void
on_sessions_changed (PanelHistoryPage *self, guint position, guint removed, guint added)
{
  if (removed > 0)
    refresh (self);
}

static void
on_world_changed (PanelHistoryPage *self)
{
  FramInspector *inspector = panel_world_get_inspector (self->world);

  if (g_set_object (&self->inspector, inspector))
    g_signal_connect_object (fram_inspector_get_sessions (inspector), "items-changed",
                             G_CALLBACK (on_sessions_changed), self, G_CONNECT_SWAPPED);
  refresh (self);
}

void
panel_history_page_set_world (PanelHistoryPage *self, PanelWorld *world)
{
  g_set_object (&self->world, world);
  g_signal_connect_object (world, "changed", G_CALLBACK (on_world_changed), self,
                           G_CONNECT_SWAPPED);
  on_world_changed (self);
}

void
panel_history_page_set_narrow (PanelHistoryPage *self, gboolean narrow)
{
  panel_table_set_narrow (self->table, narrow);
}

/* --- The widget -------------------------------------------------------------------- */

static void
panel_history_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (panel_history_page_parent_class)->map (widget);
  refresh (PANEL_HISTORY_PAGE (widget));
}

static void
panel_history_page_dispose (GObject *object)
{
  PanelHistoryPage *self = PANEL_HISTORY_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), PANEL_TYPE_HISTORY_PAGE);
  g_clear_object (&self->history);
  g_clear_object (&self->inspector);
  g_clear_object (&self->world);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (panel_history_page_parent_class)->dispose (object);
}

static void
panel_history_page_class_init (PanelHistoryPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = panel_history_page_dispose;
  widget_class->map = panel_history_page_map;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);

  g_type_ensure (PANEL_TYPE_TABLE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/fram/Panel/history-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PanelHistoryPage, box);
  gtk_widget_class_bind_template_child (widget_class, PanelHistoryPage, problem);
  gtk_widget_class_bind_template_child (widget_class, PanelHistoryPage, table);
}

static void
panel_history_page_init (PanelHistoryPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
  panel_table_configure (self->table, "history", "Past sessions", columns,
                         G_N_ELEMENTS (columns),
                         "No session has ended yet, or the policies say that none is "
                         "remembered.");
}
