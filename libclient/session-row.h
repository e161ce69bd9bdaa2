/* What the inspector does with rows of sessions. */
#pragma once

#include "fram-inspector-rows.h"

/* The table was pulled at `now` (monotonic, microseconds): bytes become rates. */
void fram_session_row_measure (FramSessionRow *self, gint64 now);
/* The service has it no more. */
void fram_session_row_end (FramSessionRow *self);
