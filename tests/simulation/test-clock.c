/* The clock, chance and the links of the simulated world. */
#include <glib.h>

#include "dice.h"
#include "link.h"
#include "schedule.h"

static void
append (gpointer subject, gpointer detail)
{
  g_string_append_c (subject, (char) GPOINTER_TO_INT (detail));
}

static void
test_order (void)
{
  g_autoptr (SimSchedule) schedule = sim_schedule_new ();
  g_autoptr (GString) seen = g_string_new (NULL);

  sim_schedule_add (schedule, 30, append, seen, GINT_TO_POINTER ('d'), NULL);
  sim_schedule_add (schedule, 10, append, seen, GINT_TO_POINTER ('a'), NULL);
  sim_schedule_add (schedule, 20, append, seen, GINT_TO_POINTER ('b'), NULL);
  sim_schedule_add (schedule, 20, append, seen, GINT_TO_POINTER ('c'), NULL);
  g_assert_cmpint (sim_schedule_next (schedule), ==, 10);

  while (sim_schedule_step (schedule, 25))
    continue;
  g_assert_cmpstr (seen->str, ==, "abc");
  g_assert_cmpint (sim_schedule_now (schedule), ==, 25);

  /* What is already late happens now, not in the past. */
  sim_schedule_add (schedule, 5, append, seen, GINT_TO_POINTER ('x'), NULL);
  g_assert_true (sim_schedule_step (schedule, 25));
  g_assert_cmpint (sim_schedule_now (schedule), ==, 25);
  g_assert_true (sim_schedule_step (schedule, 100));
  g_assert_cmpstr (seen->str, ==, "abcxd");
  g_assert_cmpint (sim_schedule_next (schedule), ==, FRAM_TIME_NEVER);
}

static void
test_many (void)
{
  g_autoptr (SimSchedule) schedule = sim_schedule_new ();
  g_autoptr (GString) seen = g_string_new (NULL);
  SimDice dice;
  FramTime last = 0;
  guint n = 0;

  sim_dice_init (&dice, 1);
  for (guint i = 0; i < 5000; i++)
    sim_schedule_add (schedule, sim_dice_range (&dice, 0, 1000000), append, seen,
                      GINT_TO_POINTER ('.'), NULL);
  while (sim_schedule_step (schedule, 1000000))
    {
      g_assert_cmpint (sim_schedule_now (schedule), >=, last);
      last = sim_schedule_now (schedule);
      n++;
    }
  g_assert_cmpuint (n, ==, 5000);
  g_assert_cmpuint (seen->len, ==, 5000);
}

static void
test_dice (void)
{
  static const guint weights[] = { 1, 0, 3 };
  SimDice a, b, child;
  guint counts[3] = { 0 }, n_heads = 0;

  sim_dice_init (&a, 42);
  sim_dice_init (&b, 42);
  sim_dice_split (&a, &child);
  g_assert_cmpint (sim_dice_range (&a, 0, G_MAXINT64), !=,
                   sim_dice_range (&child, 0, G_MAXINT64));
  sim_dice_split (&b, &child);
  g_assert_cmpint (sim_dice_range (&b, 0, G_MAXINT64), !=,
                   sim_dice_range (&child, 0, G_MAXINT64));
  for (guint i = 0; i < 10000; i++)
    {
      n_heads += sim_dice_chance (&a, 0.25) ? 1 : 0;
      counts[sim_dice_weighted (&a, weights, 3)]++;
    }
  g_assert_cmpuint (n_heads, >, 2300);
  g_assert_cmpuint (n_heads, <, 2700);
  g_assert_cmpuint (counts[1], ==, 0);
  g_assert_cmpuint (counts[0], >, 2300);
  g_assert_cmpuint (counts[0], <, 2700);
  g_assert_false (sim_dice_chance (&a, 0.0));
  g_assert_true (sim_dice_chance (&a, 1.0));
}

static void
test_same_seed (void)
{
  SimDice a, b;

  sim_dice_init (&a, 7);
  sim_dice_init (&b, 7);
  for (guint i = 0; i < 1000; i++)
    g_assert_cmpint (sim_dice_range (&a, -5, 1000), ==, sim_dice_range (&b, -5, 1000));
}

static void
test_link (void)
{
  const SimLink link = { 10000, 5000, 0.1, 0.05, 0.0 };
  FramTime last = 0, previous = 0;
  guint n_lost = 0, n_twice = 0;
  SimDice dice;

  sim_dice_init (&dice, 3);
  for (FramTime now = 0; now < 10000 * 100; now += 100)
    {
      SimPassage passage = sim_link_pass (&link, &dice, now, &last);

      n_lost += passage.n == 0 ? 1 : 0;
      n_twice += passage.n == 2 ? 1 : 0;
      if (passage.n == 0)
        continue;
      g_assert_cmpint (passage.at[0], >=, MAX (previous, now + 10000));
      g_assert_cmpint (passage.at[0], <=, now + 15000);
      previous = passage.at[0];
    }
  g_assert_cmpuint (n_lost, >, 850);
  g_assert_cmpuint (n_lost, <, 1150);
  g_assert_cmpuint (n_twice, >, 350);
  g_assert_cmpuint (n_twice, <, 550);
}

static void
test_link_reorders (void)
{
  const SimLink link = { 10000, 0, 0.0, 0.0, 0.2 };
  FramTime last = 0, previous = 0;
  guint n_overtaken = 0;
  SimDice dice;

  sim_dice_init (&dice, 3);
  for (FramTime now = 0; now < 1000 * 1000; now += 1000)
    {
      SimPassage passage = sim_link_pass (&link, &dice, now, &last);

      g_assert_cmpuint (passage.n, ==, 1);
      n_overtaken += passage.at[0] < previous ? 1 : 0;
      previous = passage.at[0];
    }
  g_assert_cmpuint (n_overtaken, >, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock/order", test_order);
  g_test_add_func ("/clock/many", test_many);
  g_test_add_func ("/dice/fair", test_dice);
  g_test_add_func ("/dice/same-seed", test_same_seed);
  g_test_add_func ("/link/delay-and-loss", test_link);
  g_test_add_func ("/link/reorders", test_link_reorders);
  return g_test_run ();
}
