/* The relayed path's other end: the service's half of the socket pair of one application.
 *
 * One packet is one datagram on both sides.  Nothing here waits: what an application does
 * not read is dropped and counted. */
#pragma once

#include "broker/event.h"
#include "io/batch.h"
#include "io/driver.h"
#include "io/poller.h"

typedef struct _FramAppSocket FramAppSocket;

/* What each direction is asked to hold, in bytes; the kernel may grant less. */
#define FRAM_APP_BUFFER_BYTES (1 << 20)

/* UDP over IPv4 carries no longer datagram.  IPv6 would, a little; what passes must not
 * depend on the path of the moment. */
#define FRAM_DATAGRAM_MAX 65507

typedef enum
{
  FRAM_APP_OPEN,
  FRAM_APP_SILENT, /* it will write no more, but may read */
  FRAM_APP_GONE,
} FramAppState;

/* `item` is for whoever watches it. */
struct _FramAppSocket
{
  FramPollItem item;
  FramAppState state;
  FramBaseId waits_for; /* not read until this base has room again; 0: none */
  FramComponentStats stats;
  gpointer component; /* whose it is */
};

/* Makes the pair; `ret_application_fd` is the application's end, close-on-exec, and the
 * caller's.  Errors: G_IO_ERROR. */
FramAppSocket *fram_app_socket_new (int *ret_application_fd, GError **error);
/* The application reads what is queued, then the end of file. */
void fram_app_socket_free (FramAppSocket *app);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramAppSocket, fram_app_socket_free)

/* Takes at most a batch of what the application wrote; `events` are the poller's.  Packets
 * that cannot be sent are counted and left out.
 * Return: how many of `ret_packets` are filled; their bytes are the batch's. */
guint fram_app_socket_read (FramAppSocket *app, guint32 events, FramBatch *batch,
                            struct iovec ret_packets[FRAM_BATCH_MAX]);

/* At most so many datagrams at a time: the segments of one UDP_GRO packet. */
#define FRAM_APP_WRITE_MAX 64

/* Gives datagrams to the application, in order. */
void fram_app_socket_write (FramAppSocket *app, struct iovec *datagrams,
                            guint n_datagrams);
