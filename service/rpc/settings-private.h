/* The object of the settings, shared by the files that cut it. */
#pragma once

#include "rpc/audience.h"
#include "rpc/callers.h"
#include "rpc/server-tests.h"
#include "rpc/settings.h"
#include "rpc/turns.h"
#include "store/secrets.h"
#include "store/servers.h"

struct _FramSettingsObject
{
  FramInterface *interface;
  FramCallers *callers;
  FramAudience *audience;
  FramSettings *settings;
  FramSecrets *secrets;
  FramTurns *turns;
  gboolean writing; /* what changes is told after the answer */
  GArray *due;      /* guint: what is to be told then, bits of values */
  GSource *rest;    /* while it lasts, ServersChanged is not sent; NULL: there is none */
  gboolean owes;    /* and is to be sent after it */
  GList *secret_calls;
  FramServerTests *tests;
};

/* settings.c */
/* Between these two, what changes is told at the end, which follows the answer. */
void fram_settings_object_begin (FramSettingsObject *object);
void fram_settings_object_end (FramSettingsObject *object);
/* Answers a call that did not change anything. */
void fram_settings_object_fail (FramCall *call, const GError *error);

/* settings-servers.c: methods of the interface */
void fram_settings_list_servers (FramCall *call, GVariant *arguments, gpointer object);
void fram_settings_add_server (FramCall *call, GVariant *arguments, gpointer object);
void fram_settings_change_server (FramCall *call, GVariant *arguments, gpointer object);
void fram_settings_remove_server (FramCall *call, GVariant *arguments, gpointer object);
/* Sends ServersChanged, now or soon. */
void fram_settings_tell_servers (FramSettingsObject *object);

/* settings-secrets.c */
void fram_settings_set_secret (FramCall *call, GVariant *arguments, gpointer object);
/* Those who wait are answered with an error. */
void fram_settings_stop_secrets (FramSettingsObject *object);
