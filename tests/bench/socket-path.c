#include "socket-path.h"

#include <errno.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* One receive call for a packet, as most applications have it, but one poll for a burst. */
#define BURST 64
#define JOINED_MAX 65536

typedef struct
{
  int fd;
  SocketWay way;
  struct sockaddr_storage peer;
  socklen_t peer_length; /* 0: it is connected */
  guint8 buffer[JOINED_MAX];
} SocketPath;

SocketWay
socket_way_parse (const char *word)
{
  if (word == NULL || g_str_equal (word, "single"))
    return SOCKET_SINGLE;
  if (g_str_equal (word, "batch"))
    return SOCKET_BATCH;
  if (g_str_equal (word, "runs"))
    return SOCKET_RUNS;
  if (!g_str_equal (word, "segments"))
    g_error ("There is no way “%s”", word);
  return SOCKET_SEGMENTS;
}

static gboolean
can_be_sent (ssize_t result)
{
  if (result < 0 && errno != EAGAIN && errno != ENOBUFS && errno != EINTR)
    g_error ("Sending: %s", g_strerror (errno));
  return result >= 0;
}

static gboolean
send_packet (TrafficEnd *end, const void *packet, gsize length)
{
  SocketPath *path = end->path;

  if (path->peer_length == 0)
    return can_be_sent (send (path->fd, packet, length, 0));
  return can_be_sent (sendto (path->fd, packet, length, 0,
                              (struct sockaddr *) &path->peer, path->peer_length));
}

static void
set_name (const SocketPath *path, struct msghdr *header)
{
  header->msg_name = path->peer_length > 0 ? (void *) &path->peer : NULL;
  header->msg_namelen = path->peer_length;
}

static guint
send_batch (TrafficEnd *end, const void *packet, gsize length, guint n)
{
  SocketPath *path = end->path;
  struct iovec vector = { (void *) packet, length };
  struct mmsghdr messages[TRAFFIC_BURST] = { 0 };
  int sent;

  for (guint i = 0; i < n; i++)
    {
      set_name (path, &messages[i].msg_hdr);
      messages[i].msg_hdr.msg_iov = &vector;
      messages[i].msg_hdr.msg_iovlen = 1;
    }
  sent = sendmmsg (path->fd, messages, n, 0);
  return can_be_sent (sent) ? (guint) sent : 0;
}

void
socket_path_set_segment (struct msghdr *header, SegmentControl *control, guint16 size)
{
  memset (control, 0, sizeof *control);
  control->align.cmsg_level = SOL_UDP;
  control->align.cmsg_type = UDP_SEGMENT;
  control->align.cmsg_len = CMSG_LEN (sizeof size);
  memcpy (CMSG_DATA (&control->align), &size, sizeof size);
  header->msg_control = control;
  header->msg_controllen = CMSG_SPACE (sizeof size);
}

static guint
send_segments (TrafficEnd *end, const void *packet, gsize length, guint n)
{
  SocketPath *path = end->path;
  struct iovec vectors[TRAFFIC_BURST];
  struct msghdr header = { .msg_iov = vectors, .msg_iovlen = n };
  SegmentControl control;

  set_name (path, &header);
  for (guint i = 0; i < n; i++)
    vectors[i] = (struct iovec){ (void *) packet, length };
  socket_path_set_segment (&header, &control, (guint16) length);
  return can_be_sent (sendmsg (path->fd, &header, 0)) ? n : 0;
}

static void
check_end (ssize_t length)
{
  if (length == 0)
    g_error ("The path has ended");
}

static void
receive_singly (TrafficEnd *end)
{
  SocketPath *path = end->path;

  for (guint i = 0; i < BURST; i++)
    {
      ssize_t length = recv (path->fd, path->buffer, sizeof path->buffer, 0);

      check_end (length);
      if (length < 0)
        return;
      traffic_take (end, path->buffer, length);
    }
}

static void
receive_batch (TrafficEnd *end)
{
  SocketPath *path = end->path;
  struct mmsghdr messages[TRAFFIC_BURST] = { 0 };
  struct iovec vectors[TRAFFIC_BURST];
  int n;

  for (guint i = 0; i < TRAFFIC_BURST; i++)
    {
      vectors[i] = (struct iovec){ path->buffer + i * 1600, 1600 };
      messages[i].msg_hdr.msg_iov = &vectors[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
  n = recvmmsg (path->fd, messages, TRAFFIC_BURST, 0, NULL);
  for (int i = 0; i < n; i++)
    {
      check_end (messages[i].msg_len);
      traffic_take (end, vectors[i].iov_base, messages[i].msg_len);
    }
}

/* All packets of a burst have one length. */
static void
receive_joined (TrafficEnd *end)
{
  SocketPath *path = end->path;

  for (guint i = 0; i < BURST; i++)
    {
      ssize_t length = recv (path->fd, path->buffer, sizeof path->buffer, 0);

      if (length < 0)
        return;
      for (ssize_t start = 0; start < length; start += TRAFFIC_PACKET)
        traffic_take (end, path->buffer + start, MIN (TRAFFIC_PACKET, length - start));
    }
}

static void
receive_packets (TrafficEnd *end, int milliseconds)
{
  SocketPath *path = end->path;
  struct pollfd poll_fd = { .fd = path->fd, .events = POLLIN };

  if (poll (&poll_fd, 1, milliseconds) <= 0)
    return;
  switch (path->way)
    {
    case SOCKET_SINGLE:
      receive_singly (end);
      break;
    case SOCKET_BATCH:
    case SOCKET_RUNS:
      receive_batch (end);
      break;
    case SOCKET_SEGMENTS:
      receive_joined (end);
      break;
    }
}

void
socket_path_init (TrafficEnd *end, int fd, SocketWay way)
{
  SocketPath *path = g_new0 (SocketPath, 1);
  int size = 1024 * 1024, one = 1;

  path->fd = fd;
  path->way = way;
  *end = (TrafficEnd){ .send = send_packet, .receive = receive_packets, .path = path };
  if (way != SOCKET_SINGLE)
    end->send_many = way == SOCKET_BATCH ? send_batch : send_segments;
  g_unix_set_fd_nonblocking (fd, TRUE, NULL);
  setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  if (way == SOCKET_SEGMENTS)
    setsockopt (fd, SOL_UDP, UDP_GRO, &one, sizeof one);
}

void
socket_path_set_peer (TrafficEnd *end, const struct sockaddr *peer, socklen_t length)
{
  SocketPath *path = end->path;

  memcpy (&path->peer, peer, length);
  path->peer_length = length;
}

void
socket_path_clear (TrafficEnd *end)
{
  SocketPath *path = g_steal_pointer (&end->path);

  close (path->fd);
  g_free (path);
}
