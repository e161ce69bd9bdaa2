/* The life of allocations: made, kept, made anew, given back; by which ways, and why not. */
#include "relay-fixture.h"

static void
set_linger (RelayFixture *fixture, FramTime linger)
{
  const FramBrokerPolicy policy = { .linger = linger };

  fram_broker_set_policy (fixture->host->broker, &policy, fixture->world->wire->now);
  wire_settle (fixture->world->wire);
}

static guint
count_relayed (RelayFixture *fixture, FramSessionId session)
{
  return relay_world_count_lines (fixture->host, session, "typ relay");
}

/* The one row there is. */
static FramAllocationRow
get_row (RelayFixture *fixture)
{
  g_autoptr (GArray) rows
      = fram_broker_list_allocations (fixture->host->broker, fixture->world->wire->now);

  g_assert_cmpuint (rows->len, ==, 1);
  return g_array_index (rows, FramAllocationRow, 0);
}

static guint
count_allocations (RelayFixture *fixture)
{
  FramBrokerTotals totals;

  fram_broker_get_totals (fixture->host->broker, &totals);
  return totals.n_allocations;
}

/* --- Unused ------------------------------------------------------------------------ */

static void
test_linger (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  FramSessionId session;

  relay_fixture_init (&fixture, 1);
  relay_fixture_tell (&fixture, "", "anna", "secret");
  session = relay_fixture_open (&fixture);
  relay_fixture_run (&fixture, FRAM_SECONDS (1));
  relay_fixture_close (&fixture, session);
  relay_fixture_run (&fixture, FRAM_SECONDS (55));
  /* The next one has its candidate at once. */
  session = relay_fixture_open (&fixture);
  g_assert_cmpuint (count_relayed (&fixture, session), ==, 1);
  relay_fixture_close (&fixture, session);
  relay_fixture_run (&fixture, FRAM_SECONDS (59));
  g_assert_cmpuint (turn_relay_count (fixture.server), ==, 1);
  relay_fixture_run (&fixture, FRAM_SECONDS (2));
  g_assert_cmpuint (turn_relay_count_deletions (fixture.server), ==, 1);
  g_assert_cmpuint (fixture.server->n_made, ==, 1);
  g_assert_cmpuint (g_hash_table_size (fixture.host->relayed), ==, 0);
  g_assert_cmpuint (g_hash_table_size (fixture.host->sockets), ==, 0);
  g_assert_cmpint (fram_broker_deadline (fixture.host->broker), ==, FRAM_TIME_NEVER);
}

static void
test_linger_always (void)
{
  g_auto (RelayFixture) fixture = { 0 };

  relay_fixture_init (&fixture, 1);
  set_linger (&fixture, FRAM_TIME_NEVER);
  relay_fixture_tell (&fixture, "", "anna", "secret");
  relay_fixture_close (&fixture, relay_fixture_open (&fixture));
  relay_fixture_run (&fixture, FRAM_SECONDS (7200));
  g_assert_cmpint (get_row (&fixture).state, ==, FRAM_ALLOCATION_ROW_THERE);
  g_assert_cmpuint (fixture.server->n_made, ==, 1);
  set_linger (&fixture, 0);
  relay_fixture_run (&fixture, FRAM_SECONDS (1));
  g_assert_cmpuint (count_allocations (&fixture), ==, 0);
  g_assert_cmpuint (turn_relay_count (fixture.server), ==, 0);
}

static void
test_no_linger (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  FramSessionId session;

  relay_fixture_init (&fixture, 1);
  set_linger (&fixture, 0);
  relay_fixture_tell (&fixture, "", "anna", "secret");
  session = relay_fixture_open (&fixture);
  relay_fixture_run (&fixture, FRAM_SECONDS (1));
  relay_fixture_close (&fixture, session);
  relay_fixture_run (&fixture, FRAM_SECONDS (1));
  g_assert_cmpuint (turn_relay_count_deletions (fixture.server), ==, 1);
  g_assert_cmpuint (count_allocations (&fixture), ==, 0);
}

static void
test_shut_down (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  FramBroker *broker;
  FramSessionId session;

  relay_fixture_init (&fixture, 2);
  broker = fixture.host->broker;
  relay_fixture_tell (&fixture, "", "anna", "secret");
  session = relay_fixture_open (&fixture);
  relay_fixture_run (&fixture, FRAM_SECONDS (1));
  g_assert_cmpuint (count_relayed (&fixture, session), ==, 2);
  g_assert_false (fram_broker_is_shut_down (broker));
  fram_broker_shut_down (broker, fixture.world->wire->now);
  g_assert_false (fram_broker_is_shut_down (broker));
  relay_fixture_run (&fixture, FRAM_MILLISECONDS (20));
  g_assert_true (fram_broker_is_shut_down (broker));
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpuint (turn_relay_count (fixture.world->servers[i]), ==, 0);
      g_assert_cmpuint (turn_relay_count_deletions (fixture.world->servers[i]), ==, 1);
    }
  session = relay_fixture_open (&fixture);
  relay_fixture_run (&fixture, FRAM_SECONDS (2));
  g_assert_cmpuint (count_relayed (&fixture, session), ==, 0);
  g_assert_cmpuint (wire_count (fixture.host, session, FRAM_EVENT_GATHERING_DONE), ==, 1);
}

/* A server that does not answer any more holds nobody up for long. */
static void
test_shut_down_silent (void)
{
  g_auto (RelayFixture) fixture = { 0 };

  relay_fixture_init (&fixture, 1);
  relay_fixture_tell (&fixture, "", "anna", "secret");
  relay_fixture_open (&fixture);
  relay_fixture_run (&fixture, FRAM_SECONDS (1));
  fixture.server->manners.manner |= TURN_SERVER_SILENT;
  fram_broker_shut_down (fixture.host->broker, fixture.world->wire->now);
  relay_fixture_run (&fixture, FRAM_SECONDS (6));
  g_assert_true (fram_broker_is_shut_down (fixture.host->broker));
}

/* --- Kept and made anew ------------------------------------------------------------ */

static FramBaseId
get_path_base (WireHost *host, FramSessionId session)
{
  for (guint i = host->log->len; i > 0; i--)
    {
      const FramEvent *event = &g_array_index (host->log, FramEvent, i - 1);

      if (event->type == FRAM_EVENT_PATH && event->session == session)
        return event->base;
    }
  return 0;
}

/* A call by relays alone. */
static void
call (RelayFixture *fixture, FramSessionId *ret_offer)
{
  WireHost *peer = wire_add_host (fixture->world->wire, "192.0.2.2");
  FramSessionId answer;

  relay_world_tell_servers (fixture->world, peer, "", "anna", "secret");
  relay_world_call (fixture->host, peer, FRAM_POLICY_RELAY, ret_offer, &answer);
  relay_fixture_run (fixture, FRAM_SECONDS (5));
  g_assert_cmpint (wire_state (fixture->host, *ret_offer), ==, FRAM_STATE_COMPLETED);
}

static guint
count_states (WireHost *host, FramSessionId session)
{
  return wire_count (host, session, FRAM_EVENT_STATE);
}

static void
test_refreshed (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  FramSessionId session;
  guint n_states;

  relay_fixture_init (&fixture, 1);
  relay_fixture_tell (&fixture, "", "anna", "secret");
  call (&fixture, &session);
  n_states = count_states (fixture.host, session);
  for (guint i = 0; i < 12; i++)
    {
      relay_fixture_run (&fixture, FRAM_SECONDS (300));
      fixture.server->manners.n_nonces++;
    }
  g_assert_cmpuint (fixture.server->n_made, ==, 2);
  g_assert_cmpuint (count_states (fixture.host, session), ==, n_states);
  g_assert_cmpuint (turn_relay_count_requests (fixture.server, FRAM_STUN_REFRESH), >, 10);
}

/* RFC 8656 §5: the same user's newer password serves the allocation there is. */
static void
test_rotation (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  FramSessionId session, other;
  guint n_states;

  relay_fixture_init (&fixture, 1);
  relay_fixture_tell (&fixture, "", "anna", "secret");
  call (&fixture, &session);
  n_states = count_states (fixture.host, session);
  relay_fixture_tell (&fixture, "", "anna", "newer");
  relay_world_tell_servers (fixture.world,
                            g_ptr_array_index (fixture.world->wire->hosts, 1), "", "anna",
                            "newer");
  relay_fixture_run (&fixture, FRAM_SECONDS (5));
  fixture.server->manners.password = "newer";
  fixture.server->manners.n_nonces++;
  other = relay_fixture_open (&fixture);
  g_assert_cmpuint (count_relayed (&fixture, other), ==, 1);
  relay_fixture_run (&fixture, FRAM_SECONDS (500));
  g_assert_cmpint (wire_state (fixture.host, session), ==, FRAM_STATE_COMPLETED);
  g_assert_cmpuint (count_states (fixture.host, session), ==, n_states);
  g_assert_cmpint (get_row (&fixture).state, ==, FRAM_ALLOCATION_ROW_THERE);
}

/* Another user's is another allocation: the old one lives on while it is used. */
static void
test_another_user (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  FramSessionId session, other;

  relay_fixture_init (&fixture, 1);
  fixture.server->manners.manner |= TURN_SERVER_TRUSTING;
  relay_fixture_tell (&fixture, "", "anna", "secret");
  session = relay_fixture_open (&fixture);
  relay_fixture_run (&fixture, FRAM_SECONDS (1));
  relay_fixture_tell (&fixture, "", "bert", "other");
  other = relay_fixture_open (&fixture);
  relay_fixture_run (&fixture, FRAM_SECONDS (1));
  g_assert_cmpuint (count_relayed (&fixture, session), ==, 1);
  g_assert_cmpuint (count_relayed (&fixture, other), ==, 1);
  g_assert_cmpuint (turn_relay_count (fixture.server), ==, 2);
  relay_fixture_close (&fixture, session);
  relay_fixture_run (&fixture, FRAM_SECONDS (61));
  g_assert_cmpuint (turn_relay_count (fixture.server), ==, 1);
}

/* The server does not prolong it: another one is made beside it, and the call moves. */
static void
test_replaced (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  FramSessionId session;
  FramBaseId before;
  guint n_states;

  relay_fixture_init (&fixture, 1);
  relay_fixture_tell (&fixture, "", "anna", "secret");
  call (&fixture, &session);
  before = get_path_base (fixture.host, session);
  n_states = count_states (fixture.host, session);
  fixture.server->manners.refusal = (TurnServerRefusal){
    .method = FRAM_STUN_REFRESH, .code = FRAM_STUN_ERROR_FORBIDDEN, .times = 1
  };
  relay_fixture_run (&fixture, FRAM_SECONDS (580));
  g_assert_cmpuint (fixture.server->n_made, ==, 3);
  g_assert_cmpint (wire_state (fixture.host, session), ==, FRAM_STATE_COMPLETED);
  g_assert_cmpuint (get_path_base (fixture.host, session), !=, before);
  g_assert_cmpuint (count_states (fixture.host, session), ==, n_states);
}

/* The server has forgotten all: sessions get other candidates. */
static void
test_lost (void)
{
  g_auto (RelayFixture) fixture = { 0 };
  FramSessionId session;

  relay_fixture_init (&fixture, 1);
  relay_fixture_tell (&fixture, "", "anna", "secret");
  session = relay_fixture_open (&fixture);
  relay_fixture_run (&fixture, FRAM_SECONDS (1));
  turn_relay_forget (fixture.server);
  relay_fixture_run (&fixture, FRAM_SECONDS (600));
  g_assert_cmpuint (fixture.server->n_made, ==, 2);
  g_assert_cmpuint (turn_relay_count (fixture.server), ==, 1);
  g_assert_cmpuint (count_relayed (&fixture, session), ==, 2);
  g_assert_cmpuint (g_hash_table_size (fixture.host->relayed), ==, 1);
}

static void
test_interface_gone (void)
{
  FramInterfaceAddress other = { .name = "if1" };
  g_auto (RelayFixture) fixture = { 0 };
  FramSessionId session;

  relay_fixture_init (&fixture, 1);
  relay_fixture_tell (&fixture, "", "anna", "secret");
  session = relay_fixture_open (&fixture);
  relay_fixture_run (&fixture, FRAM_SECONDS (1));
  g_assert_true (fram_address_parse_ip (&other.address, "198.51.100.9", 0));
  fram_broker_told_interfaces (fixture.host->broker, &other, 1, fixture.world->wire->now);
  relay_fixture_run (&fixture, FRAM_SECONDS (1));
  g_assert_cmpuint (count_relayed (&fixture, session), ==, 2);
  g_assert_cmpuint (relay_world_count_lines (fixture.host, session, "raddr 198.51.100.9"),
                    ==, 1);
  g_assert_cmpstr (get_row (&fixture).interface, ==, "if1");
  g_assert_cmpuint (g_hash_table_size (fixture.host->relayed), ==, 1);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    GTestFunc function;
  } tests[] = {
    { "linger", test_linger },
    { "linger-always", test_linger_always },
    { "no-linger", test_no_linger },
    { "shut-down", test_shut_down },
    { "shut-down-silent", test_shut_down_silent },
    { "refreshed", test_refreshed },
    { "rotation", test_rotation },
    { "another-user", test_another_user },
    { "replaced", test_replaced },
    { "lost", test_lost },
    { "interface-gone", test_interface_gone },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/broker/allocations/%s", tests[i].name);

      g_test_add_func (path, tests[i].function);
    }
  return g_test_run ();
}
