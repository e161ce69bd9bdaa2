/* The oracle's relays: what comes to their addresses comes to the sockets of the sides that have
 * them. */
#include <string.h>

#include "oracle-private.h"

static gboolean
is_permitted (const Socket *socket, const FramAddress *source)
{
  for (guint i = 0; i < socket->told->len; i++)
    if (fram_address_equal_ip (&g_array_index (socket->told, FramAddress, i), source))
      return TRUE;
  return FALSE;
}

static void
receive_at_relay (SimNode *node, SimNetwork *from, SimPacket *packet)
{
  Oracle *oracle = ((Relay *) node)->oracle;
  Letter letter;

  memcpy (&letter, packet->data, sizeof letter);
  for (guint i = 0; i < oracle->sockets->len; i++)
    {
      Socket *socket = g_ptr_array_index (oracle->sockets, i);

      if (fram_address_equal (&socket->address, &packet->destination)
          && is_permitted (socket, &packet->source))
        sim_oracle_read_letter (oracle, socket, &packet->source, &letter);
    }
  sim_packet_free (packet);
}

/* By TCP every site lets out. */
static gboolean
reaches (const Oracle *oracle, guint side, const SimServerPlan *server)
{
  const SimHostPlan *host = &oracle->plan->hosts[oracle->call->ends[side].host];

  for (guint i = 0; i < host->n_interfaces; i++)
    {
      const SimInterfacePlan *interface = &host->interfaces[i];
      gboolean stays = interface->vanishes == FRAM_TIME_NEVER
                       || interface->vanishes <= interface->appears;

      if (interface->address.family == server->address.family && stays
          && !fram_address_is_loopback (&interface->address))
        return TRUE;
    }
  return FALSE;
}

static void
add_relayed (Oracle *oracle, guint side, const FramAddress *address)
{
  Socket *socket = g_new0 (Socket, 1);

  socket->side = side;
  socket->relayed = TRUE;
  socket->network = oracle->topology.networks[0];
  socket->address = *address;
  socket->address.port = (guint16) (FIRST_PORT + oracle->sockets->len);
  socket->told = g_array_new (FALSE, FALSE, sizeof (FramAddress));
  g_ptr_array_add (oracle->sockets, socket);
  sim_oracle_show (oracle, socket, &socket->address, FALSE);
}

void
sim_oracle_add_relays (Oracle *oracle)
{
  for (guint i = 0; i < oracle->plan->n_servers; i++)
    {
      const SimServerPlan *server = &oracle->plan->servers[i];
      Relay *relay = &oracle->relays[i];

      if (!server->relays || server->absent || server->kind != SIM_SERVER_ANSWERS)
        continue;
      relay->oracle = oracle;
      relay->node.receive = receive_at_relay;
      for (guint f = 0; f < 2; f++)
        {
          if (server->relayed[f].family == FRAM_FAMILY_NONE)
            continue;
          sim_network_attach (oracle->topology.networks[0], &server->relayed[f],
                              &relay->node);
          for (guint side = 0; side < 2; side++)
            if ((oracle->call->ends[side].servers & (1u << i)) != 0
                && reaches (oracle, side, server))
              add_relayed (oracle, side, &server->relayed[f]);
        }
    }
}
