/* How TURN servers see the host: told with a relay or by Binding, whichever answers. */
#include "relay-world.h"

typedef struct
{
  RelayWorld *world;
  WireHost *host;
  TurnRelay *server; /* sees a port that is 1000 greater */
  FramSessionId session;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->world = relay_world_new ();
  fixture->host = wire_add_host (fixture->world->wire, "192.0.2.1");
  fixture->server = relay_world_add_server (fixture->world);
  fixture->server->mapped_shift = 1000;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  relay_world_free (fixture->world);
}

static void
gather (Fixture *fixture, const char *query)
{
  relay_world_tell_servers (fixture->world, fixture->host, query, "anna", "secret");
  fixture->session = relay_world_open (fixture->host, FRAM_POLICY_ALL, TRUE);
  relay_world_run (fixture->world, FRAM_SECONDS (1));
}

static guint
count_lines (Fixture *fixture, const char *part)
{
  return relay_world_count_lines (fixture->host, fixture->session, part);
}

/* The mapping is told, once, and nothing is waited for any more. */
static void
check_mapped (Fixture *fixture)
{
  g_assert_cmpuint (
      count_lines (fixture, "192.0.2.1 11000 typ srflx raddr 192.0.2.1 rport 10000"), ==,
      1);
  g_assert_cmpuint (count_lines (fixture, "typ srflx"), ==, 1);
  g_assert_cmpuint (
      wire_count (fixture->host, fixture->session, FRAM_EVENT_GATHERING_DONE), ==, 1);
}

/* Neither silence nor a server that is asked by Binding alone says anything of the other. */
static void
test_no_binding (Fixture *fixture, gconstpointer data)
{
  fixture->server->is_deaf = TRUE;
  gather (fixture, "");
  g_assert_cmpuint (count_lines (fixture, "11000 typ srflx"), ==, 1);
  g_assert_cmpuint (count_lines (fixture, "typ relay"), ==, 1);
  g_assert_cmpuint (fixture->host->n_streams, ==, 0);
}

/* RFC 8445 §5.1.1.2: who gives no relay tells by Binding all the same. */
static void
test_refused (Fixture *fixture, gconstpointer code)
{
  fixture->server->manners.refusal = (TurnServerRefusal){
    .method = FRAM_STUN_ALLOCATE,
    .code = GPOINTER_TO_UINT (code),
  };
  gather (fixture, "?transport=udp");
  g_assert_cmpuint (turn_relay_count_requests (fixture->server, FRAM_STUN_ALLOCATE), >,
                    0);
  g_assert_cmpuint (count_lines (fixture, "typ relay"), ==, 0);
  check_mapped (fixture);
}

static void
test_wrong_password (Fixture *fixture, gconstpointer data)
{
  fixture->server->manners.password = "another";
  gather (fixture, "?transport=udp");
  g_assert_cmpuint (count_lines (fixture, "typ relay"), ==, 0);
  check_mapped (fixture);
}

/* Nor need the answer to Allocate have it. */
static void
test_not_told (Fixture *fixture, gconstpointer data)
{
  fixture->server->manners.manner |= TURN_SERVER_NO_MAPPED;
  gather (fixture, "?transport=udp");
  g_assert_cmpuint (count_lines (fixture, "typ relay"), ==, 1);
  check_mapped (fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function, data)                                                       \
  g_test_add ("/broker/relay-mapping/" name, Fixture, data, set_up, function, tear_down)
  CASE ("no-binding", test_no_binding, NULL);
  CASE ("refused/quota", test_refused,
        GUINT_TO_POINTER (FRAM_STUN_ERROR_ALLOCATION_QUOTA_REACHED));
  CASE ("refused/capacity", test_refused,
        GUINT_TO_POINTER (FRAM_STUN_ERROR_INSUFFICIENT_CAPACITY));
  CASE ("refused/forbidden", test_refused, GUINT_TO_POINTER (FRAM_STUN_ERROR_FORBIDDEN));
  CASE ("refused/server-error", test_refused,
        GUINT_TO_POINTER (FRAM_STUN_ERROR_SERVER_ERROR));
  CASE ("wrong-password", test_wrong_password, NULL);
  CASE ("not-told", test_not_told, NULL);
  return g_test_run ();
}
