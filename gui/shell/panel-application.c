#include "shell/panel-application.h"
#include "shell/panel-window.h"

struct _PanelApplication
{
  AdwApplication parent;

  PanelWorld *world;
};

G_DEFINE_FINAL_TYPE (PanelApplication, panel_application, ADW_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  { "page", 'p', 0, G_OPTION_ARG_STRING, NULL,
    "Show a page: sessions, network, servers, policies or history", "NAME" },
  { "session", 's', 0, G_OPTION_ARG_STRING, NULL,
    "Show one session, by its path on the bus", "PATH" },
  { "version", 'v', 0, G_OPTION_ARG_NONE, NULL, "Print the version", NULL },
  { NULL },
};

/* --- The window -------------------------------------------------------------------- */

static PanelWindow *
window_of (PanelApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  while (window != NULL && !PANEL_IS_WINDOW (window))
    window = gtk_window_get_transient_for (window);
  if (window == NULL)
    window = GTK_WINDOW (panel_window_new (GTK_APPLICATION (self), self->world));
  return PANEL_WINDOW (window);
}

static void
panel_application_activate (GApplication *application)
{
  gtk_window_present (GTK_WINDOW (window_of (PANEL_APPLICATION (application))));
}

/* Return: (nullable) (transfer full): what is wrong with what was asked for. */
static char *
show_what_is_asked_for (PanelWindow *window, const char *page, const char *session)
{
  if (session != NULL && !g_variant_is_object_path (session))
    return g_strdup_printf ("“%s” is no path of a session, as “fram sessions --json” "
                            "tells them",
                            session);
  if (page != NULL && !panel_window_show_page (window, page))
    return g_strdup_printf ("there is no page “%s”; --help lists them", page);
  if (session != NULL)
    panel_window_show_session (window, session);
  return NULL;
}

static int
panel_application_command_line (GApplication *application, GApplicationCommandLine *line)
{
  PanelWindow *window = window_of (PANEL_APPLICATION (application));
  GVariantDict *given = g_application_command_line_get_options_dict (line);
  const char *page = NULL, *session = NULL;
  g_autofree char *wrong = NULL;

  g_variant_dict_lookup (given, "page", "&s", &page);
  g_variant_dict_lookup (given, "session", "&s", &session);
  wrong = show_what_is_asked_for (window, page, session);
  if (wrong == NULL)
    {
      gtk_window_present (GTK_WINDOW (window));
      return 0;
    }
  g_application_command_line_printerr (line, "fram-panel: %s\n", wrong);
  if (!gtk_widget_get_visible (GTK_WIDGET (window)))
    gtk_window_destroy (GTK_WINDOW (window));
  return 2;
}

static int
panel_application_handle_local_options (GApplication *application, GVariantDict *given)
{
  if (!g_variant_dict_contains (given, "version"))
    return -1;
  g_print ("fram-panel %s\n", FRAM_VERSION);
  return 0;
}

/* --- Actions ----------------------------------------------------------------------- */

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  adw_show_about_window (gtk_application_get_active_window (GTK_APPLICATION (data)),
                         "application-name", "Fram Panel", "application-icon",
                         PANEL_APPLICATION_ID, "version", FRAM_VERSION, "license-type",
                         GTK_LICENSE_LGPL_2_1, "comments",
                         "Who on this computer talks to whom, over which path, and why.",
                         "developer-name", "The Fram developers", NULL);
}

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (data));

  if (window != NULL)
    gtk_window_close (window);
  g_application_quit (G_APPLICATION (data));
}

/* --- The object -------------------------------------------------------------------- */

static void
panel_application_startup (GApplication *application)
{
  static const GActionEntry actions[] = {
    { .name = "about", .activate = on_about },
    { .name = "quit", .activate = on_quit },
  };
  static const char *const quit_keys[] = { "<Control>q", NULL };
  PanelApplication *self = PANEL_APPLICATION (application);

  G_APPLICATION_CLASS (panel_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions,
                                   G_N_ELEMENTS (actions), application);
  gtk_application_set_accels_for_action (GTK_APPLICATION (application), "app.quit",
                                         quit_keys);
  self->world = panel_world_new ();
}

static void
panel_application_dispose (GObject *object)
{
  g_clear_object (&PANEL_APPLICATION (object)->world);
  G_OBJECT_CLASS (panel_application_parent_class)->dispose (object);
}

static void
panel_application_class_init (PanelApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = panel_application_dispose;
  application_class->startup = panel_application_startup;
  application_class->activate = panel_application_activate;
  application_class->command_line = panel_application_command_line;
  application_class->handle_local_options = panel_application_handle_local_options;
}

static void
panel_application_init (PanelApplication *self)
{
  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_summary (
      G_APPLICATION (self),
      "Shows the peer connections of this computer, and sets servers.");
}

PanelApplication *
panel_application_new (void)
{
  return g_object_new (PANEL_TYPE_APPLICATION, "application-id", PANEL_APPLICATION_ID,
                       "flags", G_APPLICATION_HANDLES_COMMAND_LINE, "resource-base-path",
                       "/org/fram/Panel", NULL);
}
