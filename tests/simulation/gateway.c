#include "gateway.h"

struct _SimGateway
{
  SimNode node;
  const SimContext *context;
  SimGatewayKind kind;
  SimNetwork *inside, *outside;
  /* Of datagrams and of TCP. */
  SimNat *nats[2]; /* NULL: it does not translate */
  SimFirewall *firewalls[2];
};

/* RFC 5382 §5: so long a connection is remembered. */
#define TCP_LIFETIME FRAM_SECONDS (7440)

static SimNat *
get_nat (const SimGateway *gateway, const SimPacket *packet)
{
  return gateway->nats[sim_packet_is_segment (packet)];
}

static SimFirewall *
get_firewall (const SimGateway *gateway, const SimPacket *packet)
{
  return gateway->firewalls[sim_packet_is_segment (packet)];
}

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
  return gateway->kind.translates && address->family == FRAM_FAMILY_IPV4;
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
  sim_nat_outbound (get_nat (gateway, packet), &packet->source, &destination,
                    now (gateway));
  if (!sim_nat_inbound (get_nat (gateway, packet), &packet->source, &packet->destination,
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
  if (!sim_firewall_outbound (get_firewall (gateway, packet), &packet->source,
                              &packet->destination, now (gateway)))
    {
      drop (gateway, packet, "may not leave");
      return;
    }
  if (translates (gateway, &packet->source))
    sim_nat_outbound (get_nat (gateway, packet), &packet->source, &packet->destination,
                      now (gateway));
  sim_network_send (gateway->outside, packet);
}

static void
inbound (SimGateway *gateway, SimPacket *packet)
{
  if (translates (gateway, &packet->destination)
      && !sim_nat_inbound (get_nat (gateway, packet), &packet->source,
                           &packet->destination, now (gateway)))
    drop (gateway, packet, "no mapping");
  else if (!sim_firewall_inbound (get_firewall (gateway, packet), &packet->source,
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

static SimFirewallKind
get_tcp_kind (const SimGatewayKind *kind)
{
  if (kind->firewall == SIM_FIREWALL_OPEN || kind->tcp == SIM_TCP_IN)
    return SIM_FIREWALL_OPEN;
  return kind->tcp == SIM_TCP_SERVERS ? SIM_FIREWALL_SERVERS_ONLY : SIM_FIREWALL_STATEFUL;
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
  gateway->firewalls[FALSE] = sim_firewall_new (kind->firewall, kind->flow_lifetime);
  gateway->firewalls[TRUE] = sim_firewall_new (get_tcp_kind (kind), TCP_LIFETIME);
  sim_network_set_gateway (inside, &gateway->node);
  if (kind->translates)
    {
      SimNatKind tcp = kind->nat;

      tcp.lifetime = TCP_LIFETIME;
      gateway->nats[FALSE] = sim_nat_new (&kind->nat, &kind->external, context->dice);
      gateway->nats[TRUE] = sim_nat_new (&tcp, &kind->external, context->dice);
      sim_network_attach (outside, &kind->external, &gateway->node);
    }
  return gateway;
}

void
sim_gateway_free (SimGateway *gateway)
{
  if (gateway == NULL)
    return;
  for (guint i = 0; i < 2; i++)
    {
      sim_nat_free (gateway->nats[i]);
      sim_firewall_free (gateway->firewalls[i]);
    }
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
  for (guint i = 0; i < 2; i++)
    sim_nat_renumber (gateway->nats[i], external);
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
