/* How a table follows its rows: what changed is noted, and shown a little later, or when the table
 * comes to the screen. */
#include "widgets/panel-table-private.h"

/* Faster than this nobody reads, and each refresh costs. */
#define REFRESH_EVERY 100 /* milliseconds */
/* Rows that jump about cannot be read either. */
#define SORT_EVERY G_USEC_PER_SEC

static void
refresh_row (PanelTable *self, gpointer row)
{
  GPtrArray *cells = g_hash_table_lookup (self->bound, row);

  for (guint i = 0; cells != NULL && i < cells->len; i++)
    panel_cell_refresh (g_ptr_array_index (cells, i));
}

/* A sorter that is not among those of the order has no effect. */
static void
sort_again (PanelTable *self)
{
  self->sort_due = FALSE;
  self->sorted_at = g_get_monotonic_time ();
  for (guint i = 0; i < self->n_columns; i++)
    if (self->columns[i].flags & PANEL_COLUMN_LIVE)
      gtk_sorter_changed (self->sorters[i], GTK_SORTER_CHANGE_DIFFERENT);
  if (self->needle != NULL || self->wants != NULL)
    panel_table_filter_changed (self);
}

static void
refresh_dirty (PanelTable *self)
{
  GHashTableIter iter;
  gpointer row;

  if (g_hash_table_size (self->dirty) == 0)
    return;
  g_hash_table_iter_init (&iter, self->dirty);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    refresh_row (self, row);
  g_hash_table_remove_all (self->dirty);
  self->sort_due = TRUE;
}

static gboolean on_refresh (gpointer data);

/* With the priority of the messages that bring the changes: below it, a steady stream of them
 * would leave no time for what they changed.  The time is counted from the end of the refresh
 * before, so that frames come between any two. */
static void
refresh_soon (PanelTable *self)
{
  if (self->refresh_source == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->refresh_source = g_timeout_add (REFRESH_EVERY, on_refresh, self);
}

static gboolean
on_refresh (gpointer data)
{
  PanelTable *self = data;

  self->refresh_source = 0;
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return G_SOURCE_REMOVE;
  refresh_dirty (self);
  if (self->sort_due && g_get_monotonic_time () - self->sorted_at >= SORT_EVERY)
    sort_again (self);
  if (self->sort_due)
    refresh_soon (self);
  return G_SOURCE_REMOVE;
}

void
panel_table_refresh (PanelTable *self)
{
  refresh_dirty (self);
  if (self->sort_due)
    sort_again (self);
}

static void
on_row_notify (GObject *row, GParamSpec *pspec, gpointer data)
{
  PanelTable *self = data;

  if (g_hash_table_add (self->dirty, row))
    refresh_soon (self);
}

/* --- Which rows there are ---------------------------------------------------------- */

static void
follow_row (PanelTable *self, guint position)
{
  GObject *row = g_list_model_get_item (self->rows, position);

  g_signal_connect (row, "notify", G_CALLBACK (on_row_notify), self);
  g_ptr_array_insert (self->followed, position, row);
}

static void
unfollow_rows (PanelTable *self, guint position, guint n)
{
  for (guint i = position; i < position + n; i++)
    {
      gpointer row = g_ptr_array_index (self->followed, i);

      g_signal_handlers_disconnect_by_func (row, on_row_notify, self);
      g_hash_table_remove (self->dirty, row);
    }
  if (n > 0)
    g_ptr_array_remove_range (self->followed, position, n);
}

static void
on_items_changed (GListModel *rows, guint position, guint removed, guint added,
                  gpointer data)
{
  PanelTable *self = data;

  /* This is heard before what is shown changes. */
  panel_table_expect (self, added);
  unfollow_rows (self, position, removed);
  for (guint i = position; i < position + added; i++)
    follow_row (self, i);
}

void
panel_table_follow (PanelTable *self, GListModel *rows)
{
  self->rows = g_object_ref (rows);
  panel_table_expect (self, g_list_model_get_n_items (rows));
  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    follow_row (self, i);
  g_signal_connect (rows, "items-changed", G_CALLBACK (on_items_changed), self);
}

void
panel_table_unfollow (PanelTable *self)
{
  g_clear_handle_id (&self->refresh_source, g_source_remove);
  if (self->rows == NULL)
    return;
  g_signal_handlers_disconnect_by_func (self->rows, on_items_changed, self);
  unfollow_rows (self, 0, self->followed->len);
  g_clear_object (&self->rows);
}

/* --- Which of them are on the screen ----------------------------------------------- */

void
panel_table_bind (PanelTable *self, PanelCell *cell, FramRow *row)
{
  GPtrArray *cells = g_hash_table_lookup (self->bound, row);

  if (cells == NULL)
    {
      cells = g_ptr_array_new ();
      g_hash_table_insert (self->bound, row, cells);
    }
  g_ptr_array_add (cells, cell);
  panel_cell_set_narrow (cell, self->narrow);
  panel_cell_set_row (cell, row);
}

void
panel_table_narrow_cells (PanelTable *self)
{
  GHashTableIter iter;
  gpointer cells;

  g_hash_table_iter_init (&iter, self->bound);
  while (g_hash_table_iter_next (&iter, NULL, &cells))
    for (guint i = 0; i < ((GPtrArray *) cells)->len; i++)
      panel_cell_set_narrow (g_ptr_array_index ((GPtrArray *) cells, i), self->narrow);
}

void
panel_table_unbind (PanelTable *self, PanelCell *cell)
{
  FramRow *row = panel_cell_get_row (cell);
  GPtrArray *cells = g_hash_table_lookup (self->bound, row);

  panel_cell_set_row (cell, NULL);
  if (cells == NULL)
    return;
  g_ptr_array_remove_fast (cells, cell);
  if (cells->len == 0)
    g_hash_table_remove (self->bound, row);
}
