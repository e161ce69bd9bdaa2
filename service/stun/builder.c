#include "stun/builder.h"

#include "base/big-endian.h"

#include <string.h>

/* RFC 8489 §5: C1 and C0 are bits 8 and 4 of the type, the method lies around them. */
static guint16
type_of (FramStunClass klass, guint16 method)
{
  return (method & 0x000f) | (method & 0x0070) << 1 | (method & 0x0f80) << 2
         | (klass & 1) << 4 | (klass & 2) << 7;
}

void
fram_stun_builder_init (FramStunBuilder *builder, guint8 *buffer, gsize size,
                        FramStunClass klass, guint16 method, const FramStunId *id)
{
  g_assert (method <= 0xfff);

  *builder = (FramStunBuilder){ .data = buffer, .size = size };
  if (size < FRAM_STUN_HEADER_SIZE)
    {
      builder->overflow = TRUE;
      return;
    }
  fram_store_be16 (buffer, type_of (klass, method));
  fram_store_be16 (buffer + 2, 0);
  fram_store_be32 (buffer + 4, FRAM_STUN_MAGIC_COOKIE);
  memcpy (buffer + 8, id->bytes, sizeof id->bytes);
  builder->length = FRAM_STUN_HEADER_SIZE;
}

void
fram_stun_builder_init_response (FramStunBuilder *builder, guint8 *buffer, gsize size,
                                 FramStunClass klass, const FramStunMessage *request)
{
  g_assert (klass == FRAM_STUN_SUCCESS || klass == FRAM_STUN_ERROR);

  fram_stun_builder_init (builder, buffer, size, klass, request->method, &request->id);
}

/* Appends an attribute with an unwritten value and zero padding, and makes the header's
 * length field cover it, as the digests demand before they are computed.
 * Return: where the value goes; NULL if it does not fit. */
static guint8 *
append (FramStunBuilder *builder, guint16 type, gsize length)
{
  gsize padding = -length & 3, room = MIN (builder->size, G_MAXUINT16 & ~3);
  guint8 *header;

  if (builder->overflow || length > room
      || builder->length + FRAM_STUN_ATTRIBUTE_HEADER_SIZE + length + padding > room)
    {
      builder->overflow = TRUE;
      return NULL;
    }
  header = builder->data + builder->length;
  fram_store_be16 (header, type);
  fram_store_be16 (header + 2, (guint16) length);
  memset (header + FRAM_STUN_ATTRIBUTE_HEADER_SIZE + length, 0, padding);
  builder->length += FRAM_STUN_ATTRIBUTE_HEADER_SIZE + length + padding;
  fram_store_be16 (builder->data + 2,
                   (guint16) (builder->length - FRAM_STUN_HEADER_SIZE));
  return header + FRAM_STUN_ATTRIBUTE_HEADER_SIZE;
}

void
fram_stun_builder_add (FramStunBuilder *builder, guint16 type, const void *value,
                       gsize length)
{
  guint8 *to = append (builder, type, length);

  if (to != NULL && length > 0)
    memcpy (to, value, length);
}

void
fram_stun_builder_add_flag (FramStunBuilder *builder, guint16 type)
{
  append (builder, type, 0);
}

void
fram_stun_builder_add_text (FramStunBuilder *builder, guint16 type, const char *text)
{
  fram_stun_builder_add (builder, type, text, strlen (text));
}

void
fram_stun_builder_add_u32 (FramStunBuilder *builder, guint16 type, guint32 value)
{
  guint8 *to = append (builder, type, 4);

  if (to != NULL)
    fram_store_be32 (to, value);
}

void
fram_stun_builder_add_u64 (FramStunBuilder *builder, guint16 type, guint64 value)
{
  guint8 *to = append (builder, type, 8);

  if (to != NULL)
    fram_store_be64 (to, value);
}

void
fram_stun_builder_add_address (FramStunBuilder *builder, guint16 type,
                               const FramAddress *address)
{
  gboolean masked = fram_stun_attribute_is_xor (type);
  gboolean v4 = address->family == FRAM_FAMILY_IPV4;
  gsize ip_length = v4 ? 4 : 16;
  const guint8 *mask;
  guint8 *to;

  g_assert (address->family != FRAM_FAMILY_NONE);

  to = append (builder, type, 4 + ip_length);
  if (to == NULL)
    return;
  mask = builder->data + 4;
  to[0] = 0;
  to[1] = v4 ? FRAM_STUN_ADDRESS_IPV4 : FRAM_STUN_ADDRESS_IPV6;
  fram_store_be16 (to + 2, address->port ^ (masked ? FRAM_STUN_MAGIC_COOKIE >> 16 : 0));
  for (gsize i = 0; i < ip_length; i++)
    to[4 + i] = address->ip[i] ^ (masked ? mask[i] : 0);
}

void
fram_stun_builder_add_error (FramStunBuilder *builder, guint code, const char *reason)
{
  gsize length;
  guint8 *to;

  g_assert (code >= 300 && code <= 699);

  if (reason == NULL)
    reason = fram_stun_error_to_text (code);
  length = strlen (reason);
  to = append (builder, FRAM_STUN_ATTR_ERROR_CODE, 4 + length);
  if (to == NULL)
    return;
  fram_store_be16 (to, 0);
  to[2] = (guint8) (code / 100);
  to[3] = (guint8) (code % 100);
  memcpy (to + 4, reason, length);
}

void
fram_stun_builder_add_unknown (FramStunBuilder *builder, const guint16 *types,
                               gsize n_types)
{
  guint8 *to;

  g_assert (n_types <= G_MAXUINT16 / 2);

  to = append (builder, FRAM_STUN_ATTR_UNKNOWN_ATTRIBUTES, 2 * n_types);
  for (gsize i = 0; to != NULL && i < n_types; i++)
    fram_store_be16 (to + 2 * i, types[i]);
}

/* What comes before the value just appended, without its attribute's header. */
static FramBytes
bytes_before (const FramStunBuilder *builder, const guint8 *value)
{
  return (FramBytes){ builder->data,
                      value - FRAM_STUN_ATTRIBUTE_HEADER_SIZE - builder->data };
}

void
fram_stun_builder_add_integrity (FramStunBuilder *builder, const FramHmacKey *key)
{
  guint8 *to = append (builder, FRAM_STUN_ATTR_MESSAGE_INTEGRITY, FRAM_SHA1_SIZE);

  if (to != NULL)
    fram_hmac_sha1 (key, bytes_before (builder, to), (FramBytes){ NULL, 0 }, to);
}

void
fram_stun_builder_add_integrity_sha256 (FramStunBuilder *builder, const FramHmacKey *key,
                                        gsize size)
{
  guint8 digest[FRAM_SHA256_SIZE], *to;

  g_assert (size >= 16 && size <= FRAM_SHA256_SIZE && size % 4 == 0);

  to = append (builder, FRAM_STUN_ATTR_MESSAGE_INTEGRITY_SHA256, size);
  if (to == NULL)
    return;
  fram_hmac_sha256 (key, bytes_before (builder, to), (FramBytes){ NULL, 0 }, digest);
  memcpy (to, digest, size);
}

void
fram_stun_builder_add_fingerprint (FramStunBuilder *builder)
{
  guint8 *to = append (builder, FRAM_STUN_ATTR_FINGERPRINT, 4);
  FramBytes before;

  if (to == NULL)
    return;
  before = bytes_before (builder, to);
  fram_store_be32 (to, fram_crc32 (0, before.data, before.length)
                           ^ FRAM_STUN_FINGERPRINT_XOR);
}

gsize
fram_stun_builder_end (FramStunBuilder *builder)
{
  return builder->overflow ? 0 : builder->length;
}

void
fram_stun_write_keepalive (FramRandom *random, guint8 ret_bytes[FRAM_STUN_KEEPALIVE_SIZE])
{
  FramStunBuilder builder;
  FramStunId id;
  gsize length;

  random->fill (random, id.bytes, sizeof id.bytes);
  fram_stun_builder_init (&builder, ret_bytes, FRAM_STUN_KEEPALIVE_SIZE,
                          FRAM_STUN_INDICATION, FRAM_STUN_BINDING, &id);
  fram_stun_builder_add_fingerprint (&builder);
  length = fram_stun_builder_end (&builder);
  g_assert (length == FRAM_STUN_KEEPALIVE_SIZE);
}
