/* Sockets that listen. */
#include "io/listener.h"

#include "io/sockaddr.h"
#include "io/stream.h"

#include <sys/resource.h>

typedef struct
{
  guint n_accepted, n_turns;
  guint n_opened, n_failed; /* streams */
  FramAddress remote;
  GSocket *last;
} Told;

static void
on_accepted (gpointer user_data, FramBaseId id, GSocket *socket,
             const FramAddress *remote)
{
  Told *told = user_data;

  g_assert_cmpuint (id, ==, 7);
  told->n_accepted++;
  told->remote = *remote;
  g_set_object (&told->last, socket);
}

static void
on_turn_ended (gpointer user_data)
{
  ((Told *) user_data)->n_turns++;
}

static const FramListenerOwner owner = { on_accepted, on_turn_ended };

static FramListener *
listen_at (const FramAddress *at, Told *told, GError **error)
{
  return fram_listener_new (g_main_context_default (), 7, at, FALSE, &owner, told, error);
}

static FramListener *
listen_and_connect (const FramAddress *at, Told *told, GError **error)
{
  return fram_listener_new (g_main_context_default (), 7, at, TRUE, &owner, told, error);
}

static FramAddress
address (const char *text)
{
  FramAddress result;

  g_assert_true (fram_address_parse (&result, text));
  return result;
}

static GSocket *
connect_to (const FramListener *listener)
{
  g_autoptr (GSocketAddress) to
      = fram_sockaddr_new_gio (fram_listener_get_address (listener));
  GSocket *socket = g_socket_new (g_socket_address_get_family (to), G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_socket_connect (socket, to, NULL, &error));
  g_assert_no_error (error);
  return socket;
}

static void
await (const guint *number, guint expected)
{
  while (*number < expected)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_accepts (gconstpointer data)
{
  FramAddress at = address (data), from;
  Told told = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (FramListener) listener = listen_at (&at, &told, &error);
  g_autoptr (GSocket) client = NULL;
  g_autoptr (GSocketAddress) local = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (fram_listener_get_address (listener)->port, !=, 0);
  client = connect_to (listener);
  await (&told.n_turns, 1);
  g_assert_cmpuint (told.n_accepted, ==, 1);
  local = g_socket_get_local_address (client, NULL);
  g_assert_true (fram_sockaddr_from_gio (local, &from));
  g_assert_true (fram_address_equal (&told.remote, &from));
  g_clear_object (&told.last);
}

/* Many at once are taken in turns. */
static void
test_turns (void)
{
  FramAddress at = address ("127.0.0.1:0");
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func (g_object_unref);
  Told told = { 0 };
  g_autoptr (FramListener) listener = listen_at (&at, &told, NULL);

  for (guint i = 0; i < FRAM_LISTENER_PER_TURN + 1; i++)
    g_ptr_array_add (clients, connect_to (listener));
  await (&told.n_turns, 1);
  g_assert_cmpuint (told.n_accepted, ==, FRAM_LISTENER_PER_TURN);
  await (&told.n_accepted, FRAM_LISTENER_PER_TURN + 1);
  g_clear_object (&told.last);
}

static void
test_taken (void)
{
  FramAddress at = address ("127.0.0.1:0");
  Told told = { 0 };
  g_autoptr (FramListener) listener = listen_at (&at, &told, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (listen_at (fram_listener_get_address (listener), &told, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_clear_error (&error);
  at = address ("192.0.2.77:0");
  g_assert_null (listen_at (&at, &told, &error));
  g_assert_nonnull (error);
}

static void
on_opened (gpointer user_data, FramBaseId id, const FramAddress *local)
{
  ((Told *) user_data)->n_opened++;
}

static void
on_stream_data (gpointer user_data, FramBaseId id, const FramAddress *remote,
                const guint8 *data, gsize length)
{
}

static void
on_failed (gpointer user_data, FramBaseId id, FramStreamFailure failure,
           const char *details)
{
  ((Told *) user_data)->n_failed++;
}

static void
on_room (gpointer user_data, FramBaseId id)
{
}

static const FramStreamOwner stream_owner
    = { on_opened, on_stream_data, on_failed, on_turn_ended, on_room };

static FramStream *
open_from (const FramListener *from, const FramListener *to, Told *told)
{
  FramStreamTarget target = { .id = 8,
                              .bind = *fram_listener_get_address (from),
                              .remote = *fram_listener_get_address (to),
                              .transport = FRAM_KNOWN_TCP,
                              .to_peer = TRUE };

  return fram_stream_new (g_main_context_default (), &target, FRAM_STREAM_LIMIT,
                          &stream_owner, told);
}

/* RFC 6544 §5.2: it connects from the port by which it is connected to, to several peers, and
 * nobody else has that port. */
static void
test_connects (gconstpointer data)
{
  FramAddress at = address (data);
  Told told = { 0 }, first = { 0 }, second = { 0 };
  g_autoptr (FramListener) listener = listen_and_connect (&at, &told, NULL);
  g_autoptr (FramListener) peer = listen_at (&at, &first, NULL);
  g_autoptr (FramListener) other = listen_at (&at, &second, NULL);
  g_autoptr (FramStream) to_peer = open_from (listener, peer, &told);
  g_autoptr (FramStream) to_other = open_from (listener, other, &told);
  const FramAddress *here = fram_listener_get_address (listener);
  g_autoptr (GSocket) client = NULL;
  g_autoptr (GError) error = NULL;

  await (&told.n_opened, 2);
  await (&first.n_accepted, 1);
  await (&second.n_accepted, 1);
  g_assert_true (fram_address_equal (&first.remote, here));
  g_assert_true (fram_address_equal (&second.remote, here));
  client = connect_to (listener);
  await (&told.n_accepted, 1);
  g_assert_null (listen_at (here, &first, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_clear_error (&error);
  g_assert_null (listen_and_connect (here, &first, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_clear_object (&told.last);
  g_clear_object (&first.last);
  g_clear_object (&second.last);
}

/* The peer has connected already: there is one connection of the two ends. */
static void
test_peer_was_first (void)
{
  FramAddress at = address ("127.0.0.1:0");
  Told told = { 0 }, peers = { 0 };
  g_autoptr (FramListener) listener = listen_and_connect (&at, &told, NULL);
  g_autoptr (FramListener) peer = listen_and_connect (&at, &peers, NULL);
  g_autoptr (FramStream) from_peer = open_from (peer, listener, &peers);
  g_autoptr (FramStream) to_peer = NULL;

  await (&told.n_accepted, 1);
  g_assert_true (fram_address_equal (&told.remote, fram_listener_get_address (peer)));
  to_peer = open_from (listener, peer, &told);
  await (&told.n_failed, 1);
  g_assert_cmpuint (told.n_opened, ==, 0);
  g_clear_object (&told.last);
}

/* Without descriptors it rests, and does not turn for nothing. */
static void
test_no_descriptors (void)
{
  FramAddress at = address ("127.0.0.1:0");
  Told told = { 0 };
  g_autoptr (FramListener) listener = listen_at (&at, &told, NULL);
  g_autoptr (GSocket) client = connect_to (listener);
  struct rlimit before, none;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  none = before;
  none.rlim_cur = 3;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  await (&told.n_turns, 1);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  g_assert_cmpuint (told.n_accepted, ==, 0);
  g_assert_false (g_main_context_pending (NULL));
  await (&told.n_accepted, 1);
  g_clear_object (&told.last);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/listener/ipv4", "127.0.0.1:0", test_accepts);
  g_test_add_data_func ("/listener/ipv6", "[::1]:0", test_accepts);
  g_test_add_func ("/listener/turns", test_turns);
  g_test_add_func ("/listener/taken", test_taken);
  g_test_add_data_func ("/listener/connects/ipv4", "127.0.0.1:0", test_connects);
  g_test_add_data_func ("/listener/connects/ipv6", "[::1]:0", test_connects);
  g_test_add_func ("/listener/connects/peer-was-first", test_peer_was_first);
  g_test_add_func ("/listener/no-descriptors", test_no_descriptors);
  return g_test_run ();
}
