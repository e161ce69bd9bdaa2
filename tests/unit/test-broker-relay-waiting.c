/* Which relays gathering waits for: who does not trickle tells of those alone. */
#include "relay-world.h"

/* How many relays there were when gathering ended. */
static guint
count_gathered (WireHost *host)
{
  guint n_relays = 0;

  for (guint i = 0; i < host->log->len; i++)
    {
      FramEventType type = g_array_index (host->log, FramEvent, i).type;

      if (type == FRAM_EVENT_GATHERING_DONE)
        break;
      n_relays += type == FRAM_EVENT_RELAY_ADD;
    }
  return n_relays;
}

/* Two servers, of which the first makes its relay in one round trip, and a host that asks both. */
static WireHost *
begin (RelayWorld *world, FramPolicy policy)
{
  WireHost *host = wire_add_host (world->wire, "192.0.2.1");

  world->wire->delay = FRAM_MILLISECONDS (95);
  relay_world_add_server (world)->manners.manner |= TURN_SERVER_TRUSTING;
  relay_world_add_server (world);
  relay_world_tell_servers (world, host, "?transport=udp", "anna", "secret");
  relay_world_open (host, policy, FALSE);
  return host;
}

/* A server that has answered is waited for while it makes the relay, though a quicker one has made
 * its own long ago: who does not trickle tells of both. */
static void
test_answered_is_waited_for (void)
{
  g_autoptr (RelayWorld) world = relay_world_new ();
  WireHost *host = begin (world, FRAM_POLICY_ALL);

  relay_world_run (world, FRAM_SECONDS (2));
  g_assert_cmpuint (count_gathered (host), ==, 2);
}

/* One of which nothing is known may be as far away as one that is there. */
static void
test_as_far_as_others (void)
{
  g_autoptr (RelayWorld) world = relay_world_new ();
  WireHost *host = begin (world, FRAM_POLICY_RELAY);

  /* The second one is asked 5 ms after the first, and answers the later. */
  relay_world_run (world, FRAM_MILLISECONDS (97));
  world->wire->delay = FRAM_MILLISECONDS (115);
  relay_world_run (world, FRAM_SECONDS (2));
  g_assert_cmpuint (count_gathered (host), ==, 2);
}

/* A server that has a name is asked when that is known; it has as much time from then on as the one
 * that was asked before, and is there already. */
static void
test_named_is_asked_late (void)
{
  g_autoptr (RelayWorld) world = relay_world_new ();
  const FramServerOption options[] = {
    { .uri = "turn:203.0.113.1?transport=udp", .username = "anna", .password = "secret" },
    { .uri = "turn:turn.example.org?transport=udp",
      .username = "anna",
      .password = "secret" }
  };
  WireHost *host = wire_add_host (world->wire, "192.0.2.1");
  FramAddress second;
  guint16 question;

  world->wire->delay = FRAM_MILLISECONDS (20);
  relay_world_add_server (world);
  second = relay_world_add_server (world)->address;
  fram_broker_set_servers (host->broker, options, G_N_ELEMENTS (options),
                           world->wire->now);
  relay_world_open (host, FRAM_POLICY_RELAY, FALSE);
  question = relay_world_find_event (host, FRAM_EVENT_RESOLVE)->query;
  relay_world_run (world, FRAM_MILLISECONDS (400));
  g_assert_null (relay_world_find_event (host, FRAM_EVENT_GATHERING_DONE));
  fram_broker_told_resolved (host->broker, question, &second, 1, world->wire->now);
  relay_world_run (world, FRAM_SECONDS (2));
  g_assert_cmpuint (count_gathered (host), ==, 2);
}

/* Opens a session on `host` that answers one of `peer`, which tells of no candidates. */
static FramSessionId
answer_with (WireHost *host, guint n_components, WireHost *peer, FramSessionId offer)
{
  FramSessionOptions options
      = { .owner = "b", .n_streams = 1, .n_components = { n_components } };
  g_autoptr (GPtrArray) lines = NULL;
  FramDescription description;
  FramSessionId answer;

  wire_describe (peer, offer, &description, &lines);
  options.remote = &description;
  answer = fram_broker_create_session (host->broker, &options, host->wire->now, NULL);
  wire_settle (host->wire);
  return answer;
}

/* That nothing answers by UDP is noticed only when the last session looks how long to wait, and
 * before its turn to ask comes: TCP is tried at once for what is new to it, and is waited for. */
static void
test_silent_just_now (void)
{
  g_autoptr (RelayWorld) world = relay_world_new ();
  WireHost *host = wire_add_host (world->wire, "192.0.2.1");
  WireHost *peer = wire_add_host (world->wire, "192.0.2.2");
  FramSessionId offer = relay_world_open (peer, FRAM_POLICY_ALL, FALSE), answer;

  world->udp_to_turn_is_lost = TRUE;
  relay_world_add_server (world);
  relay_world_tell_servers (world, host, "", "anna", "secret");
  answer_with (host, 1, peer, offer);
  /* Binding requests are waited for so long. */
  relay_world_run (world, FRAM_MILLISECONDS (1002));
  relay_world_open (host, FRAM_POLICY_ALL, FALSE);
  relay_world_run (world, FRAM_MILLISECONDS (4));
  answer = answer_with (host, 2, peer, offer);
  g_assert_cmpuint (wire_count (host, answer, FRAM_EVENT_GATHERING_DONE), ==, 0);
  relay_world_run (world, FRAM_SECONDS (2));
  g_assert_cmpuint (wire_count (host, answer, FRAM_EVENT_GATHERING_DONE), ==, 1);
  g_assert_cmpuint (relay_world_count_lines (host, answer, "typ relay"), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/broker/relay-waiting/answered", test_answered_is_waited_for);
  g_test_add_func ("/broker/relay-waiting/as-far-as-others", test_as_far_as_others);
  g_test_add_func ("/broker/relay-waiting/named-is-asked-late", test_named_is_asked_late);
  g_test_add_func ("/broker/relay-waiting/silent-just-now", test_silent_just_now);
  return g_test_run ();
}
