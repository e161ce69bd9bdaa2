/* The direct path as the data plane gives and takes it. */
#include "plane-world.h"

#include "io/sockaddr.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const guint8 stun[20] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3 };

static int
open_direct (Side *side, FramAddress *ret_remote)
{
  g_autoptr (GError) error = NULL;
  int fd = fram_plane_open_direct (side->plane, &side->key, ret_remote, &error);

  g_assert_no_error (error);
  g_assert_cmpint (fd, >=, 0);
  return fd;
}

static gssize
send_to (int fd, const FramAddress *remote, const void *data, gsize length)
{
  FramSockaddr to;
  socklen_t to_length = fram_sockaddr_from_mapped (&to, remote, 0);

  return sendto (fd, data, length, MSG_NOSIGNAL, &to.any, to_length);
}

static void
expect_ended (int fd, const FramAddress *remote)
{
  struct pollfd state = { .fd = fd, .events = POLLIN };

  g_assert_cmpint (send_to (fd, remote, "x", 1), ==, -1);
  g_assert_cmpint (errno, ==, EPIPE);
  g_assert_cmpint (poll (&state, 1, 0), ==, 1);
  g_assert_cmpint (state.revents & POLLHUP, ==, POLLHUP);
}

static guint
count_direct (Side *side)
{
  FramDriverStats stats;

  fram_plane_get_stats (side->plane, &stats);
  return stats.n_direct;
}

static void
expect_refused (Side *side, GIOErrorEnum code)
{
  g_autoptr (GError) error = NULL;
  FramAddress remote;

  g_assert_cmpint (fram_plane_open_direct (side->plane, &side->key, &remote, &error), ==,
                   -1);
  g_assert_error (error, G_IO_ERROR, (gint) code);
}

/* This machine can do it, or says why not; tests of the fallback are for the other. */
static void
test_the_kernel_can (void)
{
  g_auto (World) world;
  FramDriverStats stats;

  world_init (&world, FRAM_FAMILY_IPV4);
  fram_plane_get_stats (world.a.plane, &stats);
  g_assert_cmpstr (stats.direct_problem, ==, NULL);
  g_assert_cmpuint (stats.n_direct, ==, 0);
}

static void
test_exchange (gconstpointer data)
{
  g_auto (World) world;
  FramAddress remote_of_a, remote_of_b;
  int a, b;

  world_init (&world, GPOINTER_TO_INT (data));
  /* One end alone, then both. */
  a = open_direct (&world.a, &remote_of_a);
  g_assert_true (fram_address_equal (&remote_of_a, &world.b.address));
  g_assert_cmpint (send_to (a, &remote_of_a, "one", 3), ==, 3);
  world_expect (&world, world.b.app, "one", 3);
  g_assert_cmpint (send (world.b.app, "two", 3, 0), ==, 3);
  world_expect (&world, a, "two", 3);

  b = open_direct (&world.b, &remote_of_b);
  g_assert_cmpint (send_to (a, &remote_of_a, "three", 5), ==, 5);
  world_expect (&world, b, "three", 5);
  g_assert_cmpint (send_to (b, &remote_of_b, "four", 4), ==, 4);
  world_expect (&world, a, "four", 4);
  g_assert_cmpuint (count_direct (&world.a), ==, 1);

  /* The protocol is the owner's, and what it sends comes from the same port. */
  side_transmit (&world.b, &world.a.address, stun, sizeof stun);
  world_await_received (&world, 1);
  g_assert_true (fram_address_equal (&world.a.received_from, &world.b.address));
  close (a);
  close (b);
}

static void
test_what_came_before_is_not_lost (void)
{
  g_auto (World) world;
  FramAddress remote;
  int a;

  world_init (&world, FRAM_FAMILY_IPV4);
  for (guint i = 0; i < 40; i++)
    g_assert_cmpint (send (world.b.app, &i, sizeof i, 0), ==, sizeof i);
  a = open_direct (&world.a, &remote);
  for (guint i = 0; i < 40; i++)
    {
      guint got;

      if (recv (world.a.app, &got, sizeof got, MSG_DONTWAIT) != sizeof got)
        world_receive (&world, a, (guint8 *) &got, sizeof got);
      g_assert_cmpuint (got, ==, i);
    }
  close (a);
}

static void
test_path_changes (void)
{
  g_auto (World) world;
  FramAddress remote;
  int a, again;

  world_init (&world, FRAM_FAMILY_IPV4);
  a = open_direct (&world.a, &remote);
  /* The same path again is none. */
  fram_plane_set_path (world.a.plane, &world.a.key, 1, &world.b.address);
  g_assert_cmpuint (count_direct (&world.a), ==, 1);
  fram_plane_set_path (world.a.plane, &world.a.key, 0, NULL);
  g_assert_cmpuint (count_direct (&world.a), ==, 0);
  expect_ended (a, &remote);
  expect_refused (&world.a, G_IO_ERROR_NOT_CONNECTED);

  fram_plane_set_path (world.a.plane, &world.a.key, 1, &world.b.address);
  again = open_direct (&world.a, &remote);
  g_assert_cmpint (send (world.b.app, "new", 3, 0), ==, 3);
  world_expect (&world, again, "new", 3);
  close (a);
  close (again);
}

static void
test_route_goes (void)
{
  g_auto (World) world;
  FramAddress remote;
  int a;

  world_init (&world, FRAM_FAMILY_IPV4);
  a = open_direct (&world.a, &remote);
  fram_plane_remove_route (world.a.plane, &world.a.key, 1, &world.b.address);
  expect_ended (a, &remote);
  expect_refused (&world.a, G_IO_ERROR_NOT_SUPPORTED);
  close (a);
}

/* A 5-tuple belongs to one component. */
static void
test_route_is_taken_over (void)
{
  FramComponentKey other = { .session = 2, .stream = 0, .component = 1 };
  g_auto (World) world;
  FramAddress remote;
  int a;

  world_init (&world, FRAM_FAMILY_IPV4);
  a = open_direct (&world.a, &remote);
  fram_plane_add_route (world.a.plane, &other, 1, &world.b.address);
  expect_ended (a, &remote);
  close (a);
}

static void
test_session_closes (void)
{
  g_auto (World) world;
  FramAddress remote;
  int a;

  world_init (&world, FRAM_FAMILY_IPV4);
  a = open_direct (&world.a, &remote);
  fram_plane_close_session (world.a.plane, 1);
  expect_ended (a, &remote);
  g_assert_cmpuint (count_direct (&world.a), ==, 0);
  close (a);
}

static void
test_base_closes (void)
{
  g_auto (World) world;
  FramAddress remote;
  int a;

  world_init (&world, FRAM_FAMILY_IPV4);
  a = open_direct (&world.a, &remote);
  fram_plane_close_base (world.a.plane, 1);
  expect_ended (a, &remote);
  close (a);
}

static void
test_descriptor_closes (void)
{
  g_auto (World) world;
  FramAddress remote;
  int a;

  world_init (&world, FRAM_FAMILY_IPV4);
  a = open_direct (&world.a, &remote);
  close (world.a.app);
  world.a.app = -1;
  world_settle (&world, 1000);
  expect_ended (a, &remote);
  close (a);
}

static void
test_opened_again (void)
{
  g_auto (World) world;
  FramAddress remote;
  int a, again;

  world_init (&world, FRAM_FAMILY_IPV4);
  a = open_direct (&world.a, &remote);
  again = open_direct (&world.a, &remote);
  expect_ended (a, &remote);
  g_assert_cmpuint (count_direct (&world.a), ==, 1);
  fram_plane_close_direct (world.a.plane, &world.a.key);
  expect_ended (again, &remote);
  close (a);
  close (again);
}

static void
on_data (gpointer user_data, const FramComponent *component, gboolean outgoing,
         const struct iovec *datagram)
{
}

static void
expect_released (Side *side, guint n)
{
  g_autoptr (GArray) released = fram_plane_release_direct (side->plane);

  g_assert_cmpuint (released->len, ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_true (fram_component_key_equal (
        &g_array_index (released, FramComponentKey, i), &side->key));
}

/* Who looks at the packets must see them. */
static void
test_somebody_looks (void)
{
  g_auto (World) world;
  FramAddress remote;
  int a;

  world_init (&world, FRAM_FAMILY_IPV4);
  a = open_direct (&world.a, &remote);
  fram_plane_set_tap (world.a.plane, on_data, NULL);
  expect_ended (a, &remote);
  expect_refused (&world.a, G_IO_ERROR_NOT_SUPPORTED);
  close (a);
  expect_released (&world.a, 0);

  /* Who was refused, too, is told once that it is over. */
  fram_plane_set_tap (world.a.plane, NULL, NULL);
  expect_released (&world.a, 1);
  expect_released (&world.a, 0);
  close (open_direct (&world.a, &remote));
}

/* Of the protocol, and come to the wrong socket: from the peer, says the application. */
static void
test_given_back (void)
{
  g_auto (World) world;
  FramAddress remote;
  int a;

  world_init (&world, FRAM_FAMILY_IPV4);
  a = open_direct (&world.a, &remote);
  g_assert_cmpint (send (world.a.app, stun, sizeof stun, 0), ==, sizeof stun);
  g_assert_cmpint (send (world.a.app, "data", 4, 0), ==, 4);
  world_await_received (&world, 1);
  g_assert_cmpmem (world.a.received->data, world.a.received->len, stun, sizeof stun);
  g_assert_true (fram_address_equal (&world.a.received_from, &world.b.address));
  world_expect (&world, world.b.app, "data", 4);
  g_assert_cmpuint (world.b.n_received, ==, 0);
  close (a);
}

static void
test_application_connects (void)
{
  g_auto (World) world;
  FramAddress remote;
  FramSockaddr to;
  socklen_t length;
  int a;

  world_init (&world, FRAM_FAMILY_IPV4);
  a = open_direct (&world.a, &remote);
  length = fram_sockaddr_from_mapped (&to, &remote, 0);
  g_assert_cmpint (connect (a, &to.any, length), ==, 0);
  fram_plane_check_direct (world.a.plane);
  expect_ended (a, &remote);
  expect_refused (&world.a, G_IO_ERROR_NOT_SUPPORTED);
  close (a);
  /* All of it is relayed. */
  g_assert_cmpint (send (world.b.app, "back", 4, 0), ==, 4);
  world_expect (&world, world.a.app, "back", 4);
}

/* A line of this file is a socket; its address ends with the port, in hexadecimal digits. */
static guint
count_sockets (guint16 port)
{
  g_autofree char *table = NULL, *end = g_strdup_printf (":%04X ", port);
  guint n = 0;

  g_assert_true (g_file_get_contents ("/proc/net/udp6", &table, NULL, NULL));
  for (const char *at = strstr (table, end); at != NULL; at = strstr (at + 1, end))
    n++;
  return n;
}

static gboolean
is_port_alone (World *world, gpointer data)
{
  return count_sockets (world->a.address.port) == 1;
}

/* What was beside the service's socket goes when nobody has a direct path any more. */
static void
test_the_port_is_left (void)
{
  g_auto (World) world;
  FramAddress remote;
  int a;

  world_init (&world, FRAM_FAMILY_IPV4);
  a = open_direct (&world.a, &remote);
  g_assert_cmpuint (count_sockets (world.a.address.port), >, 2);
  fram_plane_close_direct (world.a.plane, &world.a.key);
  expect_ended (a, &remote);
  close (a);
  world_wait (&world, is_port_alone, NULL);
}

/* All at once, and none of them twice. */
static void
test_all_end (void)
{
  g_auto (World) world;
  FramAddress remotes[20];
  int apps[G_N_ELEMENTS (remotes)], fds[G_N_ELEMENTS (remotes)];

  world_init (&world, FRAM_FAMILY_IPV4);
  for (guint i = 0; i < G_N_ELEMENTS (remotes); i++)
    {
      FramAddress peer = world.b.address;
      Side side = world.a;

      peer.port = (guint16) (1000 + i);
      side.key.session = 100 + i;
      apps[i] = side_open (&side, side.key.session, &peer);
      fds[i] = open_direct (&side, &remotes[i]);
    }
  g_assert_cmpuint (count_direct (&world.a), ==, G_N_ELEMENTS (remotes));
  fram_plane_close_base (world.a.plane, 1);
  g_assert_cmpuint (count_direct (&world.a), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (remotes); i++)
    {
      expect_ended (fds[i], &remotes[i]);
      close (fds[i]);
      close (apps[i]);
    }
}

static void
test_no_component (void)
{
  g_auto (World) world;

  world_init (&world, FRAM_FAMILY_IPV4);
  world.a.key.component = 2;
  expect_refused (&world.a, G_IO_ERROR_NOT_CONNECTED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/direct/the-kernel-can", test_the_kernel_can);
  g_test_add_data_func ("/direct/exchange/ipv4", GINT_TO_POINTER (FRAM_FAMILY_IPV4),
                        test_exchange);
  g_test_add_data_func ("/direct/exchange/ipv6", GINT_TO_POINTER (FRAM_FAMILY_IPV6),
                        test_exchange);
  g_test_add_func ("/direct/what-came-before", test_what_came_before_is_not_lost);
  g_test_add_func ("/direct/ends/path", test_path_changes);
  g_test_add_func ("/direct/ends/route", test_route_goes);
  g_test_add_func ("/direct/ends/route-taken-over", test_route_is_taken_over);
  g_test_add_func ("/direct/ends/session", test_session_closes);
  g_test_add_func ("/direct/ends/base", test_base_closes);
  g_test_add_func ("/direct/ends/descriptor", test_descriptor_closes);
  g_test_add_func ("/direct/ends/opened-again", test_opened_again);
  g_test_add_func ("/direct/ends/tap", test_somebody_looks);
  g_test_add_func ("/direct/ends/misuse", test_application_connects);
  g_test_add_func ("/direct/ends/port-is-left", test_the_port_is_left);
  g_test_add_func ("/direct/ends/all", test_all_end);
  g_test_add_func ("/direct/given-back", test_given_back);
  g_test_add_func ("/direct/no-component", test_no_component);
  return g_test_run ();
}
