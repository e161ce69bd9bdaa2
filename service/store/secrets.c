#define G_LOG_DOMAIN "framd"

#include "store/secrets.h"

#include "store/keyring.h"
#include "store/place.h"
#include "store/secrets-file.h"

typedef struct
{
  FramSecretsListener listener;
  gpointer user_data;
} Listener;

struct _FramSecrets
{
  FramSettings *settings;
  char *path;
  GHashTable *file;  /* id -> FramStoredSecret: what it has; NULL: it is not used */
  GHashTable *known; /* id -> Known: of each server of the user's with a credential */
  GArray *listeners; /* Listener */
  FramKeyring *keyring;
};

/* What is known of a server's secret. */
typedef struct
{
  FramSecrets *secrets;
  char *id, *origin;
  char *secret; /* NULL: it is not known */
  FramSecretStorage storage;
  FramKeyringQuestion *question; /* NULL: nothing is asked */
  gboolean again;       /* it is looked up, and something has changed meanwhile */
  FramSecretsDone done; /* who waits for the end of the question, or NULL */
  gpointer user_data;
} Known;

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

static void
tell (FramSecrets *secrets)
{
  for (guint i = 0; i < secrets->listeners->len; i++)
    {
      const Listener *listener = &g_array_index (secrets->listeners, Listener, i);

      listener->listener (secrets, listener->user_data);
    }
}

/* --- What is known --------------------------------------------------------------------- */

static void
answer (Known *known, const GError *error)
{
  FramSecretsDone done = known->done;

  known->done = NULL;
  if (done != NULL)
    done (known->storage, error, known->user_data);
}

static void
ask_no_more (Known *known)
{
  if (known->question != NULL)
    fram_keyring_cancel (known->question);
  known->question = NULL;
  known->again = FALSE;
  answer (known, NULL);
}

static void
known_free (gpointer data)
{
  Known *known = data;

  ask_no_more (known);
  fram_secret_free (known->secret);
  g_free (known->id);
  g_free (known->origin);
  g_free (known);
}

static void
keep (Known *known, const char *secret, FramSecretStorage storage)
{
  char *copy = g_strdup (secret);

  fram_secret_free (known->secret);
  known->secret = copy;
  known->storage = storage;
}

/* --- The file -------------------------------------------------------------------------- */

static gboolean
is_file_wanted (const FramSecrets *secrets)
{
  return fram_settings_get_flag (secrets->settings, FRAM_SETTING_SECRETS_FILE);
}

static void
open_file (FramSecrets *secrets)
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
    open_file (secrets);
  if (secrets->file != NULL)
    return fram_secrets_file_write (secrets->path, secrets->file, error);
  g_set_error (error, FRAM_STORE_ERROR, FRAM_STORE_ERROR_FAILED,
               "%s: what is there cannot be read, and is left alone", secrets->path);
  return FALSE;
}

/* Return: whether it is in the file; FALSE with `error`: nothing has changed. */
static gboolean
put_into_file (FramSecrets *secrets, const Known *known, const char *secret,
               GError **error)
{
  FramStoredSecret *stored, *before = NULL;
  char *key = NULL;

  if (secrets->file == NULL)
    open_file (secrets);
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
static gboolean
take_from_file (FramSecrets *secrets, Known *known)
{
  const FramStoredSecret *stored
      = secrets->file != NULL ? g_hash_table_lookup (secrets->file, known->id) : NULL;

  if (stored == NULL || !g_str_equal (stored->origin, known->origin))
    return FALSE;
  keep (known, stored->secret, FRAM_STORAGE_FILE);
  return TRUE;
}

/* --- The keyring ----------------------------------------------------------------------- */

static void look_up (Known *known);

static void
on_looked_up (FramKeyringResult result, const char *secret, gpointer user_data)
{
  Known *known = user_data;
  FramSecretStorage before = known->storage;

  known->question = NULL;
  if (result == FRAM_KEYRING_DONE)
    keep (known, secret, FRAM_STORAGE_KEYRING);
  else
    known->storage
        = result == FRAM_KEYRING_LOCKED ? FRAM_STORAGE_KEYRING : FRAM_STORAGE_NONE;
  if (known->again && known->secret == NULL)
    look_up (known);
  known->again = FALSE;
  if (known->storage != before || known->secret != NULL)
    tell (known->secrets);
}

static void
look_up (Known *known)
{
  known->question = fram_keyring_look_up (known->secrets->keyring, known->id,
                                          known->origin, on_looked_up, known);
}

/* What was looked up in vain may be found now. */
static void
on_keyring_changed (gpointer user_data)
{
  FramSecrets *secrets = user_data;
  GHashTableIter iter;
  Known *known;

  g_hash_table_iter_init (&iter, secrets->known);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &known))
    if (known->secret == NULL && known->question != NULL)
      known->again = TRUE;
    else if (known->secret == NULL)
      look_up (known);
}

static void
on_stored (FramKeyringResult result, const char *secret, gpointer user_data)
{
  Known *known = user_data;
  FramSecrets *secrets = known->secrets;

  known->question = NULL;
  if (result == FRAM_KEYRING_DONE && known->secret != NULL)
    known->storage = FRAM_STORAGE_KEYRING;
  answer (known, NULL);
  tell (secrets);
}

/* It is in memory until the keyring has it. */
static void
put_into_keyring (Known *known, const char *user)
{
  known->storage = FRAM_STORAGE_MEMORY;
  known->question = fram_keyring_store (known->secrets->keyring, known->id, known->origin,
                                        user, known->secret, on_stored, known);
}

/* --- Following the settings ------------------------------------------------------------- */

static gboolean
is_kept (const FramServerEntry *server)
{
  return server->file == NULL && server->credential != FRAM_CREDENTIAL_NONE;
}

static gboolean
is_of (const Known *known, const FramServerEntry *server)
{
  g_autofree char *origin = fram_server_entry_get_origin (server);

  return g_str_equal (origin, known->origin);
}

static Known *
add_known (FramSecrets *secrets, const FramServerEntry *server)
{
  Known *known = g_new0 (Known, 1);

  known->secrets = secrets;
  known->id = g_strdup (server->id);
  known->origin = fram_server_entry_get_origin (server);
  g_hash_table_insert (secrets->known, known->id, known);
  return known;
}

/* A server is gone, or another one: its secret is of no use any more. */
static void
forget (FramSecrets *secrets, Known *known)
{
  g_autoptr (GError) error = NULL;

  if (secrets->file != NULL && !put_into_file (secrets, known, NULL, &error))
    g_message ("A secret that is of no use any more cannot be removed: %s",
               error->message);
  fram_keyring_forget (secrets->keyring, known->id, NULL, NULL);
}

static gboolean
drop_others (FramSecrets *secrets)
{
  GHashTableIter iter;
  gboolean dropped = FALSE;
  Known *known;

  g_hash_table_iter_init (&iter, secrets->known);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &known))
    {
      const FramServerEntry *server
          = fram_servers_find (secrets->settings, known->id, NULL);

      if (server != NULL && is_kept (server) && is_of (known, server))
        continue;
      forget (secrets, known);
      g_hash_table_iter_remove (&iter);
      dropped = TRUE;
    }
  return dropped;
}

static void
follow_servers (FramSecrets *secrets)
{
  const GPtrArray *servers = fram_servers_list (secrets->settings);
  gboolean changed = drop_others (secrets);

  for (guint i = 0; i < servers->len; i++)
    {
      const FramServerEntry *server = servers->pdata[i];
      Known *known;

      if (!is_kept (server) || g_hash_table_contains (secrets->known, server->id))
        continue;
      known = add_known (secrets, server);
      if (take_from_file (secrets, known))
        changed = TRUE;
      else
        look_up (known);
    }
  if (changed)
    tell (secrets);
}

/* What is in memory alone goes into the file as well. */
static void
begin_file (FramSecrets *secrets)
{
  GHashTableIter iter;
  Known *known;

  open_file (secrets);
  g_hash_table_iter_init (&iter, secrets->known);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &known))
    if (known->storage == FRAM_STORAGE_MEMORY && known->question == NULL
        && put_into_file (secrets, known, known->secret, NULL))
      known->storage = FRAM_STORAGE_FILE;
}

/* What was in the file goes into the keyring, or stays in memory. */
static void
end_file (FramSecrets *secrets)
{
  g_autoptr (GError) error = NULL;
  GHashTableIter iter;
  Known *known;

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

        put_into_keyring (known, server != NULL ? server->username : "");
      }
}

static void
on_settings_changed (FramSettings *settings, guint changed, gpointer user_data)
{
  FramSecrets *secrets = user_data;

  if ((changed & 1u << FRAM_SETTING_SECRETS_FILE) != 0)
    {
      if (is_file_wanted (secrets))
        begin_file (secrets);
      else
        end_file (secrets);
      tell (secrets);
    }
  if ((changed & FRAM_SETTINGS_SERVERS) != 0)
    follow_servers (secrets);
}

/* --- Calls ----------------------------------------------------------------------------- */

FramSecrets *
fram_secrets_new (FramSettings *settings, const char *path)
{
  FramSecrets *secrets = g_new0 (FramSecrets, 1);

  secrets->settings = settings;
  secrets->path
      = path != NULL ? g_strdup (path) : fram_place_path (FRAM_PLACE_CONFIG, "secrets");
  secrets->known = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, known_free);
  secrets->listeners = g_array_new (FALSE, FALSE, sizeof (Listener));
  secrets->keyring = fram_keyring_new (on_keyring_changed, secrets);
  if (is_file_wanted (secrets))
    open_file (secrets);
  follow_servers (secrets);
  fram_settings_add_listener (settings, on_settings_changed, secrets);
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
  const Known *known = g_hash_table_lookup (secrets->known, server->id);

  if (server->file != NULL)
    {
      *ret_storage
          = server->secret != NULL ? FRAM_STORAGE_ADMINISTRATOR : FRAM_STORAGE_NONE;
      return server->secret;
    }
  /* The settings may have told of another server a moment before this has followed them. */
  if (known == NULL || !is_of (known, server))
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
on_forgotten (FramKeyringResult result, const char *secret, gpointer user_data)
{
  Known *known = user_data;
  FramSecrets *secrets = known->secrets;

  known->question = NULL;
  /* The keyring still has it, and will show it when it is unlocked. */
  if (result == FRAM_KEYRING_LOCKED)
    known->storage = FRAM_STORAGE_KEYRING;
  answer (known, NULL);
  tell (secrets);
}

static void
forget_known (Known *known, FramSecretsDone done, gpointer user_data)
{
  FramSecrets *secrets = known->secrets;
  g_autoptr (GError) error = NULL;

  if (secrets->file != NULL && !put_into_file (secrets, known, NULL, &error))
    {
      done (known->storage, error, user_data);
      return;
    }
  ask_no_more (known);
  keep (known, NULL, FRAM_STORAGE_NONE);
  known->done = done;
  known->user_data = user_data;
  known->question
      = fram_keyring_forget (secrets->keyring, known->id, on_forgotten, known);
}

void
fram_secrets_set (FramSecrets *secrets, const FramServerEntry *server, const char *secret,
                  FramSecretsDone done, gpointer user_data)
{
  Known *known = g_hash_table_lookup (secrets->known, server->id);
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
  if (!is_file_wanted (secrets))
    {
      ask_no_more (known);
      keep (known, secret, FRAM_STORAGE_MEMORY);
      known->done = done;
      known->user_data = user_data;
      put_into_keyring (known, server->username);
    }
  else if (!put_into_file (secrets, known, secret, &error))
    {
      done (known->storage, error, user_data);
      return;
    }
  else
    {
      ask_no_more (known);
      keep (known, secret, FRAM_STORAGE_FILE);
      /* An older one is not to come back when the file is given up. */
      fram_keyring_forget (secrets->keyring, known->id, NULL, NULL);
      done (known->storage, NULL, user_data);
    }
  tell (secrets);
}
