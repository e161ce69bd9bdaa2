/* Asks the Secret Service to unlock a collection, for which it may show the user a prompt.
 *
 * libsecret does this too; but of version 0.20.5, when the user has nothing to do with the
 * prompt, nobody hears of it again. */
#pragma once

#include <gio/gio.h>

#define FRAM_SECRET_SERVICE "org.freedesktop.secrets"

typedef struct _FramKeyringUnlock FramKeyringUnlock;

/* Called once, from the main context; the asking is over, and to be freed. */
typedef void (*FramKeyringUnlocked) (gboolean unlocked, gpointer user_data);

FramKeyringUnlock *fram_keyring_unlock_new (GDBusConnection *bus, const char *collection,
                                            FramKeyringUnlocked done, gpointer user_data);
/* Takes the prompt away, if it is still there.  NULL is allowed. */
void fram_keyring_unlock_free (FramKeyringUnlock *unlock);
