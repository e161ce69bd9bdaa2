/* The database's inside, shared by the files that cut it. */
#pragma once

#include "store/database.h"

#include <sqlite3.h>
#include <sys/types.h>

struct _FramDatabase
{
  sqlite3 *handle;
  char *path; /* NULL: in memory */
  char *name; /* for messages */
  const FramSchema *schema;
  gboolean ready; /* opened, sound, and of the right version */
  dev_t device;   /* of the file that was opened */
  ino_t inode;
  GHashTable *queries; /* SQL to FramQuery, all that were ever prepared */
  guint n_under_way;   /* of them */
  guint depth;         /* of transactions */
  int n_log_pages;     /* in the log, after the last commit */
};

/* Sets `error` by SQLite's extended code; the handle's message is used if it is about it. */
void fram_store_set_error (GError **error, FramDatabase *database, int code);

/* Runs statements without parameters, and drops their rows. */
gboolean fram_database_run (FramDatabase *database, const char *sql, GError **error);

/* transaction.c: whether the transaction that is open, if one is, can still be committed.
 * SQLite takes a whole transaction back by itself where the disk fails it; what follows would
 * then be written at once, each statement for itself. */
gboolean fram_database_is_whole (FramDatabase *database, GError **error);

/* migration.c: brings the file to the version of its schema. */
gboolean fram_database_migrate (FramDatabase *database, GError **error);

/* query.c */
void fram_query_free (FramQuery *query);
