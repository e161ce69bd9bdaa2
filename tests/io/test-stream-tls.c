/* Streams over TLS: who can prove its name and who cannot, also through a proxy. */
#include "certificates.h"
#include "stream-client.h"
#include "stream-server.h"

static Authority *authority;

typedef struct
{
  const char *path;
  const char *certified; /* the name in the certificate */
  const char *asked;
  int days;
  gboolean self_signed;
  const char *said; /* NULL: it is fine */
} Case;

static const Case cases[] = {
  { "/stream-tls/answer", "server.example", "server.example", 2, FALSE, NULL },
  /* RFC 6125 §6.4.3; and the root's dot, which no certificate has. */
  { "/stream-tls/wildcard", "*.some.example", "any.some.example", 2, FALSE, NULL },
  { "/stream-tls/root", "server.example", "server.example.", 2, FALSE, NULL },
  { "/stream-tls/other-name", "server.example", "other.example", 2, FALSE,
    "the certificate of other.example: it is for another name" },
  { "/stream-tls/deep-wildcard", "*.some.example", "very.deep.some.example", 2, FALSE,
    "it is for another name" },
  { "/stream-tls/self-signed", "server.example", "server.example", 2, TRUE,
    "not signed by an authority" },
  { "/stream-tls/expired", "server.example", "server.example", -1, FALSE,
    "it has expired" },
  { "/stream-tls/expired-other-name", "server.example", "other.example", -1, FALSE,
    "it is for another name, it has expired" },
};

static void
test_case (gconstpointer data)
{
  const Case *this = data;
  g_autoptr (GTlsCertificate) certificate
      = this->self_signed ? authority_self_sign (authority, this->certified)
                          : authority_issue (authority, this->certified, this->days);
  g_autoptr (StreamServer) server
      = stream_server_new (STREAM_SERVER_ANSWERS, STREAM_PROXY_NONE, certificate);
  g_autoptr (StreamClient) client = stream_client_new (
      &server->address, FRAM_SERVER_SCHEME_STUN, this->asked, FRAM_STREAM_LIMIT);

  if (this->said != NULL)
    {
      stream_client_await_failure (client, FRAM_STREAM_CERTIFICATE, this->said);
      return;
    }
  stream_client_exchange (client);
  g_assert_true (fram_address_equal (&client->mapped, &client->local));
}

/* A server of the wrong port, and one that does not want to. */
static const StreamServerKind without_tls[]
    = { STREAM_SERVER_GARBAGE, STREAM_SERVER_CLOSES };

static void
test_without_tls (gconstpointer kind)
{
  g_autoptr (StreamServer) server
      = stream_server_new (*(const StreamServerKind *) kind, STREAM_PROXY_NONE, NULL);
  g_autoptr (StreamClient) client = stream_client_new (
      &server->address, FRAM_SERVER_SCHEME_STUN, "server.example", FRAM_STREAM_LIMIT);

  stream_client_await_failure (client, FRAM_STREAM_TLS, NULL);
}

static void
test_cut (void)
{
  g_autoptr (GTlsCertificate) certificate
      = authority_issue (authority, "server.example", 2);
  g_autoptr (StreamServer) server
      = stream_server_new (STREAM_SERVER_CUTS, STREAM_PROXY_NONE, certificate);
  g_autoptr (StreamClient) client = stream_client_new (
      &server->address, FRAM_SERVER_SCHEME_STUN, "server.example", FRAM_STREAM_LIMIT);

  stream_client_await_open (client);
  stream_client_ask (client);
  stream_client_await_failure (client, FRAM_STREAM_CLOSED, "in the middle");
}

static void
test_flood (void)
{
  g_autoptr (GTlsCertificate) certificate
      = authority_issue (authority, "server.example", 2);
  g_autoptr (StreamServer) server
      = stream_server_new (STREAM_SERVER_FLOODS, STREAM_PROXY_NONE, certificate);
  g_autoptr (StreamClient) client = stream_client_new (
      &server->address, FRAM_SERVER_SCHEME_STUN, "server.example", FRAM_STREAM_LIMIT);

  stream_client_await_open (client);
  stream_client_ask (client);
  stream_client_await_messages (client, STREAM_SERVER_FLOOD);
}

/* The proxy is no party to TLS: it is the server behind it that proves its name. */
static void
test_proxy (void)
{
  g_autoptr (GTlsCertificate) certificate
      = authority_issue (authority, "server.example", 2);
  g_autoptr (StreamServer) proxy
      = stream_server_new (STREAM_SERVER_ANSWERS, STREAM_PROXY_HTTP, certificate);
  g_autofree char *uri = g_strdup_printf ("http://127.0.0.1:%u", proxy->address.port);
  g_autoptr (StreamClient) client = NULL;
  FramAddress remote;

  stream_client_set_proxy (uri);
  g_assert_true (fram_address_parse_ip (&remote, "192.0.2.1", 5349));
  client = stream_client_new (&remote, FRAM_SERVER_SCHEME_STUN, "server.example",
                              FRAM_STREAM_LIMIT);
  stream_client_exchange (client);
  stream_client_set_proxy (NULL);
}

/* As on a system without glib-networking. */
static void
test_no_backend (void)
{
  g_autoptr (StreamClient) client = NULL;
  FramAddress remote;

  g_assert_true (fram_address_parse_ip (&remote, "127.0.0.1", 9));
  client = stream_client_new (&remote, FRAM_SERVER_SCHEME_STUN, "server.example",
                              FRAM_STREAM_LIMIT);
  g_assert_false (client->failed);
  stream_client_await_failure (client, FRAM_STREAM_TLS, "no TLS support is installed");
}

int
main (int argc, char **argv)
{
  int result;

  stream_client_take_proxies ();
  g_test_init (&argc, &argv, NULL);
  if (g_getenv ("GIO_USE_TLS") != NULL)
    {
      g_test_add_func ("/stream-tls/no-backend", test_no_backend);
      return g_test_run ();
    }
  authority = authority_new ();
  authority_trust (authority);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_case);
  g_test_add_data_func ("/stream-tls/not-tls", &without_tls[0], test_without_tls);
  g_test_add_data_func ("/stream-tls/closed", &without_tls[1], test_without_tls);
  g_test_add_func ("/stream-tls/cut", test_cut);
  g_test_add_func ("/stream-tls/flood", test_flood);
  g_test_add_func ("/stream-tls/proxy", test_proxy);
  result = g_test_run ();
  authority_free (authority);
  return result;
}
