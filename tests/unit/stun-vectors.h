/* The test vectors of the RFCs, byte for byte, and the credentials that belong to them. */
#pragma once

#include "base/digest.h"

/* RFC 5769 §2.1 to §2.3 */
#define VECTOR_ICE_USERNAME "evtj:h6vY"
#define VECTOR_ICE_PASSWORD "VOkJxbRl1RmTxUk/WvJxBt"
/* RFC 5769 §2.4, RFC 8489 §B.1: the password before and after its preparation */
#define VECTOR_USERNAME "\u30de\u30c8\u30ea\u30c3\u30af\u30b9"
#define VECTOR_REALM "example.org"
#define VECTOR_RAW_PASSWORD "The\u00adM\u00aatr\u2168"
#define VECTOR_PASSWORD "TheMatrIX"
#define VECTOR_NONCE "f//499k954d6OL34oL9FSTvy64sA"
#define VECTOR_B1_NONCE "obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA"

typedef enum
{
  VECTOR_REQUEST,
  VECTOR_RESPONSE_IPV4,
  VECTOR_RESPONSE_IPV6,
  VECTOR_LONG_TERM,
  VECTOR_B1,
  N_VECTORS
} VectorName;

typedef struct
{
  const guint8 *data;
  gsize length;
} Vector;

extern const Vector vectors[N_VECTORS];

/* The key under which the vector's integrity attribute was made. */
void vector_key (VectorName name, FramHmacKey *ret_key);
