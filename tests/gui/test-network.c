/* The page of the network. */
#include "gui-test.h"
#include "widgets/panel-cell.h"
#include "widgets/panel-fact.h"
#include "widgets/panel-interface.h"

static Gui *
open_network (int width, int height)
{
  Gui *gui = gui_new (width, height);

  panel_window_show_page (gui->window, "network");
  until (gui_says (GTK_WIDGET (gui->window), "wlan0, 192.168.1.0/24"));
  gui_settle (gui);
  return gui;
}

static void
test_interfaces (void)
{
  Gui *gui = open_network (1280, 800);
  GtkWidget *window = GTK_WIDGET (gui->window);
  GtkWidget *wlan = gui_get (window, PANEL_TYPE_INTERFACE, "wlan0   192.168.1.7");
  GtkWidget *lo = gui_get (window, PANEL_TYPE_INTERFACE, "lo   127.0.0.1");

  g_assert_true (
      g_str_has_prefix (adw_expander_row_get_subtitle (ADW_EXPANDER_ROW (wlan)),
                        "Port-restricted cone NAT. A direct connection"));
  g_assert_cmpstr (adw_expander_row_get_subtitle (ADW_EXPANDER_ROW (lo)), ==,
                   "Not used: it leads nowhere but to this computer.");
  g_assert_false (adw_expander_row_get_enable_expansion (ADW_EXPANDER_ROW (lo)));
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (wlan), TRUE);
  gui_settle (gui);
  g_assert_cmpstr (panel_fact_get_value (
                       PANEL_FACT (gui_get (wlan, PANEL_TYPE_FACT, "Address outside"))),
                   ==, "198.51.100.7:40000");
  g_assert_cmpstr (
      panel_fact_get_value (PANEL_FACT (
          gui_get (wlan, PANEL_TYPE_FACT, "A call to somebody behind: symmetric NAT"))),
      ==, "needs a relay");
  gui_get (window, GTK_TYPE_SPINNER, "Is being found out");
  gui_free (gui);
}

static void
test_tables (void)
{
  Gui *gui = open_network (1280, 1150);
  GtkWidget *window = GTK_WIDGET (gui->window);
  PanelTable *servers = gui_table (window, "Servers");
  PanelTable *mappings = gui_table (window, "Mappings");
  g_autofree char *health = NULL, *next = NULL, *silent = NULL;

  until (gui_n_rows (servers) == 4);
  health = gui_cell (servers, 0, "Health");
  silent = gui_cell (servers, 2, "Health");
  next = gui_cell (mappings, 0, "Next keep-alive");
  g_assert_cmpstr (health, ==, "answers");
  g_assert_cmpstr (silent, ==, "silent");
  g_assert_cmpstr (next, ==, "27 s");
  until (gui_find (window, PANEL_TYPE_CELL, "name has no address") != NULL);
  gui_free (gui);
}

static void
test_relays (void)
{
  Gui *gui = open_network (1280, 1150);
  GtkWidget *window = GTK_WIDGET (gui->window);
  PanelTable *relays = gui_table (window, "Relays");
  GtkWidget *there, *resting;

  until (gui_n_rows (relays) == 2);
  gui_check_cell (relays, 0, "Server", "turn:turn.example.org");
  gui_check_cell (relays, 0, "Relayed address", "203.0.113.50:61000");
  gui_check_cell (relays, 0, "Over", "udp");
  gui_check_cell (relays, 0, "Sessions", "2");
  gui_check_cell (relays, 0, "Permissions", "3");
  gui_check_cell (relays, 0, "Channels", "1");
  gui_check_cell (relays, 0, "Lives for", "7 min");
  gui_check_cell (relays, 1, "Relayed address", "–");
  gui_check_cell (relays, 1, "Lives for", "–");
  gui_check_cell (relays, 1, "Why", "Wrong credentials");
  gui_check_cell (relays, 1, "In words",
                  "The server does not take the user name or the password.");
  until (gui_find (GTK_WIDGET (relays), PANEL_TYPE_CELL, "Failed") != NULL);
  there = gui_get (GTK_WIDGET (relays), PANEL_TYPE_CELL, "Ready");
  resting = gui_get (GTK_WIDGET (relays), PANEL_TYPE_CELL, "Failed");
  g_assert_true (gtk_widget_has_css_class (there, "success"));
  g_assert_true (gtk_widget_has_css_class (resting, "warning"));

  mock_service_set_allocations (gui->mock->service, "([],)");
  until (gui_n_rows (relays) == 0);
  g_assert_true (gui_says (
      GTK_WIDGET (relays),
      "No server relays now. A relay is made at a TURN server for the first session that "
      "may need it, and all sessions share it."));
  gui_free (gui);
}

static void
test_check_again (void)
{
  Gui *gui = open_network (1280, 800);
  GtkWidget *window = GTK_WIDGET (gui->window);

  gui_press (GTK_WINDOW (window), GDK_KEY_r, GDK_CONTROL_MASK);
  until (mock_service_count (gui->mock->service, "CheckNetwork") == 1);
  until (gui_says (window, "Check Again"));
  mock_service_fail (gui->mock->service, "CheckNetwork", "NotSupported");
  g_assert_true (gtk_widget_activate (gtk_widget_get_ancestor (
      gui_get (window, GTK_TYPE_LABEL, "Check Again"), GTK_TYPE_BUTTON)));
  until (gui_says (window, "This was not to be done."));
  gui_free (gui);
}

/* Nobody looks: nothing is pulled. */
static void
test_rests_when_it_is_not_seen (void)
{
  Gui *gui = open_network (1280, 800);
  guint pulled, sessions;

  panel_window_show_page (gui->window, "servers");
  gui_settle (gui);
  pulled = mock_service_count (gui->mock->service, "GetNetwork");
  sessions = mock_service_count (gui->mock->service, "GetSessions");
  until (mock_service_count (gui->mock->service, "GetSessions") >= sessions + 3);
  g_assert_cmpuint (mock_service_count (gui->mock->service, "GetNetwork"), <=,
                    pulled + 1);
  gui_free (gui);
}

static void
add_tests (void)
{
  g_test_add_func ("/panel/network/interfaces", test_interfaces);
  g_test_add_func ("/panel/network/tables", test_tables);
  g_test_add_func ("/panel/network/relays", test_relays);
  g_test_add_func ("/panel/network/check-again", test_check_again);
  g_test_add_func ("/panel/network/rests-when-it-is-not-seen",
                   test_rests_when_it_is_not_seen);
}

int
main (int argc, char **argv)
{
  return gui_test_main (argc, argv, add_tests);
}
