/* The pacer: one for all sessions, so that no two new transactions of this host are closer
 * than 5 ms.  (RFC 8445 §14.2)
 *
 * Whoever wants to send says when it may by its own Ta; the pacer gives the turns.  A check
 * that answers another goes before one that only tries: its peer's NAT is open now.  The
 * first question to a server stands between: all checks of a session may wait for it. */
#pragma once

#include "broker/schedule.h"

typedef enum
{
  FRAM_TURN_ORDINARY = FALSE,
  FRAM_TURN_URGENT = TRUE,
  FRAM_TURN_QUESTION,
  FRAM_TURN_N_RANKS,
} FramTurnRank;

typedef struct
{
  FramSchedule ranks[FRAM_TURN_N_RANKS];
  FramTime next;    /* nobody has a turn before */
  guint n_in_a_row; /* turns that went before somebody of a lower rank */
} FramPacer;

void fram_pacer_init (FramPacer *pacer);
void fram_pacer_clear (FramPacer *pacer);

/* Wants a turn from `time` on, instead of what it wanted before; FRAM_TIME_NEVER: none. */
void fram_pacer_want (FramPacer *pacer, FramDue *due, FramTime time, FramTurnRank rank);
FramTime fram_pacer_deadline (const FramPacer *pacer);

/* Whose turn it is now; NULL: nobody's. The entry stays until it wants something else. */
FramDue *fram_pacer_peek (const FramPacer *pacer, FramTime now);
/* The turn was used. */
void fram_pacer_took (FramPacer *pacer, const FramDue *due, FramTime now);
