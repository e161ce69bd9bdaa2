/* Those who look on while things happen: readers of events, and of packets.  Each has a
 * descriptor of its own; what does not fit into it is dropped and counted, so one that does not
 * read costs nothing that grows. */
#pragma once

#include "dbus/call.h"
#include "rpc/owners.h"
#include "rpc/sessions.h"

typedef struct _FramLookers FramLookers;

/* Descriptors of one caller, and of all. */
#define FRAM_LOOKERS_MAX_OF_CALLER 8
#define FRAM_LOOKERS_MAX 64

/* `callers` watches them, and stays the caller's. */
FramLookers *fram_lookers_new (FramOwners *callers);
/* Before the first call; both stay the caller's. */
void fram_lookers_start (FramLookers *lookers, FramSessions *sessions);
/* All readers get their end of file. */
void fram_lookers_free (FramLookers *lookers);

/* Takes each event of a session. */
void fram_lookers_tell (FramLookers *lookers, const FramEvent *event);
void fram_lookers_caller_gone (FramLookers *lookers, const char *name);

/* The methods; they answer the call. */
void fram_lookers_open_events (FramLookers *lookers, FramCall *call, guint64 session);
void fram_lookers_capture (FramLookers *lookers, FramCall *call, guint64 session,
                           GVariant *options);
