/* Sessions that have ended, of all applications. */
#pragma once

#include "model/world.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PANEL_TYPE_HISTORY_PAGE (panel_history_page_get_type ())
G_DECLARE_FINAL_TYPE (PanelHistoryPage, panel_history_page, PANEL, HISTORY_PAGE,
                      GtkWidget)

void panel_history_page_set_world (PanelHistoryPage *self, PanelWorld *world);
void panel_history_page_set_narrow (PanelHistoryPage *self, gboolean narrow);

G_END_DECLS
