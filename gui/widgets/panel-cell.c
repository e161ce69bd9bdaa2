#include "widgets/panel-cell.h"

struct _PanelCell
{
  GtkWidget parent;

  const PanelColumn *column;
  FramRow *row;     /* lives as long as the list item shows it */
  GtkWidget *image; /* NULL: the column has no icons */
  GtkInscription *inscription;
  const char *icon;
  const char *style;
};

G_DEFINE_FINAL_TYPE (PanelCell, panel_cell, GTK_TYPE_WIDGET)

const PanelColumn *
panel_cell_get_column (PanelCell *self)
{
  return self->column;
}

FramRow *
panel_cell_get_row (PanelCell *self)
{
  return self->row;
}

const char *
panel_cell_get_text (PanelCell *self)
{
  return gtk_inscription_get_text (self->inscription);
}

/* Before a column is pushed out of the view, texts give up the room that they seldom need:
 * most letters are narrower than the one that is counted.  Digits are not, and some letters
 * are wider: there is a little more where there is room. */
void
panel_cell_set_narrow (PanelCell *self, gboolean narrow)
{
  int chars = self->column->chars;
  guint lines = narrow && (self->column->flags & PANEL_COLUMN_WRAP) ? 2 : 1;
  int share = panel_column_is_number (self->column) ? 7 : lines > 1 ? 4 : 6;

  gtk_inscription_set_min_chars (self->inscription, (chars * share + 6) / 7);
  gtk_inscription_set_nat_chars (self->inscription,
                                 lines > 1 ? chars * 4 / 7 + 1 : chars + chars / 8);
  gtk_inscription_set_min_lines (self->inscription, lines);
  gtk_inscription_set_nat_lines (self->inscription, lines);
}

gboolean
panel_cell_is_complete (PanelCell *self)
{
  GtkWidget *inscription = GTK_WIDGET (self->inscription);
  g_autoptr (PangoLayout) layout
      = gtk_widget_create_pango_layout (inscription, panel_cell_get_text (self));
  int width, height;

  if (gtk_inscription_get_min_lines (self->inscription) > 1)
    {
      pango_layout_set_width (layout, gtk_widget_get_width (inscription) * PANGO_SCALE);
      pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
    }
  pango_layout_get_pixel_size (layout, &width, &height);
  return width <= gtk_widget_get_width (inscription)
         && height <= gtk_widget_get_height (inscription);
}

static void
show_text (PanelCell *self, const char *text)
{
  if (g_strcmp0 (gtk_inscription_get_text (self->inscription), text) == 0)
    return;
  gtk_inscription_set_text (self->inscription, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  text, -1);
}

static void
show_icon (PanelCell *self, const char *icon)
{
  if (g_strcmp0 (self->icon, icon) == 0)
    return;
  self->icon = icon;
  gtk_image_set_from_icon_name (GTK_IMAGE (self->image), icon);
}

static void
show_style (PanelCell *self, const char *style)
{
  if (g_strcmp0 (self->style, style) == 0)
    return;
  if (self->style != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self), self->style);
  if (style != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), style);
  self->style = style;
}

void
panel_cell_refresh (PanelCell *self)
{
  g_autofree char *text = NULL;

  if (self->row == NULL)
    return;
  text = panel_column_get_text (self->column, self->row);
  show_text (self, text);
  if (self->image != NULL)
    show_icon (self, self->column->icon (self->row));
  if (self->column->style != NULL)
    show_style (self, self->column->style (self->row));
}

void
panel_cell_set_row (PanelCell *self, FramRow *row)
{
  self->row = row;
  panel_cell_refresh (self);
}

GtkWidget *
panel_cell_new (const PanelColumn *column)
{
  PanelCell *self = g_object_new (PANEL_TYPE_CELL, NULL);

  self->column = column;
  if (column->icon != NULL)
    {
      self->image = gtk_image_new ();
      gtk_widget_insert_after (self->image, GTK_WIDGET (self), NULL);
    }
  panel_cell_set_narrow (self, FALSE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->inscription), TRUE);
  if (panel_column_is_number (column))
    {
      gtk_inscription_set_xalign (self->inscription, 1);
      gtk_widget_add_css_class (GTK_WIDGET (self), "numeric");
    }
  return GTK_WIDGET (self);
}

/* What may be cut off can be read in full. */
static gboolean
panel_cell_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard,
                          GtkTooltip *tooltip)
{
  gtk_tooltip_set_text (tooltip, panel_cell_get_text (PANEL_CELL (widget)));
  return TRUE;
}

static void
panel_cell_dispose (GObject *object)
{
  PanelCell *self = PANEL_CELL (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (panel_cell_parent_class)->dispose (object);
}

static void
panel_cell_class_init (PanelCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = panel_cell_dispose;
  widget_class->query_tooltip = panel_cell_query_tooltip;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "panel-cell");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GRID_CELL);
}

static void
panel_cell_init (PanelCell *self)
{
  GtkBoxLayout *layout
      = GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self)));

  gtk_box_layout_set_spacing (layout, 6);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  self->inscription = GTK_INSCRIPTION (gtk_inscription_new (NULL));
  gtk_inscription_set_text_overflow (self->inscription,
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_widget_set_parent (GTK_WIDGET (self->inscription), GTK_WIDGET (self));
}
