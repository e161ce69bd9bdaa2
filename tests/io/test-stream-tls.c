/* Streams over TLS: who can prove its name and who cannot, also through a proxy. */
#include "certificates.h"
#include "stream-client.h"
#include "stream-server.h"

#include "io/authority.h"

#include <sys/stat.h>
#include <unistd.h>

static Authority *authority;

typedef struct
{
  const char *path;
  const char *certified; /* the name in the certificate */
  const char *asked;
  int days;
  gboolean self_signed;
  const char *said; /* NULL: it is fine */
  FramStreamFailure failure;
} Case;

static const Case cases[] = {
  { "/stream-tls/answer", "server.example", "server.example", 2, FALSE, NULL },
  /* RFC 6125 §6.4.3; and the root's dot, which no certificate has. */
  { "/stream-tls/wildcard", "*.some.example", "any.some.example", 2, FALSE, NULL },
  { "/stream-tls/root", "server.example", "server.example.", 2, FALSE, NULL },
  { "/stream-tls/other-name", "server.example", "other.example", 2, FALSE,
    "the certificate of other.example: it is for another name",
    FRAM_STREAM_CERTIFICATE_NAME },
  { "/stream-tls/deep-wildcard", "*.some.example", "very.deep.some.example", 2, FALSE,
    "it is for another name", FRAM_STREAM_CERTIFICATE_NAME },
  { "/stream-tls/self-signed", "server.example", "server.example", 2, TRUE,
    "not signed by an authority", FRAM_STREAM_CERTIFICATE_AUTHORITY },
  { "/stream-tls/expired", "server.example", "server.example", -1, FALSE,
    "it has expired", FRAM_STREAM_CERTIFICATE_EXPIRED },
  { "/stream-tls/address", "127.0.0.1", "127.0.0.1", 2, FALSE, NULL },
  { "/stream-tls/other-address", "127.0.0.2", "127.0.0.1", 2, FALSE,
    "the certificate of 127.0.0.1: it is for another name",
    FRAM_STREAM_CERTIFICATE_NAME },
  { "/stream-tls/expired-other-name", "server.example", "other.example", -1, FALSE,
    "it is for another name, it has expired", FRAM_STREAM_CERTIFICATE_NAME },
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
      stream_client_await_failure (client, this->failure, this->said);
      return;
    }
  stream_client_exchange (client);
  g_assert_true (fram_address_equal (&client->mapped, &client->local));
}

/* --- Authorities of a server's own ------------------------------------------------- */

/* Signs for this server alone; nobody else knows of it.  `said` NULL: all is well. */
static void
ask_with (Authority *own, const char *file, FramStreamFailure failure, const char *said)
{
  g_autofree char *path = own != NULL ? authority_get_path (own, file) : g_strdup (file);
  g_autoptr (GTlsCertificate) certificate
      = authority_issue (own != NULL ? own : authority, "server.example", 2);
  g_autoptr (StreamServer) server
      = stream_server_new (STREAM_SERVER_ANSWERS, STREAM_PROXY_NONE, certificate);
  g_autoptr (StreamClient) client = stream_client_new_by (
      FRAM_KNOWN_TLS, &server->address, "server.example", path, FRAM_STREAM_LIMIT);

  if (said != NULL)
    stream_client_await_failure (client, failure, said);
  else
    stream_client_exchange (client);
}

static void
test_own_authority (void)
{
  g_autoptr (Authority) own = authority_new ();
  g_autofree char *file = authority_get_path (own, "authority.pem");
  g_autofree char *other = authority_get_path (authority, "authority.pem");

  ask_with (own, "authority.pem", 0, NULL);
  /* It replaces the system's, and the other way round. */
  ask_with (NULL, file, FRAM_STREAM_CERTIFICATE_AUTHORITY, "not signed by an authority");
  ask_with (NULL, other, 0, NULL);
}

/* What the file may be instead of one of certificates: none of it hangs or fills memory. */
static void
test_authority_files (void)
{
  g_autoptr (Authority) own = authority_new ();
  g_autofree char *pipe = authority_get_path (own, "pipe");
  g_autofree char *empty = authority_get_path (own, "empty.pem");
  g_autofree char *huge = authority_get_path (own, "huge.pem");

  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_true (g_file_set_contents (empty, "no certificate\n", -1, NULL));
  g_assert_true (g_file_set_contents (huge, "", 0, NULL));
  g_assert_cmpint (truncate (huge, FRAM_AUTHORITY_MAX + 1), ==, 0);
  ask_with (own, "pipe", FRAM_STREAM_CERTIFICATE, "it is no file");
  ask_with (own, "empty.pem", FRAM_STREAM_CERTIFICATE, "empty.pem” cannot be used");
  ask_with (own, "huge.pem", FRAM_STREAM_CERTIFICATE, "it is too long");
  ask_with (own, "missing.pem", FRAM_STREAM_CERTIFICATE,
            "missing.pem” cannot be read: No such file");
  ask_with (NULL, "/", FRAM_STREAM_CERTIFICATE, "“/” cannot be read: it is no file");
  ask_with (NULL, "/dev/zero", FRAM_STREAM_CERTIFICATE, "it is no file");
  ask_with (NULL, "authority.pem", FRAM_STREAM_CERTIFICATE, "needs its whole path");
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
  g_test_add_func ("/stream-tls/own-authority", test_own_authority);
  g_test_add_func ("/stream-tls/authority-files", test_authority_files);
  g_test_add_data_func ("/stream-tls/not-tls", &without_tls[0], test_without_tls);
  g_test_add_data_func ("/stream-tls/closed", &without_tls[1], test_without_tls);
  g_test_add_func ("/stream-tls/cut", test_cut);
  g_test_add_func ("/stream-tls/flood", test_flood);
  g_test_add_func ("/stream-tls/proxy", test_proxy);
  result = g_test_run ();
  authority_free (authority);
  return result;
}
