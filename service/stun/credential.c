/* Keys and challenges; the preparation of texts is in saslprep.c. */
#include "stun/credential.h"

#include "base/big-endian.h"

#include <string.h>

void
fram_stun_key_short_term (FramHmacKey *ret_key, const char *password)
{
  fram_hmac_key_init (ret_key, (const guint8 *) password, strlen (password));
}

/* RFC 8489 §9.2.2: user name and realm go into the key without the quotes around them. */
static char *
without_quotes (const char *text)
{
  gsize length = strlen (text);

  if (length >= 2 && text[0] == '"' && text[length - 1] == '"')
    return g_strndup (text + 1, length - 2);
  return g_strdup (text);
}

void
fram_stun_key_long_term (FramHmacKey *ret_key, FramStunPasswordAlgorithm algorithm,
                         const char *username, const char *realm, const char *password)
{
  g_autofree char *bare_username = without_quotes (username);
  g_autofree char *bare_realm = without_quotes (realm);
  char *text = g_strjoin (":", bare_username, bare_realm, password, NULL);
  gsize length = strlen (text);
  guint8 hash[FRAM_SHA256_SIZE];

  switch (algorithm)
    {
    case FRAM_STUN_PASSWORD_MD5:
      fram_md5 ((const guint8 *) text, length, hash);
      fram_hmac_key_init (ret_key, hash, FRAM_MD5_SIZE);
      break;
    case FRAM_STUN_PASSWORD_SHA256:
      fram_sha256 ((const guint8 *) text, length, hash);
      fram_hmac_key_init (ret_key, hash, FRAM_SHA256_SIZE);
      break;
    }
  explicit_bzero (hash, sizeof hash);
  explicit_bzero (text, length);
  g_free (text);
}

void
fram_stun_userhash (const char *username, const char *realm,
                    guint8 ret_hash[FRAM_SHA256_SIZE])
{
  g_autofree char *text = g_strconcat (username, ":", realm, NULL);

  fram_sha256 ((const guint8 *) text, strlen (text), ret_hash);
}

/* RFC 4648 §4; G_MAXUINT for a character that is not of base64. */
static guint
base64_value (char c)
{
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  if (c == '+')
    return 62;
  return c == '/' ? 63 : G_MAXUINT;
}

FramStunNonceFeatures
fram_stun_nonce_features (const char *nonce, gsize length)
{
  static const char cookie[] = "obMatJos2";
  const gsize cookie_length = sizeof cookie - 1;
  FramStunNonceFeatures features = FRAM_STUN_NONCE_COOKIE;
  guint32 bits = 0;

  if (length < cookie_length + 4 || memcmp (nonce, cookie, cookie_length) != 0)
    return FRAM_STUN_NONCE_NO_COOKIE;
  for (gsize i = 0; i < 4; i++)
    {
      guint value = base64_value (nonce[cookie_length + i]);

      if (value == G_MAXUINT)
        return FRAM_STUN_NONCE_NO_COOKIE;
      bits = bits << 6 | value;
    }
  /* RFC 8489 §18.1: of the 24 bits, bit 0 is the most significant. */
  if ((bits & 1u << 23) != 0)
    features |= FRAM_STUN_NONCE_PASSWORD_ALGORITHMS;
  if ((bits & 1u << 22) != 0)
    features |= FRAM_STUN_NONCE_USERNAME_ANONYMITY;
  return features;
}

/* RFC 8489 §14.11: numbers, each with the length of its parameters and these, padded.
 * RFC 8489 §9.2.5: the first one that the client supports is taken. MD5 and SHA-256 have no
 * parameters, so an entry with some is not one of them. */
static FramStunChallengeResult
choose_algorithm (const guint8 *list, gsize length, FramStunPasswordAlgorithm *ret_chosen)
{
  gsize position = 0;

  while (length - position >= 4)
    {
      guint16 number = fram_load_be16 (list + position);
      gsize parameters = fram_load_be16 (list + position + 2);
      gsize step = 4 + ((parameters + 3) & ~(gsize) 3);

      if (parameters == 0
          && (number == FRAM_STUN_PASSWORD_MD5 || number == FRAM_STUN_PASSWORD_SHA256))
        {
          *ret_chosen = (FramStunPasswordAlgorithm) number;
          return FRAM_STUN_CHALLENGE_OK;
        }
      if (step > length - position)
        break;
      position += step;
    }
  return FRAM_STUN_CHALLENGE_UNSUPPORTED;
}

FramStunChallengeResult
fram_stun_challenge_read (const FramStunMessage *message,
                          FramStunChallenge *ret_challenge)
{
  FramStunChallenge challenge = { .algorithm = FRAM_STUN_PASSWORD_MD5 };
  FramStunChallengeResult result = FRAM_STUN_CHALLENGE_OK;
  FramStunAttribute list;
  gboolean announced, listed;

  if (!fram_stun_message_get_text (message, FRAM_STUN_ATTR_REALM, &challenge.realm,
                                   &challenge.realm_length)
      || !fram_stun_message_get_text (message, FRAM_STUN_ATTR_NONCE, &challenge.nonce,
                                      &challenge.nonce_length))
    return FRAM_STUN_CHALLENGE_INCOMPLETE;

  /* RFC 8489 §9.2.4: a server that lists algorithms says so in the nonce, and one that says
   * so lists them; somebody on the path took or added what does not fit. */
  challenge.features = fram_stun_nonce_features (challenge.nonce, challenge.nonce_length);
  announced = (challenge.features & FRAM_STUN_NONCE_PASSWORD_ALGORITHMS) != 0;
  listed = fram_stun_message_find (message, FRAM_STUN_ATTR_PASSWORD_ALGORITHMS, &list);
  if (announced != listed)
    return FRAM_STUN_CHALLENGE_BID_DOWN;

  if (listed)
    {
      challenge.algorithms = list.value;
      challenge.algorithms_length = list.length;
      /* RFC 8489 §9.2.5: with such a list, MESSAGE-INTEGRITY-SHA256 only. */
      challenge.use_sha256 = TRUE;
      result = choose_algorithm (list.value, list.length, &challenge.algorithm);
    }
  if (result == FRAM_STUN_CHALLENGE_OK)
    *ret_challenge = challenge;
  return result;
}
