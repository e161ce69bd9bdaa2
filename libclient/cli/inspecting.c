#include "cli/inspecting.h"

#include "cli/tables.h"

static void
run_once (void)
{
  g_main_context_iteration (NULL, TRUE);
}

FramInspector *
inspecting_begin (FramClient *client, GError **error)
{
  g_autoptr (FramInspector) inspector
      = fram_inspector_new_sync (fram_client_get_connection (client), NULL, error);

  if (inspector == NULL)
    return NULL;
  while (!fram_inspector_get_loaded (inspector)
         && fram_inspector_get_error (inspector) == NULL)
    run_once ();
  if (fram_inspector_get_loaded (inspector))
    return g_steal_pointer (&inspector);
  if (error != NULL)
    *error = g_error_copy (fram_inspector_get_error (inspector));
  return NULL;
}

FramSessionWatch *
inspecting_watch (FramInspector *inspector, guint64 session)
{
  FramSessionWatch *watch = fram_inspector_watch_session (inspector, session);

  while (!fram_session_watch_get_loaded (watch) && !fram_session_watch_get_ended (watch))
    run_once ();
  return watch;
}

FramNetworkWatch *
inspecting_watch_network (FramInspector *inspector)
{
  FramNetworkWatch *watch = fram_inspector_watch_network (inspector);

  while (!fram_network_watch_get_loaded (watch)
         && fram_inspector_get_available (inspector))
    run_once ();
  return watch;
}

FramRow *
inspecting_get_row (GListModel *rows, guint index)
{
  return FRAM_ROW (g_list_model_get_item (rows, index));
}

FramSessionRow *
inspecting_find (FramInspector *inspector, const char *name)
{
  GListModel *sessions = fram_inspector_get_sessions (inspector);
  guint64 id = 0;

  if (!g_ascii_string_to_unsigned (name, 10, 1, G_MAXUINT64, &id, NULL))
    id = 0;
  for (guint i = 0; i < g_list_model_get_n_items (sessions); i++)
    {
      g_autoptr (FramRow) row = inspecting_get_row (sessions, i);
      const char *path = fram_row_get_string (row, "path");

      /* The list keeps it. */
      if (g_str_equal (path, name) || g_str_equal (tables_session_name (path), name)
          || (id != 0 && fram_row_get_id (row) == id))
        return FRAM_SESSION_ROW (row);
    }
  return NULL;
}
