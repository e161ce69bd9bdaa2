/* One session: where it is and why, what it went through, its candidates, its pairs, and each
 * check as it happens. */
#pragma once

#include <fram.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PANEL_TYPE_SESSION_PAGE (panel_session_page_get_type ())
G_DECLARE_FINAL_TYPE (PanelSessionPage, panel_session_page, PANEL, SESSION_PAGE,
                      GtkWidget)

/* `row`: (nullable): nothing is shown and followed any more.  One that ends stays as it was
 * last. */
void panel_session_page_set_session (PanelSessionPage *self, FramInspector *inspector,
                                     FramSessionRow *row);

FramRow *panel_session_page_get_row (PanelSessionPage *self);

void panel_session_page_set_narrow (PanelSessionPage *self, gboolean narrow);

/* All that is known of it.  Return: (transfer full). */
char *panel_session_page_report (PanelSessionPage *self, gboolean as_json);

G_END_DECLS
