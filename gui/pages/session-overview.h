/* A session at a glance: the picture of its paths, graphs, its components, and what it went
 * through. */
#pragma once

#include <fram.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PANEL_TYPE_SESSION_OVERVIEW (panel_session_overview_get_type ())
G_DECLARE_FINAL_TYPE (PanelSessionOverview, panel_session_overview, PANEL,
                      SESSION_OVERVIEW, GtkWidget)

/* Both (nullable). */
void panel_session_overview_set_session (PanelSessionOverview *self, FramSessionRow *row,
                                         FramSessionWatch *watch);

void panel_session_overview_set_narrow (PanelSessionOverview *self, gboolean narrow);

/* Its tables as text.  Return: (transfer full). */
char *panel_session_overview_text (PanelSessionOverview *self);

G_END_DECLS
