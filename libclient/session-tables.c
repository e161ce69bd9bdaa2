/* The calls that show a session: candidates, pairs, counters. */
#include "call.h"
#include "row-reply.h"
#include "session-private.h"

/**
 * fram_session_get_candidates_async:
 * @self: A session.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called with the candidates.
 * @user_data: Data for @callback.
 *
 * Asks for the candidates of both sides.
 */
void
fram_session_get_candidates_async (FramSession *self, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (FRAM_IS_SESSION (self));

  fram_session_call (self, "GetCandidates", NULL, fram_session_get_candidates_async,
                     cancellable, callback, user_data);
}

/**
 * fram_session_get_candidates_finish:
 * @self: A session.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Session.get_candidates_async].
 *
 * Returns: (transfer container) (element-type FramCandidate): The candidates.
 */
GPtrArray *
fram_session_get_candidates_finish (FramSession *self, GAsyncResult *result,
                                    GError **error)
{
  g_autoptr (GVariant) reply
      = fram_call_finish (self, result, fram_session_get_candidates_async, error);

  return reply != NULL ? fram_candidates_from_reply (reply) : NULL;
}

/**
 * fram_session_get_candidates_sync:
 * @self: A session.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Gives the candidates of both sides.  Blocks meanwhile.
 *
 * Returns: (transfer container) (element-type FramCandidate): The candidates.
 */
GPtrArray *
fram_session_get_candidates_sync (FramSession *self, GCancellable *cancellable,
                                  GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  g_return_val_if_fail (FRAM_IS_SESSION (self), NULL);

  reply = fram_session_call_sync (self, "GetCandidates", NULL, NULL, cancellable, error);
  return reply != NULL ? fram_candidates_from_reply (reply) : NULL;
}

/**
 * fram_session_get_pairs_async:
 * @self: A session.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called with the pairs.
 * @user_data: Data for @callback.
 *
 * Asks for the pairs of candidates, the highest priority first.
 */
void
fram_session_get_pairs_async (FramSession *self, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (FRAM_IS_SESSION (self));

  fram_session_call (self, "GetPairs", NULL, fram_session_get_pairs_async, cancellable,
                     callback, user_data);
}

/**
 * fram_session_get_pairs_finish:
 * @self: A session.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Session.get_pairs_async].
 *
 * Returns: (transfer container) (element-type FramPair): The pairs.
 */
GPtrArray *
fram_session_get_pairs_finish (FramSession *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply
      = fram_call_finish (self, result, fram_session_get_pairs_async, error);

  return reply != NULL ? fram_pairs_from_reply (reply) : NULL;
}

/**
 * fram_session_get_pairs_sync:
 * @self: A session.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Gives the pairs of candidates, the highest priority first.  Blocks meanwhile.
 *
 * Returns: (transfer container) (element-type FramPair): The pairs.
 */
GPtrArray *
fram_session_get_pairs_sync (FramSession *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  g_return_val_if_fail (FRAM_IS_SESSION (self), NULL);

  reply = fram_session_call_sync (self, "GetPairs", NULL, NULL, cancellable, error);
  return reply != NULL ? fram_pairs_from_reply (reply) : NULL;
}

/**
 * fram_session_get_stats_async:
 * @self: A session.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called with the counters.
 * @user_data: Data for @callback.
 *
 * Asks for the counters of the data.
 */
void
fram_session_get_stats_async (FramSession *self, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (FRAM_IS_SESSION (self));

  fram_session_call (self, "GetStats", NULL, fram_session_get_stats_async, cancellable,
                     callback, user_data);
}

/**
 * fram_session_get_stats_finish:
 * @self: A session.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Session.get_stats_async].
 *
 * For each open component, as `STREAM.COMPONENT`, there are `packets-sent`,
 * `packets-received`, `bytes-sent`, `bytes-received`, and one `dropped-…` for each
 * reason.
 *
 * Returns: (transfer full): A dictionary of type `a{sa{st}}`.
 */
GVariant *
fram_session_get_stats_finish (FramSession *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply
      = fram_call_finish (self, result, fram_session_get_stats_async, error);

  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

/**
 * fram_session_get_stats_sync:
 * @self: A session.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Gives the counters of the data.  Blocks meanwhile.
 *
 * Returns: (transfer full): As [method@Session.get_stats_finish].
 */
GVariant *
fram_session_get_stats_sync (FramSession *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  g_return_val_if_fail (FRAM_IS_SESSION (self), NULL);

  reply = fram_session_call_sync (self, "GetStats", NULL, NULL, cancellable, error);
  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

/**
 * fram_session_get_stats_report_async:
 * @self: A session.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called with the report.
 * @user_data: Data for @callback.
 *
 * Asks for the statistics as the W3C names them.
 */
void
fram_session_get_stats_report_async (FramSession *self, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (FRAM_IS_SESSION (self));

  fram_session_call (self, "GetStatsReport", NULL, fram_session_get_stats_report_async,
                     cancellable, callback, user_data);
}

/**
 * fram_session_get_stats_report_finish:
 * @self: A session.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Session.get_stats_report_async].
 *
 * The report has an object for each transport (a component), candidate pair and candidate, by
 * its id, with the members of the W3C's RTCTransportStats, RTCIceCandidatePairStats and
 * RTCIceCandidateStats that are known: `timestamp` in milliseconds since 1970, round-trip
 * times in seconds.  In Python, `unpack()` makes dictionaries of it.
 *
 * Returns: (transfer full): A dictionary of type `a{sa{sv}}`.
 */
GVariant *
fram_session_get_stats_report_finish (FramSession *self, GAsyncResult *result,
                                      GError **error)
{
  g_autoptr (GVariant) reply
      = fram_call_finish (self, result, fram_session_get_stats_report_async, error);

  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

/**
 * fram_session_get_stats_report_sync:
 * @self: A session.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Gives the statistics as the W3C names them.  Blocks meanwhile.
 *
 * Returns: (transfer full): As [method@Session.get_stats_report_finish].
 */
GVariant *
fram_session_get_stats_report_sync (FramSession *self, GCancellable *cancellable,
                                    GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  g_return_val_if_fail (FRAM_IS_SESSION (self), NULL);

  reply = fram_session_call_sync (self, "GetStatsReport", NULL, NULL, cancellable, error);
  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}
