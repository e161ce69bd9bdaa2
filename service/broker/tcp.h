/* TCP candidates: listening sockets, connections, and whose they are.  (RFC 6544)
 *
 * Every connection is a 5-tuple of its own, so that sessions need no lanes to keep apart.  A
 * check tells its session, but not the component: the listening socket does, and the n-th
 * components of all sessions share one on each interface address.  An active candidate has no
 * socket; each of its checks makes a connection from a port of its own. */
#pragma once

#include "broker/bases.h"
#include "broker/tuple.h"

/* RFC 6544 §12: so many attempts at a time to one IP address of a peer; others wait. */
#define FRAM_TCP_MAX_ATTEMPTS 5
/* Of all sessions; more are refused, and fail. */
#define FRAM_TCP_MAX_CONNECTIONS 4096
/* A connection that came in and that no check of a session's has claimed is closed after that. */
#define FRAM_TCP_SILENCE FRAM_SECONDS (10)
/* So many of them stay on one listening socket, the newest ... */
#define FRAM_TCP_MAX_SILENT 64
/* ... and so many of one IP address, the first ones. */
#define FRAM_TCP_MAX_SILENT_OF_ONE 8
/* What waits for a connection: a pair has a check, one that was replaced, and a nomination. */
#define FRAM_TCP_MAX_WAITING 4

/* What TCP candidates are based on. */
typedef struct
{
  FramBaseId id;
  gboolean listens; /* else it is of an active candidate, and of one component */
  FramInterfaceAddress interface;
  guint32 lane; /* listens: the how manieth component of sessions, from 0 */
  FramBaseState state;
  guint16 port;        /* listens: that is asked for; 0: any */
  guint n_refused;     /* others that were asked for, and could not be had */
  FramAddress address; /* as bound; of an active candidate with the port 9 */
  GArray *members;     /* FramBaseMember */
  FramTime unused;     /* since when nobody uses it */
  FramDue linger;
} FramTcpBase;

typedef enum
{
  FRAM_TCP_WAITING, /* too many are being made */
  FRAM_TCP_CONNECTING,
  FRAM_TCP_OPEN,
} FramTcpState;

typedef struct
{
  FramTuple tuple; /* what the agents know it by; also a key */
  FramBaseId id;   /* of the stream */
  FramTcpState state;
  FramSessionId session; /* 0: it came in, and nobody's check has claimed it */
  gboolean heard;        /* its first message was what it must be */
  GQueue waiting;        /* GBytes */
  FramDue silence;
} FramTcpConnection;

typedef struct
{
  GHashTable *bases;       /* FramBaseId -> FramTcpBase */
  GPtrArray *listening;    /* those of them that listen */
  GHashTable *connections; /* FramBaseId of the stream -> FramTcpConnection */
  GHashTable *by_tuple;    /* a set of the same, by what agents know */
} FramTcpTable;

void fram_tcp_table_init (FramTcpTable *table);
void fram_tcp_table_clear (FramTcpTable *table);
/* NULL: it is no base of TCP candidates. */
FramTcpBase *fram_tcp_table_find (const FramTcpTable *table, FramBaseId base);
FramTcpConnection *fram_tcp_table_find_connection (const FramTcpTable *table,
                                                   FramBaseId base,
                                                   const FramAddress *remote);
