/* What is said of a server of the settings: its `a{sv}` read and kept. */
#pragma once

#include "store/servers.h"

typedef enum
{
  FRAM_SERVER_OPTIONS_FOR_CHANGE,
  FRAM_SERVER_OPTIONS_FOR_TEST, /* with `secret`, and without what a test has no use for */
} FramServerOptionsUse;

typedef struct
{
  FramServerFields fields; /* its strings belong to `source` */
  gint32 secret_handle;    /* index of a descriptor; -1: none */
  GVariant *source;
} FramServerOptions;

/* FALSE with FRAM_SETTINGS_ERROR_INVALID, which names the key.  Whether the values can stand
 * together is seen when they are used. */
gboolean fram_server_options_read (GVariant *options, FramServerOptionsUse use,
                                   FramServerOptions *ret_options, GError **error);
void fram_server_options_clear (FramServerOptions *options);
