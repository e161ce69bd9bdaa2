/* One UDP socket: bound, large buffers, datagrams sent and received many at once, and the
 * errors that ICMP brings.  It knows no routes; what to do with a datagram is its owner's.
 *
 * A remote address carries no scope here: the socket's own address says on which link a
 * link-local one lies, and peers cannot know our interface indices. */
#pragma once

#include "base/address.h"
#include "io/batch.h"
#include "io/send-counts.h"

#include <gio/gio.h>

typedef struct _FramUdpSocket FramUdpSocket;

/* What each buffer is asked to hold, in bytes; the kernel may grant less. */
#define FRAM_UDP_BUFFER_BYTES (1 << 20)

/* Opens a non-blocking socket bound to `bind`; port 0: any.  `ret_bound` is the address with
 * the port it got.  Where the kernel can do it, the socket is the first of a group at its port,
 * which others of this user may join (io/steering.h), and gets all that arrives there until
 * somebody says otherwise.  Errors: G_IO_ERROR. */
FramUdpSocket *fram_udp_socket_new (const FramAddress *bind, FramAddress *ret_bound,
                                    GError **error);
void fram_udp_socket_free (FramUdpSocket *socket);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramUdpSocket, fram_udp_socket_free)

/* It sends by the interface of that index; 0: as the kernel routes.  An IPv6 socket is bound to
 * it, which a process without privileges cannot undo. */
void fram_udp_socket_set_interface (FramUdpSocket *socket, guint32 index);

int fram_udp_socket_get_fd (const FramUdpSocket *socket);
/* Whether others can join it at its port. */
gboolean fram_udp_socket_is_shared (const FramUdpSocket *socket);
/* Why not: errno of what the kernel refused; EAFNOSUPPORT: the host has no IPv6, of whose sockets
 * groups are made. */
int fram_udp_socket_get_share_error (const FramUdpSocket *socket);
gboolean fram_udp_socket_has_gro (const FramUdpSocket *socket);
/* Whether it still sends runs of equal packets as one, that the kernel cuts. */
gboolean fram_udp_socket_has_segments (const FramUdpSocket *socket);

/* Sends the packets in order, each a datagram, without waiting. None may be empty.  Runs of
 * equal size (the last may be shorter) leave as one, for the kernel to cut, where it can.  `dscp`
 * marks each; 0: none. */
void fram_udp_socket_send (FramUdpSocket *socket, const FramAddress *remote, guint8 dscp,
                           const struct iovec *packets, guint n_packets,
                           FramSendCounts *counts);

/* A packet of the protocol. */
typedef struct
{
  FramAddress remote;
  struct iovec bytes;
  guint8 dscp;
  gboolean is_refused; /* the answer: the kernel knows no way, or forbids it */
} FramUdpCheck;

/* Sends packets of the protocol in order, without waiting; what one of them meets is no matter of
 * the others.  They have another hop limit than data: an interface that joins packets of one flow
 * (GRO) leaves them alone, so that the peer's kernel sees what they are. */
void fram_udp_socket_send_checks (FramUdpSocket *socket, FramUdpCheck *checks,
                                  guint n_checks, FramSendCounts *counts);

/* Data leave with the system's own hop limit, which is 64 nearly everywhere. */
#define FRAM_CHECK_HOP_LIMIT 63

/* Received with one call: each may be 64 kB of joined datagrams. */
#define FRAM_UDP_RECEIVE_MAX 16

/* Fills `batch`; see fram_batch_receive(). */
int fram_udp_socket_receive (FramUdpSocket *socket, FramBatch *batch);
/* The source of a datagram, without scope. */
gboolean fram_udp_socket_get_source (const FramBatch *batch, guint index,
                                     FramAddress *ret_source);

/* An ICMP error that came back for a datagram to `remote`. */
typedef struct
{
  FramAddress remote;
  gboolean hard; /* trying again is of no use (RFC 1122 §4.2.3.9) */
} FramUdpError;

/* Takes the next of them. Return: FALSE if there is none. */
gboolean fram_udp_socket_take_error (FramUdpSocket *socket, FramUdpError *ret_error);
