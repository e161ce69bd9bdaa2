/* What a client holds, for the code that makes its calls. */
#pragma once

#include "fram-client.h"
#include "ice-bus.h"

/* The names of the contract (dbus/org.fram.Ice1.*.xml). */
#define FRAM_BUS_NAME "org.fram.Ice1"
#define FRAM_BUS_PATH "/org/fram/Ice1"
#define FRAM_BUS_SESSION_INTERFACE "org.fram.Ice1.Session"

#define FRAM_BUS_INSPECTOR_INTERFACE "org.fram.Ice1.Inspector"
#define FRAM_BUS_SETTINGS_INTERFACE "org.fram.Ice1.Settings"

struct _FramClient
{
  GObject parent_instance;

  GDBusConnection *connection;
  IceBusManager *manager; /* by the service's name; follows its owner */
};

/* Calls `method`, of another interface than the manager's by its whole name; `tag` is what
 * the finishing function looks for.  `arguments`: (transfer floating) (nullable) */
void fram_client_call (FramClient *self, const char *method, GVariant *arguments,
                       gpointer tag, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data);
