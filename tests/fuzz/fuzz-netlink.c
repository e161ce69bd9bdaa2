/* What the kernel might say of the host's networks, were it not the kernel: nothing is read
 * beyond its messages, and what is made of them keeps its bounds. */
#include "io/attachment.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

typedef struct
{
  FramHostTables tables;
  FramNeighbour neighbour; /* the last one */
} Host;

static void
check_link (const FramLink *link)
{
  g_assert (link->index != 0);
  g_assert (strnlen (link->name, sizeof link->name) < sizeof link->name);
  g_assert (strnlen (link->kind, sizeof link->kind) < sizeof link->kind);
}

static void
check_route (const FramDefaultRoute *route)
{
  g_assert (route->index != 0 && route->preference <= 2);
  g_assert (route->family == FRAM_FAMILY_IPV4 || route->family == FRAM_FAMILY_IPV6);
  g_assert (route->gateway.scope == 0 && route->gateway.port == 0);
}

static void
visit (const struct nlmsghdr *message, gpointer user_data)
{
  Host *host = user_data;
  FramHostAddress address;
  FramDefaultRoute route;
  FramLink link;

  if (fram_link_parse (message, &link))
    {
      check_link (&link);
      g_hash_table_insert (host->tables.links, GUINT_TO_POINTER (link.index),
                           g_memdup2 (&link, sizeof link));
    }
  if (fram_host_address_parse (message, &address))
    g_array_append_val (host->tables.addresses, address);
  if (fram_default_route_parse (message, &route))
    {
      check_route (&route);
      g_array_append_val (host->tables.routes, route);
    }
  if (fram_neighbour_parse (message, &host->neighbour))
    g_assert (host->neighbour.length <= FRAM_LINK_ADDRESS_MAX);
}

static void
check_attachment (Host *host)
{
  FramAttachment attachment, again;

  fram_attachment_find (&attachment, &host->tables);
  fram_attachment_find (&again, &host->tables);
  g_assert (fram_attachment_equal (&attachment, &again));
  if (attachment.index == 0)
    g_assert (!attachment.is_known);
  if (fram_attachment_has_gateway (&attachment, &host->neighbour)
      && host->neighbour.length > 0)
    {
      fram_attachment_resolve (&attachment, host->neighbour.link_address,
                               host->neighbour.length);
      g_assert (fram_attachment_get_identity (&attachment) == &attachment.identity);
    }
  g_assert (fram_network_identity_equal (&attachment.identity, &attachment.identity));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  /* As aligned as the buffer that the kernel fills. */
  g_autofree guint8 *bytes = g_memdup2 (data, size);
  Host host
      = { .tables = { .links = g_hash_table_new_full (NULL, NULL, NULL, g_free),
                      .addresses = g_array_new (FALSE, FALSE, sizeof (FramHostAddress)),
                      .routes = g_array_new (FALSE, FALSE, sizeof (FramDefaultRoute)) } };
  GHashTableIter iter;
  gpointer link;

  fram_netlink_visit (bytes, size, visit, &host);
  g_hash_table_iter_init (&iter, host.tables.links);
  while (g_hash_table_iter_next (&iter, NULL, &link))
    {
      fram_link_is_tunnel (link);
      fram_link_is_virtual (link, host.tables.links);
    }
  check_attachment (&host);
  fram_host_tables_clear (&host.tables);
  return 0;
}
