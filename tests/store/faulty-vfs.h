/* A file system for SQLite that counts what is asked of it and can be told to fail: it stands
 * before the system's own. */
#pragma once

#include <glib.h>

typedef enum
{
  FAULT_ERROR, /* an error of the disk */
  FAULT_FULL,  /* no space: only what takes space fails */
} FaultKind;

/* From now on all databases are opened through it. */
void faulty_vfs_install (void);

/* The calls from the `first`-th on (from 1) fail, `n` of them; 0: none do.  Counting begins
 * anew. */
void faulty_vfs_set (FaultKind kind, guint first, guint n);
/* Calls so far: those of the kind that would fail. */
guint faulty_vfs_get_calls (void);
