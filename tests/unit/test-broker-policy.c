/* What the user decides: which interfaces are used, acting on running sessions too. */
#include <string.h>

#include "lone-host.h"

#include "broker/broker-private.h"

typedef struct
{
  const char *name, *ip;
  FramInterfaceFlags flags;
} Interface;

static const Interface interfaces[] = {
  { "eth0", "192.168.1.2", FRAM_INTERFACE_NONE },
  { "wlan0", "10.0.0.2", FRAM_INTERFACE_NONE },
  { "tun0", "10.8.0.2", FRAM_INTERFACE_TUNNEL },
  { "ppp0", "10.9.0.2", FRAM_INTERFACE_POINT_TO_POINT },
  { "docker0", "172.17.0.1", FRAM_INTERFACE_VIRTUAL },
  { "eth0", "2001:db8::5", FRAM_INTERFACE_DEPRECATED },
  { "eth0", "fe80::5", FRAM_INTERFACE_NONE },
  { "lo", "127.0.0.1", FRAM_INTERFACE_LOOPBACK },
};

static void
tell (LoneHost *host, const Interface *from, guint n)
{
  FramInterfaceAddress told[G_N_ELEMENTS (interfaces)] = { 0 };

  for (guint i = 0; i < n; i++)
    {
      g_strlcpy (told[i].name, from[i].name, sizeof told[i].name);
      told[i].flags = from[i].flags;
      g_assert_true (fram_address_parse_ip (&told[i].address, from[i].ip, 0));
    }
  fram_broker_told_interfaces (host->broker, told, n, host->now);
  lone_host_settle (host);
}

static LoneHost *
new_host (void)
{
  LoneHost *host = lone_host_new ("127.0.0.1");

  tell (host, interfaces, G_N_ELEMENTS (interfaces));
  return host;
}

/* The uses of all addresses, as "word word ...". */
static char *
describe (LoneHost *host)
{
  g_autoptr (GArray) rows = fram_broker_list_interfaces (host->broker, host->now);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < rows->len; i++)
    g_string_append_printf (
        text, "%s%s", i > 0 ? " " : "",
        fram_interface_use_to_word (g_array_index (rows, FramInterfaceRow, i).use));
  return g_string_free (text, FALSE);
}

static void
assert_uses (LoneHost *host, const char *expected)
{
  g_autofree char *uses = describe (host);

  g_assert_cmpstr (uses, ==, expected);
}

static void
set_policy (LoneHost *host, gboolean no_vpn, const char *allow, const char *deny)
{
  g_auto (GStrv) allowed = allow != NULL ? g_strsplit (allow, ",", -1) : NULL;
  g_auto (GStrv) denied = deny != NULL ? g_strsplit (deny, ",", -1) : NULL;
  FramBrokerPolicy policy = { .linger = FRAM_LINGER_DEFAULT,
                              .no_vpn = no_vpn,
                              .allow = (const char *const *) allowed,
                              .deny = (const char *const *) denied };

  fram_broker_set_policy (host->broker, &policy, host->now);
  lone_host_settle (host);
}

static void
test_uses (void)
{
  g_autoptr (LoneHost) host = new_host ();

  assert_uses (host, "used used used used virtual deprecated link-local loopback");
  set_policy (host, TRUE, NULL, NULL);
  assert_uses (host, "used used vpn vpn virtual deprecated link-local loopback");
  set_policy (host, FALSE, NULL, "w*,tun?");
  assert_uses (host, "used denied denied used virtual deprecated link-local loopback");
  set_policy (host, FALSE, "eth*,wlan0", "wlan*");
  assert_uses (host, "used denied denied denied virtual deprecated link-local denied");
  /* Case counts, and “?” is one character. */
  set_policy (host, FALSE, "ETH0,wlan?,eth", NULL);
  assert_uses (host, "denied used denied denied virtual denied link-local denied");
  /* Loopback is for those who have nothing else. */
  set_policy (host, TRUE, NULL, "eth*,wlan*");
  assert_uses (host, "denied denied vpn vpn virtual denied link-local used");
}

static guint
count_sockets (LoneHost *host)
{
  return g_hash_table_size (host->sockets);
}

/* A change acts on running sessions: what is not wanted closes, what is wanted opens. */
static void
test_running (void)
{
  g_autoptr (LoneHost) host = new_host ();
  FramSessionId session = lone_host_open (host, TRUE);

  g_assert_cmpuint (count_sockets (host), ==, 4);
  set_policy (host, TRUE, NULL, NULL);
  g_assert_cmpuint (count_sockets (host), ==, 2);
  set_policy (host, FALSE, NULL, "eth0");
  g_assert_cmpuint (count_sockets (host), ==, 3);
  g_assert_cmpuint (lone_host_count_lines (host, session, "10.8.0.2"), ==, 2);
  set_policy (host, FALSE, NULL, NULL);
  g_assert_cmpuint (count_sockets (host), ==, 4);
}

/* An address that cannot be bound is said to be so, and tried again when there is news. */
static void
test_failed (void)
{
  g_autoptr (LoneHost) host = new_host ();

  host->refuses = "10.0.0.2";
  lone_host_open (host, TRUE);
  g_assert_cmpuint (count_sockets (host), ==, 3);
  assert_uses (host, "used failed used used virtual deprecated link-local loopback");
  host->refuses = NULL;
  /* Not at once by the next session, as it would fail each time. */
  lone_host_open (host, TRUE);
  g_assert_cmpuint (count_sockets (host), ==, 3);
  tell (host, interfaces, G_N_ELEMENTS (interfaces));
  g_assert_cmpuint (count_sockets (host), ==, 4);
  assert_uses (host, "used used used used virtual deprecated link-local loopback");
}

static void
test_failed_for_a_while (void)
{
  g_autoptr (LoneHost) host = new_host ();

  host->refuses = "10.0.0.2";
  lone_host_open (host, TRUE);
  host->refuses = NULL;
  lone_host_run (host, FRAM_SECONDS (31));
  lone_host_open (host, TRUE);
  g_assert_cmpuint (count_sockets (host), ==, 4);
}

static guint64
get_priority (LoneHost *host, FramSessionId session, const char *ip)
{
  g_autoptr (GArray) rows = fram_broker_list_candidates (host->broker, session);
  FramAddress address;

  g_assert_true (fram_address_parse_ip (&address, ip, 0));
  for (guint i = 0; i < rows->len; i++)
    {
      const FramCandidate *candidate
          = &g_array_index (rows, FramCandidateRow, i).candidate;

      if (fram_address_equal_ip (&candidate->address, &address))
        return candidate->priority;
    }
  g_assert_not_reached ();
}

/* The default route has moved: new candidates prefer its interface; those of running
 * sessions are what they are. */
static void
test_order (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  const Interface turned[] = { interfaces[1], interfaces[0] };
  FramSessionId before, after;
  guint64 priority;

  tell (host, interfaces, 2);
  before = lone_host_open (host, TRUE);
  priority = get_priority (host, before, "192.168.1.2");
  g_assert_cmpuint (priority, >, get_priority (host, before, "10.0.0.2"));
  tell (host, turned, 2);
  after = lone_host_open (host, TRUE);
  g_assert_cmpuint (get_priority (host, after, "192.168.1.2"), <,
                    get_priority (host, after, "10.0.0.2"));
  g_assert_cmpuint (get_priority (host, before, "192.168.1.2"), ==, priority);
  g_assert_cmpuint (count_sockets (host), ==, 2);
}

/* The foundations of two sessions tell nobody that their candidates have the same base. */
static void
test_foundations (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  const GArray *rows[2];

  for (guint i = 0; i < 2; i++)
    rows[i] = fram_broker_list_candidates (host->broker, lone_host_open (host, TRUE));
  g_assert_cmpstr (g_array_index (rows[0], FramCandidateRow, 0).candidate.foundation, !=,
                   g_array_index (rows[1], FramCandidateRow, 0).candidate.foundation);
  g_assert_true (fram_address_equal (
      &g_array_index (rows[0], FramCandidateRow, 0).candidate.address,
      &g_array_index (rows[1], FramCandidateRow, 0).candidate.address));
  for (guint i = 0; i < 2; i++)
    g_array_unref ((GArray *) rows[i]);
}

/* --- Families and ports ---------------------------------------------------------------- */

static void
test_families (void)
{
  static const Interface both[] = { { "eth0", "192.168.1.2", FRAM_INTERFACE_NONE },
                                    { "eth0", "2001:db8::2", FRAM_INTERFACE_NONE } };
  FramBrokerPolicy policy = { .linger = FRAM_LINGER_DEFAULT, .family = FRAM_FAMILY_IPV4 };
  g_autoptr (LoneHost) host = lone_host_new ("127.0.0.1");

  tell (host, both, 2);
  lone_host_open (host, TRUE);
  g_assert_cmpuint (count_sockets (host), ==, 2);
  fram_broker_set_policy (host->broker, &policy, host->now);
  lone_host_settle (host);
  assert_uses (host, "used family");
  g_assert_cmpuint (count_sockets (host), ==, 1);
  policy.family = FRAM_FAMILY_IPV6;
  fram_broker_set_policy (host->broker, &policy, host->now);
  lone_host_settle (host);
  assert_uses (host, "family used");
  g_assert_cmpuint (count_sockets (host), ==, 1);
}

static LoneHost *
new_host_with_ports (guint16 first, guint16 last)
{
  const FramBrokerPolicy policy
      = { .linger = FRAM_LINGER_DEFAULT, .first_port = first, .last_port = last };
  LoneHost *host = lone_host_new ("192.168.1.2");

  fram_broker_set_policy (host->broker, &policy, host->now);
  lone_host_settle (host);
  return host;
}

/* All of its sockets have ports of the range, each its own. */
static void
assert_ports (LoneHost *host, guint16 first, guint16 last)
{
  g_autoptr (GHashTable) ports = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  FramAddress *address;

  g_hash_table_iter_init (&iter, host->sockets);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &address))
    {
      g_assert_cmpuint (address->port, >=, first);
      g_assert_cmpuint (address->port, <=, last);
      g_assert_true (g_hash_table_add (ports, GUINT_TO_POINTER (address->port)));
    }
}

static void
test_ports (void)
{
  g_autoptr (LoneHost) host = new_host_with_ports (40000, 40009);

  /* Without trickle each session that offers has a lane of its own. */
  for (guint i = 0; i < 10; i++)
    lone_host_open (host, FALSE);
  g_assert_cmpuint (count_sockets (host), ==, 10);
  assert_ports (host, 40000, 40009);
  g_assert_cmpuint (host->n_refused, ==, 0);
}

/* Others on this host have some of them. */
static void
test_busy_ports (void)
{
  g_autoptr (LoneHost) host = new_host_with_ports (40000, 40009);

  host->busy_from = 40000;
  host->busy_to = 40008;
  lone_host_open (host, TRUE);
  g_assert_cmpuint (count_sockets (host), ==, 1);
  assert_ports (host, 40009, 40009);
}

/* It is not tried without end, nor outside of the range. */
static void
test_no_ports (void)
{
  g_autoptr (LoneHost) host = new_host_with_ports (1024, 65535);
  FramSessionId session;

  host->busy_from = 1;
  host->busy_to = 65535;
  session = lone_host_open (host, TRUE);
  g_assert_cmpuint (count_sockets (host), ==, 0);
  g_assert_cmpuint (host->n_refused, ==, 64);
  g_assert_cmpint (lone_host_gathered (host, session), >=, 0);
  assert_uses (host, "failed");
}

static void
test_last_port (void)
{
  g_autoptr (LoneHost) host = new_host_with_ports (65535, 65535);

  lone_host_open (host, FALSE);
  g_assert_cmpuint (count_sockets (host), ==, 1);
  assert_ports (host, 65535, 65535);
  /* There is no second one. */
  host->busy_from = host->busy_to = 65535;
  lone_host_open (host, FALSE);
  g_assert_cmpuint (count_sockets (host), ==, 1);
  g_assert_cmpuint (host->n_refused, ==, 1);
}

/* What is outside of a new range stays as long as it is used, and not longer. */
static void
test_other_range (void)
{
  const FramBrokerPolicy policy
      = { .linger = FRAM_LINGER_DEFAULT, .first_port = 50000, .last_port = 50009 };
  g_autoptr (LoneHost) host = new_host_with_ports (40000, 40009);
  FramSessionId used = lone_host_open (host, FALSE), over = lone_host_open (host, FALSE);

  lone_host_close (host, over);
  lone_host_settle (host);
  g_assert_cmpuint (count_sockets (host), ==, 2);
  fram_broker_set_policy (host->broker, &policy, host->now);
  lone_host_run (host, FRAM_SECONDS (1));
  g_assert_cmpuint (count_sockets (host), ==, 1);
  assert_ports (host, 40000, 40009);
  lone_host_close (host, used);
  lone_host_run (host, FRAM_SECONDS (1));
  g_assert_cmpuint (count_sockets (host), ==, 0);
  lone_host_open (host, FALSE);
  assert_ports (host, 50000, 50009);
}

/* What nobody uses is outside of the new range already for the very next session. */
static void
test_range_at_once (void)
{
  const FramBrokerPolicy policy
      = { .linger = FRAM_LINGER_DEFAULT, .first_port = 50000, .last_port = 50009 };
  g_autoptr (LoneHost) host = new_host_with_ports (40000, 40009);

  lone_host_close (host, lone_host_open (host, FALSE));
  lone_host_settle (host);
  g_assert_cmpuint (count_sockets (host), ==, 1);
  fram_broker_set_policy (host->broker, &policy, host->now);
  lone_host_open (host, FALSE);
  lone_host_settle (host);
  g_assert_cmpuint (count_sockets (host), ==, 1);
  assert_ports (host, 50000, 50009);
}

/* draft-ietf-mmusic-mdns-ice-candidates §3.1.2.2: who is hidden in his own network is found from
 * others by the address that a server saw, if it is one that they have, too. */
static void
test_public_host (void)
{
  static const struct
  {
    const char *address;
    const char *outside;
    guint n;
  } cases[] = {
    { "198.51.100.1", NULL, 1 },
    { "2001:db8::7", NULL, 0 }, /* of no server's family */
    { "10.0.0.1", NULL, 0 },
    { "10.0.0.1", "198.51.100.1", 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LoneHost) host = lone_host_new (cases[i].address);
      g_autoptr (GPtrArray) lines = NULL;
      FramSessionId session;

      host->policy = FRAM_POLICY_MDNS;
      host->outside = cases[i].outside;
      /* Both tell the same. */
      lone_host_add_server (host, "203.0.113.1", FRAM_MILLISECONDS (20));
      lone_host_add_server (host, "203.0.113.2", FRAM_MILLISECONDS (30));
      session = lone_host_open (host, TRUE);
      lone_host_run (host, FRAM_SECONDS (3));
      g_assert_cmpuint (
          lone_host_count_lines (host, session, "typ srflx raddr 0.0.0.0 rport 9"), ==,
          cases[i].n);
      lines = fram_broker_list_local_lines (host->broker, session, 0);
      g_assert_cmpuint (lines->len, ==, cases[i].n);
      for (guint l = 0; l < lines->len; l++)
        g_assert_nonnull (strstr (g_ptr_array_index (lines, l), " 198.51.100.1 "));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/broker/policy/uses", test_uses);
  g_test_add_func ("/broker/policy/running", test_running);
  g_test_add_func ("/broker/policy/failed", test_failed);
  g_test_add_func ("/broker/policy/failed-for-a-while", test_failed_for_a_while);
  g_test_add_func ("/broker/policy/order", test_order);
  g_test_add_func ("/broker/policy/foundations", test_foundations);
  g_test_add_func ("/broker/policy/families", test_families);
  g_test_add_func ("/broker/policy/ports/range", test_ports);
  g_test_add_func ("/broker/policy/ports/busy", test_busy_ports);
  g_test_add_func ("/broker/policy/ports/none", test_no_ports);
  g_test_add_func ("/broker/policy/ports/last", test_last_port);
  g_test_add_func ("/broker/policy/ports/other-range", test_other_range);
  g_test_add_func ("/broker/policy/ports/other-range-at-once", test_range_at_once);
  g_test_add_func ("/broker/policy/public-host", test_public_host);
  return g_test_run ();
}
