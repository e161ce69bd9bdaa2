/* Datagrams by the dozen: one system call moves many. */
#include <errno.h>
#include <sys/socket.h>

#include "component-private.h"

/* More in one call gain nothing that can be measured. */
#define BATCH_MAX 64

/**
 * fram_component_send_batch: (skip)
 * @self: A component.
 * @datagrams: (array length=n): The datagrams, one vector each; none may be empty.
 * @n: How many there are.
 * @error: Where to put an error.
 *
 * Sends datagrams at once, as many as there is room for.
 *
 * Fails as [method@Component.send] if not even the first could be sent.
 *
 * Returns: How many were handed over, or -1.
 */
gssize
fram_component_send_batch (FramComponent *self, const GOutputVector *datagrams, gsize n,
                           GError **error)
{
  struct mmsghdr messages[BATCH_MAX] = { 0 };
  struct iovec vectors[BATCH_MAX];
  gsize sent = 0;

  g_return_val_if_fail (FRAM_IS_COMPONENT (self), -1);
  g_return_val_if_fail (n > 0, -1);

  while (sent < n)
    {
      guint count = MIN (n - sent, BATCH_MAX);
      int done;

      for (guint i = 0; i < count; i++)
        {
          vectors[i].iov_base = (void *) datagrams[sent + i].buffer;
          vectors[i].iov_len = datagrams[sent + i].size;
          messages[i].msg_hdr.msg_iov = &vectors[i];
          messages[i].msg_hdr.msg_iovlen = 1;
        }
      done = sendmmsg (self->fd, messages, count, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (done > 0)
        sent += done;
      else if (errno != EINTR)
        break;
    }
  if (sent > 0)
    return sent;
  fram_component_set_error (self, errno, error);
  return -1;
}

/* Takes up to `n` messages into `buffers`.  Return: how many, or -1 with errno set. */
static int
receive_some (int fd, const GInputVector *buffers, gsize *lengths, guint n)
{
  struct mmsghdr messages[BATCH_MAX] = { 0 };
  struct iovec vectors[BATCH_MAX];
  int done;

  for (guint i = 0; i < n; i++)
    {
      vectors[i].iov_base = buffers[i].buffer;
      vectors[i].iov_len = buffers[i].size;
      messages[i].msg_hdr.msg_iov = &vectors[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
  do
    done = recvmmsg (fd, messages, n, MSG_DONTWAIT | MSG_TRUNC, NULL);
  while (done < 0 && errno == EINTR);
  for (int i = 0; i < done; i++)
    {
      /* The end of the session reads as empty messages without end. */
      if (messages[i].msg_len == 0)
        {
          errno = EPIPE;
          return i > 0 ? i : -1;
        }
      lengths[i] = messages[i].msg_len;
    }
  return done;
}

/**
 * fram_component_receive_batch: (skip)
 * @self: A component.
 * @buffers: (array length=n): Where to put the datagrams, one buffer each.
 * @lengths: (array length=n): Where to put their lengths.  A length above the size of its
 *   buffer means that the rest of that datagram was lost.
 * @n: How many buffers there are.
 * @error: Where to put an error.
 *
 * Receives the datagrams that are there, up to @n.
 *
 * Fails as [method@Component.receive] if there is none.
 *
 * Returns: How many were received, or -1.
 */
gssize
fram_component_receive_batch (FramComponent *self, const GInputVector *buffers,
                              gsize *lengths, gsize n, GError **error)
{
  gsize received = 0;

  g_return_val_if_fail (FRAM_IS_COMPONENT (self), -1);
  g_return_val_if_fail (n > 0, -1);

  while (received < n)
    {
      guint room = MIN (n - received, BATCH_MAX);
      int done = receive_some (self->fd, buffers + received, lengths + received, room);

      if (done > 0)
        received += done;
      if (done < (int) room)
        break;
    }
  if (received > 0)
    return received;
  fram_component_set_error (self, errno, error);
  return -1;
}
