/* An exported object as the standard interfaces see it; not for handlers. */
#pragma once

#include "dbus/exporter.h"

typedef struct
{
  FramExporter *exporter;
  DBusConnection *connection;
  char *path;
  FramInterface *interfaces[FRAM_EXPORTER_MAX_INTERFACES];
  guint n_interfaces;
  gpointer object;
} FramExported;

/* Return: (transfer none) (nullable). */
FramInterface *fram_exported_find_interface (const FramExported *exported,
                                             const char *name);

/* The standard interfaces; their object is a FramExported. */
extern const FramInterfaceTable fram_introspectable_table;
extern const FramInterfaceTable fram_properties_table;
