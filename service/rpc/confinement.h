/* Whether a process is free to use the network as the service does itself.
 *
 * A socket of its own at a port of this host is more than a process in a sandbox may have: it
 * could send to anybody.  So who asks for one must live in the same namespaces, and be the same
 * user; a sandbox of Flatpak or Snap, and a container, has some of its own. */
#pragma once

#include <glib.h>

/* Return: (transfer none): NULL if it is free; else why not, the rest of a sentence. */
const char *fram_confinement_explain (guint32 pid);
