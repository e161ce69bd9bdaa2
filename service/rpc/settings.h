/* org.fram.Ice1.Settings: the settings as programs read and change them. */
#pragma once

#include "dbus/exporter.h"
#include "store/secrets.h"

typedef struct _FramSettingsObject FramSettingsObject;

/* Adds the interface to the object at FRAM_PATH_MANAGER, which is there.
 * Return: NULL with FRAM_BUS_ERROR_INCOMPLETE. */
FramSettingsObject *fram_settings_object_new (FramExporter *exporter, GError **error);
/* Before the first call; both stay the caller's and outlive the object. */
void fram_settings_object_start (FramSettingsObject *object, FramSettings *settings,
                                 FramSecrets *secrets);
/* Those who wait are answered with an error.  NULL is allowed. */
void fram_settings_object_free (FramSettingsObject *object);
