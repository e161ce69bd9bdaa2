/* Datagrams by the dozen: one system call moves many. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "component-private.h"

/* Return: how many were sent, or -1 with errno set. */
static int
send_relayed (FramComponent *self, const GOutputVector *datagrams, guint n)
{
  struct mmsghdr messages[FRAM_COMPONENT_BATCH_MAX] = { 0 };
  struct iovec vectors[FRAM_COMPONENT_BATCH_MAX];

  for (guint i = 0; i < n; i++)
    {
      vectors[i].iov_base = (void *) datagrams[i].buffer;
      vectors[i].iov_len = datagrams[i].size;
      messages[i].msg_hdr.msg_iov = &vectors[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
  return sendmmsg (self->fd, messages, n, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static int
send_some (FramComponent *self, const GOutputVector *datagrams, guint n)
{
  return fram_component_sends_direct (self)
             ? fram_component_send_direct (self, datagrams, n)
             : send_relayed (self, datagrams, n);
}

/**
 * fram_component_send_batch: (skip)
 * @self: A component.
 * @datagrams: (array length=n): The datagrams, one vector each; none may be empty.
 * @n: How many there are.
 * @error: Where to put an error.
 *
 * Sends datagrams at once, as many as there is room for.  By the direct path the kernel carries
 * neighbours of one length as one, as with [method@Component.send_segments].
 *
 * Fails as [method@Component.send] if not even the first could be sent.
 *
 * Returns: How many were handed over, or -1.
 */
gssize
fram_component_send_batch (FramComponent *self, const GOutputVector *datagrams, gsize n,
                           GError **error)
{
  gsize sent = 0;

  g_return_val_if_fail (FRAM_IS_COMPONENT (self), -1);
  g_return_val_if_fail (n > 0, -1);

  while (sent < n)
    {
      int done
          = send_some (self, datagrams + sent, MIN (n - sent, FRAM_COMPONENT_BATCH_MAX));

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

/* Takes up to `n` messages of `fd` into `buffers`.  Return: how many, or -1 with errno set. */
static int
receive_some (int fd, const GInputVector *buffers, gsize *lengths, guint n)
{
  struct mmsghdr messages[FRAM_COMPONENT_BATCH_MAX] = { 0 };
  struct iovec vectors[FRAM_COMPONENT_BATCH_MAX];
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
    lengths[i] = messages[i].msg_len;
  return done;
}

static int
receive_some_relayed (FramComponent *self, const GInputVector *buffers, gsize *lengths,
                      guint n)
{
  int done = receive_some (self->fd, buffers, lengths, n);

  fram_component_read_relayed (self, done > 0 && lengths[0] > 0);
  for (int i = 0; i < done; i++)
    /* The end of the session reads as empty messages without end. */
    if (lengths[i] == 0)
      {
        errno = EPIPE;
        return i > 0 ? i : -1;
      }
  return done;
}

/* Datagrams of the protocol and empty ones are left out; those behind them move up. */
static int
sift (FramComponent *self, const GInputVector *buffers, gsize *lengths, int n)
{
  int left = 0;

  for (int i = 0; i < n; i++)
    {
      gsize there = MIN (lengths[i], buffers[i].size);

      if (fram_component_is_stray (buffers[i].buffer, there))
        {
          fram_component_give_back (self, buffers[i].buffer, there);
          continue;
        }
      if (lengths[i] == 0)
        continue;
      fram_component_count_received (self, 1, lengths[i]);
      if (left != i)
        memcpy (buffers[left].buffer, buffers[i].buffer, MIN (there, buffers[left].size));
      lengths[left++] = lengths[i];
    }
  return left;
}

static int
receive_some_direct (FramComponent *self, const GInputVector *buffers, gsize *lengths,
                     guint n)
{
  int done = 0;

  if (self->direct.joins || fram_component_has_read (self))
    {
      while (done < (int) n)
        {
          gssize length = fram_component_receive_direct (self, buffers[done].buffer,
                                                         buffers[done].size);

          if (length < 0)
            break;
          lengths[done++] = (gsize) length;
        }
      return done > 0 ? done : -1;
    }
  do
    {
      done = receive_some (self->direct.fd, buffers, lengths, n);
      if (done <= 0)
        return -1;
      done = sift (self, buffers, lengths, done);
    }
  while (done == 0);
  return done;
}

/* From either socket. */
static int
receive_any (FramComponent *self, const GInputVector *buffers, gsize *lengths, guint n)
{
  gboolean direct_first = fram_component_reads_direct (self);
  int done = -1;

  if (direct_first || fram_component_has_read (self))
    done = receive_some_direct (self, buffers, lengths, n);
  if (done > 0)
    return done;
  if (direct_first && self->direct.is_over)
    fram_component_drop_direct (self);
  done = receive_some_relayed (self, buffers, lengths, n);
  if (done < 0 && errno == EAGAIN && !direct_first && self->direct.fd >= 0)
    done = receive_some_direct (self, buffers, lengths, n);
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
      guint room = MIN (n - received, FRAM_COMPONENT_BATCH_MAX);
      int done = receive_any (self, buffers + received, lengths + received, room);

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
