/* The passwords and shared secrets of the servers in the settings.
 *
 * An administrator's stand in the administrators' files.  The user's are kept in the keyring
 * (store/keyring.h), in memory until the service ends where there is no keyring that is open,
 * or, where the setting “secrets-file” says so, in a file (store/secrets-file.h).  What is
 * known is in memory besides, as servers are to be asked at any moment; it is wiped when it is
 * forgotten.  Nothing here waits: what the keyring has is looked up in the background, and
 * listeners are told when it is there.
 *
 * A secret belongs to scheme, host and port of its server: it is forgotten with another
 * one. */
#pragma once

#include "store/servers.h"

typedef struct _FramSecrets FramSecrets;

typedef enum
{
  FRAM_STORAGE_NONE,
  FRAM_STORAGE_KEYRING,
  FRAM_STORAGE_MEMORY,
  FRAM_STORAGE_FILE,
  FRAM_STORAGE_ADMINISTRATOR,
} FramSecretStorage;

/* A word for the bus; empty for NONE. */
const char *fram_secret_storage_to_word (FramSecretStorage storage);

/* `path`: of the file; NULL: $XDG_CONFIG_HOME/fram/secrets.  Begins to look up the secrets of
 * the servers.  `settings` stay the caller's and outlive it. */
FramSecrets *fram_secrets_new (FramSettings *settings, const char *path);
void fram_secrets_free (FramSecrets *secrets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramSecrets, fram_secrets_free)

/* A secret has become known or is not known any more, or is kept elsewhere.  Servers that have
 * changed are told by the settings alone; whoever listens to both has them in step. */
typedef void (*FramSecretsListener) (FramSecrets *secrets, gpointer user_data);
void fram_secrets_add_listener (FramSecrets *secrets, FramSecretsListener listener,
                                gpointer user_data);
void fram_secrets_remove_listener (FramSecrets *secrets, gpointer user_data);

/* Return: (transfer none): the secret of the server, valid until listeners are told; NULL: it
 * is not known.  `ret_storage`: where it is kept; KEYRING without a secret: the keyring that
 * has it is locked. */
const char *fram_secrets_get (const FramSecrets *secrets, const FramServerEntry *server,
                              FramSecretStorage *ret_storage);

/* It is kept there now, or `error` (FRAM_STORE_ERROR): nothing has changed. */
typedef void (*FramSecretsDone) (FramSecretStorage storage, const GError *error,
                                 gpointer user_data);

/* Whether `secret`, or (“”) none, may be set.  Errors: FRAM_SETTINGS_ERROR. */
gboolean fram_secrets_check (const FramServerEntry *server, const char *secret,
                             GError **error);
/* Sets what was checked; `done` is called within the call or, after 5 s at the latest, from
 * the main context.  It is used at once, whatever the keyring does. */
void fram_secrets_set (FramSecrets *secrets, const FramServerEntry *server,
                       const char *secret, FramSecretsDone done, gpointer user_data);
