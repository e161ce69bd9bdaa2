/* The sessions of all applications: the list of them, and one of them in detail. */
#pragma once

#include "model/world.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PANEL_TYPE_SESSIONS_PAGE (panel_sessions_page_get_type ())
G_DECLARE_FINAL_TYPE (PanelSessionsPage, panel_sessions_page, PANEL, SESSIONS_PAGE,
                      GtkWidget)

void panel_sessions_page_set_world (PanelSessionsPage *self, PanelWorld *world);
void panel_sessions_page_set_narrow (PanelSessionsPage *self, gboolean narrow);

/* Shows the session at that object path, as soon as it is there; NULL: the list. */
void panel_sessions_page_open (PanelSessionsPage *self, const char *path);

/* The session that is shown, or NULL; property `opened`, a FramSessionRow. */
FramRow *panel_sessions_page_get_opened (PanelSessionsPage *self);

/* Whether something else than the list is shown; property `can-go-back`. */
gboolean panel_sessions_page_can_go_back (PanelSessionsPage *self);

G_END_DECLS
