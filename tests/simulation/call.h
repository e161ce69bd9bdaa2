/* A call: two applications, one session each, and the signalling between them. */
#pragma once

#include "host.h"

typedef struct _SimCall SimCall;

/* One side of a call. */
typedef struct
{
  SimCall *call;
  guint side;
  SimHost *host;
  const SimEndPlan *plan;
  FramSessionId session; /* 0: not yet, or not any more */
  gboolean over;         /* its application has closed it, or will not open it */
  guint round;           /* how often it has restarted */
  gboolean awaits_offer; /* of this round, before it describes itself */
  gboolean described;    /* its description is on its way */
  gboolean answered;     /* the other description is there */
  gboolean restart_due;  /* its application is going to restart it */
  gboolean removal_due;  /* and to remove a stream */
  guint n_streams;       /* that are there: the first ones */
  gboolean gathered;
  FramState state;
  FramCause cause;
  GPtrArray *candidates; /* SimCandidate: found so far */
  FramTime sent_last;    /* when the latest message will arrive */
  FramTime opened;       /* the session, or its present round */
  FramTime ready;        /* completed for the first time; -1: not yet */
  guint n_heard[FRAM_MAX_STREAMS][FRAM_MAX_COMPONENTS];
  gboolean spoke; /* by all components, when the flow was last looked at */
  SimTuple heard_by[FRAM_MAX_STREAMS][FRAM_MAX_COMPONENTS]; /* the last data */
} SimEnd;

typedef struct
{
  guint stream;
  char *line;
} SimCandidate;

struct _SimCall
{
  const SimContext *context;
  const SimPlan *plan;
  const SimCallPlan *planned;
  guint index;
  SimEnd ends[2];
  gboolean watches_flow; /* a restart is under way, and nothing else disturbs the data */
};

void sim_call_init (SimCall *call, const SimContext *context, const SimPlan *plan,
                    guint index, SimHost *host, SimHost *other_host);
void sim_call_clear (SimCall *call);

/* What hosts tell the owners of sessions, which are SimEnds. */
extern const SimHostSink sim_call_sink;

/* Puts its begin, and what its ends do later, on the schedule. */
void sim_call_schedule (SimCall *call);
void sim_end_close (SimEnd *end);
/* New credentials, in the middle of the call or not; the peer is asked to do the same. */
void sim_end_restart (SimEnd *end, guint round);
/* Removes the last stream; the peer is asked to do the same. */
void sim_end_remove_stream (SimEnd *end);
/* Of the streams, the first ones that both ends have. */
guint sim_call_count_streams (const SimCall *call);
/* Each component says something to its peer, if it has a path. */
void sim_end_talk (SimEnd *end);

/* From now on until both have selected again, what one says the other hears.  (RFC 8445 §9) */
void sim_call_watch_flow (SimCall *call);

gboolean sim_end_is_gone (const SimEnd *end);
/* Nothing more is expected to change of itself. */
gboolean sim_call_is_settled (const SimCall *call);
/* Both are completed. */
gboolean sim_call_is_connected (const SimCall *call);
/* Both heard each other in all components, lately by the path that they send by, if their dialects
 * and what has changed let them meet there. */
gboolean sim_call_agrees (const SimCall *call);
void sim_call_forget_talk (SimCall *call);
