#include "pages/session-checks.h"
#include "pages/session-tables.h"

struct _PanelSessionChecks
{
  GtkWidget parent;

  GtkWidget *box;
  GtkToggleButton *pause;
  GtkDropDown *kind;
  GtkLabel *note;
  PanelTable *table;

  FramEventLog *log;
};

G_DEFINE_FINAL_TYPE (PanelSessionChecks, panel_session_checks, GTK_TYPE_WIDGET)

/* In the order of the drop-down. */
typedef enum
{
  KIND_ALL,
  KIND_CHECKS,
  KIND_PAIRS,
  KIND_CANDIDATES,
  KIND_STATES
} Kind;

static Kind
kind_of (const char *event)
{
  if (g_str_has_prefix (event, "request-") || g_str_has_prefix (event, "response-")
      || strcmp (event, "consent-sent") == 0)
    return KIND_CHECKS;
  if (g_str_has_prefix (event, "pair-") || strcmp (event, "readable") == 0
      || strcmp (event, "writable") == 0 || strcmp (event, "nominated") == 0
      || strcmp (event, "selected") == 0)
    return KIND_PAIRS;
  if (g_str_has_prefix (event, "candidate-") || strcmp (event, "gathered") == 0)
    return KIND_CANDIDATES;
  return KIND_STATES;
}

static gboolean
is_wanted (FramRow *row, gpointer data)
{
  PanelSessionChecks *self = data;
  Kind kind = gtk_drop_down_get_selected (self->kind);
  const char *event = fram_row_get_string (row, "event");

  return kind == KIND_ALL || strcmp (event, "dropped") == 0 || kind_of (event) == kind;
}

static void
on_kind_changed (PanelSessionChecks *self)
{
  if (self->table != NULL)
    panel_table_set_filter (
        self->table,
        gtk_drop_down_get_selected (self->kind) == KIND_ALL ? NULL : is_wanted, self);
}

/* --- What is said beside ----------------------------------------------------------- */

static void
show_note (PanelSessionChecks *self)
{
  const GError *error = fram_event_log_get_error (self->log);
  guint64 dropped = fram_event_log_get_dropped (self->log);
  g_autofree char *text = NULL;

  if (error != NULL)
    text = g_strdup (error->message);
  else if (fram_event_log_get_paused (self->log))
    text = g_strdup ("Paused: what happens meanwhile is left out.");
  else if (!fram_event_log_get_open (self->log))
    text = g_strdup ("The session has ended.");
  else if (dropped > 0)
    text = g_strdup_printf ("Events lost: %" G_GUINT64_FORMAT, dropped);
  gtk_label_set_text (self->note, text == NULL ? "" : text);
}

static void
on_paused (PanelSessionChecks *self)
{
  if (self->log != NULL)
    fram_event_log_set_paused (self->log, gtk_toggle_button_get_active (self->pause));
}

static void
on_clear (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PanelSessionChecks *self = PANEL_SESSION_CHECKS (widget);

  if (self->log != NULL)
    fram_event_log_clear (self->log);
}

static void
on_pause (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PanelSessionChecks *self = PANEL_SESSION_CHECKS (widget);

  gtk_toggle_button_set_active (self->pause, !gtk_toggle_button_get_active (self->pause));
}

void
panel_session_checks_set_log (PanelSessionChecks *self, FramEventLog *log)
{
  if (self->log != NULL)
    g_signal_handlers_disconnect_by_func (self->log, show_note, self);
  g_set_object (&self->log, log);
  panel_table_set_rows (self->table, (GListModel *) log);
  gtk_toggle_button_set_active (self->pause, FALSE);
  if (log == NULL)
    return;
  g_signal_connect_object (log, "notify", G_CALLBACK (show_note), self,
                           G_CONNECT_SWAPPED);
  show_note (self);
}

void
panel_session_checks_set_narrow (PanelSessionChecks *self, gboolean narrow)
{
  panel_table_set_narrow (self->table, narrow);
}

/* --- The widget -------------------------------------------------------------------- */

static void
panel_session_checks_dispose (GObject *object)
{
  PanelSessionChecks *self = PANEL_SESSION_CHECKS (object);

  if (self->log != NULL)
    g_signal_handlers_disconnect_by_func (self->log, show_note, self);
  g_clear_object (&self->log);
  gtk_widget_dispose_template (GTK_WIDGET (self), PANEL_TYPE_SESSION_CHECKS);
  G_OBJECT_CLASS (panel_session_checks_parent_class)->dispose (object);
}

static void
panel_session_checks_class_init (PanelSessionChecksClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = panel_session_checks_dispose;
  gtk_widget_class_install_action (widget_class, "checks.clear", NULL, on_clear);
  gtk_widget_class_install_action (widget_class, "checks.pause", NULL, on_pause);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);

  g_type_ensure (PANEL_TYPE_TABLE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/fram/Panel/session-checks.ui");
  gtk_widget_class_bind_template_child (widget_class, PanelSessionChecks, box);
  gtk_widget_class_bind_template_child (widget_class, PanelSessionChecks, pause);
  gtk_widget_class_bind_template_child (widget_class, PanelSessionChecks, kind);
  gtk_widget_class_bind_template_child (widget_class, PanelSessionChecks, note);
  gtk_widget_class_bind_template_child (widget_class, PanelSessionChecks, table);
  gtk_widget_class_bind_template_callback (widget_class, on_paused);
  gtk_widget_class_bind_template_callback (widget_class, on_kind_changed);
}

static void
panel_session_checks_init (PanelSessionChecks *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  session_tables_events (self->table);
}
