#include "widgets/panel-picture.h"
#include "widgets/picture-drawing.h"

/* A picture that moves needs no more frames than this, and one that changed can wait.  Where there
 * are many lines nobody follows one of them, and each costs.  Milliseconds. */
#define FRAME_EVERY 83
#define FRAME_EVERY_OF_MANY 166
#define MANY 60
#define UPDATE_EVERY 100
/* Pixels each second: from one frame to the next less than half of a dash and its gap, so that they
 * are not seen to go back. */
#define SPEED 28.0

struct _PanelPicture
{
  GtkWidget parent;

  GListModel *candidates;
  GListModel *pairs;
  GPtrArray *followed_candidates, *followed_pairs; /* their rows, while it is mapped */
  gboolean follows;
  Scene *scene; /* NULL: of no session */
  guint update_source;
  guint tick,
      rest; /* while it moves one of them is not 0: it waits for a frame, or for its time */
  gint64 drawn_at;
  double phase;
  GtkAdjustment *down; /* by which it is scrolled, while it is mapped; or NULL */
};

G_DEFINE_FINAL_TYPE (PanelPicture, panel_picture, GTK_TYPE_WIDGET)

static void update_soon (PanelPicture *self);

/* --- Moving ------------------------------------------------------------------------ */

static gboolean on_rested (gpointer data);

/* Then no frame is made for it, and none where the window is not to be seen. */
static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  PanelPicture *self = PANEL_PICTURE (widget);
  gint64 now = gdk_frame_clock_get_frame_time (clock);
  gboolean many = self->scene->lines->len > MANY;

  self->phase += SPEED * (now - self->drawn_at) / G_USEC_PER_SEC;
  if (self->phase > 14000)
    self->phase = 0;
  self->drawn_at = now;
  gtk_widget_queue_draw (widget);
  self->tick = 0;
  self->rest = g_timeout_add (many ? FRAME_EVERY_OF_MANY : FRAME_EVERY, on_rested, self);
  return G_SOURCE_REMOVE;
}

static void
wait_for_frame (PanelPicture *self)
{
  self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

static gboolean
on_rested (gpointer data)
{
  PanelPicture *self = data;

  self->rest = 0;
  wait_for_frame (self);
  return G_SOURCE_REMOVE;
}

static gboolean
may_move (PanelPicture *self)
{
  gboolean wanted = TRUE;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations",
                &wanted, NULL);
  return wanted;
}

static void
move_or_rest (PanelPicture *self)
{
  gboolean moves = self->scene != NULL && self->scene->states[SCENE_CHECKING] > 0
                   && gtk_widget_get_mapped (GTK_WIDGET (self)) && may_move (self);

  if (moves == panel_picture_is_moving (self))
    return;
  if (moves)
    {
      wait_for_frame (self);
      return;
    }
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  g_clear_handle_id (&self->rest, g_source_remove);
}

gboolean
panel_picture_is_moving (PanelPicture *self)
{
  return self->tick != 0 || self->rest != 0;
}

/* --- What it shows ----------------------------------------------------------------- */

static void
update (PanelPicture *self)
{
  g_autoptr (Scene) before = g_steal_pointer (&self->scene);

  g_clear_handle_id (&self->update_source, g_source_remove);
  if (self->pairs == NULL)
    {
      move_or_rest (self);
      gtk_widget_queue_resize (GTK_WIDGET (self));
      return;
    }
  self->scene = scene_new (self->candidates, self->pairs);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  self->scene->summary, -1);
  move_or_rest (self);
  if (before == NULL
      || memcmp (before->counts, self->scene->counts, sizeof before->counts) != 0)
    gtk_widget_queue_resize (GTK_WIDGET (self));
  /* A picture that moves is drawn soon enough. */
  if (!panel_picture_is_moving (self))
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
on_update (gpointer data)
{
  PanelPicture *self = data;

  self->update_source = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

/* As a table does: with the priority of what brings the changes. */
static void
update_soon (PanelPicture *self)
{
  if (self->update_source == 0)
    self->update_source = g_timeout_add (UPDATE_EVERY, on_update, self);
}

/* --- What it follows --------------------------------------------------------------- */

static GPtrArray *
followed_of (PanelPicture *self, GListModel *rows)
{
  return rows == self->pairs ? self->followed_pairs : self->followed_candidates;
}

static void
follow_rows (PanelPicture *self, GListModel *rows, guint position, guint n)
{
  for (guint i = position; i < position + n; i++)
    {
      GObject *row = g_list_model_get_item (rows, i);

      g_signal_connect_swapped (row, "notify", G_CALLBACK (update_soon), self);
      g_ptr_array_insert (followed_of (self, rows), i, row);
    }
}

static void
unfollow_rows (PanelPicture *self, GListModel *rows, guint position, guint n)
{
  GPtrArray *followed = followed_of (self, rows);

  for (guint i = position; i < position + n; i++)
    g_signal_handlers_disconnect_by_func (g_ptr_array_index (followed, i), update_soon,
                                          self);
  if (n > 0)
    g_ptr_array_remove_range (followed, position, n);
}

static void
on_rows_changed (GListModel *rows, guint position, guint removed, guint added,
                 PanelPicture *self)
{
  unfollow_rows (self, rows, position, removed);
  follow_rows (self, rows, position, added);
  update_soon (self);
}

static void
follow_list (PanelPicture *self, GListModel *rows)
{
  follow_rows (self, rows, 0, g_list_model_get_n_items (rows));
  g_signal_connect (rows, "items-changed", G_CALLBACK (on_rows_changed), self);
}

static void
unfollow_list (PanelPicture *self, GListModel *rows)
{
  g_signal_handlers_disconnect_by_func (rows, on_rows_changed, self);
  unfollow_rows (self, rows, 0, followed_of (self, rows)->len);
}

/* What nobody sees need not be kept up to date. */
static void
follow_or_not (PanelPicture *self, gboolean follows)
{
  if (self->pairs == NULL || follows == self->follows)
    return;
  self->follows = follows;
  if (follows)
    {
      follow_list (self, self->candidates);
      follow_list (self, self->pairs);
      return;
    }
  unfollow_list (self, self->candidates);
  unfollow_list (self, self->pairs);
  g_clear_handle_id (&self->update_source, g_source_remove);
}

void
panel_picture_set_session (PanelPicture *self, GListModel *candidates, GListModel *pairs)
{
  follow_or_not (self, FALSE);
  g_set_object (&self->candidates, candidates);
  g_set_object (&self->pairs, pairs);
  follow_or_not (self, gtk_widget_get_mapped (GTK_WIDGET (self)));
  update (self);
}

gboolean
panel_picture_is_following (PanelPicture *self)
{
  return self->follows;
}

/* --- The widget -------------------------------------------------------------------- */

/* What is not scrolled out of sight.  FALSE: nothing is. */
static gboolean
find_seen (GtkWidget *widget, graphene_rect_t *ret_seen)
{
  graphene_rect_t all = GRAPHENE_RECT_INIT (0, 0, gtk_widget_get_width (widget),
                                            gtk_widget_get_height (widget));
  GtkWidget *scroller = gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW);
  graphene_rect_t page;

  *ret_seen = all;
  return scroller == NULL || !gtk_widget_compute_bounds (scroller, widget, &page)
         || graphene_rect_intersection (&all, &page, ret_seen);
}

static void
panel_picture_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PanelPicture *self = PANEL_PICTURE (widget);
  graphene_rect_t seen;

  if (self->scene != NULL && find_seen (widget, &seen))
    picture_drawing_draw (self->scene, widget, snapshot, &seen, self->phase);
}

static void
follow_scrolling (PanelPicture *self)
{
  GtkWidget *scroller
      = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *down;

  if (scroller == NULL)
    return;
  down = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
  g_signal_connect_object (down, "value-changed", G_CALLBACK (gtk_widget_queue_draw),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (down, "changed", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  g_set_object (&self->down, down);
}

static void
follow_no_scrolling (PanelPicture *self)
{
  if (self->down != NULL)
    g_signal_handlers_disconnect_by_func (self->down, gtk_widget_queue_draw, self);
  g_clear_object (&self->down);
}

static void
panel_picture_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (panel_picture_parent_class)->map (widget);
  follow_scrolling (PANEL_PICTURE (widget));
  follow_or_not (PANEL_PICTURE (widget), TRUE);
  update (PANEL_PICTURE (widget));
}

static void
panel_picture_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (panel_picture_parent_class)->unmap (widget);
  follow_no_scrolling (PANEL_PICTURE (widget));
  follow_or_not (PANEL_PICTURE (widget), FALSE);
  move_or_rest (PANEL_PICTURE (widget));
}

static GtkSizeRequestMode
panel_picture_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
panel_picture_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                       int *minimum, int *natural, int *minimum_baseline,
                       int *natural_baseline)
{
  PanelPicture *self = PANEL_PICTURE (widget);

  if (self->scene == NULL)
    *minimum = *natural = 240;
  else if (orientation == GTK_ORIENTATION_VERTICAL)
    *minimum = *natural = picture_drawing_height (self->scene, for_size);
  else
    {
      *minimum = 300;
      *natural = picture_drawing_width (self->scene);
    }
}

static void
panel_picture_dispose (GObject *object)
{
  PanelPicture *self = PANEL_PICTURE (object);

  panel_picture_set_session (self, NULL, NULL);
  follow_no_scrolling (self);
  G_OBJECT_CLASS (panel_picture_parent_class)->dispose (object);
}

static void
panel_picture_finalize (GObject *object)
{
  PanelPicture *self = PANEL_PICTURE (object);

  g_clear_pointer (&self->scene, scene_free);
  g_ptr_array_unref (self->followed_candidates);
  g_ptr_array_unref (self->followed_pairs);
  G_OBJECT_CLASS (panel_picture_parent_class)->finalize (object);
}

static void
panel_picture_class_init (PanelPictureClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = panel_picture_dispose;
  object_class->finalize = panel_picture_finalize;
  widget_class->map = panel_picture_map;
  widget_class->unmap = panel_picture_unmap;
  widget_class->snapshot = panel_picture_snapshot;
  widget_class->get_request_mode = panel_picture_get_request_mode;
  widget_class->measure = panel_picture_measure;
  gtk_widget_class_set_css_name (widget_class, "panel-picture");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
panel_picture_init (PanelPicture *self)
{
  self->followed_candidates = g_ptr_array_new_with_free_func (g_object_unref);
  self->followed_pairs = g_ptr_array_new_with_free_func (g_object_unref);
}
