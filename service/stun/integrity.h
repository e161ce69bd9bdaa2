/* Whether a STUN message is from who knows the key. (RFC 8489 §14.5, §14.6) */
#pragma once

#include "base/digest.h"
#include "stun/message.h"

typedef enum
{
  FRAM_STUN_INTEGRITY_OK = 0,
  FRAM_STUN_INTEGRITY_ABSENT,
  FRAM_STUN_INTEGRITY_WRONG,
} FramStunIntegrity;

/* Computed over the bytes as received.  Of the SHA-256 digest all 32 bytes must be there:
 * neither ICE nor TURN allows it to be cut short (RFC 8489 §14.6). */
FramStunIntegrity fram_stun_message_check_integrity (const FramStunMessage *message,
                                                     const FramHmacKey *key);
FramStunIntegrity
fram_stun_message_check_integrity_sha256 (const FramStunMessage *message,
                                          const FramHmacKey *key);
/* For a usage that allows a digest of at least `minimum` (16 to 32) bytes. */
FramStunIntegrity fram_stun_message_check_integrity_sha256_truncated (
    const FramStunMessage *message, const FramHmacKey *key, gsize minimum);
