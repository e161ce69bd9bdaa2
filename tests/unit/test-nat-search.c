/* The search for a lifetime, on trials whose outcome the test decides. */
#include "nat/search-private.h"
#include "seeded-random.h"

#define S(n) FRAM_SECONDS (n)

static void
init (FramNatSearch *search)
{
  fram_nat_search_init (search, S (5), S (1800), 10);
}

static void
assert_bracket (const FramNatSearch *search, FramTime alive, FramTime dead)
{
  FramTime found_alive, found_dead;

  fram_nat_search_get_bracket (search, &found_alive, &found_dead);
  g_assert_cmpint (found_alive, ==, alive);
  g_assert_cmpint (found_dead, ==, dead);
}

static void
assert_next (const FramNatSearch *search, const FramTime *under_way, guint n,
             FramTime expected)
{
  FramTime age = -1;

  g_assert_true (fram_nat_search_next (search, under_way, n, &age));
  g_assert_cmpint (age, ==, expected);
}

static void
test_growth (void)
{
  static const FramTime expected[] = { S (5),   S (10),  S (20),  S (40),   S (80),
                                       S (160), S (320), S (640), S (1280), S (1800) };
  FramTime under_way[G_N_ELEMENTS (expected)], age;
  FramNatSearch search;

  init (&search);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      assert_next (&search, under_way, i, expected[i]);
      under_way[i] = expected[i];
    }
  g_assert_false (
      fram_nat_search_next (&search, under_way, G_N_ELEMENTS (expected), &age));

  fram_nat_search_add_alive (&search, S (20));
  assert_bracket (&search, S (20), FRAM_TIME_NEVER);
  assert_next (&search, NULL, 0, S (40));
  g_assert_true (fram_nat_search_is_moot (&search, S (20)));
  g_assert_false (fram_nat_search_is_moot (&search, S (21)));
}

static void
test_closing_in (void)
{
  FramTime under_way[] = { S (60), S (70), S (50) }, age;
  FramNatSearch search;

  init (&search);
  fram_nat_search_add_alive (&search, S (40));
  fram_nat_search_add_dead (&search, S (80));
  assert_bracket (&search, S (40), S (80));
  assert_next (&search, under_way, 0, S (60));
  assert_next (&search, under_way, 1, S (50));
  assert_next (&search, under_way, 2, S (50));
  /* 40 to 50 is the widest gap in proportion. */
  assert_next (&search, under_way, 3, S (45));
  g_assert_true (fram_nat_search_is_moot (&search, S (81)));
  g_assert_true (fram_nat_search_is_moot (&search, S (80)));
  g_assert_true (fram_nat_search_is_moot (&search, S (40)));
  g_assert_false (fram_nat_search_is_moot (&search, S (79)));

  fram_nat_search_add_alive (&search, S (75));
  g_assert_true (fram_nat_search_is_narrow (&search));
  g_assert_false (fram_nat_search_is_confirmed (&search));
  assert_next (&search, NULL, 0, S (80));
  g_assert_false (fram_nat_search_is_moot (&search, S (80)));
  under_way[0] = S (80);
  g_assert_false (fram_nat_search_next (&search, under_way, 1, &age));
  fram_nat_search_add_dead (&search, S (81));
  g_assert_true (fram_nat_search_is_confirmed (&search));
  assert_bracket (&search, S (75), S (80));
}

/* A death far above the border does not confirm it. */
static void
test_confirmation (void)
{
  FramNatSearch search;

  init (&search);
  fram_nat_search_add_alive (&search, S (75));
  fram_nat_search_add_dead (&search, S (80));
  fram_nat_search_add_dead (&search, S (160));
  g_assert_false (fram_nat_search_is_confirmed (&search));
  fram_nat_search_add_dead (&search, S (78));
  g_assert_true (fram_nat_search_is_confirmed (&search));
  assert_bracket (&search, S (75), S (78));
}

static void
test_contradiction (void)
{
  FramNatSearch search;

  init (&search);
  fram_nat_search_add_alive (&search, S (10));
  fram_nat_search_add_dead (&search, S (80));
  fram_nat_search_add_dead (&search, S (20));
  assert_bracket (&search, S (10), S (20));
  fram_nat_search_add_alive (&search, S (40));
  assert_bracket (&search, S (40), S (80));
  g_assert_cmpuint (search.n_contradictions, ==, 1);

  for (guint i = 0; i < FRAM_NAT_SEARCH_MAX_CONTRADICTIONS; i++)
    {
      g_assert_false (fram_nat_search_is_hopeless (&search));
      fram_nat_search_add_dead (&search, S (30));
      fram_nat_search_add_alive (&search, S (41));
    }
  /* Nothing is promised beyond what always held. */
  g_assert_true (fram_nat_search_is_hopeless (&search));
  assert_bracket (&search, S (10), S (20));
}

static void
test_short (void)
{
  FramNatSearch search;

  init (&search);
  fram_nat_search_add_dead (&search, S (10));
  assert_next (&search, NULL, 0, S (5));
  fram_nat_search_add_dead (&search, FRAM_MILLISECONDS (5050));
  g_assert_true (fram_nat_search_is_narrow (&search));
  fram_nat_search_add_dead (&search, FRAM_MILLISECONDS (5100));
  g_assert_true (fram_nat_search_is_confirmed (&search));
  assert_bracket (&search, 0, FRAM_MILLISECONDS (5050));
}

/* Each trial has another life, some NATs almost none: the search ends, and what it promises
 * at the end was refuted by no trial. */
static void
test_random_lives (void)
{
  guint inconsistent = 0;

  for (guint seed = 0; seed < 500; seed++)
    {
      FramTime alive, dead, age = 0, lowest = FRAM_TIME_NEVER;
      FramNatSearch search;
      SeededRandom source;
      guint n = 0;

      seeded_random_init (&source, seed);
      init (&search);
      while (!fram_nat_search_is_confirmed (&search)
             && !fram_nat_search_is_hopeless (&search)
             && fram_nat_search_next (&search, NULL, 0, &age))
        {
          gboolean lives
              = age < fram_random_range (&source.random, S (20), S (21 + seed));

          g_assert_cmpuint (++n, <=, FRAM_NAT_SEARCH_MAX_TRIALS);
          if (lives)
            fram_nat_search_add_alive (&search, age);
          else
            {
              fram_nat_search_add_dead (&search, age);
              lowest = MIN (lowest, age);
            }
        }
      inconsistent += fram_nat_search_is_hopeless (&search);
      fram_nat_search_get_bracket (&search, &alive, &dead);
      g_assert_cmpint (alive, <, dead);
      if (fram_nat_search_is_hopeless (&search))
        g_assert_cmpint (dead, ==, lowest);
    }
  g_test_message ("%u of 500 inconsistent", inconsistent);
  g_assert_cmpuint (inconsistent, >, 0);
}

/* What is there when it is full stays there. */
static void
test_full (void)
{
  FramNatSearch search;

  init (&search);
  for (guint i = 0; i < 2 * FRAM_NAT_SEARCH_MAX_TRIALS; i++)
    fram_nat_search_add_alive (&search, S (5 + i));
  g_assert_true (fram_nat_search_is_hopeless (&search));
  fram_nat_search_add_dead (&search, S (100));
  assert_bracket (&search, S (5 + FRAM_NAT_SEARCH_MAX_TRIALS - 1), FRAM_TIME_NEVER);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nat/search/growth", test_growth);
  g_test_add_func ("/nat/search/closing-in", test_closing_in);
  g_test_add_func ("/nat/search/confirmation", test_confirmation);
  g_test_add_func ("/nat/search/contradiction", test_contradiction);
  g_test_add_func ("/nat/search/short", test_short);
  g_test_add_func ("/nat/search/random-lives", test_random_lives);
  g_test_add_func ("/nat/search/full", test_full);
  return g_test_run ();
}
