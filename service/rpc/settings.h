/* org.fram.Ice1.Settings: the settings as programs read and change them. */
#pragma once

#include "dbus/exporter.h"
#include "store/settings.h"

typedef struct _FramSettingsObject FramSettingsObject;

/* Between two changes of the file: so it is the disk that they wait for, not the data of the
 * sessions for the disk. */
#define FRAM_SETTINGS_PAUSE 100 /* milliseconds */
/* Changes that wait for their turn. */
#define FRAM_SETTINGS_MAX_WAITING 64

/* Adds the interface to the object at FRAM_PATH_MANAGER, which is there.
 * Return: NULL with FRAM_BUS_ERROR_INCOMPLETE. */
FramSettingsObject *fram_settings_object_new (FramExporter *exporter, GError **error);
/* Before the first call; `settings` stay the caller's and outlive the object. */
void fram_settings_object_start (FramSettingsObject *object, FramSettings *settings);
/* Those who wait are answered with an error.  NULL is allowed. */
void fram_settings_object_free (FramSettingsObject *object);
