#include "link.h"

/* How long a packet is held back at most that is to be overtaken. */
#define HELD_BACK FRAM_MILLISECONDS (60)

static FramTime
up_to (SimDice *dice, FramTime most)
{
  return most > 0 ? sim_dice_range (dice, 0, most + 1) : 0;
}

SimPassage
sim_link_pass (const SimLink *link, SimDice *dice, FramTime now, FramTime *last)
{
  SimPassage passage = { 0 };
  FramTime at = now + link->latency + up_to (dice, link->jitter);

  if (sim_dice_chance (dice, link->loss))
    return passage;

  if (sim_dice_chance (dice, link->reorder))
    at += up_to (dice, HELD_BACK);
  else
    *last = at = MAX (at, *last);
  passage.at[passage.n++] = at;

  if (sim_dice_chance (dice, link->duplicate))
    passage.at[passage.n++] = at + up_to (dice, link->latency + link->jitter);
  return passage;
}
