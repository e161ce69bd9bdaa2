/* Allocations that go on from another interface address (RFC 8016): what sessions have by them
 * stays as it is. */
#include <string.h>

#include "relay-world.h"

typedef struct
{
  RelayWorld *world;
  WireHost *host, *peer;
  TurnRelay *server;
  FramSessionId session, answer;
} Call;

static void
tell_addresses (Call *call, const char *addresses)
{
  g_auto (GStrv) words = g_strsplit (addresses, ",", -1);
  guint n = g_strv_length (words);
  g_autofree FramInterfaceAddress *interfaces = g_new0 (FramInterfaceAddress, n + 1);

  for (guint i = 0; i < n; i++)
    {
      g_snprintf (interfaces[i].name, sizeof interfaces[i].name, "if%s",
                  words[i] + strlen ("192.0.2."));
      g_assert_true (fram_address_parse_ip (&interfaces[i].address, words[i], 0));
    }
  fram_broker_told_interfaces (call->host->broker, interfaces, n, call->world->wire->now);
  wire_settle (call->world->wire);
}

/* Two that know a server. */
static void
call_prepare (Call *call, const char *addresses, const char *query)
{
  call->world = relay_world_new ();
  call->server = relay_world_add_server (call->world);
  call->server->manners.manner |= TURN_SERVER_MOBILE;
  call->host = wire_add_host (call->world->wire, "192.0.2.1");
  call->peer = wire_add_host (call->world->wire, "192.0.2.250");
  tell_addresses (call, addresses);
  relay_world_tell_servers (call->world, call->host, query, "anna", "secret");
  relay_world_tell_servers (call->world, call->peer, query, "anna", "secret");
}

/* They are connected by relays alone. */
static void
call_connect (Call *call)
{
  relay_world_call (call->host, call->peer, FRAM_POLICY_RELAY, &call->session,
                    &call->answer);
  relay_world_run (call->world, FRAM_SECONDS (5));
  g_assert_cmpint (wire_state (call->host, call->session), ==, FRAM_STATE_COMPLETED);
}

static void
call_init (Call *call, const char *addresses, const char *query)
{
  call_prepare (call, addresses, query);
  call_connect (call);
}

static void
call_clear (Call *call)
{
  relay_world_free (call->world);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Call, call_clear)

static FramPairRow
get_path (const Call *call)
{
  FramPairRow row;

  g_assert_true (wire_selected (call->host, call->session, &row));
  return row;
}

static guint
count_states (const Call *call)
{
  return wire_count (call->host, call->session, FRAM_EVENT_STATE)
         + wire_count (call->peer, call->answer, FRAM_EVENT_STATE);
}

/* Nobody is told anything, and the path is what it was. */
static void
check_untouched (const Call *call, const FramPairRow *path, guint n_states, guint n_lines)
{
  FramPairRow row = get_path (call);

  g_assert_cmpuint (row.id, ==, path->id);
  g_assert_cmpuint (count_states (call), ==, n_states);
  g_assert_cmpuint (relay_world_count_lines (call->host, call->session, "typ relay"), ==,
                    n_lines);
}

typedef struct
{
  const char *path;
  const char *before, *after; /* interface addresses */
  const char *query;
  guint n_made, n_moved;
} Change;

static const Change changes[] = {
  { "/broker/moving/swapped", "192.0.2.1", "192.0.2.2", "", 2, 1 },
  { "/broker/moving/swapped/tcp", "192.0.2.1", "192.0.2.2", "?transport=tcp", 2, 1 },
  { "/broker/moving/one-less", "192.0.2.1,192.0.2.2", "192.0.2.2", "", 3, 1 },
  { "/broker/moving/both-gone", "192.0.2.1,192.0.2.2", "192.0.2.3", "", 3, 2 },
};

static void
test_change (gconstpointer data)
{
  const Change *change = data;
  guint n_states, n_lines;
  g_auto (Call) call = { 0 };
  FramPairRow path;

  call_init (&call, change->before, change->query);
  path = get_path (&call);
  n_states = count_states (&call);
  n_lines = relay_world_count_lines (call.host, call.session, "typ relay");
  g_assert_cmpuint (call.server->n_made, ==, change->n_made);
  tell_addresses (&call, change->after);
  relay_world_run (call.world, FRAM_SECONDS (120));
  check_untouched (&call, &path, n_states, n_lines);
  g_assert_cmpuint (call.server->n_moved, ==, change->n_moved);
  g_assert_cmpuint (call.server->n_made, ==, change->n_made);
  g_assert_cmpuint (turn_relay_count (call.server), ==, change->n_made);
}

static void
hang_up (Call *call, WireHost *host, FramSessionId session)
{
  fram_broker_close_session (host->broker, session, FRAM_CAUSE_CLOSED_BY_APPLICATION,
                             call->world->wire->now);
  wire_settle (call->world->wire);
}

/* What has moved beside another one goes with its last user; the other one stays. */
static void
test_beside (void)
{
  g_auto (Call) call = { 0 };

  call_init (&call, "192.0.2.1,192.0.2.2", "");
  tell_addresses (&call, "192.0.2.2");
  relay_world_run (call.world, FRAM_SECONDS (5));
  hang_up (&call, call.host, call.session);
  relay_world_run (call.world, FRAM_SECONDS (1));
  g_assert_cmpuint (turn_relay_count (call.server), ==, 2);
  g_assert_cmpuint (turn_relay_count_deletions (call.server), ==, 1);
}

/* Whose server answered first what it was asked without a ticket cannot move; the next one asks
 * for a ticket alone. */
static void
test_undecided (void)
{
  g_auto (Call) call = { 0 };

  call_prepare (&call, "192.0.2.1", "?transport=udp");
  call.world->tickets_are_lost = TRUE;
  call_connect (&call);
  call.world->tickets_are_lost = FALSE;
  tell_addresses (&call, "192.0.2.2");
  relay_world_run (call.world, FRAM_SECONDS (5));
  g_assert_cmpuint (call.server->n_moved, ==, 0);

  hang_up (&call, call.host, call.session);
  hang_up (&call, call.peer, call.answer);
  relay_world_run (call.world, FRAM_SECONDS (120));
  g_assert_cmpuint (turn_relay_count (call.server), ==, 0);
  call_connect (&call);
  tell_addresses (&call, "192.0.2.1");
  relay_world_run (call.world, FRAM_SECONDS (5));
  g_assert_cmpuint (call.server->n_moved, ==, 1);
  g_assert_cmpint (wire_state (call.host, call.session), ==, FRAM_STATE_COMPLETED);
}

/* A while without any network: the relay is still there when there is one again, be it the
 * same. */
static void
test_gap (gconstpointer back)
{
  g_auto (Call) call = { 0 };
  FramPairRow path;

  call_init (&call, "192.0.2.1", "");
  path = get_path (&call);
  tell_addresses (&call, "");
  relay_world_run (call.world, FRAM_SECONDS (10));
  g_assert_cmpuint (call.server->n_moved, ==, 0);
  tell_addresses (&call, back);
  relay_world_run (call.world, FRAM_SECONDS (20));
  g_assert_cmpuint (call.server->n_moved, ==, 1);
  g_assert_cmpuint (call.server->n_made, ==, 2);
  g_assert_cmpuint (get_path (&call).id, ==, path.id);
  g_assert_cmpint (wire_state (call.host, call.session), ==, FRAM_STATE_COMPLETED);
}

static void
test_long_gap (void)
{
  g_auto (Call) call = { 0 };
  g_autoptr (GArray) rows = NULL;

  call_init (&call, "192.0.2.1", "");
  tell_addresses (&call, "");
  relay_world_run (call.world, FRAM_SECONDS (36));
  rows = fram_broker_list_allocations (call.host->broker, call.world->wire->now);
  g_assert_cmpuint (rows->len, ==, 0);
  g_assert_cmpuint (g_hash_table_size (call.host->relayed), ==, 0);
  tell_addresses (&call, "192.0.2.2");
  relay_world_run (call.world, FRAM_SECONDS (5));
  g_assert_cmpuint (call.server->n_made, ==, 3);
}

typedef enum
{
  FORGETS,
  IS_SILENT,
} Fault;

static const Fault faults[] = { FORGETS, IS_SILENT };

/* Where it cannot move another one is made, as quickly as that is known. */
static void
test_cannot_move (gconstpointer data)
{
  Fault fault = *(const Fault *) data;
  g_auto (Call) call = { 0 };

  call_init (&call, "192.0.2.1", "?transport=udp");
  if (fault == FORGETS)
    turn_relay_forget (call.server);
  if (fault == IS_SILENT)
    call.world->udp_to_turn_is_lost = TRUE;
  tell_addresses (&call, "192.0.2.2");
  relay_world_run (call.world, FRAM_SECONDS (2));
  if (fault == IS_SILENT)
    g_assert_cmpuint (call.server->n_made, ==, 2);
  else
    g_assert_cmpuint (call.server->n_made, >, 2);
  relay_world_run (call.world, FRAM_SECONDS (2));
  call.world->udp_to_turn_is_lost = FALSE;
  relay_world_run (call.world, FRAM_SECONDS (30));
  /* One that forgets has forgotten the peer's, too. */
  g_assert_cmpuint (call.server->n_made, ==, fault == IS_SILENT ? 3 : 4);
  g_assert_cmpuint (turn_relay_count (call.server), ==, fault == IS_SILENT ? 3 : 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    g_test_add_data_func (changes[i].path, &changes[i], test_change);
  g_test_add_func ("/broker/moving/beside", test_beside);
  g_test_add_func ("/broker/moving/undecided", test_undecided);
  g_test_add_data_func ("/broker/moving/gap/same", "192.0.2.1", test_gap);
  g_test_add_data_func ("/broker/moving/gap/other", "192.0.2.2", test_gap);
  g_test_add_func ("/broker/moving/gap/long", test_long_gap);
  g_test_add_data_func ("/broker/moving/cannot/forgets", &faults[0], test_cannot_move);
  g_test_add_data_func ("/broker/moving/cannot/silent", &faults[1], test_cannot_move);
  return g_test_run ();
}
