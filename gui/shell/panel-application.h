/* The program: its command line, its one window, what it says of itself. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define PANEL_APPLICATION_ID "org.fram.Panel"

#define PANEL_TYPE_APPLICATION (panel_application_get_type ())
G_DECLARE_FINAL_TYPE (PanelApplication, panel_application, PANEL, APPLICATION,
                      AdwApplication)

PanelApplication *panel_application_new (void);

G_END_DECLS
