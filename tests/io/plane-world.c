#include "plane-world.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
on_receive (gpointer user_data, FramBaseId base, const FramAddress *remote,
            const guint8 *data, gsize length)
{
  Side *side = user_data;

  side->n_received++;
  side->received_from = *remote;
  g_byte_array_set_size (side->received, 0);
  g_byte_array_append (side->received, data, (guint) length);
}

static void
on_unreachable (gpointer user_data, FramBaseId base, const FramAddress *remote)
{
  Side *side = user_data;

  side->n_unreachable++;
  side->unreachable = *remote;
}

static void
on_turn_ended (gpointer user_data)
{
  ((Side *) user_data)->n_turns++;
}

static gboolean
on_data_moved (gpointer user_data)
{
  Side *side = user_data;

  side->n_turns++;
  side->n_data_turns++;
  return TRUE;
}

FramAddress
world_loopback (FramFamily family)
{
  FramAddress address;

  g_assert_true (fram_address_parse_ip (
      &address, family == FRAM_FAMILY_IPV6 ? "::1" : "127.0.0.1", 0));
  return address;
}

static void
init_side (Side *side, GMainContext *context, FramFamily family)
{
  static const FramPlaneOwner owner
      = { on_receive, on_unreachable, on_turn_ended, on_data_moved };
  FramAddress bind = world_loopback (family);
  g_autoptr (GError) error = NULL;

  memset (side, 0, sizeof *side);
  side->received = g_byte_array_new ();
  side->plane = fram_plane_new (context, &owner, side, &error);
  g_assert_no_error (error);
  fram_plane_open_base (side->plane, 1, &bind, &side->address, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (side->address.port, !=, 0);
}

int
side_open (Side *side, FramSessionId session, const FramAddress *remote)
{
  FramComponentKey key = { .session = session, .stream = 0, .component = 1 };
  g_autoptr (GError) error = NULL;
  int fd;

  fram_plane_add_route (side->plane, &key, 1, remote);
  fram_plane_set_path (side->plane, &key, 1, remote);
  fd = fram_plane_open_component (side->plane, &key, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fd, >=, 0);
  return fd;
}

void
side_transmit (Side *side, const FramAddress *remote, const void *data, gsize length)
{
  fram_plane_transmit (side->plane, 1, remote, 0, data, length);
  fram_plane_flush (side->plane);
}

static void
clear_side (Side *side)
{
  g_clear_pointer (&side->plane, fram_plane_free);
  if (side->app >= 0)
    close (side->app);
  g_byte_array_unref (side->received);
}

void
world_init (World *world, FramFamily family)
{
  FramComponentKey key = { .session = 1, .stream = 0, .component = 1 };

  world->context = g_main_context_new ();
  init_side (&world->a, world->context, family);
  init_side (&world->b, world->context, family);
  world->a.key = world->b.key = key;
  world->a.app = side_open (&world->a, 1, &world->b.address);
  world->b.app = side_open (&world->b, 1, &world->a.address);
}

void
world_clear (World *world)
{
  clear_side (&world->a);
  clear_side (&world->b);
  g_main_context_unref (world->context);
}

static gboolean
on_limit (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

void
world_wait (World *world, gboolean (*done) (World *world, gpointer data), gpointer data)
{
  GSource *limit = g_timeout_source_new_seconds (WAIT_SECONDS);
  gboolean expired = FALSE;

  g_source_set_callback (limit, on_limit, &expired, NULL);
  g_source_attach (limit, world->context);
  while (!done (world, data) && !expired)
    g_main_context_iteration (world->context, TRUE);
  g_assert_false (expired);
  g_source_destroy (limit);
  g_source_unref (limit);
}

void
world_settle (World *world, guint max)
{
  while (max-- > 0 && g_main_context_iteration (world->context, FALSE))
    continue;
}

FramComponentStats
side_get_stats (Side *side)
{
  FramComponentStats stats;

  g_assert_true (fram_plane_get_component_stats (side->plane, &side->key, &stats));
  return stats;
}

/* Reading is possible: a packet, or the end of file. */
static gboolean
is_readable (World *world, gpointer data)
{
  guint8 byte;

  return recv (GPOINTER_TO_INT (data), &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0
         || errno != EAGAIN;
}

gssize
world_receive (World *world, int fd, guint8 *buffer, gsize size)
{
  gssize n;

  world_wait (world, is_readable, GINT_TO_POINTER (fd));
  n = recv (fd, buffer, size, MSG_DONTWAIT);
  g_assert_cmpint (n, >=, 0);
  return n;
}

void
world_expect (World *world, int fd, const void *data, gsize length)
{
  g_autofree guint8 *buffer = g_malloc (FRAM_BATCH_BYTES);
  gssize n = world_receive (world, fd, buffer, FRAM_BATCH_BYTES);

  g_assert_cmpmem (buffer, (gsize) n, data, length);
}

static gboolean
has_received (World *world, gpointer n)
{
  return world->a.n_received >= GPOINTER_TO_UINT (n);
}

void
world_await_received (World *world, guint n)
{
  world_wait (world, has_received, GUINT_TO_POINTER (n));
}

void
world_expect_end (World *world, int fd)
{
  guint8 byte;

  world_wait (world, is_readable, GINT_TO_POINTER (fd));
  g_assert_cmpint (recv (fd, &byte, 1, MSG_DONTWAIT), ==, 0);
}
