#include "io/netlink.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The kernel fills its messages up to this size if the reader has room for it. */
#define REPLY_BYTES 32768
/* More replies than any host's interfaces take. */
#define REPLIES_MAX 4096
/* The kernel answers from memory: waiting longer means that it never will. */
#define ANSWER_SECONDS 2
#define DRAIN_MAX 64

static gboolean
fail (const char *what, int code, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", what,
               g_strerror (code));
  return FALSE;
}

static int
open_socket (int flags, guint32 groups, GError **error)
{
  struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = groups };
  int fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | flags, NETLINK_ROUTE);

  if (fd >= 0 && bind (fd, (struct sockaddr *) &address, sizeof address) == 0)
    return fd;
  fail ("Cannot ask for the network interfaces", errno, error);
  if (fd >= 0)
    close (fd);
  return -1;
}

int
fram_netlink_listen (guint32 groups, GError **error)
{
  return open_socket (SOCK_NONBLOCK, groups, error);
}

void
fram_netlink_drain (int fd)
{
  guint8 byte;

  /* ENOBUFS says that messages were lost, which is a change like any other. */
  for (guint i = 0; i < DRAIN_MAX; i++)
    if (recv (fd, &byte, sizeof byte, MSG_DONTWAIT) < 0 && errno != ENOBUFS)
      return;
}

static gboolean
send_request (int fd, guint16 request, GError **error)
{
  struct
  {
    struct nlmsghdr header;
    struct rtgenmsg body;
  } message = { .header = { .nlmsg_len = NLMSG_LENGTH (sizeof message.body),
                            .nlmsg_type = request,
                            .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
                .body = { .rtgen_family = AF_UNSPEC } };

  if (send (fd, &message, message.header.nlmsg_len, 0) < 0)
    return fail ("Cannot ask for the network interfaces", errno, error);
  return TRUE;
}

typedef enum
{
  REPLY_MORE,
  REPLY_END,
  REPLY_FAILED,
} ReplyResult;

static ReplyResult
visit_reply (const guint8 *reply, gsize length, FramNetlinkVisitor visitor,
             gpointer user_data, GError **error)
{
  const struct nlmsghdr *message;

  for (gsize offset = 0; offset + sizeof *message <= length;
       offset += NLMSG_ALIGN (message->nlmsg_len))
    {
      message = (const struct nlmsghdr *) (reply + offset);
      if (message->nlmsg_len < sizeof *message || message->nlmsg_len > length - offset)
        break;
      if (message->nlmsg_type == NLMSG_DONE)
        return REPLY_END;
      if (message->nlmsg_type == NLMSG_ERROR)
        {
          const struct nlmsgerr *details = NLMSG_DATA (message);

          fail ("The network interfaces are not told", -details->error, error);
          return REPLY_FAILED;
        }
      visitor (message, user_data);
    }
  return REPLY_MORE;
}

static gboolean
read_replies (int fd, FramNetlinkVisitor visitor, gpointer user_data, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (REPLY_BYTES);

  for (guint i = 0; i < REPLIES_MAX; i++)
    {
      ssize_t n = recv (fd, buffer, REPLY_BYTES, 0);
      ReplyResult result;

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return fail ("The network interfaces are not told", n < 0 ? errno : EIO, error);
      result = visit_reply (buffer, (gsize) n, visitor, user_data, error);
      if (result != REPLY_MORE)
        return result == REPLY_END;
    }
  return fail ("The network interfaces do not end", EOVERFLOW, error);
}

gboolean
fram_netlink_list (guint16 request, FramNetlinkVisitor visitor, gpointer user_data,
                   GError **error)
{
  struct timeval limit = { .tv_sec = ANSWER_SECONDS };
  int fd = open_socket (0, 0, error);
  gboolean done;

  if (fd < 0)
    return FALSE;
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  done
      = send_request (fd, request, error) && read_replies (fd, visitor, user_data, error);
  close (fd);
  return done;
}

const struct rtattr *
fram_netlink_find (const struct rtattr *first, int length, guint16 type)
{
  for (const struct rtattr *attribute = first; RTA_OK (attribute, length);
       attribute = RTA_NEXT (attribute, length))
    if ((attribute->rta_type & NLA_TYPE_MASK) == type)
      return attribute;
  return NULL;
}
