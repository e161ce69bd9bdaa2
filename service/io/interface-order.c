#include "io/interface-order.h"

#include "broker/broker.h"
#include "io/sockaddr.h"

#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  const FramAddress *addresses;
  guint n;
} Preferred;

/* Connecting a UDP socket asks the routing table and sends nothing. */
static gboolean
find_source (const char *destination, FramAddress *ret_source)
{
  FramAddress address;
  FramSockaddr sockaddr;
  socklen_t length;
  gboolean found = FALSE;
  int fd;

  fram_address_parse_ip (&address, destination, 9);
  length = fram_sockaddr_from_address (&sockaddr, &address, 0);
  fd = socket (sockaddr.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return FALSE;
  if (connect (fd, &sockaddr.any, length) == 0)
    {
      length = sizeof sockaddr;
      found = getsockname (fd, &sockaddr.any, &length) == 0
              && fram_sockaddr_to_address (&sockaddr, length, ret_source);
      ret_source->port = 0;
    }
  close (fd);
  return found;
}

guint
fram_interfaces_find_preferred (FramAddress ret_sources[2])
{
  guint n = 0;

  /* Documentation addresses (RFC 5737, RFC 3849): as far as the default route. */
  n += find_source ("2001:db8::1", &ret_sources[n]);
  n += find_source ("192.0.2.1", &ret_sources[n]);
  return n;
}

static guint
get_rank (const FramInterfaceAddress *row, const Preferred *preferred)
{
  if ((row->flags & FRAM_INTERFACE_LOOPBACK) != 0)
    return 4;
  if (fram_address_is_link_local (&row->address))
    return 3;
  for (guint i = 0; i < preferred->n; i++)
    if (fram_address_equal_ip (&row->address, &preferred->addresses[i]))
      return 0;
  return (row->flags & (FRAM_INTERFACE_POINT_TO_POINT | FRAM_INTERFACE_TUNNEL)) != 0 ? 2
                                                                                     : 1;
}

static gint
compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const FramInterfaceAddress *row = a, *other = b;
  gint ranks = (gint) get_rank (row, user_data) - (gint) get_rank (other, user_data);
  gint families = (gint) other->address.family - (gint) row->address.family;
  gint lasting = (gint) (other->flags & FRAM_INTERFACE_TEMPORARY)
                 - (gint) (row->flags & FRAM_INTERFACE_TEMPORARY);

  if (ranks != 0)
    return ranks;
  if (families != 0)
    return families;
  if (lasting != 0)
    return lasting;
  if (row->index != other->index)
    return row->index < other->index ? -1 : 1;
  return fram_address_compare (&row->address, &other->address);
}

void
fram_interfaces_sort (GArray *addresses, const FramAddress *preferred, guint n_preferred)
{
  Preferred list = { .addresses = preferred, .n = n_preferred };

  g_array_sort_with_data (addresses, compare, &list);
}
