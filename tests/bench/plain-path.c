#include "plain-path.h"

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

void
plain_path_open_sockets (const Places *places, int ret_fds[2])
{
  struct sockaddr_in one, other;

  ret_fds[0] = open_socket (places->addresses[0], &one);
  places_enter_other ();
  ret_fds[1] = open_socket (places->addresses[1], &other);
  places_leave ();
  join (ret_fds[0], &other);
  join (ret_fds[1], &one);
}

void
plain_path_open (const Places *places, SocketWay way, TrafficEnd *sender,
                 TrafficEnd *receiver)
{
  int fds[2];

  plain_path_open_sockets (places, fds);
  socket_path_init (sender, fds[0], way);
  socket_path_init (receiver, fds[1], way);
}

void
plain_path_close (TrafficEnd *sender, TrafficEnd *receiver)
{
  socket_path_clear (sender);
  socket_path_clear (receiver);
}

void
plain_path_measure_beside (const Places *places, TrafficEnd *sender, TrafficEnd *receiver,
                           const pid_t *services)
{
  TrafficEnd plain_sender, plain_receiver;
  const TrafficPath path = { sender, receiver, services };
  const TrafficPath plain = { &plain_sender, &plain_receiver, NULL };

  plain_path_open (places, SOCKET_SINGLE, &plain_sender, &plain_receiver);
  traffic_measure (&path, &plain);
  plain_path_close (&plain_sender, &plain_receiver);
}
