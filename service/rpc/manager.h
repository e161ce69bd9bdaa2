/* The service as applications meet it: the object at /org/fram/Ice1. */
#pragma once

#include <dbus/dbus.h>

#include "io/driver.h"
#include "store/memory.h"
#include "store/secrets.h"

typedef struct _FramManager FramManager;

/* Puts the object on the bus, before the name is requested; calls are answered once
 * fram_manager_start() has been called and the loop runs.
 * Return: NULL with FRAM_BUS_ERROR_INCOMPLETE. */
FramManager *fram_manager_new (DBusConnection *connection, GError **error);
/* All stay the caller's and outlive the manager. */
void fram_manager_start (FramManager *manager, FramDriver *driver, FramMemory *memory,
                         FramSettings *settings, FramSecrets *secrets);
/* Ends all sessions and tells their owners. */
void fram_manager_stop (FramManager *manager);
void fram_manager_free (FramManager *manager);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramManager, fram_manager_free)
