#include "fram-client.h"

#include "bus-error.h"
#include "client-private.h"
#include "fram-error.h"

/**
 * FramClient:
 *
 * The way to the Fram service of this user.
 *
 * A client creates sessions and shows what the service does for all applications.  The
 * service is started when it is needed.  If it ends, [signal@Client::service-lost] tells,
 * all sessions are closed, and the next call starts it again.
 *
 * A client and all that comes from it belong to the thread that made it: callbacks and
 * signals come from the main context that was its thread's default then.
 */

enum
{
  PROP_CONNECTION = 1,
  PROP_VERSION,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint service_lost_signal;

static void initable_iface_init (GInitableIface *iface);
static void async_initable_iface_init (GAsyncInitableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FramClient, fram_client, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE,
                                                      initable_iface_init)
                                   G_IMPLEMENT_INTERFACE (G_TYPE_ASYNC_INITABLE,
                                                          async_initable_iface_init))

static void
on_owner_changed (FramClient *self)
{
  g_autofree char *owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (self->manager));

  if (owner == NULL)
    g_signal_emit (self, service_lost_signal, 0);
}

static void
on_bus_closed (FramClient *self)
{
  g_signal_emit (self, service_lost_signal, 0);
}

/* --- Construction ------------------------------------------------------------------ */

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

/* Handlers come after those of sessions, so that at `service-lost` all are closed. */
static gboolean
adopt_manager (FramClient *self, IceBusManager *manager, GError **error)
{
  g_autofree char *owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (manager));

  self->manager = manager;
  g_signal_connect_object (manager, "notify::g-name-owner", G_CALLBACK (on_owner_changed),
                           self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->connection, "closed", G_CALLBACK (on_bus_closed), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  if (owner != NULL)
    return TRUE;
  g_set_error_literal (
      error, FRAM_ERROR, FRAM_ERROR_SERVICE_UNAVAILABLE,
      "The Fram service (framd) does not run, and the session bus knows no way to start "
      "it: is it installed?");
  return FALSE;
}

static gboolean
fram_client_init_sync (GInitable *initable, GCancellable *cancellable, GError **error)
{
  FramClient *self = FRAM_CLIENT (initable);
  GError *failure = NULL;
  IceBusManager *manager;

  if (self->connection == NULL)
    self->connection = g_bus_get_sync (G_BUS_TYPE_SESSION, cancellable, &failure);
  if (self->connection == NULL)
    {
      g_propagate_error (error, no_bus (failure));
      return FALSE;
    }
  manager = ice_bus_manager_proxy_new_sync (self->connection, G_DBUS_PROXY_FLAGS_NONE,
                                            FRAM_BUS_NAME, FRAM_BUS_PATH, cancellable,
                                            &failure);
  if (manager != NULL)
    return adopt_manager (self, manager, error);
  g_propagate_error (error, fram_bus_error_translate (failure, FRAM_CALLEE_SERVICE));
  return FALSE;
}

static void
on_manager (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  FramClient *self = g_task_get_source_object (task);
  GError *error = NULL;
  IceBusManager *manager = ice_bus_manager_proxy_new_finish (result, &error);

  if (manager == NULL)
    g_task_return_error (task, fram_bus_error_translate (error, FRAM_CALLEE_SERVICE));
  else if (adopt_manager (self, manager, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
find_manager (FramClient *self, GTask *task)
{
  ice_bus_manager_proxy_new (self->connection, G_DBUS_PROXY_FLAGS_NONE, FRAM_BUS_NAME,
                             FRAM_BUS_PATH, g_task_get_cancellable (task), on_manager,
                             task);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  FramClient *self = g_task_get_source_object (task);
  GError *error = NULL;

  self->connection = g_bus_get_finish (result, &error);
  if (self->connection != NULL)
    find_manager (self, g_steal_pointer (&task));
  else
    g_task_return_error (task, no_bus (error));
}

static void
fram_client_init_async (GAsyncInitable *initable, int priority, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  FramClient *self = FRAM_CLIENT (initable);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, fram_client_init_async);
  g_task_set_priority (task, priority);
  if (self->connection != NULL)
    find_manager (self, g_steal_pointer (&task));
  else
    g_bus_get (G_BUS_TYPE_SESSION, cancellable, on_bus, g_steal_pointer (&task));
}

static gboolean
fram_client_init_finish (GAsyncInitable *initable, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
initable_iface_init (GInitableIface *iface)
{
  iface->init = fram_client_init_sync;
}

static void
async_initable_iface_init (GAsyncInitableIface *iface)
{
  iface->init_async = fram_client_init_async;
  iface->init_finish = fram_client_init_finish;
}

/* --- The object -------------------------------------------------------------------- */

static void
fram_client_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FramClient *self = FRAM_CLIENT (object);

  switch (id)
    {
    case PROP_CONNECTION:
      g_value_set_object (value, self->connection);
      break;
    case PROP_VERSION:
      g_value_set_string (value, fram_client_get_version (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fram_client_set_property (GObject *object, guint id, const GValue *value,
                          GParamSpec *pspec)
{
  FramClient *self = FRAM_CLIENT (object);

  switch (id)
    {
    case PROP_CONNECTION:
      self->connection = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fram_client_finalize (GObject *object)
{
  FramClient *self = FRAM_CLIENT (object);

  g_clear_object (&self->manager);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (fram_client_parent_class)->finalize (object);
}

static void
fram_client_class_init (FramClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  /* Before the first call, GIO must know our errors by their names on the bus. */
  fram_error_quark ();
  object_class->get_property = fram_client_get_property;
  object_class->set_property = fram_client_set_property;
  object_class->finalize = fram_client_finalize;

  /**
   * FramClient:connection: (getter get_connection)
   *
   * The bus connection that the sessions belong to.
   */
  properties[PROP_CONNECTION] = g_param_spec_object (
      "connection", NULL, NULL, G_TYPE_DBUS_CONNECTION,
      G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  /**
   * FramClient:version: (getter get_version)
   *
   * The version of the service.
   */
  properties[PROP_VERSION] = g_param_spec_string (
      "version", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * FramClient::service-lost:
   * @self: The client.
   *
   * The service has ended, or the bus has.  All sessions of this client are closed.
   */
  service_lost_signal = g_signal_new ("service-lost", FRAM_TYPE_CLIENT, G_SIGNAL_RUN_LAST,
                                      0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fram_client_init (FramClient *self)
{
}

/**
 * fram_client_new_async:
 * @connection: (nullable): The bus to use; %NULL: the session bus.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called when the client is ready.
 * @user_data: Data for @callback.
 *
 * Finds the service, and starts it if it does not run.
 */
void
fram_client_new_async (GDBusConnection *connection, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  g_async_initable_new_async (FRAM_TYPE_CLIENT, G_PRIORITY_DEFAULT, cancellable, callback,
                              user_data, "connection", connection, NULL);
}

/**
 * fram_client_new_finish: (constructor)
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [func@Client.new_async].
 *
 * Fails with %FRAM_ERROR_SERVICE_UNAVAILABLE if the service does not run and cannot be
 * started.
 *
 * Returns: (transfer full): The client.
 */
FramClient *
fram_client_new_finish (GAsyncResult *result, GError **error)
{
  g_autoptr (GObject) source = g_async_result_get_source_object (result);
  GObject *self = g_async_initable_new_finish (G_ASYNC_INITABLE (source), result, error);

  return self != NULL ? FRAM_CLIENT (self) : NULL;
}

/**
 * fram_client_new_sync: (constructor)
 * @connection: (nullable): The bus to use; %NULL: the session bus.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Finds the service, and starts it if it does not run.  Blocks meanwhile.
 *
 * Fails as [ctor@Client.new_finish].
 *
 * Returns: (transfer full): The client.
 */
FramClient *
fram_client_new_sync (GDBusConnection *connection, GCancellable *cancellable,
                      GError **error)
{
  return g_initable_new (FRAM_TYPE_CLIENT, cancellable, error, "connection", connection,
                         NULL);
}

/**
 * fram_client_get_connection:
 * @self: A client.
 *
 * Gives the bus connection that the sessions belong to: they end with it.
 *
 * Returns: (transfer none): The connection.
 */
GDBusConnection *
fram_client_get_connection (FramClient *self)
{
  g_return_val_if_fail (FRAM_IS_CLIENT (self), NULL);

  return self->connection;
}

/**
 * fram_client_get_version:
 * @self: A client.
 *
 * Gives the version of the service, as `0.1.0`.
 *
 * Returns: (nullable) (transfer none): The version; %NULL if the service does not run.
 */
const char *
fram_client_get_version (FramClient *self)
{
  g_return_val_if_fail (FRAM_IS_CLIENT (self), NULL);

  return self->manager != NULL ? ice_bus_manager_get_version (self->manager) : NULL;
}
