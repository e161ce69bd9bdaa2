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

/* Computed over the bytes as received. */
FramStunIntegrity fram_stun_message_check_integrity (const FramStunMessage *message,
                                                     const FramHmacKey *key);
FramStunIntegrity
fram_stun_message_check_integrity_sha256 (const FramStunMessage *message,
                                          const FramHmacKey *key);
