/* A server of the settings in a list: what it is, whether it is used, and what can be done. */
#pragma once

#include <adwaita.h>
#include <fram.h>

G_BEGIN_DECLS

#define PANEL_TYPE_SERVER (panel_server_get_type ())
G_DECLARE_FINAL_TYPE (PanelServer, panel_server, PANEL, SERVER, AdwActionRow)

/* `position`, `n`: its place among the servers of its owner, and how many they are.
 * It calls the actions "servers.enable" (sb), "servers.move" (su) and "servers.edit" (s)
 * with the server's id. */
GtkWidget *panel_server_new (FramServer *server, guint position, guint n);

FramServer *panel_server_get (PanelServer *self);

G_END_DECLS
