/* Every template can be built. */
#include "gui-test.h"
#include "pages/history-page.h"
#include "pages/network-page.h"
#include "pages/policies-page.h"
#include "pages/server-dialog.h"
#include "pages/servers-page.h"
#include "pages/session-checks.h"
#include "pages/session-overview.h"
#include "pages/session-page.h"
#include "pages/sessions-page.h"

/* The class whose template a file is, or 0: GtkBuilder loads it by itself. */
static GType
type_of (const char *name)
{
  static const struct
  {
    const char *name;
    GType (*type) (void);
  } known[] = {
    { "panel-window.ui", panel_window_get_type },
    { "panel-table.ui", panel_table_get_type },
    { "sessions-page.ui", panel_sessions_page_get_type },
    { "session-page.ui", panel_session_page_get_type },
    { "session-overview.ui", panel_session_overview_get_type },
    { "session-checks.ui", panel_session_checks_get_type },
    { "network-page.ui", panel_network_page_get_type },
    { "servers-page.ui", panel_servers_page_get_type },
    { "server-dialog.ui", panel_server_dialog_get_type },
    { "policies-page.ui", panel_policies_page_get_type },
    { "history-page.ui", panel_history_page_get_type },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (strcmp (known[i].name, name) == 0)
      return known[i].type ();
  return 0;
}

static void
build (GType type)
{
  GtkWidget *widget = g_object_ref_sink (g_object_new (type, NULL));

  if (GTK_IS_WINDOW (widget))
    gtk_window_destroy (GTK_WINDOW (widget));
  g_object_unref (widget);
}

/* A template of a class of GTK, as that of a cell, is one for a factory. */
static void
load (const char *name)
{
  g_autofree char *path = g_strconcat ("/org/fram/Panel/", name, NULL);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, 0, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GtkBuilder) builder = NULL;

  g_assert_nonnull (bytes);
  if (strstr (g_bytes_get_data (bytes, NULL), "GtkListItem") != NULL)
    {
      g_autoptr (GtkListItemFactory) factory
          = gtk_builder_list_item_factory_new_from_resource (NULL, path);
      g_autoptr (GtkStringList) words
          = gtk_string_list_new ((const char *const[]){ "word", NULL });
      GtkWidget *view = gtk_list_view_new (GTK_SELECTION_MODEL (gtk_no_selection_new (
                                               g_object_ref (G_LIST_MODEL (words)))),
                                           g_steal_pointer (&factory));

      g_object_unref (g_object_ref_sink (view));
      return;
    }
  builder = gtk_builder_new ();
  gtk_builder_add_from_resource (builder, path, &error);
  g_assert_no_error (error);
}

static void
test_all (void)
{
  g_auto (GStrv) names = g_resources_enumerate_children ("/org/fram/Panel/", 0, NULL);
  guint n = 0;

  for (guint i = 0; names[i] != NULL; i++)
    {
      if (!g_str_has_suffix (names[i], ".ui"))
        continue;
      n++;
      if (type_of (names[i]) != 0)
        build (type_of (names[i]));
      else
        load (names[i]);
    }
  load ("gtk/help-overlay.ui");
  g_assert_cmpuint (n, ==, 12);
}

static void
add_tests (void)
{
  g_test_add_func ("/panel/templates", test_all);
}

int
main (int argc, char **argv)
{
  return gui_test_main (argc, argv, add_tests);
}
