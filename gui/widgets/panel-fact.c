#include "widgets/panel-fact.h"

/* Characters of a value that always stand in one line. */
#define ROOM 22

struct _PanelFact
{
  AdwActionRow parent;

  GtkImage *image;
  GtkLabel *value;
};

G_DEFINE_FINAL_TYPE (PanelFact, panel_fact, ADW_TYPE_ACTION_ROW)

GtkWidget *
panel_fact_new (const char *title)
{
  return g_object_new (PANEL_TYPE_FACT, "title", title, NULL);
}

void
panel_fact_set (PanelFact *self, const char *value, const char *icon)
{
  gtk_widget_set_visible (GTK_WIDGET (self->image), icon != NULL);
  gtk_image_set_from_icon_name (self->image, icon);
  if (strcmp (gtk_label_get_text (self->value), value) == 0)
    return;
  gtk_label_set_text (self->value, value);
  /* A long title must not press a short value into many lines. */
  gtk_label_set_width_chars (self->value, MIN (g_utf8_strlen (value, -1), ROOM));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, value, -1);
}

const char *
panel_fact_get_value (PanelFact *self)
{
  return gtk_label_get_text (self->value);
}

static void
panel_fact_class_init (PanelFactClass *klass)
{
}

static void
panel_fact_init (PanelFact *self)
{
  self->image = GTK_IMAGE (gtk_image_new ());
  gtk_widget_set_visible (GTK_WIDGET (self->image), FALSE);
  self->value = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_selectable (self->value, TRUE);
  gtk_label_set_wrap (self->value, TRUE);
  gtk_label_set_wrap_mode (self->value, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_justify (self->value, GTK_JUSTIFY_RIGHT);
  gtk_label_set_xalign (self->value, 1);
  gtk_label_set_max_width_chars (self->value, 42);
  gtk_widget_add_css_class (GTK_WIDGET (self->value), "numeric");
  /* Its label is selectable, and would take the focus from the row. */
  gtk_widget_set_focusable (GTK_WIDGET (self->value), FALSE);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), GTK_WIDGET (self->image));
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), GTK_WIDGET (self->value));
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
}
