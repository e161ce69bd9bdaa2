/* Everything by keys alone: what the list of keys says, where Tab and the arrows lead, and what
 * is done on the way. */
#include "gui-test.h"
#include "pages/server-dialog.h"
#include "pages/session-page.h"
#include "shell/panel-application.h"
#include "widgets/panel-cell.h"

#include <string.h>

/* --- The list of keys -------------------------------------------------------------- */

static void
add_accelerator (GHashTable *set, const char *text)
{
  GdkModifierType modifiers;
  guint key;

  g_assert_true (gtk_accelerator_parse (text, &key, &modifiers));
  g_hash_table_add (set, gtk_accelerator_name (key, modifiers));
}

static void
add_controller (GHashTable *set, GListModel *shortcuts)
{
  for (guint i = 0; i < g_list_model_get_n_items (shortcuts); i++)
    {
      g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (shortcuts, i);
      GtkShortcutAction *action = gtk_shortcut_get_action (shortcut);
      g_autofree char *text
          = gtk_shortcut_trigger_to_string (gtk_shortcut_get_trigger (shortcut));

      if (GTK_IS_NAMED_ACTION (action))
        add_accelerator (set, text);
    }
}

/* What our own widgets have keys for. */
static void
add_widgets (GHashTable *set, GtkWidget *within)
{
  g_autoptr (GListModel) controllers = NULL;

  if (g_str_has_prefix (G_OBJECT_TYPE_NAME (within), "Panel"))
    {
      controllers = gtk_widget_observe_controllers (within);
      for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
        {
          g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

          if (GTK_IS_SHORTCUT_CONTROLLER (controller))
            add_controller (set, G_LIST_MODEL (controller));
        }
    }
  for (GtkWidget *child = gtk_widget_get_first_child (within); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    add_widgets (set, child);
}

static void
add_application (GHashTable *set)
{
  g_autoptr (PanelApplication) application = panel_application_new ();
  g_auto (GStrv) actions = NULL;
  g_autoptr (GError) error = NULL;

  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
  actions = gtk_application_list_action_descriptions (GTK_APPLICATION (application));
  for (guint i = 0; actions[i] != NULL; i++)
    {
      g_auto (GStrv) keys = gtk_application_get_accels_for_action (
          GTK_APPLICATION (application), actions[i]);

      for (guint k = 0; keys[k] != NULL; k++)
        add_accelerator (set, keys[k]);
    }
}

static void
add_listed (GHashTable *set)
{
  g_autoptr (GtkBuilder) builder
      = gtk_builder_new_from_resource ("/org/fram/Panel/gtk/help-overlay.ui");
  g_autoptr (GSList) objects = gtk_builder_get_objects (builder);

  for (GSList *link = objects; link != NULL; link = link->next)
    {
      g_autofree char *keys = NULL;
      g_auto (GStrv) each = NULL;

      if (!GTK_IS_SHORTCUTS_SHORTCUT (link->data))
        continue;
      g_object_get (link->data, "accelerator", &keys, NULL);
      each = g_strsplit (keys, " ", -1);
      for (guint i = 0; each[i] != NULL; i++)
        add_accelerator (set, each[i]);
    }
  gtk_window_destroy (GTK_WINDOW (gtk_builder_get_object (builder, "help_overlay")));
}

static void
check_within (GHashTable *some, GHashTable *all, const char *what)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, some);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!g_hash_table_contains (all, key))
      g_error ("%s: %s", what, (char *) key);
}

static void
test_list (void)
{
  g_autoptr (GHashTable) there
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) listed
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Gui *gui = gui_new (1280, 800);
  GtkWidget *dialog
      = panel_server_dialog_new (panel_world_get_settings (gui->world), NULL);

  add_widgets (there, GTK_WIDGET (gui->window));
  add_widgets (there, dialog);
  add_application (there);
  add_listed (listed);
  check_within (there, listed, "There is a key that the list does not have");
  /* GTK's own: what is done with a row, and the primary menu. */
  add_accelerator (there, "Return");
  add_accelerator (there, "F10");
  check_within (listed, there, "A key of the list does nothing");
  gtk_window_destroy (GTK_WINDOW (dialog));
  gui_free (gui);
}

/* --- Where keys lead --------------------------------------------------------------- */

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

static GHashTable *
go_round (GtkWidget *window)
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

/* What somebody acts on; the parts of such things are not such things themselves. */
static gboolean
is_control (GtkWidget *widget)
{
  return GTK_IS_BUTTON (widget) || GTK_IS_SWITCH (widget) || GTK_IS_TEXT (widget)
         || GTK_IS_COLUMN_VIEW (widget) || GTK_IS_LIST_VIEW (widget)
         || (GTK_IS_LIST_BOX_ROW (widget)
             && gtk_list_box_row_get_activatable (GTK_LIST_BOX_ROW (widget)));
}

static gboolean
is_reached (GtkWidget *control, GHashTable *seen)
{
  GHashTableIter iter;
  gpointer focus;

  g_hash_table_iter_init (&iter, seen);
  while (g_hash_table_iter_next (&iter, &focus, NULL))
    if (focus == control || gtk_widget_is_ancestor (focus, control))
      return TRUE;
  return FALSE;
}

static guint
check_reached (GtkWidget *within, GHashTable *seen)
{
  guint n = 0;

  /* The window manager has keys for what the title bar has. */
  if (!gtk_widget_get_mapped (within) || !gtk_widget_is_sensitive (within)
      || GTK_IS_WINDOW_CONTROLS (within) || GTK_IS_POPOVER (within))
    return 0;
  if (is_control (within))
    {
      n++;
      if (!is_reached (within, seen))
        g_error ("No key leads to %s “%s” in %s", G_OBJECT_TYPE_NAME (within),
                 gtk_widget_get_tooltip_text (within) == NULL
                     ? ""
                     : gtk_widget_get_tooltip_text (within),
                 G_OBJECT_TYPE_NAME (gtk_widget_get_parent (within)));
    }
  /* The rest of it is for the mouse, or shows what was chosen. */
  if (GTK_IS_SPIN_BUTTON (within) || ADW_IS_COMBO_ROW (within)
      || ADW_IS_ENTRY_ROW (within))
    return n + 1;
  for (GtkWidget *child = gtk_widget_get_first_child (within); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += check_reached (child, seen);
  return n;
}

static void
check_chain (Gui *gui, GtkWidget *window, guint at_least)
{
  g_autoptr (GHashTable) seen = NULL;

  gui_settle (gui);
  seen = go_round (window);
  g_assert_cmpuint (check_reached (window, seen), >=, at_least);
}

static void
show_view (Gui *gui, const char *title)
{
  GtkWidget *button = gui_get (GTK_WIDGET (gui->window), GTK_TYPE_TOGGLE_BUTTON, title);

  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
}

static void
test_chain (gconstpointer width)
{
  static const char *const pages[]
      = { "sessions", "network", "servers", "policies", "history" };
  static const char *const views[] = { "Overview", "Candidates", "Pairs", "Checks" };
  Gui *gui = gui_new (GPOINTER_TO_INT (width), 800);
  GtkWidget *window = GTK_WIDGET (gui->window);

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      panel_window_show_page (gui->window, pages[i]);
      check_chain (gui, window, 4);
    }
  panel_window_show_session (gui->window, gui->mock->call->path);
  until (gui_find_type (window, PANEL_TYPE_SESSION_PAGE) != NULL);
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      show_view (gui, views[i]);
      check_chain (gui, window, 8);
    }
  gui_free (gui);
}

/* --- What is done on the way ------------------------------------------------------- */

/* Goes to it, as Tab and the arrows do, and presses a key there. */
static void
press_on (GtkWidget *window, GtkWidget *control, guint key)
{
  g_autoptr (GHashTable) seen = go_round (window);
  GHashTableIter iter;
  gpointer focus;

  g_assert_true (is_reached (control, seen));
  g_hash_table_iter_init (&iter, seen);
  while (g_hash_table_iter_next (&iter, &focus, NULL))
    if (focus == control || gtk_widget_is_ancestor (focus, control))
      break;
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
static GtkWidget *
choose (GtkWidget *window, const char *item)
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

static void
open_submenu (GtkWidget *window, const char *item)
{
  GtkWidget *before = choose (window, item);

  until (focus_of (window) != before);
}

static void
open_menu (GtkWidget *window, const char *button)
{
  GtkWidget *menu = gui_get (window, GTK_TYPE_MENU_BUTTON, button);
  GtkWidget *popover = GTK_WIDGET (gtk_menu_button_get_popover (GTK_MENU_BUTTON (menu)));

  press_on (window, gtk_widget_get_first_child (menu), GDK_KEY_space);
  until (gtk_widget_get_mapped (popover));
}

static void
on_text (GObject *source, GAsyncResult *result, gpointer data)
{
  *(char **) data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static gboolean
clipboard_has (GtkWidget *window, const char *part)
{
  g_autofree char *text = NULL;

  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (window), NULL, on_text, &text);
  until (text != NULL);
  return strstr (text, part) != NULL;
}

static void
test_table (void)
{
  Gui *gui = gui_new (1280, 800);
  GtkWidget *window = GTK_WIDGET (gui->window);
  PanelTable *table = gui_table (window, "Sessions");
  GtkWidget *view = gui_get (window, GTK_TYPE_COLUMN_VIEW, "Sessions");

  press_on (window, view, GDK_KEY_Down);
  until (panel_table_get_selected (table) != NULL);
  gui_press (GTK_WINDOW (window), GDK_KEY_c, GDK_CONTROL_MASK);
  until (clipboard_has (window, "State: "));
  gui_press (GTK_WINDOW (window), GDK_KEY_F10, GDK_SHIFT_MASK);
  choose (window, "Copy Row as JSON");
  until (clipboard_has (window, "\"label\" :"));
  open_menu (window, "Copying, order, columns");
  choose (window, "Copy Table");
  until (clipboard_has (window, "Application\tSession"));

  /* Twice is the other way round. */
  open_menu (window, "Copying, order, columns");
  open_submenu (window, "Sort By");
  choose (window, "Round trip");
  until (strcmp (fram_row_get_string (gui_row (table, 0), "label"), "Call with Anna")
         == 0);
  open_menu (window, "Copying, order, columns");
  open_submenu (window, "Sort By");
  choose (window, "Round trip");
  until (strcmp (fram_row_get_string (gui_row (table, 4), "label"), "Call with Anna")
         == 0);
  gui_free (gui);
}

static void
test_settings (void)
{
  Gui *gui = gui_new (1280, 1000);
  GtkWidget *window = GTK_WIDGET (gui->window);
  MockService *service = gui->mock->service;

  gui_press (GTK_WINDOW (window), GDK_KEY_4, GDK_ALT_MASK);
  until (gui_find (window, GTK_TYPE_SWITCH, "Use VPNs") != NULL);
  press_on (window, gui_get (window, GTK_TYPE_SWITCH, "Use VPNs"), GDK_KEY_space);
  until (mock_service_count (service, "Set") == 1);
  press_on (window, gui_get (window, GTK_TYPE_BUTTON, "Ports: back to the default"),
            GDK_KEY_space);
  until (mock_service_count (service, "Reset") == 1);

  gui_press (GTK_WINDOW (window), GDK_KEY_3, GDK_ALT_MASK);
  until (gui_find (window, GTK_TYPE_SWITCH, "Use Rented") != NULL);
  gui_settle (gui);
  press_on (window, gui_get (window, GTK_TYPE_SWITCH, "Use Rented"), GDK_KEY_space);
  until (mock_service_count (service, "ChangeServer") == 1);
  until (gui_find (window, GTK_TYPE_BUTTON, "Move up: Rented") != NULL);
  gui_settle (gui);
  press_on (window, gui_get (window, GTK_TYPE_BUTTON, "Move up: Rented"), GDK_KEY_space);
  until (mock_service_count (service, "ChangeServer") == 2);
  gui_free (gui);
}

static void
add_tests (void)
{
  g_test_add_func ("/panel/keyboard/list", test_list);
  g_test_add_data_func ("/panel/keyboard/chain/wide", GINT_TO_POINTER (1280), test_chain);
  g_test_add_data_func ("/panel/keyboard/chain/narrow", GINT_TO_POINTER (480),
                        test_chain);
  g_test_add_func ("/panel/keyboard/table", test_table);
  g_test_add_func ("/panel/keyboard/settings", test_settings);
}

int
main (int argc, char **argv)
{
  return gui_test_main (argc, argv, add_tests);
}
