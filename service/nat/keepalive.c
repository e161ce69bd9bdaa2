#include "nat/keepalive.h"

/* RFC 4787 REQ-5: a mapping does not expire in less than two minutes. */
#define PROMISED FRAM_SECONDS (120)
/* A keep-alive that is lost is repeated after 0.5, 1.5 and 3.5 s (RFC 8489 §6.2.1): so much
 * time is left for it before the mapping may go. */
#define TIME_TO_REPEAT FRAM_SECONDS (4)
#define LEAST FRAM_SECONDS (1)

static FramTime
a_tenth_below (FramTime life)
{
  return life - life / 10;
}

/* Below a life that was seen: by the repetitions of one keep-alive and at least a tenth, but
 * of a life that is too short for that, half. */
static FramTime
below (FramTime life)
{
  return MAX (life / 2, MIN (life - TIME_TO_REPEAT, a_tenth_below (life)));
}

FramTime
fram_nat_keepalive_interval (const FramNatLifetimeResult *result)
{
  FramTime life, interval;

  if (result == NULL || (result->alive == 0 && result->dead == FRAM_TIME_NEVER))
    return FRAM_NAT_KEEPALIVE_DEFAULT;

  life = MIN (result->alive > 0 ? result->alive : result->dead / 2, PROMISED);
  interval = below (life);
  if (interval >= FRAM_NAT_KEEPALIVE_DEFAULT)
    return interval;
  if (result->dead == FRAM_TIME_NEVER
      || a_tenth_below (life) >= FRAM_NAT_KEEPALIVE_DEFAULT)
    return FRAM_NAT_KEEPALIVE_DEFAULT;
  return MAX (interval, LEAST);
}
