#include "store/place-private.h"

#include "store/errors-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* What SQLite keeps beside a database: its logs, and an index of the log in shared memory. */
static const char *const besides[] = { "-wal", "-journal", "-shm" };

/* XDG Base Directory Specification: the variable, and what is meant in the home directory
 * without it. */
static const struct
{
  const char *variable, *otherwise;
} bases[] = {
  [FRAM_PLACE_CACHE] = { "XDG_CACHE_HOME", ".cache" },
  [FRAM_PLACE_STATE] = { "XDG_STATE_HOME", ".local/state" },
  [FRAM_PLACE_CONFIG] = { "XDG_CONFIG_HOME", ".config" },
};

char *
fram_place_path (FramPlace place, const char *name)
{
  const char *base = g_getenv (bases[place].variable);

  if (base != NULL && g_path_is_absolute (base))
    return g_build_filename (base, "fram", name, NULL);
  return g_build_filename (g_get_home_dir (), bases[place].otherwise, "fram", name, NULL);
}

static gboolean
refuse (GError **error, const char *path, const char *why)
{
  g_set_error (error, FRAM_STORE_ERROR, FRAM_STORE_ERROR_NO_ACCESS, "%s: %s", path, why);
  return FALSE;
}

gboolean
fram_place_fail (GError **error, const char *path, const char *what)
{
  int code = errno;

  g_set_error (error, FRAM_STORE_ERROR, fram_store_error_from_errno (code),
               "%s: it cannot be %s: %s", path, what, g_strerror (code));
  return FALSE;
}

int
fram_place_open_directory (const char *directory, GError **error)
{
  struct stat status;
  int fd;

  if (g_mkdir_with_parents (directory, 0700) < 0)
    {
      fram_place_fail (error, directory, "made");
      return -1;
    }
  fd = open (directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 || fstat (fd, &status) < 0)
    fram_place_fail (error, directory, "opened as a directory");
  else if (status.st_uid != geteuid ())
    refuse (error, directory, "the directory belongs to somebody else");
  else if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    refuse (error, directory, "others can write in the directory");
  else
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

/* Looks at the file without opening it: to close a file again takes away the locks that
 * SQLite may hold on it in this process. */
gboolean
fram_place_check_file (int directory, const char *name, const char *path,
                       gboolean *ret_exists, GError **error)
{
  struct stat status;

  *ret_exists = fstatat (directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
  if (!*ret_exists)
    return errno == ENOENT || fram_place_fail (error, path, "looked at");
  if (!S_ISREG (status.st_mode))
    return refuse (error, path,
                   "a link, directory or device stands where the file should");
  if (status.st_uid != geteuid ())
    return refuse (error, path, "the file belongs to somebody else");
  if ((status.st_mode & 077) != 0 && fchmodat (directory, name, 0600, 0) < 0)
    return fram_place_fail (error, path, "kept from others");
  return TRUE;
}

static gboolean
check_besides (int directory, const char *name, const char *path, gboolean *ret_unclean,
               GError **error)
{
  gboolean unclean = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (besides); i++)
    {
      g_autofree char *beside = g_strconcat (name, besides[i], NULL);
      g_autofree char *beside_path = g_strconcat (path, besides[i], NULL);
      gboolean exists;

      if (!fram_place_check_file (directory, beside, beside_path, &exists, error))
        return FALSE;
      unclean = unclean || exists;
    }
  *ret_unclean = unclean;
  return TRUE;
}

static gboolean
make_file (int directory, const char *name, const char *path, GError **error)
{
  int fd = openat (directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                   0600);
  /* The umask may have taken from the owner too. */
  gboolean made = fd >= 0 && fchmod (fd, 0600) == 0;

  if (!made)
    fram_place_fail (error, path, "made");
  if (fd >= 0)
    close (fd);
  return made;
}

/* Only the directory's own name may not be a link: a home directory may be behind one. */
static char *
resolve (const char *directory, const char *name, GError **error)
{
  char *real = realpath (directory, NULL);
  char *path;

  if (real == NULL)
    {
      fram_place_fail (error, directory, "found");
      return NULL;
    }
  path = g_build_filename (real, name, NULL);
  free (real);
  return path;
}

char *
fram_place_prepare (const char *path, gboolean *ret_unclean, GError **error)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  gboolean exists, ready;
  char *resolved;
  int fd;

  if (!g_path_is_absolute (path))
    {
      refuse (error, path, "the path is not absolute");
      return NULL;
    }
  fd = fram_place_open_directory (directory, error);
  if (fd < 0)
    return NULL;
  ready = fram_place_check_file (fd, name, path, &exists, error)
          && check_besides (fd, name, path, ret_unclean, error)
          && (exists || make_file (fd, name, path, error));
  resolved = ready ? resolve (directory, name, error) : NULL;
  close (fd);
  return resolved;
}

static void
delete_aside (const char *path)
{
  g_unlink (path);
  for (gsize i = 0; i < G_N_ELEMENTS (besides); i++)
    {
      g_autofree char *beside = g_strconcat (path, besides[i], NULL);

      g_unlink (beside);
    }
}

static gint
compare_paths (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(char *const *) a, *(char *const *) b);
}

/* The names carry the time, so the oldest sort first. */
static void
keep_newest (const char *path)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *prefix = g_strconcat (name, ".corrupt-", NULL);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  GDir *dir = g_dir_open (directory, 0, NULL);
  const char *entry;

  if (dir == NULL)
    return;
  while ((entry = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (entry, prefix) && !g_str_has_suffix (entry, besides[0])
        && !g_str_has_suffix (entry, besides[1]))
      g_ptr_array_add (found, g_build_filename (directory, entry, NULL));
  g_dir_close (dir);

  g_ptr_array_sort (found, compare_paths);
  for (guint i = 0; i + FRAM_PLACE_KEPT_ASIDE < found->len; i++)
    delete_aside (found->pdata[i]);
}

static char *
new_name_aside (const char *path)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y%m%dT%H%M%S");

  return g_strdup_printf ("%s.corrupt-%s.%06dZ", path, time,
                          g_date_time_get_microsecond (now));
}

char *
fram_place_set_aside (const char *path, GError **error)
{
  char *aside = new_name_aside (path);

  if (g_rename (path, aside) < 0)
    {
      fram_place_fail (error, path, "moved aside");
      g_free (aside);
      return NULL;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (besides); i++)
    {
      g_autofree char *beside = g_strconcat (path, besides[i], NULL);
      g_autofree char *beside_aside = g_strconcat (aside, besides[i], NULL);

      if (g_rename (beside, beside_aside) < 0 && errno != ENOENT)
        g_unlink (beside);
    }
  keep_newest (path);
  return aside;
}
