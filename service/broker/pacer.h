/* The pacer: one for all sessions, so that no two new transactions of this host are closer
 * than 5 ms.  (RFC 8445 §14.2)
 *
 * Whoever wants to send says when it may by its own Ta; the pacer gives the turns.  A check
 * that answers another goes before one that only tries: its peer's NAT is open now. */
#pragma once

#include "broker/schedule.h"

typedef struct
{
  FramSchedule urgent;
  FramSchedule ordinary;
  FramTime next;    /* nobody has a turn before */
  guint n_in_a_row; /* urgent turns since the last ordinary one */
} FramPacer;

void fram_pacer_init (FramPacer *pacer);
void fram_pacer_clear (FramPacer *pacer);

/* Wants a turn from `time` on, instead of what it wanted before; FRAM_TIME_NEVER: none. */
void fram_pacer_want (FramPacer *pacer, FramDue *due, FramTime time, gboolean urgent);
FramTime fram_pacer_deadline (const FramPacer *pacer);

/* Whose turn it is now; NULL: nobody's. The entry stays until it wants something else. */
FramDue *fram_pacer_peek (const FramPacer *pacer, FramTime now);
/* The turn was used. */
void fram_pacer_took (FramPacer *pacer, const FramDue *due, FramTime now);
