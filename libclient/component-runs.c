/* By the direct path: neighbours of one length leave as one packet, which the kernel cuts at the
 * end of its layers.  The peer gets the same datagrams, and each costs a part of what it did. */
#include <errno.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>

#include "component-private.h"

/* What the kernel takes at once: so many (older ones), and what fits an IP packet. */
#define RUN_MAX_DATAGRAMS 64
#define RUN_MAX_BYTES 65000

typedef union
{
  char bytes[CMSG_SPACE (sizeof (guint16))];
  struct cmsghdr align;
} Control;

typedef struct
{
  struct mmsghdr messages[FRAM_COMPONENT_BATCH_MAX];
  struct iovec vectors[FRAM_COMPONENT_BATCH_MAX];
  Control controls[FRAM_COMPONENT_BATCH_MAX];
  guint n_datagrams[FRAM_COMPONENT_BATCH_MAX]; /* of each message */
  guint n_messages, n_vectors;
} Runs;

/* All but the last have the length of the first, and that one is not longer. */
static guint
get_run_length (const FramComponent *self, const GOutputVector *datagrams, guint n)
{
  gsize size = datagrams[0].size, sum = size;
  guint run = 1;

  if (size == 0 || size > self->direct.run_limit)
    return 1;
  while (run < MIN (n, RUN_MAX_DATAGRAMS) && datagrams[run - 1].size == size
         && datagrams[run].size <= size && sum + datagrams[run].size <= RUN_MAX_BYTES)
    sum += datagrams[run++].size;
  return run;
}

static void
add_vector (Runs *runs, struct msghdr *header, const GOutputVector *datagram)
{
  struct iovec *last = &runs->vectors[runs->n_vectors];

  /* One behind the other in memory: it is all the same to the kernel, and less to read. */
  if (header->msg_iovlen > 0
      && (const guint8 *) last[-1].iov_base + last[-1].iov_len == datagram->buffer)
    {
      last[-1].iov_len += datagram->size;
      return;
    }
  *last = (struct iovec){ (void *) datagram->buffer, datagram->size };
  runs->n_vectors++;
  header->msg_iovlen++;
}

static void
cut_at (struct msghdr *header, Control *control, guint16 size)
{
  memset (control, 0, sizeof *control);
  control->align.cmsg_level = SOL_UDP;
  control->align.cmsg_type = UDP_SEGMENT;
  control->align.cmsg_len = CMSG_LEN (sizeof size);
  memcpy (CMSG_DATA (&control->align), &size, sizeof size);
  header->msg_control = control;
  header->msg_controllen = sizeof *control;
}

static void
plan_run (FramComponent *self, Runs *runs, const GOutputVector *datagrams, guint run)
{
  struct msghdr *header = &runs->messages[runs->n_messages].msg_hdr;

  *header = (struct msghdr){ .msg_name = &self->direct.peer,
                             .msg_namelen = sizeof self->direct.peer,
                             .msg_iov = &runs->vectors[runs->n_vectors] };
  for (guint i = 0; i < run; i++)
    add_vector (runs, header, &datagrams[i]);
  if (run > 1)
    cut_at (header, &runs->controls[runs->n_messages], (guint16) datagrams[0].size);
  runs->n_datagrams[runs->n_messages++] = run;
}

static void
plan (FramComponent *self, Runs *runs, const GOutputVector *datagrams, guint n)
{
  runs->n_messages = runs->n_vectors = 0;
  for (guint done = 0; done < n;)
    {
      guint run = get_run_length (self, datagrams + done, n - done);

      plan_run (self, runs, datagrams + done, run);
      done += run;
    }
}

/* The first `n_messages` have left.  Return: their datagrams. */
static int
count (FramComponent *self, const Runs *runs, guint n_messages)
{
  guint n = 0;

  for (guint i = 0; i < n_messages; i++)
    {
      n += runs->n_datagrams[i];
      fram_component_count_sent (self, runs->n_datagrams[i], runs->messages[i].msg_len);
    }
  return (int) n;
}

/* The interface cannot cut (EIO), or the datagrams are longer than its frames. */
static gboolean
give_up_runs (FramComponent *self, const GOutputVector *first, int error_number)
{
  if (error_number != EIO && error_number != EINVAL && error_number != EMSGSIZE)
    return FALSE;
  self->direct.run_limit = error_number == EIO ? 0 : first->size - 1;
  return TRUE;
}

int
fram_component_send_direct (FramComponent *self, const GOutputVector *datagrams, guint n)
{
  Runs runs;
  int done;

  g_assert (n <= FRAM_COMPONENT_BATCH_MAX);

  plan (self, &runs, datagrams, n);
  done = sendmmsg (self->direct.fd, runs.messages, runs.n_messages,
                   MSG_DONTWAIT | MSG_NOSIGNAL);
  if (done > 0)
    return count (self, &runs, (guint) done);
  if (fram_component_is_loss (errno))
    return (int) runs.n_datagrams[0];
  if (runs.n_datagrams[0] > 1 ? give_up_runs (self, datagrams, errno)
                              : fram_component_direct_failed (self, errno))
    {
      /* Once more, another way. */
      errno = EINTR;
      return -1;
    }
  if (errno == EMSGSIZE)
    return fram_component_send_relayed (self, datagrams[0].buffer, datagrams[0].size) < 0
               ? -1
               : 1;
  return -1;
}
