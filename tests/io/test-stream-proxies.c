/* TURN over TCP and TLS through the proxy that the environment names, as the system's own
 * resolver reads it. */
#include "certificates.h"
#include "stream-client.h"
#include "stream-server.h"

#include <string.h>

static Authority *authority;

typedef struct
{
  const char *path;
  const char *variable;
  const char *scheme; /* of the proxy, with who asks */
  StreamProxyKind kind;
  FramKnownTransport transport;
  const char *asked; /* of the proxy */
} Case;

#define WHO STREAM_PROXY_USER ":" STREAM_PROXY_PASSWORD "@"
#define CONNECT "CONNECT 192.0.2.1:3478 HTTP/1.0"

static const Case cases[] = {
  { "/proxies/http/tcp", "https_proxy", "http://", STREAM_PROXY_HTTP, FRAM_KNOWN_TCP,
    CONNECT },
  { "/proxies/http/tls", "https_proxy", "http://", STREAM_PROXY_HTTP, FRAM_KNOWN_TLS,
    CONNECT },
  { "/proxies/http/password/tcp", "https_proxy", "http://" WHO,
    STREAM_PROXY_HTTP_PASSWORD, FRAM_KNOWN_TCP, CONNECT },
  { "/proxies/http/password/tls", "HTTPS_PROXY", "http://" WHO,
    STREAM_PROXY_HTTP_PASSWORD, FRAM_KNOWN_TLS, CONNECT },
  { "/proxies/http/for-all", "http_proxy", "http://", STREAM_PROXY_HTTP, FRAM_KNOWN_TCP,
    CONNECT },
  { "/proxies/socks/tcp", "https_proxy", "socks5://", STREAM_PROXY_SOCKS, FRAM_KNOWN_TCP,
    "192.0.2.1:3478" },
  { "/proxies/socks/tls", "https_proxy", "socks5://", STREAM_PROXY_SOCKS, FRAM_KNOWN_TLS,
    "192.0.2.1:3478" },
  { "/proxies/socks/password/tcp", "https_proxy", "socks5://" WHO,
    STREAM_PROXY_SOCKS_PASSWORD, FRAM_KNOWN_TCP, "192.0.2.1:3478" },
  { "/proxies/socks/password/tls", "https_proxy", "socks5://" WHO,
    STREAM_PROXY_SOCKS_PASSWORD, FRAM_KNOWN_TLS, "192.0.2.1:3478" },
};

static void
forget_proxies (void)
{
  static const char *const variables[]
      = { "http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
          "no_proxy",   "NO_PROXY",   "all_proxy",   "ALL_PROXY" };

  for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
    g_unsetenv (variables[i]);
}

static StreamClient *
new_client (FramKnownTransport transport, const FramAddress *remote)
{
  g_autofree char *file = authority_get_path (authority, "authority.pem");

  return stream_client_new_by (transport, remote, "turn.example", file,
                               FRAM_STREAM_LIMIT);
}

/* An exchange with a server that gives data back. */
static void
exchange (StreamClient *client)
{
  static const guint8 data[] = { 0x40, 0x00, 0, 5, 'h', 'e', 'l', 'l', 'o' };

  stream_client_await_open (client);
  fram_stream_send (client->stream, data, sizeof data);
  stream_client_await_messages (client, 1);
  g_assert_cmpmem (client->received->data, client->received->len, data, sizeof data);
}

static StreamServer *
new_server (StreamProxyKind kind, FramKnownTransport transport)
{
  g_autoptr (GTlsCertificate) certificate
      = transport == FRAM_KNOWN_TLS ? authority_issue (authority, "turn.example", 2)
                                    : NULL;

  return stream_server_new (STREAM_SERVER_TURN, kind, certificate);
}

static void
test_case (gconstpointer data)
{
  const Case *this = data;
  g_autoptr (StreamServer) proxy = new_server (this->kind, this->transport);
  g_autofree char *uri
      = g_strdup_printf ("%s127.0.0.1:%u", this->scheme, proxy->address.port);
  g_autoptr (StreamClient) client = NULL;
  FramAddress remote;

  forget_proxies ();
  g_assert_true (g_setenv (this->variable, uri, TRUE));
  g_assert_true (fram_address_parse_ip (&remote, "192.0.2.1", 3478));
  client = new_client (this->transport, &remote);
  exchange (client);
  g_mutex_lock (&proxy->lock);
  g_assert_cmpstr (proxy->asked, ==, this->asked);
  g_mutex_unlock (&proxy->lock);
}

/* Who is not behind the proxy is reached without it. */
static void
test_exception (void)
{
  g_autoptr (StreamServer) server = new_server (STREAM_PROXY_NONE, FRAM_KNOWN_TCP);
  g_autoptr (StreamClient) client = NULL;

  forget_proxies ();
  g_assert_true (g_setenv ("https_proxy", "http://127.0.0.1:9", TRUE));
  g_assert_true (g_setenv ("no_proxy", "127.0.0.1", TRUE));
  client = new_client (FRAM_KNOWN_TCP, &server->address);
  exchange (client);
}

int
main (int argc, char **argv)
{
  int result;

  /* The one that counts outside of GNOME, wherever this runs. */
  g_assert_true (g_setenv ("GIO_USE_PROXY_RESOLVER", "libproxy", TRUE));
  g_test_init (&argc, &argv, NULL);
  g_assert_true (g_proxy_resolver_is_supported (g_proxy_resolver_get_default ()));
  authority = authority_new ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_case);
  g_test_add_func ("/proxies/exception", test_exception);
  result = g_test_run ();
  authority_free (authority);
  return result;
}
