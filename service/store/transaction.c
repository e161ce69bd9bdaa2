#include "store/database-private.h"

/* Pages in the log from which on they are carried over into the file: 2 MB. */
#define LOG_PAGES 500

gboolean
fram_database_is_whole (FramDatabase *database, GError **error)
{
  if (database->depth == 0 || !sqlite3_get_autocommit (database->handle))
    return TRUE;
  g_set_error (error, FRAM_STORE_ERROR, FRAM_STORE_ERROR_FAILED,
               "%s: the transaction was taken back after an error", database->name);
  return FALSE;
}

/* The outermost transaction takes the right to write at once: one that began by reading may
 * be refused it later.  Those within are savepoints, named by their depth. */
static gboolean
run_at_depth (FramDatabase *database, const char *verb, guint depth, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("%s s%u", verb, depth);

  return fram_database_run (database, sql, error);
}

static gboolean
enter (FramDatabase *database, GError **error)
{
  if (database->depth == 0)
    return fram_database_run (database, "BEGIN IMMEDIATE", error);
  return run_at_depth (database, "SAVEPOINT", database->depth, error);
}

static gboolean
leave (FramDatabase *database, GError **error)
{
  if (database->depth == 1)
    return fram_database_run (database, "COMMIT", error);
  return run_at_depth (database, "RELEASE", database->depth - 1, error);
}

gboolean
fram_database_begin (FramDatabase *database, GError **error)
{
  if (!fram_database_is_whole (database, error) || !enter (database, error))
    return FALSE;
  database->depth++;
  return TRUE;
}

/* SQLite would do this within the commit, whose failure would then not tell whether what was
 * written is there.  If it fails here, it is done after another commit. */
static void
carry_over (FramDatabase *database)
{
  if (database->depth == 0 && database->n_log_pages >= LOG_PAGES)
    fram_database_run (database, "PRAGMA wal_checkpoint (PASSIVE)", NULL);
}

gboolean
fram_database_commit (FramDatabase *database, GError **error)
{
  g_assert (database->depth > 0);
  g_assert (database->n_under_way == 0);

  if (fram_database_is_whole (database, error) && leave (database, error))
    {
      database->depth--;
      carry_over (database);
      return TRUE;
    }
  fram_database_rollback (database);
  return FALSE;
}

void
fram_database_rollback (FramDatabase *database)
{
  g_assert (database->depth > 0);

  database->depth--;
  /* After some errors SQLite has taken the whole transaction back already. */
  if (sqlite3_get_autocommit (database->handle))
    return;
  if (database->depth == 0)
    fram_database_run (database, "ROLLBACK", NULL);
  else if (run_at_depth (database, "ROLLBACK TO", database->depth, NULL))
    run_at_depth (database, "RELEASE", database->depth, NULL);
}
