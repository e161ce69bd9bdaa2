#include "pages/servers-page.h"
#include "pages/server-dialog.h"
#include "widgets/panel-problems.h"
#include "widgets/panel-server.h"

struct _PanelServersPage
{
  GtkWidget parent;

  GtkStack *stack;
  AdwStatusPage *failed;
  PanelProblems *problems;
  AdwPreferencesGroup *administrators;
  AdwPreferencesGroup *own;

  PanelWorld *world;
  FramSettings *settings;
  GPtrArray *rows;    /* what is in the three groups: widgets */
  GPtrArray *servers; /* of FramServer */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (PanelServersPage, panel_servers_page, GTK_TYPE_WIDGET)

static void reload (PanelServersPage *self);

/* --- The list ---------------------------------------------------------------------- */

static void
clear (PanelServersPage *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      GtkWidget *row = g_ptr_array_index (self->rows, i);

      adw_preferences_group_remove (ADW_PREFERENCES_GROUP (gtk_widget_get_ancestor (
                                        row, ADW_TYPE_PREFERENCES_GROUP)),
                                    row);
    }
  g_ptr_array_set_size (self->rows, 0);
}

static void
add (PanelServersPage *self, AdwPreferencesGroup *group, GtkWidget *row)
{
  adw_preferences_group_add (group, row);
  g_ptr_array_add (self->rows, row);
}

static void
show_servers (PanelServersPage *self)
{
  guint n_administrators = 0, n = self->servers->len;

  clear (self);
  while (n_administrators < n
         && *((FramServer *) g_ptr_array_index (self->servers, n_administrators))->file
                != '\0')
    n_administrators++;
  for (guint i = 0; i < n; i++)
    {
      FramServer *server = g_ptr_array_index (self->servers, i);
      gboolean own = i >= n_administrators;

      add (self, own ? self->own : self->administrators,
           panel_server_new (server, own ? i - n_administrators : i,
                             own ? n - n_administrators : n_administrators));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->administrators), n_administrators > 0);
  gtk_stack_set_visible_child_name (self->stack, n == 0 ? "empty" : "list");
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PanelServersPage *self;
  g_autoptr (GError) error = NULL;
  GPtrArray *servers
      = fram_settings_list_servers_finish (FRAM_SETTINGS (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = PANEL_SERVERS_PAGE (user_data);
  if (servers == NULL)
    {
      g_autofree char *text = g_markup_escape_text (error->message, -1);

      adw_status_page_set_description (self->failed, text);
      gtk_stack_set_visible_child_name (self->stack, "failed");
      return;
    }
  g_clear_pointer (&self->servers, g_ptr_array_unref);
  self->servers = servers;
  show_servers (self);
  panel_problems_update (self->problems, self->settings);
}

static void
reload (PanelServersPage *self)
{
  if (self->settings == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  fram_settings_list_servers_async (self->settings, self->cancellable, on_listed, self);
}

static void
on_world_changed (PanelServersPage *self)
{
  FramSettings *settings = panel_world_get_settings (self->world);

  if (g_set_object (&self->settings, settings))
    g_signal_connect_object (settings, "servers-changed", G_CALLBACK (reload), self,
                             G_CONNECT_SWAPPED);
  if (panel_world_get_state (self->world) == PANEL_WORLD_THERE)
    reload (self);
}

void
panel_servers_page_set_world (PanelServersPage *self, PanelWorld *world)
{
  g_set_object (&self->world, world);
  g_signal_connect_object (world, "changed", G_CALLBACK (on_world_changed), self,
                           G_CONNECT_SWAPPED);
  on_world_changed (self);
}

/* --- Changes ----------------------------------------------------------------------- */

/* What could not be done is said, and the list shows again what is. */
static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PanelServersPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!fram_settings_change_server_finish (FRAM_SETTINGS (source), result, &error))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.say", "s", error->message);
  reload (self);
}

static void
change (PanelServersPage *self, const char *id, GVariant *options)
{
  fram_settings_change_server_async (self->settings, id, options, NULL, on_changed,
                                     g_object_ref (self));
}

static void
on_enable (GtkWidget *widget, const char *action, GVariant *parameter)
{
  GVariantDict options;
  const char *id;
  gboolean enabled;

  g_variant_get (parameter, "(&sb)", &id, &enabled);
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "enabled", "b", enabled);
  change (PANEL_SERVERS_PAGE (widget), id, g_variant_dict_end (&options));
}

static void
on_move (GtkWidget *widget, const char *action, GVariant *parameter)
{
  GVariantDict options;
  const char *id;
  guint position;

  g_variant_get (parameter, "(&su)", &id, &position);
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "position", "u", position);
  change (PANEL_SERVERS_PAGE (widget), id, g_variant_dict_end (&options));
}

static void
open_dialog (PanelServersPage *self, FramServer *server)
{
  GtkWidget *dialog;

  if (self->settings == NULL)
    return;
  dialog = panel_server_dialog_new (self->settings, server);
  gtk_window_set_transient_for (GTK_WINDOW (dialog),
                                GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_edit (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PanelServersPage *self = PANEL_SERVERS_PAGE (widget);

  for (guint i = 0; self->servers != NULL && i < self->servers->len; i++)
    {
      FramServer *server = g_ptr_array_index (self->servers, i);

      if (strcmp (server->id, g_variant_get_string (parameter, NULL)) == 0)
        open_dialog (self, server);
    }
}

static void
on_add (GtkWidget *widget, const char *action, GVariant *parameter)
{
  open_dialog (PANEL_SERVERS_PAGE (widget), NULL);
}

static void
on_reload (GtkWidget *widget, const char *action, GVariant *parameter)
{
  reload (PANEL_SERVERS_PAGE (widget));
}

/* --- The widget -------------------------------------------------------------------- */

static void
panel_servers_page_dispose (GObject *object)
{
  PanelServersPage *self = PANEL_SERVERS_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), PANEL_TYPE_SERVERS_PAGE);
  g_clear_object (&self->settings);
  g_clear_object (&self->world);
  G_OBJECT_CLASS (panel_servers_page_parent_class)->dispose (object);
}

static void
panel_servers_page_finalize (GObject *object)
{
  PanelServersPage *self = PANEL_SERVERS_PAGE (object);

  g_clear_pointer (&self->servers, g_ptr_array_unref);
  g_ptr_array_unref (self->rows);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (panel_servers_page_parent_class)->finalize (object);
}

static void
panel_servers_page_class_init (PanelServersPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = panel_servers_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = panel_servers_page_finalize;
  gtk_widget_class_install_action (widget_class, "servers.enable", "(sb)", on_enable);
  gtk_widget_class_install_action (widget_class, "servers.move", "(su)", on_move);
  gtk_widget_class_install_action (widget_class, "servers.edit", "s", on_edit);
  gtk_widget_class_install_action (widget_class, "servers.add", NULL, on_add);
  gtk_widget_class_install_action (widget_class, "servers.reload", NULL, on_reload);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);

  g_type_ensure (PANEL_TYPE_PROBLEMS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/fram/Panel/servers-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PanelServersPage, stack);
  gtk_widget_class_bind_template_child (widget_class, PanelServersPage, failed);
  gtk_widget_class_bind_template_child (widget_class, PanelServersPage, problems);
  gtk_widget_class_bind_template_child (widget_class, PanelServersPage, administrators);
  gtk_widget_class_bind_template_child (widget_class, PanelServersPage, own);
}

static void
panel_servers_page_init (PanelServersPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
}
