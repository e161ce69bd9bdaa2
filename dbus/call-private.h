/* How the exporter makes calls; not for handlers. */
#pragma once

#include <dbus/dbus.h>

#include "dbus/call.h"

/* Calls of one caller that wait for their answer; more are refused. */
#define FRAM_CALL_MAX_PENDING 32

/* Pending calls by caller: unique name -> number (GUINT_TO_POINTER).  Each call holds a
 * reference, so it may outlive its exporter. */
GHashTable *fram_call_table_new (void);

/* `reply_type`: the tuple that answers, which must outlive the call.
 * `fds`: (transfer full) (nullable).
 * Return: the call, or NULL if its caller has too many. */
FramCall *fram_call_new (DBusConnection *connection, DBusMessage *message,
                         const char *reply_type, GUnixFDList *fds, GHashTable *pending);

/* Answers `message`, for which there is no call, with an error. */
void fram_call_refuse (DBusConnection *connection, DBusMessage *message, const char *name,
                       const char *format, ...) G_GNUC_PRINTF (4, 5);
