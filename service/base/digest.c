#include "base/digest.h"

#include <nettle/hmac.h>
#include <nettle/md5.h>
#include <nettle/memops.h>
#include <string.h>

G_STATIC_ASSERT (sizeof ((struct sha1_ctx){ 0 }.state)
                 <= sizeof ((FramPaddedKey){ 0 }.inner));
G_STATIC_ASSERT (sizeof ((struct sha256_ctx){ 0 }.state)
                 == sizeof ((FramPaddedKey){ 0 }.inner));

void
fram_hmac_key_init (FramHmacKey *key, const guint8 *secret, gsize length)
{
  struct hmac_sha1_ctx sha1;
  struct hmac_sha256_ctx sha256;

  hmac_sha1_set_key (&sha1, length, secret);
  hmac_sha256_set_key (&sha256, length, secret);
  memset (key, 0, sizeof *key);
  memcpy (key->sha1.inner, sha1.inner.state, sizeof sha1.inner.state);
  memcpy (key->sha1.outer, sha1.outer.state, sizeof sha1.outer.state);
  memcpy (key->sha256.inner, sha256.inner.state, sizeof sha256.inner.state);
  memcpy (key->sha256.outer, sha256.outer.state, sizeof sha256.outer.state);
  explicit_bzero (&sha1, sizeof sha1);
  explicit_bzero (&sha256, sizeof sha256);
}

void
fram_hmac_key_clear (FramHmacKey *key)
{
  explicit_bzero (key, sizeof *key);
}

/* One that has taken in its padded key. */
static void
resume_sha1 (struct sha1_ctx *hash, const guint32 state[8])
{
  memcpy (hash->state, state, sizeof hash->state);
  hash->count = 1;
  hash->index = 0;
}

static void
resume_sha256 (struct sha256_ctx *hash, const guint32 state[8])
{
  memcpy (hash->state, state, sizeof hash->state);
  hash->count = 1;
  hash->index = 0;
}

/* From the inner and then from the outer padded key. (RFC 2104 §2) */
void
fram_hmac_sha1 (const FramHmacKey *key, FramBytes first, FramBytes second,
                guint8 ret_digest[FRAM_SHA1_SIZE])
{
  struct sha1_ctx hash;

  resume_sha1 (&hash, key->sha1.inner);
  sha1_update (&hash, first.length, first.data);
  if (second.length > 0)
    sha1_update (&hash, second.length, second.data);
  sha1_digest (&hash, FRAM_SHA1_SIZE, ret_digest);

  resume_sha1 (&hash, key->sha1.outer);
  sha1_update (&hash, FRAM_SHA1_SIZE, ret_digest);
  sha1_digest (&hash, FRAM_SHA1_SIZE, ret_digest);
}

void
fram_hmac_sha256 (const FramHmacKey *key, FramBytes first, FramBytes second,
                  guint8 ret_digest[FRAM_SHA256_SIZE])
{
  struct sha256_ctx hash;

  resume_sha256 (&hash, key->sha256.inner);
  sha256_update (&hash, first.length, first.data);
  if (second.length > 0)
    sha256_update (&hash, second.length, second.data);
  sha256_digest (&hash, FRAM_SHA256_SIZE, ret_digest);

  resume_sha256 (&hash, key->sha256.outer);
  sha256_update (&hash, FRAM_SHA256_SIZE, ret_digest);
  sha256_digest (&hash, FRAM_SHA256_SIZE, ret_digest);
}

void
fram_md5 (const guint8 *data, gsize length, guint8 ret_digest[FRAM_MD5_SIZE])
{
  struct md5_ctx hash;

  md5_init (&hash);
  md5_update (&hash, length, data);
  md5_digest (&hash, FRAM_MD5_SIZE, ret_digest);
}

void
fram_sha256 (const guint8 *data, gsize length, guint8 ret_digest[FRAM_SHA256_SIZE])
{
  struct sha256_ctx hash;

  sha256_init (&hash);
  sha256_update (&hash, length, data);
  sha256_digest (&hash, FRAM_SHA256_SIZE, ret_digest);
}

gboolean
fram_digest_equal (const guint8 *a, const guint8 *b, gsize length)
{
  return memeql_sec (a, b, length) == 1;
}
