/* STUN messages from anybody: whatever the bytes, nothing is read outside them, what is
 * accepted can be walked and read, and built anew it says the same and is authentic. */
#include "base/big-endian.h"
#include "stun/builder.h"
#include "stun/credential.h"
#include "stun/integrity.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* The attributes with a typed reading, and some that only look like it. */
static const guint16 types[] = {
  FRAM_STUN_ATTR_MAPPED_ADDRESS,
  FRAM_STUN_ATTR_USERNAME,
  FRAM_STUN_ATTR_CHANNEL_NUMBER,
  FRAM_STUN_ATTR_LIFETIME,
  FRAM_STUN_ATTR_XOR_PEER_ADDRESS,
  FRAM_STUN_ATTR_REALM,
  FRAM_STUN_ATTR_NONCE,
  FRAM_STUN_ATTR_XOR_RELAYED_ADDRESS,
  FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS,
  FRAM_STUN_ATTR_PRIORITY,
  FRAM_STUN_ATTR_PASSWORD_ALGORITHMS,
  FRAM_STUN_ATTR_SOFTWARE,
  FRAM_STUN_ATTR_ALTERNATE_SERVER,
  FRAM_STUN_ATTR_ICE_CONTROLLED,
  FRAM_STUN_ATTR_OTHER_ADDRESS,
  FRAM_STUN_ATTR_NOMINATION,
};

static void
check_inside (const FramStunMessage *message, const void *bytes, gsize length)
{
  const guint8 *start = bytes;

  g_assert (start >= message->data + FRAM_STUN_HEADER_SIZE);
  g_assert (start + length <= message->data + message->length);
}

static void
read_typed (const FramStunMessage *message, guint16 type)
{
  FramAddress address;
  const char *text;
  gsize length;
  guint32 small, nomination;
  guint64 large;

  fram_stun_message_get_u32 (message, type, &small);
  if (fram_stun_message_get_nomination (message, &nomination))
    g_assert (nomination <= FRAM_STUN_NOMINATION_MAX);
  fram_stun_message_get_u64 (message, type, &large);
  if (fram_stun_message_get_address (message, type, &address))
    g_assert (address.family == FRAM_FAMILY_IPV4 || address.family == FRAM_FAMILY_IPV6);
  if (fram_stun_message_get_text (message, type, &text, &length))
    {
      check_inside (message, text, length);
      fram_stun_nonce_features (text, length);
    }
}

static void
read_all (const FramStunMessage *message)
{
  FramStunChallenge challenge;
  guint16 unknown[8];
  const char *reason;
  gsize length, n;
  guint code;

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    read_typed (message, types[i]);
  if (fram_stun_message_get_error (message, &code, &reason, &length))
    {
      check_inside (message, reason, length);
      g_assert (code >= 300 && code <= 699);
    }
  n = fram_stun_message_list_unknown (message, types, 4, unknown, G_N_ELEMENTS (unknown));
  for (gsize i = 0; i < n; i++)
    g_assert (unknown[i] < 0x8000 && fram_stun_message_has (message, unknown[i]));
  if (fram_stun_challenge_read (message, &challenge) == FRAM_STUN_CHALLENGE_OK)
    {
      check_inside (message, challenge.nonce, challenge.nonce_length);
      g_assert (challenge.use_sha256 == (challenge.algorithms != NULL));
    }
}

/* Nobody can guess the digest of a key that is not in the input. */
static void
check_not_authentic (const FramStunMessage *message, const FramHmacKey *key)
{
  g_assert (fram_stun_message_check_integrity (message, key) != FRAM_STUN_INTEGRITY_OK);
  g_assert (fram_stun_message_check_integrity_sha256_truncated (message, key, 16)
            != FRAM_STUN_INTEGRITY_OK);
}

static gboolean
is_digest (guint16 type)
{
  return type == FRAM_STUN_ATTR_MESSAGE_INTEGRITY
         || type == FRAM_STUN_ATTR_MESSAGE_INTEGRITY_SHA256
         || type == FRAM_STUN_ATTR_FINGERPRINT;
}

/* The next attribute that is not a digest. */
static gboolean
next_plain (const FramStunMessage *message, guint16 *position,
            FramStunAttribute *attribute)
{
  while (fram_stun_message_next (message, position, attribute))
    if (!is_digest (attribute->type))
      return TRUE;
  return FALSE;
}

static void
check_rebuilt (const FramStunMessage *old, const guint8 *bytes, gsize length,
               const FramHmacKey *key)
{
  guint16 old_position = 0, new_position = 0;
  FramStunAttribute before, after;
  FramStunMessage new;

  g_assert (fram_stun_message_parse (&new, bytes, length) == FRAM_STUN_PARSE_OK);
  g_assert (fram_stun_message_check_integrity (&new, key) == FRAM_STUN_INTEGRITY_OK);
  g_assert (fram_stun_message_check_integrity_sha256 (&new, key)
            == FRAM_STUN_INTEGRITY_OK);
  while (next_plain (old, &old_position, &before))
    {
      g_assert (next_plain (&new, &new_position, &after));
      g_assert (before.type == after.type && before.length == after.length);
      g_assert (memcmp (before.value, after.value, before.length) == 0);
    }
  g_assert (!next_plain (&new, &new_position, &after));
}

static void
rebuild (const FramStunMessage *message, const FramHmacKey *key)
{
  /* All attributes that count, two digests and the fingerprint. */
  gsize room = message->length + 100, length;
  guint8 *bytes = malloc (room);
  FramStunAttribute attribute;
  FramStunBuilder builder;
  guint16 position = 0;

  fram_stun_builder_init (&builder, bytes, room, message->klass, message->method,
                          &message->id);
  while (next_plain (message, &position, &attribute))
    {
      check_inside (message, attribute.value, attribute.length);
      fram_stun_builder_add (&builder, attribute.type, attribute.value, attribute.length);
    }
  fram_stun_builder_add_integrity (&builder, key);
  fram_stun_builder_add_integrity_sha256 (&builder, key, FRAM_SHA256_SIZE);
  fram_stun_builder_add_fingerprint (&builder);
  length = fram_stun_builder_end (&builder);
  /* The digests can make it longer than a message may be. */
  if (length > 0)
    check_rebuilt (message, bytes, length, key);
  else
    g_assert (message->length > G_MAXUINT16 - 100);
  free (bytes);
}

/* From a block of the exact size, so that a byte read behind it is found. */
static void
try_message (const guint8 *data, gsize size)
{
  static const guint8 secret[] = "no input knows this";
  guint8 *exact = malloc (size);
  FramStunMessage message;
  FramHmacKey key;

  if (size > 0)
    memcpy (exact, data, size);
  fram_hmac_key_init (&key, secret, sizeof secret);
  if (fram_stun_message_parse (&message, exact, size) == FRAM_STUN_PARSE_OK)
    {
      g_assert (exact[0] > 3 || fram_stun_looks_like (exact, size));
      read_all (&message);
      check_not_authentic (&message, &key);
      rebuild (&message, &key);
    }
  free (exact);
}

/* The same bytes once as they are, and once as attributes under a header that fits them:
 * most of what a fuzzer thinks of has a wrong length. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  guint8 message[FRAM_STUN_HEADER_SIZE + 4096] = { 0x01, 0x11 };
  gsize body = MIN (size, 4096) & ~(gsize) 3;

  try_message (data, size);
  if (body == 0)
    return 0;
  fram_store_be16 (message + 2, (guint16) body);
  fram_store_be32 (message + 4, FRAM_STUN_MAGIC_COOKIE);
  memcpy (message + FRAM_STUN_HEADER_SIZE, data, body);
  try_message (message, FRAM_STUN_HEADER_SIZE + body);
  return 0;
}
