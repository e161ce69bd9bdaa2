/* Randomness as an argument: the machines draw from what their owner gives them.
 *
 * The service gives the kernel's generator, a test a seeded one, so that a run can be
 * repeated from its seed. */
#pragma once

#include <glib.h>

typedef struct _FramRandom FramRandom;

/* A source of random bytes.  `fill` never fails and never blocks. */
struct _FramRandom
{
  void (*fill) (FramRandom *random, guint8 *ret_bytes, gsize length);
};

guint32 fram_random_u32 (FramRandom *random);
guint64 fram_random_u64 (FramRandom *random);

/* A number in [low, high), each equally likely; `low` < `high`. */
gint64 fram_random_range (FramRandom *random, gint64 low, gint64 high);

/* Writes `length` ice-chars (RFC 8839 §5.4: A-Z a-z 0-9 + /, six random bits each) and a
 * terminating NUL; `ret_text` has room for `length` + 1. */
void fram_random_ice_chars (FramRandom *random, char *ret_text, gsize length);
