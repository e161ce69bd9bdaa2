#include "nat/search-private.h"

/* Two ages that are nearer than this are one: the delay of packets and of timers blurs
 * them. */
#define RESOLUTION FRAM_MILLISECONDS (500)

void
fram_nat_search_init (FramNatSearch *search, FramTime shortest, FramTime longest,
                      guint precision)
{
  *search = (FramNatSearch){
    .shortest = shortest,
    .longest = longest,
    .precision = precision,
    .lowest_dead = FRAM_TIME_NEVER,
  };
}

static gboolean
is_close (const FramNatSearch *search, FramTime low, FramTime high)
{
  return high - low <= MAX (low * search->precision / 100, RESOLUTION);
}

static gboolean
is_full (const FramNatSearch *search)
{
  return search->n_alive == FRAM_NAT_SEARCH_MAX_TRIALS
         || search->n_dead == FRAM_NAT_SEARCH_MAX_TRIALS;
}

void
fram_nat_search_add_alive (FramNatSearch *search, FramTime age)
{
  guint n_left = 0;

  if (is_full (search))
    return;
  search->alive[search->n_alive++] = age;
  for (guint i = 0; i < search->n_dead; i++)
    if (search->dead[i] > age)
      search->dead[n_left++] = search->dead[i];
  if (n_left < search->n_dead)
    search->n_contradictions++;
  search->n_dead = n_left;
}

void
fram_nat_search_add_dead (FramNatSearch *search, FramTime age)
{
  FramTime alive, dead;

  if (is_full (search))
    return;
  fram_nat_search_get_bracket (search, &alive, &dead);
  if (fram_nat_search_is_narrow (search) && is_close (search, dead, age))
    search->confirmed = MIN (dead, age);
  search->dead[search->n_dead++] = age;
  search->lowest_dead = MIN (search->lowest_dead, age);
}

void
fram_nat_search_get_bracket (const FramNatSearch *search, FramTime *ret_alive,
                             FramTime *ret_dead)
{
  gboolean hopeless = fram_nat_search_is_hopeless (search);
  FramTime alive = 0, dead = hopeless ? search->lowest_dead : FRAM_TIME_NEVER;

  for (guint i = 0; i < search->n_dead; i++)
    dead = MIN (dead, search->dead[i]);
  for (guint i = 0; i < search->n_alive; i++)
    if (search->alive[i] < dead)
      alive = MAX (alive, search->alive[i]);
  *ret_alive = alive;
  *ret_dead = dead;
}

gboolean
fram_nat_search_is_narrow (const FramNatSearch *search)
{
  FramTime alive, dead;

  fram_nat_search_get_bracket (search, &alive, &dead);
  if (dead == FRAM_TIME_NEVER)
    return FALSE;
  return is_close (search, alive, dead) || dead <= search->shortest + RESOLUTION;
}

gboolean
fram_nat_search_is_confirmed (const FramNatSearch *search)
{
  FramTime alive, dead;

  fram_nat_search_get_bracket (search, &alive, &dead);
  return fram_nat_search_is_narrow (search) && search->confirmed == dead;
}

gboolean
fram_nat_search_is_hopeless (const FramNatSearch *search)
{
  return search->n_contradictions > FRAM_NAT_SEARCH_MAX_CONTRADICTIONS
         || is_full (search);
}

static FramTime
highest (FramTime age, const FramTime *under_way, guint n_under_way)
{
  for (guint i = 0; i < n_under_way; i++)
    age = MAX (age, under_way[i]);
  return age;
}

/* The lowest of the trials under way above `age`, or `end`. */
static FramTime
next_above (FramTime age, FramTime end, const FramTime *under_way, guint n_under_way)
{
  for (guint i = 0; i < n_under_way; i++)
    if (under_way[i] > age)
      end = MIN (end, under_way[i]);
  return end;
}

/* The middle of the widest gap, in proportion, that is still too wide. */
static gboolean
split (const FramNatSearch *search, FramTime alive, FramTime dead,
       const FramTime *under_way, guint n_under_way, FramTime *ret_age)
{
  double widest = 0;

  for (FramTime low = alive, high; low < dead; low = high)
    {
      double width;

      high = next_above (low, dead, under_way, n_under_way);
      width = (double) (high - low) / (double) (low + search->shortest);
      if (high <= search->shortest || is_close (search, low, high) || width <= widest)
        continue;
      widest = width;
      *ret_age = MAX (low + (high - low) / 2, search->shortest);
    }
  return widest > 0;
}

gboolean
fram_nat_search_next (const FramNatSearch *search, const FramTime *under_way,
                      guint n_under_way, FramTime *ret_age)
{
  FramTime alive, dead, top;

  fram_nat_search_get_bracket (search, &alive, &dead);
  if (dead != FRAM_TIME_NEVER && !fram_nat_search_is_narrow (search))
    return split (search, alive, dead, under_way, n_under_way, ret_age);

  top = highest (alive, under_way, n_under_way);
  if (top >= MIN (dead, search->longest))
    return FALSE;
  /* Before the border is believed, a second mapping has to be dead there. */
  *ret_age = dead != FRAM_TIME_NEVER ? dead
                                     : CLAMP (2 * top, search->shortest, search->longest);
  return TRUE;
}

gboolean
fram_nat_search_is_moot (const FramNatSearch *search, FramTime age)
{
  FramTime alive, dead;

  fram_nat_search_get_bracket (search, &alive, &dead);
  if (age <= alive || age > dead)
    return TRUE;
  return age == dead && !fram_nat_search_is_narrow (search);
}
