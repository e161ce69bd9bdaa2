/* A STUN message seen in the bytes it came in: parsing without allocation.
 *
 * fram_stun_message_parse() accepts a whole, well-formed message and remembers where its
 * integrity attributes lie; the getters read attributes from the caller's bytes, which must
 * outlive the message.  Authentication is stun/integrity.h. */
#pragma once

#include "base/address.h"
#include "stun/names.h"

#define FRAM_STUN_HEADER_SIZE 20
#define FRAM_STUN_ATTRIBUTE_HEADER_SIZE 4
#define FRAM_STUN_MAGIC_COOKIE 0x2112a442u
/* RFC 8489 §14.7: keeps FINGERPRINT from matching a CRC-32 of the application's own. */
#define FRAM_STUN_FINGERPRINT_XOR 0x5354554eu
/* RFC 8489 §14.3, §14.8 to §14.10, §14.14: a text has at most 763 bytes when decoded. */
#define FRAM_STUN_MAX_TEXT 763
/* What Fram sends fits the smallest IPv6 path (RFC 8489 §6.1: 576 and 1280 bytes of IP). */
#define FRAM_STUN_MAX_SENT 1200

/* RFC 8489 §5: 96 bits, uniformly random in requests. */
typedef struct
{
  guint8 bytes[12];
} FramStunId;

guint fram_stun_id_hash (gconstpointer id);
gboolean fram_stun_id_equal (gconstpointer a, gconstpointer b);

typedef struct
{
  const guint8 *data;
  guint16 length; /* of the whole message, header included */
  guint16 method;
  FramStunClass klass;
  FramStunId id;
  /* Where the attribute's own header begins; 0: there is none. */
  guint16 integrity;
  guint16 integrity_sha256;
  guint16 fingerprint;
  /* Where the first integrity attribute begins, or the message's length: what begins behind
   * is not covered and does not count. */
  guint16 covered;
} FramStunMessage;

typedef enum
{
  FRAM_STUN_PARSE_OK = 0,
  FRAM_STUN_PARSE_NOT_STUN,        /* too short, first bits, cookie or length */
  FRAM_STUN_PARSE_BAD_LENGTH,      /* header and datagram disagree */
  FRAM_STUN_PARSE_BAD_ATTRIBUTE,   /* one runs beyond the end */
  FRAM_STUN_PARSE_BAD_FINGERPRINT, /* wrong, not last, or of a wrong size */
} FramStunParseResult;

const char *fram_stun_parse_result_to_text (FramStunParseResult result);

/* Whether a datagram is STUN rather than data, as the data plane asks for each packet: it is
 * long enough, its first byte is 0 to 3 (RFC 7983 §7), the cookie is there and the length
 * field is a multiple of four (RFC 8489 §5).  It may still be refused by the parser; it
 * is not the application's then either. */
gboolean fram_stun_looks_like (const guint8 *data, gsize length);

/* On anything but OK `ret_message` is untouched. `length` counts the datagram. */
FramStunParseResult fram_stun_message_parse (FramStunMessage *ret_message,
                                             const guint8 *data, gsize length);

typedef struct
{
  guint16 type;
  guint16 length; /* without padding */
  const guint8 *value;
} FramStunAttribute;

/* Steps through the attributes that count: those behind the first integrity attribute, of
 * either kind, are left out but for the other kind and FINGERPRINT (RFC 8489 §9).
 * Start with `*position` = 0. */
gboolean fram_stun_message_next (const FramStunMessage *message, guint16 *position,
                                 FramStunAttribute *ret_attribute);
/* The first attribute of that type: later ones are ignored (RFC 8489 §14). */
gboolean fram_stun_message_find (const FramStunMessage *message, guint16 type,
                                 FramStunAttribute *ret_attribute);
gboolean fram_stun_message_has (const FramStunMessage *message, guint16 type);

/* Typed getters: FALSE if the attribute is absent or malformed; outputs untouched then. */
gboolean fram_stun_message_get_u32 (const FramStunMessage *message, guint16 type,
                                    guint32 *ret_value);
gboolean fram_stun_message_get_u64 (const FramStunMessage *message, guint16 type,
                                    guint64 *ret_value);
/* NOMINATION: the byte that is no part of the value is ignored. */
gboolean fram_stun_message_get_nomination (const FramStunMessage *message,
                                           guint32 *ret_value);
/* MAPPED-ADDRESS and its kin: plain; XOR-… are decoded. (RFC 8489 §14.1, §14.2) */
gboolean fram_stun_message_get_address (const FramStunMessage *message, guint16 type,
                                        FramAddress *ret_address);
/* The same for one that was found by stepping, as where there may be two of a type. */
gboolean fram_stun_message_read_address (const FramStunMessage *message,
                                         const FramStunAttribute *attribute,
                                         FramAddress *ret_address);
/* `ret_text` is in the message's bytes, without NUL; may not be UTF-8.  A text of more than
 * FRAM_STUN_MAX_TEXT bytes is malformed. */
gboolean fram_stun_message_get_text (const FramStunMessage *message, guint16 type,
                                     const char **ret_text, gsize *ret_length);
/* ERROR-CODE: 300 to 699 (RFC 8489 §14.8); reason as above, may be empty. */
gboolean fram_stun_message_get_error (const FramStunMessage *message, guint *ret_code,
                                      const char **ret_reason, gsize *ret_length);
/* The comprehension-required types in `message` that are not in `known` (ascending), each
 * once; the integrity attributes are always known.  At most `max` are written.
 * Return: how many were written. (RFC 8489 §6.3) */
gsize fram_stun_message_list_unknown (const FramStunMessage *message,
                                      const guint16 *known, gsize n_known,
                                      guint16 *ret_types, gsize max);
