/* What goes past the service is counted by who moves it, and the service reads that. */
#include "plane-world.h"

#include "io/flow-watch.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

static FramSharedCounts *
share (Side *side)
{
  g_autoptr (GError) error = NULL;
  int fd = fram_plane_share_counts (side->plane, &side->key, &error);
  FramSharedCounts *counts;

  g_assert_no_error (error);
  counts = mmap (NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  g_assert_true (counts != MAP_FAILED);
  /* Nobody can take it away from the service. */
  g_assert_cmpint (ftruncate (fd, 0), ==, -1);
  g_assert_cmpint (errno, ==, EPERM);
  close (fd);
  return counts;
}

static void
forget (FramSharedCounts *counts)
{
  munmap (counts, sizeof *counts);
}

static void
expect_bytes (Side *side, guint64 sent, guint64 received)
{
  guint64 actually_sent, actually_received;

  fram_plane_get_session_bytes (side->plane, side->key.session, &actually_sent,
                                &actually_received);
  g_assert_cmpuint (actually_sent, ==, sent);
  g_assert_cmpuint (actually_received, ==, received);
}

static void
test_both_ways_count (void)
{
  g_auto (World) world;
  FramSharedCounts *counts;
  FramComponentStats stats;

  world_init (&world, FRAM_FAMILY_IPV4);
  g_assert_cmpint (write (world.a.app, "12345", 5), ==, 5);
  world_expect (&world, world.b.app, "12345", 5);
  counts = share (&world.a);
  *counts = (FramSharedCounts){
    .packets_sent = 2, .bytes_sent = 100, .packets_received = 3, .bytes_received = 300
  };
  stats = side_get_stats (&world.a);
  g_assert_cmpuint (stats.packets_sent, ==, 3);
  g_assert_cmpuint (stats.bytes_sent, ==, 105);
  g_assert_cmpuint (stats.packets_received, ==, 3);
  g_assert_cmpuint (stats.bytes_received, ==, 300);
  expect_bytes (&world.a, 105, 300);
  forget (counts);
}

static void
test_they_outlive_the_memory (void)
{
  g_auto (World) world;
  FramSharedCounts *first, *second;

  world_init (&world, FRAM_FAMILY_IPV4);
  first = share (&world.a);
  first->bytes_sent = 100;
  second = share (&world.a);
  second->bytes_sent = 20;
  expect_bytes (&world.a, 120, 0);
  /* The service does not look there any more. */
  first->bytes_sent = 7777;
  expect_bytes (&world.a, 120, 0);

  close (world.a.app);
  world.a.app = side_open (&world.a, 1, &world.b.address);
  expect_bytes (&world.a, 120, 0);
  second->bytes_sent = 7777;
  expect_bytes (&world.a, 120, 0);
  forget (first);
  forget (second);
}

static void
test_a_component_that_is_not_open (void)
{
  g_auto (World) world;
  g_autoptr (GError) error = NULL;

  world_init (&world, FRAM_FAMILY_IPV4);
  world.a.key.component = 2;
  g_assert_cmpint (fram_plane_share_counts (world.a.plane, &world.a.key, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED);
}

/* --- Data that stop, and paths that are not used ----------------------------------- */

#define TICK_MS 10
/* Ticks: long enough to be regular, and a pause that is none of what is regular. */
#define BUSY 250
#define PAUSE 80

typedef struct
{
  FramSharedCounts *counts;
  guint tick;
  guint n_quiet;
  guint n_unused, n_used;
} Flow;

static gboolean
on_tick (gpointer user_data)
{
  Flow *flow = user_data;

  if (flow->tick++ % (BUSY + PAUSE) < BUSY)
    flow->counts->bytes_received += 1000;
  return G_SOURCE_CONTINUE;
}

static void
on_quiet (gpointer user_data, const FramComponentKey *key)
{
  ((Flow *) user_data)->n_quiet++;
}

static void
on_use (gpointer user_data, const FramComponentKey *key, gboolean is_used)
{
  Flow *flow = user_data;

  if (is_used)
    flow->n_used++;
  else
    flow->n_unused++;
}

static const FramFlowListener listener = { on_quiet, on_use };

static gboolean
is_told (World *world, gpointer flow)
{
  return ((Flow *) flow)->n_quiet > 0;
}

static void
test_it_is_seen_that_they_stop (void)
{
  g_auto (World) world;
  g_autoptr (GSource) ticks = g_timeout_source_new (TICK_MS);
  g_autoptr (GError) error = NULL;
  Flow flow = { 0 };
  FramFlowWatch *watch;
  FramAddress remote;
  int fd;

  world_init (&world, FRAM_FAMILY_IPV4);
  watch = fram_flow_watch_new (world.context, world.a.plane, FRAM_SECONDS (30), &listener,
                               &flow);
  fram_flow_watch_set_path (watch, &world.a.key, TRUE);
  fd = fram_plane_open_direct (world.a.plane, &world.a.key, &remote, &error);
  g_assert_no_error (error);
  flow.counts = share (&world.a);
  fram_flow_watch_wake (watch);

  g_source_set_callback (ticks, on_tick, &flow, NULL);
  g_source_attach (ticks, world.context);
  world_wait (&world, is_told, &flow);
  g_source_destroy (ticks);
  fram_flow_watch_free (watch);
  forget (flow.counts);
  close (fd);
}

static gboolean
is_unused (World *world, gpointer flow)
{
  return ((Flow *) flow)->n_unused > 0;
}

static gboolean
is_used_again (World *world, gpointer flow)
{
  return ((Flow *) flow)->n_used > 0;
}

/* What wakes the watch, as the driver has it. */
static gboolean
end_turn (gpointer watch)
{
  fram_flow_watch_end_turn (watch);
  return G_SOURCE_CONTINUE;
}

/* Whatever way data go or come: of a path without any it is told once. */
static void
test_it_is_seen_that_there_are_none (gconstpointer way)
{
  g_auto (World) world;
  g_autoptr (GSource) turns = g_timeout_source_new (TICK_MS);
  Flow flow = { 0 };
  FramFlowWatch *watch;

  world_init (&world, FRAM_FAMILY_IPV4);
  watch = fram_flow_watch_new (world.context, world.a.plane, FRAM_SECONDS (1), &listener,
                               &flow);
  g_source_set_callback (turns, end_turn, watch, NULL);
  g_source_attach (turns, world.context);
  fram_flow_watch_set_path (watch, &world.a.key, TRUE);
  world_wait (&world, is_unused, &flow);
  g_assert_cmpuint (flow.n_used, ==, 0);

  if (GPOINTER_TO_INT (way))
    {
      g_assert_cmpint (write (world.a.app, "12345", 5), ==, 5);
      world_expect (&world, world.b.app, "12345", 5);
    }
  else
    {
      g_assert_cmpint (write (world.b.app, "12345", 5), ==, 5);
      world_expect (&world, world.a.app, "12345", 5);
    }
  world_wait (&world, is_used_again, &flow);
  g_assert_cmpuint (flow.n_unused, ==, 1);

  /* Another path is one in use, until that is found out. */
  flow.n_unused = 0;
  fram_flow_watch_set_path (watch, &world.a.key, TRUE);
  world_wait (&world, is_unused, &flow);
  g_assert_cmpuint (flow.n_used, ==, 1);
  /* Nothing is to be told of what has ended. */
  fram_flow_watch_set_path (watch, &world.a.key, FALSE);
  fram_flow_watch_forget (watch, world.a.key.session);
  g_source_destroy (turns);
  fram_flow_watch_free (watch);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/direct-counts/both-ways", test_both_ways_count);
  g_test_add_func ("/direct-counts/outlive-the-memory", test_they_outlive_the_memory);
  g_test_add_func ("/direct-counts/not-open", test_a_component_that_is_not_open);
  g_test_add_func ("/direct-counts/data-stop", test_it_is_seen_that_they_stop);
  g_test_add_data_func ("/direct-counts/no-data/going", GINT_TO_POINTER (TRUE),
                        test_it_is_seen_that_there_are_none);
  g_test_add_data_func ("/direct-counts/no-data/coming", GINT_TO_POINTER (FALSE),
                        test_it_is_seen_that_there_are_none);
  return g_test_run ();
}
