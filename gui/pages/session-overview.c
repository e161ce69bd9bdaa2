#include "pages/session-overview.h"
#include "model/format.h"
#include "pages/session-tables.h"
#include "widgets/panel-graph.h"
#include "widgets/panel-picture.h"

struct _PanelSessionOverview
{
  GtkWidget parent;

  GtkWidget *scroller;
  PanelPicture *picture;
  GtkBox *graphs;
  PanelGraph *rtt;
  PanelGraph *rate;
  PanelTable *changes;
  PanelTable *components;

  FramRow *row;
  guint sample_source;
};

G_DEFINE_FINAL_TYPE (PanelSessionOverview, panel_session_overview, GTK_TYPE_WIDGET)

static char *
time_text (double value)
{
  return format_duration ((gint64) value);
}

static char *
rate_text (double value)
{
  return value < 1 ? g_strdup ("0 B/s") : format_rate (value);
}

/* The rates of the row are those of its last second. */
static gboolean
on_sample (gpointer data)
{
  PanelSessionOverview *self = data;
  gint64 now = g_get_monotonic_time ();
  gint64 rtt = fram_row_get_number (self->row, "rtt");
  gboolean ended = fram_row_get_boolean (self->row, "ended");

  panel_graph_add (self->rtt, now, ended ? -1 : rtt, -1);
  panel_graph_add (self->rate, now,
                   ended ? -1 : fram_row_get_number (self->row, "send-rate"),
                   ended ? -1 : fram_row_get_number (self->row, "receive-rate"));
  return G_SOURCE_CONTINUE;
}

void
panel_session_overview_set_session (PanelSessionOverview *self, FramSessionRow *row,
                                    FramSessionWatch *watch)
{
  g_clear_handle_id (&self->sample_source, g_source_remove);
  g_set_object (&self->row, (FramRow *) row);
  panel_graph_clear (self->rtt);
  panel_graph_clear (self->rate);
  if (watch == NULL)
    {
      panel_picture_set_session (self->picture, NULL, NULL);
      panel_table_set_rows (self->changes, NULL);
      panel_table_set_rows (self->components, NULL);
      return;
    }
  panel_picture_set_session (self->picture, fram_session_watch_get_candidates (watch),
                             fram_session_watch_get_pairs (watch));
  panel_table_set_rows (self->changes, fram_session_watch_get_changes (watch));
  panel_table_set_rows (self->components, fram_session_watch_get_components (watch));
  on_sample (self);
  self->sample_source = g_timeout_add_seconds (1, on_sample, self);
}

void
panel_session_overview_set_narrow (PanelSessionOverview *self, gboolean narrow)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->graphs),
                                  narrow ? GTK_ORIENTATION_VERTICAL
                                         : GTK_ORIENTATION_HORIZONTAL);
  panel_table_set_narrow (self->changes, narrow);
  panel_table_set_narrow (self->components, narrow);
}

char *
panel_session_overview_text (PanelSessionOverview *self)
{
  g_autofree char *changes = panel_table_text (self->changes);
  g_autofree char *components = panel_table_text (self->components);

  return g_strdup_printf ("Time line\n%s\nComponents\n%s", changes, components);
}

static void
panel_session_overview_dispose (GObject *object)
{
  PanelSessionOverview *self = PANEL_SESSION_OVERVIEW (object);

  g_clear_handle_id (&self->sample_source, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (self), PANEL_TYPE_SESSION_OVERVIEW);
  g_clear_object (&self->row);
  G_OBJECT_CLASS (panel_session_overview_parent_class)->dispose (object);
}

static void
panel_session_overview_class_init (PanelSessionOverviewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = panel_session_overview_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);

  g_type_ensure (PANEL_TYPE_GRAPH);
  g_type_ensure (PANEL_TYPE_PICTURE);
  g_type_ensure (PANEL_TYPE_TABLE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/fram/Panel/session-overview.ui");
  gtk_widget_class_bind_template_child (widget_class, PanelSessionOverview, scroller);
  gtk_widget_class_bind_template_child (widget_class, PanelSessionOverview, picture);
  gtk_widget_class_bind_template_child (widget_class, PanelSessionOverview, graphs);
  gtk_widget_class_bind_template_child (widget_class, PanelSessionOverview, rtt);
  gtk_widget_class_bind_template_child (widget_class, PanelSessionOverview, rate);
  gtk_widget_class_bind_template_child (widget_class, PanelSessionOverview, changes);
  gtk_widget_class_bind_template_child (widget_class, PanelSessionOverview, components);
}

static void
panel_session_overview_init (PanelSessionOverview *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  panel_graph_configure (self->rtt, "Round-trip time", NULL, NULL, time_text);
  panel_graph_configure (self->rate, "Data rate", "sent", "received", rate_text);
  session_tables_changes (self->changes);
  session_tables_components (self->components);
}
