/* What becomes of secrets when the settings change. */
#define G_LOG_DOMAIN "framd"

#include "store/secrets-private.h"

#include "store/place.h"

static gboolean
is_kept (const FramServerEntry *server)
{
  return server->file == NULL && server->credential != FRAM_CREDENTIAL_NONE;
}

static FramKnownSecret *
add_known (FramSecrets *secrets, const FramServerEntry *server)
{
  FramKnownSecret *known = g_new0 (FramKnownSecret, 1);

  known->secrets = secrets;
  known->id = g_strdup (server->id);
  known->origin = fram_server_entry_get_origin (server);
  g_hash_table_insert (secrets->known, known->id, known);
  return known;
}

/* A server is gone, or another one: its secret is of no use any more. */
static void
forget (FramSecrets *secrets, FramKnownSecret *known)
{
  g_autoptr (GError) error = NULL;

  if (secrets->file != NULL && !fram_secrets_put_into_file (secrets, known, NULL, &error))
    g_message ("A secret that is of no use any more cannot be removed: %s",
               error->message);
  fram_keyring_forget (secrets->keyring, known->id, NULL, NULL);
}

static gboolean
drop_others (FramSecrets *secrets)
{
  GHashTableIter iter;
  gboolean dropped = FALSE;
  FramKnownSecret *known;

  g_hash_table_iter_init (&iter, secrets->known);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &known))
    {
      const FramServerEntry *server
          = fram_servers_find (secrets->settings, known->id, NULL);

      if (server != NULL && is_kept (server) && fram_known_secret_is_of (known, server))
        continue;
      forget (secrets, known);
      g_hash_table_iter_remove (&iter);
      dropped = TRUE;
    }
  return dropped;
}

void
fram_secrets_follow_servers (FramSecrets *secrets)
{
  const GPtrArray *servers = fram_servers_list (secrets->settings);
  gboolean changed = drop_others (secrets);

  for (guint i = 0; i < servers->len; i++)
    {
      const FramServerEntry *server = servers->pdata[i];
      FramKnownSecret *known;

      if (!is_kept (server) || g_hash_table_contains (secrets->known, server->id))
        continue;
      known = add_known (secrets, server);
      if (fram_secrets_take_from_file (secrets, known))
        changed = TRUE;
      else
        fram_known_secret_look_up (known);
    }
  if (changed)
    fram_secrets_tell (secrets);
}

/* What is in memory alone goes into the file as well. */
static void
begin_file (FramSecrets *secrets)
{
  GHashTableIter iter;
  FramKnownSecret *known;

  fram_secrets_open_file (secrets);
  g_hash_table_iter_init (&iter, secrets->known);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &known))
    if (known->storage == FRAM_STORAGE_MEMORY && known->question == NULL
        && fram_secrets_put_into_file (secrets, known, known->secret, NULL))
      known->storage = FRAM_STORAGE_FILE;
}

/* What was in the file goes into the keyring, or stays in memory. */
static void
end_file (FramSecrets *secrets)
{
  g_autoptr (GError) error = NULL;
  GHashTableIter iter;
  FramKnownSecret *known;

  if (secrets->file == NULL)
    return;
  g_clear_pointer (&secrets->file, g_hash_table_unref);
  if (!fram_place_remove (secrets->path, &error))
    g_message ("The file of secrets cannot be removed: %s", error->message);
  g_hash_table_iter_init (&iter, secrets->known);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &known))
    if (known->storage == FRAM_STORAGE_FILE)
      {
        const FramServerEntry *server
            = fram_servers_find (secrets->settings, known->id, NULL);

        fram_known_secret_put_into_keyring (known,
                                            server != NULL ? server->username : "");
      }
}

void
fram_secrets_settings_changed (FramSettings *settings, guint changed, gpointer user_data)
{
  FramSecrets *secrets = user_data;

  if ((changed & 1u << FRAM_SETTING_SECRETS_FILE) != 0)
    {
      if (fram_secrets_is_file_wanted (secrets))
        begin_file (secrets);
      else
        end_file (secrets);
      fram_secrets_tell (secrets);
    }
  if ((changed & FRAM_SETTINGS_SERVERS) != 0)
    fram_secrets_follow_servers (secrets);
}
