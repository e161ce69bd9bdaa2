#include "io/udp-socket-private.h"

#include "io/sockaddr.h"
#include "io/socket-option.h"

#include <errno.h>
#include <linux/filter.h>
#include <netinet/udp.h>
#include <unistd.h>

static void
set_options (FramUdpSocket *socket)
{
  int segment = 0;
  socklen_t length = sizeof segment;

  fram_set_option (socket->fd, SOL_SOCKET, SO_SNDBUF, FRAM_UDP_BUFFER_BYTES);
  fram_set_option (socket->fd, SOL_SOCKET, SO_RCVBUF, FRAM_UDP_BUFFER_BYTES);
  if (socket->family == FRAM_FAMILY_IPV6)
    fram_set_option (socket->fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
  else
    fram_set_option (socket->fd, IPPROTO_IP, IP_RECVERR, 1);

  socket->has_gro = fram_set_option (socket->fd, SOL_UDP, UDP_GRO, 1);
  if (getsockopt (socket->fd, SOL_UDP, UDP_SEGMENT, &segment, &length) == 0)
    socket->segment_limit = FRAM_BATCH_BYTES;
}

static gboolean
bind_to (FramUdpSocket *udp, const FramAddress *address, FramAddress *ret_bound)
{
  FramSockaddr sockaddr;
  socklen_t length = udp->share_error == 0
                         ? fram_sockaddr_from_mapped (&sockaddr, address, 0)
                         : fram_sockaddr_from_address (&sockaddr, address, 0);

  if (bind (udp->fd, &sockaddr.any, length) < 0)
    return FALSE;
  length = sizeof sockaddr;
  if (getsockname (udp->fd, &sockaddr.any, &length) < 0)
    return FALSE;
  return fram_sockaddr_to_address (&sockaddr, length, ret_bound);
}

static void
open_plain (FramUdpSocket *udp)
{
  int family = udp->family == FRAM_FAMILY_IPV6 ? AF_INET6 : AF_INET;

  udp->fd = socket (family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_UDP);
  if (udp->fd >= 0 && udp->family == FRAM_FAMILY_IPV6)
    fram_set_option (udp->fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
}

/* The group has its program before the port: no packet ever finds it without, and a port at
 * which there is a group already is refused by the kernel. */
static gboolean
open_shared (FramUdpSocket *udp)
{
  static struct sock_filter to_the_first = { BPF_RET | BPF_K, 0, 0, 0 };
  static const struct sock_fprog program = { 1, &to_the_first };

  udp->fd = socket (AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_UDP);
  if (udp->fd >= 0
      && fram_set_option (udp->fd, IPPROTO_IPV6, IPV6_V6ONLY,
                          udp->family == FRAM_FAMILY_IPV6)
      && fram_set_option (udp->fd, SOL_SOCKET, SO_REUSEPORT, 1)
      && setsockopt (udp->fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program,
                     sizeof program)
             == 0)
    return TRUE;
  udp->share_error = errno;
  if (udp->fd >= 0)
    close (udp->fd);
  return FALSE;
}

FramUdpSocket *
fram_udp_socket_new (const FramAddress *address, FramAddress *ret_bound, GError **error)
{
  g_autoptr (FramUdpSocket) udp = g_new0 (FramUdpSocket, 1);
  char text[FRAM_ADDRESS_TEXT];

  udp->family = address->family;
  udp->scope = address->scope;
  if (!open_shared (udp))
    open_plain (udp);
  if (udp->fd >= 0)
    {
      set_options (udp);
      if (bind_to (udp, address, ret_bound))
        return g_steal_pointer (&udp);
    }

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
               "Cannot open a UDP socket at %s: %s", fram_address_to_text (address, text),
               g_strerror (errno));
  return NULL;
}

void
fram_udp_socket_free (FramUdpSocket *udp)
{
  if (udp->fd >= 0)
    close (udp->fd);
  g_free (udp);
}

/* IPV6_UNICAST_IF does not do for a socket that is bound to an address: the kernel takes it for
 * a wish.  An interface that has just gone is no loss: its addresses go too. */
void
fram_udp_socket_set_interface (FramUdpSocket *udp, guint32 index)
{
  if (udp->family == FRAM_FAMILY_IPV6)
    fram_set_option (udp->fd, SOL_SOCKET, SO_BINDTOIFINDEX, (int) index);
  else
    fram_set_option (udp->fd, IPPROTO_IP, IP_UNICAST_IF, (int) g_htonl (index));
}

int
fram_udp_socket_get_fd (const FramUdpSocket *udp)
{
  return udp->fd;
}

gboolean
fram_udp_socket_is_shared (const FramUdpSocket *udp)
{
  return udp->share_error == 0;
}

int
fram_udp_socket_get_share_error (const FramUdpSocket *udp)
{
  return udp->share_error;
}

gboolean
fram_udp_socket_has_gro (const FramUdpSocket *udp)
{
  return udp->has_gro;
}

gboolean
fram_udp_socket_has_segments (const FramUdpSocket *udp)
{
  return udp->segment_limit != 0;
}

int
fram_udp_socket_receive (FramUdpSocket *udp, FramBatch *batch)
{
  return fram_batch_receive (batch, udp->fd, FRAM_UDP_RECEIVE_MAX);
}

gboolean
fram_udp_socket_get_source (const FramBatch *batch, guint index, FramAddress *ret_source)
{
  if (!fram_batch_get_source (batch, index, ret_source))
    return FALSE;
  ret_source->scope = 0;
  return TRUE;
}
