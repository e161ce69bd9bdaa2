#include "io/sockaddr.h"

#include <string.h>

static socklen_t
from_ipv4 (struct sockaddr_in *ret_ipv4, const FramAddress *address)
{
  ret_ipv4->sin_family = AF_INET;
  ret_ipv4->sin_port = htons (address->port);
  memcpy (&ret_ipv4->sin_addr, address->ip, sizeof ret_ipv4->sin_addr);
  return sizeof *ret_ipv4;
}

static socklen_t
from_ipv6 (struct sockaddr_in6 *ret_ipv6, const FramAddress *address, guint32 scope)
{
  ret_ipv6->sin6_family = AF_INET6;
  ret_ipv6->sin6_port = htons (address->port);
  memcpy (&ret_ipv6->sin6_addr, address->ip, sizeof ret_ipv6->sin6_addr);
  if (fram_address_is_link_local (address))
    ret_ipv6->sin6_scope_id = address->scope != 0 ? address->scope : scope;
  return sizeof *ret_ipv6;
}

socklen_t
fram_sockaddr_from_address (FramSockaddr *ret_sockaddr, const FramAddress *address,
                            guint32 scope)
{
  g_assert (address->family != FRAM_FAMILY_NONE);

  memset (ret_sockaddr, 0, sizeof *ret_sockaddr);
  if (address->family == FRAM_FAMILY_IPV4)
    return from_ipv4 (&ret_sockaddr->ipv4, address);
  return from_ipv6 (&ret_sockaddr->ipv6, address, scope);
}

socklen_t
fram_sockaddr_from_mapped (FramSockaddr *ret_sockaddr, const FramAddress *address,
                           guint32 scope)
{
  struct sockaddr_in6 *ipv6 = &ret_sockaddr->ipv6;

  if (address->family != FRAM_FAMILY_IPV4)
    return fram_sockaddr_from_address (ret_sockaddr, address, scope);
  memset (ret_sockaddr, 0, sizeof *ret_sockaddr);
  ipv6->sin6_family = AF_INET6;
  ipv6->sin6_port = htons (address->port);
  ipv6->sin6_addr.s6_addr[10] = ipv6->sin6_addr.s6_addr[11] = 0xff;
  memcpy (&ipv6->sin6_addr.s6_addr[12], address->ip, 4);
  return sizeof *ipv6;
}

static void
init_from_mapped (FramAddress *ret_address, const struct sockaddr_in6 *ipv6)
{
  guint32 ip;

  memcpy (&ip, &ipv6->sin6_addr.s6_addr[12], sizeof ip);
  fram_address_init_ipv4 (ret_address, ntohl (ip), ntohs (ipv6->sin6_port));
}

gboolean
fram_sockaddr_to_address (const FramSockaddr *sockaddr, socklen_t length,
                          FramAddress *ret_address)
{
  if (length >= sizeof sockaddr->ipv4 && sockaddr->any.sa_family == AF_INET)
    {
      fram_address_init_ipv4 (ret_address, ntohl (sockaddr->ipv4.sin_addr.s_addr),
                              ntohs (sockaddr->ipv4.sin_port));
      return TRUE;
    }
  if (length >= sizeof sockaddr->ipv6 && sockaddr->any.sa_family == AF_INET6)
    {
      if (IN6_IS_ADDR_V4MAPPED (&sockaddr->ipv6.sin6_addr))
        {
          init_from_mapped (ret_address, &sockaddr->ipv6);
          return TRUE;
        }
      fram_address_init_ipv6 (ret_address, sockaddr->ipv6.sin6_addr.s6_addr,
                              ntohs (sockaddr->ipv6.sin6_port));
      if (fram_address_is_link_local (ret_address))
        ret_address->scope = sockaddr->ipv6.sin6_scope_id;
      return TRUE;
    }
  return FALSE;
}

GSocketAddress *
fram_sockaddr_new_gio (const FramAddress *address)
{
  FramSockaddr sockaddr;
  socklen_t length = fram_sockaddr_from_address (&sockaddr, address, address->scope);

  return g_socket_address_new_from_native (&sockaddr, length);
}

gboolean
fram_sockaddr_from_gio (GSocketAddress *gio, FramAddress *ret_address)
{
  FramSockaddr sockaddr = { 0 };

  return g_socket_address_to_native (gio, &sockaddr, sizeof sockaddr, NULL)
         && fram_sockaddr_to_address (&sockaddr, sizeof sockaddr, ret_address);
}
