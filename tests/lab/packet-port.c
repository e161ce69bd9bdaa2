#include "packet-port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <sys/socket.h>

G_STATIC_ASSERT (sizeof (struct virtio_net_hdr) == PACKET_PORT_HEADER);

/* Enough for what comes while we are not given a processor. */
#define RECEIVE_BUFFER (16 * 1024 * 1024)

static gboolean
set_up (int port, int index)
{
  const struct sockaddr_ll address = {
    .sll_family = AF_PACKET,
    .sll_protocol = htons (ETH_P_ALL),
    .sll_ifindex = index,
  };
  const struct packet_mreq all = { .mr_ifindex = index, .mr_type = PACKET_MR_PROMISC };
  const int on = 1, size = RECEIVE_BUFFER;

  /* Only the machine's root may have so much; others get what there is. */
  if (setsockopt (port, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0)
    setsockopt (port, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  return setsockopt (port, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on) == 0
         && setsockopt (port, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) == 0
         && bind (port, (const struct sockaddr *) &address, sizeof address) == 0
         && setsockopt (port, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all) == 0;
}

int
packet_port_open (const char *interface, GError **error)
{
  /* Without a protocol it hears nothing until it is bound to its interface. */
  int port = socket (AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int index = (int) if_nametoindex (interface);
  int code;

  if (port >= 0 && index > 0 && set_up (port, index))
    return port;
  code = errno;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "Interface %s: %s",
               interface, g_strerror (code));
  if (port >= 0)
    g_close (port, NULL);
  return -1;
}

PacketPortOutcome
packet_port_take (int port, guint8 *buffer, gsize *ret_length)
{
  gssize length = recv (port, buffer, PACKET_PORT_MAX, 0);

  if (length > PACKET_PORT_HEADER)
    {
      *ret_length = (gsize) length;
      return PACKET_PORT_FRAME;
    }
  return length < 0 && errno == ENETDOWN ? PACKET_PORT_GONE : PACKET_PORT_NOTHING;
}

void
packet_port_put (int port, const guint8 *data, gsize length)
{
  if (send (port, data, length, 0) < 0)
    g_debug ("A frame of %zu bytes is lost: %s", length, g_strerror (errno));
}
