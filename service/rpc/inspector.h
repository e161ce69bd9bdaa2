/* org.fram.Ice1.Inspector: what is known of the network, and the sessions that have ended. */
#pragma once

#include <dbus/dbus.h>

#include "dbus/exporter.h"
#include "store/memory.h"

typedef struct _FramInspector FramInspector;

/* Checks that one caller may wait for. */
#define FRAM_INSPECTOR_MAX_CHECKS 4

/* Adds the interface to the object at FRAM_PATH_MANAGER, which is there.
 * Return: NULL with FRAM_BUS_ERROR_INCOMPLETE. */
FramInspector *fram_inspector_new (DBusConnection *connection, FramExporter *exporter,
                                   GError **error);
/* Before the first call; both stay the caller's. */
void fram_inspector_start (FramInspector *inspector, FramDriver *driver,
                           FramMemory *memory);
/* Takes FRAM_EVENT_NETWORK_CHECKED: the check with this number is over. */
void fram_inspector_checked (FramInspector *inspector, guint16 check);
/* Those who wait for a check are answered with an error.  NULL is allowed. */
void fram_inspector_free (FramInspector *inspector);
