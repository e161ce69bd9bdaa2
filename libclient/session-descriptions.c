/* The calls by which a session learns of its peer, and the peer of it. */
#include "call.h"
#include "description-variant.h"
#include "session-private.h"

/**
 * fram_session_get_local_description_async:
 * @self: A session.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called with the description.
 * @user_data: Data for @callback.
 *
 * Asks for what is to be passed to the peer, with the candidates found so far.
 */
void
fram_session_get_local_description_async (FramSession *self, GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data)
{
  g_return_if_fail (FRAM_IS_SESSION (self));

  fram_session_call (self, "GetLocalDescription", NULL,
                     fram_session_get_local_description_async, cancellable, callback,
                     user_data);
}

static FramDescription *
take_local (FramSession *self, GVariant *reply)
{
  FramDescription *local;

  if (reply == NULL)
    return NULL;
  local = fram_description_new_from_reply (reply);
  fram_session_take_ufrag (self, fram_description_get_ufrag (local));
  return local;
}

/**
 * fram_session_get_local_description_finish:
 * @self: A session.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Session.get_local_description_async].
 *
 * Returns: (transfer full): What is to be passed to the peer.
 */
FramDescription *
fram_session_get_local_description_finish (FramSession *self, GAsyncResult *result,
                                           GError **error)
{
  g_autoptr (GVariant) reply
      = fram_call_finish (self, result, fram_session_get_local_description_async, error);

  return take_local (self, reply);
}

/**
 * fram_session_get_local_description_sync:
 * @self: A session.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Gives what is to be passed to the peer, with the candidates found so far.  Blocks
 * meanwhile.
 *
 * Returns: (transfer full): What is to be passed to the peer.
 */
FramDescription *
fram_session_get_local_description_sync (FramSession *self, GCancellable *cancellable,
                                         GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  g_return_val_if_fail (FRAM_IS_SESSION (self), NULL);

  reply = fram_session_call_sync (self, "GetLocalDescription", NULL, NULL, cancellable,
                                  error);
  return take_local (self, reply);
}

/**
 * fram_session_set_remote_description_async:
 * @self: A session.
 * @remote: The peer's description.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called when it was taken.
 * @user_data: Data for @callback.
 *
 * Tells who the peer is; checks begin.  This is done once for each generation.
 */
void
fram_session_set_remote_description_async (FramSession *self, FramDescription *remote,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data)
{
  g_return_if_fail (FRAM_IS_SESSION (self));
  g_return_if_fail (FRAM_IS_DESCRIPTION (remote));

  fram_session_call (self, "SetRemoteDescription", fram_description_to_arguments (remote),
                     fram_session_set_remote_description_async, cancellable, callback,
                     user_data);
}

/**
 * fram_session_set_remote_description_finish:
 * @self: A session.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Session.set_remote_description_async].
 *
 * Fails with %FRAM_ERROR_INVALID_DESCRIPTION or %FRAM_ERROR_INVALID_CANDIDATE if the
 * description is wrong, and then does nothing of it; with %FRAM_ERROR_WRONG_STATE if this
 * generation has one; with %FRAM_ERROR_LIMIT_EXCEEDED if it has too many candidates.
 *
 * Returns: Whether it was taken.
 */
gboolean
fram_session_set_remote_description_finish (FramSession *self, GAsyncResult *result,
                                            GError **error)
{
  return fram_call_finish_void (self, result, fram_session_set_remote_description_async,
                                error);
}

/**
 * fram_session_set_remote_description_sync:
 * @self: A session.
 * @remote: The peer's description.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Tells who the peer is; checks begin.  Blocks until the service has taken it.
 *
 * Fails as [method@Session.set_remote_description_finish].
 *
 * Returns: Whether it was taken.
 */
gboolean
fram_session_set_remote_description_sync (FramSession *self, FramDescription *remote,
                                          GCancellable *cancellable, GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  g_return_val_if_fail (FRAM_IS_SESSION (self), FALSE);
  g_return_val_if_fail (FRAM_IS_DESCRIPTION (remote), FALSE);

  reply = fram_session_call_sync (self, "SetRemoteDescription",
                                  fram_description_to_arguments (remote), NULL,
                                  cancellable, error);
  return reply != NULL;
}

static GVariant *
candidates_to_arguments (const char *ufrag, guint stream, const char *const *candidates)
{
  GVariantBuilder lines = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(us)"));

  for (guint i = 0; candidates[i] != NULL; i++)
    g_variant_builder_add (&lines, "(u@s)", stream, fram_text_to_variant (candidates[i]));
  return g_variant_new ("(@sa(us))", fram_text_to_variant (ufrag != NULL ? ufrag : ""),
                        &lines);
}

/**
 * fram_session_add_remote_candidates_async:
 * @self: A session.
 * @ufrag: (nullable): The peer's generation that they belong to; %NULL: the present one.
 * @stream: Their stream, from 0.
 * @candidates: (array zero-terminated=1): The lines.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called when they were taken.
 * @user_data: Data for @callback.
 *
 * Passes on candidates that the peer found later (RFC 8838 §11).
 */
void
fram_session_add_remote_candidates_async (FramSession *self, const char *ufrag,
                                          guint stream, const char *const *candidates,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data)
{
  g_return_if_fail (FRAM_IS_SESSION (self));
  g_return_if_fail (candidates != NULL);

  fram_session_call (
      self, "AddRemoteCandidates", candidates_to_arguments (ufrag, stream, candidates),
      fram_session_add_remote_candidates_async, cancellable, callback, user_data);
}

/**
 * fram_session_add_remote_candidates_finish:
 * @self: A session.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Session.add_remote_candidates_async].
 *
 * Fails with %FRAM_ERROR_INVALID_CANDIDATE if a line is wrong, with
 * %FRAM_ERROR_LIMIT_EXCEEDED if there are too many, with %FRAM_ERROR_WRONG_STATE if there
 * is no remote description yet.
 *
 * Returns: Whether they were taken.
 */
gboolean
fram_session_add_remote_candidates_finish (FramSession *self, GAsyncResult *result,
                                           GError **error)
{
  return fram_call_finish_void (self, result, fram_session_add_remote_candidates_async,
                                error);
}

/**
 * fram_session_add_remote_candidates_sync:
 * @self: A session.
 * @ufrag: (nullable): The peer's generation that they belong to; %NULL: the present one.
 * @stream: Their stream, from 0.
 * @candidates: (array zero-terminated=1): The lines.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Passes on candidates that the peer found later.  Blocks until the service has taken
 * them.
 *
 * Fails as [method@Session.add_remote_candidates_finish].
 *
 * Returns: Whether they were taken.
 */
gboolean
fram_session_add_remote_candidates_sync (FramSession *self, const char *ufrag,
                                         guint stream, const char *const *candidates,
                                         GCancellable *cancellable, GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  g_return_val_if_fail (FRAM_IS_SESSION (self), FALSE);
  g_return_val_if_fail (candidates != NULL, FALSE);

  reply = fram_session_call_sync (self, "AddRemoteCandidates",
                                  candidates_to_arguments (ufrag, stream, candidates),
                                  NULL, cancellable, error);
  return reply != NULL;
}

static GVariant *
ufrag_to_arguments (const char *ufrag)
{
  return g_variant_new ("(@s)", fram_text_to_variant (ufrag != NULL ? ufrag : ""));
}

/**
 * fram_session_end_remote_candidates_async:
 * @self: A session.
 * @ufrag: (nullable): The peer's generation; %NULL: the present one.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called when the service knows.
 * @user_data: Data for @callback.
 *
 * Says that the peer will send no more candidates (RFC 8838 §13).
 */
void
fram_session_end_remote_candidates_async (FramSession *self, const char *ufrag,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data)
{
  g_return_if_fail (FRAM_IS_SESSION (self));

  fram_session_call (self, "EndRemoteCandidates", ufrag_to_arguments (ufrag),
                     fram_session_end_remote_candidates_async, cancellable, callback,
                     user_data);
}

/**
 * fram_session_end_remote_candidates_finish:
 * @self: A session.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Session.end_remote_candidates_async].
 *
 * Fails with %FRAM_ERROR_WRONG_STATE if there is no remote description yet.
 *
 * Returns: Whether the service knows.
 */
gboolean
fram_session_end_remote_candidates_finish (FramSession *self, GAsyncResult *result,
                                           GError **error)
{
  return fram_call_finish_void (self, result, fram_session_end_remote_candidates_async,
                                error);
}

/**
 * fram_session_end_remote_candidates_sync:
 * @self: A session.
 * @ufrag: (nullable): The peer's generation; %NULL: the present one.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Says that the peer will send no more candidates.  Blocks until the service knows.
 *
 * Fails as [method@Session.end_remote_candidates_finish].
 *
 * Returns: Whether the service knows.
 */
gboolean
fram_session_end_remote_candidates_sync (FramSession *self, const char *ufrag,
                                         GCancellable *cancellable, GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  g_return_val_if_fail (FRAM_IS_SESSION (self), FALSE);

  reply = fram_session_call_sync (self, "EndRemoteCandidates", ufrag_to_arguments (ufrag),
                                  NULL, cancellable, error);
  return reply != NULL;
}
