#include "faulty-vfs.h"

#include <sqlite3.h>
#include <string.h>

/* A file of ours, followed in memory by the one that it stands before. */
typedef struct
{
  sqlite3_file base;
  sqlite3_file *real;
} FaultyFile;

/* SQLite knows file systems by name for the whole process, so this is one for it too. */
static struct
{
  sqlite3_vfs vfs;
  sqlite3_vfs *real;
  FaultKind kind;
  guint first, n, n_calls;
} faulty;

/* Counts a call and says whether it is to fail. */
static gboolean
fails (FaultKind weakest)
{
  guint call;

  if (faulty.kind == FAULT_FULL && weakest != FAULT_FULL)
    return FALSE;
  call = ++faulty.n_calls;
  return call >= faulty.first && call - faulty.first < faulty.n;
}

static sqlite3_file *
real_file (sqlite3_file *file)
{
  return ((FaultyFile *) file)->real;
}

static int
file_close (sqlite3_file *file)
{
  sqlite3_file *real = real_file (file);
  int code = real->pMethods != NULL ? real->pMethods->xClose (real) : SQLITE_OK;

  file->pMethods = NULL;
  return code;
}

static int
file_read (sqlite3_file *file, void *data, int length, sqlite3_int64 offset)
{
  sqlite3_file *real = real_file (file);

  if (fails (FAULT_ERROR))
    return SQLITE_IOERR_READ;
  return real->pMethods->xRead (real, data, length, offset);
}

/* A disk that fails may have written a part. */
static int
file_write (sqlite3_file *file, const void *data, int length, sqlite3_int64 offset)
{
  sqlite3_file *real = real_file (file);

  if (!fails (FAULT_FULL))
    return real->pMethods->xWrite (real, data, length, offset);
  real->pMethods->xWrite (real, data, length / 2, offset);
  return faulty.kind == FAULT_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int
file_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  sqlite3_file *real = real_file (file);

  if (fails (FAULT_ERROR))
    return SQLITE_IOERR_TRUNCATE;
  return real->pMethods->xTruncate (real, size);
}

/* No power is lost in these tests, so that the disk need not be waited for. */
static int
file_sync (sqlite3_file *file, int flags)
{
  return fails (FAULT_ERROR) ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int
file_size (sqlite3_file *file, sqlite3_int64 *ret_size)
{
  sqlite3_file *real = real_file (file);

  if (fails (FAULT_ERROR))
    return SQLITE_IOERR_FSTAT;
  return real->pMethods->xFileSize (real, ret_size);
}

static int
file_lock (sqlite3_file *file, int level)
{
  sqlite3_file *real = real_file (file);

  if (fails (FAULT_ERROR))
    return SQLITE_IOERR_LOCK;
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

  if (fails (FAULT_ERROR))
    return SQLITE_IOERR_CHECKRESERVEDLOCK;
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
  sqlite3_file *real = real_file (file);

  return real->pMethods->xSectorSize (real);
}

static int
file_characteristics (sqlite3_file *file)
{
  sqlite3_file *real = real_file (file);

  return real->pMethods->xDeviceCharacteristics (real);
}

/* Version 1 has no shared memory: the log's index must be in ours. */
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
  FaultyFile *own = (FaultyFile *) file;
  int code;

  file->pMethods = NULL;
  own->real = (sqlite3_file *) (own + 1);
  memset (own->real, 0, faulty.real->szOsFile);
  if (fails (FAULT_FULL))
    return faulty.kind == FAULT_FULL ? SQLITE_FULL : SQLITE_CANTOPEN;
  code = faulty.real->xOpen (faulty.real, name, own->real, flags, ret_flags);
  if (code == SQLITE_OK)
    file->pMethods = &methods;
  return code;
}

static int
vfs_delete (sqlite3_vfs *vfs, const char *name, int sync_directory)
{
  if (fails (FAULT_ERROR))
    return SQLITE_IOERR_DELETE;
  return faulty.real->xDelete (faulty.real, name, sync_directory);
}

static int
vfs_access (sqlite3_vfs *vfs, const char *name, int flags, int *ret_answer)
{
  if (fails (FAULT_ERROR))
    return SQLITE_IOERR_ACCESS;
  return faulty.real->xAccess (faulty.real, name, flags, ret_answer);
}

void
faulty_vfs_install (void)
{
  faulty.real = sqlite3_vfs_find (NULL);
  faulty.vfs = *faulty.real;
  faulty.vfs.szOsFile = sizeof (FaultyFile) + faulty.real->szOsFile;
  faulty.vfs.pNext = NULL;
  faulty.vfs.zName = "faulty";
  faulty.vfs.xOpen = vfs_open;
  faulty.vfs.xDelete = vfs_delete;
  faulty.vfs.xAccess = vfs_access;
  g_assert_cmpint (sqlite3_vfs_register (&faulty.vfs, 1), ==, SQLITE_OK);
}

void
faulty_vfs_set (FaultKind kind, guint first, guint n)
{
  faulty.kind = kind;
  faulty.first = first;
  faulty.n = first > 0 ? n : 0;
  faulty.n_calls = 0;
}

guint
faulty_vfs_get_calls (void)
{
  return faulty.n_calls;
}
