/* Candidates: priority (RFC 8445 §5.1.2.1), local preference (RFC 8421 §4) and foundation
 * (RFC 8445 §5.1.1.3). */
#include "ice/candidate.h"

#include <string.h>

static const FramAddress no_server;

static FramAddress
address (const char *text)
{
  FramAddress result;

  g_assert_true (fram_address_parse (&result, text));
  return result;
}

static FramCandidate
candidate_at (FramCandidateType type, FramTransport transport, const char *base)
{
  FramCandidate candidate
      = { .type = type, .transport = transport, .component = 1, .priority = 1 };

  candidate.base_address = address (base);
  candidate.address = candidate.base_address;
  return candidate;
}

static void
test_priority_by_formula (void)
{
  /* The host and server-reflexive priorities that RFC 8445 §15.1 and §15.2 print. */
  g_assert_cmpuint (fram_candidate_priority (FRAM_CANDIDATE_HOST, 65535, 1), ==,
                    2130706431);
  g_assert_cmpuint (fram_candidate_priority (FRAM_CANDIDATE_SERVER_REFLEXIVE, 65535, 1),
                    ==, 1694498815);
  g_assert_cmpuint (fram_candidate_priority (FRAM_CANDIDATE_PEER_REFLEXIVE, 65535, 2), ==,
                    (110u << 24) + (65535u << 8) + 254);
  g_assert_cmpuint (fram_candidate_priority (FRAM_CANDIDATE_RELAYED, 3, 256), ==, 3 << 8);
}

static void
test_priority_range (void)
{
  g_assert_cmpuint (fram_candidate_priority (FRAM_CANDIDATE_RELAYED, 0, 256), ==, 1);
  g_assert_cmpuint (fram_candidate_priority (FRAM_CANDIDATE_HOST, 65535, 1), <=,
                    G_MAXINT32);
}

/* No local preference lifts a type over the next better one. */
static void
test_priority_order_of_types (void)
{
  static const FramCandidateType order[]
      = { FRAM_CANDIDATE_HOST, FRAM_CANDIDATE_PEER_REFLEXIVE,
          FRAM_CANDIDATE_SERVER_REFLEXIVE, FRAM_CANDIDATE_RELAYED };

  for (guint i = 0; i + 1 < G_N_ELEMENTS (order); i++)
    g_assert_cmpuint (fram_candidate_priority (order[i], 0, 256), >,
                      fram_candidate_priority (order[i + 1], 65535, 1));
}

/* RFC 6544 §4.2 with the priorities that its appendix C prints, which have the type preferences
 * of UDP: ours are half of those. */
static void
test_tcp_priority (void)
{
  static const struct
  {
    FramCandidateType type;
    FramTransport transport;
    guint32 printed, type_preference;
  } known[] = {
    { FRAM_CANDIDATE_HOST, FRAM_TRANSPORT_TCP_ACTIVE, 2128609279, 126 },
    { FRAM_CANDIDATE_HOST, FRAM_TRANSPORT_TCP_PASSIVE, 2124414975, 126 },
    { FRAM_CANDIDATE_HOST, FRAM_TRANSPORT_TCP_SO, 2120220671, 126 },
    { FRAM_CANDIDATE_SERVER_REFLEXIVE, FRAM_TRANSPORT_TCP_ACTIVE, 1688207359, 100 },
    { FRAM_CANDIDATE_SERVER_REFLEXIVE, FRAM_TRANSPORT_TCP_PASSIVE, 1684013055, 100 },
    { FRAM_CANDIDATE_SERVER_REFLEXIVE, FRAM_TRANSPORT_TCP_SO, 1692401663, 100 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    g_assert_cmpuint (fram_candidate_tcp_priority (known[i].type, known[i].transport,
                                                   FRAM_TCP_OTHER_PREFERENCE_MAX, 1)
                          + (known[i].type_preference / 2 << 24),
                      ==, known[i].printed);
  g_assert_cmpuint (
      fram_candidate_tcp_priority (FRAM_CANDIDATE_RELAYED, FRAM_TRANSPORT_TCP_SO, 0, 256),
      >=, 1);
}

/* RFC 6544 §4.2: UDP is preferred, but a direct way to one by a relay. */
static void
test_tcp_order (void)
{
  static const FramCandidateType direct[]
      = { FRAM_CANDIDATE_HOST, FRAM_CANDIDATE_PEER_REFLEXIVE,
          FRAM_CANDIDATE_SERVER_REFLEXIVE };

  for (guint i = 0; i < G_N_ELEMENTS (direct); i++)
    {
      g_assert_cmpuint (
          fram_candidate_tcp_priority (direct[i], FRAM_TRANSPORT_TCP_ACTIVE, 8191, 1), <,
          fram_candidate_priority (FRAM_CANDIDATE_SERVER_REFLEXIVE, 0, 256));
      g_assert_cmpuint (
          fram_candidate_tcp_priority (direct[i], FRAM_TRANSPORT_TCP_SO, 0, 256), >,
          fram_candidate_priority (FRAM_CANDIDATE_RELAYED, 65535, 1));
    }
}

/* RFC 6544 §6.2 */
static void
test_tcp_counterparts (void)
{
  g_assert_cmpint (fram_transport_get_counterpart (FRAM_TRANSPORT_UDP), ==,
                   FRAM_TRANSPORT_UDP);
  g_assert_cmpint (fram_transport_get_counterpart (FRAM_TRANSPORT_TCP_ACTIVE), ==,
                   FRAM_TRANSPORT_TCP_PASSIVE);
  g_assert_cmpint (fram_transport_get_counterpart (FRAM_TRANSPORT_TCP_PASSIVE), ==,
                   FRAM_TRANSPORT_TCP_ACTIVE);
  g_assert_cmpint (fram_transport_get_counterpart (FRAM_TRANSPORT_TCP_SO), ==,
                   FRAM_TRANSPORT_TCP_SO);
}

static void
test_preference_single_address (void)
{
  g_assert_cmpuint (fram_candidate_local_preference (FRAM_FAMILY_IPV4, 0, 1, 0), ==,
                    65535);
  g_assert_cmpuint (fram_candidate_local_preference (FRAM_FAMILY_IPV6, 0, 0, 1), ==,
                    65535);
}

/* Writes the families in order of preference, as "646466", and proves that no preference is
 * given twice. */
static void
assert_order (guint n_ipv4, guint n_ipv6, const char *expected)
{
  g_autofree char *order = g_strnfill (n_ipv4 + n_ipv6, '-');

  for (guint i = 0; i < n_ipv4 + n_ipv6; i++)
    {
      FramFamily family = i < n_ipv4 ? FRAM_FAMILY_IPV4 : FRAM_FAMILY_IPV6;
      guint index = i < n_ipv4 ? i : i - n_ipv4;
      guint rank
          = 65535u - fram_candidate_local_preference (family, index, n_ipv4, n_ipv6);

      g_assert_cmpuint (rank, <, n_ipv4 + n_ipv6);
      g_assert_cmpint (order[rank], ==, '-');
      order[rank] = (char) ('0' + family);
    }
  g_assert_cmpstr (order, ==, expected);
}

static void
test_preference_interleaved (void)
{
  assert_order (1, 1, "64");
  assert_order (3, 3, "646464");
  assert_order (2, 6, "64646666");
  assert_order (5, 2, "6464444");
  assert_order (0, 3, "666");
  assert_order (4, 0, "4444");
}

static void
test_preference_is_bounded (void)
{
  g_assert_cmpuint (
      fram_candidate_local_preference (FRAM_FAMILY_IPV4, 69999, 70000, 70000), ==, 0);
}

static void
assert_foundations (FramCandidate a, const FramAddress *server_a, FramCandidate b,
                    const FramAddress *server_b, gboolean equal)
{
  fram_candidate_set_foundation (&a, server_a, 5);
  fram_candidate_set_foundation (&b, server_b, 5);
  g_assert_cmpuint (strlen (a.foundation), ==, 8);
  for (guint i = 0; i < 8; i++)
    g_assert_true (g_ascii_isalnum (a.foundation[i]) || strchr ("+/", a.foundation[i]));
  if (equal)
    g_assert_cmpstr (a.foundation, ==, b.foundation);
  else
    g_assert_cmpstr (a.foundation, !=, b.foundation);
}

static void
test_foundation_equal (void)
{
  FramAddress server = address ("198.51.100.1:3478");
  FramAddress same_host = address ("198.51.100.1:3479");
  FramCandidate a
      = candidate_at (FRAM_CANDIDATE_SERVER_REFLEXIVE, FRAM_TRANSPORT_UDP, "10.0.0.1:1");
  FramCandidate b
      = candidate_at (FRAM_CANDIDATE_SERVER_REFLEXIVE, FRAM_TRANSPORT_UDP, "10.0.0.1:2");

  /* Ports, component and the candidate's own address do not count. */
  b.component = 2;
  b.address = address ("203.0.113.7:4444");
  b.priority = 77;
  assert_foundations (a, &server, b, &same_host, TRUE);
}

static void
test_foundation_differs (void)
{
  FramAddress server = address ("198.51.100.1:3478");
  FramAddress other_server = address ("198.51.100.2:3478");
  FramCandidate a
      = candidate_at (FRAM_CANDIDATE_SERVER_REFLEXIVE, FRAM_TRANSPORT_UDP, "10.0.0.1:1");
  FramCandidate type
      = candidate_at (FRAM_CANDIDATE_RELAYED, FRAM_TRANSPORT_UDP, "10.0.0.1:1");
  FramCandidate base
      = candidate_at (FRAM_CANDIDATE_SERVER_REFLEXIVE, FRAM_TRANSPORT_UDP, "10.0.0.2:1");
  FramCandidate transport = candidate_at (FRAM_CANDIDATE_SERVER_REFLEXIVE,
                                          FRAM_TRANSPORT_TCP_PASSIVE, "10.0.0.1:1");

  assert_foundations (a, &server, a, &other_server, FALSE);
  assert_foundations (a, &server, a, &no_server, FALSE);
  assert_foundations (a, &server, type, &server, FALSE);
  assert_foundations (a, &server, base, &server, FALSE);
  assert_foundations (a, &server, transport, &server, FALSE);
}

/* Two interfaces may carry the same link-local address. */
static void
test_foundation_scope (void)
{
  FramCandidate a = candidate_at (FRAM_CANDIDATE_HOST, FRAM_TRANSPORT_UDP, "[fe80::1]:1");
  FramCandidate b = a;

  a.base_address.scope = 2;
  b.base_address.scope = 3;
  assert_foundations (a, &no_server, b, &no_server, FALSE);
}

/* Who is not told the base address cannot compute it from the foundation. */
static void
test_foundation_salt (void)
{
  FramCandidate one = { .type = FRAM_CANDIDATE_HOST }, other;

  fram_address_init_ipv4 (&one.base_address, 0x0a000001, 9);
  other = one;
  fram_candidate_set_foundation (&one, &no_server, 1);
  fram_candidate_set_foundation (&other, &no_server, 2);
  g_assert_cmpstr (one.foundation, !=, other.foundation);
}

/* Neighbouring addresses are what a host has, so they must not fall together. */
static void
test_foundation_spread (void)
{
  g_autoptr (GHashTable) seen
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < 65536; i++)
    {
      FramCandidate candidate = { .type = FRAM_CANDIDATE_HOST };

      fram_address_init_ipv4 (&candidate.base_address, 0x0a000000 + i, 9);
      fram_candidate_set_foundation (&candidate, &no_server, 1);
      g_assert_true (g_hash_table_add (seen, g_strdup (candidate.foundation)));
    }
}

static void
test_type_words (void)
{
  g_assert_cmpstr (fram_candidate_type_to_text (FRAM_CANDIDATE_HOST), ==, "host");
  g_assert_cmpstr (fram_candidate_type_to_text (FRAM_CANDIDATE_SERVER_REFLEXIVE), ==,
                   "srflx");
  g_assert_cmpstr (fram_candidate_type_to_text (FRAM_CANDIDATE_PEER_REFLEXIVE), ==,
                   "prflx");
  g_assert_cmpstr (fram_candidate_type_to_text (FRAM_CANDIDATE_RELAYED), ==, "relay");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ice/candidate/priority/formula", test_priority_by_formula);
  g_test_add_func ("/ice/candidate/priority/range", test_priority_range);
  g_test_add_func ("/ice/candidate/priority/types", test_priority_order_of_types);
  g_test_add_func ("/ice/candidate/priority/tcp", test_tcp_priority);
  g_test_add_func ("/ice/candidate/priority/tcp-order", test_tcp_order);
  g_test_add_func ("/ice/candidate/tcp-counterparts", test_tcp_counterparts);
  g_test_add_func ("/ice/candidate/preference/single", test_preference_single_address);
  g_test_add_func ("/ice/candidate/preference/interleaved", test_preference_interleaved);
  g_test_add_func ("/ice/candidate/preference/bounded", test_preference_is_bounded);
  g_test_add_func ("/ice/candidate/foundation/equal", test_foundation_equal);
  g_test_add_func ("/ice/candidate/foundation/differs", test_foundation_differs);
  g_test_add_func ("/ice/candidate/foundation/scope", test_foundation_scope);
  g_test_add_func ("/ice/candidate/foundation/spread", test_foundation_spread);
  g_test_add_func ("/ice/candidate/foundation/salt", test_foundation_salt);
  g_test_add_func ("/ice/candidate/type-words", test_type_words);
  return g_test_run ();
}
