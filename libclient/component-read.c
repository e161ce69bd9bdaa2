/* Reading the direct path's socket: datagrams, or what the kernel has joined of them. */
#include <errno.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>

#include "component-private.h"

/* Datagrams that are not given to the application, one after the other. */
#define SKIPPED_MAX 64

/* RFC 8489 §5: the two first bits are 0, the fifth byte begins the cookie. */
gboolean
fram_component_is_stray (const guint8 *data, gsize length)
{
  static const guint8 cookie[] = { 0x21, 0x12, 0xa4, 0x42 };

  return length >= 20 && data[0] <= 3 && memcmp (data + 4, cookie, sizeof cookie) == 0;
}

void
fram_component_give_back (FramComponent *self, const guint8 *data, gsize length)
{
  /* It is sent again if there is no room. */
  if (send (self->fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
    g_debug ("A datagram of the protocol is lost");
}

void
fram_component_let_join (FramComponent *self)
{
  const int one = 1;

  if (self->direct.joins && self->direct.fd >= 0)
    setsockopt (self->direct.fd, SOL_UDP, UDP_GRO, &one, sizeof one);
}

static gsize
read_segment (struct msghdr *header, gsize length)
{
  int segment = 0;

  for (struct cmsghdr *control = CMSG_FIRSTHDR (header); control != NULL;
       control = CMSG_NXTHDR (header, control))
    if (control->cmsg_level == SOL_UDP && control->cmsg_type == UDP_GRO)
      memcpy (&segment, CMSG_DATA (control), sizeof segment);
  return segment > 0 ? (gsize) segment : length;
}

/* Takes the protocol's datagrams from among the joined.  Return: the bytes that are left. */
static gsize
take_strays (FramComponent *self, guint8 *bytes, gsize length, gsize segment)
{
  gsize left = 0;

  for (gsize start = 0; start < length; start += segment)
    {
      gsize size = MIN (segment, length - start);

      if (fram_component_is_stray (bytes + start, size))
        {
          fram_component_give_back (self, bytes + start, size);
          continue;
        }
      if (left != start)
        memmove (bytes + left, bytes + start, size);
      left += size;
    }
  return left;
}

gssize
fram_component_receive_joined (FramComponent *self, guint8 *buffer, gsize *ret_segment)
{
  union
  {
    char bytes[CMSG_SPACE (sizeof (int))];
    struct cmsghdr align;
  } control;
  struct iovec vector = { buffer, FRAM_SEGMENTS_MAX };

  for (guint i = 0; i < SKIPPED_MAX; i++)
    {
      struct msghdr header = { .msg_iov = &vector,
                               .msg_iovlen = 1,
                               .msg_control = &control,
                               .msg_controllen = sizeof control };
      gssize n = recvmsg (self->direct.fd, &header, MSG_DONTWAIT);
      gsize left;

      if (n < 0 && errno != EINTR)
        return -1;
      if (n <= 0)
        continue;
      *ret_segment = read_segment (&header, (gsize) n);
      left = take_strays (self, buffer, (gsize) n, *ret_segment);
      if (left == 0)
        continue;
      fram_component_count_received (self, (left + *ret_segment - 1) / *ret_segment,
                                     left);
      return (gssize) left;
    }
  errno = EAGAIN;
  return -1;
}

/* The next of those that the kernel has joined. */
static gssize
take_from_joined (FramDirect *direct, guint8 *buffer, gsize size)
{
  gsize length = MIN (direct->joined_segment, direct->joined_end - direct->joined_start);

  memcpy (buffer, direct->joined + direct->joined_start, MIN (length, size));
  direct->joined_start += length;
  return (gssize) length;
}

static gssize
receive_plain (FramComponent *self, guint8 *buffer, gsize size)
{
  for (guint i = 0; i < SKIPPED_MAX; i++)
    {
      gssize n = recv (self->direct.fd, buffer, size, MSG_DONTWAIT | MSG_TRUNC);

      if (n < 0 && errno != EINTR)
        return -1;
      if (n <= 0)
        continue;
      if (!fram_component_is_stray (buffer, MIN ((gsize) n, size)))
        {
          fram_component_count_received (self, 1, (gsize) n);
          return n;
        }
      if ((gsize) n <= size)
        fram_component_give_back (self, buffer, (gsize) n);
    }
  errno = EAGAIN;
  return -1;
}

static gssize
take_from_kept (FramDirect *direct, guint8 *buffer, gsize size)
{
  g_autoptr (GBytes) datagram = g_queue_pop_head (&direct->kept);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (datagram, &length);

  memcpy (buffer, bytes, MIN (length, size));
  return (gssize) length;
}

gboolean
fram_component_has_read (const FramComponent *self)
{
  return self->direct.joined_start < self->direct.joined_end
         || self->direct.kept.length > 0;
}

void
fram_component_keep_rest (FramComponent *self)
{
  g_autofree guint8 *buffer = g_malloc (FRAM_SEGMENTS_MAX);
  GQueue rest = G_QUEUE_INIT;
  gssize n;

  /* Behind what is kept of an even older one. */
  while (self->direct.kept.length > 0)
    g_queue_push_tail (&rest, g_queue_pop_head (&self->direct.kept));
  while ((n = fram_component_receive_direct (self, buffer, FRAM_SEGMENTS_MAX)) > 0)
    g_queue_push_tail (&rest, g_bytes_new (buffer, (gsize) n));
  self->direct.kept = rest;
}

gssize
fram_component_receive_direct (FramComponent *self, guint8 *buffer, gsize size)
{
  FramDirect *direct = &self->direct;
  gssize n;

  if (direct->joined_start < direct->joined_end)
    return take_from_joined (direct, buffer, size);
  if (direct->kept.length > 0)
    return take_from_kept (direct, buffer, size);
  if (direct->fd < 0)
    {
      errno = EAGAIN;
      return -1;
    }
  if (!direct->joins)
    return receive_plain (self, buffer, size);

  if (direct->joined == NULL)
    direct->joined = g_malloc (FRAM_SEGMENTS_MAX);
  n = fram_component_receive_joined (self, direct->joined, &direct->joined_segment);
  if (n < 0)
    return -1;
  direct->joined_start = 0;
  direct->joined_end = (gsize) n;
  return take_from_joined (direct, buffer, size);
}
