/* The inside of probing: what to find out next, by what was tried and is known
 * (probing-choice.c), and what becomes of findings (probing-learning.c). */
#pragma once

#include "broker/broker-private.h"

/* No mapping is measured beyond that, nor below this. */
#define FRAM_PROBING_LONGEST FRAM_SECONDS (30 * 60)
#define FRAM_PROBING_SHORTEST FRAM_SECONDS (5)

/* That a server was asked for a probe from an interface address. */
typedef struct
{
  FramProbeKind kind;
  FramAddress interface, server;
  FramNatAnswer helps; /* whether it does what the probe takes */
  FramTime again;
} FramProbingTrial;

void fram_probing_note_trial (FramProbing *probing, const FramProbe *probe,
                              FramNatAnswer helps, FramTime again);
/* Measurements may be made again, but for servers that cannot make them. */
void fram_probing_forget_lifetimes (FramProbing *probing);

typedef struct
{
  const FramBase *base;
  const FramAddress *server;
} FramProbingChoice;

/* Return: FALSE if there is nothing to be found out. */
gboolean fram_probing_choose_behaviour (FramBroker *broker, FramTime now,
                                        FramProbingChoice *ret_choice);
gboolean fram_probing_choose_lifetime (FramBroker *broker, FramTime now,
                                       FramProbingChoice *ret_choice);
/* Another server that sessions use: one that has answered this base, if possible; family
 * NONE: there is none. */
FramAddress fram_probing_choose_second (FramBroker *broker,
                                        const FramProbingChoice *choice);
/* Whether a session gathers, or has just begun its checks. */
gboolean fram_probing_is_busy (FramBroker *broker, FramTime now);

/* NULL: nothing is known. */
const FramNetworkNat *fram_probing_find_nat (FramBroker *broker,
                                             const FramInterfaceAddress *interface);
