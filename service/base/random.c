#include "base/random.h"

guint32
fram_random_u32 (FramRandom *random)
{
  guint32 value;

  random->fill (random, (guint8 *) &value, sizeof value);
  return value;
}

guint64
fram_random_u64 (FramRandom *random)
{
  guint64 value;

  random->fill (random, (guint8 *) &value, sizeof value);
  return value;
}

gint64
fram_random_range (FramRandom *random, gint64 low, gint64 high)
{
  guint64 span, limit, value;

  g_assert (low < high);

  /* Unsigned, because the span of two gint64 need not be one.
   * Draw again above the largest multiple of the span, or the low numbers come oftener. */
  span = (guint64) high - (guint64) low;
  limit = G_MAXUINT64 - G_MAXUINT64 % span;
  do
    value = fram_random_u64 (random);
  while (value >= limit);

  return (gint64) ((guint64) low + value % span);
}

void
fram_random_ice_chars (FramRandom *random, char *ret_text, gsize length)
{
  static const char alphabet[]
      = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  random->fill (random, (guint8 *) ret_text, length);
  for (gsize i = 0; i < length; i++)
    ret_text[i] = alphabet[(guint8) ret_text[i] & 63];
  ret_text[length] = '\0';
}
