/* Messages written: every header, every kind of attribute, and never past the buffer. */
#include "stun-fixture.h"

#include <string.h>

static void
assert_built (const FramStunBuilder *builder, const char *expected)
{
  g_autoptr (GString) hex = g_string_new (NULL);

  for (gsize i = FRAM_STUN_HEADER_SIZE; i < builder->length; i++)
    g_string_append_printf (hex, "%02x%s", builder->data[i], i % 4 == 3 ? " " : "");
  g_assert_cmpstr (g_strchomp (hex->str), ==, expected);
}

/* Values from the RFCs' text: Binding in its classes, and the first and last method. */
static void
test_known_types (void)
{
  static const struct
  {
    FramStunClass klass;
    guint16 method;
    guint8 bytes[2];
  } rows[] = {
    { FRAM_STUN_REQUEST, 0x001, { 0x00, 0x01 } },
    { FRAM_STUN_INDICATION, 0x001, { 0x00, 0x11 } },
    { FRAM_STUN_SUCCESS, 0x001, { 0x01, 0x01 } },
    { FRAM_STUN_ERROR, 0x001, { 0x01, 0x11 } },
    { FRAM_STUN_ERROR, FRAM_STUN_CHANNEL_BIND, { 0x01, 0x19 } },
    { FRAM_STUN_INDICATION, FRAM_STUN_SEND, { 0x00, 0x16 } },
    { FRAM_STUN_REQUEST, 0x000, { 0x00, 0x00 } },
    { FRAM_STUN_REQUEST, 0xfff, { 0x3e, 0xef } },
  };
  g_auto (StunFixture) f = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      stun_fixture_begin (&f, rows[i].klass, rows[i].method);
      g_assert_cmpmem (f.bytes, 2, rows[i].bytes, 2);
    }
}

static void
test_every_type_comes_back (void)
{
  g_auto (StunFixture) f = { 0 };

  for (int klass = FRAM_STUN_REQUEST; klass <= FRAM_STUN_ERROR; klass++)
    for (guint16 method = 0; method <= 0xfff; method++)
      {
        stun_fixture_clear (&f);
        stun_fixture_begin (&f, (FramStunClass) klass, method);
        stun_fixture_end (&f);
        g_assert_cmpint (f.message.klass, ==, klass);
        g_assert_cmpint (f.message.method, ==, method);
      }
}

static void
test_response (void)
{
  g_auto (StunFixture) request = { 0 };
  guint8 bytes[FRAM_STUN_HEADER_SIZE];
  FramStunBuilder builder;
  FramStunMessage response;

  stun_fixture_begin (&request, FRAM_STUN_REQUEST, FRAM_STUN_REFRESH);
  stun_fixture_end (&request);
  fram_stun_builder_init_response (&builder, bytes, sizeof bytes, FRAM_STUN_ERROR,
                                   &request.message);
  g_assert_cmpuint (fram_stun_builder_end (&builder), ==, FRAM_STUN_HEADER_SIZE);
  g_assert_cmpint (fram_stun_message_parse (&response, bytes, sizeof bytes), ==,
                   FRAM_STUN_PARSE_OK);
  g_assert_cmpint (response.klass, ==, FRAM_STUN_ERROR);
  g_assert_cmpint (response.method, ==, FRAM_STUN_REFRESH);
  g_assert_true (fram_stun_id_equal (&response.id, &request.message.id));
}

static void
test_encodings (void)
{
  static const guint16 unknown[] = { 0x0002, 0x7fff, 0x0005 };
  g_auto (StunFixture) f = { 0 };

  /* Padding must be zero whatever the buffer held before. */
  stun_fixture_begin (&f, FRAM_STUN_REQUEST, FRAM_STUN_BINDING);
  memset (f.bytes + FRAM_STUN_HEADER_SIZE, 0xee, 100);
  fram_stun_builder_add_flag (&f.builder, FRAM_STUN_ATTR_USE_CANDIDATE);
  fram_stun_builder_add_text (&f.builder, FRAM_STUN_ATTR_SOFTWARE, "a");
  fram_stun_builder_add_u32 (&f.builder, FRAM_STUN_ATTR_PRIORITY, 0x01020304);
  fram_stun_builder_add_u64 (&f.builder, FRAM_STUN_ATTR_ICE_CONTROLLING,
                             0x0102030405060708);
  fram_stun_builder_add (&f.builder, FRAM_STUN_ATTR_DATA, "\1\2\3\4\5\6", 6);
  fram_stun_builder_add_unknown (&f.builder, unknown, G_N_ELEMENTS (unknown));
  assert_built (&f.builder, "00250000 80220001 61000000 00240004 01020304 802a0008 "
                            "01020304 05060708 00130006 01020304 05060000 000a0006 "
                            "00027fff 00050000");
}

static void
test_errors (void)
{
  g_auto (StunFixture) f = { 0 };

  stun_fixture_begin (&f, FRAM_STUN_ERROR, FRAM_STUN_BINDING);
  fram_stun_builder_add_error (&f.builder, 487, "");
  fram_stun_builder_add_error (&f.builder, 300, "no!");
  fram_stun_builder_add_error (&f.builder, 699, NULL);
  assert_built (&f.builder, "00090004 00000457 00090007 00000300 6e6f2100 0009000b "
                            "00000663 556e6b6e 6f776e00");
}

static void
test_recommended_reason (void)
{
  g_auto (StunFixture) f = { 0 };
  const char *reason;
  gsize length;
  guint code;

  stun_fixture_begin (&f, FRAM_STUN_ERROR, FRAM_STUN_BINDING);
  fram_stun_builder_add_error (&f.builder, FRAM_STUN_ERROR_STALE_NONCE, NULL);
  stun_fixture_end (&f);
  g_assert_true (fram_stun_message_get_error (&f.message, &code, &reason, &length));
  g_assert_cmpuint (code, ==, 438);
  g_assert_cmpmem (reason, length, "Stale Nonce", 11);
}

/* One of everything. */
static gsize
build_all (guint8 *buffer, gsize size)
{
  static const FramStunId id = { { 0 } };
  static const guint16 unknown[] = { 1, 2, 3 };
  FramStunBuilder builder;
  FramAddress address;
  FramHmacKey key;

  fram_hmac_key_init (&key, (const guint8 *) "key", 3);
  fram_stun_builder_init (&builder, buffer, size, FRAM_STUN_REQUEST, FRAM_STUN_BINDING,
                          &id);
  fram_stun_builder_add_flag (&builder, FRAM_STUN_ATTR_USE_CANDIDATE);
  fram_stun_builder_add_text (&builder, FRAM_STUN_ATTR_USERNAME, "a:b");
  fram_stun_builder_add_u32 (&builder, FRAM_STUN_ATTR_PRIORITY, 1);
  fram_stun_builder_add_u64 (&builder, FRAM_STUN_ATTR_ICE_CONTROLLED, 1);
  fram_address_init_ipv4 (&address, 0x7f000001, 1);
  fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS, &address);
  g_assert_true (fram_address_parse (&address, "[::1]:1"));
  fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_MAPPED_ADDRESS, &address);
  fram_stun_builder_add_error (&builder, 400, NULL);
  fram_stun_builder_add_unknown (&builder, unknown, G_N_ELEMENTS (unknown));
  fram_stun_builder_add_integrity (&builder, &key);
  fram_stun_builder_add_integrity_sha256 (&builder, &key, FRAM_SHA256_SIZE);
  fram_stun_builder_add_fingerprint (&builder);
  return fram_stun_builder_end (&builder);
}

/* Into every size of buffer, each a block of its own: the message comes whole or not at
 * all, and a sanitizer would see the byte too many. */
static void
test_every_buffer_size (void)
{
  guint8 whole[512];
  gsize length = build_all (whole, sizeof whole);

  g_assert_cmpuint (length, >, FRAM_STUN_HEADER_SIZE);
  for (gsize size = 0; size <= length + 8; size++)
    {
      g_autofree guint8 *exact = g_malloc (size);

      g_assert_cmpuint (build_all (exact, size), ==, size < length ? 0 : length);
      if (size >= length)
        g_assert_cmpmem (exact, length, whole, length);
    }
}

/* The padding has to fit too. */
static void
test_every_buffer_size_for_padding (void)
{
  static const FramStunId id = { { 0 } };

  for (gsize size = FRAM_STUN_HEADER_SIZE; size <= FRAM_STUN_HEADER_SIZE + 12; size++)
    {
      g_autofree guint8 *exact = g_malloc (size);
      FramStunBuilder builder;

      fram_stun_builder_init (&builder, exact, size, FRAM_STUN_REQUEST, FRAM_STUN_BINDING,
                              &id);
      fram_stun_builder_add_text (&builder, FRAM_STUN_ATTR_SOFTWARE, "a");
      g_assert_cmpuint (fram_stun_builder_end (&builder), ==,
                        size < FRAM_STUN_HEADER_SIZE + 8 ? 0 : FRAM_STUN_HEADER_SIZE + 8);
    }
}

/* What came too late stays out, even if a smaller thing would still fit. */
static void
test_overflow_is_remembered (void)
{
  static const FramStunId id = { { 0 } };
  guint8 buffer[32];
  FramStunBuilder builder;

  fram_stun_builder_init (&builder, buffer, sizeof buffer, FRAM_STUN_REQUEST,
                          FRAM_STUN_BINDING, &id);
  fram_stun_builder_add_text (&builder, FRAM_STUN_ATTR_SOFTWARE, "much too long");
  fram_stun_builder_add_flag (&builder, FRAM_STUN_ATTR_USE_CANDIDATE);
  g_assert_cmpuint (fram_stun_builder_end (&builder), ==, 0);
}

/* The length field and FramStunMessage hold 16 bits, however large the buffer. */
static void
test_longest (void)
{
  static const FramStunId id = { { 0 } };
  static guint8 buffer[3 * G_MAXUINT16], value[G_MAXUINT16 + 1];
  const gsize room = 65532 - FRAM_STUN_HEADER_SIZE - FRAM_STUN_ATTRIBUTE_HEADER_SIZE;
  /* The last ones, added to a length, would come out small. */
  const gsize over[] = { 1, 3, 4, 24, 27, -room - 4, -room - 24, -room - 1 };
  FramStunMessage message;
  FramStunBuilder builder;

  fram_stun_builder_init (&builder, buffer, sizeof buffer, FRAM_STUN_INDICATION,
                          FRAM_STUN_SEND, &id);
  fram_stun_builder_add (&builder, FRAM_STUN_ATTR_DATA, value, room);
  g_assert_cmpuint (fram_stun_builder_end (&builder), ==, 65532);
  g_assert_cmpint (fram_stun_message_parse (&message, buffer, 65532), ==,
                   FRAM_STUN_PARSE_OK);

  for (gsize i = 0; i < G_N_ELEMENTS (over); i++)
    {
      fram_stun_builder_init (&builder, buffer, sizeof buffer, FRAM_STUN_INDICATION,
                              FRAM_STUN_SEND, &id);
      fram_stun_builder_add (&builder, FRAM_STUN_ATTR_DATA, value, room + over[i]);
      g_assert_cmpuint (fram_stun_builder_end (&builder), ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stun/builder/known-types", test_known_types);
  g_test_add_func ("/stun/builder/every-type-comes-back", test_every_type_comes_back);
  g_test_add_func ("/stun/builder/response", test_response);
  g_test_add_func ("/stun/builder/encodings", test_encodings);
  g_test_add_func ("/stun/builder/errors", test_errors);
  g_test_add_func ("/stun/builder/recommended-reason", test_recommended_reason);
  g_test_add_func ("/stun/builder/every-buffer-size", test_every_buffer_size);
  g_test_add_func ("/stun/builder/every-buffer-size-for-padding",
                   test_every_buffer_size_for_padding);
  g_test_add_func ("/stun/builder/overflow-is-remembered", test_overflow_is_remembered);
  g_test_add_func ("/stun/builder/longest", test_longest);
  return g_test_run ();
}
