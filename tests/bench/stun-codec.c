/* stun-codec [--quick]: what Fram's STUN costs for each message of a connectivity check. */
#include "base/big-endian.h"
#include "codec-message.h"
#include "figures.h"
#include "repetition.h"
#include "stun/integrity.h"

#include <string.h>

static const FramStunId id = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 } };

typedef struct
{
  guint8 bytes[FRAM_STUN_MAX_SENT]; /* with FINGERPRINT */
  gsize length;
  guint8 plain_bytes[FRAM_STUN_MAX_SENT]; /* without */
  gsize plain_length;
  FramStunMessage message;
  FramHmacKey key;
} Bench;

/* From bytes to a message: the header, and a walk over all attributes to see that they lie
 * inside it. */
static void
decode (gpointer data, guint count)
{
  Bench *bench = data;
  FramStunMessage message;

  for (guint i = 0; i < count; i++)
    {
      if (fram_stun_message_parse (&message, bench->plain_bytes, bench->plain_length)
          != FRAM_STUN_PARSE_OK)
        g_error ("the check cannot be decoded");
      repetition_use (&message);
    }
}

/* One after the other, each attribute with type, length and value. */
static void
walk (gpointer data, guint count)
{
  Bench *bench = data;
  FramStunAttribute attribute;

  for (guint i = 0; i < count; i++)
    {
      guint16 position = 0;

      while (fram_stun_message_next (&bench->message, &position, &attribute))
        repetition_use (&attribute);
    }
}

static void
find_attribute (gpointer data, guint count)
{
  Bench *bench = data;
  FramStunAttribute attribute;

  for (guint i = 0; i < count; i++)
    {
      if (!fram_stun_message_find (&bench->message, FRAM_STUN_ATTR_USERNAME, &attribute))
        g_error ("the check has no USERNAME");
      repetition_use (&attribute);
    }
}

/* What parsing does for FINGERPRINT. */
static void
check_fingerprint (gpointer data, guint count)
{
  Bench *bench = data;
  const guint8 *value = bench->bytes + bench->length - 4;

  for (guint i = 0; i < count; i++)
    {
      repetition_use (bench);
      if ((fram_crc32 (0, bench->bytes, bench->length - 8) ^ FRAM_STUN_FINGERPRINT_XOR)
          != fram_load_be32 (value))
        g_error ("the fingerprint is wrong");
    }
}

static void
check_integrity (gpointer data, guint count)
{
  Bench *bench = data;

  for (guint i = 0; i < count; i++)
    if (fram_stun_message_check_integrity (&bench->message, &bench->key)
        != FRAM_STUN_INTEGRITY_OK)
      g_error ("the check is not authentic");
}

/* All that a receiver asks before it believes a check. */
static void
accept_check (gpointer data, guint count)
{
  static const guint16 known[] = {
    FRAM_STUN_ATTR_USERNAME,
    FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS,
    FRAM_STUN_ATTR_PRIORITY,
    FRAM_STUN_ATTR_USE_CANDIDATE,
  };
  Bench *bench = data;
  FramStunMessage message;
  const char *username;
  guint16 unknown[8];
  gsize length;

  for (guint i = 0; i < count; i++)
    if (!fram_stun_looks_like (bench->bytes, bench->length)
        || fram_stun_message_parse (&message, bench->bytes, bench->length)
               != FRAM_STUN_PARSE_OK
        || !fram_stun_message_get_text (&message, FRAM_STUN_ATTR_USERNAME, &username,
                                        &length)
        || length != strlen (CODEC_USERNAME)
        || memcmp (username, CODEC_USERNAME, length) != 0
        || fram_stun_message_check_integrity (&message, &bench->key)
               != FRAM_STUN_INTEGRITY_OK
        || fram_stun_message_list_unknown (&message, known, G_N_ELEMENTS (known), unknown,
                                           G_N_ELEMENTS (unknown))
               != 0)
      g_error ("the check is not accepted");
}

static void
build_check (gpointer data, guint count)
{
  Bench *bench = data;
  guint8 buffer[FRAM_STUN_MAX_SENT];

  for (guint i = 0; i < count; i++)
    {
      if (codec_message_build (buffer, sizeof buffer, &id, &bench->key, TRUE) == 0)
        g_error ("the check does not fit");
      repetition_use (buffer);
    }
}

static void
build_answer (gpointer data, guint count)
{
  Bench *bench = data;
  guint8 buffer[FRAM_STUN_MAX_SENT];
  FramStunBuilder builder;
  FramAddress address;

  fram_address_init_ipv4 (&address, 0xc0000201, 32853);
  for (guint i = 0; i < count; i++)
    {
      fram_stun_builder_init_response (&builder, buffer, sizeof buffer, FRAM_STUN_SUCCESS,
                                       &bench->message);
      fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS,
                                     &address);
      fram_stun_builder_add_integrity (&builder, &bench->key);
      fram_stun_builder_add_fingerprint (&builder);
      if (fram_stun_builder_end (&builder) == 0)
        g_error ("the answer does not fit");
      repetition_use (buffer);
    }
}

int
main (int argc, char **argv)
{
  guint count = codec_message_count (argc, argv);
  Bench bench;

  figures_bound_time (120);
  fram_hmac_key_init (&bench.key, (const guint8 *) CODEC_PASSWORD,
                      strlen (CODEC_PASSWORD));
  bench.length
      = codec_message_build (bench.bytes, sizeof bench.bytes, &id, &bench.key, TRUE);
  bench.plain_length = codec_message_build (bench.plain_bytes, sizeof bench.plain_bytes,
                                            &id, &bench.key, FALSE);
  if (fram_stun_message_parse (&bench.message, bench.bytes, bench.length)
      != FRAM_STUN_PARSE_OK)
    g_error ("the check cannot be parsed");

  repetition_measure ("decode", decode, &bench, count);
  repetition_measure ("walk", walk, &bench, count);
  repetition_measure ("attribute", find_attribute, &bench, count);
  repetition_measure ("fingerprint", check_fingerprint, &bench, count);
  repetition_measure ("integrity", check_integrity, &bench, count);
  repetition_measure ("accept", accept_check, &bench, count);
  repetition_measure ("build", build_check, &bench, count);
  repetition_measure ("answer", build_answer, &bench, count);
  repetition_write_allocations ();
  return 0;
}
