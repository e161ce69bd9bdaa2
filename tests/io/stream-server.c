#include "stream-server.h"

#include "turn-messages.h"

#include "base/big-endian.h"
#include "io/sockaddr.h"
#include "stun/builder.h"

#include <string.h>

static void
to_address (GSocketAddress *found, FramAddress *ret_address)
{
  FramSockaddr sockaddr;

  g_assert_true (g_socket_address_to_native (found, &sockaddr, sizeof sockaddr, NULL));
  g_assert_true (fram_sockaddr_to_address (&sockaddr, sizeof sockaddr, ret_address));
}

static gboolean
get (StreamServer *server, GIOStream *stream, guint8 *buffer, gsize length)
{
  gsize n;

  return g_input_stream_read_all (g_io_stream_get_input_stream (stream), buffer, length,
                                  &n, server->end, NULL)
         && n == length;
}

static gboolean
put (StreamServer *server, GIOStream *stream, const void *data, gsize length)
{
  return g_output_stream_write_all (g_io_stream_get_output_stream (stream), data, length,
                                    NULL, server->end, NULL);
}

/* --- Proxies ----------------------------------------------------------------------- */

static void
note_asked (StreamServer *server, char *asked)
{
  g_mutex_lock (&server->lock);
  g_free (server->asked);
  server->asked = asked;
  g_mutex_unlock (&server->lock);
}

static gboolean
read_head (StreamServer *server, GIOStream *stream, GString *head)
{
  guint8 byte;

  g_string_truncate (head, 0);
  while (!g_str_has_suffix (head->str, "\r\n\r\n"))
    {
      if (!get (server, stream, &byte, 1))
        return FALSE;
      g_string_append_c (head, (char) byte);
    }
  return TRUE;
}

/* RFC 7617 */
static gboolean
has_password (const GString *head)
{
  const char *pair = STREAM_PROXY_USER ":" STREAM_PROXY_PASSWORD;
  g_autofree char *coded = g_base64_encode ((const guint8 *) pair, strlen (pair));
  g_autofree char *line
      = g_strdup_printf ("\r\nProxy-Authorization: Basic %s\r\n", coded);

  return strstr (head->str, line) != NULL;
}

static gboolean
be_http_proxy (StreamServer *server, GIOStream *stream)
{
  static const char yes[] = "HTTP/1.1 200 Go on\r\n\r\n";
  static const char no[] = "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n";
  static const char who[]
      = "HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
        "Content-Length: 0\r\n\r\n";
  g_autoptr (GString) request = g_string_new (NULL);
  const char *answer = yes;

  if (!read_head (server, stream, request))
    return FALSE;
  note_asked (server, g_strndup (request->str, strcspn (request->str, "\r")));
  if (server->proxy == STREAM_PROXY_HTTP_REFUSES)
    answer = no;
  else if (server->proxy == STREAM_PROXY_HTTP_PASSWORD && !has_password (request))
    answer = who;
  return put (server, stream, answer, strlen (answer)) && answer == yes;
}

/* RFC 1929 */
static gboolean
take_password (StreamServer *server, GIOStream *stream)
{
  static const char right[] = "\1\4" STREAM_PROXY_USER "\6" STREAM_PROXY_PASSWORD;
  guint8 said[sizeof right - 1] = { 0 }, answer[] = { 1, 1 };

  if (!get (server, stream, said, sizeof said))
    return FALSE;
  if (memcmp (said, right, sizeof said) == 0)
    answer[1] = 0;
  return put (server, stream, answer, sizeof answer) && answer[1] == 0;
}

/* RFC 1928 */
static gboolean
be_socks_proxy (StreamServer *server, GIOStream *stream)
{
  static const guint8 connected[] = { 5, 0, 0, 1, 0, 0, 0, 0, 0, 0 };
  gboolean asks = server->proxy == STREAM_PROXY_SOCKS_PASSWORD;
  guint8 bytes[256], method[] = { 5, asks ? 2 : 0 };

  if (!get (server, stream, bytes, 2) || !get (server, stream, bytes + 2, bytes[1]))
    return FALSE;
  if (memchr (bytes + 2, method[1], bytes[1]) == NULL)
    method[1] = 0xff;
  if (!put (server, stream, method, sizeof method) || method[1] == 0xff
      || (asks && !take_password (server, stream)) || !get (server, stream, bytes, 4)
      || bytes[1] != 1 || bytes[3] != 1 || !get (server, stream, bytes + 4, 6))
    return FALSE;
  note_asked (server, g_strdup_printf ("%u.%u.%u.%u:%u", bytes[4], bytes[5], bytes[6],
                                       bytes[7], fram_load_be16 (bytes + 8)));
  return put (server, stream, connected, sizeof connected);
}

static gboolean
be_proxy (StreamServer *server, GIOStream *stream)
{
  switch (server->proxy)
    {
    case STREAM_PROXY_NONE:
      return TRUE;
    case STREAM_PROXY_HTTP:
    case STREAM_PROXY_HTTP_REFUSES:
    case STREAM_PROXY_HTTP_PASSWORD:
      return be_http_proxy (server, stream);
    case STREAM_PROXY_SOCKS:
    case STREAM_PROXY_SOCKS_PASSWORD:
      return be_socks_proxy (server, stream);
    }
  g_assert_not_reached ();
}

/* --- The server -------------------------------------------------------------------- */

static gsize
build_answer (const guint8 *request, gsize length, const FramAddress *mapped,
              guint8 buffer[FRAM_STUN_MAX_SENT])
{
  FramStunBuilder builder;
  FramStunMessage message;

  if (fram_stun_message_parse (&message, request, length) != FRAM_STUN_PARSE_OK)
    return 0;
  fram_stun_builder_init_response (&builder, buffer, FRAM_STUN_MAX_SENT,
                                   FRAM_STUN_SUCCESS, &message);
  fram_stun_builder_add_address (&builder, FRAM_STUN_ATTR_XOR_MAPPED_ADDRESS, mapped);
  return fram_stun_builder_end (&builder);
}

/* Return: FALSE: it closes now. */
static gboolean
answer (StreamServer *server, GIOStream *stream, const FramAddress *mapped)
{
  static const char garbage[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
  guint8 request[FRAM_STUN_MAX_SENT], response[FRAM_STUN_MAX_SENT];
  gsize length;

  if (!get (server, stream, request, FRAM_STUN_HEADER_SIZE)
      || fram_load_be16 (request + 2) > sizeof request - FRAM_STUN_HEADER_SIZE
      || !get (server, stream, request + FRAM_STUN_HEADER_SIZE,
               fram_load_be16 (request + 2)))
    return FALSE;
  length = build_answer (request, FRAM_STUN_HEADER_SIZE + fram_load_be16 (request + 2),
                         mapped, response);
  switch (server->kind)
    {
    case STREAM_SERVER_ANSWERS:
      return put (server, stream, response, length);
    case STREAM_SERVER_CUTS:
      put (server, stream, response, length - 3);
      return FALSE;
    case STREAM_SERVER_GARBAGE:
      return put (server, stream, garbage, strlen (garbage));
    case STREAM_SERVER_FLOODS:
      for (guint i = 0; i < STREAM_SERVER_FLOOD; i++)
        if (!put (server, stream, response, length))
          return FALSE;
      return TRUE;
    case STREAM_SERVER_CLOSES:
    case STREAM_SERVER_SILENT:
    case STREAM_SERVER_ECHOES:
    case STREAM_SERVER_DEAF:
    case STREAM_SERVER_TURN:
    case STREAM_SERVER_SLEEPS:
      return FALSE;
    }
  g_assert_not_reached ();
}

/* Return: FALSE: there are no more. */
static gboolean
echo_message (StreamServer *server, GIOStream *stream)
{
  g_autofree guint8 *message = g_malloc0 (1 << 16), *answer = g_malloc0 (1 << 16);
  gboolean is_channel;
  gsize length;

  if (!get (server, stream, message, 4))
    return FALSE;
  is_channel = message[0] >= 0x40;
  length = (is_channel ? 4u : FRAM_STUN_HEADER_SIZE) + fram_load_be16 (message + 2);
  length = (length + 3) & ~(gsize) 3;
  return get (server, stream, message + 4, length - 4)
         && put (server, stream, answer, turn_echo (message, length, answer, 1 << 16));
}

static void
sleep_until (GCancellable *cancellable)
{
  GPollFD end;

  g_assert_true (g_cancellable_make_pollfd (cancellable, &end));
  g_poll (&end, 1, -1);
  g_cancellable_release_fd (cancellable);
}

static void
serve (StreamServer *server, GIOStream *stream, const FramAddress *mapped)
{
  guint8 bytes[512];
  gssize n;

  switch (server->kind)
    {
    case STREAM_SERVER_DEAF:
      sleep_until (server->end);
      break;
    case STREAM_SERVER_SLEEPS:
      sleep_until (server->awake);
      while (echo_message (server, stream))
        continue;
      break;
    case STREAM_SERVER_TURN:
      while (echo_message (server, stream))
        continue;
      break;
    case STREAM_SERVER_ECHOES:
      while ((n = g_input_stream_read (g_io_stream_get_input_stream (stream), bytes,
                                       sizeof bytes, server->end, NULL))
                 > 0
             && put (server, stream, bytes, (gsize) n))
        continue;
      break;
    case STREAM_SERVER_SILENT:
      while (get (server, stream, bytes, 1))
        continue;
      break;
    case STREAM_SERVER_ANSWERS:
    case STREAM_SERVER_CLOSES:
    case STREAM_SERVER_CUTS:
    case STREAM_SERVER_GARBAGE:
    case STREAM_SERVER_FLOODS:
      while (answer (server, stream, mapped))
        continue;
      break;
    }
}

static gboolean
on_run (GThreadedSocketService *service, GSocketConnection *connection,
        GObject *source_object, gpointer user_data)
{
  StreamServer *server = user_data;
  g_autoptr (GIOStream) stream = g_object_ref (G_IO_STREAM (connection));
  g_autoptr (GSocketAddress) peer
      = g_socket_connection_get_remote_address (connection, NULL);
  FramAddress mapped;

  to_address (peer, &mapped);
  if (!be_proxy (server, stream))
    return TRUE;
  if (server->certificate != NULL)
    {
      GIOStream *tls = g_tls_server_connection_new (stream, server->certificate, NULL);

      g_object_unref (stream);
      stream = tls;
      if (!g_tls_connection_handshake (G_TLS_CONNECTION (tls), server->end, NULL))
        return TRUE;
    }
  serve (server, stream, &mapped);
  g_io_stream_close (stream, NULL, NULL);
  return TRUE;
}

StreamServer *
stream_server_new (StreamServerKind kind, StreamProxyKind proxy,
                   GTlsCertificate *certificate)
{
  StreamServer *server = g_new0 (StreamServer, 1);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  server->kind = kind;
  server->proxy = proxy;
  server->certificate = certificate != NULL ? g_object_ref (certificate) : NULL;
  server->end = g_cancellable_new ();
  server->awake = g_cancellable_new ();
  g_mutex_init (&server->lock);
  server->service = g_threaded_socket_service_new (8);
  g_socket_listener_add_address (G_SOCKET_LISTENER (server->service), any,
                                 G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                 &bound, &error);
  g_assert_no_error (error);
  to_address (bound, &server->address);
  g_signal_connect (server->service, "run", G_CALLBACK (on_run), server);
  return server;
}

/* Threads that still serve hold the service. */
static void
on_gone (gpointer is_gone, GObject *service)
{
  g_atomic_int_set ((gint *) is_gone, TRUE);
}

void
stream_server_wake (StreamServer *server)
{
  g_cancellable_cancel (server->awake);
}

void
stream_server_free (StreamServer *server)
{
  gboolean is_gone = FALSE;

  g_cancellable_cancel (server->end);
  g_cancellable_cancel (server->awake);
  g_socket_service_stop (server->service);
  g_socket_listener_close (G_SOCKET_LISTENER (server->service));
  g_object_weak_ref (G_OBJECT (server->service), on_gone, &is_gone);
  g_object_unref (server->service);
  while (!g_atomic_int_get (&is_gone))
    if (!g_main_context_iteration (g_main_context_get_thread_default (), FALSE))
      g_thread_yield ();
  g_clear_object (&server->certificate);
  g_object_unref (server->end);
  g_object_unref (server->awake);
  g_mutex_clear (&server->lock);
  g_free (server->asked);
  g_free (server);
}
