/* Finding out anew how the network is. */
#include "network-reply.h"
#include "network-watch-private.h"

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  FramNetworkWatch *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply
      = fram_inspector_call_finish (self->inspector, result, NULL, &error);

  if (--self->n_checks == 0)
    g_object_notify (G_OBJECT (self), "checking");
  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  fram_network_watch_take (self, reply);
  g_task_return_boolean (task, TRUE);
}

/**
 * fram_network_watch_check_async:
 * @self: The network.
 * @uris: (nullable) (array zero-terminated=1): The servers to ask, at most 8 STUN URIs
 *   (RFC 7064); %NULL or none: those that sessions use, or used.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called when the check is over.
 * @user_data: Data for @callback.
 *
 * Finds out anew how the NATs behave and which servers answer, which takes up to 10 seconds.
 * What was found is in the lists then.
 */
void
fram_network_watch_check_async (FramNetworkWatch *self, const char *const *uris,
                                GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  static const char *const none[] = { NULL };
  GTask *task;

  g_return_if_fail (FRAM_IS_NETWORK_WATCH (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, fram_network_watch_check_async);
  if (self->n_checks++ == 0)
    g_object_notify (G_OBJECT (self), "checking");
  fram_inspector_call (self->inspector, "CheckNetwork",
                       g_variant_new ("(^as)", uris != NULL ? uris : none),
                       FRAM_NETWORK_REPLY, cancellable, on_checked, task);
}

/**
 * fram_network_watch_check_finish:
 * @self: The network.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@NetworkWatch.check_async].
 *
 * Returns: Whether the check was made.
 */
gboolean
fram_network_watch_check_finish (FramNetworkWatch *self, GAsyncResult *result,
                                 GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, fram_network_watch_check_async),
                        FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
