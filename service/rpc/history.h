/* How a session fared, for the history of those that have ended.  No addresses are kept. */
#pragma once

#include <gio/gio.h>

#include "ice/state.h"
#include "io/driver.h"
#include "rpc/state-cause.h"
#include "store/cache.h"

/* What has to be noted while a session lives. */
typedef struct
{
  FramState best;      /* the best state it came to */
  const char *failure; /* why it failed, a static word; NULL: it has not */
  char *path;          /* the last path of its data in words, or NULL */
  FramTime rtt;        /* on it; meaningless without a path */
} FramSessionCourse;

void fram_session_course_clear (FramSessionCourse *course);

/* Notes what the event of the session tells; `told`, if it tells of its state. */
void fram_session_course_follow (FramSessionCourse *course, FramBroker *broker,
                                 const FramEvent *event, const FramStateCause *told);

/* The session ends now; it is still there. */
void fram_history_add (FramCache *cache, FramDriver *driver, FramSessionId session,
                       FramSessionCourse *course, const char *application,
                       const char *label, FramCause cause);

/* `sessions`: FramPastSession.  Return: (transfer floating): as ListHistory gives them. */
GVariant *fram_history_rows (GPtrArray *sessions);
