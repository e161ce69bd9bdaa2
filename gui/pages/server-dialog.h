/* A server of the settings: adding, changing, removing it, with a test of what is in the
 * fields that runs while they are filled in. */
#pragma once

#include <adwaita.h>
#include <fram.h>

G_BEGIN_DECLS

#define PANEL_TYPE_SERVER_DIALOG (panel_server_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PanelServerDialog, panel_server_dialog, PANEL, SERVER_DIALOG,
                      AdwWindow)

/* `server`: (nullable): NULL for a new one. */
GtkWidget *panel_server_dialog_new (FramSettings *settings, FramServer *server);

G_END_DECLS
