/* Hosts on which IPv6 is switched off: without addresses of it, or without all of it. */
#include "namespace.h"
#include "no-ipv6.h"
#include "plane-world.h"

#include "io/sockaddr.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
expect_relayed (World *world)
{
  g_assert_cmpint (send (world->a.app, "relayed", 7, 0), ==, 7);
  world_expect (world, world->b.app, "relayed", 7);
}

/* By sysctl: IPv4 goes by sockets of AF_INET6 all the same. */
static void
test_no_addresses (void)
{
  g_auto (World) world;
  g_autoptr (GError) error = NULL;
  FramDriverStats stats;
  FramSockaddr to;
  FramAddress remote;
  socklen_t length;
  int fd;

  world_init (&world, FRAM_FAMILY_IPV4);
  expect_relayed (&world);
  fram_plane_get_stats (world.a.plane, &stats);
  g_assert_cmpstr (stats.direct_problem, ==, NULL);
  fd = fram_plane_open_direct (world.a.plane, &world.a.key, &remote, &error);
  g_assert_no_error (error);
  length = fram_sockaddr_from_mapped (&to, &remote, 0);
  g_assert_cmpint (sendto (fd, "direct", 6, 0, &to.any, length), ==, 6);
  world_expect (&world, world.b.app, "direct", 6);
  g_assert_cmpint (send (world.b.app, "back", 4, 0), ==, 4);
  world_expect (&world, fd, "back", 4);
  close (fd);
}

/* Without the family all is relayed, and it is told why. */
static void
test_no_family (void)
{
  g_auto (World) world;
  g_autoptr (GError) error = NULL;
  FramDriverStats stats;
  FramAddress remote;

  /* For good: this is the last test. */
  no_ipv6_refuse ();
  g_assert_cmpint (socket (AF_INET6, SOCK_DGRAM, 0), ==, -1);
  world_init (&world, FRAM_FAMILY_IPV4);
  expect_relayed (&world);
  fram_plane_get_stats (world.a.plane, &stats);
  g_assert_nonnull (strstr (stats.direct_problem, "IPv6"));
  g_assert_cmpint (fram_plane_open_direct (world.a.plane, &world.a.key, &remote, &error),
                   ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "IPv6"));
  expect_relayed (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  namespace_enter ();
  namespace_run ("ip link set lo up");
  namespace_run ("sysctl -q -w net.ipv6.conf.all.disable_ipv6=1");
  g_test_add_func ("/no-ipv6/no-addresses", test_no_addresses);
  g_test_add_func ("/no-ipv6/no-family", test_no_family);
  return g_test_run ();
}
