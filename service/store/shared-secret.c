#include "store/shared-secret.h"

#include <string.h>

#include "base/digest.h"

void
fram_shared_secret_make (const char *secret, const char *user, gint64 now,
                         char **ret_username, char **ret_password)
{
  gint64 expiry = now + FRAM_SHARED_SECRET_LIFETIME;
  char *username = g_strdup_printf ("%" G_GINT64_FORMAT "%s%s", expiry,
                                    user[0] != '\0' ? ":" : "", user);
  const FramBytes bytes = { (const guint8 *) username, strlen (username) };
  guint8 digest[FRAM_SHA1_SIZE];
  FramHmacKey key;

  fram_hmac_key_init (&key, (const guint8 *) secret, strlen (secret));
  fram_hmac_sha1 (&key, bytes, (FramBytes){ NULL, 0 }, digest);
  *ret_username = username;
  *ret_password = g_base64_encode (digest, sizeof digest);
  fram_hmac_key_clear (&key);
  explicit_bzero (digest, sizeof digest);
}

gboolean
fram_shared_secret_is_old (gint64 made, gint64 now)
{
  return now < made || now - made >= FRAM_SHARED_SECRET_RENEWAL;
}
