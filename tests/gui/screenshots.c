/* Every page as a picture, light and dark, wide and narrow, into the folder
 * FRAM_SCREENSHOTS.  That nothing in a table is cut off is checked; what lies over something
 * else, a person sees. */
#include "gui-test.h"
#include "pages/network-page.h"
#include "pages/server-dialog.h"
#include "pages/session-page.h"
#include "widgets/panel-cell.h"
#include "widgets/panel-graph.h"
#include "widgets/panel-interface.h"
#include "widgets/panel-picture.h"
#include "widgets/panel-server.h"
#include "widgets/panel-setting.h"

static const char *folder;
static const char *scheme; /* "light" or "dark" */

/* All columns are to be seen, but for the many of a pair, which are scrolled through. */
static void
check_columns (GtkWidget *view, const char *name)
{
  GtkAdjustment *across = gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (view));
  double wanted = gtk_adjustment_get_upper (across);
  double given = gtk_adjustment_get_page_size (across);

  if (wanted > given + 0.5 && (given < 600 || strcmp (name, "session-Pairs") != 0))
    g_error ("%s: the columns need %g pixels and have %g", name, wanted, given);
}

/* No cell of the world that is shown is cut off. */
static void
check_cells (GtkWidget *within, const char *name)
{
  if (!gtk_widget_get_mapped (within))
    return;
  if (GTK_IS_COLUMN_VIEW (within))
    check_columns (within, name);
  if (PANEL_IS_CELL (within) && !panel_cell_is_complete (PANEL_CELL (within)))
    g_error ("%s: “%s” is cut off: %s", name,
             panel_cell_get_column (PANEL_CELL (within))->title,
             panel_cell_get_text (PANEL_CELL (within)));
  for (GtkWidget *child = gtk_widget_get_first_child (within); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_cells (child, name);
}

static void
save (GtkWidget *window, const char *name)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, 0, 0);
  g_autoptr (GdkPaintable) paintable = NULL;
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *file = NULL, *path = NULL;

  /* A new window has no size before its first frame. */
  do
    gtk_test_widget_wait_for_draw (window);
  while (gtk_widget_get_width (window) == 0);
  gtk_test_widget_wait_for_draw (window);
  check_cells (window, name);
  bounds.size.width = gtk_widget_get_width (window);
  bounds.size.height = gtk_widget_get_height (window);
  paintable = gtk_widget_paintable_new (window);
  gdk_paintable_snapshot (paintable, snapshot, bounds.size.width, bounds.size.height);
  node = gtk_snapshot_free_to_node (snapshot);
  g_assert_nonnull (node);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)),
                                         node, &bounds);
  file = g_strdup_printf ("%s-%s-%d.png", name, scheme, (int) bounds.size.width);
  path = g_build_filename (folder, file, NULL);
  g_assert_true (gdk_texture_save_to_png (texture, path));
}

static void
save_window (Gui *gui, const char *name)
{
  gui_settle (gui);
  save (GTK_WIDGET (gui->window), name);
}

/* --- Pages ------------------------------------------------------------------------- */

static void
save_sessions (Gui *gui)
{
  panel_window_show_page (gui->window, "sessions");
  until (gui_find (GTK_WIDGET (gui->window), PANEL_TYPE_CELL, "direct, 12 ms") != NULL);
  gui->mock->call->bytes_sent += 410000;
  gui->mock->call->bytes_received += 90000;
  mock_service_changed (gui->mock->service);
  until (fram_row_get_number (
             FRAM_ROW (fram_inspector_find_session (
                 panel_world_get_inspector (gui->world), gui->mock->call->path)),
             "send-rate")
         > 0);
  panel_table_select (gui_table (GTK_WIDGET (gui->window), "Sessions"),
                      gui_row (gui_table (GTK_WIDGET (gui->window), "Sessions"), 1));
  save_window (gui, "sessions");
}

static void
tell (Gui *gui, gint64 after, const char *event, const char *remote, const char *why)
{
  g_autofree char *json = g_strdup_printf (
      "{\"time\": %" G_GINT64_FORMAT ", \"session\": %" G_GUINT64_FORMAT
      ", \"event\": \"%s\", \"local\": \"192.168.1.7:50000\", \"remote\": \"%s\", "
      "\"explanation\": \"%s\"}",
      G_GINT64_CONSTANT (1764349200000000) + after, gui->mock->call->id, event, remote,
      why);

  mock_service_tell_event (gui->mock->service, gui->mock->call->id, json);
}

static void
scroll_to_end (GtkWidget *scroller)
{
  GtkAdjustment *down
      = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));

  gtk_adjustment_set_value (down, gtk_adjustment_get_upper (down));
}

static void
save_views (Gui *gui)
{
  static const char *const views[] = { "Overview", "Candidates", "Pairs", "Checks" };
  GtkWidget *page = gui_find_type (GTK_WIDGET (gui->window), PANEL_TYPE_SESSION_PAGE);

  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      g_autofree char *name = g_strconcat ("session-", views[i], NULL);

      GtkWidget *button = gui_get (page, GTK_TYPE_TOGGLE_BUTTON, views[i]);

      gtk_widget_activate (button);
      until (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (button)));
      save_window (gui, name);
      if (i == 0)
        {
          scroll_to_end (gui_find_type (page, GTK_TYPE_SCROLLED_WINDOW));
          save_window (gui, "session-Overview-end");
        }
    }
}

/* Three minutes of a call, of which the last one is heard better. */
static void
fill_graphs (Gui *gui)
{
  GtkWidget *page = gui_find_type (GTK_WIDGET (gui->window), PANEL_TYPE_SESSION_PAGE);
  PanelGraph *rtt = PANEL_GRAPH (gui_find_type (page, PANEL_TYPE_GRAPH));
  GtkWidget *beside
      = gtk_widget_get_next_sibling (gtk_widget_get_parent (GTK_WIDGET (rtt)));
  PanelGraph *rate = PANEL_GRAPH (gui_find_type (beside, PANEL_TYPE_GRAPH));
  gint64 now = g_get_monotonic_time ();

  panel_graph_clear (rtt);
  panel_graph_clear (rate);
  for (int second = -180; second <= 0; second++)
    {
      double wave = (second * second) % 17 + (second * 7 + 700) % 5;

      panel_graph_add (rtt, now + second * G_USEC_PER_SEC,
                       (second < -60 ? 19000 : 11800) + 150 * wave, -1);
      panel_graph_add (rate, now + second * G_USEC_PER_SEC,
                       (second < -60 ? 180000 : 410000) + 4000 * wave,
                       90000 + 1500 * wave);
    }
}

static void
save_session (Gui *gui)
{
  panel_window_show_session (gui->window, gui->mock->call->path);
  until (gui_find (GTK_WIDGET (gui->window), PANEL_TYPE_CELL, "A pair works.") != NULL);
  until (mock_service_get_n_readers (gui->mock->service) > 0);
  until (
      gui_find (GTK_WIDGET (gui->window), PANEL_TYPE_PICTURE,
                "Picture of the paths: 2 addresses of this host, 3 of the peer, 6 pairs, "
                "1 carries the data, 1 works, 1 being checked, 1 waits, 1 failed, "
                "1 frozen; data go from 198.51.100.7 to 192.0.2.33 in 12 ms")
      != NULL);
  tell (gui, 291000, "request-sent", "192.0.2.33:42000", "");
  tell (gui, 303400, "response-received", "192.0.2.33:42000", "The check was answered.");
  tell (gui, 303500, "writable", "192.0.2.33:42000", "The check was answered.");
  tell (gui, 340000, "request-repeated", "10.0.0.4:51000", "No answer came yet.");
  fill_graphs (gui);
  save_views (gui);
  gtk_widget_activate_action (GTK_WIDGET (gui->window), "win.back", NULL);
}

static void
save_network (Gui *gui)
{
  GtkWidget *window = GTK_WIDGET (gui->window);

  panel_window_show_page (gui->window, "network");
  until (gui_find (window, PANEL_TYPE_INTERFACE, "wlan0   192.168.1.7") != NULL);
  save_window (gui, "network");
  adw_expander_row_set_expanded (
      ADW_EXPANDER_ROW (gui_get (window, PANEL_TYPE_INTERFACE, "wlan0   192.168.1.7")),
      TRUE);
  save_window (gui, "network-opened");
  adw_expander_row_set_expanded (
      ADW_EXPANDER_ROW (gui_get (window, PANEL_TYPE_INTERFACE, "wlan0   192.168.1.7")),
      FALSE);
  scroll_to_end (gui_find_type (gui_find_type (window, PANEL_TYPE_NETWORK_PAGE),
                                GTK_TYPE_SCROLLED_WINDOW));
  save_window (gui, "network-end");
}

static void
save_dialog (Gui *gui)
{
  GtkWidget *edit = gui_get (GTK_WIDGET (gui->window), GTK_TYPE_BUTTON,
                             "Change, test or remove: Rented");
  GtkWidget *dialog;

  gtk_widget_activate (edit);
  until (gui_dialog (PANEL_TYPE_SERVER_DIALOG) != NULL);
  dialog = gui_dialog (PANEL_TYPE_SERVER_DIALOG);
  until (gui_says (dialog, "All is well."));
  save (dialog, "server");
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
save_servers (Gui *gui)
{
  panel_window_show_page (gui->window, "servers");
  until (gui_find (GTK_WIDGET (gui->window), PANEL_TYPE_SERVER, "Rented") != NULL);
  save_window (gui, "servers");
  save_dialog (gui);
}

static void
save_policies (Gui *gui)
{
  panel_window_show_page (gui->window, "policies");
  until (gui_find (GTK_WIDGET (gui->window), PANEL_TYPE_SETTING, "Ports") != NULL);
  save_window (gui, "policies");
}

static void
save_history (Gui *gui)
{
  panel_window_show_page (gui->window, "history");
  until (gui_find (GTK_WIDGET (gui->window), PANEL_TYPE_CELL, "Found no way") != NULL);
  save_window (gui, "history");
}

/* --- What stands where there is nothing -------------------------------------------- */

static void
save_empty (int width, int height)
{
  MockWorld *mock = mock_world_new ();
  Gui *gui;

  mock_world_clear (mock);
  mock_service_set_servers (mock->service, "([],)");
  mock_service_set_history (mock->service, "([],)");
  gui = gui_new_in (mock, width, height);
  until (gui_says (GTK_WIDGET (gui->window), "No Sessions"));
  save_window (gui, "sessions-empty");
  panel_window_show_page (gui->window, "servers");
  until (gui_says (GTK_WIDGET (gui->window), "No Servers Yet"));
  save_window (gui, "servers-empty");
  mock_service_stop (mock->service);
  until (gui_says (GTK_WIDGET (gui->window), "The Service Does Not Run"));
  save_window (gui, "no-service");
  mock_service_start (mock->service);
  gui_free (gui);
}

static void
save_all (int width, int height)
{
  Gui *gui = gui_new (width, height);

  save_sessions (gui);
  save_session (gui);
  save_network (gui);
  save_servers (gui);
  save_policies (gui);
  save_history (gui);
  gui_free (gui);
  save_empty (width, height);
}

static void
test_scheme (gconstpointer data)
{
  scheme = data;
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      strcmp (scheme, "dark") == 0
                                          ? ADW_COLOR_SCHEME_FORCE_DARK
                                          : ADW_COLOR_SCHEME_FORCE_LIGHT);
  save_all (1280, 800);
  save_all (480, 800);
}

static void
add_tests (void)
{
  g_test_add_data_func ("/panel/screenshots/light", "light", test_scheme);
  g_test_add_data_func ("/panel/screenshots/dark", "dark", test_scheme);
}

int
main (int argc, char **argv)
{
  folder = g_getenv ("FRAM_SCREENSHOTS");
  g_assert_nonnull (folder);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  return gui_test_main (argc, argv, add_tests);
}
