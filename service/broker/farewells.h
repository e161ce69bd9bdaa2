/* Sessions that have ended: for as long as a peer may still hold its consent to send to them,
 * it is told that there is none any more.  (RFC 7675 §5.2) */
#pragma once

#include "base/digest.h"
#include "broker/schedule.h"
#include "stun/message.h"

/* So many are remembered, the newest ones. */
#define FRAM_MAX_FAREWELLS 256

typedef struct
{
  GHashTable *by_ufrag; /* char * -> FramFarewell */
  GQueue in_order;      /* FramFarewell, the oldest first */
  FramDue due;
} FramFarewells;

typedef struct
{
  char *ufrag;
  FramHmacKey key;
  FramTime until;
} FramFarewell;

void fram_farewells_init (FramFarewells *farewells);
void fram_farewells_clear (FramFarewells *farewells);
/* What is asked of `ufrag`, with `pwd`, is forbidden from now on; known already: for longer. */
void fram_farewells_add (FramFarewells *farewells, const char *ufrag, const char *pwd,
                         FramTime now);
/* Forgets those whose time is over.  Return: when it is next. */
FramTime fram_farewells_expire (FramFarewells *farewells, FramTime now);
/* Writes the answer to a request that begins with `ufrag`.  Return: its length; 0: nobody
 * who may ask. */
gsize fram_farewells_answer (FramFarewells *farewells, const char *ufrag,
                             const FramStunMessage *request, guint8 *buffer, gsize size);
