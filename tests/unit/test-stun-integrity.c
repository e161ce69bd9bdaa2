/* Whether a message is authentic: both digests, alone and together, short ones, and what is
 * none. */
#include "stun/integrity.h"

#include "stun-fixture.h"

#include <string.h>

#define OK FRAM_STUN_INTEGRITY_OK
#define ABSENT FRAM_STUN_INTEGRITY_ABSENT
#define WRONG FRAM_STUN_INTEGRITY_WRONG

static const guint8 zeros[64];

static FramHmacKey
key_of (const char *secret)
{
  FramHmacKey key;

  fram_hmac_key_init (&key, (const guint8 *) secret, strlen (secret));
  return key;
}

static void
begin (StunFixture *f)
{
  stun_fixture_clear (f);
  stun_fixture_begin (f, FRAM_STUN_REQUEST, FRAM_STUN_BINDING);
  fram_stun_builder_add_text (&f->builder, FRAM_STUN_ATTR_USERNAME, "left:right");
}

static void
assert_both (StunFixture *f, const FramHmacKey *key, FramStunIntegrity sha1,
             FramStunIntegrity sha256)
{
  stun_fixture_end (f);
  g_assert_cmpint (fram_stun_message_check_integrity (&f->message, key), ==, sha1);
  g_assert_cmpint (fram_stun_message_check_integrity_sha256 (&f->message, key), ==,
                   sha256);
}

static void
test_alone (void)
{
  FramHmacKey key = key_of ("secret"), other = key_of ("Secret");
  g_auto (StunFixture) f = { 0 };

  begin (&f);
  assert_both (&f, &key, ABSENT, ABSENT);

  begin (&f);
  fram_stun_builder_add_integrity (&f.builder, &key);
  assert_both (&f, &key, OK, ABSENT);
  assert_both (&f, &other, WRONG, ABSENT);

  begin (&f);
  fram_stun_builder_add_integrity_sha256 (&f.builder, &key, FRAM_SHA256_SIZE);
  assert_both (&f, &key, ABSENT, OK);
  assert_both (&f, &other, ABSENT, WRONG);
}

/* Each covers what is before it, with the length it had when it was the last. */
static void
test_together (void)
{
  FramHmacKey key = key_of ("secret"), other = key_of ("other");
  g_auto (StunFixture) f = { 0 };

  begin (&f);
  fram_stun_builder_add_integrity (&f.builder, &key);
  fram_stun_builder_add_integrity_sha256 (&f.builder, &key, FRAM_SHA256_SIZE);
  fram_stun_builder_add_fingerprint (&f.builder);
  assert_both (&f, &key, OK, OK);
  assert_both (&f, &other, WRONG, WRONG);

  begin (&f);
  fram_stun_builder_add_integrity (&f.builder, &other);
  fram_stun_builder_add_integrity_sha256 (&f.builder, &key, FRAM_SHA256_SIZE);
  assert_both (&f, &key, WRONG, OK);
}

/* A stranger's attribute behind the digest is neither seen nor does it spoil the digest. */
static void
test_appended_attribute (void)
{
  FramHmacKey key = key_of ("secret");
  g_auto (StunFixture) f = { 0 };

  begin (&f);
  fram_stun_builder_add_integrity (&f.builder, &key);
  fram_stun_builder_add_flag (&f.builder, FRAM_STUN_ATTR_USE_CANDIDATE);
  fram_stun_builder_add_fingerprint (&f.builder);
  assert_both (&f, &key, OK, ABSENT);
  g_assert_false (fram_stun_message_has (&f.message, FRAM_STUN_ATTR_USE_CANDIDATE));
}

static void
test_sha1_of_wrong_size (void)
{
  FramHmacKey key = key_of ("secret");
  g_auto (StunFixture) f = { 0 };

  for (gsize size = 0; size <= 40; size++)
    {
      begin (&f);
      fram_stun_builder_add (&f.builder, FRAM_STUN_ATTR_MESSAGE_INTEGRITY, zeros, size);
      assert_both (&f, &key, WRONG, ABSENT);
    }
}

/* A digest cut to `size` bytes, as an attribute of that size. */
static void
add_cut_sha256 (StunFixture *f, const FramHmacKey *key, gsize size)
{
  guint8 digest[FRAM_SHA256_SIZE + 8] = { 0 }, header[FRAM_STUN_HEADER_SIZE];
  gsize covered = f->builder.length;
  FramBytes rest = { f->bytes + FRAM_STUN_HEADER_SIZE, covered - FRAM_STUN_HEADER_SIZE };

  memcpy (header, f->bytes, sizeof header);
  header[3] = (guint8) (rest.length + FRAM_STUN_ATTRIBUTE_HEADER_SIZE + size);
  fram_hmac_sha256 (key, (FramBytes){ header, sizeof header }, rest, digest);
  fram_stun_builder_add (&f->builder, FRAM_STUN_ATTR_MESSAGE_INTEGRITY_SHA256, digest,
                         size);
}

static void
test_sha256_sizes (void)
{
  FramHmacKey key = key_of ("secret");
  g_auto (StunFixture) f = { 0 };

  for (gsize size = 0; size <= 40; size++)
    {
      gboolean legal = size >= 16 && size <= 32 && size % 4 == 0;

      begin (&f);
      add_cut_sha256 (&f, &key, size);
      assert_both (&f, &key, ABSENT, size == 32 ? OK : WRONG);
      for (gsize minimum = 16; minimum <= 32; minimum += 4)
        g_assert_cmpint (fram_stun_message_check_integrity_sha256_truncated (
                             &f.message, &key, minimum),
                         ==, legal && size >= minimum ? OK : WRONG);
    }
}

static void
test_sha256_built_short (void)
{
  FramHmacKey key = key_of ("secret"), other = key_of ("other");
  g_auto (StunFixture) f = { 0 };

  for (gsize size = 16; size <= 32; size += 4)
    {
      begin (&f);
      fram_stun_builder_add_integrity_sha256 (&f.builder, &key, size);
      assert_both (&f, &key, ABSENT, size == 32 ? OK : WRONG);
      g_assert_cmpint (
          fram_stun_message_check_integrity_sha256_truncated (&f.message, &key, 16), ==,
          OK);
      g_assert_cmpint (
          fram_stun_message_check_integrity_sha256_truncated (&f.message, &other, 16), ==,
          WRONG);
    }
  begin (&f);
  stun_fixture_end (&f);
  g_assert_cmpint (
      fram_stun_message_check_integrity_sha256_truncated (&f.message, &key, 16), ==,
      ABSENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stun/integrity/alone", test_alone);
  g_test_add_func ("/stun/integrity/together", test_together);
  g_test_add_func ("/stun/integrity/appended-attribute", test_appended_attribute);
  g_test_add_func ("/stun/integrity/sha1-of-wrong-size", test_sha1_of_wrong_size);
  g_test_add_func ("/stun/integrity/sha256-sizes", test_sha256_sizes);
  g_test_add_func ("/stun/integrity/sha256-built-short", test_sha256_built_short);
  return g_test_run ();
}
