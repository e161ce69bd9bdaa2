#include "rpc/event-socket.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rpc/event-text.h"

struct _FramEventSocket
{
  int fd;
  guint64 n_dropped; /* since the last one that fitted */
};

FramEventSocket *
fram_event_socket_new (int *ret_fd, GError **error)
{
  FramEventSocket *self;
  int ends[2];

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                   "No descriptor for events can be made: %s", g_strerror (code));
      return NULL;
    }
  self = g_new0 (FramEventSocket, 1);
  self->fd = ends[0];
  *ret_fd = ends[1];
  return self;
}

void
fram_event_socket_free (FramEventSocket *self)
{
  close (self->fd);
  g_free (self);
}

int
fram_event_socket_get_fd (const FramEventSocket *self)
{
  return self->fd;
}

static gboolean
send_text (FramEventSocket *self, const GString *text)
{
  return send (self->fd, text->str, text->len, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

void
fram_event_socket_send (FramEventSocket *self, const GString *text, gint64 now)
{
  if (self->n_dropped > 0)
    {
      g_autoptr (GString) mark = g_string_new (NULL);

      fram_event_lost_text (self->n_dropped, now, mark);
      if (send_text (self, mark))
        self->n_dropped = 0;
    }
  if (self->n_dropped > 0 || !send_text (self, text))
    self->n_dropped++;
}
