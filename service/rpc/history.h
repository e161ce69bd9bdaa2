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
  FramStateCause cause; /* of the state that was told last */
  FramState best;       /* the best state it came to */
  char *path;           /* the last path of its data in words, or NULL */
  FramTime rtt;         /* on it; meaningless without a path */
} FramSessionCourse;

void fram_session_course_clear (FramSessionCourse *course);

/* Notes what the event of the session tells, before anybody else is told. */
void fram_session_course_follow (FramSessionCourse *course, FramBroker *broker,
                                 const FramEvent *event);

/* The session ends now; it is still there. */
void fram_history_add (FramCache *cache, FramDriver *driver, FramSessionId session,
                       FramSessionCourse *course, const char *application,
                       const char *label, FramCause cause);

/* `sessions`: FramPastSession.  Return: (transfer floating): as ListHistory gives them. */
GVariant *fram_history_rows (GPtrArray *sessions);
