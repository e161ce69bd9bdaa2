#include "io/stream-private.h"

#define BUFFER_SIZE (16 * 1024)

/* --- Life -------------------------------------------------------------------------- */

FramStream *
fram_stream_new (GMainContext *context, const FramStreamTarget *target, FramTime limit,
                 const FramStreamOwner *owner, gpointer user_data)
{
  FramStream *stream = g_new0 (FramStream, 1);

  stream->n_references = 1;
  stream->context = context != NULL ? g_main_context_ref (context)
                                    : g_main_context_ref_thread_default ();
  stream->target = *target;
  stream->name = g_strdup (target->name);
  stream->target.name = stream->name;
  stream->owner = owner;
  stream->user_data = user_data;
  stream->cancellable = g_cancellable_new ();
  stream->waiting = g_byte_array_new ();
  fram_stream_framer_init (&stream->framer, target->scheme == FRAM_SERVER_SCHEME_TURN);
  fram_stream_connect (stream, limit);
  return stream;
}

/* RFC 8446 §6.1: the end of TLS is told to the server; nobody waits for that. */
static void
say_goodbye (FramStream *stream)
{
  if (stream->connection == NULL || !G_IS_TLS_CONNECTION (stream->connection)
      || stream->sending != NULL)
    return;
  g_main_context_push_thread_default (stream->context);
  g_io_stream_close_async (stream->connection, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  g_main_context_pop_thread_default (stream->context);
}

void
fram_stream_release (FramStream *stream)
{
  if (--stream->n_references > 0)
    return;
  say_goodbye (stream);
  g_clear_object (&stream->connection);
  g_clear_object (&stream->client);
  g_clear_object (&stream->cancellable);
  fram_stream_framer_clear (&stream->framer);
  g_clear_pointer (&stream->waiting, g_byte_array_unref);
  g_clear_pointer (&stream->sending, g_byte_array_unref);
  g_main_context_unref (stream->context);
  g_free (stream->buffer);
  g_free (stream->name);
  g_free (stream);
}

void
fram_stream_begin (FramStream *stream)
{
  stream->n_references++;
  g_main_context_push_thread_default (stream->context);
}

void
fram_stream_end (FramStream *stream)
{
  g_main_context_pop_thread_default (stream->context);
}

/* What is under way is cancelled, and holds the stream until its answer is there. */
static void
stop (FramStream *stream)
{
  stream->is_over = TRUE;
  fram_stream_stop_limit (stream);
  g_cancellable_cancel (stream->cancellable);
}

void
fram_stream_close (FramStream *stream)
{
  if (stream == NULL)
    return;
  stop (stream);
  fram_stream_release (stream);
}

void
fram_stream_fail (FramStream *stream, FramStreamFailure failure, const char *details)
{
  if (stream->is_over)
    return;
  stop (stream);
  stream->owner->failed (stream->user_data, stream->target.id, failure, details);
}

/* --- Receiving --------------------------------------------------------------------- */

static void read_more (FramStream *stream);

static void
take_messages (FramStream *stream)
{
  FramStreamFrame frame = FRAM_STREAM_FRAME_NONE;
  const guint8 *message;
  gsize length;

  while (!stream->is_over
         && (frame = fram_stream_framer_next (&stream->framer, &message, &length))
                == FRAM_STREAM_FRAME_MESSAGE)
    stream->owner->receive (stream->user_data, stream->target.id, &stream->target.remote,
                            message, length);
  if (frame == FRAM_STREAM_FRAME_BROKEN)
    fram_stream_fail (stream, FRAM_STREAM_CLOSED, "what the server sent is not STUN");
}

static void
on_read (GObject *object, GAsyncResult *result, gpointer user_data)
{
  FramStream *stream = user_data;
  g_autoptr (GError) error = NULL;
  gssize length = g_input_stream_read_finish (G_INPUT_STREAM (object), result, &error);

  if (length > 0 && !stream->is_over)
    {
      fram_stream_framer_push (&stream->framer, stream->buffer, (gsize) length);
      take_messages (stream);
      if (!stream->is_over)
        stream->owner->turn_ended (stream->user_data);
      if (!stream->is_over)
        read_more (stream);
    }
  else if (length < 0)
    fram_stream_fail (stream, FRAM_STREAM_CLOSED, error->message);
  else
    fram_stream_fail (stream, FRAM_STREAM_CLOSED,
                      fram_stream_framer_is_within (&stream->framer)
                          ? "the server closed it in the middle of a message"
                          : "the server closed it");
  fram_stream_release (stream);
}

static void
read_more (FramStream *stream)
{
  fram_stream_begin (stream);
  g_input_stream_read_async (g_io_stream_get_input_stream (stream->connection),
                             stream->buffer, BUFFER_SIZE, G_PRIORITY_DEFAULT,
                             stream->cancellable, on_read, stream);
  fram_stream_end (stream);
}

void
fram_stream_open (FramStream *stream, GIOStream *connection, const FramAddress *local)
{
  stream->connection = g_object_ref (connection);
  stream->buffer = g_malloc (BUFFER_SIZE);
  stream->owner->opened (stream->user_data, stream->target.id, local);
  if (!stream->is_over)
    stream->owner->turn_ended (stream->user_data);
  if (!stream->is_over)
    read_more (stream);
}

/* --- Sending ----------------------------------------------------------------------- */

static void send_more (FramStream *stream);

static void
on_written (GObject *object, GAsyncResult *result, gpointer user_data)
{
  FramStream *stream = user_data;
  g_autoptr (GError) error = NULL;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (object), result, NULL, &error))
    {
      g_clear_pointer (&stream->sending, g_byte_array_unref);
      if (!stream->is_over)
        send_more (stream);
    }
  else
    fram_stream_fail (stream, FRAM_STREAM_CLOSED, error->message);
  fram_stream_release (stream);
}

static void
send_more (FramStream *stream)
{
  if (stream->sending != NULL || stream->waiting->len == 0)
    return;
  stream->sending = g_steal_pointer (&stream->waiting);
  stream->waiting = g_byte_array_new ();
  fram_stream_begin (stream);
  g_output_stream_write_all_async (
      g_io_stream_get_output_stream (stream->connection), stream->sending->data,
      stream->sending->len, G_PRIORITY_DEFAULT, stream->cancellable, on_written, stream);
  fram_stream_end (stream);
}

void
fram_stream_send (FramStream *stream, const guint8 *data, gsize length)
{
  static const guint8 zeroes[4] = { 0 };
  gsize padding = fram_stream_get_padding (data, length);
  gsize queued = stream->waiting->len;

  if (stream->is_over || stream->connection == NULL)
    return;
  if (stream->sending != NULL)
    queued += stream->sending->len;
  if (queued + length + padding > FRAM_STREAM_MAX_QUEUED)
    {
      stream->dropped++;
      return;
    }
  g_byte_array_append (stream->waiting, data, (guint) length);
  g_byte_array_append (stream->waiting, zeroes, (guint) padding);
  send_more (stream);
}

guint64
fram_stream_get_dropped (const FramStream *stream)
{
  return stream->dropped;
}
