#include "store/database-private.h"

#include "store/place.h"

#include <string.h>
#include <sys/stat.h>

/* How long a file that is in use is waited for: a framd that was killed a moment ago may not
 * be quite gone.  SQLite's own time-out does not cover the change to the log. */
#define LOCK_TRIES 25
#define LOCK_PAUSE 10 /* milliseconds */

/* SQLite's default, which decides for new files. */
#define PAGE_BYTES 4096

/* No value, statement or expression of ours comes near these; those of a damaged or foreign
 * file must not either. */
static const int limits[][2] = {
  { SQLITE_LIMIT_LENGTH, 1 << 20 },   { SQLITE_LIMIT_SQL_LENGTH, 1 << 16 },
  { SQLITE_LIMIT_ATTACHED, 0 },       { SQLITE_LIMIT_EXPR_DEPTH, 100 },
  { SQLITE_LIMIT_TRIGGER_DEPTH, 1 },  { SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100 },
  { SQLITE_LIMIT_WORKER_THREADS, 0 },
};

/* The file's schema is data, not code: it may call nothing, and not be changed behind SQL. */
static const int switches[][2] = {
  { SQLITE_DBCONFIG_DEFENSIVE, 1 },      { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
  { SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 }, { SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
  { SQLITE_DBCONFIG_DQS_DML, 0 },        { SQLITE_DBCONFIG_DQS_DDL, 0 },
};

/* Deleted is overwritten, also within the file: the cache may hold what nobody else is to know.
 *
 * The exclusive lock keeps the log's index in our own memory.  Nobody can then change it under
 * us, a disk without space cannot kill us by SIGBUS, and home directories on a network, where
 * processes on two machines cannot share memory, work too. */
static const char pragmas[] = "PRAGMA locking_mode = EXCLUSIVE;"
                              "PRAGMA journal_mode = WAL;"
                              "PRAGMA wal_autocheckpoint = 0;"
                              "PRAGMA journal_size_limit = 1048576;"
                              "PRAGMA foreign_keys = ON;"
                              "PRAGMA secure_delete = ON;"
                              "PRAGMA cell_size_check = ON;"
                              "PRAGMA temp_store = MEMORY;"
                              "PRAGMA mmap_size = 0;"
                              "PRAGMA analysis_limit = 400;";

gboolean
fram_database_run (FramDatabase *database, const char *sql, GError **error)
{
  int code = sqlite3_exec (database->handle, sql, NULL, NULL, NULL);

  if (code != SQLITE_OK)
    fram_store_set_error (error, database, code);
  return code == SQLITE_OK;
}

static int
on_log (void *user_data, sqlite3 *handle, const char *name, int n_pages)
{
  FramDatabase *database = user_data;

  database->n_log_pages = n_pages;
  return SQLITE_OK;
}

static void
harden (sqlite3 *handle)
{
  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    sqlite3_limit (handle, limits[i][0], limits[i][1]);
  for (gsize i = 0; i < G_N_ELEMENTS (switches); i++)
    sqlite3_db_config (handle, switches[i][0], switches[i][1], NULL);
}

static gboolean
configure (FramDatabase *database, GError **error)
{
  const FramSchema *schema = database->schema;
  g_autofree char *own = g_strdup_printf (
      "PRAGMA synchronous = %s; PRAGMA max_page_count = %" G_GINT64_FORMAT,
      schema->durable ? "FULL" : "NORMAL", MAX (schema->max_bytes / PAGE_BYTES, 1));

  if (!fram_database_run (database, pragmas, error)
      || !fram_database_run (database, own, error))
    return FALSE;
  sqlite3_wal_hook (database->handle, on_log, database);
  return TRUE;
}

static gboolean
check_quickly (FramDatabase *database, GError **error)
{
  g_autoptr (FramQuery) query
      = fram_database_query (database, error, "PRAGMA quick_check (1)", "");
  g_autofree char *verdict = NULL;
  const char *line;

  if (query == NULL || !fram_query_row (query, error))
    return FALSE;
  verdict = fram_query_dup_text (query, 0);
  if (g_str_equal (verdict, "ok"))
    return TRUE;
  /* The first line names the schema. */
  line = strrchr (verdict, '\n');
  g_set_error (error, FRAM_STORE_ERROR, FRAM_STORE_ERROR_DAMAGED,
               "%s: the file is damaged (%s)", database->name,
               line != NULL ? line + 1 : verdict);
  return FALSE;
}

static gboolean
open_file (FramDatabase *database, gboolean *ret_unclean, GError **error)
{
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE
              | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOFOLLOW;
  g_autofree char *resolved = NULL;
  struct stat status;
  int code;

  *ret_unclean = FALSE;
  if (database->path != NULL)
    {
      resolved = fram_place_prepare (database->path, ret_unclean, error);
      if (resolved == NULL)
        return FALSE;
    }
  code = sqlite3_open_v2 (resolved != NULL ? resolved : ":memory:", &database->handle,
                          resolved != NULL ? flags : flags | SQLITE_OPEN_MEMORY, NULL);
  if (code != SQLITE_OK)
    {
      fram_store_set_error (error, database, code);
      return FALSE;
    }
  /* SQLite is content to read only, and would fail later in ways that do not tell why. */
  if (sqlite3_db_readonly (database->handle, "main") == 1)
    {
      fram_store_set_error (error, database, SQLITE_READONLY);
      return FALSE;
    }
  if (resolved != NULL && lstat (resolved, &status) == 0)
    {
      database->device = status.st_dev;
      database->inode = status.st_ino;
    }
  return TRUE;
}

static FramDatabase *
database_new (const char *path, const FramSchema *schema)
{
  FramDatabase *database = g_new0 (FramDatabase, 1);

  database->path = g_strdup (path);
  database->name = path != NULL ? g_path_get_basename (path) : g_strdup ("memory");
  database->schema = schema;
  database->queries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                             (GDestroyNotify) fram_query_free);
  return database;
}

static FramDatabase *
open_once (const char *path, const FramSchema *schema, GError **error)
{
  g_autoptr (FramDatabase) database = database_new (path, schema);
  gboolean unclean;

  if (!open_file (database, &unclean, error))
    return NULL;

  harden (database->handle);
  if (!configure (database, error) || (unclean && !check_quickly (database, error))
      || !fram_database_migrate (database, error))
    return NULL;
  database->ready = TRUE;
  return g_steal_pointer (&database);
}

/* Without its log, which would have to be carried over, and without locks. */
static gboolean
open_still_file (FramDatabase *database, GError **error)
{
  g_autofree char *resolved = NULL, *uri = NULL, *still = NULL;
  gboolean unclean;
  int code;

  resolved = fram_place_prepare (database->path, &unclean, error);
  if (resolved == NULL)
    return FALSE;
  if (unclean)
    {
      fram_store_set_error (error, database, SQLITE_READONLY_RECOVERY);
      return FALSE;
    }
  uri = g_filename_to_uri (resolved, NULL, NULL);
  still = g_strconcat (uri, "?immutable=1", NULL);
  code = sqlite3_open_v2 (still, &database->handle,
                          SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX
                              | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE
                              | SQLITE_OPEN_NOFOLLOW,
                          NULL);
  if (code != SQLITE_OK)
    fram_store_set_error (error, database, code);
  return code == SQLITE_OK;
}

FramDatabase *
fram_database_open_to_read (const char *path, const FramSchema *schema, GError **error)
{
  g_autoptr (FramDatabase) database = database_new (path, schema);

  if (!open_still_file (database, error))
    return NULL;
  harden (database->handle);
  return fram_database_migrate (database, error) ? g_steal_pointer (&database) : NULL;
}

/* Each try begins from nothing: two processes that wait for each other with a part of the
 * locks would wait in vain. */
FramDatabase *
fram_database_open (const char *path, const FramSchema *schema, GError **error)
{
  g_autoptr (GError) reason = NULL;
  FramDatabase *database = open_once (path, schema, &reason);

  for (guint i = 1; i < LOCK_TRIES
                    && g_error_matches (reason, FRAM_STORE_ERROR, FRAM_STORE_ERROR_BUSY);
       i++)
    {
      sqlite3_sleep (LOCK_PAUSE);
      g_clear_error (&reason);
      database = open_once (path, schema, &reason);
    }
  if (database == NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  return database;
}

gboolean
fram_schema_is_lost (const FramSchema *schema, const GError *error)
{
  return g_error_matches (error, FRAM_STORE_ERROR, FRAM_STORE_ERROR_DAMAGED)
         || (schema->expendable
             && (g_error_matches (error, FRAM_STORE_ERROR, FRAM_STORE_ERROR_SCHEMA)
                 || g_error_matches (error, FRAM_STORE_ERROR,
                                     FRAM_STORE_ERROR_CONSTRAINT)));
}

FramDatabase *
fram_database_replace (const char *path, const FramSchema *schema, const GError *damage,
                       GError **ret_damage, GError **error)
{
  g_autofree char *aside = fram_place_set_aside (path, error);
  FramDatabase *database
      = aside != NULL ? fram_database_open (path, schema, error) : NULL;

  if (database != NULL)
    g_set_error (ret_damage, damage->domain, damage->code,
                 "%s; it is now %s, and a fresh one was begun", damage->message, aside);
  return database;
}

FramDatabase *
fram_database_open_or_replace (const char *path, const FramSchema *schema,
                               GError **ret_damage, GError **error)
{
  g_autoptr (GError) reason = NULL;
  FramDatabase *database = fram_database_open (path, schema, &reason);

  if (database != NULL)
    return database;
  if (fram_schema_is_lost (schema, reason))
    return fram_database_replace (path, schema, reason, ret_damage, error);
  g_propagate_error (error, g_steal_pointer (&reason));
  return NULL;
}

gboolean
fram_database_is_in_place (const FramDatabase *database)
{
  struct stat status;

  if (database->path == NULL)
    return TRUE;
  return lstat (database->path, &status) == 0 && status.st_dev == database->device
         && status.st_ino == database->inode;
}

gboolean
fram_database_settle (FramDatabase *database, GError **error)
{
  return fram_database_run (database, "PRAGMA wal_checkpoint (TRUNCATE)", error);
}

void
fram_database_close (FramDatabase *database)
{
  if (database == NULL)
    return;
  g_assert (database->n_under_way == 0);

  while (database->depth > 0)
    fram_database_rollback (database);
  /* Statistics for the planner; they are worth no error, and no change to a file that was
   * refused. */
  if (database->ready)
    fram_database_run (database, "PRAGMA optimize", NULL);
  g_hash_table_unref (database->queries);
  if (sqlite3_close (database->handle) != SQLITE_OK)
    g_error ("%s: a statement was left open", database->name);
  g_free (database->path);
  g_free (database->name);
  g_free (database);
}
