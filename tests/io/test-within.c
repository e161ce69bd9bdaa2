/* Two components of one service that talk to each other: without the network, and otherwise
 * as if through it. */
#include "plane-world.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  World world;
  FramAddress second; /* base 2 of side a; base 1 is world.a.address */
  int one, two;       /* the applications at base 1 and 2 */
} Within;

static void
within_init (Within *within, FramFamily family)
{
  FramComponentKey key = { .session = 8, .stream = 0, .component = 1 };
  FramAddress bind = world_loopback (family);
  FramPlane *plane;
  g_autoptr (GError) error = NULL;

  world_init (&within->world, family);
  plane = within->world.a.plane;
  fram_plane_open_base (plane, 2, &bind, &within->second, &error);
  g_assert_no_error (error);
  within->one = side_open (&within->world.a, 7, &within->second);
  fram_plane_add_route (plane, &key, 2, &within->world.a.address);
  fram_plane_set_path (plane, &key, 2, &within->world.a.address);
  within->two = fram_plane_open_component (plane, &key, &error);
  g_assert_no_error (error);
}

static void
within_clear (Within *within)
{
  world_clear (&within->world);
  close (within->one);
  close (within->two);
}

static FramComponentStats
get_stats (Within *within, FramSessionId session)
{
  FramComponentKey key = { .session = session, .stream = 0, .component = 1 };
  FramComponentStats stats;

  g_assert_true (fram_plane_get_component_stats (within->world.a.plane, &key, &stats));
  return stats;
}

static void
test_both_ways (gconstpointer data)
{
  Within within;

  within_init (&within, GPOINTER_TO_INT (data));
  for (guint i = 0; i < 100; i++)
    {
      g_assert_cmpint (send (within.one, &i, sizeof i, 0), ==, sizeof i);
      g_assert_cmpint (send (within.two, &i, 2, 0), ==, 2);
    }
  for (guint i = 0; i < 100; i++)
    {
      world_expect (&within.world, within.two, &i, sizeof i);
      world_expect (&within.world, within.one, &i, 2);
    }
  g_assert_cmpuint (get_stats (&within, 7).packets_sent, ==, 100);
  g_assert_cmpuint (get_stats (&within, 7).bytes_sent, ==, 100 * sizeof (guint));
  g_assert_cmpuint (get_stats (&within, 8).packets_received, ==, 100);
  g_assert_cmpuint (get_stats (&within, 8).bytes_sent, ==, 200);
  within_clear (&within);
}

/* A packet through the network takes a turn more: the base has to become ready. */
static void
test_without_network (void)
{
  Within within;
  guint turns;
  char byte;

  within_init (&within, FRAM_FAMILY_IPV4);
  world_settle (&within.world, 1000);
  turns = within.world.a.n_turns;
  g_assert_cmpint (send (within.one, "x", 1, 0), ==, 1);
  while (within.world.a.n_turns == turns)
    g_main_context_iteration (within.world.context, TRUE);
  g_assert_cmpint (recv (within.two, &byte, 1, MSG_DONTWAIT), ==, 1);
  within_clear (&within);
}

static gboolean
has_received (World *world, gpointer data)
{
  return world->a.n_received == GPOINTER_TO_UINT (data);
}

static void
test_stun_goes_up (void)
{
  static const guint8 stun[20] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2 };
  Within within;
  FramComponentKey key = { .session = 8, .stream = 0, .component = 1 };

  within_init (&within, FRAM_FAMILY_IPV4);
  g_assert_cmpint (send (within.one, "before", 6, 0), ==, 6);
  g_assert_cmpint (send (within.one, stun, sizeof stun, 0), ==, sizeof stun);
  g_assert_cmpint (send (within.one, "after", 5, 0), ==, 5);
  world_expect (&within.world, within.two, "before", 6);
  world_expect (&within.world, within.two, "after", 5);
  world_wait (&within.world, has_received, GUINT_TO_POINTER (1));
  g_assert_true (
      fram_address_equal (&within.world.a.received_from, &within.world.a.address));
  g_assert_cmpmem (within.world.a.received->data, within.world.a.received->len, stun,
                   sizeof stun);

  /* So does what nobody claims. */
  fram_plane_remove_route (within.world.a.plane, &key, 2, &within.world.a.address);
  g_assert_cmpint (send (within.one, "stray", 5, 0), ==, 5);
  world_wait (&within.world, has_received, GUINT_TO_POINTER (2));
  within_clear (&within);
}

static void
test_full_application_loses (void)
{
  static const guint8 bytes[1200];
  FramComponentStats sent, received;
  Within within;

  within_init (&within, FRAM_FAMILY_IPV4);
  for (guint i = 0; i < 10000 && get_stats (&within, 8).dropped_app_full == 0; i++)
    {
      g_assert_cmpint (send (within.one, bytes, sizeof bytes, 0), ==, sizeof bytes);
      world_settle (&within.world, 100);
    }
  sent = get_stats (&within, 7);
  received = get_stats (&within, 8);
  g_assert_cmpuint (received.dropped_app_full, >, 0);
  g_assert_cmpuint (sent.packets_sent, ==,
                    received.packets_received + received.dropped_app_full);
  within_clear (&within);
}

/* The longest that any path carries, and one byte more. */
static void
test_same_limits (void)
{
  g_autofree guint8 *bytes = g_malloc0 (FRAM_DATAGRAM_MAX + 1);
  Within within;

  within_init (&within, FRAM_FAMILY_IPV6);
  g_assert_cmpint (send (within.one, bytes, FRAM_DATAGRAM_MAX + 1, 0), >, 0);
  g_assert_cmpint (send (within.one, bytes, FRAM_DATAGRAM_MAX, 0), >, 0);
  world_expect (&within.world, within.two, bytes, FRAM_DATAGRAM_MAX);
  g_assert_cmpuint (get_stats (&within, 7).dropped_too_long, ==, 1);
  within_clear (&within);
}

static void
test_base_goes (void)
{
  Within within;

  within_init (&within, FRAM_FAMILY_IPV4);
  fram_plane_close_base (within.world.a.plane, 2);
  g_assert_cmpint (send (within.one, "x", 1, 0), ==, 1);
  world_settle (&within.world, 1000);
  /* It went out to nobody; ICMP says so. */
  g_assert_cmpuint (get_stats (&within, 7).packets_sent, ==, 1);
  g_assert_cmpuint (get_stats (&within, 8).packets_received, ==, 0);
  g_assert_cmpuint (within.world.a.n_unreachable, ==, 1);
  within_clear (&within);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/within/both-ways/ipv4", GINT_TO_POINTER (FRAM_FAMILY_IPV4),
                        test_both_ways);
  g_test_add_data_func ("/within/both-ways/ipv6", GINT_TO_POINTER (FRAM_FAMILY_IPV6),
                        test_both_ways);
  g_test_add_func ("/within/without-network", test_without_network);
  g_test_add_func ("/within/stun-goes-up", test_stun_goes_up);
  g_test_add_func ("/within/application-full", test_full_application_loses);
  g_test_add_func ("/within/same-limits", test_same_limits);
  g_test_add_func ("/within/base-goes", test_base_goes);
  return g_test_run ();
}
