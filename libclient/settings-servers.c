/* The calls of FramSettings that are about servers: which there are. */
#include "client-private.h"
#include "description-variant.h"
#include "settings-private.h"

#define LIST FRAM_BUS_SETTINGS_INTERFACE ".ListServers"
#define ADD FRAM_BUS_SETTINGS_INTERFACE ".AddServer"
#define CHANGE FRAM_BUS_SETTINGS_INTERFACE ".ChangeServer"
#define REMOVE FRAM_BUS_SETTINGS_INTERFACE ".RemoveServer"

/* --- Arguments and answers --------------------------------------------------------- */

static gboolean
are_options (GVariant *options)
{
  return options == NULL || g_variant_is_of_type (options, G_VARIANT_TYPE_VARDICT);
}

/* `text`: an id or a URI; `options`: (transfer floating) (nullable) */
static GVariant *
arguments_with_options (const char *text, GVariant *options)
{
  return g_variant_new ("(@s@a{sv})", fram_text_to_variant (text),
                        options != NULL ? options : g_variant_new ("a{sv}", NULL));
}

static GVariant *
id_argument (const char *id)
{
  return g_variant_new ("(@s)", fram_text_to_variant (id));
}

/* `reply`: (transfer full) (nullable), as everywhere here. */
static GPtrArray *
take_servers (GVariant *reply)
{
  g_autoptr (GVariant) owned = reply;

  return reply != NULL ? fram_servers_from_reply (reply) : NULL;
}

static char *
take_text (GVariant *reply)
{
  g_autoptr (GVariant) owned = reply;
  char *text = NULL;

  if (reply != NULL)
    g_variant_get (reply, "(s)", &text);
  return text;
}

static gboolean
take_nothing (GVariant *reply)
{
  g_autoptr (GVariant) owned = reply;

  return reply != NULL;
}

/* --- The list ---------------------------------------------------------------------- */

/**
 * fram_settings_list_servers_async:
 * @self: Settings.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called with the servers.
 * @user_data: Data for @callback.
 *
 * Asks for the servers that all sessions have besides their own.
 */
void
fram_settings_list_servers_async (FramSettings *self, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (FRAM_IS_SETTINGS (self));

  fram_settings_begin (self, LIST, NULL, NULL, fram_settings_list_servers_async,
                       cancellable, callback, user_data);
}

/**
 * fram_settings_list_servers_finish:
 * @self: Settings.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Settings.list_servers_async].
 *
 * Fails with %FRAM_ERROR_NOT_SUPPORTED if the service is too old to keep servers.
 *
 * Returns: (transfer container) (element-type FramServer): The servers, in order of
 *   preference; those that administrators give come first.
 */
GPtrArray *
fram_settings_list_servers_finish (FramSettings *self, GAsyncResult *result,
                                   GError **error)
{
  return take_servers (fram_settings_finish (
      self, result, fram_settings_list_servers_async, FRAM_SERVERS_REPLY, error));
}

/**
 * fram_settings_list_servers_sync:
 * @self: Settings.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Lists the servers that all sessions have besides their own.  Blocks meanwhile.
 *
 * Fails as [method@Settings.list_servers_finish].
 *
 * Returns: (transfer container) (element-type FramServer): The servers, in order of
 *   preference; those that administrators give come first.
 */
GPtrArray *
fram_settings_list_servers_sync (FramSettings *self, GCancellable *cancellable,
                                 GError **error)
{
  g_return_val_if_fail (FRAM_IS_SETTINGS (self), NULL);

  return take_servers (fram_settings_call (self, LIST, NULL, NULL, FRAM_SERVERS_REPLY,
                                           cancellable, error));
}

/* --- Changing it ------------------------------------------------------------------- */

/**
 * fram_settings_add_server_async:
 * @self: Settings.
 * @uri: Its URI (RFC 7064, RFC 7065), as `turn:turn.example.org`.
 * @options: (nullable): What else is known of it: `a{sv}` as in
 *   [method@Settings.change_server_async]; a floating one is taken.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called with the id of the server.
 * @user_data: Data for @callback.
 *
 * Adds a server as the user's last one, for all sessions of all applications.
 */
void
fram_settings_add_server_async (FramSettings *self, const char *uri, GVariant *options,
                                GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_return_if_fail (FRAM_IS_SETTINGS (self));
  g_return_if_fail (uri != NULL);
  g_return_if_fail (are_options (options));

  fram_settings_begin (self, ADD, arguments_with_options (uri, options), NULL,
                       fram_settings_add_server_async, cancellable, callback, user_data);
}

/**
 * fram_settings_add_server_finish:
 * @self: Settings.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Settings.add_server_async].
 *
 * Fails with %FRAM_ERROR_INVALID_ARGUMENT if the URI or an option is wrong,
 * %FRAM_ERROR_LIMIT_EXCEEDED if there are 64 servers already or too many changes wait, and
 * %FRAM_ERROR_NOT_STORED if the disk does not take it.
 *
 * Returns: (transfer full): What the server is called from now on.
 */
char *
fram_settings_add_server_finish (FramSettings *self, GAsyncResult *result, GError **error)
{
  return take_text (
      fram_settings_finish (self, result, fram_settings_add_server_async, "(s)", error));
}

/**
 * fram_settings_add_server_sync:
 * @self: Settings.
 * @uri: Its URI (RFC 7064, RFC 7065), as `turn:turn.example.org`.
 * @options: (nullable): What else is known of it: `a{sv}` as in
 *   [method@Settings.change_server_async]; a floating one is taken.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Adds a server as the user's last one, for all sessions of all applications.  Blocks
 * meanwhile.
 *
 * Fails as [method@Settings.add_server_finish].
 *
 * Returns: (transfer full): What the server is called from now on.
 */
char *
fram_settings_add_server_sync (FramSettings *self, const char *uri, GVariant *options,
                               GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (FRAM_IS_SETTINGS (self), NULL);
  g_return_val_if_fail (uri != NULL, NULL);
  g_return_val_if_fail (are_options (options), NULL);

  return take_text (fram_settings_call (self, ADD, arguments_with_options (uri, options),
                                        NULL, "(s)", cancellable, error));
}

/**
 * fram_settings_change_server_async:
 * @self: Settings.
 * @id: Which server.
 * @options: What is to be another: `a{sv}`; a floating one is taken.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called when it is done.
 * @user_data: Data for @callback.
 *
 * Changes a server of the user's; of one that an administrator gives, `enabled` alone.
 *
 * Options: `uri` (`s`; another host, port or scheme forgets the password), `name` (`s`; up to
 * 128 bytes), `enabled` (`b`), `credential` (`s`; a word as in [struct@Server]), `username`
 * (`s`; up to 508 bytes), `authority` (`s`; the absolute path of a file of certificates, or
 * empty), `position` (`u`; its place among the user's servers, from 0).
 */
void
fram_settings_change_server_async (FramSettings *self, const char *id, GVariant *options,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (FRAM_IS_SETTINGS (self));
  g_return_if_fail (id != NULL);
  g_return_if_fail (are_options (options));

  fram_settings_begin (self, CHANGE, arguments_with_options (id, options), NULL,
                       fram_settings_change_server_async, cancellable, callback,
                       user_data);
}

/**
 * fram_settings_change_server_finish:
 * @self: Settings.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Settings.change_server_async].
 *
 * Fails with %FRAM_ERROR_NO_SERVER if there is no such server,
 * %FRAM_ERROR_INVALID_ARGUMENT if an option is wrong, %FRAM_ERROR_LOCKED if an administrator
 * has decided, %FRAM_ERROR_NOT_STORED if the disk does not take it, and
 * %FRAM_ERROR_LIMIT_EXCEEDED if too many changes wait already.
 *
 * Returns: Whether it is done.
 */
gboolean
fram_settings_change_server_finish (FramSettings *self, GAsyncResult *result,
                                    GError **error)
{
  return take_nothing (fram_settings_finish (
      self, result, fram_settings_change_server_async, "()", error));
}

/**
 * fram_settings_change_server_sync:
 * @self: Settings.
 * @id: Which server.
 * @options: What is to be another: `a{sv}` as in [method@Settings.change_server_async]; a
 *   floating one is taken.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Changes a server of the user's; of one that an administrator gives, `enabled` alone.
 * Blocks meanwhile.
 *
 * Fails as [method@Settings.change_server_finish].
 *
 * Returns: Whether it is done.
 */
gboolean
fram_settings_change_server_sync (FramSettings *self, const char *id, GVariant *options,
                                  GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (FRAM_IS_SETTINGS (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);
  g_return_val_if_fail (are_options (options), FALSE);

  return take_nothing (fram_settings_call (self, CHANGE,
                                           arguments_with_options (id, options), NULL,
                                           "()", cancellable, error));
}

/**
 * fram_settings_remove_server_async:
 * @self: Settings.
 * @id: Which server.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called when it is done.
 * @user_data: Data for @callback.
 *
 * Removes a server of the user's, and its password.  Sessions that run keep it.
 */
void
fram_settings_remove_server_async (FramSettings *self, const char *id,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (FRAM_IS_SETTINGS (self));
  g_return_if_fail (id != NULL);

  fram_settings_begin (self, REMOVE, id_argument (id), NULL,
                       fram_settings_remove_server_async, cancellable, callback,
                       user_data);
}

/**
 * fram_settings_remove_server_finish:
 * @self: Settings.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Settings.remove_server_async].
 *
 * Fails as [method@Settings.change_server_finish].
 *
 * Returns: Whether it is done.
 */
gboolean
fram_settings_remove_server_finish (FramSettings *self, GAsyncResult *result,
                                    GError **error)
{
  return take_nothing (fram_settings_finish (
      self, result, fram_settings_remove_server_async, "()", error));
}

/**
 * fram_settings_remove_server_sync:
 * @self: Settings.
 * @id: Which server.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Removes a server of the user's, and its password.  Sessions that run keep it.  Blocks
 * meanwhile.
 *
 * Fails as [method@Settings.change_server_finish].
 *
 * Returns: Whether it is done.
 */
gboolean
fram_settings_remove_server_sync (FramSettings *self, const char *id,
                                  GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (FRAM_IS_SETTINGS (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  return take_nothing (fram_settings_call (self, REMOVE, id_argument (id), NULL, "()",
                                           cancellable, error));
}
