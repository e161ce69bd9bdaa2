/* Nobody starves: not a quiet component beside flooding ones, not the other sources of the
 * main loop. */
#include "plane-world.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FLOODERS (2 * FRAM_POLLER_TURN + 8)

typedef struct
{
  World world;
  int flooders[FLOODERS];
} Flood;

static void
fill (int fd)
{
  static const guint8 bytes[1200];

  while (send (fd, bytes, sizeof bytes, MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
    continue;
  g_assert_cmpint (errno, ==, EAGAIN);
}

static void
flood_init (Flood *flood)
{
  world_init (&flood->world, FRAM_FAMILY_IPV4);
  for (guint i = 0; i < FLOODERS; i++)
    flood->flooders[i] = side_open (&flood->world.a, 10 + i, &flood->world.b.address);
}

static void
flood_clear (Flood *flood)
{
  world_clear (&flood->world);
  for (guint i = 0; i < FLOODERS; i++)
    close (flood->flooders[i]);
}

static guint64
count_out (Flood *flood)
{
  FramDriverStats stats;

  fram_plane_get_stats (flood->world.a.plane, &stats);
  return stats.packets_out + stats.dropped_net_full;
}

static void
test_quiet_component (void)
{
  Flood flood;
  guint turns = 0, start;

  flood_init (&flood);
  for (guint i = 0; i < FLOODERS; i++)
    fill (flood.flooders[i]);
  world_settle (&flood.world, 20);
  g_assert_cmpint (send (flood.world.a.app, "quiet", 5, 0), ==, 5);
  start = flood.world.a.n_turns;
  while (side_get_stats (&flood.world.a).packets_sent == 0)
    {
      for (guint i = 0; i < FLOODERS; i++)
        fill (flood.flooders[i]);
      g_main_context_iteration (flood.world.context, FALSE);
      g_assert_cmpuint (++turns, <, 1000);
    }
  /* Once around all who are ready: the flooders, itself, and the base. */
  g_assert_cmpuint (flood.world.a.n_turns - start, <=,
                    (FLOODERS + 2) / FRAM_POLLER_TURN + 1);
  flood_clear (&flood);
}

static void
test_turn_is_bounded (void)
{
  Flood flood;
  guint64 before;
  guint turns;

  flood_init (&flood);
  for (guint i = 0; i < FLOODERS; i++)
    fill (flood.flooders[i]);
  for (guint i = 0; i < 20; i++)
    {
      before = count_out (&flood);
      turns = flood.world.a.n_turns;
      g_main_context_iteration (flood.world.context, FALSE);
      g_assert_cmpuint (flood.world.a.n_turns - turns, <=, 1);
      g_assert_cmpuint (count_out (&flood) - before, <=,
                        FRAM_POLLER_TURN * FRAM_BATCH_MAX);
    }
  flood_clear (&flood);
}

static gboolean
count_up (gpointer user_data)
{
  ++*(guint *) user_data;
  return G_SOURCE_CONTINUE;
}

static void
test_other_sources (void)
{
  GSource *always = g_timeout_source_new (0);
  guint n_dispatched = 0;
  Flood flood;

  flood_init (&flood);
  /* As a connection of D-Bus with something to read. */
  g_source_set_priority (always, G_PRIORITY_DEFAULT);
  g_source_set_callback (always, count_up, &n_dispatched, NULL);
  g_source_attach (always, flood.world.context);
  for (guint i = 0; i < 100; i++)
    {
      for (guint f = 0; f < FLOODERS; f++)
        fill (flood.flooders[f]);
      g_main_context_iteration (flood.world.context, FALSE);
    }
  g_assert_cmpuint (n_dispatched, >=, 99);
  g_assert_cmpuint (flood.world.a.n_turns, >=, 99);
  g_source_destroy (always);
  g_source_unref (always);
  flood_clear (&flood);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fairness/quiet-component", test_quiet_component);
  g_test_add_func ("/fairness/turn-is-bounded", test_turn_is_bounded);
  g_test_add_func ("/fairness/other-sources", test_other_sources);
  return g_test_run ();
}
