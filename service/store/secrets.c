#include "store/secrets-private.h"

#include "store/place.h"

typedef struct
{
  FramSecretsListener listener;
  gpointer user_data;
} Listener;

static const char *const words[] = {
  [FRAM_STORAGE_NONE] = "",
  [FRAM_STORAGE_KEYRING] = "keyring",
  [FRAM_STORAGE_MEMORY] = "memory",
  [FRAM_STORAGE_FILE] = "file",
  [FRAM_STORAGE_ADMINISTRATOR] = "administrator",
};

const char *
fram_secret_storage_to_word (FramSecretStorage storage)
{
  return words[storage];
}

void
fram_secrets_tell (FramSecrets *secrets)
{
  for (guint i = 0; i < secrets->listeners->len; i++)
    {
      const Listener *listener = &g_array_index (secrets->listeners, Listener, i);

      listener->listener (secrets, listener->user_data);
    }
}

FramSecrets *
fram_secrets_new (FramSettings *settings, const char *path)
{
  FramSecrets *secrets = g_new0 (FramSecrets, 1);

  secrets->settings = settings;
  secrets->path
      = path != NULL ? g_strdup (path) : fram_place_path (FRAM_PLACE_CONFIG, "secrets");
  secrets->known
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, fram_known_secret_free);
  secrets->listeners = g_array_new (FALSE, FALSE, sizeof (Listener));
  secrets->keyring = fram_keyring_new (fram_secrets_keyring_changed, secrets);
  if (fram_secrets_is_file_wanted (secrets))
    fram_secrets_open_file (secrets);
  fram_secrets_follow_servers (secrets);
  fram_settings_add_listener (settings, fram_secrets_settings_changed, secrets);
  return secrets;
}

void
fram_secrets_free (FramSecrets *secrets)
{
  if (secrets == NULL)
    return;
  fram_settings_remove_listener (secrets->settings, secrets);
  g_array_set_size (secrets->listeners, 0);
  g_hash_table_unref (secrets->known);
  fram_keyring_free (secrets->keyring);
  g_clear_pointer (&secrets->file, g_hash_table_unref);
  g_array_unref (secrets->listeners);
  g_free (secrets->path);
  g_free (secrets);
}

void
fram_secrets_add_listener (FramSecrets *secrets, FramSecretsListener listener,
                           gpointer user_data)
{
  Listener added = { listener, user_data };

  g_array_append_val (secrets->listeners, added);
}

void
fram_secrets_remove_listener (FramSecrets *secrets, gpointer user_data)
{
  for (guint i = secrets->listeners->len; i > 0; i--)
    if (g_array_index (secrets->listeners, Listener, i - 1).user_data == user_data)
      g_array_remove_index (secrets->listeners, i - 1);
}

const char *
fram_secrets_get (const FramSecrets *secrets, const FramServerEntry *server,
                  FramSecretStorage *ret_storage)
{
  const FramKnownSecret *known = g_hash_table_lookup (secrets->known, server->id);

  if (server->file != NULL)
    {
      *ret_storage
          = server->secret != NULL ? FRAM_STORAGE_ADMINISTRATOR : FRAM_STORAGE_NONE;
      return server->secret;
    }
  /* The settings may have told of another server a moment before this has followed them. */
  if (known == NULL || !fram_known_secret_is_of (known, server))
    {
      *ret_storage = FRAM_STORAGE_NONE;
      return NULL;
    }
  *ret_storage = known->storage;
  return known->secret;
}

gboolean
fram_secrets_check (const FramServerEntry *server, const char *secret, GError **error)
{
  if (server->file != NULL)
    g_set_error (error, FRAM_SETTINGS_ERROR, FRAM_SETTINGS_ERROR_LOCKED,
                 "The server “%s” is given by the administrator, in %s", server->id,
                 server->file);
  else if (secret[0] == '\0')
    return TRUE;
  else if (server->credential == FRAM_CREDENTIAL_NONE)
    g_set_error (error, FRAM_SETTINGS_ERROR, FRAM_SETTINGS_ERROR_INVALID,
                 "The server “%s” has no credential that a secret could belong to",
                 server->id);
  else
    return fram_server_secret_check (server->credential, secret, error);
  return FALSE;
}

static void
forget_known (FramKnownSecret *known, FramSecretsDone done, gpointer user_data)
{
  FramSecrets *secrets = known->secrets;
  g_autoptr (GError) error = NULL;

  if (secrets->file != NULL && !fram_secrets_put_into_file (secrets, known, NULL, &error))
    {
      done (known->storage, error, user_data);
      return;
    }
  fram_known_secret_ask_no_more (known);
  fram_known_secret_keep (known, NULL, FRAM_STORAGE_NONE);
  known->done = done;
  known->user_data = user_data;
  fram_known_secret_take_from_keyring (known);
}

void
fram_secrets_set (FramSecrets *secrets, const FramServerEntry *server, const char *secret,
                  FramSecretsDone done, gpointer user_data)
{
  FramKnownSecret *known = g_hash_table_lookup (secrets->known, server->id);
  g_autoptr (GError) error = NULL;

  if (known == NULL)
    {
      /* Only what has no credential: there is nothing to forget. */
      done (FRAM_STORAGE_NONE, NULL, user_data);
      return;
    }
  if (secret[0] == '\0')
    {
      forget_known (known, done, user_data);
      return;
    }
  if (!fram_secrets_is_file_wanted (secrets))
    {
      fram_known_secret_ask_no_more (known);
      fram_known_secret_keep (known, secret, FRAM_STORAGE_MEMORY);
      known->done = done;
      known->user_data = user_data;
      fram_known_secret_put_into_keyring (known, server->username);
    }
  else if (!fram_secrets_put_into_file (secrets, known, secret, &error))
    {
      done (known->storage, error, user_data);
      return;
    }
  else
    {
      fram_known_secret_ask_no_more (known);
      fram_known_secret_keep (known, secret, FRAM_STORAGE_FILE);
      /* An older one is not to come back when the file is given up. */
      fram_keyring_forget (secrets->keyring, known->id, NULL, NULL);
      done (known->storage, NULL, user_data);
    }
  fram_secrets_tell (secrets);
}
