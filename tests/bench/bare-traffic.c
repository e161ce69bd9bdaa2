/* bare-traffic: the load through two processes that move packets between the sockets of two
 * applications and UDP, by the calls that framd makes for that, and do nothing else: no ICE, no
 * routes, no bus.  What the kernel takes for a relay of this kind, whoever writes it. */
#include "figures.h"
#include "plain-path.h"

#include <errno.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#define PACKETS 32  /* of an application, with one call */
#define RECEIVED 16 /* of the network, with one call; each may be of many datagrams */
#define GIVEN 64    /* datagrams to an application, with one call */
/* Longer than what is joined; and no power of two, for the caches' sake. */
#define BUFFER (65536 + 27 * 64)
#define SOCKET_BYTES (1 << 20)

typedef struct
{
  int application;
  int network;
  guint8 bytes[PACKETS * BUFFER];
} Relay;

static void
fill (struct mmsghdr *messages, struct iovec *vectors, guint n)
{
  memset (messages, 0, n * sizeof *messages);
  for (guint i = 0; i < n; i++)
    {
      messages[i].msg_hdr.msg_iov = &vectors[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
}

/* All packets that are on the way at one time have one length.  Return: FALSE: it has ended. */
static gboolean
serve_application (Relay *relay)
{
  struct mmsghdr messages[PACKETS];
  struct iovec vectors[PACKETS];
  struct msghdr header = { .msg_iov = vectors };
  SegmentControl control;
  int n;

  for (guint i = 0; i < PACKETS; i++)
    vectors[i] = (struct iovec){ relay->bytes + i * BUFFER, BUFFER };
  fill (messages, vectors, PACKETS);
  n = recvmmsg (relay->application, messages, PACKETS, MSG_DONTWAIT, NULL);
  if (n < 0)
    return errno == EAGAIN || errno == EINTR;
  if (messages[0].msg_len == 0)
    return FALSE;
  for (int i = 0; i < n; i++)
    vectors[i].iov_len = messages[i].msg_len;
  header.msg_iovlen = (gsize) n;
  if (n > 1)
    socket_path_set_segment (&header, &control, (guint16) messages[0].msg_len);
  sendmsg (relay->network, &header, MSG_DONTWAIT);
  return TRUE;
}

static gsize
get_segment (struct msghdr *header, gsize length)
{
  struct cmsghdr *control = CMSG_FIRSTHDR (header);
  int segment = (int) length;

  if (control != NULL && control->cmsg_type == UDP_GRO)
    memcpy (&segment, CMSG_DATA (control), sizeof segment);
  return (gsize) segment;
}

typedef struct
{
  struct iovec vectors[GIVEN];
  guint n;
} Gift;

static void
give (Relay *relay, Gift *gift)
{
  struct mmsghdr messages[GIVEN];

  fill (messages, gift->vectors, gift->n);
  sendmmsg (relay->application, messages, gift->n, MSG_DONTWAIT);
  gift->n = 0;
}

static void
split (Relay *relay, struct mmsghdr *message, Gift *gift)
{
  guint8 *bytes = message->msg_hdr.msg_iov->iov_base;
  gsize segment = get_segment (&message->msg_hdr, message->msg_len);

  for (gsize start = 0; start < message->msg_len; start += segment)
    {
      if (gift->n == GIVEN)
        give (relay, gift);
      gift->vectors[gift->n++]
          = (struct iovec){ bytes + start, MIN (segment, message->msg_len - start) };
    }
}

static void
serve_network (Relay *relay)
{
  struct mmsghdr messages[RECEIVED];
  struct iovec vectors[RECEIVED];
  SegmentControl controls[RECEIVED];
  Gift gift = { .n = 0 };
  int n;

  for (guint i = 0; i < RECEIVED; i++)
    vectors[i] = (struct iovec){ relay->bytes + i * BUFFER, BUFFER };
  fill (messages, vectors, RECEIVED);
  for (guint i = 0; i < RECEIVED; i++)
    {
      messages[i].msg_hdr.msg_control = &controls[i];
      messages[i].msg_hdr.msg_controllen = sizeof controls[i];
    }
  n = recvmmsg (relay->network, messages, RECEIVED, MSG_DONTWAIT, NULL);
  for (int i = 0; i < n; i++)
    split (relay, &messages[i], &gift);
  if (gift.n > 0)
    give (relay, &gift);
}

static void
watch (int epoll, int fd)
{
  struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

  epoll_ctl (epoll, EPOLL_CTL_ADD, fd, &event);
}

static void
serve (Relay *relay)
{
  int epoll = epoll_create1 (EPOLL_CLOEXEC), one = 1, size = SOCKET_BYTES;
  gboolean goes_on = TRUE;

  setsockopt (relay->network, SOL_UDP, UDP_GRO, &one, sizeof one);
  setsockopt (relay->network, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  setsockopt (relay->network, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  setsockopt (relay->application, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  watch (epoll, relay->application);
  watch (epoll, relay->network);
  while (goes_on)
    {
      struct epoll_event events[2];
      int n = epoll_wait (epoll, events, G_N_ELEMENTS (events), -1);

      for (int i = 0; i < n; i++)
        if (events[i].data.fd == relay->application)
          goes_on = goes_on && serve_application (relay);
        else
          serve_network (relay);
    }
}

/* `others`: ends of applications' sockets, of which the process must not have any, or it would
 * not see its own one's end. */
static pid_t
start (guint side, int application, int network, const int others[2])
{
  pid_t process = fork ();
  Relay *relay;

  if (process < 0)
    g_error ("Cannot fork");
  if (process > 0)
    return process;
  for (guint i = 0; i < 2; i++)
    close (others[i]);
  traffic_pin (0, side);
  relay = g_new0 (Relay, 1);
  relay->application = application;
  relay->network = network;
  serve (relay);
  _exit (EXIT_SUCCESS);
}

int
main (int argc, char **argv)
{
  TrafficEnd sender, receiver;
  Places places = places_parse ("bare-traffic", argc, argv, NULL);
  SocketWay way = socket_way_parse (places.way);
  int applications[2], relayed[2], network[2];
  pid_t services[3] = { 0 };

  figures_bound_time (60);
  plain_path_open_sockets (&places, network);
  for (guint side = 0; side < 2; side++)
    {
      int pair[2];

      if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        g_error ("Cannot make a socket pair");
      applications[side] = pair[0];
      relayed[side] = pair[1];
    }
  for (guint side = 0; side < 2; side++)
    services[side] = start (side, relayed[side], network[side], applications);
  for (guint side = 0; side < 2; side++)
    close (relayed[side]);

  socket_path_init (&sender, applications[0], way);
  socket_path_init (&receiver, applications[1], way);
  plain_path_measure_beside (&places, &sender, &receiver, services);
  socket_path_clear (&sender);
  socket_path_clear (&receiver);
  for (guint side = 0; side < 2; side++)
    waitpid (services[side], NULL, 0);
  return 0;
}
