/* What sessions do, step by step, for those who want to see it; while nobody does, nothing is
 * computed.  It is found by comparing what the agent shows before and after each call into it,
 * so that no machine has to tell. */
#pragma once

#include "broker/inspection.h"

typedef enum
{
  FRAM_TRACE_RESTARTED, /* a new generation: all that follows is its */
  FRAM_TRACE_CANDIDATE_FOUND,
  FRAM_TRACE_CANDIDATE_GONE,
  FRAM_TRACE_PAIR_ADDED,
  FRAM_TRACE_REQUEST_RECEIVED,
  FRAM_TRACE_RESPONSE_SENT,
  FRAM_TRACE_RESPONSE_RECEIVED,
  FRAM_TRACE_READABLE,
  FRAM_TRACE_WRITABLE,
  FRAM_TRACE_PAIR_STATE,
  FRAM_TRACE_REQUEST_SENT,
  FRAM_TRACE_REQUEST_REPEATED,
  FRAM_TRACE_CONSENT_SENT,
  FRAM_TRACE_NOMINATED,
  FRAM_TRACE_SELECTED,
  FRAM_TRACE_PAIR_GONE,
} FramTraceType;

/* As "request-sent". */
const char *fram_trace_type_to_text (FramTraceType type);

/* A candidate (`pair` 0), a pair, or neither. */
typedef struct _FramTrace
{
  FramTraceType type;
  guint count; /* so many at once; 1 where it is not counted */
  guint64 candidate;
  gboolean is_remote; /* the candidate */
  guint64 pair;
  FramCandidateType local_type, remote_type; /* a candidate's: the first */
  FramAddress local, remote;                 /* a candidate's: its own, of its side */
  char shown_local[FRAM_SHOWN_ADDRESS_TEXT]; /* as they may be shown; empty: none */
  char shown_remote[FRAM_SHOWN_ADDRESS_TEXT];
  FramPairState state;
  FramCause cause;
  FramTime rtt; /* RESPONSE_RECEIVED; -1 */
} FramTrace;

/* From now on, FRAM_EVENT_TRACE tells what the session does, or does not any more.  An unknown
 * session is no error. */
void fram_broker_trace (FramBroker *broker, FramSessionId session, gboolean wanted);
/* What all sessions do, those that are traced on their own account among them. */
void fram_broker_trace_all (FramBroker *broker, gboolean wanted);

/* The session that the last packet of fram_broker_receive() was for; 0: none's alone. */
FramSessionId fram_broker_get_heard (const FramBroker *broker);
