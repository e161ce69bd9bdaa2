#include "pages/sessions-page.h"
#include "model/words.h"
#include "pages/session-page.h"
#include "widgets/panel-table.h"

#include <adwaita.h>

struct _PanelSessionsPage
{
  GtkWidget parent;

  GtkStack *stack;
  AdwStatusPage *missing;
  PanelTable *table;
  PanelSessionPage *session;

  PanelWorld *world;
  FramInspector *inspector;
  char *awaited; /* the path of a session that is to be shown when it is there */
};

enum
{
  PROP_OPENED = 1,
  PROP_CAN_GO_BACK,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (PanelSessionsPage, panel_sessions_page, GTK_TYPE_WIDGET)

static const PanelColumn columns[] = {
  { "app-name", "Application", 15, .flags = PANEL_COLUMN_WRAP,
    .icon = words_application_icon },
  { "label", "Session", 18, .flags = PANEL_COLUMN_WIDE | PANEL_COLUMN_EXPAND,
    .text = words_session_name },
  { "state", "State", 11, PANEL_FORMAT_WORD, PANEL_COLUMN_LIVE, .icon = words_state_icon,
    .style = words_state_style },
  { "local", "Path", 18,
    .flags = PANEL_COLUMN_LIVE | PANEL_COLUMN_EXPAND | PANEL_COLUMN_WRAP,
    .text = words_path_and_time },
  { "send-rate", "Sends", 10, PANEL_FORMAT_RATE, PANEL_COLUMN_LIVE | PANEL_COLUMN_WIDE },
  { "receive-rate", "Receives", 10, PANEL_FORMAT_RATE,
    PANEL_COLUMN_LIVE | PANEL_COLUMN_WIDE },
  { "rtt", "Round trip", 9, PANEL_FORMAT_DURATION,
    PANEL_COLUMN_LIVE | PANEL_COLUMN_EXTRA },
  { "n-pairs", "Pairs", 6, PANEL_FORMAT_NUMBER, PANEL_COLUMN_LIVE | PANEL_COLUMN_EXTRA },
  { "role", "Role", 11, PANEL_FORMAT_WORD, PANEL_COLUMN_LIVE | PANEL_COLUMN_EXTRA },
  { "policy", "Policy", 8, PANEL_FORMAT_WORD, PANEL_COLUMN_EXTRA },
  { "bytes-sent", "Sent", 9, PANEL_FORMAT_BYTES, PANEL_COLUMN_LIVE | PANEL_COLUMN_EXTRA },
  { "bytes-received", "Received", 9, PANEL_FORMAT_BYTES,
    PANEL_COLUMN_LIVE | PANEL_COLUMN_EXTRA },
  { "why-text", "Why", 50, .flags = PANEL_COLUMN_LIVE | PANEL_COLUMN_EXTRA },
  { "pid", "Process", 8, PANEL_FORMAT_NUMBER, PANEL_COLUMN_EXTRA },
  { "path", "Object", 36, .flags = PANEL_COLUMN_EXTRA },
};

/* --- Which of the two is shown ----------------------------------------------------- */

FramRow *
panel_sessions_page_get_opened (PanelSessionsPage *self)
{
  return panel_session_page_get_row (self->session);
}

gboolean
panel_sessions_page_can_go_back (PanelSessionsPage *self)
{
  return panel_sessions_page_get_opened (self) != NULL || self->awaited != NULL;
}

/* The one that is waited for may still come, as one that has only just been made. */
static const char *
choose_view (PanelSessionsPage *self)
{
  if (panel_sessions_page_get_opened (self) != NULL)
    return "session";
  if (self->awaited != NULL)
    return "missing";
  return self->inspector != NULL
                 && g_list_model_get_n_items (
                        fram_inspector_get_sessions (self->inspector))
                        > 0
             ? "list"
             : "empty";
}

static void
show (PanelSessionsPage *self)
{
  if (self->awaited != NULL)
    {
      g_autofree char *text = g_markup_printf_escaped (
          "The service has no session “%s” now. If there was one, it has ended: the "
          "history may tell of it.",
          self->awaited);

      adw_status_page_set_description (self->missing, text);
    }
  gtk_stack_set_visible_child_name (self->stack, choose_view (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_GO_BACK]);
}

static void
open_row (PanelSessionsPage *self, FramSessionRow *row)
{
  g_clear_pointer (&self->awaited, g_free);
  panel_session_page_set_session (self->session, self->inspector, row);
  show (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OPENED]);
}

static void
open_awaited (PanelSessionsPage *self)
{
  FramSessionRow *row;

  if (self->awaited == NULL || self->inspector == NULL)
    return;
  row = fram_inspector_find_session (self->inspector, self->awaited);
  if (row != NULL)
    open_row (self, row);
}

void
panel_sessions_page_open (PanelSessionsPage *self, const char *path)
{
  if (path == NULL)
    {
      open_row (self, NULL);
      return;
    }
  open_row (self, NULL);
  self->awaited = g_strdup (path);
  open_awaited (self);
  show (self);
}

static void
on_activated (PanelSessionsPage *self, FramSessionRow *row)
{
  open_row (self, row);
}

static void
on_sessions_changed (PanelSessionsPage *self)
{
  open_awaited (self);
  show (self);
}

/* --- What it follows --------------------------------------------------------------- */

static void
on_world_changed (PanelSessionsPage *self)
{
  FramInspector *inspector = panel_world_get_inspector (self->world);

  if (g_set_object (&self->inspector, inspector))
    {
      GListModel *sessions = fram_inspector_get_sessions (inspector);

      g_signal_connect_object (sessions, "items-changed",
                               G_CALLBACK (on_sessions_changed), self, G_CONNECT_SWAPPED);
      panel_table_set_rows (self->table, sessions);
      on_sessions_changed (self);
    }
}

void
panel_sessions_page_set_world (PanelSessionsPage *self, PanelWorld *world)
{
  g_set_object (&self->world, world);
  g_signal_connect_object (world, "changed", G_CALLBACK (on_world_changed), self,
                           G_CONNECT_SWAPPED);
  on_world_changed (self);
}

void
panel_sessions_page_set_narrow (PanelSessionsPage *self, gboolean narrow)
{
  panel_table_set_narrow (self->table, narrow);
  panel_session_page_set_narrow (self->session, narrow);
}

/* --- The widget -------------------------------------------------------------------- */

static void
panel_sessions_page_get_property (GObject *object, guint id, GValue *value,
                                  GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_OPENED:
      g_value_set_object (value,
                          panel_sessions_page_get_opened (PANEL_SESSIONS_PAGE (object)));
      break;
    case PROP_CAN_GO_BACK:
      g_value_set_boolean (
          value, panel_sessions_page_can_go_back (PANEL_SESSIONS_PAGE (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
on_show_all (GtkWidget *widget, const char *action, GVariant *parameter)
{
  panel_sessions_page_open (PANEL_SESSIONS_PAGE (widget), NULL);
}

static void
panel_sessions_page_dispose (GObject *object)
{
  PanelSessionsPage *self = PANEL_SESSIONS_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), PANEL_TYPE_SESSIONS_PAGE);
  g_clear_object (&self->inspector);
  g_clear_object (&self->world);
  g_clear_pointer (&self->awaited, g_free);
  G_OBJECT_CLASS (panel_sessions_page_parent_class)->dispose (object);
}

static void
panel_sessions_page_class_init (PanelSessionsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = panel_sessions_page_get_property;
  object_class->dispose = panel_sessions_page_dispose;
  properties[PROP_OPENED]
      = g_param_spec_object ("opened", NULL, NULL, FRAM_TYPE_SESSION_ROW,
                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_CAN_GO_BACK] = g_param_spec_boolean (
      "can-go-back", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);

  gtk_widget_class_install_action (widget_class, "sessions.show-all", NULL, on_show_all);
  g_type_ensure (PANEL_TYPE_TABLE);
  g_type_ensure (PANEL_TYPE_SESSION_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/fram/Panel/sessions-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PanelSessionsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, PanelSessionsPage, missing);
  gtk_widget_class_bind_template_child (widget_class, PanelSessionsPage, table);
  gtk_widget_class_bind_template_child (widget_class, PanelSessionsPage, session);
}

static void
panel_sessions_page_init (PanelSessionsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  panel_table_configure (self->table, "sessions", "Sessions", columns,
                         G_N_ELEMENTS (columns), "No application has a session now.");
  panel_table_sort (self->table, "app-name", GTK_SORT_ASCENDING);
  g_signal_connect_object (self->table, "activated", G_CALLBACK (on_activated), self,
                           G_CONNECT_SWAPPED);
}
