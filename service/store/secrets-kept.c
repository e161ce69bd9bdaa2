#define G_LOG_DOMAIN "framd"

#include "store/secrets-private.h"

#include "store/secrets-file.h"

gboolean
fram_secrets_is_file_wanted (const FramSecrets *secrets)
{
  return fram_settings_get_flag (secrets->settings, FRAM_SETTING_SECRETS_FILE);
}

void
fram_secrets_open_file (FramSecrets *secrets)
{
  g_autoptr (GError) error = NULL;

  secrets->file = fram_secrets_file_read (secrets->path, &error);
  if (secrets->file == NULL)
    g_message ("The secrets of servers cannot be read: %s", error->message);
}

static gboolean
write_file (FramSecrets *secrets, GError **error)
{
  if (secrets->file == NULL)
    fram_secrets_open_file (secrets);
  if (secrets->file != NULL)
    return fram_secrets_file_write (secrets->path, secrets->file, error);
  g_set_error (error, FRAM_STORE_ERROR, FRAM_STORE_ERROR_FAILED,
               "%s: what is there cannot be read, and is left alone", secrets->path);
  return FALSE;
}

/* Return: whether it is in the file; FALSE with `error`: nothing has changed. */
gboolean
fram_secrets_put_into_file (FramSecrets *secrets, const FramKnownSecret *known,
                            const char *secret, GError **error)
{
  FramStoredSecret *stored, *before = NULL;
  char *key = NULL;

  if (secrets->file == NULL)
    fram_secrets_open_file (secrets);
  if (secrets->file == NULL)
    return write_file (secrets, error);
  g_hash_table_steal_extended (secrets->file, known->id, (gpointer *) &key,
                               (gpointer *) &before);
  g_free (key);
  if (secret != NULL)
    {
      stored = g_new0 (FramStoredSecret, 1);
      stored->origin = g_strdup (known->origin);
      stored->secret = g_strdup (secret);
      g_hash_table_insert (secrets->file, g_strdup (known->id), stored);
    }
  if ((secret == NULL && before == NULL) || write_file (secrets, error))
    {
      fram_stored_secret_free (before);
      return TRUE;
    }
  g_hash_table_remove (secrets->file, known->id);
  if (before != NULL)
    g_hash_table_insert (secrets->file, g_strdup (known->id), before);
  return FALSE;
}

/* Return: whether the file has it. */
gboolean
fram_secrets_take_from_file (FramSecrets *secrets, FramKnownSecret *known)
{
  const FramStoredSecret *stored
      = secrets->file != NULL ? g_hash_table_lookup (secrets->file, known->id) : NULL;

  if (stored == NULL || !g_str_equal (stored->origin, known->origin))
    return FALSE;
  fram_known_secret_keep (known, stored->secret, FRAM_STORAGE_FILE);
  return TRUE;
}
