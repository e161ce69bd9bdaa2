/* Bases: binding, STUN and strangers, and what the network refuses. */
#include "plane-world.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static FramAddress
find_closed_port (World *world, FramFamily family)
{
  FramAddress bind = world_loopback (family), bound;
  g_autoptr (GError) error = NULL;

  fram_plane_open_base (world->b.plane, 9, &bind, &bound, &error);
  g_assert_no_error (error);
  fram_plane_close_base (world->b.plane, 9);
  return bound;
}

static gboolean
is_unreachable (World *world, gpointer data)
{
  return world->a.n_unreachable > 0;
}

static void
test_icmp_refuses_stun (gconstpointer data)
{
  g_auto (World) world;
  FramAddress closed;

  world_init (&world, GPOINTER_TO_INT (data));
  closed = find_closed_port (&world, GPOINTER_TO_INT (data));
  side_transmit (&world.a, &closed, "?", 1);
  world_wait (&world, is_unreachable, NULL);
  g_assert_cmpuint (world.a.n_unreachable, ==, 1);
  g_assert_true (fram_address_equal (&world.a.unreachable, &closed));
  world_settle (&world, 1000);
  g_assert_cmpuint (world.a.n_unreachable, ==, 1);
}

static void
test_icmp_refuses_data (gconstpointer data)
{
  g_auto (World) world;
  FramAddress closed;

  world_init (&world, GPOINTER_TO_INT (data));
  closed = find_closed_port (&world, GPOINTER_TO_INT (data));
  fram_plane_set_path (world.a.plane, &world.a.key, 1, &closed);
  for (guint i = 0; i < 30; i++)
    g_assert_cmpint (send (world.a.app, "data", 4, 0), ==, 4);
  world_wait (&world, is_unreachable, NULL);
  g_assert_true (fram_address_equal (&world.a.unreachable, &closed));
  /* Nobody is told once for each packet of a burst. */
  world_settle (&world, 1000);
  g_assert_cmpuint (world.a.n_unreachable, <, 10);
}

/* An error that waits in the socket belongs to one peer and must not hit another's packet. */
static void
test_error_of_another_peer (gconstpointer data)
{
  g_auto (World) world;
  FramAddress closed;

  world_init (&world, GPOINTER_TO_INT (data));
  closed = find_closed_port (&world, GPOINTER_TO_INT (data));
  for (guint i = 0; i < 20; i++)
    {
      side_transmit (&world.a, &closed, "?", 1);
      side_transmit (&world.a, &world.b.address, &i, sizeof i);
      world_expect (&world, world.b.app, &i, sizeof i);
    }
}

static void
test_refused_at_once (void)
{
  g_auto (World) world;
  FramAddress broadcast;
  FramDriverStats stats;

  world_init (&world, FRAM_FAMILY_IPV4);
  fram_address_init_ipv4 (&broadcast, 0xffffffff, 9);
  side_transmit (&world.a, &broadcast, "?", 1);
  g_assert_cmpuint (world.a.n_unreachable, ==, 1);
  g_assert_true (fram_address_equal (&world.a.unreachable, &broadcast));
  fram_plane_set_path (world.a.plane, &world.a.key, 1, &broadcast);
  g_assert_cmpint (send (world.a.app, "data", 4, 0), ==, 4);
  g_assert_cmpint (send (world.a.app, "data", 4, 0), ==, 4);
  world_settle (&world, 1000);
  g_assert_cmpuint (side_get_stats (&world.a).dropped_refused, ==, 2);
  fram_plane_get_stats (world.a.plane, &stats);
  g_assert_cmpuint (stats.dropped_other, ==, 3);
  g_assert_cmpuint (stats.packets_out, ==, 0);
}

static gboolean
is_told_again (World *world, gpointer data)
{
  return world->a.n_unreachable > 2;
}

/* Those that one call sends: what one of them meets is no matter of the others, whose order stays. */
static void
test_errors_among_others (gconstpointer data)
{
  g_auto (World) world;
  static guint8 too_long[65535];
  FramAddress none = world_loopback (GPOINTER_TO_INT (data)), closed;
  FramDriverStats stats;

  world_init (&world, GPOINTER_TO_INT (data));
  closed = find_closed_port (&world, GPOINTER_TO_INT (data));
  /* More than the kernel is given at a time. */
  for (guint8 i = 0; i < 90; i++)
    {
      fram_plane_transmit (world.a.plane, 1, &world.b.address, 0, &i, 1);
      if (i == 0 || i == 40)
        fram_plane_transmit (world.a.plane, 1, &none, 0, (const guint8 *) "?", 1);
      if (i == 50)
        fram_plane_transmit (world.a.plane, 1, &world.b.address, 0, too_long,
                             sizeof too_long);
      if (i == 60)
        fram_plane_transmit (world.a.plane, 1, &closed, 0, (const guint8 *) "?", 1);
    }
  g_assert_true (fram_plane_flush (world.a.plane));
  g_assert_false (fram_plane_flush (world.a.plane));
  g_assert_cmpuint (world.a.n_unreachable, ==, 2);
  g_assert_true (fram_address_equal (&world.a.unreachable, &none));
  fram_plane_get_stats (world.a.plane, &stats);
  g_assert_cmpuint (stats.packets_out, ==, 91);
  g_assert_cmpuint (stats.dropped_other, ==, 3);

  for (guint8 i = 0; i < 90; i++)
    world_expect (&world, world.b.app, &i, 1);
  world_wait (&world, is_told_again, NULL);
  g_assert_true (fram_address_equal (&world.a.unreachable, &closed));
}

/* Packets of several bases wait together; one of the bases is closed meanwhile. */
static void
test_closed_while_packets_wait (void)
{
  g_auto (World) world;
  FramAddress bind = world_loopback (FRAM_FAMILY_IPV4), other;
  FramComponentKey key = { .session = 2, .component = 1 };
  g_autoptr (GError) error = NULL;
  int app;

  world_init (&world, FRAM_FAMILY_IPV4);
  fram_plane_open_base (world.a.plane, 2, &bind, &other, &error);
  g_assert_no_error (error);
  fram_plane_add_route (world.b.plane, &key, 1, &other);
  app = fram_plane_open_component (world.b.plane, &key, &error);
  g_assert_no_error (error);
  for (guint8 i = 0; i < 3; i++)
    {
      fram_plane_transmit (world.a.plane, 2, &world.b.address, 0, &i, 1);
      fram_plane_transmit (world.a.plane, 1, &world.b.address, 0, &i, 1);
    }
  fram_plane_close_base (world.a.plane, 2);
  for (guint8 i = 0; i < 3; i++)
    world_expect (&world, app, &i, 1);
  /* It is not there any more. */
  fram_plane_transmit (world.a.plane, 2, &world.b.address, 0, (const guint8 *) "?", 1);
  fram_plane_flush (world.a.plane);
  for (guint8 i = 0; i < 3; i++)
    world_expect (&world, world.b.app, &i, 1);
  close (app);
}

static void
test_binding_fails (void)
{
  g_auto (World) world;
  g_autoptr (GError) error = NULL;
  FramAddress address, bound = { 0 };

  world_init (&world, FRAM_FAMILY_IPV4);
  g_assert_false (
      fram_plane_open_base (world.a.plane, 2, &world.b.address, &bound, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_clear_error (&error);

  g_assert_true (fram_address_parse_ip (&address, "192.0.2.77", 0));
  g_assert_false (fram_plane_open_base (world.a.plane, 2, &address, &bound, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "192.0.2.77"));
  g_assert_cmpuint (bound.family, ==, FRAM_FAMILY_NONE);
}

static gboolean
has_received (World *world, gpointer data)
{
  return world->b.n_received == GPOINTER_TO_UINT (data);
}

static void
test_strangers_go_up (gconstpointer data)
{
  g_auto (World) world;
  FramDriverStats stats;

  world_init (&world, GPOINTER_TO_INT (data));
  fram_plane_remove_route (world.b.plane, &world.b.key, 1, &world.a.address);
  g_assert_cmpint (send (world.a.app, "who", 3, 0), ==, 3);
  world_wait (&world, has_received, GUINT_TO_POINTER (1));
  g_assert_cmpmem (world.b.received->data, world.b.received->len, "who", 3);
  g_assert_true (fram_address_equal (&world.b.received_from, &world.a.address));
  fram_plane_get_stats (world.b.plane, &stats);
  g_assert_cmpuint (stats.dropped_no_route, ==, 1);
  g_assert_cmpuint (side_get_stats (&world.b).packets_received, ==, 0);
}

/* Two components of one base: the remote address alone tells them apart. */
static void
test_routes_part_by_remote (gconstpointer data)
{
  g_auto (World) world;
  FramAddress bind = world_loopback (GPOINTER_TO_INT (data)), second;
  FramComponentKey key = { .session = 2, .stream = 0, .component = 1 };
  g_autoptr (GError) error = NULL;
  int sender, receiver;

  world_init (&world, GPOINTER_TO_INT (data));
  fram_plane_open_base (world.a.plane, 2, &bind, &second, &error);
  g_assert_no_error (error);
  sender = side_open (&world.a, 2, &world.b.address);
  fram_plane_set_path (world.a.plane, &key, 2, &world.b.address);
  receiver = side_open (&world.b, 2, &second);

  for (guint i = 0; i < 50; i++)
    {
      g_assert_cmpint (send (world.a.app, &i, sizeof i, 0), ==, sizeof i);
      g_assert_cmpint (send (sender, &i, 1, 0), ==, 1);
    }
  for (guint i = 0; i < 50; i++)
    {
      world_expect (&world, world.b.app, &i, sizeof i);
      world_expect (&world, receiver, &i, 1);
    }
  fram_plane_close_session (world.a.plane, 2);
  fram_plane_close_session (world.b.plane, 2);
  world_expect_end (&world, receiver);
  close (receiver);
  close (sender);

  /* The other is not disturbed by that. */
  g_assert_cmpint (send (world.a.app, "on", 2, 0), ==, 2);
  world_expect (&world, world.b.app, "on", 2);
}

static void
test_flag_of_kernel (void)
{
  g_auto (World) world;
  FramDriverStats stats;

  world_init (&world, FRAM_FAMILY_IPV4);
  fram_plane_get_stats (world.a.plane, &stats);
  g_assert_true (stats.has_udp_gro);
  g_assert_true (stats.has_udp_segment);
}

static void
add (const char *name, GTestDataFunc function)
{
  g_autofree char *ipv4 = g_strconcat ("/udp/", name, "/ipv4", NULL);
  g_autofree char *ipv6 = g_strconcat ("/udp/", name, "/ipv6", NULL);

  g_test_add_data_func (ipv4, GINT_TO_POINTER (FRAM_FAMILY_IPV4), function);
  g_test_add_data_func (ipv6, GINT_TO_POINTER (FRAM_FAMILY_IPV6), function);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("icmp-refuses-stun", test_icmp_refuses_stun);
  add ("icmp-refuses-data", test_icmp_refuses_data);
  add ("error-of-another-peer", test_error_of_another_peer);
  add ("errors-among-others", test_errors_among_others);
  add ("strangers-go-up", test_strangers_go_up);
  add ("routes-part-by-remote", test_routes_part_by_remote);
  g_test_add_func ("/udp/refused-at-once", test_refused_at_once);
  g_test_add_func ("/udp/closed-while-packets-wait", test_closed_while_packets_wait);
  g_test_add_func ("/udp/binding-fails", test_binding_fails);
  g_test_add_func ("/udp/kernel-has-segments", test_flag_of_kernel);
  return g_test_run ();
}
