/* What FramSettings holds, for the code that makes its calls. */
#pragma once

#include <gio/gunixfdlist.h>

#include "fram-settings.h"

struct _FramSettings
{
  GObject parent_instance;

  FramClient *client;
  guint subscription;         /* to Changed */
  guint servers_subscription; /* to ServersChanged */
  gulong owner_handler;       /* of the manager */
};

/* `reply`: of Describe, (a(svvssss)).  Return: (transfer full): FramSetting */
GPtrArray *fram_settings_from_reply (GVariant *reply);

/* `reply`: of ListServers, FRAM_SERVERS_REPLY.  Return: (transfer full): FramServer */
#define FRAM_SERVERS_REPLY "(a(sssbssbsss))"
GPtrArray *fram_servers_from_reply (GVariant *reply);
/* `reply`: of TestServer, (a{sv}) */
FramServerTest *fram_server_test_from_reply (GVariant *reply);

/* Calls `method`, by its whole name; `tag` is what the finishing function looks for.
 * `arguments`: (transfer floating) (nullable); `given`: (transfer none) (nullable):
 * descriptors that go with them */
void fram_settings_begin (FramSettings *self, const char *method, GVariant *arguments,
                          GUnixFDList *given, gpointer tag, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data);
/* Return: (transfer full): the reply of `type`, NULL with `error` set. */
GVariant *fram_settings_finish (FramSettings *self, GAsyncResult *result, gpointer tag,
                                const char *type, GError **error);
/* The same, blocking. */
GVariant *fram_settings_call (FramSettings *self, const char *method, GVariant *arguments,
                              GUnixFDList *given, const char *type,
                              GCancellable *cancellable, GError **error);
