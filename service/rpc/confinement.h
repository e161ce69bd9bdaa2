/* How free a process is beside the service, by the namespaces that it lives in.
 *
 * Who has the service's user, and its files and processes before them, can find out what the
 * service knows of this host and of other applications; a sandbox of Flatpak or Snap, and a
 * container, hides these. */
#pragma once

#include <glib.h>

/* Return: (transfer none): NULL if it may know what the service does; else why not, the rest of a
 * sentence. */
const char *fram_confinement_explain (guint32 pid);

/* A socket of its own at a port of this host is more than that: it could send to anybody.
 *
 * Return: (transfer none): NULL if it may use the network as the service does; else why not. */
const char *fram_confinement_explain_network (guint32 pid);
