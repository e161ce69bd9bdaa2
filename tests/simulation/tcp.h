/* The TCP of one node: sockets that listen, connections, and streams of bytes.  (RFC 9293)
 *
 * It sends segments as packets and is given those that come; its timers are on the world's
 * schedule.  What is lost is sent again, from the first byte that nobody has acknowledged; there
 * is no control of congestion.  Connections have the numbers of their owner. */
#pragma once

#include "network.h"

typedef struct _SimTcp SimTcp;

/* Why a connection is over. */
typedef enum
{
  SIM_TCP_REFUSED, /* nobody listens there */
  SIM_TCP_SILENT,  /* nothing came back in time */
  SIM_TCP_CLOSED,  /* by the other end, orderly or not */
} SimTcpEnd;

/* Who has it.  Any of these may close connections and sockets, and make others. */
typedef struct
{
  /* `packet` becomes the owner's. */
  void (*send) (gpointer owner, SimPacket *packet);
  /* `remote` has connected to the socket.  Return: the connection's number, or 0 to close it. */
  guint32 (*accept) (gpointer owner, guint32 listening, const FramAddress *remote);
  void (*opened) (gpointer owner, guint32 id);
  void (*received) (gpointer owner, guint32 id, const guint8 *data, gsize length);
  /* The number is of no use any more. */
  void (*ended) (gpointer owner, guint32 id, SimTcpEnd how);
} SimTcpOwner;

/* `refuses`: who comes to where nobody listens is told so; else nothing is said. */
SimTcp *sim_tcp_new (const SimContext *context, const SimTcpOwner *kind, gpointer owner,
                     gboolean refuses);
void sim_tcp_free (SimTcp *tcp);
/* All that there is, as if it had never been: nobody is told. */
void sim_tcp_forget (SimTcp *tcp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimTcp, sim_tcp_free)

/* FALSE: somebody listens there. */
gboolean sim_tcp_listen (SimTcp *tcp, guint32 id, const FramAddress *address);
/* FALSE: there is none of that number. */
gboolean sim_tcp_stop_listening (SimTcp *tcp, guint32 id);
gboolean sim_tcp_listens_at (const SimTcp *tcp, const FramAddress *address);

/* From `local`, with its port, which may be one where is listened.  FALSE: that connection is
 * there already. */
gboolean sim_tcp_connect (SimTcp *tcp, guint32 id, const FramAddress *local,
                          const FramAddress *remote);
/* Whether that connection is there, in whatever state. */
gboolean sim_tcp_connects (const SimTcp *tcp, const FramAddress *local,
                           const FramAddress *remote);
/* FALSE: it is not open, or so much waits to be sent that nothing of this is taken. */
gboolean sim_tcp_send (SimTcp *tcp, guint32 id, const guint8 *data, gsize length);
/* What waits is sent before; the owner hears nothing of it any more.  FALSE: there is none. */
gboolean sim_tcp_close (SimTcp *tcp, guint32 id);
/* A connection that the owner has not closed, and that has not ended. */
gboolean sim_tcp_has (const SimTcp *tcp, guint32 id);
/* How many there are, of those that sim_tcp_has() tells. */
guint sim_tcp_count (const SimTcp *tcp);

/* A segment to one of its addresses, which stays the caller's. */
void sim_tcp_receive (SimTcp *tcp, const SimPacket *packet);
