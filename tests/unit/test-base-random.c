/* Drawing from an injected source: ranges, ICE characters, and that a seed repeats a run. */
#include "seeded-random.h"

#include <string.h>

static void
test_seed_repeats (void)
{
  SeededRandom a, b, c;
  guint64 first;

  seeded_random_init (&a, 7);
  seeded_random_init (&b, 7);
  seeded_random_init (&c, 8);
  first = fram_random_u64 (&a.random);
  g_assert_cmpuint (first, ==, fram_random_u64 (&b.random));
  g_assert_cmpuint (first, !=, fram_random_u64 (&c.random));
  g_assert_cmpuint (fram_random_u32 (&a.random), ==, fram_random_u32 (&b.random));
}

static void
test_range_stays_inside (void)
{
  static const gint64 bounds[][2] = {
    { 0, 1 },          { 5, 6 },
    { -3, 4 },         { 1024, 65536 },
    { G_MININT64, 0 }, { G_MININT64, G_MAXINT64 },
    { 0, G_MAXINT64 }, { G_MAXINT64 - 1, G_MAXINT64 },
  };
  SeededRandom source;

  seeded_random_init (&source, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (bounds); i++)
    for (guint n = 0; n < 1000; n++)
      {
        gint64 drawn = fram_random_range (&source.random, bounds[i][0], bounds[i][1]);

        g_assert_cmpint (drawn, >=, bounds[i][0]);
        g_assert_cmpint (drawn, <, bounds[i][1]);
      }
}

/* Each of ten numbers comes a tenth of the time: 10000 of 100000, whose standard deviation
 * is 95. */
static void
test_range_is_even (void)
{
  SeededRandom source;
  guint count[10] = { 0 };

  seeded_random_init (&source, 2);
  for (guint n = 0; n < 100000; n++)
    count[fram_random_range (&source.random, 0, 10)]++;
  for (guint i = 0; i < G_N_ELEMENTS (count); i++)
    {
      g_assert_cmpuint (count[i], >, 9500);
      g_assert_cmpuint (count[i], <, 10500);
    }
}

/* Gives the words it was told to, one after the other. */
typedef struct
{
  FramRandom random;
  const guint64 *words;
} ToldRandom;

static void
told_fill (FramRandom *random, guint8 *ret_bytes, gsize length)
{
  ToldRandom *self = (ToldRandom *) random;

  g_assert_cmpuint (length, ==, sizeof (guint64));
  memcpy (ret_bytes, self->words++, length);
}

/* A word from the incomplete last multiple of the span is thrown away. */
static void
test_range_draws_again (void)
{
  static const guint64 words[] = { G_MAXUINT64, 23 };
  ToldRandom told = { .random = { told_fill }, .words = words };

  g_assert_cmpint (fram_random_range (&told.random, 100, 110), ==, 103);
  g_assert_true (told.words == words + 2);
}

static void
test_ice_chars (void)
{
  SeededRandom source;
  char text[65];
  guint count[256] = { 0 };

  seeded_random_init (&source, 3);
  for (guint n = 0; n < 1000; n++)
    {
      memset (text, 'x', sizeof text);
      fram_random_ice_chars (&source.random, text, 64);
      g_assert_cmpuint (strlen (text), ==, 64);
      for (guint i = 0; i < 64; i++)
        count[(guint8) text[i]]++;
    }
  for (guint c = 0; c < 256; c++)
    {
      gboolean ice_char = g_ascii_isalnum ((char) c) || c == '+' || c == '/';

      /* 64000 characters over 64: 1000 of each, whose standard deviation is 31. */
      g_assert_cmpuint (count[c], <, ice_char ? 1200 : 1);
      g_assert_cmpuint (count[c], >=, ice_char ? 800 : 0);
    }

  fram_random_ice_chars (&source.random, text, 0);
  g_assert_cmpstr (text, ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/random/seed-repeats", test_seed_repeats);
  g_test_add_func ("/base/random/range-stays-inside", test_range_stays_inside);
  g_test_add_func ("/base/random/range-is-even", test_range_is_even);
  g_test_add_func ("/base/random/range-draws-again", test_range_draws_again);
  g_test_add_func ("/base/random/ice-chars", test_ice_chars);
  return g_test_run ();
}
