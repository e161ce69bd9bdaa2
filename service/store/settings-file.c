#include "store/settings-file.h"

#include <errno.h>
#include <glib/gstdio.h>

/* The value is in GVariant's text format, without its type, which the program knows.  A key
 * that this program does not know stays as it is. */
static const char version_1[] = "CREATE TABLE settings ("
                                "  key TEXT PRIMARY KEY,"
                                "  value TEXT NOT NULL"
                                ") STRICT, WITHOUT ROWID;";

static const char *const steps[] = { version_1, fram_servers_table_sql };

/* A value that was confirmed stays, also if the power fails in the next moment. */
const FramSchema fram_settings_schema = {
  .steps = steps,
  .n_steps = G_N_ELEMENTS (steps),
  .durable = TRUE,
  .max_bytes = 4 << 20,
};

void
fram_user_values_init (FramUserValues *values)
{
  *values = (FramUserValues){ .servers = fram_user_servers_new () };
}

void
fram_user_values_copy (const FramUserValues *values, FramUserValues *ret_copy)
{
  for (guint i = 0; i < FRAM_N_SETTINGS; i++)
    ret_copy->values[i]
        = values->values[i] != NULL ? g_variant_ref (values->values[i]) : NULL;
  ret_copy->servers = fram_user_servers_copy (values->servers);
}

void
fram_user_values_clear (FramUserValues *values)
{
  for (guint i = 0; i < FRAM_N_SETTINGS; i++)
    g_clear_pointer (&values->values[i], g_variant_unref);
  g_clear_pointer (&values->servers, fram_user_servers_free);
}

void
fram_settings_report_clear (FramSettingsReport *report)
{
  g_clear_pointer (&report->damage, g_free);
  g_clear_pointer (&report->unused, g_ptr_array_unref);
}

static GVariant *
parse (FramSettingKey key, const char *text, GError **error)
{
  const FramSetting *setting = fram_setting_get (key);
  g_autoptr (GVariant) value
      = g_variant_parse (G_VARIANT_TYPE (setting->type), text, NULL, NULL, error);

  if (value == NULL || !fram_setting_check (key, value, error))
    return NULL;
  return g_steal_pointer (&value);
}

static void
report_init (FramSettingsReport *report)
{
  *report = (FramSettingsReport){ .unused = g_ptr_array_new_with_free_func (g_free) };
}

/* A value that a later Fram allows, or that was damaged, is no reason to do without the
 * others. */
static void
note_unused (FramSettingsReport *report, FramSettingKey key, const GError *error)
{
  g_ptr_array_add (report->unused,
                   g_strdup_printf ("settings.db: the value of “%s” is not used: %s",
                                    fram_setting_get (key)->name, error->message));
}

static gboolean
read_one (FramDatabase *database, FramSettingKey key, GVariant **ret_value,
          FramSettingsReport *report, GError **error)
{
  g_autoptr (FramQuery) query
      = fram_database_query (database, error, "SELECT value FROM settings WHERE key = ?1",
                             "s", fram_setting_get (key)->name);
  g_autoptr (GError) reason = NULL;
  g_autofree char *text = NULL;
  FramStep step = query != NULL ? fram_query_step (query, error) : FRAM_STEP_FAILED;

  if (step == FRAM_STEP_ROW)
    {
      text = fram_query_dup_text (query, 0);
      *ret_value = parse (key, text, &reason);
      if (*ret_value == NULL)
        note_unused (report, key, reason);
    }
  return step != FRAM_STEP_FAILED;
}

/* Reads the values whose bit is in `which`, and the servers. */
static gboolean
read_values (FramDatabase *database, guint which, FramUserValues *ret_values,
             FramSettingsReport *report, GError **error)
{
  FramUserValues values = { { NULL } };
  gboolean whole = TRUE;

  for (guint i = 0; i < FRAM_N_SETTINGS && whole; i++)
    if ((which & 1u << i) != 0)
      whole = read_one (database, i, &values.values[i], report, error);
  if (whole && fram_servers_table_read (database, &values.servers, report->unused, error))
    {
      *ret_values = values;
      return TRUE;
    }
  fram_user_values_clear (&values);
  return FALSE;
}

static gboolean
write_one (FramDatabase *database, FramSettingKey key, GVariant *value, GError **error)
{
  const char *name = fram_setting_get (key)->name;
  g_autofree char *text = value != NULL ? g_variant_print (value, FALSE) : NULL;

  if (text == NULL)
    return fram_database_execute (database, error, "DELETE FROM settings WHERE key = ?1",
                                  "s", name);
  return fram_database_execute (database, error,
                                "INSERT INTO settings VALUES (?1, ?2) "
                                "ON CONFLICT DO UPDATE SET value = excluded.value "
                                "WHERE value <> excluded.value",
                                "ss", name, text);
}

static gboolean
write_values (FramDatabase *database, guint which, const FramUserValues *values,
              GError **error)
{
  for (guint i = 0; i < FRAM_N_SETTINGS; i++)
    if ((which & 1u << i) != 0 && !write_one (database, i, values->values[i], error))
      return FALSE;
  return TRUE;
}

/* What is to be done within one transaction. */
typedef struct
{
  const FramUserValues *values;
  guint which;
  gboolean fresh; /* the file has nothing of what is known */
  FramServersChange change;
  gconstpointer data;
} Writing;

/* `others`: what the file says; then also the servers that it is to have. */
static gboolean
write_servers (FramDatabase *database, const Writing *writing, FramUserValues *others,
               GError **error)
{
  g_autoptr (FramUserServers) before = NULL;

  if (!writing->fresh && writing->change == NULL)
    return TRUE;
  before = g_steal_pointer (&others->servers);
  others->servers
      = fram_user_servers_copy (writing->fresh ? writing->values->servers : before);
  if (writing->change != NULL && !writing->change (others->servers, writing->data, error))
    return FALSE;
  return fram_servers_table_write (database, before, others->servers, error);
}

/* `ret_others` is what the file says of the values that were not written, and its
 * servers. */
static gboolean
transact (FramDatabase *database, const Writing *writing, FramUserValues *ret_others,
          FramSettingsReport *report, GError **error)
{
  FramUserValues others;

  if (!fram_database_begin (database, error))
    return FALSE;
  if (!read_values (database, ~writing->which, &others, report, error))
    {
      fram_database_rollback (database);
      return FALSE;
    }
  if (!write_values (database, writing->which, writing->values, error)
      || !write_servers (database, writing, &others, error))
    fram_database_rollback (database);
  else if (fram_database_commit (database, error))
    {
      *ret_others = others;
      return TRUE;
    }
  fram_user_values_clear (&others);
  return FALSE;
}

/* --- The file ---------------------------------------------------------------------- */

static FramDatabase *
open_file (const char *path, FramSettingsReport *report, GError **error)
{
  g_autoptr (GError) damage = NULL;
  FramDatabase *database
      = fram_database_open_or_replace (path, &fram_settings_schema, &damage, error);

  if (database != NULL && damage != NULL)
    report->damage = g_strdup (damage->message);
  return database;
}

/* Return: a fresh one, if `reason` says that the old one, now closed, is lost. */
static FramDatabase *
replace_file (const char *path, const GError *reason, FramSettingsReport *report,
              GError **error)
{
  g_autoptr (GError) damage = NULL;
  FramDatabase *database;

  if (!fram_schema_is_lost (&fram_settings_schema, reason))
    {
      g_propagate_error (error, g_error_copy (reason));
      return NULL;
    }
  database = fram_database_replace (path, &fram_settings_schema, reason, &damage, error);
  if (database != NULL)
    {
      fram_settings_report_clear (report);
      report_init (report);
      report->damage = g_strdup (damage->message);
    }
  return database;
}

static gboolean
is_unwritable (const GError *error)
{
  return g_error_matches (error, FRAM_STORE_ERROR, FRAM_STORE_ERROR_READ_ONLY)
         || g_error_matches (error, FRAM_STORE_ERROR, FRAM_STORE_ERROR_FULL)
         || g_error_matches (error, FRAM_STORE_ERROR, FRAM_STORE_ERROR_NO_ACCESS);
}

static FramDatabase *
open_for_reading (const char *path, FramSettingsReport *report, GError **ret_read_only,
                  GError **error)
{
  g_autoptr (GError) reason = NULL;
  FramDatabase *database = open_file (path, report, &reason);

  if (database == NULL && is_unwritable (reason))
    {
      database = fram_database_open_to_read (path, &fram_settings_schema, NULL);
      if (database != NULL)
        {
          g_propagate_error (ret_read_only, g_steal_pointer (&reason));
          return database;
        }
    }
  if (database == NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  return database;
}

static gboolean
is_missing (const char *path)
{
  GStatBuf status;

  return g_lstat (path, &status) < 0 && errno == ENOENT;
}

gboolean
fram_settings_file_read (const char *path, FramUserValues *ret_values,
                         FramSettingsReport *ret_report, GError **ret_read_only,
                         GError **error)
{
  g_autoptr (FramDatabase) database = NULL;
  g_autoptr (GError) reason = NULL;
  FramUserValues values;

  fram_user_values_init (ret_values);
  report_init (ret_report);
  if (is_missing (path))
    return TRUE;
  database = open_for_reading (path, ret_report, ret_read_only, error);
  if (database == NULL)
    return FALSE;
  if (read_values (database, ~0u, &values, ret_report, &reason))
    {
      fram_user_values_clear (ret_values);
      *ret_values = values;
      return TRUE;
    }
  fram_database_close (g_steal_pointer (&database));
  database = replace_file (path, reason, ret_report, error);
  return database != NULL;
}

/* What the file says of the rest becomes part of `values`. */
static void
take_others (FramUserValues *values, guint which, FramUserValues *others)
{
  for (guint i = 0; i < FRAM_N_SETTINGS; i++)
    if ((which & 1u << i) == 0)
      {
        g_clear_pointer (&values->values[i], g_variant_unref);
        values->values[i] = g_steal_pointer (&others->values[i]);
      }
  fram_user_servers_free (values->servers);
  values->servers = g_steal_pointer (&others->servers);
}

gboolean
fram_settings_file_write (const char *path, FramUserValues *values, guint which,
                          FramServersChange change, gconstpointer data,
                          FramSettingsReport *ret_report, GError **error)
{
  Writing writing = { .values = values, .which = which, .change = change, .data = data };
  g_autoptr (FramDatabase) database = NULL;
  g_autoptr (GError) reason = NULL;
  FramUserValues others;
  gboolean written;

  report_init (ret_report);
  database = open_file (path, ret_report, error);
  if (database == NULL)
    return FALSE;
  writing.fresh = ret_report->damage != NULL;
  if (writing.fresh)
    writing.which = ~0u;
  written = transact (database, &writing, &others, ret_report, &reason);
  if (!written)
    {
      fram_database_close (g_steal_pointer (&database));
      database = replace_file (path, reason, ret_report, error);
      if (database == NULL)
        return FALSE;
      writing.fresh = TRUE;
      writing.which = ~0u;
      written = transact (database, &writing, &others, ret_report, error);
    }
  if (written)
    take_others (values, writing.which, &others);
  return written;
}
