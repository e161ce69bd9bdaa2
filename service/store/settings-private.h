/* The inside of the settings, shared by the files that cut it. */
#pragma once

#include "store/administrators.h"
#include "store/settings-file.h"
#include "store/settings.h"

#include <gio/gio.h>

struct _FramSettings
{
  char *path;
  char *directory; /* of the administrators' files, or NULL */
  FramUserValues user;
  FramAdministrators *administrators;
  GVariant *defaults[FRAM_N_SETTINGS];
  GVariant *values[FRAM_N_SETTINGS]; /* what holds */
  GPtrArray *servers;                /* FramServerEntry: what holds */
  GArray *listeners;                 /* Listener */

  char *damage;      /* in this run */
  char *storage;     /* why the file cannot be used, or not be written */
  GPtrArray *unused; /* char *: values of the file, or NULL */
  char **problems;   /* all of these, and those of the administrators' files */

  GFileMonitor *monitor;
  GSource *reload; /* soon; NULL: it is not due */
};

/* Writes `values`, which it takes, and tells the listeners; the rest as
 * fram_settings_file_write(). */
gboolean fram_settings_write (FramSettings *settings, FramUserValues *values, guint which,
                              FramServersChange change, gconstpointer data,
                              GError **error);

/* servers.c: the administrators' servers as the user has switched them, then the user's.
 * Return: (transfer full): FramServerEntry. */
GPtrArray *fram_servers_merge (const FramUserServers *user,
                               const GPtrArray *administrators);
