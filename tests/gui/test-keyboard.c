/* Everything by keys alone: what the list of keys says, and where Tab and the arrows lead. */
#include "gui-keys.h"
#include "pages/server-dialog.h"
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

/* What somebody acts on; the parts of such things are not such things themselves. */
static gboolean
is_control (GtkWidget *widget)
{
  return GTK_IS_BUTTON (widget) || GTK_IS_SWITCH (widget) || GTK_IS_TEXT (widget)
         || GTK_IS_COLUMN_VIEW (widget) || GTK_IS_LIST_VIEW (widget)
         || (GTK_IS_LIST_BOX_ROW (widget)
             && gtk_list_box_row_get_activatable (GTK_LIST_BOX_ROW (widget)));
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
      if (!gui_is_reached (within, seen))
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
  seen = gui_go_round (window);
  g_assert_cmpuint (check_reached (window, seen), >=, at_least);
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
  gui_open_call (gui);
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      gui_show_view (gui, views[i]);
      check_chain (gui, window, 8);
    }
  gui_free (gui);
}

static void
add_tests (void)
{
  g_test_add_func ("/panel/keyboard/list", test_list);
  g_test_add_data_func ("/panel/keyboard/chain/wide", GINT_TO_POINTER (1280), test_chain);
  g_test_add_data_func ("/panel/keyboard/chain/narrow", GINT_TO_POINTER (480),
                        test_chain);
}

int
main (int argc, char **argv)
{
  return gui_test_main (argc, argv, add_tests);
}
