/* Connecting: the proxy, TCP and TLS, and why one of them failed. */
#include "io/stream-private.h"

#include "io/sockaddr.h"

#include <netinet/tcp.h>
#include <string.h>

/* --- Addresses --------------------------------------------------------------------- */

static GSocketAddress *
to_socket_address (const FramAddress *address)
{
  FramSockaddr sockaddr;
  socklen_t length = fram_sockaddr_from_address (&sockaddr, address, address->scope);

  return g_socket_address_new_from_native (&sockaddr, length);
}

static void
get_local (GSocketConnection *connection, FramAddress *ret_local)
{
  g_autoptr (GSocketAddress) found
      = g_socket_connection_get_local_address (connection, NULL);
  FramSockaddr sockaddr = { 0 };

  *ret_local = (FramAddress){ 0 };
  if (found != NULL
      && g_socket_address_to_native (found, &sockaddr, sizeof sockaddr, NULL))
    fram_sockaddr_to_address (&sockaddr, sizeof sockaddr, ret_local);
}

/* --- TLS --------------------------------------------------------------------------- */

typedef struct
{
  GTlsCertificateFlags flag;
  const char *words;
} Objection;

static const Objection objections[] = {
  { G_TLS_CERTIFICATE_BAD_IDENTITY, "it is for another name" },
  { G_TLS_CERTIFICATE_UNKNOWN_CA,
    "it is not signed by an authority that is trusted here" },
  { G_TLS_CERTIFICATE_EXPIRED, "it has expired" },
  { G_TLS_CERTIFICATE_NOT_ACTIVATED, "it is not valid yet" },
  { G_TLS_CERTIFICATE_REVOKED, "it was revoked" },
  { G_TLS_CERTIFICATE_INSECURE, "it is made in an insecure way" },
  { G_TLS_CERTIFICATE_GENERIC_ERROR, "it is faulty" },
};

/* Return: (transfer full). */
static char *
object_in_words (const FramStream *stream)
{
  GString *text = g_string_new (NULL);

  g_string_printf (text, "the certificate of %s:", stream->name);
  for (guint i = 0; i < G_N_ELEMENTS (objections); i++)
    if (stream->objections & objections[i].flag)
      g_string_append_printf (text, "%s %s", text->str[text->len - 1] == ':' ? "" : ",",
                              objections[i].words);
  return g_string_free (text, FALSE);
}

/* RFC 8489 §6.2.3: nothing is sent to a server that cannot prove who it is. */
static gboolean
on_certificate (GTlsConnection *connection, GTlsCertificate *certificate,
                GTlsCertificateFlags errors, gpointer user_data)
{
  ((FramStream *) user_data)->objections = errors;
  return FALSE;
}

static void
fail_handshake (FramStream *stream, const GError *error)
{
  if (stream->objections != 0)
    {
      g_autofree char *words = object_in_words (stream);

      fram_stream_fail (stream, FRAM_STREAM_CERTIFICATE, words);
    }
  else
    fram_stream_fail (stream, FRAM_STREAM_TLS, error->message);
}

static void
on_handshake (GObject *object, GAsyncResult *result, gpointer user_data)
{
  FramStream *stream = user_data;
  GTlsConnection *tls = G_TLS_CONNECTION (object);
  g_autoptr (GIOStream) base = NULL;
  g_autoptr (GError) error = NULL;
  FramAddress local;

  g_signal_handlers_disconnect_by_data (tls, stream);
  if (!g_tls_connection_handshake_finish (tls, result, &error))
    fail_handshake (stream, error);
  else if (!stream->is_over)
    {
      fram_stream_stop_limit (stream);
      g_object_get (tls, "base-io-stream", &base, NULL);
      get_local (G_SOCKET_CONNECTION (base), &local);
      fram_stream_open (stream, G_IO_STREAM (tls), &local);
    }
  fram_stream_release (stream);
}

static void
start_tls (FramStream *stream, GSocketConnection *connection)
{
  /* A name in the DNS may end in the root's dot; in a certificate it does not. */
  gsize length = strlen (stream->name);
  g_autofree char *name
      = g_strndup (stream->name, length - g_str_has_suffix (stream->name, "."));
  g_autoptr (GSocketConnectable) identity
      = g_network_address_new (name, stream->target.remote.port);
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) tls
      = g_tls_client_connection_new (G_IO_STREAM (connection), identity, &error);

  if (tls == NULL)
    {
      fram_stream_fail (stream, FRAM_STREAM_TLS, error->message);
      return;
    }
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (on_certificate), stream);
  fram_stream_begin (stream);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT,
                                    stream->cancellable, on_handshake, stream);
  fram_stream_end (stream);
}

/* --- TCP --------------------------------------------------------------------------- */

static FramStreamFailure
classify (const FramStream *stream, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return FRAM_STREAM_SILENT;
  return stream->by_proxy ? FRAM_STREAM_PROXY : FRAM_STREAM_UNREACHABLE;
}

static void
on_connected (GObject *object, GAsyncResult *result, gpointer user_data)
{
  FramStream *stream = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection
      = g_socket_client_connect_finish (G_SOCKET_CLIENT (object), result, &error);
  FramAddress local;

  if (connection == NULL)
    fram_stream_fail (stream, classify (stream, error), error->message);
  else if (!stream->is_over)
    {
      /* A question shall not wait for the answer to the one before. */
      g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP,
                           TCP_NODELAY, 1, NULL);
      if (stream->target.transport == FRAM_KNOWN_TLS)
        start_tls (stream, connection);
      else
        {
          fram_stream_stop_limit (stream);
          get_local (connection, &local);
          fram_stream_open (stream, G_IO_STREAM (connection), &local);
        }
    }
  fram_stream_release (stream);
}

/* --- The way ----------------------------------------------------------------------- */

/* What is not a web page goes through an HTTP proxy as HTTPS does: by CONNECT. */
#define PROXY_SCHEME "https"

static GSocketConnectable *
choose_way (FramStream *stream)
{
  char ip[FRAM_ADDRESS_TEXT];

  g_socket_client_set_enable_proxy (stream->client, stream->by_proxy);
  if (!stream->by_proxy)
    {
      g_autoptr (GSocketAddress) bind = to_socket_address (&stream->target.bind);

      g_socket_client_set_local_address (stream->client, bind);
      return G_SOCKET_CONNECTABLE (to_socket_address (&stream->target.remote));
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
  fram_stream_fail (user_data, FRAM_STREAM_TLS,
                    "no TLS support is installed (glib-networking)");
  return G_SOURCE_REMOVE;
}

void
fram_stream_stop_limit (FramStream *stream)
{
  if (stream->limit == NULL)
    return;
  g_source_destroy (stream->limit);
  g_clear_pointer (&stream->limit, g_source_unref);
}

void
fram_stream_connect (FramStream *stream, FramTime limit)
{
  gboolean cannot = stream->target.transport == FRAM_KNOWN_TLS
                    && !g_tls_backend_supports_tls (g_tls_backend_get_default ());

  stream->limit
      = cannot ? g_idle_source_new () : g_timeout_source_new ((guint) (limit / 1000));
  g_source_set_callback (stream->limit, cannot ? on_no_tls : on_limit, stream, NULL);
  g_source_attach (stream->limit, stream->context);
  if (!cannot)
    look_for_proxy (stream);
}
