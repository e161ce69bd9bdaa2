/* What is done in the panel, done by keys alone. */
#include "gui-keys.h"
#include "pages/server-dialog.h"
#include "widgets/panel-cell.h"

#include <string.h>

static void
test_table (void)
{
  Gui *gui = gui_new (1280, 800);
  GtkWidget *window = GTK_WIDGET (gui->window);
  PanelTable *table = gui_table (window, "Sessions");
  GtkWidget *view = gui_get (window, GTK_TYPE_COLUMN_VIEW, "Sessions");

  gui_press_on (window, view, GDK_KEY_Down);
  until (panel_table_get_selected (table) != NULL);
  gui_press (GTK_WINDOW (window), GDK_KEY_c, GDK_CONTROL_MASK);
  until (gui_clipboard_has (window, "State: "));
  gui_press (GTK_WINDOW (window), GDK_KEY_F10, GDK_SHIFT_MASK);
  gui_choose (window, "Copy Row as JSON");
  until (gui_clipboard_has (window, "\"label\" :"));
  gui_open_menu (window, "Copying, order, columns");
  gui_choose (window, "Copy Table");
  until (gui_clipboard_has (window, "Application\tSession"));

  /* Twice is the other way round. */
  gui_open_menu (window, "Copying, order, columns");
  gui_open_submenu (window, "Sort By");
  gui_choose (window, "Round trip");
  until (strcmp (fram_row_get_string (gui_row (table, 0), "label"), "Call with Anna")
         == 0);
  gui_open_menu (window, "Copying, order, columns");
  gui_open_submenu (window, "Sort By");
  gui_choose (window, "Round trip");
  until (strcmp (fram_row_get_string (gui_row (table, 4), "label"), "Call with Anna")
         == 0);
  gui_free (gui);
}

static void
test_settings (void)
{
  Gui *gui = gui_new (1280, 1000);
  GtkWidget *window = GTK_WIDGET (gui->window), *former;
  MockService *service = gui->mock->service;

  gui_press (GTK_WINDOW (window), GDK_KEY_4, GDK_ALT_MASK);
  until (gui_find (window, GTK_TYPE_SWITCH, "Use VPNs") != NULL);
  gui_press_on (window, gui_get (window, GTK_TYPE_SWITCH, "Use VPNs"), GDK_KEY_space);
  until (mock_service_count (service, "Set") == 1);
  gui_press_on (window, gui_get (window, GTK_TYPE_BUTTON, "Ports: back to the default"),
                GDK_KEY_space);
  until (mock_service_count (service, "Reset") == 1);

  gui_press (GTK_WINDOW (window), GDK_KEY_3, GDK_ALT_MASK);
  until (gui_find (window, GTK_TYPE_SWITCH, "Use Rented") != NULL);
  gui_settle (gui);
  former = gui_get (window, GTK_TYPE_BUTTON, "Move up: Rented");
  g_object_add_weak_pointer (G_OBJECT (former), (gpointer *) &former);
  gui_press_on (window, gui_get (window, GTK_TYPE_SWITCH, "Use Rented"), GDK_KEY_space);
  until (mock_service_count (service, "ChangeServer") == 1);
  /* After a change all servers are shown anew. */
  until (former == NULL);
  until (gui_find (window, GTK_TYPE_BUTTON, "Move up: Rented") != NULL);
  gui_settle (gui);
  gui_press_on (window, gui_get (window, GTK_TYPE_BUTTON, "Move up: Rented"),
                GDK_KEY_space);
  until (mock_service_count (service, "ChangeServer") == 2);
  gui_free (gui);
}

/* --- Searching --------------------------------------------------------------------- */

static void
search (Gui *gui, PanelTable *table, const char *text, guint n_expected)
{
  guint n_rows = gui_n_rows (table);

  gui_press (GTK_WINDOW (gui->window), GDK_KEY_f, GDK_CONTROL_MASK);
  gui_settle (gui);
  gui_type (GTK_WIDGET (gui->window), text);
  until (gui_n_rows (table) == n_expected);
  gui_press (GTK_WINDOW (gui->window), GDK_KEY_Escape, 0);
  until (gui_n_rows (table) == n_rows);
}

static void
test_search (void)
{
  Gui *gui = gui_new (1280, 800);
  GtkWidget *window = GTK_WIDGET (gui->window);

  search (gui, gui_table (window, "Sessions"), "anna", 2);
  gui_press (GTK_WINDOW (window), GDK_KEY_5, GDK_ALT_MASK);
  until (gui_find (window, PANEL_TYPE_CELL, "Found no way") != NULL);
  gui_settle (gui);
  search (gui, gui_table (window, "Past sessions"), "no way", 1);
  gui_free (gui);
}

static void
test_columns (void)
{
  Gui *gui = gui_new (1280, 800);
  GtkWidget *window = GTK_WIDGET (gui->window), *popover;

  g_assert_nonnull (gui_find (window, PANEL_TYPE_CELL, "direct, 12 ms"));
  gui_open_menu (window, "Copying, order, columns");
  gui_open_submenu (window, "Columns");
  gui_choose (window, "Path");
  until (gui_find (window, PANEL_TYPE_CELL, "direct, 12 ms") == NULL);
  /* The menu stays for other columns. */
  popover = GTK_WIDGET (gtk_menu_button_get_popover (GTK_MENU_BUTTON (
      gui_get (window, GTK_TYPE_MENU_BUTTON, "Copying, order, columns"))));
  g_assert_true (gtk_widget_get_mapped (popover));
  gui_press (GTK_WINDOW (window), GDK_KEY_Escape, 0);
  until (!gtk_widget_get_mapped (popover));
  gui_free (gui);
}

/* --- A session --------------------------------------------------------------------- */

static void
test_report (void)
{
  Gui *gui = gui_new (1280, 800);
  GtkWidget *window = GTK_WIDGET (gui->window);

  gui_open_call (gui);
  gui_open_menu (window, "Copy a report, save packets");
  gui_choose (window, "Copy Report as Text");
  until (gui_clipboard_has (window, "Fractal: Call with Anna"));
  gui_open_menu (window, "Copy a report, save packets");
  gui_choose (window, "Copy Report as JSON");
  until (gui_clipboard_has (window, "\"candidates\" : ["));
  gui_free (gui);
}

static void
test_checks (void)
{
  Gui *gui = gui_new (1280, 800);
  GtkWidget *window = GTK_WIDGET (gui->window), *page = gui_open_call (gui), *kind,
            *clear;

  gui_press_on (window, gui_get (page, GTK_TYPE_TOGGLE_BUTTON, "Checks"), GDK_KEY_space);
  until (mock_service_get_n_readers (gui->mock->service) == 1);
  gui_settle (gui);
  gui_press (GTK_WINDOW (window), GDK_KEY_p, GDK_CONTROL_MASK);
  until (gui_says (page, "Paused: what happens meanwhile is left out."));
  gui_press_on (window, gui_get (page, GTK_TYPE_TOGGLE_BUTTON, "Pause"), GDK_KEY_space);
  until (!gui_says (page, "Paused: what happens meanwhile is left out."));

  kind = gui_get (page, GTK_TYPE_DROP_DOWN, "Which events are shown");
  gui_press_on (window, kind, GDK_KEY_space);
  gui_settle (gui);
  gui_press (GTK_WINDOW (window), GDK_KEY_Down, 0);
  gui_press (GTK_WINDOW (window), GDK_KEY_Return, 0);
  until (gtk_drop_down_get_selected (GTK_DROP_DOWN (kind)) == 1);

  mock_service_tell_event (gui->mock->service, gui->mock->call->id,
                           "{\"time\": 1, \"event\": \"request-sent\"}");
  until (gui_n_rows (gui_table (page, "Check by check")) == 1);
  clear = gui_get (page, GTK_TYPE_BUTTON, "Clear the list");
  gui_press_on (window, clear, GDK_KEY_space);
  until (gui_n_rows (gui_table (page, "Check by check")) == 0);
  gui_free (gui);
}

/* --- Servers ----------------------------------------------------------------------- */

/* Described, tested meanwhile, and added. */
static void
test_server (void)
{
  Gui *gui = gui_new (1280, 800);
  GtkWidget *window = GTK_WIDGET (gui->window), *dialog;
  MockService *service = gui->mock->service;

  gui_press (GTK_WINDOW (window), GDK_KEY_3, GDK_ALT_MASK);
  until (gui_find (window, GTK_TYPE_SWITCH, "Use Rented") != NULL);
  gui_press (GTK_WINDOW (window), GDK_KEY_n, GDK_CONTROL_MASK);
  until (gui_dialog (PANEL_TYPE_SERVER_DIALOG) != NULL);
  dialog = gui_dialog (PANEL_TYPE_SERVER_DIALOG);
  gui_type (dialog, "stun:stun.example.org");
  until (mock_service_count (service, "TestServer") == 1);
  until (gui_find (dialog, GTK_TYPE_BUTTON, "Test Again") != NULL);
  gui_press_on (dialog, gui_get (dialog, GTK_TYPE_BUTTON, "Test Again"), GDK_KEY_space);
  until (mock_service_count (service, "TestServer") == 2);
  gui_press_on (dialog, gui_get (dialog, GTK_TYPE_BUTTON, "Add"), GDK_KEY_space);
  until (gui_dialog (PANEL_TYPE_SERVER_DIALOG) == NULL);
  g_assert_nonnull (
      strstr (mock_service_last (service, "AddServer"), "'stun:stun.example.org'"));
  gui_free (gui);
}

static void
add_tests (void)
{
  g_test_add_func ("/panel/keyboard-acts/table", test_table);
  g_test_add_func ("/panel/keyboard-acts/settings", test_settings);
  g_test_add_func ("/panel/keyboard-acts/search", test_search);
  g_test_add_func ("/panel/keyboard-acts/columns", test_columns);
  g_test_add_func ("/panel/keyboard-acts/report", test_report);
  g_test_add_func ("/panel/keyboard-acts/checks", test_checks);
  g_test_add_func ("/panel/keyboard-acts/server", test_server);
}

int
main (int argc, char **argv)
{
  return gui_test_main (argc, argv, add_tests);
}
