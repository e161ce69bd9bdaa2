/* A host on two networks: what a base sends leaves by the base's own interface, to where it
 * has an address that belongs there. */
#include "namespace.h"
#include "io/interface-way.h"
#include "io/interfaces.h"
#include "io/plane.h"

#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WAIT_SECONDS 20

/* --- Which one ----------------------------------------------------------------------- */

static void
test_choice (void)
{
  static const struct
  {
    const char *ip;
    guint32 index;
    FramInterfaceFlags flags;
    guint32 alone, behind_tunnel; /* what is chosen */
  } rows[] = {
    { "192.0.2.1", 3, FRAM_INTERFACE_NONE, 0, 0 },
    { "198.51.100.1", 4, FRAM_INTERFACE_NONE, 4, 0 },
    { "192.0.2.7", 3, FRAM_INTERFACE_NONE, 0, 0 },
    { "2001:db8::1", 4, FRAM_INTERFACE_NONE, 0, 0 },
    { "2001:db8:1::1", 5, FRAM_INTERFACE_POINT_TO_POINT, 5, 5 },
    { "172.17.0.1", 6, FRAM_INTERFACE_VIRTUAL, 0, 0 },
    { "fe80::1", 5, FRAM_INTERFACE_NONE, 0, 0 },
    { "127.0.0.1", 1, FRAM_INTERFACE_LOOPBACK, 0, 0 },
  };
  FramInterfaceAddress list[G_N_ELEMENTS (rows) + 1] = { 0 };
  FramAddress stranger;

  list[0].index = 9;
  list[0].flags = FRAM_INTERFACE_TUNNEL;
  g_assert_true (fram_address_parse_ip (&list[0].address, "203.0.113.1", 0));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      list[i + 1].index = rows[i].index;
      list[i + 1].flags = rows[i].flags;
      g_assert_true (fram_address_parse_ip (&list[i + 1].address, rows[i].ip, 0));
    }
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].ip);
      g_assert_cmpuint (
          fram_interface_way_find (list + 1, G_N_ELEMENTS (rows), &list[i + 1].address),
          ==, rows[i].alone);
      g_assert_cmpuint (
          fram_interface_way_find (list, G_N_ELEMENTS (list), &list[i + 1].address), ==,
          rows[i].behind_tunnel);
    }
  g_assert_true (fram_address_parse_ip (&stranger, "198.51.100.2", 0));
  g_assert_cmpuint (fram_interface_way_find (list + 1, G_N_ELEMENTS (rows), &stranger),
                    ==, 0);
  g_assert_cmpuint (fram_interface_way_find (NULL, 0, &stranger), ==, 0);
}

/* --- Where it goes ------------------------------------------------------------------- */

/* The far ends of both links, in the same namespace: they see what arrives. */
typedef struct
{
  FramPlane *plane;
  GMainContext *context;
  int far[2];
  const char *destination;
  guint8 mark; /* of the last datagram */
} Homes;

static void
on_receive (gpointer user_data, FramBaseId base, const FramAddress *remote,
            const guint8 *data, gsize length)
{
}

static void
on_unreachable (gpointer user_data, FramBaseId base, const FramAddress *remote)
{
}

static void
on_turn_ended (gpointer user_data)
{
}

static gboolean
on_data_moved (gpointer user_data)
{
  return TRUE;
}

static int
open_far_end (const char *interface, guint16 protocol)
{
  const struct sockaddr_ll address = { .sll_family = AF_PACKET,
                                       .sll_protocol = g_htons (protocol),
                                       .sll_ifindex = (int) if_nametoindex (interface) };
  const struct timeval limit = { .tv_sec = WAIT_SECONDS };
  int fd = socket (AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), ==, 0);
  g_assert_cmpint (bind (fd, (const struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

static void
tell_interfaces (Homes *homes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) interfaces = fram_interfaces_read (&error);

  g_assert_no_error (error);
  fram_plane_set_interfaces (
      homes->plane, (const FramInterfaceAddress *) interfaces->data, interfaces->len);
}

static void
homes_init (Homes *homes, gboolean is_ipv6)
{
  static const FramPlaneOwner owner
      = { on_receive, on_unreachable, on_turn_ended, on_data_moved };
  static const char *const expected[]
      = { "10.1.0.2", "10.2.0.2", "2001:db8:1::2", "2001:db8:2::2", NULL };
  g_autoptr (GError) error = NULL;

  namespace_enter ();
  namespace_run_batch ("link set lo up\n"
                       "link add eth1 type veth peer name far1\n"
                       "link add eth2 type veth peer name far2\n"
                       "link set far1 up\n"
                       "link set far2 up\n"
                       "link set eth1 up\n"
                       "link set eth2 up\n"
                       "addr add 10.1.0.2/24 dev eth1\n"
                       "addr add 10.2.0.2/24 dev eth2\n"
                       "addr add 2001:db8:1::2/64 dev eth1 nodad\n"
                       "addr add 2001:db8:2::2/64 dev eth2 nodad\n"
                       "neigh replace 10.1.0.1 lladdr 02:00:00:00:00:01 dev eth1\n"
                       "neigh replace 10.2.0.1 lladdr 02:00:00:00:00:02 dev eth2\n"
                       "neigh replace 2001:db8:1::1 lladdr 02:00:00:00:00:01 dev eth1\n"
                       "neigh replace 2001:db8:2::1 lladdr 02:00:00:00:00:02 dev eth2\n");
  namespace_await_addresses (expected);
  /* IPv6 routes wait for the carrier. */
  namespace_run_batch ("route add default via 10.1.0.1 metric 100\n"
                       "route add default via 10.2.0.1 metric 200\n"
                       "route add default via 2001:db8:1::1 metric 100\n"
                       "route add default via 2001:db8:2::1 metric 200\n");
  memset (homes, 0, sizeof *homes);
  homes->destination = is_ipv6 ? "2001:db8:9::9" : "192.0.2.9";
  homes->far[0] = open_far_end ("far1", is_ipv6 ? 0x86dd : 0x0800);
  homes->far[1] = open_far_end ("far2", is_ipv6 ? 0x86dd : 0x0800);
  homes->context = g_main_context_new ();
  homes->plane = fram_plane_new (homes->context, &owner, NULL, &error);
  g_assert_no_error (error);
}

static void
homes_clear (Homes *homes)
{
  fram_plane_free (homes->plane);
  g_main_context_unref (homes->context);
  close (homes->far[0]);
  close (homes->far[1]);
}

static void
open_base (Homes *homes, FramBaseId base, const char *ip)
{
  g_autoptr (GError) error = NULL;
  FramAddress address, bound;

  g_assert_true (fram_address_parse_ip (&address, ip, 0));
  g_assert_true (fram_plane_open_base (homes->plane, base, &address, &bound, &error));
  g_assert_no_error (error);
}

/* The last byte of what arrives; other packets of the family are not of interest. */
static guint8
receive_mark (int far)
{
  guint8 packet[2048];

  for (;;)
    {
      ssize_t n = recv (far, packet, sizeof packet, 0);
      gboolean is_ipv6 = n > 0 && packet[0] >> 4 == 6;

      g_assert_cmpint (n, >, (gssize) sizeof (struct ip));
      if (packet[is_ipv6 ? 6 : 9] == IPPROTO_UDP)
        return packet[n - 1];
    }
}

static void
expect_way (Homes *homes, FramBaseId base, guint far)
{
  guint8 mark = ++homes->mark;
  FramAddress remote;

  g_assert_true (fram_address_parse_ip (&remote, homes->destination, 3478));
  fram_plane_transmit (homes->plane, base, &remote, 0, &mark, 1);
  fram_plane_flush (homes->plane);
  g_assert_cmpuint (receive_mark (homes->far[far]), ==, mark);
}

static void
test_ways (gconstpointer data)
{
  gboolean is_ipv6 = GPOINTER_TO_INT (data);
  Homes homes;

  homes_init (&homes, is_ipv6);
  tell_interfaces (&homes);
  open_base (&homes, 1, is_ipv6 ? "2001:db8:1::2" : "10.1.0.2");
  open_base (&homes, 2, is_ipv6 ? "2001:db8:2::2" : "10.2.0.2");
  expect_way (&homes, 1, 0);
  expect_way (&homes, 2, 1);

  /* Those that are open follow the default route. */
  namespace_run (is_ipv6 ? "ip -6 route add default via 2001:db8:2::1 metric 50"
                         : "ip route add default via 10.2.0.1 metric 50");
  tell_interfaces (&homes);
  expect_way (&homes, 1, 0);
  expect_way (&homes, 2, 1);
  homes_clear (&homes);
}

int
main (int argc, char *argv[])
{
  namespace_enter ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/two-homes/choice", test_choice);
  g_test_add_data_func ("/two-homes/ipv4", GINT_TO_POINTER (FALSE), test_ways);
  g_test_add_data_func ("/two-homes/ipv6", GINT_TO_POINTER (TRUE), test_ways);
  return g_test_run ();
}
