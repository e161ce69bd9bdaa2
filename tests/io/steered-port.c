#include "steered-port.h"

#include "io/random.h"
#include "io/sockaddr.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static FramAddress
loopback (FramFamily family)
{
  FramAddress address;

  g_assert_true (fram_address_parse_ip (
      &address, family == FRAM_FAMILY_IPV6 ? "::1" : "127.0.0.1", 0));
  return address;
}

void
port_init (Port *port, FramFamily family)
{
  g_autoptr (GError) error = NULL;
  FramAddress bind = loopback (family);

  port->family = family;
  fram_system_random_init (&port->random);
  port->service = fram_udp_socket_new (&bind, &port->address, &error);
  g_assert_no_error (error);
  g_assert_true (fram_udp_socket_is_shared (port->service));
  port->steering = fram_steering_new (fram_udp_socket_get_fd (port->service),
                                      &port->address, 0, &port->random, &error);
  g_assert_no_error (error);
}

void
port_clear (Port *port)
{
  fram_steering_free (port->steering);
  fram_udp_socket_free (port->service);
}

void
peer_init (Peer *peer, FramFamily family)
{
  FramAddress bind_to = loopback (family);
  FramSockaddr sockaddr;
  socklen_t length = fram_sockaddr_from_address (&sockaddr, &bind_to, 0);

  peer->steered = NULL;
  peer->app = -1;
  peer->fd = socket (sockaddr.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (peer->fd, &sockaddr.any, length), ==, 0);
  g_assert_cmpint (getsockname (peer->fd, &sockaddr.any, &length), ==, 0);
  g_assert_true (fram_sockaddr_to_address (&sockaddr, length, &peer->address));
}

void
peer_open (Peer *peer, Port *port)
{
  g_autoptr (GError) error = NULL;

  peer->steered = fram_steering_open (port->steering, &peer->address, &peer->app, &error);
  g_assert_no_error (error);
  fram_steered_set_data (peer->steered, peer);
}

void
peer_end (Peer *peer, Port *port)
{
  fram_steering_end (port->steering, g_steal_pointer (&peer->steered));
}

void
peer_clear (Peer *peer)
{
  close (peer->fd);
  if (peer->app >= 0)
    close (peer->app);
}

void
peer_send (const Peer *peer, const Port *port, const void *data, gsize length)
{
  FramSockaddr to;
  socklen_t to_length = fram_sockaddr_from_address (&to, &port->address, 0);

  g_assert_cmpint (sendto (peer->fd, data, length, 0, &to.any, to_length), ==, length);
}

static gboolean
has (int fd, const void *data, gsize length)
{
  guint8 bytes[2048];
  ssize_t n = recv (fd, bytes, sizeof bytes, MSG_DONTWAIT);

  return n == (ssize_t) length && memcmp (bytes, data, length) == 0;
}

gboolean
app_has (const Peer *peer, const void *data, gsize length)
{
  return has (peer->app, data, length);
}

/* The steering's own probes, which are the place that they are for, may be late: framd drops
 * them there. */
static void
drop_probes (int fd)
{
  guint32 place[2];

  while (recv (fd, place, sizeof place, MSG_DONTWAIT | MSG_PEEK) == sizeof place[0])
    recv (fd, place, sizeof place, MSG_DONTWAIT);
}

gboolean
service_has (const Port *port, const void *data, gsize length)
{
  int fd = fram_udp_socket_get_fd (port->service);

  if (length != sizeof (guint32))
    drop_probes (fd);
  return has (fd, data, length);
}

gboolean
peer_has (const Peer *peer, const void *data, gsize length)
{
  return has (peer->fd, data, length);
}

gboolean
is_empty (int fd)
{
  guint8 byte;

  return recv (fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0 && errno == EAGAIN;
}

void
app_connect (const Peer *peer, const FramAddress *to)
{
  FramSockaddr sockaddr;
  socklen_t length = fram_sockaddr_from_mapped (&sockaddr, to, 0);

  g_assert_cmpint (connect (peer->app, &sockaddr.any, length), ==, 0);
}

int
app_send (const Peer *peer, const void *data, gsize length)
{
  FramSockaddr to;
  socklen_t to_length = fram_sockaddr_from_mapped (&to, &peer->address, 0);

  if (sendto (peer->app, data, length, MSG_NOSIGNAL, &to.any, to_length)
      == (ssize_t) length)
    return 0;
  return errno;
}

typedef struct
{
  Port *port;
  guint n;
} Lost;

static void
on_lost (FramSteered *steered, gpointer user_data)
{
  Lost *lost = user_data;
  Peer *peer = fram_steered_get_data (steered);

  g_assert_true (peer->steered == steered);
  peer_end (peer, lost->port);
  lost->n++;
}

guint
port_check (Port *port)
{
  Lost lost = { .port = port };

  fram_steering_check (port->steering, on_lost, &lost);
  return lost.n;
}
