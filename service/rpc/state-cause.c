#include "rpc/state-cause.h"

#include "broker/explain.h"

void
fram_state_cause_clear (FramStateCause *cause)
{
  g_free (cause->sentence);
  *cause = (FramStateCause){ 0 };
}

void
fram_state_cause_follow (FramStateCause *cause, FramBroker *broker,
                         const FramEvent *event)
{
  if (event->type != FRAM_EVENT_STATE)
    return;
  fram_state_cause_clear (cause);
  cause->state = event->state;
  cause->sentence
      = fram_broker_explain_state (broker, event->session, event->state, event->cause,
                                   fram_driver_now (), &cause->word);
}

/* What the broker came to in this turn of the loop is not told yet. */
static gboolean
is_of (const FramStateCause *cause, FramState state)
{
  return cause->word != NULL && cause->state == state && state == FRAM_STATE_FAILED;
}

const char *
fram_state_cause_get_word (const FramStateCause *cause, FramState state, FramCause now)
{
  return is_of (cause, state) ? cause->word : fram_cause_to_word (now);
}

const char *
fram_state_cause_get_sentence (const FramStateCause *cause, FramState state,
                               FramCause now)
{
  return is_of (cause, state) ? cause->sentence : fram_cause_to_sentence (now);
}
