/* The calls of FramSettings that are about servers: their secrets, and tests of them. */
#include <string.h>

#include "client-private.h"
#include "description-variant.h"
#include "memory-file.h"
#include "settings-private.h"

#define SET_SECRET FRAM_BUS_SETTINGS_INTERFACE ".SetSecret"
#define TEST FRAM_BUS_SETTINGS_INTERFACE ".TestServer"

/* The library keeps no copy of a secret: it goes from the caller's memory into the file.
 * Return: (transfer full): NULL with `error` set. */
static GUnixFDList *
secret_to_descriptors (const char *secret, GError **error)
{
  struct iovec part = { (char *) secret, secret != NULL ? strlen (secret) : 0 };
  int fd = fram_memory_file_new (&part, 1, error);

  return fd >= 0 ? g_unix_fd_list_new_from_array (&fd, 1) : NULL;
}

/* --- Secrets ----------------------------------------------------------------------- */

static GVariant *
secret_arguments (const char *id)
{
  return g_variant_new ("(@sh)", fram_text_to_variant (id), 0);
}

/* `reply`: (transfer full) (nullable) */
static char *
take_storage (GVariant *reply)
{
  g_autoptr (GVariant) owned = reply;
  char *storage = NULL;

  if (reply != NULL)
    g_variant_get (reply, "(s)", &storage);
  return storage;
}

/**
 * fram_settings_set_secret_async:
 * @self: Settings.
 * @id: Which server.
 * @secret: (nullable): The password or the shared secret, up to 1024 bytes; %NULL or an empty
 *   one: what is known is to be forgotten.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called with the place where it is kept.
 * @user_data: Data for @callback.
 *
 * Gives the secret of a server of the user's.
 *
 * It reaches the service in a memory file, never in a message, and the library keeps no copy:
 * it is done with @secret when this function returns, and the caller can wipe it.  The
 * service keeps it in the keyring, if one opens within 5 seconds; else in memory or, if the
 * setting `secrets-file` says so, in a file.  It never comes back out.
 */
void
fram_settings_set_secret_async (FramSettings *self, const char *id, const char *secret,
                                GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GUnixFDList) given = NULL;
  GError *error = NULL;

  g_return_if_fail (FRAM_IS_SETTINGS (self));
  g_return_if_fail (id != NULL);

  given = secret_to_descriptors (secret, &error);
  if (given != NULL)
    fram_settings_begin (self, SET_SECRET, secret_arguments (id), given,
                         fram_settings_set_secret_async, cancellable, callback,
                         user_data);
  else
    g_task_report_error (self, callback, user_data, fram_settings_set_secret_async,
                         error);
}

/**
 * fram_settings_set_secret_finish:
 * @self: Settings.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Settings.set_secret_async].
 *
 * Fails as [method@Settings.change_server_finish].
 *
 * Returns: (transfer full): Where it is kept now, a word as in [struct@Server]; empty if it
 *   was forgotten.
 */
char *
fram_settings_set_secret_finish (FramSettings *self, GAsyncResult *result, GError **error)
{
  return take_storage (
      fram_settings_finish (self, result, fram_settings_set_secret_async, "(s)", error));
}

/**
 * fram_settings_set_secret_sync:
 * @self: Settings.
 * @id: Which server.
 * @secret: (nullable): The password or the shared secret, up to 1024 bytes; %NULL or an empty
 *   one: what is known is to be forgotten.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Gives the secret of a server of the user's, as [method@Settings.set_secret_async].  Blocks
 * meanwhile.
 *
 * Fails as [method@Settings.change_server_finish].
 *
 * Returns: (transfer full): Where it is kept now, a word as in [struct@Server]; empty if it
 *   was forgotten.
 */
char *
fram_settings_set_secret_sync (FramSettings *self, const char *id, const char *secret,
                               GCancellable *cancellable, GError **error)
{
  g_autoptr (GUnixFDList) given = NULL;

  g_return_val_if_fail (FRAM_IS_SETTINGS (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  given = secret_to_descriptors (secret, error);
  if (given == NULL)
    return NULL;
  return take_storage (fram_settings_call (self, SET_SECRET, secret_arguments (id), given,
                                           "(s)", cancellable, error));
}

/* --- Tests ------------------------------------------------------------------------- */

static gboolean
are_options (GVariant *options)
{
  return options == NULL || g_variant_is_of_type (options, G_VARIANT_TYPE_VARDICT);
}

/* `options`: (transfer floating) (nullable); `with_secret`: it is the first descriptor. */
static GVariant *
test_arguments (const char *id, GVariant *options, gboolean with_secret)
{
  g_autoptr (GVariant) given = options != NULL ? g_variant_ref_sink (options) : NULL;
  g_auto (GVariantDict) all = G_VARIANT_DICT_INIT (given);

  if (with_secret)
    g_variant_dict_insert_value (&all, "secret", g_variant_new_handle (0));
  return g_variant_new ("(@s@a{sv})", fram_text_to_variant (id != NULL ? id : ""),
                        g_variant_dict_end (&all));
}

/* `reply`: (transfer full) (nullable) */
static FramServerTest *
take_test (GVariant *reply)
{
  g_autoptr (GVariant) owned = reply;

  return reply != NULL ? fram_server_test_from_reply (reply) : NULL;
}

/**
 * fram_settings_test_server_async:
 * @self: Settings.
 * @id: (nullable): Which server; %NULL: one that @options describe alone.
 * @options: (nullable): What is to be tried in place of what is kept: `a{sv}` with the keys
 *   `uri`, `credential`, `username` and `authority` of
 *   [method@Settings.change_server_async]; a floating one is taken.
 * @secret: (nullable): The password or shared secret to try; %NULL: the one that is kept.
 * @cancellable: (nullable): To give up waiting.
 * @callback: Called with what was found.
 * @user_data: Data for @callback.
 *
 * Tries a server for real, which takes 15 seconds at most.  It changes nothing.  At most 4
 * tests of an application go on at a time.
 *
 * The function is done with @secret when it returns, and the caller can wipe it.
 */
void
fram_settings_test_server_async (FramSettings *self, const char *id, GVariant *options,
                                 const char *secret, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GUnixFDList) given = NULL;
  GVariant *arguments;
  GError *error = NULL;

  g_return_if_fail (FRAM_IS_SETTINGS (self));
  g_return_if_fail (are_options (options));

  arguments = test_arguments (id, options, secret != NULL);
  if (secret == NULL || (given = secret_to_descriptors (secret, &error)) != NULL)
    {
      fram_settings_begin (self, TEST, arguments, given, fram_settings_test_server_async,
                           cancellable, callback, user_data);
      return;
    }
  g_variant_unref (g_variant_ref_sink (arguments));
  g_task_report_error (self, callback, user_data, fram_settings_test_server_async, error);
}

/**
 * fram_settings_test_server_finish:
 * @self: Settings.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Settings.test_server_async].
 *
 * A server with which something is the matter is no error: that is what was found.  Fails
 * with %FRAM_ERROR_NO_SERVER if there is no such server, %FRAM_ERROR_INVALID_ARGUMENT if an
 * option is wrong, and %FRAM_ERROR_LIMIT_EXCEEDED if too many tests go on.
 *
 * Returns: (transfer full): What was found.
 */
FramServerTest *
fram_settings_test_server_finish (FramSettings *self, GAsyncResult *result,
                                  GError **error)
{
  return take_test (fram_settings_finish (self, result, fram_settings_test_server_async,
                                          "(a{sv})", error));
}

/**
 * fram_settings_test_server_sync:
 * @self: Settings.
 * @id: (nullable): Which server; %NULL: one that @options describe alone.
 * @options: (nullable): What is to be tried in place of what is kept: `a{sv}` as in
 *   [method@Settings.test_server_async]; a floating one is taken.
 * @secret: (nullable): The password or shared secret to try; %NULL: the one that is kept.
 * @cancellable: (nullable): To give up waiting.
 * @error: Where to put an error.
 *
 * Tries a server for real, which takes 15 seconds at most.  It changes nothing.  Blocks
 * meanwhile.
 *
 * Fails as [method@Settings.test_server_finish].
 *
 * Returns: (transfer full): What was found.
 */
FramServerTest *
fram_settings_test_server_sync (FramSettings *self, const char *id, GVariant *options,
                                const char *secret, GCancellable *cancellable,
                                GError **error)
{
  g_autoptr (GUnixFDList) given = NULL;
  GVariant *arguments;

  g_return_val_if_fail (FRAM_IS_SETTINGS (self), NULL);
  g_return_val_if_fail (are_options (options), NULL);

  arguments = test_arguments (id, options, secret != NULL);
  if (secret == NULL || (given = secret_to_descriptors (secret, error)) != NULL)
    return take_test (
        fram_settings_call (self, TEST, arguments, given, "(a{sv})", cancellable, error));
  g_variant_unref (g_variant_ref_sink (arguments));
  return NULL;
}
