/* Small files that are read and written as a whole. */
#include "store/place-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
read_all (int fd, char *bytes, gsize size, gsize *ret_length)
{
  gsize length = 0;

  while (length < size)
    {
      gssize n = read (fd, bytes + length, size - length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      if (n == 0)
        break;
      length += (gsize) n;
    }
  *ret_length = length;
  return TRUE;
}

static gboolean
write_all (int fd, const char *bytes, gsize length)
{
  while (length > 0)
    {
      gssize n = write (fd, bytes, length);

      if (n < 0 && errno != EINTR)
        return FALSE;
      if (n > 0)
        {
          bytes += n;
          length -= (gsize) n;
        }
    }
  return TRUE;
}

gboolean
fram_place_read (const char *path, char *buffer, gsize size, gsize *ret_length,
                 GError **error)
{
  g_autofree char *directory_path = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  gboolean exists = FALSE, read = FALSE;
  int directory, fd;

  *ret_length = 0;
  if (access (directory_path, F_OK) < 0 && errno == ENOENT)
    return TRUE;
  directory = fram_place_open_directory (directory_path, error);
  if (directory < 0)
    return FALSE;
  if (fram_place_check_file (directory, name, path, &exists, error))
    {
      fd = exists
               ? openat (directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
               : -1;
      read = !exists || (fd >= 0 && read_all (fd, buffer, size, ret_length))
             || fram_place_fail (error, path, "read");
      if (fd >= 0)
        close (fd);
    }
  close (directory);
  return read;
}

/* The new file is whole on the disk before it takes the place of the old one; so is, at the
 * end, that it has. */
static gboolean
replace (int directory, const char *name, const char *path, const char *bytes,
         gsize length, GError **error)
{
  g_autofree char *fresh = g_strconcat (name, ".new", NULL);
  gboolean done = FALSE;
  int fd;

  /* What was left by a process that was killed is nobody's. */
  unlinkat (directory, fresh, 0);
  fd = openat (directory, fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
               0600);
  if (fd >= 0)
    {
      done = fchmod (fd, 0600) == 0 && write_all (fd, bytes, length) && fsync (fd) == 0;
      done = close (fd) == 0 && done;
    }
  done = done && renameat (directory, fresh, directory, name) == 0
         && fsync (directory) == 0;
  if (!done)
    {
      fram_place_fail (error, path, "written");
      unlinkat (directory, fresh, 0);
    }
  return done;
}

gboolean
fram_place_write (const char *path, const char *bytes, gsize length, GError **error)
{
  g_autofree char *directory_path = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  int directory = fram_place_open_directory (directory_path, error);
  gboolean exists, written;

  if (directory < 0)
    return FALSE;
  written = fram_place_check_file (directory, name, path, &exists, error)
            && replace (directory, name, path, bytes, length, error);
  close (directory);
  return written;
}

gboolean
fram_place_remove (const char *path, GError **error)
{
  return g_unlink (path) == 0 || errno == ENOENT
         || fram_place_fail (error, path, "removed");
}
