#include "pages/server-dialog.h"
#include "pages/server-test.h"

/* Somebody who types is not tested at every letter. */
#define TEST_AFTER 700 /* milliseconds */

static const char *const credentials[] = { "none", "long-term", "shared-secret" };

struct _PanelServerDialog
{
  AdwWindow parent;

  AdwWindowTitle *title;
  GtkButton *save_button;
  AdwPreferencesGroup *fields;
  GtkEditable *uri;
  GtkEditable *name;
  AdwComboRow *credential;
  GtkEditable *username;
  GtkEditable *secret;
  GtkEditable *authority;
  AdwPreferencesGroup *test;
  GtkSpinner *spinner;
  AdwPreferencesGroup *removal;

  FramSettings *settings;
  FramServer *server; /* NULL: a new one */
  char *id;           /* NULL: it is not among the settings yet */
  PanelServerTest *result;
  gboolean relays; /* the URI that was typed is a TURN server's */
  gboolean filled; /* the fields are the user's from now on */
  guint test_source;
  GCancellable *testing; /* of the test that goes on */
};

G_DEFINE_FINAL_TYPE (PanelServerDialog, panel_server_dialog, ADW_TYPE_WINDOW)

/* --- The fields -------------------------------------------------------------------- */

static const char *
text_of (GtkEditable *field)
{
  return gtk_editable_get_text (field);
}

static const char *
credential_of (PanelServerDialog *self)
{
  return credentials[adw_combo_row_get_selected (self->credential)];
}

static gboolean
is_locked (PanelServerDialog *self)
{
  return self->server != NULL && *self->server->file != '\0';
}

/* What the fields say, as the service takes it.  `all`: with what tests do not need.
 * Return: (transfer floating). */
static GVariant *
options_of (PanelServerDialog *self, gboolean all)
{
  GVariantDict options;
  gboolean guarded = strcmp (credential_of (self), "none") != 0;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "credential", "s", credential_of (self));
  g_variant_dict_insert (&options, "username", "s",
                         guarded ? text_of (self->username) : "");
  g_variant_dict_insert (&options, "authority", "s", text_of (self->authority));
  if (all)
    g_variant_dict_insert (&options, "name", "s", text_of (self->name));
  if (self->id != NULL || !all)
    g_variant_dict_insert (&options, "uri", "s", text_of (self->uri));
  return g_variant_dict_end (&options);
}

/* NULL: the one that is kept, if any. */
static const char *
secret_of (PanelServerDialog *self)
{
  const char *secret = text_of (self->secret);

  return *secret == '\0' || strcmp (credential_of (self), "none") == 0 ? NULL : secret;
}

/* --- The test ---------------------------------------------------------------------- */

static void
stop_test (PanelServerDialog *self)
{
  g_clear_handle_id (&self->test_source, g_source_remove);
  g_cancellable_cancel (self->testing);
  g_clear_object (&self->testing);
  gtk_spinner_stop (self->spinner);
}

static void
on_tested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PanelServerDialog *self;
  g_autoptr (GError) error = NULL;
  g_autoptr (FramServerTest) found
      = fram_settings_test_server_finish (FRAM_SETTINGS (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = PANEL_SERVER_DIALOG (user_data);
  gtk_spinner_stop (self->spinner);
  g_clear_object (&self->testing);
  if (found != NULL)
    panel_server_test_show (self->result, found);
  else
    panel_server_test_fail (self->result, error->message);
}

static void
begin_test (PanelServerDialog *self)
{
  const char *uri = text_of (self->uri);

  stop_test (self);
  if (strchr (uri, ':') == NULL)
    {
      panel_server_test_fail (self->result, "Type a URI; it is tried while you look.");
      return;
    }
  if (strcmp (credential_of (self), "long-term") == 0
      && *text_of (self->username) == '\0')
    {
      panel_server_test_fail (self->result, "The user name is missing.");
      return;
    }
  panel_server_test_begin (self->result, g_str_has_prefix (uri, "turn"));
  gtk_spinner_start (self->spinner);
  self->testing = g_cancellable_new ();
  fram_settings_test_server_async (self->settings, self->id,
                                   is_locked (self) ? NULL : options_of (self, FALSE),
                                   secret_of (self), self->testing, on_tested, self);
}

static gboolean
on_test_due (gpointer data)
{
  PanelServerDialog *self = data;

  self->test_source = 0;
  begin_test (self);
  return G_SOURCE_REMOVE;
}

static void
on_field_changed (PanelServerDialog *self)
{
  if (!self->filled)
    return;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "server.save",
                                 *text_of (self->uri) != '\0' && !is_locked (self));
  stop_test (self);
  self->test_source = g_timeout_add (TEST_AFTER, on_test_due, self);
}

/* Nearly all TURN servers want a user name and a password, and STUN servers nothing. */
static void
on_uri_changed (PanelServerDialog *self)
{
  gboolean relays = g_str_has_prefix (text_of (self->uri), "turn");

  if (self->filled && self->server == NULL && relays != self->relays)
    adw_combo_row_set_selected (self->credential, relays ? 1 : 0);
  self->relays = relays;
  on_field_changed (self);
}

static void
on_credential_changed (PanelServerDialog *self)
{
  gboolean guarded, shared;

  if (self->result == NULL)
    return; /* The template is still being built. */
  guarded = strcmp (credential_of (self), "none") != 0;
  shared = strcmp (credential_of (self), "shared-secret") == 0;
  gtk_widget_set_visible (GTK_WIDGET (self->username), guarded);
  gtk_widget_set_visible (GTK_WIDGET (self->secret), guarded && !is_locked (self));
  adw_preferences_row_set_title (
      ADW_PREFERENCES_ROW (self->secret),
      self->server != NULL && self->server->has_secret
          ? (shared ? "Shared secret (empty: as it is)" : "Password (empty: as it is)")
          : (shared ? "Shared secret" : "Password"));
  on_field_changed (self);
}

static void
on_test (GtkWidget *widget, const char *action, GVariant *parameter)
{
  begin_test (PANEL_SERVER_DIALOG (widget));
}

/* --- Saving ------------------------------------------------------------------------ */

/* Says something in the window behind. */
static void
say (PanelServerDialog *self, const char *text)
{
  GtkWindow *behind = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (behind != NULL)
    gtk_widget_activate_action (GTK_WIDGET (behind), "win.say", "s", text);
}

static void
refuse (PanelServerDialog *self, const GError *error)
{
  g_autofree char *text = g_markup_escape_text (error->message, -1);

  adw_preferences_group_set_description (self->fields, text);
  gtk_widget_set_sensitive (GTK_WIDGET (self->save_button), TRUE);
}

static void
on_secret_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PanelServerDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *storage
      = fram_settings_set_secret_finish (FRAM_SETTINGS (source), result, &error);

  if (storage == NULL)
    {
      refuse (self, error);
      return;
    }
  if (strcmp (storage, "memory") == 0)
    say (self, "There is no open keyring: the password is kept until the service ends.");
  gtk_window_close (GTK_WINDOW (self));
}

/* The server is there as it should be; now its secret, if there is a new one. */
static void
save_secret (PanelServerDialog *self)
{
  if (secret_of (self) != NULL)
    fram_settings_set_secret_async (self->settings, self->id, secret_of (self), NULL,
                                    on_secret_set, g_object_ref (self));
  else
    gtk_window_close (GTK_WINDOW (self));
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PanelServerDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  self->id = fram_settings_add_server_finish (FRAM_SETTINGS (source), result, &error);
  if (self->id == NULL)
    refuse (self, error);
  else
    save_secret (self);
}

static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PanelServerDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  if (fram_settings_change_server_finish (FRAM_SETTINGS (source), result, &error))
    save_secret (self);
  else
    refuse (self, error);
}

static void
on_save (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PanelServerDialog *self = PANEL_SERVER_DIALOG (widget);
  GVariant *options = options_of (self, TRUE);

  gtk_widget_set_sensitive (GTK_WIDGET (self->save_button), FALSE);
  if (self->id == NULL)
    fram_settings_add_server_async (self->settings, text_of (self->uri), options, NULL,
                                    on_added, g_object_ref (self));
  else
    fram_settings_change_server_async (self->settings, self->id, options, NULL,
                                       on_changed, g_object_ref (self));
}

/* --- Removing ---------------------------------------------------------------------- */

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PanelServerDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  if (fram_settings_remove_server_finish (FRAM_SETTINGS (source), result, &error))
    gtk_window_close (GTK_WINDOW (self));
  else
    refuse (self, error);
}

static void
on_remove_answered (AdwMessageDialog *question, const char *answer,
                    PanelServerDialog *self)
{
  if (strcmp (answer, "remove") == 0)
    fram_settings_remove_server_async (self->settings, self->id, NULL, on_removed,
                                       g_object_ref (self));
}

static void
on_remove (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PanelServerDialog *self = PANEL_SERVER_DIALOG (widget);
  GtkWidget *question = adw_message_dialog_new (
      GTK_WINDOW (self), "Remove This Server?",
      "Its password is forgotten, too. Sessions that have it keep it until they end.");

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (question), "cancel", "_Cancel",
                                    "remove", "_Remove", NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (question), "remove",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (question), "cancel");
  g_signal_connect_object (question, "response", G_CALLBACK (on_remove_answered), self,
                           0);
  gtk_window_present (GTK_WINDOW (question));
}

/* --- The window -------------------------------------------------------------------- */

static void
fill (PanelServerDialog *self)
{
  FramServer *server = self->server;

  gtk_editable_set_text (self->uri, server->uri);
  gtk_editable_set_text (self->name, server->name);
  gtk_editable_set_text (self->username, server->username);
  gtk_editable_set_text (self->authority, server->authority);
  for (guint i = 0; i < G_N_ELEMENTS (credentials); i++)
    if (strcmp (credentials[i], server->credential) == 0)
      adw_combo_row_set_selected (self->credential, i);
  adw_window_title_set_title (self->title,
                              *server->name == '\0' ? server->uri : server->name);
  gtk_window_set_title (GTK_WINDOW (self), adw_window_title_get_title (self->title));
  gtk_button_set_label (self->save_button, "Save");
  gtk_widget_set_visible (GTK_WIDGET (self->removal), !is_locked (self));
}

/* What an administrator has set is shown as it is, and can be tested. */
static void
lock (PanelServerDialog *self)
{
  g_autofree char *text = g_markup_printf_escaped (
      "An administrator has set this server, in %s.", self->server->file);

  adw_preferences_group_set_description (self->fields, text);
  gtk_editable_set_editable (self->uri, FALSE);
  gtk_editable_set_editable (self->name, FALSE);
  gtk_editable_set_editable (self->username, FALSE);
  gtk_editable_set_editable (self->authority, FALSE);
  gtk_widget_set_sensitive (GTK_WIDGET (self->credential), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->save_button), FALSE);
}

GtkWidget *
panel_server_dialog_new (FramSettings *settings, FramServer *server)
{
  PanelServerDialog *self = g_object_new (PANEL_TYPE_SERVER_DIALOG, NULL);

  self->settings = g_object_ref (settings);
  if (server != NULL)
    {
      self->server = fram_server_ref (server);
      self->id = g_strdup (server->id);
      fill (self);
      if (is_locked (self))
        lock (self);
    }
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "server.save",
                                 server != NULL && !is_locked (self));
  on_credential_changed (self);
  self->filled = TRUE;
  if (server != NULL)
    begin_test (self);
  return GTK_WIDGET (self);
}

static void
panel_server_dialog_dispose (GObject *object)
{
  PanelServerDialog *self = PANEL_SERVER_DIALOG (object);

  self->filled = FALSE;
  g_clear_handle_id (&self->test_source, g_source_remove);
  g_cancellable_cancel (self->testing);
  g_clear_object (&self->testing);
  g_clear_object (&self->result);
  gtk_widget_dispose_template (GTK_WIDGET (self), PANEL_TYPE_SERVER_DIALOG);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->server, fram_server_unref);
  g_clear_pointer (&self->id, g_free);
  G_OBJECT_CLASS (panel_server_dialog_parent_class)->dispose (object);
}

static void
panel_server_dialog_class_init (PanelServerDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = panel_server_dialog_dispose;
  gtk_widget_class_install_action (widget_class, "server.test", NULL, on_test);
  gtk_widget_class_install_action (widget_class, "server.save", NULL, on_save);
  gtk_widget_class_install_action (widget_class, "server.remove", NULL, on_remove);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK,
                                       "server.save", NULL);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/fram/Panel/server-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PanelServerDialog, title);
  gtk_widget_class_bind_template_child (widget_class, PanelServerDialog, save_button);
  gtk_widget_class_bind_template_child (widget_class, PanelServerDialog, fields);
  gtk_widget_class_bind_template_child (widget_class, PanelServerDialog, uri);
  gtk_widget_class_bind_template_child (widget_class, PanelServerDialog, name);
  gtk_widget_class_bind_template_child (widget_class, PanelServerDialog, credential);
  gtk_widget_class_bind_template_child (widget_class, PanelServerDialog, username);
  gtk_widget_class_bind_template_child (widget_class, PanelServerDialog, secret);
  gtk_widget_class_bind_template_child (widget_class, PanelServerDialog, authority);
  gtk_widget_class_bind_template_child (widget_class, PanelServerDialog, test);
  gtk_widget_class_bind_template_child (widget_class, PanelServerDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, PanelServerDialog, removal);
  gtk_widget_class_bind_template_callback (widget_class, on_field_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_uri_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_credential_changed);
}

static void
panel_server_dialog_init (PanelServerDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->result = panel_server_test_new (self->test);
}
