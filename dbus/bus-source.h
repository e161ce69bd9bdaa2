/* A libdbus connection in a GMainContext: one GSource for each connection.
 *
 * The thread that runs the context owns the connection; messages may be sent from others.
 * Priority is the default one, and a turn of the loop dispatches a bounded number of
 * messages, so a flood of calls does not delay timers and sockets of the same context. */
#pragma once

#include <dbus/dbus.h>
#include <glib.h>

/* `context` NULL: the default context.  The source holds a reference to `connection`.
 * Return: (transfer full): to be given to fram_bus_source_detach(). */
GSource *fram_bus_source_attach (DBusConnection *connection, GMainContext *context);

/* The connection is served no more; it stays open and may be attached again. */
void fram_bus_source_detach (GSource *source);
