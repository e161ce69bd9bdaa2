#include "shell/panel-window.h"
#include "model/memory.h"
#include "model/words.h"
#include "pages/history-page.h"
#include "pages/network-page.h"
#include "pages/policies-page.h"
#include "pages/servers-page.h"
#include "pages/session-checks.h"
#include "pages/sessions-page.h"
#include "widgets/panel-table.h"

#define GROUP "window"
#define INSTALLED_HINT                                                                   \
  "It begins by itself with the first application that needs a peer connection. If it "  \
  "cannot be started, Fram is not installed, or the session bus does not know of it."

struct _PanelWindow
{
  AdwApplicationWindow parent;

  AdwToastOverlay *toasts;
  AdwLeaflet *leaflet;
  GtkWidget *sidebar;
  GtkWidget *content;
  GtkListView *pages;
  AdwWindowTitle *title;
  GtkWidget *back;
  GtkStack *states;
  GtkSpinner *spinner;
  AdwStatusPage *no_service;
  AdwStatusPage *failed;
  AdwViewStack *stack;
  PanelSessionsPage *sessions;
  PanelNetworkPage *network;
  PanelServersPage *servers;
  PanelPoliciesPage *policies;
  PanelHistoryPage *history;

  PanelWorld *world;
};

G_DEFINE_FINAL_TYPE (PanelWindow, panel_window, ADW_TYPE_APPLICATION_WINDOW)

/* --- Pages ------------------------------------------------------------------------- */

static gboolean
is_on_sessions (PanelWindow *self)
{
  return g_strcmp0 (adw_view_stack_get_visible_child_name (self->stack), "sessions") == 0;
}

/* The title is that of the page or, of one session, the application and what it is for. */
static void
show_title (PanelWindow *self)
{
  GtkWidget *page = adw_view_stack_get_visible_child (self->stack);
  FramRow *opened
      = is_on_sessions (self) ? panel_sessions_page_get_opened (self->sessions) : NULL;
  g_autofree char *name = NULL;

  if (page == NULL)
    return;
  if (opened == NULL)
    {
      adw_window_title_set_title (
          self->title,
          adw_view_stack_page_get_title (adw_view_stack_get_page (self->stack, page)));
      adw_window_title_set_subtitle (self->title, "");
      return;
    }
  name = words_session_name (opened);
  adw_window_title_set_title (self->title, fram_row_get_string (opened, "app-name"));
  adw_window_title_set_subtitle (self->title, name);
}

static void
offer_back (PanelWindow *self)
{
  gboolean possible
      = is_on_sessions (self) && panel_sessions_page_can_go_back (self->sessions);

  gtk_widget_set_visible (self->back, possible);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.back", possible);
}

static void
on_shown (PanelWindow *self)
{
  show_title (self);
  offer_back (self);
}

gboolean
panel_window_show_page (PanelWindow *self, const char *name)
{
  if (adw_view_stack_get_child_by_name (self->stack, name) == NULL)
    return FALSE;
  adw_view_stack_set_visible_child_name (self->stack, name);
  return TRUE;
}

void
panel_window_show_session (PanelWindow *self, const char *path)
{
  panel_window_show_page (self, "sessions");
  panel_sessions_page_open (self->sessions, path);
}

/* Too narrow for a sidebar is too narrow for all columns. */
static void
on_folded (PanelWindow *self)
{
  gboolean narrow = adw_leaflet_get_folded (self->leaflet);

  adw_leaflet_set_visible_child (self->leaflet, self->content);
  panel_sessions_page_set_narrow (self->sessions, narrow);
  panel_network_page_set_narrow (self->network, narrow);
  panel_history_page_set_narrow (self->history, narrow);
}

/* --- The service ------------------------------------------------------------------- */

static void
describe (AdwStatusPage *page, const char *message, const char *otherwise)
{
  g_autofree char *text
      = g_markup_escape_text (message == NULL ? otherwise : message, -1);

  adw_status_page_set_description (page, text);
}

static void
on_world_changed (PanelWindow *self)
{
  const char *message = panel_world_get_message (self->world);

  /* What turns where nobody looks costs a frame each time. */
  gtk_spinner_set_spinning (self->spinner,
                            panel_world_get_state (self->world) == PANEL_WORLD_LOADING);
  switch (panel_world_get_state (self->world))
    {
    case PANEL_WORLD_LOADING:
      gtk_stack_set_visible_child_name (self->states, "loading");
      break;
    case PANEL_WORLD_THERE:
      gtk_stack_set_visible_child_name (self->states, "there");
      break;
    case PANEL_WORLD_NO_SERVICE:
      describe (self->no_service, message, INSTALLED_HINT);
      gtk_stack_set_visible_child_name (self->states, "no-service");
      break;
    case PANEL_WORLD_FAILED:
      describe (self->failed, message, "It gives no reason.");
      gtk_stack_set_visible_child_name (self->states, "failed");
      break;
    }
}

/* --- Actions ----------------------------------------------------------------------- */

static void
on_back (GtkWidget *widget, const char *action, GVariant *parameter)
{
  panel_sessions_page_open (PANEL_WINDOW (widget)->sessions, NULL);
}

static void
on_start (GtkWidget *widget, const char *action, GVariant *parameter)
{
  panel_world_start (PANEL_WINDOW (widget)->world);
}

static void
on_page (GtkWidget *widget, const char *action, GVariant *parameter)
{
  panel_window_show_page (PANEL_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
on_say (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autofree char *text
      = g_markup_escape_text (g_variant_get_string (parameter, NULL), -1);

  adw_toast_overlay_add_toast (PANEL_WINDOW (widget)->toasts, adw_toast_new (text));
}

/* The first widget of that type that is on the screen.  Return: (nullable). */
static GtkWidget *
find_shown (GtkWidget *within, GType type)
{
  if (!gtk_widget_get_mapped (within))
    return NULL;
  if (g_type_is_a (G_OBJECT_TYPE (within), type))
    return within;
  for (GtkWidget *child = gtk_widget_get_first_child (within); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_shown (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* Wherever the focus is: who has not gone to a table means the one that is there. */
static void
on_search (GtkWidget *widget, const char *action, GVariant *parameter)
{
  GtkWidget *table
      = find_shown (GTK_WIDGET (PANEL_WINDOW (widget)->stack), PANEL_TYPE_TABLE);

  if (table != NULL)
    gtk_widget_activate_action (table, "table.search", NULL);
}

static void
on_pause (GtkWidget *widget, const char *action, GVariant *parameter)
{
  GtkWidget *checks
      = find_shown (GTK_WIDGET (PANEL_WINDOW (widget)->stack), PANEL_TYPE_SESSION_CHECKS);

  if (checks != NULL)
    gtk_widget_activate_action (checks, "checks.pause", NULL);
}

static void
on_add_server (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PanelWindow *self = PANEL_WINDOW (widget);

  panel_window_show_page (self, "servers");
  gtk_widget_activate_action (GTK_WIDGET (self->servers), "servers.add", NULL);
}

static void
on_check_network (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PanelWindow *self = PANEL_WINDOW (widget);

  panel_window_show_page (self, "network");
  gtk_widget_activate_action (GTK_WIDGET (self->network), "network.check", NULL);
}

/* --- The window -------------------------------------------------------------------- */

static void
recall_size (PanelWindow *self)
{
  if (memory_has (GROUP, "width"))
    gtk_window_set_default_size (GTK_WINDOW (self), memory_get_int (GROUP, "width", 0),
                                 memory_get_int (GROUP, "height", 0));
  if (memory_get_int (GROUP, "maximized", FALSE))
    gtk_window_maximize (GTK_WINDOW (self));
}

static gboolean
panel_window_close_request (GtkWindow *window)
{
  int width, height;

  gtk_window_get_default_size (window, &width, &height);
  memory_set_int (GROUP, "width", width);
  memory_set_int (GROUP, "height", height);
  memory_set_int (GROUP, "maximized", gtk_window_is_maximized (window));
  memory_write ();
  return GTK_WINDOW_CLASS (panel_window_parent_class)->close_request (window);
}

GtkWidget *
panel_window_new (GtkApplication *application, PanelWorld *world)
{
  PanelWindow *self = g_object_new (PANEL_TYPE_WINDOW, "application", application, NULL);

  self->world = g_object_ref (world);
  g_signal_connect_object (world, "changed", G_CALLBACK (on_world_changed), self,
                           G_CONNECT_SWAPPED);
  panel_sessions_page_set_world (self->sessions, world);
  panel_network_page_set_world (self->network, world);
  panel_servers_page_set_world (self->servers, world);
  panel_policies_page_set_world (self->policies, world);
  panel_history_page_set_world (self->history, world);
  recall_size (self);
  on_world_changed (self);
  return GTK_WIDGET (self);
}

static void
panel_window_dispose (GObject *object)
{
  g_clear_object (&PANEL_WINDOW (object)->world);
  G_OBJECT_CLASS (panel_window_parent_class)->dispose (object);
}

static void
add_keys (GtkWidgetClass *widget_class)
{
  static const char *const pages[]
      = { "sessions", "network", "servers", "policies", "history" };

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    gtk_widget_class_add_binding_action (widget_class, GDK_KEY_1 + i, GDK_ALT_MASK,
                                         "win.page", "s", pages[i]);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "win.back", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK,
                                       "win.back", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_n, GDK_CONTROL_MASK,
                                       "win.add-server", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_r, GDK_CONTROL_MASK,
                                       "win.check-network", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK,
                                       "win.search", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_p, GDK_CONTROL_MASK,
                                       "win.pause", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK,
                                       "window.close", NULL);
}

static void
panel_window_class_init (PanelWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = panel_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = panel_window_close_request;
  gtk_widget_class_install_action (widget_class, "win.back", NULL, on_back);
  gtk_widget_class_install_action (widget_class, "win.start", NULL, on_start);
  gtk_widget_class_install_action (widget_class, "win.page", "s", on_page);
  gtk_widget_class_install_action (widget_class, "win.say", "s", on_say);
  gtk_widget_class_install_action (widget_class, "win.add-server", NULL, on_add_server);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, on_search);
  gtk_widget_class_install_action (widget_class, "win.pause", NULL, on_pause);
  gtk_widget_class_install_action (widget_class, "win.check-network", NULL,
                                   on_check_network);
  add_keys (widget_class);

  g_type_ensure (PANEL_TYPE_SESSIONS_PAGE);
  g_type_ensure (PANEL_TYPE_NETWORK_PAGE);
  g_type_ensure (PANEL_TYPE_SERVERS_PAGE);
  g_type_ensure (PANEL_TYPE_POLICIES_PAGE);
  g_type_ensure (PANEL_TYPE_HISTORY_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/fram/Panel/panel-window.ui");
  gtk_widget_class_bind_template_child (widget_class, PanelWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, PanelWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, PanelWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, PanelWindow, content);
  gtk_widget_class_bind_template_child (widget_class, PanelWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, PanelWindow, title);
  gtk_widget_class_bind_template_child (widget_class, PanelWindow, back);
  gtk_widget_class_bind_template_child (widget_class, PanelWindow, states);
  gtk_widget_class_bind_template_child (widget_class, PanelWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, PanelWindow, no_service);
  gtk_widget_class_bind_template_child (widget_class, PanelWindow, failed);
  gtk_widget_class_bind_template_child (widget_class, PanelWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, PanelWindow, sessions);
  gtk_widget_class_bind_template_child (widget_class, PanelWindow, network);
  gtk_widget_class_bind_template_child (widget_class, PanelWindow, servers);
  gtk_widget_class_bind_template_child (widget_class, PanelWindow, policies);
  gtk_widget_class_bind_template_child (widget_class, PanelWindow, history);
}

static void
panel_window_init (PanelWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_view_set_model (self->pages, adw_view_stack_get_pages (self->stack));
  g_signal_connect_object (self->leaflet, "notify::folded", G_CALLBACK (on_folded), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->stack, "notify::visible-child", G_CALLBACK (on_shown),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sessions, "notify::opened", G_CALLBACK (show_title),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sessions, "notify::can-go-back", G_CALLBACK (offer_back),
                           self, G_CONNECT_SWAPPED);
  on_folded (self);
  on_shown (self);
}
