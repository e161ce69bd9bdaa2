#include "widgets/panel-problems.h"

struct _PanelProblems
{
  AdwPreferencesGroup parent;

  GPtrArray *rows;
  GCancellable *cancellable; /* of the question that is under way */
};

G_DEFINE_FINAL_TYPE (PanelProblems, panel_problems, ADW_TYPE_PREFERENCES_GROUP)

static void
show (PanelProblems *self, char **problems)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self),
                                  g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; problems[i] != NULL; i++)
    {
      GtkWidget *row = adw_action_row_new ();

      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), problems[i]);
      adw_action_row_set_icon_name (ADW_ACTION_ROW (row), "dialog-warning-symbolic");
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
      g_ptr_array_add (self->rows, row);
    }
  gtk_widget_set_visible (GTK_WIDGET (self), self->rows->len > 0);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) problems
      = fram_settings_list_problems_finish (FRAM_SETTINGS (source), result, &error);

  /* A service that cannot be asked says so elsewhere. */
  if (problems != NULL)
    show (PANEL_PROBLEMS (user_data), problems);
}

void
panel_problems_update (PanelProblems *self, FramSettings *settings)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  fram_settings_list_problems_async (settings, self->cancellable, on_listed, self);
}

static void
panel_problems_dispose (GObject *object)
{
  g_cancellable_cancel (PANEL_PROBLEMS (object)->cancellable);
  G_OBJECT_CLASS (panel_problems_parent_class)->dispose (object);
}

static void
panel_problems_finalize (GObject *object)
{
  g_object_unref (PANEL_PROBLEMS (object)->cancellable);
  g_ptr_array_unref (PANEL_PROBLEMS (object)->rows);
  G_OBJECT_CLASS (panel_problems_parent_class)->finalize (object);
}

static void
panel_problems_class_init (PanelProblemsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = panel_problems_dispose;
  G_OBJECT_CLASS (klass)->finalize = panel_problems_finalize;
}

static void
panel_problems_init (PanelProblems *self)
{
  self->rows = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), "What is the matter");
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
