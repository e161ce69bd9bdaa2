/* Calls of CheckNetwork wait here until the broker tells that their check is over; several may
 * wait for the same one.  Who leaves the bus meanwhile is forgotten. */
#include "rpc/inspector-private.h"

#include "dbus/interface-info.h"
#include "dbus/names.h"
#include "rpc/errors.h"
#include "rpc/history.h"
#include "rpc/inspector-rows.h"

typedef struct
{
  FramInspector *inspector;
  FramCall *call;
  guint16 check;
} Waiting;

static FramBroker *
broker_of (FramInspector *inspector)
{
  return fram_driver_get_broker (inspector->driver);
}

/* Return: the call, to be answered. */
static FramCall *
stop_waiting (Waiting *waiting)
{
  FramInspector *inspector = waiting->inspector;
  FramCall *call = waiting->call;

  inspector->waiting = g_list_remove (inspector->waiting, waiting);
  fram_owners_release (fram_callers_get_owners (inspector->callers),
                       fram_call_get_sender (call));
  g_free (waiting);
  return call;
}

/* --- The network ------------------------------------------------------------------- */

static void
get_network (FramCall *call, GVariant *arguments, gpointer object)
{
  FramInspector *inspector = object;

  fram_inspection_answered (inspector->inspection, fram_call_get_sender (call));
  fram_call_return (call,
                    fram_inspector_network (broker_of (inspector), inspector->memory));
}

static guint
count_waiting (FramInspector *inspector, const char *caller)
{
  guint n = 0;

  for (GList *link = inspector->waiting; link != NULL; link = link->next)
    n += g_str_equal (fram_call_get_sender (((Waiting *) link->data)->call), caller);
  return n;
}

static void
wait_for_check (FramInspector *inspector, FramCall *call, guint16 check)
{
  Waiting *waiting = g_new0 (Waiting, 1);

  waiting->inspector = inspector;
  waiting->call = call;
  waiting->check = check;
  inspector->waiting = g_list_prepend (inspector->waiting, waiting);
  fram_owners_hold (fram_callers_get_owners (inspector->callers),
                    fram_call_get_sender (call));
}

static void
check_network (FramCall *call, GVariant *arguments, gpointer object)
{
  FramInspector *inspector = object;
  g_autoptr (GVariant) uris = g_variant_get_child_value (arguments, 0);
  FramServerOption servers[FRAM_MAX_SERVERS] = { { NULL } };
  gsize n = g_variant_n_children (uris);
  g_autoptr (GError) error = NULL;
  guint16 check;

  if (n > FRAM_MAX_SERVERS)
    {
      fram_call_fail (call, FRAM_ERROR_LIMIT_EXCEEDED,
                      "At most %d servers are asked at one time", FRAM_MAX_SERVERS);
      return;
    }
  if (count_waiting (inspector, fram_call_get_sender (call)) >= FRAM_INSPECTOR_MAX_CHECKS)
    {
      fram_call_fail (call, FRAM_ERROR_LIMIT_EXCEEDED,
                      "This application waits for %d checks already",
                      FRAM_INSPECTOR_MAX_CHECKS);
      return;
    }
  for (gsize i = 0; i < n; i++)
    g_variant_get_child (uris, i, "&s", &servers[i].uri);
  check = fram_broker_check_network (broker_of (inspector), servers, n,
                                     fram_driver_now (), &error);
  if (check == 0)
    fram_rpc_fail (call, error);
  else
    wait_for_check (inspector, call, check);
  fram_driver_kick (inspector->driver);
}

static void
end_check (FramInspector *inspector, guint16 check)
{
  for (GList *link = inspector->waiting, *next; link != NULL; link = next)
    {
      Waiting *waiting = link->data;

      next = link->next;
      if (waiting->check == check)
        fram_call_return (
            stop_waiting (waiting),
            fram_inspector_network (broker_of (inspector), inspector->memory));
    }
}

void
fram_inspector_caller_gone (FramInspector *inspector, const char *name)
{
  for (GList *link = inspector->waiting, *next; link != NULL; link = next)
    {
      Waiting *waiting = link->data;

      next = link->next;
      if (g_str_equal (fram_call_get_sender (waiting->call), name))
        fram_call_fail (stop_waiting (waiting), FRAM_ERROR_FAILED, "The caller has gone");
    }
  fram_inspection_caller_gone (inspector->inspection, name);
  fram_lookers_caller_gone (inspector->lookers, name);
}

static void
get_allocations (FramCall *call, GVariant *arguments, gpointer object)
{
  FramInspector *inspector = object;
  GVariant *rows = fram_inspector_allocations (broker_of (inspector));

  fram_inspection_answered (inspector->inspection, fram_call_get_sender (call));
  fram_call_return (call, g_variant_new_tuple (&rows, 1));
}

/* --- The history ------------------------------------------------------------------- */

static void
list_history (FramCall *call, GVariant *arguments, gpointer object)
{
  FramInspector *inspector = object;
  g_autoptr (GPtrArray) sessions = NULL;
  gint64 before;
  guint32 limit;

  g_variant_get (arguments, "(xu)", &before, &limit);
  if (before < 0 || limit < 1 || limit > FRAM_CACHE_MAX_LISTED)
    {
      fram_call_fail (call, FRAM_ERROR_INVALID_ARGUMENT,
                      "“before” is an id or 0, and “limit” 1 to %d",
                      FRAM_CACHE_MAX_LISTED);
      return;
    }
  sessions = fram_cache_list_sessions (fram_memory_get_cache (inspector->memory), before,
                                       limit);
  fram_call_return (call,
                    g_variant_new ("(@a(xssxxsssxtt))", fram_history_rows (sessions)));
}

/* --- Sessions ---------------------------------------------------------------------- */

static void
subscribe (FramCall *call, GVariant *arguments, gpointer object)
{
  FramInspector *inspector = object;

  fram_inspection_subscribe (inspector->inspection, call);
}

static void
unsubscribe (FramCall *call, GVariant *arguments, gpointer object)
{
  FramInspector *inspector = object;

  fram_inspection_unsubscribe (inspector->inspection, call);
}

static void
get_sessions (FramCall *call, GVariant *arguments, gpointer object)
{
  FramInspector *inspector = object;
  guint64 known;

  g_variant_get (arguments, "(t)", &known);
  fram_inspection_get_sessions (inspector->inspection, call, known);
}

static void
get_session (FramCall *call, GVariant *arguments, gpointer object)
{
  FramInspector *inspector = object;
  guint64 session, known;

  g_variant_get (arguments, "(tt)", &session, &known);
  fram_inspection_get_session (inspector->inspection, call, session, known);
}

static void
open_events (FramCall *call, GVariant *arguments, gpointer object)
{
  FramInspector *inspector = object;
  guint64 session;

  g_variant_get (arguments, "(t)", &session);
  fram_lookers_open_events (inspector->lookers, call, session);
}

static void
capture (FramCall *call, GVariant *arguments, gpointer object)
{
  FramInspector *inspector = object;
  g_autoptr (GVariant) options = NULL;
  guint64 session;

  g_variant_get (arguments, "(t@a{sv})", &session, &options);
  fram_lookers_capture (inspector->lookers, call, session, options);
}

void
fram_inspector_tell (FramInspector *inspector, const FramEvent *event)
{
  if (event->type == FRAM_EVENT_NETWORK_CHECKED)
    end_check (inspector, event->query);
  fram_lookers_tell (inspector->lookers, event);
  if (event->type != FRAM_EVENT_TRACE)
    fram_inspection_changed (inspector->inspection, event->session,
                             event->type == FRAM_EVENT_CLOSED);
}

/* --- Its life ---------------------------------------------------------------------- */

static const FramMethod methods[] = {
  { "GetNetwork", get_network },
  { "CheckNetwork", check_network },
  { "GetAllocations", get_allocations },
  { "ListHistory", list_history },
  { "Subscribe", subscribe },
  { "Unsubscribe", unsubscribe },
  { "GetSessions", get_sessions },
  { "GetSession", get_session },
  { "OpenEvents", open_events },
  { "Capture", capture },
  { NULL, NULL },
};

/* All of it tells of other applications, or of this host. */
static void
guard (FramCall *call, GVariant *arguments, gpointer object, FramMethodHandler handler,
       gpointer data)
{
  FramInspector *inspector = object;

  fram_callers_tell_apart (inspector->callers, call, arguments, data, handler, NULL);
}

static const FramInterfaceTable inspector_table = {
  .info = &org_fram_ice1_inspector_interface,
  .methods = methods,
  .guard = guard,
};

FramInspector *
fram_inspector_new (FramCallers *callers, FramExporter *exporter, GError **error)
{
  FramInterface *interface = fram_interface_new (&inspector_table, error);
  FramInspector *inspector;

  if (interface == NULL)
    return NULL;
  inspector = g_new0 (FramInspector, 1);
  inspector->interface = interface;
  inspector->callers = callers;
  inspector->inspection
      = fram_inspection_new (exporter, interface, fram_callers_get_owners (callers));
  inspector->lookers = fram_lookers_new (fram_callers_get_owners (callers));
  fram_exporter_extend (exporter, FRAM_PATH_MANAGER, interface, inspector);
  return inspector;
}

void
fram_inspector_start (FramInspector *inspector, FramSessions *sessions,
                      FramDriver *driver, FramMemory *memory)
{
  fram_inspection_start (inspector->inspection, sessions);
  fram_lookers_start (inspector->lookers, sessions);
  inspector->driver = driver;
  inspector->memory = memory;
}

void
fram_inspector_free (FramInspector *inspector)
{
  if (inspector == NULL)
    return;
  while (inspector->waiting != NULL)
    fram_call_fail (stop_waiting (inspector->waiting->data), FRAM_ERROR_FAILED,
                    "The service is stopping");
  fram_lookers_free (inspector->lookers);
  fram_inspection_free (inspector->inspection);
  fram_interface_free (inspector->interface);
  g_free (inspector);
}
