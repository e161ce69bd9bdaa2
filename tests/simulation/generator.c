#include "generator-private.h"

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

FramTime
sim_draft_milliseconds (SimDraft *draft, gint64 low, gint64 high)
{
  return FRAM_MILLISECONDS (sim_dice_range (&draft->dice, low, high + 1));
}

gboolean
sim_draft_chance (SimDraft *draft, double probability)
{
  return sim_dice_chance (&draft->dice, probability);
}

double
sim_draft_fraction (SimDraft *draft, double most)
{
  return most * (double) sim_dice_range (&draft->dice, 0, 1001) / 1000.0;
}

/* --- Networks ---------------------------------------------------------------------- */

static SimGatewayKind
draw_nat (SimDraft *draft)
{
  static const guint mapping_weights[] = { 6, 1, 3 }, filtering_weights[] = { 2, 2, 5 };
  SimDependence mapping = sim_dice_weighted (&draft->dice, mapping_weights, 3);
  SimDependence filtering = sim_dice_weighted (&draft->dice, filtering_weights, 3);
  SimGatewayKind kind = sim_gateway_kind_nat (mapping, filtering);

  kind.nat.ports = (SimPorts) sim_dice_range (&draft->dice, 0, 2);
  /* Only what filters as finely as it maps can tell the mappings on a port apart. */
  if (filtering >= mapping && filtering != SIM_DEPENDS_ON_NOTHING
      && sim_draft_chance (draft, 0.2))
    kind.nat.ports = SIM_PORTS_OVERLOADED;
  kind.nat.hairpin = sim_draft_chance (draft, 0.4);
  kind.nat.inbound_refreshes = sim_draft_chance (draft, 0.5);
  kind.nat.lifetime = FRAM_SECONDS (sim_dice_range (&draft->dice, 30, 301));
  if (sim_draft_chance (draft, 0.04))
    kind.firewall = SIM_FIREWALL_NO_UDP;
  else if (sim_draft_chance (draft, 0.04))
    kind.firewall = SIM_FIREWALL_DNS_ONLY;
  else if (sim_draft_chance (draft, 0.5))
    kind.firewall = SIM_FIREWALL_STATEFUL;
  return kind;
}

/* Homes resemble each other: many use the same addresses. */
static void
draw_prefix (SimDraft *draft, guint network)
{
  static const guint32 common[] = { 0xc0a80000u, 0xc0a80100u, 0x0a000000u };

  if (sim_draft_chance (draft, 0.6))
    draft->plan->networks[network].prefix4
        = common[sim_dice_range (&draft->dice, 0, G_N_ELEMENTS (common))];
}

static guint
add_home (SimDraft *draft, guint outside)
{
  SimGatewayKind kind = draw_nat (draft);
  guint network = sim_plan_add_network (draft->plan, outside, &kind);

  draw_prefix (draft, network);
  draft->plan->networks[network].link.latency = sim_dice_range (&draft->dice, 100, 8000);
  draft->plan->networks[network].link.loss
      = sim_draft_chance (draft, 0.2) ? sim_draft_fraction (draft, 0.02) : 0.0;
  if (!sim_draft_chance (draft, 0.3))
    draft->plan->networks[network].subnet6 = 0;
  return network;
}

static guint
add_carrier_home (SimDraft *draft)
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
add_firewall (SimDraft *draft, SimFirewallKind firewall)
{
  SimGatewayKind kind = sim_gateway_kind_firewall (firewall);

  return sim_plan_add_network (draft->plan, 0, &kind);
}

guint
sim_draft_network (SimDraft *draft)
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
add_addresses (SimDraft *draft, guint host, guint network)
{
  const SimNetworkPlan *planned = &draft->plan->networks[network];
  gboolean ipv6 = planned->subnet6 != 0 && sim_draft_chance (draft, 0.5);
  /* Without IPv4 only now and then. */
  gboolean ipv4 = !ipv6 || sim_draft_chance (draft, 0.85);

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
add_lonely_host (SimDraft *draft)
{
  guint host = sim_plan_add_host (draft->plan);
  SimInterfacePlan *interface = sim_plan_add_interface (draft->plan, host, 0,
                                                        FRAM_FAMILY_IPV4);

  fram_address_parse_ip (&interface->address, "127.0.0.1", 0);
}

static void
add_host (SimDraft *draft)
{
  guint host = sim_plan_add_host (draft->plan);
  SimHostPlan *planned = &draft->plan->hosts[host];
  guint n_networks = sim_draft_chance (draft, 0.25) ? 2 : 1;

  planned->lateness
      = sim_draft_chance (draft, 0.5) ? sim_draft_milliseconds (draft, 0, 4) : 0;
  planned->rests = sim_draft_chance (draft, 0.25);
  for (guint i = 0; i < n_networks; i++)
    {
      add_addresses (draft, host, sim_draft_network (draft));
      /* No host has the same address twice, though two homes may have it. */
      if (has_address (planned, &planned->interfaces[planned->n_interfaces - 1].address)
          || (planned->n_interfaces > 1
              && has_address (planned,
                              &planned->interfaces[planned->n_interfaces - 2].address)))
        planned->n_interfaces = 1;
    }
  for (guint i = 0; i < planned->n_interfaces; i++)
    {
      planned->interfaces[i].refuses = sim_draft_chance (draft, 0.03);
      if (sim_draft_chance (draft, 0.02))
        planned->interfaces[i].vanishes = sim_draft_milliseconds (draft, 1, 20000);
      if (sim_draft_chance (draft, 0.02))
        planned->interfaces[i].appears = sim_draft_milliseconds (draft, 1, 15000);
    }
}

static void
add_bystander (SimDraft *draft)
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
add_servers (SimDraft *draft)
{
  static const char *const names[]
      = { "stun.example.org", "stun.example.net", "stun.example.com" };
  static const guint weights[] = { 2, 4, 2, 1 };
  guint n = sim_dice_weighted (&draft->dice, weights, G_N_ELEMENTS (weights));

  for (guint i = 0; i < n; i++)
    {
      FramFamily family
          = sim_draft_chance (draft, 0.15) ? FRAM_FAMILY_IPV6 : FRAM_FAMILY_IPV4;
      SimServerPlan *server
          = &draft->plan
                 ->servers[sim_plan_add_server (draft->plan, SIM_SERVER_ANSWERS, family)];

      if (sim_draft_chance (draft, 0.15))
        server->kind = sim_draft_chance (draft, 0.5) ? SIM_SERVER_DEAF : SIM_SERVER_BUSY;
      server->absent = sim_draft_chance (draft, 0.08);
      if (sim_draft_chance (draft, 0.3))
        server->name = names[i];
    }
}

/* --- All --------------------------------------------------------------------------- */

static void
draw_internet (SimDraft *draft)
{
  SimLink *link = &draft->plan->networks[0].link;

  link->latency = sim_draft_milliseconds (draft, 1, 120);
  if (sim_draft_chance (draft, 0.5))
    link->jitter = sim_draft_milliseconds (draft, 0, 30);
  if (sim_draft_chance (draft, 0.3))
    link->loss = sim_draft_fraction (draft, 0.08);
  if (sim_draft_chance (draft, 0.04))
    link->loss = sim_draft_fraction (draft, 0.5);
  if (sim_draft_chance (draft, 0.2))
    link->duplicate = sim_draft_fraction (draft, 0.1);
  if (sim_draft_chance (draft, 0.2))
    link->reorder = sim_draft_fraction (draft, 0.2);
  if (sim_draft_chance (draft, 0.2))
    link->mangle = sim_draft_fraction (draft, 0.5);
}

/* What the hosts know of their networks, and what the users want. */
static void
draw_knowledge (SimDraft *draft)
{
  SimPlan *plan = draft->plan;

  for (guint i = 0; i < plan->n_hosts; i++)
    {
      SimHostPlan *host = &plan->hosts[i];

      if (sim_draft_chance (draft, 0.7))
        host->attaches = sim_draft_milliseconds (draft, 0, 2000);
      if (sim_draft_chance (draft, 0.3))
        host->reattaches = sim_draft_milliseconds (draft, 500, 20000);
    }
  if (sim_draft_chance (draft, 0.1))
    plan->linger = 0;
  if (sim_draft_chance (draft, 0.1))
    plan->linger = FRAM_TIME_NEVER;
  plan->probes = sim_draft_chance (draft, 0.3);
}

/* Who can tell of NATs, and who asks. */
static void
draw_probing (SimDraft *draft)
{
  SimPlan *plan = draft->plan;

  for (guint i = 0; i < plan->n_servers; i++)
    if (sim_draft_chance (draft, 0.5))
      sim_plan_help (plan, i);
  for (guint i = 0; i < plan->n_hosts; i++)
    if (sim_draft_chance (draft, 0.2))
      plan->hosts[i].checks = sim_draft_milliseconds (draft, 0, 20000);
}

/* Some of the servers relay, or one more does, which most know. */
static void
draw_relays (SimDraft *draft)
{
  SimPlan *plan = draft->plan;
  guint n = plan->n_servers;

  if (!sim_draft_chance (draft, 0.4))
    return;
  for (guint i = 0; i < n; i++)
    if (sim_draft_chance (draft, 0.5))
      sim_plan_relay (plan, i, sim_draft_chance (draft, 0.3));
  if (n == SIM_MAX_SERVERS || sim_draft_chance (draft, 0.5))
    return;
  sim_plan_add_server (plan, SIM_SERVER_ANSWERS, FRAM_FAMILY_IPV4);
  sim_plan_relay (plan, n, sim_draft_chance (draft, 0.3));
  for (guint i = 0; i < plan->calls->len; i++)
    for (guint side = 0; side < 2; side++)
      if (sim_draft_chance (draft, 0.7))
        g_array_index (plan->calls, SimCallPlan, i).ends[side].servers |= 1u << n;
}

void
sim_generate (SimPlan *ret_plan, guint64 seed)
{
  SimDraft draft = { .plan = ret_plan };
  guint n_hosts;

  sim_dice_init (&draft.dice, seed);
  sim_dice_init (&draft.late, ~seed);
  sim_plan_init (ret_plan, (guint64) sim_dice_range (&draft.dice, 0, G_MAXINT64));
  draw_internet (&draft);
  add_servers (&draft);
  n_hosts = (guint) sim_dice_range (&draft.dice, 2, 5);
  for (guint i = 0; i < n_hosts; i++)
    if (sim_draft_chance (&draft, 0.02))
      add_lonely_host (&draft);
    else
      add_host (&draft);
  sim_draft_add_calls (&draft, n_hosts);
  if (sim_draft_chance (&draft, 0.3))
    add_bystander (&draft);
  if (sim_draft_chance (&draft, 0.03))
    ret_plan->hosts[sim_dice_range (&draft.dice, 0, n_hosts)].leaves
        = sim_draft_milliseconds (&draft, 100, 4000);
  ret_plan->icmp = sim_draft_chance (&draft, 0.5);
  ret_plan->resolver_delay = sim_draft_milliseconds (&draft, 1, 400);
  ret_plan->linger = sim_draft_milliseconds (&draft, 0, 10000);
  if (sim_draft_chance (&draft, 0.2))
    ret_plan->holds = FRAM_SECONDS (sim_dice_range (&draft.dice, 20, 90));
  draw_knowledge (&draft);
  draw_probing (&draft);
  sim_draft_add_changes (&draft);
  draw_relays (&draft);
  sim_draft_add_lite (&draft);
  sim_draft_add_peers (&draft);
  sim_draft_add_removals (&draft);
  sim_draft_add_tcp (&draft, seed);
  sim_draft_add_names (&draft, seed);
}
