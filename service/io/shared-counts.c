#include "io/shared-counts.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <sys/mman.h>
#include <unistd.h>

/* Without the last page of a file whoever reads it is killed: so nobody may take it away. */
#define SEALS (F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL)

const FramSharedCounts *
fram_shared_counts_new (int *ret_fd, GError **error)
{
  int fd = memfd_create ("fram-counters", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  void *memory = MAP_FAILED;

  if (fd >= 0 && ftruncate (fd, sizeof (FramSharedCounts)) == 0
      && fcntl (fd, F_ADD_SEALS, SEALS) == 0)
    memory = mmap (NULL, sizeof (FramSharedCounts), PROT_READ, MAP_SHARED, fd, 0);
  if (memory != MAP_FAILED)
    {
      *ret_fd = fd;
      return memory;
    }

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
               "Cannot share memory: %s", g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return NULL;
}

void
fram_shared_counts_free (const FramSharedCounts *counts)
{
  munmap ((void *) counts, sizeof *counts);
}
