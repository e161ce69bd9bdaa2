#include "io/stream-private.h"

#include "base/big-endian.h"
#include "io/dscp.h"
#include "io/sockaddr.h"

#define BUFFER_SIZE (64 * 1024)

/* --- Life -------------------------------------------------------------------------- */

static FramStream *
new_stream (GMainContext *context, const FramStreamTarget *target,
            const FramStreamOwner *owner, gpointer user_data)
{
  FramStream *stream = g_new0 (FramStream, 1);

  stream->n_references = 1;
  stream->context = context != NULL ? g_main_context_ref (context)
                                    : g_main_context_ref_thread_default ();
  stream->target = *target;
  stream->name = g_strdup (target->name);
  stream->target.name = stream->name;
  stream->authority = g_strdup (target->authority);
  stream->target.authority = stream->authority;
  stream->owner = owner;
  stream->user_data = user_data;
  stream->cancellable = g_cancellable_new ();
  stream->waiting = g_byte_array_new ();
  if (target->to_peer)
    fram_stream_framer_init_frames (&stream->framer);
  else
    fram_stream_framer_init (&stream->framer, target->scheme == FRAM_SERVER_SCHEME_TURN);
  return stream;
}

FramStream *
fram_stream_new (GMainContext *context, const FramStreamTarget *target, FramTime limit,
                 const FramStreamOwner *owner, gpointer user_data)
{
  FramStream *stream = new_stream (context, target, owner, user_data);

  fram_stream_connect (stream, limit);
  return stream;
}

/* RFC 8446 §6.1: the end of TLS is told to the server; nobody waits for that. */
static void
say_goodbye (FramStream *stream)
{
  g_main_context_push_thread_default (stream->context);
  if (stream->datagrams != NULL)
    g_dtls_connection_close_async (G_DTLS_CONNECTION (stream->datagrams),
                                   G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  else if (stream->connection != NULL && G_IS_TLS_CONNECTION (stream->connection)
           && stream->sending == NULL)
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
  g_clear_object (&stream->datagrams);
  g_clear_object (&stream->client);
  g_clear_object (&stream->cancellable);
  fram_stream_framer_clear (&stream->framer);
  g_clear_pointer (&stream->waiting, g_byte_array_unref);
  g_clear_pointer (&stream->sending, g_byte_array_unref);
  g_main_context_unref (stream->context);
  g_free (stream->buffer);
  g_free (stream->name);
  g_free (stream->authority);
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
  fram_stream_stop_connecting (stream);
  fram_stream_stop_datagrams (stream);
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
fail_closed (FramStream *stream)
{
  g_autofree char *details = g_strdup_printf (
      "the %s closed it%s", stream->target.to_peer ? "peer" : "server",
      fram_stream_framer_is_within (&stream->framer) ? " in the middle of a message"
                                                     : "");

  fram_stream_fail (stream, FRAM_STREAM_CLOSED, details);
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
    fail_closed (stream);
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

/* --- Opening ----------------------------------------------------------------------- */

static void
get_local (GSocket *socket, FramAddress *ret_local)
{
  g_autoptr (GSocketAddress) found = g_socket_get_local_address (socket, NULL);

  *ret_local = (FramAddress){ 0 };
  if (found != NULL)
    fram_sockaddr_from_gio (found, ret_local);
}

void
fram_stream_tell_opened (FramStream *stream, GSocket *socket)
{
  FramAddress local;

  fram_stream_stop_connecting (stream);
  get_local (socket, &local);
  stream->owner->opened (stream->user_data, stream->target.id, &local);
  if (!stream->is_over)
    stream->owner->turn_ended (stream->user_data);
}

void
fram_stream_open (FramStream *stream, GIOStream *connection, GSocket *socket)
{
  stream->connection = g_object_ref (connection);
  stream->buffer = g_malloc (BUFFER_SIZE);
  fram_stream_tell_opened (stream, socket);
  if (!stream->is_over)
    read_more (stream);
}

FramStream *
fram_stream_new_accepted (GMainContext *context, const FramStreamTarget *target,
                          GSocket *socket, const FramStreamOwner *owner,
                          gpointer user_data)
{
  FramStream *stream = new_stream (context, target, owner, user_data);

  fram_stream_tune (socket);
  stream->connection
      = G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
  stream->buffer = g_malloc (BUFFER_SIZE);
  read_more (stream);
  return stream;
}

/* --- Sending ----------------------------------------------------------------------- */

static void send_more (FramStream *stream);

static gsize
count_queued (const FramStream *stream)
{
  return stream->waiting->len + (stream->sending != NULL ? stream->sending->len : 0);
}

void
fram_stream_tell_room (FramStream *stream)
{
  stream->is_full = FALSE;
  stream->owner->has_room (stream->user_data, stream->target.id);
}

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
      if (!stream->is_over && stream->is_full
          && count_queued (stream) < FRAM_STREAM_FULL / 2)
        fram_stream_tell_room (stream);
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

/* Return: FALSE: there would be more than `limit`. */
static gboolean
queue (FramStream *stream, const struct iovec *message, gsize limit)
{
  static const guint8 zeroes[4] = { 0 };
  gsize header = stream->target.to_peer ? FRAM_STREAM_FRAME_HEADER : 0, padding = 0;
  guint8 length[FRAM_STREAM_FRAME_HEADER];

  if (!stream->target.to_peer)
    padding = fram_stream_get_padding (message->iov_base, message->iov_len);
  if (count_queued (stream) + header + message->iov_len + padding > limit)
    return FALSE;
  fram_store_be16 (length, (guint16) message->iov_len);
  g_byte_array_append (stream->waiting, length, (guint) header);
  g_byte_array_append (stream->waiting, message->iov_base, (guint) message->iov_len);
  g_byte_array_append (stream->waiting, zeroes, (guint) padding);
  return TRUE;
}

void
fram_stream_send (FramStream *stream, const guint8 *data, gsize length)
{
  const struct iovec message = { .iov_base = (guint8 *) data, .iov_len = length };
  FramSendCounts counts = { 0 };

  if (stream->is_over)
    return;
  if (stream->datagrams != NULL)
    {
      fram_stream_send_datagrams (stream, &message, 1, &counts);
      stream->dropped += 1 - counts.packets;
    }
  else if (stream->connection == NULL)
    return;
  else if (queue (stream, &message, FRAM_STREAM_MAX_QUEUED))
    send_more (stream);
  else
    stream->dropped++;
}

static void
queue_data (FramStream *stream, const struct iovec *messages, guint n_messages,
            FramSendCounts *counts)
{
  for (guint i = 0; i < n_messages; i++)
    {
      if (!queue (stream, &messages[i], FRAM_STREAM_MAX_DATA))
        {
          counts->full += n_messages - i;
          break;
        }
      counts->packets++;
      counts->bytes += messages[i].iov_len;
    }
  if (count_queued (stream) >= FRAM_STREAM_FULL)
    stream->is_full = TRUE;
  send_more (stream);
}

void
fram_stream_send_data (FramStream *stream, const struct iovec *messages, guint n_messages,
                       FramSendCounts *counts)
{
  guint64 sent = counts->packets;

  if (stream->is_over)
    counts->refused += n_messages;
  else if (stream->datagrams != NULL)
    fram_stream_send_datagrams (stream, messages, n_messages, counts);
  else if (stream->connection != NULL)
    queue_data (stream, messages, n_messages, counts);
  else
    counts->refused += n_messages;
  stream->dropped += n_messages - (counts->packets - sent);
}

gboolean
fram_stream_is_to_peer (const FramStream *stream)
{
  return stream->target.to_peer;
}

/* RFC 8835 §4.2: one connection, one mark. */
void
fram_stream_set_dscp (FramStream *stream, guint8 dscp)
{
  GSocket *socket;

  if (!stream->target.to_peer || stream->connection == NULL || dscp == stream->dscp)
    return;
  socket = g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream->connection));
  fram_dscp_set (g_socket_get_fd (socket), dscp);
  stream->dscp = dscp;
}

gboolean
fram_stream_is_full (const FramStream *stream)
{
  return stream->is_full;
}

guint64
fram_stream_get_dropped (const FramStream *stream)
{
  return stream->dropped;
}
