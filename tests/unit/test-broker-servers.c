/* Servers: their URIs (RFC 7064, RFC 7065), and the addresses of their names. */
#include "broker/servers.h"

#include <string.h>

typedef struct
{
  const char *text;
  FramServerScheme scheme;
  gboolean secure;
  const char *host;
  guint16 port;
  gboolean has_transport;
  FramKnownTransport transport;
} Right;

#define STUN FRAM_SERVER_SCHEME_STUN
#define TURN FRAM_SERVER_SCHEME_TURN

static const Right right[] = {
  /* RFC 7064 appendix A */
  { "stun:example.org", STUN, FALSE, "example.org", 0, FALSE, FRAM_KNOWN_UDP },
  { "stuns:example.org", STUN, TRUE, "example.org", 0, FALSE, FRAM_KNOWN_TLS },
  { "stun:example.org:8000", STUN, FALSE, "example.org", 8000, FALSE, FRAM_KNOWN_UDP },
  /* RFC 7065 appendix A */
  { "turn:example.org", TURN, FALSE, "example.org", 0, FALSE, FRAM_KNOWN_UDP },
  { "turns:example.org", TURN, TRUE, "example.org", 0, FALSE, FRAM_KNOWN_TLS },
  { "turn:example.org:8000", TURN, FALSE, "example.org", 8000, FALSE, FRAM_KNOWN_UDP },
  { "turn:example.org?transport=udp", TURN, FALSE, "example.org", 0, TRUE,
    FRAM_KNOWN_UDP },
  { "turn:example.org?transport=tcp", TURN, FALSE, "example.org", 0, TRUE,
    FRAM_KNOWN_TCP },
  { "turns:example.org?transport=tcp", TURN, TRUE, "example.org", 0, TRUE,
    FRAM_KNOWN_TLS },
  /* RFC 7350 §4.6 */
  { "turns:example.org?transport=udp", TURN, TRUE, "example.org", 0, TRUE,
    FRAM_KNOWN_DTLS },
  /* RFC 3986 */
  { "STUN:192.0.2.1:19302", STUN, FALSE, "192.0.2.1", 19302, FALSE, FRAM_KNOWN_UDP },
  { "stun:[2001:db8::1]:5349", STUN, FALSE, "2001:db8::1", 5349, FALSE, FRAM_KNOWN_UDP },
  { "stun:[2001:db8::1]", STUN, FALSE, "2001:db8::1", 0, FALSE, FRAM_KNOWN_UDP },
  { "stun:host:", STUN, FALSE, "host", 0, FALSE, FRAM_KNOWN_UDP },
  { "stun:host:003478", STUN, FALSE, "host", 3478, FALSE, FRAM_KNOWN_UDP },
  { "stun:host.:65535", STUN, FALSE, "host.", 65535, FALSE, FRAM_KNOWN_UDP },
  { "stun:_x.1.xn--mnchen-3ya.example", STUN, FALSE, "_x.1.xn--mnchen-3ya.example", 0,
    FALSE, FRAM_KNOWN_UDP },
  { "turns:[::1]:443?transport=TCP", TURN, TRUE, "::1", 443, TRUE, FRAM_KNOWN_TLS },
};

static void
test_right (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (right); i++)
    {
      g_autoptr (GError) error = NULL;
      FramServerUri uri;

      g_test_message ("%s", right[i].text);
      g_assert_true (fram_server_uri_parse (&uri, right[i].text, &error));
      g_assert_no_error (error);
      g_assert_cmpint (uri.scheme, ==, right[i].scheme);
      g_assert_cmpint (uri.secure, ==, right[i].secure);
      g_assert_cmpstr (uri.host, ==, right[i].host);
      g_assert_cmpuint (uri.port, ==, right[i].port);
      g_assert_cmpint (uri.has_transport, ==, right[i].has_transport);
      g_assert_cmpint (uri.transport, ==, right[i].transport);
      g_assert_cmpuint (fram_server_uri_get_default_port (&uri), ==,
                        right[i].secure ? 5349 : 3478);
    }
}

/* And a part of what is said about it. */
static const char *const wrong[][2] = {
  { "", "should look like" },
  { "stun", "should look like" },
  { "http:host", "should look like" },
  { " stun:host", "should look like" },
  { "stun:", "no host" },
  { "stun::3478", "no host" },
  { "stun:[]", "no host" },
  { "stun:[192.0.2.1]", "not an IPv6 address" },
  { "stun:[fe80::1%25eth0]", "not an IPv6 address" },
  { "stun:[v1.x]", "not an IPv6 address" },
  { "stun:[2001:db8::1", "bracket is not closed" },
  { "stun:[2001:db8::1]x", "neither a name nor" },
  { "stun:2001:db8::1", "needs brackets" },
  { "stun://host", "without “//”" },
  { "stun:host:0", "no port 0" },
  { "stun:host:65536", "at most 65535" },
  { "stun:host:99999999999999999999", "at most 65535" },
  { "stun:host:12a", "not a number" },
  { "stun:host:-1", "not a number" },
  { "stun:host:1:2", "not a number" },
  { "stun:ho st", "neither a name nor" },
  { "stun:host/path", "neither a name nor" },
  { "stun:host#x", "neither a name nor" },
  { "stun:ho%73t", "percent-encoding" },
  { "stun:me@host", "user name" },
  { "stun:münchen.example", "xn--" },
  { "stun:a..b", "as the DNS" },
  { "stun:.a", "as the DNS" },
  { "stun:.", "as the DNS" },
  { "stun:-a", "as the DNS" },
  { "stun:a.-b", "as the DNS" },
  { "stun:1.2.3", "IPv4 address, but is none" },
  { "stun:192.0.2.256", "IPv4 address, but is none" },
  { "stun:192.0.2.1.", "IPv4 address, but is none" },
  { "stun:host?transport=tcp", "UDP is tried first" },
  { "stuns:host?transport=tcp", "UDP is tried first" },
  { "stun:host?", "UDP is tried first" },
  { "stuns:192.0.2.1", "host name" },
  { "stuns:[::1]:5349", "host name" },
  { "turn:host?", "may follow" },
  { "turn:host?x=y", "may follow" },
  { "turn:host?transport=", "neither “udp” nor “tcp”" },
  { "turn:host?transport=sctp", "neither “udp” nor “tcp”" },
  { "turn:host?transport=udp&x", "neither “udp” nor “tcp”" },
};

static void
check_wrong (const char *text, const char *said)
{
  g_autoptr (GError) error = NULL;
  FramServerUri uri = { .port = 1 };

  g_test_message ("%s", text);
  g_assert_false (fram_server_uri_parse (&uri, text, &error));
  g_assert_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, said));
  g_assert_cmpuint (uri.port, ==, 1);
}

static void
test_wrong (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    check_wrong (wrong[i][0], wrong[i][1]);
}

/* RFC 1035 §2.3.4: 63 bytes of a label, 253 of a name as text. */
static void
test_lengths (void)
{
  g_autofree char *label = g_strnfill (63, 'a');
  g_autofree char *three = g_strdup_printf ("stun:%s.%s.%s", label, label, label);
  g_autofree char *longest = g_strdup_printf ("%s.%.61s", three, label);
  g_autofree char *longer = g_strdup_printf ("%s.%.62s", three, label);
  g_autofree char *wide = g_strdup_printf ("stun:%sa", label);
  FramServerUri uri;

  g_assert_true (fram_server_uri_parse (&uri, longest, NULL));
  g_assert_cmpuint (strlen (uri.host), ==, FRAM_SERVER_URI_MAX_HOST);
  check_wrong (longer, "too long");
  check_wrong (wide, "as the DNS");
}

static void
test_check (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (fram_server_uri_check ("stun:host", &error));
  g_assert_true (fram_server_uri_check ("stuns:host", &error));
  g_assert_true (fram_server_uri_check ("turn:host", &error));
  g_assert_true (fram_server_uri_check ("turns:192.0.2.1?transport=udp", &error));
  g_assert_no_error (error);
  g_assert_false (fram_server_uri_check ("turn:", &error));
  g_assert_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_INVALID_ARGUMENT);
}

/* --- Addresses --------------------------------------------------------------------- */

typedef struct
{
  FramServerTable table;
  FramTime now;
  gboolean resolve;
} Fixture;

static FramServer *
join (Fixture *fixture, const char *uri)
{
  return fram_server_table_join (&fixture->table, uri, fixture->now, &fixture->resolve);
}

static FramServer *
answer (Fixture *fixture, FramServer *server, const char *text)
{
  FramAddress addresses[8];
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  guint n = 0;

  for (; words[n] != NULL && *words[n] != '\0'; n++)
    g_assert_true (fram_address_parse (&addresses[n], words[n]));
  return fram_server_table_resolved (&fixture->table, server->query, addresses, n,
                                     fixture->now);
}

static void
assert_addresses (const FramServer *server, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < server->n_addresses; i++)
    {
      char buffer[FRAM_ADDRESS_TEXT];

      g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                              fram_address_to_text (&server->addresses[i], buffer));
    }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->now = FRAM_SECONDS (5);
  fram_server_table_init (&fixture->table);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  fram_server_table_clear (&fixture->table);
}

/* An address is no question. */
static void
test_address (Fixture *fixture, gconstpointer data)
{
  FramServer *server = join (fixture, "stun:192.0.2.1");

  g_assert_false (fixture->resolve);
  g_assert_cmpint (server->state, ==, FRAM_SERVER_READY);
  assert_addresses (server, "192.0.2.1:3478");
  assert_addresses (join (fixture, "stun:[2001:db8::1]:99"), "[2001:db8::1]:99");
  fram_server_table_age (&fixture->table);
  join (fixture, "stun:192.0.2.1");
  g_assert_false (fixture->resolve);
}

/* Two sessions, one question; the first address of each family is taken. */
static void
test_name (Fixture *fixture, gconstpointer data)
{
  FramServer *server = join (fixture, "stun:stun.example.org");
  FramAddress stranger;

  g_assert_true (fixture->resolve);
  g_assert_cmpint (server->state, ==, FRAM_SERVER_RESOLVING);
  g_assert_true (join (fixture, "stun:stun.example.org") == server);
  g_assert_false (fixture->resolve);
  g_assert_true (answer (fixture, server, "192.0.2.1:3478 192.0.2.2:9 [2001:db8::1]:80")
                 == server);
  g_assert_cmpint (server->state, ==, FRAM_SERVER_READY);
  assert_addresses (server, "192.0.2.1:3478 [2001:db8::1]:80");
  g_assert_true (fram_server_get_address (server, FRAM_FAMILY_IPV6)
                 == &server->addresses[1]);
  /* Nobody asked that. */
  g_assert_null (answer (fixture, server, "192.0.2.9:9"));
  assert_addresses (server, "192.0.2.1:3478 [2001:db8::1]:80");
  fram_address_parse (&stranger, "192.0.2.2:9");
  g_assert_false (fram_server_has_address (server, &stranger));
}

/* A name that is not found is asked for by each session. */
static void
test_unknown (Fixture *fixture, gconstpointer data)
{
  FramServer *server = join (fixture, "stun:stun.example.org");

  answer (fixture, server, "");
  g_assert_cmpint (server->state, ==, FRAM_SERVER_UNKNOWN_NAME);
  join (fixture, "stun:stun.example.org");
  g_assert_true (fixture->resolve);
  g_assert_cmpint (server->state, ==, FRAM_SERVER_RESOLVING);
}

/* After ten minutes it is resolved anew, and used as it was in the meantime. */
static void
test_stale (Fixture *fixture, gconstpointer data)
{
  FramServer *server = join (fixture, "stun:stun.example.org");
  FramAddress former;

  answer (fixture, server, "192.0.2.1:1 [2001:db8::1]:1");
  fram_address_parse (&former, "192.0.2.1:1");
  fixture->now += FRAM_SERVER_FRESH - 1;
  join (fixture, "stun:stun.example.org");
  g_assert_false (fixture->resolve);
  fixture->now++;
  join (fixture, "stun:stun.example.org");
  g_assert_true (fixture->resolve);
  g_assert_cmpint (server->state, ==, FRAM_SERVER_READY);
  assert_addresses (server, "192.0.2.1:1 [2001:db8::1]:1");

  /* Nothing comes: nothing is lost. */
  answer (fixture, server, "");
  g_assert_cmpint (server->state, ==, FRAM_SERVER_READY);
  assert_addresses (server, "192.0.2.1:1 [2001:db8::1]:1");

  /* What is asked already stays while the name has it. */
  fram_server_table_age (&fixture->table);
  join (fixture, "stun:stun.example.org");
  g_assert_true (fixture->resolve);
  answer (fixture, server, "192.0.2.7:1 192.0.2.1:1 [2001:db8::2]:1");
  assert_addresses (server, "192.0.2.1:1 [2001:db8::2]:1");

  /* What was there may still be in use. */
  fram_server_table_age (&fixture->table);
  join (fixture, "stun:stun.example.org");
  answer (fixture, server, "192.0.2.7:1");
  assert_addresses (server, "192.0.2.7:1");
  g_assert_true (fram_server_has_address (server, &former));
}

/* Those that no session uses are kept, but not many. */
static void
test_unused (Fixture *fixture, gconstpointer data)
{
  FramServer *first = join (fixture, "stun:first.example.org");

  answer (fixture, first, "192.0.2.1:1");
  fram_server_table_leave (&fixture->table, first);
  g_assert_true (join (fixture, "stun:first.example.org") == first);
  g_assert_false (fixture->resolve);
  fram_server_table_leave (&fixture->table, first);

  for (guint i = 0; i < FRAM_SERVER_MAX_UNUSED; i++)
    {
      g_autofree char *uri = g_strdup_printf ("stun:%u.example.org", i);

      fram_server_table_leave (&fixture->table, join (fixture, uri));
    }
  g_assert_cmpuint (g_hash_table_size (fixture->table.by_key), ==,
                    FRAM_SERVER_MAX_UNUSED);
  g_assert_null (g_hash_table_lookup (fixture->table.by_key, "stun:first.example.org"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/broker/server-uri/right", test_right);
  g_test_add_func ("/broker/server-uri/wrong", test_wrong);
  g_test_add_func ("/broker/server-uri/lengths", test_lengths);
  g_test_add_func ("/broker/server-uri/check", test_check);
#define ADD(name, function)                                                              \
  g_test_add ("/broker/servers/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("address", test_address);
  ADD ("name", test_name);
  ADD ("unknown", test_unknown);
  ADD ("stale", test_stale);
  ADD ("unused", test_unused);
  return g_test_run ();
}
