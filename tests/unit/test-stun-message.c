/* What is accepted as a STUN message, and which of its attributes count. */
#include "base/big-endian.h"
#include "stun-fixture.h"

#include <string.h>

#define SHA1 FRAM_STUN_ATTR_MESSAGE_INTEGRITY
#define SHA256 FRAM_STUN_ATTR_MESSAGE_INTEGRITY_SHA256
#define FINGERPRINT FRAM_STUN_ATTR_FINGERPRINT

static const guint8 zeros[64];

static void
write_header (guint8 header[FRAM_STUN_HEADER_SIZE], guint16 type, guint16 length)
{
  memset (header, 0x77, FRAM_STUN_HEADER_SIZE);
  fram_store_be16 (header, type);
  fram_store_be16 (header + 2, length);
  fram_store_be32 (header + 4, FRAM_STUN_MAGIC_COOKIE);
}

static void
test_bare_header (void)
{
  guint8 header[FRAM_STUN_HEADER_SIZE];
  FramStunMessage message;
  FramStunAttribute attribute;
  guint16 position = 0;

  write_header (header, 0x0011, 0);
  g_assert_cmpint (fram_stun_message_parse (&message, header, sizeof header), ==,
                   FRAM_STUN_PARSE_OK);
  g_assert_true (message.data == header);
  g_assert_cmpuint (message.length, ==, FRAM_STUN_HEADER_SIZE);
  g_assert_cmpint (message.klass, ==, FRAM_STUN_INDICATION);
  g_assert_cmpint (message.method, ==, FRAM_STUN_BINDING);
  g_assert_cmpmem (message.id.bytes, 12, header + 8, 12);
  g_assert_false (fram_stun_message_next (&message, &position, &attribute));
  g_assert_false (fram_stun_message_next (&message, &position, &attribute));
}

static void
test_not_stun (void)
{
  guint8 header[FRAM_STUN_HEADER_SIZE];
  FramStunMessage message;

  for (guint i = 0; i < 4; i++)
    {
      /* Each of the two first bits, each of the two last bits of the length. */
      write_header (header, 0x0001 | i << 14, 0);
      g_assert_cmpint (fram_stun_message_parse (&message, header, sizeof header), ==,
                       i == 0 ? FRAM_STUN_PARSE_OK : FRAM_STUN_PARSE_NOT_STUN);
      write_header (header, 0x0001, (guint16) i);
      g_assert_cmpint (fram_stun_message_parse (&message, header, sizeof header), ==,
                       i == 0 ? FRAM_STUN_PARSE_OK : FRAM_STUN_PARSE_NOT_STUN);
    }
  for (guint bit = 0; bit < 32; bit++)
    {
      write_header (header, 0x0001, 0);
      header[4 + bit / 8] ^= 1 << bit % 8;
      g_assert_cmpint (fram_stun_message_parse (&message, header, sizeof header), ==,
                       FRAM_STUN_PARSE_NOT_STUN);
      g_assert_false (fram_stun_looks_like (header, sizeof header));
    }
  g_assert_cmpint (fram_stun_message_parse (&message, NULL, 0), ==,
                   FRAM_STUN_PARSE_NOT_STUN);
}

/* More than any datagram holds, as a stream could bring it. */
static void
test_too_long (void)
{
  gsize length = FRAM_STUN_HEADER_SIZE + 65532;
  g_autofree guint8 *bytes = g_malloc0 (length);
  FramStunMessage message;

  write_header (bytes, 0x0001, 65532);
  g_assert_cmpint (fram_stun_message_parse (&message, bytes, length), ==,
                   FRAM_STUN_PARSE_BAD_LENGTH);
}

/* As many attributes as there can be: each is visited, and the walk ends. */
static void
test_longest (void)
{
  gsize length = 65532;
  g_autofree guint8 *bytes = g_malloc0 (length);
  FramStunMessage message;
  FramStunAttribute attribute;
  guint16 position = 0;
  guint n = 0;

  write_header (bytes, 0x0001, 65532 - FRAM_STUN_HEADER_SIZE);
  g_assert_cmpint (fram_stun_message_parse (&message, bytes, length), ==,
                   FRAM_STUN_PARSE_OK);
  while (fram_stun_message_next (&message, &position, &attribute))
    n++;
  g_assert_cmpuint (n, ==, (65532 - FRAM_STUN_HEADER_SIZE) / 4);
}

static void
test_looks_like (void)
{
  guint8 bytes[FRAM_STUN_HEADER_SIZE + 4] = { 0 };

  for (guint first = 0; first < 256; first++)
    {
      write_header (bytes, (guint16) (first << 8), 4);
      g_assert_cmpint (fram_stun_looks_like (bytes, sizeof bytes), ==, first <= 3);
    }
  write_header (bytes, 0x0001, 4);
  for (gsize length = 0; length <= sizeof bytes; length++)
    {
      g_autofree guint8 *exact = g_memdup2 (bytes, length);

      g_assert_cmpint (fram_stun_looks_like (exact, length), ==,
                       length >= FRAM_STUN_HEADER_SIZE);
    }
  write_header (bytes, 0x0001, 3);
  g_assert_false (fram_stun_looks_like (bytes, sizeof bytes));
  /* A message of a wrong length is the parser's to refuse: it must not pass as data. */
  write_header (bytes, 0x0001, 400);
  g_assert_true (fram_stun_looks_like (bytes, sizeof bytes));
}

static void
test_attribute_beyond_end (void)
{
  guint8 bytes[FRAM_STUN_HEADER_SIZE + 8] = { 0 };

  for (guint value = 0; value <= G_MAXUINT16; value++)
    {
      FramStunMessage message = { .length = 1 };
      FramStunParseResult result;

      write_header (bytes, 0x0001, 8);
      fram_store_be16 (bytes + FRAM_STUN_HEADER_SIZE, FRAM_STUN_ATTR_SOFTWARE);
      fram_store_be16 (bytes + FRAM_STUN_HEADER_SIZE + 2, (guint16) value);
      result = fram_stun_message_parse (&message, bytes, sizeof bytes);
      g_assert_cmpint (result, ==,
                       value <= 4 ? FRAM_STUN_PARSE_OK : FRAM_STUN_PARSE_BAD_ATTRIBUTE);
      g_assert_cmpuint (message.length, ==, value <= 4 ? sizeof bytes : 1);
    }
}

static void
test_padding_is_skipped (void)
{
  for (gsize length = 0; length <= 8; length++)
    {
      g_auto (StunFixture) f = { 0 };
      FramStunAttribute attribute;

      stun_fixture_begin (&f, FRAM_STUN_REQUEST, FRAM_STUN_BINDING);
      fram_stun_builder_add (&f.builder, FRAM_STUN_ATTR_SOFTWARE, "software", length);
      /* The receiver ignores what the padding says. */
      for (gsize at = FRAM_STUN_HEADER_SIZE + 4 + length; at < f.builder.length; at++)
        f.bytes[at] = 0xff;
      fram_stun_builder_add_u32 (&f.builder, FRAM_STUN_ATTR_PRIORITY, 7);
      stun_fixture_end (&f);
      g_assert_true (
          fram_stun_message_find (&f.message, FRAM_STUN_ATTR_SOFTWARE, &attribute));
      g_assert_cmpmem (attribute.value, attribute.length, "software", length);
      g_assert_true (fram_stun_message_has (&f.message, FRAM_STUN_ATTR_PRIORITY));
    }
}

static void
test_first_of_a_type_counts (void)
{
  g_auto (StunFixture) f = { 0 };
  guint32 value;

  stun_fixture_begin (&f, FRAM_STUN_REQUEST, FRAM_STUN_BINDING);
  fram_stun_builder_add_u32 (&f.builder, FRAM_STUN_ATTR_PRIORITY, 1);
  fram_stun_builder_add_u32 (&f.builder, FRAM_STUN_ATTR_PRIORITY, 2);
  stun_fixture_end (&f);
  g_assert_true (fram_stun_message_get_u32 (&f.message, FRAM_STUN_ATTR_PRIORITY, &value));
  g_assert_cmpuint (value, ==, 1);
}

/* The attributes of a message, and those of them that a receiver must see. */
typedef struct
{
  guint16 sent[8];
  guint16 seen[8];
} Order;

static const Order orders[] = {
  { { 0x24, SHA1 }, { 0x24, SHA1 } },
  { { 0x24, SHA256 }, { 0x24, SHA256 } },
  { { 0x24, SHA1, FINGERPRINT }, { 0x24, SHA1, FINGERPRINT } },
  { { 0x24, SHA256, FINGERPRINT }, { 0x24, SHA256, FINGERPRINT } },
  { { 0x24, SHA1, SHA256, FINGERPRINT }, { 0x24, SHA1, SHA256, FINGERPRINT } },
  { { 0x24, SHA1, 0x25 }, { 0x24, SHA1 } },
  { { 0x24, SHA1, 0x25, FINGERPRINT }, { 0x24, SHA1, FINGERPRINT } },
  { { 0x24, SHA256, 0x25, FINGERPRINT }, { 0x24, SHA256, FINGERPRINT } },
  { { 0x24, SHA1, 0x25, SHA256, 0x2a, FINGERPRINT },
    { 0x24, SHA1, SHA256, FINGERPRINT } },
  /* What lies between the two is covered by the later one only, which may be forged. */
  { { 0x24, SHA256, 0x25, SHA1, 0x2a }, { 0x24, SHA256, SHA1 } },
  /* A second digest of a kind is ignored, even in front of the other kind. */
  { { 0x24, SHA1, SHA1, SHA256 }, { 0x24, SHA1, SHA256 } },
  { { SHA256, SHA256, SHA1, SHA1 }, { SHA256, SHA1 } },
  { { SHA1, 0x24 }, { SHA1 } },
  { { 0x24, 0x25, FINGERPRINT }, { 0x24, 0x25, FINGERPRINT } },
};

static void
add_typed (FramStunBuilder *builder, guint16 type)
{
  if (type == FINGERPRINT)
    fram_stun_builder_add_fingerprint (builder);
  else
    fram_stun_builder_add (builder, type, zeros,
                           type == SHA1     ? FRAM_SHA1_SIZE
                           : type == SHA256 ? FRAM_SHA256_SIZE
                                            : 4);
}

static void
test_behind_integrity (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_auto (StunFixture) f = { 0 };
      FramStunAttribute attribute;
      guint16 position = 0;

      stun_fixture_begin (&f, FRAM_STUN_REQUEST, FRAM_STUN_BINDING);
      for (const guint16 *type = orders[i].sent; *type != 0; type++)
        add_typed (&f.builder, *type);
      stun_fixture_end (&f);
      for (const guint16 *type = orders[i].seen; *type != 0; type++)
        {
          g_assert_true (fram_stun_message_next (&f.message, &position, &attribute));
          g_assert_cmphex (attribute.type, ==, *type);
        }
      g_assert_false (fram_stun_message_next (&f.message, &position, &attribute));
      g_assert_cmpint (fram_stun_message_has (&f.message, 0x25), ==,
                       orders[i].seen[1] == 0x25);
    }
}

/* A FINGERPRINT of `size` bytes, behind it `n_behind` more, and value and padding right for
 * the message as it is at the end. */
static FramStunParseResult
parse_with_fingerprint (gsize size, guint n_behind)
{
  g_auto (StunFixture) f = { 0 };
  guint8 right[8] = { 0 };
  gsize at;

  stun_fixture_begin (&f, FRAM_STUN_REQUEST, FRAM_STUN_BINDING);
  fram_stun_builder_add_u32 (&f.builder, FRAM_STUN_ATTR_PRIORITY, 7);
  at = f.builder.length;
  fram_stun_builder_add (&f.builder, FINGERPRINT, zeros, size);
  for (guint i = 0; i < n_behind; i++)
    fram_stun_builder_add_flag (&f.builder, FRAM_STUN_ATTR_USE_CANDIDATE);
  fram_store_be32 (right, fram_crc32 (0, f.bytes, at) ^ FRAM_STUN_FINGERPRINT_XOR);
  memcpy (f.bytes + at + FRAM_STUN_ATTRIBUTE_HEADER_SIZE, right, (size + 3) & ~(gsize) 3);
  return stun_fixture_parse (&f);
}

static void
test_fingerprint_not_last (void)
{
  g_assert_cmpint (parse_with_fingerprint (4, 0), ==, FRAM_STUN_PARSE_OK);
  for (guint n = 1; n <= 3; n++)
    g_assert_cmpint (parse_with_fingerprint (4, n), ==, FRAM_STUN_PARSE_BAD_FINGERPRINT);
}

static void
test_fingerprint_of_wrong_size (void)
{
  for (gsize size = 0; size <= 8; size++)
    g_assert_cmpint (parse_with_fingerprint (size, 0), ==,
                     size == 4 ? FRAM_STUN_PARSE_OK : FRAM_STUN_PARSE_BAD_FINGERPRINT);
}

/* Of two the last is right, the first is not the last. */
static void
test_two_fingerprints (void)
{
  g_auto (StunFixture) f = { 0 };

  stun_fixture_begin (&f, FRAM_STUN_REQUEST, FRAM_STUN_BINDING);
  fram_stun_builder_add_fingerprint (&f.builder);
  fram_stun_builder_add_fingerprint (&f.builder);
  g_assert_cmpint (stun_fixture_parse (&f), ==, FRAM_STUN_PARSE_BAD_FINGERPRINT);
}

static void
test_ids (void)
{
  g_autoptr (GHashTable) table = g_hash_table_new (fram_stun_id_hash, fram_stun_id_equal);
  g_autoptr (GHashTable) hashes = g_hash_table_new (NULL, NULL);
  g_autofree FramStunId *ids = g_new0 (FramStunId, 96);
  FramStunId other = { { 0 } };

  for (guint bit = 0; bit < 96; bit++)
    {
      ids[bit].bytes[bit / 8] = (guint8) (1 << bit % 8);
      g_assert_false (g_hash_table_contains (table, &ids[bit]));
      g_hash_table_add (table, &ids[bit]);
      g_hash_table_add (hashes, GUINT_TO_POINTER (fram_stun_id_hash (&ids[bit])));
    }
  g_assert_cmpuint (g_hash_table_size (table), ==, 96);
  /* A peer that chooses ids which differ in any one bit does not make a list of the table. */
  g_assert_cmpuint (g_hash_table_size (hashes), ==, 96);
  g_assert_false (g_hash_table_contains (table, &other));
  other.bytes[0] = 1;
  g_assert_true (g_hash_table_lookup (table, &other) == &ids[0]);
}

static void
test_names (void)
{
  g_assert_cmpstr (fram_stun_error_to_text (401), ==, "Unauthenticated");
  g_assert_cmpstr (fram_stun_error_to_text (487), ==, "Role Conflict");
  g_assert_cmpstr (fram_stun_error_to_text (499), ==, "Unknown");
  g_assert_cmpstr (fram_stun_method_to_text (FRAM_STUN_CHANNEL_BIND), ==, "ChannelBind");
  g_assert_cmpstr (fram_stun_method_to_text (0xfff), ==, "Unknown");
  for (int i = FRAM_STUN_PARSE_OK; i <= FRAM_STUN_PARSE_BAD_FINGERPRINT; i++)
    g_assert_cmpuint (strlen (fram_stun_parse_result_to_text (i)), >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stun/message/bare-header", test_bare_header);
  g_test_add_func ("/stun/message/not-stun", test_not_stun);
  g_test_add_func ("/stun/message/too-long", test_too_long);
  g_test_add_func ("/stun/message/longest", test_longest);
  g_test_add_func ("/stun/message/looks-like", test_looks_like);
  g_test_add_func ("/stun/message/attribute-beyond-end", test_attribute_beyond_end);
  g_test_add_func ("/stun/message/padding-is-skipped", test_padding_is_skipped);
  g_test_add_func ("/stun/message/first-of-a-type-counts", test_first_of_a_type_counts);
  g_test_add_func ("/stun/message/behind-integrity", test_behind_integrity);
  g_test_add_func ("/stun/message/fingerprint/not-last", test_fingerprint_not_last);
  g_test_add_func ("/stun/message/fingerprint/wrong-size",
                   test_fingerprint_of_wrong_size);
  g_test_add_func ("/stun/message/fingerprint/two", test_two_fingerprints);
  g_test_add_func ("/stun/message/ids", test_ids);
  g_test_add_func ("/stun/message/names", test_names);
  return g_test_run ();
}
