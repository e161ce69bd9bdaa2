/* One SQLite file, owned by this process alone: opened safely, brought to the version that
 * the program knows, read and written by prepared statements within transactions.
 *
 * It knows nothing of what is in the file.  It belongs to one thread, and each call works on
 * the disk before it returns: a commit takes tens of microseconds as a rule, milliseconds
 * where the log is carried over into the file or the commit is durable.
 *
 * All errors are FRAM_STORE_ERROR.  SQL is always a constant of the program; misuse of this
 * interface is an assertion. */
#pragma once

#include "store/errors.h"

typedef struct _FramDatabase FramDatabase;

/* A file's tables, as the steps that lead to them; it must outlive the database. */
typedef struct
{
  /* SQL that leads from version i to i + 1.  What was released is never changed. */
  const char *const *steps;
  guint n_steps; /* the version that this program knows */
  gboolean
      durable; /* a commit outlives a loss of power; else the last ones may be lost */
  /* The file may be begun afresh not only when it is damaged, but also when its tables, or
   * values in them, are not those of its version. */
  gboolean expendable;
  gint64 max_bytes; /* of the file; a write beyond it is FRAM_STORE_ERROR_FULL */
} FramSchema;

/* Opens `path`, as fram_place_prepare() makes it, or a database in memory (`path` NULL).
 * Other processes are kept out while it is open.  If the last one that had it open did not
 * come to an end, the file is looked through.  Each step is a transaction of its own. */
FramDatabase *fram_database_open (const char *path, const FramSchema *schema,
                                  GError **error);
/* The same, but a lost file is moved aside and a fresh one made.  `ret_damage` tells what was
 * wrong and where the old file is now; NULL if the file is good. */
FramDatabase *fram_database_open_or_replace (const char *path, const FramSchema *schema,
                                             GError **ret_damage, GError **error);
/* Opens a file that cannot be written, to look at it: nothing is changed, and nothing made
 * beside it.  It must be of the schema's version, and its last writer must have come to an
 * end; nobody else may change it meanwhile. */
FramDatabase *fram_database_open_to_read (const char *path, const FramSchema *schema,
                                          GError **error);

/* Whether `error` means that there is no use in going on with the file. */
gboolean fram_schema_is_lost (const FramSchema *schema, const GError *error);
/* Moves the file of a closed database that was lost by `damage` aside and opens a fresh one.
 * `ret_damage` as above. */
FramDatabase *fram_database_replace (const char *path, const FramSchema *schema,
                                     const GError *damage, GError **ret_damage,
                                     GError **error);
/* Takes back an open transaction.  No query may be under way.  NULL is allowed. */
void fram_database_close (FramDatabase *database);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramDatabase, fram_database_close)

/* Whether the file is still where it was opened: a cache may be deleted at any time, and
 * what is written after that is lost.  Always TRUE in memory. */
gboolean fram_database_is_in_place (const FramDatabase *database);

/* --- Transactions -------------------------------------------------------------------- */

/* Nested ones can be taken back alone, and last only if the outermost is committed. */
gboolean fram_database_begin (FramDatabase *database, GError **error);
/* On failure the transaction is taken back, as by fram_database_rollback(). */
gboolean fram_database_commit (FramDatabase *database, GError **error);
void fram_database_rollback (FramDatabase *database);

/* Carries the log over into the file and empties it, so that what was deleted is in neither.
 * It waits for the disk. */
gboolean fram_database_settle (FramDatabase *database, GError **error);

/* --- Statements ---------------------------------------------------------------------- */

/* A statement under way. It is kept prepared for the next time; one text can be under way
 * once at a time. */
typedef struct _FramQuery FramQuery;

/* Runs a statement to its end.  `types` has a letter for each parameter ?1, ?2 ...:
 *   i: int or guint
 *   l: gint64
 *   s: const char *, valid until the statement has ended; NULL is SQL's NULL */
gboolean fram_database_execute (FramDatabase *database, GError **error, const char *sql,
                                const char *types, ...);

/* Return: a query, before its first row, or NULL. */
FramQuery *fram_database_query (FramDatabase *database, GError **error, const char *sql,
                                const char *types, ...);

typedef enum
{
  FRAM_STEP_ROW,
  FRAM_STEP_DONE,
  FRAM_STEP_FAILED, /* `error` is set */
} FramStep;

/* Goes to the next row; not after the last one. */
FramStep fram_query_step (FramQuery *query, GError **error);
/* Goes to a row that must be there: where it is not, the tables are not ours. */
gboolean fram_query_row (FramQuery *query, GError **error);
/* Columns are counted from 0. NULL reads as 0. */
gint64 fram_query_get_integer (FramQuery *query, int column);
/* Return: (transfer full): valid UTF-8, whatever the file holds; "" for NULL. */
char *fram_query_dup_text (FramQuery *query, int column);
/* Ends it, wherever it is. */
void fram_query_end (FramQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramQuery, fram_query_end)
