/* Connecting: the proxy, TCP and UDP, and why one of them failed. */
#include "io/stream-private.h"

#include "io/sockaddr.h"
#include "io/udp-socket.h"

#include <netinet/tcp.h>

/* --- TCP --------------------------------------------------------------------------- */

static FramStreamFailure
classify (const FramStream *stream, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return FRAM_STREAM_SILENT;
  return stream->by_proxy ? FRAM_STREAM_PROXY : FRAM_STREAM_UNREACHABLE;
}

/* A question shall not wait for the answer to the one before, nor in the kernel behind more than
 * what keeps the way busy. */
void
fram_stream_tune (GSocket *socket)
{
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, FRAM_STREAM_FULL, NULL);
}

static void
on_connected (GObject *object, GAsyncResult *result, gpointer user_data)
{
  FramStream *stream = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection
      = g_socket_client_connect_finish (G_SOCKET_CLIENT (object), result, &error);
  GSocket *socket;

  if (connection == NULL)
    fram_stream_fail (stream, classify (stream, error), error->message);
  else if (!stream->is_over)
    {
      socket = g_socket_connection_get_socket (connection);
      fram_stream_tune (socket);
      if (stream->target.transport == FRAM_KNOWN_TLS)
        fram_stream_start_tls (stream, connection);
      else
        fram_stream_open (stream, G_IO_STREAM (connection), socket);
    }
  fram_stream_release (stream);
}

/* --- The way ----------------------------------------------------------------------- */

/* What is not a web page goes through an HTTP proxy as HTTPS does: by CONNECT.
 *
 * Who says which proxy there is depends on the desktop, not on us: GIO's resolvers do.  In
 * GNOME and its kin it is the one of glib-networking that reads GSettings
 * (org.gnome.system.proxy: the host for HTTPS, else the one for SOCKS); elsewhere it is
 * libproxy, which reads the environment of the service: https_proxy, else http_proxy, and
 * no_proxy, in small or capital letters.  Either may name a SOCKS proxy ("socks5://…", as
 * all_proxy is not read) and who asks ("http://user:password@…").  A sandbox asks its
 * portal. */
#define PROXY_SCHEME "https"

static GSocketConnectable *
choose_way (FramStream *stream)
{
  char ip[FRAM_ADDRESS_TEXT];

  g_socket_client_set_enable_proxy (stream->client, stream->by_proxy);
  if (!stream->by_proxy)
    {
      g_autoptr (GSocketAddress) bind = fram_sockaddr_new_gio (&stream->target.bind);

      g_socket_client_set_local_address (stream->client, bind);
      return G_SOCKET_CONNECTABLE (fram_sockaddr_new_gio (&stream->target.remote));
    }
  return g_object_new (G_TYPE_NETWORK_ADDRESS, "hostname",
                       fram_address_ip_to_text (&stream->target.remote, ip), "port",
                       (guint) stream->target.remote.port, "scheme", PROXY_SCHEME, NULL);
}

static void
connect_tcp (FramStream *stream)
{
  g_autoptr (GSocketConnectable) way = NULL;

  stream->client = g_socket_client_new ();
  way = choose_way (stream);
  fram_stream_begin (stream);
  g_socket_client_connect_async (stream->client, way, stream->cancellable, on_connected,
                                 stream);
  fram_stream_end (stream);
}

static void
on_proxies (GObject *object, GAsyncResult *result, gpointer user_data)
{
  FramStream *stream = user_data;
  g_auto (GStrv) proxies
      = g_proxy_resolver_lookup_finish (G_PROXY_RESOLVER (object), result, NULL);

  /* Settings that cannot be read are as if there were none. */
  stream->by_proxy = proxies != NULL && proxies[0] != NULL
                     && !g_str_has_prefix (proxies[0], "direct:");
  if (!stream->is_over)
    connect_tcp (stream);
  fram_stream_release (stream);
}

static void
look_for_proxy (FramStream *stream)
{
  char text[FRAM_ADDRESS_TEXT];
  g_autofree char *uri = g_strdup_printf (
      PROXY_SCHEME "://%s", fram_address_to_text (&stream->target.remote, text));

  fram_stream_begin (stream);
  g_proxy_resolver_lookup_async (g_proxy_resolver_get_default (), uri,
                                 stream->cancellable, on_proxies, stream);
  fram_stream_end (stream);
}

/* --- DTLS -------------------------------------------------------------------------- */

/* RFC 7350: over UDP.  No proxy takes that. */
static GSocket *
open_socket (const FramStreamTarget *target, GError **error)
{
  FramAddress to = target->remote;
  g_autoptr (GSocketAddress) bind = fram_sockaddr_new_gio (&target->bind);
  g_autoptr (GSocketAddress) remote = NULL;
  g_autoptr (GSocket) socket
      = g_socket_new (g_socket_address_get_family (bind), G_SOCKET_TYPE_DATAGRAM,
                      G_SOCKET_PROTOCOL_UDP, error);

  if (to.scope == 0)
    to.scope = target->bind.scope;
  remote = fram_sockaddr_new_gio (&to);
  if (socket == NULL || !g_socket_bind (socket, bind, FALSE, error)
      || !g_socket_connect (socket, remote, NULL, error))
    return NULL;
  g_socket_set_option (socket, SOL_SOCKET, SO_SNDBUF, FRAM_UDP_BUFFER_BYTES, NULL);
  g_socket_set_option (socket, SOL_SOCKET, SO_RCVBUF, FRAM_UDP_BUFFER_BYTES, NULL);
  return g_steal_pointer (&socket);
}

static gboolean
on_start_dtls (gpointer user_data)
{
  FramStream *stream = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = open_socket (&stream->target, &error);

  g_clear_pointer (&stream->start, g_source_unref);
  if (socket != NULL)
    fram_stream_start_dtls (stream, socket);
  else
    fram_stream_fail (stream, FRAM_STREAM_UNREACHABLE, error->message);
  return G_SOURCE_REMOVE;
}

/* --- Time -------------------------------------------------------------------------- */

static gboolean
on_limit (gpointer user_data)
{
  fram_stream_fail (user_data, FRAM_STREAM_SILENT, NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
on_no_tls (gpointer user_data)
{
  FramStream *stream = user_data;

  g_clear_pointer (&stream->start, g_source_unref);
  fram_stream_fail (stream, FRAM_STREAM_TLS,
                    "no TLS support is installed (glib-networking)");
  return G_SOURCE_REMOVE;
}

static void
stop_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

void
fram_stream_stop_connecting (FramStream *stream)
{
  stop_source (&stream->limit);
  stop_source (&stream->start);
}

static GSource *
attach (FramStream *stream, GSource *source, GSourceFunc callback)
{
  g_source_set_callback (source, callback, stream, NULL);
  g_source_attach (source, stream->context);
  return source;
}

/* What does TLS does DTLS too; GnuTLS's backend does not know its own answer to that. */
static gboolean
lacks_support (const FramStream *stream)
{
  return (stream->target.transport == FRAM_KNOWN_TLS
          || stream->target.transport == FRAM_KNOWN_DTLS)
         && !g_tls_backend_supports_tls (g_tls_backend_get_default ());
}

/* Nothing is told from within: the owner has not got its stream yet. */
void
fram_stream_connect (FramStream *stream, FramTime limit)
{
  stream->limit
      = attach (stream, g_timeout_source_new ((guint) (limit / 1000)), on_limit);
  if (stream->target.to_peer || stream->target.bind.port != 0)
    stream->start = attach (stream, g_idle_source_new (), fram_stream_start_to_peer);
  else if (lacks_support (stream))
    stream->start = attach (stream, g_idle_source_new (), on_no_tls);
  else if (stream->target.transport == FRAM_KNOWN_DTLS)
    stream->start = attach (stream, g_idle_source_new (), on_start_dtls);
  else
    look_for_proxy (stream);
}
