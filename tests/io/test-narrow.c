/* Data over a link with small frames, and over a slow one, in a namespace of the test's own. */
#include "namespace.h"
#include "io/sockaddr.h"
#include "plane-world.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
expect_run (World *world, gsize size, guint n)
{
  g_autofree guint8 *bytes = g_malloc (size);

  for (guint i = 0; i < n; i++)
    {
      memset (bytes, 0x80 + (int) i, size);
      g_assert_cmpint (send (world->a.app, bytes, size, MSG_DONTWAIT), ==, size);
    }
  for (guint i = 0; i < n; i++)
    {
      memset (bytes, 0x80 + (int) i, size);
      world_expect (world, world->b.app, bytes, size);
    }
}

/* Runs of packets that are longer than a frame cannot be cut by UDP_SEGMENT. */
static void
test_longer_than_frames (gconstpointer data)
{
  g_auto (World) world;

  namespace_run ("ip link set lo mtu 1500");
  world_init (&world, GPOINTER_TO_INT (data));
  expect_run (&world, 1200, 60);
  expect_run (&world, 4000, 30);
  expect_run (&world, 1460, 60);
  expect_run (&world, 1400, 60);
  g_assert_cmpuint (side_get_stats (&world.a).packets_sent, ==, 210);
  g_assert_cmpuint (side_get_stats (&world.a).dropped_too_long, ==, 0);
  g_assert_cmpuint (side_get_stats (&world.a).dropped_refused, ==, 0);
  namespace_run ("ip link set lo mtu 65536");
}

/* Past the service nothing is cut: the application learns it, and sends through the service. */
static void
test_longer_than_frames_directly (void)
{
  g_auto (World) world;
  static const guint8 bytes[4000];
  g_autoptr (GError) error = NULL;
  FramSockaddr sockaddr;
  FramAddress remote;
  socklen_t length;
  int fd;

  namespace_run ("ip link set lo mtu 1500");
  world_init (&world, FRAM_FAMILY_IPV4);
  fd = fram_plane_open_direct (world.a.plane, &world.a.key, &remote, &error);
  g_assert_no_error (error);
  length = fram_sockaddr_from_mapped (&sockaddr, &remote, 0);
  g_assert_cmpint (sendto (fd, bytes, sizeof bytes, 0, &sockaddr.any, length), ==, -1);
  g_assert_cmpint (errno, ==, EMSGSIZE);
  g_assert_cmpint (sendto (fd, bytes, 1472, 0, &sockaddr.any, length), ==, 1472);
  world_expect (&world, world.b.app, bytes, 1472);
  g_assert_cmpint (send (world.a.app, bytes, sizeof bytes, 0), ==, sizeof bytes);
  world_expect (&world, world.b.app, bytes, sizeof bytes);
  close (fd);
  namespace_run ("ip link set lo mtu 65536");
}

static gboolean
has_lost (World *world, gpointer data)
{
  static const guint8 bytes[1200];

  while (send (world->a.app, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
    continue;
  return side_get_stats (&world->a).dropped_net_full > 0;
}

static gboolean
is_writable (World *world, gpointer data)
{
  return send (world->a.app, "x", 1, MSG_DONTWAIT) == 1;
}

/* A slow link fills the socket; then the application has to wait, which keeps the losses to
 * what was read already. */
static void
test_slower_than_application (void)
{
  g_auto (World) world;
  FramComponentStats stats;
  guint turns;

  world_init (&world, FRAM_FAMILY_IPV4);
  namespace_run ("tc qdisc add dev lo root tbf rate 80mbit burst 64k limit 64m");
  world_wait (&world, has_lost, NULL);
  world_settle (&world, 4);
  stats = side_get_stats (&world.a);
  g_assert_cmpuint (stats.dropped_net_full, <=, FRAM_BATCH_MAX);

  /* It is asleep, not busy with being full, and the application's socket is full too. */
  turns = world.a.n_turns;
  g_assert_cmpint (send (world.a.app, "x", 1, MSG_DONTWAIT), ==, -1);
  g_assert_cmpint (errno, ==, EAGAIN);
  world_wait (&world, is_writable, NULL);
  g_assert_cmpuint (side_get_stats (&world.a).packets_sent, >, stats.packets_sent);
  g_assert_cmpuint (world.a.n_turns - turns, <, 1000);

  /* Closing while it waits. */
  world_wait (&world, has_lost, NULL);
  fram_plane_close_session (world.a.plane, 1);
  world_expect_end (&world, world.a.app);
  namespace_run ("tc qdisc del dev lo root");
}

/* The base that was waited for goes away. */
static void
test_base_closes_while_full (void)
{
  g_auto (World) world;

  world_init (&world, FRAM_FAMILY_IPV4);
  namespace_run ("tc qdisc add dev lo root tbf rate 80mbit burst 64k limit 64m");
  world_wait (&world, has_lost, NULL);
  fram_plane_close_base (world.a.plane, 1);
  world_wait (&world, is_writable, NULL);
  g_assert_cmpuint (side_get_stats (&world.a).dropped_no_path, >, 0);
  namespace_run ("tc qdisc del dev lo root");
}

int
main (int argc, char *argv[])
{
  namespace_enter ();
  namespace_run ("ip link set lo up");
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/narrow/frames/ipv4", GINT_TO_POINTER (FRAM_FAMILY_IPV4),
                        test_longer_than_frames);
  g_test_add_data_func ("/narrow/frames/ipv6", GINT_TO_POINTER (FRAM_FAMILY_IPV6),
                        test_longer_than_frames);
  g_test_add_func ("/narrow/frames/direct", test_longer_than_frames_directly);
  g_test_add_func ("/narrow/slow", test_slower_than_application);
  g_test_add_func ("/narrow/base-closes", test_base_closes_while_full);
  return g_test_run ();
}
