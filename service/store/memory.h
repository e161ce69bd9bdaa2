/* What the driver learns goes into cache.db, and comes back when the network does.
 *
 * A fact belongs to the network that was told last; while it cannot be told which one that
 * is, nothing is remembered. */
#pragma once

#include "io/driver.h"
#include "store/cache.h"

typedef struct _FramMemory FramMemory;

/* Opens the cache at `path` (NULL: in the user's cache directory).  What is the matter with
 * it goes to the log; it is there in any case. */
FramMemory *fram_memory_new (const char *path);
/* Writes what waits.  The driver is gone by then. NULL is allowed. */
void fram_memory_free (FramMemory *memory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramMemory, fram_memory_free)

/* From now on it keeps what `driver` learns; the broker is told what is known of the network
 * that is there. */
void fram_memory_attach (FramMemory *memory, FramDriver *driver);

/* Return: (transfer none). */
FramCache *fram_memory_get_cache (FramMemory *memory);

/* The network that is there. */
typedef struct
{
  const char *name;   /* for people; valid until the host is attached to another one */
  FramTime since;     /* how long the host is attached to it */
  FramTime first_age; /* since it was seen for the first time; -1: this is it */
  FramTime last_age;  /* since it was seen before this time, or -1 */
} FramMemoryNetwork;

/* Return: FALSE: it cannot be told which one it is. */
gboolean fram_memory_get_network (FramMemory *memory, FramMemoryNetwork *ret_network);
