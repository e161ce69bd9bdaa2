/* The message that the codecs are measured with: a connectivity check as a controlling agent
 * sends it. */
#pragma once

#include "stun/builder.h"

#define CODEC_USERNAME "H3jk+a9Q:evtj"
#define CODEC_PASSWORD "VOkJxbRl1RmTxUk/WvJxBt"
#define CODEC_PRIORITY 0x6e0001ff
#define CODEC_TIE_BREAKER G_GUINT64_CONSTANT (0x932ff9b151263b36)

/* Return: its length. */
gsize codec_message_build (guint8 *buffer, gsize size, const FramStunId *id,
                           const FramHmacKey *key, gboolean with_fingerprint);

/* How often each thing is done in a loop: a second argument "--quick" asks for few. */
guint codec_message_count (int argc, char **argv);
