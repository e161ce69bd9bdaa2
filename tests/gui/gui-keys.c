#include "gui-keys.h"
#include "pages/session-page.h"

#include <string.h>

static GtkWidget *
focus_of (GtkWidget *window)
{
  return gtk_window_get_focus (GTK_WINDOW (window));
}

/* As Tab does.  Return: FALSE: nothing more is to be seen. */
static gboolean
go_on (GtkWidget *window, GHashTable *seen)
{
  if (!gtk_widget_child_focus (window, GTK_DIR_TAB_FORWARD))
    gtk_widget_child_focus (window, GTK_DIR_TAB_FORWARD);
  return focus_of (window) != NULL && g_hash_table_add (seen, focus_of (window));
}

static GtkWidget *
list_around (GtkWidget *widget)
{
  return gtk_widget_get_ancestor (widget, GTK_TYPE_LIST_BOX);
}

/* The rows of a list are gone through by arrows, and what is in each by Tab. */
static void
go_down (GtkWidget *window, GtkWidget *row, GHashTable *seen)
{
  GtkWidget *list = list_around (row);

  while (gtk_widget_grab_focus (row) && gtk_widget_child_focus (list, GTK_DIR_DOWN)
         && list_around (focus_of (window)) == list
         && g_hash_table_add (seen, focus_of (window)))
    {
      row = gtk_widget_get_ancestor (focus_of (window), GTK_TYPE_LIST_BOX_ROW);
      while (go_on (window, seen))
        ;
    }
}

GHashTable *
gui_go_round (GtkWidget *window)
{
  GHashTable *seen = g_hash_table_new (NULL, NULL);
  g_autoptr (GList) rows = NULL;

  gtk_window_set_focus (GTK_WINDOW (window), NULL);
  while (go_on (window, seen))
    ;
  rows = g_hash_table_get_keys (seen);
  for (GList *link = rows; link != NULL; link = link->next)
    if (GTK_IS_LIST_BOX_ROW (link->data) && list_around (link->data) != NULL)
      go_down (window, link->data, seen);
  return seen;
}

/* The control, or the part of it that has the focus then; NULL: none. */
static GtkWidget *
find_reached (GtkWidget *control, GHashTable *seen)
{
  GHashTableIter iter;
  gpointer focus;

  g_hash_table_iter_init (&iter, seen);
  while (g_hash_table_iter_next (&iter, &focus, NULL))
    if (focus == control || gtk_widget_is_ancestor (focus, control))
      return focus;
  return NULL;
}

gboolean
gui_is_reached (GtkWidget *control, GHashTable *seen)
{
  return find_reached (control, seen) != NULL;
}

GtkWidget *
gui_open_call (Gui *gui)
{
  GtkWidget *window = GTK_WIDGET (gui->window);

  panel_window_show_session (gui->window, gui->mock->call->path);
  until (gui_find_type (window, PANEL_TYPE_SESSION_PAGE) != NULL);
  gui_settle (gui);
  return gui_find_type (window, PANEL_TYPE_SESSION_PAGE);
}

void
gui_show_view (Gui *gui, const char *title)
{
  GtkWidget *button = gui_get (GTK_WIDGET (gui->window), GTK_TYPE_TOGGLE_BUTTON, title);

  g_assert_true (gtk_widget_activate (button));
  until (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (button)));
  gui_settle (gui);
}

/* Goes to it, as Tab and the arrows do, and presses a key there. */
void
gui_press_on (GtkWidget *window, GtkWidget *control, guint key)
{
  g_autoptr (GHashTable) seen = gui_go_round (window);
  GtkWidget *focus = find_reached (control, seen);

  g_assert_nonnull (focus);
  g_assert_true (gtk_widget_grab_focus (focus));
  gui_press (GTK_WINDOW (window), key, 0);
}

static char *
item_text (GtkWidget *item)
{
  char *text = NULL;

  if (item != NULL && strcmp (G_OBJECT_TYPE_NAME (item), "GtkModelButton") == 0)
    g_object_get (item, "text", &text, NULL);
  return text == NULL ? g_strdup ("") : text;
}

static gboolean
is_in_menu (GtkWidget *focus)
{
  return focus != NULL && gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER_MENU) != NULL;
}

/* In the menu that is open: down to the item, and that is taken.  Return: the item. */
GtkWidget *
gui_choose (GtkWidget *window, const char *item)
{
  until (is_in_menu (focus_of (window)));
  for (guint i = 0; i < 60; i++)
    {
      GtkWidget *before = focus_of (window);
      g_autofree char *text = item_text (before);
      gboolean found = strcmp (text, item) == 0;

      gui_press (GTK_WINDOW (window), found ? GDK_KEY_space : GDK_KEY_Down, 0);
      if (found)
        return before;
      until (focus_of (window) != before);
    }
  g_error ("The menu has no “%s”", item);
}

void
gui_open_submenu (GtkWidget *window, const char *item)
{
  GtkWidget *before = gui_choose (window, item);

  until (focus_of (window) != before);
}

void
gui_open_menu (GtkWidget *window, const char *button)
{
  GtkWidget *menu = gui_get (window, GTK_TYPE_MENU_BUTTON, button);
  GtkWidget *popover = GTK_WIDGET (gtk_menu_button_get_popover (GTK_MENU_BUTTON (menu)));

  gui_press_on (window, gtk_widget_get_first_child (menu), GDK_KEY_space);
  until (gtk_widget_get_mapped (popover));
}

static void
on_text (GObject *source, GAsyncResult *result, gpointer data)
{
  *(char **) data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

gboolean
gui_clipboard_has (GtkWidget *window, const char *part)
{
  g_autofree char *text = NULL;

  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (window), NULL, on_text, &text);
  until (text != NULL);
  return strstr (text, part) != NULL;
}

void
gui_type (GtkWidget *window, const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    {
      /* As on a keyboard of the United States, which Xvfb has. */
      gboolean shifted = *c == ':';
      guint key = shifted ? GDK_KEY_semicolon : gdk_unicode_to_keyval ((guint) *c);

      gui_press (GTK_WINDOW (window), key, shifted ? GDK_SHIFT_MASK : 0);
    }
}
