/* What happens to the networks of a drawn world in the middle of its calls. */
#include "generator-private.h"

typedef enum
{
  CHANGE_RENUMBERS, /* a NAT gets another address outside */
  CHANGE_FORGETS,   /* a NAT loses its mappings, as when it is switched off and on */
  CHANGE_SWAPS,     /* a host is in another network from one moment to the next */
  N_CHANGES,
} Change;

/* A gateway that translates, from a random one on; 0: there is none. */
static guint
draw_nat (SimDraft *draft)
{
  guint n = draft->plan->n_networks;
  guint first = (guint) sim_dice_range (&draft->dice, 0, n);

  for (guint i = 0; i < n; i++)
    if (draft->plan->networks[(first + i) % n].gateway.translates)
      return (first + i) % n;
  return 0;
}

static gboolean
has_address (const SimHostPlan *host, guint n, const FramAddress *address)
{
  for (guint i = 0; i < n; i++)
    if (fram_address_equal (&host->interfaces[i].address, address))
      return TRUE;
  return FALSE;
}

static void
swap (SimDraft *draft, FramTime at)
{
  guint host = (guint) sim_dice_range (&draft->dice, 0, draft->plan->n_hosts);
  SimHostPlan *planned = &draft->plan->hosts[host];
  guint n = planned->n_interfaces, network;

  if (planned->bystander || n == SIM_MAX_INTERFACES
      || fram_address_is_loopback (&planned->interfaces[0].address))
    return;
  network = sim_draft_network (draft);
  if (draft->plan->networks[network].prefix4 == 0)
    return;
  sim_plan_add_interface (draft->plan, host, network, FRAM_FAMILY_IPV4)->appears = at;
  if (has_address (planned, n, &planned->interfaces[n].address))
    {
      planned->n_interfaces = n;
      return;
    }
  for (guint i = 0; i < n; i++)
    {
      planned->interfaces[i].vanishes = at;
      planned->interfaces[i].appears = 0;
    }
}

static void
add_change (SimDraft *draft)
{
  static const guint weights[N_CHANGES] = { 3, 2, 4 };
  Change change = sim_dice_weighted (&draft->dice, weights, N_CHANGES);
  FramTime at = sim_draft_milliseconds (draft, 4000, 40000);
  guint nat = draw_nat (draft);

  if (change == CHANGE_SWAPS)
    swap (draft, at);
  else if (nat != 0)
    sim_plan_renumber (draft->plan, nat, at);
  if (change == CHANGE_FORGETS && nat != 0)
    draft->plan->networks[nat].renumbered = draft->plan->networks[nat].gateway.external;
}

/* A NAT that forgets sooner than keep-alives come; RFC 4787 §4.3 forbids it. */
static void
shorten_lifetime (SimDraft *draft)
{
  guint nat = draw_nat (draft);

  if (nat != 0)
    draft->plan->networks[nat].gateway.nat.lifetime
        = sim_draft_milliseconds (draft, 7000, 15000);
}

void
sim_draft_add_changes (SimDraft *draft)
{
  if (sim_draft_chance (draft, 0.04))
    shorten_lifetime (draft);
  if (!sim_draft_chance (draft, 0.05))
    return;
  add_change (draft);
  if (sim_draft_chance (draft, 0.2))
    add_change (draft);
  draft->plan->holds = SIM_DRAFT_WATCHED;
  if (!sim_draft_chance (draft, 0.8))
    return;
  for (guint i = 0; i < draft->plan->calls->len; i++)
    for (guint side = 0; side < 2; side++)
      g_array_index (draft->plan->calls, SimCallPlan, i).ends[side].trickle = TRUE;
}
