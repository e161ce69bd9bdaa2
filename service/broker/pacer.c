#include "broker/pacer.h"

#define GAP FRAM_MILLISECONDS (5)

/* So many turns in a row before somebody of a lower rank, and then that one has its turn: a
 * peer that sends checks without end must not silence other sessions. */
#define MAX_IN_A_ROW 4

static const FramTurnRank descending[]
    = { FRAM_TURN_URGENT, FRAM_TURN_QUESTION, FRAM_TURN_ORDINARY };

void
fram_pacer_init (FramPacer *pacer)
{
  for (guint i = 0; i < FRAM_TURN_N_RANKS; i++)
    fram_schedule_init (&pacer->ranks[i]);
  pacer->next = 0;
  pacer->n_in_a_row = 0;
}

void
fram_pacer_clear (FramPacer *pacer)
{
  for (guint i = 0; i < FRAM_TURN_N_RANKS; i++)
    fram_schedule_clear (&pacer->ranks[i]);
}

void
fram_pacer_want (FramPacer *pacer, FramDue *due, FramTime time, FramTurnRank rank)
{
  if (due->rank != rank)
    fram_schedule_set (&pacer->ranks[due->rank], due, FRAM_TIME_NEVER);
  due->rank = (guint8) rank;
  fram_schedule_set (&pacer->ranks[rank], due, time);
}

FramTime
fram_pacer_deadline (const FramPacer *pacer)
{
  FramTime first = FRAM_TIME_NEVER;

  for (guint i = 0; i < FRAM_TURN_N_RANKS; i++)
    first = MIN (first, fram_schedule_next (&pacer->ranks[i]));
  return MAX (first, pacer->next);
}

/* Of those below the first rank that waits, who waits for longest; NULL: nobody. */
static FramDue *
find_lower (const FramPacer *pacer, const FramDue *first, FramTime now)
{
  FramDue *lower = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (descending); i++)
    {
      FramDue *due = fram_schedule_peek (&pacer->ranks[descending[i]]);

      if (due != NULL && due != first && due->time <= now
          && (lower == NULL || due->time < lower->time))
        lower = due;
    }
  return lower;
}

FramDue *
fram_pacer_peek (const FramPacer *pacer, FramTime now)
{
  FramDue *first = NULL, *lower;

  if (now < pacer->next)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (descending) && first == NULL; i++)
    if (fram_schedule_next (&pacer->ranks[descending[i]]) <= now)
      first = fram_schedule_peek (&pacer->ranks[descending[i]]);
  if (first == NULL || pacer->n_in_a_row < MAX_IN_A_ROW)
    return first;
  lower = find_lower (pacer, first, now);
  return lower != NULL ? lower : first;
}

void
fram_pacer_took (FramPacer *pacer, const FramDue *due, FramTime now)
{
  gboolean was_lower = pacer->n_in_a_row >= MAX_IN_A_ROW;

  pacer->next = now + GAP;
  pacer->n_in_a_row
      = was_lower || due->rank == FRAM_TURN_ORDINARY ? 0 : pacer->n_in_a_row + 1;
}
