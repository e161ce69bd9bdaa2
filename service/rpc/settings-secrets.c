/* SetSecret: a secret from its pipe to where it is kept. */
#include "rpc/settings-private.h"

#include <string.h>

#include "dbus/names.h"
#include "rpc/passwords.h"

/* A call on its way.  Whoever goes on with it holds it: the reader, the turn, the keyring. */
typedef struct
{
  gint n_refs;
  FramSettingsObject *object; /* NULL: the service is stopping */
  FramCall *call;             /* NULL: it was answered */
  char *id;
  FramPasswordReader *reader; /* NULL: nothing is read */
  char secret[FRAM_SERVER_MAX_SECRET + 1];
} SecretCall;

static void
secret_call_unref (gpointer data)
{
  SecretCall *set = data;

  if (--set->n_refs > 0)
    return;
  if (set->object != NULL)
    set->object->secret_calls = g_list_remove (set->object->secret_calls, set);
  explicit_bzero (set->secret, sizeof set->secret);
  g_free (set->id);
  g_free (set);
}

static void
fail (SecretCall *set, const GError *error)
{
  fram_settings_object_fail (g_steal_pointer (&set->call), error);
}

static void
on_set (FramSecretStorage storage, const GError *error, gpointer user_data)
{
  SecretCall *set = user_data;

  if (set->call != NULL && error != NULL)
    fail (set, error);
  else if (set->call != NULL)
    fram_call_return (g_steal_pointer (&set->call),
                      g_variant_new ("(s)", fram_secret_storage_to_word (storage)));
  secret_call_unref (set);
}

/* Return: the server whose secret it may be, or NULL. */
static const FramServerEntry *
find_server (SecretCall *set, GError **error)
{
  const FramServerEntry *server
      = fram_servers_find (set->object->settings, set->id, error);

  return server != NULL && fram_secrets_check (server, set->secret, error) ? server
                                                                           : NULL;
}

/* Its turn has come: what was in order then may not be now. */
static void
run (FramCall *call, gpointer data)
{
  SecretCall *set = data;
  g_autoptr (GError) error = NULL;
  const FramServerEntry *server = find_server (set, &error);

  if (server == NULL)
    {
      fail (set, error);
      return;
    }
  set->n_refs++;
  fram_secrets_set (set->object->secrets, server, set->secret, on_set, set);
}

static void
on_read (gsize length, const GError *failure, gpointer user_data)
{
  SecretCall *set = user_data;
  g_autoptr (GError) error = NULL;

  set->reader = NULL;
  if (failure == NULL && memchr (set->secret, '\0', length) != NULL)
    g_set_error (&error, FRAM_SETTINGS_ERROR, FRAM_SETTINGS_ERROR_INVALID,
                 "A password or secret has no NUL byte");
  if (failure == NULL && error == NULL && find_server (set, &error) != NULL)
    {
      fram_turns_take (set->object->turns, set->call, run, set, secret_call_unref);
      return;
    }
  fail (set, failure != NULL ? failure : error);
  secret_call_unref (set);
}

void
fram_settings_set_secret (FramCall *call, GVariant *arguments, gpointer data)
{
  FramSettingsObject *object = data;
  SecretCall *set = g_new0 (SecretCall, 1);
  const int *fds = g_unix_fd_list_peek_fds (fram_call_get_fds (call), NULL);
  g_autoptr (GError) error = NULL;
  gint32 handle;

  g_variant_get (arguments, "(sh)", &set->id, &handle);
  set->n_refs = 1;
  set->object = object;
  set->call = call;
  object->secret_calls = g_list_prepend (object->secret_calls, set);
  /* An unknown server is no reason to wait for a pipe. */
  if (find_server (set, &error) != NULL)
    set->reader = fram_password_reader_new (fds[handle], "The secret", set->secret,
                                            sizeof set->secret - 1, on_read, set, &error);
  if (set->reader == NULL)
    {
      fail (set, error);
      secret_call_unref (set);
    }
}

void
fram_settings_stop_secrets (FramSettingsObject *object)
{
  while (object->secret_calls != NULL)
    {
      SecretCall *set = object->secret_calls->data;

      object->secret_calls
          = g_list_delete_link (object->secret_calls, object->secret_calls);
      set->object = NULL;
      fram_call_fail (g_steal_pointer (&set->call), FRAM_ERROR_FAILED,
                      "The service is stopping");
      /* What the keyring is asked for is let go of there. */
      if (set->reader != NULL)
        {
          fram_password_reader_free (g_steal_pointer (&set->reader));
          secret_call_unref (set);
        }
    }
}
