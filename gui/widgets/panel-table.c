#include "widgets/panel-table-private.h"

enum
{
  ACTIVATED,
  SELECTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PanelTable, panel_table, GTK_TYPE_WIDGET)

/* --- What is shown ----------------------------------------------------------------- */

static gboolean
contains (PanelTable *self, FramRow *row)
{
  for (guint i = 0; i < self->n_columns; i++)
    {
      g_autofree char *text = panel_column_get_text (&self->columns[i], row);
      g_autofree char *folded = g_utf8_casefold (text, -1);

      if (strstr (folded, self->needle) != NULL)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_shown (gpointer row, gpointer data)
{
  PanelTable *self = data;

  if (self->wants != NULL && !self->wants (row, self->wants_data))
    return FALSE;
  return self->needle == NULL || contains (self, row);
}

void
panel_table_filter_changed (PanelTable *self)
{
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

void
panel_table_set_filter (PanelTable *self,
                        gboolean (*filter) (FramRow *row, gpointer data), gpointer data)
{
  self->wants = filter;
  self->wants_data = data;
  panel_table_filter_changed (self);
}

void
panel_table_search (PanelTable *self, const char *text)
{
  g_clear_pointer (&self->needle, g_free);
  if (text != NULL && *text != '\0')
    self->needle = g_utf8_casefold (text, -1);
  panel_table_filter_changed (self);
}

static void
on_search_changed (PanelTable *self, GtkSearchEntry *entry)
{
  panel_table_search (self, gtk_editable_get_text (GTK_EDITABLE (entry)));
}

/* The number of rows, and what stands where there are none.  A label that changes makes the whole
 * window anew, also one that is not on the screen. */
static void
on_shown_changed (PanelTable *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->sorted));
  guint all = self->rows == NULL ? 0 : g_list_model_get_n_items (self->rows);
  g_autofree char *text
      = n == all ? g_strdup_printf ("%u", n) : g_strdup_printf ("%u of %u", n, all);

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  gtk_label_set_text (self->count, text);
  gtk_label_set_text (self->empty, all > 0 ? "Nothing here is like what is looked for."
                                           : self->empty_text);
  gtk_stack_set_visible_child_name (self->stack, n == 0 ? "empty" : "rows");
  panel_table_grow (self);
}

void
panel_table_set_rows (PanelTable *self, GListModel *rows)
{
  if (self->rows == rows)
    return;
  panel_table_unfollow (self);
  if (rows != NULL)
    panel_table_follow (self, rows);
  gtk_filter_list_model_set_model (self->filtered, rows);
  on_shown_changed (self);
}

GListModel *
panel_table_get_shown (PanelTable *self)
{
  return G_LIST_MODEL (self->sorted);
}

void
panel_table_set_narrow (PanelTable *self, gboolean narrow)
{
  self->narrow = narrow;
  panel_table_show_columns (self);
  panel_table_narrow_cells (self);
}

/* --- Columns ----------------------------------------------------------------------- */

static void
on_setup (PanelTable *self, GtkListItem *item, GtkListItemFactory *factory)
{
  const PanelColumn *column = g_object_get_data (G_OBJECT (factory), "column");

  gtk_list_item_set_child (item, panel_cell_new (column, GTK_WIDGET (self->view)));
}

static void
on_bind (PanelTable *self, GtkListItem *item)
{
  panel_table_bind (self, PANEL_CELL (gtk_list_item_get_child (item)),
                    gtk_list_item_get_item (item));
}

static void
on_unbind (PanelTable *self, GtkListItem *item)
{
  panel_table_unbind (self, PANEL_CELL (gtk_list_item_get_child (item)));
}

static int
compare (gconstpointer a, gconstpointer b, gpointer column)
{
  return panel_column_compare (column, (FramRow *) a, (FramRow *) b);
}

static GtkColumnViewColumn *
column_new (PanelTable *self, const PanelColumn *column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkColumnViewColumn *shown;

  g_object_set_data (G_OBJECT (factory), "column", (gpointer) column);
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), self,
                           G_CONNECT_SWAPPED);
  shown = gtk_column_view_column_new (column->title, factory);
  gtk_column_view_column_set_resizable (shown, TRUE);
  gtk_column_view_column_set_expand (shown, (column->flags & PANEL_COLUMN_EXPAND) != 0);
  return shown;
}

/* Over numbers, which are at the end of their cells; the sign of the order goes before it.  The view
 * has no property for it; its titles come first in it, each with a box. */
static void
align_last_title (PanelTable *self)
{
  GtkWidget *titles = gtk_widget_get_first_child (GTK_WIDGET (self->view));
  GtkWidget *box = gtk_widget_get_first_child (gtk_widget_get_last_child (titles));

  gtk_widget_set_halign (box, GTK_ALIGN_END);
  gtk_box_reorder_child_after (GTK_BOX (box), gtk_widget_get_last_child (box), NULL);
}

void
panel_table_configure (PanelTable *self, const char *id, const char *title,
                       const PanelColumn *columns, guint n_columns, const char *empty)
{
  g_return_if_fail (self->columns == NULL);
  self->id = g_strdup (id);
  self->empty_text = g_strdup (empty);
  self->columns = columns;
  self->n_columns = n_columns;
  self->wanted = g_new0 (guint8, n_columns);
  self->view_columns = g_new0 (GtkColumnViewColumn *, n_columns);
  self->sorters = g_new0 (GtkSorter *, n_columns);
  for (guint i = 0; i < n_columns; i++)
    {
      g_autoptr (GtkColumnViewColumn) shown = column_new (self, &columns[i]);

      self->sorters[i]
          = GTK_SORTER (gtk_custom_sorter_new (compare, (gpointer) &columns[i], NULL));
      gtk_column_view_column_set_sorter (shown, self->sorters[i]);
      gtk_column_view_append_column (self->view, shown);
      if (panel_column_is_number (&columns[i]))
        align_last_title (self);
      self->view_columns[i] = shown;
    }
  gtk_label_set_text (self->title, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  panel_table_add_actions (self);
  on_shown_changed (self);
}

void
panel_table_sort (PanelTable *self, const char *column, GtkSortType order)
{
  for (guint i = 0; i < self->n_columns; i++)
    if (strcmp (self->columns[i].property, column) == 0)
      {
        self->order_column = i;
        self->order = order;
        gtk_column_view_sort_by_column (self->view, self->view_columns[i], order);
      }
}

/* --- The row that is selected ------------------------------------------------------ */

FramRow *
panel_table_get_selected (PanelTable *self)
{
  return self->selected;
}

static void
on_selected (PanelTable *self)
{
  if (panel_table_note_selected (self))
    g_signal_emit (self, signals[SELECTED], 0);
}

static void
on_activate (PanelTable *self, guint position)
{
  g_autoptr (GObject) row = g_list_model_get_item (G_LIST_MODEL (self->sorted), position);

  if (row != NULL)
    g_signal_emit (self, signals[ACTIVATED], 0, row);
}

/* --- The widget -------------------------------------------------------------------- */

static void
panel_table_map (GtkWidget *widget)
{
  PanelTable *self = PANEL_TABLE (widget);

  GTK_WIDGET_CLASS (panel_table_parent_class)->map (widget);
  panel_table_refresh (self);
  on_shown_changed (self);
  panel_table_show_rows (self);
}

static void
panel_table_unmap (GtkWidget *widget)
{
  panel_table_hide_rows (PANEL_TABLE (widget));
  GTK_WIDGET_CLASS (panel_table_parent_class)->unmap (widget);
}

static void
panel_table_dispose (GObject *object)
{
  PanelTable *self = PANEL_TABLE (object);

  panel_table_unfollow (self);
  g_signal_handlers_disconnect_by_func (self->sorted, on_shown_changed, self);
  gtk_filter_list_model_set_model (self->filtered, NULL);
  if (self->context_menu != NULL)
    g_clear_pointer (&self->context_menu, gtk_widget_unparent);
  gtk_widget_dispose_template (GTK_WIDGET (self), PANEL_TYPE_TABLE);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (panel_table_parent_class)->dispose (object);
}

static void
panel_table_finalize (GObject *object)
{
  PanelTable *self = PANEL_TABLE (object);

  g_clear_object (&self->selected);
  g_object_unref (self->selection);
  g_object_unref (self->sorted);
  g_ptr_array_unref (self->followed);
  g_hash_table_unref (self->bound);
  g_hash_table_unref (self->dirty);
  for (guint i = 0; i < self->n_columns; i++)
    g_object_unref (self->sorters[i]);
  g_free (self->sorters);
  g_free (self->view_columns);
  g_free (self->wanted);
  g_free (self->needle);
  g_free (self->empty_text);
  g_free (self->id);
  G_OBJECT_CLASS (panel_table_parent_class)->finalize (object);
}

static void
panel_table_class_init (PanelTableClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = panel_table_dispose;
  object_class->finalize = panel_table_finalize;
  widget_class->map = panel_table_map;
  widget_class->unmap = panel_table_unmap;
  signals[ACTIVATED] = g_signal_new ("activated", PANEL_TYPE_TABLE, G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 1, FRAM_TYPE_ROW);
  signals[SELECTED] = g_signal_new ("selected", PANEL_TYPE_TABLE, G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "panel-table");
  panel_table_install_actions (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/fram/Panel/panel-table.ui");
  gtk_widget_class_bind_template_child (widget_class, PanelTable, box);
  gtk_widget_class_bind_template_child (widget_class, PanelTable, title);
  gtk_widget_class_bind_template_child (widget_class, PanelTable, count);
  gtk_widget_class_bind_template_child (widget_class, PanelTable, columns_button);
  gtk_widget_class_bind_template_child (widget_class, PanelTable, search_bar);
  gtk_widget_class_bind_template_child (widget_class, PanelTable, search_entry);
  gtk_widget_class_bind_template_child (widget_class, PanelTable, stack);
  gtk_widget_class_bind_template_child (widget_class, PanelTable, scroller);
  gtk_widget_class_bind_template_child (widget_class, PanelTable, view);
  gtk_widget_class_bind_template_child (widget_class, PanelTable, empty);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

static void
panel_table_init (PanelTable *self)
{
  GtkAdjustment *down;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->followed = g_ptr_array_new_with_free_func (g_object_unref);
  self->bound
      = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
  self->dirty = g_hash_table_new (NULL, NULL);
  self->order = GTK_SORT_DESCENDING;
  self->filter = gtk_custom_filter_new (is_shown, self, NULL);
  self->filtered = gtk_filter_list_model_new (NULL, GTK_FILTER (self->filter));
  self->sorted
      = gtk_sort_list_model_new (G_LIST_MODEL (self->filtered),
                                 g_object_ref (gtk_column_view_get_sorter (self->view)));
  self->slice = gtk_slice_list_model_new (g_object_ref (G_LIST_MODEL (self->sorted)), 0,
                                          G_MAXUINT);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (self->slice));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  g_signal_connect_object (self->selection, "notify::selected-item",
                           G_CALLBACK (on_selected), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sorted, "items-changed", G_CALLBACK (on_shown_changed),
                           self, G_CONNECT_SWAPPED);
  down = gtk_scrolled_window_get_vadjustment (self->scroller);
  g_signal_connect_object (down, "value-changed", G_CALLBACK (panel_table_grow), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (down, "changed", G_CALLBACK (panel_table_grow), self,
                           G_CONNECT_SWAPPED);
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
}
