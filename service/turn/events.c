/* The queue of what a TURN client asks and tells. */
#include "turn/turn-private.h"

void
fram_turn_event_clear (FramTurnEvent *event)
{
  if (event->type == FRAM_TURN_EVENT_TRANSMIT)
    g_clear_pointer (&event->data, g_free);
  else
    g_clear_pointer (&event->domain, g_free);
}

FramTurnEvent *
fram_turn_emit (FramTurn *turn, FramTurnEventType type)
{
  FramTurnEvent *event = g_new0 (FramTurnEvent, 1);

  event->type = type;
  g_queue_push_tail (&turn->events, event);
  return event;
}

void
fram_turn_emit_peer (FramTurn *turn, FramTurnEventType type, const FramAddress *peer,
                     guint code)
{
  FramTurnEvent *event = fram_turn_emit (turn, type);

  event->peer = *peer;
  event->code = code;
}

void
fram_turn_transmit (FramTurn *turn, const guint8 *data, gsize length, guint32 connection,
                    FramTime now)
{
  FramTurnEvent *event = fram_turn_emit (turn, FRAM_TURN_EVENT_TRANSMIT);

  event->data = g_memdup2 (data, length);
  event->length = (guint16) length;
  event->connection = connection;
  if (connection == 0)
    turn->last_sent = now;
}

void
fram_turn_end (FramTurn *turn, FramTurnOutcome outcome, guint code)
{
  FramTurnEvent *event;

  if (turn->state == FRAM_TURN_ENDED)
    return;
  turn->state = FRAM_TURN_ENDED;
  g_ptr_array_set_size (turn->requests, 0);
  event = fram_turn_emit (turn, FRAM_TURN_EVENT_ENDED);
  event->outcome = outcome;
  event->code = code;
}

gboolean
fram_turn_pop (FramTurn *turn, FramTurnEvent *ret_event)
{
  FramTurnEvent *event = g_queue_pop_head (&turn->events);

  if (event == NULL)
    return FALSE;
  *ret_event = *event;
  g_free (event);
  return TRUE;
}
