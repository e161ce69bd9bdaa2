/* The servers of the settings, and the dialog that tests while one looks. */
#include "gui-test.h"
#include "pages/server-dialog.h"
#include "widgets/panel-fact.h"
#include "widgets/panel-server.h"

static Gui *
open_servers (void)
{
  Gui *gui = gui_new (1280, 1000);

  panel_window_show_page (gui->window, "servers");
  until (gui_find (GTK_WIDGET (gui->window), PANEL_TYPE_SERVER, "Rented") != NULL);
  gui_settle (gui);
  return gui;
}

static const char *
fact (GtkWidget *dialog, const char *title)
{
  return panel_fact_get_value (PANEL_FACT (gui_get (dialog, PANEL_TYPE_FACT, title)));
}

static void
type (GtkWidget *dialog, const char *row, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (gui_get (dialog, ADW_TYPE_ENTRY_ROW, row)), text);
}

static void
press_button (GtkWidget *within, const char *name)
{
  g_assert_true (gtk_widget_activate (gui_get (within, GTK_TYPE_BUTTON, name)));
}

static void
test_list (void)
{
  Gui *gui = open_servers ();
  GtkWidget *window = GTK_WIDGET (gui->window);
  AdwActionRow *office = ADW_ACTION_ROW (gui_get (window, PANEL_TYPE_SERVER, "Office"));
  AdwActionRow *rented = ADW_ACTION_ROW (gui_get (window, PANEL_TYPE_SERVER, "Rented"));
  AdwActionRow *last = ADW_ACTION_ROW (
      gui_get (window, PANEL_TYPE_SERVER, "turn:192.0.2.200:3479?transport=tcp"));

  g_assert_cmpstr (adw_action_row_get_icon_name (office), ==, "changes-prevent-symbolic");
  g_assert_nonnull (
      strstr (adw_action_row_get_subtitle (office), "/etc/fram/conf.d/office.conf"));
  g_assert_cmpstr (adw_action_row_get_subtitle (rented), ==,
                   "turns:turn.example.org · user anna · password in the keyring");
  g_assert_nonnull (
      strstr (adw_action_row_get_subtitle (last), "the password is missing"));
  g_assert_cmpstr (adw_action_row_get_icon_name (last), ==, "dialog-warning-symbolic");
  g_assert_true (gtk_switch_get_active (
      GTK_SWITCH (gui_get (window, GTK_TYPE_SWITCH, "Use Rented"))));
  gui_free (gui);
}

static void
test_switch_and_move (void)
{
  Gui *gui = open_servers ();
  GtkWidget *window = GTK_WIDGET (gui->window);
  MockService *service = gui->mock->service;

  gtk_switch_set_active (GTK_SWITCH (gui_get (window, GTK_TYPE_SWITCH, "Use Rented")),
                         FALSE);
  until (g_strcmp0 (mock_service_last (service, "ChangeServer"),
                    "('p7w1c4bb', {'enabled': <false>})")
         == 0);
  /* The list is made anew, and says again what this service keeps. */
  until (gtk_switch_get_active (
      GTK_SWITCH (gui_get (window, GTK_TYPE_SWITCH, "Use Rented"))));
  gui_settle (gui);
  press_button (window, "Move up: Rented");
  until (g_strcmp0 (mock_service_last (service, "ChangeServer"),
                    "('p7w1c4bb', {'position': <uint32 0>})")
         == 0);
  /* A refusal is said, and the switch shows again what is. */
  mock_service_fail (service, "ChangeServer", "Locked");
  gtk_switch_set_active (GTK_SWITCH (gui_get (window, GTK_TYPE_SWITCH, "Use Office")),
                         FALSE);
  until (gui_says (window, "This was not to be done."));
  until (gtk_switch_get_active (
      GTK_SWITCH (gui_get (window, GTK_TYPE_SWITCH, "Use Office"))));
  gui_free (gui);
}

/* A server is described, tested meanwhile, and added with its password. */
static void
test_add (void)
{
  Gui *gui = open_servers ();
  MockService *service = gui->mock->service;
  GtkWidget *dialog;

  gui_press (GTK_WINDOW (gui->window), GDK_KEY_n, GDK_CONTROL_MASK);
  until (gui_dialog (PANEL_TYPE_SERVER_DIALOG) != NULL);
  dialog = gui_dialog (PANEL_TYPE_SERVER_DIALOG);
  g_assert_false (gtk_widget_get_sensitive (gui_get (dialog, GTK_TYPE_BUTTON, "Add")));
  type (dialog, "URI, as turn:turn.example.org", "turn:turn.example.org");
  /* That it wants a user name is guessed by its URI. */
  until (gui_find (dialog, ADW_TYPE_ENTRY_ROW, "User name") != NULL);
  type (dialog, "URI, as turn:turn.example.org", "stun:stun.example.org");
  until (gui_find (dialog, ADW_TYPE_ENTRY_ROW, "User name") == NULL);
  type (dialog, "URI, as turn:turn.example.org", "turn:turn.example.org");
  until (gui_find (dialog, ADW_TYPE_ENTRY_ROW, "User name") != NULL);
  type (dialog, "User name", "anna");
  gtk_editable_set_text (
      GTK_EDITABLE (gui_get (dialog, ADW_TYPE_PASSWORD_ENTRY_ROW, "Password")),
      "correct horse");
  until (gui_says (dialog, "All is well."));
  g_assert_cmpstr (fact (dialog, "It answers"), ==,
                   "in 48 ms, and sees 198.51.100.7:40000");
  g_assert_cmpstr (fact (dialog, "It relays"), ==, "at 203.0.113.50:61000, for 10 min");
  g_assert_cmpstr (mock_service_last_secret (service), ==, "correct horse");
  g_assert_null (strstr (mock_service_last (service, "TestServer"), "horse"));
  g_assert_cmpuint (mock_service_count (service, "TestServer"), ==, 1);

  press_button (dialog, "Add");
  until (gui_dialog (PANEL_TYPE_SERVER_DIALOG) == NULL);
  g_assert_nonnull (
      strstr (mock_service_last (service, "AddServer"), "'turn:turn.example.org'"));
  g_assert_nonnull (strstr (mock_service_last (service, "AddServer"), "'anna'"));
  g_assert_null (strstr (mock_service_last (service, "AddServer"), "horse"));
  g_assert_cmpstr (mock_service_last (service, "SetSecret"), ==, "('new00001', 0)");
  gui_free (gui);
}

/* The test says at which step it ended, and what to do. */
static void
test_test_that_fails (void)
{
  Gui *gui = open_servers ();
  GtkWidget *dialog;

  mock_service_set_test_result (
      gui->mock->service,
      "({'ok': <false>, 'step': <'allocate'>, 'cause': <'wrong-credentials'>, 'advice': "
      "<'The server does not take this user name & password.'>, 'transport': <'udp'>, "
      "'server': <'203.0.113.50:3478'>, 'mapped': <'198.51.100.7:40000'>, 'relayed': "
      "<''>, "
      "'relayed-6': <''>, 'rtt': <int64 48100>, 'took': <int64 130000>, 'lifetime': "
      "<uint32 0>},)");
  press_button (GTK_WIDGET (gui->window), "Change, test or remove: Rented");
  until (gui_dialog (PANEL_TYPE_SERVER_DIALOG) != NULL);
  dialog = gui_dialog (PANEL_TYPE_SERVER_DIALOG);
  until (gui_says (dialog, "The server does not take this user name & password."));
  g_assert_cmpstr (fact (dialog, "It takes the connection"), ==, "by udp");
  g_assert_cmpstr (fact (dialog, "It relays"), ==, "Wrong credentials");
  g_assert_nonnull (
      strstr (mock_service_last (gui->mock->service, "TestServer"), "'p7w1c4bb'"));
  gui_free (gui);
}

static void
test_refused (void)
{
  Gui *gui = open_servers ();
  GtkWidget *dialog;

  press_button (GTK_WIDGET (gui->window), "Change, test or remove: Rented");
  until (gui_dialog (PANEL_TYPE_SERVER_DIALOG) != NULL);
  dialog = gui_dialog (PANEL_TYPE_SERVER_DIALOG);
  mock_service_fail (gui->mock->service, "ChangeServer", "NotStored");
  press_button (dialog, "Save");
  until (gui_says (dialog, "This was not to be done."));
  press_button (dialog, "Save");
  until (gui_dialog (PANEL_TYPE_SERVER_DIALOG) == NULL);
  g_assert_cmpuint (mock_service_count (gui->mock->service, "SetSecret"), ==, 0);
  gui_free (gui);
}

/* What an administrator has set is shown and tested, and cannot be changed. */
static void
test_locked (void)
{
  Gui *gui = open_servers ();
  GtkWidget *dialog;

  press_button (GTK_WIDGET (gui->window), "Look at it, test it: Office");
  until (gui_dialog (PANEL_TYPE_SERVER_DIALOG) != NULL);
  dialog = gui_dialog (PANEL_TYPE_SERVER_DIALOG);
  until (gui_says (
      dialog, "An administrator has set this server, in /etc/fram/conf.d/office.conf."));
  g_assert_false (gtk_editable_get_editable (GTK_EDITABLE (
      gui_get (dialog, ADW_TYPE_ENTRY_ROW, "URI, as turn:turn.example.org"))));
  g_assert_null (gui_find (dialog, GTK_TYPE_BUTTON, "Save"));
  g_assert_null (gui_find (dialog, GTK_TYPE_BUTTON, "Remove This Server"));
  until (gui_says (dialog, "All is well."));
  gui_press (GTK_WINDOW (dialog), GDK_KEY_Escape, 0);
  until (gui_dialog (PANEL_TYPE_SERVER_DIALOG) == NULL);
  gui_free (gui);
}

static void
test_none (void)
{
  MockWorld *mock = mock_world_new ();
  Gui *gui;

  mock_service_set_servers (mock->service, "([],)");
  gui = gui_new_in (mock, 1100, 700);
  panel_window_show_page (gui->window, "servers");
  until (gui_says (GTK_WIDGET (gui->window), "No Servers Yet"));
  mock_service_fail (mock->service, "ListServers", "NotSupported");
  mock_service_servers_changed (mock->service);
  until (gui_says (GTK_WIDGET (gui->window), "The Servers Cannot Be Listed"));
  press_button (GTK_WIDGET (gui->window), "Try Again");
  until (gui_says (GTK_WIDGET (gui->window), "No Servers Yet"));
  gui_free (gui);
}

static void
add_tests (void)
{
  g_test_add_func ("/panel/servers/list", test_list);
  g_test_add_func ("/panel/servers/switch-and-move", test_switch_and_move);
  g_test_add_func ("/panel/servers/add", test_add);
  g_test_add_func ("/panel/servers/test-that-fails", test_test_that_fails);
  g_test_add_func ("/panel/servers/refused", test_refused);
  g_test_add_func ("/panel/servers/locked", test_locked);
  g_test_add_func ("/panel/servers/none", test_none);
}

int
main (int argc, char **argv)
{
  return gui_test_main (argc, argv, add_tests);
}
