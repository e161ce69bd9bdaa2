/* One STUN or TURN server of the settings: the user's, or an administrator's. */
#pragma once

#include <glib.h>

typedef enum
{
  FRAM_CREDENTIAL_NONE,
  FRAM_CREDENTIAL_LONG_TERM,     /* user name and password (RFC 8489 §9.2) */
  FRAM_CREDENTIAL_SHARED_SECRET, /* store/shared-secret.h */
} FramCredentialKind;

/* A word for files and for the bus, as "long-term". */
const char *fram_credential_kind_to_word (FramCredentialKind kind);
gboolean fram_credential_kind_from_word (const char *word, FramCredentialKind *ret_kind);

/* Limits of what the user and administrators write; bytes, but for the first. */
#define FRAM_SERVERS_MAX 64
#define FRAM_SERVER_MAX_URI 512
#define FRAM_SERVER_MAX_NAME 128
#define FRAM_SERVER_MAX_USERNAME 508 /* RFC 8489 §14.3 */
#define FRAM_SERVER_MAX_AUTHORITY 1024
#define FRAM_SERVER_MAX_SECRET 1024

/* No text is NULL but where it is said. */
typedef struct
{
  char *id;
  char *uri;
  char *name; /* for people, or empty */
  gboolean enabled;
  FramCredentialKind credential;
  char *username;
  char *authority; /* a file of certificates, or empty: the system's store */

  /* Of an administrator's alone. */
  char *file;      /* that gives it; NULL: it is the user's */
  gboolean locked; /* the user cannot switch it */
  char *secret;    /* NULL: there is none.  Wiped with the entry. */
} FramServerEntry;

/* Return: (transfer full): an enabled one without a credential. */
FramServerEntry *fram_server_entry_new (const char *id, const char *uri);
FramServerEntry *fram_server_entry_copy (const FramServerEntry *entry);
void fram_server_entry_free (FramServerEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramServerEntry, fram_server_entry_free)

gboolean fram_server_entry_equal (const FramServerEntry *a, const FramServerEntry *b);

/* Whether it can be used.  Errors: FRAM_SETTINGS_ERROR_INVALID, for people who wrote it. */
gboolean fram_server_entry_check (const FramServerEntry *entry, GError **error);
/* Whether a password or secret can be one of this kind.  Errors: as above; it is not repeated
 * there. */
gboolean fram_server_secret_check (FramCredentialKind kind, const char *secret,
                                   GError **error);

/* Return: (transfer full): what its secret is for, "turns:turn.example.org:5349": scheme,
 * host and port.  At another one it is worth nothing, and is told to nobody. */
char *fram_server_entry_get_origin (const FramServerEntry *entry);

/* Frees a secret, and wipes it before.  NULL is allowed. */
void fram_secret_free (char *secret);
