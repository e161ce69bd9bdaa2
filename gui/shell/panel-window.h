/* The window: where one goes from page to page, and what stands there without a service. */
#pragma once

#include "model/world.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PANEL_TYPE_WINDOW (panel_window_get_type ())
G_DECLARE_FINAL_TYPE (PanelWindow, panel_window, PANEL, WINDOW, AdwApplicationWindow)

GtkWidget *panel_window_new (GtkApplication *application, PanelWorld *world);

/* `name`: "sessions", "network", "servers", "policies" or "history".
 * Return: FALSE if there is no such page. */
gboolean panel_window_show_page (PanelWindow *self, const char *name);

/* Shows one session, as soon as the service tells of it. */
void panel_window_show_session (PanelWindow *self, const char *path);

G_END_DECLS
