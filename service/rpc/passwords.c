#include "rpc/passwords.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <unistd.h>

#include "broker/broker.h"

struct _FramPasswordReader
{
  int fd;
  const char *what;
  char *buffer;
  gsize size;
  gsize length;
  FramPasswordsRead done;
  gpointer user_data;
  guint readable;
  guint timeout;
};

/* Only pipes and memory answer these; both are asked without a word to a file system, which
 * may be another process that never answers. */
static gboolean
is_pipe_or_memory (int fd)
{
  return fcntl (fd, F_GETPIPE_SZ) > 0 || fcntl (fd, F_GET_SEALS) >= 0;
}

/* Opens the same pipe or memory once more: the flags and the position of what was sent are
 * shared with its sender, who could make it block again at any moment. */
static int
reopen (int fd)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);

  return open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
}

static void
finish (FramPasswordReader *reader, const GError *error)
{
  reader->done (error == NULL ? reader->length : 0, error, reader->user_data);
  fram_password_reader_free (reader);
}

static void
fail (FramPasswordReader *reader, FramBrokerError code, const char *reason)
{
  g_autoptr (GError) error
      = g_error_new (FRAM_BROKER_ERROR, code, "%s: %s", reader->what, reason);

  finish (reader, error);
}

static gboolean
on_timeout (gpointer user_data)
{
  FramPasswordReader *reader = user_data;

  reader->timeout = 0;
  fail (reader, FRAM_BROKER_ERROR_INVALID_ARGUMENT,
        "the pipe was not closed at its other end in time");
  return G_SOURCE_REMOVE;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  FramPasswordReader *reader = user_data;
  char surplus;
  gssize n;

  if (reader->length < reader->size)
    n = read (fd, reader->buffer + reader->length, reader->size - reader->length);
  else
    n = read (fd, &surplus, 1);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;

  if (n > 0 && reader->length < reader->size)
    {
      reader->length += n;
      return G_SOURCE_CONTINUE;
    }
  reader->readable = 0;
  if (n == 0)
    finish (reader, NULL);
  else if (n > 0)
    fail (reader, FRAM_BROKER_ERROR_LIMIT, "there are too many bytes");
  else
    fail (reader, FRAM_BROKER_ERROR_INVALID_ARGUMENT, "it cannot be read");
  return G_SOURCE_REMOVE;
}

FramPasswordReader *
fram_password_reader_new (int fd, const char *what, char *buffer, gsize size,
                          FramPasswordsRead done, gpointer user_data, GError **error)
{
  int own_fd = is_pipe_or_memory (fd) ? reopen (fd) : -1;
  FramPasswordReader *reader;

  if (own_fd < 0)
    {
      g_set_error (error, FRAM_BROKER_ERROR, FRAM_BROKER_ERROR_INVALID_ARGUMENT,
                   "%s is not a pipe or memfd that can be read", what);
      return NULL;
    }

  reader = g_new0 (FramPasswordReader, 1);
  reader->fd = own_fd;
  reader->what = what;
  reader->buffer = buffer;
  reader->size = size;
  reader->done = done;
  reader->user_data = user_data;
  reader->readable
      = g_unix_fd_add (own_fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, reader);
  reader->timeout = g_timeout_add (FRAM_PASSWORDS_TIMEOUT / G_TIME_SPAN_MILLISECOND,
                                   on_timeout, reader);
  return reader;
}

void
fram_password_reader_free (FramPasswordReader *reader)
{
  if (reader == NULL)
    return;
  if (reader->readable != 0)
    g_source_remove (reader->readable);
  if (reader->timeout != 0)
    g_source_remove (reader->timeout);
  close (reader->fd);
  g_free (reader);
}
