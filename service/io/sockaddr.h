/* FramAddress to the kernel's socket addresses and back. */
#pragma once

#include "base/address.h"

#include <gio/gio.h>
#include <netinet/in.h>

/* Room for both families, a quarter of a sockaddr_storage: batches hold an array of them. */
typedef union
{
  struct sockaddr any;
  struct sockaddr_in ipv4;
  struct sockaddr_in6 ipv6;
} FramSockaddr;

/* `address` must have a family.  A link-local address without a scope of its own takes
 * `scope`, the index of an interface; candidates from a peer never name one.
 * Return: the length that goes with it. */
socklen_t fram_sockaddr_from_address (FramSockaddr *ret_sockaddr,
                                      const FramAddress *address, guint32 scope);

/* Return: (transfer full): GIO's, of a scope as above. */
GSocketAddress *fram_sockaddr_new_gio (const FramAddress *address);
/* Return: FALSE as below. */
gboolean fram_sockaddr_from_gio (GSocketAddress *gio, FramAddress *ret_address);

/* The same as an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2), for sockets of that family. */
socklen_t fram_sockaddr_from_mapped (FramSockaddr *ret_sockaddr,
                                     const FramAddress *address, guint32 scope);

/* An IPv4-mapped address becomes IPv4.
 * Return: FALSE, with `ret_address` untouched, if it is neither IPv4 nor IPv6. */
gboolean fram_sockaddr_to_address (const FramSockaddr *sockaddr, socklen_t length,
                                   FramAddress *ret_address);
