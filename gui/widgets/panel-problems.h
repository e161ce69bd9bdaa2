/* What is the matter with the files of the settings: a group that is only there if something
 * is. */
#pragma once

#include <adwaita.h>
#include <fram.h>

G_BEGIN_DECLS

#define PANEL_TYPE_PROBLEMS (panel_problems_get_type ())
G_DECLARE_FINAL_TYPE (PanelProblems, panel_problems, PANEL, PROBLEMS, AdwPreferencesGroup)

/* Asks the service again. */
void panel_problems_update (PanelProblems *self, FramSettings *settings);

G_END_DECLS
