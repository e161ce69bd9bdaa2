#include "widgets/panel-server.h"
#include "model/words.h"

struct _PanelServer
{
  AdwActionRow parent;

  FramServer *server;
  GtkWidget *enabled;
};

G_DEFINE_FINAL_TYPE (PanelServer, panel_server, ADW_TYPE_ACTION_ROW)

FramServer *
panel_server_get (PanelServer *self)
{
  return self->server;
}

/* --- What it says ------------------------------------------------------------------ */

static const char *
storage_text (const char *word)
{
  if (strcmp (word, "keyring") == 0)
    return "password in the keyring";
  if (strcmp (word, "memory") == 0)
    return "password until the service ends";
  if (strcmp (word, "file") == 0)
    return "password in a file";
  if (strcmp (word, "administrator") == 0)
    return "password from the administrator";
  return "password known";
}

static char *
describe (FramServer *server)
{
  GString *text = g_string_new (*server->name == '\0' ? NULL : server->uri);

  if (strcmp (server->credential, "none") != 0)
    {
      if (*server->username != '\0')
        g_string_append_printf (text, "%suser %s", text->len > 0 ? " · " : "",
                                server->username);
      g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "",
                              server->has_secret ? storage_text (server->storage)
                                                 : "the password is missing");
    }
  if (*server->file != '\0')
    g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", server->file);
  return g_string_free (text, FALSE);
}

static void
show (PanelServer *self)
{
  FramServer *server = self->server;
  const char *title = *server->name == '\0' ? server->uri : server->name;
  g_autofree char *subtitle = describe (server);
  gboolean incomplete = strcmp (server->credential, "none") != 0 && !server->has_secret;

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  adw_action_row_set_icon_name (ADW_ACTION_ROW (self),
                                incomplete              ? "dialog-warning-symbolic"
                                : *server->file != '\0' ? "changes-prevent-symbolic"
                                                        : "network-server-symbolic");
}

/* --- What can be done -------------------------------------------------------------- */

static void
on_enabled (PanelServer *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "servers.enable", "(sb)",
                              self->server->id,
                              gtk_switch_get_active (GTK_SWITCH (self->enabled)));
}

static void
add_button (PanelServer *self, const char *icon, const char *what, const char *action,
            GVariant *target)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);
  g_autofree char *label = g_strdup_printf (
      "%s: %s", what, adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)));

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, what);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (button), target);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), button);
}

static void
add_switch (PanelServer *self)
{
  g_autofree char *label = g_strdup_printf (
      "Use %s", adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)));

  self->enabled = gtk_switch_new ();
  gtk_switch_set_active (GTK_SWITCH (self->enabled), self->server->enabled);
  gtk_widget_set_valign (self->enabled, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (self->enabled, "Sessions use it");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->enabled),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_signal_connect_object (self->enabled, "notify::active", G_CALLBACK (on_enabled), self,
                           G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->enabled);
}

GtkWidget *
panel_server_new (FramServer *server, guint position, guint n)
{
  PanelServer *self = g_object_new (PANEL_TYPE_SERVER, NULL);
  gboolean own = *server->file == '\0';

  self->server = fram_server_ref (server);
  show (self);
  if (own && position > 0)
    add_button (self, "go-up-symbolic", "Move up", "servers.move",
                g_variant_new ("(su)", server->id, position - 1));
  if (own && position + 1 < n)
    add_button (self, "go-down-symbolic", "Move down", "servers.move",
                g_variant_new ("(su)", server->id, position + 1));
  add_button (self, own ? "document-edit-symbolic" : "view-reveal-symbolic",
              own ? "Change, test or remove" : "Look at it, test it", "servers.edit",
              g_variant_new_string (server->id));
  add_switch (self);
  return GTK_WIDGET (self);
}

static void
panel_server_finalize (GObject *object)
{
  fram_server_unref (PANEL_SERVER (object)->server);
  G_OBJECT_CLASS (panel_server_parent_class)->finalize (object);
}

static void
panel_server_class_init (PanelServerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = panel_server_finalize;
}

static void
panel_server_init (PanelServer *self)
{
}
