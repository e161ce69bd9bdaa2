/* The objects that a process has on the bus.
 *
 * The exporter looks at a call before any handler does: object, interface, method, right of
 * access, types, sizes, descriptors and the number of the caller's unanswered calls, and
 * answers with the errors of the D-Bus specification.  Introspection and properties are
 * answered from the XML. */
#pragma once

#include <dbus/dbus.h>

#include "dbus/interface.h"

typedef struct _FramExporter FramExporter;

FramExporter *fram_exporter_new (DBusConnection *connection);
/* Removes all objects.  Calls that wait for their answer may still be answered. */
void fram_exporter_free (FramExporter *exporter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramExporter, fram_exporter_free)

/* Interfaces of one object. */
#define FRAM_EXPORTER_MAX_INTERFACES 4

/* Puts `object` at `path`; `interfaces` is copied, what it points to is not.
 * Return: FALSE and FRAM_BUS_ERROR_PATH_TAKEN if there is an object already. */
gboolean fram_exporter_add (FramExporter *exporter, const char *path,
                            FramInterface *const *interfaces, guint n_interfaces,
                            gpointer object, GError **error);
/* Adds `interface`, which is served by `object`, to what is at `path`. */
void fram_exporter_extend (FramExporter *exporter, const char *path,
                           FramInterface *interface, gpointer object);
/* The object at `path` is gone for everybody; a handler may remove its own object. */
void fram_exporter_remove (FramExporter *exporter, const char *path);

/* What may wait to be sent before signals are dropped.  libdbus queues without end, so a bus
 * that is slow would cost the service its memory. */
#define FRAM_EXPORTER_HIGH_WATER (8 * 1024 * 1024)

/* Sends a signal of `interface` to `destination` alone, or (NULL) to everybody who listens.
 * `body` is a tuple of the type in the XML; a floating one is taken.  NULL: no values.
 * Return: FALSE if it was dropped. */
gboolean fram_exporter_signal (FramExporter *exporter, const char *destination,
                               const char *path, const FramInterface *interface,
                               const char *name, GVariant *body);

/* Signals dropped at the high-water mark since the start. */
guint64 fram_exporter_get_signals_dropped (FramExporter *exporter);
