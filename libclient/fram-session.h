/* One session: an agreement with one peer on how data get through. */
#pragma once

#include <fram-component.h>
#include <fram-description.h>
#include <fram-enums.h>
#include <fram-rows.h>

G_BEGIN_DECLS

#define FRAM_TYPE_SESSION (fram_session_get_type ())
FRAM_API G_DECLARE_FINAL_TYPE (FramSession, fram_session, FRAM, SESSION, GObject)

FRAM_API const char *fram_session_get_path (FramSession *self);
FRAM_API const char *fram_session_get_label (FramSession *self);
FRAM_API FramState fram_session_get_state (FramSession *self);
FRAM_API const char *fram_session_get_cause (FramSession *self);
FRAM_API const char *fram_session_get_explanation (FramSession *self);
FRAM_API FramRole fram_session_get_role (FramSession *self);
FRAM_API const char *fram_session_get_ufrag (FramSession *self);

/* --- The two descriptions ---------------------------------------------------------- */

FRAM_API void fram_session_get_local_description_async (FramSession *self,
                                                        GCancellable *cancellable,
                                                        GAsyncReadyCallback callback,
                                                        gpointer user_data);
FRAM_API FramDescription *fram_session_get_local_description_finish (FramSession *self,
                                                                     GAsyncResult *result,
                                                                     GError **error);
FRAM_API FramDescription *
fram_session_get_local_description_sync (FramSession *self, GCancellable *cancellable,
                                         GError **error);

FRAM_API void fram_session_set_remote_description_async (FramSession *self,
                                                         FramDescription *remote,
                                                         GCancellable *cancellable,
                                                         GAsyncReadyCallback callback,
                                                         gpointer user_data);
FRAM_API gboolean fram_session_set_remote_description_finish (FramSession *self,
                                                              GAsyncResult *result,
                                                              GError **error);
FRAM_API gboolean fram_session_set_remote_description_sync (FramSession *self,
                                                            FramDescription *remote,
                                                            GCancellable *cancellable,
                                                            GError **error);

FRAM_API void fram_session_add_remote_candidates_async (
    FramSession *self, const char *ufrag, guint stream, const char *const *candidates,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
FRAM_API gboolean fram_session_add_remote_candidates_finish (FramSession *self,
                                                             GAsyncResult *result,
                                                             GError **error);
FRAM_API gboolean fram_session_add_remote_candidates_sync (
    FramSession *self, const char *ufrag, guint stream, const char *const *candidates,
    GCancellable *cancellable, GError **error);

FRAM_API void fram_session_end_remote_candidates_async (FramSession *self,
                                                        const char *ufrag,
                                                        GCancellable *cancellable,
                                                        GAsyncReadyCallback callback,
                                                        gpointer user_data);
FRAM_API gboolean fram_session_end_remote_candidates_finish (FramSession *self,
                                                             GAsyncResult *result,
                                                             GError **error);
FRAM_API gboolean fram_session_end_remote_candidates_sync (FramSession *self,
                                                           const char *ufrag,
                                                           GCancellable *cancellable,
                                                           GError **error);

/* --- Its course -------------------------------------------------------------------- */

FRAM_API void fram_session_restart_async (FramSession *self, GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
FRAM_API gboolean fram_session_restart_finish (FramSession *self, GAsyncResult *result,
                                               GError **error);
FRAM_API gboolean fram_session_restart_sync (FramSession *self, GCancellable *cancellable,
                                             GError **error);

FRAM_API void fram_session_remove_stream_async (FramSession *self, guint stream,
                                                GCancellable *cancellable,
                                                GAsyncReadyCallback callback,
                                                gpointer user_data);
FRAM_API gboolean fram_session_remove_stream_finish (FramSession *self,
                                                     GAsyncResult *result,
                                                     GError **error);
FRAM_API gboolean fram_session_remove_stream_sync (FramSession *self, guint stream,
                                                   GCancellable *cancellable,
                                                   GError **error);

FRAM_API void fram_session_set_dscp_async (FramSession *self, guint stream,
                                           guint component, guint dscp,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
FRAM_API gboolean fram_session_set_dscp_finish (FramSession *self, GAsyncResult *result,
                                                GError **error);
FRAM_API gboolean fram_session_set_dscp_sync (FramSession *self, guint stream,
                                              guint component, guint dscp,
                                              GCancellable *cancellable, GError **error);

FRAM_API void fram_session_open_component_async (FramSession *self, guint stream,
                                                 guint component,
                                                 GCancellable *cancellable,
                                                 GAsyncReadyCallback callback,
                                                 gpointer user_data);
FRAM_API FramComponent *fram_session_open_component_finish (FramSession *self,
                                                            GAsyncResult *result,
                                                            GError **error);
FRAM_API FramComponent *fram_session_open_component_sync (FramSession *self, guint stream,
                                                          guint component,
                                                          GCancellable *cancellable,
                                                          GError **error);

FRAM_API void fram_session_close_async (FramSession *self, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data);
FRAM_API gboolean fram_session_close_finish (FramSession *self, GAsyncResult *result,
                                             GError **error);
FRAM_API gboolean fram_session_close_sync (FramSession *self, GCancellable *cancellable,
                                           GError **error);

/* --- What it looks like ------------------------------------------------------------ */

FRAM_API void fram_session_get_candidates_async (FramSession *self,
                                                 GCancellable *cancellable,
                                                 GAsyncReadyCallback callback,
                                                 gpointer user_data);
FRAM_API GPtrArray *fram_session_get_candidates_finish (FramSession *self,
                                                        GAsyncResult *result,
                                                        GError **error);
FRAM_API GPtrArray *fram_session_get_candidates_sync (FramSession *self,
                                                      GCancellable *cancellable,
                                                      GError **error);

FRAM_API void fram_session_get_pairs_async (FramSession *self, GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);
FRAM_API GPtrArray *fram_session_get_pairs_finish (FramSession *self,
                                                   GAsyncResult *result, GError **error);
FRAM_API GPtrArray *fram_session_get_pairs_sync (FramSession *self,
                                                 GCancellable *cancellable,
                                                 GError **error);

FRAM_API void fram_session_get_stats_async (FramSession *self, GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);
FRAM_API GVariant *fram_session_get_stats_finish (FramSession *self, GAsyncResult *result,
                                                  GError **error);
FRAM_API GVariant *fram_session_get_stats_sync (FramSession *self,
                                                GCancellable *cancellable,
                                                GError **error);

FRAM_API void fram_session_get_stats_report_async (FramSession *self,
                                                   GCancellable *cancellable,
                                                   GAsyncReadyCallback callback,
                                                   gpointer user_data);
FRAM_API GVariant *fram_session_get_stats_report_finish (FramSession *self,
                                                         GAsyncResult *result,
                                                         GError **error);
FRAM_API GVariant *fram_session_get_stats_report_sync (FramSession *self,
                                                       GCancellable *cancellable,
                                                       GError **error);

G_END_DECLS
