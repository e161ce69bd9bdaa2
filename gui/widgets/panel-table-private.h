/* The parts of a table: what it shows (table), how rows are followed (table-rows), and what
 * can be done with columns and rows (table-actions). */
#pragma once

#include "widgets/panel-cell.h"
#include "widgets/panel-table.h"

struct _PanelTable
{
  GtkWidget parent;

  GtkWidget *box;
  GtkLabel *title;
  GtkLabel *count;
  GtkMenuButton *columns_button;
  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  GtkStack *stack;
  GtkScrolledWindow *scroller;
  GtkColumnView *view;
  GtkLabel *empty;

  char *id;
  char *empty_text;
  const PanelColumn *columns;
  guint n_columns;
  gboolean narrow;
  guint8 *wanted; /* for each column: whether it is to be shown */
  GtkColumnViewColumn **view_columns;
  GtkSorter **sorters;
  GSimpleActionGroup *actions;
  GtkWidget *context_menu;

  GtkFilterListModel *filtered;
  GtkSortListModel *sorted;
  GtkSingleSelection *selection;
  GtkCustomFilter *filter;
  char *needle; /* folded; NULL: nothing is searched for */
  gboolean (*wants) (FramRow *row, gpointer data);
  gpointer wants_data;

  GListModel *rows;
  GPtrArray *followed; /* the rows as they stand in `rows` */
  GHashTable *bound;   /* row -> array of its cells on the screen */
  GHashTable *dirty;   /* rows that changed since the last refresh */
  guint refresh_source;
  gint64 sorted_at;
  gboolean sort_due;
};

/* --- table-rows --- */
void panel_table_follow (PanelTable *self, GListModel *rows);
void panel_table_unfollow (PanelTable *self);
void panel_table_bind (PanelTable *self, PanelCell *cell, FramRow *row);
void panel_table_unbind (PanelTable *self, PanelCell *cell);
void panel_table_narrow_cells (PanelTable *self);

/* --- table-actions --- */
void panel_table_install_actions (PanelTableClass *klass);
void panel_table_add_actions (PanelTable *self);
void panel_table_show_columns (PanelTable *self);
