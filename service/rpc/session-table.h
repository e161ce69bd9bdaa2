/* The table of all sessions, as GetSessions gives it. */
#pragma once

#include "rpc/delta.h"
#include "rpc/sessions.h"

/* What a session's row was made from, so that it need not be made to see that it would be the
 * same. */
typedef struct
{
  guint64 bytes_sent, bytes_received;
  FramTime rtt;
  guint32 n_answers;
  gconstpointer application;
} FramSessionGlance;

/* `a(…)` of the sessions that a reader who has `known` needs. `delta` NULL: all. */
GVariant *fram_session_table_pull (FramSessions *sessions, FramDelta *delta);
