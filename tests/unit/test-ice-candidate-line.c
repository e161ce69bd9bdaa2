/* Candidate lines (RFC 8839 §5.1, RFC 6544 §4.5): what is read, what is refused and why,
 * what is ignored, and that what is printed is read back. */
#include "ice/candidate-line.h"

#include <string.h>

static const char *
result_name (FramCandidateLineResult result)
{
  static const char *const names[] = {
    "OK",           "IGNORED",        "NAMED",         "TOO_LONG",
    "NO_PREFIX",    "BAD_FOUNDATION", "BAD_COMPONENT", "BAD_TRANSPORT",
    "BAD_PRIORITY", "BAD_ADDRESS",    "BAD_PORT",      "BAD_TYPE",
    "BAD_RELATED",  "BAD_EXTENSION",
  };

  g_assert_cmpuint (result, <, G_N_ELEMENTS (names));
  return names[result];
}

/* The line gives this result and, if it is of no use, leaves the outputs alone. */
static void
assert_result (const char *line, FramCandidateLineResult expected)
{
  char name[FRAM_MDNS_NAME_MAX + 1] = "untouched";
  FramCandidate candidate, untouched;
  FramCandidateLineResult result;

  memset (&candidate, 0x5a, sizeof candidate);
  untouched = candidate;
  result = fram_candidate_parse (&candidate, name, line);
  if (result != expected)
    g_error ("\"%s\" gave %s, not %s", line, result_name (result),
             result_name (expected));
  if (result == FRAM_CANDIDATE_LINE_OK || result == FRAM_CANDIDATE_LINE_NAMED)
    return;
  g_assert_cmpmem (&candidate, sizeof candidate, &untouched, sizeof untouched);
  g_assert_cmpstr (name, ==, "untouched");
}

static FramCandidate
parse (const char *line)
{
  char name[FRAM_MDNS_NAME_MAX + 1];
  FramCandidate candidate;

  assert_result (line, FRAM_CANDIDATE_LINE_OK);
  fram_candidate_parse (&candidate, name, line);
  g_assert_cmpstr (name, ==, "");
  g_assert_false (candidate.is_named);
  return candidate;
}

static void
assert_address (const FramAddress *address, const char *expected)
{
  char text[FRAM_ADDRESS_TEXT];

  g_assert_cmpstr (fram_address_to_text (address, text), ==, expected);
}

typedef struct
{
  const char *name;
  FramCandidateLineResult result;
  const char *line;
} LineCase;

#define HEAD "candidate:1 1 UDP 2130706431 "
#define HOST HEAD "192.0.2.1 3478 typ host"
#define SRFLX HEAD "192.0.2.1 3478 typ srflx"
#define LABEL_63 "123456789-123456789-123456789-123456789-123456789-123456789-abc"

/* clang-format off */
static const LineCase line_cases[] = {
  { "prefix/none", FRAM_CANDIDATE_LINE_NO_PREFIX, "1 1 UDP 1 192.0.2.1 1 typ host" },
  { "prefix/empty", FRAM_CANDIDATE_LINE_NO_PREFIX, "" },
  { "prefix/only-a", FRAM_CANDIDATE_LINE_NO_PREFIX, "a=" },
  { "prefix/twice", FRAM_CANDIDATE_LINE_NO_PREFIX, "a=a=" HOST },
  { "prefix/space", FRAM_CANDIDATE_LINE_NO_PREFIX, " " HOST },
  { "prefix/upper-case", FRAM_CANDIDATE_LINE_NO_PREFIX, "Candidate:1 1 UDP 1 192.0.2.1 1 typ host" },

  { "foundation/none", FRAM_CANDIDATE_LINE_BAD_FOUNDATION, "candidate:" },
  { "foundation/space", FRAM_CANDIDATE_LINE_BAD_FOUNDATION, "candidate: 1 1 UDP 1 192.0.2.1 1 typ host" },
  { "foundation/letter", FRAM_CANDIDATE_LINE_BAD_FOUNDATION, "candidate:a-b 1 UDP 1 192.0.2.1 1 typ host" },
  { "foundation/33", FRAM_CANDIDATE_LINE_BAD_FOUNDATION,
    "candidate:abcdefghijklmnopqrstuvwxyz0123456 1 UDP 1 192.0.2.1 1 typ host" },
  { "foundation/32", FRAM_CANDIDATE_LINE_OK,
    "candidate:abcdefghijklmnopqrstuvwxyz0123+/ 1 UDP 1 192.0.2.1 1 typ host" },

  { "component/none", FRAM_CANDIDATE_LINE_BAD_COMPONENT, "candidate:1" },
  { "component/0", FRAM_CANDIDATE_LINE_BAD_COMPONENT, "candidate:1 0 UDP 1 192.0.2.1 1 typ host" },
  { "component/256", FRAM_CANDIDATE_LINE_OK, "candidate:1 256 UDP 1 192.0.2.1 1 typ host" },
  { "component/257", FRAM_CANDIDATE_LINE_BAD_COMPONENT, "candidate:1 257 UDP 1 192.0.2.1 1 typ host" },
  { "component/four-digits", FRAM_CANDIDATE_LINE_BAD_COMPONENT, "candidate:1 0001 UDP 1 192.0.2.1 1 typ host" },
  { "component/sign", FRAM_CANDIDATE_LINE_BAD_COMPONENT, "candidate:1 +1 UDP 1 192.0.2.1 1 typ host" },
  { "component/hex", FRAM_CANDIDATE_LINE_BAD_COMPONENT, "candidate:1 0x1 UDP 1 192.0.2.1 1 typ host" },
  { "component/two-spaces", FRAM_CANDIDATE_LINE_BAD_COMPONENT, "candidate:1  1 UDP 1 192.0.2.1 1 typ host" },
  { "component/tab", FRAM_CANDIDATE_LINE_BAD_FOUNDATION, "candidate:1\t1 UDP 1 192.0.2.1 1 typ host" },

  { "transport/none", FRAM_CANDIDATE_LINE_BAD_TRANSPORT, "candidate:1 1" },
  { "transport/not-a-token", FRAM_CANDIDATE_LINE_BAD_TRANSPORT, "candidate:1 1 U/DP 1 192.0.2.1 1 typ host" },
  { "transport/two-spaces", FRAM_CANDIDATE_LINE_BAD_TRANSPORT, "candidate:1 1  UDP 1 192.0.2.1 1 typ host" },
  { "transport/unknown", FRAM_CANDIDATE_LINE_IGNORED, "candidate:1 1 ssltcp 1 192.0.2.1 443 typ host" },
  { "transport/unknown-but-broken", FRAM_CANDIDATE_LINE_BAD_PORT, "candidate:1 1 SCTP 1 192.0.2.1 0 typ host" },
  { "transport/lower-case", FRAM_CANDIDATE_LINE_OK, "candidate:1 1 udp 1 192.0.2.1 1 typ host" },

  { "priority/none", FRAM_CANDIDATE_LINE_BAD_PRIORITY, "candidate:1 1 UDP" },
  { "priority/0", FRAM_CANDIDATE_LINE_BAD_PRIORITY, "candidate:1 1 UDP 0 192.0.2.1 1 typ host" },
  { "priority/1", FRAM_CANDIDATE_LINE_OK, "candidate:1 1 UDP 1 192.0.2.1 1 typ host" },
  { "priority/largest", FRAM_CANDIDATE_LINE_OK, "candidate:1 1 UDP 2147483647 192.0.2.1 1 typ host" },
  { "priority/too-large", FRAM_CANDIDATE_LINE_BAD_PRIORITY, "candidate:1 1 UDP 2147483648 192.0.2.1 1 typ host" },
  { "priority/wraps-32-bits", FRAM_CANDIDATE_LINE_BAD_PRIORITY, "candidate:1 1 UDP 4294967297 192.0.2.1 1 typ host" },
  { "priority/eleven-digits", FRAM_CANDIDATE_LINE_BAD_PRIORITY, "candidate:1 1 UDP 00000000001 192.0.2.1 1 typ host" },
  { "priority/negative", FRAM_CANDIDATE_LINE_BAD_PRIORITY, "candidate:1 1 UDP -1 192.0.2.1 1 typ host" },

  { "address/none", FRAM_CANDIDATE_LINE_BAD_ADDRESS, "candidate:1 1 UDP 1" },
  { "address/octet", FRAM_CANDIDATE_LINE_BAD_ADDRESS, HEAD "192.0.2.256 1 typ host" },
  { "address/three-octets", FRAM_CANDIDATE_LINE_BAD_ADDRESS, HEAD "192.0.2 1 typ host" },
  { "address/ipv6", FRAM_CANDIDATE_LINE_OK, HEAD "2001:db8::1 1 typ host" },
  { "address/ipv6-broken", FRAM_CANDIDATE_LINE_BAD_ADDRESS, HEAD "2001:db8:::1 1 typ host" },
  { "address/ipv6-brackets", FRAM_CANDIDATE_LINE_BAD_ADDRESS, HEAD "[2001:db8::1] 1 typ host" },
  { "address/ipv6-zone", FRAM_CANDIDATE_LINE_BAD_ADDRESS, HEAD "fe80::1%eth0 1 typ host" },
  { "address/unspecified", FRAM_CANDIDATE_LINE_BAD_ADDRESS, HEAD "0.0.0.0 1 typ host" },
  { "address/unspecified-ipv6", FRAM_CANDIDATE_LINE_BAD_ADDRESS, HEAD ":: 1 typ host" },
  { "address/multicast", FRAM_CANDIDATE_LINE_BAD_ADDRESS, HEAD "224.0.0.1 1 typ host" },
  { "address/broadcast", FRAM_CANDIDATE_LINE_BAD_ADDRESS, HEAD "255.255.255.255 1 typ host" },
  { "address/name", FRAM_CANDIDATE_LINE_IGNORED, HEAD "host.example.org 1 typ host" },
  { "address/mdns", FRAM_CANDIDATE_LINE_NAMED, HEAD "9b36eaac-bb2e-49bb-bb78-21c41c499900.local 1 typ host" },
  { "address/mdns-upper-case", FRAM_CANDIDATE_LINE_NAMED, HEAD "Desk.LOCAL 1 typ host" },
  { "address/mdns-longest", FRAM_CANDIDATE_LINE_NAMED, HEAD LABEL_63 ".local 1 typ host" },
  { "address/mdns-longer", FRAM_CANDIDATE_LINE_IGNORED, HEAD LABEL_63 "x.local 1 typ host" },
  { "address/mdns-two-labels", FRAM_CANDIDATE_LINE_IGNORED, HEAD "desk.home.local 1 typ host" },
  { "address/mdns-no-label", FRAM_CANDIDATE_LINE_IGNORED, HEAD ".local 1 typ host" },
  { "address/mdns-domain-alone", FRAM_CANDIDATE_LINE_IGNORED, HEAD "local 1 typ host" },
  { "address/mdns-other-domain", FRAM_CANDIDATE_LINE_IGNORED, HEAD "desk.locals 1 typ host" },
  { "address/mdns-full-stop", FRAM_CANDIDATE_LINE_BAD_ADDRESS, HEAD "desk.local. 1 typ host" },
  { "address/mdns-letter", FRAM_CANDIDATE_LINE_BAD_ADDRESS, HEAD "desk_1.local 1 typ host" },
  { "address/mdns-unknown-type", FRAM_CANDIDATE_LINE_IGNORED, HEAD "desk.local 1 typ proxied" },
  { "address/mdns-bad-type", FRAM_CANDIDATE_LINE_BAD_TYPE, HEAD "desk.local 1 host" },
  { "address/name-short", FRAM_CANDIDATE_LINE_BAD_ADDRESS, HEAD "a.b 1 typ host" },
  { "address/name-letter", FRAM_CANDIDATE_LINE_BAD_ADDRESS, HEAD "host_1.example 1 typ host" },
  { "address/name-ends-in-dot", FRAM_CANDIDATE_LINE_BAD_ADDRESS, HEAD "example. 1 typ host" },
  { "address/longer-than-any", FRAM_CANDIDATE_LINE_BAD_ADDRESS,
    HEAD "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:dddd:eeee:ffff:0 1 typ host" },

  { "port/none", FRAM_CANDIDATE_LINE_BAD_PORT, HEAD "192.0.2.1" },
  { "port/0", FRAM_CANDIDATE_LINE_BAD_PORT, HEAD "192.0.2.1 0 typ host" },
  { "port/65535", FRAM_CANDIDATE_LINE_OK, HEAD "192.0.2.1 65535 typ host" },
  { "port/65536", FRAM_CANDIDATE_LINE_BAD_PORT, HEAD "192.0.2.1 65536 typ host" },
  { "port/six-digits", FRAM_CANDIDATE_LINE_BAD_PORT, HEAD "192.0.2.1 000001 typ host" },
  { "port/word", FRAM_CANDIDATE_LINE_BAD_PORT, HEAD "192.0.2.1 http typ host" },
  { "port/of-a-name", FRAM_CANDIDATE_LINE_BAD_PORT, HEAD "peer.local 0 typ host" },

  { "type/none", FRAM_CANDIDATE_LINE_BAD_TYPE, HEAD "192.0.2.1 1" },
  { "type/typ-only", FRAM_CANDIDATE_LINE_BAD_TYPE, HEAD "192.0.2.1 1 typ" },
  { "type/empty", FRAM_CANDIDATE_LINE_BAD_TYPE, HEAD "192.0.2.1 1 typ " },
  { "type/without-typ", FRAM_CANDIDATE_LINE_BAD_TYPE, HEAD "192.0.2.1 1 host" },
  { "type/not-a-token", FRAM_CANDIDATE_LINE_BAD_TYPE, HEAD "192.0.2.1 1 typ ho:st" },
  { "type/unknown", FRAM_CANDIDATE_LINE_IGNORED, HEAD "192.0.2.1 1 typ proxied" },
  { "type/upper-case", FRAM_CANDIDATE_LINE_OK, HEAD "192.0.2.1 1 TYP HOST" },

  { "related/complete", FRAM_CANDIDATE_LINE_OK, SRFLX " raddr 10.0.0.1 rport 1" },
  { "related/absent", FRAM_CANDIDATE_LINE_OK, SRFLX },
  { "related/raddr-only", FRAM_CANDIDATE_LINE_BAD_RELATED, SRFLX " raddr 10.0.0.1" },
  { "related/rport-only", FRAM_CANDIDATE_LINE_BAD_RELATED, SRFLX " rport 1" },
  { "related/no-address", FRAM_CANDIDATE_LINE_BAD_RELATED, SRFLX " raddr" },
  { "related/no-port", FRAM_CANDIDATE_LINE_BAD_RELATED, SRFLX " raddr 10.0.0.1 rport" },
  { "related/bad-address", FRAM_CANDIDATE_LINE_BAD_RELATED, SRFLX " raddr 10.0.0.999 rport 1" },
  { "related/bad-port", FRAM_CANDIDATE_LINE_BAD_RELATED, SRFLX " raddr 10.0.0.1 rport 65536" },
  { "related/reversed", FRAM_CANDIDATE_LINE_BAD_RELATED, SRFLX " rport 1 raddr 10.0.0.1" },
  { "related/port-0", FRAM_CANDIDATE_LINE_OK, SRFLX " raddr 0.0.0.0 rport 0" },
  { "related/name", FRAM_CANDIDATE_LINE_OK, SRFLX " raddr peer.local rport 1" },
  { "related/of-host", FRAM_CANDIDATE_LINE_OK, HOST " raddr 10.0.0.1 rport 1" },

  { "extension/pair", FRAM_CANDIDATE_LINE_OK, HOST " generation 0" },
  { "extension/empty-value", FRAM_CANDIDATE_LINE_OK, HOST " ufrag " },
  { "extension/any-visible", FRAM_CANDIDATE_LINE_OK, HOST " x !\"#$%&'()*,-./:;<=>?@[\\]^_`{|}~" },
  { "extension/name-only", FRAM_CANDIDATE_LINE_BAD_EXTENSION, HOST " generation" },
  { "extension/trailing-space", FRAM_CANDIDATE_LINE_BAD_EXTENSION, HOST " " },
  { "extension/name", FRAM_CANDIDATE_LINE_BAD_EXTENSION, HOST " gen:eration 0" },
  { "extension/line-end", FRAM_CANDIDATE_LINE_BAD_EXTENSION, HOST " generation 0\r\n" },
  { "extension/control", FRAM_CANDIDATE_LINE_BAD_EXTENSION, HOST " generation \x01" },
  { "extension/not-ascii", FRAM_CANDIDATE_LINE_BAD_EXTENSION, HOST " label \xc3\xa9" },
  { "line-end", FRAM_CANDIDATE_LINE_BAD_TYPE, HOST "\r\n" },

  { "tcp/active", FRAM_CANDIDATE_LINE_OK, "candidate:1 1 TCP 1 192.0.2.1 9 typ host tcptype active" },
  { "tcp/passive", FRAM_CANDIDATE_LINE_OK, "candidate:1 1 tcp 1 192.0.2.1 80 typ host tcptype passive" },
  { "tcp/so-behind-others", FRAM_CANDIDATE_LINE_OK,
    "candidate:1 1 TCP 1 192.0.2.1 80 typ host generation 0 tcptype so network-id 1" },
  { "tcp/no-tcptype", FRAM_CANDIDATE_LINE_BAD_EXTENSION, "candidate:1 1 TCP 1 192.0.2.1 80 typ host" },
  { "tcp/unknown-tcptype", FRAM_CANDIDATE_LINE_BAD_EXTENSION,
    "candidate:1 1 TCP 1 192.0.2.1 80 typ host tcptype lazy" },
  { "tcp/two-tcptypes", FRAM_CANDIDATE_LINE_BAD_EXTENSION,
    "candidate:1 1 TCP 1 192.0.2.1 80 typ host tcptype so tcptype so" },
  { "udp/tcptype", FRAM_CANDIDATE_LINE_OK, HOST " tcptype lazy" },
};
/* clang-format on */

static void
test_line_case (gconstpointer data)
{
  const LineCase *line_case = data;

  assert_result (line_case->line, line_case->result);
}

/* --- What is read ------------------------------------------------------------------- */

/* The example of RFC 8839 §5.1. */
static void
test_read_rfc_example (void)
{
  FramCandidate candidate = parse ("a=candidate:2 1 UDP 1694498815 192.0.2.3 45664 "
                                   "typ srflx raddr 203.0.113.141 rport 8998");

  g_assert_cmpint (candidate.type, ==, FRAM_CANDIDATE_SERVER_REFLEXIVE);
  g_assert_cmpint (candidate.transport, ==, FRAM_TRANSPORT_UDP);
  g_assert_cmpuint (candidate.component, ==, 1);
  g_assert_cmpuint (candidate.priority, ==, 1694498815);
  g_assert_cmpstr (candidate.foundation, ==, "2");
  assert_address (&candidate.address, "192.0.2.3:45664");
  assert_address (&candidate.related, "203.0.113.141:8998");
  g_assert_cmpuint (candidate.base, ==, 0);
  g_assert_cmpint (candidate.base_address.family, ==, FRAM_FAMILY_NONE);
}

/* Shapes that libwebrtc, libnice and aioice print. */
static void
test_read_peers (void)
{
  FramCandidate candidate;

  candidate = parse ("candidate:842163049 1 udp 1677729535 198.51.100.7 46154 typ srflx "
                     "raddr 0.0.0.0 rport 0 generation 0 ufrag EEtu network-id 1 "
                     "network-cost 10");
  g_assert_cmpint (candidate.related.family, ==, FRAM_FAMILY_NONE);

  candidate = parse ("candidate:1467250027 2 tcp 1518149375 192.0.2.15 9 typ host "
                     "tcptype active generation 0 network-cost 50");
  g_assert_cmpint (candidate.transport, ==, FRAM_TRANSPORT_TCP_ACTIVE);
  g_assert_cmpuint (candidate.component, ==, 2);

  candidate
      = parse ("a=candidate:7 1 UDP 2015363327 2001:db8:0:0:0:0:0:9 50000 typ host");
  assert_address (&candidate.address, "[2001:db8::9]:50000");

  candidate = parse ("candidate:0c6ed2c4b14d05edc54ea0d1c3d5b4c2 1 udp 1694498815 "
                     "198.51.100.9 34567 typ relay raddr 10.1.1.1 rport 4000");
  g_assert_cmpint (candidate.type, ==, FRAM_CANDIDATE_RELAYED);
}

/* draft-ietf-mmusic-mdns-ice-candidates §3.2.1 */
static void
test_read_name (void)
{
  char name[FRAM_MDNS_NAME_MAX + 1];
  FramCandidate candidate;

  g_assert_cmpint (
      fram_candidate_parse (&candidate, name, HEAD "Desk-1.LOCAL 9 typ host"), ==,
      FRAM_CANDIDATE_LINE_NAMED);
  g_assert_cmpstr (name, ==, "desk-1.local");
  g_assert_true (candidate.is_named);
  g_assert_cmpint (candidate.address.family, ==, FRAM_FAMILY_NONE);
  g_assert_cmpuint (candidate.address.port, ==, 9);

  g_assert_cmpint (
      fram_candidate_parse (&candidate, name, HEAD LABEL_63 ".local 9 typ host"), ==,
      FRAM_CANDIDATE_LINE_NAMED);
  g_assert_cmpuint (strlen (name), ==, FRAM_MDNS_NAME_MAX);
}

static void
test_print_name (void)
{
  FramCandidate candidate = parse (HOST);
  g_autofree char *line = fram_candidate_to_line (&candidate, "desk.local");

  g_assert_cmpstr (line, ==, HEAD "desk.local 3478 typ host");
}

static void
test_read_mapped_address (void)
{
  FramCandidate candidate = parse (HEAD "::ffff:192.0.2.1 1 typ prflx");

  assert_address (&candidate.address, "192.0.2.1:1");
  g_assert_cmpint (candidate.type, ==, FRAM_CANDIDATE_PEER_REFLEXIVE);
}

static void
test_read_host_without_related (void)
{
  FramCandidate candidate = parse (HOST " raddr 10.0.0.1 rport 1");

  g_assert_cmpint (candidate.related.family, ==, FRAM_FAMILY_NONE);
}

static void
test_length_limit (void)
{
  g_autoptr (GString) line = g_string_new (HOST " pad ");

  while (line->len < FRAM_CANDIDATE_LINE_MAX)
    g_string_append_c (line, 'x');
  assert_result (line->str, FRAM_CANDIDATE_LINE_OK);
  g_string_append_c (line, 'x');
  assert_result (line->str, FRAM_CANDIDATE_LINE_TOO_LONG);
}

/* A line cut anywhere is refused with a reason, but for the cuts that leave a shorter line:
 * within the port of a bare host candidate there is none, as the type is missing. */
static void
test_every_cut (void)
{
  static const char whole[] = "candidate:2 1 UDP 1694498815 192.0.2.3 45664 typ srflx "
                              "raddr 203.0.113.141 rport 8998";
  const gsize bare = strlen ("candidate:2 1 UDP 1694498815 192.0.2.3 45664 typ srflx");
  const gsize with_port = strlen (whole) - strlen ("998");
  char name[FRAM_MDNS_NAME_MAX + 1];
  FramCandidate candidate;

  for (gsize length = 0; length < strlen (whole); length++)
    {
      g_autofree char *line = g_strndup (whole, length);
      FramCandidateLineResult result = fram_candidate_parse (&candidate, name, line);

      if (length == bare || length >= with_port)
        g_assert_cmpint (result, ==, FRAM_CANDIDATE_LINE_OK);
      else
        g_assert_cmpint (result, !=, FRAM_CANDIDATE_LINE_OK);
    }
}

/* --- What is printed ---------------------------------------------------------------- */

static void
assert_prints (const char *line)
{
  FramCandidate candidate = parse (line);
  g_autofree char *printed = fram_candidate_to_line (&candidate, NULL);

  g_assert_cmpstr (printed, ==, line);
}

static void
test_print (void)
{
  assert_prints (HOST);
  assert_prints (SRFLX " raddr 10.0.0.1 rport 8998");
  assert_prints (HEAD "2001:db8::1 1 typ relay raddr 2001:db8::2 rport 2");
  assert_prints ("candidate:1 1 TCP 5 192.0.2.1 9 typ host tcptype active");
  assert_prints ("candidate:1 2 TCP 5 192.0.2.1 80 typ prflx raddr 10.0.0.1 rport 81 "
                 "tcptype passive");
  assert_prints ("candidate:1 1 TCP 5 192.0.2.1 80 typ host tcptype so");
}

/* RFC 6544, appendix C: the TCP candidates of its examples. */
static void
test_print_tcp (void)
{
  assert_prints ("candidate:1 1 TCP 2128609279 10.0.1.1 9 typ host tcptype active");
  assert_prints ("candidate:2 1 TCP 2124414975 10.0.1.1 8998 typ host tcptype passive");
  assert_prints ("candidate:3 1 TCP 2120220671 10.0.1.1 8999 typ host tcptype so");
  assert_prints ("candidate:4 1 TCP 1688207359 192.0.2.3 9 typ srflx raddr 10.0.1.1 "
                 "rport 9 tcptype active");
  assert_prints ("candidate:5 1 TCP 1684013055 192.0.2.3 45664 typ srflx raddr 10.0.1.1 "
                 "rport 8998 tcptype passive");
  assert_prints ("candidate:6 1 TCP 1692401663 192.0.2.3 45687 typ srflx raddr 10.0.1.1 "
                 "rport 8999 tcptype so");
}

/* What is not to be told is printed as RFC 8839 §5.1 wants it. */
static void
test_print_concealed (void)
{
  assert_prints (SRFLX " raddr 0.0.0.0 rport 9");
  assert_prints (HEAD "2001:db8::1 1 typ relay raddr :: rport 9");
}

/* --- There and back ----------------------------------------------------------------- */

static FramAddress
random_address (GRand *rand)
{
  FramAddress address;
  guint16 port = (guint16) g_rand_int_range (rand, 1, 65536);

  do
    {
      guint8 ip[16];

      for (guint i = 0; i < sizeof ip; i++)
        ip[i] = g_rand_boolean (rand) ? (guint8) g_rand_int (rand) : 0;
      if (g_rand_boolean (rand))
        fram_address_init_ipv6 (&address, ip, port);
      else
        fram_address_init_ipv4 (&address, g_rand_int (rand), port);
    }
  while (!fram_address_is_usable_remote (&address));
  return address;
}

static FramCandidate
random_candidate (GRand *rand)
{
  static const char ice_chars[]
      = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  FramCandidate candidate = { 0 };
  gint n_chars = g_rand_int_range (rand, 1, FRAM_FOUNDATION_MAX + 1);

  candidate.type = (FramCandidateType) g_rand_int_range (rand, FRAM_CANDIDATE_HOST,
                                                         FRAM_CANDIDATE_RELAYED + 1);
  candidate.transport = (FramTransport) g_rand_int_range (rand, FRAM_TRANSPORT_UDP,
                                                          FRAM_TRANSPORT_TCP_SO + 1);
  candidate.component = (guint16) g_rand_int_range (rand, 1, FRAM_COMPONENT_MAX + 1);
  candidate.priority = (g_rand_int (rand) & G_MAXINT32) | 1;
  candidate.address = random_address (rand);
  if (candidate.type != FRAM_CANDIDATE_HOST && g_rand_boolean (rand))
    candidate.related = random_address (rand);
  for (gint i = 0; i < n_chars; i++)
    candidate.foundation[i] = ice_chars[g_rand_int_range (rand, 0, 64)];
  return candidate;
}

static void
test_round_trip (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int ());
  char name[FRAM_MDNS_NAME_MAX + 1];

  for (guint i = 0; i < 20000; i++)
    {
      FramCandidate candidate = random_candidate (rand), back = { 0 };
      g_autofree char *line = fram_candidate_to_line (&candidate, NULL);
      g_autofree char *again = NULL;

      g_assert_cmpuint (strlen (line), <=, FRAM_CANDIDATE_LINE_MAX);
      assert_result (line, FRAM_CANDIDATE_LINE_OK);
      fram_candidate_parse (&back, name, line);
      g_assert_true (fram_address_equal (&candidate.address, &back.address));
      g_assert_true (fram_address_equal (&candidate.related, &back.related));
      g_assert_cmpint (candidate.type, ==, back.type);
      g_assert_cmpint (candidate.transport, ==, back.transport);
      g_assert_cmpuint (candidate.component, ==, back.component);
      g_assert_cmpuint (candidate.priority, ==, back.priority);
      g_assert_cmpstr (candidate.foundation, ==, back.foundation);
      again = fram_candidate_to_line (&back, NULL);
      g_assert_cmpstr (again, ==, line);
    }
}

/* Each result has a sentence of its own. */
static void
test_result_texts (void)
{
  for (guint i = 0; i <= FRAM_CANDIDATE_LINE_BAD_EXTENSION; i++)
    {
      const char *text = fram_candidate_line_result_to_text ((FramCandidateLineResult) i);

      g_assert_true (g_str_has_suffix (text, "."));
      for (guint j = 0; j < i; j++)
        g_assert_cmpstr (
            text, !=, fram_candidate_line_result_to_text ((FramCandidateLineResult) j));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (line_cases); i++)
    {
      g_autofree char *path
          = g_strconcat ("/ice/candidate-line/case/", line_cases[i].name, NULL);

      g_test_add_data_func (path, &line_cases[i], test_line_case);
    }
  g_test_add_func ("/ice/candidate-line/read/rfc-example", test_read_rfc_example);
  g_test_add_func ("/ice/candidate-line/read/peers", test_read_peers);
  g_test_add_func ("/ice/candidate-line/read/name", test_read_name);
  g_test_add_func ("/ice/candidate-line/print/name", test_print_name);
  g_test_add_func ("/ice/candidate-line/read/mapped", test_read_mapped_address);
  g_test_add_func ("/ice/candidate-line/read/host", test_read_host_without_related);
  g_test_add_func ("/ice/candidate-line/length", test_length_limit);
  g_test_add_func ("/ice/candidate-line/every-cut", test_every_cut);
  g_test_add_func ("/ice/candidate-line/print/same", test_print);
  g_test_add_func ("/ice/candidate-line/print/tcp", test_print_tcp);
  g_test_add_func ("/ice/candidate-line/print/concealed", test_print_concealed);
  g_test_add_func ("/ice/candidate-line/round-trip", test_round_trip);
  g_test_add_func ("/ice/candidate-line/result-texts", test_result_texts);
  return g_test_run ();
}
