#include "widgets/panel-setting.h"
#include "model/setting-text.h"

struct _PanelSetting
{
  AdwActionRow parent;

  FramSetting *setting;
  GtkWidget *editor; /* a switch, a spin button, a drop-down or an entry */
  GtkWidget *lock;
  GtkWidget *reset;
  gboolean showing; /* the value comes from the service, not from a person */
};

G_DEFINE_FINAL_TYPE (PanelSetting, panel_setting, ADW_TYPE_ACTION_ROW)

const char *
panel_setting_get_name (PanelSetting *self)
{
  return self->setting->name;
}

/* --- From the person --------------------------------------------------------------- */

static void
set_value (PanelSetting *self, GVariant *value)
{
  g_autoptr (GVariant) owned = g_variant_take_ref (value);

  if (!g_variant_equal (value, self->setting->value))
    gtk_widget_activate_action (GTK_WIDGET (self), "policies.set", "(sv)",
                                self->setting->name, value);
}

static void
on_switched (PanelSetting *self)
{
  if (!self->showing)
    set_value (self,
               g_variant_new_boolean (gtk_switch_get_active (GTK_SWITCH (self->editor))));
}

static void
on_number (PanelSetting *self)
{
  if (!self->showing)
    set_value (self, g_variant_new_int32 (gtk_spin_button_get_value_as_int (
                         GTK_SPIN_BUTTON (self->editor))));
}

static void
on_chosen (PanelSetting *self)
{
  const char *const *choices = setting_choices (self->setting->name);
  guint chosen = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->editor));

  if (!self->showing && chosen != GTK_INVALID_LIST_POSITION)
    set_value (self, g_variant_new_string (choices[2 * chosen]));
}

/* What cannot be a value is marked, and is not sent. */
static void
on_typed (PanelSetting *self)
{
  GVariant *value
      = setting_from_text (gtk_editable_get_text (GTK_EDITABLE (self->editor)),
                           g_variant_get_type (self->setting->value));

  if (value == NULL)
    {
      gtk_widget_add_css_class (self->editor, "error");
      gtk_widget_activate_action (GTK_WIDGET (self), "win.say", "s",
                                  self->setting->allowed);
      return;
    }
  gtk_widget_remove_css_class (self->editor, "error");
  set_value (self, value);
}

static void
on_left (PanelSetting *self, GtkEventControllerFocus *controller)
{
  g_autofree char *kept = setting_to_text (self->setting->value);

  if (strcmp (kept, gtk_editable_get_text (GTK_EDITABLE (self->editor))) != 0)
    on_typed (self);
}

/* --- Editors by type --------------------------------------------------------------- */

static GtkWidget *
choice_editor (PanelSetting *self, const char *const *choices)
{
  GtkStringList *titles = gtk_string_list_new (NULL);
  GtkWidget *editor;

  for (guint i = 0; choices[i] != NULL; i += 2)
    gtk_string_list_append (titles, choices[i + 1]);
  editor = gtk_drop_down_new (G_LIST_MODEL (titles), NULL);
  g_signal_connect_object (editor, "notify::selected", G_CALLBACK (on_chosen), self,
                           G_CONNECT_SWAPPED);
  return editor;
}

static GtkWidget *
text_editor (PanelSetting *self)
{
  GtkWidget *editor = gtk_entry_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_editable_set_width_chars (GTK_EDITABLE (editor), 14);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (editor), 24);
  /* What is empty says that it is meant so. */
  if (g_variant_is_of_type (self->setting->value, G_VARIANT_TYPE_STRING_ARRAY))
    gtk_entry_set_placeholder_text (GTK_ENTRY (editor), "none");
  g_signal_connect_object (editor, "activate", G_CALLBACK (on_typed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (focus, "leave", G_CALLBACK (on_left), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (editor, focus);
  return editor;
}

static GtkWidget *
editor_new (PanelSetting *self)
{
  const GVariantType *type = g_variant_get_type (self->setting->value);
  const char *const *choices = setting_choices (self->setting->name);
  GtkWidget *editor;

  if (g_variant_type_equal (type, G_VARIANT_TYPE_BOOLEAN))
    {
      editor = gtk_switch_new ();
      g_signal_connect_object (editor, "notify::active", G_CALLBACK (on_switched), self,
                               G_CONNECT_SWAPPED);
      return editor;
    }
  if (g_variant_type_equal (type, G_VARIANT_TYPE_INT32))
    {
      editor = gtk_spin_button_new_with_range (G_MININT32, G_MAXINT32, 1);
      gtk_editable_set_width_chars (GTK_EDITABLE (editor), 6);
      g_signal_connect_object (editor, "value-changed", G_CALLBACK (on_number), self,
                               G_CONNECT_SWAPPED);
      return editor;
    }
  if (choices != NULL && g_variant_type_equal (type, G_VARIANT_TYPE_STRING))
    return choice_editor (self, choices);
  return text_editor (self);
}

static void
show_choice (PanelSetting *self, const char *word)
{
  const char *const *choices = setting_choices (self->setting->name);
  guint chosen = GTK_INVALID_LIST_POSITION;

  for (guint i = 0; choices[i] != NULL; i += 2)
    if (strcmp (choices[i], word) == 0)
      chosen = i / 2;
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->editor), chosen);
}

static void
show_value (PanelSetting *self, GVariant *value)
{
  if (GTK_IS_SWITCH (self->editor))
    gtk_switch_set_active (GTK_SWITCH (self->editor), g_variant_get_boolean (value));
  else if (GTK_IS_SPIN_BUTTON (self->editor))
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->editor),
                               g_variant_get_int32 (value));
  else if (GTK_IS_DROP_DOWN (self->editor))
    show_choice (self, g_variant_get_string (value, NULL));
  else
    {
      g_autofree char *text = setting_to_text (value);

      gtk_editable_set_text (GTK_EDITABLE (self->editor), text);
    }
}

/* --- From the service -------------------------------------------------------------- */

static void
show_origin (PanelSetting *self)
{
  FramSetting *setting = self->setting;
  gboolean locked = *setting->lock != '\0';
  g_autofree char *fallback = setting_to_text (setting->fallback);
  g_autofree char *back = g_strdup_printf ("Back to the default: %s",
                                           *fallback == '\0' ? "nothing" : fallback);
  g_autofree char *subtitle
      = locked ? g_strdup_printf ("%s.\nLocked by an administrator, in %s.",
                                  setting->summary, setting->lock)
        : strcmp (setting->origin, "administrator") == 0
            ? g_strdup_printf ("%s.\nAn administrator gives this default.",
                               setting->summary)
            : g_strdup_printf ("%s.", setting->summary);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  gtk_widget_set_visible (self->lock, locked);
  gtk_widget_set_sensitive (self->editor, !locked);
  gtk_widget_set_visible (self->reset, !locked && strcmp (setting->origin, "user") == 0);
  gtk_widget_set_tooltip_text (self->reset, back);
}

void
panel_setting_show (PanelSetting *self, FramSetting *setting)
{
  gboolean other = !g_variant_equal (setting->value, self->setting->value);

  fram_setting_ref (setting);
  fram_setting_unref (self->setting);
  self->setting = setting;
  self->showing = TRUE;
  if (other)
    show_value (self, setting->value);
  self->showing = FALSE;
  show_origin (self);
}

GtkWidget *
panel_setting_new (FramSetting *setting)
{
  PanelSetting *self = g_object_new (PANEL_TYPE_SETTING, NULL);
  g_autofree char *title = setting_title (setting->name);
  g_autofree char *back = g_strdup_printf ("%s: back to the default", title);

  self->setting = fram_setting_ref (setting);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  self->editor = editor_new (self);
  gtk_widget_set_valign (self->editor, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (self->editor, setting->allowed);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->editor),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->reset),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, back, -1);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->reset), "s", setting->name);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->reset), "policies.reset");
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->reset);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->lock);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->editor);
  self->showing = TRUE;
  show_value (self, setting->value);
  self->showing = FALSE;
  show_origin (self);
  return GTK_WIDGET (self);
}

static void
panel_setting_finalize (GObject *object)
{
  fram_setting_unref (PANEL_SETTING (object)->setting);
  G_OBJECT_CLASS (panel_setting_parent_class)->finalize (object);
}

static void
panel_setting_class_init (PanelSettingClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = panel_setting_finalize;
}

static void
panel_setting_init (PanelSetting *self)
{
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  self->lock = gtk_image_new_from_icon_name ("changes-prevent-symbolic");
  gtk_widget_set_tooltip_text (self->lock, "Locked by an administrator");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->lock),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  "Locked by an administrator", -1);
  self->reset = gtk_button_new_from_icon_name ("edit-undo-symbolic");
  gtk_widget_add_css_class (self->reset, "flat");
  gtk_widget_set_valign (self->reset, GTK_ALIGN_CENTER);
}
