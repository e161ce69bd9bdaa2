/* What a client shows: sessions, pairs and numbers of all applications. */
#include "call.h"
#include "client-private.h"
#include "row-reply.h"

void
fram_client_call (FramClient *self, const char *method, GVariant *arguments, gpointer tag,
                  GCancellable *cancellable, GAsyncReadyCallback callback,
                  gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  fram_call (G_DBUS_PROXY (self->manager), method, arguments, task);
}

/**
 * fram_client_list_sessions_async:
 * @self: A client.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called with the list.
 * @user_data: Data for @callback.
 *
 * Asks for the sessions of all applications of this user, the oldest first.
 */
void
fram_client_list_sessions_async (FramClient *self, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (FRAM_IS_CLIENT (self));

  fram_client_call (self, "ListSessions", NULL, fram_client_list_sessions_async,
                    cancellable, callback, user_data);
}

/**
 * fram_client_list_sessions_finish:
 * @self: A client.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Client.list_sessions_async].
 *
 * Returns: (transfer container) (element-type FramSessionInfo): The sessions.
 */
GPtrArray *
fram_client_list_sessions_finish (FramClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply
      = fram_call_finish (self, result, fram_client_list_sessions_async, error);

  return reply != NULL ? fram_session_infos_from_reply (reply) : NULL;
}

/**
 * fram_client_list_sessions_sync:
 * @self: A client.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Lists the sessions of all applications of this user, the oldest first.  Blocks
 * meanwhile.
 *
 * Returns: (transfer container) (element-type FramSessionInfo): The sessions.
 */
GPtrArray *
fram_client_list_sessions_sync (FramClient *self, GCancellable *cancellable,
                                GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  g_return_val_if_fail (FRAM_IS_CLIENT (self), NULL);

  reply = fram_call_sync (G_DBUS_PROXY (self->manager), "ListSessions", NULL, NULL,
                          cancellable, error);
  return reply != NULL ? fram_session_infos_from_reply (reply) : NULL;
}

/**
 * fram_client_get_pairs_async:
 * @self: A client.
 * @session: The path of a session of any application.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called with the pairs.
 * @user_data: Data for @callback.
 *
 * Asks for the pairs of any session of this user, the highest priority first.
 */
void
fram_client_get_pairs_async (FramClient *self, const char *session,
                             GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_return_if_fail (FRAM_IS_CLIENT (self));
  g_return_if_fail (g_variant_is_object_path (session));

  fram_client_call (self, "GetPairs", g_variant_new ("(o)", session),
                    fram_client_get_pairs_async, cancellable, callback, user_data);
}

/**
 * fram_client_get_pairs_finish:
 * @self: A client.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Client.get_pairs_async].
 *
 * Fails with %FRAM_ERROR_NO_SESSION if there is no such session (any more).
 *
 * Returns: (transfer container) (element-type FramPair): The pairs.
 */
GPtrArray *
fram_client_get_pairs_finish (FramClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply
      = fram_call_finish (self, result, fram_client_get_pairs_async, error);

  return reply != NULL ? fram_pairs_from_reply (reply) : NULL;
}

/**
 * fram_client_get_pairs_sync:
 * @self: A client.
 * @session: The path of a session of any application.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Gives the pairs of any session of this user, the highest priority first.  Blocks
 * meanwhile.
 *
 * Fails as [method@Client.get_pairs_finish].
 *
 * Returns: (transfer container) (element-type FramPair): The pairs.
 */
GPtrArray *
fram_client_get_pairs_sync (FramClient *self, const char *session,
                            GCancellable *cancellable, GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  g_return_val_if_fail (FRAM_IS_CLIENT (self), NULL);
  g_return_val_if_fail (g_variant_is_object_path (session), NULL);

  reply = fram_call_sync (G_DBUS_PROXY (self->manager), "GetPairs",
                          g_variant_new ("(o)", session), NULL, cancellable, error);
  return reply != NULL ? fram_pairs_from_reply (reply) : NULL;
}

/**
 * fram_client_get_status_async:
 * @self: A client.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called with the status.
 * @user_data: Data for @callback.
 *
 * Asks what the service holds and has done since its start.
 */
void
fram_client_get_status_async (FramClient *self, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (FRAM_IS_CLIENT (self));

  fram_client_call (self, "GetStatus", NULL, fram_client_get_status_async, cancellable,
                    callback, user_data);
}

/**
 * fram_client_get_status_finish:
 * @self: A client.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Client.get_status_async].
 *
 * The keys are `sessions`, `bases`, `lanes`, `routes`, `mappings` (`u`), `packets-in`,
 * `packets-out`, `bytes-in`, `bytes-out`, one `dropped-…` for each reason (`t`), and
 * `features` (`as`), `cache` and, if something is the matter, `cache-problem` (`s`).  A newer
 * service may have more.
 *
 * Returns: (transfer full): A dictionary of type `a{sv}`.
 */
GVariant *
fram_client_get_status_finish (FramClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply
      = fram_call_finish (self, result, fram_client_get_status_async, error);

  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

/**
 * fram_client_get_status_sync:
 * @self: A client.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Tells what the service holds and has done since its start.  Blocks meanwhile.
 *
 * Returns: (transfer full): As [method@Client.get_status_finish].
 */
GVariant *
fram_client_get_status_sync (FramClient *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  g_return_val_if_fail (FRAM_IS_CLIENT (self), NULL);

  reply = fram_call_sync (G_DBUS_PROXY (self->manager), "GetStatus", NULL, NULL,
                          cancellable, error);
  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}
