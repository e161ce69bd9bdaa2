/* Past sessions. */
#include "gui-test.h"
#include "widgets/panel-cell.h"

static Gui *
open_history (void)
{
  Gui *gui = gui_new (1280, 800);

  panel_window_show_page (gui->window, "history");
  until (gui_find (GTK_WIDGET (gui->window), PANEL_TYPE_CELL, "Found no way") != NULL);
  gui_settle (gui);
  return gui;
}

static void
test_cells (void)
{
  Gui *gui = open_history ();
  PanelTable *table = gui_table (GTK_WIDGET (gui->window), "Past sessions");

  g_assert_cmpuint (gui_n_rows (table), ==, 4);
  gui_check_cell (table, 0, "Application", "Fractal");
  gui_check_cell (table, 0, "Ended", "28 Nov 2025, 16:42");
  gui_check_cell (table, 0, "Lasted", "42 min");
  gui_check_cell (table, 0, "Result", "Was connected");
  gui_check_cell (table, 0, "Path", "host to srflx over UDP");
  gui_check_cell (table, 2, "Why it ended", "No pair succeeded");
  gui_check_cell (table, 3, "Application", "Unknown application");
  gui_check_cell (table, 3, "Result", "Ended before");
  gui_free (gui);
}

static void
test_search (void)
{
  Gui *gui = open_history ();
  PanelTable *table = gui_table (GTK_WIDGET (gui->window), "Past sessions");

  panel_table_search (table, "no way");
  g_assert_cmpuint (gui_n_rows (table), ==, 1);
  gui_check_cell (table, 0, "Label", "holiday.zip");
  gui_free (gui);
}

/* A session that ends while somebody looks comes into the list. */
static void
test_comes_into_it (void)
{
  Gui *gui = open_history ();
  PanelTable *table = gui_table (GTK_WIDGET (gui->window), "Past sessions");

  mock_service_set_history (
      gui->mock->service,
      "([(9, 'Warp', 'holiday.zip', 1764345600, 1764348120, 'failed', "
      "'no-pair-succeeded', "
      "'', -1, 0, 0),"
      "(7, 'Fractal', 'Call with Anna', 1764345600, 1764348120, 'completed', "
      "'closed-by-application', 'host to srflx over UDP', 12500, 450000000, "
      "230000000)],)");
  mock_service_remove_session (gui->mock->service, gui->mock->transfer);
  mock_service_changed (gui->mock->service);
  until (gui_n_rows (table) == 5);
  gui_free (gui);
}

static void
test_none (void)
{
  MockWorld *mock = mock_world_new ();
  Gui *gui;

  mock_service_set_history (mock->service, "([],)");
  gui = gui_new_in (mock, 1100, 700);
  panel_window_show_page (gui->window, "history");
  until (gui_says (
      GTK_WIDGET (gui->window),
      "No session has ended yet, or the policies say that none is remembered."));
  gui_free (gui);
}

static void
add_tests (void)
{
  g_test_add_func ("/panel/history/cells", test_cells);
  g_test_add_func ("/panel/history/search", test_search);
  g_test_add_func ("/panel/history/comes-into-it", test_comes_into_it);
  g_test_add_func ("/panel/history/none", test_none);
}

int
main (int argc, char **argv)
{
  return gui_test_main (argc, argv, add_tests);
}
