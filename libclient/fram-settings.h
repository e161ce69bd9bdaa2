/* The user's settings: what holds, what it may be, and changing it. */
#pragma once

#include <fram-server.h>

G_BEGIN_DECLS

/**
 * FramSetting:
 * @name: Its name.
 * @value: The value that holds.  Its type is that of the setting.
 * @fallback: The value that holds after a reset.
 * @origin: Who has decided the value, as a word: `default`, `administrator` or `user`.
 * @lock: The file in which an administrator has locked it; empty if it can be changed.
 * @summary: What it decides, as a sentence for people.
 * @allowed: What it may be, in words for people.
 *
 * A setting of the service.  It is a snapshot.
 */
struct _FramSetting
{
  /*< private >*/
  GVariant *backing;

  /*< public >*/
  const char *name;
  GVariant *value;
  GVariant *fallback;
  const char *origin;
  const char *lock;
  const char *summary;
  const char *allowed;
};

#define FRAM_TYPE_SETTING (fram_setting_get_type ())
FRAM_API GType fram_setting_get_type (void);

FRAM_API FramSetting *fram_setting_ref (FramSetting *self);
FRAM_API void fram_setting_unref (FramSetting *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramSetting, fram_setting_unref)

#define FRAM_TYPE_SETTINGS (fram_settings_get_type ())
FRAM_API G_DECLARE_FINAL_TYPE (FramSettings, fram_settings, FRAM, SETTINGS, GObject)

FRAM_API FramSettings *fram_settings_new (FramClient *client);
FRAM_API FramClient *fram_settings_get_client (FramSettings *self);

FRAM_API void fram_settings_list_async (FramSettings *self, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data);
FRAM_API GPtrArray *fram_settings_list_finish (FramSettings *self, GAsyncResult *result,
                                               GError **error);
FRAM_API GPtrArray *fram_settings_list_sync (FramSettings *self,
                                             GCancellable *cancellable, GError **error);

FRAM_API void fram_settings_get_value_async (FramSettings *self, const char *name,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data);
FRAM_API GVariant *fram_settings_get_value_finish (FramSettings *self,
                                                   GAsyncResult *result, GError **error);
FRAM_API GVariant *fram_settings_get_value_sync (FramSettings *self, const char *name,
                                                 GCancellable *cancellable,
                                                 GError **error);

FRAM_API void fram_settings_set_values_async (FramSettings *self, GVariant *values,
                                              GCancellable *cancellable,
                                              GAsyncReadyCallback callback,
                                              gpointer user_data);
FRAM_API gboolean fram_settings_set_values_finish (FramSettings *self,
                                                   GAsyncResult *result, GError **error);
FRAM_API gboolean fram_settings_set_values_sync (FramSettings *self, GVariant *values,
                                                 GCancellable *cancellable,
                                                 GError **error);

FRAM_API void fram_settings_reset_async (FramSettings *self, const char *const *names,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
FRAM_API gboolean fram_settings_reset_finish (FramSettings *self, GAsyncResult *result,
                                              GError **error);
FRAM_API gboolean fram_settings_reset_sync (FramSettings *self, const char *const *names,
                                            GCancellable *cancellable, GError **error);

FRAM_API void fram_settings_list_problems_async (FramSettings *self,
                                                 GCancellable *cancellable,
                                                 GAsyncReadyCallback callback,
                                                 gpointer user_data);
FRAM_API char **fram_settings_list_problems_finish (FramSettings *self,
                                                    GAsyncResult *result, GError **error);
FRAM_API char **fram_settings_list_problems_sync (FramSettings *self,
                                                  GCancellable *cancellable,
                                                  GError **error);

FRAM_API void fram_settings_list_servers_async (FramSettings *self,
                                                GCancellable *cancellable,
                                                GAsyncReadyCallback callback,
                                                gpointer user_data);
FRAM_API GPtrArray *fram_settings_list_servers_finish (FramSettings *self,
                                                       GAsyncResult *result,
                                                       GError **error);
FRAM_API GPtrArray *fram_settings_list_servers_sync (FramSettings *self,
                                                     GCancellable *cancellable,
                                                     GError **error);

FRAM_API void fram_settings_add_server_async (FramSettings *self, const char *uri,
                                              GVariant *options,
                                              GCancellable *cancellable,
                                              GAsyncReadyCallback callback,
                                              gpointer user_data);
FRAM_API char *fram_settings_add_server_finish (FramSettings *self, GAsyncResult *result,
                                                GError **error);
FRAM_API char *fram_settings_add_server_sync (FramSettings *self, const char *uri,
                                              GVariant *options,
                                              GCancellable *cancellable, GError **error);

FRAM_API void fram_settings_change_server_async (FramSettings *self, const char *id,
                                                 GVariant *options,
                                                 GCancellable *cancellable,
                                                 GAsyncReadyCallback callback,
                                                 gpointer user_data);
FRAM_API gboolean fram_settings_change_server_finish (FramSettings *self,
                                                      GAsyncResult *result,
                                                      GError **error);
FRAM_API gboolean fram_settings_change_server_sync (FramSettings *self, const char *id,
                                                    GVariant *options,
                                                    GCancellable *cancellable,
                                                    GError **error);

FRAM_API void fram_settings_remove_server_async (FramSettings *self, const char *id,
                                                 GCancellable *cancellable,
                                                 GAsyncReadyCallback callback,
                                                 gpointer user_data);
FRAM_API gboolean fram_settings_remove_server_finish (FramSettings *self,
                                                      GAsyncResult *result,
                                                      GError **error);
FRAM_API gboolean fram_settings_remove_server_sync (FramSettings *self, const char *id,
                                                    GCancellable *cancellable,
                                                    GError **error);

FRAM_API void fram_settings_set_secret_async (FramSettings *self, const char *id,
                                              const char *secret,
                                              GCancellable *cancellable,
                                              GAsyncReadyCallback callback,
                                              gpointer user_data);
FRAM_API char *fram_settings_set_secret_finish (FramSettings *self, GAsyncResult *result,
                                                GError **error);
FRAM_API char *fram_settings_set_secret_sync (FramSettings *self, const char *id,
                                              const char *secret,
                                              GCancellable *cancellable, GError **error);

FRAM_API void fram_settings_test_server_async (FramSettings *self, const char *id,
                                               GVariant *options, const char *secret,
                                               GCancellable *cancellable,
                                               GAsyncReadyCallback callback,
                                               gpointer user_data);
FRAM_API FramServerTest *fram_settings_test_server_finish (FramSettings *self,
                                                           GAsyncResult *result,
                                                           GError **error);
FRAM_API FramServerTest *
fram_settings_test_server_sync (FramSettings *self, const char *id, GVariant *options,
                                const char *secret, GCancellable *cancellable,
                                GError **error);

G_END_DECLS
