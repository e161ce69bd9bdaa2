/* The messages of RFC 5769 and RFC 8489 §B.1: read, verified, built again, and damaged in
 * every way that a cut or a flipped bit can. */
#include "base/big-endian.h"
#include "stun-vectors.h"
#include "stun/builder.h"
#include "stun/credential.h"
#include "stun/integrity.h"

#include <string.h>

static FramStunMessage
parsed (VectorName name)
{
  FramStunMessage message;

  g_assert_cmpint (
      fram_stun_message_parse (&message, vectors[name].data, vectors[name].length), ==,
      FRAM_STUN_PARSE_OK);
  return message;
}

/* Authentic by the digest the message carries; a message has one of the two. */
static gboolean
authentic (const FramStunMessage *message, const FramHmacKey *key)
{
  if (message->integrity_sha256 != 0)
    return fram_stun_message_check_integrity_sha256 (message, key)
           == FRAM_STUN_INTEGRITY_OK;
  return fram_stun_message_check_integrity (message, key) == FRAM_STUN_INTEGRITY_OK;
}

static void
assert_text (const FramStunMessage *message, guint16 type, const char *expected)
{
  const char *text;
  gsize length;

  g_assert_true (fram_stun_message_get_text (message, type, &text, &length));
  g_assert_cmpmem (text, length, expected, strlen (expected));
}

static void
test_request (void)
{
  FramStunMessage message = parsed (VECTOR_REQUEST);
  guint32 priority;
  guint64 tie_breaker;

  g_assert_cmpint (message.klass, ==, FRAM_STUN_REQUEST);
  g_assert_cmpint (message.method, ==, FRAM_STUN_BINDING);
  assert_text (&message, FRAM_STUN_ATTR_SOFTWARE, "STUN test client");
  assert_text (&message, FRAM_STUN_ATTR_USERNAME, VECTOR_ICE_USERNAME);
  g_assert_true (
      fram_stun_message_get_u32 (&message, FRAM_STUN_ATTR_PRIORITY, &priority));
  g_assert_cmphex (priority, ==, 0x6e0001ff);
  g_assert_true (
      fram_stun_message_get_u64 (&message, FRAM_STUN_ATTR_ICE_CONTROLLED, &tie_breaker));
  g_assert_cmphex (tie_breaker, ==, 0x932ff9b151263b36);
  g_assert_false (fram_stun_message_has (&message, FRAM_STUN_ATTR_USE_CANDIDATE));
  g_assert_cmpuint (message.fingerprint, ==, message.length - 8);
}

static void
assert_response (VectorName name, const char *expected)
{
  FramStunMessage message = parsed (name);
  char text[FRAM_ADDRESS_TEXT];
  FramAddress address;

  g_assert_cmpint (message.klass, ==, FRAM_STUN_SUCCESS);
  g_assert_cmpint (message.method, ==, FRAM_STUN_BINDING);
  assert_text (&message, FRAM_STUN_ATTR_SOFTWARE, "test vector");
  g_assert_true (fram_stun_message_get_address (
      &message, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS, &address));
  g_assert_cmpstr (fram_address_to_text (&address, text), ==, expected);
}

static void
test_responses (void)
{
  assert_response (VECTOR_RESPONSE_IPV4, "192.0.2.1:32853");
  assert_response (VECTOR_RESPONSE_IPV6, "[2001:db8:1234:5678:11:2233:4455:6677]:32853");
}

static void
test_long_term (void)
{
  FramStunMessage message = parsed (VECTOR_LONG_TERM);

  assert_text (&message, FRAM_STUN_ATTR_USERNAME, VECTOR_USERNAME);
  assert_text (&message, FRAM_STUN_ATTR_NONCE, VECTOR_NONCE);
  assert_text (&message, FRAM_STUN_ATTR_REALM, VECTOR_REALM);
  g_assert_cmpuint (message.fingerprint, ==, 0);
}

static void
test_b1 (void)
{
  FramStunMessage message = parsed (VECTOR_B1);
  FramStunAttribute attribute;
  guint8 hash[FRAM_SHA256_SIZE];
  guint32 algorithm;

  fram_stun_userhash (VECTOR_USERNAME, VECTOR_REALM, hash);
  g_assert_true (fram_stun_message_find (&message, FRAM_STUN_ATTR_USERHASH, &attribute));
  g_assert_cmpmem (attribute.value, attribute.length, hash, sizeof hash);
  assert_text (&message, FRAM_STUN_ATTR_NONCE, VECTOR_B1_NONCE);
  assert_text (&message, FRAM_STUN_ATTR_REALM, VECTOR_REALM);
  g_assert_true (fram_stun_message_get_u32 (&message, FRAM_STUN_ATTR_PASSWORD_ALGORITHM,
                                            &algorithm));
  g_assert_cmphex (algorithm, ==, FRAM_STUN_PASSWORD_SHA256 << 16);
  g_assert_cmpuint (message.integrity, ==, 0);
}

/* Each under its own key and under no other; an ICE password is no long-term key. */
static void
test_integrity (void)
{
  for (guint i = 0; i < N_VECTORS; i++)
    for (guint k = 0; k < N_VECTORS; k++)
      {
        FramStunMessage message = parsed (i);
        gboolean same_key
            = i == k || (i <= VECTOR_RESPONSE_IPV6 && k <= VECTOR_RESPONSE_IPV6);
        FramHmacKey key;

        vector_key (k, &key);
        g_assert_cmpint (authentic (&message, &key), ==, same_key);
      }
}

/* Adds all attributes of `message` again, the digests under `key`. */
static gsize
rebuild (const FramStunMessage *message, const FramHmacKey *key, guint8 *buffer,
         gsize size)
{
  FramStunAttribute attribute;
  FramStunBuilder builder;
  guint16 position = 0;
  FramAddress address;

  fram_stun_builder_init (&builder, buffer, size, message->klass, message->method,
                          &message->id);
  while (fram_stun_message_next (message, &position, &attribute))
    if (attribute.type == FRAM_STUN_ATTR_MESSAGE_INTEGRITY)
      fram_stun_builder_add_integrity (&builder, key);
    else if (attribute.type == FRAM_STUN_ATTR_MESSAGE_INTEGRITY_SHA256)
      fram_stun_builder_add_integrity_sha256 (&builder, key, attribute.length);
    else if (attribute.type == FRAM_STUN_ATTR_FINGERPRINT)
      fram_stun_builder_add_fingerprint (&builder);
    else if (fram_stun_message_get_address (message, attribute.type, &address)
             && attribute.type == FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS)
      fram_stun_builder_add_address (&builder, attribute.type, &address);
    else
      fram_stun_builder_add (&builder, attribute.type, attribute.value, attribute.length);
  return fram_stun_builder_end (&builder);
}

/* Where padding is zero, what is built is the vector itself. */
static void
test_rebuilt_byte_for_byte (void)
{
  static const VectorName zero_padded[] = { VECTOR_LONG_TERM, VECTOR_B1 };

  for (gsize i = 0; i < G_N_ELEMENTS (zero_padded); i++)
    {
      const Vector *vector = &vectors[zero_padded[i]];
      FramStunMessage message = parsed (zero_padded[i]);
      guint8 buffer[FRAM_STUN_MAX_SENT];
      FramHmacKey key;

      vector_key (zero_padded[i], &key);
      g_assert_cmpmem (buffer, rebuild (&message, &key, buffer, sizeof buffer),
                       vector->data, vector->length);
    }
}

/* The others are padded with spaces, so they differ in padding and digests and in nothing
 * else; the same attributes are read from them. */
static void
test_rebuilt_with_zero_padding (void)
{
  for (guint i = VECTOR_REQUEST; i <= VECTOR_RESPONSE_IPV6; i++)
    {
      FramStunMessage message = parsed (i), again;
      FramStunAttribute old, new;
      guint16 old_position = 0, new_position = 0;
      guint8 buffer[FRAM_STUN_MAX_SENT];
      FramHmacKey key;
      gsize length;

      vector_key (i, &key);
      length = rebuild (&message, &key, buffer, sizeof buffer);
      g_assert_cmpint (fram_stun_message_parse (&again, buffer, length), ==,
                       FRAM_STUN_PARSE_OK);
      g_assert_true (authentic (&again, &key));
      g_assert_cmpmem (buffer, FRAM_STUN_HEADER_SIZE, vectors[i].data,
                       FRAM_STUN_HEADER_SIZE);
      while (fram_stun_message_next (&message, &old_position, &old))
        {
          g_assert_true (fram_stun_message_next (&again, &new_position, &new));
          g_assert_cmpuint (old_position, ==, new_position);
          g_assert_cmphex (old.type, ==, new.type);
          if (old.type != FRAM_STUN_ATTR_MESSAGE_INTEGRITY
              && old.type != FRAM_STUN_ATTR_FINGERPRINT)
            g_assert_cmpmem (old.value, old.length, new.value, new.length);
        }
      g_assert_false (fram_stun_message_next (&again, &new_position, &new));
    }
}

/* A copy of exactly that size on the heap, so that a sanitizer sees one byte too many. */
static guint8 *
copy_of (VectorName name, gsize length)
{
  guint8 *copy = g_malloc (length);

  if (length > 0)
    memcpy (copy, vectors[name].data, MIN (length, vectors[name].length));
  return copy;
}

static void
test_every_other_length (void)
{
  for (guint i = 0; i < N_VECTORS; i++)
    for (gsize length = 0; length < vectors[i].length + 70; length++)
      {
        g_autofree guint8 *copy = NULL;
        FramStunMessage message;

        if (length == vectors[i].length)
          continue;
        copy = copy_of (i, length);
        if (length > vectors[i].length)
          memset (copy + vectors[i].length, 0, length - vectors[i].length);
        g_assert_cmpint (fram_stun_message_parse (&message, copy, length), ==,
                         length < FRAM_STUN_HEADER_SIZE ? FRAM_STUN_PARSE_NOT_STUN
                                                        : FRAM_STUN_PARSE_BAD_LENGTH);
      }
}

static gboolean
is_attribute_boundary (VectorName name, gsize length)
{
  FramStunMessage message = parsed (name);
  FramStunAttribute attribute;
  guint16 position = 0;

  while (position != length && fram_stun_message_next (&message, &position, &attribute))
    continue;
  return position == length || length == FRAM_STUN_HEADER_SIZE;
}

/* Cut, with a header that knows of it: a message only between two attributes, and then one
 * without its digests. */
static void
test_every_cut (void)
{
  for (guint i = 0; i < N_VECTORS; i++)
    for (gsize length = FRAM_STUN_HEADER_SIZE; length < vectors[i].length; length += 4)
      {
        g_autofree guint8 *copy = copy_of (i, length);
        FramStunMessage message;
        FramStunParseResult result;
        FramHmacKey key;

        fram_store_be16 (copy + 2, (guint16) (length - FRAM_STUN_HEADER_SIZE));
        result = fram_stun_message_parse (&message, copy, length);
        g_assert_cmpint (result, ==,
                         is_attribute_boundary (i, length)
                             ? FRAM_STUN_PARSE_OK
                             : FRAM_STUN_PARSE_BAD_ATTRIBUTE);
        if (result != FRAM_STUN_PARSE_OK)
          continue;
        vector_key (i, &key);
        /* Only FINGERPRINT can go without being missed. */
        g_assert_cmpint (authentic (&message, &key), ==,
                         i <= VECTOR_RESPONSE_IPV6 && length == vectors[i].length - 8);
      }
}

/* Of all bits only the type of FINGERPRINT is under no digest: changed, it is some unknown
 * attribute behind the integrity, and the message one without a fingerprint. */
static void
test_every_flipped_bit (void)
{
  for (guint i = 0; i < N_VECTORS; i++)
    {
      g_autofree guint8 *copy = copy_of (i, vectors[i].length);
      gsize fingerprint = parsed (i).fingerprint;
      FramHmacKey key;

      vector_key (i, &key);
      for (gsize bit = 0; bit < vectors[i].length * 8; bit++)
        {
          gboolean in_type
              = fingerprint != 0 && bit / 8 >= fingerprint && bit / 8 < fingerprint + 2;
          FramStunMessage message;

          copy[bit / 8] ^= 1 << bit % 8;
          g_assert_cmpint (fram_stun_message_parse (&message, copy, vectors[i].length)
                                   == FRAM_STUN_PARSE_OK
                               && authentic (&message, &key),
                           ==, in_type);
          copy[bit / 8] ^= 1 << bit % 8;
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stun/vectors/request", test_request);
  g_test_add_func ("/stun/vectors/responses", test_responses);
  g_test_add_func ("/stun/vectors/long-term", test_long_term);
  g_test_add_func ("/stun/vectors/b1", test_b1);
  g_test_add_func ("/stun/vectors/integrity", test_integrity);
  g_test_add_func ("/stun/vectors/rebuilt-byte-for-byte", test_rebuilt_byte_for_byte);
  g_test_add_func ("/stun/vectors/rebuilt-with-zero-padding",
                   test_rebuilt_with_zero_padding);
  g_test_add_func ("/stun/vectors/every-other-length", test_every_other_length);
  g_test_add_func ("/stun/vectors/every-cut", test_every_cut);
  g_test_add_func ("/stun/vectors/every-flipped-bit", test_every_flipped_bit);
  return g_test_run ();
}
