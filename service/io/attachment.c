#include "io/attachment.h"

#include <string.h>

/* The other bits of the address become zero. */
static FramAddress
cut (const FramAddress *address, guint prefix_length)
{
  FramAddress prefix = { .family = address->family };
  guint bits = MIN (prefix_length, address->family == FRAM_FAMILY_IPV4 ? 32u : 128u);

  memcpy (prefix.ip, address->ip, bits / 8);
  if (bits % 8 != 0)
    prefix.ip[bits / 8] = address->ip[bits / 8] & (guint8) (0xff00u >> bits % 8);
  return prefix;
}

/* Less is better. */
static guint
get_rank (const FramHostAddress *address, const FramDefaultRoute *route)
{
  FramAddress prefix = cut (&address->address, address->prefix_length);
  FramAddress towards = cut (&route->gateway, address->prefix_length);

  if (fram_address_equal_ip (&address->address, &route->source))
    return 0;
  if (fram_address_equal_ip (&prefix, &towards))
    return 1;
  return (address->flags & IFA_F_DEPRECATED) != 0 ? 3 : 2;
}

/* Addresses that are not usable yet count, for their prefix is certain; and of several, the
 * order in which they came does not. */
static void
find_prefix (const FramHostTables *tables, const FramDefaultRoute *route,
             FramNetworkIdentity *identity)
{
  guint best = G_MAXUINT;

  for (guint i = 0; i < tables->addresses->len; i++)
    {
      const FramHostAddress *address
          = &g_array_index (tables->addresses, FramHostAddress, i);
      FramAddress prefix = cut (&address->address, address->prefix_length);
      guint rank = get_rank (address, route);

      if (address->index != route->index || address->address.family != route->family
          || fram_address_is_link_local (&address->address) || rank > best
          || (rank == best && fram_address_compare (&prefix, &identity->prefix) >= 0))
        continue;
      best = rank;
      identity->prefix = prefix;
      identity->prefix_length = address->prefix_length;
    }
}

static const FramDefaultRoute *
find_route (const FramHostTables *tables)
{
  const FramDefaultRoute *route
      = fram_default_routes_find (tables->routes, FRAM_FAMILY_IPV4, tables->links);

  return route != NULL
             ? route
             : fram_default_routes_find (tables->routes, FRAM_FAMILY_IPV6, tables->links);
}

void
fram_attachment_find (FramAttachment *ret_attachment, const FramHostTables *tables)
{
  const FramDefaultRoute *route = find_route (tables);
  const FramLink *link;

  memset (ret_attachment, 0, sizeof *ret_attachment);
  if (route == NULL)
    return;
  link = fram_links_find (tables->links, route->index);
  ret_attachment->index = route->index;
  g_strlcpy (ret_attachment->identity.interface, link->name,
             sizeof ret_attachment->identity.interface);
  find_prefix (tables, route, &ret_attachment->identity);
  if (link->has_neighbours)
    ret_attachment->gateway = route->gateway;
  else
    ret_attachment->is_known = ret_attachment->identity.prefix.family != FRAM_FAMILY_NONE;
}

gboolean
fram_attachment_equal (const FramAttachment *a, const FramAttachment *b)
{
  return a->index == b->index && fram_address_equal_ip (&a->gateway, &b->gateway)
         && a->identity.prefix_length == b->identity.prefix_length
         && fram_address_equal_ip (&a->identity.prefix, &b->identity.prefix)
         && strcmp (a->identity.interface, b->identity.interface) == 0;
}

gboolean
fram_attachment_has_gateway (const FramAttachment *attachment,
                             const FramNeighbour *neighbour)
{
  return attachment->gateway.family != FRAM_FAMILY_NONE
         && attachment->index == neighbour->index
         && fram_address_equal_ip (&attachment->gateway, &neighbour->address);
}

void
fram_attachment_resolve (FramAttachment *attachment, const guint8 *link_address,
                         gsize length)
{
  memset (attachment->identity.gateway, 0, sizeof attachment->identity.gateway);
  memcpy (attachment->identity.gateway, link_address, length);
  attachment->identity.gateway_length = length;
  attachment->is_known = TRUE;
}

const FramNetworkIdentity *
fram_attachment_get_identity (const FramAttachment *attachment)
{
  return attachment->is_known ? &attachment->identity : NULL;
}
