/* The list of sessions: what its cells say, and that order and selection stay put while
 * values change. */
#include "gui-test.h"
#include "pages/sessions-page.h"
#include "widgets/panel-cell.h"

static PanelTable *
sessions_of (Gui *gui)
{
  return gui_table (GTK_WIDGET (gui->window), "Sessions");
}

/* The row of a label. */
static guint
row_of (PanelTable *table, const char *label)
{
  for (guint i = 0; i < gui_n_rows (table); i++)
    if (strcmp (fram_row_get_string (gui_row (table, i), "label"), label) == 0)
      return i;
  g_error ("There is no session “%s”", label);
}

static void
check_cell (PanelTable *table, const char *label, const char *column,
            const char *expected)
{
  gui_check_cell (table, row_of (table, label), column, expected);
}

static void
test_cells (void)
{
  Gui *gui = gui_new (1280, 800);
  PanelTable *table = sessions_of (gui);

  g_assert_cmpuint (gui_n_rows (table), ==, 5);
  check_cell (table, "Call with Anna", "Application", "Fractal");
  check_cell (table, "Call with Anna", "State", "Connected");
  check_cell (table, "Call with Anna", "Path", "direct, 12 ms");
  check_cell (table, "Match of four", "Path", "relayed by turn.example.org, 48 ms");
  check_cell (table, "holiday.zip", "Path", "none");
  check_cell (table, "Screen for Anna", "State", "Checking");
  check_cell (table, "Screen for Anna", "Path", "none yet");
  check_cell (table, "", "Application", "Unknown application");
  check_cell (table, "", "Session", "s5");
  gui_free (gui);
}

/* Every cell has its text as its accessible name, and a state has an icon, too. */
static void
test_accessible_names (void)
{
  Gui *gui = gui_new (1280, 800);
  GtkWidget *window = GTK_WIDGET (gui->window);
  GtkWidget *cell = gui_get (window, PANEL_TYPE_CELL, "Connected");

  g_assert_true (gtk_test_accessible_has_role (GTK_ACCESSIBLE (cell),
                                               GTK_ACCESSIBLE_ROLE_GRID_CELL));
  g_assert_true (GTK_IS_IMAGE (gtk_widget_get_first_child (cell)));
  g_assert_true (gtk_widget_has_css_class (cell, "success"));
  gui_get (window, PANEL_TYPE_CELL, "direct, 12 ms");
  gui_get (window, GTK_TYPE_COLUMN_VIEW, "Sessions");
  gui_get (window, GTK_TYPE_TOGGLE_BUTTON, "Search in this table");
  gui_get (window, GTK_TYPE_MENU_BUTTON, "Copying, order, columns");
  gui_get (window, GTK_TYPE_MENU_BUTTON, "Main menu");
  gui_free (gui);
}

static void
test_sorting (void)
{
  Gui *gui = gui_new (1280, 800);
  PanelTable *table = sessions_of (gui);

  /* By application at first. */
  g_assert_cmpuint (row_of (table, "Match of four"), ==, 0);
  panel_table_sort (table, "rtt", GTK_SORT_ASCENDING);
  g_assert_cmpuint (row_of (table, "Call with Anna"), ==, 0);
  g_assert_cmpuint (row_of (table, "Match of four"), ==, 1);
  panel_table_sort (table, "rtt", GTK_SORT_DESCENDING);
  g_assert_cmpuint (row_of (table, "Match of four"), ==, 3);
  gui_free (gui);
}

/* A value that changes moves a row within the order; whoever was selected stays so. */
static void
test_selection_stays (void)
{
  Gui *gui = gui_new (1280, 800);
  PanelTable *table = sessions_of (gui);
  FramRow *call;

  panel_table_sort (table, "rtt", GTK_SORT_ASCENDING);
  call = gui_row (table, row_of (table, "Call with Anna"));
  panel_table_select (table, call);
  for (guint i = 1; i <= 5; i++)
    {
      gui->mock->call->rtt = 60000 + i * 1000;
      mock_service_changed (gui->mock->service);
      until (fram_row_get_number (call, "rtt") == gui->mock->call->rtt);
      g_assert_true (panel_table_get_selected (table) == call);
    }
  until (row_of (table, "Call with Anna") == 1);
  g_assert_true (panel_table_get_selected (table) == call);
  check_cell (table, "Call with Anna", "Path", "direct, 65 ms");
  until (gui_find (GTK_WIDGET (gui->window), PANEL_TYPE_CELL, "direct, 65 ms") != NULL);
  gui_free (gui);
}

static gboolean
on_stream (gpointer data)
{
  ++*(guint *) data;
  return G_SOURCE_CONTINUE;
}

/* Messages that come without a pause do not keep what they change from being seen. */
static void
test_steady_stream (void)
{
  Gui *gui = gui_new (1280, 800);
  guint n = 0;
  guint stream = g_idle_add_full (G_PRIORITY_DEFAULT, on_stream, &n, NULL);

  gui->mock->call->rtt = 77000;
  mock_service_changed (gui->mock->service);
  until (gui_find (GTK_WIDGET (gui->window), PANEL_TYPE_CELL, "direct, 77 ms") != NULL);
  g_assert_cmpuint (n, >, 0);
  g_source_remove (stream);
  gui_free (gui);
}

static void
test_search (void)
{
  Gui *gui = gui_new (1280, 800);
  PanelTable *table = sessions_of (gui);
  GtkWidget *entry;

  gui_press (GTK_WINDOW (gui->window), GDK_KEY_Tab, 0);
  panel_table_select (table, gui_row (table, 0));
  gtk_widget_activate_action (GTK_WIDGET (table), "table.search", NULL);
  until (gui_find (GTK_WIDGET (table), GTK_TYPE_SEARCH_ENTRY, "Search in all columns")
         != NULL);
  entry = gui_get (GTK_WIDGET (table), GTK_TYPE_SEARCH_ENTRY, "Search in all columns");
  gtk_editable_set_text (GTK_EDITABLE (entry), "ANNA");
  until (gui_n_rows (table) == 2);
  until (gui_says (GTK_WIDGET (table), "2 of 5"));
  gtk_editable_set_text (GTK_EDITABLE (entry), "nowhere at all");
  until (gui_says (GTK_WIDGET (table), "Nothing here is like what is looked for."));
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  until (gui_n_rows (table) == 5);
  gui_free (gui);
}

static void
on_text (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  *(char **) data
      = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, &error);
  g_assert_no_error (error);
}

static char *
clipboard_of (Gui *gui)
{
  char *text = NULL;

  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (gui->window)),
                                 NULL, on_text, &text);
  until (text != NULL);
  return text;
}

static void
test_copy (void)
{
  Gui *gui = gui_new (1280, 800);
  PanelTable *table = sessions_of (gui);
  g_autofree char *text = NULL, *json = NULL, *all = NULL;

  panel_table_select (table, gui_row (table, row_of (table, "Call with Anna")));
  gtk_widget_activate_action (GTK_WIDGET (table), "table.copy", NULL);
  text = clipboard_of (gui);
  g_assert_nonnull (strstr (text, "Path: direct, 12 ms\n"));
  gtk_widget_activate_action (GTK_WIDGET (table), "table.copy-json", NULL);
  json = clipboard_of (gui);
  g_assert_nonnull (strstr (json, "\"label\" : \"Call with Anna\""));
  g_assert_nonnull (strstr (json, "\"rtt\" : 12400"));
  gtk_widget_activate_action (GTK_WIDGET (table), "table.copy-all", NULL);
  all = clipboard_of (gui);
  g_assert_true (g_str_has_prefix (all, "Application\tSession\tState\tPath"));
  gui_free (gui);
}

static void
test_columns_are_remembered (void)
{
  Gui *gui = gui_new (1280, 800);
  PanelTable *table = sessions_of (gui);

  g_assert_null (gui_find (GTK_WIDGET (table), GTK_TYPE_LABEL, "Role"));
  gtk_widget_activate_action (GTK_WIDGET (table), "columns.role", NULL);
  until (gui_says (GTK_WIDGET (table), "Role"));
  gui_free (gui);

  gui = gui_new (1280, 800);
  table = sessions_of (gui);
  g_assert_true (gui_says (GTK_WIDGET (table), "Role"));
  gtk_widget_activate_action (GTK_WIDGET (table), "columns.role", NULL);
  gui_free (gui);
}

static void
test_narrow_has_fewer_columns (void)
{
  Gui *gui = gui_new (480, 800);
  PanelTable *table = sessions_of (gui);

  g_assert_true (gui_says (GTK_WIDGET (table), "Path"));
  g_assert_false (gui_says (GTK_WIDGET (table), "Sends"));
  gui_free (gui);
}

static void
test_come_and_go (void)
{
  Gui *gui = gui_new (1280, 800);
  PanelTable *table = sessions_of (gui);
  FramRow *game = gui_row (table, row_of (table, "Match of four"));
  MockSession *late;

  panel_table_select (table, game);
  late = mock_service_add_session (gui->mock->service, "Aardvark", "Late", "new");
  mock_service_changed (gui->mock->service);
  until (gui_n_rows (table) == 6);
  g_assert_cmpuint (row_of (table, "Late"), ==, 1);
  g_assert_true (panel_table_get_selected (table) == game);
  mock_service_remove_session (gui->mock->service, late);
  mock_service_changed (gui->mock->service);
  until (gui_n_rows (table) == 5);
  g_assert_true (panel_table_get_selected (table) == game);
  gui_free (gui);
}

/* A path that leads nowhere is said, until a session is there. */
static void
test_unknown_path (void)
{
  Gui *gui = gui_new (1280, 800);
  GtkWidget *window = GTK_WIDGET (gui->window);
  MockSession *late;

  panel_window_show_session (gui->window, "/org/fram/Ice1/session/none");
  until (gui_says (window, "There Is No Such Session"));
  g_assert_true (
      gtk_widget_activate (gui_get (window, GTK_TYPE_BUTTON, "Show All Sessions")));
  until (gui_find_type (window, PANEL_TYPE_TABLE) != NULL);
  g_assert_cmpuint (gui_n_rows (sessions_of (gui)), ==, 5);

  /* So does the way back from a session. */
  panel_window_show_session (gui->window, "/org/fram/Ice1/session/none");
  until (gui_find (window, GTK_TYPE_BUTTON, "Back to the list") != NULL);
  gui_press (GTK_WINDOW (window), GDK_KEY_Escape, 0);
  until (gui_find_type (window, PANEL_TYPE_TABLE) != NULL);
  g_assert_null (gui_find (window, GTK_TYPE_BUTTON, "Back to the list"));

  /* Whoever looked at another one does not go on with it. */
  panel_window_show_session (gui->window, gui->mock->call->path);
  until (gui_says (window, "Call with Anna"));
  panel_window_show_session (gui->window, "/org/fram/Ice1/session/_1_9/s6");
  until (gui_says (window, "There Is No Such Session"));
  late = mock_service_add_session (gui->mock->service, "Aardvark", "Late", "new");
  g_assert_cmpstr (late->path, ==, "/org/fram/Ice1/session/_1_9/s6");
  mock_service_changed (gui->mock->service);
  until (gui_says (window, "Late"));
  g_assert_false (gui_says (window, "There Is No Such Session"));
  gui_free (gui);
}

static void
test_none (void)
{
  MockWorld *mock = mock_world_new ();
  Gui *gui;

  mock_world_clear (mock);
  gui = gui_new_in (mock, 1100, 700);
  until (gui_says (GTK_WIDGET (gui->window), "No Sessions"));
  gui_free (gui);
}

static void
add_tests (void)
{
  g_test_add_func ("/panel/sessions/cells", test_cells);
  g_test_add_func ("/panel/sessions/accessible-names", test_accessible_names);
  g_test_add_func ("/panel/sessions/sorting", test_sorting);
  g_test_add_func ("/panel/sessions/selection-stays", test_selection_stays);
  g_test_add_func ("/panel/sessions/steady-stream", test_steady_stream);
  g_test_add_func ("/panel/sessions/search", test_search);
  g_test_add_func ("/panel/sessions/copy", test_copy);
  g_test_add_func ("/panel/sessions/columns-are-remembered", test_columns_are_remembered);
  g_test_add_func ("/panel/sessions/narrow-has-fewer-columns",
                   test_narrow_has_fewer_columns);
  g_test_add_func ("/panel/sessions/come-and-go", test_come_and_go);
  g_test_add_func ("/panel/sessions/unknown-path", test_unknown_path);
  g_test_add_func ("/panel/sessions/none", test_none);
}

int
main (int argc, char **argv)
{
  return gui_test_main (argc, argv, add_tests);
}
