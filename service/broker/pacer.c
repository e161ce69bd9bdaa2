#include "broker/pacer.h"

#define GAP FRAM_MILLISECONDS (5)

/* So many urgent turns in a row, and one of those who wait goes first: a peer that sends
 * checks without end must not silence other sessions. */
#define MAX_IN_A_ROW 4

void
fram_pacer_init (FramPacer *pacer)
{
  fram_schedule_init (&pacer->urgent);
  fram_schedule_init (&pacer->ordinary);
  pacer->next = 0;
  pacer->n_in_a_row = 0;
}

void
fram_pacer_clear (FramPacer *pacer)
{
  fram_schedule_clear (&pacer->urgent);
  fram_schedule_clear (&pacer->ordinary);
}

void
fram_pacer_want (FramPacer *pacer, FramDue *due, FramTime time, gboolean urgent)
{
  if (due->urgent != urgent)
    fram_schedule_set (due->urgent ? &pacer->urgent : &pacer->ordinary, due,
                       FRAM_TIME_NEVER);
  due->urgent = urgent;
  fram_schedule_set (urgent ? &pacer->urgent : &pacer->ordinary, due, time);
}

FramTime
fram_pacer_deadline (const FramPacer *pacer)
{
  FramTime first
      = MIN (fram_schedule_next (&pacer->urgent), fram_schedule_next (&pacer->ordinary));

  return MAX (first, pacer->next);
}

FramDue *
fram_pacer_peek (const FramPacer *pacer, FramTime now)
{
  gboolean urgent = fram_schedule_next (&pacer->urgent) <= now;
  gboolean ordinary = fram_schedule_next (&pacer->ordinary) <= now;

  if (now < pacer->next || !(urgent || ordinary))
    return NULL;
  if (urgent && !(ordinary && pacer->n_in_a_row >= MAX_IN_A_ROW))
    return fram_schedule_peek (&pacer->urgent);
  return fram_schedule_peek (&pacer->ordinary);
}

void
fram_pacer_took (FramPacer *pacer, const FramDue *due, FramTime now)
{
  pacer->next = now + GAP;
  pacer->n_in_a_row = due->urgent ? pacer->n_in_a_row + 1 : 0;
}
