#include "rpc/manager.h"

#include "broker/snapshot.h"
#include "dbus/exporter.h"
#include "dbus/interface-info.h"
#include "dbus/names.h"
#include "rpc/callers.h"
#include "rpc/creation.h"
#include "rpc/inspector.h"
#include "rpc/rows.h"
#include "rpc/session.h"
#include "rpc/settings.h"

struct _FramManager
{
  FramInterface *interface;
  FramExporter *exporter;
  FramSessions *sessions;
  FramCreations *creations;
  FramCallers *callers; /* of what is not for everybody */
  FramInspector *inspector;
  FramSettingsObject *settings;
  FramDriver *driver; /* NULL before the start */
  FramMemory *memory;
};

static void
create_session (FramCall *call, GVariant *arguments, gpointer object)
{
  FramManager *manager = object;
  g_autoptr (GVariant) options = g_variant_get_child_value (arguments, 0);

  fram_creations_begin (manager->creations, call, options);
}

/* --- Tables ------------------------------------------------------------------------ */

/* The path and the round trip of the first component that has one. */
static void
describe_selected (FramBroker *broker, FramSessionId id, char **ret_text,
                   FramTime *ret_rtt)
{
  g_autoptr (GArray) pairs = fram_broker_list_pairs (broker, id);

  for (guint i = 0; pairs != NULL && i < pairs->len; i++)
    {
      const FramPairRow *pair = &g_array_index (pairs, FramPairRow, i);

      if (pair->selected)
        {
          g_autofree char *local = fram_rows_local_text (broker, id, pair);
          g_autofree char *remote = fram_rows_remote_text (broker, id, pair);

          *ret_text = g_strdup_printf ("%s -> %s", local, remote);
          *ret_rtt = pair->rtt;
          return;
        }
    }
  *ret_text = g_strdup ("");
  *ret_rtt = -1;
}

static void
add_session_row (GVariantBuilder *rows, FramBusSession *session,
                 const FramSessionRow *row)
{
  FramSessions *sessions = session->sessions;
  g_autofree char *selected = NULL;
  FramTime rtt;

  describe_selected (fram_sessions_get_broker (sessions), session->id, &selected, &rtt);
  g_variant_builder_add (
      rows, "(ossssssxt)", session->path,
      fram_owners_get_application (fram_sessions_get_owners (sessions), session->owner),
      session->label, fram_role_to_text (row->role), fram_state_to_text (row->state),
      fram_state_cause_get_word (&session->course.cause, row->state, row->cause),
      selected, rtt, (guint64) (fram_driver_now () - row->created) / FRAM_SECONDS (1));
}

/* `owner` NULL: those of all. */
static void
return_sessions (FramManager *manager, FramCall *call, const char *owner)
{
  FramBroker *broker = fram_sessions_get_broker (manager->sessions);
  g_autoptr (GArray) ids = fram_broker_list_sessions (broker);
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a(ossssssxt)"));
  for (guint i = 0; i < ids->len; i++)
    {
      FramBusSession *session
          = fram_sessions_find (manager->sessions, g_array_index (ids, FramSessionId, i));
      FramSessionRow row;

      if (session != NULL && (owner == NULL || g_str_equal (session->owner, owner))
          && fram_broker_get_session (broker, session->id, &row))
        add_session_row (&rows, session, &row);
    }
  fram_call_return (call, g_variant_new ("(a(ossssssxt))", &rows));
}

static void
list_all_sessions (FramCall *call, GVariant *arguments, gpointer object)
{
  return_sessions (object, call, NULL);
}

static void
list_own_sessions (FramCall *call, GVariant *arguments, gpointer object)
{
  return_sessions (object, call, fram_call_get_sender (call));
}

static void
list_sessions (FramCall *call, GVariant *arguments, gpointer object)
{
  FramManager *manager = object;

  fram_callers_tell_apart (manager->callers, call, arguments, object, list_all_sessions,
                           list_own_sessions);
}

static void
return_pairs (FramCall *call, GVariant *arguments, gpointer object)
{
  FramManager *manager = object;
  FramBroker *broker = fram_sessions_get_broker (manager->sessions);
  g_autoptr (GArray) pairs = NULL;
  FramBusSession *session;
  const char *path;

  g_variant_get (arguments, "(&o)", &path);
  session = fram_sessions_find_path (manager->sessions, path);
  if (session != NULL)
    pairs = fram_broker_list_pairs (broker, session->id);
  if (pairs == NULL)
    fram_call_fail (call, FRAM_ERROR_NO_SESSION, "There is no session at %s", path);
  else
    fram_call_return (call, g_variant_new ("(@a(uuusssssssbbbbtxuuuuuu))",
                                           fram_rows_pairs (broker, session->id, pairs)));
}

/* The owner's own are for it, whoever it is. */
static void
get_pairs (FramCall *call, GVariant *arguments, gpointer object)
{
  FramManager *manager = object;
  FramBusSession *session;
  const char *path;

  g_variant_get (arguments, "(&o)", &path);
  session = fram_sessions_find_path (manager->sessions, path);
  if (session != NULL && g_str_equal (session->owner, fram_call_get_sender (call)))
    return_pairs (call, arguments, object);
  else
    fram_callers_tell_apart (manager->callers, call, arguments, object, return_pairs,
                             NULL);
}

static void
get_status (FramCall *call, GVariant *arguments, gpointer object)
{
  FramManager *manager = object;
  FramBrokerTotals totals;
  FramDriverStats stats;

  fram_broker_get_totals (fram_sessions_get_broker (manager->sessions), &totals);
  fram_driver_get_stats (fram_sessions_get_driver (manager->sessions), &stats);
  fram_call_return (
      call, g_variant_new (
                "(@a{sv})",
                fram_rows_status (&totals, &stats,
                                  fram_exporter_get_signals_dropped (manager->exporter),
                                  fram_memory_get_cache (manager->memory))));
}

static GVariant *
get_version (gpointer object)
{
  return g_variant_new_string (FRAM_VERSION);
}

/* --- The object -------------------------------------------------------------------- */

static const FramMethod methods[] = {
  { "CreateSession", create_session },
  { "ListSessions", list_sessions },
  { "GetPairs", get_pairs },
  { "GetStatus", get_status },
  { NULL, NULL },
};

static const FramProperty properties[] = {
  { "Version", get_version, NULL },
  { NULL, NULL, NULL },
};

static const FramInterfaceTable manager_table = {
  .info = &org_fram_ice1_manager_interface,
  .methods = methods,
  .properties = properties,
};

static void
on_caller_gone (const char *name, gpointer user_data)
{
  FramManager *manager = user_data;

  fram_inspector_caller_gone (manager->inspector, name);
  fram_settings_object_caller_gone (manager->settings, name);
}

FramManager *
fram_manager_new (DBusConnection *connection, GError **error)
{
  g_autoptr (FramManager) manager = g_new0 (FramManager, 1);

  manager->interface = fram_interface_new (&manager_table, error);
  if (manager->interface == NULL)
    return NULL;
  manager->exporter = fram_exporter_new (connection);
  manager->sessions = fram_sessions_new (connection, manager->exporter, error);
  if (manager->sessions == NULL)
    return NULL;
  manager->creations = fram_creations_new (manager->sessions);
  if (!fram_exporter_add (manager->exporter, FRAM_PATH_MANAGER, &manager->interface, 1,
                          manager, error))
    return NULL;
  manager->callers = fram_callers_new (connection, on_caller_gone, manager);
  manager->inspector = fram_inspector_new (manager->callers, manager->exporter, error);
  if (manager->inspector == NULL)
    return NULL;
  manager->settings
      = fram_settings_object_new (connection, manager->callers, manager->exporter, error);
  if (manager->settings == NULL)
    return NULL;
  return g_steal_pointer (&manager);
}

static void
on_event (const FramEvent *event, gpointer user_data)
{
  FramManager *manager = user_data;

  if (event->type == FRAM_EVENT_SERVER_TESTED)
    fram_settings_object_tested (manager->settings, event->query);
  else if (event->session != 0 && event->type != FRAM_EVENT_TRACE)
    fram_sessions_tell (manager->sessions, event);
  fram_inspector_tell (manager->inspector, event);
}

void
fram_manager_start (FramManager *manager, FramDriver *driver, FramMemory *memory,
                    FramSettings *settings, FramSecrets *secrets)
{
  manager->memory = memory;
  manager->driver = driver;
  fram_sessions_set_driver (manager->sessions, driver, fram_memory_get_cache (memory));
  fram_inspector_start (manager->inspector, manager->sessions, driver, memory);
  fram_settings_object_start (manager->settings, settings, secrets, driver);
  fram_creations_set_settings (manager->creations, settings);
  fram_driver_set_sink (driver, on_event, manager);
}

void
fram_manager_stop (FramManager *manager)
{
  fram_sessions_close_all (manager->sessions, FRAM_CAUSE_SERVICE_STOPPED);
}

void
fram_manager_free (FramManager *manager)
{
  if (manager == NULL)
    return;
  if (manager->driver != NULL)
    fram_driver_set_sink (manager->driver, NULL, NULL);
  if (manager->callers != NULL)
    fram_callers_stop (manager->callers);
  fram_settings_object_free (manager->settings);
  fram_inspector_free (manager->inspector);
  fram_creations_free (manager->creations);
  fram_sessions_free (manager->sessions);
  fram_callers_free (manager->callers);
  fram_exporter_free (manager->exporter);
  fram_interface_free (manager->interface);
  g_free (manager);
}
