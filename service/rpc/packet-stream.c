/* A block has to be whole.  One that fits in part is kept, and nothing else is taken until its
 * rest has gone: that is all that ever waits here. */
#include "rpc/packet-stream.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rpc/pcapng.h"

struct _FramPacketStream
{
  int fd;
  guint snap;
  GByteArray *rest; /* of a block that was begun */
  guint source;     /* waits for room for it; GSource id or 0 */
  guint64 n_packets, n_dropped;
  guint64 n_left_out; /* since the last one that was written */
};

static gboolean
is_busy (const FramPacketStream *stream)
{
  return stream->rest->len > 0;
}

static gboolean
flush (FramPacketStream *stream)
{
  ssize_t n = send (stream->fd, stream->rest->data, stream->rest->len,
                    MSG_DONTWAIT | MSG_NOSIGNAL);

  if (n > 0)
    g_byte_array_remove_range (stream->rest, 0, (guint) n);
  return is_busy (stream);
}

static gboolean
on_room (int fd, GIOCondition condition, gpointer user_data)
{
  FramPacketStream *stream = user_data;

  if (flush (stream) && (condition & (G_IO_ERR | G_IO_HUP)) == 0)
    return G_SOURCE_CONTINUE;
  stream->source = 0;
  return G_SOURCE_REMOVE;
}

/* What there is no room for at all is not begun.  Return: FALSE if so. */
static gboolean
write_block (FramPacketStream *stream, const GByteArray *block)
{
  ssize_t n = send (stream->fd, block->data, block->len, MSG_DONTWAIT | MSG_NOSIGNAL);

  if (n < 0)
    return FALSE;
  if ((gsize) n == block->len)
    return TRUE;
  g_byte_array_append (stream->rest, block->data + n, block->len - (guint) n);
  stream->source = g_unix_fd_add (stream->fd, G_IO_OUT, on_room, stream);
  return TRUE;
}

FramPacketStream *
fram_packet_stream_new (const char *name, guint snap, int *ret_fd, GError **error)
{
  g_autoptr (GByteArray) block = NULL;
  FramPacketStream *stream;
  int ends[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                   "No descriptor for packets can be made: %s", g_strerror (code));
      return NULL;
    }
  stream = g_new0 (FramPacketStream, 1);
  stream->fd = ends[0];
  stream->snap = snap;
  stream->rest = g_byte_array_new ();
  *ret_fd = ends[1];

  block = g_byte_array_new ();
  fram_pcapng_begin (block, "Fram " FRAM_VERSION, name);
  write_block (stream, block);
  return stream;
}

void
fram_packet_stream_free (FramPacketStream *stream)
{
  g_autoptr (GByteArray) block = g_byte_array_new ();

  if (stream->source != 0)
    g_source_remove (stream->source);
  stream->source = 0;
  if (!is_busy (stream) || !flush (stream))
    {
      fram_pcapng_end (block, g_get_real_time (), stream->n_packets, stream->n_dropped);
      send (stream->fd, block->data, block->len, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
  close (stream->fd);
  g_byte_array_unref (stream->rest);
  g_free (stream);
}

int
fram_packet_stream_get_fd (const FramPacketStream *stream)
{
  return stream->fd;
}

void
fram_packet_stream_write (FramPacketStream *stream, const FramTappedPacket *packet)
{
  g_autoptr (GByteArray) block = g_byte_array_new ();
  FramPcapngPacket written = {
    .when = g_get_real_time (),
    .source = packet->outgoing ? packet->local : packet->remote,
    .destination = packet->outgoing ? packet->remote : packet->local,
    .outgoing = packet->outgoing,
    .payload = packet->bytes,
    .length = packet->length,
    .snap = packet->is_data ? stream->snap : FRAM_PACKET_SNAP_MOST,
    .dropped = stream->n_left_out,
  };

  if (!is_busy (stream) && fram_pcapng_packet (block, &written)
      && write_block (stream, block))
    {
      stream->n_packets++;
      stream->n_left_out = 0;
      return;
    }
  stream->n_dropped++;
  stream->n_left_out++;
}
