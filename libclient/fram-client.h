/* The way to the service: creates sessions and shows what the service does. */
#pragma once

#include <fram-network.h>
#include <fram-rows.h>
#include <fram-session-options.h>
#include <fram-types.h>

G_BEGIN_DECLS

#define FRAM_TYPE_CLIENT (fram_client_get_type ())
FRAM_API G_DECLARE_FINAL_TYPE (FramClient, fram_client, FRAM, CLIENT, GObject)

FRAM_API void fram_client_new_async (GDBusConnection *connection,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
FRAM_API FramClient *fram_client_new_finish (GAsyncResult *result, GError **error);
FRAM_API FramClient *fram_client_new_sync (GDBusConnection *connection,
                                           GCancellable *cancellable, GError **error);

FRAM_API GDBusConnection *fram_client_get_connection (FramClient *self);
FRAM_API const char *fram_client_get_version (FramClient *self);

FRAM_API void fram_client_create_session_async (FramClient *self,
                                                FramSessionOptions *options,
                                                GCancellable *cancellable,
                                                GAsyncReadyCallback callback,
                                                gpointer user_data);
FRAM_API FramSession *fram_client_create_session_finish (FramClient *self,
                                                         GAsyncResult *result,
                                                         GError **error);
FRAM_API FramSession *fram_client_create_session_sync (FramClient *self,
                                                       FramSessionOptions *options,
                                                       GCancellable *cancellable,
                                                       GError **error);

FRAM_API void fram_client_list_sessions_async (FramClient *self,
                                               GCancellable *cancellable,
                                               GAsyncReadyCallback callback,
                                               gpointer user_data);
FRAM_API GPtrArray *
fram_client_list_sessions_finish (FramClient *self, GAsyncResult *result, GError **error);
FRAM_API GPtrArray *fram_client_list_sessions_sync (FramClient *self,
                                                    GCancellable *cancellable,
                                                    GError **error);

FRAM_API void fram_client_get_pairs_async (FramClient *self, const char *session,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
FRAM_API GPtrArray *fram_client_get_pairs_finish (FramClient *self, GAsyncResult *result,
                                                  GError **error);
FRAM_API GPtrArray *fram_client_get_pairs_sync (FramClient *self, const char *session,
                                                GCancellable *cancellable,
                                                GError **error);

FRAM_API void fram_client_get_status_async (FramClient *self, GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);
FRAM_API GVariant *fram_client_get_status_finish (FramClient *self, GAsyncResult *result,
                                                  GError **error);
FRAM_API GVariant *
fram_client_get_status_sync (FramClient *self, GCancellable *cancellable, GError **error);

FRAM_API void fram_client_get_network_async (FramClient *self, GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data);
FRAM_API FramNetwork *
fram_client_get_network_finish (FramClient *self, GAsyncResult *result, GError **error);
FRAM_API FramNetwork *fram_client_get_network_sync (FramClient *self,
                                                    GCancellable *cancellable,
                                                    GError **error);

FRAM_API void fram_client_check_network_async (FramClient *self, const char *const *uris,
                                               GCancellable *cancellable,
                                               GAsyncReadyCallback callback,
                                               gpointer user_data);
FRAM_API FramNetwork *
fram_client_check_network_finish (FramClient *self, GAsyncResult *result, GError **error);
FRAM_API FramNetwork *fram_client_check_network_sync (FramClient *self,
                                                      const char *const *uris,
                                                      GCancellable *cancellable,
                                                      GError **error);

FRAM_API void fram_client_list_history_async (FramClient *self, gint64 before,
                                              guint limit, GCancellable *cancellable,
                                              GAsyncReadyCallback callback,
                                              gpointer user_data);
FRAM_API GPtrArray *
fram_client_list_history_finish (FramClient *self, GAsyncResult *result, GError **error);
FRAM_API GPtrArray *fram_client_list_history_sync (FramClient *self, gint64 before,
                                                   guint limit, GCancellable *cancellable,
                                                   GError **error);

G_END_DECLS
