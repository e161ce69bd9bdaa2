/* What the peers of a drawn world are, and what of their surroundings fails them. */
#include "generator-private.h"

static void
draw_dialect (SimDraft *draft, SimEndPlan *end)
{
  static const guint weights[] = { 12, 3, 2, 3 };

  if (end->lite)
    return;
  end->dialect
      = (SimDialect) sim_dice_weighted (&draft->dice, weights, G_N_ELEMENTS (weights));
  /* RFC 5245 knows no trickling. */
  if (end->dialect == SIM_DIALECT_OLD || end->dialect == SIM_DIALECT_AGGRESSIVE)
    end->trickle = FALSE;
}

/* One of those that are known, in the middle of the calls. */
static void
let_server_die (SimDraft *draft)
{
  SimPlan *plan = draft->plan;

  if (plan->n_servers == 0)
    return;
  plan->servers[sim_dice_range (&draft->dice, 0, plan->n_servers)].dies
      = sim_draft_milliseconds (draft, 0, 30000);
  plan->holds = SIM_DRAFT_WATCHED;
}

void
sim_draft_add_peers (SimDraft *draft)
{
  for (guint i = 0; i < draft->plan->calls->len; i++)
    {
      SimCallPlan *call = &g_array_index (draft->plan->calls, SimCallPlan, i);

      for (guint side = 0; side < 2; side++)
        draw_dialect (draft, &call->ends[side]);
      if (sim_draft_chance (draft, 0.1))
        call->straggle = sim_draft_milliseconds (draft, 500, 15000);
    }
  if (sim_draft_chance (draft, 0.08))
    let_server_die (draft);
}
