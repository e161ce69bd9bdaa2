/* What a component holds, for the code that moves its data. */
#pragma once

#include <gio/gio.h>
#include <netinet/in.h>

#include "fram-component.h"
#include "fram-session.h"

/* Datagrams of one system call.  More gain nothing that can be measured. */
#define FRAM_COMPONENT_BATCH_MAX 64

/* A socket of our own at the service's port.  (org.fram.Ice1.Session.OpenDirect) */
typedef struct
{
  int fd; /* -1: there is none */
  struct sockaddr_in6 peer;
  gsize run_limit;        /* longer datagrams are not sent as one: they cannot be */
  gboolean is_over;       /* it hangs up: nothing is sent by it, what it has is read */
  guint patience;         /* so many datagrams may still go the former way first */
  gboolean relayed_first; /* what came the former way has not all been read */
  guint n_in_a_row;       /* read from it without a look at the other socket */
  /* What the kernel has joined, and is given out singly. */
  gboolean joins;
  guint8 *joined;
  gsize joined_start, joined_end, joined_segment;
  GQueue kept; /* GBytes: what a former socket still had */
} FramDirect;

/* What went by the direct path, of which the service learns by memory that both have.
 * (org.fram.Ice1.Session.ShareCounters) */
typedef struct
{
  guint64 packets_sent, bytes_sent, packets_received, bytes_received;
} FramCounters;

struct _FramComponent
{
  GObject parent_instance;

  FramSession *session; /* lives at least as long as its data */
  guint stream, number;
  GSocket *socket; /* SOCK_SEQPACKET, not blocking */
  GSocketConnection *connection;
  int fd; /* the socket's */
  FramDirect direct;
  gboolean is_used;       /* by a function that knows both ways */
  gboolean stays_relayed; /* the direct path is not wanted */
  gboolean is_asking, asks_again;
  guint64 n_reordered;
  FramCounters own_counters,
      *counters; /* the latter are the service's too, or the former */
  gboolean has_asked_for_counters;
  gboolean closed;
};

/* Takes `fd` in any case.  Return: (transfer full): NULL with `error` set. */
FramComponent *fram_component_new (FramSession *session, guint stream, guint component,
                                   int fd, GError **error);

/* The other end is gone: tells so, once. */
void fram_component_mark_closed (FramComponent *self);
void fram_component_notify_direct (FramComponent *self);

/* Makes `error_number` of a call on the socket an error, and notes an end. */
void fram_component_set_error (FramComponent *self, int error_number, GError **error);

/* --- The direct path --------------------------------------------------------------- */

/* Its data are moved for the first time: the direct path is asked for, if it may be. */
void fram_component_begin (FramComponent *self);
/* Whether the next datagram is to leave by it. */
gboolean fram_component_sends_direct (FramComponent *self);
/* component-runs.c: by it.  Return: how many were sent or are lost, or -1 with errno set; EINTR: they
 * are to be sent again. */
int fram_component_send_direct (FramComponent *self, const GOutputVector *datagrams,
                                guint n);
/* A call on it failed with `error_number`.  Return: TRUE: the datagrams go the other way. */
gboolean fram_component_direct_failed (FramComponent *self, int error_number);
/* The network refuses: what was sent is lost, as anything may be that is sent. */
gboolean fram_component_is_loss (int error_number);
/* It is closed, if it has hung up and nothing is left in it. */
void fram_component_look_at_direct (FramComponent *self);
void fram_component_drop_direct (FramComponent *self);
/* It hangs up, as by the service, which may have died: nobody sends without its consent. */
void fram_component_cut_direct (FramComponent *self);

/* From now on the service learns what goes by it. */
void fram_component_share_counters (FramComponent *self);
void fram_component_free_counters (FramComponent *self);

/* component-data.c: by the service.  Return: -1 with errno set. */
gssize fram_component_send_relayed (FramComponent *self, const guint8 *data,
                                    gsize length);

static inline void
fram_component_count_sent (FramComponent *self, gsize packets, gsize bytes)
{
  self->counters->packets_sent += packets;
  self->counters->bytes_sent += bytes;
}

static inline void
fram_component_count_received (FramComponent *self, gsize packets, gsize bytes)
{
  self->counters->packets_received += packets;
  self->counters->bytes_received += bytes;
}

/* Which socket is read first. */
gboolean fram_component_reads_direct (FramComponent *self);
/* The relayed one was read: `something` was there. */
void fram_component_read_relayed (FramComponent *self, gboolean something);

/* Reads it: datagrams of the protocol that have come astray go back to the service.
 * Return: bytes, as of recv() with MSG_TRUNC; -1 with errno set. */
gssize fram_component_receive_direct (FramComponent *self, guint8 *buffer, gsize size);
/* What has been read already is received first. */
gboolean fram_component_has_read (const FramComponent *self);
/* Reads the socket empty, which is to be replaced. */
void fram_component_keep_rest (FramComponent *self);
/* The kernel joins what it can, if that is wanted and there is a socket. */
void fram_component_let_join (FramComponent *self);
/* All that the kernel has joined.  `buffer` has FRAM_SEGMENTS_MAX bytes. */
gssize fram_component_receive_joined (FramComponent *self, guint8 *buffer,
                                      gsize *ret_segment);
/* Whether it is the protocol's (RFC 8489 §5). */
gboolean fram_component_is_stray (const guint8 *data, gsize length);
void fram_component_give_back (FramComponent *self, const guint8 *data, gsize length);
