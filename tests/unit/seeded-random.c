#include "seeded-random.h"

#include <string.h>

/* splitmix64: a counter whose bits are mixed until neighbours have nothing in common. */
static guint64
next (SeededRandom *self)
{
  guint64 word = self->state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  word = (word ^ word >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  word = (word ^ word >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return word ^ word >> 31;
}

static void
fill (FramRandom *random, guint8 *ret_bytes, gsize length)
{
  SeededRandom *self = (SeededRandom *) random;

  for (gsize done = 0; done < length; done += sizeof (guint64))
    {
      guint64 word = next (self);

      memcpy (ret_bytes + done, &word, MIN (length - done, sizeof word));
    }
}

void
seeded_random_init (SeededRandom *self, guint64 seed)
{
  *self = (SeededRandom){ .random = { .fill = fill }, .state = seed };
}
