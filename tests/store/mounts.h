/* Disks of the test's own: small ones, and ones that can only be read. */
#pragma once

#include <glib.h>

/* Moves the calling process to a mount namespace of its own, so that nothing it mounts is
 * seen elsewhere or outlives it; before it has other threads. */
void mounts_enter (void);
/* A disk in memory, of so many bytes, in the place of an empty directory. */
void mounts_add_small (const char *directory, guint bytes);
/* From now on it can be read only, or (FALSE) written again. */
void mounts_set_read_only (const char *directory, gboolean read_only);
void mounts_remove (const char *directory);
/* Takes all the space that is left, in a file, until that is deleted.
 * Return: (transfer full): its path. */
char *mounts_fill (const char *directory);
