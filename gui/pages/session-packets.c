#include "pages/session-packets.h"
#include "model/format.h"

struct _PanelSessionPackets
{
  GObject parent;

  GFile *file;
  FramCapture *capture;
  char *problem;
  guint64 session;
  gboolean with_data;
  FramInspector *inspector;
  GCancellable *cancellable;
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (PanelSessionPackets, panel_session_packets, G_TYPE_OBJECT)

PanelSessionPackets *
panel_session_packets_new (void)
{
  return g_object_new (PANEL_TYPE_SESSION_PACKETS, NULL);
}

gboolean
panel_session_packets_is_running (PanelSessionPackets *self)
{
  return self->capture != NULL && fram_capture_get_running (self->capture);
}

char *
panel_session_packets_describe (PanelSessionPackets *self)
{
  g_autofree char *name = NULL, *size = NULL;
  const GError *error;

  if (self->problem != NULL)
    return g_strdup (self->problem);
  if (self->capture == NULL)
    return NULL;
  error = fram_capture_get_error (self->capture);
  if (error != NULL)
    return g_strdup_printf ("The packets were not saved: %s", error->message);
  name = g_file_get_parse_name (self->file);
  size = format_bytes (fram_capture_get_bytes (self->capture));
  if (fram_capture_get_running (self->capture))
    return g_strdup_printf ("Packets are being saved in %s: %s.", name, size);
  return g_strdup_printf ("Packets were saved in %s: %s.", name, size);
}

static void
tell (PanelSessionPackets *self)
{
  g_signal_emit (self, changed_signal, 0);
}

static void
fail (PanelSessionPackets *self, const GError *error)
{
  self->problem = g_strdup_printf ("The packets were not saved: %s", error->message);
  tell (self);
}

static void
on_captured (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PanelSessionPackets *self;
  g_autoptr (GError) error = NULL;
  FramCapture *capture
      = fram_inspector_capture_finish (FRAM_INSPECTOR (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = PANEL_SESSION_PACKETS (user_data);
  if (capture == NULL)
    {
      fail (self, error);
      return;
    }
  self->capture = capture;
  g_signal_connect_object (capture, "notify", G_CALLBACK (tell), self, G_CONNECT_SWAPPED);
  tell (self);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PanelSessionPackets *self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileOutputStream) stream
      = g_file_replace_finish (G_FILE (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = PANEL_SESSION_PACKETS (user_data);
  if (stream == NULL)
    fail (self, error);
  else
    fram_inspector_capture_async (self->inspector, self->session,
                                  G_OUTPUT_STREAM (stream), self->with_data, 0,
                                  self->cancellable, on_captured, self);
}

void
panel_session_packets_save (PanelSessionPackets *self, FramInspector *inspector,
                            guint64 session, GFile *file, gboolean with_data)
{
  panel_session_packets_stop (self);
  g_clear_object (&self->capture);
  g_clear_pointer (&self->problem, g_free);
  g_set_object (&self->file, file);
  g_set_object (&self->inspector, inspector);
  self->session = session;
  self->with_data = with_data;
  g_file_replace_async (file, NULL, FALSE, G_FILE_CREATE_PRIVATE, G_PRIORITY_DEFAULT,
                        self->cancellable, on_opened, self);
}

void
panel_session_packets_stop (PanelSessionPackets *self)
{
  if (panel_session_packets_is_running (self))
    fram_capture_stop (self->capture);
}

static void
panel_session_packets_dispose (GObject *object)
{
  PanelSessionPackets *self = PANEL_SESSION_PACKETS (object);

  panel_session_packets_stop (self);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->capture);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->inspector);
  g_clear_object (&self->file);
  g_clear_pointer (&self->problem, g_free);
  G_OBJECT_CLASS (panel_session_packets_parent_class)->dispose (object);
}

static void
panel_session_packets_class_init (PanelSessionPacketsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = panel_session_packets_dispose;
  changed_signal = g_signal_new ("changed", PANEL_TYPE_SESSION_PACKETS, G_SIGNAL_RUN_LAST,
                                 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
panel_session_packets_init (PanelSessionPackets *self)
{
  self->cancellable = g_cancellable_new ();
}
