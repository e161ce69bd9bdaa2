/* The typed getters: what each accepts, and that it leaves its outputs alone otherwise. */
#include "stun-fixture.h"

#include <string.h>

static guint8 filler[1024];

/* A message with one attribute whose value is `length` bytes of `value`. */
static void
with_attribute (StunFixture *f, guint16 type, const void *value, gsize length)
{
  stun_fixture_clear (f);
  stun_fixture_begin (f, FRAM_STUN_ERROR, FRAM_STUN_BINDING);
  fram_stun_builder_add (&f->builder, type, value, length);
  stun_fixture_end (f);
}

static void
test_numbers (void)
{
  static const guint8 bytes[12] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };
  g_auto (StunFixture) f = { 0 };

  for (gsize length = 0; length <= sizeof bytes; length++)
    {
      guint32 small = 5;
      guint64 large = 6;

      with_attribute (&f, FRAM_STUN_ATTR_LIFETIME, bytes, length);
      g_assert_cmpint (
          fram_stun_message_get_u32 (&f.message, FRAM_STUN_ATTR_LIFETIME, &small), ==,
          length == 4);
      g_assert_cmphex (small, ==, length == 4 ? 0x01234567 : 5);
      g_assert_cmpint (
          fram_stun_message_get_u64 (&f.message, FRAM_STUN_ATTR_LIFETIME, &large), ==,
          length == 8);
      g_assert_cmphex (large, ==, length == 8 ? 0x0123456789abcdef : 6);
    }
  g_assert_false (
      fram_stun_message_get_u32 (&f.message, FRAM_STUN_ATTR_PRIORITY, &(guint32){ 0 }));
  g_assert_false (
      fram_stun_message_get_u64 (&f.message, FRAM_STUN_ATTR_PRIORITY, &(guint64){ 0 }));
}

/* draft-thatcher-ice-renomination-01 §4: 24 bits, whatever is before them. */
static void
test_nomination (void)
{
  static const guint8 bytes[5] = { 0xab, 0x01, 0x23, 0x45 };
  g_auto (StunFixture) f = { 0 };

  for (gsize length = 0; length <= sizeof bytes; length++)
    {
      guint32 value = 5;

      with_attribute (&f, 0xc001, bytes, length);
      g_assert_cmpint (fram_stun_message_get_nomination (&f.message, &value), ==,
                       length == 4);
      g_assert_cmphex (value, ==, length == 4 ? 0x012345 : 5);
    }
  with_attribute (&f, FRAM_STUN_ATTR_PRIORITY, bytes, 4);
  g_assert_false (fram_stun_message_get_nomination (&f.message, &(guint32){ 0 }));
}

static const guint16 address_types[] = {
  FRAM_STUN_ATTR_MAPPED_ADDRESS,      FRAM_STUN_ATTR_ALTERNATE_SERVER,
  FRAM_STUN_ATTR_RESPONSE_ORIGIN,     FRAM_STUN_ATTR_OTHER_ADDRESS,
  FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS,  FRAM_STUN_ATTR_XOR_PEER_ADDRESS,
  FRAM_STUN_ATTR_XOR_RELAYED_ADDRESS,
};

/* Written by hand from RFC 8489 §14.1 and §14.2: cookie 2112a442, id 000102...0b. */
static void
test_address_encodings (void)
{
  static const guint8 plain[] = { 0, 1, 0x0d, 0x96, 192, 0, 2, 1 };
  static const guint8 masked[] = { 0, 1, 0x2c, 0x84, 0xe1, 0x12, 0xa6, 0x43 };
  static const guint8 masked_ipv6[] = {
    0, 2, 0x2c, 0x84, 0x01, 0x13, 0xa9, 0xfa, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10
  };
  g_auto (StunFixture) f = { 0 };
  char text[FRAM_ADDRESS_TEXT];
  FramAddress address;

  for (gsize i = 0; i < G_N_ELEMENTS (address_types); i++)
    {
      guint16 type = address_types[i];
      gboolean is_masked = fram_stun_attribute_is_xor (type);

      g_assert_cmpint (is_masked, ==, i >= 4);
      with_attribute (&f, type, is_masked ? masked : plain, sizeof plain);
      g_assert_true (fram_stun_message_get_address (&f.message, type, &address));
      g_assert_cmpstr (fram_address_to_text (&address, text), ==, "192.0.2.1:3478");
    }
  with_attribute (&f, FRAM_STUN_ATTR_XOR_PEER_ADDRESS, masked_ipv6, sizeof masked_ipv6);
  g_assert_true (fram_stun_message_get_address (
      &f.message, FRAM_STUN_ATTR_XOR_PEER_ADDRESS, &address));
  g_assert_cmpstr (fram_address_to_text (&address, text), ==, "[2001:db8::1]:3478");
}

static void
test_address_round_trips (void)
{
  static const char *const texts[] = {
    "192.0.2.1:3478",     "0.0.0.0:0", "255.255.255.255:65535",
    "[2001:db8::1]:3478", "[::]:0",    "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    for (gsize t = 0; t < G_N_ELEMENTS (address_types); t++)
      {
        g_auto (StunFixture) f = { 0 };
        FramAddress sent, received;

        g_assert_true (fram_address_parse (&sent, texts[i]));
        stun_fixture_begin (&f, FRAM_STUN_SUCCESS, FRAM_STUN_BINDING);
        fram_stun_builder_add_address (&f.builder, address_types[t], &sent);
        stun_fixture_end (&f);
        g_assert_true (
            fram_stun_message_get_address (&f.message, address_types[t], &received));
        g_assert_true (fram_address_equal (&sent, &received));
      }
}

static void
test_address_malformed (void)
{
  g_auto (StunFixture) f = { 0 };
  FramAddress address;

  for (guint family = 0; family < 256; family++)
    for (gsize length = 0; length <= 24; length++)
      {
        guint8 value[24] = { 0xff, (guint8) family };
        gboolean good = (family == 1 && length == 8) || (family == 2 && length == 20);

        memset (&address, 0xa5, sizeof address);
        with_attribute (&f, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS, value, length);
        g_assert_cmpint (fram_stun_message_get_address (
                             &f.message, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS, &address),
                         ==, good);
        g_assert_cmpint (address.reserved, ==, good ? 0 : 0xa5);
      }
  g_assert_false (fram_stun_message_get_address (
      &f.message, FRAM_STUN_ATTR_MAPPED_ADDRESS, &address));
}

static void
test_text (void)
{
  static const gsize lengths[] = { 0, 1, 2, 3, 4, 5, 762, 763, 764, 800 };
  g_auto (StunFixture) f = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      const char *text = "untouched";
      gsize length = 9;
      gboolean good = lengths[i] <= FRAM_STUN_MAX_TEXT;

      with_attribute (&f, FRAM_STUN_ATTR_REALM, filler, lengths[i]);
      g_assert_cmpint (
          fram_stun_message_get_text (&f.message, FRAM_STUN_ATTR_REALM, &text, &length),
          ==, good);
      if (good)
        g_assert_cmpmem (text, length, filler, lengths[i]);
      else
        g_assert_cmpmem (text, length, "untouched", 9);
      g_assert_false (
          fram_stun_message_get_text (&f.message, FRAM_STUN_ATTR_NONCE, &text, &length));
    }
}

/* Every class and number that the two fields can hold. */
static void
test_error_codes (void)
{
  g_auto (StunFixture) f = { 0 };

  for (guint class_byte = 0; class_byte < 256; class_byte++)
    for (guint number = 0; number < 256; number++)
      {
        guint8 value[] = { 0xff, 0xff, (guint8) class_byte, (guint8) number, 'n', 'o' };
        guint hundreds = class_byte & 7, code = 1;
        gboolean good = hundreds >= 3 && hundreds <= 6 && number <= 99;
        const char *reason = NULL;
        gsize length = 0;

        with_attribute (&f, FRAM_STUN_ATTR_ERROR_CODE, value, sizeof value);
        g_assert_cmpint (
            fram_stun_message_get_error (&f.message, &code, &reason, &length), ==, good);
        g_assert_cmpuint (code, ==, good ? hundreds * 100 + number : 1);
        g_assert_cmpmem (reason, length, "no", good ? 2 : 0);
      }
}

static void
test_error_lengths (void)
{
  static const gsize lengths[] = { 0, 1, 2, 3, 4, 5, 766, 767, 768, 800 };
  static guint8 value[1024] = { 0, 0, 4, 20 };
  g_auto (StunFixture) f = { 0 };
  const char *reason;
  gsize length;
  guint code;

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      gboolean good = lengths[i] >= 4 && lengths[i] <= 4 + FRAM_STUN_MAX_TEXT;

      with_attribute (&f, FRAM_STUN_ATTR_ERROR_CODE, value, lengths[i]);
      g_assert_cmpint (fram_stun_message_get_error (&f.message, &code, &reason, &length),
                       ==, good);
      if (good)
        g_assert_cmpuint (length, ==, lengths[i] - 4);
    }
  with_attribute (&f, FRAM_STUN_ATTR_SOFTWARE, "", 0);
  g_assert_false (fram_stun_message_get_error (&f.message, &code, &reason, &length));
}

static void
test_unknown (void)
{
  static const guint16 known[] = { FRAM_STUN_ATTR_USERNAME, FRAM_STUN_ATTR_PRIORITY,
                                   FRAM_STUN_ATTR_USE_CANDIDATE };
  static const guint16 sent[] = {
    0x0002, FRAM_STUN_ATTR_USERNAME,      0x7fff, 0x0002, FRAM_STUN_ATTR_SOFTWARE,
    0xc000, FRAM_STUN_ATTR_USE_CANDIDATE, 0x0000,
  };
  static const guint16 expected[] = { 0x0002, 0x7fff, 0x0000 };
  g_auto (StunFixture) f = { 0 };
  FramHmacKey key;
  guint16 types[8];

  fram_hmac_key_init (&key, filler, 16);
  stun_fixture_begin (&f, FRAM_STUN_REQUEST, FRAM_STUN_BINDING);
  for (gsize i = 0; i < G_N_ELEMENTS (sent); i++)
    fram_stun_builder_add_flag (&f.builder, sent[i]);
  fram_stun_builder_add_integrity (&f.builder, &key);
  /* Not covered, so not there. */
  fram_stun_builder_add_flag (&f.builder, 0x0005);
  fram_stun_builder_add_integrity_sha256 (&f.builder, &key, FRAM_SHA256_SIZE);
  stun_fixture_end (&f);

  for (gsize max = 0; max <= G_N_ELEMENTS (types); max++)
    {
      gsize n = fram_stun_message_list_unknown (&f.message, known, G_N_ELEMENTS (known),
                                                types, max);

      g_assert_cmpmem (types, n * 2, expected, MIN (max, G_N_ELEMENTS (expected)) * 2);
    }
  g_assert_cmpuint (fram_stun_message_list_unknown (&f.message, NULL, 0, types, 8), ==,
                    5);
}

int
main (int argc, char **argv)
{
  for (gsize i = 0; i < sizeof filler; i++)
    filler[i] = (guint8) (i * 7 + 1);

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stun/getters/numbers", test_numbers);
  g_test_add_func ("/stun/getters/nomination", test_nomination);
  g_test_add_func ("/stun/getters/address/encodings", test_address_encodings);
  g_test_add_func ("/stun/getters/address/round-trips", test_address_round_trips);
  g_test_add_func ("/stun/getters/address/malformed", test_address_malformed);
  g_test_add_func ("/stun/getters/text", test_text);
  g_test_add_func ("/stun/getters/error/codes", test_error_codes);
  g_test_add_func ("/stun/getters/error/lengths", test_error_lengths);
  g_test_add_func ("/stun/getters/unknown", test_unknown);
  return g_test_run ();
}
