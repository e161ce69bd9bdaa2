/* The time of the day: what is due is told, once, and not before. */
#include "io/wall-clock.h"

#define PATIENCE 30 /* seconds */

static gboolean
on_patience (gpointer user_data)
{
  g_error ("It is not told");
  return G_SOURCE_REMOVE;
}

static void
on_due (gpointer user_data)
{
  guint *n = user_data;

  ++*n;
}

static void
wait_for (const guint *n, guint expected)
{
  guint bound = g_timeout_add_seconds (PATIENCE, on_patience, NULL);

  while (*n < expected)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (bound);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (*n, ==, expected);
}

static void
test_due (void)
{
  guint n = 0;
  FramWallClock *clock = fram_wall_clock_new (NULL, on_due, &n);
  gint64 now = fram_wall_clock_now ();

  g_assert_cmpint (now, ==, g_get_real_time () / G_USEC_PER_SEC);
  fram_wall_clock_set (clock, now + 10000);
  fram_wall_clock_set (clock, now - 10000);
  wait_for (&n, 1);
  fram_wall_clock_set (clock, now + 1);
  wait_for (&n, 2);
  g_assert_cmpint (fram_wall_clock_now (), >=, now + 1);
  /* What is taken back is not due any more. */
  fram_wall_clock_set (clock, now - 10000);
  fram_wall_clock_set (clock, 0);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (n, ==, 2);
  fram_wall_clock_set (clock, now - 10000);
  fram_wall_clock_free (clock);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (n, ==, 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wall-clock/due", test_due);
  return g_test_run ();
}
