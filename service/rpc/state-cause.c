#include "rpc/state-cause.h"

#include "broker/explain.h"

void
fram_state_cause_clear (FramStateCause *cause)
{
  g_free (cause->sentence);
  *cause = (FramStateCause){ 0 };
}

static void
note (FramStateCause *cause, FramBroker *broker, FramSessionId session, FramState state,
      FramCause why)
{
  fram_state_cause_clear (cause);
  cause->state = state;
  cause->sentence = fram_broker_explain_state (broker, session, state, why,
                                               fram_driver_now (), &cause->word);
}

void
fram_state_cause_follow (FramStateCause *cause, FramBroker *broker,
                         const FramEvent *event)
{
  if (event->type == FRAM_EVENT_STATE)
    note (cause, broker, event->session, event->state, event->cause);
}

void
fram_state_cause_catch_up (FramStateCause *cause, FramBroker *broker,
                           FramSessionId session, FramState state, FramCause now)
{
  if (cause->word == NULL || cause->state != state)
    note (cause, broker, session, state, now);
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
