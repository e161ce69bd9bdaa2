/* The inside of the secrets, shared by the files that cut it. */
#pragma once

#include "store/keyring.h"
#include "store/secrets.h"

struct _FramSecrets
{
  FramSettings *settings;
  char *path;
  GHashTable *file; /* id -> FramStoredSecret: what it has; NULL: it is not used */
  GHashTable
      *known; /* id -> FramKnownSecret: of each server of the user's with a credential */
  GArray *listeners;
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
} FramKnownSecret;

/* secrets.c */
void fram_secrets_tell (FramSecrets *secrets);

/* secrets-known.c: one secret, and the keyring */
void fram_known_secret_free (gpointer known);
gboolean fram_known_secret_is_of (const FramKnownSecret *known,
                                  const FramServerEntry *server);
void fram_known_secret_keep (FramKnownSecret *known, const char *secret,
                             FramSecretStorage storage);
/* Whoever waits for the keyring is answered. */
void fram_known_secret_ask_no_more (FramKnownSecret *known);
void fram_known_secret_look_up (FramKnownSecret *known);
/* It is in memory until the keyring has it. */
void fram_known_secret_put_into_keyring (FramKnownSecret *known, const char *user);
void fram_known_secret_take_from_keyring (FramKnownSecret *known);
/* What was looked up in vain may be found now. */
void fram_secrets_keyring_changed (gpointer secrets);

/* secrets-kept.c: the file */
gboolean fram_secrets_is_file_wanted (const FramSecrets *secrets);
void fram_secrets_open_file (FramSecrets *secrets);
/* `secret` NULL: takes it out.  FALSE with `error`: nothing has changed. */
gboolean fram_secrets_put_into_file (FramSecrets *secrets, const FramKnownSecret *known,
                                     const char *secret, GError **error);
/* Return: whether the file has it. */
gboolean fram_secrets_take_from_file (FramSecrets *secrets, FramKnownSecret *known);

/* secrets-settings.c */
void fram_secrets_follow_servers (FramSecrets *secrets);
void fram_secrets_settings_changed (FramSettings *settings, guint changed,
                                    gpointer secrets);
