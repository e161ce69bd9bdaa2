/* Whole Fram and a server that others wrote, coturn, where UDP does not go: names by SRV
 * records of a DNS server, then TCP and TLS. */
#include "certificates.h"
#include "io/driver.h"
#include "name-server.h"
#include "namespace.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define SERVER "192.0.2.2"

static const NameServerRecord records[] = {
  { .name = "_stun._udp.stun.example", .target = "one.example", .port = 3480 },
  { .name = "_stun._tcp.stun.example", .target = "two.example", .port = 3479 },
  { .name = "_stuns._tcp.stun.example", .target = "two.example", .port = 5350 },
  { .name = "one.example", .ipv4 = "192.0.2.3" },
  { .name = "two.example", .ipv4 = SERVER },
  { .name = "plain.example", .ipv4 = SERVER },
  { NULL },
};

/* --- coturn ------------------------------------------------------------------------ */

typedef struct
{
  GPid pid;
} Coturn;

static void
die_with_us (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static gboolean
on_patience (gpointer what)
{
  g_error ("%s does not answer", (const char *) what);
  return G_SOURCE_REMOVE;
}

/* It does not say when it is ready. */
static gboolean
try_port (gpointer port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection
      = g_socket_client_connect_to_host (client, port, 0, NULL, NULL);

  return connection != NULL ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static void
await_port (const char *port)
{
  guint patience = g_timeout_add_seconds (20, on_patience, (gpointer) port);
  guint trying = g_timeout_add (20, try_port, (gpointer) port);

  while (g_main_context_find_source_by_id (NULL, trying) != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (patience);
}

/* Without UDP, so that nothing answers there; at the ports that the records say. */
static void
coturn_start (Coturn *coturn, Authority *authority)
{
  g_autofree char *folder = authority_get_path (authority, "");
  g_autofree char *command = g_strdup_printf (
      "turnserver -c /dev/null --no-udp --no-dtls --no-cli --stun-only --simple-log"
      " --log-file=stdout --listening-ip=" SERVER " --relay-ip=" SERVER
      " --listening-port=3479 --tls-listening-port=5350 --cert=%s/stun.example.pem"
      " --pkey=%s/stun.example.key --userdb=%s/turndb --pidfile=%s/pid --realm=test",
      folder, folder, folder, folder);
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_shell_parse_argv (command, NULL, &words, &error));
  g_spawn_async (NULL, words, NULL,
                 G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD
                     | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                 die_with_us, NULL, &coturn->pid, &error);
  g_assert_no_error (error);
  await_port (SERVER ":3479");
  await_port (SERVER ":5350");
}

static void
coturn_stop (Coturn *coturn)
{
  g_assert_cmpint (kill (coturn->pid, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (coturn->pid, NULL, 0), ==, coturn->pid);
}

/* --- Fram -------------------------------------------------------------------------- */

typedef struct
{
  FramDriver *driver;
  GPtrArray *answers; /* "URI transport address" */
} Host;

static void
on_attached (const FramNetworkIdentity *network, gpointer user_data)
{
  Host *host = user_data;
  FramKnownNetwork known = { .name = "here", .first_age = -1, .last_age = -1 };

  fram_broker_told_network (fram_driver_get_broker (host->driver), &known,
                            fram_driver_now ());
  fram_driver_kick (host->driver);
}

static void
on_remember (const FramFact *fact, gpointer user_data)
{
  static const char *const words[] = { "UDP", "TCP", "TLS", "DTLS" };
  Host *host = user_data;
  char text[FRAM_ADDRESS_TEXT];

  if (fact->kind != FRAM_FACT_SERVER_ANSWERED)
    return;
  g_assert_cmpint (fact->server.rtt, >, 0);
  g_ptr_array_add (host->answers,
                   g_strdup_printf ("%s %s %s", fact->server.uri,
                                    words[fact->server.transport],
                                    fram_address_to_text (&fact->server.address, text)));
}

static void
expect_answer (const char *uri, const char *expected)
{
  static const FramDriverMemory memory = { on_attached, on_remember };
  const FramBrokerConfig config = { .policy.linger = FRAM_SECONDS (1) };
  FramSessionOptions options = { .owner = ":1.1", .n_servers = 1 };
  Host host = { .answers = g_ptr_array_new_with_free_func (g_free) };
  guint patience = g_timeout_add_seconds (20, on_patience, (gpointer) uri);
  g_autoptr (GError) error = NULL;

  host.driver = fram_driver_new (&config, NULL, &error);
  g_assert_no_error (error);
  fram_driver_set_memory (host.driver, &memory, &host);
  options.servers[0].uri = uri;
  g_assert_cmpuint (fram_broker_create_session (fram_driver_get_broker (host.driver),
                                                &options, fram_driver_now (), &error),
                    !=, 0);
  g_assert_no_error (error);
  fram_driver_kick (host.driver);
  while (host.answers->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (g_ptr_array_index (host.answers, 0), ==, expected);

  g_source_remove (patience);
  fram_driver_free (host.driver);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_ptr_array_unref (host.answers);
}

static void
test_service_tls (void)
{
  expect_answer ("stuns:stun.example", "stuns:stun.example TLS " SERVER ":5350");
}

/* SRV records for UDP lead elsewhere than those for TCP. */
static void
test_service_tcp (void)
{
  expect_answer ("stun:stun.example", "stun:stun.example TCP " SERVER ":3479");
}

static void
test_name_and_port (void)
{
  expect_answer ("stun:plain.example:3479",
                 "stun:plain.example:3479 TCP " SERVER ":3479");
}

static void
test_address (void)
{
  expect_answer ("stun:" SERVER ":3479", "stun:" SERVER ":3479 TCP " SERVER ":3479");
}

static void
make_network (void)
{
  static const char *const ips[] = { "192.0.2.1", NULL };

  namespace_run ("ip link set lo up");
  namespace_run ("ip link add eth0 type veth peer name far0");
  namespace_run ("ip addr add 192.0.2.1/24 dev eth0");
  namespace_run ("ip addr add " SERVER "/32 dev lo");
  namespace_run ("ip link set far0 up");
  namespace_run ("ip link set eth0 up");
  namespace_await_addresses (ips);
}

int
main (int argc, char **argv)
{
  g_autoptr (Authority) authority = NULL;
  g_autoptr (GTlsCertificate) certificate G_GNUC_UNUSED = NULL;
  Coturn coturn;
  int result;

  g_assert_true (g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE));
  namespace_enter ();
  g_test_init (&argc, &argv, NULL);
  make_network ();
  name_server_start (records);
  authority = authority_new ();
  authority_trust (authority);
  certificate = authority_issue (authority, "stun.example", 2);
  coturn_start (&coturn, authority);
  g_test_add_func ("/discovery/service-tls", test_service_tls);
  g_test_add_func ("/discovery/service-tcp", test_service_tcp);
  g_test_add_func ("/discovery/name-and-port", test_name_and_port);
  g_test_add_func ("/discovery/address", test_address);
  result = g_test_run ();
  coturn_stop (&coturn);
  return result;
}
