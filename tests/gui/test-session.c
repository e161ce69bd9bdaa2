/* One session: its tables, its picture, its checks, its report, its end. */
#include "gui-keys.h"
#include "pages/session-packets.h"
#include "pages/session-page.h"
#include "widgets/panel-cell.h"
#include "widgets/panel-graph.h"
#include "widgets/panel-picture.h"

#include <glib/gstdio.h>

static GtkWidget *
page_of (Gui *gui)
{
  return gui_find_type (GTK_WIDGET (gui->window), PANEL_TYPE_SESSION_PAGE);
}

/* Opened as by --session. */
static Gui *
open_session (int width, int height, guint which)
{
  MockWorld *mock = mock_world_new ();
  MockSession *session = which == 0 ? mock->call : mock->game;
  Gui *gui = gui_new_in (mock, width, height);
  panel_window_show_session (gui->window, session->path);
  until (page_of (gui) != NULL);
  until (gui_find (GTK_WIDGET (gui->window), PANEL_TYPE_CELL, "A pair works.") != NULL
         || which != 0);
  gui_settle (gui);
  return gui;
}

static void
test_opened_by_key (void)
{
  Gui *gui = gui_new (1280, 800);
  PanelTable *table = gui_table (GTK_WIDGET (gui->window), "Sessions");
  GtkWidget *cell = gui_get (GTK_WIDGET (table), PANEL_TYPE_CELL, "direct, 12 ms");
  GtkWidget *row = gtk_widget_get_parent (gtk_widget_get_parent (cell));

  g_assert_true (gtk_widget_grab_focus (row));
  gui_press (GTK_WINDOW (gui->window), GDK_KEY_Return, 0);
  until (page_of (gui) != NULL);
  g_assert_true (gui_says (GTK_WIDGET (gui->window), "Call with Anna"));
  gui_press (GTK_WINDOW (gui->window), GDK_KEY_Escape, 0);
  until (page_of (gui) == NULL);
  g_assert_cmpuint (gui_n_rows (table), ==, 5);
  gui_free (gui);
}

static void
test_overview (void)
{
  Gui *gui = open_session (1280, 800, 0);
  GtkWidget *page = page_of (gui);
  PanelTable *changes = gui_table (page, "Time line");
  g_autofree char *last = NULL, *components = NULL;

  g_assert_true (gui_says (page, "Connected: direct, 12 ms"));
  g_assert_true (gui_says (
      page, "Direct, because both sides' NATs keep one port for all destinations."));
  g_assert_cmpuint (gui_n_rows (changes), ==, 5);
  last = gui_cell (changes, 3, "What");
  g_assert_cmpstr (last, ==, "Component 0.1: connected");
  components = gui_cell (gui_table (page, "Components"), 0, "Bytes sent");
  g_assert_cmpstr (components, ==, "48.0\u00a0MB");
  gui_free (gui);
}

/* What is drawn says in words what it shows. */
static void
test_picture (void)
{
  GtkSettings *settings = gtk_settings_get_default ();
  Gui *gui;
  GtkWidget *picture;

  g_object_set (settings, "gtk-enable-animations", TRUE, NULL);
  gui = open_session (1280, 800, 0);
  picture = gui_find_type (page_of (gui), PANEL_TYPE_PICTURE);
  g_assert_true (
      gtk_test_accessible_has_role (GTK_ACCESSIBLE (picture), GTK_ACCESSIBLE_ROLE_IMG));
  until (
      gui_find (page_of (gui), PANEL_TYPE_PICTURE,
                "Picture of the paths: 2 addresses of this host, 3 of the peer, 6 pairs, "
                "1 carries the data, 1 works, 1 being checked, 1 waits, 1 failed, "
                "1 frozen; data go from 198.51.100.7 to 192.0.2.33 in 12 ms")
      != NULL);
  g_assert_true (panel_picture_is_moving (PANEL_PICTURE (picture)));
  /* It comes to rest with the last check. */
  mock_session_pair (gui->mock->call, 2)->state = "failed";
  mock_service_changed (gui->mock->service);
  until (!panel_picture_is_moving (PANEL_PICTURE (picture)));
  gui_free (gui);

  /* Who does not want anything to move is heeded. */
  g_object_set (settings, "gtk-enable-animations", FALSE, NULL);
  gui = open_session (1280, 800, 0);
  picture = gui_find_type (page_of (gui), PANEL_TYPE_PICTURE);
  g_assert_false (panel_picture_is_moving (PANEL_PICTURE (picture)));
  gui_free (gui);
}

/* Of what is not on the screen nothing is computed, and it is as it should be when it comes back. */
static void
test_picture_out_of_sight (void)
{
  Gui *gui = open_session (1280, 800, 0);
  PanelPicture *picture
      = PANEL_PICTURE (gui_find_type (page_of (gui), PANEL_TYPE_PICTURE));
  PanelTable *pairs;

  g_assert_true (panel_picture_is_following (picture));
  gui_show_view (gui, "Pairs");
  g_assert_false (panel_picture_is_following (picture));
  mock_session_pair (gui->mock->call, 2)->state = "failed";
  mock_service_changed (gui->mock->service);
  pairs = gui_table (page_of (gui), "Pairs");
  until (strcmp (fram_row_get_string (gui_row (pairs, 2), "state"), "failed") == 0);
  gui_show_view (gui, "Overview");
  g_assert_true (panel_picture_is_following (picture));
  until (
      gui_find (page_of (gui), PANEL_TYPE_PICTURE,
                "Picture of the paths: 2 addresses of this host, 3 of the peer, 6 pairs, "
                "1 carries the data, 1 works, 1 waits, 2 failed, "
                "1 frozen; data go from 198.51.100.7 to 192.0.2.33 in 12 ms")
      != NULL);
  gui_free (gui);
}

static void
test_graphs (void)
{
  Gui *gui = open_session (1280, 800, 0);

  until (gui_find (page_of (gui), PANEL_TYPE_GRAPH,
                   "Round-trip time: now 12 ms, at most 12 ms")
         != NULL);
  gui->mock->call->rtt = 30000;
  mock_service_changed (gui->mock->service);
  until (gui_find (page_of (gui), PANEL_TYPE_GRAPH,
                   "Round-trip time: now 30 ms, at most 30 ms")
         != NULL);
  gui_free (gui);
}

static void
test_candidates (void)
{
  Gui *gui = open_session (1280, 800, 0);
  PanelTable *local, *remote;
  g_autofree char *type = NULL, *server = NULL;

  gui_show_view (gui, "Candidates");
  local = gui_table (page_of (gui), "Local candidates");
  remote = gui_table (page_of (gui), "Remote candidates");
  g_assert_cmpuint (gui_n_rows (local), ==, 4);
  g_assert_cmpuint (gui_n_rows (remote), ==, 3);
  type = gui_cell (local, 2, "Type");
  g_assert_cmpstr (type, ==, "server-reflexive");
  server = gui_cell (local, 2, "Server");
  g_assert_cmpstr (server, ==, "stun:stun.example.org");
  gui_free (gui);
}

static void
test_pairs (void)
{
  Gui *gui = open_session (1280, 800, 0);
  PanelTable *pairs;
  FramRow *row;
  g_autofree char *state = NULL, *nominated = NULL, *why = NULL;

  gui_show_view (gui, "Pairs");
  pairs = gui_table (page_of (gui), "Pairs");
  g_assert_cmpuint (gui_n_rows (pairs), ==, 6);
  state = gui_cell (pairs, 1, "State");
  nominated = gui_cell (pairs, 1, "Nominated");
  why = gui_cell (pairs, 0, "Why");
  g_assert_cmpstr (state, ==, "Selected");
  g_assert_cmpstr (nominated, ==, "yes");
  g_assert_cmpstr (why, ==, "No answer came to eight requests.");

  /* What changes is seen in its place; the row stays selected. */
  row = gui_row (pairs, 2);
  panel_table_select (pairs, row);
  mock_session_pair (gui->mock->call, 2)->state = "succeeded";
  mock_session_pair (gui->mock->call, 2)->rtt = 77000;
  mock_service_changed (gui->mock->service);
  until (gui_find (page_of (gui), PANEL_TYPE_CELL, "77 ms") != NULL);
  g_assert_true (panel_table_get_selected (pairs) == row);
  g_assert_true (gui_row (pairs, 2) == row);
  gui_free (gui);
}

static guint
count_cells (GtkWidget *within, const char *title)
{
  guint n = PANEL_IS_CELL (within)
            && strcmp (panel_cell_get_column (PANEL_CELL (within))->title, title) == 0;

  for (GtkWidget *child = gtk_widget_get_first_child (within); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count_cells (child, title);
  return n;
}

/* Of many rows those are made that are seen, and more when somebody scrolls; a row that is
 * selected stays so wherever it stands. */
static void
test_many_pairs (void)
{
  MockWorld *mock = mock_world_new ();
  Gui *gui;
  PanelTable *pairs;
  GtkWidget *scroller;
  GtkAdjustment *down;
  FramRow *last;

  mock_world_crowd (mock, 1, 100);
  gui = gui_new_in (mock, 1280, 800);
  panel_window_show_session (gui->window, "/org/fram/Ice1/session/_1_9/s6");
  until (page_of (gui) != NULL);
  gui_show_view (gui, "Pairs");
  pairs = gui_table (page_of (gui), "Pairs");
  until (gui_n_rows (pairs) == 100);
  gui_settle (gui);
  g_assert_cmpuint (count_cells (GTK_WIDGET (pairs), "RTT"), >=, 20);
  g_assert_cmpuint (count_cells (GTK_WIDGET (pairs), "RTT"), <, 60);

  last = gui_row (pairs, 99);
  scroller = gui_find_type (GTK_WIDGET (pairs), GTK_TYPE_SCROLLED_WINDOW);
  down = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
  while (gui_find (GTK_WIDGET (pairs), PANEL_TYPE_CELL, "100 ms") == NULL)
    {
      gtk_adjustment_set_value (down, gtk_adjustment_get_upper (down));
      gui_settle (gui);
    }
  panel_table_select (pairs, last);
  gui_show_view (gui, "Overview");
  gui_show_view (gui, "Pairs");
  g_assert_true (panel_table_get_selected (pairs) == last);
  panel_table_sort (pairs, "rtt", GTK_SORT_DESCENDING);
  g_assert_true (gui_row (pairs, 0) == last);
  panel_table_sort (pairs, "rtt", GTK_SORT_ASCENDING);
  gui_settle (gui);
  g_assert_true (panel_table_get_selected (pairs) == last);
  gui_free (gui);
}

static void
tell (Gui *gui, const char *event, const char *remote)
{
  g_autofree char *json
      = g_strdup_printf ("{\"time\": 1764349200123456, \"session\": %" G_GUINT64_FORMAT
                         ", \"event\": \"%s\", "
                         "\"local\": \"192.168.1.7:50000\", \"remote\": \"%s\"}",
                         gui->mock->call->id, event, remote);

  mock_service_tell_event (gui->mock->service, gui->mock->call->id, json);
}

static void
test_checks (void)
{
  Gui *gui = open_session (1280, 800, 0);
  PanelTable *events;
  GtkWidget *kind, *pause;
  g_autofree char *time = NULL;

  gui_show_view (gui, "Checks");
  events = gui_table (page_of (gui), "Check by check");
  until (mock_service_get_n_readers (gui->mock->service) == 1);
  tell (gui, "request-sent", "192.0.2.33:42000");
  tell (gui, "response-received", "192.0.2.33:42000");
  tell (gui, "pair-state", "192.0.2.33:42000");
  until (gui_n_rows (events) == 3);
  until (gui_find (GTK_WIDGET (events), PANEL_TYPE_CELL, "Response received") != NULL);
  time = gui_cell (events, 0, "Time");
  g_assert_cmpstr (time, ==, "17:00:00.123");

  kind = gui_get (page_of (gui), GTK_TYPE_DROP_DOWN, "Which events are shown");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (kind), 1);
  until (gui_n_rows (events) == 2);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (kind), 0);
  until (gui_n_rows (events) == 3);

  pause = gui_get (page_of (gui), GTK_TYPE_TOGGLE_BUTTON, "Pause");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (pause), TRUE);
  until (gui_says (page_of (gui), "Paused: what happens meanwhile is left out."));
  tell (gui, "request-sent", "192.0.2.33:42001");
  tell (gui, "request-sent", "192.0.2.33:42002");
  gui_settle (gui);
  g_assert_cmpuint (gui_n_rows (events), ==, 3);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (pause), FALSE);
  until (gui_find (GTK_WIDGET (events), PANEL_TYPE_CELL, "2 lost here") != NULL);
  until (gui_says (page_of (gui), "Events lost: 2"));
  g_assert_true (
      gtk_widget_activate (gui_get (page_of (gui), GTK_TYPE_BUTTON, "Clear the list")));
  until (gui_says (page_of (gui), "Nothing has happened since this page was opened."));
  gui_free (gui);
}

static void
test_report (void)
{
  Gui *gui = open_session (1280, 800, 0);
  PanelSessionPage *page = PANEL_SESSION_PAGE (page_of (gui));
  g_autofree char *text = panel_session_page_report (page, FALSE);
  g_autofree char *json = panel_session_page_report (page, TRUE);

  g_assert_true (g_str_has_prefix (text, "Fractal: Call with Anna\nConnected: direct"));
  g_assert_nonnull (strstr (text, "Pairs\nState\tLocal\t"));
  g_assert_nonnull (strstr (json, "\"candidates\" : ["));
  g_assert_nonnull (strstr (json, "\"remote\" : \"192.0.2.33:42000\""));
  gui_free (gui);
}

/* Packets go into a file, until the service says that it was all; how it goes is told. */
static void
test_packets (void)
{
  Gui *gui = open_session (1280, 800, 0);
  g_autoptr (PanelSessionPackets) packets = panel_session_packets_new ();
  g_autofree char *folder = g_dir_make_tmp ("fram-packets-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "session.pcapng", NULL);
  g_autofree char *done = NULL, *text = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  g_assert_null (panel_session_packets_describe (packets));
  panel_session_packets_save (packets, panel_world_get_inspector (gui->world),
                              gui->mock->call->id, file, FALSE);
  until (panel_session_packets_is_running (packets));
  g_assert_true (
      g_str_has_prefix (mock_service_last (gui->mock->service, "Capture"), "(1,"));
  mock_service_end_capture (gui->mock->service, "twenty packets or so");
  done = g_strdup_printf ("Packets were saved in %s: 20 bytes.", path);
  until (!panel_session_packets_is_running (packets));
  text = panel_session_packets_describe (packets);
  g_assert_cmpstr (text, ==, done);
  g_clear_pointer (&text, g_free);
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "twenty packets or so");
  gui_free (gui);
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* A session that ends while somebody looks at it stays as it was last. */
static void
test_end (void)
{
  Gui *gui = open_session (1280, 800, 0);
  PanelTable *changes = gui_table (page_of (gui), "Time line");

  mock_service_remove_session (gui->mock->service, gui->mock->call);
  mock_service_changed (gui->mock->service);
  until (gui_says (page_of (gui), "Connected: direct, 12 ms – this session has ended"));
  g_assert_cmpuint (gui_n_rows (changes), ==, 5);
  g_assert_true (gtk_widget_activate (
      gui_get (GTK_WIDGET (gui->window), GTK_TYPE_BUTTON, "Back to the list")));
  until (page_of (gui) == NULL);
  gui_free (gui);
}

static void
add_tests (void)
{
  g_test_add_func ("/panel/session/opened-by-key", test_opened_by_key);
  g_test_add_func ("/panel/session/overview", test_overview);
  g_test_add_func ("/panel/session/picture", test_picture);
  g_test_add_func ("/panel/session/picture-out-of-sight", test_picture_out_of_sight);
  g_test_add_func ("/panel/session/graphs", test_graphs);
  g_test_add_func ("/panel/session/candidates", test_candidates);
  g_test_add_func ("/panel/session/pairs", test_pairs);
  g_test_add_func ("/panel/session/many-pairs", test_many_pairs);
  g_test_add_func ("/panel/session/checks", test_checks);
  g_test_add_func ("/panel/session/report", test_report);
  g_test_add_func ("/panel/session/packets", test_packets);
  g_test_add_func ("/panel/session/end", test_end);
}

int
main (int argc, char **argv)
{
  return gui_test_main (argc, argv, add_tests);
}
