#include "pages/policies-page.h"
#include "widgets/panel-problems.h"
#include "widgets/panel-setting.h"

struct _PanelPoliciesPage
{
  GtkWidget parent;

  GtkStack *stack;
  AdwStatusPage *failed;
  PanelProblems *problems;
  AdwPreferencesGroup *group;

  PanelWorld *world;
  FramSettings *settings;
  GPtrArray *rows; /* of PanelSetting, in the service's order */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (PanelPoliciesPage, panel_policies_page, GTK_TYPE_WIDGET)

/* --- The list ---------------------------------------------------------------------- */

static gboolean
is_same (PanelPoliciesPage *self, guint i, FramSetting *setting)
{
  return i < self->rows->len
         && strcmp (panel_setting_get_name (g_ptr_array_index (self->rows, i)),
                    setting->name)
                == 0;
}

static void
remove_rows (PanelPoliciesPage *self, guint from)
{
  for (guint i = from; i < self->rows->len; i++)
    adw_preferences_group_remove (self->group, g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, MIN (from, self->rows->len));
}

static void
show_settings (PanelPoliciesPage *self, GPtrArray *settings)
{
  for (guint i = 0; i < settings->len; i++)
    {
      FramSetting *setting = g_ptr_array_index (settings, i);
      GtkWidget *row;

      if (is_same (self, i, setting))
        {
          panel_setting_show (g_ptr_array_index (self->rows, i), setting);
          continue;
        }
      remove_rows (self, i);
      row = panel_setting_new (setting);
      adw_preferences_group_add (self->group, row);
      g_ptr_array_add (self->rows, row);
    }
  remove_rows (self, settings->len);
  gtk_stack_set_visible_child_name (self->stack, "list");
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PanelPoliciesPage *self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) settings
      = fram_settings_list_finish (FRAM_SETTINGS (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = PANEL_POLICIES_PAGE (user_data);
  if (settings != NULL)
    {
      show_settings (self, settings);
      panel_problems_update (self->problems, self->settings);
    }
  else
    {
      g_autofree char *text = g_markup_escape_text (error->message, -1);

      adw_status_page_set_description (self->failed, text);
      gtk_stack_set_visible_child_name (self->stack, "failed");
    }
}

static void
reload (PanelPoliciesPage *self)
{
  if (self->settings == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  fram_settings_list_async (self->settings, self->cancellable, on_listed, self);
}

static void
on_settings_changed (PanelPoliciesPage *self)
{
  reload (self);
}

static void
on_world_changed (PanelPoliciesPage *self)
{
  FramSettings *settings = panel_world_get_settings (self->world);

  if (g_set_object (&self->settings, settings))
    g_signal_connect_object (settings, "changed", G_CALLBACK (on_settings_changed), self,
                             G_CONNECT_SWAPPED);
  if (panel_world_get_state (self->world) == PANEL_WORLD_THERE)
    reload (self);
}

void
panel_policies_page_set_world (PanelPoliciesPage *self, PanelWorld *world)
{
  g_set_object (&self->world, world);
  g_signal_connect_object (world, "changed", G_CALLBACK (on_world_changed), self,
                           G_CONNECT_SWAPPED);
  on_world_changed (self);
}

/* --- Changes ----------------------------------------------------------------------- */

/* Whatever came of it: what holds is shown. */
static void
finish_change (PanelPoliciesPage *self, const GError *error)
{
  if (error != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.say", "s", error->message);
  remove_rows (self, error != NULL ? 0 : self->rows->len);
  reload (self);
}

static void
on_values_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PanelPoliciesPage) self = user_data;
  g_autoptr (GError) error = NULL;

  fram_settings_set_values_finish (FRAM_SETTINGS (source), result, &error);
  finish_change (self, error);
}

static void
on_values_reset (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PanelPoliciesPage) self = user_data;
  g_autoptr (GError) error = NULL;

  fram_settings_reset_finish (FRAM_SETTINGS (source), result, &error);
  finish_change (self, error);
}

static void
on_set (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PanelPoliciesPage *self = PANEL_POLICIES_PAGE (widget);
  g_autoptr (GVariant) value = NULL;
  GVariantDict values;
  const char *name;

  g_variant_get (parameter, "(&sv)", &name, &value);
  g_variant_dict_init (&values, NULL);
  g_variant_dict_insert_value (&values, name, value);
  fram_settings_set_values_async (self->settings, g_variant_dict_end (&values), NULL,
                                  on_values_set, g_object_ref (self));
}

static void
on_reset (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PanelPoliciesPage *self = PANEL_POLICIES_PAGE (widget);
  const char *names[] = { g_variant_get_string (parameter, NULL), NULL };

  fram_settings_reset_async (self->settings, names, NULL, on_values_reset,
                             g_object_ref (self));
}

static void
on_reload (GtkWidget *widget, const char *action, GVariant *parameter)
{
  reload (PANEL_POLICIES_PAGE (widget));
}

/* --- The widget -------------------------------------------------------------------- */

static void
panel_policies_page_dispose (GObject *object)
{
  PanelPoliciesPage *self = PANEL_POLICIES_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), PANEL_TYPE_POLICIES_PAGE);
  g_clear_object (&self->settings);
  g_clear_object (&self->world);
  G_OBJECT_CLASS (panel_policies_page_parent_class)->dispose (object);
}

static void
panel_policies_page_finalize (GObject *object)
{
  PanelPoliciesPage *self = PANEL_POLICIES_PAGE (object);

  g_ptr_array_unref (self->rows);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (panel_policies_page_parent_class)->finalize (object);
}

static void
panel_policies_page_class_init (PanelPoliciesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = panel_policies_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = panel_policies_page_finalize;
  gtk_widget_class_install_action (widget_class, "policies.set", "(sv)", on_set);
  gtk_widget_class_install_action (widget_class, "policies.reset", "s", on_reset);
  gtk_widget_class_install_action (widget_class, "policies.reload", NULL, on_reload);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);

  g_type_ensure (PANEL_TYPE_PROBLEMS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/fram/Panel/policies-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PanelPoliciesPage, stack);
  gtk_widget_class_bind_template_child (widget_class, PanelPoliciesPage, failed);
  gtk_widget_class_bind_template_child (widget_class, PanelPoliciesPage, problems);
  gtk_widget_class_bind_template_child (widget_class, PanelPoliciesPage, group);
}

static void
panel_policies_page_init (PanelPoliciesPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
}
