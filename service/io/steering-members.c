/* The sockets of a group: how they are made, and in which places they are. */
#include "io/steering-private.h"

#include "io/sockaddr.h"
#include "io/socket-option.h"
#include "io/udp-socket.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* The kernel gives its least: a few datagrams of a probe. */
#define BALLAST_BUFFER 1

static gboolean
attach_filter (int fd, struct sock_filter *code, guint length)
{
  const struct sock_fprog filter = { (unsigned short) length, code };

  return setsockopt (fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0;
}

/* As the service's socket: the kernel takes no other into the group. (udp_reuseport_add_sock) */
static gboolean
set_interface (const FramSteering *steering, int fd)
{
  if (steering->interface == 0)
    return TRUE;
  if (steering->address.family == FRAM_FAMILY_IPV6)
    return fram_set_option (fd, SOL_SOCKET, SO_BINDTOIFINDEX, (int) steering->interface);
  return fram_set_option (fd, IPPROTO_IP, IP_UNICAST_IF,
                          (int) g_htonl (steering->interface));
}

static int
open_socket (FramSteering *steering, guint16 port, gboolean joins)
{
  int fd = socket (AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_UDP);
  FramAddress address = steering->address;
  FramSockaddr sockaddr;
  socklen_t length;
  int code;

  address.port = port;
  length = fram_sockaddr_from_mapped (&sockaddr, &address, steering->interface);
  if (fd < 0)
    return -1;
  if (fram_set_option (fd, IPPROTO_IPV6, IPV6_V6ONLY, address.family == FRAM_FAMILY_IPV6)
      && set_interface (steering, fd)
      && (!joins || fram_set_option (fd, SOL_SOCKET, SO_REUSEPORT, 1))
      && bind (fd, &sockaddr.any, length) == 0)
    return fd;
  code = errno;
  close (fd);
  errno = code;
  return -1;
}

void
fram_steering_set_error (GError **error, int code, const char *what)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", what,
               g_strerror (code));
}

int
fram_steering_bind (FramSteering *steering, GError **error)
{
  int fd = open_socket (steering, steering->address.port, TRUE);

  if (fd < 0)
    fram_steering_set_error (error, errno, "Cannot share the port");
  return fd;
}

int
fram_steering_open_probe (FramSteering *steering, GError **error)
{
  int fd = open_socket (steering, 0, FALSE);

  if (fd < 0)
    fram_steering_set_error (error, errno,
                             "Cannot open a socket for tests of a shared port");
  return fd;
}

gboolean
fram_steering_confine (int fd, const FramAddress *remote, GError **error)
{
  struct sock_filter filter[FRAM_STEERING_FILTER_LENGTH];
  guint length = fram_steering_build_filter (filter, remote);

  if (attach_filter (fd, filter, length)
      && fram_set_option (fd, SOL_SOCKET, SO_LOCK_FILTER, 1))
    {
      fram_set_option (fd, SOL_SOCKET, SO_SNDBUF, FRAM_UDP_BUFFER_BYTES);
      fram_set_option (fd, SOL_SOCKET, SO_RCVBUF, FRAM_UDP_BUFFER_BYTES);
      /* A packet that may not be cut needs no identification (RFC 6864 §4.1), and to draw one
       * for a socket that is not connected costs the kernel a tenth of the sending.  What is too
       * long is refused, and goes through the service. */
      fram_set_option (fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
      return TRUE;
    }
  fram_steering_set_error (error, errno, "Cannot filter what a socket receives");
  return FALSE;
}

gboolean
fram_steering_add_ballast (FramSteering *steering, GError **error)
{
  struct sock_filter filter[FRAM_STEERING_FILTER_LENGTH];
  FramAddress probe = steering->frame.own;
  FramMember *member;
  int fd = fram_steering_bind (steering, error);

  if (fd < 0)
    return FALSE;
  /* Nothing but probes, whatever else happens to the group. */
  probe.port = steering->frame.probe_port;
  attach_filter (fd, filter, fram_steering_build_filter (filter, &probe));
  fram_set_option (fd, SOL_SOCKET, SO_RCVBUF, BALLAST_BUFFER);
  member = g_new0 (FramMember, 1);
  member->kind = FRAM_MEMBER_BALLAST;
  member->fd = fd;
  g_ptr_array_add (steering->places, member);
  steering->n_ballast++;
  return TRUE;
}

void
fram_steering_drop (FramSteering *steering, FramMember *member)
{
  switch (member->kind)
    {
    case FRAM_MEMBER_SERVICE:
      break;
    case FRAM_MEMBER_BALLAST:
      steering->n_ballast--;
      break;
    case FRAM_MEMBER_STEERED:
      g_ptr_array_remove_fast (steering->steered, member);
      break;
    case FRAM_MEMBER_LEAVING:
      steering->n_leaving--;
      break;
    }
  if (member->kind != FRAM_MEMBER_SERVICE)
    close (member->fd);
  g_free (member);
}
