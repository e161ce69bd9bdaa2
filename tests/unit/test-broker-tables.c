/* The broker's tables by themselves: schedule, lanes, routes. */
#include "broker/lanes.h"
#include "broker/pacer.h"
#include "broker/routes.h"
#include "broker/schedule.h"
#include "seeded-random.h"

#define N_DUES 500

/* The heap against the plain minimum, over many random changes. */
static void
test_schedule (void)
{
  FramDue dues[N_DUES] = { 0 };
  FramTime times[N_DUES];
  FramSchedule schedule;
  SeededRandom random;

  seeded_random_init (&random, 11);
  fram_schedule_init (&schedule);
  for (guint i = 0; i < N_DUES; i++)
    times[i] = FRAM_TIME_NEVER;
  for (guint step = 0; step < 20000; step++)
    {
      guint i = (guint) fram_random_range (&random.random, 0, N_DUES);
      FramTime least = FRAM_TIME_NEVER;

      times[i] = fram_random_range (&random.random, 0, 1000);
      if (times[i] > 800)
        times[i] = FRAM_TIME_NEVER;
      fram_schedule_set (&schedule, &dues[i], times[i]);
      for (guint k = 0; k < N_DUES; k++)
        least = MIN (least, times[k]);
      g_assert_cmpint (fram_schedule_next (&schedule), ==, least);
    }
  for (guint i = 0; i < N_DUES; i++)
    fram_schedule_set (&schedule, &dues[i], FRAM_TIME_NEVER);
  g_assert_null (fram_schedule_peek (&schedule));
  fram_schedule_clear (&schedule);
}

/* Entries of one time come in the order in which they asked: nobody starves. */
static void
test_schedule_order (void)
{
  FramDue dues[20] = { 0 };
  FramSchedule schedule;

  fram_schedule_init (&schedule);
  for (guint i = 0; i < 20; i++)
    fram_schedule_set (&schedule, &dues[i], 5);
  for (guint i = 0; i < 20; i++)
    {
      g_assert_true (fram_schedule_peek (&schedule) == &dues[i]);
      fram_schedule_set (&schedule, &dues[i], FRAM_TIME_NEVER);
    }
  fram_schedule_clear (&schedule);
}

/* Turns 5 ms apart; urgent ones first, but not for ever. */
static void
test_pacer (void)
{
  FramDue urgent = { 0 }, ordinary = { 0 };
  FramPacer pacer;
  guint n_urgent = 0, n_ordinary = 0;

  fram_pacer_init (&pacer);
  g_assert_cmpint (fram_pacer_deadline (&pacer), ==, FRAM_TIME_NEVER);
  fram_pacer_want (&pacer, &ordinary, 0, FALSE);
  fram_pacer_want (&pacer, &urgent, 0, FALSE);
  fram_pacer_want (&pacer, &urgent, 0, TRUE);
  for (FramTime now = 0; now < FRAM_MILLISECONDS (100); now += 500)
    {
      FramDue *due = fram_pacer_peek (&pacer, now);

      g_assert_cmpint (due != NULL, ==, now % FRAM_MILLISECONDS (5) == 0);
      if (due == NULL)
        continue;
      g_assert_cmpint (due == &ordinary, ==, (n_urgent + n_ordinary) % 5 == 4);
      n_urgent += due == &urgent;
      n_ordinary += due == &ordinary;
      fram_pacer_took (&pacer, due, now);
      g_assert_cmpint (fram_pacer_deadline (&pacer), ==, now + FRAM_MILLISECONDS (5));
    }
  g_assert_cmpuint (n_urgent, ==, 16);
  g_assert_cmpuint (n_ordinary, ==, 4);
  fram_pacer_want (&pacer, &urgent, FRAM_TIME_NEVER, TRUE);
  fram_pacer_want (&pacer, &ordinary, FRAM_TIME_NEVER, FALSE);
  g_assert_cmpint (fram_pacer_deadline (&pacer), ==, FRAM_TIME_NEVER);
  fram_pacer_clear (&pacer);
}

static void
test_lanes (void)
{
  FramLaneTable table;

  fram_lane_table_init (&table);
  fram_lane_table_join (&table, 0, FRAM_LANE_FOR_OFFER);
  g_assert_true (fram_lane_table_is_open (&table, 0, FRAM_LANE_FOR_OFFER));
  g_assert_false (fram_lane_table_is_open (&table, 0, FRAM_LANE_FOR_ANSWER));
  g_assert_false (fram_lane_table_is_open (&table, 0, FRAM_LANE_FOR_ITSELF));
  fram_lane_table_settle (&table, 0);
  g_assert_true (fram_lane_table_is_open (&table, 0, FRAM_LANE_FOR_ANSWER));

  fram_lane_table_join (&table, 3, FRAM_LANE_FOR_ITSELF);
  g_assert_cmpuint (fram_lane_table_count_used (&table), ==, 2);
  g_assert_false (fram_lane_table_is_open (&table, 3, FRAM_LANE_FOR_OFFER));
  g_assert_true (fram_lane_table_is_open (&table, 2, FRAM_LANE_FOR_ITSELF));
  fram_lane_table_leave (&table, 3, TRUE);
  g_assert_true (fram_lane_table_is_open (&table, 3, FRAM_LANE_FOR_OFFER));
  fram_lane_table_leave (&table, 0, FALSE);
  g_assert_cmpuint (fram_lane_table_count_used (&table), ==, 0);
  fram_lane_table_clear (&table);
}

static void
test_full_lane (void)
{
  FramLaneTable table;

  fram_lane_table_init (&table);
  for (guint i = 0; i < FRAM_LANE_MAX_USERS; i++)
    {
      g_assert_true (fram_lane_table_is_open (&table, 0, FRAM_LANE_FOR_ANSWER));
      fram_lane_table_join (&table, 0, FRAM_LANE_FOR_ANSWER);
    }
  g_assert_false (fram_lane_table_is_open (&table, 0, FRAM_LANE_FOR_ANSWER));
  g_assert_false (fram_lane_table_is_open (&table, 0, FRAM_LANE_FOR_OFFER));
  g_assert_true (fram_lane_table_is_open (&table, 1, FRAM_LANE_FOR_OFFER));
  fram_lane_table_leave (&table, 0, FALSE);
  g_assert_true (fram_lane_table_is_open (&table, 0, FRAM_LANE_FOR_OFFER));
  fram_lane_table_clear (&table);
}

static void
test_routes (void)
{
  FramRouteTable table;
  FramAddress remote;

  fram_address_parse (&remote, "192.0.2.9:2000");
  fram_route_table_init (&table);
  g_assert_true (fram_route_table_claim (&table, 1, &remote, 10, 0, 1));
  g_assert_true (fram_route_table_claim (&table, 1, &remote, 10, 0, 1));
  g_assert_false (fram_route_table_claim (&table, 1, &remote, 11, 0, 1));
  g_assert_false (fram_route_table_claim (&table, 1, &remote, 10, 0, 2));
  g_assert_true (fram_route_table_claim (&table, 2, &remote, 11, 0, 1));
  fram_route_table_find (&table, 1, &remote)->installed = TRUE;
  /* Who never had it cannot give it back. */
  g_assert_false (fram_route_table_release (&table, 1, &remote, 11, 0, 1));
  g_assert_false (fram_route_table_release (&table, 1, &remote, 10, 0, 1));
  g_assert_true (fram_route_table_release (&table, 1, &remote, 10, 0, 1));
  g_assert_null (fram_route_table_find (&table, 1, &remote));
  g_assert_false (fram_route_table_release (&table, 2, &remote, 11, 0, 1));
  g_assert_cmpuint (fram_route_table_size (&table), ==, 0);
  fram_route_table_clear (&table);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/broker/schedule", test_schedule);
  g_test_add_func ("/broker/schedule-order", test_schedule_order);
  g_test_add_func ("/broker/pacer", test_pacer);
  g_test_add_func ("/broker/lanes", test_lanes);
  g_test_add_func ("/broker/lanes/full", test_full_lane);
  g_test_add_func ("/broker/routes", test_routes);
  return g_test_run ();
}
