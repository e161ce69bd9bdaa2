#include "fram-inspector.h"

#include <gio/gunixinputstream.h>

#include "inspector-private.h"

/**
 * FramCapture:
 *
 * Packets of a session on their way into a stream, in the format that Wireshark reads.
 *
 * It ends with the session, when it is stopped, or when the stream takes no more, and then
 * closes the stream.
 */

#define CHUNK (64 * 1024)

struct _FramCapture
{
  GObject parent_instance;

  guint64 session;
  GInputStream *packets;
  GOutputStream *stream;
  GCancellable *cancellable;
  GBytes *chunk; /* that is being written */
  GError *error;
  guint64 bytes;
  gboolean running;
};

enum
{
  PROP_SESSION = 1,
  PROP_RUNNING,
  PROP_BYTES,
  PROP_ERROR,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FramCapture, fram_capture, G_TYPE_OBJECT)

static void
notify (FramCapture *self, guint property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/* --- From one to the other --------------------------------------------------------- */

static void read_more (FramCapture *self);

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FramCapture) self = user_data;
  GError *error = NULL;

  if (!g_output_stream_close_finish (self->stream, result, &error) && self->error == NULL)
    {
      self->error = g_steal_pointer (&error);
      notify (self, PROP_ERROR);
    }
  g_clear_error (&error);
  self->running = FALSE;
  notify (self, PROP_RUNNING);
}

/* `error`: (transfer full) (nullable) */
static void
finish (FramCapture *self, GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_clear_error (&error);
  if (error != NULL)
    {
      self->error = error;
      notify (self, PROP_ERROR);
    }
  g_input_stream_close (self->packets, NULL, NULL);
  g_output_stream_close_async (self->stream, G_PRIORITY_DEFAULT, NULL, on_closed,
                               g_object_ref (self));
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FramCapture) self = user_data;
  GError *error = NULL;
  gsize written = 0;

  g_output_stream_write_all_finish (self->stream, result, &written, &error);
  self->bytes += written;
  notify (self, PROP_BYTES);
  if (error != NULL)
    finish (self, error);
  else
    read_more (self);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FramCapture) self = user_data;
  GError *error = NULL;
  g_autoptr (GBytes) bytes
      = g_input_stream_read_bytes_finish (self->packets, result, &error);
  gsize length = bytes != NULL ? g_bytes_get_size (bytes) : 0;

  if (length == 0)
    {
      finish (self, error);
      return;
    }
  /* What was read is written, also when it is stopped: a packet is not cut. */
  g_clear_pointer (&self->chunk, g_bytes_unref);
  self->chunk = g_bytes_ref (bytes);
  g_output_stream_write_all_async (self->stream, g_bytes_get_data (bytes, NULL), length,
                                   G_PRIORITY_DEFAULT, NULL, on_written,
                                   g_object_ref (self));
}

static void
read_more (FramCapture *self)
{
  g_input_stream_read_bytes_async (self->packets, CHUNK, G_PRIORITY_DEFAULT,
                                   self->cancellable, on_read, g_object_ref (self));
}

/* --- Beginning --------------------------------------------------------------------- */

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  FramCapture *self = g_task_get_task_data (task);
  g_autoptr (GVariant) reply = NULL;
  GError *error = NULL;
  int fd = -1;

  reply
      = fram_inspector_call_finish (g_task_get_source_object (task), result, &fd, &error);
  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  self->packets = g_unix_input_stream_new (fd, TRUE);
  self->running = TRUE;
  read_more (self);
  g_task_return_pointer (task, g_object_ref (self), g_object_unref);
}

/**
 * fram_inspector_capture_async:
 * @self: An inspector.
 * @session: The `id` of a session.
 * @stream: Where the packets go.
 * @data: Whether the application's data go there, too.
 * @snap: So many bytes of each packet of data, from its IP header on: 64 to 65535; 0: the
 *   service's default.
 * @cancellable: (nullable): To give up waiting for the beginning.
 * @callback: Called when it has begun.
 * @user_data: Data for @callback.
 *
 * Writes the session's packets into a stream as they come and go, in the format pcapng, which
 * Wireshark and tcpdump read.
 *
 * Passwords are not in them: they are never sent.
 */
void
fram_inspector_capture_async (FramInspector *self, guint64 session, GOutputStream *stream,
                              gboolean data, guint snap, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  FramCapture *capture;
  GVariantBuilder options;
  GTask *task;

  g_return_if_fail (FRAM_IS_INSPECTOR (self));
  g_return_if_fail (G_IS_OUTPUT_STREAM (stream));

  capture = g_object_new (FRAM_TYPE_CAPTURE, NULL);
  capture->session = session;
  capture->stream = g_object_ref (stream);
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "data", g_variant_new_boolean (data));
  if (snap != 0)
    g_variant_builder_add (&options, "{sv}", "snap", g_variant_new_uint32 (snap));
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, fram_inspector_capture_async);
  g_task_set_task_data (task, capture, g_object_unref);
  fram_inspector_call (self, "Capture", g_variant_new ("(ta{sv})", session, &options),
                       "(h)", cancellable, on_opened, task);
}

/**
 * fram_inspector_capture_finish:
 * @self: An inspector.
 * @result: What the callback was given.
 * @error: Where to put an error.
 *
 * Finishes [method@Inspector.capture_async].
 *
 * Fails with %FRAM_ERROR_NO_SESSION if there is no such session, and with
 * %FRAM_ERROR_LIMIT_EXCEEDED if too much is being read already.
 *
 * Returns: (transfer full): The packets on their way.
 */
FramCapture *
fram_inspector_capture_finish (FramInspector *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, fram_inspector_capture_async),
                        NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- The object -------------------------------------------------------------------- */

static void
fram_capture_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FramCapture *self = FRAM_CAPTURE (object);

  switch (id)
    {
    case PROP_SESSION:
      g_value_set_uint64 (value, self->session);
      break;
    case PROP_RUNNING:
      g_value_set_boolean (value, self->running);
      break;
    case PROP_BYTES:
      g_value_set_uint64 (value, self->bytes);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fram_capture_finalize (GObject *object)
{
  FramCapture *self = FRAM_CAPTURE (object);

  g_clear_pointer (&self->chunk, g_bytes_unref);
  g_clear_object (&self->packets);
  g_clear_object (&self->stream);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (fram_capture_parent_class)->finalize (object);
}

static void
fram_capture_class_init (FramCaptureClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags readable
      = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = fram_capture_get_property;
  object_class->finalize = fram_capture_finalize;

  /**
   * FramCapture:session: (getter get_session)
   *
   * The `id` of the session.
   */
  properties[PROP_SESSION]
      = g_param_spec_uint64 ("session", NULL, NULL, 0, G_MAXUINT64, 0, readable);
  /**
   * FramCapture:running: (getter get_running)
   *
   * Whether it goes on; when it does not, the stream is closed.
   */
  properties[PROP_RUNNING]
      = g_param_spec_boolean ("running", NULL, NULL, FALSE, readable);
  /**
   * FramCapture:bytes: (getter get_bytes)
   *
   * How many bytes were written.
   */
  properties[PROP_BYTES]
      = g_param_spec_uint64 ("bytes", NULL, NULL, 0, G_MAXUINT64, 0, readable);
  /**
   * FramCapture:error: (getter get_error)
   *
   * What went wrong with the stream; %NULL if nothing did.
   */
  properties[PROP_ERROR]
      = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, readable);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
fram_capture_init (FramCapture *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * fram_capture_get_session:
 * @self: Packets on their way.
 *
 * Tells whose packets they are.
 *
 * Returns: The `id` of the session.
 */
guint64
fram_capture_get_session (FramCapture *self)
{
  g_return_val_if_fail (FRAM_IS_CAPTURE (self), 0);

  return self->session;
}

/**
 * fram_capture_get_running:
 * @self: Packets on their way.
 *
 * Tells whether it goes on.
 *
 * Returns: Whether it does.
 */
gboolean
fram_capture_get_running (FramCapture *self)
{
  g_return_val_if_fail (FRAM_IS_CAPTURE (self), FALSE);

  return self->running;
}

/**
 * fram_capture_get_bytes:
 * @self: Packets on their way.
 *
 * Tells how much was written.
 *
 * Returns: The number of bytes.
 */
guint64
fram_capture_get_bytes (FramCapture *self)
{
  g_return_val_if_fail (FRAM_IS_CAPTURE (self), 0);

  return self->bytes;
}

/**
 * fram_capture_get_error:
 * @self: Packets on their way.
 *
 * Tells what went wrong with the stream.
 *
 * Returns: (transfer none) (nullable): The error; %NULL if nothing did.
 */
const GError *
fram_capture_get_error (FramCapture *self)
{
  g_return_val_if_fail (FRAM_IS_CAPTURE (self), NULL);

  return self->error;
}

/**
 * fram_capture_stop:
 * @self: Packets on their way.
 *
 * Ends it; [property@Capture:running] tells when the stream is closed.
 */
void
fram_capture_stop (FramCapture *self)
{
  g_return_if_fail (FRAM_IS_CAPTURE (self));

  g_cancellable_cancel (self->cancellable);
}
