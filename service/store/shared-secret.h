/* Credentials that expire, made from a secret that the TURN server has too.
 *
 *     user name   EXPIRY ":" USER, or EXPIRY alone; seconds since 1970, UTC
 *     password    base64 (HMAC-SHA1 (SECRET, user name))
 *
 * It is what “A REST API For Access To TURN Services” (draft-uberti-behave-turn-rest-00)
 * describes and servers know as `use-auth-secret`.  RFC 7635 has other means to the same end,
 * which need a server of tokens. */
#pragma once

#include <glib.h>

/* How long a credential is good, and how long it is used: in between is time for what was made
 * with it, and for a server whose clock is fast.  Seconds. */
#define FRAM_SHARED_SECRET_LIFETIME (24 * 60 * 60)
#define FRAM_SHARED_SECRET_RENEWAL (18 * 60 * 60)

/* `now`: seconds since 1970.  `ret_username`: (transfer full).  `ret_password`: (transfer
 * full), for fram_secret_free(). */
void fram_shared_secret_make (const char *secret, const char *user, gint64 now,
                              char **ret_username, char **ret_password);

/* Whether another one is to be made at `now`, when the last one was made at `made`; the clock
 * may have been set in between, forwards or back. */
gboolean fram_shared_secret_is_old (gint64 made, gint64 now);
