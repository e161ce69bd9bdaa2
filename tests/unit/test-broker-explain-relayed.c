/* Why a session is relayed, from what this side and the peer are found to be like. */
#include <string.h>

#include "broker/broker-private.h"
#include "broker/explain.h"
#include "relay-world.h"

typedef struct
{
  const char *name;
  FramPolicy policy;
  gboolean symmetric;      /* this side's NAT is known to be */
  const char *address;     /* the peer's */
  const char *type, *port; /* how it tells of it; a NULL port is the right one */
  const char *part;
} Reason;

static const Reason reasons[] = {
  { "policy", FRAM_POLICY_RELAY, TRUE, "192.0.2.2", "host", NULL,
    "because this session may use nothing but a relay" },
  { "silence", FRAM_POLICY_ALL, FALSE, "192.0.2.2", "host", NULL,
    "because no direct path has answered" },
  { "private", FRAM_POLICY_ALL, FALSE, "192.168.77.2", "host", NULL,
    "because the peer names only private addresses" },
  { "relay-alone", FRAM_POLICY_ALL, TRUE, "192.0.2.2", "relay", NULL,
    "because the peer names nothing but its relay" },
  { "this-nat", FRAM_POLICY_ALL, TRUE, "192.0.2.2", "srflx", NULL,
    "because this side's NAT chooses a new port per destination" },
  { "peers-nat", FRAM_POLICY_ALL, FALSE, "192.0.2.2", "srflx", "9",
    "because the peer's NAT chooses a new port per destination" },
  { "both-nats", FRAM_POLICY_ALL, TRUE, "192.0.2.2", "srflx", "9",
    "because both sides' NATs choose a new port per destination" },
};

static void
put_symmetric_nat (WireHost *host)
{
  FramNetworkNat *nat
      = fram_network_put_nat (&host->broker->network, "if0", FRAM_FAMILY_IPV4);

  nat->found = host->wire->now;
  nat->behaviour.translated = FRAM_NAT_YES;
  nat->behaviour.mapping = FRAM_NAT_ADDRESS_AND_PORT_DEPENDENT;
}

/* Its first candidate as the peer tells of it, which may not be what it is. */
static void
describe_peer (const Reason *reason, WireHost *peer, FramSessionId answer, WireHost *host,
               FramSessionId offer)
{
  g_autoptr (GPtrArray) lines = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;
  g_autofree char *line = NULL;
  FramDescription description;

  wire_describe (peer, answer, &description, &lines);
  words = g_strsplit (g_ptr_array_index (lines, 0), " ", -1);
  line = g_strdup_printf ("candidate:1 1 udp %s %s %s typ %s%s", words[3], words[4],
                          reason->port == NULL ? words[5] : reason->port, reason->type,
                          strcmp (reason->type, "host") == 0 ? ""
                                                             : " raddr 0.0.0.0 rport 0");
  fram_broker_set_remote_description (host->broker, offer, &description, host->wire->now,
                                      &error);
  g_assert_no_error (error);
  fram_broker_add_remote_candidate (host->broker, offer, NULL, 0, line, host->wire->now,
                                    &error);
  g_assert_no_error (error);
  fram_broker_end_remote_candidates (host->broker, offer, NULL, host->wire->now, &error);
  g_assert_no_error (error);
  wire_settle (host->wire);
}

static void
test_reason (gconstpointer data)
{
  const Reason *reason = data;
  g_autoptr (RelayWorld) world = relay_world_new ();
  WireHost *host = wire_add_host (world->wire, "192.0.2.1");
  WireHost *peer = wire_add_host (world->wire, reason->address);
  g_autofree char *sentence = NULL;
  const char *word = NULL;
  FramSessionId offer, answer;

  relay_world_add_server (world);
  relay_world_tell_servers (world, host, "", "anna", "secret");
  if (reason->symmetric)
    put_symmetric_nat (host);
  offer = relay_world_open (host, reason->policy, FALSE);
  relay_world_run (world, FRAM_SECONDS (2));
  answer = relay_world_answer (host, offer, peer, FRAM_POLICY_ALL);
  describe_peer (reason, peer, answer, host, offer);
  relay_world_run (world, FRAM_SECONDS (5));
  g_assert_cmpint (wire_state (host, offer), ==, FRAM_STATE_COMPLETED);
  sentence = fram_broker_explain (host->broker, offer, world->wire->now, &word);
  g_test_message ("%s", sentence);
  g_assert_cmpstr (word, ==, "relayed");
  g_assert_true (g_str_has_prefix (sentence, "Relayed, because "));
  g_assert_nonnull (strstr (sentence, reason->part));
  g_assert_nonnull (strstr (sentence, "(this side by its relay, the peer by "));
  g_assert_true (g_str_has_suffix (sentence, " ms."));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      g_autofree char *path
          = g_strconcat ("/broker/explain/relayed/", reasons[i].name, NULL);

      g_test_add_data_func (path, &reasons[i], test_reason);
    }
  return g_test_run ();
}
