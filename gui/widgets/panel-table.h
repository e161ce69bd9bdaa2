/* A table of rows that change while somebody looks at it.
 *
 * Its rows are objects that notify when they change.  What is on the screen is brought up to
 * date a few times a second at most, and an order by values that change is made anew at
 * most once a second, without removing a row: the row that is selected stays selected, and
 * the view stays where it is. */
#pragma once

#include <gtk/gtk.h>

#include "widgets/panel-column.h"

G_BEGIN_DECLS

#define PANEL_TYPE_TABLE (panel_table_get_type ())
G_DECLARE_FINAL_TYPE (PanelTable, panel_table, PANEL, TABLE, GtkWidget)

/* Says once what the table shows; `columns` stay the caller's and must live on.
 *
 * `id`: a word under which its columns are remembered.
 * `empty`: a sentence for a table without rows. */
void panel_table_configure (PanelTable *self, const char *id, const char *title,
                            const PanelColumn *columns, guint n_columns,
                            const char *empty);

/* `rows`: (nullable): of FramRow. */
void panel_table_set_rows (PanelTable *self, GListModel *rows);

/* Orders by a column, as a click on its title does. */
void panel_table_sort (PanelTable *self, const char *column, GtkSortType order);

/* Only rows that contain `text` in any column are shown; NULL or empty: all. */
void panel_table_search (PanelTable *self, const char *text);

/* Only rows for which this is true are shown.  `filter`: (nullable). */
void panel_table_set_filter (PanelTable *self,
                             gboolean (*filter) (FramRow *row, gpointer data),
                             gpointer data);
void panel_table_filter_changed (PanelTable *self);

/* The columns for wide windows are shown or not. */
void panel_table_set_narrow (PanelTable *self, gboolean narrow);

/* What is shown, in its order. */
GListModel *panel_table_get_shown (PanelTable *self);

/* Return: (nullable) (transfer none). */
FramRow *panel_table_get_selected (PanelTable *self);
void panel_table_select (PanelTable *self, FramRow *row);

/* The table or a row as text: a title and a value on each line, or lines of a table with
 * tabs; or as JSON.  Return: (transfer full). */
char *panel_table_row_text (PanelTable *self, FramRow *row);
char *panel_table_row_json (PanelTable *self, FramRow *row);
char *panel_table_text (PanelTable *self);

/* Whether all rows that are to be shown have come to the screen. */
gboolean panel_table_is_complete (PanelTable *self);

/* Brings everything up to date at once, which happens by itself a little later. */
void panel_table_refresh (PanelTable *self);

/* "activated" (FramRow *row): somebody wants to see more of a row.
 * "selected": another row is selected, or none. */

G_END_DECLS
