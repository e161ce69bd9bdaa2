/* ICMP errors, as IP_RECVERR queues them. */
#include "io/sockaddr.h"
#include "io/udp-socket-private.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <string.h>

/* Those that say that a route is missing may pass; those that say that nobody listens, or
 * that somebody forbids it, do not.  "Fragmentation needed" is for the kernel. */
static gboolean
is_hard_icmp (guint8 type, guint8 code)
{
  if (type != ICMP_DEST_UNREACH)
    return FALSE;
  return code == ICMP_PROT_UNREACH || code == ICMP_PORT_UNREACH
         || code == ICMP_NET_UNKNOWN || code == ICMP_HOST_UNKNOWN || code == ICMP_NET_ANO
         || code == ICMP_HOST_ANO || code == ICMP_PKT_FILTERED;
}

static gboolean
is_hard_icmp6 (guint8 type, guint8 code)
{
  if (type != ICMP6_DST_UNREACH)
    return FALSE;
  return code == ICMP6_DST_UNREACH_ADMIN || code == ICMP6_DST_UNREACH_BEYONDSCOPE
         || code == ICMP6_DST_UNREACH_NOPORT;
}

static gboolean
is_hard (struct msghdr *header)
{
  struct cmsghdr *control;
  struct sock_extended_err details;

  for (control = CMSG_FIRSTHDR (header); control != NULL;
       control = CMSG_NXTHDR (header, control))
    {
      gboolean ipv4
          = control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_RECVERR;
      gboolean ipv6
          = control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_RECVERR;

      if (!ipv4 && !ipv6)
        continue;
      memcpy (&details, CMSG_DATA (control), sizeof details);
      if (details.ee_origin == SO_EE_ORIGIN_ICMP)
        return is_hard_icmp (details.ee_type, details.ee_code);
      if (details.ee_origin == SO_EE_ORIGIN_ICMP6)
        return is_hard_icmp6 (details.ee_type, details.ee_code);
    }
  return FALSE;
}

gboolean
fram_udp_socket_take_error (FramUdpSocket *udp, FramUdpError *ret_error)
{
  /* The error itself and the address of who reported it. */
  union
  {
    char bytes[CMSG_SPACE (sizeof (struct sock_extended_err) + sizeof (FramSockaddr))];
    struct cmsghdr align;
  } control;
  FramSockaddr remote;
  struct msghdr header = { .msg_name = &remote,
                           .msg_namelen = sizeof remote,
                           .msg_control = &control,
                           .msg_controllen = sizeof control };
  ssize_t n;

  do
    n = recvmsg (udp->fd, &header, MSG_ERRQUEUE | MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    {
      int code;
      socklen_t length = sizeof code;

      /* An error that is not in the queue would keep the socket ready for ever. */
      getsockopt (udp->fd, SOL_SOCKET, SO_ERROR, &code, &length);
      return FALSE;
    }

  if (!fram_sockaddr_to_address (&remote, header.msg_namelen, &ret_error->remote))
    return FALSE;
  ret_error->remote.scope = 0;
  ret_error->hard = is_hard (&header);
  return TRUE;
}
