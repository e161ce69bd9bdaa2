/* The buffers that datagrams pass through, and receiving many of them with one call.
 *
 * There is one for the whole data plane: nothing stays in it from one piece of work to the
 * next, so an open component costs no buffer. */
#pragma once

#include "base/address.h"

#include <sys/uio.h>

#define FRAM_BATCH_MAX 32
/* Longer than any UDP datagram, and than what UDP_GRO joins. */
#define FRAM_BATCH_BYTES 65536
/* Who has the batch may write so many bytes before each datagram, and as many behind it: what
 * it is wrapped in need not be sent, nor it be moved, for itself. */
#define FRAM_BATCH_MARGIN 64

typedef struct _FramBatch FramBatch;

FramBatch *fram_batch_new (void);
void fram_batch_free (FramBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramBatch, fram_batch_free)

/* Replaces the batch by at most `max` datagrams of the socket `fd`, without waiting.
 * Return: how many, or -errno. */
int fram_batch_receive (FramBatch *batch, int fd, guint max);
/* The same, of a socket whose datagrams have no source and are not joined: their bytes are all
 * that there is to ask for. */
int fram_batch_receive_bare (FramBatch *batch, int fd, guint max);

/* The datagram's bytes; after UDP_GRO several datagrams of one source, one behind the
 * other. They are the batch's. */
struct iovec fram_batch_get_bytes (const FramBatch *batch, guint index);
/* The length of each of them but the last, which may be shorter; never 0. */
gsize fram_batch_get_segment (const FramBatch *batch, guint index);
/* It was longer than a buffer; what is there is useless. */
gboolean fram_batch_is_truncated (const FramBatch *batch, guint index);
/* Return: FALSE if the sender has no Internet address. */
gboolean fram_batch_get_source (const FramBatch *batch, guint index,
                                FramAddress *ret_source);
