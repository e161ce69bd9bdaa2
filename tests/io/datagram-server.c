#include "datagram-server.h"

#include "io/sockaddr.h"
#include "turn-messages.h"

#include <sys/socket.h>

#define LONGEST (1 << 16)

/* Talks to the first who comes. Return: FALSE: the end came before. */
static gboolean
await_client (DatagramServer *server)
{
  FramSockaddr source;
  socklen_t length = sizeof source;
  guint8 byte;

  if (!g_socket_condition_wait (server->socket, G_IO_IN, server->end, NULL))
    return FALSE;
  g_assert_cmpint (recvfrom (g_socket_get_fd (server->socket), &byte, 1, MSG_PEEK,
                             &source.any, &length),
                   >=, 0);
  g_assert_cmpint (connect (g_socket_get_fd (server->socket), &source.any, length), ==,
                   0);
  return TRUE;
}

static gssize
get (DatagramServer *server, GDatagramBased *dtls, guint8 *buffer)
{
  GInputVector vector = { .buffer = buffer, .size = LONGEST };
  GInputMessage message = { .vectors = &vector, .num_vectors = 1 };

  if (g_datagram_based_receive_messages (dtls, &message, 1, 0, -1, server->end, NULL) < 1)
    return -1;
  return (gssize) message.bytes_received;
}

static void
put (DatagramServer *server, GDatagramBased *dtls, const guint8 *data, gsize length)
{
  GOutputVector vector = { .buffer = data, .size = length };
  GOutputMessage message = { .vectors = &vector, .num_vectors = 1 };

  g_datagram_based_send_messages (dtls, &message, 1, 0, -1, server->end, NULL);
}

static void
serve (DatagramServer *server, GDatagramBased *dtls)
{
  g_autofree guint8 *message = g_malloc (LONGEST), *answer = g_malloc (LONGEST);
  gssize length;

  while ((length = get (server, dtls, message)) > 0
         && server->kind != DATAGRAM_SERVER_CLOSES)
    put (server, dtls, answer, turn_echo (message, (gsize) length, answer, LONGEST));
  g_dtls_connection_close (G_DTLS_CONNECTION (dtls), NULL, NULL);
}

static gpointer
run (gpointer data)
{
  DatagramServer *server = data;
  g_autoptr (GDatagramBased) dtls = NULL;

  if (server->kind == DATAGRAM_SERVER_SILENT || !await_client (server))
    return NULL;
  if (server->kind == DATAGRAM_SERVER_GARBAGE)
    {
      g_socket_send (server->socket, "What?", 5, NULL, NULL);
      return NULL;
    }
  dtls = g_dtls_server_connection_new (G_DATAGRAM_BASED (server->socket),
                                       server->certificate, NULL);
  if (g_dtls_connection_handshake (G_DTLS_CONNECTION (dtls), server->end, NULL))
    serve (server, dtls);
  return NULL;
}

DatagramServer *
datagram_server_new (DatagramServerKind kind, GTlsCertificate *certificate)
{
  DatagramServer *server = g_new0 (DatagramServer, 1);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;
  FramSockaddr sockaddr;

  server->kind = kind;
  server->certificate = certificate != NULL ? g_object_ref (certificate) : NULL;
  server->end = g_cancellable_new ();
  server->socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM,
                                 G_SOCKET_PROTOCOL_UDP, &error);
  g_assert_no_error (error);
  g_assert_true (g_socket_bind (server->socket, any, FALSE, &error));
  bound = g_socket_get_local_address (server->socket, &error);
  g_assert_true (g_socket_address_to_native (bound, &sockaddr, sizeof sockaddr, NULL));
  g_assert_true (fram_sockaddr_to_address (&sockaddr, sizeof sockaddr, &server->address));
  server->thread = g_thread_new ("server", run, server);
  return server;
}

void
datagram_server_free (DatagramServer *server)
{
  g_cancellable_cancel (server->end);
  g_thread_join (server->thread);
  g_object_unref (server->socket);
  g_object_unref (server->end);
  g_clear_object (&server->certificate);
  g_free (server);
}
