/* An address of this host and the NAT before it: in two lines, and when it is opened, all
 * that is known. */
#pragma once

#include <adwaita.h>
#include <fram.h>

G_BEGIN_DECLS

#define PANEL_TYPE_INTERFACE (panel_interface_get_type ())
G_DECLARE_FINAL_TYPE (PanelInterface, panel_interface, PANEL, INTERFACE, AdwExpanderRow)

/* Follows the row as long as it lives. */
GtkWidget *panel_interface_new (FramInterfaceRow *row);

G_END_DECLS
