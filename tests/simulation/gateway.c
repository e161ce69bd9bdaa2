#include "gateway.h"

struct _SimGateway
{
  SimNode node;
  const SimContext *context;
  SimGatewayKind kind;
  SimNetwork *inside, *outside;
  SimNat *nat; /* NULL: it does not translate */
  SimFirewall *firewall;
};

static FramTime
now (const SimGateway *gateway)
{
  return sim_schedule_now (gateway->context->schedule);
}

static void
drop (SimGateway *gateway, SimPacket *packet, const char *why)
{
  char from[FRAM_ADDRESS_TEXT], to[FRAM_ADDRESS_TEXT];

  if (gateway->context->journal->tracing)
    sim_journal_note (gateway->context->journal, now (gateway), gateway->node.name,
                      "drops %s -> %s: %s", fram_address_to_text (&packet->source, from),
                      fram_address_to_text (&packet->destination, to), why);
  sim_packet_free (packet);
}

static gboolean
translates (const SimGateway *gateway, const FramAddress *address)
{
  return gateway->nat != NULL && address->family == FRAM_FAMILY_IPV4;
}

/* RFC 4787 §6: the sender is shown by its external address, and filtered by it. */
static void
hairpin (SimGateway *gateway, SimPacket *packet)
{
  FramAddress destination = packet->destination;

  if (!gateway->kind.nat.hairpin)
    {
      drop (gateway, packet, "no hairpin");
      return;
    }
  sim_nat_outbound (gateway->nat, &packet->source, &destination, now (gateway));
  if (!sim_nat_inbound (gateway->nat, &packet->source, &packet->destination,
                        now (gateway)))
    drop (gateway, packet, "hairpin filtered");
  else
    sim_network_send (gateway->inside, packet);
}

static void
outbound (SimGateway *gateway, SimPacket *packet)
{
  if (translates (gateway, &packet->source)
      && fram_address_equal_ip (&packet->destination, &gateway->kind.external))
    {
      hairpin (gateway, packet);
      return;
    }
  if (!sim_firewall_outbound (gateway->firewall, &packet->source, &packet->destination,
                              now (gateway)))
    {
      drop (gateway, packet, "may not leave");
      return;
    }
  if (translates (gateway, &packet->source))
    sim_nat_outbound (gateway->nat, &packet->source, &packet->destination, now (gateway));
  sim_network_send (gateway->outside, packet);
}

static void
inbound (SimGateway *gateway, SimPacket *packet)
{
  if (translates (gateway, &packet->destination)
      && !sim_nat_inbound (gateway->nat, &packet->source, &packet->destination,
                           now (gateway)))
    drop (gateway, packet, "no mapping");
  else if (!sim_firewall_inbound (gateway->firewall, &packet->source,
                                  &packet->destination, now (gateway)))
    drop (gateway, packet, "may not enter");
  else if (sim_network_find (gateway->inside, &packet->destination) == NULL)
    drop (gateway, packet, "not here");
  else
    sim_network_send (gateway->inside, packet);
}

static void
receive (SimNode *node, SimNetwork *from, SimPacket *packet)
{
  SimGateway *gateway = (SimGateway *) node;

  if (from == gateway->inside)
    outbound (gateway, packet);
  else
    inbound (gateway, packet);
}

SimGateway *
sim_gateway_new (const SimContext *context, const char *name, const SimGatewayKind *kind,
                 SimNetwork *inside, SimNetwork *outside)
{
  SimGateway *gateway = g_new0 (SimGateway, 1);

  g_strlcpy (gateway->node.name, name, sizeof gateway->node.name);
  gateway->node.receive = receive;
  gateway->context = context;
  gateway->kind = *kind;
  gateway->inside = inside;
  gateway->outside = outside;
  gateway->firewall = sim_firewall_new (kind->firewall, kind->flow_lifetime);
  sim_network_set_gateway (inside, &gateway->node);
  if (kind->translates)
    {
      gateway->nat = sim_nat_new (&kind->nat, &kind->external, context->dice);
      sim_network_attach (outside, &kind->external, &gateway->node);
    }
  return gateway;
}

void
sim_gateway_free (SimGateway *gateway)
{
  if (gateway == NULL)
    return;
  sim_nat_free (gateway->nat);
  sim_firewall_free (gateway->firewall);
  g_free (gateway);
}

void
sim_gateway_renumber (SimGateway *gateway, const FramAddress *external)
{
  char text[FRAM_ADDRESS_TEXT];

  sim_journal_note (gateway->context->journal, now (gateway), gateway->node.name,
                    "becomes %s", fram_address_ip_to_text (external, text));
  sim_network_detach (gateway->outside, &gateway->kind.external);
  gateway->kind.external = *external;
  sim_nat_renumber (gateway->nat, external);
  sim_network_attach (gateway->outside, external, &gateway->node);
}

SimNetwork *
sim_gateway_get_outside (const SimGateway *gateway)
{
  return gateway->outside;
}

gboolean
sim_gateway_routes (const SimGateway *gateway, const FramAddress *address)
{
  return !translates (gateway, address);
}

SimNode *
sim_gateway_get_node (SimGateway *gateway)
{
  return &gateway->node;
}
