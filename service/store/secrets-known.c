#include "store/secrets-private.h"

static void
answer (FramKnownSecret *known, const GError *error)
{
  FramSecretsDone done = known->done;

  known->done = NULL;
  if (done != NULL)
    done (known->storage, error, known->user_data);
}

void
fram_known_secret_ask_no_more (FramKnownSecret *known)
{
  if (known->question != NULL)
    fram_keyring_cancel (known->question);
  known->question = NULL;
  known->again = FALSE;
  answer (known, NULL);
}

void
fram_known_secret_free (gpointer data)
{
  FramKnownSecret *known = data;

  fram_known_secret_ask_no_more (known);
  fram_secret_free (known->secret);
  g_free (known->id);
  g_free (known->origin);
  g_free (known);
}

void
fram_known_secret_keep (FramKnownSecret *known, const char *secret,
                        FramSecretStorage storage)
{
  char *copy = g_strdup (secret);

  fram_secret_free (known->secret);
  known->secret = copy;
  known->storage = storage;
}

gboolean
fram_known_secret_is_of (const FramKnownSecret *known, const FramServerEntry *server)
{
  g_autofree char *origin = fram_server_entry_get_origin (server);

  return g_str_equal (origin, known->origin);
}

/* --- The keyring ----------------------------------------------------------------------- */

static void
on_looked_up (FramKeyringResult result, const char *secret, gpointer user_data)
{
  FramKnownSecret *known = user_data;
  FramSecretStorage before = known->storage;

  known->question = NULL;
  if (result == FRAM_KEYRING_DONE)
    fram_known_secret_keep (known, secret, FRAM_STORAGE_KEYRING);
  else
    known->storage
        = result == FRAM_KEYRING_LOCKED ? FRAM_STORAGE_KEYRING : FRAM_STORAGE_NONE;
  if (known->again && known->secret == NULL)
    fram_known_secret_look_up (known);
  known->again = FALSE;
  if (known->storage != before || known->secret != NULL)
    fram_secrets_tell (known->secrets);
}

void
fram_known_secret_look_up (FramKnownSecret *known)
{
  known->question = fram_keyring_look_up (known->secrets->keyring, known->id,
                                          known->origin, on_looked_up, known);
}

/* What was looked up in vain may be found now. */
void
fram_secrets_keyring_changed (gpointer user_data)
{
  FramSecrets *secrets = user_data;
  GHashTableIter iter;
  FramKnownSecret *known;

  g_hash_table_iter_init (&iter, secrets->known);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &known))
    if (known->secret == NULL && known->question != NULL)
      known->again = TRUE;
    else if (known->secret == NULL)
      fram_known_secret_look_up (known);
}

static void
on_stored (FramKeyringResult result, const char *secret, gpointer user_data)
{
  FramKnownSecret *known = user_data;
  FramSecrets *secrets = known->secrets;

  known->question = NULL;
  if (result == FRAM_KEYRING_DONE && known->secret != NULL)
    known->storage = FRAM_STORAGE_KEYRING;
  answer (known, NULL);
  fram_secrets_tell (secrets);
}

/* It is in memory until the keyring has it. */
void
fram_known_secret_put_into_keyring (FramKnownSecret *known, const char *user)
{
  known->storage = FRAM_STORAGE_MEMORY;
  known->question = fram_keyring_store (known->secrets->keyring, known->id, known->origin,
                                        user, known->secret, on_stored, known);
}

static void
on_forgotten (FramKeyringResult result, const char *secret, gpointer user_data)
{
  FramKnownSecret *known = user_data;
  FramSecrets *secrets = known->secrets;

  known->question = NULL;
  /* The keyring still has it, and will show it when it is unlocked. */
  if (result == FRAM_KEYRING_LOCKED)
    known->storage = FRAM_STORAGE_KEYRING;
  answer (known, NULL);
  fram_secrets_tell (secrets);
}

void
fram_known_secret_take_from_keyring (FramKnownSecret *known)
{
  known->question
      = fram_keyring_forget (known->secrets->keyring, known->id, on_forgotten, known);
}
