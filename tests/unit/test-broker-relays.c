/* Relays, as sessions use them: candidates, checks, channels, and who shares what. */
#include <string.h>

#include "broker/inspection.h"
#include "relay-world.h"

static const FramEvent *
find_path (WireHost *host, FramSessionId session)
{
  for (guint i = host->log->len; i > 0; i--)
    {
      const FramEvent *event = &g_array_index (host->log, FramEvent, i - 1);

      if (event->type == FRAM_EVENT_PATH && event->session == session)
        return event;
    }
  return NULL;
}

static void
check_relayed_path (WireHost *host, FramSessionId session)
{
  const FramEvent *path = find_path (host, session), *relay, *channel;

  g_assert_nonnull (path);
  relay = g_hash_table_lookup (host->relayed, GUINT_TO_POINTER (path->base));
  g_assert_nonnull (relay);
  g_assert_cmpuint (relay->carrier, !=, 0);
  channel = relay_world_find_event (host, FRAM_EVENT_RELAY_CHANNEL);
  g_assert_nonnull (channel);
  g_assert_cmpuint (channel->base, ==, path->base);
  g_assert_true (fram_address_equal (&channel->remote, &path->remote));
  g_assert_cmpuint (channel->channel, >=, 0x4000);
}

/* Who looks closely sees whose the relay is. */
static void
check_looks (WireHost *host, FramSessionId session)
{
  g_autoptr (GArray) looks = fram_broker_inspect_candidates (host->broker, session);
  const FramEvent *relay = relay_world_find_event (host, FRAM_EVENT_RELAY_ADD);
  guint n_relayed = 0;
  FramPathLook path;

  for (guint i = 0; i < looks->len; i++)
    {
      const FramCandidateLook *look = &g_array_index (looks, FramCandidateLook, i);

      if (look->row.remote || look->row.candidate.type != FRAM_CANDIDATE_RELAYED)
        continue;
      n_relayed++;
      g_assert_true (g_str_has_prefix (look->server, "turn:203.0.113.1"));
    }
  g_assert_cmpuint (n_relayed, ==, 1);
  g_assert_true (fram_broker_inspect_path (host->broker, session, &path));
  g_assert_cmpint (path.relay != NULL, ==, path.local_type == FRAM_CANDIDATE_RELAYED);
  g_assert_cmpint (path.transport, ==, FRAM_KNOWN_UDP);
  g_assert_true (
      fram_broker_inspect_server (host->broker, session, relay->carrier, &relay->remote));
}

/* RFC 8445 §7.3.1.2: XOR-MAPPED-ADDRESS holds "the transport address as seen by the TURN server".
 * There is no NAT: whose checks by a relay were answered finds no address that it did not know. */
static void
check_mapped (WireHost *host, FramSessionId session)
{
  g_autoptr (GArray) rows = fram_broker_list_pairs (host->broker, session);

  for (guint i = 0; i < rows->len; i++)
    g_assert_cmpint (g_array_index (rows, FramPairRow, i).local_type, !=,
                     FRAM_CANDIDATE_PEER_REFLEXIVE);
}

static void
test_connects (void)
{
  g_autoptr (RelayWorld) world = relay_world_new ();
  WireHost *a = wire_add_host (world->wire, "192.0.2.1");
  WireHost *b = wire_add_host (world->wire, "192.0.2.2");
  TurnRelay *server = relay_world_add_server (world);
  FramSessionId offer, answer;
  FramPairRow row;

  relay_world_tell_servers (world, a, "", "anna", "secret");
  relay_world_tell_servers (world, b, "", "anna", "secret");
  relay_world_call (a, b, FRAM_POLICY_ALL, &offer, &answer);
  relay_world_run (world, FRAM_SECONDS (5));

  g_assert_cmpint (wire_state (a, offer), ==, FRAM_STATE_COMPLETED);
  g_assert_cmpint (wire_state (b, answer), ==, FRAM_STATE_COMPLETED);
  g_assert_true (wire_selected (a, offer, &row));
  g_assert_cmpuint (turn_relay_count (server), ==, 2);
  g_assert_cmpuint (relay_world_count_lines (a, offer, "203.0.113.101 50000 typ relay"),
                    ==, 1);
  g_assert_cmpuint (relay_world_count_lines (a, offer, "raddr 192.0.2.1 rport 10000"), ==,
                    1);
  g_assert_cmpuint (relay_world_count_events (a, FRAM_EVENT_RELAY_ADD), ==, 1);
  check_looks (a, offer);
  check_looks (b, answer);
  check_mapped (a, offer);
  check_mapped (b, answer);
  /* One of the two, as the other is reached from it. */
  if (row.local_type == FRAM_CANDIDATE_RELAYED)
    check_relayed_path (a, offer);
  else
    check_relayed_path (b, answer);
  g_assert_cmpuint (server->n_relayed, >, 0);
}

/* RFC 8445 §5.1.2.2: the least preferred; raddr is hidden where the policy hides. */
static void
test_lines (void)
{
  static const struct
  {
    FramPolicy policy;
    const char *part;
  } cases[] = {
    { FRAM_POLICY_ALL, "typ relay raddr 192.0.2.1 rport 10000" },
    { FRAM_POLICY_MDNS, "typ relay raddr 0.0.0.0 rport 9" },
    { FRAM_POLICY_NO_HOST, "typ relay raddr 0.0.0.0 rport 9" },
    { FRAM_POLICY_RELAY, "typ relay raddr 0.0.0.0 rport 9" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (RelayWorld) world = relay_world_new ();
      WireHost *host = wire_add_host (world->wire, "192.0.2.1");
      FramSessionId session;

      relay_world_add_server (world);
      relay_world_tell_servers (world, host, "", "anna", "secret");
      session = relay_world_open (host, cases[i].policy, FALSE);
      relay_world_run (world, FRAM_SECONDS (1));
      g_assert_cmpuint (relay_world_count_lines (host, session, cases[i].part), ==, 1);
      g_assert_cmpuint (relay_world_count_lines (host, session, "typ relay"), ==, 1);
      g_assert_cmpuint (relay_world_count_lines (host, session, "typ host"), ==,
                        cases[i].policy == FRAM_POLICY_ALL);
      g_assert_cmpuint (wire_count (host, session, FRAM_EVENT_GATHERING_DONE), ==, 1);
    }
}

static const FramCandidate *
find_relayed (GArray *rows, guint n)
{
  for (guint i = 0; i < rows->len; i++)
    {
      const FramCandidateRow *row = &g_array_index (rows, FramCandidateRow, i);

      if (!row->remote && row->candidate.type == FRAM_CANDIDATE_RELAYED && n-- == 0)
        return &row->candidate;
    }
  return NULL;
}

/* By the order of the servers; each has a foundation and a priority of its own. */
static void
test_two_servers (void)
{
  g_autoptr (RelayWorld) world = relay_world_new ();
  WireHost *host = wire_add_host (world->wire, "192.0.2.1");
  g_autoptr (GArray) rows = NULL;
  const FramCandidate *first, *second;
  FramSessionId session;

  relay_world_add_server (world);
  relay_world_add_server (world);
  relay_world_tell_servers (world, host, "", "anna", "secret");
  session = relay_world_open (host, FRAM_POLICY_ALL, FALSE);
  relay_world_run (world, FRAM_SECONDS (1));
  rows = fram_broker_list_candidates (host->broker, session);
  first = find_relayed (rows, 0);
  second = find_relayed (rows, 1);
  g_assert_nonnull (second);
  g_assert_cmpuint (first->priority, <, 1 << 24);
  if (first->address.ip[3] == 102)
    {
      g_assert_cmpuint (first->priority, <, second->priority);
      g_assert_cmpuint (second->address.ip[3], ==, 101);
    }
  else
    g_assert_cmpuint (first->priority, >, second->priority);
  g_assert_cmpstr (first->foundation, !=, second->foundation);
}

/* Ten applications with ten sessions each have one allocation, whatever lanes they have. */
static void
test_shared (void)
{
  g_autoptr (RelayWorld) world = relay_world_new ();
  WireHost *host = wire_add_host (world->wire, "192.0.2.1");
  TurnRelay *server = relay_world_add_server (world);
  g_autoptr (GArray) rows = NULL;
  FramBrokerTotals totals;

  relay_world_tell_servers (world, host, "", "anna", "secret");
  for (guint i = 0; i < 100; i++)
    {
      FramSessionId session = relay_world_open (
          host, i % 10 == 0 ? FRAM_POLICY_RELAY : FRAM_POLICY_ALL, i % 2);

      relay_world_run (world, FRAM_MILLISECONDS (100));
      g_assert_cmpuint (relay_world_count_lines (host, session, "typ relay"), ==, 1);
    }
  g_assert_cmpuint (server->n_made, ==, 1);
  /* One to be told who may ask; one with, and one without a ticket. */
  g_assert_cmpuint (turn_relay_count_requests (server, FRAM_STUN_ALLOCATE), ==, 3);
  g_assert_cmpuint (relay_world_count_events (host, FRAM_EVENT_RELAY_ADD), ==, 1);
  fram_broker_get_totals (host->broker, &totals);
  g_assert_cmpuint (totals.n_allocations, ==, 1);
  g_assert_cmpuint (totals.n_relayed, ==, 1);
  rows = fram_broker_list_allocations (host->broker, world->wire->now);
  g_assert_cmpuint (rows->len, ==, 1);
  g_assert_cmpuint (g_array_index (rows, FramAllocationRow, 0).n_sessions, ==, 100);
}

/* Components need a base each, and relays too. */
static void
test_components (void)
{
  FramSessionOptions options = { .owner = "a", .n_streams = 1, .n_components = { 2 } };
  g_autoptr (RelayWorld) world = relay_world_new ();
  WireHost *host = wire_add_host (world->wire, "192.0.2.1");
  TurnRelay *server = relay_world_add_server (world);
  FramSessionId session;

  relay_world_tell_servers (world, host, "", "anna", "secret");
  session = fram_broker_create_session (host->broker, &options, world->wire->now, NULL);
  relay_world_run (world, FRAM_SECONDS (1));
  g_assert_cmpuint (turn_relay_count (server), ==, 2);
  g_assert_cmpuint (relay_world_count_lines (host, session, "typ relay"), ==, 2);
  g_assert_cmpuint (relay_world_count_lines (host, session, " 2 UDP "), ==, 2);
}

/* The same user name with another password gets nothing of what the right one has made. */
static void
test_not_shared (void)
{
  FramSessionOptions options
      = { .owner = "b",
          .policy = FRAM_POLICY_RELAY,
          .n_servers = 1,
          .servers = { { "turn:203.0.113.1", "anna", "wrong", NULL } } };
  g_autoptr (RelayWorld) world = relay_world_new ();
  WireHost *host = wire_add_host (world->wire, "192.0.2.1");
  TurnRelay *server = relay_world_add_server (world);
  g_autoptr (GArray) rows = NULL;
  FramSessionId good, bad;

  /* None of the common ones: the session's own alone. */
  bad = fram_broker_create_session (host->broker, &options, world->wire->now, NULL);
  relay_world_tell_servers (world, host, "", "anna", "secret");
  good = relay_world_open (host, FRAM_POLICY_RELAY, FALSE);
  relay_world_run (world, FRAM_SECONDS (3));
  g_assert_cmpuint (relay_world_count_lines (host, good, "typ relay"), ==, 1);
  g_assert_cmpuint (relay_world_count_lines (host, bad, "typ relay"), ==, 0);
  g_assert_cmpuint (server->n_made, ==, 1);
  g_assert_cmpint (wire_state (host, bad), ==, FRAM_STATE_FAILED);
  rows = fram_broker_list_allocations (host->broker, world->wire->now);
  g_assert_cmpuint (rows->len, >=, 2);
}

/* A session that may use nothing but relays sends to nobody but their servers, and asks them
 * for nothing else. */
static void
test_relay_policy (void)
{
  FramServerOption stun = { .uri = "stun:203.0.113.77" };
  g_autoptr (RelayWorld) world = relay_world_new ();
  WireHost *a = wire_add_host (world->wire, "192.0.2.1");
  WireHost *b = wire_add_host (world->wire, "192.0.2.2");
  FramSessionId offer, answer;
  FramPairRow row;

  world->direct = TRUE;
  relay_world_add_server (world);
  fram_broker_set_servers (a->broker, &stun, 1, world->wire->now);
  relay_world_tell_servers (world, a, "", "anna", "secret");
  relay_world_tell_servers (world, b, "", "anna", "secret");
  relay_world_call (a, b, FRAM_POLICY_RELAY, &offer, &answer);
  relay_world_run (world, FRAM_SECONDS (40));
  g_assert_cmpint (wire_state (a, offer), ==, FRAM_STATE_COMPLETED);
  g_assert_true (wire_selected (a, offer, &row));
  g_assert_cmpint (row.local_type, ==, FRAM_CANDIDATE_RELAYED);
  g_assert_cmpint (row.remote_type, ==, FRAM_CANDIDATE_RELAYED);
  g_assert_cmpuint (world->n_unrelayed, ==, 0);
  g_assert_cmpuint (world->n_bindings, ==, 0);
  check_relayed_path (a, offer);
  check_relayed_path (b, answer);
}

/* Where hosts reach each other, no relay carries data. */
static void
test_direct_first (void)
{
  g_autoptr (RelayWorld) world = relay_world_new ();
  WireHost *a = wire_add_host (world->wire, "192.0.2.1");
  WireHost *b = wire_add_host (world->wire, "192.0.2.2");
  FramSessionId offer, answer;
  FramPairRow row;

  world->direct = TRUE;
  relay_world_add_server (world);
  relay_world_tell_servers (world, a, "", "anna", "secret");
  relay_world_tell_servers (world, b, "", "anna", "secret");
  relay_world_call (a, b, FRAM_POLICY_ALL, &offer, &answer);
  relay_world_run (world, FRAM_SECONDS (5));
  g_assert_true (wire_selected (a, offer, &row));
  g_assert_cmpint (row.local_type, ==, FRAM_CANDIDATE_HOST);
  g_assert_cmpint (row.remote_type, ==, FRAM_CANDIDATE_HOST);
}

/* The user wants one family alone, of relays too. */
static void
test_one_family (void)
{
  FramBrokerPolicy policy = { .linger = 0, .family = FRAM_FAMILY_IPV4 };
  g_autoptr (RelayWorld) world = relay_world_new ();
  WireHost *host = wire_add_host (world->wire, "192.0.2.1");
  TurnRelay *server = relay_world_add_server (world);
  FramSessionId session;

  server->manners.manner &= ~TURN_SERVER_NO_IPV6;
  g_assert_true (fram_address_parse_ip (&server->relayed[1], "2001:db8::101", 50000));
  relay_world_tell_servers (world, host, "", "anna", "secret");
  session = relay_world_open (host, FRAM_POLICY_ALL, FALSE);
  relay_world_run (world, FRAM_SECONDS (1));
  g_assert_cmpuint (relay_world_count_lines (host, session, "typ relay"), ==, 2);
  fram_broker_set_policy (host->broker, &policy, world->wire->now);
  session = relay_world_open (host, FRAM_POLICY_ALL, FALSE);
  g_assert_cmpuint (relay_world_count_lines (host, session, "typ relay"), ==, 1);
  g_assert_cmpuint (relay_world_count_lines (host, session, "2001:db8::101"), ==, 0);
}

/* --- Peers ------------------------------------------------------------------------- */

static guint
count_pairs (WireHost *host, FramSessionId session, FramCandidateType type,
             const char *remote, FramCause cause)
{
  g_autoptr (GArray) rows = fram_broker_list_pairs (host->broker, session);
  FramAddress address;
  guint n = 0;

  g_assert_true (fram_address_parse_ip (&address, remote, 0));
  for (guint i = 0; i < rows->len; i++)
    {
      const FramPairRow *row = &g_array_index (rows, FramPairRow, i);

      n += row->local_type == type && fram_address_equal_ip (&row->remote, &address)
           && row->cause == cause;
    }
  return n;
}

/* RFC 8656 §9.3: one refused permission fails its own pairs, and no others. */
static void
test_refused_peer (void)
{
  g_autoptr (RelayWorld) world = relay_world_new ();
  WireHost *a = wire_add_host (world->wire, "192.0.2.1");
  WireHost *b = wire_add_host (world->wire, "192.0.2.2,198.51.100.2");
  TurnRelay *server = relay_world_add_server (world);
  FramSessionId offer, answer;

  server->manners.refusal.method = FRAM_STUN_CREATE_PERMISSION;
  server->manners.refusal.code = FRAM_STUN_ERROR_FORBIDDEN;
  g_assert_true (fram_address_parse_ip (&server->manners.refusal.peer, "192.0.2.2", 0));
  relay_world_tell_servers (world, a, "", "anna", "secret");
  relay_world_call (a, b, FRAM_POLICY_ALL, &offer, &answer);
  relay_world_run (world, FRAM_MILLISECONDS (25));
  g_assert_cmpuint (count_pairs (a, offer, FRAM_CANDIDATE_RELAYED, "192.0.2.2",
                                 FRAM_CAUSE_PEER_REFUSED),
                    ==, 1);
  relay_world_run (world, FRAM_SECONDS (5));
  g_assert_cmpint (wire_state (a, offer), ==, FRAM_STATE_COMPLETED);
  check_relayed_path (a, offer);
}

/* Nothing is sent to a peer before the relay has been asked for it: each Send indication
 * would be dropped. */
static void
test_waits_for_permission (void)
{
  g_autoptr (RelayWorld) world = relay_world_new ();
  WireHost *a = wire_add_host (world->wire, "192.0.2.1");
  WireHost *b = wire_add_host (world->wire, "192.0.2.2");
  TurnRelay *server = relay_world_add_server (world);
  FramSessionId offer, answer;
  FramPairRow row;

  world->wire->delay = FRAM_MILLISECONDS (100);
  relay_world_tell_servers (world, a, "", "anna", "secret");
  relay_world_call (a, b, FRAM_POLICY_ALL, &offer, &answer);
  relay_world_run (world, FRAM_SECONDS (8));
  g_assert_true (wire_selected (a, offer, &row));
  /* Four ways between hosts and server, and none of them in vain. */
  g_assert_cmpint (row.rtt, ==, FRAM_MILLISECONDS (400));
  g_assert_cmpuint (row.retransmissions_sent, ==, 0);
  g_assert_cmpuint (turn_relay_count_requests (server, FRAM_STUN_CREATE_PERMISSION), ==,
                    1);
}

/* The same where the relay was asked for the peer a while ago: nobody has had that refreshed, and
 * it is to be asked anew. (RFC 8656 §9)  `pause`: how long the answer takes, in which the peer
 * checks already. */
static void
check_renewal (FramTime pause)
{
  g_autoptr (RelayWorld) world = relay_world_new ();
  WireHost *a = wire_add_host (world->wire, "192.0.2.1");
  WireHost *b = wire_add_host (world->wire, "192.0.2.2");
  TurnRelay *server = relay_world_add_server (world);
  FramSessionId offer, answer;
  g_autoptr (GArray) rows = NULL;
  const FramPairRow *row;

  world->wire->delay = FRAM_MILLISECONDS (100);
  relay_world_tell_servers (world, a, "", "anna", "secret");
  relay_world_call (a, b, FRAM_POLICY_ALL, &offer, &answer);
  relay_world_run (world, FRAM_SECONDS (8));
  fram_broker_close_session (a->broker, offer, FRAM_CAUSE_CLOSED_BY_APPLICATION,
                             world->wire->now);
  fram_broker_close_session (b->broker, answer, FRAM_CAUSE_CLOSED_BY_APPLICATION,
                             world->wire->now);
  /* It keeps the allocation, and no permission. */
  relay_world_open (a, FRAM_POLICY_RELAY, TRUE);
  relay_world_run (world, FRAM_SECONDS (245));
  g_assert_cmpuint (turn_relay_count_requests (server, FRAM_STUN_CREATE_PERMISSION), ==,
                    1);
  offer = relay_world_open (a, FRAM_POLICY_ALL, FALSE);
  relay_world_run (world, FRAM_SECONDS (2));
  answer = relay_world_answer (a, offer, b, FRAM_POLICY_ALL);
  relay_world_run (world, pause);
  wire_signal (b, answer, a, offer);
  relay_world_run (world, FRAM_MILLISECONDS (150));
  rows = fram_broker_list_pairs (a->broker, offer);
  g_assert_cmpuint (rows->len, ==, 2);
  row = &g_array_index (rows, FramPairRow, 1);
  g_assert_cmpint (row->local_type, ==, FRAM_CANDIDATE_RELAYED);
  g_assert_cmpuint (row->requests_sent, ==, 0);
  relay_world_run (world, FRAM_SECONDS (8));
  g_assert_cmpuint (turn_relay_count_requests (server, FRAM_STUN_CREATE_PERMISSION), ==,
                    2);
  g_assert_cmpuint (turn_relay_count (server), ==, 1);
  g_assert_cmpint (wire_state (a, offer), ==, FRAM_STATE_COMPLETED);
}

static void
test_waits_for_renewal (void)
{
  check_renewal (0);
}

/* The peer's check comes by the permission that is there still. */
static void
test_heard_before_renewal (void)
{
  check_renewal (FRAM_MILLISECONDS (220));
}

/* Permissions end with the pairs, and channels with the path. */
static void
test_given_back (void)
{
  g_autoptr (RelayWorld) world = relay_world_new ();
  WireHost *a = wire_add_host (world->wire, "192.0.2.1");
  WireHost *b = wire_add_host (world->wire, "192.0.2.2");
  TurnRelay *server = relay_world_add_server (world);
  const FramEvent *channel;
  FramSessionId offer, answer;
  guint n_permissions, n_channels;

  relay_world_tell_servers (world, a, "", "anna", "secret");
  relay_world_call (a, b, FRAM_POLICY_ALL, &offer, &answer);
  relay_world_run (world, FRAM_SECONDS (5));
  check_relayed_path (a, offer);
  fram_broker_close_session (a->broker, offer, FRAM_CAUSE_CLOSED_BY_APPLICATION,
                             world->wire->now);
  wire_settle (world->wire);
  channel = relay_world_find_event (a, FRAM_EVENT_RELAY_CHANNEL);
  g_assert_cmpuint (channel->channel, ==, 0);
  /* Kept for the next session, and refreshed no more. */
  relay_world_open (a, FRAM_POLICY_RELAY, FALSE);
  n_permissions = turn_relay_count_requests (server, FRAM_STUN_CREATE_PERMISSION);
  n_channels = turn_relay_count_requests (server, FRAM_STUN_CHANNEL_BIND);
  relay_world_run (world, FRAM_SECONDS (1200));
  g_assert_cmpuint (turn_relay_count_requests (server, FRAM_STUN_CREATE_PERMISSION), ==,
                    n_permissions);
  g_assert_cmpuint (turn_relay_count_requests (server, FRAM_STUN_CHANNEL_BIND), ==,
                    n_channels);
  g_assert_cmpuint (turn_relay_count (server), ==, 1);
}

/* --- Lanes ------------------------------------------------------------------------- */

/* A second session between the same two hosts, by relays alone: its 5-tuple is the first
 * one's.  Who answers takes another relay lane. */
static void
test_collision (void)
{
  g_autoptr (RelayWorld) world = relay_world_new ();
  WireHost *a = wire_add_host (world->wire, "192.0.2.1");
  WireHost *b = wire_add_host (world->wire, "192.0.2.2");
  TurnRelay *server = relay_world_add_server (world);
  FramSessionId offer[3], answer[3];

  relay_world_tell_servers (world, a, "", "anna", "secret");
  relay_world_tell_servers (world, b, "", "anna", "secret");
  for (guint i = 0; i < 3; i++)
    {
      relay_world_call (a, b, FRAM_POLICY_RELAY, &offer[i], &answer[i]);
      relay_world_run (world, FRAM_SECONDS (5));
    }
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpint (wire_state (a, offer[i]), ==, FRAM_STATE_COMPLETED);
      g_assert_cmpint (wire_state (b, answer[i]), ==, FRAM_STATE_COMPLETED);
    }
  /* One for all at who offers, three at who answers. */
  g_assert_cmpuint (turn_relay_count (server), ==, 4);
  g_assert_cmpuint (a->n_routes, ==, 3);
}

/* Where there is a direct path, a collision costs no further allocation. */
static void
test_no_lane_in_vain (void)
{
  g_autoptr (RelayWorld) world = relay_world_new ();
  WireHost *a = wire_add_host (world->wire, "192.0.2.1");
  WireHost *b = wire_add_host (world->wire, "192.0.2.2");
  TurnRelay *server = relay_world_add_server (world);

  world->direct = TRUE;
  relay_world_tell_servers (world, a, "", "anna", "secret");
  relay_world_tell_servers (world, b, "", "anna", "secret");
  for (guint i = 0; i < 5; i++)
    {
      FramSessionId offer, answer;

      wire_call (a, b, TRUE, &offer, &answer);
      relay_world_run (world, FRAM_MILLISECONDS (300));
      g_assert_cmpint (wire_state (a, offer), ==, FRAM_STATE_COMPLETED);
    }
  relay_world_run (world, FRAM_SECONDS (5));
  g_assert_cmpuint (server->n_made, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/broker/relays/connects", test_connects);
  g_test_add_func ("/broker/relays/lines", test_lines);
  g_test_add_func ("/broker/relays/two-servers", test_two_servers);
  g_test_add_func ("/broker/relays/shared", test_shared);
  g_test_add_func ("/broker/relays/components", test_components);
  g_test_add_func ("/broker/relays/not-shared", test_not_shared);
  g_test_add_func ("/broker/relays/policy", test_relay_policy);
  g_test_add_func ("/broker/relays/direct-first", test_direct_first);
  g_test_add_func ("/broker/relays/one-family", test_one_family);
  g_test_add_func ("/broker/relays/refused-peer", test_refused_peer);
  g_test_add_func ("/broker/relays/waits-for-permission", test_waits_for_permission);
  g_test_add_func ("/broker/relays/waits-for-renewal", test_waits_for_renewal);
  g_test_add_func ("/broker/relays/heard-before-renewal", test_heard_before_renewal);
  g_test_add_func ("/broker/relays/given-back", test_given_back);
  g_test_add_func ("/broker/relays/collision", test_collision);
  g_test_add_func ("/broker/relays/no-lane-in-vain", test_no_lane_in_vain);
  return g_test_run ();
}
