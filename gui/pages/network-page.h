/* The network: addresses, NATs, servers, and what is shared by all sessions. */
#pragma once

#include "model/world.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PANEL_TYPE_NETWORK_PAGE (panel_network_page_get_type ())
G_DECLARE_FINAL_TYPE (PanelNetworkPage, panel_network_page, PANEL, NETWORK_PAGE,
                      GtkWidget)

/* It pulls what it shows only while it is on the screen. */
void panel_network_page_set_world (PanelNetworkPage *self, PanelWorld *world);

void panel_network_page_set_narrow (PanelNetworkPage *self, gboolean narrow);

G_END_DECLS
