#include "io/batch.h"

#include "io/sockaddr.h"

#include <errno.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>

/* Buffers at a distance of a power of two would all fall on the same few lines of the
 * caches, and the kernel writes the beginnings of all before it reads the first again. */
#define STRIDE (FRAM_BATCH_BYTES + 27 * 64)

G_STATIC_ASSERT (STRIDE >= FRAM_BATCH_BYTES + 2 * FRAM_BATCH_MARGIN);

typedef union
{
  char bytes[CMSG_SPACE (sizeof (int))];
  struct cmsghdr align;
} Control;

struct _FramBatch
{
  guint n;
  struct mmsghdr *received; /* one of the next two */
  guint n_written;          /* of the first one, by the kernel */
  struct mmsghdr messages[FRAM_BATCH_MAX];
  /* The same buffers, for datagrams of which nobody asks whence they came: the kernel need not
   * say it of each. */
  struct mmsghdr bare[FRAM_BATCH_MAX];
  struct iovec buffers[FRAM_BATCH_MAX];
  FramSockaddr sources[FRAM_BATCH_MAX];
  Control controls[FRAM_BATCH_MAX];
  guint8 bytes[FRAM_BATCH_MAX * STRIDE];
};

/* The kernel writes over these fields. */
static void
prepare (FramBatch *batch, guint index)
{
  struct msghdr *header = &batch->messages[index].msg_hdr;

  header->msg_namelen = sizeof batch->sources[index];
  header->msg_controllen = sizeof batch->controls[index];
  header->msg_flags = 0;
}

FramBatch *
fram_batch_new (void)
{
  FramBatch *batch = g_new (FramBatch, 1);

  /* Only what is used becomes memory: the buffers are not cleared. */
  memset (batch, 0, G_STRUCT_OFFSET (FramBatch, bytes));
  for (guint i = 0; i < FRAM_BATCH_MAX; i++)
    {
      struct msghdr *header = &batch->messages[i].msg_hdr;

      batch->buffers[i].iov_base = batch->bytes + i * STRIDE + FRAM_BATCH_MARGIN;
      batch->buffers[i].iov_len = FRAM_BATCH_BYTES;
      header->msg_iov = &batch->buffers[i];
      header->msg_iovlen = 1;
      header->msg_name = &batch->sources[i];
      header->msg_control = &batch->controls[i];
      prepare (batch, i);
      batch->bare[i].msg_hdr.msg_iov = &batch->buffers[i];
      batch->bare[i].msg_hdr.msg_iovlen = 1;
    }
  batch->received = batch->messages;
  return batch;
}

void
fram_batch_free (FramBatch *batch)
{
  g_free (batch);
}

static int
receive (FramBatch *batch, struct mmsghdr *messages, int fd, guint max)
{
  int n;

  g_assert (max <= FRAM_BATCH_MAX);

  do
    n = recvmmsg (fd, messages, max, MSG_DONTWAIT, NULL);
  while (n < 0 && errno == EINTR);
  batch->received = messages;
  batch->n = (guint) MAX (n, 0);
  return n < 0 ? -errno : n;
}

int
fram_batch_receive (FramBatch *batch, int fd, guint max)
{
  int n;

  for (guint i = 0; i < batch->n_written; i++)
    prepare (batch, i);
  n = receive (batch, batch->messages, fd, max);
  batch->n_written = batch->n;
  return n;
}

int
fram_batch_receive_bare (FramBatch *batch, int fd, guint max)
{
  return receive (batch, batch->bare, fd, max);
}

struct iovec
fram_batch_get_bytes (const FramBatch *batch, guint index)
{
  struct iovec bytes = { .iov_base = batch->buffers[index].iov_base,
                         .iov_len = batch->received[index].msg_len };

  g_assert (index < batch->n);
  return bytes;
}

gsize
fram_batch_get_segment (const FramBatch *batch, guint index)
{
  struct msghdr *header = (struct msghdr *) &batch->messages[index].msg_hdr;
  struct cmsghdr *control;
  int segment = 0;

  for (control = CMSG_FIRSTHDR (header); control != NULL;
       control = CMSG_NXTHDR (header, control))
    if (control->cmsg_level == SOL_UDP && control->cmsg_type == UDP_GRO)
      memcpy (&segment, CMSG_DATA (control), sizeof segment);

  return segment > 0 ? (gsize) segment : MAX (batch->messages[index].msg_len, 1u);
}

gboolean
fram_batch_is_truncated (const FramBatch *batch, guint index)
{
  return (batch->messages[index].msg_hdr.msg_flags & MSG_TRUNC) != 0;
}

gboolean
fram_batch_get_source (const FramBatch *batch, guint index, FramAddress *ret_source)
{
  return fram_sockaddr_to_address (
      &batch->sources[index], batch->messages[index].msg_hdr.msg_namelen, ret_source);
}
