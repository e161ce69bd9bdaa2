/* What goes on in the service, live: the sessions of all applications, each of them in detail,
 * the network, what happens, what is sent. */
#pragma once

#include <fram-inspector-rows.h>
#include <fram-types.h>

G_BEGIN_DECLS

/* --- The inspector ----------------------------------------------------------------- */

#define FRAM_TYPE_INSPECTOR (fram_inspector_get_type ())
FRAM_API G_DECLARE_FINAL_TYPE (FramInspector, fram_inspector, FRAM, INSPECTOR, GObject)

FRAM_API void fram_inspector_new_async (GDBusConnection *connection,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data);
FRAM_API FramInspector *fram_inspector_new_finish (GAsyncResult *result, GError **error);
FRAM_API FramInspector *fram_inspector_new_sync (GDBusConnection *connection,
                                                 GCancellable *cancellable,
                                                 GError **error);

FRAM_API GDBusConnection *fram_inspector_get_connection (FramInspector *self);
FRAM_API gboolean fram_inspector_get_available (FramInspector *self);
FRAM_API gboolean fram_inspector_get_loaded (FramInspector *self);
FRAM_API const GError *fram_inspector_get_error (FramInspector *self);
FRAM_API guint fram_inspector_get_interval (FramInspector *self);
FRAM_API void fram_inspector_set_interval (FramInspector *self, guint milliseconds);
FRAM_API GListModel *fram_inspector_get_sessions (FramInspector *self);
FRAM_API FramSessionRow *fram_inspector_find_session (FramInspector *self,
                                                      const char *path);

FRAM_API void fram_inspector_start_async (FramInspector *self, GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
FRAM_API gboolean fram_inspector_start_finish (FramInspector *self, GAsyncResult *result,
                                               GError **error);

/* --- One session ------------------------------------------------------------------- */

#define FRAM_TYPE_SESSION_WATCH (fram_session_watch_get_type ())
FRAM_API G_DECLARE_FINAL_TYPE (FramSessionWatch, fram_session_watch, FRAM, SESSION_WATCH,
                               GObject)

FRAM_API FramSessionWatch *fram_inspector_watch_session (FramInspector *self,
                                                         guint64 session);

FRAM_API guint64 fram_session_watch_get_session (FramSessionWatch *self);
FRAM_API FramSessionRow *fram_session_watch_get_row (FramSessionWatch *self);
FRAM_API gboolean fram_session_watch_get_loaded (FramSessionWatch *self);
FRAM_API gboolean fram_session_watch_get_ended (FramSessionWatch *self);
FRAM_API GListModel *fram_session_watch_get_components (FramSessionWatch *self);
FRAM_API GListModel *fram_session_watch_get_changes (FramSessionWatch *self);
FRAM_API GListModel *fram_session_watch_get_candidates (FramSessionWatch *self);
FRAM_API GListModel *fram_session_watch_get_pairs (FramSessionWatch *self);

/* --- The network ------------------------------------------------------------------- */

#define FRAM_TYPE_NETWORK_WATCH (fram_network_watch_get_type ())
FRAM_API G_DECLARE_FINAL_TYPE (FramNetworkWatch, fram_network_watch, FRAM, NETWORK_WATCH,
                               GObject)

FRAM_API FramNetworkWatch *fram_inspector_watch_network (FramInspector *self);

FRAM_API gboolean fram_network_watch_get_loaded (FramNetworkWatch *self);
FRAM_API const char *fram_network_watch_get_name (FramNetworkWatch *self);
FRAM_API gint64 fram_network_watch_get_attached (FramNetworkWatch *self);
FRAM_API gint64 fram_network_watch_get_first_age (FramNetworkWatch *self);
FRAM_API gint64 fram_network_watch_get_last_age (FramNetworkWatch *self);
FRAM_API gboolean fram_network_watch_get_checking (FramNetworkWatch *self);
FRAM_API GListModel *fram_network_watch_get_interfaces (FramNetworkWatch *self);
FRAM_API GListModel *fram_network_watch_get_servers (FramNetworkWatch *self);
FRAM_API GListModel *fram_network_watch_get_mappings (FramNetworkWatch *self);
FRAM_API GListModel *fram_network_watch_get_deaf (FramNetworkWatch *self);
FRAM_API GListModel *fram_network_watch_get_allocations (FramNetworkWatch *self);

FRAM_API void fram_network_watch_check_async (FramNetworkWatch *self,
                                              const char *const *uris,
                                              GCancellable *cancellable,
                                              GAsyncReadyCallback callback,
                                              gpointer user_data);
FRAM_API gboolean fram_network_watch_check_finish (FramNetworkWatch *self,
                                                   GAsyncResult *result, GError **error);

/* --- What happens ------------------------------------------------------------------ */

#define FRAM_TYPE_EVENT_LOG (fram_event_log_get_type ())
FRAM_API G_DECLARE_FINAL_TYPE (FramEventLog, fram_event_log, FRAM, EVENT_LOG, GObject)

FRAM_API FramEventLog *fram_inspector_open_events (FramInspector *self, guint64 session);

FRAM_API guint64 fram_event_log_get_session (FramEventLog *self);
FRAM_API gboolean fram_event_log_get_open (FramEventLog *self);
FRAM_API const GError *fram_event_log_get_error (FramEventLog *self);
FRAM_API gboolean fram_event_log_get_paused (FramEventLog *self);
FRAM_API void fram_event_log_set_paused (FramEventLog *self, gboolean paused);
FRAM_API guint fram_event_log_get_limit (FramEventLog *self);
FRAM_API void fram_event_log_set_limit (FramEventLog *self, guint limit);
FRAM_API guint64 fram_event_log_get_dropped (FramEventLog *self);
FRAM_API void fram_event_log_clear (FramEventLog *self);

/* --- What is sent ------------------------------------------------------------------ */

#define FRAM_TYPE_CAPTURE (fram_capture_get_type ())
FRAM_API G_DECLARE_FINAL_TYPE (FramCapture, fram_capture, FRAM, CAPTURE, GObject)

FRAM_API void fram_inspector_capture_async (FramInspector *self, guint64 session,
                                            GOutputStream *stream, gboolean data,
                                            guint snap, GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);
FRAM_API FramCapture *
fram_inspector_capture_finish (FramInspector *self, GAsyncResult *result, GError **error);

FRAM_API guint64 fram_capture_get_session (FramCapture *self);
FRAM_API gboolean fram_capture_get_running (FramCapture *self);
FRAM_API guint64 fram_capture_get_bytes (FramCapture *self);
FRAM_API const GError *fram_capture_get_error (FramCapture *self);
FRAM_API void fram_capture_stop (FramCapture *self);

/* --- The past ---------------------------------------------------------------------- */

#define FRAM_TYPE_HISTORY (fram_history_get_type ())
FRAM_API G_DECLARE_FINAL_TYPE (FramHistory, fram_history, FRAM, HISTORY, GObject)

FRAM_API FramHistory *fram_inspector_open_history (FramInspector *self);

FRAM_API gboolean fram_history_get_complete (FramHistory *self);
FRAM_API gboolean fram_history_get_loading (FramHistory *self);
FRAM_API void fram_history_load_async (FramHistory *self, guint limit,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);
FRAM_API gboolean fram_history_load_finish (FramHistory *self, GAsyncResult *result,
                                            GError **error);
FRAM_API void fram_history_refresh_async (FramHistory *self, GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
FRAM_API gboolean fram_history_refresh_finish (FramHistory *self, GAsyncResult *result,
                                               GError **error);

G_END_DECLS
