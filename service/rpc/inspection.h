/* The tables of the sessions, and those who follow them.  While nobody does, all that is done
 * is to count. */
#pragma once

#include "rpc/owners.h"
#include "rpc/sessions.h"

typedef struct _FramInspection FramInspection;

/* Of so many sessions it is known what was told of them in detail. */
#define FRAM_INSPECTION_MAX_DETAILS 64

/* All stay the caller's. `callers` watches those who subscribe. */
FramInspection *fram_inspection_new (FramExporter *exporter, FramInterface *interface,
                                     FramOwners *callers);
/* Before the first call. */
void fram_inspection_start (FramInspection *inspection, FramSessions *sessions);
void fram_inspection_free (FramInspection *inspection);

/* Something of the session (0: of the network) has changed; it has ended. */
void fram_inspection_changed (FramInspection *inspection, FramSessionId session,
                              gboolean ended);
void fram_inspection_caller_gone (FramInspection *inspection, const char *name);
/* The caller has pulled another table. */
void fram_inspection_answered (FramInspection *inspection, const char *name);

/* The methods; they answer the call. */
void fram_inspection_subscribe (FramInspection *inspection, FramCall *call);
void fram_inspection_unsubscribe (FramInspection *inspection, FramCall *call);
void fram_inspection_get_sessions (FramInspection *inspection, FramCall *call,
                                   guint64 known);
void fram_inspection_get_session (FramInspection *inspection, FramCall *call,
                                  guint64 session, guint64 known);
