/* A file system for SQLite whose power fails: what was written since a file was last synced
 * is then on the disk, or not, piece by piece, by chance. */
#pragma once

#include <glib.h>

/* From now on all databases of the process are opened through it.  At the `n`-th call that
 * changes a file (from 1; 0: never) the power fails and the process ends, with status
 * POWER_LOST. */
void power_vfs_install (guint n);

#define POWER_LOST 40

/* Calls so far. */
guint power_vfs_get_calls (void);
