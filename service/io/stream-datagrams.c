/* Messages over DTLS: each is a datagram, and may be lost like one. */
#include "io/stream-private.h"

/* RFC 6347 §4.1.1, RFC 8446 §5.1: what a record may hold. */
#define RECORD_MAX (1 << 14)
/* What is read in one turn stays there until its end. */
#define BUFFER_SIZE (4 * RECORD_MAX)

/* --- Receiving --------------------------------------------------------------------- */

typedef enum
{
  GOT_ONE,
  GOT_NOTHING,
  GOT_END, /* the stream has failed */
} Got;

static Got
receive (FramStream *stream, guint8 *to, gsize *ret_length)
{
  GInputVector vector = { .buffer = to, .size = RECORD_MAX };
  GInputMessage message = { .vectors = &vector, .num_vectors = 1 };
  g_autoptr (GError) error = NULL;
  gint n = g_datagram_based_receive_messages (stream->datagrams, &message, 1, 0, 0, NULL,
                                              &error);

  if (n == 1 && message.bytes_received > 0)
    {
      *ret_length = message.bytes_received;
      return GOT_ONE;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return GOT_NOTHING;
  fram_stream_fail (stream, FRAM_STREAM_CLOSED,
                    error != NULL ? error->message : "the server closed it");
  return GOT_END;
}

static gboolean
on_readable (GDatagramBased *datagrams, GIOCondition condition, gpointer user_data)
{
  FramStream *stream = user_data;
  gsize filled = 0, length;

  stream->n_references++;
  while (!stream->is_over && filled + RECORD_MAX <= BUFFER_SIZE
         && receive (stream, stream->buffer + filled, &length) == GOT_ONE)
    {
      stream->owner->receive (stream->user_data, stream->target.id,
                              &stream->target.remote, stream->buffer + filled, length);
      filled += length;
    }
  if (!stream->is_over)
    stream->owner->turn_ended (stream->user_data);
  fram_stream_release (stream);
  return G_SOURCE_CONTINUE;
}

static GSource *
watch (FramStream *stream, GIOCondition condition, GDatagramBasedSourceFunc callback)
{
  GSource *source = g_datagram_based_create_source (stream->datagrams, condition, NULL);

  g_source_set_callback (source, G_SOURCE_FUNC (callback), stream, NULL);
  g_source_attach (source, stream->context);
  return source;
}

static void
stop_watching (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

void
fram_stream_open_datagrams (FramStream *stream, GDatagramBased *datagrams,
                            GSocket *socket)
{
  stream->datagrams = g_object_ref (datagrams);
  stream->buffer = g_malloc (BUFFER_SIZE);
  stream->readable = watch (stream, G_IO_IN, on_readable);
  fram_stream_tell_opened (stream, socket);
}

void
fram_stream_stop_datagrams (FramStream *stream)
{
  stop_watching (&stream->readable);
  stop_watching (&stream->writable);
}

/* --- Sending ----------------------------------------------------------------------- */

static gboolean
on_writable (GDatagramBased *datagrams, GIOCondition condition, gpointer user_data)
{
  FramStream *stream = user_data;

  stop_watching (&stream->writable);
  fram_stream_tell_room (stream);
  return G_SOURCE_REMOVE;
}

static void
wait_for_room (FramStream *stream)
{
  stream->is_full = TRUE;
  if (stream->writable == NULL)
    stream->writable = watch (stream, G_IO_OUT, on_writable);
}

void
fram_stream_send_datagrams (FramStream *stream, const struct iovec *messages,
                            guint n_messages, FramSendCounts *counts)
{
  for (guint i = 0; i < n_messages; i++)
    {
      GOutputVector vector
          = { .buffer = messages[i].iov_base, .size = messages[i].iov_len };
      GOutputMessage message = { .vectors = &vector, .num_vectors = 1 };
      g_autoptr (GError) error = NULL;

      if (g_datagram_based_send_messages (stream->datagrams, &message, 1, 0, 0, NULL,
                                          &error)
          == 1)
        {
          counts->packets++;
          counts->bytes += messages[i].iov_len;
        }
      else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        {
          counts->full += n_messages - i;
          wait_for_room (stream);
          return;
        }
      else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE))
        counts->too_long++;
      else
        counts->refused++;
    }
}
