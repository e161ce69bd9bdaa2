/* steered-traffic: the load between two shared ports, each with many sockets of applications,
 * of which one has traffic; without ICE and bus. */
#include "figures.h"
#include "io/random.h"
#include "io/sockaddr.h"
#include "io/steering.h"
#include "io/udp-socket.h"
#include "plain-path.h"

typedef struct
{
  FramUdpSocket *service;
  FramAddress address;
  FramSteering *steering;
} Port;

static void
check (gboolean done, GError *error)
{
  if (!done)
    g_error ("%s", error->message);
}

static void
open_port (Port *port, const char *address, FramRandom *random)
{
  g_autoptr (GError) error = NULL;
  FramAddress bind;

  if (!fram_address_parse_ip (&bind, address, 0))
    g_error ("“%s” is no address", address);
  port->service = fram_udp_socket_new (&bind, &port->address, &error);
  check (port->service != NULL, error);
  port->steering = fram_steering_new (fram_udp_socket_get_fd (port->service),
                                      &port->address, 0, random, &error);
  check (port->steering != NULL, error);
}

/* The others' peers are silent. */
static void
open_end (TrafficEnd *end, Port *port, const Port *other, guint n_sessions, SocketWay way)
{
  g_autoptr (GError) error = NULL;
  FramAddress remote = other->address;
  FramSockaddr peer;
  socklen_t length = fram_sockaddr_from_mapped (&peer, &remote, 0);
  int fd;

  check (fram_steering_open (port->steering, &remote, &fd, &error) != NULL, error);
  socket_path_init (end, fd, way);
  socket_path_set_peer (end, &peer.any, length);
  fram_address_parse_ip (
      &remote, remote.family == FRAM_FAMILY_IPV6 ? "2001:db8::1" : "192.0.2.1", 1);
  for (guint i = 1; i < n_sessions; i++, remote.port++)
    check (fram_steering_open (port->steering, &remote, &fd, &error) != NULL, error);
}

int
main (int argc, char **argv)
{
  TrafficEnd sender, receiver;
  Places places = places_parse ("steered-traffic", argc, argv, NULL);
  SocketWay way = socket_way_parse (places.way);
  Port one, other;
  FramRandom random;

  figures_bound_time (60);
  figures_raise_descriptor_limit ();
  fram_system_random_init (&random);
  open_port (&one, places.addresses[0], &random);
  places_enter_other ();
  open_port (&other, places.addresses[1], &random);
  open_end (&receiver, &other, &one, places.n_sessions, way);
  places_leave ();
  open_end (&sender, &one, &other, places.n_sessions, way);
  plain_path_measure_beside (&places, &sender, &receiver, NULL);
  socket_path_clear (&sender);
  socket_path_clear (&receiver);
  fram_steering_free (one.steering);
  fram_steering_free (other.steering);
  fram_udp_socket_free (one.service);
  fram_udp_socket_free (other.service);
  return 0;
}
