/* Going from page to page, with and without a service, wide and narrow. */
#include "gui-test.h"
#include "model/memory.h"
#include "pages/sessions-page.h"

static const char *
page_of (Gui *gui)
{
  GtkWidget *stack = gui_find_type (GTK_WIDGET (gui->window), ADW_TYPE_VIEW_STACK);

  return adw_view_stack_get_visible_child_name (ADW_VIEW_STACK (stack));
}

static void
test_keys (void)
{
  static const char *const pages[]
      = { "sessions", "network", "servers", "policies", "history" };
  Gui *gui = gui_new (1100, 700);

  for (guint i = G_N_ELEMENTS (pages); i-- > 0;)
    {
      gui_press (GTK_WINDOW (gui->window), GDK_KEY_1 + i, GDK_ALT_MASK);
      until (strcmp (page_of (gui), pages[i]) == 0);
    }
  gui_free (gui);
}

/* The list at the side follows the pages, and leads to them. */
static void
test_sidebar (void)
{
  Gui *gui = gui_new (1100, 700);
  GtkWidget *list = gui_get (GTK_WIDGET (gui->window), GTK_TYPE_LIST_VIEW, "Pages");
  GtkSelectionModel *pages = gtk_list_view_get_model (GTK_LIST_VIEW (list));

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (pages)), ==, 5);
  gtk_selection_model_select_item (pages, 4, TRUE);
  g_assert_cmpstr (page_of (gui), ==, "history");
  g_assert_true (panel_window_show_page (gui->window, "servers"));
  g_assert_true (gtk_selection_model_is_selected (pages, 2));
  g_assert_false (panel_window_show_page (gui->window, "elsewhere"));
  g_assert_cmpstr (page_of (gui), ==, "servers");
  gui_free (gui);
}

static void
test_narrow (void)
{
  Gui *gui = gui_new (480, 800);
  GtkWidget *window = GTK_WIDGET (gui->window);

  g_assert_cmpint (gtk_widget_get_width (window), ==, 480);
  g_assert_null (gui_find (window, GTK_TYPE_LIST_VIEW, "Pages"));
  g_assert_nonnull (gui_find_type (window, ADW_TYPE_VIEW_SWITCHER_BAR));
  gui_free (gui);
}

/* Pages without rows need little room, which is no reason for a sidebar. */
static void
test_narrow_and_empty (void)
{
  MockWorld *mock = mock_world_new ();
  Gui *gui;

  mock_world_clear (mock);
  mock_service_set_servers (mock->service, "([],)");
  gui = gui_new_in (mock, 480, 800);
  panel_window_show_page (gui->window, "servers");
  until (gui_says (GTK_WIDGET (gui->window), "No Servers Yet"));
  gui_settle (gui);
  g_assert_null (gui_find (GTK_WIDGET (gui->window), GTK_TYPE_LIST_VIEW, "Pages"));
  gui_free (gui);
}

static void
test_no_service (void)
{
  Gui *gui = gui_new_without_service ();
  GtkWidget *window = GTK_WIDGET (gui->window);
  MockWorld *mock;

  g_assert_true (gui_says (window, "The Service Does Not Run"));
  /* It cannot be started: why not is said. */
  g_assert_true (
      gtk_widget_activate (gui_get (window, GTK_TYPE_BUTTON, "Start the Service")));
  until (panel_world_get_message (gui->world) != NULL);
  /* As soon as there is one, it is shown. */
  mock = mock_world_new ();
  until (panel_world_get_state (gui->world) == PANEL_WORLD_THERE);
  until (gui_find (window, GTK_TYPE_LABEL, "Sessions") != NULL);
  /* And when it ends, that is said again. */
  mock_service_stop (mock->service);
  until (gui_says (window, "The Service Does Not Run"));
  mock_service_start (mock->service);
  until (panel_world_get_state (gui->world) == PANEL_WORLD_THERE);
  gui_free (gui);
  mock_world_free (mock);
}

static void
test_failing_service (void)
{
  Gui *gui;
  MockWorld *mock = mock_world_new ();

  mock_service_fail_always (mock->service, "GetSessions", "LimitExceeded");
  gui = gui_new_in (mock, 1100, 700);
  until (panel_world_get_state (gui->world) == PANEL_WORLD_FAILED);
  until (gui_says (GTK_WIDGET (gui->window), "The Service Cannot Be Asked"));
  g_assert_true (gui_says (GTK_WIDGET (gui->window), "This was not to be done."));
  gui_free (gui);
}

static void
count (GdkFrameClock *clock, guint *n_frames)
{
  ++*n_frames;
}

/* Where nothing changes nothing is drawn, whatever turns and moves on pages behind. */
static void
test_rests (void)
{
  GtkSettings *settings = gtk_settings_get_default ();
  guint n_frames = 0, pulls;
  Gui *gui;
  GtkWidget *window;
  MockService *service;

  g_object_set (settings, "gtk-enable-animations", TRUE, NULL);
  gui = gui_new (1280, 800);
  window = GTK_WIDGET (gui->window);
  service = gui->mock->service;
  panel_window_show_session (gui->window, gui->mock->call->path);
  until (gui_find (window, GTK_TYPE_TOGGLE_BUTTON, "Candidates") != NULL);
  gtk_widget_activate (gui_get (window, GTK_TYPE_TOGGLE_BUTTON, "Candidates"));
  panel_window_show_page (gui->window, "network");
  until (gui_find (window, GTK_TYPE_SPINNER, "Is being found out") != NULL);
  panel_window_show_page (gui->window, "servers");
  /* What moves from page to page comes to its end. */
  pulls = mock_service_count (service, "GetSessions");
  until (mock_service_count (service, "GetSessions") >= pulls + 2);
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint",
                    G_CALLBACK (count), &n_frames);
  pulls = mock_service_count (service, "GetSessions");
  until (mock_service_count (service, "GetSessions") >= pulls + 3);
  g_assert_cmpuint (n_frames, <=, 5);
  g_signal_handlers_disconnect_by_func (gtk_widget_get_frame_clock (window), count,
                                        &n_frames);
  gui_free (gui);
  g_object_set (settings, "gtk-enable-animations", FALSE, NULL);
}

static void
test_size_is_remembered (void)
{
  Gui *gui = gui_new (900, 640);

  g_object_add_weak_pointer (G_OBJECT (gui->window), (gpointer *) &gui->window);
  gtk_window_close (GTK_WINDOW (gui->window));
  until (gui->window == NULL);
  gui_free (gui);
  memory_read_again ();
  g_assert_cmpint (memory_get_int ("window", "width", 0), ==, 900);
  g_assert_cmpint (memory_get_int ("window", "height", 0), ==, 640);
}

static void
add_tests (void)
{
  g_test_add_func ("/panel/window/keys", test_keys);
  g_test_add_func ("/panel/window/sidebar", test_sidebar);
  g_test_add_func ("/panel/window/narrow", test_narrow);
  g_test_add_func ("/panel/window/narrow-and-empty", test_narrow_and_empty);
  g_test_add_func ("/panel/window/no-service", test_no_service);
  g_test_add_func ("/panel/window/failing-service", test_failing_service);
  g_test_add_func ("/panel/window/rests", test_rests);
  g_test_add_func ("/panel/window/size-is-remembered", test_size_is_remembered);
}

int
main (int argc, char **argv)
{
  return gui_test_main (argc, argv, add_tests);
}
