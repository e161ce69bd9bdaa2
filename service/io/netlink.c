#include "io/netlink.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* The kernel fills its messages up to this size if the reader has room for it. */
#define DATAGRAM_BYTES 32768
/* More datagrams than any host's tables take. */
#define DATAGRAMS_MAX 4096
/* More than a socket holds with the kernel's own limits. */
#define HEARD_MAX 1024
/* As much as the kernel gives (net.core.rmem_max): what is lost costs a reading of all. */
#define HEARD_BYTES (1 << 20)
/* The kernel answers from memory: waiting longer means that it never will. */
#define ANSWER_SECONDS 2
/* A table that changes each time it is listed is taken as it was last. */
#define TRIES_MAX 4

struct _FramNetlink
{
  struct mnl_socket *socket;
  guint32 sequence;
  guint32 buffer[DATAGRAM_BYTES / sizeof (guint32)];
};

static gboolean
fail (const char *what, int code, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", what,
               g_strerror (code));
  return FALSE;
}

static FramNetlink *
open_socket (int flags, guint32 groups, GError **error)
{
  g_autoptr (FramNetlink) netlink = g_new0 (FramNetlink, 1);

  netlink->socket = mnl_socket_open2 (NETLINK_ROUTE, SOCK_CLOEXEC | flags);
  if (netlink->socket == NULL
      || mnl_socket_bind (netlink->socket, groups, MNL_SOCKET_AUTOPID) < 0)
    {
      fail ("Cannot ask for the network interfaces", errno, error);
      return NULL;
    }
  return g_steal_pointer (&netlink);
}

FramNetlink *
fram_netlink_open (GError **error)
{
  const struct timeval limit = { .tv_sec = ANSWER_SECONDS };
  FramNetlink *netlink = open_socket (0, 0, error);
  int on = 1;

  if (netlink == NULL)
    return NULL;
  setsockopt (fram_netlink_get_fd (netlink), SOL_SOCKET, SO_RCVTIMEO, &limit,
              sizeof limit);
  /* The kernel then lists no more than what was asked for; an older one lists all. */
  mnl_socket_setsockopt (netlink->socket, NETLINK_GET_STRICT_CHK, &on, sizeof on);
  return netlink;
}

FramNetlink *
fram_netlink_listen (guint32 groups, GError **error)
{
  FramNetlink *netlink = open_socket (SOCK_NONBLOCK, groups, error);
  const int size = HEARD_BYTES;

  if (netlink != NULL)
    setsockopt (fram_netlink_get_fd (netlink), SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  return netlink;
}

void
fram_netlink_close (FramNetlink *netlink)
{
  if (netlink == NULL)
    return;
  if (netlink->socket != NULL)
    mnl_socket_close (netlink->socket);
  g_free (netlink);
}

int
fram_netlink_get_fd (const FramNetlink *netlink)
{
  return mnl_socket_get_fd (netlink->socket);
}

/* mnl_nlmsg_ok() of libmnl 1.0.4 takes a length of more than G_MAXINT for a negative one. */
static gboolean
is_whole (const struct nlmsghdr *message, int left)
{
  return mnl_nlmsg_ok (message, left) && message->nlmsg_len <= (guint32) left;
}

void
fram_netlink_visit (const void *bytes, gsize length, FramNetlinkVisitor visitor,
                    gpointer user_data)
{
  const struct nlmsghdr *message = bytes;
  int left = (int) MIN (length, G_MAXINT);

  for (; is_whole (message, left); message = mnl_nlmsg_next (message, &left))
    visitor (message, user_data);
}

gboolean
fram_netlink_hear (FramNetlink *netlink, FramNetlinkVisitor visitor, gpointer user_data)
{
  gboolean complete = TRUE;

  for (guint i = 0; i < HEARD_MAX; i++)
    {
      ssize_t n = mnl_socket_recvfrom (netlink->socket, netlink->buffer,
                                       sizeof netlink->buffer);

      if (n >= 0)
        fram_netlink_visit (netlink->buffer, (gsize) n, visitor, user_data);
      else if (errno == ENOBUFS || errno == ENOSPC)
        complete = FALSE;
      else if (errno != EINTR)
        return complete;
    }
  return FALSE;
}

gpointer
fram_netlink_request_init (FramNetlinkRequest *request, guint16 type, guint16 flags,
                           gsize size)
{
  struct nlmsghdr *header = mnl_nlmsg_put_header (request);

  header->nlmsg_type = type;
  header->nlmsg_flags = NLM_F_REQUEST | flags;
  return mnl_nlmsg_put_extra_header (header, size);
}

typedef enum
{
  ANSWER_MORE,
  ANSWER_END,
  ANSWER_FAILED,
} AnswerResult;

typedef struct
{
  const FramNetlinkReader *reader;
  gpointer user_data;
  gboolean interrupted; /* by a change of the table */
} Answer;

/* The end of a list, an acknowledgement, or an error: all have a negative errno, or 0. */
static AnswerResult
end_answer (const struct nlmsghdr *message, GError **error)
{
  const int *code = fram_netlink_get_header (message, sizeof *code);

  if (code == NULL || *code >= 0)
    return ANSWER_END;
  /* The smallest integer has no opposite. */
  fail ("The network interfaces are not told", -MAX (*code, -G_MAXINT), error);
  return ANSWER_FAILED;
}

static AnswerResult
visit_answer (FramNetlink *netlink, gsize length, Answer *answer, GError **error)
{
  const struct nlmsghdr *message = (const struct nlmsghdr *) netlink->buffer;
  int left = (int) length;

  for (; is_whole (message, left); message = mnl_nlmsg_next (message, &left))
    {
      if (!mnl_nlmsg_seq_ok (message, netlink->sequence)
          || !mnl_nlmsg_portid_ok (message, mnl_socket_get_portid (netlink->socket)))
        continue;
      if ((message->nlmsg_flags & NLM_F_DUMP_INTR) != 0)
        answer->interrupted = TRUE;
      if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR)
        return end_answer (message, error);
      answer->reader->visit (message, answer->user_data);
    }
  return ANSWER_MORE;
}

static gboolean
read_answer (FramNetlink *netlink, Answer *answer, GError **error)
{
  answer->interrupted = FALSE;
  for (guint i = 0; i < DATAGRAMS_MAX; i++)
    {
      ssize_t n = mnl_socket_recvfrom (netlink->socket, netlink->buffer,
                                       sizeof netlink->buffer);
      AnswerResult result;

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return fail ("The network interfaces are not told", n < 0 ? errno : EIO, error);
      result = visit_answer (netlink, (gsize) n, answer, error);
      if (result != ANSWER_MORE)
        return result == ANSWER_END;
    }
  return fail ("The network interfaces do not end", EOVERFLOW, error);
}

gboolean
fram_netlink_ask (FramNetlink *netlink, FramNetlinkRequest *request,
                  const FramNetlinkReader *reader, gpointer user_data, GError **error)
{
  Answer answer = { .reader = reader, .user_data = user_data, .interrupted = TRUE };

  for (guint i = 0; i < TRIES_MAX && answer.interrupted; i++)
    {
      request->header.nlmsg_seq = ++netlink->sequence;
      reader->begin (user_data);
      if (mnl_socket_sendto (netlink->socket, request, request->header.nlmsg_len) < 0)
        return fail ("Cannot ask for the network interfaces", errno, error);
      if (!read_answer (netlink, &answer, error))
        return FALSE;
    }
  return TRUE;
}

gconstpointer
fram_netlink_get_header (const struct nlmsghdr *message, gsize size)
{
  return mnl_nlmsg_get_payload_len (message) >= size ? mnl_nlmsg_get_payload (message)
                                                     : NULL;
}

void
fram_netlink_find (const struct nlmsghdr *message, gsize size,
                   const struct nlattr **ret_found, guint16 highest)
{
  gsize length = mnl_nlmsg_get_payload_len (message), start = MNL_ALIGN (size);

  fram_netlink_find_nested (mnl_nlmsg_get_payload_offset (message, size),
                            length > start ? length - start : 0, ret_found, highest);
}

void
fram_netlink_find_nested (gconstpointer bytes, gsize length,
                          const struct nlattr **ret_found, guint16 highest)
{
  const struct nlattr *attr;

  memset (ret_found, 0, (highest + 1u) * sizeof *ret_found);
  mnl_attr_for_each_payload (bytes, length)
  {
    guint16 type = mnl_attr_get_type (attr);

    if (type <= highest)
      ret_found[type] = attr;
  }
}

guint32
fram_netlink_get_u32 (const struct nlattr *attribute, guint32 otherwise)
{
  if (attribute == NULL || mnl_attr_validate (attribute, MNL_TYPE_U32) < 0)
    return otherwise;
  return mnl_attr_get_u32 (attribute);
}

gboolean
fram_netlink_get_ip (const struct nlattr *attribute, guint8 family,
                     FramAddress *ret_address)
{
  if (attribute == NULL)
    return FALSE;
  if (family == AF_INET && mnl_attr_get_payload_len (attribute) == 4)
    {
      fram_address_init_ipv4 (ret_address, g_ntohl (mnl_attr_get_u32 (attribute)), 0);
      return TRUE;
    }
  if (family == AF_INET6 && mnl_attr_get_payload_len (attribute) == 16)
    {
      fram_address_init_ipv6 (ret_address, mnl_attr_get_payload (attribute), 0);
      return TRUE;
    }
  return FALSE;
}

void
fram_netlink_get_text (const struct nlattr *attribute, char *ret_text, gsize size)
{
  gsize length = attribute != NULL ? mnl_attr_get_payload_len (attribute) : 0;

  memset (ret_text, 0, size);
  if (length > 0)
    memcpy (ret_text, mnl_attr_get_payload (attribute),
            strnlen (mnl_attr_get_payload (attribute), MIN (size - 1, length)));
}
