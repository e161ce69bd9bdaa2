#include "io/dscp.h"

#include <netinet/in.h>
#include <string.h>

/* The two bits below are those of congestion (RFC 3168). */
static int
get_octet (guint8 dscp)
{
  return dscp << 2;
}

void
fram_dscp_write (struct cmsghdr *control, FramFamily family, guint8 dscp)
{
  int octet = get_octet (dscp);

  control->cmsg_level = family == FRAM_FAMILY_IPV6 ? IPPROTO_IPV6 : IPPROTO_IP;
  control->cmsg_type = family == FRAM_FAMILY_IPV6 ? IPV6_TCLASS : IP_TOS;
  control->cmsg_len = CMSG_LEN (sizeof octet);
  memcpy (CMSG_DATA (control), &octet, sizeof octet);
}

void
fram_dscp_set (int fd, guint8 dscp)
{
  int octet = get_octet (dscp);

  /* An IPv6 socket may send to IPv4 addresses, and has both; an IPv4 socket refuses one. */
  setsockopt (fd, IPPROTO_IP, IP_TOS, &octet, sizeof octet);
  setsockopt (fd, IPPROTO_IPV6, IPV6_TCLASS, &octet, sizeof octet);
}
