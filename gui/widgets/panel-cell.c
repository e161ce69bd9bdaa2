/* A table has thousands of cells, so a cell is no more than it must be: it draws its text by
 * itself, with the fonts of its table, and has a child only where its column has icons. */
#include "widgets/panel-cell.h"

#define SPACING 6
#define ICON 16

struct _PanelCell
{
  GtkWidget parent;

  const PanelColumn *column;
  GtkWidget *table;    /* whose fonts are used; the cell is in it */
  FramRow *row;        /* lives as long as the list item shows it */
  GtkWidget *image;    /* NULL: the column has no icons */
  char *text;          /* NULL: of no row */
  PangoLayout *layout; /* of the text, or NULL: to be made */
  guint lines;
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
  return self->text;
}

/* --- The text ---------------------------------------------------------------------- */

static int
text_begin (PanelCell *self)
{
  return self->image == NULL ? 0 : ICON + SPACING;
}

/* All digits are as wide as each other. */
static PangoAttrList *
number_attributes (void)
{
  static PangoAttrList *attributes;

  if (attributes == NULL)
    {
      attributes = pango_attr_list_new ();
      pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum"));
    }
  return attributes;
}

static PangoLayout *
new_layout (PanelCell *self)
{
  PangoLayout *layout = pango_layout_new (gtk_widget_get_pango_context (self->table));

  pango_layout_set_text (layout, self->text == NULL ? "" : self->text, -1);
  if (panel_column_is_number (self->column))
    pango_layout_set_attributes (layout, number_attributes ());
  if (self->lines > 1)
    pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  return layout;
}

static int
text_width (PanelCell *self)
{
  return MAX (gtk_widget_get_width (GTK_WIDGET (self)) - text_begin (self), 0);
}

/* What does not fit is cut off at its end. */
static PangoLayout *
get_layout (PanelCell *self)
{
  if (self->layout != NULL)
    return self->layout;
  self->layout = new_layout (self);
  pango_layout_set_ellipsize (self->layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_height (self->layout, -(int) self->lines);
  pango_layout_set_width (self->layout, text_width (self) * PANGO_SCALE);
  return self->layout;
}

gboolean
panel_cell_is_complete (PanelCell *self)
{
  g_autoptr (PangoLayout) layout = new_layout (self);
  int width, height;

  if (self->lines > 1)
    pango_layout_set_width (layout, text_width (self) * PANGO_SCALE);
  pango_layout_get_pixel_size (layout, &width, &height);
  return width <= text_width (self)
         && pango_layout_get_line_count (layout) <= (int) self->lines;
}

void
panel_cell_set_narrow (PanelCell *self, gboolean narrow)
{
  guint lines = narrow && (self->column->flags & PANEL_COLUMN_WRAP) ? 2 : 1;

  if (self->lines == lines)
    return;
  self->lines = lines;
  g_clear_object (&self->layout);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
show_text (PanelCell *self, const char *text)
{
  if (g_strcmp0 (self->text, text) == 0)
    return;
  g_free (self->text);
  self->text = g_strdup (text);
  g_clear_object (&self->layout);
  gtk_widget_queue_draw (GTK_WIDGET (self));
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
panel_cell_new (const PanelColumn *column, GtkWidget *table)
{
  PanelCell *self = g_object_new (PANEL_TYPE_CELL, NULL);

  self->column = column;
  self->table = table;
  if (column->icon != NULL)
    {
      self->image = gtk_image_new ();
      gtk_widget_set_parent (self->image, GTK_WIDGET (self));
    }
  return GTK_WIDGET (self);
}

/* --- Its size ---------------------------------------------------------------------- */

/* As wide as the letters of the fonts usually are, and the digits; and how high a line is. */
static void
measure_fonts (PanelCell *self, int *ret_width, int *ret_height)
{
  static PangoContext *measured; /* only to be compared */
  static guint serial;
  static int width, height;
  PangoContext *context = gtk_widget_get_pango_context (self->table);

  if (context != measured || pango_context_get_serial (context) != serial)
    {
      PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);

      width = MAX (pango_font_metrics_get_approximate_char_width (metrics),
                   pango_font_metrics_get_approximate_digit_width (metrics));
      height = PANGO_PIXELS_CEIL (pango_font_metrics_get_height (metrics));
      measured = context;
      serial = pango_context_get_serial (context);
      pango_font_metrics_unref (metrics);
    }
  *ret_width = width;
  *ret_height = height;
}

static GtkSizeRequestMode
panel_cell_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

/* Before a column is pushed out of the view, texts give up the room that they seldom need:
 * most letters are narrower than the one that is counted.  Digits are not, and some letters
 * are wider: there is a little more where there is room. */
static void
panel_cell_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                    int *minimum, int *natural, int *minimum_baseline,
                    int *natural_baseline)
{
  PanelCell *self = PANEL_CELL (widget);
  int chars = self->column->chars;
  int share = panel_column_is_number (self->column) ? 7 : self->lines > 1 ? 4 : 6;
  int least = (chars * share + 6) / 7;
  int usual = self->lines > 1 ? least : chars + chars / 8;
  int width, height;

  measure_fonts (self, &width, &height);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = text_begin (self) + PANGO_PIXELS_CEIL (least * width);
      *natural = text_begin (self) + PANGO_PIXELS_CEIL (usual * width);
    }
  else
    *minimum = *natural = MAX ((int) self->lines * height, ICON);
}

static void
panel_cell_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  PanelCell *self = PANEL_CELL (widget);

  if (self->layout != NULL)
    pango_layout_set_width (self->layout, text_width (self) * PANGO_SCALE);
  if (self->image != NULL)
    gtk_widget_size_allocate (self->image,
                              &(GtkAllocation){ 0, (height - ICON) / 2, ICON, ICON }, -1);
}

static void
panel_cell_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PanelCell *self = PANEL_CELL (widget);
  PangoLayout *layout = get_layout (self);
  int width, height, x = text_begin (self);

  pango_layout_get_pixel_size (layout, &width, &height);
  if (panel_column_is_number (self->column))
    x += MAX (text_width (self) - width, 0);
  gtk_snapshot_render_layout (snapshot, gtk_widget_get_style_context (widget), x,
                              (gtk_widget_get_height (widget) - height) / 2, layout);
  if (self->image != NULL)
    gtk_widget_snapshot_child (widget, self->image, snapshot);
}

/* --- The widget -------------------------------------------------------------------- */

/* What may be cut off can be read in full. */
static gboolean
panel_cell_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard,
                          GtkTooltip *tooltip)
{
  gtk_tooltip_set_text (tooltip, panel_cell_get_text (PANEL_CELL (widget)));
  return TRUE;
}

/* The fonts may be others now. */
static void
panel_cell_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (panel_cell_parent_class)->css_changed (widget, change);
  g_clear_object (&PANEL_CELL (widget)->layout);
}

static void
panel_cell_dispose (GObject *object)
{
  PanelCell *self = PANEL_CELL (object);

  g_clear_pointer (&self->image, gtk_widget_unparent);
  g_clear_object (&self->layout);
  G_OBJECT_CLASS (panel_cell_parent_class)->dispose (object);
}

static void
panel_cell_finalize (GObject *object)
{
  g_free (PANEL_CELL (object)->text);
  G_OBJECT_CLASS (panel_cell_parent_class)->finalize (object);
}

static void
panel_cell_class_init (PanelCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = panel_cell_dispose;
  G_OBJECT_CLASS (klass)->finalize = panel_cell_finalize;
  widget_class->get_request_mode = panel_cell_get_request_mode;
  widget_class->measure = panel_cell_measure;
  widget_class->size_allocate = panel_cell_size_allocate;
  widget_class->snapshot = panel_cell_snapshot;
  widget_class->css_changed = panel_cell_css_changed;
  widget_class->query_tooltip = panel_cell_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "panel-cell");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GRID_CELL);
}

static void
panel_cell_init (PanelCell *self)
{
  self->lines = 1;
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
}
