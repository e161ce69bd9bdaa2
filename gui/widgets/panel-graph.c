#include "widgets/panel-graph.h"

#include <math.h>

/* How far back it shows, and how many values at most. */
#define SPAN (3 * 60 * G_USEC_PER_SEC)
#define MAX_VALUES 400
#define MAX_LINES 2
#define MARGIN 6
/* Between the lines of the grid, at least. */
#define MIN_STEP 28

typedef struct
{
  gint64 when;
  double values[MAX_LINES];
} Value;

struct _PanelGraph
{
  GtkWidget parent;

  char *title;
  char *names[MAX_LINES];
  guint n_lines;
  PanelGraphFormat format;
  Value values[MAX_VALUES]; /* a ring */
  guint first;
  guint n;
};

G_DEFINE_FINAL_TYPE (PanelGraph, panel_graph, GTK_TYPE_WIDGET)

static const Value *
value_at (PanelGraph *self, guint i)
{
  return &self->values[(self->first + i) % MAX_VALUES];
}

static double
maximum (PanelGraph *self)
{
  double max = 0;

  for (guint i = 0; i < self->n; i++)
    for (guint line = 0; line < self->n_lines; line++)
      max = MAX (max, value_at (self, i)->values[line]);
  return max;
}

/* The next of 1, 2, 5, 10, 20 ... above, so that the scale seldom changes. */
static double
round_up (double value)
{
  double power, ratio;

  if (value <= 0)
    return 1;
  power = pow (10, floor (log10 (value)));
  ratio = value / power;
  return power * (ratio <= 1 ? 1 : ratio <= 2 ? 2 : ratio <= 5 ? 5 : 10);
}

/* --- What it says ------------------------------------------------------------------ */

/* "now 12 ms", or that nothing is known. */
static char *
present_text (PanelGraph *self, guint line)
{
  double value = self->n == 0 ? -1 : value_at (self, self->n - 1)->values[line];

  return value < 0 ? g_strdup ("–") : self->format (value);
}

static void
update_label (PanelGraph *self)
{
  g_autofree char *first = present_text (self, 0);
  g_autofree char *max = self->format (maximum (self));
  g_autofree char *second = NULL, *label = NULL;

  if (self->n_lines > 1)
    {
      second = present_text (self, 1);
      label = g_strdup_printf ("%s: %s now %s, %s now %s, at most %s", self->title,
                               self->names[0], first, self->names[1], second, max);
    }
  else
    label = g_strdup_printf ("%s: now %s, at most %s", self->title, first, max);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
}

/* --- Drawing ----------------------------------------------------------------------- */

typedef struct
{
  GtkWidget *widget;
  cairo_t *cr;
  graphene_rect_t plot;
  double max;
  gint64 begin;
} Drawing;

static GdkRGBA
color_of (GtkWidget *widget, const char *name)
{
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  GdkRGBA color;

  if (name == NULL || !gtk_style_context_lookup_color (context, name, &color))
    gtk_style_context_get_color (context, &color);
  return color;
}

static double
x_of (const Drawing *drawing, gint64 when)
{
  return drawing->plot.origin.x
         + drawing->plot.size.width * (when - drawing->begin) / (double) SPAN;
}

static double
y_of (const Drawing *drawing, double value)
{
  return drawing->plot.origin.y + drawing->plot.size.height * (1 - value / drawing->max);
}

static void
trace_line (PanelGraph *self, const Drawing *drawing, guint line)
{
  gboolean drawn = FALSE;

  for (guint i = 0; i < self->n; i++)
    {
      const Value *value = value_at (self, i);

      if (value->values[line] < 0)
        {
          drawn = FALSE;
          continue;
        }
      if (drawn)
        cairo_line_to (drawing->cr, x_of (drawing, value->when),
                       y_of (drawing, value->values[line]));
      else
        cairo_move_to (drawing->cr, x_of (drawing, value->when),
                       y_of (drawing, value->values[line]));
      drawn = TRUE;
    }
}

/* The second line is dashed: two colours are not enough to tell them apart. */
static void
draw_line (PanelGraph *self, const Drawing *drawing, guint line)
{
  static const char *const colors[MAX_LINES] = { "accent_color", "warning_color" };
  static const double dash[] = { 5, 3 };
  GdkRGBA color = color_of (drawing->widget, colors[line]);

  cairo_save (drawing->cr);
  cairo_rectangle (drawing->cr, drawing->plot.origin.x, drawing->plot.origin.y - 2,
                   drawing->plot.size.width, drawing->plot.size.height + 4);
  cairo_clip (drawing->cr);
  gdk_cairo_set_source_rgba (drawing->cr, &color);
  cairo_set_line_width (drawing->cr, 2);
  cairo_set_line_join (drawing->cr, CAIRO_LINE_JOIN_ROUND);
  if (line == 1)
    cairo_set_dash (drawing->cr, dash, G_N_ELEMENTS (dash), 0);
  trace_line (self, drawing, line);
  cairo_stroke (drawing->cr);
  cairo_restore (drawing->cr);
}

static void
draw_grid (const Drawing *drawing, guint steps)
{
  GdkRGBA color = color_of (drawing->widget, NULL);

  color.alpha *= 0.15f;
  gdk_cairo_set_source_rgba (drawing->cr, &color);
  cairo_set_line_width (drawing->cr, 1);
  for (guint i = 0; i <= steps; i++)
    {
      double y
          = floor (drawing->plot.origin.y + drawing->plot.size.height * i / steps) + 0.5;

      cairo_move_to (drawing->cr, drawing->plot.origin.x, y);
      cairo_line_to (drawing->cr, drawing->plot.origin.x + drawing->plot.size.width, y);
    }
  cairo_stroke (drawing->cr);
}

static void
draw_text (GtkSnapshot *snapshot, GtkWidget *widget, const char *text, double x, double y,
           double align, float alpha)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, text);
  GdkRGBA color = color_of (widget, NULL);
  graphene_point_t point;
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  color.alpha *= alpha;
  graphene_point_init (&point, floor (x - width * align), floor (y));
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &point);
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
}

/* "Data rate   ── sent 1 MB/s   - - received 20 kB/s" */
static char *
heading (PanelGraph *self)
{
  GString *text = g_string_new (self->title);

  for (guint line = 0; line < self->n_lines; line++)
    {
      g_autofree char *present = present_text (self, line);

      if (self->n_lines > 1)
        g_string_append_printf (text, "   %s %s %s", line == 0 ? "━" : "╍",
                                self->names[line], present);
      else
        g_string_append_printf (text, "   %s", present);
    }
  return g_string_free (text, FALSE);
}

static int
line_height (GtkWidget *widget)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, "0");
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  return height;
}

static void
panel_graph_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PanelGraph *self = PANEL_GRAPH (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  int text = line_height (widget);
  Drawing drawing = { .widget = widget, .max = round_up (maximum (self)) };
  g_autofree char *title = heading (self);
  g_autofree char *top = self->format (drawing.max);
  graphene_rect_t all = GRAPHENE_RECT_INIT (0, 0, width, height);

  graphene_rect_init (&drawing.plot, MARGIN, text + MARGIN, width - 2 * MARGIN,
                      MAX (1, height - 2 * text - 2 * MARGIN));
  drawing.begin = (self->n == 0 ? SPAN : value_at (self, self->n - 1)->when) - SPAN;
  drawing.cr = gtk_snapshot_append_cairo (snapshot, &all);
  draw_grid (&drawing, CLAMP (drawing.plot.size.height / MIN_STEP, 1, 5));
  for (guint line = 0; line < self->n_lines; line++)
    draw_line (self, &drawing, line);
  cairo_destroy (drawing.cr);

  draw_text (snapshot, widget, title, MARGIN, 0, 0, 1);
  draw_text (snapshot, widget, top, width - MARGIN, 0, 1, 0.7f);
  draw_text (snapshot, widget, "3 minutes ago", MARGIN, height - text, 0, 0.7f);
  draw_text (snapshot, widget, "now", width - MARGIN, height - text, 1, 0.7f);
}

static void
panel_graph_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                     int *minimum, int *natural, int *minimum_baseline,
                     int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 160 : 120;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 320 : 170;
}

/* --- The object -------------------------------------------------------------------- */

void
panel_graph_configure (PanelGraph *self, const char *title, const char *first,
                       const char *second, PanelGraphFormat format)
{
  g_return_if_fail (self->title == NULL);
  self->title = g_strdup (title);
  self->names[0] = g_strdup (first);
  self->names[1] = g_strdup (second);
  self->n_lines = second == NULL ? 1 : 2;
  self->format = format;
  update_label (self);
}

void
panel_graph_add (PanelGraph *self, gint64 when, double first, double second)
{
  Value *value;

  if (self->n == MAX_VALUES)
    {
      self->first = (self->first + 1) % MAX_VALUES;
      self->n--;
    }
  value = &self->values[(self->first + self->n++) % MAX_VALUES];
  value->when = when;
  value->values[0] = first;
  value->values[1] = second;
  update_label (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
panel_graph_clear (PanelGraph *self)
{
  self->n = 0;
  update_label (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
panel_graph_finalize (GObject *object)
{
  PanelGraph *self = PANEL_GRAPH (object);

  g_free (self->title);
  for (guint i = 0; i < MAX_LINES; i++)
    g_free (self->names[i]);
  G_OBJECT_CLASS (panel_graph_parent_class)->finalize (object);
}

static void
panel_graph_class_init (PanelGraphClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = panel_graph_finalize;
  widget_class->snapshot = panel_graph_snapshot;
  widget_class->measure = panel_graph_measure;
  gtk_widget_class_set_css_name (widget_class, "panel-graph");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
panel_graph_init (PanelGraph *self)
{
}
