/* The calls of FramSettings. */
#include "call.h"
#include "client-private.h"
#include "settings-private.h"

#define DESCRIBE FRAM_BUS_SETTINGS_INTERFACE ".Describe"
#define GET FRAM_BUS_SETTINGS_INTERFACE ".Get"
#define SET FRAM_BUS_SETTINGS_INTERFACE ".Set"
#define RESET FRAM_BUS_SETTINGS_INTERFACE ".Reset"
#define GET_PROPERTY "org.freedesktop.DBus.Properties.Get"

void
fram_settings_begin (FramSettings *self, const char *method, GVariant *arguments,
                     GUnixFDList *given, gpointer tag, GCancellable *cancellable,
                     GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  fram_call_giving (G_DBUS_PROXY (self->client->manager), method, arguments, given, task);
}

GVariant *
fram_settings_finish (FramSettings *self, GAsyncResult *result, gpointer tag,
                      const char *type, GError **error)
{
  return fram_call_check (fram_call_finish (self, result, tag, error), type, error);
}

GVariant *
fram_settings_call (FramSettings *self, const char *method, GVariant *arguments,
                    GUnixFDList *given, const char *type, GCancellable *cancellable,
                    GError **error)
{
  GVariant *reply = fram_call_giving_sync (G_DBUS_PROXY (self->client->manager), method,
                                           arguments, given, cancellable, error);

  return fram_call_check (reply, type, error);
}

static void
begin (FramSettings *self, const char *method, GVariant *arguments, gpointer tag,
       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  fram_settings_begin (self, method, arguments, NULL, tag, cancellable, callback,
                       user_data);
}

static GVariant *
call (FramSettings *self, const char *method, GVariant *arguments, const char *type,
      GCancellable *cancellable, GError **error)
{
  return fram_settings_call (self, method, arguments, NULL, type, cancellable, error);
}

/* `reply`: (transfer full) (nullable) */
static GPtrArray *
take_rows (GVariant *reply)
{
  g_autoptr (GVariant) owned = reply;

  return reply != NULL ? fram_settings_from_reply (reply) : NULL;
}

static GVariant *
take_value (GVariant *reply)
{
  g_autoptr (GVariant) owned = reply;
  g_autoptr (GVariant) boxed
      = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;

  return boxed != NULL ? g_variant_get_variant (boxed) : NULL;
}

static gboolean
take_nothing (GVariant *reply)
{
  g_autoptr (GVariant) owned = reply;

  return reply != NULL;
}

static GVariant *
problems_property (void)
{
  return g_variant_new ("(ss)", FRAM_BUS_SETTINGS_INTERFACE, "Problems");
}

/* Return: (transfer full): NULL if there is no reply; what is no list is an empty one. */
static char **
take_problems (GVariant *reply)
{
  g_autoptr (GVariant) value = take_value (reply);

  if (value == NULL)
    return NULL;
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    return g_new0 (char *, 1);
  return g_variant_dup_strv (value, NULL);
}

/**
 * fram_settings_list_async:
 * @self: Settings.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called with the settings.
 * @user_data: Data for @callback.
 *
 * Asks for all settings.
 */
void
fram_settings_list_async (FramSettings *self, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (FRAM_IS_SETTINGS (self));

  begin (self, DESCRIBE, NULL, fram_settings_list_async, cancellable, callback,
         user_data);
}

/**
 * fram_settings_list_finish:
 * @self: Settings.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Settings.list_async].
 *
 * Fails with %FRAM_ERROR_NOT_SUPPORTED if the service is too old to have settings.
 *
 * Returns: (transfer container) (element-type FramSetting): The settings.
 */
GPtrArray *
fram_settings_list_finish (FramSettings *self, GAsyncResult *result, GError **error)
{
  return take_rows (fram_settings_finish (self, result, fram_settings_list_async,
                                          "(a(svvssss))", error));
}

/**
 * fram_settings_list_sync:
 * @self: Settings.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Lists all settings.  Blocks meanwhile.
 *
 * Fails as [method@Settings.list_finish].
 *
 * Returns: (transfer container) (element-type FramSetting): The settings.
 */
GPtrArray *
fram_settings_list_sync (FramSettings *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (FRAM_IS_SETTINGS (self), NULL);

  return take_rows (call (self, DESCRIBE, NULL, "(a(svvssss))", cancellable, error));
}

/**
 * fram_settings_get_value_async:
 * @self: Settings.
 * @name: The name of a setting.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called with the value.
 * @user_data: Data for @callback.
 *
 * Asks for the value of a setting that holds.
 */
void
fram_settings_get_value_async (FramSettings *self, const char *name,
                               GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_return_if_fail (FRAM_IS_SETTINGS (self));
  g_return_if_fail (name != NULL);

  begin (self, GET, g_variant_new ("(s)", name), fram_settings_get_value_async,
         cancellable, callback, user_data);
}

/**
 * fram_settings_get_value_finish:
 * @self: Settings.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Settings.get_value_async].
 *
 * Fails with %FRAM_ERROR_NO_SETTING if there is no setting of that name.
 *
 * Returns: (transfer full): The value, of the setting's type.
 */
GVariant *
fram_settings_get_value_finish (FramSettings *self, GAsyncResult *result, GError **error)
{
  return take_value (
      fram_settings_finish (self, result, fram_settings_get_value_async, "(v)", error));
}

/**
 * fram_settings_get_value_sync:
 * @self: Settings.
 * @name: The name of a setting.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Gives the value of a setting that holds.  Blocks meanwhile.
 *
 * Fails as [method@Settings.get_value_finish].
 *
 * Returns: (transfer full): The value, of the setting's type.
 */
GVariant *
fram_settings_get_value_sync (FramSettings *self, const char *name,
                              GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (FRAM_IS_SETTINGS (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return take_value (
      call (self, GET, g_variant_new ("(s)", name), "(v)", cancellable, error));
}

/**
 * fram_settings_set_values_async:
 * @self: Settings.
 * @values: New values by name: `a{sv}`; a floating one is taken.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called when it is done.
 * @user_data: Data for @callback.
 *
 * Changes settings: all of them or, after an error, none.
 */
void
fram_settings_set_values_async (FramSettings *self, GVariant *values,
                                GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (FRAM_IS_SETTINGS (self));
  g_return_if_fail (g_variant_is_of_type (values, G_VARIANT_TYPE_VARDICT));

  begin (self, SET, g_variant_new ("(@a{sv})", values), fram_settings_set_values_async,
         cancellable, callback, user_data);
}

/**
 * fram_settings_set_values_finish:
 * @self: Settings.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Settings.set_values_async].
 *
 * Fails with %FRAM_ERROR_NO_SETTING if there is no setting of a name,
 * %FRAM_ERROR_INVALID_ARGUMENT if a value is of another type or not allowed,
 * %FRAM_ERROR_LOCKED if an administrator has decided, %FRAM_ERROR_NOT_STORED if the disk
 * does not take it, and %FRAM_ERROR_LIMIT_EXCEEDED if too many changes wait already.
 *
 * Returns: Whether it is done.
 */
gboolean
fram_settings_set_values_finish (FramSettings *self, GAsyncResult *result, GError **error)
{
  return take_nothing (
      fram_settings_finish (self, result, fram_settings_set_values_async, "()", error));
}

/**
 * fram_settings_set_values_sync:
 * @self: Settings.
 * @values: New values by name: `a{sv}`; a floating one is taken.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Changes settings: all of them or, after an error, none.  Blocks meanwhile.
 *
 * Fails as [method@Settings.set_values_finish].
 *
 * Returns: Whether it is done.
 */
gboolean
fram_settings_set_values_sync (FramSettings *self, GVariant *values,
                               GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (FRAM_IS_SETTINGS (self), FALSE);
  g_return_val_if_fail (g_variant_is_of_type (values, G_VARIANT_TYPE_VARDICT), FALSE);

  return take_nothing (
      call (self, SET, g_variant_new ("(@a{sv})", values), "()", cancellable, error));
}

/**
 * fram_settings_reset_async:
 * @self: Settings.
 * @names: (array zero-terminated=1): Names of settings.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called when it is done.
 * @user_data: Data for @callback.
 *
 * Takes back what the user has set; the defaults hold from then on.
 */
void
fram_settings_reset_async (FramSettings *self, const char *const *names,
                           GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_return_if_fail (FRAM_IS_SETTINGS (self));
  g_return_if_fail (names != NULL);

  begin (self, RESET, g_variant_new ("(^as)", names), fram_settings_reset_async,
         cancellable, callback, user_data);
}

/**
 * fram_settings_reset_finish:
 * @self: Settings.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Settings.reset_async].
 *
 * Fails as [method@Settings.set_values_finish].
 *
 * Returns: Whether it is done.
 */
gboolean
fram_settings_reset_finish (FramSettings *self, GAsyncResult *result, GError **error)
{
  return take_nothing (
      fram_settings_finish (self, result, fram_settings_reset_async, "()", error));
}

/**
 * fram_settings_reset_sync:
 * @self: Settings.
 * @names: (array zero-terminated=1): Names of settings.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Takes back what the user has set; the defaults hold from then on.  Blocks meanwhile.
 *
 * Fails as [method@Settings.reset_finish].
 *
 * Returns: Whether it is done.
 */
gboolean
fram_settings_reset_sync (FramSettings *self, const char *const *names,
                          GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (FRAM_IS_SETTINGS (self), FALSE);
  g_return_val_if_fail (names != NULL, FALSE);

  return take_nothing (
      call (self, RESET, g_variant_new ("(^as)", names), "()", cancellable, error));
}

/**
 * fram_settings_list_problems_async:
 * @self: Settings.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called with the sentences.
 * @user_data: Data for @callback.
 *
 * Asks what is the matter with the files of the settings.
 */
void
fram_settings_list_problems_async (FramSettings *self, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (FRAM_IS_SETTINGS (self));

  begin (self, GET_PROPERTY, problems_property (), fram_settings_list_problems_async,
         cancellable, callback, user_data);
}

/**
 * fram_settings_list_problems_finish:
 * @self: Settings.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Settings.list_problems_async].
 *
 * Returns: (transfer full) (array zero-terminated=1): Sentences for people; none if all is
 *   well.
 */
char **
fram_settings_list_problems_finish (FramSettings *self, GAsyncResult *result,
                                    GError **error)
{
  return take_problems (fram_settings_finish (
      self, result, fram_settings_list_problems_async, "(v)", error));
}

/**
 * fram_settings_list_problems_sync:
 * @self: Settings.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Tells what is the matter with the files of the settings.  Blocks meanwhile.
 *
 * Fails as [method@Settings.list_problems_finish].
 *
 * Returns: (transfer full) (array zero-terminated=1): Sentences for people; none if all is
 *   well.
 */
char **
fram_settings_list_problems_sync (FramSettings *self, GCancellable *cancellable,
                                  GError **error)
{
  g_return_val_if_fail (FRAM_IS_SETTINGS (self), NULL);

  return take_problems (
      call (self, GET_PROPERTY, problems_property (), "(v)", cancellable, error));
}
