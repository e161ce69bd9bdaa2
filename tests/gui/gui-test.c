#include "gui-test.h"

#include <X11/extensions/XTest.h>
#include <gdk/x11/gdkx.h>
#include <locale.h>

#define WATCHDOG 60 /* seconds */

/* --- Waiting ----------------------------------------------------------------------- */

static gboolean
on_watchdog (gpointer text)
{
  g_error ("%s", (char *) text);
  return G_SOURCE_REMOVE;
}

guint
gui_watch (const char *place, const char *condition)
{
  char *text = g_strdup_printf ("%s: never came true: %s", place, condition);

  return g_timeout_add_seconds_full (G_PRIORITY_HIGH, WATCHDOG, on_watchdog, text,
                                     g_free);
}

/* Whether the tables that are on the screen have all their rows there. */
static gboolean
is_complete (GtkWidget *within)
{
  if (!gtk_widget_get_mapped (within))
    return TRUE;
  if (PANEL_IS_TABLE (within))
    return panel_table_is_complete (PANEL_TABLE (within));
  for (GtkWidget *child = gtk_widget_get_first_child (within); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (!is_complete (child))
      return FALSE;
  return TRUE;
}

void
gui_settle (Gui *self)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
  until (is_complete (GTK_WIDGET (self->window)));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (self->window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (self->window));
}

/* --- Finding ----------------------------------------------------------------------- */

static gboolean
is_called (GtkWidget *widget, const char *name)
{
  g_autofree char *wrong = gtk_test_accessible_check_property (
      GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name);

  if (wrong == NULL)
    return TRUE;
  if (GTK_IS_LABEL (widget))
    return strcmp (gtk_label_get_text (GTK_LABEL (widget)), name) == 0;
  if (GTK_IS_BUTTON (widget))
    return g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), name) == 0;
  if (ADW_IS_PREFERENCES_ROW (widget))
    return strcmp (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), name)
           == 0;
  return FALSE;
}

GtkWidget *
gui_find (GtkWidget *within, GType type, const char *name)
{
  if (!gtk_widget_get_mapped (within))
    return NULL;
  if (g_type_is_a (G_OBJECT_TYPE (within), type) && is_called (within, name))
    return within;
  for (GtkWidget *child = gtk_widget_get_first_child (within); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = gui_find (child, type, name);

      if (found != NULL)
        return found;
    }
  return NULL;
}

GtkWidget *
gui_find_type (GtkWidget *within, GType type)
{
  if (gtk_widget_get_mapped (within) && g_type_is_a (G_OBJECT_TYPE (within), type))
    return within;
  for (GtkWidget *child = gtk_widget_get_first_child (within); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = gui_find_type (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

GtkWidget *
gui_dialog (GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (g_type_is_a (G_OBJECT_TYPE (window), type) && gtk_widget_get_mapped (window))
        return window;
    }
  return NULL;
}

GtkWidget *
gui_get (GtkWidget *within, GType type, const char *name)
{
  GtkWidget *found = gui_find (within, type, name);

  if (found == NULL)
    g_error ("No %s is called “%s”", g_type_name (type), name);
  return found;
}

gboolean
gui_says (GtkWidget *within, const char *text)
{
  return gui_find (within, GTK_TYPE_LABEL, text) != NULL;
}

static GtkWidget *
find_table (GtkWidget *within, const char *title)
{
  if (!gtk_widget_get_mapped (within))
    return NULL;
  if (PANEL_IS_TABLE (within))
    return gui_find (within, GTK_TYPE_LABEL, title) != NULL ? within : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (within); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_table (child, title);

      if (found != NULL)
        return found;
    }
  return NULL;
}

PanelTable *
gui_table (GtkWidget *within, const char *title)
{
  GtkWidget *table = find_table (within, title);

  if (table == NULL)
    g_error ("There is no table “%s”", title);
  return PANEL_TABLE (table);
}

guint
gui_n_rows (PanelTable *table)
{
  return g_list_model_get_n_items (panel_table_get_shown (table));
}

FramRow *
gui_row (PanelTable *table, guint row)
{
  g_autoptr (FramRow) item = g_list_model_get_item (panel_table_get_shown (table), row);

  g_assert_nonnull (item);
  return item;
}

char *
gui_cell (PanelTable *table, guint row, const char *column)
{
  g_autofree char *text = panel_table_row_text (table, gui_row (table, row));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *begin = g_strconcat (column, ": ", NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], begin))
      return g_strdup (lines[i] + strlen (begin));
  g_error ("There is no column “%s”", column);
}

void
gui_check_cell (PanelTable *table, guint row, const char *column, const char *expected)
{
  g_autofree char *text = gui_cell (table, row, column);

  g_assert_cmpstr (text, ==, expected);
}

/* --- Keys -------------------------------------------------------------------------- */

static void
press (Display *display, guint keyval, gboolean down)
{
  XTestFakeKeyEvent (display, XKeysymToKeycode (display, keyval), down, CurrentTime);
}

void
gui_press (GtkWindow *window, guint keyval, GdkModifierType modifiers)
{
  GdkDisplay *display = gtk_widget_get_display (GTK_WIDGET (window));
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (window));
  Display *x;

  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  x = gdk_x11_display_get_xdisplay (display);
  /* There is no window manager that would give the focus. */
  XSetInputFocus (x, gdk_x11_surface_get_xid (surface), RevertToParent, CurrentTime);
  G_GNUC_END_IGNORE_DEPRECATIONS
  XSync (x, False);
  until (gtk_window_is_active (window));
  if (modifiers & GDK_CONTROL_MASK)
    press (x, GDK_KEY_Control_L, TRUE);
  if (modifiers & GDK_ALT_MASK)
    press (x, GDK_KEY_Alt_L, TRUE);
  if (modifiers & GDK_SHIFT_MASK)
    press (x, GDK_KEY_Shift_L, TRUE);
  press (x, keyval, TRUE);
  press (x, keyval, FALSE);
  if (modifiers & GDK_SHIFT_MASK)
    press (x, GDK_KEY_Shift_L, FALSE);
  if (modifiers & GDK_ALT_MASK)
    press (x, GDK_KEY_Alt_L, FALSE);
  if (modifiers & GDK_CONTROL_MASK)
    press (x, GDK_KEY_Control_L, FALSE);
  XSync (x, False);
}

/* --- The window -------------------------------------------------------------------- */

static Gui *
begin (MockWorld *mock, int width, int height)
{
  Gui *self = g_new0 (Gui, 1);

  self->mock = mock;
  self->world = panel_world_new ();
  self->window = PANEL_WINDOW (panel_window_new (NULL, self->world));
  gtk_window_set_default_size (GTK_WINDOW (self->window), width, height);
  gtk_window_present (GTK_WINDOW (self->window));
  return self;
}

Gui *
gui_new (int width, int height)
{
  Gui *self = begin (mock_world_new (), width, height);

  until (panel_world_get_state (self->world) == PANEL_WORLD_THERE);
  until (panel_world_get_settings (self->world) != NULL);
  gui_settle (self);
  return self;
}

Gui *
gui_new_in (MockWorld *mock, int width, int height)
{
  return begin (mock, width, height);
}

Gui *
gui_new_without_service (void)
{
  Gui *self = begin (NULL, 800, 600);

  until (panel_world_get_state (self->world) == PANEL_WORLD_NO_SERVICE);
  gui_settle (self);
  return self;
}

void
gui_free (Gui *self)
{
  GObject *window = G_OBJECT (self->window), *world = G_OBJECT (self->world);

  if (window != NULL)
    {
      g_object_add_weak_pointer (window, (gpointer *) &window);
      gtk_window_destroy (GTK_WINDOW (window));
    }
  g_object_add_weak_pointer (world, (gpointer *) &world);
  g_object_unref (world);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  /* Who closes a window must not pay for it any more. */
  until (window == NULL && world == NULL);
  if (self->mock != NULL)
    mock_world_free (self->mock);
  g_free (self);
}

static void
add_style (GtkCssProvider *style)
{
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (style),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

int
gui_test_main (int argc, char **argv, void (*add_tests) (void))
{
  g_autoptr (GtkCssProvider) style = NULL, frameless = NULL;

  gtk_test_init (&argc, &argv, NULL);
  /* It wants one that not every computer has, and has none then. */
  setlocale (LC_ALL, "C.UTF-8");
  style = gtk_css_provider_new ();
  frameless = gtk_css_provider_new ();
  adw_init ();
  /* As GtkApplication does for the panel. */
  gtk_icon_theme_add_resource_path (
      gtk_icon_theme_get_for_display (gdk_display_get_default ()),
      "/org/fram/Panel/icons");
  gtk_css_provider_load_from_resource (style, "/org/fram/Panel/style.css");
  /* Without a window manager GTK draws a frame of its own, which counts to the size. */
  gtk_css_provider_load_from_data (
      frameless, "window.solid-csd { padding: 0; box-shadow: none; }", -1);
  add_style (style);
  add_style (frameless);
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE,
                "gtk-font-name", "Cantarell 11", NULL);
  add_tests ();
  return g_test_run ();
}
