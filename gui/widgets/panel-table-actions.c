/* What can be done with a table: columns shown and hidden, rows copied. */
#include "model/memory.h"
#include "model/report.h"
#include "widgets/panel-table-private.h"

/* --- Columns ----------------------------------------------------------------------- */

static char *
memory_group (PanelTable *self)
{
  return g_strconcat ("columns ", self->id, NULL);
}

void
panel_table_show_columns (PanelTable *self)
{
  for (guint i = 0; i < self->n_columns; i++)
    {
      gboolean fits = !self->narrow || !(self->columns[i].flags & PANEL_COLUMN_WIDE);

      gtk_column_view_column_set_visible (self->view_columns[i], self->wanted[i] && fits);
    }
}

static void
on_column_changed (GSimpleAction *action, GVariant *state, gpointer data)
{
  PanelTable *self = data;
  g_autofree char *group = memory_group (self);
  const char *name = g_action_get_name (G_ACTION (action));

  g_simple_action_set_state (action, state);
  for (guint i = 0; i < self->n_columns; i++)
    if (strcmp (self->columns[i].property, name) == 0)
      {
        self->wanted[i] = g_variant_get_boolean (state);
        memory_set_int (group, name, self->wanted[i]);
      }
  panel_table_show_columns (self);
}

static void
on_width (GObject *object, GParamSpec *pspec, gpointer data)
{
  PanelTable *self = data;
  g_autofree char *group = memory_group (self);

  for (guint i = 0; i < self->n_columns; i++)
    if (G_OBJECT (self->view_columns[i]) == object)
      {
        g_autofree char *key = g_strconcat (self->columns[i].property, "-width", NULL);

        memory_set_int (group, key,
                        gtk_column_view_column_get_fixed_width (self->view_columns[i]));
      }
}

static void
recall_column (PanelTable *self, guint i)
{
  const PanelColumn *column = &self->columns[i];
  g_autofree char *group = memory_group (self);
  g_autofree char *key = g_strconcat (column->property, "-width", NULL);

  self->wanted[i]
      = memory_get_int (group, column->property, !(column->flags & PANEL_COLUMN_EXTRA));
  gtk_column_view_column_set_fixed_width (self->view_columns[i],
                                          memory_get_int (group, key, -1));
  g_signal_connect_object (self->view_columns[i], "notify::fixed-width",
                           G_CALLBACK (on_width), self, 0);
}

/* --- The menu of a row ------------------------------------------------------------- */

static void
show_menu (PanelTable *self, double x, double y)
{
  GdkRectangle place = { (int) x, (int) y, 1, 1 };

  gtk_popover_set_pointing_to (GTK_POPOVER (self->context_menu), &place);
  gtk_popover_popup (GTK_POPOVER (self->context_menu));
}

static void
on_secondary_click (PanelTable *self, int n, double x, double y)
{
  GtkWidget *target = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);
  GtkWidget *cell
      = target == NULL ? NULL : gtk_widget_get_ancestor (target, PANEL_TYPE_CELL);

  if (cell == NULL)
    return;
  panel_table_select (self, panel_cell_get_row (PANEL_CELL (cell)));
  show_menu (self, x, y);
}

static void
add_context_menu (PanelTable *self, GMenu *menu)
{
  GtkGesture *gesture = gtk_gesture_click_new ();

  self->context_menu = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  gtk_widget_set_parent (self->context_menu, GTK_WIDGET (self));
  gtk_popover_set_has_arrow (GTK_POPOVER (self->context_menu), FALSE);
  gtk_widget_set_halign (self->context_menu, GTK_ALIGN_START);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (gesture), GDK_BUTTON_SECONDARY);
  g_signal_connect_swapped (gesture, "pressed", G_CALLBACK (on_secondary_click), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (gesture));
}

/* The titles of columns take clicks alone. */
static void
add_sort_item (GMenu *sorting, const PanelColumn *column)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (column->title, NULL);

  g_menu_item_set_action_and_target (item, "table.sort-by", "s", column->property);
  g_menu_append_item (sorting, item);
}

void
panel_table_add_actions (PanelTable *self)
{
  g_autoptr (GMenu) menu = g_menu_new (), sorting = g_menu_new (),
                    columns = g_menu_new ();

  self->actions = g_simple_action_group_new ();
  for (guint i = 0; i < self->n_columns; i++)
    {
      const PanelColumn *column = &self->columns[i];
      g_autofree char *name = g_strconcat ("columns.", column->property, NULL);
      g_autoptr (GSimpleAction) action = NULL;

      recall_column (self, i);
      action = g_simple_action_new_stateful (column->property, NULL,
                                             g_variant_new_boolean (self->wanted[i]));
      g_signal_connect_object (action, "change-state", G_CALLBACK (on_column_changed),
                               self, 0);
      g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (action));
      g_menu_append (columns, column->title, name);
      add_sort_item (sorting, column);
    }
  panel_table_show_columns (self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "columns",
                                  G_ACTION_GROUP (self->actions));
  g_menu_append (menu, "Copy Row", "table.copy");
  g_menu_append (menu, "Copy Row as JSON", "table.copy-json");
  g_menu_append (menu, "Copy Table", "table.copy-all");
  g_menu_append_submenu (menu, "Sort By", G_MENU_MODEL (sorting));
  /* A section of its own is one that the arrows do not lead to. */
  g_menu_append_submenu (menu, "Columns", G_MENU_MODEL (columns));
  gtk_menu_button_set_menu_model (self->columns_button, G_MENU_MODEL (menu));
  add_context_menu (self, menu);
}

/* --- Rows as text ------------------------------------------------------------------ */

char *
panel_table_row_text (PanelTable *self, FramRow *row)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->n_columns; i++)
    {
      g_autofree char *value = panel_column_get_text (&self->columns[i], row);

      g_string_append_printf (text, "%s: %s\n", self->columns[i].title, value);
    }
  return g_string_free (text, FALSE);
}

char *
panel_table_row_json (PanelTable *self, FramRow *row)
{
  return report_row (row);
}

char *
panel_table_text (PanelTable *self)
{
  GString *text = g_string_new (NULL);
  GListModel *shown = panel_table_get_shown (self);

  /* What is not on the screen may be in an order of before. */
  panel_table_refresh (self);
  for (guint i = 0; i < self->n_columns; i++)
    g_string_append_printf (text, "%s%s", i == 0 ? "" : "\t", self->columns[i].title);
  g_string_append_c (text, '\n');
  for (guint at = 0; at < g_list_model_get_n_items (shown); at++)
    {
      g_autoptr (FramRow) row = g_list_model_get_item (shown, at);

      for (guint i = 0; i < self->n_columns; i++)
        {
          g_autofree char *value = panel_column_get_text (&self->columns[i], row);

          g_string_append_printf (text, "%s%s", i == 0 ? "" : "\t", value);
        }
      g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}

/* --- Actions ----------------------------------------------------------------------- */

static void
on_copy (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PanelTable *self = PANEL_TABLE (widget);
  FramRow *row = panel_table_get_selected (self);
  g_autofree char *text = NULL;

  if (strcmp (action, "table.copy-all") == 0)
    text = panel_table_text (self);
  else if (row == NULL)
    return;
  else if (strcmp (action, "table.copy-json") == 0)
    text = panel_table_row_json (self, row);
  else
    text = panel_table_row_text (self, row);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

/* A second time, the other way round. */
static void
on_sort_by (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PanelTable *self = PANEL_TABLE (widget);
  const char *column = g_variant_get_string (parameter, NULL);
  gboolean again = strcmp (self->columns[self->order_column].property, column) == 0;

  panel_table_sort (self, column,
                    again && self->order == GTK_SORT_ASCENDING ? GTK_SORT_DESCENDING
                                                               : GTK_SORT_ASCENDING);
}

static void
on_search (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PanelTable *self = PANEL_TABLE (widget);

  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

static void
on_menu (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PanelTable *self = PANEL_TABLE (widget);
  graphene_rect_t bounds;
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));

  if (focus == NULL || !gtk_widget_is_ancestor (focus, widget)
      || !gtk_widget_compute_bounds (focus, widget, &bounds))
    graphene_rect_init (&bounds, 24, 48, 0, 0);
  show_menu (self, bounds.origin.x + 24, bounds.origin.y + bounds.size.height);
}

void
panel_table_install_actions (PanelTableClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_install_action (widget_class, "table.copy", NULL, on_copy);
  gtk_widget_class_install_action (widget_class, "table.copy-json", NULL, on_copy);
  gtk_widget_class_install_action (widget_class, "table.copy-all", NULL, on_copy);
  gtk_widget_class_install_action (widget_class, "table.sort-by", "s", on_sort_by);
  gtk_widget_class_install_action (widget_class, "table.search", NULL, on_search);
  gtk_widget_class_install_action (widget_class, "table.menu", NULL, on_menu);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK,
                                       "table.copy", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c,
                                       GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "table.copy-json", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK,
                                       "table.search", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK,
                                       "table.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "table.menu", NULL);
}
