/* The digests of STUN: HMAC with a prepared key, MD5, SHA-256, CRC-32.
 *
 * A key is prepared once and used for each packet, so that a check costs the hashing of the
 * message alone.  Nothing here allocates. */
#pragma once

#include <glib.h>

#define FRAM_SHA1_SIZE 20
#define FRAM_SHA256_SIZE 32
#define FRAM_MD5_SIZE 16

/* What a hash knows when it has taken in the one block that a padded key is (RFC 2104 §2);
 * nettle's contexts have a block of input besides, which is empty then. */
typedef struct
{
  guint32 inner[8], outer[8];
} FramPaddedKey;

/* An HMAC key prepared for both algorithms.  It is a secret: wipe it with
 * fram_hmac_key_clear(). */
typedef struct
{
  FramPaddedKey sha1, sha256;
} FramHmacKey;

void fram_hmac_key_init (FramHmacKey *key, const guint8 *secret, gsize length);
void fram_hmac_key_clear (FramHmacKey *key);

/* One run of bytes under the HMAC. STUN computes it over a header with a changed length
 * field (RFC 8489 §14.5), so the input comes in up to two parts; `second` may be NULL. */
typedef struct
{
  const guint8 *data;
  gsize length;
} FramBytes;

void fram_hmac_sha1 (const FramHmacKey *key, FramBytes first, FramBytes second,
                     guint8 ret_digest[FRAM_SHA1_SIZE]);
void fram_hmac_sha256 (const FramHmacKey *key, FramBytes first, FramBytes second,
                       guint8 ret_digest[FRAM_SHA256_SIZE]);

void fram_md5 (const guint8 *data, gsize length, guint8 ret_digest[FRAM_MD5_SIZE]);
void fram_sha256 (const guint8 *data, gsize length, guint8 ret_digest[FRAM_SHA256_SIZE]);

/* CRC-32 of ITU V.42, the polynomial of FINGERPRINT (RFC 8489 §14.7). Start with 0. */
guint32 fram_crc32 (guint32 crc, const guint8 *data, gsize length);

/* Compares without telling by its time where the two differ. */
gboolean fram_digest_equal (const guint8 *a, const guint8 *b, gsize length);
