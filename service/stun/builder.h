/* Writes a STUN message into the caller's buffer.
 *
 * Adding never fails by itself: a message that outgrows its buffer is remembered as broken,
 * and fram_stun_builder_end() returns 0. */
#pragma once

#include "base/digest.h"
#include "base/random.h"
#include "stun/message.h"

typedef struct
{
  guint8 *data;
  gsize size;
  gsize length;
  gboolean overflow;
} FramStunBuilder;

void fram_stun_builder_init (FramStunBuilder *builder, guint8 *buffer, gsize size,
                             FramStunClass klass, guint16 method, const FramStunId *id);
/* A response to `request`: its method and transaction id. */
void fram_stun_builder_init_response (FramStunBuilder *builder, guint8 *buffer,
                                      gsize size, FramStunClass klass,
                                      const FramStunMessage *request);

void fram_stun_builder_add (FramStunBuilder *builder, guint16 type, const void *value,
                            gsize length);
void fram_stun_builder_add_flag (FramStunBuilder *builder, guint16 type);
void fram_stun_builder_add_text (FramStunBuilder *builder, guint16 type,
                                 const char *text);
void fram_stun_builder_add_u32 (FramStunBuilder *builder, guint16 type, guint32 value);
void fram_stun_builder_add_u64 (FramStunBuilder *builder, guint16 type, guint64 value);
/* Takes the type's own encoding: XOR for XOR-… types, else plain. */
void fram_stun_builder_add_address (FramStunBuilder *builder, guint16 type,
                                    const FramAddress *address);
/* `code` is 300 to 699; `reason` NULL: the phrase the RFCs recommend. */
void fram_stun_builder_add_error (FramStunBuilder *builder, guint code,
                                  const char *reason);
void fram_stun_builder_add_unknown (FramStunBuilder *builder, const guint16 *types,
                                    gsize n_types);

/* RFC 8489 §14.5, §14.6, §14.7: in this order, FINGERPRINT last.  `size` of the SHA-256
 * form is 16 to 32 in steps of 4. */
void fram_stun_builder_add_integrity (FramStunBuilder *builder, const FramHmacKey *key);
void fram_stun_builder_add_integrity_sha256 (FramStunBuilder *builder,
                                             const FramHmacKey *key, gsize size);
void fram_stun_builder_add_fingerprint (FramStunBuilder *builder);

/* The message's length, or 0 if the buffer was too small. */
gsize fram_stun_builder_end (FramStunBuilder *builder);

/* RFC 8445 §11: "a STUN Binding Indication", without authentication and with FINGERPRINT alone.  It
 * has FRAM_STUN_KEEPALIVE_SIZE bytes. */
#define FRAM_STUN_KEEPALIVE_SIZE (FRAM_STUN_HEADER_SIZE + 8)
void fram_stun_write_keepalive (FramRandom *random,
                                guint8 ret_bytes[FRAM_STUN_KEEPALIVE_SIZE]);
