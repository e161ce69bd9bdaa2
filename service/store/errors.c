#include "store/errors.h"

#include "store/database-private.h"
#include "store/errors-private.h"

#include <errno.h>

G_DEFINE_QUARK (fram - store - error - quark, fram_store_error)

/* An errno, where there is one, tells more than SQLite's code. */
static FramStoreError
error_from_errno (int code, FramStoreError otherwise)
{
  switch (code)
    {
    case ENOSPC:
    case EDQUOT:
      return FRAM_STORE_ERROR_FULL;
    case EROFS:
      return FRAM_STORE_ERROR_READ_ONLY;
    case EACCES:
    case EPERM:
    case ELOOP:
    case ENOTDIR:
      return FRAM_STORE_ERROR_NO_ACCESS;
    default:
      return otherwise;
    }
}

FramStoreError
fram_store_error_from_errno (int code)
{
  return error_from_errno (code, FRAM_STORE_ERROR_IO);
}

static FramStoreError
error_from_sqlite (sqlite3 *handle, int code)
{
  switch (code & 0xff)
    {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
      return FRAM_STORE_ERROR_DAMAGED;
    case SQLITE_ERROR:
    case SQLITE_SCHEMA:
      return FRAM_STORE_ERROR_SCHEMA;
    case SQLITE_FULL:
      return FRAM_STORE_ERROR_FULL;
    case SQLITE_READONLY:
      return FRAM_STORE_ERROR_READ_ONLY;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return FRAM_STORE_ERROR_BUSY;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
      return FRAM_STORE_ERROR_CONSTRAINT;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return error_from_errno (sqlite3_system_errno (handle), FRAM_STORE_ERROR_NO_ACCESS);
    case SQLITE_IOERR:
      return error_from_errno (sqlite3_system_errno (handle), FRAM_STORE_ERROR_IO);
    default:
      return FRAM_STORE_ERROR_FAILED;
    }
}

static const char *
meaning (FramStoreError code)
{
  switch (code)
    {
    case FRAM_STORE_ERROR_FAILED:
      return "the database refuses";
    case FRAM_STORE_ERROR_DAMAGED:
      return "the file is damaged";
    case FRAM_STORE_ERROR_SCHEMA:
      return "the tables in the file are not Fram's";
    case FRAM_STORE_ERROR_NEWER:
      return "the file was written by a newer Fram";
    case FRAM_STORE_ERROR_FULL:
      return "there is no space left for it";
    case FRAM_STORE_ERROR_READ_ONLY:
      return "it cannot be written, only read";
    case FRAM_STORE_ERROR_NO_ACCESS:
      return "it cannot be opened";
    case FRAM_STORE_ERROR_IO:
      return "the disk reports an error";
    case FRAM_STORE_ERROR_BUSY:
      return "another process has it open";
    case FRAM_STORE_ERROR_CONSTRAINT:
      return "a value is out of its limits";
    }
  return "it failed";
}

void
fram_store_set_error (GError **error, FramDatabase *database, int code)
{
  FramStoreError kind = error_from_sqlite (database->handle, code);
  /* The handle's message is that of its last call, which is not always the one that failed. */
  gboolean is_last = sqlite3_extended_errcode (database->handle) == code;
  /* It may quote what stands in a damaged file, and goes to the log and the bus. */
  g_autofree char *detail = g_utf8_make_valid (
      is_last ? sqlite3_errmsg (database->handle) : sqlite3_errstr (code), -1);

  g_set_error (error, FRAM_STORE_ERROR, kind, "%s: %s (%s, SQLite %d)", database->name,
               meaning (kind), detail, code);
}
