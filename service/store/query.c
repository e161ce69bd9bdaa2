#include "store/database-private.h"

#include <stdarg.h>
#include <string.h>

struct _FramQuery
{
  FramDatabase *database;
  sqlite3_stmt *statement;
  gboolean under_way;
};

void
fram_query_free (FramQuery *query)
{
  sqlite3_finalize (query->statement);
  g_free (query);
}

/* Return: the statement, prepared now or before, or NULL. */
static FramQuery *
look_up (FramDatabase *database, const char *sql, GError **error)
{
  FramQuery *query = g_hash_table_lookup (database->queries, sql);
  sqlite3_stmt *statement = NULL;
  int code;

  if (query != NULL)
    return query;
  code = sqlite3_prepare_v3 (database->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
                             &statement, NULL);
  if (code != SQLITE_OK)
    {
      fram_store_set_error (error, database, code);
      return NULL;
    }
  query = g_new0 (FramQuery, 1);
  query->database = database;
  query->statement = statement;
  g_hash_table_insert (database->queries, (char *) sqlite3_sql (statement), query);
  return query;
}

static int
bind_one (sqlite3_stmt *statement, int index, char type, va_list *values)
{
  switch (type)
    {
    case 'i':
      return sqlite3_bind_int (statement, index, va_arg (*values, int));
    case 'l':
      return sqlite3_bind_int64 (statement, index, va_arg (*values, gint64));
    case 's':
      return sqlite3_bind_text (statement, index, va_arg (*values, const char *), -1,
                                SQLITE_STATIC);
    default:
      g_assert_not_reached ();
    }
}

static FramQuery *
start (FramDatabase *database, GError **error, const char *sql, const char *types,
       va_list *values)
{
  FramQuery *query = look_up (database, sql, error);

  if (query == NULL)
    return NULL;
  g_assert (!query->under_way);
  g_assert ((gsize) sqlite3_bind_parameter_count (query->statement) == strlen (types));

  query->under_way = TRUE;
  database->n_under_way++;
  for (int i = 0; types[i] != '\0'; i++)
    {
      int code = bind_one (query->statement, i + 1, types[i], values);

      if (code != SQLITE_OK)
        {
          fram_store_set_error (error, database, code);
          fram_query_end (query);
          return NULL;
        }
    }
  return query;
}

FramQuery *
fram_database_query (FramDatabase *database, GError **error, const char *sql,
                     const char *types, ...)
{
  FramQuery *query;
  va_list values;

  if (!fram_database_is_whole (database, error))
    return NULL;
  va_start (values, types);
  query = start (database, error, sql, types, &values);
  va_end (values);
  return query;
}

gboolean
fram_database_execute (FramDatabase *database, GError **error, const char *sql,
                       const char *types, ...)
{
  g_autoptr (FramQuery) query = NULL;
  FramStep step;
  va_list values;

  if (!fram_database_is_whole (database, error))
    return FALSE;
  va_start (values, types);
  query = start (database, error, sql, types, &values);
  va_end (values);
  if (query == NULL)
    return FALSE;

  do
    step = fram_query_step (query, error);
  while (step == FRAM_STEP_ROW);
  return step == FRAM_STEP_DONE;
}

FramStep
fram_query_step (FramQuery *query, GError **error)
{
  int code;

  g_assert (query->under_way);
  code = sqlite3_step (query->statement);
  if (code == SQLITE_ROW)
    return FRAM_STEP_ROW;
  if (code == SQLITE_DONE)
    return FRAM_STEP_DONE;
  fram_store_set_error (error, query->database, code);
  return FRAM_STEP_FAILED;
}

gboolean
fram_query_row (FramQuery *query, GError **error)
{
  FramStep step = fram_query_step (query, error);

  if (step == FRAM_STEP_DONE)
    g_set_error (error, FRAM_STORE_ERROR, FRAM_STORE_ERROR_SCHEMA, "%s: a row is missing",
                 query->database->name);
  return step == FRAM_STEP_ROW;
}

gint64
fram_query_get_integer (FramQuery *query, int column)
{
  return sqlite3_column_int64 (query->statement, column);
}

char *
fram_query_dup_text (FramQuery *query, int column)
{
  const char *text = (const char *) sqlite3_column_text (query->statement, column);

  return text != NULL ? g_utf8_make_valid (text, -1) : g_strdup ("");
}

void
fram_query_end (FramQuery *query)
{
  g_assert (query->under_way);
  sqlite3_reset (query->statement);
  sqlite3_clear_bindings (query->statement);
  query->under_way = FALSE;
  query->database->n_under_way--;
}
