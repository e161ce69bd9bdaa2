/* Why a session is where it is, in a word and a sentence that names what stands in the way. */
#include <string.h>

#include "broker/broker-private.h"
#include "broker/explain.h"
#include "probing-world.h"
#include "wire.h"

#define PUBLIC                                                                           \
  "candidate:1 1 udp 1694498815 198.51.100.200 9 typ srflx raddr 0.0.0.0 rport 0"
#define HOST "candidate:2 1 udp 2130706431 192.168.77.5 9 typ host"
#define IPV6 "candidate:3 1 udp 2130706431 2001:db8::5 9 typ host"

/* After so long, every check has failed. */
#define GIVEN_UP FRAM_SECONDS (45)

static const SimNatKind port_restricted
    = { .filtering = SIM_DEPENDS_ON_ADDRESS_AND_PORT, .lifetime = FRAM_SECONDS (60) };
static const SimNatKind symmetric = { .mapping = SIM_DEPENDS_ON_ADDRESS_AND_PORT,
                                      .filtering = SIM_DEPENDS_ON_ADDRESS_AND_PORT,
                                      .lifetime = FRAM_SECONDS (60) };

static void
assert_explained (FramBroker *broker, FramSessionId session, FramTime now,
                  const char *word, const char *part)
{
  const char *found = NULL;
  g_autofree char *sentence = fram_broker_explain (broker, session, now, &found);
  gsize length;

  g_assert_nonnull (sentence);
  length = strlen (sentence);
  g_test_message ("%s: %s", found, sentence);
  g_assert_cmpstr (found, ==, word);
  g_assert_nonnull (strstr (sentence, part));
  g_assert_true (g_ascii_isupper (sentence[0]));
  g_assert_cmpint (sentence[length - 1], ==, '.');
  for (const char *c = found; *c != '\0'; c++)
    g_assert_true (g_ascii_islower (*c) || *c == '-');
}

/* --- Failures ---------------------------------------------------------------------- */

typedef struct
{
  const char *name;
  const SimNatKind *nat;
  guint n_servers;
  NatServerFaults faults;
  gboolean no_probe, streams;
  const char *peer;
  const char *word, *part;
} Failure;

static const Failure failures[] = {
  { "symmetric", &symmetric, 1, NAT_SERVER_FINE, FALSE, FALSE, PUBLIC, "symmetric-nat",
    "symmetric NAT" },
  { "symmetric/two-servers", &symmetric, 2, NAT_SERVER_SINGLE, TRUE, FALSE, PUBLIC,
    "symmetric-nat", "198.51.100.200:9" },
  { "port-restricted", &port_restricted, 1, NAT_SERVER_FINE, FALSE, FALSE,
    PUBLIC "," HOST, "peer-silent", "port-restricted cone NAT" },
  { "port-restricted/address", &port_restricted, 1, NAT_SERVER_FINE, FALSE, FALSE,
    PUBLIC "," HOST, "peer-silent", "host 192.168.77.5:9" },
  { "unknown-nat", &port_restricted, 1, NAT_SERVER_SINGLE, TRUE, FALSE, PUBLIC,
    "peer-silent", "srflx 198.51.100.200:9" },
  { "private-peer", &symmetric, 1, NAT_SERVER_FINE, FALSE, FALSE, HOST, "peer-private",
    "192.168.77.5" },
  { "servers-silent", &port_restricted, 2, NAT_SERVER_DEAF, FALSE, FALSE, PUBLIC,
    "servers-silent", "No STUN server answered" },
  { "udp-blocked", &port_restricted, 2, NAT_SERVER_DEAF, FALSE, TRUE, PUBLIC,
    "udp-blocked", "by TCP" },
  { "no-server", &port_restricted, 0, NAT_SERVER_FINE, FALSE, FALSE, PUBLIC, "no-server",
    "No STUN server" },
  { "open", NULL, 0, NAT_SERVER_FINE, FALSE, FALSE, PUBLIC, "peer-silent",
    "answered at none" },
  { "no-family", NULL, 0, NAT_SERVER_FINE, FALSE, FALSE, IPV6, "no-family", "IPv6" },
  { "no-remote", NULL, 0, NAT_SERVER_FINE, FALSE, FALSE, "", "no-remote-candidates",
    "no address" },
};

static void
test_failure (gconstpointer data)
{
  const Failure *failure = data;
  ProbingWorld world;
  FramSessionId session;

  probing_world_init (&world);
  probing_world_set_policy (&world, !failure->no_probe);
  world.streams = failure->streams;
  probing_world_add_place (&world, failure->nat);
  for (guint i = 0; i < failure->n_servers; i++)
    probing_world_add_server (&world, failure->faults);
  session = probing_world_open (&world, failure->n_servers);
  probing_world_run (&world, FRAM_SECONDS (1));
  probing_world_call (&world, session, failure->peer);
  probing_world_run (&world, GIVEN_UP);
  assert_explained (world.broker, session, world.now, failure->word, failure->part);
  probing_world_clear (&world);
}

/* The answerer has no time to look about before its checks begin. */
static void
test_found_in_time (void)
{
  ProbingWorld world;
  FramSessionId session;

  probing_world_init (&world);
  probing_world_add_place (&world, &symmetric);
  probing_world_add_server (&world, NAT_SERVER_FINE);
  session = probing_world_open (&world, 1);
  probing_world_call (&world, session, PUBLIC);
  assert_explained (world.broker, session, world.now, "checking", "tried");
  probing_world_run (&world, GIVEN_UP);
  assert_explained (world.broker, session, world.now, "symmetric-nat", "eth0");
  probing_world_clear (&world);
}

static void
test_no_network (gconstpointer denied)
{
  static const char *const patterns[] = { "eth*", NULL };
  FramBrokerPolicy policy = { .linger = FRAM_SECONDS (60), .deny = patterns };
  ProbingWorld world;
  FramSessionId session;

  probing_world_init (&world);
  if (denied != NULL)
    {
      fram_broker_set_policy (world.broker, &policy, world.now);
      probing_world_add_place (&world, NULL);
    }
  session = probing_world_open (&world, 0);
  probing_world_call (&world, session, PUBLIC);
  probing_world_run (&world, GIVEN_UP);
  assert_explained (world.broker, session, world.now,
                    denied != NULL ? "interfaces-left-out" : "no-network",
                    denied != NULL ? "eth0" : "not on any network");
  probing_world_clear (&world);
}

/* --- Between two brokers ----------------------------------------------------------- */

static gboolean
drop_all (const FramAddress *from, const FramAddress *to, const guint8 *data,
          gsize length, gpointer user_data)
{
  return FALSE;
}

static gboolean
drop_from_second (const FramAddress *from, const FramAddress *to, const guint8 *data,
                  gsize length, gpointer user_data)
{
  return from->ip[3] == 1;
}

static gboolean
drop_to_second (const FramAddress *from, const FramAddress *to, const guint8 *data,
                gsize length, gpointer user_data)
{
  FramStunMessage message;

  /* Requests of the first, and no answer to them. */
  return fram_stun_message_parse (&message, data, length) == FRAM_STUN_PARSE_OK
         && message.klass == FRAM_STUN_REQUEST;
}

static void
test_connected (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (3));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionOptions options = { .owner = "a" };
  FramSessionId offer, answer, lonely;

  lonely = fram_broker_create_session (a->broker, &options, wire->now, NULL);
  assert_explained (a->broker, lonely, wire->now, "gathering", "being found");
  wire_settle (wire);
  assert_explained (a->broker, lonely, wire->now, "waiting-for-peer", "peer");
  wire_call (a, b, FALSE, &offer, &answer);
  wire_run (wire, FRAM_SECONDS (1));
  assert_explained (a->broker, offer, wire->now, "direct-host", "host addresses, 6.0 ms");
  wire->filter = drop_all;
  wire_run (wire, FRAM_SECONDS (20));
  assert_explained (a->broker, offer, wire->now, "path-silent", "others are tried");
  wire_run (wire, FRAM_SECONDS (40));
  assert_explained (a->broker, offer, wire->now, "consent-expired", "stopped answering");
  g_assert_null (fram_broker_explain (a->broker, 4711, wire->now, NULL));
}

/* The peer learns of this side only by its checks. */
static void
test_reflexive (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (3));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionOptions options = { .owner = "a", .trickle = TRUE };
  g_autoptr (GPtrArray) lines = NULL;
  FramDescription description;
  FramSessionId one, other;

  one = fram_broker_create_session (a->broker, &options, wire->now, NULL);
  other = fram_broker_create_session (b->broker, &options, wire->now, NULL);
  wire_settle (wire);
  wire_describe (a, one, &description, &lines);
  fram_broker_set_remote_description (b->broker, other, &description, wire->now, NULL);
  fram_broker_add_remote_candidate (b->broker, other, NULL, 0, HOST, wire->now, NULL);
  wire_signal (b, other, a, one);
  wire_run (wire, FRAM_SECONDS (1));
  assert_explained (b->broker, other, wire->now, "direct-nat", "not announced");
  assert_explained (b->broker, other, wire->now, "direct-nat", "6.0 ms");
}

static void
test_one_way (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (3));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionId offer, answer;

  wire->filter = drop_to_second;
  wire_call (a, b, FALSE, &offer, &answer);
  wire_run (wire, GIVEN_UP);
  assert_explained (a->broker, offer, wire->now, "one-way", "one way only");
}

static void
test_one_way_silence (void)
{
  g_autoptr (Wire) wire = wire_new (FRAM_MILLISECONDS (3));
  WireHost *a = wire_add_host (wire, "192.0.2.1");
  WireHost *b = wire_add_host (wire, "192.0.2.2");
  FramSessionId offer, answer;

  wire->filter = drop_from_second;
  wire_call (a, b, FALSE, &offer, &answer);
  wire_run (wire, 3 * GIVEN_UP);
  assert_explained (a->broker, offer, wire->now, "peer-silent", "192.0.2.2");
  assert_explained (b->broker, answer, wire->now, "one-way", "one way only");
}

/* Two sessions want the same path on the only socket there is. */
static void
test_taken (void)
{
  ProbingWorld world;
  FramSessionId first, second;

  probing_world_init (&world);
  probing_world_add_place (&world, NULL);
  first = probing_world_open (&world, 0);
  second = probing_world_open (&world, 0);
  world.places[0].refused = TRUE;
  probing_world_call (&world, first, PUBLIC);
  probing_world_call (&world, second, PUBLIC);
  probing_world_run (&world, GIVEN_UP);
  assert_explained (world.broker, first, world.now, "peer-silent", "198.51.100.200");
  assert_explained (world.broker, second, world.now, "tuples-taken", "other sessions");
  probing_world_clear (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
    {
      g_autofree char *path
          = g_strconcat ("/broker/explain/failure/", failures[i].name, NULL);

      g_test_add_data_func (path, &failures[i], test_failure);
    }
  g_test_add_func ("/broker/explain/found-in-time", test_found_in_time);
  g_test_add_data_func ("/broker/explain/no-network", NULL, test_no_network);
  g_test_add_data_func ("/broker/explain/no-network/denied", GINT_TO_POINTER (TRUE),
                        test_no_network);
  g_test_add_func ("/broker/explain/connected", test_connected);
  g_test_add_func ("/broker/explain/reflexive", test_reflexive);
  g_test_add_func ("/broker/explain/one-way", test_one_way);
  g_test_add_func ("/broker/explain/one-way/silence", test_one_way_silence);
  g_test_add_func ("/broker/explain/taken", test_taken);
  return g_test_run ();
}
