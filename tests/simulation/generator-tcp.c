/* TCP candidates in some of the drawn worlds.  Their dice are their own: worlds without them are
 * what they were before there were any. */
#include "generator-private.h"

#define WORLDS 0.25

static void
draw_rules (SimDraft *draft, SimDice *dice)
{
  SimPlan *plan = draft->plan;

  for (guint i = 1; i < plan->n_networks; i++)
    {
      SimGatewayKind *gateway = &plan->networks[i].gateway;

      /* TCP is what is left. */
      if (sim_dice_chance (dice, 0.3))
        gateway->firewall = SIM_FIREWALL_NO_UDP;
      if (!gateway->translates && sim_dice_chance (dice, 0.4))
        gateway->tcp = SIM_TCP_IN;
      else if (sim_dice_chance (dice, 0.1))
        gateway->tcp = SIM_TCP_SERVERS;
    }
}

void
sim_draft_add_tcp (SimDraft *draft, guint64 seed)
{
  SimDice dice;

  sim_dice_init (&dice, seed ^ G_GUINT64_CONSTANT (0x5443500000000000));
  if (!sim_dice_chance (&dice, WORLDS))
    return;
  draw_rules (draft, &dice);
  for (guint i = 0; i < draft->plan->calls->len; i++)
    {
      SimCallPlan *call = &g_array_index (draft->plan->calls, SimCallPlan, i);
      gboolean meets = call->ends[0].dialect != SIM_DIALECT_AGGRESSIVE
                       || call->ends[1].dialect != SIM_DIALECT_AGGRESSIVE;

      /* Two that nominate with all of their checks need not select the same: one would close the
       * connection that the other has selected, and never nominate again. */
      for (guint side = 0; side < 2; side++)
        call->ends[side].tcp = sim_dice_chance (&dice, 0.85) && meets;
    }
}
