#include "store/settings-private.h"

#include "store/place.h"

/* Milliseconds.  Packages write several files at once, and editors one in several steps. */
#define RELOAD_DELAY 200

typedef struct
{
  FramSettingsListener listener;
  gpointer user_data;
} Listener;

/* --- What holds ---------------------------------------------------------------------- */

GVariant *
fram_settings_get_fallback (const FramSettings *settings, FramSettingKey key)
{
  GVariant *value = settings->administrators->values[key];

  return value != NULL ? value : settings->defaults[key];
}

FramSettingOrigin
fram_settings_get_origin (const FramSettings *settings, FramSettingKey key)
{
  if (settings->administrators->locks[key] != NULL)
    return FRAM_ORIGIN_ADMINISTRATOR;
  if (settings->user.values[key] != NULL)
    return FRAM_ORIGIN_USER;
  if (settings->administrators->values[key] != NULL)
    return FRAM_ORIGIN_ADMINISTRATOR;
  return FRAM_ORIGIN_DEFAULT;
}

static GVariant *
find_value (const FramSettings *settings, FramSettingKey key)
{
  switch (fram_settings_get_origin (settings, key))
    {
    case FRAM_ORIGIN_DEFAULT:
    case FRAM_ORIGIN_ADMINISTRATOR:
      return fram_settings_get_fallback (settings, key);
    case FRAM_ORIGIN_USER:
      return settings->user.values[key];
    }
  g_assert_not_reached ();
}

static gboolean
equal_servers (const GPtrArray *a, const GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (!fram_server_entry_equal (a->pdata[i], b->pdata[i]))
      return FALSE;
  return TRUE;
}

static gboolean
find_servers (FramSettings *settings)
{
  g_autoptr (GPtrArray) before = settings->servers;

  settings->servers
      = fram_servers_merge (settings->user.servers, settings->administrators->servers);
  return before == NULL || !equal_servers (before, settings->servers);
}

/* Return: bits of those that are others than before. */
static guint
find_changes (FramSettings *settings)
{
  guint changed = 0;

  for (guint i = 0; i < FRAM_N_SETTINGS; i++)
    {
      GVariant *now = find_value (settings, i), *before = settings->values[i];

      if (before == NULL || !g_variant_equal (before, now))
        changed |= 1u << i;
      settings->values[i] = g_variant_ref (now);
      if (before != NULL)
        g_variant_unref (before);
    }
  if (find_servers (settings))
    changed |= FRAM_SETTINGS_SERVERS;
  return changed;
}

static void
append_all (GStrvBuilder *builder, GPtrArray *texts)
{
  for (guint i = 0; texts != NULL && i < texts->len; i++)
    g_strv_builder_add (builder, texts->pdata[i]);
}

/* Return: whether they are others than before. */
static gboolean
collect_problems (FramSettings *settings)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) before = settings->problems;

  if (settings->damage != NULL)
    g_strv_builder_add (builder, settings->damage);
  if (settings->storage != NULL)
    g_strv_builder_add (builder, settings->storage);
  append_all (builder, settings->unused);
  append_all (builder, settings->administrators->problems);
  settings->problems = g_strv_builder_end (builder);
  return before == NULL
         || !g_strv_equal ((const char *const *) before,
                           (const char *const *) settings->problems);
}

static void
tell (FramSettings *settings, guint changed)
{
  for (guint i = 0; i < settings->listeners->len; i++)
    {
      const Listener *listener = &g_array_index (settings->listeners, Listener, i);

      listener->listener (settings, changed, listener->user_data);
    }
}

static void
update (FramSettings *settings)
{
  gboolean other_problems = collect_problems (settings);
  guint changed = find_changes (settings);

  if (changed != 0)
    tell (settings, changed);
  /* Whoever hears of values looks at the problems too. */
  if (other_problems && (changed & ~FRAM_SETTINGS_SERVERS) == 0)
    tell (settings, 0);
}

/* --- The file ---------------------------------------------------------------------- */

static void
take_report (FramSettings *settings, FramSettingsReport *report, const GError *problem)
{
  if (report->damage != NULL)
    {
      g_free (settings->damage);
      settings->damage = g_steal_pointer (&report->damage);
    }
  g_clear_pointer (&settings->unused, g_ptr_array_unref);
  settings->unused = g_steal_pointer (&report->unused);
  g_free (settings->storage);
  settings->storage = problem != NULL ? g_strdup (problem->message) : NULL;
  fram_settings_report_clear (report);
}

static void
read_file (FramSettings *settings)
{
  g_autoptr (GError) read_only = NULL, error = NULL;
  FramSettingsReport report;

  fram_settings_file_read (settings->path, &settings->user, &report, &read_only, &error);
  take_report (settings, &report, error != NULL ? error : read_only);
}

gboolean
fram_settings_check (const FramSettings *settings, const FramSettingChange *changes,
                     guint n_changes, GError **error)
{
  for (guint i = 0; i < n_changes; i++)
    {
      const char *lock = fram_settings_get_lock (settings, changes[i].key);

      if (changes[i].value != NULL
          && !fram_setting_check (changes[i].key, changes[i].value, error))
        return FALSE;
      if (lock != NULL)
        {
          g_set_error (error, FRAM_SETTINGS_ERROR, FRAM_SETTINGS_ERROR_LOCKED,
                       "The setting “%s” is locked by the administrator, in %s",
                       fram_setting_get (changes[i].key)->name, lock);
          return FALSE;
        }
    }
  return TRUE;
}

/* Return: what the user will have set, to be cleared. */
static FramUserValues
apply (const FramSettings *settings, const FramSettingChange *changes, guint n_changes,
       guint *ret_which)
{
  FramUserValues values;

  *ret_which = 0;
  fram_user_values_copy (&settings->user, &values);
  for (guint i = 0; i < n_changes; i++)
    {
      GVariant **value = &values.values[changes[i].key];

      g_clear_pointer (value, g_variant_unref);
      if (changes[i].value != NULL)
        *value = g_variant_ref_sink (changes[i].value);
      *ret_which |= 1u << changes[i].key;
    }
  return values;
}

gboolean
fram_settings_write (FramSettings *settings, FramUserValues *values, guint which,
                     FramServersChange change, gconstpointer data, GError **error)
{
  g_autoptr (GError) failure = NULL;
  FramSettingsReport report;
  gboolean written = fram_settings_file_write (settings->path, values, which, change,
                                               data, &report, &failure);

  if (written)
    {
      fram_user_values_clear (&settings->user);
      settings->user = *values;
      take_report (settings, &report, NULL);
    }
  else
    {
      fram_user_values_clear (values);
      fram_settings_report_clear (&report);
      if (failure->domain == FRAM_STORE_ERROR)
        {
          g_free (settings->storage);
          settings->storage = g_strdup (failure->message);
        }
      g_propagate_error (error, g_steal_pointer (&failure));
    }
  update (settings);
  return written;
}

gboolean
fram_settings_change (FramSettings *settings, const FramSettingChange *changes,
                      guint n_changes, GError **error)
{
  FramUserValues values;
  guint which;

  if (!fram_settings_check (settings, changes, n_changes, error))
    return FALSE;
  values = apply (settings, changes, n_changes, &which);
  return fram_settings_write (settings, &values, which, NULL, NULL, error);
}

/* --- Administrators' files ----------------------------------------------------------- */

static gboolean
on_reload (gpointer user_data)
{
  FramSettings *settings = user_data;

  g_clear_pointer (&settings->reload, g_source_unref);
  fram_administrators_free (settings->administrators);
  settings->administrators = fram_administrators_load (settings->directory);
  update (settings);
  return G_SOURCE_REMOVE;
}

static void
on_files_changed (FramSettings *settings)
{
  if (settings->reload != NULL)
    return;
  settings->reload = g_timeout_source_new (RELOAD_DELAY);
  g_source_set_callback (settings->reload, on_reload, settings, NULL);
  g_source_attach (settings->reload, g_main_context_get_thread_default ());
}

static void
watch_files (FramSettings *settings)
{
  g_autoptr (GFile) directory = g_file_new_for_path (settings->directory);
  g_autoptr (GError) error = NULL;

  settings->monitor
      = g_file_monitor_directory (directory, G_FILE_MONITOR_WATCH_MOVES, NULL, &error);
  if (settings->monitor == NULL)
    g_debug ("Changes of the administrators' files will not be seen: %s", error->message);
  else
    g_signal_connect_swapped (settings->monitor, "changed", G_CALLBACK (on_files_changed),
                              settings);
}

/* --- Beginning and end ---------------------------------------------------------------- */

FramSettings *
fram_settings_new (const char *path, const char *administrators)
{
  FramSettings *settings = g_new0 (FramSettings, 1);

  settings->path = path != NULL ? g_strdup (path)
                                : fram_place_path (FRAM_PLACE_CONFIG, "settings.db");
  settings->directory = g_strdup (administrators);
  settings->listeners = g_array_new (FALSE, FALSE, sizeof (Listener));
  for (guint i = 0; i < FRAM_N_SETTINGS; i++)
    settings->defaults[i] = fram_setting_new_default (i);
  /* What changes from now on is seen, so the files are read after that. */
  if (settings->directory != NULL)
    watch_files (settings);
  settings->administrators = fram_administrators_load (settings->directory);
  read_file (settings);
  update (settings);
  return settings;
}

void
fram_settings_free (FramSettings *settings)
{
  if (settings == NULL)
    return;
  if (settings->reload != NULL)
    g_source_destroy (settings->reload);
  g_clear_pointer (&settings->reload, g_source_unref);
  if (settings->monitor != NULL)
    g_signal_handlers_disconnect_by_data (settings->monitor, settings);
  g_clear_object (&settings->monitor);
  fram_administrators_free (settings->administrators);
  fram_user_values_clear (&settings->user);
  for (guint i = 0; i < FRAM_N_SETTINGS; i++)
    {
      g_variant_unref (settings->defaults[i]);
      g_variant_unref (settings->values[i]);
    }
  g_clear_pointer (&settings->servers, g_ptr_array_unref);
  g_array_unref (settings->listeners);
  g_clear_pointer (&settings->unused, g_ptr_array_unref);
  g_strfreev (settings->problems);
  g_free (settings->damage);
  g_free (settings->storage);
  g_free (settings->directory);
  g_free (settings->path);
  g_free (settings);
}

void
fram_settings_add_listener (FramSettings *settings, FramSettingsListener listener,
                            gpointer user_data)
{
  Listener added = { listener, user_data };

  g_array_append_val (settings->listeners, added);
}

void
fram_settings_remove_listener (FramSettings *settings, gpointer user_data)
{
  for (guint i = settings->listeners->len; i > 0; i--)
    if (g_array_index (settings->listeners, Listener, i - 1).user_data == user_data)
      g_array_remove_index (settings->listeners, i - 1);
}

/* --- Reading ------------------------------------------------------------------------- */

GVariant *
fram_settings_get (const FramSettings *settings, FramSettingKey key)
{
  return settings->values[key];
}

const char *
fram_settings_get_lock (const FramSettings *settings, FramSettingKey key)
{
  return settings->administrators->locks[key];
}

gboolean
fram_settings_get_flag (const FramSettings *settings, FramSettingKey key)
{
  return g_variant_get_boolean (settings->values[key]);
}

int
fram_settings_get_number (const FramSettings *settings, FramSettingKey key)
{
  return g_variant_get_int32 (settings->values[key]);
}

const char *
fram_settings_get_word (const FramSettings *settings, FramSettingKey key)
{
  return g_variant_get_string (settings->values[key], NULL);
}

const char **
fram_settings_get_words (const FramSettings *settings, FramSettingKey key)
{
  return g_variant_get_strv (settings->values[key], NULL);
}

const char *const *
fram_settings_get_problems (const FramSettings *settings)
{
  return (const char *const *) settings->problems;
}
