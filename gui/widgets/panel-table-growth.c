/* How rows come to the screen: a few with each frame, so that no frame has to wait for a hundred
 * rows; no more than somebody sees or is about to see, for each costs as long as it is there; and
 * none while the table is not on the screen. */
#include "widgets/panel-table-private.h"

/* Cells that can be made within a frame. */
#define CELLS_AT_ONCE 60

/* How many rows that are. */
static guint
step_of (PanelTable *self)
{
  guint n_columns = 0;

  for (guint i = 0; i < self->n_columns; i++)
    n_columns += gtk_column_view_column_get_visible (self->view_columns[i]);
  return MAX (CELLS_AT_ONCE / MAX (n_columns, 1), 1);
}

/* Half a page below what is seen, to be scrolled to. */
gboolean
panel_table_is_complete (PanelTable *self)
{
  GtkAdjustment *down = gtk_scrolled_window_get_vadjustment (self->scroller);
  double page = gtk_adjustment_get_page_size (down);

  return gtk_slice_list_model_get_size (self->slice)
             >= g_list_model_get_n_items (G_LIST_MODEL (self->sorted))
         || (page > 0
             && gtk_adjustment_get_upper (down)
                    >= MAX (gtk_adjustment_get_value (down), self->scrolled)
                           + 1.5 * page);
}

/* --- The row that is selected ------------------------------------------------------ */

static guint
find (PanelTable *self, FramRow *row)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->sorted));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (FramRow) item = g_list_model_get_item (G_LIST_MODEL (self->sorted), i);

      if (item == row)
        return i;
    }
  return GTK_INVALID_LIST_POSITION;
}

void
panel_table_select (PanelTable *self, FramRow *row)
{
  guint position = find (self, row);

  if (position != GTK_INVALID_LIST_POSITION
      && position >= gtk_slice_list_model_get_size (self->slice))
    gtk_slice_list_model_set_size (self->slice, position + 1);
  gtk_single_selection_set_selected (self->selection, position);
}

/* A row that is pushed out of what is there is not selected by nobody; it only stands further
 * below.  One that somebody gave up is. */
gboolean
panel_table_note_selected (PanelTable *self)
{
  FramRow *row = gtk_single_selection_get_selected_item (self->selection);

  if (row == NULL && self->selected != NULL)
    {
      guint position = find (self, self->selected);

      if (position != GTK_INVALID_LIST_POSITION
          && position >= gtk_slice_list_model_get_size (self->slice))
        return FALSE;
    }
  return g_set_object (&self->selected, row);
}

static void
bring_selected_back (PanelTable *self)
{
  if (self->selected != NULL
      && gtk_single_selection_get_selected_item (self->selection) == NULL)
    panel_table_select (self, self->selected);
}

/* --- Growing ----------------------------------------------------------------------- */

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  PanelTable *self = PANEL_TABLE (widget);
  GtkAdjustment *down = gtk_scrolled_window_get_vadjustment (self->scroller);

  bring_selected_back (self);
  if (!panel_table_is_complete (self))
    {
      gtk_slice_list_model_set_size (
          self->slice, gtk_slice_list_model_get_size (self->slice) + step_of (self));
      return G_SOURCE_CONTINUE;
    }
  self->growth = 0;
  if (self->scrolled > 0)
    gtk_adjustment_set_value (down, self->scrolled);
  self->scrolled = 0;
  return G_SOURCE_REMOVE;
}

void
panel_table_grow (PanelTable *self)
{
  if (self->growth == 0 && gtk_widget_get_mapped (GTK_WIDGET (self))
      && (!panel_table_is_complete (self) || self->scrolled > 0
          || panel_table_get_selected (self)
                 != gtk_single_selection_get_selected_item (self->selection)))
    self->growth = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

void
panel_table_expect (PanelTable *self, guint n)
{
  guint step = step_of (self);
  guint size = gtk_slice_list_model_get_size (self->slice);

  if (n > step)
    gtk_slice_list_model_set_size (
        self->slice,
        MIN (size, g_list_model_get_n_items (G_LIST_MODEL (self->sorted)) + step));
}

void
panel_table_show_rows (PanelTable *self)
{
  gtk_slice_list_model_set_size (self->slice, step_of (self));
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  panel_table_grow (self);
}

void
panel_table_hide_rows (PanelTable *self)
{
  if (self->growth == 0)
    self->scrolled
        = gtk_adjustment_get_value (gtk_scrolled_window_get_vadjustment (self->scroller));
  else
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->growth);
  self->growth = 0;
  gtk_column_view_set_model (self->view, NULL);
}
