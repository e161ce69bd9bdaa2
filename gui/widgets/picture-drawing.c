#include "widgets/picture-drawing.h"
#include "model/format.h"

#include <math.h>

/* Narrower than this, the picture stands upright: this host above, the peer below. */
#define UPRIGHT_BELOW 720
#define BOX_HEIGHT 40
#define MAX_BOX_WIDTH 190
#define GAP 14
#define LEGEND_HEIGHT 24
#define LEGEND_WIDTH 150

typedef struct
{
  const Scene *scene;
  GtkWidget *widget;
  cairo_t *cr;
  double width;
  double height; /* without the legend */
  gboolean upright;
  double box;                   /* width of a box */
  double above;                 /* height of the lane of the servers that are asked */
  double below;                 /* the same of relays */
  guint places[SCENE_N_LAYERS]; /* the layers that are there, counted from this host */
  guint n_layers;
  guint servers; /* the first row of servers, upright */
  graphene_rect_t seen;
  double phase;
} Drawing;

typedef struct
{
  const char *color; /* NULL: that of texts */
  double alpha;
  double width;
  double dash[4];
  int n_dash;
} LineStyle;

static const LineStyle line_styles[SCENE_N_STATES] = {
  [SCENE_BELONGS] = { NULL, 0.25, 1, { 0 }, 0 },
  [SCENE_FROZEN] = { NULL, 0.6, 1.5, { 2, 9 }, 2 },
  [SCENE_FAILED] = { "error_color", 0.6, 1.5, { 9, 4, 2, 4 }, 4 },
  [SCENE_WAITING] = { NULL, 0.6, 1.5, { 2, 4 }, 2 },
  [SCENE_CHECKING] = { "accent_color", 1, 2, { 8, 6 }, 2 },
  [SCENE_WORKS] = { "success_color", 0.9, 2, { 0 }, 0 },
  [SCENE_SELECTED] = { "success_color", 1, 5, { 0 }, 0 },
};

/* --- Where things are -------------------------------------------------------------- */

/* The largest number of places side by side, without the servers. */
static guint
most_in_a_layer (const Scene *scene)
{
  guint most = 1;

  for (guint layer = 0; layer < SCENE_N_LAYERS; layer++)
    if (layer != SCENE_STUN && layer != SCENE_RELAY)
      most = MAX (most, scene->counts[layer]);
  return most;
}

/* Rows of servers where the picture stands upright. */
static guint
server_rows (const Scene *scene)
{
  return MAX (1, MAX (scene->counts[SCENE_STUN], scene->counts[SCENE_RELAY]));
}

static guint
legend_rows (int width)
{
  guint in_a_row = MAX (1, width / LEGEND_WIDTH);

  return (SCENE_N_STATES - 1 + in_a_row - 1) / in_a_row;
}

int
picture_drawing_width (const Scene *scene)
{
  return 900;
}

int
picture_drawing_height (const Scene *scene, int width)
{
  int legend = legend_rows (width < 0 ? UPRIGHT_BELOW : width) * LEGEND_HEIGHT;
  int boxes;

  if (width >= 0 && width < UPRIGHT_BELOW)
    boxes = (SCENE_N_LAYERS - 2 + server_rows (scene)) * (BOX_HEIGHT + 3 * GAP);
  else
    boxes = (MAX (3, most_in_a_layer (scene)) + (scene->counts[SCENE_STUN] > 0)
             + (scene->counts[SCENE_RELAY] > 0))
            * (BOX_HEIGHT + GAP);
  return boxes + legend;
}

/* Between both sides there is room for one layer more, where the lines are. */
static void
arrange (Drawing *drawing)
{
  const Scene *scene = drawing->scene;
  double lane = BOX_HEIGHT + GAP, room;

  for (guint layer = 0; layer < SCENE_N_LAYERS; layer++)
    {
      if (layer == SCENE_PEER_CANDIDATE)
        drawing->n_layers += drawing->upright ? server_rows (scene) : 1;
      if (scene->counts[layer] > 0 && layer != SCENE_STUN && layer != SCENE_RELAY)
        drawing->places[layer] = drawing->n_layers++;
    }
  drawing->servers = drawing->places[SCENE_PEER_CANDIDATE] - server_rows (scene);
  if (drawing->upright)
    {
      room = drawing->width / most_in_a_layer (scene);
      drawing->box = MIN (MIN (room, drawing->width / 3) - GAP / 2, MAX_BOX_WIDTH);
      return;
    }
  room = drawing->width / MAX (5, drawing->n_layers);
  drawing->box = MIN (room * 0.8, MAX_BOX_WIDTH);
  drawing->above = scene->counts[SCENE_STUN] > 0 ? lane : 0;
  drawing->below = scene->counts[SCENE_RELAY] > 0 ? lane : 0;
}

/* Servers stand beside the paths that do not lead through them: in lanes above and below or,
 * where the picture stands upright, at the sides. */
static graphene_point_t
middle_of_server (const Drawing *drawing, const SceneNode *node)
{
  double across = (node->index + 0.5) / drawing->scene->counts[node->layer];
  gboolean asked = node->layer == SCENE_STUN;
  graphene_point_t point;

  if (drawing->upright)
    graphene_point_init (
        &point, asked ? drawing->width - drawing->box / 2 - 1 : drawing->box / 2 + 1,
        (drawing->servers + node->index + 0.5) / drawing->n_layers * drawing->height);
  else
    graphene_point_init (&point, (0.2 + 0.6 * across) * drawing->width,
                         asked ? drawing->above / 2
                               : drawing->height - drawing->below / 2);
  return point;
}

/* The middle of a place's box. */
static graphene_point_t
middle_of (const Drawing *drawing, const SceneNode *node)
{
  double across = (node->index + 0.5) / drawing->scene->counts[node->layer];
  double along = (drawing->places[node->layer] + 0.5) / drawing->n_layers;
  double between = drawing->height - drawing->above - drawing->below;
  graphene_point_t point;

  if (node->layer == SCENE_STUN || node->layer == SCENE_RELAY)
    return middle_of_server (drawing, node);
  if (drawing->upright)
    graphene_point_init (&point, across * drawing->width, along * drawing->height);
  else
    graphene_point_init (&point, along * drawing->width,
                         drawing->above + across * between);
  return point;
}

static const SceneNode *
node_at (const Drawing *drawing, guint i)
{
  return &g_array_index (drawing->scene->nodes, SceneNode, i);
}

/* A peer may have so many candidates that most of the picture is scrolled out of sight. */
static gboolean
is_seen (const Drawing *drawing, double x, double y, double width, double height)
{
  graphene_rect_t part = GRAPHENE_RECT_INIT (x, y, width, height);

  return graphene_rect_intersection (&drawing->seen, &part, NULL);
}

/* --- Lines ------------------------------------------------------------------------- */

static void
use_color (const Drawing *drawing, const char *name, double alpha)
{
  GtkStyleContext *context = gtk_widget_get_style_context (drawing->widget);
  GdkRGBA color;

  if (name == NULL || !gtk_style_context_lookup_color (context, name, &color))
    gtk_style_context_get_color (context, &color);
  color.alpha *= alpha;
  gdk_cairo_set_source_rgba (drawing->cr, &color);
}

static void
use_line (const Drawing *drawing, SceneLineState state)
{
  const LineStyle *style = &line_styles[state];

  use_color (drawing, style->color, style->alpha);
  cairo_set_line_width (drawing->cr, style->width);
  cairo_set_dash (drawing->cr, style->dash, style->n_dash,
                  state == SCENE_CHECKING ? -drawing->phase : 0);
}

static void
draw_cross (const Drawing *drawing, double x, double y)
{
  cairo_set_dash (drawing->cr, NULL, 0, 0);
  cairo_move_to (drawing->cr, x - 4, y - 4);
  cairo_line_to (drawing->cr, x + 4, y + 4);
  cairo_move_to (drawing->cr, x - 4, y + 4);
  cairo_line_to (drawing->cr, x + 4, y - 4);
  cairo_stroke (drawing->cr);
}

/* Lines between the same places go side by side, as bows. */
static void
draw_line (const Drawing *drawing, const SceneLine *line)
{
  graphene_point_t a = middle_of (drawing, node_at (drawing, line->from));
  graphene_point_t b = middle_of (drawing, node_at (drawing, line->to));
  double bow = ((line->beside + 1) / 2) * 9.0 * (line->beside % 2 ? 1 : -1);
  double dx = drawing->upright ? bow : 0, dy = drawing->upright ? 0 : bow;
  double x = (a.x + b.x) / 2 + dx, y = (a.y + b.y) / 2 + dy;
  double room = ABS (bow) + 8; /* with a cross, or its own width */

  if (!is_seen (drawing, MIN (a.x, b.x) - room, MIN (a.y, b.y) - room,
                ABS (a.x - b.x) + 2 * room, ABS (a.y - b.y) + 2 * room))
    return;
  use_line (drawing, line->state);
  cairo_move_to (drawing->cr, a.x, a.y);
  if (drawing->upright)
    cairo_curve_to (drawing->cr, a.x + dx, y, b.x + dx, y, b.x, b.y);
  else
    cairo_curve_to (drawing->cr, x, a.y + dy, x, b.y + dy, b.x, b.y);
  cairo_stroke (drawing->cr);
  if (line->state == SCENE_FAILED)
    draw_cross (drawing, x, y);
}

/* --- Boxes and texts --------------------------------------------------------------- */

static void
draw_text (const Drawing *drawing, const char *text, double x, double y, double width,
           gboolean strong, double alpha)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (drawing->widget, text);
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (0.85));
  if (strong)
    pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  if (width > 0)
    {
      pango_layout_set_width (layout, width * PANGO_SCALE);
      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_MIDDLE);
      pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
    }
  use_color (drawing, NULL, alpha);
  cairo_move_to (drawing->cr, x, y);
  pango_cairo_show_layout (drawing->cr, layout);
}

static void
trace_box (const Drawing *drawing, double x, double y, double width, double height)
{
  const double radius = 8;

  cairo_new_sub_path (drawing->cr);
  cairo_arc (drawing->cr, x + width - radius, y + radius, radius, -G_PI_2, 0);
  cairo_arc (drawing->cr, x + width - radius, y + height - radius, radius, 0, G_PI_2);
  cairo_arc (drawing->cr, x + radius, y + height - radius, radius, G_PI_2, G_PI);
  cairo_arc (drawing->cr, x + radius, y + radius, radius, G_PI, 3 * G_PI_2);
  cairo_close_path (drawing->cr);
}

static void
draw_node (const Drawing *drawing, const SceneNode *node)
{
  graphene_point_t middle = middle_of (drawing, node);
  double x = floor (middle.x - drawing->box / 2) + 0.5;
  double y = floor (middle.y - BOX_HEIGHT / 2) + 0.5;
  gboolean alone = *node->subtitle == '\0';

  if (!is_seen (drawing, x - 2, y - 2, drawing->box + 4, BOX_HEIGHT + 4))
    return;
  trace_box (drawing, x, y, drawing->box, BOX_HEIGHT);
  use_color (drawing, "view_bg_color", 1);
  cairo_fill_preserve (drawing->cr);
  cairo_set_dash (drawing->cr, NULL, 0, 0);
  cairo_set_line_width (drawing->cr, node->taken ? 2.5 : 1);
  use_color (drawing, node->taken ? "success_color" : NULL, node->taken ? 1 : 0.4);
  cairo_stroke (drawing->cr);
  draw_text (drawing, node->title, x + 4, y + (alone ? 11 : 3), drawing->box - 8, TRUE,
             1);
  if (!alone)
    draw_text (drawing, node->subtitle, x + 4, y + 20, drawing->box - 8, FALSE, 0.75);
}

/* The round-trip time of the path that carries the data, on it. */
static void
draw_time (const Drawing *drawing, const SceneLine *line)
{
  graphene_point_t a = middle_of (drawing, node_at (drawing, line->from));
  graphene_point_t b = middle_of (drawing, node_at (drawing, line->to));
  g_autofree char *text = format_duration (line->rtt);
  double x = floor ((a.x + b.x) / 2 - 32) + 0.5, y = floor ((a.y + b.y) / 2 - 11) + 0.5;

  if (line->rtt < 0)
    return;
  trace_box (drawing, x, y, 64, 22);
  use_color (drawing, "view_bg_color", 1);
  cairo_fill_preserve (drawing->cr);
  cairo_set_dash (drawing->cr, NULL, 0, 0);
  cairo_set_line_width (drawing->cr, 1);
  use_color (drawing, "success_color", 1);
  cairo_stroke (drawing->cr);
  draw_text (drawing, text, x, y + 3, 64, TRUE, 1);
}

static void
draw_legend (const Drawing *drawing)
{
  guint in_a_row = MAX (1, (int) drawing->width / LEGEND_WIDTH);

  for (guint i = 0; i < SCENE_N_STATES - 1; i++)
    {
      SceneLineState state = SCENE_SELECTED - i;
      double x = (i % in_a_row) * LEGEND_WIDTH + 4;
      double y = drawing->height + (i / in_a_row) * LEGEND_HEIGHT + 12;

      use_line (drawing, state);
      cairo_move_to (drawing->cr, x, y);
      cairo_line_to (drawing->cr, x + 34, y);
      cairo_stroke (drawing->cr);
      if (state == SCENE_FAILED)
        draw_cross (drawing, x + 17, y);
      draw_text (drawing, scene_state_name (state), x + 40, y - 8, 0, FALSE, 1);
    }
}

/* --- All of it --------------------------------------------------------------------- */

void
picture_drawing_draw (const Scene *scene, GtkWidget *widget, GtkSnapshot *snapshot,
                      const graphene_rect_t *seen, double phase)
{
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  Drawing drawing = { .scene = scene,
                      .widget = widget,
                      .width = width,
                      .height = height - (int) (legend_rows (width) * LEGEND_HEIGHT),
                      .upright = width < UPRIGHT_BELOW,
                      .seen = *seen,
                      .phase = phase };

  arrange (&drawing);
  drawing.cr = gtk_snapshot_append_cairo (snapshot, seen);
  for (guint i = 0; i < scene->lines->len; i++)
    draw_line (&drawing, &g_array_index (scene->lines, SceneLine, i));
  for (guint i = 0; i < scene->nodes->len; i++)
    draw_node (&drawing, node_at (&drawing, i));
  for (guint i = 0; i < scene->lines->len; i++)
    {
      const SceneLine *line = &g_array_index (scene->lines, SceneLine, i);

      if (line->state == SCENE_SELECTED)
        draw_time (&drawing, line);
    }
  draw_legend (&drawing);
  cairo_destroy (drawing.cr);
}
