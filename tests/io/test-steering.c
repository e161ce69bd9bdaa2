/* The direct path of a shared port: who gets what. */
#include "steered-port.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const guint8 stun[20] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3 };

static void
test_each_gets_its_own (gconstpointer data)
{
  g_auto (Port) port;
  Peer peers[3], stranger;

  port_init (&port, GPOINTER_TO_INT (data));
  peer_init (&stranger, port.family);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      peer_init (&peers[i], port.family);
      peer_open (&peers[i], &port);
    }
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      peer_send (&peers[i], &port, &i, sizeof i);
      peer_send (&peers[i], &port, "", 0);
      g_assert_true (app_has (&peers[i], &i, sizeof i));
      g_assert_true (app_has (&peers[i], "", 0));
      peer_send (&peers[i], &port, stun, sizeof stun);
      g_assert_true (service_has (&port, stun, sizeof stun));
      g_assert_cmpint (app_send (&peers[i], "back", 4), ==, 0);
      g_assert_true (peer_has (&peers[i], "back", 4));
    }
  peer_send (&stranger, &port, "who", 3);
  g_assert_true (service_has (&port, "who", 3));
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      g_assert_true (is_empty (peers[i].app));
      peer_clear (&peers[i]);
    }
  g_assert_true (is_empty (fram_udp_socket_get_fd (port.service)));
  peer_clear (&stranger);
}

/* Nearly STUN is data, whatever it is. */
static void
test_what_is_no_stun (gconstpointer data)
{
  g_auto (Port) port;
  guint8 bytes[20];
  Peer peer;

  port_init (&port, GPOINTER_TO_INT (data));
  peer_init (&peer, port.family);
  peer_open (&peer, &port);

  peer_send (&peer, &port, stun, 19);
  g_assert_true (app_has (&peer, stun, 19));
  memcpy (bytes, stun, sizeof bytes);
  bytes[0] = 4;
  peer_send (&peer, &port, bytes, sizeof bytes);
  g_assert_true (app_has (&peer, bytes, sizeof bytes));
  memcpy (bytes, stun, sizeof bytes);
  bytes[7] ^= 1;
  peer_send (&peer, &port, bytes, sizeof bytes);
  g_assert_true (app_has (&peer, bytes, sizeof bytes));
  memcpy (bytes, stun, sizeof bytes);
  bytes[0] = 3;
  peer_send (&peer, &port, bytes, sizeof bytes);
  g_assert_true (service_has (&port, bytes, sizeof bytes));
  peer_clear (&peer);
}

/* Options move the header that holds the port. */
static void
test_ipv4_options (void)
{
  static const guint8 options[] = { IPOPT_NOP, IPOPT_NOP, IPOPT_NOP, IPOPT_END };
  g_auto (Port) port;
  Peer peer;

  port_init (&port, FRAM_FAMILY_IPV4);
  peer_init (&peer, port.family);
  peer_open (&peer, &port);
  g_assert_cmpint (setsockopt (peer.fd, IPPROTO_IP, IP_OPTIONS, options, sizeof options),
                   ==, 0);
  peer_send (&peer, &port, "data", 4);
  g_assert_true (app_has (&peer, "data", 4));
  peer_send (&peer, &port, stun, sizeof stun);
  g_assert_true (service_has (&port, stun, sizeof stun));
  peer_clear (&peer);
}

static void
test_as_many_as_it_may (gconstpointer data)
{
  g_auto (Port) port;
  g_autofree Peer *peers = g_new (Peer, FRAM_STEERING_MAX + 1);
  g_autoptr (GError) error = NULL;
  Peer *last = &peers[FRAM_STEERING_MAX];

  port_init (&port, GPOINTER_TO_INT (data));
  for (guint i = 0; i < FRAM_STEERING_MAX; i++)
    {
      peer_init (&peers[i], port.family);
      peer_open (&peers[i], &port);
    }
  g_assert_cmpuint (fram_steering_count (port.steering), ==, FRAM_STEERING_MAX);
  peer_init (last, port.family);
  g_assert_null (fram_steering_open (port.steering, &last->address, &last->app, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  for (guint i = 0; i < FRAM_STEERING_MAX; i++)
    {
      peer_send (&peers[i], &port, &i, sizeof i);
      peer_send (&peers[i], &port, stun, sizeof stun);
      g_assert_true (app_has (&peers[i], &i, sizeof i));
      g_assert_true (service_has (&port, stun, sizeof stun));
    }

  /* One ends: there is room for another. */
  peer_end (&peers[7], &port);
  close (peers[7].app);
  peers[7].app = -1;
  peer_open (last, &port);
  peer_send (last, &port, "late", 4);
  g_assert_true (app_has (last, "late", 4));
  g_assert_cmpuint (port_check (&port), ==, 0);
  for (guint i = 0; i <= FRAM_STEERING_MAX; i++)
    {
      peer_send (&peers[i], &port, &i, sizeof i);
      g_assert_true (i == 7 ? service_has (&port, &i, sizeof i)
                            : app_has (&peers[i], &i, sizeof i));
      peer_clear (&peers[i]);
    }
}

/* Nothing goes either way, whatever the application still tries. */
static void
test_end_holds_in_the_kernel (gconstpointer data)
{
  g_auto (Port) port;
  Peer peer, other;
  struct sockaddr nobody = { .sa_family = AF_UNSPEC };

  port_init (&port, GPOINTER_TO_INT (data));
  peer_init (&peer, port.family);
  peer_init (&other, port.family);
  peer_open (&peer, &port);
  peer_open (&other, &port);
  g_assert_cmpint (app_send (&peer, "before", 6), ==, 0);
  g_assert_true (peer_has (&peer, "before", 6));
  peer_end (&peer, &port);

  g_assert_cmpint (app_send (&peer, "after", 5), ==, EPIPE);
  app_connect (&peer, &peer.address);
  g_assert_cmpint (send (peer.app, "after", 5, MSG_NOSIGNAL), ==, -1);
  g_assert_cmpint (errno, ==, EPIPE);
  g_assert_cmpint (connect (peer.app, &nobody, sizeof nobody), ==, 0);
  g_assert_cmpint (app_send (&peer, "after", 5), ==, EPIPE);
  g_assert_true (is_empty (peer.fd));

  port_check (&port);
  peer_send (&other, &port, "mine", 4);
  g_assert_true (app_has (&other, "mine", 4));
  g_assert_cmpint (app_send (&other, "still", 5), ==, 0);
  g_assert_true (peer_has (&other, "still", 5));
  peer_clear (&peer);
  peer_clear (&other);
}

static void
test_end_of_reception (gconstpointer data)
{
  g_auto (Port) port;
  Peer peer;

  port_init (&port, GPOINTER_TO_INT (data));
  peer_init (&peer, port.family);
  peer_open (&peer, &port);
  peer_send (&peer, &port, "early", 5);
  peer_end (&peer, &port);
  peer_send (&peer, &port, "late", 4);
  g_assert_true (service_has (&port, "late", 4));
  /* What came before can still be read. */
  g_assert_true (app_has (&peer, "early", 5));
  g_assert_true (is_empty (peer.app));
  peer_clear (&peer);
}

static void
test_end_of_the_service (void)
{
  Port port;
  Peer peer;

  port_init (&port, FRAM_FAMILY_IPV4);
  peer_init (&peer, port.family);
  peer_open (&peer, &port);
  port_clear (&port);
  g_assert_cmpint (app_send (&peer, "after", 5), ==, EPIPE);
  peer_clear (&peer);
}

static void
test_descriptor (void)
{
  g_auto (Port) port;
  Peer peer;

  port_init (&port, FRAM_FAMILY_IPV4);
  peer_init (&peer, port.family);
  peer_open (&peer, &port);
  g_assert_cmpint (fcntl (peer.app, F_GETFD) & FD_CLOEXEC, ==, FD_CLOEXEC);
  g_assert_cmpint (fcntl (peer.app, F_GETFL) & O_NONBLOCK, ==, O_NONBLOCK);
  peer_clear (&peer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST_BOTH ("/steering/each-gets-its-own", test_each_gets_its_own);
  TEST_BOTH ("/steering/what-is-no-stun", test_what_is_no_stun);
  g_test_add_func ("/steering/ipv4-options", test_ipv4_options);
  TEST_BOTH ("/steering/as-many-as-it-may", test_as_many_as_it_may);
  TEST_BOTH ("/steering/end/sending", test_end_holds_in_the_kernel);
  TEST_BOTH ("/steering/end/receiving", test_end_of_reception);
  g_test_add_func ("/steering/end/service", test_end_of_the_service);
  g_test_add_func ("/steering/descriptor", test_descriptor);
  return g_test_run ();
}
