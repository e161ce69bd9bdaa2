/* What is known of the network, as rows that can be shown. */
#include "broker/network-snapshot.h"

#include "broker/broker-private.h"

const char *
fram_interface_use_to_word (FramInterfaceUse use)
{
  switch (use)
    {
    case FRAM_INTERFACE_USED:
      return "used";
    case FRAM_INTERFACE_UNUSED_LOOPBACK:
      return "loopback";
    case FRAM_INTERFACE_UNUSED_LINK_LOCAL:
      return "link-local";
    case FRAM_INTERFACE_UNUSED_VIRTUAL:
      return "virtual";
    case FRAM_INTERFACE_UNUSED_DEPRECATED:
      return "deprecated";
    case FRAM_INTERFACE_UNUSED_OBSOLETE:
      return "obsolete";
    case FRAM_INTERFACE_UNUSED_TRACEABLE:
      return "traceable";
    case FRAM_INTERFACE_UNUSED_VPN:
      return "vpn";
    case FRAM_INTERFACE_UNUSED_DENIED:
      return "denied";
    case FRAM_INTERFACE_UNUSED_FAMILY:
      return "family";
    case FRAM_INTERFACE_UNUSED_FAILED:
      return "failed";
    }
  g_assert_not_reached ();
}

static FramTime
age (FramTime when, FramTime now)
{
  return when == FRAM_NETWORK_NEVER ? -1 : MAX (now - when, 0);
}

/* --- Interfaces -------------------------------------------------------------------- */

static FramInterfaceRow
make_interface_row (FramBroker *broker, const FramInterfaceAddress *interface,
                    FramTime now)
{
  FramFamily family = (FramFamily) interface->address.family;
  const FramNetworkNat *nat
      = fram_network_find_nat (&broker->network, interface->name, family);
  FramInterfaceRow row = {
    .interface = *interface,
    .use = fram_broker_interface_use (broker, interface),
    .behaviour_age = -1,
    .dies = FRAM_TIME_NEVER,
    .keepalive = fram_network_get_keepalive (&broker->network, interface->name, family),
    .is_checking = fram_broker_is_probing (broker, interface),
  };

  if (nat == NULL)
    return row;
  row.behaviour_age = age (nat->found, now);
  if (row.behaviour_age >= 0)
    row.behaviour = nat->behaviour;
  row.lives = nat->alive;
  row.dies = nat->dead;
  return row;
}

GArray *
fram_broker_list_interfaces (FramBroker *broker, FramTime now)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (FramInterfaceRow));

  for (guint i = 0; i < broker->told->len; i++)
    {
      FramInterfaceRow row = make_interface_row (
          broker, &g_array_index (broker->told, FramInterfaceAddress, i), now);

      g_array_append_val (rows, row);
    }
  return rows;
}

/* --- Servers ----------------------------------------------------------------------- */

static void
add_known_servers (FramBroker *broker, GArray *rows, FramTime now)
{
  for (guint i = 0; i < broker->network.servers->len; i++)
    {
      const FramNetworkServer *server = g_ptr_array_index (broker->network.servers, i);
      FramServerRow row = {
        .server = { .uri = server->uri,
                    .address = server->address,
                    .transport = server->transport,
                    .rtt = server->rtt,
                    .successes = server->successes,
                    .failures = server->failures,
                    .success_age = age (server->success, now),
                    .failure_age = age (server->failure, now) },
        .in_use = fram_server_table_uses (&broker->servers, server->uri),
      };

      g_array_append_val (rows, row);
    }
}

static gboolean
has_row (const GArray *rows, const char *uri, const FramAddress *address)
{
  for (guint i = 0; i < rows->len; i++)
    {
      const FramServerRow *row = &g_array_index (rows, FramServerRow, i);

      if (g_str_equal (row->server.uri, uri)
          && fram_address_equal (&row->server.address, address))
        return TRUE;
    }
  return FALSE;
}

/* Those that sessions have, and of which nothing is known yet. */
static void
add_used_servers (FramBroker *broker, GArray *rows)
{
  GHashTableIter iter;
  FramServer *server;

  g_hash_table_iter_init (&iter, broker->servers.by_key);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &server))
    for (guint i = 0; i < MAX (server->n_addresses, 1) && server->n_users > 0; i++)
      {
        FramServerRow row = {
          .server = { .uri = server->uri,
                      .transport = server->parts.transport,
                      .rtt = -1,
                      .success_age = -1,
                      .failure_age = -1 },
          .in_use = TRUE,
        };

        if (i < server->n_addresses)
          row.server.address = server->addresses[i];
        if (!has_row (rows, server->uri, &row.server.address))
          g_array_append_val (rows, row);
      }
}

static gint
compare_servers (gconstpointer a, gconstpointer b)
{
  const FramServerRow *first = a, *second = b;
  gint order = g_strcmp0 (first->server.uri, second->server.uri);

  return order != 0
             ? order
             : fram_address_compare (&first->server.address, &second->server.address);
}

GArray *
fram_broker_list_servers (FramBroker *broker, FramTime now)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (FramServerRow));

  add_known_servers (broker, rows, now);
  add_used_servers (broker, rows);
  g_array_sort (rows, compare_servers);
  return rows;
}

GArray *
fram_broker_list_deaf (FramBroker *broker, FramTime now)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (FramKnownDeaf));

  for (guint i = 0; i < broker->network.ways->len; i++)
    {
      const FramNetworkWay *way = g_ptr_array_index (broker->network.ways, i);
      FramKnownDeaf row = { .interface = way->interface,
                            .uri = way->uri,
                            .family = way->family,
                            .transport = way->transport,
                            .age = age (way->deaf, now),
                            .confirmed_age = age (way->confirmed, now) };

      if (!way->doubted)
        g_array_append_val (rows, row);
    }
  return rows;
}

/* --- Mappings ---------------------------------------------------------------------- */

static gboolean
has_candidate (FramBroker *broker, const FramBaseMember *member,
               const FramMapping *mapping)
{
  FramBrokerSession *session = fram_broker_find_session (broker, member->session);
  const GPtrArray *locals
      = fram_ice_agent_get_locals (session->current->agent, member->stream);

  for (guint i = 0; i < locals->len; i++)
    {
      const FramCandidate *local = g_ptr_array_index (locals, i);

      if (local->type == FRAM_CANDIDATE_SERVER_REFLEXIVE
          && local->base == mapping->base->id
          && fram_address_equal (&local->address, &mapping->mapped))
        return TRUE;
    }
  return FALSE;
}

static guint
count_sessions (FramBroker *broker, const FramMapping *mapping)
{
  const GArray *members = mapping->base->members;
  guint n = 0;

  for (guint i = 0; i < members->len; i++)
    n += has_candidate (broker, &g_array_index (members, FramBaseMember, i), mapping);
  return n;
}

static FramMappingRowState
state_of (const FramMapping *mapping)
{
  switch (mapping->state)
    {
    case FRAM_MAPPING_WAITING:
    case FRAM_MAPPING_ASKING:
      return FRAM_MAPPING_ROW_ASKING;
    case FRAM_MAPPING_KNOWN:
      return FRAM_MAPPING_ROW_KNOWN;
    case FRAM_MAPPING_DEAF:
      return FRAM_MAPPING_ROW_DEAF;
    }
  g_assert_not_reached ();
}

static FramMappingRow
make_mapping_row (FramBroker *broker, const FramMapping *mapping, FramTime now)
{
  const FramBase *base = mapping->base;
  FramMappingRow row = {
    .base = base->id,
    .lane = base->lane,
    .local = base->address,
    .server = mapping->server,
    .mapped = mapping->mapped,
    .state = state_of (mapping),
    .interval = fram_network_get_keepalive (&broker->network, base->interface.name,
                                            (FramFamily) mapping->server.family),
    .next = mapping->due.place != 0 ? MAX (mapping->due.time - now, 0) : -1,
    .since = MAX (now - mapping->since, 0),
  };

  g_strlcpy (row.interface, base->interface.name, sizeof row.interface);
  if (row.state == FRAM_MAPPING_ROW_KNOWN)
    row.n_sessions = count_sessions (broker, mapping);
  return row;
}

static gint
compare_mappings (gconstpointer a, gconstpointer b)
{
  const FramMappingRow *first = a, *second = b;

  if (first->base != second->base)
    return first->base < second->base ? -1 : 1;
  return fram_address_compare (&first->server, &second->server);
}

GArray *
fram_broker_list_mappings (FramBroker *broker, FramTime now)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (FramMappingRow));
  GHashTableIter iter;
  FramBase *base;

  g_hash_table_iter_init (&iter, broker->bases.by_id);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &base))
    for (guint i = 0; i < base->mappings->len; i++)
      {
        FramMappingRow row
            = make_mapping_row (broker, g_ptr_array_index (base->mappings, i), now);

        g_array_append_val (rows, row);
      }
  g_array_sort (rows, compare_mappings);
  return rows;
}
