/* Streams over TCP: servers that answer and servers that do not, limits, proxies. */
#include "stream-client.h"
#include "stream-server.h"

#include "io/stream-framer.h"

#include <string.h>

#define SHORT FRAM_MILLISECONDS (50)

static StreamClient *
new_client (const StreamServer *server)
{
  return stream_client_new (&server->address, FRAM_SERVER_SCHEME_STUN, NULL,
                            FRAM_STREAM_LIMIT);
}

/* Bound as it was asked to be, and the server sees that. */
static void
test_answer (void)
{
  g_autoptr (StreamServer) server
      = stream_server_new (STREAM_SERVER_ANSWERS, STREAM_PROXY_NONE, NULL);
  g_autoptr (StreamClient) client = new_client (server);
  char text[FRAM_ADDRESS_TEXT];

  stream_client_exchange (client);
  g_assert_true (fram_address_equal (&client->mapped, &client->local));
  g_assert_cmpstr (fram_address_ip_to_text (&client->local, text), ==, "127.0.0.9");
  stream_client_exchange (client);
  g_assert_cmpuint (client->n_messages, ==, 2);
  stream_client_settle ();
  g_assert_cmpuint (client->n_turns, ==, 3);
}

/* A port nobody listens at. */
static void
test_refused (void)
{
  g_autoptr (StreamServer) server
      = stream_server_new (STREAM_SERVER_ANSWERS, STREAM_PROXY_NONE, NULL);
  FramAddress address = server->address;
  g_autoptr (StreamClient) client = NULL;

  stream_server_free (g_steal_pointer (&server));
  client = stream_client_new (&address, FRAM_SERVER_SCHEME_STUN, NULL, FRAM_STREAM_LIMIT);
  stream_client_await_failure (client, FRAM_STREAM_UNREACHABLE, "refused");
}

/* A socket that listens, with nobody behind it and no place left in its queue. */
static void
test_no_answer (void)
{
  g_autoptr (GSocket) listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                               G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GPtrArray) clients = g_ptr_array_new ();
  FramAddress address;

  g_assert_true (g_socket_bind (listener, any, FALSE, NULL));
  g_socket_set_listen_backlog (listener, 0);
  g_assert_true (g_socket_listen (listener, NULL));
  bound = g_socket_get_local_address (listener, NULL);
  g_assert_true (fram_address_parse_ip (
      &address, "127.0.0.1",
      g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound))));
  for (guint i = 0; i < 3; i++)
    g_ptr_array_add (clients,
                     stream_client_new (&address, FRAM_SERVER_SCHEME_STUN, NULL, SHORT));
  stream_client_await_failure (g_ptr_array_index (clients, 2), FRAM_STREAM_SILENT, NULL);
  for (guint i = 0; i < 3; i++)
    stream_client_free (g_ptr_array_index (clients, i));
}

typedef struct
{
  const char *path;
  StreamServerKind kind;
  const char *details;
} Ending;

static const Ending endings[] = {
  { "/stream/closed", STREAM_SERVER_CLOSES, "the server closed it" },
  { "/stream/cut", STREAM_SERVER_CUTS, "in the middle of a message" },
  { "/stream/garbage", STREAM_SERVER_GARBAGE, "not STUN" },
};

static void
test_ending (gconstpointer data)
{
  const Ending *ending = data;
  g_autoptr (StreamServer) server
      = stream_server_new (ending->kind, STREAM_PROXY_NONE, NULL);
  g_autoptr (StreamClient) client = new_client (server);

  stream_client_await_open (client);
  stream_client_ask (client);
  stream_client_await_failure (client, FRAM_STREAM_CLOSED, ending->details);
  g_assert_cmpuint (client->n_messages, ==, 0);
}

/* It stays open as long as its owner likes, whatever the limit of connecting. */
static void
test_silent (void)
{
  g_autoptr (StreamServer) server
      = stream_server_new (STREAM_SERVER_SILENT, STREAM_PROXY_NONE, NULL);
  g_autoptr (StreamClient) first
      = stream_client_new (&server->address, FRAM_SERVER_SCHEME_STUN, NULL, SHORT);
  g_autoptr (StreamClient) later = NULL;

  stream_client_await_open (first);
  /* The limit of another one begins later, and ends: TLS is not answered. */
  later
      = stream_client_new (&server->address, FRAM_SERVER_SCHEME_STUN, "a.example", SHORT);
  stream_client_await_failure (later, FRAM_STREAM_SILENT, NULL);
  g_assert_false (first->failed);
}

/* All is received, and other things have their turn in between. */
static void
test_flood (void)
{
  g_autoptr (StreamServer) server
      = stream_server_new (STREAM_SERVER_FLOODS, STREAM_PROXY_NONE, NULL);
  g_autoptr (StreamClient) client = new_client (server);

  stream_client_await_open (client);
  stream_client_ask (client);
  stream_client_await_messages (client, STREAM_SERVER_FLOOD);
  g_assert_cmpuint (client->received->len, ==, STREAM_SERVER_FLOOD * 32);
  /* A turn takes no more than a buffer holds. */
  g_assert_cmpuint (client->n_turns, >=, 1 + STREAM_SERVER_FLOOD * 32 / (64 * 1024));
}

/* Nothing comes after it, not even the rest of what has come already. */
static void
test_closed_within (void)
{
  g_autoptr (StreamServer) server
      = stream_server_new (STREAM_SERVER_FLOODS, STREAM_PROXY_NONE, NULL);
  g_autoptr (StreamClient) client = new_client (server);

  client->close_at = 3;
  stream_client_await_open (client);
  stream_client_ask (client);
  stream_client_await_messages (client, 3);
  stream_client_settle ();
  g_assert_cmpuint (client->n_messages, ==, 3);
  g_assert_false (client->failed);
}

static void
test_closed_at_once (void)
{
  g_autoptr (StreamServer) server
      = stream_server_new (STREAM_SERVER_ANSWERS, STREAM_PROXY_NONE, NULL);
  g_autoptr (StreamClient) client = new_client (server);
  g_autoptr (StreamClient) other = new_client (server);

  g_clear_pointer (&client->stream, fram_stream_close);
  stream_client_exchange (other);
  g_assert_false (client->is_open || client->failed);
}

/* ChannelData is padded on its way, and not when it comes. (RFC 8656 §12.5) */
static void
test_channel (void)
{
  static const guint8 data[] = { 0x40, 0x00, 0, 5, 'h', 'e', 'l', 'l', 'o' };
  g_autoptr (StreamServer) server
      = stream_server_new (STREAM_SERVER_ECHOES, STREAM_PROXY_NONE, NULL);
  g_autoptr (StreamClient) client = stream_client_new (
      &server->address, FRAM_SERVER_SCHEME_TURN, NULL, FRAM_STREAM_LIMIT);

  stream_client_await_open (client);
  fram_stream_send (client->stream, data, sizeof data);
  fram_stream_send (client->stream, data, sizeof data);
  stream_client_await_messages (client, 2);
  g_assert_cmpmem (client->received->data, sizeof data, data, sizeof data);
  g_assert_cmpmem (client->received->data + sizeof data, sizeof data, data, sizeof data);
  g_assert_cmpuint (client->received->len, ==, 2 * sizeof data);
}

/* What a server does not read is dropped in the end, and not kept. */
static void
test_full (void)
{
  g_autofree guint8 *data = g_malloc0 (FRAM_STREAM_MAX_MESSAGE);
  g_autoptr (StreamServer) server
      = stream_server_new (STREAM_SERVER_DEAF, STREAM_PROXY_NONE, NULL);
  g_autoptr (StreamClient) client = new_client (server);

  stream_client_await_open (client);
  while (fram_stream_get_dropped (client->stream) == 0)
    {
      fram_stream_send (client->stream, data, FRAM_STREAM_MAX_MESSAGE);
      stream_client_settle ();
    }
  fram_stream_send (client->stream, data, FRAM_STREAM_MAX_MESSAGE);
  g_assert_cmpuint (fram_stream_get_dropped (client->stream), ==, 2);
  g_assert_false (client->failed);
}

/* --- Proxies ----------------------------------------------------------------------- */

static void
set_proxy (const char *scheme, const StreamServer *server)
{
  g_autofree char *uri = g_strdup_printf ("%s127.0.0.1:%u", scheme, server->address.port);

  stream_client_set_proxy (uri);
}

static void
test_proxy (const char *scheme, StreamProxyKind kind, const char *asked)
{
  g_autoptr (StreamServer) proxy = stream_server_new (STREAM_SERVER_ANSWERS, kind, NULL);
  g_autoptr (StreamClient) client = NULL;
  FramAddress remote;

  set_proxy (scheme, proxy);
  g_assert_true (fram_address_parse_ip (&remote, "192.0.2.1", 3478));
  client = stream_client_new (&remote, FRAM_SERVER_SCHEME_STUN, NULL, FRAM_STREAM_LIMIT);
  stream_client_exchange (client);
  stream_client_set_proxy (NULL);
  g_mutex_lock (&proxy->lock);
  g_assert_cmpstr (proxy->asked, ==, asked);
  g_mutex_unlock (&proxy->lock);
  /* The way to the proxy is not bound: it may be on another interface. */
  g_assert_cmpuint (client->local.ip[3], ==, 1);
}

static void
test_http_proxy (void)
{
  test_proxy ("http://", STREAM_PROXY_HTTP, "CONNECT 192.0.2.1:3478 HTTP/1.0");
}

static void
test_socks_proxy (void)
{
  test_proxy ("socks5://", STREAM_PROXY_SOCKS, "192.0.2.1:3478");
}

/* As people write them into the settings of their proxy. */
static void
test_http_proxy_password (void)
{
  test_proxy ("http://" STREAM_PROXY_USER ":" STREAM_PROXY_PASSWORD "@",
              STREAM_PROXY_HTTP_PASSWORD, "CONNECT 192.0.2.1:3478 HTTP/1.0");
}

static void
test_socks_proxy_password (void)
{
  test_proxy ("socks5://" STREAM_PROXY_USER ":" STREAM_PROXY_PASSWORD "@",
              STREAM_PROXY_SOCKS_PASSWORD, "192.0.2.1:3478");
}

typedef struct
{
  const char *path;
  const char *scheme;
  StreamProxyKind kind;
  const char *details;
} Refusal;

static const Refusal refusals[] = {
  { "/stream/proxy-refuses", "http://", STREAM_PROXY_HTTP_REFUSES, "not allowed" },
  { "/stream/proxy-asks", "http://", STREAM_PROXY_HTTP_PASSWORD, "authentication" },
  { "/stream/proxy-knows-no-such", "http://anna:guess1@", STREAM_PROXY_HTTP_PASSWORD,
    "authentication" },
  { "/stream/socks-asks", "socks5://", STREAM_PROXY_SOCKS_PASSWORD, "authentication" },
  { "/stream/socks-knows-no-such", "socks5://anna:guess1@", STREAM_PROXY_SOCKS_PASSWORD,
    "authentication" },
};

static void
test_refusal (gconstpointer data)
{
  const Refusal *refusal = data;
  g_autoptr (StreamServer) proxy
      = stream_server_new (STREAM_SERVER_ANSWERS, refusal->kind, NULL);
  g_autoptr (StreamClient) client = NULL;
  FramAddress remote;

  set_proxy (refusal->scheme, proxy);
  g_assert_true (fram_address_parse_ip (&remote, "192.0.2.1", 3478));
  client = stream_client_new (&remote, FRAM_SERVER_SCHEME_STUN, NULL, FRAM_STREAM_LIMIT);
  stream_client_await_failure (client, FRAM_STREAM_PROXY, refusal->details);
  g_assert_null (strstr (client->details, "guess1"));
  stream_client_set_proxy (NULL);
}

int
main (int argc, char **argv)
{
  stream_client_take_proxies ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream/answer", test_answer);
  g_test_add_func ("/stream/refused", test_refused);
  g_test_add_func ("/stream/no-answer", test_no_answer);
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    g_test_add_data_func (endings[i].path, &endings[i], test_ending);
  g_test_add_func ("/stream/silent", test_silent);
  g_test_add_func ("/stream/flood", test_flood);
  g_test_add_func ("/stream/closed-within", test_closed_within);
  g_test_add_func ("/stream/closed-at-once", test_closed_at_once);
  g_test_add_func ("/stream/channel", test_channel);
  g_test_add_func ("/stream/full", test_full);
  g_test_add_func ("/stream/http-proxy", test_http_proxy);
  g_test_add_func ("/stream/socks-proxy", test_socks_proxy);
  g_test_add_func ("/stream/http-proxy-password", test_http_proxy_password);
  g_test_add_func ("/stream/socks-proxy-password", test_socks_proxy_password);
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    g_test_add_data_func (refusals[i].path, &refusals[i], test_refusal);
  return g_test_run ();
}
