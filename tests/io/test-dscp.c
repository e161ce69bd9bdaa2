/* How what is sent is marked: seen by a socket that asks the kernel for it. */
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/sockaddr.h"
#include "plane-world.h"

#define EF 46 /* RFC 3246 */
#define AF41 34

/* Who looks at the marks. */
typedef struct
{
  World world;
  FramFamily family;
  int fd;
  FramAddress address;
} Marks;

static void
marks_init (Marks *marks, FramFamily family)
{
  FramAddress bind_to = world_loopback (family);
  FramSockaddr sockaddr;
  socklen_t length = fram_sockaddr_from_address (&sockaddr, &bind_to, 0);
  int on = 1, level = family == FRAM_FAMILY_IPV6 ? IPPROTO_IPV6 : IPPROTO_IP;

  world_init (&marks->world, family);
  marks->family = family;
  marks->fd = socket (family == FRAM_FAMILY_IPV6 ? AF_INET6 : AF_INET,
                      SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (marks->fd, &sockaddr.any, length), ==, 0);
  g_assert_cmpint (setsockopt (marks->fd, level,
                               family == FRAM_FAMILY_IPV6 ? IPV6_RECVTCLASS : IP_RECVTOS,
                               &on, sizeof on),
                   ==, 0);
  length = sizeof sockaddr;
  g_assert_cmpint (getsockname (marks->fd, &sockaddr.any, &length), ==, 0);
  g_assert_true (fram_sockaddr_to_address (&sockaddr, length, &marks->address));
  fram_plane_add_route (marks->world.a.plane, &marks->world.a.key, 1, &marks->address);
  fram_plane_set_path (marks->world.a.plane, &marks->world.a.key, 1, &marks->address);
}

static void
marks_clear (Marks *marks)
{
  close (marks->fd);
  world_clear (&marks->world);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Marks, marks_clear)

static gboolean
has_come (World *world, gpointer data)
{
  char byte;

  return recv (GPOINTER_TO_INT (data), &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
}

/* Takes the next datagram.  Return: its mark, with the two bits of congestion. */
static guint
take_octet (Marks *marks)
{
  union
  {
    char bytes[CMSG_SPACE (sizeof (int))];
    struct cmsghdr align;
  } control;
  char buffer[2000];
  struct iovec vector = { buffer, sizeof buffer };
  struct msghdr header = { .msg_iov = &vector,
                           .msg_iovlen = 1,
                           .msg_control = &control,
                           .msg_controllen = sizeof control };
  struct cmsghdr *found;
  int octet = 0;

  world_wait (&marks->world, has_come, GINT_TO_POINTER (marks->fd));
  g_assert_cmpint (recvmsg (marks->fd, &header, MSG_DONTWAIT), >, 0);
  found = CMSG_FIRSTHDR (&header);
  g_assert_nonnull (found);
  /* An octet from IPv4, a whole number from IPv6. */
  memcpy (&octet, CMSG_DATA (found), found->cmsg_len - CMSG_LEN (0));
  return (guint) octet;
}

static void
send_by_application (Marks *marks, const char *text)
{
  g_assert_cmpint (send (marks->world.a.app, text, strlen (text), 0), ==,
                   (gssize) strlen (text));
}

static void
test_data (gconstpointer data)
{
  g_auto (Marks) marks;

  marks_init (&marks, GPOINTER_TO_INT (data));
  send_by_application (&marks, "plain");
  g_assert_cmpuint (take_octet (&marks), ==, 0);
  fram_plane_set_dscp (marks.world.a.plane, &marks.world.a.key, EF);
  send_by_application (&marks, "urgent");
  g_assert_cmpuint (take_octet (&marks), ==, EF << 2);
  fram_plane_set_dscp (marks.world.a.plane, &marks.world.a.key, 0);
  send_by_application (&marks, "plain again");
  g_assert_cmpuint (take_octet (&marks), ==, 0);
}

/* Those that the kernel cuts from one run, too, and the shorter one behind them. */
static void
test_runs (gconstpointer data)
{
  g_auto (Marks) marks;

  marks_init (&marks, GPOINTER_TO_INT (data));
  fram_plane_set_dscp (marks.world.a.plane, &marks.world.a.key, AF41);
  for (guint i = 0; i < 10; i++)
    send_by_application (&marks, "as long as the others");
  send_by_application (&marks, "short");
  for (guint i = 0; i < 11; i++)
    g_assert_cmpuint (take_octet (&marks), ==, AF41 << 2);
}

/* Sessions share the socket, and not the mark. */
static void
test_shared_socket (gconstpointer data)
{
  g_auto (Marks) marks;
  FramComponentKey other = { .session = 2, .component = 1 };
  g_autoptr (GError) error = NULL;
  int app;

  marks_init (&marks, GPOINTER_TO_INT (data));
  fram_plane_set_dscp (marks.world.a.plane, &marks.world.a.key, EF);
  app = fram_plane_open_component (marks.world.a.plane, &other, &error);
  g_assert_no_error (error);
  fram_plane_set_path (marks.world.a.plane, &other, 1, &marks.address);
  g_assert_cmpint (send (app, "plain", 5, 0), ==, 5);
  g_assert_cmpuint (take_octet (&marks), ==, 0);
  send_by_application (&marks, "urgent");
  g_assert_cmpuint (take_octet (&marks), ==, EF << 2);
  close (app);
}

/* RFC 8445 §7.2.3: checks are marked as the data are. */
static void
test_checks (gconstpointer data)
{
  g_auto (Marks) marks;

  marks_init (&marks, GPOINTER_TO_INT (data));
  for (guint dscp = 0; dscp < 64; dscp += 9)
    {
      fram_plane_transmit (marks.world.a.plane, 1, &marks.address, (guint8) dscp,
                           (const guint8 *) "?", 1);
      fram_plane_flush (marks.world.a.plane);
      g_assert_cmpuint (take_octet (&marks), ==, dscp << 2);
    }
}

/* Another path, and another application's end. */
static void
test_kept (gconstpointer data)
{
  g_auto (Marks) marks;
  g_autoptr (GError) error = NULL;
  FramPlane *plane;
  int app;

  marks_init (&marks, GPOINTER_TO_INT (data));
  plane = marks.world.a.plane;
  fram_plane_set_dscp (plane, &marks.world.a.key, EF);
  fram_plane_set_path (plane, &marks.world.a.key, 0, NULL);
  fram_plane_set_path (plane, &marks.world.a.key, 1, &marks.address);
  app = fram_plane_open_component (plane, &marks.world.a.key, &error);
  g_assert_no_error (error);
  g_assert_cmpint (send (app, "urgent", 6, 0), ==, 6);
  g_assert_cmpuint (take_octet (&marks), ==, EF << 2);
  close (app);
}

/* What is wrapped for a TURN server is marked on its way there. */
static void
test_relayed (gconstpointer data)
{
  g_auto (Marks) marks;
  FramAddress relayed, peer;
  FramPlane *plane;

  marks_init (&marks, GPOINTER_TO_INT (data));
  plane = marks.world.a.plane;
  fram_address_parse_ip (&relayed, "192.0.2.1", 1000);
  fram_address_parse_ip (&peer, "192.0.2.9", 2000);
  fram_plane_add_relay (plane, 2, 1, &marks.address, &relayed);
  fram_plane_set_dscp (plane, &marks.world.a.key, EF);
  fram_plane_set_path (plane, &marks.world.a.key, 2, &peer);
  send_by_application (&marks, "by indication");
  g_assert_cmpuint (take_octet (&marks), ==, EF << 2);
  fram_plane_set_channel (plane, 2, &peer, 0x4000);
  send_by_application (&marks, "by channel");
  g_assert_cmpuint (take_octet (&marks), ==, EF << 2);
}

/* The application's own socket is marked when it gets it, and when the mark changes. */
static void
test_direct (gconstpointer data)
{
  g_auto (Marks) marks;
  g_autoptr (GError) error = NULL;
  FramSockaddr sockaddr;
  FramAddress remote;
  socklen_t length;
  FramPlane *plane;
  int direct;

  marks_init (&marks, GPOINTER_TO_INT (data));
  plane = marks.world.a.plane;
  fram_plane_set_dscp (plane, &marks.world.a.key, EF);
  direct = fram_plane_open_direct (plane, &marks.world.a.key, &remote, &error);
  g_assert_no_error (error);
  length = fram_sockaddr_from_mapped (&sockaddr, &remote, 0);
  g_assert_cmpint (sendto (direct, "urgent", 6, 0, &sockaddr.any, length), ==, 6);
  g_assert_cmpuint (take_octet (&marks), ==, EF << 2);
  fram_plane_set_dscp (plane, &marks.world.a.key, AF41);
  g_assert_cmpint (sendto (direct, "less", 4, 0, &sockaddr.any, length), ==, 4);
  g_assert_cmpuint (take_octet (&marks), ==, AF41 << 2);
  close (direct);
}

/* --- Connections ------------------------------------------------------------------- */

static void
on_opened (gpointer user_data, FramBaseId id, const FramAddress *local)
{
  *(gboolean *) user_data = TRUE;
}

static void
on_receive (gpointer user_data, FramBaseId id, const FramAddress *remote,
            const guint8 *data, gsize length)
{
}

static void
on_failed (gpointer user_data, FramBaseId id, FramStreamFailure failure,
           const char *details)
{
  g_assert_not_reached ();
}

static void
on_turn_ended (gpointer user_data)
{
}

static void
on_room (gpointer user_data, FramBaseId id)
{
}

/* The socket of this process that is connected to the address. */
static int
find_socket (const FramAddress *remote)
{
  for (int fd = 0; fd < 1024; fd++)
    {
      FramSockaddr sockaddr;
      socklen_t length = sizeof sockaddr;
      FramAddress peer;

      if (getpeername (fd, &sockaddr.any, &length) == 0
          && fram_sockaddr_to_address (&sockaddr, length, &peer)
          && fram_address_equal (&peer, remote))
        return fd;
    }
  g_assert_not_reached ();
}

static guint
get_octet (const FramAddress *remote)
{
  int octet = -1;
  socklen_t length = sizeof octet;
  gboolean ipv6 = remote->family == FRAM_FAMILY_IPV6;

  g_assert_cmpint (getsockopt (find_socket (remote), ipv6 ? IPPROTO_IPV6 : IPPROTO_IP,
                               ipv6 ? IPV6_TCLASS : IP_TOS, &octet, &length),
                   ==, 0);
  return (guint) octet;
}

/* A connection to a peer is marked as a whole, one to a server that all share is not. */
static void
check_connection (FramFamily family, gboolean to_peer, guint expected)
{
  static const FramStreamOwner owner
      = { on_opened, on_receive, on_failed, on_turn_ended, on_room };
  FramAddress bind_to = world_loopback (family), address;
  gboolean is_open = FALSE;
  FramStreamTarget target
      = { .id = 1, .transport = FRAM_KNOWN_TCP, .bind = bind_to, .to_peer = to_peer };
  FramSockaddr sockaddr;
  socklen_t length = fram_sockaddr_from_address (&sockaddr, &bind_to, 0);
  int listening = socket (family == FRAM_FAMILY_IPV6 ? AF_INET6 : AF_INET,
                          SOCK_STREAM | SOCK_CLOEXEC, 0);
  FramStream *stream;

  g_assert_cmpint (bind (listening, &sockaddr.any, length), ==, 0);
  g_assert_cmpint (listen (listening, 1), ==, 0);
  length = sizeof sockaddr;
  g_assert_cmpint (getsockname (listening, &sockaddr.any, &length), ==, 0);
  g_assert_true (fram_sockaddr_to_address (&sockaddr, length, &address));
  target.remote = address;
  stream = fram_stream_new (NULL, &target, FRAM_SECONDS (20), &owner, &is_open);
  while (!is_open)
    g_main_context_iteration (NULL, TRUE);
  fram_stream_set_dscp (stream, EF);
  g_assert_cmpuint (get_octet (&address), ==, expected);
  fram_stream_set_dscp (stream, 0);
  g_assert_cmpuint (get_octet (&address), ==, 0);
  fram_stream_close (stream);
  close (listening);
}

static void
test_connection (gconstpointer data)
{
  check_connection (GPOINTER_TO_INT (data), TRUE, EF << 2);
  check_connection (GPOINTER_TO_INT (data), FALSE, 0);
}

static void
add (const char *name, GTestDataFunc function)
{
  g_autofree char *ipv4 = g_strconcat ("/dscp/", name, "/ipv4", NULL);
  g_autofree char *ipv6 = g_strconcat ("/dscp/", name, "/ipv6", NULL);

  g_test_add_data_func (ipv4, GINT_TO_POINTER (FRAM_FAMILY_IPV4), function);
  g_test_add_data_func (ipv6, GINT_TO_POINTER (FRAM_FAMILY_IPV6), function);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("data", test_data);
  add ("runs", test_runs);
  add ("shared-socket", test_shared_socket);
  add ("checks", test_checks);
  add ("kept", test_kept);
  g_test_add_data_func ("/dscp/relayed", GINT_TO_POINTER (FRAM_FAMILY_IPV4),
                        test_relayed);
  add ("direct", test_direct);
  add ("connection", test_connection);
  return g_test_run ();
}
