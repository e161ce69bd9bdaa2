/* The search for the border between the ages at which mappings live and those at which they
 * are dead, by trials of which some may be wrong. */
#pragma once

#include "base/time.h"

#define FRAM_NAT_SEARCH_MAX_TRIALS 64
/* So often may a mapping live longer than another one did: a packet was lost, the NAT was
 * restarted.  If it happens oftener, mappings do not all live equally long. */
#define FRAM_NAT_SEARCH_MAX_CONTRADICTIONS 3

typedef struct
{
  FramTime shortest, longest;
  guint precision; /* per cent */
  guint n_alive, n_dead, n_contradictions;
  FramTime alive[FRAM_NAT_SEARCH_MAX_TRIALS];
  FramTime dead[FRAM_NAT_SEARCH_MAX_TRIALS];
  FramTime confirmed;   /* the age at which mappings were dead twice; 0: none */
  FramTime lowest_dead; /* ever */
} FramNatSearch;

void fram_nat_search_init (FramNatSearch *search, FramTime shortest, FramTime longest,
                           guint precision);

/* A mapping was there at this age, or later.  An earlier verdict of death is refuted. */
void fram_nat_search_add_alive (FramNatSearch *search, FramTime age);
/* A mapping was not there at this age, or before. */
void fram_nat_search_add_dead (FramNatSearch *search, FramTime age);

/* The lowest age at which a mapping was dead, NEVER if there is none, and the highest one
 * below it at which one was alive, or 0. */
void fram_nat_search_get_bracket (const FramNatSearch *search, FramTime *ret_alive,
                                  FramTime *ret_dead);
/* The border is found as exactly as was asked for. */
gboolean fram_nat_search_is_narrow (const FramNatSearch *search);
gboolean fram_nat_search_is_confirmed (const FramNatSearch *search);
/* Nothing more can be found out: the trials contradict each other, or are too many. */
gboolean fram_nat_search_is_hopeless (const FramNatSearch *search);

/* The age that a new trial should try, besides those of the trials under way.
 * Return: FALSE if none is of use now. */
gboolean fram_nat_search_next (const FramNatSearch *search, const FramTime *under_way,
                               guint n_under_way, FramTime *ret_age);
/* Whether a trial of this age, under way, cannot tell anything new any more. */
gboolean fram_nat_search_is_moot (const FramNatSearch *search, FramTime age);
