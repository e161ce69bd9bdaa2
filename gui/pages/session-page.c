#include "pages/session-page.h"
#include "model/report.h"
#include "model/words.h"
#include "pages/session-checks.h"
#include "pages/session-overview.h"
#include "pages/session-packets.h"
#include "pages/session-tables.h"

struct _PanelSessionPage
{
  GtkWidget parent;

  GtkWidget *box;
  GtkImage *icon;
  GtkImage *state_icon;
  GtkLabel *state;
  GtkLabel *why;
  GtkLabel *saving;
  GtkStack *stack;
  PanelSessionOverview *overview;
  PanelTable *local_candidates;
  PanelTable *remote_candidates;
  PanelTable *pairs;
  PanelSessionChecks *checks;

  FramInspector *inspector;
  FramRow *row;
  FramSessionWatch *watch;
  PanelSessionPackets *packets;
  gboolean save_data; /* of the file that is being chosen */
  const char *style;  /* of the state */
};

G_DEFINE_FINAL_TYPE (PanelSessionPage, panel_session_page, GTK_TYPE_WIDGET)

FramRow *
panel_session_page_get_row (PanelSessionPage *self)
{
  return self->row;
}

/* --- What is said above ------------------------------------------------------------ */

static void
show_state_style (PanelSessionPage *self, const char *style)
{
  if (self->style != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self->state_icon), self->style);
  if (style != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->state_icon), style);
  self->style = style;
}

static void
show_session (PanelSessionPage *self)
{
  gboolean ended = fram_row_get_boolean (self->row, "ended");
  g_autofree char *path = words_path_and_time (self->row);
  const char *state = fram_state_to_string (fram_row_get_number (self->row, "state"));
  const char *why = fram_row_get_string (self->row, "why-text");
  g_autofree char *text
      = g_strdup_printf ("%c%s: %s%s", g_ascii_toupper (*state), state + 1, path,
                         ended ? " – this session has ended" : "");

  gtk_image_set_from_icon_name (self->icon, words_application_icon (self->row));
  gtk_image_set_from_icon_name (self->state_icon, words_state_icon (self->row));
  show_state_style (self, words_state_style (self->row));
  gtk_label_set_text (self->state, text);
  gtk_label_set_text (
      self->why, *why == '\0' ? fram_row_get_string (self->row, "explanation") : why);
}

static void
show_packets (PanelSessionPage *self)
{
  g_autofree char *text = panel_session_packets_describe (self->packets);
  gboolean running = panel_session_packets_is_running (self->packets);

  gtk_label_set_text (self->saving, text == NULL ? "" : text);
  gtk_widget_set_visible (GTK_WIDGET (self->saving), text != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "session.stop-packets", running);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "session.save-packets",
                                 self->row != NULL && !running);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "session.save-data",
                                 self->row != NULL && !running);
}

/* --- What it follows --------------------------------------------------------------- */

static gboolean
is_remote (gpointer item, gpointer data)
{
  return fram_row_get_boolean (item, "is-remote") == GPOINTER_TO_INT (data);
}

static void
show_candidates (PanelTable *table, GListModel *candidates, gboolean remote)
{
  g_autoptr (GtkFilterListModel) side = gtk_filter_list_model_new (
      g_object_ref (candidates),
      GTK_FILTER (gtk_custom_filter_new (is_remote, GINT_TO_POINTER (remote), NULL)));

  panel_table_set_rows (table, G_LIST_MODEL (side));
}

static void
forget_session (PanelSessionPage *self)
{
  if (self->row == NULL)
    return;
  g_signal_handlers_disconnect_by_func (self->row, show_session, self);
  panel_session_overview_set_session (self->overview, NULL, NULL);
  panel_session_checks_set_log (self->checks, NULL);
  panel_table_set_rows (self->local_candidates, NULL);
  panel_table_set_rows (self->remote_candidates, NULL);
  panel_table_set_rows (self->pairs, NULL);
  g_clear_object (&self->watch);
  g_clear_object (&self->row);
}

static void
follow_session (PanelSessionPage *self, FramSessionRow *row)
{
  g_autoptr (FramEventLog) log = NULL;
  GListModel *candidates;

  self->row = g_object_ref (FRAM_ROW (row));
  self->watch
      = fram_inspector_watch_session (self->inspector, fram_row_get_id (self->row));
  candidates = fram_session_watch_get_candidates (self->watch);
  panel_session_overview_set_session (self->overview, row, self->watch);
  show_candidates (self->local_candidates, candidates, FALSE);
  show_candidates (self->remote_candidates, candidates, TRUE);
  panel_table_set_rows (self->pairs, fram_session_watch_get_pairs (self->watch));
  log = fram_inspector_open_events (self->inspector, fram_row_get_id (self->row));
  panel_session_checks_set_log (self->checks, log);
  g_signal_connect_object (row, "notify", G_CALLBACK (show_session), self,
                           G_CONNECT_SWAPPED);
  show_session (self);
}

void
panel_session_page_set_session (PanelSessionPage *self, FramInspector *inspector,
                                FramSessionRow *row)
{
  forget_session (self);
  g_set_object (&self->inspector, inspector);
  g_clear_object (&self->packets);
  self->packets = panel_session_packets_new ();
  g_signal_connect_object (self->packets, "changed", G_CALLBACK (show_packets), self,
                           G_CONNECT_SWAPPED);
  if (row != NULL)
    follow_session (self, row);
  gtk_stack_set_visible_child_name (self->stack, "overview");
  show_packets (self);
}

void
panel_session_page_set_narrow (PanelSessionPage *self, gboolean narrow)
{
  panel_session_overview_set_narrow (self->overview, narrow);
  panel_table_set_narrow (self->local_candidates, narrow);
  panel_table_set_narrow (self->remote_candidates, narrow);
  panel_table_set_narrow (self->pairs, narrow);
  panel_session_checks_set_narrow (self->checks, narrow);
}

/* --- Reports ----------------------------------------------------------------------- */

static char *
report_text (PanelSessionPage *self)
{
  g_autofree char *name = words_session_name (self->row);
  g_autofree char *overview = panel_session_overview_text (self->overview);
  g_autofree char *local = panel_table_text (self->local_candidates);
  g_autofree char *remote = panel_table_text (self->remote_candidates);
  g_autofree char *pairs = panel_table_text (self->pairs);

  return g_strdup_printf ("%s: %s\n%s\n%s\n\n%s\nLocal candidates\n%s\n"
                          "Remote candidates\n%s\nPairs\n%s",
                          fram_row_get_string (self->row, "app-name"), name,
                          gtk_label_get_text (self->state),
                          gtk_label_get_text (self->why), overview, local, remote, pairs);
}

char *
panel_session_page_report (PanelSessionPage *self, gboolean as_json)
{
  return as_json ? report_session (self->row, self->watch) : report_text (self);
}

static void
on_copy (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PanelSessionPage *self = PANEL_SESSION_PAGE (widget);
  g_autofree char *text = NULL;

  if (self->row == NULL)
    return;
  text = panel_session_page_report (self, strcmp (action, "session.copy-json") == 0);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  gtk_widget_activate_action (widget, "win.say", "s", "The report is in the clipboard.");
}

/* --- Packets ----------------------------------------------------------------------- */

static void
on_file_chosen (GtkNativeDialog *chooser, int response, PanelSessionPage *self)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));

  if (response == GTK_RESPONSE_ACCEPT && file != NULL && self->row != NULL)
    panel_session_packets_save (self->packets, self->inspector,
                                fram_row_get_id (self->row), file, self->save_data);
  g_object_unref (chooser);
}

static void
on_save_packets (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PanelSessionPage *self = PANEL_SESSION_PAGE (widget);
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
      "Save Packets", GTK_WINDOW (gtk_widget_get_root (widget)),
      GTK_FILE_CHOOSER_ACTION_SAVE, "_Save", "_Cancel");

  self->save_data = strcmp (action, "session.save-data") == 0;
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), "session.pcapng");
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_file_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
on_stop_packets (GtkWidget *widget, const char *action, GVariant *parameter)
{
  panel_session_packets_stop (PANEL_SESSION_PAGE (widget)->packets);
}

/* --- The widget -------------------------------------------------------------------- */

static void
panel_session_page_dispose (GObject *object)
{
  PanelSessionPage *self = PANEL_SESSION_PAGE (object);

  if (self->packets != NULL)
    {
      forget_session (self);
      g_clear_object (&self->packets);
    }
  gtk_widget_dispose_template (GTK_WIDGET (self), PANEL_TYPE_SESSION_PAGE);
  g_clear_object (&self->inspector);
  G_OBJECT_CLASS (panel_session_page_parent_class)->dispose (object);
}

static void
panel_session_page_class_init (PanelSessionPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = panel_session_page_dispose;
  gtk_widget_class_install_action (widget_class, "session.copy-text", NULL, on_copy);
  gtk_widget_class_install_action (widget_class, "session.copy-json", NULL, on_copy);
  gtk_widget_class_install_action (widget_class, "session.save-packets", NULL,
                                   on_save_packets);
  gtk_widget_class_install_action (widget_class, "session.save-data", NULL,
                                   on_save_packets);
  gtk_widget_class_install_action (widget_class, "session.stop-packets", NULL,
                                   on_stop_packets);
  gtk_widget_class_set_css_name (widget_class, "panel-session");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);

  g_type_ensure (PANEL_TYPE_TABLE);
  g_type_ensure (PANEL_TYPE_SESSION_OVERVIEW);
  g_type_ensure (PANEL_TYPE_SESSION_CHECKS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/fram/Panel/session-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PanelSessionPage, box);
  gtk_widget_class_bind_template_child (widget_class, PanelSessionPage, icon);
  gtk_widget_class_bind_template_child (widget_class, PanelSessionPage, state_icon);
  gtk_widget_class_bind_template_child (widget_class, PanelSessionPage, state);
  gtk_widget_class_bind_template_child (widget_class, PanelSessionPage, why);
  gtk_widget_class_bind_template_child (widget_class, PanelSessionPage, saving);
  gtk_widget_class_bind_template_child (widget_class, PanelSessionPage, stack);
  gtk_widget_class_bind_template_child (widget_class, PanelSessionPage, overview);
  gtk_widget_class_bind_template_child (widget_class, PanelSessionPage, local_candidates);
  gtk_widget_class_bind_template_child (widget_class, PanelSessionPage,
                                        remote_candidates);
  gtk_widget_class_bind_template_child (widget_class, PanelSessionPage, pairs);
  gtk_widget_class_bind_template_child (widget_class, PanelSessionPage, checks);
}

static void
panel_session_page_init (PanelSessionPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->packets = panel_session_packets_new ();
  session_tables_local_candidates (self->local_candidates);
  session_tables_remote_candidates (self->remote_candidates);
  session_tables_pairs (self->pairs);
}
