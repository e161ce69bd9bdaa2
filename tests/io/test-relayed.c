/* Relayed bases over a UDP socket: the test plays the TURN server with a plain one. */
#include "plane-world.h"
#include "turn-messages.h"

#include "io/sockaddr.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PEER_IPV4 "198.51.100.7:4000"
#define PEER_IPV6 "[2001:db8::7]:4000"
#define CHANNEL 0x4000
#define LONGEST 65507

/* Side a of the world, whose base 1 carries the relayed bases 2 (IPv4) and 3 (IPv6). */
typedef struct
{
  World world;
  int server;
  FramAddress address; /* the server's */
  FramAddress peer4, peer6;
  int app; /* of session 2, whose peer is `peer4` */
  int app6;
} Relayed;

static FramAddress
parse (const char *text)
{
  FramAddress address;

  g_assert_true (fram_address_parse (&address, text));
  return address;
}

static int
open_server (FramFamily family, FramAddress *ret_address)
{
  FramAddress loopback = world_loopback (family);
  FramSockaddr sockaddr;
  socklen_t length = fram_sockaddr_from_address (&sockaddr, &loopback, 0);
  int fd = socket (sockaddr.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, &sockaddr.any, length), ==, 0);
  length = sizeof sockaddr;
  g_assert_cmpint (getsockname (fd, &sockaddr.any, &length), ==, 0);
  g_assert_true (fram_sockaddr_to_address (&sockaddr, length, ret_address));
  return fd;
}

static void
connect_server (int fd, const FramAddress *client)
{
  FramSockaddr sockaddr;
  socklen_t length = fram_sockaddr_from_address (&sockaddr, client, 0);

  g_assert_cmpint (connect (fd, &sockaddr.any, length), ==, 0);
}

static int
open_on (Relayed *relayed, FramSessionId session, FramBaseId base,
         const FramAddress *peer)
{
  FramComponentKey key = { .session = session, .stream = 0, .component = 1 };
  g_autoptr (GError) error = NULL;
  int fd;

  fram_plane_add_route (relayed->world.a.plane, &key, base, peer);
  fram_plane_set_path (relayed->world.a.plane, &key, base, peer);
  fd = fram_plane_open_component (relayed->world.a.plane, &key, &error);
  g_assert_no_error (error);
  return fd;
}

static void
relayed_init (Relayed *relayed, FramFamily family)
{
  FramAddress relayed4 = parse ("192.0.2.1:50000"),
              relayed6 = parse ("[2001:db8::1]:50000");
  FramPlane *plane;

  world_init (&relayed->world, family);
  plane = relayed->world.a.plane;
  relayed->server = open_server (family, &relayed->address);
  connect_server (relayed->server, &relayed->world.a.address);
  fram_plane_add_relay (plane, 2, 1, &relayed->address, &relayed4);
  fram_plane_add_relay (plane, 3, 1, &relayed->address, &relayed6);
  relayed->peer4 = parse (PEER_IPV4);
  relayed->peer6 = parse (PEER_IPV6);
  relayed->app = open_on (relayed, 2, 2, &relayed->peer4);
  relayed->app6 = open_on (relayed, 3, 3, &relayed->peer6);
}

static void
relayed_clear (Relayed *relayed)
{
  world_clear (&relayed->world);
  close (relayed->server);
  close (relayed->app);
  close (relayed->app6);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Relayed, relayed_clear)

static FramComponentStats
get_stats (Relayed *relayed, FramSessionId session)
{
  FramComponentKey key = { .session = session, .stream = 0, .component = 1 };
  FramComponentStats stats;

  g_assert_true (fram_plane_get_component_stats (relayed->world.a.plane, &key, &stats));
  return stats;
}

static void
write_to (int fd, const void *data, gsize length)
{
  g_assert_cmpint (send (fd, data, length, MSG_DONTWAIT), ==, length);
}

/* The server gets a Send indication to the peer, with the data. */
static void
expect_indication (Relayed *relayed, const FramAddress *peer, const void *data,
                   gsize length)
{
  g_autofree guint8 *message = g_malloc (LONGEST);
  ssize_t n = world_receive (&relayed->world, relayed->server, message, LONGEST);

  turn_expect_send (message, (gsize) n, peer, data, length);
}

static void
expect_channel_data (Relayed *relayed, guint16 channel, const void *data, gsize length)
{
  g_autofree guint8 *expected = g_malloc (4 + length);

  turn_write_channel_data (expected, channel, data, length);
  world_expect (&relayed->world, relayed->server, expected, 4 + length);
}

static void
send_indication (Relayed *relayed, const FramAddress *peer, const void *data,
                 gsize length)
{
  g_autofree guint8 *message = g_malloc (LONGEST);

  write_to (relayed->server, message,
            turn_write_data_indication (message, LONGEST, peer, data, length));
}

static void
send_channel_data (Relayed *relayed, guint16 channel, const void *data, gsize length)
{
  g_autofree guint8 *message = g_malloc (4 + length);

  write_to (relayed->server, message,
            turn_write_channel_data (message, channel, data, length));
}

/* --- Both ways --------------------------------------------------------------------- */

/* By indications at first, then by the channel, and without it again. */
static void
test_both_ways (gconstpointer family)
{
  g_auto (Relayed) relayed;
  FramPlane *plane;

  relayed_init (&relayed, GPOINTER_TO_INT (family));
  plane = relayed.world.a.plane;
  write_to (relayed.app, "to 4", 4);
  expect_indication (&relayed, &relayed.peer4, "to 4", 4);
  write_to (relayed.app6, "to six", 6);
  expect_indication (&relayed, &relayed.peer6, "to six", 6);
  send_indication (&relayed, &relayed.peer4, "from 4", 6);
  world_expect (&relayed.world, relayed.app, "from 4", 6);
  send_indication (&relayed, &relayed.peer6, "from six", 8);
  world_expect (&relayed.world, relayed.app6, "from six", 8);

  fram_plane_set_channel (plane, 2, &relayed.peer4, CHANNEL);
  fram_plane_set_channel (plane, 3, &relayed.peer6, CHANNEL + 7);
  write_to (relayed.app, "to 4", 4);
  expect_channel_data (&relayed, CHANNEL, "to 4", 4);
  write_to (relayed.app6, "to six", 6);
  expect_channel_data (&relayed, CHANNEL + 7, "to six", 6);
  send_channel_data (&relayed, CHANNEL, "from 4", 6);
  world_expect (&relayed.world, relayed.app, "from 4", 6);
  send_channel_data (&relayed, CHANNEL + 7, "from six", 8);
  world_expect (&relayed.world, relayed.app6, "from six", 8);
  /* The server may still use the other way. */
  send_indication (&relayed, &relayed.peer4, "late", 4);
  world_expect (&relayed.world, relayed.app, "late", 4);

  fram_plane_set_channel (plane, 2, &relayed.peer4, 0);
  write_to (relayed.app, "again", 5);
  expect_indication (&relayed, &relayed.peer4, "again", 5);
  /* What was under way by the channel is not lost. */
  send_channel_data (&relayed, CHANNEL, "behind", 6);
  world_expect (&relayed.world, relayed.app, "behind", 6);

  /* What counts is the applications' own bytes. */
  g_assert_cmpuint (get_stats (&relayed, 2).packets_sent, ==, 3);
  g_assert_cmpuint (get_stats (&relayed, 2).bytes_sent, ==, 4 + 4 + 5);
  g_assert_cmpuint (get_stats (&relayed, 2).packets_received, ==, 4);
  g_assert_cmpuint (get_stats (&relayed, 2).bytes_received, ==, 6 + 6 + 4 + 6);
  g_assert_cmpuint (get_stats (&relayed, 3).bytes_sent, ==, 12);
  g_assert_cmpuint (relayed.world.a.n_received, ==, 0);
}

/* A server gives data by a channel before its answer is heard. */
static void
test_asked (void)
{
  g_auto (Relayed) relayed;

  relayed_init (&relayed, FRAM_FAMILY_IPV4);
  fram_plane_expect_channel (relayed.world.a.plane, 2, &relayed.peer4, CHANNEL);
  send_channel_data (&relayed, CHANNEL, "early", 5);
  world_expect (&relayed.world, relayed.app, "early", 5);
  write_to (relayed.app, "not yet", 7);
  expect_indication (&relayed, &relayed.peer4, "not yet", 7);
  fram_plane_set_channel (relayed.world.a.plane, 2, &relayed.peer4, CHANNEL);
  write_to (relayed.app, "now", 3);
  expect_channel_data (&relayed, CHANNEL, "now", 3);
}

/* A run of packets leaves as a run; each comes back as it was. */
static void
run_of (Relayed *relayed, guint n, gsize length)
{
  g_autofree guint8 *bytes = g_malloc (length), *message = g_malloc (LONGEST);

  for (guint i = 0; i < n; i++)
    {
      memset (bytes, 0x80 + (int) i, length);
      write_to (relayed->app, bytes, length);
    }
  for (guint i = 0; i < n; i++)
    {
      ssize_t got = world_receive (&relayed->world, relayed->server, message, LONGEST);

      memset (bytes, 0x80 + (int) i, length);
      if (message[0] == 0x40)
        g_assert_cmpmem (message + 4, (gsize) got - 4, bytes, length);
      else
        turn_expect_send (message, (gsize) got, &relayed->peer4, bytes, length);
      write_to (
          relayed->server, message,
          turn_write_data_indication (message, LONGEST, &relayed->peer4, bytes, length));
      world_expect (&relayed->world, relayed->app, bytes, length);
    }
}

static void
test_runs (gconstpointer family)
{
  const gsize lengths[] = { 1, 3, 160, 1200, 1201 };
  g_auto (Relayed) relayed;

  relayed_init (&relayed, GPOINTER_TO_INT (family));
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    run_of (&relayed, 70, lengths[i]);
  fram_plane_set_channel (relayed.world.a.plane, 2, &relayed.peer4, CHANNEL);
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    run_of (&relayed, 70, lengths[i]);
  g_assert_cmpuint (get_stats (&relayed, 2).bytes_sent, ==,
                    2 * 70 * (1 + 3 + 160 + 1200 + 1201));
}

/* What is joined by the network is taken apart: data, the talk with the server, and STUN of
 * peers in one packet. */
static void
test_joined (void)
{
  guint8 data[100], joined[9 * 104], stun[104];
  g_auto (Relayed) relayed;

  relayed_init (&relayed, FRAM_FAMILY_IPV4);
  fram_plane_set_channel (relayed.world.a.plane, 2, &relayed.peer4, CHANNEL);
  fram_plane_set_channel (relayed.world.a.plane, 3, &relayed.peer6, CHANNEL + 1);
  for (guint i = 0; i < 9; i++)
    {
      guint8 *message = joined + i * 104;

      memset (data, 0x80 + (int) i, sizeof data);
      if (i % 3 == 0)
        turn_write_channel_data (message, CHANNEL, data, sizeof data);
      else if (i % 3 == 1)
        turn_write_channel_data (message, CHANNEL + 1, data, sizeof data);
      else
        g_assert_cmpuint (turn_write_binding (message, 104, (guint8) i), ==, 104);
    }
  turn_write_binding (stun, sizeof stun, 8);
  turn_send_joined (relayed.server, joined, sizeof joined, 104);
  for (guint i = 0; i < 9; i++)
    {
      memset (data, 0x80 + (int) i, sizeof data);
      if (i % 3 != 2)
        world_expect (&relayed.world, i % 3 == 0 ? relayed.app : relayed.app6, data,
                      sizeof data);
    }
  g_assert_cmpuint (relayed.world.a.n_received, ==, 3);
  g_assert_cmpmem (relayed.world.a.received->data, relayed.world.a.received->len, stun,
                   sizeof stun);
}

/* --- What no application gets ------------------------------------------------------ */

/* The owner gets it as it came, by the carrier and from the server. */
static void
expect_up (Relayed *relayed, const void *message, gsize length)
{
  guint before = relayed->world.a.n_received;

  write_to (relayed->server, message, length);
  world_await_received (&relayed->world, before + 1);
  g_assert_cmpmem (relayed->world.a.received->data, relayed->world.a.received->len,
                   message, length);
  g_assert_true (fram_address_equal (&relayed->world.a.received_from, &relayed->address));
  g_assert_cmpint (recv (relayed->app, &before, 1, MSG_DONTWAIT), ==, -1);
  g_assert_cmpint (recv (relayed->app6, &before, 1, MSG_DONTWAIT), ==, -1);
}

static guint64
count_strange (Relayed *relayed)
{
  FramDriverStats stats;

  fram_plane_get_stats (relayed->world.a.plane, &stats);
  return stats.dropped_no_route;
}

static void
test_stun (void)
{
  guint8 check[80], message[200];
  gsize length;
  g_auto (Relayed) relayed;

  relayed_init (&relayed, FRAM_FAMILY_IPV4);
  fram_plane_set_channel (relayed.world.a.plane, 2, &relayed.peer4, CHANNEL);
  length = turn_write_binding (check, sizeof check, 1);
  expect_up (&relayed, check, length);
  expect_up (&relayed, message,
             turn_write_channel_data (message, CHANNEL, check, length));
  expect_up (&relayed, message,
             turn_write_data_indication (message, sizeof message, &relayed.peer4, check,
                                         length));
  g_assert_cmpuint (count_strange (&relayed), ==, 0);
}

/* Data of a peer whom nobody expects; what is no message; an application's own remote that
 * is the server. */
static void
test_strange (void)
{
  FramAddress other = parse ("198.51.100.8:4000"), port = parse ("198.51.100.7:4001");
  guint8 message[200];
  g_auto (Relayed) relayed;
  int tricked;

  relayed_init (&relayed, FRAM_FAMILY_IPV4);
  fram_plane_set_channel (relayed.world.a.plane, 2, &relayed.peer4, CHANNEL);
  fram_plane_set_channel (relayed.world.a.plane, 2, &other, CHANNEL + 1);
  tricked = open_on (&relayed, 4, 1, &relayed.address);

  expect_up (&relayed, "hello", 5);
  expect_up (&relayed, "", 0);
  expect_up (&relayed, message, turn_write_channel_data (message, 0x4fff, "hello", 5));
  expect_up (&relayed, message, turn_write_channel_data (message, 0x5000, "hello", 5));
  expect_up (&relayed, message, turn_write_channel_data (message, 0x3fff, "hello", 5));
  expect_up (&relayed, message,
             turn_write_channel_data (message, CHANNEL + 1, "hello", 5));
  /* It says that it is longer than it is. */
  turn_write_channel_data (message, CHANNEL, "hello", 5);
  for (gsize cut = 1; cut < 9; cut++)
    expect_up (&relayed, message, cut);
  g_assert_cmpuint (count_strange (&relayed), ==, 14);

  expect_up (&relayed, message,
             turn_write_data_indication (message, sizeof message, &other, "hello", 5));
  expect_up (&relayed, message,
             turn_write_data_indication (message, sizeof message, &port, "hello", 5));
  g_assert_cmpuint (count_strange (&relayed), ==, 16);
  g_assert_cmpint (recv (tricked, message, 1, MSG_DONTWAIT), ==, -1);
  close (tricked);
}

/* Behind the data there may be more: padding. */
static void
test_padding (void)
{
  static const guint8 padded[] = { 0x40, 0, 0, 5, 'h', 'e', 'l', 'l', 'o', 0, 0, 0 };
  g_auto (Relayed) relayed;

  relayed_init (&relayed, FRAM_FAMILY_IPV4);
  fram_plane_set_channel (relayed.world.a.plane, 2, &relayed.peer4, CHANNEL);
  write_to (relayed.server, padded, sizeof padded);
  world_expect (&relayed.world, relayed.app, "hello", 5);
}

/* An empty packet would look like the end. */
static void
test_empty (void)
{
  FramDriverStats stats;
  g_auto (Relayed) relayed;

  relayed_init (&relayed, FRAM_FAMILY_IPV4);
  fram_plane_set_channel (relayed.world.a.plane, 2, &relayed.peer4, CHANNEL);
  send_channel_data (&relayed, CHANNEL, "", 0);
  send_indication (&relayed, &relayed.peer4, "", 0);
  send_channel_data (&relayed, CHANNEL, "x", 1);
  world_expect (&relayed.world, relayed.app, "x", 1);
  fram_plane_get_stats (relayed.world.a.plane, &stats);
  g_assert_cmpuint (stats.dropped_other, ==, 2);
  g_assert_cmpuint (relayed.world.a.n_received, ==, 0);

  write_to (relayed.app, "", 0);
  write_to (relayed.app, "y", 1);
  expect_channel_data (&relayed, CHANNEL, "y", 1);
  g_assert_cmpuint (get_stats (&relayed, 2).dropped_empty, ==, 1);
}

/* --- Limits ------------------------------------------------------------------------ */

static gboolean
has_lost (World *world, gpointer data)
{
  FramComponentStats stats;
  const FramComponentKey key = { .session = 2, .stream = 0, .component = 1 };

  fram_plane_get_component_stats (world->a.plane, &key, &stats);
  return stats.dropped_too_long == GPOINTER_TO_UINT (data);
}

/* The wrapping counts too. */
static void
test_too_long (void)
{
  g_autofree guint8 *bytes = g_malloc0 (LONGEST);
  g_auto (Relayed) relayed;
  FramDriverStats stats;

  relayed_init (&relayed, FRAM_FAMILY_IPV4);
  memset (bytes, 0x80, LONGEST);
  /* 20 of the header, 12 of the peer, 4 of DATA, and a multiple of four. */
  write_to (relayed.app, bytes, 65471);
  world_wait (&relayed.world, has_lost, GUINT_TO_POINTER (1));
  write_to (relayed.app, bytes, 65468);
  expect_indication (&relayed, &relayed.peer4, bytes, 65468);

  fram_plane_set_channel (relayed.world.a.plane, 2, &relayed.peer4, CHANNEL);
  write_to (relayed.app, bytes, 65504);
  write_to (relayed.app, bytes, 65507);
  world_wait (&relayed.world, has_lost, GUINT_TO_POINTER (3));
  write_to (relayed.app, bytes, 65503);
  expect_channel_data (&relayed, CHANNEL, bytes, 65503);
  g_assert_cmpuint (get_stats (&relayed, 2).bytes_sent, ==, 65468 + 65503);
  fram_plane_get_stats (relayed.world.a.plane, &stats);
  g_assert_cmpuint (stats.dropped_other, ==, 3);
  g_assert_cmpuint (get_stats (&relayed, 2).dropped_net_full, ==, 0);
}

/* --- Changes ----------------------------------------------------------------------- */

/* The peer is this host's own other base: the data go to the server all the same. */
static void
test_no_short_way (void)
{
  FramComponentKey key = { .session = 2, .stream = 0, .component = 1 };
  FramAddress bind = world_loopback (FRAM_FAMILY_IPV4), own;
  g_autoptr (GError) error = NULL;
  g_auto (Relayed) relayed;

  relayed_init (&relayed, FRAM_FAMILY_IPV4);
  g_assert_true (fram_plane_open_base (relayed.world.a.plane, 9, &bind, &own, &error));
  fram_plane_set_path (relayed.world.a.plane, &key, 2, &own);
  write_to (relayed.app, "around", 6);
  expect_indication (&relayed, &own, "around", 6);
}

static void
test_renumbered (void)
{
  FramAddress other = parse ("198.51.100.8:4000");
  FramComponentKey key = { .session = 2, .stream = 0, .component = 1 };
  FramPlane *plane;
  guint8 message[100];
  g_auto (Relayed) relayed;

  relayed_init (&relayed, FRAM_FAMILY_IPV4);
  plane = relayed.world.a.plane;
  fram_plane_set_channel (plane, 2, &relayed.peer4, CHANNEL + 5);
  fram_plane_set_channel (plane, 2, &relayed.peer4, CHANNEL + 6);
  write_to (relayed.app, "by the new one", 14);
  expect_channel_data (&relayed, CHANNEL + 6, "by the new one", 14);
  /* The former stands for the peer still. */
  send_channel_data (&relayed, CHANNEL + 5, "former", 6);
  world_expect (&relayed.world, relayed.app, "former", 6);
  send_channel_data (&relayed, CHANNEL + 6, "now", 3);
  world_expect (&relayed.world, relayed.app, "now", 3);

  /* Another peer's. */
  fram_plane_set_channel (plane, 2, &other, CHANNEL + 6);
  write_to (relayed.app, "without", 7);
  expect_indication (&relayed, &relayed.peer4, "without", 7);
  expect_up (&relayed, message,
             turn_write_channel_data (message, CHANNEL + 6, "other", 5));
  fram_plane_add_route (plane, &key, 2, &other);
  send_channel_data (&relayed, CHANNEL + 6, "other", 5);
  world_expect (&relayed.world, relayed.app, "other", 5);
}

static gboolean
has_no_path (World *world, gpointer data)
{
  FramComponentStats stats;
  const FramComponentKey key = { .session = 2, .stream = 0, .component = 1 };

  fram_plane_get_component_stats (world->a.plane, &key, &stats);
  return stats.dropped_no_path == GPOINTER_TO_UINT (data);
}

static void
test_closing (void)
{
  FramAddress relayed4 = parse ("192.0.2.1:50001");
  FramPlane *plane;
  guint8 message[100];
  g_auto (Relayed) relayed;

  relayed_init (&relayed, FRAM_FAMILY_IPV4);
  plane = relayed.world.a.plane;
  fram_plane_set_channel (plane, 2, &relayed.peer4, CHANNEL);
  fram_plane_set_channel (plane, 3, &relayed.peer6, CHANNEL + 1);
  fram_plane_close_base (plane, 2);
  write_to (relayed.app, "lost", 4);
  world_wait (&relayed.world, has_no_path, GUINT_TO_POINTER (1));
  expect_up (&relayed, message, turn_write_channel_data (message, CHANNEL, "late", 4));
  expect_up (
      &relayed, message,
      turn_write_data_indication (message, sizeof message, &relayed.peer4, "late", 4));
  fram_plane_set_channel (plane, 2, &relayed.peer4, CHANNEL);
  /* The other family goes on. */
  send_channel_data (&relayed, CHANNEL + 1, "six", 3);
  world_expect (&relayed.world, relayed.app6, "six", 3);

  /* A new one in its place. */
  fram_plane_add_relay (plane, 5, 1, &relayed.address, &relayed4);
  close (relayed.app);
  relayed.app = open_on (&relayed, 2, 5, &relayed.peer4);
  fram_plane_set_channel (plane, 5, &relayed.peer4, CHANNEL);
  write_to (relayed.app, "new", 3);
  expect_channel_data (&relayed, CHANNEL, "new", 3);

  /* Without its carrier it is nothing. */
  fram_plane_close_base (plane, 1);
  write_to (relayed.app, "lost", 4);
  world_wait (&relayed.world, has_no_path, GUINT_TO_POINTER (1));
  fram_plane_close_base (plane, 5);
  fram_plane_close_base (plane, 3);
  fram_plane_close_base (plane, 3);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    FramFamily family;
  } families[] = { { "ipv4", FRAM_FAMILY_IPV4 }, { "ipv6", FRAM_FAMILY_IPV6 } };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    {
      g_autofree char *both_ways
          = g_strconcat ("/relayed/both-ways/", families[i].name, NULL);
      g_autofree char *runs = g_strconcat ("/relayed/runs/", families[i].name, NULL);
      gpointer family = GINT_TO_POINTER (families[i].family);

      g_test_add_data_func (both_ways, family, test_both_ways);
      g_test_add_data_func (runs, family, test_runs);
    }
  g_test_add_func ("/relayed/asked", test_asked);
  g_test_add_func ("/relayed/joined", test_joined);
  g_test_add_func ("/relayed/stun", test_stun);
  g_test_add_func ("/relayed/strange", test_strange);
  g_test_add_func ("/relayed/padding", test_padding);
  g_test_add_func ("/relayed/empty", test_empty);
  g_test_add_func ("/relayed/too-long", test_too_long);
  g_test_add_func ("/relayed/no-short-way", test_no_short_way);
  g_test_add_func ("/relayed/renumbered", test_renumbered);
  g_test_add_func ("/relayed/closing", test_closing);
  return g_test_run ();
}
