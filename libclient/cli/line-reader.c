#include "cli/line-reader.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

struct _LineReader
{
  int fd;
  gsize max_length;
  LineReaderHandlers handlers;
  gpointer data;
  GByteArray *buffer;
  guint source;      /* 0: paused, or ended */
  gboolean skipping; /* within a line that is too long */
  gboolean at_end;   /* nothing more can be read */
  gboolean told_end;
};

static void
deliver (LineReader *reader, guint8 *end)
{
  GByteArray *buffer = reader->buffer;
  gsize length = end - buffer->data;
  g_autofree char *line = g_strndup ((char *) buffer->data, length);
  gboolean skipped = reader->skipping;

  reader->skipping = FALSE;
  g_byte_array_remove_range (buffer, 0, MIN (length + 1, buffer->len));
  if (skipped || length > reader->max_length)
    reader->handlers.too_long (reader->data);
  else
    reader->handlers.line (line, length, reader->data);
}

/* Hands out what the buffer holds until somebody pauses. */
static void
pump (LineReader *reader)
{
  GByteArray *buffer = reader->buffer;

  while (reader->source != 0)
    {
      guint8 *end = buffer->len > 0 ? memchr (buffer->data, '\n', buffer->len) : NULL;

      if (end != NULL)
        deliver (reader, end);
      else if (reader->at_end && (buffer->len > 0 || reader->skipping))
        deliver (reader, buffer->data + buffer->len);
      else
        break;
    }
  if (buffer->len > reader->max_length
      && memchr (buffer->data, '\n', buffer->len) == NULL)
    {
      reader->skipping = TRUE;
      g_byte_array_set_size (buffer, 0);
    }
  if (reader->at_end && reader->source != 0 && !reader->told_end)
    {
      line_reader_pause (reader);
      reader->told_end = TRUE;
      reader->handlers.ended (reader->data);
    }
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
  LineReader *reader = data;
  guint8 chunk[4096];
  gssize n = read (fd, chunk, sizeof chunk);

  if (n > 0)
    g_byte_array_append (reader->buffer, chunk, n);
  else if (n == 0 || (errno != EINTR && errno != EAGAIN))
    reader->at_end = TRUE;
  pump (reader);
  return reader->source != 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

LineReader *
line_reader_new (int fd, gsize max_length, const LineReaderHandlers *handlers,
                 gpointer data)
{
  LineReader *reader = g_new0 (LineReader, 1);

  reader->fd = fd;
  reader->max_length = max_length;
  reader->handlers = *handlers;
  reader->data = data;
  reader->buffer = g_byte_array_new ();
  return reader;
}

void
line_reader_free (LineReader *reader)
{
  if (reader == NULL)
    return;
  line_reader_pause (reader);
  g_byte_array_unref (reader->buffer);
  g_free (reader);
}

void
line_reader_pause (LineReader *reader)
{
  guint source = reader->source;

  reader->source = 0;
  if (source != 0)
    g_source_remove (source);
}

void
line_reader_resume (LineReader *reader)
{
  if (reader->source != 0 || reader->told_end)
    return;
  reader->source
      = g_unix_fd_add (reader->fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, reader);
  pump (reader);
}
