/* Connecting directly: to a peer, from an address of ours, by the interface it belongs to
 * (RFC 6544 §7.1); or from a port that a peer is told, to who says where that is seen. */
#include "io/stream-private.h"

#include "io/sockaddr.h"

#include <errno.h>
#include <sys/socket.h>

static void
fail (FramStream *stream, const GError *error)
{
  fram_stream_fail (stream, FRAM_STREAM_UNREACHABLE, error->message);
}

static gboolean
on_writable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  FramStream *stream = user_data;
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_socket_check_connect_result (socket, &error))
    {
      fail (stream, error);
      return G_SOURCE_REMOVE;
    }
  fram_stream_tune (socket);
  connection = g_socket_connection_factory_create_connection (socket);
  stream->n_references++;
  fram_stream_open (stream, G_IO_STREAM (connection), socket);
  fram_stream_release (stream);
  return G_SOURCE_REMOVE;
}

/* The port may be that of a socket that listens, and that allows it.  GLib would forbid it. */
static gboolean
bind_socket (GSocket *socket, const FramAddress *address, GError **error)
{
  FramSockaddr sockaddr;
  socklen_t length = fram_sockaddr_from_address (&sockaddr, address, address->scope);
  int cause;

  if (address->port != 0)
    g_socket_set_option (socket, SOL_SOCKET, SO_REUSEPORT, 1, NULL);
  if (bind (g_socket_get_fd (socket), &sockaddr.any, length) == 0)
    return TRUE;
  cause = errno;
  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (cause),
                       g_strerror (cause));
  return FALSE;
}

static GSocket *
connect_socket (const FramStreamTarget *target, GError **error)
{
  g_autoptr (GSocketAddress) remote = fram_sockaddr_new_gio (&target->remote);
  g_autoptr (GError) cause = NULL;
  g_autoptr (GSocket) socket
      = g_socket_new (g_socket_address_get_family (remote), G_SOCKET_TYPE_STREAM,
                      G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  if (target->way != 0)
    g_socket_set_option (socket, SOL_SOCKET, SO_BINDTOIFINDEX, (gint) target->way, NULL);
  if (!bind_socket (socket, &target->bind, error))
    return NULL;
  if (!g_socket_connect (socket, remote, NULL, &cause)
      && !g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_PENDING))
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return NULL;
    }
  return g_steal_pointer (&socket);
}

gboolean
fram_stream_start_to_peer (gpointer user_data)
{
  FramStream *stream = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = connect_socket (&stream->target, &error);

  g_clear_pointer (&stream->start, g_source_unref);
  if (socket == NULL)
    {
      fail (stream, error);
      return G_SOURCE_REMOVE;
    }
  /* It holds the socket. */
  stream->start = g_socket_create_source (socket, G_IO_OUT, NULL);
  g_source_set_callback (stream->start, G_SOURCE_FUNC (on_writable), stream, NULL);
  g_source_attach (stream->start, stream->context);
  return G_SOURCE_REMOVE;
}
