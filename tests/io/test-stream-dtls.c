/* Streams over DTLS: each message is a datagram; who can prove its name and who cannot. */
#include "certificates.h"
#include "datagram-server.h"
#include "stream-client.h"

#include <string.h>

#define SHORT FRAM_MILLISECONDS (50)

static Authority *authority;
static char *authority_file;

static StreamClient *
new_client (const DatagramServer *server, const char *name)
{
  return stream_client_new_by (FRAM_KNOWN_DTLS, &server->address, name, authority_file,
                               FRAM_STREAM_LIMIT);
}

static DatagramServer *
new_server (DatagramServerKind kind)
{
  g_autoptr (GTlsCertificate) certificate
      = authority_issue (authority, "server.example", 2);

  return datagram_server_new (kind, certificate);
}

/* A question comes back as it was sent: nothing is cut or padded, and the client is bound. */
static void
test_messages (void)
{
  static const guint8 data[] = { 0x40, 0x00, 0, 5, 'h', 'e', 'l', 'l', 'o' };
  g_autoptr (DatagramServer) server = new_server (DATAGRAM_SERVER_TURN);
  g_autoptr (StreamClient) client = new_client (server, "server.example");
  char text[FRAM_ADDRESS_TEXT];

  stream_client_await_open (client);
  g_assert_cmpstr (fram_address_ip_to_text (&client->local, text), ==, "127.0.0.9");
  g_assert_cmpuint (client->local.port, !=, 0);
  stream_client_exchange (client);
  g_assert_cmpuint (client->received->len, ==, FRAM_STUN_HEADER_SIZE);
  fram_stream_send (client->stream, data, sizeof data);
  stream_client_await_messages (client, 2);
  g_assert_cmpmem (client->received->data + FRAM_STUN_HEADER_SIZE,
                   client->received->len - FRAM_STUN_HEADER_SIZE, data, sizeof data);
  for (guint i = 3; i < 100; i++)
    {
      fram_stream_send (client->stream, data, sizeof data);
      stream_client_await_messages (client, i);
    }
  g_assert_cmpuint (fram_stream_get_dropped (client->stream), ==, 0);
  /* It sleeps while there is nothing to do. */
  stream_client_settle ();
  g_assert_false (g_main_context_pending (NULL));
}

/* What does not fit a record of the way's size is not sent, and what follows it is. */
static void
test_too_long (void)
{
  g_autofree guint8 *bytes = g_malloc0 (1 << 16);
  struct iovec messages[] = { { bytes, 1200 }, { bytes, 1 << 14 }, { bytes, 1200 } };
  g_autoptr (DatagramServer) server = new_server (DATAGRAM_SERVER_TURN);
  g_autoptr (StreamClient) client = new_client (server, "server.example");
  FramSendCounts counts = { 0 };

  stream_client_await_open (client);
  bytes[0] = 0x40;
  fram_stream_send_data (client->stream, messages, G_N_ELEMENTS (messages), &counts);
  g_assert_cmpuint (counts.packets, ==, 2);
  g_assert_cmpuint (counts.bytes, ==, 2400);
  g_assert_cmpuint (counts.too_long, ==, 1);
  g_assert_cmpuint (fram_stream_get_dropped (client->stream), ==, 1);
  stream_client_await_messages (client, 2);
  g_assert_cmpuint (client->received->len, ==, 2400);
}

typedef struct
{
  const char *path;
  const char *certified, *asked;
  int days;
  const char *said; /* NULL: it is fine */
  FramStreamFailure failure;
} Case;

static const Case cases[] = {
  { "/stream-dtls/name", "server.example", "server.example.", 2, NULL },
  { "/stream-dtls/address", "127.0.0.1", "127.0.0.1", 2, NULL },
  { "/stream-dtls/other-name", "server.example", "other.example", 2,
    "the certificate of other.example: it is for another name",
    FRAM_STREAM_CERTIFICATE_NAME },
  { "/stream-dtls/other-address", "127.0.0.2", "127.0.0.1", 2,
    "the certificate of 127.0.0.1: it is for another name",
    FRAM_STREAM_CERTIFICATE_NAME },
  { "/stream-dtls/expired", "server.example", "server.example", -1, "it has expired",
    FRAM_STREAM_CERTIFICATE_EXPIRED },
};

static void
test_case (gconstpointer data)
{
  const Case *this = data;
  g_autoptr (GTlsCertificate) certificate
      = authority_issue (authority, this->certified, this->days);
  g_autoptr (DatagramServer) server
      = datagram_server_new (DATAGRAM_SERVER_TURN, certificate);
  g_autoptr (StreamClient) client = new_client (server, this->asked);

  if (this->said != NULL)
    stream_client_await_failure (client, this->failure, this->said);
  else
    stream_client_exchange (client);
}

/* The system's authorities have not signed it. */
static void
test_no_authority (void)
{
  g_autoptr (DatagramServer) server = new_server (DATAGRAM_SERVER_TURN);
  g_autoptr (StreamClient) client = stream_client_new_by (
      FRAM_KNOWN_DTLS, &server->address, "server.example", NULL, FRAM_STREAM_LIMIT);

  stream_client_await_failure (client, FRAM_STREAM_CERTIFICATE_AUTHORITY,
                               "not signed by");
}

static void
test_missing_authority (void)
{
  g_autoptr (DatagramServer) server = new_server (DATAGRAM_SERVER_SILENT);
  g_autoptr (StreamClient) client
      = stream_client_new_by (FRAM_KNOWN_DTLS, &server->address, "server.example",
                              "/nonexistent/ca.pem", FRAM_STREAM_LIMIT);

  g_assert_false (client->failed);
  stream_client_await_failure (client, FRAM_STREAM_CERTIFICATE, "/nonexistent/ca.pem");
}

static void
test_closed (void)
{
  g_autoptr (DatagramServer) server = new_server (DATAGRAM_SERVER_CLOSES);
  g_autoptr (StreamClient) client = new_client (server, "server.example");

  stream_client_await_open (client);
  stream_client_ask (client);
  stream_client_await_failure (client, FRAM_STREAM_CLOSED, NULL);
}

/* Nobody is there; ICMP says so, or nothing is said at all. */
static void
test_nobody (void)
{
  g_autoptr (DatagramServer) server = new_server (DATAGRAM_SERVER_SILENT);
  FramAddress address = server->address;
  g_autoptr (StreamClient) client
      = stream_client_new_by (FRAM_KNOWN_DTLS, &address, "server.example", NULL, SHORT);
  g_autoptr (StreamClient) refused = NULL;

  stream_client_await_failure (client, FRAM_STREAM_SILENT, NULL);
  datagram_server_free (g_steal_pointer (&server));
  refused = stream_client_new_by (FRAM_KNOWN_DTLS, &address, "server.example", NULL,
                                  FRAM_STREAM_LIMIT);
  stream_client_await_failure (refused, FRAM_STREAM_UNREACHABLE, "refused");
}

/* DTLS takes no notice of what is not of it. */
static void
test_garbage (void)
{
  g_autoptr (DatagramServer) server = new_server (DATAGRAM_SERVER_GARBAGE);
  g_autoptr (StreamClient) client = stream_client_new_by (
      FRAM_KNOWN_DTLS, &server->address, "server.example", NULL, SHORT);

  stream_client_await_failure (client, FRAM_STREAM_SILENT, NULL);
}

static void
test_closed_within (void)
{
  g_autoptr (DatagramServer) server = new_server (DATAGRAM_SERVER_TURN);
  g_autoptr (StreamClient) early = new_client (server, "server.example");
  g_autoptr (DatagramServer) second = new_server (DATAGRAM_SERVER_TURN);
  g_autoptr (StreamClient) client = new_client (second, "server.example");

  g_clear_pointer (&early->stream, fram_stream_close);
  client->close_at = 1;
  stream_client_exchange (client);
  stream_client_settle ();
  g_assert_null (client->stream);
  g_assert_false (client->failed || early->failed || early->is_open);
}

/* As on a system without glib-networking. */
static void
test_no_backend (void)
{
  g_autoptr (StreamClient) client = NULL;
  FramAddress remote;

  g_assert_true (fram_address_parse_ip (&remote, "127.0.0.1", 9));
  client = stream_client_new_by (FRAM_KNOWN_DTLS, &remote, "server.example", NULL,
                                 FRAM_STREAM_LIMIT);
  g_assert_false (client->failed);
  stream_client_await_failure (client, FRAM_STREAM_TLS, "no TLS support is installed");
}

#ifdef __SANITIZE_ADDRESS__
/* glib-networking loses a source of its own where a handshake is cancelled while it waits; from
 * there the stacks are too short to suppress that alone. */
int __lsan_is_turned_off (void);

int
__lsan_is_turned_off (void)
{
  return 1;
}
#endif

int
main (int argc, char **argv)
{
  int result;

  stream_client_take_proxies ();
  g_test_init (&argc, &argv, NULL);
  if (g_getenv ("GIO_USE_TLS") != NULL)
    {
      g_test_add_func ("/stream-dtls/no-backend", test_no_backend);
      return g_test_run ();
    }
  authority = authority_new ();
  authority_file = authority_get_path (authority, "authority.pem");
  g_test_add_func ("/stream-dtls/messages", test_messages);
  g_test_add_func ("/stream-dtls/too-long", test_too_long);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_case);
  g_test_add_func ("/stream-dtls/no-authority", test_no_authority);
  g_test_add_func ("/stream-dtls/missing-authority", test_missing_authority);
  g_test_add_func ("/stream-dtls/closed", test_closed);
  g_test_add_func ("/stream-dtls/nobody", test_nobody);
  g_test_add_func ("/stream-dtls/garbage", test_garbage);
  g_test_add_func ("/stream-dtls/closed-within", test_closed_within);
  result = g_test_run ();
  g_free (authority_file);
  authority_free (authority);
  return result;
}
