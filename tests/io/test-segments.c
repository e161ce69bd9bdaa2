/* Packets that travel as runs arrive as they were written: each by itself, in order, and
 * STUN among them never at an application. */
#include "io/udp-socket.h"
#include "plane-world.h"

#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>

#define PACKETS_MAX 200

typedef struct
{
  guint n;
  gsize sizes[PACKETS_MAX];
} Sizes;

/* Each byte depends on the packet and on its place. */
static guint8 *
make_packet (guint index, gsize size)
{
  guint8 *bytes = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    bytes[i] = (guint8) (0x80 | (index * 31 + i * 7));
  return bytes;
}

static void
carry (FramFamily family, const Sizes *sizes)
{
  g_auto (World) world;

  world_init (&world, family);
  for (guint i = 0; i < sizes->n; i++)
    {
      g_autofree guint8 *bytes = make_packet (i, sizes->sizes[i]);

      g_assert_cmpint (send (world.a.app, bytes, sizes->sizes[i], MSG_DONTWAIT), ==,
                       sizes->sizes[i]);
    }
  for (guint i = 0; i < sizes->n; i++)
    {
      g_autofree guint8 *bytes = make_packet (i, sizes->sizes[i]);

      world_expect (&world, world.b.app, bytes, sizes->sizes[i]);
    }
  g_assert_cmpuint (side_get_stats (&world.a).packets_sent, ==, sizes->n);
}

static void
test_equal (gconstpointer data)
{
  const gsize lengths[] = { 1, 20, 160, 1200, 1472, 4000, 33000 };

  for (guint l = 0; l < G_N_ELEMENTS (lengths); l++)
    {
      Sizes sizes = { .n = MIN (PACKETS_MAX, 400000 / lengths[l]) };

      for (guint i = 0; i < sizes.n; i++)
        sizes.sizes[i] = lengths[l];
      carry (GPOINTER_TO_INT (data), &sizes);
    }
}

static void
test_shorter_and_longer (gconstpointer data)
{
  const gsize pattern[] = { 900, 900, 900, 17, 900, 901, 901, 1, 1, 2, 2, 1, 1200, 1200 };
  Sizes sizes = { .n = 140 };

  for (guint i = 0; i < sizes.n; i++)
    sizes.sizes[i] = pattern[i % G_N_ELEMENTS (pattern)];
  carry (GPOINTER_TO_INT (data), &sizes);
}

static void
test_random (gconstpointer data)
{
  for (guint round = 0; round < 10; round++)
    {
      Sizes sizes = { .n = 150 };

      for (guint i = 0; i < sizes.n; i++)
        sizes.sizes[i] = i > 0 && g_test_rand_bit ()
                             ? sizes.sizes[i - 1]
                             : (gsize) g_test_rand_int_range (1, 3000);
      carry (GPOINTER_TO_INT (data), &sizes);
    }
}

static void
test_run_leaves_as_one (void)
{
  FramAddress bind = world_loopback (FRAM_FAMILY_IPV4), from, to, source;
  g_autoptr (GError) error = NULL;
  g_autoptr (FramUdpSocket) sender = fram_udp_socket_new (&bind, &from, &error);
  g_autoptr (FramUdpSocket) receiver = fram_udp_socket_new (&bind, &to, &error);
  g_autoptr (FramBatch) batch = fram_batch_new ();
  g_autofree guint8 *bytes = g_malloc0 (1000);
  struct iovec packets[20];
  FramSendCounts counts = { 0 };

  g_assert_no_error (error);
  g_assert_true (fram_udp_socket_has_segments (sender));
  g_assert_true (fram_udp_socket_has_gro (receiver));
  for (guint i = 0; i < G_N_ELEMENTS (packets); i++)
    {
      packets[i].iov_base = bytes;
      packets[i].iov_len = i + 1 < G_N_ELEMENTS (packets) ? 1000 : 10;
    }
  fram_udp_socket_send (sender, &to, 0, packets, G_N_ELEMENTS (packets), &counts);
  g_assert_cmpuint (counts.packets, ==, G_N_ELEMENTS (packets));
  g_assert_cmpuint (counts.bytes, ==, 19010);

  g_assert_cmpint (fram_udp_socket_receive (receiver, batch), ==, 1);
  g_assert_cmpuint (fram_batch_get_bytes (batch, 0).iov_len, ==, 19010);
  g_assert_cmpuint (fram_batch_get_segment (batch, 0), ==, 1000);
  g_assert_true (fram_udp_socket_get_source (batch, 0, &source));
  g_assert_true (fram_address_equal (&source, &from));
}

static gboolean
has_received (World *world, gpointer data)
{
  return world->b.n_received == GPOINTER_TO_UINT (data);
}

static void
test_stun_in_a_run (gconstpointer data)
{
  /* A Binding request without attributes, as long as the data around it. */
  static const guint8 stun[20] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2 };
  g_auto (World) world;
  struct iovec packets[9];
  guint8 bytes[9][20];
  FramDriverStats stats;

  world_init (&world, GPOINTER_TO_INT (data));
  for (guint i = 0; i < G_N_ELEMENTS (packets); i++)
    {
      memset (bytes[i], 0x80 + (int) i, sizeof bytes[i]);
      if (i % 3 == 1)
        memcpy (bytes[i], stun, sizeof stun);
      packets[i].iov_base = bytes[i];
      packets[i].iov_len = sizeof bytes[i];
      g_assert_cmpint (send (world.a.app, bytes[i], sizeof bytes[i], 0), ==, 20);
    }
  for (guint i = 0; i < G_N_ELEMENTS (packets); i++)
    if (i % 3 != 1)
      world_expect (&world, world.b.app, bytes[i], sizeof bytes[i]);
  world_wait (&world, has_received, GUINT_TO_POINTER (3));
  g_assert_cmpmem (world.b.received->data, world.b.received->len, stun, sizeof stun);
  g_assert_true (fram_address_equal (&world.b.received_from, &world.a.address));
  g_assert_cmpuint (side_get_stats (&world.b).packets_received, ==, 6);
  fram_plane_get_stats (world.b.plane, &stats);
  g_assert_cmpuint (stats.packets_in, ==, 9);
  g_assert_cmpuint (stats.bytes_in, ==, 180);
  g_assert_cmpuint (stats.dropped_no_route, ==, 0);
}

static void
add (const char *name, GTestDataFunc function)
{
  g_autofree char *ipv4 = g_strconcat ("/segments/", name, "/ipv4", NULL);
  g_autofree char *ipv6 = g_strconcat ("/segments/", name, "/ipv6", NULL);

  g_test_add_data_func (ipv4, GINT_TO_POINTER (FRAM_FAMILY_IPV4), function);
  g_test_add_data_func (ipv6, GINT_TO_POINTER (FRAM_FAMILY_IPV6), function);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("equal", test_equal);
  add ("shorter-and-longer", test_shorter_and_longer);
  add ("random", test_random);
  add ("stun-in-a-run", test_stun_in_a_run);
  g_test_add_func ("/segments/run-leaves-as-one", test_run_leaves_as_one);
  return g_test_run ();
}
