/* Credentials that are made from a shared secret: byte for byte those that servers make, and
 * for how long they are good. */
#include "store/server-entry.h"
#include "store/shared-secret.h"

#define NOW G_GINT64_CONSTANT (1764288000)

/* printf %s USERNAME | openssl dgst -sha1 -hmac SECRET -binary | base64 */
static void
test_vectors (void)
{
  static const struct
  {
    const char *secret, *user;
    gint64 now;
    const char *username, *password;
  } vectors[] = {
    { "north", "alice", NOW, "1764374400:alice", "ex1G6cr6GQItAJhW2MiiQQAeK2g=" },
    { "north", "", NOW, "1764374400", "3HDr1EVidAtpOATCHQLqPHMLKZI=" },
    { "Schlüssel", "bob:x", 0, "86400:bob:x", "GrkbFPICMiLsUQdfTmjlJ9DgH4I=" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      char *username, *password;

      fram_shared_secret_make (vectors[i].secret, vectors[i].user, vectors[i].now,
                               &username, &password);
      g_assert_cmpstr (username, ==, vectors[i].username);
      g_assert_cmpstr (password, ==, vectors[i].password);
      g_free (username);
      fram_secret_free (password);
    }
}

/* It is made anew long before it expires, and when the clock was found to be wrong. */
static void
test_age (void)
{
  const gint64 hour = 60 * 60;

  g_assert_false (fram_shared_secret_is_old (NOW, NOW));
  g_assert_false (fram_shared_secret_is_old (NOW, NOW + 17 * hour));
  g_assert_true (fram_shared_secret_is_old (NOW, NOW + 18 * hour));
  g_assert_true (fram_shared_secret_is_old (NOW, NOW + 10000 * hour));
  g_assert_true (fram_shared_secret_is_old (NOW, NOW - 1));
  g_assert_cmpint (FRAM_SHARED_SECRET_LIFETIME, ==, 24 * hour);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shared-secret/vectors", test_vectors);
  g_test_add_func ("/shared-secret/age", test_age);
  return g_test_run ();
}
