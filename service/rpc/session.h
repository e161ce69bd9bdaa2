/* A session as its owner has it on the bus: the object behind /org/fram/Ice1/session/…
 *
 * The broker keeps the session itself; here is what only the bus knows of it. */
#pragma once

#include "dbus/interface.h"
#include "rpc/changes.h"
#include "rpc/history.h"
#include "rpc/session-table.h"
#include "rpc/sessions.h"

struct _FramBusSession
{
  FramSessions *sessions; /* what all have in common; outlives the session */
  FramSessionId id;
  char *path;
  char *owner; /* unique name */
  char *label;
  guint n_streams;
  guint n_components[FRAM_MAX_STREAMS];

  gboolean owner_gone; /* there is nobody to signal to */
  FramSessionCourse course;

  /* For those who look on. */
  FramChanges changes;
  gint64 started;   /* microseconds since 1970, UTC */
  gboolean touched; /* something has happened since its row was made */
  FramSessionGlance glance;

  /* PairsChanged: see session-signals.c. */
  gboolean hint_unanswered;
  FramTime hinted;  /* when the last was sent */
  guint hint_timer; /* GSource id of the next; 0: none */
};

/* org.fram.Ice1.Session; its object is a FramBusSession. */
extern const FramInterfaceTable fram_session_table;
