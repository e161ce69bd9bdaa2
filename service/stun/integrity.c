#include "stun/integrity.h"

#include "base/big-endian.h"

#include <string.h>

/* The two runs of bytes under a digest: the header as if the message ended with the
 * integrity attribute, and all between it and that attribute. (RFC 8489 §14.5) */
typedef struct
{
  guint8 header[FRAM_STUN_HEADER_SIZE];
  FramBytes first, second;
} Covered;

static void
covered_init (Covered *covered, const FramStunMessage *message, guint16 position,
              guint16 value_length)
{
  guint16 end = position + FRAM_STUN_ATTRIBUTE_HEADER_SIZE + value_length;

  memcpy (covered->header, message->data, sizeof covered->header);
  fram_store_be16 (covered->header + 2, end - FRAM_STUN_HEADER_SIZE);
  covered->first = (FramBytes){ covered->header, sizeof covered->header };
  covered->second = (FramBytes){ message->data + FRAM_STUN_HEADER_SIZE,
                                 position - FRAM_STUN_HEADER_SIZE };
}

FramStunIntegrity
fram_stun_message_check_integrity (const FramStunMessage *message, const FramHmacKey *key)
{
  const guint8 *attribute = message->data + message->integrity;
  guint8 digest[FRAM_SHA1_SIZE];
  Covered covered;

  if (message->integrity == 0)
    return FRAM_STUN_INTEGRITY_ABSENT;
  if (fram_load_be16 (attribute + 2) != FRAM_SHA1_SIZE)
    return FRAM_STUN_INTEGRITY_WRONG;

  covered_init (&covered, message, message->integrity, FRAM_SHA1_SIZE);
  fram_hmac_sha1 (key, covered.first, covered.second, digest);
  return fram_digest_equal (digest, attribute + FRAM_STUN_ATTRIBUTE_HEADER_SIZE,
                            FRAM_SHA1_SIZE)
             ? FRAM_STUN_INTEGRITY_OK
             : FRAM_STUN_INTEGRITY_WRONG;
}

FramStunIntegrity
fram_stun_message_check_integrity_sha256_truncated (const FramStunMessage *message,
                                                    const FramHmacKey *key, gsize minimum)
{
  const guint8 *attribute = message->data + message->integrity_sha256;
  guint8 digest[FRAM_SHA256_SIZE];
  Covered covered;
  guint16 length;

  g_assert (minimum >= 16 && minimum <= FRAM_SHA256_SIZE);

  if (message->integrity_sha256 == 0)
    return FRAM_STUN_INTEGRITY_ABSENT;
  length = fram_load_be16 (attribute + 2);
  if (length < minimum || length > FRAM_SHA256_SIZE || length % 4 != 0)
    return FRAM_STUN_INTEGRITY_WRONG;

  covered_init (&covered, message, message->integrity_sha256, length);
  fram_hmac_sha256 (key, covered.first, covered.second, digest);
  return fram_digest_equal (digest, attribute + FRAM_STUN_ATTRIBUTE_HEADER_SIZE, length)
             ? FRAM_STUN_INTEGRITY_OK
             : FRAM_STUN_INTEGRITY_WRONG;
}

FramStunIntegrity
fram_stun_message_check_integrity_sha256 (const FramStunMessage *message,
                                          const FramHmacKey *key)
{
  return fram_stun_message_check_integrity_sha256_truncated (message, key,
                                                             FRAM_SHA256_SIZE);
}
