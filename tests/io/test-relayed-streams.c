/* Relayed bases over TCP, TLS and DTLS: a server whose peers send all back, and one that is
 * slow. */
#include "certificates.h"
#include "datagram-server.h"
#include "plane-world.h"
#include "stream-client.h"
#include "stream-server.h"
#include "turn-messages.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define STREAM 7
#define CHANNEL 0x4000

static Authority *authority;

/* Side a of the world and a stream, which carries the relayed base 2. */
typedef struct
{
  World world;
  FramStream *stream;
  StreamServer *server;             /* or */
  DatagramServer *datagrams_server; /* this */
  gboolean is_open, failed;
  GByteArray *up; /* the last message that was for the owner */
  guint n_up;
  FramAddress peer;
  int app; /* of session 2 */
} Carried;

/* --- The driver's part ------------------------------------------------------------- */

static void
on_opened (gpointer user_data, FramBaseId id, const FramAddress *local)
{
  Carried *carried = user_data;

  fram_plane_add_stream (carried->world.a.plane, id, carried->stream);
  carried->is_open = TRUE;
}

static void
on_receive (gpointer user_data, FramBaseId id, const FramAddress *remote,
            const guint8 *data, gsize length)
{
  Carried *carried = user_data;

  if (fram_plane_take_message (carried->world.a.plane, id, remote, data, length))
    return;
  carried->n_up++;
  g_byte_array_set_size (carried->up, 0);
  g_byte_array_append (carried->up, data, (guint) length);
}

static void
close_stream (Carried *carried)
{
  fram_plane_close_base (carried->world.a.plane, STREAM);
  g_clear_pointer (&carried->stream, fram_stream_close);
}

static void
on_failed (gpointer user_data, FramBaseId id, FramStreamFailure failure,
           const char *details)
{
  Carried *carried = user_data;

  g_test_message ("%s", details != NULL ? details : "silence");
  fram_plane_deliver (carried->world.a.plane);
  carried->failed = TRUE;
  close_stream (carried);
}

static void
on_turn_ended (gpointer user_data)
{
  fram_plane_deliver (((Carried *) user_data)->world.a.plane);
}

static void
on_room (gpointer user_data, FramBaseId id)
{
  fram_plane_stream_has_room (((Carried *) user_data)->world.a.plane, id);
}

/* --- The world --------------------------------------------------------------------- */

static gboolean
is_open (World *world, gpointer carried)
{
  return ((Carried *) carried)->is_open;
}

static int
open_on (Carried *carried, FramSessionId session)
{
  FramComponentKey key = { .session = session, .stream = 0, .component = 1 };
  g_autoptr (GError) error = NULL;
  FramAddress peer = carried->peer;
  int fd;

  peer.port += (guint16) session;
  fram_plane_add_route (carried->world.a.plane, &key, 2, &peer);
  fram_plane_set_path (carried->world.a.plane, &key, 2, &peer);
  fram_plane_set_channel (carried->world.a.plane, 2, &peer,
                          (guint16) (CHANNEL + session));
  fd = fram_plane_open_component (carried->world.a.plane, &key, &error);
  g_assert_no_error (error);
  return fd;
}

static void
carried_init (Carried *carried, FramKnownTransport transport, int kind)
{
  static const FramStreamOwner owner
      = { on_opened, on_receive, on_failed, on_turn_ended, on_room };
  g_autofree char *file = authority_get_path (authority, "authority.pem");
  FramStreamTarget target = { .id = STREAM,
                              .bind = world_loopback (FRAM_FAMILY_IPV4),
                              .scheme = FRAM_SERVER_SCHEME_TURN,
                              .transport = transport,
                              .name = "server.example",
                              .authority = file };
  FramAddress relayed;
  g_autoptr (GTlsCertificate) certificate
      = transport == FRAM_KNOWN_TCP ? NULL : authority_issue (authority, target.name, 2);

  memset (carried, 0, sizeof *carried);
  world_init (&carried->world, FRAM_FAMILY_IPV4);
  g_main_context_push_thread_default (carried->world.context);
  carried->up = g_byte_array_new ();
  if (transport == FRAM_KNOWN_DTLS)
    {
      carried->datagrams_server = datagram_server_new (kind, certificate);
      target.remote = carried->datagrams_server->address;
    }
  else
    {
      carried->server = stream_server_new (kind, STREAM_PROXY_NONE, certificate);
      target.remote = carried->server->address;
    }
  carried->stream = fram_stream_new (carried->world.context, &target, FRAM_STREAM_LIMIT,
                                     &owner, carried);
  world_wait (&carried->world, is_open, carried);
  g_assert_true (fram_address_parse (&relayed, "192.0.2.1:50000"));
  g_assert_true (fram_address_parse (&carried->peer, "198.51.100.7:4000"));
  fram_plane_add_relay (carried->world.a.plane, 2, STREAM, &target.remote, &relayed);
  carried->app = open_on (carried, 2);
}

static void
carried_clear (Carried *carried)
{
  close_stream (carried);
  if (carried->server != NULL)
    stream_server_free (carried->server);
  if (carried->datagrams_server != NULL)
    datagram_server_free (carried->datagrams_server);
  world_settle (&carried->world, 100);
  g_main_context_pop_thread_default (carried->world.context);
  world_clear (&carried->world);
  g_byte_array_unref (carried->up);
  close (carried->app);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Carried, carried_clear)

static FramComponentStats
get_stats (Carried *carried, FramSessionId session)
{
  FramComponentKey key = { .session = session, .stream = 0, .component = 1 };
  FramComponentStats stats;

  g_assert_true (fram_plane_get_component_stats (carried->world.a.plane, &key, &stats));
  return stats;
}

static FramAddress
get_peer (Carried *carried)
{
  FramAddress peer = carried->peer;

  peer.port += 2;
  return peer;
}

/* Writes it, and gets it back. */
static void
exchange (Carried *carried, const void *data, gsize length)
{
  g_assert_cmpint (send (carried->app, data, length, MSG_DONTWAIT), ==, length);
  world_expect (&carried->world, carried->app, data, length);
}

/* --- Both ways --------------------------------------------------------------------- */

static gboolean
is_up (World *world, gpointer carried)
{
  return ((Carried *) carried)->n_up > 0;
}

/* The server gives it back, and it is for the owner. */
static void
expect_up (Carried *carried, const guint8 *message, gsize length)
{
  carried->n_up = 0;
  fram_stream_send (carried->stream, message, length);
  world_wait (&carried->world, is_up, carried);
  g_assert_cmpuint (carried->n_up, ==, 1);
  g_assert_cmpmem (carried->up->data, carried->up->len, message, length);
}

static void
test_both_ways (gconstpointer transport)
{
  g_auto (Carried) carried;
  FramAddress peer;
  guint8 check[80], message[200], bytes[1200];

  carried_init (&carried, GPOINTER_TO_INT (transport),
                GPOINTER_TO_INT (transport) == FRAM_KNOWN_DTLS
                    ? (int) DATAGRAM_SERVER_TURN
                    : (int) STREAM_SERVER_TURN);
  peer = get_peer (&carried);
  memset (bytes, 0x80, sizeof bytes);
  for (gsize length = 1; length < 9; length++)
    exchange (&carried, bytes, length);
  exchange (&carried, bytes, sizeof bytes);
  fram_plane_set_channel (carried.world.a.plane, 2, &peer, 0);
  for (gsize length = 1; length < 9; length++)
    exchange (&carried, bytes, length);
  exchange (&carried, bytes, sizeof bytes);
  g_assert_cmpuint (get_stats (&carried, 2).bytes_sent, ==, 2 * (36 + 1200));
  g_assert_cmpuint (get_stats (&carried, 2).bytes_received, ==, 2 * (36 + 1200));
  g_assert_cmpuint (carried.n_up, ==, 0);

  fram_plane_set_channel (carried.world.a.plane, 2, &peer, CHANNEL + 2);
  turn_write_binding (check, sizeof check, 1);
  expect_up (&carried, check, sizeof check);
  expect_up (&carried, message,
             turn_write_channel_data (message, CHANNEL + 2, check, sizeof check));
  expect_up (&carried, message,
             turn_write_channel_data (message, CHANNEL + 9, "nobody's", 8));
  exchange (&carried, "and so on", 9);
}

/* Many at one time come as they were, in order, each for its component. */
static void
test_many (gconstpointer transport)
{
  g_auto (Carried) carried;
  guint8 bytes[1200];
  int other;

  carried_init (&carried, GPOINTER_TO_INT (transport),
                GPOINTER_TO_INT (transport) == FRAM_KNOWN_DTLS
                    ? (int) DATAGRAM_SERVER_TURN
                    : (int) STREAM_SERVER_TURN);
  other = open_on (&carried, 3);
  for (guint round = 0; round < 20; round++)
    {
      for (guint i = 0; i < 30; i++)
        {
          gsize length = 1 + (round * 30 + i) * 7 % sizeof bytes;

          memset (bytes, 0x80 + (int) i, length);
          g_assert_cmpint (
              send (i % 3 == 0 ? other : carried.app, bytes, length, MSG_DONTWAIT), ==,
              length);
        }
      for (guint i = 0; i < 30; i++)
        {
          gsize length = 1 + (round * 30 + i) * 7 % sizeof bytes;

          memset (bytes, 0x80 + (int) i, length);
          world_expect (&carried.world, i % 3 == 0 ? other : carried.app, bytes, length);
        }
    }
  g_assert_cmpuint (get_stats (&carried, 2).packets_sent, ==, 400);
  g_assert_cmpuint (get_stats (&carried, 3).packets_received, ==, 200);
  close (other);
}

static gboolean
has_no_path (World *world, gpointer data)
{
  Carried *carried = data;

  return carried->failed && get_stats (carried, 2).dropped_no_path > 0;
}

static void
test_closed_by_server (gconstpointer transport)
{
  g_auto (Carried) carried;

  carried_init (&carried, GPOINTER_TO_INT (transport),
                GPOINTER_TO_INT (transport) == FRAM_KNOWN_DTLS
                    ? (int) DATAGRAM_SERVER_CLOSES
                    : (int) STREAM_SERVER_CUTS);
  /* An indication: what cuts its answers knows STUN. */
  {
    FramAddress peer = get_peer (&carried);

    fram_plane_set_channel (carried.world.a.plane, 2, &peer, 0);
  }
  g_assert_cmpint (send (carried.app, "x", 1, MSG_DONTWAIT), ==, 1);
  while (!carried.failed)
    g_main_context_iteration (carried.world.context, TRUE);
  g_assert_cmpint (send (carried.app, "x", 1, MSG_DONTWAIT), ==, 1);
  world_wait (&carried.world, has_no_path, &carried);
}

/* --- Slow servers ------------------------------------------------------------------ */

static const guint8 packet[1200] = { 0x80 };

static void
fill (int fd)
{
  while (send (fd, packet, sizeof packet, MSG_DONTWAIT) > 0)
    continue;
  g_assert_cmpint (errno, ==, EAGAIN);
}

typedef struct
{
  Carried *carried;
  int fds[3];
} Full;

static guint64
count_sent (Carried *carried)
{
  return get_stats (carried, 2).packets_sent + get_stats (carried, 3).packets_sent
         + get_stats (carried, 4).packets_sent;
}

/* Until nothing moves any more, though all are written to. */
static void
fill_all (Full *full)
{
  guint64 before = 0;

  for (guint still = 0; still < 20;)
    {
      for (guint i = 0; i < G_N_ELEMENTS (full->fds); i++)
        fill (full->fds[i]);
      world_settle (&full->carried->world, 50);
      still = count_sent (full->carried) == before ? still + 1 : 0;
      before = count_sent (full->carried);
      if (still > 0 && !fram_stream_is_full (full->carried->stream))
        still = 0;
      g_thread_yield ();
    }
}

static void
make_full (Full *full, Carried *carried, FramKnownTransport transport)
{
  carried_init (carried, transport, STREAM_SERVER_SLEEPS);
  full->carried = carried;
  full->fds[0] = carried->app;
  full->fds[1] = open_on (carried, 3);
  full->fds[2] = open_on (carried, 4);
  fill_all (full);
}

static void
expect_nothing_lost (Carried *carried)
{
  for (FramSessionId session = 2; session <= 4; session++)
    {
      g_assert_cmpuint (get_stats (carried, session).dropped_net_full, ==, 0);
      g_assert_cmpuint (get_stats (carried, session).packets_sent, >, 0);
    }
  g_assert_cmpuint (fram_stream_get_dropped (carried->stream), ==, 0);
}

/* Each of them gets this far. */
static gboolean
have_sent (World *world, gpointer data)
{
  Full *full = data;
  guint8 buffer[sizeof packet];

  for (guint i = 0; i < G_N_ELEMENTS (full->fds); i++)
    {
      while (send (full->fds[i], packet, sizeof packet, MSG_DONTWAIT) > 0)
        continue;
      while (recv (full->fds[i], buffer, sizeof buffer, MSG_DONTWAIT) > 0)
        continue;
    }
  for (FramSessionId session = 2; session <= 4; session++)
    if (get_stats (full->carried, session).packets_sent < 3000)
      return FALSE;
  return TRUE;
}

/* Who sends more than the server reads has to wait, and loses nothing; what the protocols
 * say still finds room.  Then all go on, none much faster than another. */
static void
test_slow (gconstpointer transport)
{
  Carried carried;
  guint8 check[80];
  guint64 sent[3], most = 0, least = G_MAXUINT64;
  guint turns;
  Full full;

  make_full (&full, &carried, GPOINTER_TO_INT (transport));
  expect_nothing_lost (&carried);
  turns = carried.world.a.n_turns;
  turn_write_binding (check, sizeof check, 1);
  for (guint i = 0; i < 100; i++)
    fram_stream_send (carried.stream, check, sizeof check);
  world_settle (&carried.world, 100);
  /* It sleeps. */
  g_assert_cmpuint (carried.world.a.n_turns, ==, turns);
  g_assert_cmpuint (fram_stream_get_dropped (carried.stream), ==, 0);

  stream_server_wake (carried.server);
  world_wait (&carried.world, have_sent, &full);
  expect_nothing_lost (&carried);
  for (guint i = 0; i < 3; i++)
    {
      sent[i] = get_stats (&carried, 2 + i).packets_sent;
      most = MAX (most, sent[i]);
      least = MIN (least, sent[i]);
    }
  g_assert_cmpuint (most, <, 2 * least);
  close (full.fds[1]);
  close (full.fds[2]);
  carried_clear (&carried);
}

static gboolean
has_packet (World *world, gpointer fd)
{
  guint8 byte;

  return recv (GPOINTER_TO_INT (fd), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/* A path that is not stuck is taken at once, and closing does not wait either. */
static void
test_stuck_and_moved (void)
{
  FramComponentKey key = { .session = 2, .stream = 0, .component = 1 };
  FramComponentKey other = { .session = 5, .stream = 0, .component = 1 };
  Carried carried;
  Full full;
  int app;
  g_autoptr (GError) error = NULL;

  make_full (&full, &carried, FRAM_KNOWN_TCP);
  fram_plane_add_route (carried.world.b.plane, &other, 1, &carried.world.a.address);
  app = fram_plane_open_component (carried.world.b.plane, &other, &error);
  g_assert_no_error (error);
  fram_plane_set_path (carried.world.a.plane, &key, 1, &carried.world.b.address);
  world_wait (&carried.world, has_packet, GINT_TO_POINTER (app));
  close (app);

  fram_plane_close_session (carried.world.a.plane, 3);
  world_expect_end (&carried.world, full.fds[1]);
  /* What carried it has gone: who waits finds that there is no path. */
  close_stream (&carried);
  while (get_stats (&carried, 4).dropped_no_path == 0)
    g_main_context_iteration (carried.world.context, TRUE);
  close (full.fds[1]);
  close (full.fds[2]);
  carried_clear (&carried);
}

/* Long datagrams fill it at once: what does not fit is lost and counted. */
static gboolean
has_lost (World *world, gpointer data)
{
  static const guint8 bytes[60000];
  Carried *carried = data;

  while (send (carried->app, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
    continue;
  return get_stats (carried, 2).dropped_net_full > 0;
}

static void
test_long (void)
{
  g_auto (Carried) carried;
  guint8 *bytes = g_malloc0 (65507);
  FramAddress peer;

  carried_init (&carried, FRAM_KNOWN_TCP, STREAM_SERVER_TURN);
  peer = get_peer (&carried);
  memset (bytes, 0x80, 65507);
  exchange (&carried, bytes, 65507);
  fram_plane_set_channel (carried.world.a.plane, 2, &peer, 0);
  exchange (&carried, bytes, 65496);
  g_assert_cmpint (send (carried.app, bytes, 65497, MSG_DONTWAIT), ==, 65497);
  exchange (&carried, bytes, 1);
  g_assert_cmpuint (get_stats (&carried, 2).dropped_too_long, ==, 1);
  g_assert_cmpuint (get_stats (&carried, 2).dropped_net_full, ==, 0);
  g_free (bytes);
}

static void
test_overrun (void)
{
  g_auto (Carried) carried;

  carried_init (&carried, FRAM_KNOWN_TCP, STREAM_SERVER_SLEEPS);
  world_wait (&carried.world, has_lost, &carried);
  g_assert_cmpuint (get_stats (&carried, 2).dropped_net_full, <, FRAM_BATCH_MAX);
  g_assert_cmpuint (fram_stream_get_dropped (carried.stream), ==,
                    get_stats (&carried, 2).dropped_net_full);
}

static void
test_too_long_for_dtls (void)
{
  g_auto (Carried) carried;
  guint8 bytes[4000];

  carried_init (&carried, FRAM_KNOWN_DTLS, DATAGRAM_SERVER_TURN);
  memset (bytes, 0x80, sizeof bytes);
  g_assert_cmpint (send (carried.app, bytes, sizeof bytes, MSG_DONTWAIT), ==,
                   sizeof bytes);
  exchange (&carried, bytes, 1200);
  g_assert_cmpuint (get_stats (&carried, 2).dropped_too_long, ==, 1);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    FramKnownTransport transport;
  } transports[] = { { "tcp", FRAM_KNOWN_TCP },
                     { "tls", FRAM_KNOWN_TLS },
                     { "dtls", FRAM_KNOWN_DTLS } };
  int result;

  stream_client_take_proxies ();
  g_test_init (&argc, &argv, NULL);
  authority = authority_new ();
  for (guint i = 0; i < G_N_ELEMENTS (transports); i++)
    {
      const char *name = transports[i].name;
      gconstpointer transport = GINT_TO_POINTER (transports[i].transport);
      g_autofree char *both_ways = g_strconcat ("/relayed/both-ways/", name, NULL);
      g_autofree char *many = g_strconcat ("/relayed/many/", name, NULL);
      g_autofree char *closed = g_strconcat ("/relayed/closed/", name, NULL);
      g_autofree char *slow = g_strconcat ("/relayed/slow/", name, NULL);

      g_test_add_data_func (both_ways, transport, test_both_ways);
      g_test_add_data_func (many, transport, test_many);
      g_test_add_data_func (closed, transport, test_closed_by_server);
      if (transports[i].transport != FRAM_KNOWN_DTLS)
        g_test_add_data_func (slow, transport, test_slow);
    }
  g_test_add_func ("/relayed/stuck-and-moved", test_stuck_and_moved);
  g_test_add_func ("/relayed/long", test_long);
  g_test_add_func ("/relayed/overrun", test_overrun);
  g_test_add_func ("/relayed/too-long-for-dtls", test_too_long_for_dtls);
  result = g_test_run ();
  authority_free (authority);
  return result;
}
