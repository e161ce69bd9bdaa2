/* TestServer calls, from their arguments to their answers. */
#pragma once

#include <dbus/dbus.h>

#include "dbus/call.h"
#include "io/driver.h"
#include "store/secrets.h"

typedef struct _FramServerTests FramServerTests;

/* That one caller may wait for. */
#define FRAM_SERVER_TESTS_OF_CALLER 4

FramServerTests *fram_server_tests_new (DBusConnection *connection);
/* Before the first call; all stay the caller's and outlive the tests. */
void fram_server_tests_start (FramServerTests *tests, FramSettings *settings,
                              FramSecrets *secrets, FramDriver *driver);
/* Those who wait are answered with an error.  NULL is allowed. */
void fram_server_tests_free (FramServerTests *tests);

/* Takes `call`; `options` is its `a{sv}`. */
void fram_server_tests_begin (FramServerTests *tests, FramCall *call, const char *id,
                              GVariant *options);
/* The broker's test of this number is over. */
void fram_server_tests_ended (FramServerTests *tests, guint16 id);
