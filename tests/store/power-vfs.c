#include "power-vfs.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A disk writes such a piece wholly or not at all. */
#define SECTOR 512

/* A file of ours, followed in memory by the one that it stands before. */
typedef struct
{
  sqlite3_file base;
  sqlite3_file *real;
  const char *path; /* interned */
} PowerFile;

/* What was in the file before it was written to; it may be closed since. */
typedef struct
{
  const char *path;
  sqlite3_int64 offset;
  int length;
  guint8 data[SECTOR];
} Piece;

/* SQLite knows file systems by name for the whole process, so this is one for it too. */
static struct
{
  sqlite3_vfs vfs;
  sqlite3_vfs *real;
  GArray *unsynced; /* Piece, in the order of writing */
  guint n, n_calls;
} power;

static sqlite3_file *
real_file (sqlite3_file *file)
{
  return ((PowerFile *) file)->real;
}

/* Going back in time, so that each sector ends as it was at some time since the last sync. */
static void
lose_power (void)
{
  for (guint i = power.unsynced->len; i > 0; i--)
    {
      Piece *piece = &g_array_index (power.unsynced, Piece, i - 1);
      int fd;

      if (g_test_rand_bit ())
        continue;
      fd = open (piece->path, O_WRONLY | O_CLOEXEC);
      if (fd < 0 || pwrite (fd, piece->data, piece->length, piece->offset) < 0)
        _exit (EXIT_FAILURE);
      close (fd);
    }
  _exit (POWER_LOST);
}

static void
count_call (void)
{
  if (++power.n_calls == power.n)
    lose_power ();
}

static void
forget (const char *path)
{
  for (guint i = power.unsynced->len; i > 0; i--)
    if (g_array_index (power.unsynced, Piece, i - 1).path == path)
      g_array_remove_index (power.unsynced, i - 1);
}

/* Beyond the end a file of zeros stands for one that has not grown. */
static void
remember (PowerFile *file, sqlite3_int64 offset, int length)
{
  for (int done = 0; done < length; done += SECTOR)
    {
      Piece piece = { .path = file->path, .offset = offset + done };

      piece.length = MIN (length - done, SECTOR);
      file->real->pMethods->xRead (file->real, piece.data, piece.length, piece.offset);
      g_array_append_val (power.unsynced, piece);
    }
}

static int
file_close (sqlite3_file *file)
{
  sqlite3_file *real = real_file (file);
  int code = real->pMethods->xClose (real);

  file->pMethods = NULL;
  return code;
}

static int
file_read (sqlite3_file *file, void *data, int length, sqlite3_int64 offset)
{
  sqlite3_file *real = real_file (file);

  return real->pMethods->xRead (real, data, length, offset);
}

static int
file_write (sqlite3_file *file, const void *data, int length, sqlite3_int64 offset)
{
  sqlite3_file *real = real_file (file);

  count_call ();
  remember ((PowerFile *) file, offset, length);
  return real->pMethods->xWrite (real, data, length, offset);
}

static int
file_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  sqlite3_file *real = real_file (file);

  count_call ();
  return real->pMethods->xTruncate (real, size);
}

/* The disk has it all from here on; that the caller does not wait for it is the speed of this
 * test. */
static int
file_sync (sqlite3_file *file, int flags)
{
  count_call ();
  forget (((PowerFile *) file)->path);
  return SQLITE_OK;
}

static int
file_size (sqlite3_file *file, sqlite3_int64 *ret_size)
{
  sqlite3_file *real = real_file (file);

  return real->pMethods->xFileSize (real, ret_size);
}

static int
file_lock (sqlite3_file *file, int level)
{
  sqlite3_file *real = real_file (file);

  return real->pMethods->xLock (real, level);
}

static int
file_unlock (sqlite3_file *file, int level)
{
  sqlite3_file *real = real_file (file);

  return real->pMethods->xUnlock (real, level);
}

static int
file_check_lock (sqlite3_file *file, int *ret_reserved)
{
  sqlite3_file *real = real_file (file);

  return real->pMethods->xCheckReservedLock (real, ret_reserved);
}

static int
file_control (sqlite3_file *file, int what, void *data)
{
  sqlite3_file *real = real_file (file);

  return real->pMethods->xFileControl (real, what, data);
}

static int
file_sector_size (sqlite3_file *file)
{
  return SECTOR;
}

/* It promises nothing, not even that a half-written sector keeps its other half. */
static int
file_characteristics (sqlite3_file *file)
{
  return 0;
}

static const sqlite3_io_methods methods = {
  .iVersion = 1,
  .xClose = file_close,
  .xRead = file_read,
  .xWrite = file_write,
  .xTruncate = file_truncate,
  .xSync = file_sync,
  .xFileSize = file_size,
  .xLock = file_lock,
  .xUnlock = file_unlock,
  .xCheckReservedLock = file_check_lock,
  .xFileControl = file_control,
  .xSectorSize = file_sector_size,
  .xDeviceCharacteristics = file_characteristics,
};

static int
vfs_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
          int *ret_flags)
{
  PowerFile *own = (PowerFile *) file;
  int code;

  file->pMethods = NULL;
  own->real = (sqlite3_file *) (own + 1);
  own->path = g_intern_string (name);
  memset (own->real, 0, power.real->szOsFile);
  code = power.real->xOpen (power.real, name, own->real, flags, ret_flags);
  if (code == SQLITE_OK)
    file->pMethods = &methods;
  return code;
}

static int
vfs_delete (sqlite3_vfs *vfs, const char *name, int sync_directory)
{
  count_call ();
  forget (g_intern_string (name));
  return power.real->xDelete (power.real, name, sync_directory);
}

void
power_vfs_install (guint n)
{
  power.real = sqlite3_vfs_find ("unix");
  power.vfs = *power.real;
  power.vfs.szOsFile = sizeof (PowerFile) + power.real->szOsFile;
  power.vfs.pNext = NULL;
  power.vfs.zName = "power";
  power.vfs.xOpen = vfs_open;
  power.vfs.xDelete = vfs_delete;
  power.unsynced = g_array_new (FALSE, FALSE, sizeof (Piece));
  power.n = n;
  g_assert_cmpint (sqlite3_vfs_register (&power.vfs, 1), ==, SQLITE_OK);
}

guint
power_vfs_get_calls (void)
{
  return power.n_calls;
}
