/* The digests against the vectors of their RFCs, and the CRC against a bit-by-bit one. */
#include "base/digest.h"

#include "seeded-random.h"

#include <string.h>

static void
assert_hex (const guint8 *digest, gsize length, const char *expected)
{
  g_autoptr (GString) hex = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (hex, "%02x", digest[i]);
  g_assert_cmpstr (hex->str, ==, expected);
}

typedef struct
{
  gsize key_byte_count; /* 0: the key is `key`, else that many of its first byte */
  const char *key;
  const char *data;
  const char *sha1;
  const char *sha256;
} HmacCase;

/* RFC 2202 §3 and RFC 4231 §4: a short key, one of the digest's size, one longer than a
 * block.  (Both RFCs share key and data in the cases 2 and, but for the key's length, 1.) */
static const HmacCase hmac_cases[] = {
  { 20, "\x0b", "Hi There", "b617318655057264e28bc0b6fb378c8ef146be00",
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
  { 0, "Jefe", "what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
  { 80, "\xaa", "Test Using Larger Than Block-Size Key - Hash Key First",
    "aa4ae5e15272d00e95705637ce8a3b55ed402112", NULL },
  { 131, "\xaa", "Test Using Larger Than Block-Size Key - Hash Key First", NULL,
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
};

static void
assert_hmac (const HmacCase *one, const FramHmacKey *key, gsize split)
{
  const guint8 *data = (const guint8 *) one->data;
  FramBytes first = { data, split },
            second = { data + split, strlen (one->data) - split };
  guint8 digest[FRAM_SHA256_SIZE];

  if (second.length == 0)
    second.data = NULL;
  if (one->sha1 != NULL)
    {
      fram_hmac_sha1 (key, first, second, digest);
      assert_hex (digest, FRAM_SHA1_SIZE, one->sha1);
    }
  if (one->sha256 != NULL)
    {
      fram_hmac_sha256 (key, first, second, digest);
      assert_hex (digest, FRAM_SHA256_SIZE, one->sha256);
    }
}

/* The key is used again and again: no use may change it. */
static void
test_hmac (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (hmac_cases); i++)
    {
      const HmacCase *one = &hmac_cases[i];
      gsize length = one->key_byte_count > 0 ? one->key_byte_count : strlen (one->key);
      guint8 secret[131];
      FramHmacKey key;

      if (one->key_byte_count > 0)
        memset (secret, one->key[0], length);
      else
        memcpy (secret, one->key, length);
      fram_hmac_key_init (&key, secret, length);
      for (gsize split = 0; split <= strlen (one->data); split++)
        assert_hmac (one, &key, split);
      fram_hmac_key_clear (&key);
    }
}

static void
test_key_is_wiped (void)
{
  static const guint8 zero[sizeof (FramHmacKey)];
  FramHmacKey key;

  fram_hmac_key_init (&key, (const guint8 *) "secret", 6);
  g_assert_cmpint (memcmp (&key, zero, sizeof key), !=, 0);
  fram_hmac_key_clear (&key);
  g_assert_cmpmem (&key, sizeof key, zero, sizeof zero);
}

static void
test_hashes (void)
{
  const guint8 *abc = (const guint8 *) "abc";
  guint8 digest[FRAM_SHA256_SIZE];

  fram_md5 (abc, 3, digest);
  assert_hex (digest, FRAM_MD5_SIZE, "900150983cd24fb0d6963f7d28e17f72");
  fram_md5 (abc, 0, digest);
  assert_hex (digest, FRAM_MD5_SIZE, "d41d8cd98f00b204e9800998ecf8427e");
  fram_sha256 (abc, 3, digest);
  assert_hex (digest, FRAM_SHA256_SIZE,
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static guint32
crc32_by_bits (const guint8 *data, gsize length)
{
  guint32 crc = 0xffffffff;

  for (gsize i = 0; i < length; i++)
    {
      crc ^= data[i];
      for (guint bit = 0; bit < 8; bit++)
        crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
    }
  return ~crc;
}

static void
test_crc32_check_value (void)
{
  g_assert_cmphex (fram_crc32 (0, (const guint8 *) "123456789", 9), ==, 0xcbf43926);
  g_assert_cmphex (fram_crc32 (0, NULL, 0), ==, 0);
}

static void
test_crc32_every_length_and_offset (void)
{
  SeededRandom source;
  guint8 data[320];

  seeded_random_init (&source, 4);
  source.random.fill (&source.random, data, sizeof data);
  for (gsize offset = 0; offset < 8; offset++)
    for (gsize length = 0; offset + length <= sizeof data; length++)
      g_assert_cmphex (fram_crc32 (0, data + offset, length), ==,
                       crc32_by_bits (data + offset, length));
}

static void
test_crc32_in_parts (void)
{
  static const guint8 data[] = "the ice lifts the ship instead of crushing it";
  guint32 whole = fram_crc32 (0, data, sizeof data);

  for (gsize split = 0; split <= sizeof data; split++)
    {
      guint32 part = fram_crc32 (0, data, split);

      g_assert_cmphex (fram_crc32 (part, data + split, sizeof data - split), ==, whole);
    }
}

static void
test_equal (void)
{
  guint8 a[FRAM_SHA256_SIZE] = { 0 }, b[FRAM_SHA256_SIZE] = { 0 };

  g_assert_true (fram_digest_equal (a, b, sizeof a));
  for (gsize i = 0; i < sizeof a; i++)
    for (guint bit = 0; bit < 8; bit++)
      {
        b[i] = (guint8) (1 << bit);
        g_assert_false (fram_digest_equal (a, b, sizeof a));
        g_assert_true (fram_digest_equal (a, b, i));
        b[i] = 0;
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/digest/hmac", test_hmac);
  g_test_add_func ("/base/digest/key-is-wiped", test_key_is_wiped);
  g_test_add_func ("/base/digest/hashes", test_hashes);
  g_test_add_func ("/base/digest/crc32/check-value", test_crc32_check_value);
  g_test_add_func ("/base/digest/crc32/every-length-and-offset",
                   test_crc32_every_length_and_offset);
  g_test_add_func ("/base/digest/crc32/in-parts", test_crc32_in_parts);
  g_test_add_func ("/base/digest/equal", test_equal);
  return g_test_run ();
}
