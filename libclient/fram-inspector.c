#include "fram-inspector.h"

#include <gio/gunixfdlist.h>

#include "bus-error.h"
#include "client-private.h"
#include "fram-error.h"
#include "inspector-private.h"

/**
 * FramInspector:
 *
 * What goes on in the Fram service of this user, live: the sessions of all applications.
 *
 * While an inspector is there, the service tells it of changes, and it keeps its lists up to
 * date.  Rows are objects that stay the same while their properties change.  One session in
 * detail is [method@Inspector.watch_session], the network [method@Inspector.watch_network],
 * what happens check by check [method@Inspector.open_events], packets are
 * [method@Inspector.capture_async], and sessions that have ended
 * [method@Inspector.open_history].
 *
 * The service is started with the inspector.  If it ends, [property@Inspector:available]
 * becomes false and the lists become empty; when it comes back, all is filled again.
 *
 * An inspector and all that comes from it belong to the thread that made it, and do their
 * work in the main context that was its thread's default then.
 */

/* Between two pulls of what changes without being told. */
#define INTERVAL_DEFAULT 1000
#define INTERVAL_LEAST 100

enum
{
  PROP_CONNECTION = 1,
  PROP_AVAILABLE,
  PROP_LOADED,
  PROP_ERROR,
  PROP_INTERVAL,
  PROP_SESSIONS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void initable_iface_init (GInitableIface *iface);
static void async_initable_iface_init (GAsyncInitableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FramInspector, fram_inspector, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE,
                                                      initable_iface_init)
                                   G_IMPLEMENT_INTERFACE (G_TYPE_ASYNC_INITABLE,
                                                          async_initable_iface_init))

/* --- Calls ------------------------------------------------------------------------- */

void
fram_inspector_call (FramInspector *self, const char *method, GVariant *arguments,
                     const char *reply_type, GCancellable *cancellable,
                     GAsyncReadyCallback callback, gpointer user_data)
{
  g_dbus_connection_call_with_unix_fd_list (
      self->connection, FRAM_BUS_NAME, FRAM_BUS_PATH, FRAM_BUS_INSPECTOR_INTERFACE,
      method, arguments, G_VARIANT_TYPE (reply_type), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
      NULL, cancellable, callback, user_data);
}

GVariant *
fram_inspector_call_finish (FramInspector *self, GAsyncResult *result, int *ret_fd,
                            GError **error)
{
  g_autoptr (GUnixFDList) fds = NULL;
  GError *failure = NULL;
  GVariant *reply;

  reply = g_dbus_connection_call_with_unix_fd_list_finish (self->connection, &fds, result,
                                                           &failure);
  if (reply == NULL)
    {
      g_propagate_error (error, fram_bus_error_translate (failure, FRAM_CALLEE_SERVICE));
      return NULL;
    }
  if (ret_fd == NULL)
    return reply;
  *ret_fd = fds != NULL ? g_unix_fd_list_get (fds, 0, error) : -1;
  if (*ret_fd >= 0)
    return reply;
  if (fds == NULL)
    g_set_error_literal (error, FRAM_ERROR, FRAM_ERROR_FAILED,
                         "The Fram service (framd) answered without a descriptor");
  g_variant_unref (reply);
  return NULL;
}

void
fram_inspector_set_error (FramInspector *self, const GError *error)
{
  if (error == NULL && self->error == NULL)
    return;
  g_clear_error (&self->error);
  if (error != NULL)
    self->error = g_error_copy (error);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

/* --- The service comes and goes ---------------------------------------------------- */

static void
set_available (FramInspector *self, gboolean available)
{
  if (self->available == available)
    return;
  self->available = available;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AVAILABLE]);
}

static gboolean
on_timer (gpointer user_data)
{
  FramInspector *self = user_data;

  if (self->available)
    fram_inspector_pull (self);
  return G_SOURCE_CONTINUE;
}

static void
stop_timer (FramInspector *self)
{
  if (self->timer == NULL)
    return;
  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static void
start_timer (FramInspector *self)
{
  stop_timer (self);
  self->timer = g_timeout_source_new (self->interval);
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, self->context);
}

static void
on_subscribed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FramInspector) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = fram_inspector_call_finish (self, result, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  fram_inspector_set_error (self, error);
  if (reply != NULL)
    fram_inspector_pull (self);
}

static void
on_appeared (GDBusConnection *connection, const char *name, const char *owner,
             gpointer user_data)
{
  FramInspector *self = user_data;

  self->cancellable = g_cancellable_new ();
  fram_inspector_call (self, "Subscribe", NULL, "(t)", self->cancellable, on_subscribed,
                       g_object_ref (self));
  start_timer (self);
  set_available (self, TRUE);
}

static void
on_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  FramInspector *self = user_data;

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  stop_timer (self);
  fram_inspector_forget (self);
  set_available (self, FALSE);
}

static void
on_changed (GDBusConnection *connection, const char *sender, const char *path,
            const char *interface, const char *signal, GVariant *body, gpointer user_data)
{
  fram_inspector_pull (user_data);
}

/* --- Construction ------------------------------------------------------------------ */

static void
begin (FramInspector *self)
{
  self->subscription = g_dbus_connection_signal_subscribe (
      self->connection, FRAM_BUS_NAME, FRAM_BUS_INSPECTOR_INTERFACE, "Changed",
      FRAM_BUS_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_changed, self, NULL);
  self->watch = g_bus_watch_name_on_connection (self->connection, FRAM_BUS_NAME,
                                                G_BUS_NAME_WATCHER_FLAGS_AUTO_START,
                                                on_appeared, on_vanished, self, NULL);
}

static GError *
no_bus (GError *error)
{
  g_autoptr (GError) owned = error;

  if (g_error_matches (owned, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_steal_pointer (&owned);
  g_dbus_error_strip_remote_error (owned);
  return g_error_new (FRAM_ERROR, FRAM_ERROR_SERVICE_UNAVAILABLE,
                      "There is no session bus to reach the Fram service by: %s",
                      owned->message);
}

static gboolean
fram_inspector_init_sync (GInitable *initable, GCancellable *cancellable, GError **error)
{
  FramInspector *self = FRAM_INSPECTOR (initable);
  GError *failure = NULL;

  if (self->connection == NULL)
    self->connection = g_bus_get_sync (G_BUS_TYPE_SESSION, cancellable, &failure);
  if (self->connection == NULL)
    {
      g_propagate_error (error, no_bus (failure));
      return FALSE;
    }
  begin (self);
  return TRUE;
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  FramInspector *self = g_task_get_source_object (task);
  GError *error = NULL;

  self->connection = g_bus_get_finish (result, &error);
  if (self->connection == NULL)
    {
      g_task_return_error (task, no_bus (error));
      return;
    }
  begin (self);
  g_task_return_boolean (task, TRUE);
}

static void
fram_inspector_init_async (GAsyncInitable *initable, int priority,
                           GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  FramInspector *self = FRAM_INSPECTOR (initable);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, fram_inspector_init_async);
  g_task_set_priority (task, priority);
  if (self->connection == NULL)
    {
      g_bus_get (G_BUS_TYPE_SESSION, cancellable, on_bus, g_steal_pointer (&task));
      return;
    }
  begin (self);
  g_task_return_boolean (task, TRUE);
}

static gboolean
fram_inspector_init_finish (GAsyncInitable *initable, GAsyncResult *result,
                            GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
initable_iface_init (GInitableIface *iface)
{
  iface->init = fram_inspector_init_sync;
}

static void
async_initable_iface_init (GAsyncInitableIface *iface)
{
  iface->init_async = fram_inspector_init_async;
  iface->init_finish = fram_inspector_init_finish;
}

/* --- The object -------------------------------------------------------------------- */

static void
fram_inspector_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FramInspector *self = FRAM_INSPECTOR (object);

  switch (id)
    {
    case PROP_CONNECTION:
      g_value_set_object (value, self->connection);
      break;
    case PROP_AVAILABLE:
      g_value_set_boolean (value, self->available);
      break;
    case PROP_LOADED:
      g_value_set_boolean (value, self->loaded);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_INTERVAL:
      g_value_set_uint (value, self->interval);
      break;
    case PROP_SESSIONS:
      g_value_set_object (value, self->sessions);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fram_inspector_set_property (GObject *object, guint id, const GValue *value,
                             GParamSpec *pspec)
{
  FramInspector *self = FRAM_INSPECTOR (object);

  switch (id)
    {
    case PROP_CONNECTION:
      self->connection = g_value_dup_object (value);
      break;
    case PROP_INTERVAL:
      fram_inspector_set_interval (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

/* Nobody else would tell the service that this reader has gone while its connection lives. */
static void
unsubscribe (FramInspector *self)
{
  if (self->available)
    g_dbus_connection_call (self->connection, FRAM_BUS_NAME, FRAM_BUS_PATH,
                            FRAM_BUS_INSPECTOR_INTERFACE, "Unsubscribe", NULL, NULL,
                            G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
}

static void
fram_inspector_dispose (GObject *object)
{
  FramInspector *self = FRAM_INSPECTOR (object);

  stop_timer (self);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  if (self->watch != 0)
    {
      unsubscribe (self);
      g_bus_unwatch_name (self->watch);
      g_dbus_connection_signal_unsubscribe (self->connection, self->subscription);
    }
  self->watch = 0;
  G_OBJECT_CLASS (fram_inspector_parent_class)->dispose (object);
}

static void
fram_inspector_finalize (GObject *object)
{
  FramInspector *self = FRAM_INSPECTOR (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->sessions);
  g_clear_object (&self->connection);
  g_clear_error (&self->error);
  g_ptr_array_unref (self->session_watches);
  g_ptr_array_unref (self->network_watches);
  g_main_context_unref (self->context);
  G_OBJECT_CLASS (fram_inspector_parent_class)->finalize (object);
}

static void
fram_inspector_class_init (FramInspectorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags readable
      = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  /* Before the first call, GIO must know our errors by their names on the bus. */
  fram_error_quark ();
  object_class->get_property = fram_inspector_get_property;
  object_class->set_property = fram_inspector_set_property;
  object_class->dispose = fram_inspector_dispose;
  object_class->finalize = fram_inspector_finalize;

  /**
   * FramInspector:connection: (getter get_connection)
   *
   * The bus connection by which it reads.
   */
  properties[PROP_CONNECTION] = g_param_spec_object (
      "connection", NULL, NULL, G_TYPE_DBUS_CONNECTION,
      G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  /**
   * FramInspector:available: (getter get_available)
   *
   * Whether the service is there.
   */
  properties[PROP_AVAILABLE]
      = g_param_spec_boolean ("available", NULL, NULL, FALSE, readable);
  /**
   * FramInspector:loaded: (getter get_loaded)
   *
   * Whether the list of the sessions is filled.
   */
  properties[PROP_LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE, readable);
  /**
   * FramInspector:error: (getter get_error)
   *
   * Why the service that is there does not answer; %NULL if it does.
   */
  properties[PROP_ERROR]
      = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, readable);
  /**
   * FramInspector:interval: (getter get_interval) (setter set_interval)
   *
   * So many milliseconds after another, what changes without being told is pulled: counters,
   * times, the network.
   */
  properties[PROP_INTERVAL] = g_param_spec_uint (
      "interval", NULL, NULL, INTERVAL_LEAST, G_MAXUINT, INTERVAL_DEFAULT,
      G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  /**
   * FramInspector:sessions: (getter get_sessions)
   *
   * The sessions of all applications: [class@SessionRow].
   */
  properties[PROP_SESSIONS]
      = g_param_spec_object ("sessions", NULL, NULL, G_TYPE_LIST_MODEL, readable);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fram_inspector_init (FramInspector *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->interval = INTERVAL_DEFAULT;
  self->sessions = fram_table_new (FRAM_TYPE_SESSION_ROW, fram_table_key_id);
  self->session_watches = g_ptr_array_new ();
  self->network_watches = g_ptr_array_new ();
}

/**
 * fram_inspector_new_async:
 * @connection: (nullable): The bus to use; %NULL: the session bus.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called when there is an inspector.
 * @user_data: Data for @callback.
 *
 * Makes an inspector, and starts the service if it does not run.  Whether that is there is
 * told later, by [property@Inspector:available] and [property@Inspector:loaded].
 */
void
fram_inspector_new_async (GDBusConnection *connection, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  g_async_initable_new_async (FRAM_TYPE_INSPECTOR, G_PRIORITY_DEFAULT, cancellable,
                              callback, user_data, "connection", connection, NULL);
}

/**
 * fram_inspector_new_finish: (constructor)
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [func@Inspector.new_async].
 *
 * Fails with %FRAM_ERROR_SERVICE_UNAVAILABLE if there is no bus.  That there is no service is
 * no failure.
 *
 * Returns: (transfer full): The inspector.
 */
FramInspector *
fram_inspector_new_finish (GAsyncResult *result, GError **error)
{
  g_autoptr (GObject) source = g_async_result_get_source_object (result);
  GObject *self = g_async_initable_new_finish (G_ASYNC_INITABLE (source), result, error);

  return self != NULL ? FRAM_INSPECTOR (self) : NULL;
}

/**
 * fram_inspector_new_sync: (constructor)
 * @connection: (nullable): The bus to use; %NULL: the session bus.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Makes an inspector.  Blocks until the bus is there; all else as
 * [func@Inspector.new_async].
 *
 * Returns: (transfer full): The inspector.
 */
FramInspector *
fram_inspector_new_sync (GDBusConnection *connection, GCancellable *cancellable,
                         GError **error)
{
  return g_initable_new (FRAM_TYPE_INSPECTOR, cancellable, error, "connection",
                         connection, NULL);
}

/**
 * fram_inspector_get_connection:
 * @self: An inspector.
 *
 * Gives the bus connection by which it reads.
 *
 * Returns: (transfer none): The connection.
 */
GDBusConnection *
fram_inspector_get_connection (FramInspector *self)
{
  g_return_val_if_fail (FRAM_IS_INSPECTOR (self), NULL);

  return self->connection;
}

/**
 * fram_inspector_get_available:
 * @self: An inspector.
 *
 * Tells whether the service is there.
 *
 * Returns: Whether it is.
 */
gboolean
fram_inspector_get_available (FramInspector *self)
{
  g_return_val_if_fail (FRAM_IS_INSPECTOR (self), FALSE);

  return self->available;
}

/**
 * fram_inspector_get_loaded:
 * @self: An inspector.
 *
 * Tells whether the list of the sessions is filled.
 *
 * Returns: Whether it is.
 */
gboolean
fram_inspector_get_loaded (FramInspector *self)
{
  g_return_val_if_fail (FRAM_IS_INSPECTOR (self), FALSE);

  return self->loaded;
}

/**
 * fram_inspector_get_error:
 * @self: An inspector.
 *
 * Tells why the service that is there does not answer.
 *
 * Returns: (transfer none) (nullable): The error; %NULL if it does.
 */
const GError *
fram_inspector_get_error (FramInspector *self)
{
  g_return_val_if_fail (FRAM_IS_INSPECTOR (self), NULL);

  return self->error;
}

/**
 * fram_inspector_get_interval:
 * @self: An inspector.
 *
 * Gives the time between two pulls of what changes without being told.
 *
 * Returns: Milliseconds.
 */
guint
fram_inspector_get_interval (FramInspector *self)
{
  g_return_val_if_fail (FRAM_IS_INSPECTOR (self), 0);

  return self->interval;
}

/**
 * fram_inspector_set_interval:
 * @self: An inspector.
 * @milliseconds: The time, at least 100.
 *
 * Sets the time between two pulls of what changes without being told.
 */
void
fram_inspector_set_interval (FramInspector *self, guint milliseconds)
{
  g_return_if_fail (FRAM_IS_INSPECTOR (self));
  g_return_if_fail (milliseconds >= INTERVAL_LEAST);

  if (self->interval == milliseconds)
    return;
  self->interval = milliseconds;
  if (self->timer != NULL)
    start_timer (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_INTERVAL]);
}

/**
 * fram_inspector_get_sessions:
 * @self: An inspector.
 *
 * Gives the sessions of all applications.
 *
 * Returns: (transfer none): A list of [class@SessionRow].
 */
GListModel *
fram_inspector_get_sessions (FramInspector *self)
{
  g_return_val_if_fail (FRAM_IS_INSPECTOR (self), NULL);

  return G_LIST_MODEL (self->sessions);
}

/**
 * fram_inspector_find_session:
 * @self: An inspector.
 * @path: An object path.
 *
 * Finds a session by its object path.
 *
 * Returns: (transfer none) (nullable): The session; %NULL if it is not in the list.
 */
FramSessionRow *
fram_inspector_find_session (FramInspector *self, const char *path)
{
  g_return_val_if_fail (FRAM_IS_INSPECTOR (self), NULL);
  g_return_val_if_fail (path != NULL, NULL);

  for (guint i = 0; i < fram_table_get_length (self->sessions); i++)
    {
      FramRow *row = fram_table_peek (self->sessions, i);

      if (g_strcmp0 (fram_row_get_string (row, "path"), path) == 0)
        return FRAM_SESSION_ROW (row);
    }
  return NULL;
}

/* --- Starting the service ---------------------------------------------------------- */

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, fram_bus_error_translate (error, FRAM_CALLEE_SERVICE));
}

/**
 * fram_inspector_start_async:
 * @self: An inspector.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called when the service runs, or cannot be started.
 * @user_data: Data for @callback.
 *
 * Starts the service if it does not run.
 */
void
fram_inspector_start_async (FramInspector *self, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (FRAM_IS_INSPECTOR (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, fram_inspector_start_async);
  g_dbus_connection_call (self->connection, "org.freedesktop.DBus",
                          "/org/freedesktop/DBus", "org.freedesktop.DBus",
                          "StartServiceByName", g_variant_new ("(su)", FRAM_BUS_NAME, 0),
                          NULL, G_DBUS_CALL_FLAGS_NONE, -1, cancellable, on_started,
                          task);
}

/**
 * fram_inspector_start_finish:
 * @self: An inspector.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Inspector.start_async].
 *
 * Returns: Whether the service runs.
 */
gboolean
fram_inspector_start_finish (FramInspector *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, fram_inspector_start_async),
                        FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
