/* What is known of a network: told, learned, remembered, and told again. */
#include <string.h>

#include "lone-host.h"

#include "broker/broker-private.h"

#define MS(n) FRAM_MILLISECONDS (n)

static const FramKnownNetwork nothing = { .name = "net" };

static FramTime
gather (LoneHost *host)
{
  FramSessionId session = lone_host_open (host, FALSE);
  FramTime duration;

  lone_host_run (host, FRAM_SECONDS (45));
  duration = lone_host_gathered (host, session);
  lone_host_close (host, session);
  lone_host_run (host, FRAM_SECONDS (61));
  return duration;
}

static const FramFact *
get_fact (LoneHost *host, FramFactKind kind, guint i)
{
  for (guint f = 0; f < host->facts->len; f++)
    {
      const FramFact *fact = g_ptr_array_index (host->facts, f);

      if (fact->kind == kind && i-- == 0)
        return fact;
    }
  return NULL;
}

/* What one broker learned, another one starts from: nothing is waited for that is deaf. */
static void
test_round_trip (void)
{
  g_autoptr (LoneHost) first = lone_host_new ("192.168.1.2,10.0.0.2");
  g_autoptr (LoneHost) second = lone_host_new ("192.168.1.2,10.0.0.2");
  FramKnownNetwork known;
  FramSessionId session;

  for (guint i = 0; i < 2; i++)
    {
      LoneHost *host = i == 0 ? first : second;

      lone_host_add_server (host, "198.51.100.1", 0)->dead = TRUE;
      lone_host_add_server (host, "198.51.100.2", MS (40));
      host->deaf = "10.0.0.2";
    }
  fram_broker_told_network (first->broker, &nothing, first->now);
  g_assert_cmpint (gather (first), >, MS (130));
  lone_host_recall (first, &known);
  g_assert_cmpuint (known.n_deaf, ==, 3);
  fram_broker_told_network (second->broker, &known, second->now);
  lone_known_clear (&known);
  session = lone_host_open (second, FALSE);
  lone_host_run (second, FRAM_SECONDS (5));
  g_assert_cmpint (lone_host_gathered (second, session), ==, MS (40));
  /* What is deaf was not even asked, and what is known again is no news. */
  g_assert_cmpuint (second->servers[0].n_questions, ==, 0);
  g_assert_cmpuint (lone_host_count_facts (second, FRAM_FACT_DEAF), ==, 0);
}

/* Age counts: what was deaf a while ago is asked, but not waited for. */
static void
test_old_deaf (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  FramKnownDeaf deaf = { .interface = "if0",
                         .uri = "stun:198.51.100.1",
                         .family = FRAM_FAMILY_IPV4,
                         .age = FRAM_SECONDS (7200),
                         .confirmed_age = FRAM_SECONDS (3600) };
  FramKnownNetwork known = { .name = "net", .deaf = &deaf, .n_deaf = 1 };
  g_autoptr (GArray) rows = NULL;

  lone_host_add_server (host, "198.51.100.1", MS (40));
  fram_broker_told_network (host->broker, &known, host->now);
  rows = fram_broker_list_deaf (host->broker, host->now);
  g_assert_cmpuint (rows->len, ==, 1);
  g_assert_cmpint (g_array_index (rows, FramKnownDeaf, 0).age, ==, FRAM_SECONDS (7200));
  g_assert_cmpint (g_array_index (rows, FramKnownDeaf, 0).confirmed_age, ==,
                   FRAM_SECONDS (3600));
  g_assert_cmpint (gather (host), ==, 0);
  g_assert_cmpuint (host->servers[0].n_questions, >=, 1);
  g_assert_cmpuint (lone_host_count_facts (host, FRAM_FACT_HEARD), ==, 1);
  g_assert_cmpint (gather (host), ==, MS (40));
}

/* What was learned before the network is told is told of it then; nothing before. */
static void
test_merge (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  FramKnownDeaf deaf = { .interface = "if0",
                         .uri = "stun:198.51.100.2",
                         .family = FRAM_FAMILY_IPV4,
                         .age = FRAM_SECONDS (60),
                         .confirmed_age = FRAM_SECONDS (6) };
  FramKnownServer server
      = { .uri = "stun:198.51.100.7", .rtt = MS (7), .successes = 3, .success_age = 1 };
  FramKnownNetwork known
      = { .name = "net", .servers = &server, .n_servers = 1, .deaf = &deaf, .n_deaf = 1 };
  g_autoptr (GArray) rows = NULL;

  g_assert_true (fram_address_parse (&server.address, "198.51.100.7:3478"));
  lone_host_add_server (host, "198.51.100.1", 0)->dead = TRUE;
  lone_host_add_server (host, "198.51.100.2", MS (40));
  fram_broker_told_network (host->broker, NULL, host->now);
  lone_host_open (host, TRUE);
  lone_host_run (host, FRAM_SECONDS (45));
  lone_host_learn_cone (host);
  lone_host_settle (host);
  g_assert_cmpuint (host->facts->len, ==, 0);

  fram_broker_told_network (host->broker, &known, host->now);
  lone_host_settle (host);
  g_assert_cmpuint (lone_host_count_facts (host, FRAM_FACT_SERVER_ANSWERED), ==, 1);
  g_assert_cmpint (get_fact (host, FRAM_FACT_SERVER_ANSWERED, 0)->server.rtt, ==,
                   MS (40));
  g_assert_cmpuint (lone_host_count_facts (host, FRAM_FACT_SERVER_SILENT), ==, 1);
  g_assert_cmpuint (lone_host_count_facts (host, FRAM_FACT_DEAF), ==, 1);
  g_assert_cmpuint (lone_host_count_facts (host, FRAM_FACT_NAT), ==, 1);
  g_assert_cmpstr (get_fact (host, FRAM_FACT_DEAF, 0)->deaf.uri, ==, "stun:198.51.100.1");
  /* It was deaf at that time, and has been heard since. */
  g_assert_cmpuint (lone_host_count_facts (host, FRAM_FACT_HEARD), ==, 1);
  g_assert_cmpstr (get_fact (host, FRAM_FACT_HEARD, 0)->deaf.uri, ==,
                   "stun:198.51.100.2");
  rows = fram_broker_list_servers (host->broker, host->now);
  g_assert_cmpuint (rows->len, >=, 3);
}

/* It is told late, in the midst of gathering and keeping alive: what is known counts at once. */
static void
test_told_late (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2,10.0.0.2");
  FramKnownDeaf deaf = { .interface = "if1",
                         .uri = "stun:198.51.100.1",
                         .family = FRAM_FAMILY_IPV4,
                         .age = FRAM_SECONDS (60),
                         .confirmed_age = FRAM_SECONDS (6) };
  FramKnownLifetime lifetime = { .interface = "if0",
                                 .family = FRAM_FAMILY_IPV4,
                                 .alive = FRAM_SECONDS (4),
                                 .dead = FRAM_SECONDS (5) };
  FramKnownNetwork known = {
    .name = "net", .deaf = &deaf, .n_deaf = 1, .lifetimes = &lifetime, .n_lifetimes = 1
  };
  g_autoptr (GArray) rows = NULL;
  FramSessionId session;

  host->deaf = "10.0.0.2";
  lone_host_add_server (host, "198.51.100.1", MS (100));
  session = lone_host_open (host, FALSE);
  lone_host_run (host, MS (150));
  g_assert_cmpint (lone_host_gathered (host, session), ==, -1);
  fram_broker_told_network (host->broker, &known, host->now);
  lone_host_settle (host);
  g_assert_cmpint (lone_host_gathered (host, session), ==, MS (150));
  rows = fram_broker_list_mappings (host->broker, host->now);
  g_assert_cmpint (g_array_index (rows, FramMappingRow, 0).state, ==,
                   FRAM_MAPPING_ROW_KNOWN);
  g_assert_cmpint (g_array_index (rows, FramMappingRow, 0).next, <=, FRAM_SECONDS (2));
}

/* Another network: what is known of this one is of no use there. */
static void
test_other_network (gconstpointer through_unknown)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");

  lone_host_add_server (host, "198.51.100.1", 0)->dead = TRUE;
  fram_broker_told_network (host->broker, &nothing, host->now);
  g_assert_cmpint (gather (host), ==, FRAM_SECONDS (1));
  g_assert_cmpint (gather (host), ==, 0);
  if (GPOINTER_TO_INT (through_unknown))
    fram_broker_told_network (host->broker, NULL, host->now);
  fram_broker_told_network (host->broker, &nothing, host->now);
  g_assert_cmpint (gather (host), ==, FRAM_SECONDS (1));
}

/* Not each keep-alive is a fact: one when it is new, when it changes, each ten minutes. */
static void
test_facts_of_servers (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  LoneServer *server = lone_host_add_server (host, "198.51.100.1", MS (40));

  fram_broker_told_network (host->broker, &nothing, host->now);
  lone_host_open (host, TRUE);
  lone_host_run (host, FRAM_SECONDS (590));
  g_assert_cmpuint (lone_host_count_facts (host, FRAM_FACT_SERVER_ANSWERED), ==, 1);
  lone_host_run (host, FRAM_SECONDS (40));
  g_assert_cmpuint (lone_host_count_facts (host, FRAM_FACT_SERVER_ANSWERED), ==, 2);
  server->rtt = MS (80);
  lone_host_run (host, FRAM_SECONDS (40));
  g_assert_cmpuint (lone_host_count_facts (host, FRAM_FACT_SERVER_ANSWERED), ==, 3);
  server->dead = TRUE;
  lone_host_run (host, FRAM_SECONDS (25));
  g_assert_cmpuint (lone_host_count_facts (host, FRAM_FACT_SERVER_SILENT), >=, 1);
  g_assert_cmpuint (lone_host_count_facts (host, FRAM_FACT_DEAF), >=, 1);
}

/* The tables are bounded: the row that was confirmed least lately goes. */
static void
test_bounds (void)
{
  FramNetwork network;
  FramAddress address;
  g_autofree char *long_uri = g_strnfill (FRAM_NETWORK_MAX_URI + 1, 'x');

  fram_network_init (&network);
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *uri = g_strdup_printf ("stun:s%u", i);

      fram_address_init_ipv4 (&address, 0xc6336401, (guint16) (i + 1));
      fram_network_put_server (&network, uri, &address, FRAM_KNOWN_UDP)->success = i;
      fram_network_put_way (&network, "if0", uri, FRAM_FAMILY_IPV4, FRAM_KNOWN_UDP, i);
      fram_network_put_nat (&network, uri + 5, FRAM_FAMILY_IPV4)->found = i;
    }
  g_assert_cmpuint (network.servers->len, ==, FRAM_NETWORK_MAX_SERVERS);
  g_assert_cmpuint (network.ways->len, ==, FRAM_NETWORK_MAX_WAYS);
  g_assert_cmpuint (network.nats->len, ==, FRAM_NETWORK_MAX_NATS);
  g_assert_true (fram_network_is_deaf (&network, "if0", "stun:s999", FRAM_FAMILY_IPV4,
                                       FRAM_KNOWN_UDP));
  g_assert_false (fram_network_is_deaf (&network, "if0", "stun:s0", FRAM_FAMILY_IPV4,
                                        FRAM_KNOWN_UDP));
  g_assert_null (fram_network_put_server (&network, long_uri, &address, FRAM_KNOWN_UDP));
  g_assert_null (fram_network_put_way (&network, "if0", long_uri, FRAM_FAMILY_IPV4,
                                       FRAM_KNOWN_UDP, 0));
  fram_network_clear (&network);
}

/* What a damaged file tells does no harm. */
static void
test_nonsense (void)
{
  g_autoptr (LoneHost) host = lone_host_new ("192.168.1.2");
  FramKnownServer server
      = { .uri = "stun:198.51.100.1", .rtt = G_MAXINT64, .success_age = G_MAXINT64 };
  FramKnownDeaf deaf = { .interface = "an-interface-with-too-long-a-name",
                         .uri = NULL,
                         .family = FRAM_FAMILY_IPV4,
                         .age = -5,
                         .confirmed_age = G_MAXINT64 };
  FramKnownLifetime lifetime = { .interface = "if0",
                                 .family = FRAM_FAMILY_IPV4,
                                 .alive = FRAM_SECONDS (9),
                                 .dead = FRAM_SECONDS (3) };
  FramKnownNat nat = { .interface = NULL };
  FramKnownNetwork known = { .name = "net",
                             .servers = &server,
                             .n_servers = 1,
                             .deaf = &deaf,
                             .n_deaf = 1,
                             .nats = &nat,
                             .n_nats = 1,
                             .lifetimes = &lifetime,
                             .n_lifetimes = 1 };

  g_assert_true (fram_address_parse (&server.address, "198.51.100.1:3478"));
  lone_host_add_server (host, "198.51.100.1", MS (40));
  fram_broker_told_network (host->broker, &known, host->now);
  g_assert_cmpint (
      fram_network_get_rtt (&host->broker->network, &server.address, FRAM_KNOWN_UDP), ==,
      -1);
  g_assert_cmpint (
      fram_network_get_keepalive (&host->broker->network, "if0", FRAM_FAMILY_IPV4), ==,
      FRAM_SECONDS (15));
  g_assert_cmpint (gather (host), ==, MS (40));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/broker/network/round-trip", test_round_trip);
  g_test_add_func ("/broker/network/old-deaf", test_old_deaf);
  g_test_add_func ("/broker/network/merge", test_merge);
  g_test_add_func ("/broker/network/told-late", test_told_late);
  g_test_add_data_func ("/broker/network/other", GINT_TO_POINTER (FALSE),
                        test_other_network);
  g_test_add_data_func ("/broker/network/other-through-unknown", GINT_TO_POINTER (TRUE),
                        test_other_network);
  g_test_add_func ("/broker/network/facts-of-servers", test_facts_of_servers);
  g_test_add_func ("/broker/network/bounds", test_bounds);
  g_test_add_func ("/broker/network/nonsense", test_nonsense);
  return g_test_run ();
}
