/* The calls that move a session on: restart, streams, data, end. */
#include "call.h"
#include "component-private.h"
#include "fram-error.h"
#include "session-private.h"

/* What a task has opened: the arguments of OpenComponent. */
#define OPENED "fram-opened"

/**
 * fram_session_restart_async:
 * @self: A session.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called when the new generation has begun.
 * @user_data: Data for @callback.
 *
 * Begins a new generation with new credentials (RFC 8445 §9).  The local description is
 * passed to the peer again, and the peer's set again; data go on over the old path until
 * a new one is selected.
 */
void
fram_session_restart_async (FramSession *self, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (FRAM_IS_SESSION (self));

  fram_session_call (self, "Restart", NULL, fram_session_restart_async, cancellable,
                     callback, user_data);
}

/**
 * fram_session_restart_finish:
 * @self: A session.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Session.restart_async].
 *
 * Fails with %FRAM_ERROR_WRONG_STATE if the session cannot restart now.
 *
 * Returns: Whether the new generation has begun.
 */
gboolean
fram_session_restart_finish (FramSession *self, GAsyncResult *result, GError **error)
{
  return fram_call_finish_void (self, result, fram_session_restart_async, error);
}

/**
 * fram_session_restart_sync:
 * @self: A session.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Begins a new generation with new credentials.  Blocks until it has begun.
 *
 * Fails as [method@Session.restart_finish].
 *
 * Returns: Whether the new generation has begun.
 */
gboolean
fram_session_restart_sync (FramSession *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  g_return_val_if_fail (FRAM_IS_SESSION (self), FALSE);

  reply = fram_session_call_sync (self, "Restart", NULL, NULL, cancellable, error);
  return reply != NULL;
}

/**
 * fram_session_remove_stream_async:
 * @self: A session.
 * @stream: From 0.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called when the stream is gone.
 * @user_data: Data for @callback.
 *
 * Ends one stream while the others go on: its components become %FRAM_STATE_CLOSED with the
 * cause `stream-removed`, and their data come to their end.  The other streams keep their
 * numbers.  The peer is told by the application, so that it removes the stream too.
 */
void
fram_session_remove_stream_async (FramSession *self, guint stream,
                                  GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_return_if_fail (FRAM_IS_SESSION (self));

  fram_session_call (self, "RemoveStream", g_variant_new ("(u)", stream),
                     fram_session_remove_stream_async, cancellable, callback, user_data);
}

/**
 * fram_session_remove_stream_finish:
 * @self: A session.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Session.remove_stream_async].
 *
 * Fails with %FRAM_ERROR_INVALID_ARGUMENT if there is no such stream, or not any more, and with
 * %FRAM_ERROR_WRONG_STATE if it is the last one: [method@Session.close_async] ends that.
 *
 * Returns: Whether the stream is gone.
 */
gboolean
fram_session_remove_stream_finish (FramSession *self, GAsyncResult *result,
                                   GError **error)
{
  return fram_call_finish_void (self, result, fram_session_remove_stream_async, error);
}

/**
 * fram_session_remove_stream_sync:
 * @self: A session.
 * @stream: From 0.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Ends one stream while the others go on.  Blocks until it is gone.
 *
 * Fails as [method@Session.remove_stream_finish].
 *
 * Returns: Whether the stream is gone.
 */
gboolean
fram_session_remove_stream_sync (FramSession *self, guint stream,
                                 GCancellable *cancellable, GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  g_return_val_if_fail (FRAM_IS_SESSION (self), FALSE);

  reply = fram_session_call_sync (self, "RemoveStream", g_variant_new ("(u)", stream),
                                  NULL, cancellable, error);
  return reply != NULL;
}

/**
 * fram_session_set_dscp_async:
 * @self: A session.
 * @stream: From 0.
 * @component: From 1.
 * @dscp: The code point, 0 to 63; 0: none.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called when it is done.
 * @user_data: Data for @callback.
 *
 * Marks the data of a component, and its connectivity checks, for differentiated services
 * (RFC 2474, RFC 8445 §7.2.3).  It stays when the path changes and after a restart.  Who calls
 * this before the remote description is set has all of it marked.
 */
void
fram_session_set_dscp_async (FramSession *self, guint stream, guint component, guint dscp,
                             GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_return_if_fail (FRAM_IS_SESSION (self));

  fram_session_call (self, "SetDscp", g_variant_new ("(uuu)", stream, component, dscp),
                     fram_session_set_dscp_async, cancellable, callback, user_data);
}

/**
 * fram_session_set_dscp_finish:
 * @self: A session.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Session.set_dscp_async].
 *
 * Fails with %FRAM_ERROR_INVALID_ARGUMENT if there is no such component, or code point.
 *
 * Returns: Whether it is marked so.
 */
gboolean
fram_session_set_dscp_finish (FramSession *self, GAsyncResult *result, GError **error)
{
  return fram_call_finish_void (self, result, fram_session_set_dscp_async, error);
}

/**
 * fram_session_set_dscp_sync:
 * @self: A session.
 * @stream: From 0.
 * @component: From 1.
 * @dscp: The code point, 0 to 63; 0: none.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Marks the data of a component, and its connectivity checks.  Blocks until it is done.
 *
 * Fails as [method@Session.set_dscp_finish].
 *
 * Returns: Whether it is marked so.
 */
gboolean
fram_session_set_dscp_sync (FramSession *self, guint stream, guint component, guint dscp,
                            GCancellable *cancellable, GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  g_return_val_if_fail (FRAM_IS_SESSION (self), FALSE);

  reply = fram_session_call_sync (self, "SetDscp",
                                  g_variant_new ("(uuu)", stream, component, dscp), NULL,
                                  cancellable, error);
  return reply != NULL;
}

/**
 * fram_session_open_component_async:
 * @self: A session.
 * @stream: From 0.
 * @component: From 1.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called with the component.
 * @user_data: Data for @callback.
 *
 * Opens the data of one component.  This may be done before the session is connected; a
 * second time closes what was opened first.
 */
void
fram_session_open_component_async (FramSession *self, guint stream, guint component,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GVariant) arguments
      = g_variant_ref_sink (g_variant_new ("(uu)", stream, component));
  GTask *task;

  g_return_if_fail (FRAM_IS_SESSION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, fram_session_open_component_async);
  g_object_set_data_full (G_OBJECT (task), OPENED, g_variant_ref (arguments),
                          (GDestroyNotify) g_variant_unref);
  fram_session_call_for (self, "OpenComponent", arguments, task);
}

static FramComponent *
take_component (FramSession *self, GVariant *arguments, GVariant *reply,
                GUnixFDList *descriptors, GError **error)
{
  guint32 stream, component;
  gint32 index;
  int fd = -1;

  g_variant_get (reply, "(h)", &index);
  if (descriptors != NULL && index >= 0
      && index < g_unix_fd_list_get_length (descriptors))
    fd = g_unix_fd_list_get (descriptors, index, error);
  else
    g_set_error_literal (error, FRAM_ERROR, FRAM_ERROR_FAILED,
                         "The service gave no socket.");
  if (fd < 0)
    return NULL;
  g_variant_get (arguments, "(uu)", &stream, &component);
  return fram_component_new (self, stream, component, fd, error);
}

/**
 * fram_session_open_component_finish:
 * @self: A session.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Session.open_component_async].
 *
 * Fails with %FRAM_ERROR_INVALID_ARGUMENT if there is no such component, with
 * %FRAM_ERROR_LIMIT_EXCEEDED if the service has no descriptor left.
 *
 * Returns: (transfer full): The component.
 */
FramComponent *
fram_session_open_component_finish (FramSession *self, GAsyncResult *result,
                                    GError **error)
{
  g_autoptr (GVariant) reply
      = fram_call_finish (self, result, fram_session_open_component_async, error);

  if (reply == NULL)
    return NULL;
  return take_component (self, g_object_get_data (G_OBJECT (result), OPENED), reply,
                         g_task_get_task_data (G_TASK (result)), error);
}

/**
 * fram_session_open_component_sync:
 * @self: A session.
 * @stream: From 0.
 * @component: From 1.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Opens the data of one component.  Blocks until the service has given it.
 *
 * Fails as [method@Session.open_component_finish].
 *
 * Returns: (transfer full): The component.
 */
FramComponent *
fram_session_open_component_sync (FramSession *self, guint stream, guint component,
                                  GCancellable *cancellable, GError **error)
{
  g_autoptr (GVariant) arguments
      = g_variant_ref_sink (g_variant_new ("(uu)", stream, component));
  g_autoptr (GUnixFDList) descriptors = NULL;
  g_autoptr (GVariant) reply = NULL;

  g_return_val_if_fail (FRAM_IS_SESSION (self), NULL);

  reply = fram_session_call_sync (self, "OpenComponent", arguments, &descriptors,
                                  cancellable, error);
  if (reply == NULL)
    return NULL;
  return take_component (self, arguments, reply, descriptors, error);
}

/**
 * fram_session_close_async:
 * @self: A session.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called when it is closed.
 * @user_data: Data for @callback.
 *
 * Ends the session; its components come to their end.
 */
void
fram_session_close_async (FramSession *self, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (FRAM_IS_SESSION (self));

  fram_session_call (self, "Close", NULL, fram_session_close_async, cancellable, callback,
                     user_data);
}

/* Who wants a session to end has no complaint if it has. */
static gboolean
close_succeeded (GVariant *reply, GError *failure, GError **error)
{
  if (reply != NULL)
    return TRUE;
  if (!g_error_matches (failure, FRAM_ERROR, FRAM_ERROR_CLOSED)
      && !g_error_matches (failure, FRAM_ERROR, FRAM_ERROR_NO_SESSION))
    {
      g_propagate_error (error, failure);
      return FALSE;
    }
  g_error_free (failure);
  return TRUE;
}

/**
 * fram_session_close_finish:
 * @self: A session.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Session.close_async].  That it was closed already is no error.
 *
 * Returns: Whether the session is closed.
 */
gboolean
fram_session_close_finish (FramSession *self, GAsyncResult *result, GError **error)
{
  GError *failure = NULL;
  g_autoptr (GVariant) reply
      = fram_call_finish (self, result, fram_session_close_async, &failure);

  return close_succeeded (reply, failure, error);
}

/**
 * fram_session_close_sync:
 * @self: A session.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Ends the session.  Blocks until it is closed.  That it was closed already is no error.
 *
 * Returns: Whether the session is closed.
 */
gboolean
fram_session_close_sync (FramSession *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  GError *failure = NULL;

  g_return_val_if_fail (FRAM_IS_SESSION (self), FALSE);

  reply = fram_session_call_sync (self, "Close", NULL, NULL, cancellable, &failure);
  return close_succeeded (reply, failure, error);
}
