/* org.fram.Ice1.Settings: the settings as programs read and change them. */
#pragma once

#include "dbus/exporter.h"
#include "io/driver.h"
#include "rpc/callers.h"
#include "store/secrets.h"

typedef struct _FramSettingsObject FramSettingsObject;

/* Adds the interface to the object at FRAM_PATH_MANAGER, which is there; `callers` tells who may
 * use it, and stays the caller's.
 * Return: NULL with FRAM_BUS_ERROR_INCOMPLETE. */
FramSettingsObject *fram_settings_object_new (DBusConnection *connection,
                                              FramCallers *callers,
                                              FramExporter *exporter, GError **error);
/* Before the first call; all stay the caller's and outlive the object. */
void fram_settings_object_start (FramSettingsObject *object, FramSettings *settings,
                                 FramSecrets *secrets, FramDriver *driver);
/* The broker's test of a server is over. */
void fram_settings_object_tested (FramSettingsObject *object, guint16 test);
/* One of `callers` has left the bus. */
void fram_settings_object_caller_gone (FramSettingsObject *object, const char *name);
/* Those who wait are answered with an error.  NULL is allowed. */
void fram_settings_object_free (FramSettingsObject *object);
