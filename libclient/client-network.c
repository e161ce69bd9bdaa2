/* What a client shows of the network and of the past. */
#include "call.h"
#include "client-private.h"
#include "network-reply.h"

#define GET_NETWORK FRAM_BUS_INSPECTOR_INTERFACE ".GetNetwork"
#define CHECK_NETWORK FRAM_BUS_INSPECTOR_INTERFACE ".CheckNetwork"
#define LIST_HISTORY FRAM_BUS_INSPECTOR_INTERFACE ".ListHistory"

static GVariant *
make_uris (const char *const *uris)
{
  static const char *const none[] = { NULL };

  return g_variant_new ("(^as)", uris != NULL ? uris : none);
}

/**
 * fram_client_get_network_async:
 * @self: A client.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called with what is known.
 * @user_data: Data for @callback.
 *
 * Asks what is known of the network that the host is attached to.
 */
void
fram_client_get_network_async (FramClient *self, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (FRAM_IS_CLIENT (self));

  fram_client_call (self, GET_NETWORK, NULL, fram_client_get_network_async, cancellable,
                    callback, user_data);
}

/**
 * fram_client_get_network_finish:
 * @self: A client.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Client.get_network_async].
 *
 * Fails with %FRAM_ERROR_NOT_SUPPORTED if the service is too old to tell.
 *
 * Returns: (transfer full): What is known.
 */
FramNetwork *
fram_client_get_network_finish (FramClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = fram_call_check (
      fram_call_finish (self, result, fram_client_get_network_async, error),
      FRAM_NETWORK_REPLY, error);

  return reply != NULL ? fram_network_from_reply (reply) : NULL;
}

/**
 * fram_client_get_network_sync:
 * @self: A client.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Asks what is known of the network that the host is attached to.
 * Blocks meanwhile, and fails as [method@Client.get_network_finish].
 *
 * Returns: (transfer full): What is known.
 */
FramNetwork *
fram_client_get_network_sync (FramClient *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  g_return_val_if_fail (FRAM_IS_CLIENT (self), NULL);

  reply = fram_call_check (fram_call_sync (G_DBUS_PROXY (self->manager), GET_NETWORK,
                                           NULL, NULL, cancellable, error),
                           FRAM_NETWORK_REPLY, error);
  return reply != NULL ? fram_network_from_reply (reply) : NULL;
}

/**
 * fram_client_check_network_async:
 * @self: A client.
 * @uris: (nullable) (array zero-terminated=1): The servers to ask, at most 8 `stun:` or
 *   `stuns:` URIs; none: those that sessions use, or used.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called with what is known.
 * @user_data: Data for @callback.
 *
 * Finds out anew how the NATs behave and which servers answer, which takes 10 seconds at most.
 */
void
fram_client_check_network_async (FramClient *self, const char *const *uris,
                                 GCancellable *cancellable, GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_return_if_fail (FRAM_IS_CLIENT (self));

  fram_client_call (self, CHECK_NETWORK, make_uris (uris),
                    fram_client_check_network_async, cancellable, callback, user_data);
}

/**
 * fram_client_check_network_finish:
 * @self: A client.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Client.check_network_async].
 *
 * Fails with %FRAM_ERROR_INVALID_ARGUMENT if a URI is wrong, and with
 * %FRAM_ERROR_LIMIT_EXCEEDED if there are too many, or too many checks are waited for.
 *
 * Returns: (transfer full): What is known.
 */
FramNetwork *
fram_client_check_network_finish (FramClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = fram_call_check (
      fram_call_finish (self, result, fram_client_check_network_async, error),
      FRAM_NETWORK_REPLY, error);

  return reply != NULL ? fram_network_from_reply (reply) : NULL;
}

/**
 * fram_client_check_network_sync:
 * @self: A client.
 * @uris: (nullable) (array zero-terminated=1): The servers to ask, at most 8 `stun:` or
 *   `stuns:` URIs; none: those that sessions use, or used.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Finds out anew how the NATs behave and which servers answer, which takes 10 seconds at most.
 * Blocks meanwhile, and fails as [method@Client.check_network_finish].
 *
 * Returns: (transfer full): What is known.
 */
FramNetwork *
fram_client_check_network_sync (FramClient *self, const char *const *uris,
                                GCancellable *cancellable, GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  g_return_val_if_fail (FRAM_IS_CLIENT (self), NULL);

  reply = fram_call_check (fram_call_sync (G_DBUS_PROXY (self->manager), CHECK_NETWORK,
                                           make_uris (uris), NULL, cancellable, error),
                           FRAM_NETWORK_REPLY, error);
  return reply != NULL ? fram_network_from_reply (reply) : NULL;
}

/**
 * fram_client_list_history_async:
 * @self: A client.
 * @before: The id of a session: those that ended before it are listed; 0: the last ones.
 * @limit: How many at most, 1 to 1000.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called with what is known.
 * @user_data: Data for @callback.
 *
 * Asks for sessions of all applications that have ended, the last one first.
 */
void
fram_client_list_history_async (FramClient *self, gint64 before, guint limit,
                                GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (FRAM_IS_CLIENT (self));
  g_return_if_fail (before >= 0);

  fram_client_call (self, LIST_HISTORY, g_variant_new ("(xu)", before, limit),
                    fram_client_list_history_async, cancellable, callback, user_data);
}

/**
 * fram_client_list_history_finish:
 * @self: A client.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Client.list_history_async].
 *
 * Fails with %FRAM_ERROR_INVALID_ARGUMENT if the limit is wrong.
 *
 * Returns: (transfer container) (element-type FramPastSession): The sessions.
 */
GPtrArray *
fram_client_list_history_finish (FramClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = fram_call_check (
      fram_call_finish (self, result, fram_client_list_history_async, error),
      FRAM_HISTORY_REPLY, error);

  return reply != NULL ? fram_past_sessions_from_reply (reply) : NULL;
}

/**
 * fram_client_list_history_sync:
 * @self: A client.
 * @before: The id of a session: those that ended before it are listed; 0: the last ones.
 * @limit: How many at most, 1 to 1000.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Asks for sessions of all applications that have ended, the last one first.
 * Blocks meanwhile, and fails as [method@Client.list_history_finish].
 *
 * Returns: (transfer container) (element-type FramPastSession): The sessions.
 */
GPtrArray *
fram_client_list_history_sync (FramClient *self, gint64 before, guint limit,
                               GCancellable *cancellable, GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  g_return_val_if_fail (FRAM_IS_CLIENT (self), NULL);
  g_return_val_if_fail (before >= 0, NULL);

  reply = fram_call_check (fram_call_sync (G_DBUS_PROXY (self->manager), LIST_HISTORY,
                                           g_variant_new ("(xu)", before, limit), NULL,
                                           cancellable, error),
                           FRAM_HISTORY_REPLY, error);
  return reply != NULL ? fram_past_sessions_from_reply (reply) : NULL;
}
