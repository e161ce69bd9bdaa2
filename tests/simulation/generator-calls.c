/* The calls of a drawn world: how they open, what they know, when they end. */
#include "generator-private.h"

static void
draw_end (SimDraft *draft, SimEndPlan *end)
{
  end->trickle = sim_draft_chance (draft, 0.5);
  end->role_fixed = sim_draft_chance (draft, 0.15);
  end->role
      = sim_draft_chance (draft, 0.5) ? FRAM_ROLE_CONTROLLING : FRAM_ROLE_CONTROLLED;
  end->says_bye = sim_draft_chance (draft, 0.6);
  if (sim_draft_chance (draft, 0.2))
    end->pacing = (guint) sim_dice_range (&draft->dice, 5, 51);
  if (sim_draft_chance (draft, 0.03))
    end->policy = FRAM_POLICY_RELAY;
  else if (sim_draft_chance (draft, 0.04))
    end->policy = FRAM_POLICY_NO_HOST;
  if (sim_draft_chance (draft, 0.15))
    end->servers &= (guint) sim_dice_range (&draft->dice, 0, 16);
}

static void
draw_signalling (SimDraft *draft, SimCallPlan *call)
{
  /* Slower or faster than the packets. */
  if (sim_draft_chance (draft, 0.7))
    call->delay = sim_draft_milliseconds (draft, 0, 150);
  else
    call->delay = sim_draft_milliseconds (draft, 150, 4000);
  call->jitter = sim_draft_milliseconds (draft, 0, 50);
}

static SimCallPlan *
add_call (SimDraft *draft, guint host, guint other_host)
{
  static const guint opening_weights[] = { 6, 1, 2 };
  SimCallPlan *call = sim_plan_add_call (draft->plan, host, other_host);

  call->opening = (SimOpening) sim_dice_weighted (&draft->dice, opening_weights, 3);
  call->starts = sim_draft_milliseconds (draft, 0, 300);
  draw_signalling (draft, call);
  if (sim_draft_chance (draft, 0.15))
    call->n_streams = (guint) sim_dice_range (&draft->dice, 1, 4);
  if (sim_draft_chance (draft, 0.15))
    call->n_components = 2;
  for (guint side = 0; side < 2; side++)
    draw_end (draft, &call->ends[side]);
  return call;
}

static void
draw_changes (SimDraft *draft, SimCallPlan *call)
{
  for (guint side = 0; side < 2; side++)
    if (sim_draft_chance (draft, 0.06))
      call->ends[side].restarts
          = call->starts + sim_draft_milliseconds (draft, 500, 9000);
  if (sim_draft_chance (draft, 0.08))
    call->ends[sim_dice_range (&draft->dice, 0, 2)].closes
        = call->starts + sim_draft_milliseconds (draft, 0, 3000);
}

/* Many calls of one kind between the same two hosts: their 5-tuples get in each other's
 * way. */
static void
add_crowd (SimDraft *draft, guint n_hosts)
{
  guint n_calls = (guint) sim_dice_range (&draft->dice, 10, 50);
  gboolean both_ways = sim_draft_chance (draft, 0.3);
  gboolean at_once = sim_draft_chance (draft, 0.5);
  SimCallPlan first
      = *add_call (draft, 0, n_hosts > 2 && sim_draft_chance (draft, 0.2) ? 0 : 1);

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
        call->starts = sim_draft_milliseconds (draft, 0, 2000);
      draw_changes (draft, call);
    }
}

void
sim_draft_add_calls (SimDraft *draft, guint n_hosts)
{
  guint n_calls = 1;

  if (sim_draft_chance (draft, 0.04))
    {
      add_crowd (draft, n_hosts);
      return;
    }
  if (sim_draft_chance (draft, 0.4))
    n_calls = (guint) sim_dice_range (&draft->dice, 2, 6);
  if (sim_draft_chance (draft, 0.02))
    n_calls = (guint) sim_dice_range (&draft->dice, 10, 30);
  for (guint i = 0; i < n_calls; i++)
    {
      guint a = (guint) sim_dice_range (&draft->dice, 0, n_hosts);
      guint b = (guint) sim_dice_range (&draft->dice, 0, n_hosts);

      /* Within a host only now and then. */
      if (a == b && !sim_draft_chance (draft, 0.3))
        b = (a + 1) % n_hosts;
      draw_changes (draft, add_call (draft, a, b));
    }
}

void
sim_draft_add_removals (SimDraft *draft)
{
  for (guint i = 0; i < draft->plan->calls->len; i++)
    {
      SimCallPlan *call = &g_array_index (draft->plan->calls, SimCallPlan, i);

      if (call->n_streams > 1 && sim_dice_chance (&draft->late, 0.3))
        call->ends[sim_dice_range (&draft->late, 0, 2)].removes
            = call->starts + FRAM_MILLISECONDS (sim_dice_range (&draft->late, 0, 12000));
    }
}

/* Whether everybody reaches it: what a lite agent needs (RFC 8445 §5.2). */
static gboolean
is_reached (const SimHostPlan *host)
{
  guint n[FRAM_FAMILY_IPV6 + 1] = { 0 };

  for (guint i = 0; i < host->n_interfaces; i++)
    {
      const SimInterfacePlan *interface = &host->interfaces[i];

      if (interface->network != 0 || interface->refuses || interface->appears > 0
          || interface->vanishes != FRAM_TIME_NEVER
          || fram_address_is_loopback (&interface->address)
          || ++n[interface->address.family] > 1)
        return FALSE;
    }
  return host->n_interfaces > 0;
}

void
sim_draft_add_lite (SimDraft *draft)
{
  for (guint i = 0; i < draft->plan->calls->len; i++)
    {
      SimCallPlan *call = &g_array_index (draft->plan->calls, SimCallPlan, i);
      SimEndPlan *end = &call->ends[sim_dice_range (&draft->dice, 0, 2)];

      /* Its candidates are all that the peer is told, at once. */
      end->lite = sim_draft_chance (draft, 0.3) && end->policy == FRAM_POLICY_ALL
                  && call->ends[0].host != call->ends[1].host
                  && is_reached (&draft->plan->hosts[end->host]);
      if (end->lite)
        end->servers = 0;
    }
}
