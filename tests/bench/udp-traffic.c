/* udp-traffic: the load over two connected UDP sockets, the measure of all other paths. */
#include "figures.h"
#include "places.h"
#include "socket-path.h"

#include <arpa/inet.h>
#include <sys/socket.h>

static int
open_socket (const char *address, struct sockaddr_in *ret_bound)
{
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in bound = { .sin_family = AF_INET };
  socklen_t length = sizeof *ret_bound;

  if (inet_pton (AF_INET, address, &bound.sin_addr) != 1
      || bind (fd, (const struct sockaddr *) &bound, sizeof bound) < 0
      || getsockname (fd, (struct sockaddr *) ret_bound, &length) < 0)
    g_error ("Cannot bind to %s", address);
  return fd;
}

static void
join (int fd, const struct sockaddr_in *peer)
{
  if (connect (fd, (const struct sockaddr *) peer, sizeof *peer) < 0)
    g_error ("Cannot connect a UDP socket");
}

int
main (int argc, char **argv)
{
  TrafficEnd sender, receiver;
  struct sockaddr_in one, other;
  Places places = places_parse ("udp-traffic", argc, argv);
  SocketWay way = socket_way_parse (places.way);
  int fd, other_fd;

  figures_bound_time (60);
  fd = open_socket (places.addresses[0], &one);
  places_enter_other ();
  other_fd = open_socket (places.addresses[1], &other);
  places_leave ();
  join (fd, &other);
  join (other_fd, &one);
  socket_path_init (&sender, fd, way);
  socket_path_init (&receiver, other_fd, way);
  traffic_measure (&sender, &receiver, NULL);
  socket_path_clear (&sender);
  socket_path_clear (&receiver);
  return 0;
}
