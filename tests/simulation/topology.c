#include "topology.h"

void
sim_topology_init (SimTopology *topology, const SimPlan *plan, const SimContext *context,
                   gboolean perfect)
{
  static const SimLink perfect_link = { 0 };

  *topology = (SimTopology){ .n_networks = plan->n_networks };
  for (guint i = 0; i < plan->n_networks; i++)
    {
      const SimNetworkPlan *planned = &plan->networks[i];
      char name[16];

      if (i == 0)
        g_strlcpy (name, "internet", sizeof name);
      else
        g_snprintf (name, sizeof name, "net%u", i);
      topology->networks[i]
          = sim_network_new (context, name, perfect ? &perfect_link : &planned->link);
      if (i == 0)
        continue;
      g_snprintf (name, sizeof name, "gate%u", i);
      topology->gateways[i]
          = sim_gateway_new (context, name, &planned->gateway, topology->networks[i],
                             topology->networks[planned->outside]);
    }
}

void
sim_topology_clear (SimTopology *topology)
{
  for (guint i = 0; i < topology->n_networks; i++)
    {
      sim_gateway_free (topology->gateways[i]);
      sim_network_free (topology->networks[i]);
    }
  *topology = (SimTopology){ 0 };
}

/* Goes to the next network outwards if the address is seen there. */
static gboolean
step_out (const SimTopology *topology, const SimPlan *plan, guint *network,
          const FramAddress *address)
{
  if (*network == 0 || fram_address_is_link_local (address)
      || (address->family == FRAM_FAMILY_IPV6 && fram_address_is_private (address))
      || !sim_gateway_routes (topology->gateways[*network], address))
    return FALSE;
  *network = plan->networks[*network].outside;
  return TRUE;
}

void
sim_topology_attach (SimTopology *topology, const SimPlan *plan, guint network,
                     const FramAddress *address, SimNode *node)
{
  guint outer = network, inner = network;

  sim_network_attach (topology->networks[network], address, node);
  while (step_out (topology, plan, &outer, address))
    {
      sim_network_attach (topology->networks[outer], address,
                          sim_gateway_get_node (topology->gateways[inner]));
      inner = outer;
    }
}

void
sim_topology_detach (SimTopology *topology, const SimPlan *plan, guint network,
                     const FramAddress *address)
{
  guint outer = network;

  sim_network_detach (topology->networks[network], address);
  while (step_out (topology, plan, &outer, address))
    sim_network_detach (topology->networks[outer], address);
}
