/* The user's keyring: the Secret Service of the session (libsecret), as GNOME Keyring, KWallet
 * or KeePassXC provide it.
 *
 * Nothing waits for it: each question has 5 s, and an answer that comes later is not heeded.
 * To look something up never asks the user to unlock a keyring; to store something may.  It is
 * spoken to over a connection of libsecret's to the session bus, on which secrets travel
 * encrypted.  It belongs to the main context. */
#pragma once

#include <glib.h>

typedef struct _FramKeyring FramKeyring;

/* Something has changed: a keyring was unlocked, or the service has come.  What was not found
 * may be found now. */
typedef void (*FramKeyringChanged) (gpointer user_data);

/* Nobody is asked yet. */
FramKeyring *fram_keyring_new (FramKeyringChanged changed, gpointer user_data);
/* Nothing is called back any more.  NULL is allowed. */
void fram_keyring_free (FramKeyring *keyring);

/* Each question, in milliseconds. */
#define FRAM_KEYRING_PATIENCE 5000

typedef enum
{
  FRAM_KEYRING_DONE,    /* found, or stored */
  FRAM_KEYRING_LOCKED,  /* it has it, but is locked */
  FRAM_KEYRING_UNKNOWN, /* it has it not */
  FRAM_KEYRING_ABSENT,  /* there is no keyring that answers, or it refuses */
} FramKeyringResult;

/* `secret`: of a look-up that is DONE; otherwise NULL. */
typedef void (*FramKeyringAnswer) (FramKeyringResult result, const char *secret,
                                   gpointer user_data);

/* A question under way, until it is answered or cancelled. */
typedef struct _FramKeyringQuestion FramKeyringQuestion;

/* A secret is known by the server's id, and by what it is for, its origin. */
FramKeyringQuestion *fram_keyring_look_up (FramKeyring *keyring, const char *id,
                                           const char *origin, FramKeyringAnswer answer,
                                           gpointer user_data);
/* In place of what there was of this id.  `user`: its user name, for people. */
FramKeyringQuestion *fram_keyring_store (FramKeyring *keyring, const char *id,
                                         const char *origin, const char *user,
                                         const char *secret, FramKeyringAnswer answer,
                                         gpointer user_data);
/* Afterwards it is UNKNOWN; or LOCKED, and still there.  `answer` may be NULL. */
FramKeyringQuestion *fram_keyring_forget (FramKeyring *keyring, const char *id,
                                          FramKeyringAnswer answer, gpointer user_data);
/* It is not answered any more. */
void fram_keyring_cancel (FramKeyringQuestion *question);
