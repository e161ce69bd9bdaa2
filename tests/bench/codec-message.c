#include "codec-message.h"

gsize
codec_message_build (guint8 *buffer, gsize size, const FramStunId *id,
                     const FramHmacKey *key, gboolean with_fingerprint)
{
  FramStunBuilder builder;

  fram_stun_builder_init (&builder, buffer, size, FRAM_STUN_REQUEST, FRAM_STUN_BINDING,
                          id);
  fram_stun_builder_add_u32 (&builder, FRAM_STUN_ATTR_PRIORITY, CODEC_PRIORITY);
  fram_stun_builder_add_flag (&builder, FRAM_STUN_ATTR_USE_CANDIDATE);
  fram_stun_builder_add_u64 (&builder, FRAM_STUN_ATTR_ICE_CONTROLLING, CODEC_TIE_BREAKER);
  fram_stun_builder_add_text (&builder, FRAM_STUN_ATTR_USERNAME, CODEC_USERNAME);
  fram_stun_builder_add_integrity (&builder, key);
  if (with_fingerprint)
    fram_stun_builder_add_fingerprint (&builder);
  return fram_stun_builder_end (&builder);
}

guint
codec_message_count (int argc, char **argv)
{
  return argc > 1 && g_str_equal (argv[1], "--quick") ? 100 : 20000;
}
