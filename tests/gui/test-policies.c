/* All settings, as the service describes them. */
#include "gui-test.h"
#include "widgets/panel-setting.h"

static Gui *
open_policies (void)
{
  Gui *gui = gui_new (1280, 1100);

  panel_window_show_page (gui->window, "policies");
  until (gui_find (GTK_WIDGET (gui->window), PANEL_TYPE_SETTING, "Ports") != NULL);
  gui_settle (gui);
  return gui;
}

static GtkWidget *
editor (Gui *gui, GType type, const char *name)
{
  return gui_get (GTK_WIDGET (gui->window), type, name);
}

static void
test_editors (void)
{
  Gui *gui = open_policies ();

  g_assert_cmpint (gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (editor (
                       gui, GTK_TYPE_SPIN_BUTTON, "Keep unused sockets (seconds)"))),
                   ==, 60);
  g_assert_false (
      gtk_switch_get_active (GTK_SWITCH (editor (gui, GTK_TYPE_SWITCH, "Use VPNs"))));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (
                       editor (gui, GTK_TYPE_ENTRY, "Never these interfaces"))),
                   ==, "docker*, virbr0");
  g_assert_cmpstr (
      gtk_editable_get_text (GTK_EDITABLE (editor (gui, GTK_TYPE_ENTRY, "Ports"))), ==,
      "40000-50000");
  g_assert_cmpstr (
      gtk_editable_get_text (GTK_EDITABLE (editor (gui, GTK_TYPE_ENTRY, "Of tomorrow"))),
      ==, "3");
  gui_free (gui);
}

/* What an administrator has locked is shown as locked, and by which file. */
static void
test_locked (void)
{
  Gui *gui = open_policies ();
  GtkWidget *row = editor (gui, PANEL_TYPE_SETTING, "Ways that sessions use");

  g_assert_false (gtk_widget_get_sensitive (
      editor (gui, GTK_TYPE_DROP_DOWN, "Ways that sessions use")));
  gui_get (row, GTK_TYPE_IMAGE, "Locked by an administrator");
  g_assert_nonnull (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)),
                            "/etc/fram/conf.d/office.conf"));
  g_assert_null (gui_find (GTK_WIDGET (gui->window), GTK_TYPE_BUTTON,
                           "Ways that sessions use: back to the default"));
  gui_free (gui);
}

static void
test_changes (void)
{
  Gui *gui = open_policies ();
  MockService *service = gui->mock->service;
  GtkWidget *ports = editor (gui, GTK_TYPE_ENTRY, "Ports");

  gtk_switch_set_active (GTK_SWITCH (editor (gui, GTK_TYPE_SWITCH, "Use VPNs")), TRUE);
  until (g_strcmp0 (mock_service_last (service, "Set"), "({'vpn': <true>},)") == 0);
  gtk_editable_set_text (GTK_EDITABLE (ports), "5000-6000");
  gtk_widget_grab_focus (ports);
  gui_press (GTK_WINDOW (gui->window), GDK_KEY_Return, 0);
  until (g_strcmp0 (mock_service_last (service, "Set"),
                    "({'port-range': <(uint16 5000, uint16 6000)>},)")
         == 0);
  g_assert_true (gtk_widget_activate (
      editor (gui, GTK_TYPE_BUTTON, "Never these interfaces: back to the default")));
  until (g_strcmp0 (mock_service_last (service, "Reset"), "(['interfaces-deny'],)") == 0);
  gui_free (gui);
}

/* What cannot be a value is not sent; what the service refuses is said and taken back. */
static void
test_refusals (void)
{
  Gui *gui = open_policies ();
  MockService *service = gui->mock->service;
  GtkWidget *ports = editor (gui, GTK_TYPE_ENTRY, "Ports");

  gtk_editable_set_text (GTK_EDITABLE (ports), "many");
  gtk_widget_grab_focus (ports);
  gui_press (GTK_WINDOW (gui->window), GDK_KEY_Return, 0);
  until (gui_says (GTK_WIDGET (gui->window),
                   "the first and the last port, from 1 to 65535, or 0 and 0"));
  g_assert_true (gtk_widget_has_css_class (ports, "error"));
  g_assert_cmpuint (mock_service_count (service, "Set"), ==, 0);

  mock_service_fail (service, "Set", "NotStored");
  gtk_switch_set_active (GTK_SWITCH (editor (gui, GTK_TYPE_SWITCH, "Use VPNs")), TRUE);
  until (mock_service_count (service, "Set") == 1);
  until (
      gui_find (GTK_WIDGET (gui->window), GTK_TYPE_SWITCH, "Use VPNs") != NULL
      && !gtk_switch_get_active (GTK_SWITCH (editor (gui, GTK_TYPE_SWITCH, "Use VPNs"))));
  gui_free (gui);
}

/* A change by somebody else is shown; what is just typed elsewhere stays. */
static void
test_changed_elsewhere (void)
{
  Gui *gui = open_policies ();
  GtkWidget *ports = editor (gui, GTK_TYPE_ENTRY, "Ports");

  gtk_editable_set_text (GTK_EDITABLE (ports), "1-");
  mock_service_set_settings (
      gui->mock->service,
      "([('linger', <90>, <60>, 'user', '', 'How long an unused socket keeps its port', "
      "'seconds'),"
      "('vpn', <true>, <true>, 'default', '', 'Whether VPNs are used', 'true or false'),"
      "('interfaces-allow', <@as []>, <@as []>, 'default', '', 'The only ones', 'names'),"
      "('interfaces-deny', <@as []>, <@as []>, 'default', '', 'Never', 'names'),"
      "('history', <true>, <true>, 'default', '', 'Remember', 'true or false'),"
      "('policy', <'all'>, <'all'>, 'default', '', 'Ways', 'all'),"
      "('port-range', <(uint16 40000, uint16 50000)>, <(uint16 0, uint16 0)>, 'user', "
      "'', "
      "'The ports', 'ports')],)");
  mock_service_settings_changed (gui->mock->service);
  until (gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (
             editor (gui, GTK_TYPE_SPIN_BUTTON, "Keep unused sockets (seconds)")))
         == 90);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (ports)), ==, "1-");
  g_assert_cmpuint (mock_service_count (gui->mock->service, "Set"), ==, 0);
  until (gui_find (GTK_WIDGET (gui->window), PANEL_TYPE_SETTING, "Of tomorrow") == NULL);
  gui_free (gui);
}

static void
test_problems (void)
{
  Gui *gui = open_policies ();
  GtkWidget *window = GTK_WIDGET (gui->window);

  g_assert_false (gui_says (window, "What is the matter"));
  mock_service_set_problem (gui->mock->service, "office.conf: line 3 is no setting.");
  mock_service_settings_changed (gui->mock->service);
  until (gui_says (window, "office.conf: line 3 is no setting."));
  mock_service_set_problem (gui->mock->service, NULL);
  mock_service_settings_changed (gui->mock->service);
  until (!gui_says (window, "What is the matter"));
  gui_free (gui);
}

static void
add_tests (void)
{
  g_test_add_func ("/panel/policies/editors", test_editors);
  g_test_add_func ("/panel/policies/locked", test_locked);
  g_test_add_func ("/panel/policies/changes", test_changes);
  g_test_add_func ("/panel/policies/refusals", test_refusals);
  g_test_add_func ("/panel/policies/changed-elsewhere", test_changed_elsewhere);
  g_test_add_func ("/panel/policies/problems", test_problems);
}

int
main (int argc, char **argv)
{
  return gui_test_main (argc, argv, add_tests);
}
