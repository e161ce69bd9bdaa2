#include "model/world.h"

struct _PanelWorld
{
  GObject parent;

  FramInspector *inspector;
  FramSettings *settings;
  GCancellable *cancellable;
  gboolean finding_settings;
  char *message; /* why the service could not be found or started; NULL: it was */
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (PanelWorld, panel_world, G_TYPE_OBJECT)

static void find_inspector (PanelWorld *self);

PanelWorld *
panel_world_new (void)
{
  return g_object_new (PANEL_TYPE_WORLD, NULL);
}

FramInspector *
panel_world_get_inspector (PanelWorld *self)
{
  return self->inspector;
}

FramSettings *
panel_world_get_settings (PanelWorld *self)
{
  return self->settings;
}

PanelWorldState
panel_world_get_state (PanelWorld *self)
{
  if (self->inspector == NULL)
    return self->message == NULL ? PANEL_WORLD_LOADING : PANEL_WORLD_FAILED;
  if (!fram_inspector_get_available (self->inspector))
    return PANEL_WORLD_NO_SERVICE;
  if (fram_inspector_get_loaded (self->inspector))
    return PANEL_WORLD_THERE;
  return fram_inspector_get_error (self->inspector) == NULL ? PANEL_WORLD_LOADING
                                                            : PANEL_WORLD_FAILED;
}

const char *
panel_world_get_message (PanelWorld *self)
{
  const GError *error;

  if (self->message != NULL || self->inspector == NULL)
    return self->message;
  error = fram_inspector_get_error (self->inspector);
  return error == NULL ? NULL : error->message;
}

static void
tell (PanelWorld *self)
{
  g_signal_emit (self, changed_signal, 0);
}

static void
set_message (PanelWorld *self, const char *message)
{
  g_free (self->message);
  self->message = g_strdup (message);
}

/* --- The settings ------------------------------------------------------------------ */

static void
on_client (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PanelWorld *self;
  g_autoptr (GError) error = NULL;
  g_autoptr (FramClient) client = fram_client_new_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = PANEL_WORLD (user_data);
  self->finding_settings = FALSE;
  if (client == NULL)
    return; /* It ended again: there is another time. */
  self->settings = fram_settings_new (client);
  tell (self);
}

static void
find_settings (PanelWorld *self)
{
  if (self->settings != NULL || self->finding_settings)
    return;
  self->finding_settings = TRUE;
  fram_client_new_async (fram_inspector_get_connection (self->inspector),
                         self->cancellable, on_client, self);
}

/* --- The inspector ----------------------------------------------------------------- */

static void
on_inspector_changed (PanelWorld *self)
{
  if (fram_inspector_get_available (self->inspector))
    {
      g_clear_pointer (&self->message, g_free);
      find_settings (self);
    }
  tell (self);
}

static void
on_inspector (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PanelWorld *self;
  g_autoptr (GError) error = NULL;
  FramInspector *inspector = fram_inspector_new_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = PANEL_WORLD (user_data);
  self->inspector = inspector;
  if (inspector == NULL)
    {
      set_message (self, error->message);
      tell (self);
      return;
    }
  g_signal_connect_object (inspector, "notify::available",
                           G_CALLBACK (on_inspector_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (inspector, "notify::loaded", G_CALLBACK (on_inspector_changed),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (inspector, "notify::error", G_CALLBACK (on_inspector_changed),
                           self, G_CONNECT_SWAPPED);
  on_inspector_changed (self);
}

static void
find_inspector (PanelWorld *self)
{
  g_clear_pointer (&self->message, g_free);
  fram_inspector_new_async (NULL, self->cancellable, on_inspector, self);
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PanelWorld *self;
  g_autoptr (GError) error = NULL;

  fram_inspector_start_finish (FRAM_INSPECTOR (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = PANEL_WORLD (user_data);
  set_message (self, error == NULL ? NULL : error->message);
  tell (self);
}

void
panel_world_start (PanelWorld *self)
{
  if (self->inspector != NULL)
    fram_inspector_start_async (self->inspector, self->cancellable, on_started, self);
  else if (self->message != NULL)
    {
      find_inspector (self);
      tell (self);
    }
}

/* --- The object -------------------------------------------------------------------- */

static void
panel_world_dispose (GObject *object)
{
  PanelWorld *self = PANEL_WORLD (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->settings);
  g_clear_object (&self->inspector);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->message, g_free);
  G_OBJECT_CLASS (panel_world_parent_class)->dispose (object);
}

static void
panel_world_class_init (PanelWorldClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = panel_world_dispose;
  changed_signal = g_signal_new ("changed", PANEL_TYPE_WORLD, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
panel_world_init (PanelWorld *self)
{
  self->cancellable = g_cancellable_new ();
  find_inspector (self);
}
