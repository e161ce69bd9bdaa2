#include "generator.h"

#include "sites.h"

/* Where a host may be. */
typedef enum
{
  PLACE_PUBLIC,
  PLACE_HOME,      /* behind a NAT of any kind */
  PLACE_NEIGHBOUR, /* in a network that has a host already */
  PLACE_CARRIER,   /* behind two NATs, the outer one shared with others */
  PLACE_FIREWALL,
  PLACE_BLOCKED,
  N_PLACES,
} Place;

static const guint place_weights[N_PLACES] = { 12, 40, 15, 14, 10, 3 };

typedef struct
{
  SimPlan *plan;
  SimDice dice;
  guint carrier; /* network of the carrier's customers; 0: there is none yet */
} Draft;

static FramTime
milliseconds (Draft *draft, gint64 low, gint64 high)
{
  return FRAM_MILLISECONDS (sim_dice_range (&draft->dice, low, high + 1));
}

static gboolean
chance (Draft *draft, double probability)
{
  return sim_dice_chance (&draft->dice, probability);
}

static double
fraction (Draft *draft, double most)
{
  return most * (double) sim_dice_range (&draft->dice, 0, 1001) / 1000.0;
}

/* --- Networks ---------------------------------------------------------------------- */

static SimGatewayKind
draw_nat (Draft *draft)
{
  static const guint mapping_weights[] = { 6, 1, 3 }, filtering_weights[] = { 2, 2, 5 };
  SimDependence mapping = sim_dice_weighted (&draft->dice, mapping_weights, 3);
  SimDependence filtering = sim_dice_weighted (&draft->dice, filtering_weights, 3);
  SimGatewayKind kind = sim_gateway_kind_nat (mapping, filtering);

  kind.nat.ports = (SimPorts) sim_dice_range (&draft->dice, 0, 2);
  /* Only what filters as finely as it maps can tell the mappings on a port apart. */
  if (filtering >= mapping && filtering != SIM_DEPENDS_ON_NOTHING && chance (draft, 0.2))
    kind.nat.ports = SIM_PORTS_OVERLOADED;
  kind.nat.hairpin = chance (draft, 0.4);
  kind.nat.inbound_refreshes = chance (draft, 0.5);
  kind.nat.lifetime = FRAM_SECONDS (sim_dice_range (&draft->dice, 30, 301));
  if (chance (draft, 0.04))
    kind.firewall = SIM_FIREWALL_NO_UDP;
  else if (chance (draft, 0.04))
    kind.firewall = SIM_FIREWALL_DNS_ONLY;
  else if (chance (draft, 0.5))
    kind.firewall = SIM_FIREWALL_STATEFUL;
  return kind;
}

/* Homes resemble each other: many use the same addresses. */
static void
draw_prefix (Draft *draft, guint network)
{
  static const guint32 common[] = { 0xc0a80000u, 0xc0a80100u, 0x0a000000u };

  if (chance (draft, 0.6))
    draft->plan->networks[network].prefix4
        = common[sim_dice_range (&draft->dice, 0, G_N_ELEMENTS (common))];
}

static guint
add_home (Draft *draft, guint outside)
{
  SimGatewayKind kind = draw_nat (draft);
  guint network = sim_plan_add_network (draft->plan, outside, &kind);

  draw_prefix (draft, network);
  draft->plan->networks[network].link.latency = sim_dice_range (&draft->dice, 100, 8000);
  draft->plan->networks[network].link.loss
      = chance (draft, 0.2) ? fraction (draft, 0.02) : 0.0;
  if (!chance (draft, 0.3))
    draft->plan->networks[network].subnet6 = 0;
  return network;
}

static guint
add_carrier_home (Draft *draft)
{
  if (draft->carrier == 0)
    {
      draft->carrier = add_home (draft, 0);
      /* RFC 6598 */
      draft->plan->networks[draft->carrier].prefix4 = 0x64400000u;
      draft->plan->networks[draft->carrier].gateway.firewall = SIM_FIREWALL_OPEN;
    }
  return add_home (draft, draft->carrier);
}

static guint
add_firewall (Draft *draft, SimFirewallKind firewall)
{
  SimGatewayKind kind = sim_gateway_kind_firewall (firewall);

  return sim_plan_add_network (draft->plan, 0, &kind);
}

static guint
draw_network (Draft *draft)
{
  Place place = sim_dice_weighted (&draft->dice, place_weights, N_PLACES);

  /* Two for a carrier's home, if it is the first. */
  if (draft->plan->n_networks + 2 > SIM_MAX_NETWORKS)
    place = PLACE_PUBLIC;
  switch (place)
    {
    case PLACE_PUBLIC:
    case N_PLACES:
      return 0;
    case PLACE_HOME:
      return add_home (draft, 0);
    case PLACE_NEIGHBOUR:
      return (guint) sim_dice_range (&draft->dice, 0, draft->plan->n_networks);
    case PLACE_CARRIER:
      return add_carrier_home (draft);
    case PLACE_FIREWALL:
      return add_firewall (draft, SIM_FIREWALL_STATEFUL);
    case PLACE_BLOCKED:
      return add_firewall (draft, SIM_FIREWALL_NO_UDP);
    }
  g_assert_not_reached ();
}

/* --- Hosts ------------------------------------------------------------------------- */

static void
add_addresses (Draft *draft, guint host, guint network)
{
  const SimNetworkPlan *planned = &draft->plan->networks[network];
  gboolean ipv6 = planned->subnet6 != 0 && chance (draft, 0.5);
  /* Without IPv4 only now and then. */
  gboolean ipv4 = !ipv6 || chance (draft, 0.85);

  if (ipv4)
    sim_plan_add_interface (draft->plan, host, network, FRAM_FAMILY_IPV4);
  if (ipv6)
    sim_plan_add_interface (draft->plan, host, network, FRAM_FAMILY_IPV6);
}

static gboolean
has_address (const SimHostPlan *host, const FramAddress *address)
{
  for (guint i = 0; i + 1 < host->n_interfaces; i++)
    if (fram_address_equal (&host->interfaces[i].address, address))
      return TRUE;
  return FALSE;
}

/* A host without any network. */
static void
add_lonely_host (Draft *draft)
{
  guint host = sim_plan_add_host (draft->plan);
  SimInterfacePlan *interface = sim_plan_add_interface (draft->plan, host, 0,
                                                        FRAM_FAMILY_IPV4);

  fram_address_parse_ip (&interface->address, "127.0.0.1", 0);
}

static void
add_host (Draft *draft)
{
  guint host = sim_plan_add_host (draft->plan);
  SimHostPlan *planned = &draft->plan->hosts[host];
  guint n_networks = chance (draft, 0.25) ? 2 : 1;

  planned->lateness = chance (draft, 0.5) ? milliseconds (draft, 0, 4) : 0;
  for (guint i = 0; i < n_networks; i++)
    {
      add_addresses (draft, host, draw_network (draft));
      /* No host has the same address twice, though two homes may have it. */
      if (has_address (planned, &planned->interfaces[planned->n_interfaces - 1].address)
          || (planned->n_interfaces > 1
              && has_address (planned,
                              &planned->interfaces[planned->n_interfaces - 2].address)))
        planned->n_interfaces = 1;
    }
  for (guint i = 0; i < planned->n_interfaces; i++)
    {
      planned->interfaces[i].refuses = chance (draft, 0.03);
      if (chance (draft, 0.02))
        planned->interfaces[i].vanishes = milliseconds (draft, 1, 8000);
    }
}

static void
add_bystander (Draft *draft)
{
  guint host = sim_plan_add_host (draft->plan);

  draft->plan->hosts[host].bystander = TRUE;
  sim_plan_add_interface (
      draft->plan, host,
      (guint) sim_dice_range (&draft->dice, 0, draft->plan->n_networks),
      FRAM_FAMILY_IPV4);
}

/* --- Servers ----------------------------------------------------------------------- */

static void
add_servers (Draft *draft)
{
  static const char *const names[]
      = { "stun.example.org", "stun.example.net", "stun.example.com" };
  static const guint weights[] = { 2, 4, 2, 1 };
  guint n = sim_dice_weighted (&draft->dice, weights, G_N_ELEMENTS (weights));

  for (guint i = 0; i < n; i++)
    {
      FramFamily family = chance (draft, 0.15) ? FRAM_FAMILY_IPV6 : FRAM_FAMILY_IPV4;
      SimServerPlan *server
          = &draft->plan
                 ->servers[sim_plan_add_server (draft->plan, SIM_SERVER_ANSWERS, family)];

      if (chance (draft, 0.15))
        server->kind = chance (draft, 0.5) ? SIM_SERVER_DEAF : SIM_SERVER_BUSY;
      server->absent = chance (draft, 0.08);
      if (chance (draft, 0.3))
        server->name = names[i];
    }
}

/* --- Calls ------------------------------------------------------------------------- */

static void
draw_end (Draft *draft, SimEndPlan *end)
{
  end->trickle = chance (draft, 0.5);
  end->role_fixed = chance (draft, 0.15);
  end->role = chance (draft, 0.5) ? FRAM_ROLE_CONTROLLING : FRAM_ROLE_CONTROLLED;
  end->says_bye = chance (draft, 0.6);
  if (chance (draft, 0.2))
    end->pacing = (guint) sim_dice_range (&draft->dice, 5, 51);
  if (chance (draft, 0.03))
    end->policy = FRAM_POLICY_RELAY;
  if (chance (draft, 0.15))
    end->servers &= (guint) sim_dice_range (&draft->dice, 0, 16);
}

static void
draw_signalling (Draft *draft, SimCallPlan *call)
{
  /* Slower or faster than the packets. */
  if (chance (draft, 0.7))
    call->delay = milliseconds (draft, 0, 150);
  else
    call->delay = milliseconds (draft, 150, 4000);
  call->jitter = milliseconds (draft, 0, 50);
}

static SimCallPlan *
add_call (Draft *draft, guint host, guint other_host)
{
  static const guint opening_weights[] = { 6, 1, 2 };
  SimCallPlan *call = sim_plan_add_call (draft->plan, host, other_host);

  call->opening = (SimOpening) sim_dice_weighted (&draft->dice, opening_weights, 3);
  call->starts = milliseconds (draft, 0, 300);
  draw_signalling (draft, call);
  if (chance (draft, 0.15))
    call->n_streams = (guint) sim_dice_range (&draft->dice, 1, 4);
  if (chance (draft, 0.15))
    call->n_components = 2;
  for (guint side = 0; side < 2; side++)
    draw_end (draft, &call->ends[side]);
  return call;
}

static void
draw_changes (Draft *draft, SimCallPlan *call)
{
  for (guint side = 0; side < 2; side++)
    if (chance (draft, 0.06))
      call->ends[side].restarts = call->starts + milliseconds (draft, 500, 9000);
  if (chance (draft, 0.08))
    call->ends[sim_dice_range (&draft->dice, 0, 2)].closes
        = call->starts + milliseconds (draft, 0, 3000);
}

/* Many calls of one kind between the same two hosts: their 5-tuples get in each other's
 * way. */
static void
add_crowd (Draft *draft, guint n_hosts)
{
  guint n_calls = (guint) sim_dice_range (&draft->dice, 10, 50);
  gboolean both_ways = chance (draft, 0.3);
  gboolean at_once = chance (draft, 0.5);
  SimCallPlan first = *add_call (draft, 0, n_hosts > 2 && chance (draft, 0.2) ? 0 : 1);

  for (guint i = 1; i < n_calls; i++)
    {
      SimCallPlan *call = sim_plan_add_call (draft->plan, 0, 1);

      *call = first;
      if (both_ways && i % 2 == 1)
        {
          call->ends[0].host = first.ends[1].host;
          call->ends[1].host = first.ends[0].host;
        }
      if (!at_once)
        call->starts = milliseconds (draft, 0, 2000);
      draw_changes (draft, call);
    }
}

static void
add_calls (Draft *draft, guint n_hosts)
{
  guint n_calls = 1;

  if (chance (draft, 0.04))
    {
      add_crowd (draft, n_hosts);
      return;
    }
  if (chance (draft, 0.4))
    n_calls = (guint) sim_dice_range (&draft->dice, 2, 6);
  if (chance (draft, 0.02))
    n_calls = (guint) sim_dice_range (&draft->dice, 10, 30);
  for (guint i = 0; i < n_calls; i++)
    {
      guint a = (guint) sim_dice_range (&draft->dice, 0, n_hosts);
      guint b = (guint) sim_dice_range (&draft->dice, 0, n_hosts);

      /* Within a host only now and then. */
      if (a == b && !chance (draft, 0.3))
        b = (a + 1) % n_hosts;
      draw_changes (draft, add_call (draft, a, b));
    }
}

/* --- All --------------------------------------------------------------------------- */

static void
draw_internet (Draft *draft)
{
  SimLink *link = &draft->plan->networks[0].link;

  link->latency = milliseconds (draft, 1, 120);
  if (chance (draft, 0.5))
    link->jitter = milliseconds (draft, 0, 30);
  if (chance (draft, 0.3))
    link->loss = fraction (draft, 0.08);
  if (chance (draft, 0.04))
    link->loss = fraction (draft, 0.5);
  if (chance (draft, 0.2))
    link->duplicate = fraction (draft, 0.1);
  if (chance (draft, 0.2))
    link->reorder = fraction (draft, 0.2);
  if (chance (draft, 0.2))
    link->mangle = fraction (draft, 0.5);
}

void
sim_generate (SimPlan *ret_plan, guint64 seed)
{
  Draft draft = { .plan = ret_plan };
  guint n_hosts;

  sim_dice_init (&draft.dice, seed);
  sim_plan_init (ret_plan, (guint64) sim_dice_range (&draft.dice, 0, G_MAXINT64));
  draw_internet (&draft);
  add_servers (&draft);
  n_hosts = (guint) sim_dice_range (&draft.dice, 2, 5);
  for (guint i = 0; i < n_hosts; i++)
    if (chance (&draft, 0.02))
      add_lonely_host (&draft);
    else
      add_host (&draft);
  add_calls (&draft, n_hosts);
  if (chance (&draft, 0.3))
    add_bystander (&draft);
  if (chance (&draft, 0.03))
    ret_plan->hosts[sim_dice_range (&draft.dice, 0, n_hosts)].leaves
        = milliseconds (&draft, 100, 4000);
  ret_plan->icmp = chance (&draft, 0.5);
  ret_plan->resolver_delay = milliseconds (&draft, 1, 400);
  ret_plan->linger = milliseconds (&draft, 0, 10000);
  if (chance (&draft, 0.2))
    ret_plan->holds = FRAM_SECONDS (sim_dice_range (&draft.dice, 20, 90));
}
