#include "cli/report-content.h"

#include <sys/utsname.h>

#include "cli/inspecting.h"

#define MOST_OF_HISTORY 1000

/* --- Rows -------------------------------------------------------------------------- */

static void
add_rows (GVariantBuilder *into, const char *name, GListModel *rows)
{
  GVariantBuilder list;

  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (FramRow) row = inspecting_get_row (rows, i);
      g_autoptr (GVariant) values = fram_row_to_dictionary (row);

      g_variant_builder_add_value (&list, values);
    }
  g_variant_builder_add (into, "{sv}", name, g_variant_builder_end (&list));
}

static void
add_text (GVariantBuilder *into, const char *name, const char *text)
{
  g_variant_builder_add (into, "{sv}", name, g_variant_new_string (text));
}

static void
add_time (GVariantBuilder *into, const char *name, gint64 microseconds)
{
  g_variant_builder_add (into, "{sv}", name, g_variant_new_int64 (microseconds));
}

static GVariant *
describe_session (FramInspector *inspector, FramRow *row)
{
  g_autoptr (FramSessionWatch) watch
      = inspecting_watch (inspector, fram_row_get_id (row));
  g_autoptr (GVariant) values = fram_row_to_dictionary (row);
  GVariantBuilder session;
  GVariantIter iter;
  GVariant *value;

  g_variant_builder_init (&session, G_VARIANT_TYPE_VARDICT);
  g_variant_iter_init (&iter, values);
  while ((value = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_variant_builder_add_value (&session, value);
      g_variant_unref (value);
    }
  add_rows (&session, "components-now", fram_session_watch_get_components (watch));
  add_rows (&session, "changes", fram_session_watch_get_changes (watch));
  add_rows (&session, "candidates", fram_session_watch_get_candidates (watch));
  add_rows (&session, "pairs", fram_session_watch_get_pairs (watch));
  return g_variant_builder_end (&session);
}

/* Those that are there now: looking at one may take a moment in which others end. */
static GVariant *
describe_sessions (FramInspector *inspector)
{
  GListModel *rows = fram_inspector_get_sessions (inspector);
  g_autoptr (GPtrArray) now = g_ptr_array_new_with_free_func (g_object_unref);
  GVariantBuilder list;

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    g_ptr_array_add (now, inspecting_get_row (rows, i));
  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < now->len; i++)
    g_variant_builder_add_value (
        &list, describe_session (inspector, g_ptr_array_index (now, i)));
  return g_variant_builder_end (&list);
}

/* --- The rest ---------------------------------------------------------------------- */

static GVariant *
describe_network (FramInspector *inspector)
{
  g_autoptr (FramNetworkWatch) watch = inspecting_watch_network (inspector);
  GVariantBuilder network;

  g_variant_builder_init (&network, G_VARIANT_TYPE_VARDICT);
  add_text (&network, "network-name", fram_network_watch_get_name (watch));
  add_time (&network, "attached", fram_network_watch_get_attached (watch));
  add_time (&network, "first-age", fram_network_watch_get_first_age (watch));
  add_time (&network, "last-age", fram_network_watch_get_last_age (watch));
  add_rows (&network, "interfaces", fram_network_watch_get_interfaces (watch));
  add_rows (&network, "servers", fram_network_watch_get_servers (watch));
  add_rows (&network, "mappings", fram_network_watch_get_mappings (watch));
  add_rows (&network, "deaf", fram_network_watch_get_deaf (watch));
  add_rows (&network, "allocations", fram_network_watch_get_allocations (watch));
  return g_variant_builder_end (&network);
}

/* Return: (transfer floating): NULL with `error` set. */
static GVariant *
describe_settings (FramClient *client, GError **error)
{
  g_autoptr (FramSettings) settings = fram_settings_new (client);
  g_autoptr (GPtrArray) rows = fram_settings_list_sync (settings, NULL, error);
  GVariantBuilder list;

  if (rows == NULL)
    return NULL;
  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < rows->len; i++)
    {
      const FramSetting *setting = g_ptr_array_index (rows, i);
      GVariantBuilder row;

      g_variant_builder_init (&row, G_VARIANT_TYPE_VARDICT);
      add_text (&row, "name", setting->name);
      g_variant_builder_add (&row, "{sv}", "value", setting->value);
      add_text (&row, "origin", setting->origin);
      add_text (&row, "lock", setting->lock);
      g_variant_builder_add_value (&list, g_variant_builder_end (&row));
    }
  return g_variant_builder_end (&list);
}

/* Of their secrets, whether there is one.  Return: (transfer floating): NULL with `error`
 * set. */
static GVariant *
describe_servers (FramClient *client, GError **error)
{
  g_autoptr (FramSettings) settings = fram_settings_new (client);
  g_autoptr (GPtrArray) rows = fram_settings_list_servers_sync (settings, NULL, error);
  GVariantBuilder list;

  if (rows == NULL)
    return NULL;
  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < rows->len; i++)
    {
      const FramServer *server = g_ptr_array_index (rows, i);
      GVariantBuilder row;

      g_variant_builder_init (&row, G_VARIANT_TYPE_VARDICT);
      add_text (&row, "id", server->id);
      add_text (&row, "uri", server->uri);
      add_text (&row, "name", server->name);
      g_variant_builder_add (&row, "{sv}", "enabled",
                             g_variant_new_boolean (server->enabled));
      add_text (&row, "credential", server->credential);
      add_text (&row, "username", server->username);
      g_variant_builder_add (&row, "{sv}", "has-secret",
                             g_variant_new_boolean (server->has_secret));
      add_text (&row, "storage", server->storage);
      add_text (&row, "authority", server->authority);
      add_text (&row, "file", server->file);
      g_variant_builder_add_value (&list, g_variant_builder_end (&row));
    }
  return g_variant_builder_end (&list);
}

/* Return: (transfer floating): NULL with `error` set. */
static GVariant *
describe_history (FramClient *client, GError **error)
{
  g_autoptr (GPtrArray) rows
      = fram_client_list_history_sync (client, 0, MOST_OF_HISTORY, NULL, error);
  GVariantBuilder list;

  if (rows == NULL)
    return NULL;
  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < rows->len; i++)
    {
      const FramPastSession *past = g_ptr_array_index (rows, i);
      GVariantBuilder row;

      g_variant_builder_init (&row, G_VARIANT_TYPE_VARDICT);
      add_time (&row, "id", past->id);
      add_text (&row, "application", past->application);
      add_text (&row, "label", past->label);
      add_time (&row, "started", past->started);
      add_time (&row, "ended", past->ended);
      add_text (&row, "state", past->state);
      add_text (&row, "cause", past->cause);
      add_text (&row, "path", past->path);
      add_time (&row, "rtt", past->rtt);
      g_variant_builder_add (&row, "{sv}", "bytes-sent",
                             g_variant_new_uint64 (past->bytes_sent));
      g_variant_builder_add (&row, "{sv}", "bytes-received",
                             g_variant_new_uint64 (past->bytes_received));
      g_variant_builder_add_value (&list, g_variant_builder_end (&row));
    }
  return g_variant_builder_end (&list);
}

/* The name of the host stays out. */
static char *
describe_system (void)
{
  g_autofree char *system = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  struct utsname kernel = { 0 };

  uname (&kernel);
  return g_strdup_printf ("%s, %s %s %s", system != NULL ? system : "unknown",
                          kernel.sysname, kernel.release, kernel.machine);
}

static void
add_head (GVariantBuilder *report, FramClient *client)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format_iso8601 (now);
  g_autofree char *system = describe_system ();
  const char *version = fram_client_get_version (client);

  add_text (report, "time", time);
  add_text (report, "fram", FRAM_VERSION);
  add_text (report, "framd", version != NULL ? version : "unknown");
  add_text (report, "system", system);
}

GVariant *
report_gather (FramClient *client, gboolean history, GError **error)
{
  g_autoptr (GVariant) status = fram_client_get_status_sync (client, NULL, error);
  g_autoptr (FramInspector) inspector = NULL;
  g_autoptr (GVariant) settings = NULL;
  g_autoptr (GVariant) servers = NULL;
  g_autoptr (GVariant) past = NULL;
  GVariantBuilder report;

  if (status == NULL)
    return NULL;
  inspector = inspecting_begin (client, error);
  if (inspector == NULL)
    return NULL;
  settings = describe_settings (client, error);
  if (settings == NULL)
    return NULL;
  g_variant_ref_sink (settings);
  servers = describe_servers (client, error);
  if (servers == NULL)
    return NULL;
  g_variant_ref_sink (servers);
  if (history)
    {
      past = describe_history (client, error);
      if (past == NULL)
        return NULL;
      g_variant_ref_sink (past);
    }

  g_variant_builder_init (&report, G_VARIANT_TYPE_VARDICT);
  add_head (&report, client);
  g_variant_builder_add (&report, "{sv}", "status", status);
  g_variant_builder_add (&report, "{sv}", "settings", settings);
  g_variant_builder_add (&report, "{sv}", "servers", servers);
  g_variant_builder_add (&report, "{sv}", "network", describe_network (inspector));
  g_variant_builder_add (&report, "{sv}", "sessions", describe_sessions (inspector));
  if (past != NULL)
    g_variant_builder_add (&report, "{sv}", "history", past);
  return g_variant_ref_sink (g_variant_builder_end (&report));
}
