/* The servers of the settings: the list, and its changes. */
#include "rpc/settings-private.h"

#include "dbus/names.h"
#include "rpc/server-options.h"

/* A call that changes a server. */
typedef struct
{
  FramSettingsObject *object;
  FramServerEdit edit;
  char *id;
  char *uri; /* of an added one */
  FramServerOptions options;
} ServerCall;

static void
server_call_free (gpointer data)
{
  ServerCall *change = data;

  fram_server_options_clear (&change->options);
  g_free (change->id);
  g_free (change->uri);
  g_free (change);
}

/* --- Telling --------------------------------------------------------------------------- */

static void
tell_now (FramSettingsObject *object)
{
  fram_audience_signal (object->audience, "ServersChanged", NULL);
}

static gboolean
on_rest_over (gpointer user_data)
{
  FramSettingsObject *object = user_data;

  if (object->owes)
    {
      object->owes = FALSE;
      tell_now (object);
      return G_SOURCE_CONTINUE;
    }
  g_clear_pointer (&object->rest, g_source_unref);
  return G_SOURCE_REMOVE;
}

void
fram_settings_tell_servers (FramSettingsObject *object)
{
  if (object->rest != NULL)
    {
      object->owes = TRUE;
      return;
    }
  object->rest = g_timeout_source_new (FRAM_TURNS_PAUSE);
  g_source_set_callback (object->rest, on_rest_over, object, NULL);
  g_source_attach (object->rest, g_main_context_get_thread_default ());
  tell_now (object);
}

/* --- The list -------------------------------------------------------------------------- */

static void
add_row (GVariantBuilder *rows, FramSettingsObject *object, const FramServerEntry *server)
{
  g_autofree char *file
      = g_utf8_make_valid (server->file != NULL ? server->file : "", -1);
  FramSecretStorage storage;
  gboolean known = fram_secrets_get (object->secrets, server, &storage) != NULL;

  g_variant_builder_add (
      rows, "(sssbssbsss)", server->id, server->uri, server->name, server->enabled,
      fram_credential_kind_to_word (server->credential), server->username, known,
      fram_secret_storage_to_word (storage), server->authority, file);
}

void
fram_settings_list_servers (FramCall *call, GVariant *arguments, gpointer data)
{
  FramSettingsObject *object = data;
  const GPtrArray *servers = fram_servers_list (object->settings);
  GVariantBuilder rows;

  fram_audience_note_reader (object->audience, call);
  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a(sssbssbsss)"));
  for (guint i = 0; i < servers->len; i++)
    add_row (&rows, object, servers->pdata[i]);
  fram_call_return (call, g_variant_new ("(a(sssbssbsss))", &rows));
}

/* --- Changes --------------------------------------------------------------------------- */

static void
run (FramCall *call, gpointer data)
{
  ServerCall *change = data;
  FramSettingsObject *object = change->object;
  g_autoptr (GError) error = NULL;

  fram_settings_object_begin (object);
  if (!fram_servers_edit (object->settings, &change->edit, &error))
    fram_settings_object_fail (call, error);
  else if (change->edit.operation == FRAM_SERVER_ADD)
    fram_call_return (call, g_variant_new ("(s)", change->id));
  else
    fram_call_return (call, NULL);
  fram_settings_object_end (object);
}

/* Takes the change.  What cannot be done is refused at once, and costs no turn. */
static void
take_turn (FramCall *call, ServerCall *change)
{
  FramSettingsObject *object = change->object;
  g_autoptr (GError) error = NULL;

  change->edit.id = change->id;
  change->edit.fields = change->options.fields;
  if (change->uri != NULL)
    {
      change->edit.fields.uri = change->uri;
      change->edit.fields.which |= FRAM_SERVER_URI;
    }
  if (fram_servers_check (object->settings, &change->edit, &error))
    {
      fram_turns_take (object->turns, call, run, change, server_call_free);
      return;
    }
  fram_settings_object_fail (call, error);
  server_call_free (change);
}

static ServerCall *
new_call (FramSettingsObject *object, FramServerOperation operation, const char *id)
{
  ServerCall *change = g_new0 (ServerCall, 1);

  change->object = object;
  change->edit.operation = operation;
  change->id = g_strdup (id);
  return change;
}

/* Reads the options and goes on. */
static void
begin (FramCall *call, ServerCall *change, GVariant *options)
{
  g_autoptr (GError) error = NULL;

  if (!fram_server_options_read (options, FRAM_SERVER_OPTIONS_FOR_CHANGE,
                                 &change->options, &error))
    ;
  else if (change->uri != NULL && (change->options.fields.which & FRAM_SERVER_URI) != 0)
    g_set_error (&error, FRAM_SETTINGS_ERROR, FRAM_SETTINGS_ERROR_INVALID,
                 "The URI is given twice");
  else
    {
      take_turn (call, change);
      return;
    }
  fram_settings_object_fail (call, error);
  server_call_free (change);
}

void
fram_settings_add_server (FramCall *call, GVariant *arguments, gpointer data)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (arguments, 1);
  char id[FRAM_SERVER_ID + 1];
  ServerCall *change;

  fram_servers_draw_id (id);
  change = new_call (data, FRAM_SERVER_ADD, id);
  g_variant_get_child (arguments, 0, "s", &change->uri);
  begin (call, change, options);
}

void
fram_settings_change_server (FramCall *call, GVariant *arguments, gpointer data)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (arguments, 1);
  const char *id;

  g_variant_get_child (arguments, 0, "&s", &id);
  begin (call, new_call (data, FRAM_SERVER_CHANGE, id), options);
}

void
fram_settings_remove_server (FramCall *call, GVariant *arguments, gpointer data)
{
  const char *id;

  g_variant_get_child (arguments, 0, "&s", &id);
  take_turn (call, new_call (data, FRAM_SERVER_REMOVE, id));
}
