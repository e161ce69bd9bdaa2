#include "plan.h"

/* The documentation prefixes play the Internet. (RFC 5737, RFC 3849) */
#define INTERNET_PREFIX4 0xcb007100u
#define INTERNET_SUBNET6 1
#define LAN_PREFIX4 0xc0a80100u
#define SERVER_PREFIX4 0xc6336400u

#define STUN_PORT 3478
/* Of a server's second address. */
#define SECOND_NUMBER 100
/* Of the addresses that it relays from. */
#define RELAY_NUMBER 200

void
sim_plan_init (SimPlan *plan, guint64 seed)
{
  *plan = (SimPlan){ .seed = seed,
                     .n_networks = 1,
                     .calls = g_array_new (FALSE, TRUE, sizeof (SimCallPlan)),
                     .linger = FRAM_SECONDS (5),
                     .resolver_delay = FRAM_MILLISECONDS (20),
                     .icmp = TRUE };
  plan->networks[0].link.latency = FRAM_MILLISECONDS (10);
  plan->networks[0].prefix4 = INTERNET_PREFIX4;
  plan->networks[0].renumbers = FRAM_TIME_NEVER;
  plan->networks[0].subnet6 = INTERNET_SUBNET6;
}

void
sim_plan_clear (SimPlan *plan)
{
  g_clear_pointer (&plan->calls, g_array_unref);
}

static FramAddress
make_ipv6 (guint16 subnet, guint number)
{
  guint8 ip[16] = { 0x20, 0x01, 0x0d, 0xb8 };
  FramAddress address;

  ip[6] = (guint8) (subnet >> 8);
  ip[7] = (guint8) subnet;
  ip[15] = (guint8) number;
  fram_address_init_ipv6 (&address, ip, 0);
  return address;
}

FramAddress
sim_plan_take_address (SimPlan *plan, guint network, FramFamily family)
{
  SimNetworkPlan *planned = &plan->networks[network];
  FramAddress address;

  /* .1 is the gateway's. */
  g_assert (planned->n_taken < 250);
  planned->n_taken++;
  if (family == FRAM_FAMILY_IPV6)
    {
      g_assert (planned->subnet6 != 0);
      return make_ipv6 (planned->subnet6, planned->n_taken + 1);
    }
  g_assert (planned->prefix4 != 0);
  fram_address_init_ipv4 (&address, planned->prefix4 + planned->n_taken + 1, 0);
  return address;
}

guint
sim_plan_add_network (SimPlan *plan, guint outside, const SimGatewayKind *gateway)
{
  guint index = plan->n_networks++;
  SimNetworkPlan *network = &plan->networks[index];

  g_assert (index < SIM_MAX_NETWORKS && outside < index);
  network->outside = outside;
  network->gateway = *gateway;
  network->renumbers = FRAM_TIME_NEVER;
  network->link.latency = FRAM_MILLISECONDS (1);
  network->subnet6 = (guint16) (INTERNET_SUBNET6 + index);
  network->prefix4 = (gateway->translates ? LAN_PREFIX4 : INTERNET_PREFIX4) + index * 256;
  if (gateway->translates)
    network->gateway.external = sim_plan_take_address (plan, outside, FRAM_FAMILY_IPV4);
  return index;
}

guint
sim_plan_add_host (SimPlan *plan)
{
  g_assert (plan->n_hosts < SIM_MAX_HOSTS);
  plan->hosts[plan->n_hosts].leaves = FRAM_TIME_NEVER;
  plan->hosts[plan->n_hosts].attaches = FRAM_TIME_NEVER;
  plan->hosts[plan->n_hosts].reattaches = FRAM_TIME_NEVER;
  plan->hosts[plan->n_hosts].checks = FRAM_TIME_NEVER;
  return plan->n_hosts++;
}

SimInterfacePlan *
sim_plan_add_interface (SimPlan *plan, guint host, guint network, FramFamily family)
{
  SimHostPlan *hosted = &plan->hosts[host];
  SimInterfacePlan *interface = &hosted->interfaces[hosted->n_interfaces++];

  g_assert (hosted->n_interfaces <= SIM_MAX_INTERFACES);
  interface->network = network;
  interface->vanishes = FRAM_TIME_NEVER;
  interface->address = sim_plan_take_address (plan, network, family);
  return interface;
}

guint
sim_plan_add_server (SimPlan *plan, SimServerKind kind, FramFamily family)
{
  guint index = plan->n_servers++;
  SimServerPlan *server = &plan->servers[index];

  g_assert (index < SIM_MAX_SERVERS);
  server->kind = kind;
  server->dies = FRAM_TIME_NEVER;
  if (family == FRAM_FAMILY_IPV6)
    server->address = make_ipv6 (0xffff, index + 1);
  else
    fram_address_init_ipv4 (&server->address, SERVER_PREFIX4 + index + 1, 0);
  server->address.port = STUN_PORT;
  return index;
}

void
sim_plan_relay (SimPlan *plan, guint i, gboolean ipv6)
{
  SimServerPlan *server = &plan->servers[i];

  server->relays = TRUE;
  fram_address_init_ipv4 (&server->relayed[0], SERVER_PREFIX4 + RELAY_NUMBER + i, 0);
  if (ipv6)
    server->relayed[1] = make_ipv6 (0xffff, RELAY_NUMBER + i);
}

void
sim_plan_help (SimPlan *plan, guint i)
{
  SimServerPlan *server = &plan->servers[i];

  if (server->address.family == FRAM_FAMILY_IPV6)
    server->second = make_ipv6 (0xffff, SECOND_NUMBER + i);
  else
    fram_address_init_ipv4 (&server->second, SERVER_PREFIX4 + SECOND_NUMBER + i, 0);
  server->second.port = STUN_PORT + 1;
}

SimCallPlan *
sim_plan_add_call (SimPlan *plan, guint host, guint other_host)
{
  SimCallPlan call
      = { .delay = FRAM_MILLISECONDS (20), .n_streams = 1, .n_components = 1 };

  for (guint i = 0; i < 2; i++)
    {
      call.ends[i].host = i == 0 ? host : other_host;
      call.ends[i].servers = (1u << plan->n_servers) - 1;
      call.ends[i].closes = FRAM_TIME_NEVER;
      call.ends[i].restarts = call.ends[i].removes = FRAM_TIME_NEVER;
    }
  g_array_append_val (plan->calls, call);
  return &g_array_index (plan->calls, SimCallPlan, plan->calls->len - 1);
}

const SimCallPlan *
sim_plan_get_call (const SimPlan *plan, guint i)
{
  return &g_array_index (plan->calls, SimCallPlan, i);
}

void
sim_plan_renumber (SimPlan *plan, guint network, FramTime at)
{
  SimNetworkPlan *planned = &plan->networks[network];

  g_assert (planned->gateway.translates);
  planned->renumbers = at;
  planned->renumbered = sim_plan_take_address (plan, planned->outside, FRAM_FAMILY_IPV4);
}

/* --- What can be said beforehand --------------------------------------------------- */

typedef struct
{
  FramTime first, last;
} Changes;

static void
add_change (Changes *changes, FramTime at)
{
  if (at == FRAM_TIME_NEVER || at == 0)
    return;
  changes->first = MIN (changes->first, at);
  changes->last = MAX (changes->last, at);
}

static void
add_changes_of_host (const SimPlan *plan, guint host, Changes *changes)
{
  for (guint i = 0; i < plan->hosts[host].n_interfaces; i++)
    {
      const SimInterfacePlan *interface = &plan->hosts[host].interfaces[i];

      add_change (changes, interface->vanishes);
      add_change (changes, interface->appears);
      for (guint n = interface->network; n != 0; n = plan->networks[n].outside)
        add_change (changes, plan->networks[n].renumbers);
    }
}

gboolean
sim_plan_find_changes (const SimPlan *plan, const SimCallPlan *call, FramTime *ret_first,
                       FramTime *ret_last)
{
  Changes changes = { FRAM_TIME_NEVER, -1 };

  for (guint side = 0; side < 2; side++)
    {
      add_changes_of_host (plan, call->ends[side].host, &changes);
      for (guint i = 0; i < plan->n_servers; i++)
        if ((call->ends[side].servers & (1u << i)) != 0)
          add_change (&changes, plan->servers[i].dies);
    }
  *ret_first = changes.first;
  *ret_last = changes.last;
  return changes.last >= 0;
}

gboolean
sim_plan_is_named (const SimPlan *plan, const SimCallPlan *call, guint side,
                   const SimInterfacePlan *interface)
{
  guint own = call->ends[side].host, peers = call->ends[1 - side].host;

  if (plan->hosts[own].nameless || plan->hosts[peers].nameless)
    return FALSE;
  for (guint i = 0; i < plan->hosts[peers].n_interfaces; i++)
    {
      const SimInterfacePlan *other = &plan->hosts[peers].interfaces[i];

      if (interface->network != 0 && other->network == interface->network
          && !other->refuses)
        return TRUE;
    }
  return own == peers;
}

/* Names that are not found, or late. */
static gboolean
may_lack_names (const SimPlan *plan, const SimCallPlan *call, guint side)
{
  const SimHostPlan *host = &plan->hosts[call->ends[side].host];

  if (call->ends[side].policy != FRAM_POLICY_MDNS)
    return FALSE;
  for (guint i = 0; i < host->n_interfaces; i++)
    if (!sim_plan_is_named (plan, call, side, &host->interfaces[i]))
      return TRUE;
  return plan->names_loss > 0.0;
}

gboolean
sim_plan_is_open (const SimPlan *plan, const SimCallPlan *call)
{
  FramTime first, last;

  for (guint side = 0; side < 2; side++)
    if (plan->hosts[call->ends[side].host].leaves != FRAM_TIME_NEVER
        || call->ends[side].policy == FRAM_POLICY_NO_HOST
        || may_lack_names (plan, call, side))
      return TRUE;
  return sim_plan_find_changes (plan, call, &first, &last);
}

/* The NATs outside of one that got another address still hold the ports of its former one, for as
 * long as their mappings live: the same inner port gets another one there.  Where it depends on the
 * remote address which one, no server can tell it, and a peer that filters never hears of it. */
static void
occupy_ports (SimPlan *after, guint network)
{
  for (guint n = after->networks[network].outside; n != 0; n = after->networks[n].outside)
    after->networks[n].gateway.nat.ports = SIM_PORTS_RANDOM;
}

SimPlan
sim_plan_after_changes (const SimPlan *plan)
{
  SimPlan after = *plan;
  gboolean moved = FALSE;

  for (guint i = 0; i < after.n_hosts; i++)
    for (guint j = 0; j < after.hosts[i].n_interfaces; j++)
      {
        SimInterfacePlan *interface = &after.hosts[i].interfaces[j];

        moved |= interface->vanishes != FRAM_TIME_NEVER || interface->appears > 0;
        interface->refuses |= interface->vanishes != FRAM_TIME_NEVER
                              && interface->vanishes > interface->appears;
      }
  for (guint i = 1; i < after.n_networks; i++)
    if (after.networks[i].renumbers != FRAM_TIME_NEVER)
      {
        if (!fram_address_equal (&after.networks[i].gateway.external,
                                 &after.networks[i].renumbered))
          occupy_ports (&after, i);
        moved = TRUE;
        after.networks[i].gateway.external = after.networks[i].renumbered;
      }
  for (guint i = 0; i < after.n_servers; i++)
    if (after.servers[i].dies != FRAM_TIME_NEVER)
      {
        after.servers[i].relays = FALSE;
        after.servers[i].absent |= moved;
      }
  return after;
}

gboolean
sim_plan_has_tcp (const SimPlan *plan)
{
  for (guint i = 0; i < plan->calls->len; i++)
    for (guint side = 0; side < 2; side++)
      if (sim_plan_get_call (plan, i)->ends[side].tcp)
        return TRUE;
  return FALSE;
}

/* RFC 8445 §11: keep-alives are 15 s apart. */
#define KEEPALIVE FRAM_SECONDS (15)

gboolean
sim_plan_may_lapse (const SimPlan *plan, const SimCallPlan *call)
{
  for (guint side = 0; side < 2; side++)
    {
      const SimHostPlan *host = &plan->hosts[call->ends[side].host];

      for (guint i = 0; i < host->n_interfaces; i++)
        for (guint n = host->interfaces[i].network; n != 0; n = plan->networks[n].outside)
          if (plan->networks[n].gateway.translates
              && plan->networks[n].gateway.nat.lifetime <= KEEPALIVE)
            return TRUE;
    }
  return FALSE;
}

/* The worst of the host's ways out. */
static double
pass_of_host (const SimPlan *plan, guint host)
{
  double worst = 1.0;

  for (guint i = 0; i < plan->hosts[host].n_interfaces; i++)
    {
      guint network = plan->hosts[host].interfaces[i].network;
      double pass = 1.0;

      for (; network != 0; network = plan->networks[network].outside)
        pass *= 1.0 - plan->networks[network].link.loss;
      worst = MIN (worst, pass);
    }
  return worst;
}

static double
get_loss (const SimPlan *plan, const SimCallPlan *call, guint n_crossings)
{
  double pass
      = pass_of_host (plan, call->ends[0].host) * pass_of_host (plan, call->ends[1].host);

  for (guint i = 0; i < n_crossings; i++)
    pass *= 1.0 - plan->networks[0].link.loss;
  return 1.0 - pass;
}

double
sim_plan_get_loss (const SimPlan *plan, const SimCallPlan *call)
{
  return get_loss (plan, call, 1);
}

double
sim_plan_get_relayed_loss (const SimPlan *plan, const SimCallPlan *call)
{
  return get_loss (plan, call, 3);
}
