/* org.fram.Ice1.Inspector: what all sessions do, what is known of the network, and the sessions
 * that have ended. */
#pragma once

#include "dbus/exporter.h"
#include "rpc/callers.h"
#include "rpc/sessions.h"
#include "store/memory.h"

typedef struct _FramInspector FramInspector;

/* Checks that one caller may wait for. */
#define FRAM_INSPECTOR_MAX_CHECKS 4

/* Adds the interface to the object at FRAM_PATH_MANAGER, which is there; both stay the caller's.
 * Return: NULL with FRAM_BUS_ERROR_INCOMPLETE. */
FramInspector *fram_inspector_new (FramCallers *callers, FramExporter *exporter,
                                   GError **error);
/* Before the first call; all stay the caller's, and the driver the longest. */
void fram_inspector_start (FramInspector *inspector, FramSessions *sessions,
                           FramDriver *driver, FramMemory *memory);
/* Takes each event of the driver, after the sessions have. */
void fram_inspector_tell (FramInspector *inspector, const FramEvent *event);
/* One of `callers` has left the bus. */
void fram_inspector_caller_gone (FramInspector *inspector, const char *name);
/* Those who wait for a check are answered with an error.  NULL is allowed. */
void fram_inspector_free (FramInspector *inspector);
