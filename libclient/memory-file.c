#include "memory-file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static gboolean
write_whole (int fd, const char *bytes, gsize length)
{
  while (length > 0)
    {
      gssize n = write (fd, bytes, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      bytes += n;
      length -= n;
    }
  return TRUE;
}

int
fram_memory_file_new (const struct iovec *parts, gsize n, GError **error)
{
  int fd = memfd_create ("fram-secret", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  gboolean written = fd >= 0;

  for (gsize i = 0; written && i < n; i++)
    written = write_whole (fd, parts[i].iov_base, parts[i].iov_len);
  if (written && lseek (fd, 0, SEEK_SET) == 0
      && fcntl (fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL)
             == 0)
    return fd;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
               "The password cannot be passed on: %s", g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}
