/* What an application can rely on at its descriptor. */
#include "plane-world.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
send_all (int fd, const void *data, gsize length)
{
  g_assert_cmpint (send (fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL), ==, length);
}

static void
test_one_write_is_one_datagram (gconstpointer data)
{
  g_auto (World) world;

  world_init (&world, GPOINTER_TO_INT (data));
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *text = g_strdup_printf ("packet %u", i);

      send_all (world.a.app, text, strlen (text));
      send_all (world.b.app, text, strlen (text) - 1);
    }
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *text = g_strdup_printf ("packet %u", i);

      world_expect (&world, world.b.app, text, strlen (text));
      world_expect (&world, world.a.app, text, strlen (text) - 1);
    }
  g_assert_cmpuint (side_get_stats (&world.a).packets_sent, ==, 100);
  g_assert_cmpuint (side_get_stats (&world.a).packets_received, ==, 100);
  g_assert_cmpuint (side_get_stats (&world.a).bytes_sent, ==, 890);
  g_assert_cmpuint (side_get_stats (&world.b).bytes_received, ==, 890);
  g_assert_cmpuint (side_get_stats (&world.b).bytes_sent, ==, 790);
  g_assert_cmpuint (world.a.n_received + world.b.n_received, ==, 0);
}

static void
test_descriptor_closes_on_exec (void)
{
  g_auto (World) world;

  world_init (&world, FRAM_FAMILY_IPV4);
  g_assert_cmpint (fcntl (world.a.app, F_GETFD) & FD_CLOEXEC, ==, FD_CLOEXEC);
}

static void
test_end_at_close_of_session (void)
{
  g_auto (World) world;
  FramComponentStats stats;

  world_init (&world, FRAM_FAMILY_IPV4);
  send_all (world.a.app, "last", 4);
  world_settle (&world, 1000);
  fram_plane_close_session (world.b.plane, 1);
  world_expect (&world, world.b.app, "last", 4);
  world_expect_end (&world, world.b.app);
  g_assert_false (fram_plane_get_component_stats (world.b.plane, &world.b.key, &stats));

  /* Its route is gone with it: data are the owner's now. */
  send_all (world.a.app, "more", 4);
  world_settle (&world, 1000);
  g_assert_cmpuint (world.b.n_received, ==, 1);
  g_assert_cmpmem (world.b.received->data, world.b.received->len, "more", 4);
}

static void
test_end_at_free (void)
{
  g_auto (World) world;

  world_init (&world, FRAM_FAMILY_IPV4);
  g_clear_pointer (&world.a.plane, fram_plane_free);
  world_expect_end (&world, world.a.app);
}

static void
test_opened_again (void)
{
  g_auto (World) world;
  g_autoptr (GError) error = NULL;
  int fd;

  world_init (&world, FRAM_FAMILY_IPV4);
  fd = fram_plane_open_component (world.b.plane, &world.b.key, &error);
  g_assert_no_error (error);
  world_expect_end (&world, world.b.app);
  send_all (world.a.app, "hello", 5);
  world_expect (&world, fd, "hello", 5);
  send_all (fd, "back", 4);
  world_expect (&world, world.a.app, "back", 4);
  close (fd);
}

static gboolean
is_closed (World *world, gpointer data)
{
  FramComponentStats stats;
  Side *side = data;

  return !fram_plane_get_component_stats (side->plane, &side->key, &stats);
}

static void
test_application_leaves (void)
{
  g_auto (World) world;
  g_autoptr (GError) error = NULL;
  int fd;

  world_init (&world, FRAM_FAMILY_IPV4);
  /* What it wrote before is sent, though it leaves without reading all. */
  send_all (world.b.app, "unread", 6);
  world_settle (&world, 1000);
  for (guint i = 0; i < 3 * FRAM_BATCH_MAX; i++)
    send_all (world.a.app, &i, sizeof i);
  close (world.a.app);
  world.a.app = -1;
  world_wait (&world, is_closed, &world.a);
  for (guint i = 0; i < 3 * FRAM_BATCH_MAX; i++)
    world_expect (&world, world.b.app, &i, sizeof i);

  /* The component lives on, and can be opened again. */
  fd = fram_plane_open_component (world.a.plane, &world.a.key, &error);
  g_assert_no_error (error);
  send_all (world.b.app, "again", 5);
  world_expect (&world, fd, "again", 5);
  close (fd);
}

static gboolean
has_sent (World *world, gpointer data)
{
  return side_get_stats (&world->a).packets_sent == GPOINTER_TO_UINT (data);
}

static void
test_application_only_listens (void)
{
  g_auto (World) world;
  guint turns;

  world_init (&world, FRAM_FAMILY_IPV4);
  send_all (world.a.app, "one", 3);
  shutdown (world.a.app, SHUT_WR);
  world_wait (&world, has_sent, GUINT_TO_POINTER (1));
  world_settle (&world, 1000);
  turns = world.a.n_turns;
  world_settle (&world, 1000);
  /* The end of what it writes is told once and not for ever. */
  g_assert_cmpuint (world.a.n_turns, ==, turns);
  send_all (world.b.app, "two", 3);
  world_expect (&world, world.a.app, "two", 3);
  world_expect (&world, world.b.app, "one", 3);

  close (world.a.app);
  world.a.app = -1;
  world_wait (&world, is_closed, &world.a);
}

static gboolean
counts_empty (World *world, gpointer data)
{
  return side_get_stats (&world->a).dropped_empty == GPOINTER_TO_UINT (data);
}

static void
test_empty_is_not_carried (void)
{
  g_auto (World) world;
  FramDriverStats stats;

  world_init (&world, FRAM_FAMILY_IPV4);
  for (guint i = 0; i < FRAM_BATCH_MAX + 1; i++)
    send_all (world.a.app, "", 0);
  send_all (world.a.app, "x", 1);
  world_expect (&world, world.b.app, "x", 1);
  world_wait (&world, counts_empty, GUINT_TO_POINTER (FRAM_BATCH_MAX + 1));
  fram_plane_get_stats (world.a.plane, &stats);
  g_assert_cmpuint (stats.dropped_other, ==, FRAM_BATCH_MAX + 1);
  g_assert_cmpuint (stats.packets_out, ==, 1);
}

static gboolean
counts_too_long (World *world, gpointer data)
{
  return side_get_stats (&world->a).dropped_too_long == GPOINTER_TO_UINT (data);
}

static void
test_too_long_is_counted (void)
{
  g_auto (World) world;
  g_autofree guint8 *bytes = g_malloc0 (FRAM_BATCH_BYTES + 1);

  world_init (&world, FRAM_FAMILY_IPV4);
  /* The longest UDP datagram over IPv4, one byte more, and more than a buffer. */
  send_all (world.a.app, bytes, 65507);
  send_all (world.a.app, bytes, 65508);
  send_all (world.a.app, bytes, FRAM_BATCH_BYTES + 1);
  send_all (world.a.app, "x", 1);
  world_expect (&world, world.b.app, bytes, 65507);
  world_expect (&world, world.b.app, "x", 1);
  world_wait (&world, counts_too_long, GUINT_TO_POINTER (2));
}

static void
test_no_path_is_counted (void)
{
  g_auto (World) world;

  world_init (&world, FRAM_FAMILY_IPV4);
  fram_plane_set_path (world.a.plane, &world.a.key, 0, NULL);
  send_all (world.a.app, "lost", 4);
  world_settle (&world, 1000);
  g_assert_cmpuint (side_get_stats (&world.a).dropped_no_path, ==, 1);

  fram_plane_set_path (world.a.plane, &world.a.key, 1, &world.b.address);
  send_all (world.a.app, "found", 5);
  world_expect (&world, world.b.app, "found", 5);

  /* A base that is closed is no path either. */
  fram_plane_close_base (world.a.plane, 1);
  send_all (world.a.app, "lost", 4);
  world_settle (&world, 1000);
  g_assert_cmpuint (side_get_stats (&world.a).dropped_no_path, ==, 2);
}

static void
test_full_application_loses (void)
{
  g_auto (World) world;
  g_autofree guint8 *bytes = g_malloc0 (1200);
  FramComponentStats sent, received;
  FramDriverStats stats;
  guint n = 0;

  world_init (&world, FRAM_FAMILY_IPV4);
  while (side_get_stats (&world.b).dropped_app_full == 0)
    {
      for (guint i = 0; i < 16; i++)
        send_all (world.a.app, bytes, 1200);
      world_settle (&world, 1000);
      g_assert_cmpuint (++n, <, 10000);
    }
  sent = side_get_stats (&world.a);
  received = side_get_stats (&world.b);
  fram_plane_get_stats (world.b.plane, &stats);
  g_assert_cmpuint (sent.packets_sent, ==,
                    received.packets_received + received.dropped_app_full);
  g_assert_cmpuint (stats.dropped_app_full, ==, received.dropped_app_full);

  for (guint i = 0; i < received.packets_received; i++)
    world_expect (&world, world.b.app, bytes, 1200);
  g_assert_cmpint (recv (world.b.app, bytes, 1, MSG_DONTWAIT), ==, -1);
  g_assert_cmpint (errno, ==, EAGAIN);
}

static void
test_unopened_component_loses (void)
{
  g_auto (World) world;
  FramDriverStats stats;

  world_init (&world, FRAM_FAMILY_IPV4);
  close (world.b.app);
  world.b.app = -1;
  world_wait (&world, is_closed, &world.b);
  send_all (world.a.app, "early", 5);
  world_settle (&world, 1000);
  fram_plane_get_stats (world.b.plane, &stats);
  g_assert_cmpuint (stats.dropped_app_full, ==, 1);
  g_assert_cmpuint (world.b.n_received, ==, 0);
}

int
main (int argc, char *argv[])
{
  gconstpointer ipv4 = GINT_TO_POINTER (FRAM_FAMILY_IPV4);
  gconstpointer ipv6 = GINT_TO_POINTER (FRAM_FAMILY_IPV6);

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/relay/one-write-one-datagram/ipv4", ipv4,
                        test_one_write_is_one_datagram);
  g_test_add_data_func ("/relay/one-write-one-datagram/ipv6", ipv6,
                        test_one_write_is_one_datagram);
  g_test_add_func ("/relay/closes-on-exec", test_descriptor_closes_on_exec);
  g_test_add_func ("/relay/end/session", test_end_at_close_of_session);
  g_test_add_func ("/relay/end/free", test_end_at_free);
  g_test_add_func ("/relay/opened-again", test_opened_again);
  g_test_add_func ("/relay/application-leaves", test_application_leaves);
  g_test_add_func ("/relay/application-only-listens", test_application_only_listens);
  g_test_add_func ("/relay/dropped/empty", test_empty_is_not_carried);
  g_test_add_func ("/relay/dropped/too-long", test_too_long_is_counted);
  g_test_add_func ("/relay/dropped/no-path", test_no_path_is_counted);
  g_test_add_func ("/relay/dropped/application-full", test_full_application_loses);
  g_test_add_func ("/relay/dropped/not-open", test_unopened_component_loses);
  return g_test_run ();
}
