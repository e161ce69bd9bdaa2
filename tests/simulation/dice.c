#include "dice.h"

#include <string.h>

static guint64
rotate (guint64 value, guint bits)
{
  return (value << bits) | (value >> (64 - bits));
}

static guint64
next (SimDice *dice)
{
  guint64 *s = dice->state;
  guint64 result = rotate (s[1] * 5, 7) * 9;
  guint64 shifted = s[1] << 17;

  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= shifted;
  s[3] = rotate (s[3], 45);
  return result;
}

static void
fill (FramRandom *random, guint8 *ret_bytes, gsize length)
{
  SimDice *dice = (SimDice *) random;

  while (length > 0)
    {
      guint64 word = next (dice);
      gsize n = MIN (length, sizeof word);

      memcpy (ret_bytes, &word, n);
      ret_bytes += n;
      length -= n;
    }
}

void
sim_dice_init (SimDice *dice, guint64 seed)
{
  dice->random.fill = fill;

  /* splitmix64 spreads near-by seeds over the whole state, which must not be all zero. */
  for (guint i = 0; i < G_N_ELEMENTS (dice->state); i++)
    {
      guint64 z = (seed += 0x9e3779b97f4a7c15u);

      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
      dice->state[i] = z ^ (z >> 31);
    }
}

void
sim_dice_split (SimDice *dice, SimDice *ret_child)
{
  sim_dice_init (ret_child, next (dice));
}

gboolean
sim_dice_chance (SimDice *dice, double probability)
{
  /* 53 bits are what a double holds exactly. */
  return (double) (next (dice) >> 11) < probability * (double) (1ull << 53);
}

gint64
sim_dice_range (SimDice *dice, gint64 low, gint64 high)
{
  return fram_random_range (&dice->random, low, high);
}

guint
sim_dice_weighted (SimDice *dice, const guint *weights, guint n)
{
  guint total = 0, drawn;

  for (guint i = 0; i < n; i++)
    total += weights[i];
  drawn = (guint) sim_dice_range (dice, 0, total);
  for (guint i = 0; i < n; i++)
    {
      if (drawn < weights[i])
        return i;
      drawn -= weights[i];
    }
  g_assert_not_reached ();
}
