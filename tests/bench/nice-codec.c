/* nice-codec [--quick]: the same as stun-codec does, by the STUN of libnice, as far as it is
 * public there. */
#include "codec-message.h"
#include "figures.h"
#include "repetition.h"

#include <netinet/in.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>
#include <string.h>

typedef struct
{
  guint8 bytes[FRAM_STUN_MAX_SENT];
  gsize length;
  guint8 plain_bytes[FRAM_STUN_MAX_SENT];
  gsize plain_length;
  StunAgent agent;
  StunMessage message;
} Bench;

static StunDefaultValidaterData passwords[] = {
  { (guint8 *) CODEC_USERNAME, sizeof CODEC_USERNAME - 1, (guint8 *) CODEC_PASSWORD,
    sizeof CODEC_PASSWORD - 1 },
  { NULL, 0, NULL, 0 },
};

/* The header, and a walk over all attributes to see that they lie inside the message. */
static void
decode (gpointer data, guint count)
{
  Bench *bench = data;

  for (guint i = 0; i < count; i++)
    if (stun_message_validate_buffer_length (bench->plain_bytes, bench->plain_length,
                                             true)
        != (int) bench->plain_length)
      g_error ("the check cannot be decoded");
}

static void
find_attribute (gpointer data, guint count)
{
  Bench *bench = data;
  guint16 length;

  for (guint i = 0; i < count; i++)
    if (stun_message_find (&bench->message, STUN_ATTRIBUTE_USERNAME, &length) == NULL)
      g_error ("the check has no USERNAME");
}

static void
accept_check (gpointer data, guint count)
{
  Bench *bench = data;

  for (guint i = 0; i < count; i++)
    if (stun_agent_validate (&bench->agent, &bench->message, bench->bytes, bench->length,
                             stun_agent_default_validater, passwords)
        != STUN_VALIDATION_SUCCESS)
      g_error ("the check is not accepted");
}

static void
build_check (gpointer data, guint count)
{
  Bench *bench = data;
  guint8 buffer[FRAM_STUN_MAX_SENT];
  StunTransactionId id;
  StunMessage message;

  for (guint i = 0; i < count; i++)
    {
      if (stun_usage_ice_conncheck_create (
              &bench->agent, &message, buffer, sizeof buffer, passwords[0].username,
              passwords[0].username_len, passwords[0].password, passwords[0].password_len,
              true, true, CODEC_PRIORITY, CODEC_TIE_BREAKER, NULL,
              STUN_USAGE_ICE_COMPATIBILITY_RFC5245)
          == 0)
        g_error ("the check does not fit");
      repetition_use (buffer);
      stun_message_id (&message, id);
      stun_agent_forget_transaction (&bench->agent, id);
    }
}

static void
build_answer (gpointer data, guint count)
{
  Bench *bench = data;
  guint8 buffer[FRAM_STUN_MAX_SENT];
  struct sockaddr_storage storage = { 0 };
  struct sockaddr_in *address = (struct sockaddr_in *) &storage;
  StunMessage message;

  address->sin_family = AF_INET;
  address->sin_port = htons (32853);
  address->sin_addr.s_addr = htonl (0xc0000201);
  for (guint i = 0; i < count; i++)
    {
      if (!stun_agent_init_response (&bench->agent, &message, buffer, sizeof buffer,
                                     &bench->message)
          || stun_message_append_xor_addr (&message, STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS,
                                           &storage, sizeof *address)
                 != STUN_MESSAGE_RETURN_SUCCESS
          || stun_agent_finish_message (&bench->agent, &message, passwords[0].password,
                                        passwords[0].password_len)
                 == 0)
        g_error ("the answer does not fit");
      repetition_use (buffer);
    }
}

int
main (int argc, char **argv)
{
  static const guint16 known[] = {
    STUN_ATTRIBUTE_USERNAME,           STUN_ATTRIBUTE_MESSAGE_INTEGRITY,
    STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, STUN_ATTRIBUTE_PRIORITY,
    STUN_ATTRIBUTE_USE_CANDIDATE,      0,
  };
  static const FramStunId id = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 } };
  guint count = codec_message_count (argc, argv);
  FramHmacKey key;
  Bench bench;

  figures_bound_time (120);
  fram_hmac_key_init (&key, passwords[0].password, passwords[0].password_len);
  bench.length = codec_message_build (bench.bytes, sizeof bench.bytes, &id, &key, TRUE);
  bench.plain_length = codec_message_build (bench.plain_bytes, sizeof bench.plain_bytes,
                                            &id, &key, FALSE);
  stun_agent_init (&bench.agent, known, STUN_COMPATIBILITY_RFC5389,
                   STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS
                       | STUN_AGENT_USAGE_USE_FINGERPRINT);

  repetition_measure ("accept", accept_check, &bench, count);
  repetition_measure ("decode", decode, &bench, count);
  repetition_measure ("attribute", find_attribute, &bench, count);
  repetition_measure ("build", build_check, &bench, count);
  repetition_measure ("answer", build_answer, &bench, count);
  repetition_write_allocations ();
  return 0;
}
