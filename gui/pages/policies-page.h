/* All settings of the service but its servers, as the service describes them. */
#pragma once

#include "model/world.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PANEL_TYPE_POLICIES_PAGE (panel_policies_page_get_type ())
G_DECLARE_FINAL_TYPE (PanelPoliciesPage, panel_policies_page, PANEL, POLICIES_PAGE,
                      GtkWidget)

void panel_policies_page_set_world (PanelPoliciesPage *self, PanelWorld *world);

G_END_DECLS
