/* An exported object as the standard interfaces see it; not for handlers. */
#pragma once

#include "dbus/exporter.h"

typedef struct
{
  FramExporter *exporter;
  DBusConnection *connection;
  char *path;
  FramInterface *interfaces[FRAM_EXPORTER_MAX_INTERFACES];
  gpointer objects[FRAM_EXPORTER_MAX_INTERFACES]; /* who serves each */
  guint n_interfaces;
} FramExported;

/* Return: (transfer none) (nullable): NULL leaves `ret_object`, who serves it, alone. */
FramInterface *fram_exported_find_interface (const FramExported *exported,
                                             const char *name, gpointer *ret_object);

/* The standard interfaces; their object is a FramExported. */
extern const FramInterfaceTable fram_introspectable_table;
extern const FramInterfaceTable fram_properties_table;
