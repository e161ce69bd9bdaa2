/* What happens in a session, check by check: a list that can be paused, cleared and filtered.
 */
#pragma once

#include <fram.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PANEL_TYPE_SESSION_CHECKS (panel_session_checks_get_type ())
G_DECLARE_FINAL_TYPE (PanelSessionChecks, panel_session_checks, PANEL, SESSION_CHECKS,
                      GtkWidget)

/* `log`: (nullable). */
void panel_session_checks_set_log (PanelSessionChecks *self, FramEventLog *log);

void panel_session_checks_set_narrow (PanelSessionChecks *self, gboolean narrow);

G_END_DECLS
