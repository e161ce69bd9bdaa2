/* The rules for what a host transmits: how often, how close together, how many times. */
#pragma once

#include "broker/event.h"

/* RFC 8445 §14.2: new transactions of all agents of a host, at least 5 ms apart. */
#define SIM_PACING_GAP FRAM_MILLISECONDS (5)
/* RFC 8489 §6.2.1: Rc. */
#define SIM_TRANSMISSIONS_MAX 7

typedef struct
{
  FramTime last;        /* of a first transmission; -1: none yet */
  GHashTable *requests; /* FramStunId -> number of transmissions */
} SimPacing;

void sim_pacing_init (SimPacing *pacing);
void sim_pacing_clear (SimPacing *pacing);

typedef enum
{
  SIM_PACING_OK,
  SIM_PACING_NOT_STUN,
  SIM_PACING_TOO_CLOSE,
  SIM_PACING_TOO_OFTEN,
} SimPacingResult;

/* A probe asks more often where packets were lost: see nat/query.c. */
#define SIM_TRANSMISSIONS_OF_PROBE 9

typedef enum
{
  SIM_PACING_CHECKS, /* all that is new is paced */
  SIM_PACING_SETTLED, /* the 5-tuple carries data, or would if there were no newer generation, so
                       * that a check on it is for consent (RFC 7675), which is not paced, unless
                       * it nominates */
  SIM_PACING_FREE, /* nothing is paced */
} SimPacingManner;

/* `most`: how often a request may be sent.  `ret_gap` is written with TOO_CLOSE. */
SimPacingResult sim_pacing_transmit (SimPacing *pacing, const guint8 *data, gsize length,
                                     guint most, SimPacingManner manner, FramTime now,
                                     FramTime *ret_gap);
