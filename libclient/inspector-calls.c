/* What an inspector asks of the service, and of the bus. */
#include <gio/gunixfdlist.h>

#include "bus-error.h"
#include "client-private.h"
#include "fram-error.h"
#include "inspector-private.h"

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
  g_object_notify (G_OBJECT (self), "error");
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
