/* The service's own connection to the session bus: opening, owning a name, closing. */
#pragma once

#include <dbus/dbus.h>
#include <glib.h>

#define FRAM_BUS_ERROR (fram_bus_error_quark ())
GQuark fram_bus_error_quark (void);

typedef enum
{
  FRAM_BUS_ERROR_NO_BUS,     /* there is no bus, or it does not answer */
  FRAM_BUS_ERROR_NAME_TAKEN, /* another process owns the name, or it may not be owned */
  FRAM_BUS_ERROR_INCOMPLETE, /* an interface and its handlers do not fit each other */
  FRAM_BUS_ERROR_PATH_TAKEN, /* there is an object at this path */
} FramBusError;

typedef struct _FramBus FramBus;

/* The bus is gone; called once, from the loop. */
typedef void (*FramBusLost) (gpointer user_data);

/* Opens a private connection to the session bus and serves it in the default context.
 * Blocks until the bus has said hello. */
FramBus *fram_bus_open (FramBusLost lost, gpointer user_data, GError **error);

/* Closes the connection.  What waits to be sent is sent if the bus takes it within
 * FRAM_BUS_LINGER; the default context runs meanwhile. */
void fram_bus_free (FramBus *bus);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramBus, fram_bus_free)

#define FRAM_BUS_LINGER (500 * G_TIME_SPAN_MILLISECOND)

/* Return: (transfer none). */
DBusConnection *fram_bus_get_connection (FramBus *bus);

/* Becomes the owner of `name` at once or not at all: it does not queue.  Blocks for one
 * answer of the bus. */
gboolean fram_bus_request_name (FramBus *bus, const char *name, GError **error);
