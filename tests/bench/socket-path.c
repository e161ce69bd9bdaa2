#include "socket-path.h"

#include <errno.h>
#include <glib-unix.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* One receive call for a packet, as most applications have it, but one poll for a burst. */
#define BURST 64

static gboolean
send_packet (TrafficEnd *end, const void *packet, gsize length)
{
  ssize_t sent = send (GPOINTER_TO_INT (end->path), packet, length, 0);

  if (sent < 0 && errno != EAGAIN && errno != ENOBUFS && errno != EINTR)
    g_error ("Sending: %s", g_strerror (errno));
  return sent >= 0;
}

static void
receive_packets (TrafficEnd *end, int milliseconds)
{
  int fd = GPOINTER_TO_INT (end->path);
  struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
  guint8 packet[2048];

  if (poll (&poll_fd, 1, milliseconds) <= 0)
    return;
  for (guint i = 0; i < BURST; i++)
    {
      ssize_t length = recv (fd, packet, sizeof packet, 0);

      if (length == 0)
        g_error ("The path has ended");
      if (length < 0)
        return;
      traffic_take (end, packet, length);
    }
}

void
socket_path_init (TrafficEnd *end, int fd)
{
  int size = 1024 * 1024;

  *end = (TrafficEnd){ .send = send_packet, .receive = receive_packets };
  end->path = GINT_TO_POINTER (fd);
  g_unix_set_fd_nonblocking (fd, TRUE, NULL);
  setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

void
socket_path_clear (TrafficEnd *end)
{
  close (GPOINTER_TO_INT (end->path));
}
