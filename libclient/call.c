#include "call.h"

#include "bus-error.h"
#include "fram-error.h"
#include "ice-bus.h"

static FramCallee
callee_of (GDBusProxy *proxy)
{
  return ICE_BUS_IS_SESSION (proxy) ? FRAM_CALLEE_SESSION : FRAM_CALLEE_SERVICE;
}

static void
on_reply (GObject *source, GAsyncResult *result, gpointer data)
{
  GDBusProxy *proxy = G_DBUS_PROXY (source);
  g_autoptr (GTask) task = data;
  g_autoptr (GUnixFDList) descriptors = NULL;
  GError *error = NULL;
  GVariant *reply;

  reply
      = g_dbus_proxy_call_with_unix_fd_list_finish (proxy, &descriptors, result, &error);
  if (reply == NULL)
    {
      g_task_return_error (task, fram_bus_error_translate (error, callee_of (proxy)));
      return;
    }
  if (descriptors != NULL)
    g_task_set_task_data (task, g_steal_pointer (&descriptors), g_object_unref);
  g_task_return_pointer (task, reply, (GDestroyNotify) g_variant_unref);
}

void
fram_call (GDBusProxy *proxy, const char *method, GVariant *arguments, GTask *task)
{
  fram_call_giving (proxy, method, arguments, NULL, task);
}

void
fram_call_giving (GDBusProxy *proxy, const char *method, GVariant *arguments,
                  GUnixFDList *given, GTask *task)
{
  g_dbus_proxy_call_with_unix_fd_list (proxy, method, arguments, G_DBUS_CALL_FLAGS_NONE,
                                       -1, given, g_task_get_cancellable (task), on_reply,
                                       task);
}

/* Return: (transfer full): the reply, NULL with `error` set. */
static GVariant *
call_sync (GDBusProxy *proxy, const char *method, GVariant *arguments, GUnixFDList *given,
           GUnixFDList **ret_descriptors, GCancellable *cancellable, GError **error)
{
  g_autoptr (GUnixFDList) descriptors = NULL;
  GError *failure = NULL;
  GVariant *reply;

  reply = g_dbus_proxy_call_with_unix_fd_list_sync (proxy, method, arguments,
                                                    G_DBUS_CALL_FLAGS_NONE, -1, given,
                                                    &descriptors, cancellable, &failure);
  if (reply == NULL)
    g_propagate_error (error, fram_bus_error_translate (failure, callee_of (proxy)));
  else if (ret_descriptors != NULL)
    *ret_descriptors = g_steal_pointer (&descriptors);
  return reply;
}

GVariant *
fram_call_sync (GDBusProxy *proxy, const char *method, GVariant *arguments,
                GUnixFDList **ret_descriptors, GCancellable *cancellable, GError **error)
{
  return call_sync (proxy, method, arguments, NULL, ret_descriptors, cancellable, error);
}

GVariant *
fram_call_giving_sync (GDBusProxy *proxy, const char *method, GVariant *arguments,
                       GUnixFDList *given, GCancellable *cancellable, GError **error)
{
  return call_sync (proxy, method, arguments, given, NULL, cancellable, error);
}

GVariant *
fram_call_finish (gpointer source, GAsyncResult *result, gpointer tag, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, source), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, tag), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

GVariant *
fram_call_check (GVariant *reply, const char *type, GError **error)
{
  if (reply == NULL || g_variant_is_of_type (reply, G_VARIANT_TYPE (type)))
    return reply;
  g_set_error (error, FRAM_ERROR, FRAM_ERROR_FAILED,
               "The Fram service (framd) answered with “%s” instead of “%s”",
               g_variant_get_type_string (reply), type);
  g_variant_unref (reply);
  return NULL;
}

gboolean
fram_call_finish_void (gpointer source, GAsyncResult *result, gpointer tag,
                       GError **error)
{
  g_autoptr (GVariant) reply = fram_call_finish (source, result, tag, error);

  return reply != NULL;
}
