/* The STUN and TURN servers that all sessions have. */
#pragma once

#include "model/world.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PANEL_TYPE_SERVERS_PAGE (panel_servers_page_get_type ())
G_DECLARE_FINAL_TYPE (PanelServersPage, panel_servers_page, PANEL, SERVERS_PAGE,
                      GtkWidget)

void panel_servers_page_set_world (PanelServersPage *self, PanelWorld *world);

G_END_DECLS
