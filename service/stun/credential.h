/* STUN credentials: keys of the short-term and long-term mechanisms, USERHASH, password
 * algorithms, nonce cookie and the protection against bidding down.  (RFC 8489 §9) */
#pragma once

#include "base/digest.h"
#include "stun/message.h"

/* RFC 8489 §18.5 */
typedef enum
{
  FRAM_STUN_PASSWORD_MD5 = 1,
  FRAM_STUN_PASSWORD_SHA256 = 2,
} FramStunPasswordAlgorithm;

/* Prepares a user name or password as peers of RFC 5389 and 8489 expect it (SASLprep, RFC
 * 4013): maps spaces and soft hyphens, NFKC, refuses prohibited characters and a bidi mix.
 * Return: new text, never empty, or NULL if it cannot be prepared or is not UTF-8 (wipe a
 * password after use). */
char *fram_stun_prepare_text (const char *text);

/* RFC 8489 §9.1.1: key = OpaqueString(password). `password` is as agreed, ICE-chars. */
void fram_stun_key_short_term (FramHmacKey *ret_key, const char *password);
/* RFC 8489 §18.5.1: key = H(username ":" realm ":" password); texts already prepared. */
void fram_stun_key_long_term (FramHmacKey *ret_key, FramStunPasswordAlgorithm algorithm,
                              const char *username, const char *realm,
                              const char *password);
/* RFC 8489 §14.4: SHA-256 (username ":" realm). */
void fram_stun_userhash (const char *username, const char *realm,
                         guint8 ret_hash[FRAM_SHA256_SIZE]);

/* RFC 8489 §9.2: security features that a nonce announces ("obMatJos2" + 4 base64 chars). */
typedef enum
{
  FRAM_STUN_NONCE_NO_COOKIE = 0,
  FRAM_STUN_NONCE_COOKIE = 1 << 0,
  FRAM_STUN_NONCE_PASSWORD_ALGORITHMS = 1 << 1,
  FRAM_STUN_NONCE_USERNAME_ANONYMITY = 1 << 2,
} FramStunNonceFeatures;

FramStunNonceFeatures fram_stun_nonce_features (const char *nonce, gsize length);

typedef enum
{
  FRAM_STUN_CHALLENGE_OK = 0,
  FRAM_STUN_CHALLENGE_INCOMPLETE,  /* no REALM or NONCE */
  FRAM_STUN_CHALLENGE_BID_DOWN,    /* nonce and attributes contradict each other */
  FRAM_STUN_CHALLENGE_UNSUPPORTED, /* no password algorithm we know */
} FramStunChallengeResult;

/* What a 401 or 438 asks for. The texts lie in the message. */
typedef struct
{
  const char *realm;
  gsize realm_length;
  const char *nonce;
  gsize nonce_length;
  FramStunNonceFeatures features;
  FramStunPasswordAlgorithm
      algorithm;       /* the first of the list that we know; MD5 without a list */
  gboolean use_sha256; /* MESSAGE-INTEGRITY-SHA256 is to be used */
  /* PASSWORD-ALGORITHMS as received, to be sent back unchanged; NULL: none. */
  const guint8 *algorithms;
  gsize algorithms_length;
} FramStunChallenge;

/* RFC 8489 §9.2.5: reads a challenge and refuses one that was tampered with. */
FramStunChallengeResult fram_stun_challenge_read (const FramStunMessage *message,
                                                  FramStunChallenge *ret_challenge);
