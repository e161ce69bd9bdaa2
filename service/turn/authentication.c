/* Who asks: long-term credentials (RFC 8489 §9.2) and tokens (RFC 7635). */
#include <string.h>

#include "base/big-endian.h"
#include "stun/integrity.h"
#include "turn/turn-private.h"

static void
wipe_text (char **text)
{
  if (*text != NULL)
    explicit_bzero (*text, strlen (*text));
  g_clear_pointer (text, g_free);
}

static void
wipe_bytes (guint8 **bytes, gsize *length)
{
  if (*bytes != NULL)
    explicit_bzero (*bytes, *length);
  g_clear_pointer (bytes, g_free);
  *length = 0;
}

static void
clear_credential (FramTurnAuthentication *authentication)
{
  g_clear_pointer (&authentication->username, g_free);
  wipe_text (&authentication->password);
  wipe_bytes (&authentication->token, &authentication->token_length);
  wipe_bytes (&authentication->token_key, &authentication->token_key_length);
}

static void
forget_key (FramTurnAuthentication *authentication)
{
  fram_hmac_key_clear (&authentication->key);
  authentication->has_key = FALSE;
}

/* The key follows from the credential and the challenge (RFC 8489 §18.5.1); a token brings
 * its own (RFC 7635 §4.1.2). */
static void
make_key (FramTurnAuthentication *authentication)
{
  forget_key (authentication);
  if (authentication->username == NULL || authentication->realm == NULL)
    return;
  if (authentication->token_length > 0)
    fram_hmac_key_init (&authentication->key, authentication->token_key,
                        authentication->token_key_length);
  else
    fram_stun_key_long_term (&authentication->key, authentication->algorithm,
                             authentication->username, authentication->realm,
                             authentication->password);
  authentication->has_key = TRUE;
}

void
fram_turn_authentication_set (FramTurnAuthentication *authentication,
                              const FramTurnCredential *credential)
{
  clear_credential (authentication);
  if (credential->username != NULL && credential->username[0] != '\0')
    authentication->username = fram_stun_prepare_text (credential->username);
  if (credential->token_length > 0)
    {
      authentication->token = g_memdup2 (credential->token, credential->token_length);
      authentication->token_length = credential->token_length;
      authentication->token_key
          = g_memdup2 (credential->token_key, credential->token_key_length);
      authentication->token_key_length = credential->token_key_length;
    }
  else if (authentication->username != NULL)
    authentication->password = fram_stun_prepare_text (
        credential->password != NULL ? credential->password : "");
  /* What cannot be prepared is no credential at all. */
  if (authentication->token_length == 0 && authentication->password == NULL)
    g_clear_pointer (&authentication->username, g_free);
  make_key (authentication);
}

gboolean
fram_turn_authentication_take (FramTurnAuthentication *authentication,
                               FramTurnAuthentication *from, gboolean same_user)
{
  if (from->username == NULL
      || (same_user && g_strcmp0 (from->username, authentication->username) != 0))
    return FALSE;
  clear_credential (authentication);
  authentication->username = g_steal_pointer (&from->username);
  authentication->password = g_steal_pointer (&from->password);
  authentication->token = g_steal_pointer (&from->token);
  authentication->token_length = from->token_length;
  authentication->token_key = g_steal_pointer (&from->token_key);
  authentication->token_key_length = from->token_key_length;
  from->token_length = from->token_key_length = 0;
  make_key (authentication);
  return TRUE;
}

void
fram_turn_authentication_init (FramTurnAuthentication *authentication,
                               const FramTurnCredential *credential, const char *realm,
                               const char *nonce)
{
  memset (authentication, 0, sizeof *authentication);
  authentication->algorithm = FRAM_STUN_PASSWORD_MD5;
  /* A nonce with a cookie promises algorithms, of which only its server can tell. */
  if (realm != NULL && nonce != NULL
      && fram_stun_nonce_features (nonce, strlen (nonce)) == FRAM_STUN_NONCE_NO_COOKIE)
    {
      authentication->realm = g_strdup (realm);
      authentication->nonce = g_strdup (nonce);
    }
  fram_turn_authentication_set (authentication, credential);
}

static void
clear_challenge (FramTurnAuthentication *authentication)
{
  g_clear_pointer (&authentication->realm, g_free);
  g_clear_pointer (&authentication->nonce, g_free);
  g_clear_pointer (&authentication->algorithms, g_free);
  authentication->algorithms_length = 0;
}

void
fram_turn_authentication_clear (FramTurnAuthentication *authentication)
{
  clear_credential (authentication);
  clear_challenge (authentication);
  forget_key (authentication);
}

gboolean
fram_turn_authentication_has_credential (const FramTurnAuthentication *authentication)
{
  return authentication->username != NULL;
}

FramStunChallengeResult
fram_turn_authentication_challenge (FramTurnAuthentication *authentication,
                                    const FramStunMessage *message, gboolean *ret_renewed)
{
  FramStunChallenge challenge;
  FramStunChallengeResult result = fram_stun_challenge_read (message, &challenge);
  g_autofree char *realm = NULL;

  *ret_renewed = FALSE;
  if (result != FRAM_STUN_CHALLENGE_OK)
    return result;

  realm = g_strndup (challenge.realm, challenge.realm_length);
  *ret_renewed = g_strcmp0 (realm, authentication->realm) != 0
                 || challenge.algorithm != authentication->algorithm
                 || challenge.use_sha256 != authentication->use_sha256;
  clear_challenge (authentication);
  authentication->realm = g_steal_pointer (&realm);
  authentication->nonce = g_strndup (challenge.nonce, challenge.nonce_length);
  authentication->features = challenge.features;
  authentication->algorithm = challenge.algorithm;
  authentication->use_sha256 = challenge.use_sha256;
  if (challenge.algorithms != NULL)
    {
      authentication->algorithms
          = g_memdup2 (challenge.algorithms, challenge.algorithms_length);
      authentication->algorithms_length = challenge.algorithms_length;
    }
  if (*ret_renewed || !authentication->has_key)
    make_key (authentication);
  return FRAM_STUN_CHALLENGE_OK;
}

static void
add_user (const FramTurnAuthentication *authentication, FramStunBuilder *builder)
{
  guint8 hash[FRAM_SHA256_SIZE];

  if ((authentication->features & FRAM_STUN_NONCE_USERNAME_ANONYMITY) == 0)
    {
      fram_stun_builder_add_text (builder, FRAM_STUN_ATTR_USERNAME,
                                  authentication->username);
      return;
    }
  fram_stun_userhash (authentication->username, authentication->realm, hash);
  fram_stun_builder_add (builder, FRAM_STUN_ATTR_USERHASH, hash, sizeof hash);
}

/* RFC 8489 §14.12: the number, and the length of its parameters, of which both have none. */
static void
add_algorithms (const FramTurnAuthentication *authentication, FramStunBuilder *builder)
{
  guint8 algorithm[4] = { 0 };

  if (authentication->algorithms == NULL)
    return;
  fram_stun_builder_add (builder, FRAM_STUN_ATTR_PASSWORD_ALGORITHMS,
                         authentication->algorithms, authentication->algorithms_length);
  fram_store_be16 (algorithm, (guint16) authentication->algorithm);
  fram_stun_builder_add (builder, FRAM_STUN_ATTR_PASSWORD_ALGORITHM, algorithm,
                         sizeof algorithm);
}

gboolean
fram_turn_authentication_sign (const FramTurnAuthentication *authentication,
                               FramStunBuilder *builder)
{
  if (authentication->has_key)
    {
      add_user (authentication, builder);
      fram_stun_builder_add_text (builder, FRAM_STUN_ATTR_REALM, authentication->realm);
      fram_stun_builder_add_text (builder, FRAM_STUN_ATTR_NONCE, authentication->nonce);
      if (authentication->token_length > 0)
        fram_stun_builder_add (builder, FRAM_STUN_ATTR_ACCESS_TOKEN,
                               authentication->token, authentication->token_length);
      add_algorithms (authentication, builder);
      if (authentication->use_sha256)
        fram_stun_builder_add_integrity_sha256 (builder, &authentication->key,
                                                FRAM_SHA256_SIZE);
      else
        fram_stun_builder_add_integrity (builder, &authentication->key);
    }
  fram_stun_builder_add_fingerprint (builder);
  return authentication->has_key;
}

gboolean
fram_turn_authentication_check (const FramTurnAuthentication *authentication,
                                const FramStunMessage *message)
{
  if (!authentication->has_key)
    return FALSE;
  /* RFC 8489 §9.2.5: once a list of algorithms was seen, nothing weaker counts. */
  if (authentication->use_sha256)
    return fram_stun_message_check_integrity_sha256 (message, &authentication->key)
           == FRAM_STUN_INTEGRITY_OK;
  return fram_stun_message_check_integrity (message, &authentication->key)
         == FRAM_STUN_INTEGRITY_OK;
}
