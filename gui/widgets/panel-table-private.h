/* The parts of a table: what it shows (table), how rows are followed (table-rows) and come to the
 * screen (table-growth), and what can be done with columns and rows (table-actions). */
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
  guint order_column; /* by which it was ordered last, but for clicks on titles */
  GtkSortType order;
  GSimpleActionGroup *actions;
  GtkWidget *context_menu;

  GtkFilterListModel *filtered;
  GtkSortListModel *sorted;
  GtkSliceListModel *slice; /* of those, what is on the screen already */
  FramRow *selected;        /* or NULL */
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
  guint growth;    /* while rows come to the screen */
  double scrolled; /* where the view was when it left the screen */
};

/* --- table-rows --- */
void panel_table_follow (PanelTable *self, GListModel *rows);
void panel_table_unfollow (PanelTable *self);
void panel_table_bind (PanelTable *self, PanelCell *cell, FramRow *row);
void panel_table_unbind (PanelTable *self, PanelCell *cell);
void panel_table_narrow_cells (PanelTable *self);

/* --- table-growth --- */

/* Whether there is another row that is selected, or none. */
gboolean panel_table_note_selected (PanelTable *self);
/* Goes on until all that is seen is there. */
void panel_table_grow (PanelTable *self);
/* So many rows are going to be added. */
void panel_table_expect (PanelTable *self, guint n);
/* The table has come to the screen, or leaves it. */
void panel_table_show_rows (PanelTable *self);
void panel_table_hide_rows (PanelTable *self);

/* --- table-actions --- */
void panel_table_install_actions (PanelTableClass *klass);
void panel_table_add_actions (PanelTable *self);
void panel_table_show_columns (PanelTable *self);
