/* What the applications of a call say to each other, beside the packets. */
#pragma once

#include "call.h"

/* Describes the end's session to the peer; without trickle this waits for all candidates,
 * and in answers for the offer. */
void sim_signalling_describe (SimEnd *end);
void sim_signalling_candidate (SimEnd *end, const SimCandidate *candidate);
void sim_signalling_done (SimEnd *end);
void sim_signalling_bye (SimEnd *end);
/* The last stream. */
void sim_signalling_removed (SimEnd *end);

/* end.c: creates the session; the offer, if it answers one, with its candidates. */
void sim_end_open (SimEnd *end, const FramDescription *offer, const char *const *lines);
