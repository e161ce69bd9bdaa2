#include "io/relay/app-socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

FramAppSocket *
fram_app_socket_new (int *ret_application_fd, GError **error)
{
  int bytes = FRAM_APP_BUFFER_BYTES, fds[2];
  FramAppSocket *app;

  /* SOCK_SEQPACKET and not SOCK_DGRAM: only the former tells of its end. */
  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                   "Cannot make a socket pair: %s", g_strerror (code));
      return NULL;
    }
  /* What is under way counts against the sender's buffer, on both sides. */
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    setsockopt (fds[i], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);

  app = g_new0 (FramAppSocket, 1);
  app->item.fd = fds[0];
  app->item.events = EPOLLIN | EPOLLRDHUP;
  *ret_application_fd = fds[1];
  return app;
}

void
fram_app_socket_free (FramAppSocket *app)
{
  close (app->item.fd);
  g_free (app);
}

/* An empty packet and the end of file look alike, but only the end of file repeats itself
 * until the batch is full. */
static gboolean
is_end (guint32 events, const FramBatch *batch, int n)
{
  return (events & (EPOLLRDHUP | EPOLLHUP)) != 0 && n == FRAM_BATCH_MAX
         && fram_batch_get_bytes (batch, FRAM_BATCH_MAX - 1).iov_len == 0;
}

guint
fram_app_socket_read (FramAppSocket *app, guint32 events, FramBatch *batch,
                      struct iovec ret_packets[FRAM_BATCH_MAX])
{
  int n = fram_batch_receive_bare (batch, app->item.fd, FRAM_BATCH_MAX);
  guint n_packets = 0;

  if (n < 0)
    {
      /* ECONNRESET: it left without reading all; what it wrote before can still be read. */
      if (n != -EAGAIN && n != -ECONNRESET)
        app->state = FRAM_APP_GONE;
      return 0;
    }
  if (is_end (events, batch, n))
    {
      app->state = (events & EPOLLHUP) != 0 ? FRAM_APP_GONE : FRAM_APP_SILENT;
      while (n > 0 && fram_batch_get_bytes (batch, n - 1).iov_len == 0)
        n--;
    }

  for (int i = 0; i < n; i++)
    {
      struct iovec packet = fram_batch_get_bytes (batch, i);

      if (packet.iov_len == 0)
        app->stats.dropped_empty++;
      else if (packet.iov_len > FRAM_DATAGRAM_MAX)
        app->stats.dropped_too_long++;
      else
        ret_packets[n_packets++] = packet;
    }
  return n_packets;
}

void
fram_app_socket_write (FramAppSocket *app, struct iovec *datagrams, guint n_datagrams)
{
  struct mmsghdr messages[FRAM_APP_WRITE_MAX];
  int written;

  g_assert (n_datagrams <= FRAM_APP_WRITE_MAX);

  for (guint i = 0; i < n_datagrams; i++)
    {
      memset (&messages[i], 0, sizeof messages[i]);
      messages[i].msg_hdr.msg_iov = &datagrams[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
  do
    written = sendmmsg (app->item.fd, messages, n_datagrams, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (written < 0 && errno == EINTR);
  written = MAX (written, 0);

  for (int i = 0; i < written; i++)
    app->stats.bytes_received += datagrams[i].iov_len;
  app->stats.packets_received += (guint) written;
  /* The first that does not fit ends it: a shorter one behind it would fit perhaps, but an
   * application that is behind gains nothing from holes. */
  app->stats.dropped_app_full += n_datagrams - (guint) written;
}
