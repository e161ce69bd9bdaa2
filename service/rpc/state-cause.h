/* Why a session is in its state, as the bus is told: the broker's cause or, if it has failed, what
 * was known of the servers, of the NAT and of the peer when it did. */
#pragma once

#include "ice/state.h"
#include "io/driver.h"

typedef struct
{
  FramState state;
  const char *word; /* static; NULL: nothing was told yet */
  char *sentence;
} FramStateCause;

void fram_state_cause_clear (FramStateCause *cause);
/* Notes what the event of the session tells, before anybody else is told. */
void fram_state_cause_follow (FramStateCause *cause, FramBroker *broker,
                              const FramEvent *event);
/* Notes the state that the broker has it in, if that is not told yet. */
void fram_state_cause_catch_up (FramStateCause *cause, FramBroker *broker,
                                FramSessionId session, FramState state, FramCause now);
/* Of a session that the broker has in a state by a cause.  The sentence belongs to `cause`, or
 * to nobody. */
const char *fram_state_cause_get_word (const FramStateCause *cause, FramState state,
                                       FramCause now);
const char *fram_state_cause_get_sentence (const FramStateCause *cause, FramState state,
                                           FramCause now);
