/* Names in place of addresses in some of the drawn worlds, by dice of their own: all other worlds
 * are what they were. */
#include "generator-private.h"

#define WORLDS 0.12

static void
draw_end (SimDice *dice, SimEndPlan *end)
{
  if (end->policy == FRAM_POLICY_ALL && !end->lite && sim_dice_chance (dice, 0.6))
    end->policy = FRAM_POLICY_MDNS;
}

void
sim_draft_add_names (SimDraft *draft, guint64 seed)
{
  SimPlan *plan = draft->plan;
  SimDice dice;

  sim_dice_init (&dice, seed ^ G_GUINT64_CONSTANT (0x6d444e5300000000));
  if (!sim_dice_chance (&dice, WORLDS))
    return;
  plan->names_delay = FRAM_MILLISECONDS (sim_dice_range (&dice, 1, 800));
  if (sim_dice_chance (&dice, 0.3))
    plan->names_loss = (double) sim_dice_range (&dice, 0, 600) / 1000.0;
  for (guint i = 0; i < plan->n_hosts; i++)
    plan->hosts[i].nameless = sim_dice_chance (&dice, 0.15);
  for (guint i = 0; i < plan->calls->len; i++)
    for (guint side = 0; side < 2; side++)
      draw_end (&dice, &g_array_index (plan->calls, SimCallPlan, i).ends[side]);
}
