/* A row of a list that says one thing: what it is on the left, its value on the right. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define PANEL_TYPE_FACT (panel_fact_get_type ())
G_DECLARE_FINAL_TYPE (PanelFact, panel_fact, PANEL, FACT, AdwActionRow)

GtkWidget *panel_fact_new (const char *title);

/* `icon`: (nullable): the name of one before the value. */
void panel_fact_set (PanelFact *self, const char *value, const char *icon);

const char *panel_fact_get_value (PanelFact *self);

G_END_DECLS
