#include "store/database-private.h"

static gboolean
read_version (FramDatabase *database, gint64 *ret_version, GError **error)
{
  g_autoptr (FramQuery) query
      = fram_database_query (database, error, "PRAGMA user_version", "");

  if (query == NULL || !fram_query_row (query, error))
    return FALSE;
  *ret_version = fram_query_get_integer (query, 0);
  return TRUE;
}

static gboolean
judge (FramDatabase *database, gint64 version, GError **error)
{
  if (version > database->schema->n_steps)
    g_set_error (error, FRAM_STORE_ERROR, FRAM_STORE_ERROR_NEWER,
                 "%s: a newer Fram wrote the file (its version is %" G_GINT64_FORMAT
                 ", known are those to %u); it is left alone",
                 database->name, version, database->schema->n_steps);
  else if (version < 0)
    g_set_error (error, FRAM_STORE_ERROR, FRAM_STORE_ERROR_DAMAGED,
                 "%s: the file is damaged (its version is negative)", database->name);
  else
    return TRUE;
  return FALSE;
}

/* The next step, within a transaction: the version is that under its lock. */
static gboolean
take_step (FramDatabase *database, gint64 *version, GError **error)
{
  const FramSchema *schema = database->schema;
  g_autofree char *stamp = NULL;

  if (!read_version (database, version, error) || !judge (database, *version, error))
    return FALSE;
  if (*version == schema->n_steps)
    return TRUE;
  stamp = g_strdup_printf ("PRAGMA user_version = %" G_GINT64_FORMAT, *version + 1);
  if (!fram_database_run (database, schema->steps[*version], error)
      || !fram_database_run (database, stamp, error))
    return FALSE;
  *version += 1;
  return TRUE;
}

gboolean
fram_database_migrate (FramDatabase *database, GError **error)
{
  gint64 version;

  if (!read_version (database, &version, error) || !judge (database, version, error))
    return FALSE;
  while (version < database->schema->n_steps)
    {
      if (!fram_database_begin (database, error))
        return FALSE;
      if (!take_step (database, &version, error))
        {
          fram_database_rollback (database);
          return FALSE;
        }
      if (!fram_database_commit (database, error))
        return FALSE;
    }
  return TRUE;
}
