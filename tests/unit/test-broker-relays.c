/* Relays, as sessions use them: candidates, checks, channels, and who shares what. */
#include <string.h>

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
  /* One of the two, as the other is reached from it. */
  if (row.local_type == FRAM_CANDIDATE_RELAYED)
    check_relayed_path (a, offer);
  else
    check_relayed_path (b, answer);
  g_assert_cmpuint (server->n_relayed, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/broker/relays/connects", test_connects);
  return g_test_run ();
}
