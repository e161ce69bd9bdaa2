/* A cell of a table: an icon, if its column has any, and a text that is cut off where the
 * column ends. */
#pragma once

#include <gtk/gtk.h>

#include "widgets/panel-column.h"

G_BEGIN_DECLS

#define PANEL_TYPE_CELL (panel_cell_get_type ())
G_DECLARE_FINAL_TYPE (PanelCell, panel_cell, PANEL, CELL, GtkWidget)

/* `table` is the widget that it is in, whose fonts it uses. */
GtkWidget *panel_cell_new (const PanelColumn *column, GtkWidget *table);

const PanelColumn *panel_cell_get_column (PanelCell *self);

/* `row`: (nullable): what the cell is about. */
void panel_cell_set_row (PanelCell *self, FramRow *row);
FramRow *panel_cell_get_row (PanelCell *self);

/* Shows what the row says now. */
void panel_cell_refresh (PanelCell *self);

/* In a narrow window a text may take more than a line, if its column says so. */
void panel_cell_set_narrow (PanelCell *self, gboolean narrow);

/* Whether all of the text is to be seen. */
gboolean panel_cell_is_complete (PanelCell *self);

const char *panel_cell_get_text (PanelCell *self);

G_END_DECLS
