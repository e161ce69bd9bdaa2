#include "rpc/settings-private.h"

#include "dbus/interface-info.h"
#include "dbus/names.h"
#include "rpc/errors.h"

/* A call that changes something. */
typedef struct
{
  FramSettingsObject *object;
  FramSettingChange changes[FRAM_N_SETTINGS];
  guint n_changes;
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  for (guint i = 0; i < change->n_changes; i++)
    g_clear_pointer (&change->changes[i].value, g_variant_unref);
  g_free (change);
}

/* --- Telling ----------------------------------------------------------------------- */

static void
add_value (GVariantBuilder *values, const FramSettings *settings, FramSettingKey key)
{
  g_variant_builder_add (values, "{sv}", fram_setting_get (key)->name,
                         fram_settings_get (settings, key));
}

static GVariant *
values_of (const FramSettings *settings, guint which)
{
  GVariantBuilder values;

  g_variant_builder_init (&values, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < FRAM_N_SETTINGS; i++)
    if ((which & 1u << i) != 0)
      add_value (&values, settings, i);
  return g_variant_builder_end (&values);
}

static void
tell (FramSettingsObject *object, guint changed)
{
  if (changed != FRAM_SETTINGS_SERVERS)
    fram_audience_signal (
        object->audience, "Changed",
        g_variant_new ("(@a{sv})", values_of (object->settings, changed)));
  if ((changed & FRAM_SETTINGS_SERVERS) != 0)
    fram_settings_tell_servers (object);
}

static void
on_changed (FramSettings *settings, guint changed, gpointer user_data)
{
  FramSettingsObject *object = user_data;

  if (!object->writing)
    tell (object, changed);
  else
    g_array_append_val (object->due, changed);
}

static void
on_secrets_changed (FramSecrets *secrets, gpointer user_data)
{
  on_changed (NULL, FRAM_SETTINGS_SERVERS, user_data);
}

void
fram_settings_object_begin (FramSettingsObject *object)
{
  object->writing = TRUE;
}

void
fram_settings_object_end (FramSettingsObject *object)
{
  object->writing = FALSE;
  for (guint i = 0; i < object->due->len; i++)
    tell (object, g_array_index (object->due, guint, i));
  g_array_set_size (object->due, 0);
}

/* --- Writing, one change at a time --------------------------------------------------- */

void
fram_settings_object_fail (FramCall *call, const GError *error)
{
  if (error->domain == FRAM_STORE_ERROR)
    fram_call_fail (call, fram_rpc_error_name (error), "Nothing was changed: %s",
                    error->message);
  else
    fram_rpc_fail (call, error);
}

static void
write_change (FramCall *call, gpointer data)
{
  Change *change = data;
  FramSettingsObject *object = change->object;
  g_autoptr (GError) error = NULL;

  fram_settings_object_begin (object);
  if (fram_settings_change (object->settings, change->changes, change->n_changes, &error))
    fram_call_return (call, NULL);
  else
    fram_settings_object_fail (call, error);
  fram_settings_object_end (object);
}

/* Takes the change.  What cannot be done is refused at once, and costs no turn. */
static void
take_turn (FramCall *call, Change *change)
{
  FramSettingsObject *object = change->object;
  g_autoptr (GError) error = NULL;
  gboolean allowed = fram_settings_check (object->settings, change->changes,
                                          change->n_changes, &error);

  if (allowed && change->n_changes > 0)
    {
      fram_turns_take (object->turns, call, write_change, change, change_free);
      return;
    }
  if (allowed)
    fram_call_return (call, NULL);
  else
    fram_settings_object_fail (call, error);
  change_free (change);
}

/* --- Calls ------------------------------------------------------------------------- */

/* `value` NULL: a reset. */
static gboolean
add_change (Change *change, const char *name, GVariant *value, GError **error)
{
  FramSettingKey key;

  if (!fram_setting_find (name, &key, error))
    return FALSE;
  for (guint i = 0; i < change->n_changes; i++)
    if (change->changes[i].key == key)
      {
        g_set_error (error, FRAM_SETTINGS_ERROR, FRAM_SETTINGS_ERROR_INVALID,
                     "The setting “%s” is given twice", name);
        return FALSE;
      }
  change->changes[change->n_changes].key = key;
  change->changes[change->n_changes].value = value != NULL ? g_variant_ref (value) : NULL;
  change->n_changes++;
  return TRUE;
}

/* `list`: new values by name, or (`is_reset`) names. */
static void
begin_change (FramSettingsObject *object, FramCall *call, GVariant *list,
              gboolean is_reset)
{
  Change *change = g_new0 (Change, 1);
  g_autoptr (GError) error = NULL;
  gsize n = g_variant_n_children (list);

  change->object = object;
  for (gsize i = 0; i < n && error == NULL; i++)
    {
      g_autoptr (GVariant) value = NULL;
      const char *name;

      if (is_reset)
        g_variant_get_child (list, i, "&s", &name);
      else
        g_variant_get_child (list, i, "{&sv}", &name, &value);
      add_change (change, name, value, &error);
    }
  if (error == NULL)
    {
      take_turn (call, change);
      return;
    }
  fram_settings_object_fail (call, error);
  change_free (change);
}

static void
set (FramCall *call, GVariant *arguments, gpointer data)
{
  g_autoptr (GVariant) values = g_variant_get_child_value (arguments, 0);

  begin_change (data, call, values, FALSE);
}

static void
reset (FramCall *call, GVariant *arguments, gpointer data)
{
  g_autoptr (GVariant) names = g_variant_get_child_value (arguments, 0);

  begin_change (data, call, names, TRUE);
}

static void
get_all (FramCall *call, GVariant *arguments, gpointer data)
{
  FramSettingsObject *object = data;

  fram_audience_note_reader (object->audience, call);
  fram_call_return (call, g_variant_new ("(@a{sv})", values_of (object->settings, ~0u)));
}

static void
get (FramCall *call, GVariant *arguments, gpointer data)
{
  FramSettingsObject *object = data;
  g_autoptr (GError) error = NULL;
  FramSettingKey key;
  const char *name;

  fram_audience_note_reader (object->audience, call);
  g_variant_get (arguments, "(&s)", &name);
  if (fram_setting_find (name, &key, &error))
    fram_call_return (call,
                      g_variant_new ("(v)", fram_settings_get (object->settings, key)));
  else
    fram_rpc_fail (call, error);
}

static const char *
origin_to_word (FramSettingOrigin origin)
{
  switch (origin)
    {
    case FRAM_ORIGIN_DEFAULT:
      return "default";
    case FRAM_ORIGIN_ADMINISTRATOR:
      return "administrator";
    case FRAM_ORIGIN_USER:
      return "user";
    }
  g_assert_not_reached ();
}

static void
describe (FramCall *call, GVariant *arguments, gpointer data)
{
  FramSettingsObject *object = data;
  const FramSettings *settings = object->settings;
  GVariantBuilder rows;

  fram_audience_note_reader (object->audience, call);
  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a(svvssss)"));
  for (guint i = 0; i < FRAM_N_SETTINGS; i++)
    {
      const FramSetting *setting = fram_setting_get (i);
      const char *lock = fram_settings_get_lock (settings, i);
      g_autofree char *shown = g_utf8_make_valid (lock != NULL ? lock : "", -1);

      g_variant_builder_add (&rows, "(svvssss)", setting->name,
                             fram_settings_get (settings, i),
                             fram_settings_get_fallback (settings, i),
                             origin_to_word (fram_settings_get_origin (settings, i)),
                             shown, setting->summary, setting->allowed);
    }
  fram_call_return (call, g_variant_new ("(a(svvssss))", &rows));
}

static GVariant *
get_problems (gpointer data)
{
  FramSettingsObject *object = data;
  const char *const *problems = fram_settings_get_problems (object->settings);
  GVariantBuilder texts;

  g_variant_builder_init (&texts, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; problems[i] != NULL; i++)
    g_variant_builder_add_value (
        &texts, g_variant_new_take_string (g_utf8_make_valid (problems[i], -1)));
  return g_variant_builder_end (&texts);
}

/* --- The object -------------------------------------------------------------------- */

static void
test_server (FramCall *call, GVariant *arguments, gpointer data)
{
  FramSettingsObject *object = data;
  g_autoptr (GVariant) options = g_variant_get_child_value (arguments, 1);
  const char *id;

  g_variant_get_child (arguments, 0, "&s", &id);
  fram_server_tests_begin (object->tests, call, id, options);
}

static void
subscribe (FramCall *call, GVariant *arguments, gpointer data)
{
  FramSettingsObject *object = data;

  fram_audience_subscribe (object->audience, call);
}

static void
unsubscribe (FramCall *call, GVariant *arguments, gpointer data)
{
  FramSettingsObject *object = data;

  fram_audience_unsubscribe (object->audience, call);
}

static const FramMethod methods[] = {
  { "GetAll", get_all },
  { "Get", get },
  { "Describe", describe },
  { "Set", set },
  { "Reset", reset },
  { "ListServers", fram_settings_list_servers },
  { "AddServer", fram_settings_add_server },
  { "ChangeServer", fram_settings_change_server },
  { "RemoveServer", fram_settings_remove_server },
  { "SetSecret", fram_settings_set_secret },
  { "TestServer", test_server },
  { "Subscribe", subscribe },
  { "Unsubscribe", unsubscribe },
  { NULL, NULL },
};

static const FramProperty properties[] = {
  { "Problems", get_problems, NULL },
  { NULL, NULL, NULL },
};

/* They are the user's, and tell of the user's servers and of this host's files. */
static void
guard (FramCall *call, GVariant *arguments, gpointer data, FramMethodHandler handler,
       gpointer handler_data)
{
  FramSettingsObject *object = data;

  fram_callers_tell_apart (object->callers, call, arguments, handler_data, handler, NULL);
}

static const FramInterfaceTable settings_table = {
  .info = &org_fram_ice1_settings_interface,
  .methods = methods,
  .properties = properties,
  .guard = guard,
};

FramSettingsObject *
fram_settings_object_new (DBusConnection *connection, FramCallers *callers,
                          FramExporter *exporter, GError **error)
{
  FramInterface *interface = fram_interface_new (&settings_table, error);
  FramSettingsObject *object;

  if (interface == NULL)
    return NULL;
  object = g_new0 (FramSettingsObject, 1);
  object->interface = interface;
  object->callers = callers;
  object->audience
      = fram_audience_new (exporter, interface, fram_callers_get_owners (callers));
  object->turns = fram_turns_new ();
  object->tests = fram_server_tests_new (connection);
  object->due = g_array_new (FALSE, FALSE, sizeof (guint));
  fram_exporter_extend (exporter, FRAM_PATH_MANAGER, interface, object);
  return object;
}

void
fram_settings_object_start (FramSettingsObject *object, FramSettings *settings,
                            FramSecrets *secrets, FramDriver *driver)
{
  object->settings = settings;
  object->secrets = secrets;
  fram_settings_add_listener (settings, on_changed, object);
  fram_secrets_add_listener (secrets, on_secrets_changed, object);
  fram_server_tests_start (object->tests, settings, secrets, driver);
}

void
fram_settings_object_tested (FramSettingsObject *object, guint16 test)
{
  fram_server_tests_ended (object->tests, test);
}

void
fram_settings_object_caller_gone (FramSettingsObject *object, const char *name)
{
  fram_audience_caller_gone (object->audience, name);
}

void
fram_settings_object_free (FramSettingsObject *object)
{
  if (object == NULL)
    return;
  fram_turns_free (object->turns);
  fram_settings_stop_secrets (object);
  fram_server_tests_free (object->tests);
  if (object->rest != NULL)
    g_source_destroy (object->rest);
  g_clear_pointer (&object->rest, g_source_unref);
  if (object->settings != NULL)
    {
      fram_settings_remove_listener (object->settings, object);
      fram_secrets_remove_listener (object->secrets, object);
    }
  g_array_unref (object->due);
  fram_audience_free (object->audience);
  fram_interface_free (object->interface);
  g_free (object);
}
