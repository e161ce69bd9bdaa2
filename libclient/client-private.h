/* What a client holds, for the code that makes its calls. */
#pragma once

#include "fram-client.h"
#include "ice-bus.h"

/* The names of the contract (dbus/org.fram.Ice1.*.xml). */
#define FRAM_BUS_NAME "org.fram.Ice1"
#define FRAM_BUS_PATH "/org/fram/Ice1"
#define FRAM_BUS_SESSION_INTERFACE "org.fram.Ice1.Session"

struct _FramClient
{
  GObject parent_instance;

  GDBusConnection *connection;
  IceBusManager *manager; /* by the service's name; follows its owner */
};
