/* TCP candidates: listening sockets, connections, and whose they are.  (RFC 6544)
 *
 * Every connection is a 5-tuple of its own, so that sessions need no lanes to keep apart.  A
 * check tells its session, but not the component: the listening socket does, and the n-th
 * components of all sessions share one on each interface address.  An active candidate has no
 * socket; each of its checks makes a connection from a port of its own.  A simultaneous-open one
 * listens, and its checks make their connections from the same port: it is one component's alone,
 * as two that connected from it to one peer would be one connection. */
#pragma once

#include "broker/bases.h"
#include "broker/tuple.h"
#include "ice/candidate.h"
#include "stun/transaction.h"

/* RFC 6544 §12: so many attempts at a time to one IP address of a peer; others wait. */
#define FRAM_TCP_MAX_ATTEMPTS 5
/* Of all sessions; more are refused, and fail. */
#define FRAM_TCP_MAX_CONNECTIONS 4096
/* A connection that came in and that no check of a session's has claimed is closed after that. */
#define FRAM_TCP_SILENCE FRAM_SECONDS (10)
/* So many of them stay on one listening socket, the newest ... */
#define FRAM_TCP_MAX_SILENT 64
/* ... and so many of one IP address, the first ones; more, if more components listen there. */
#define FRAM_TCP_MAX_SILENT_OF_ONE 8
/* What waits for a connection: a pair has a check, one that was replaced, and a nomination. */
#define FRAM_TCP_MAX_WAITING 4

/* What a server sees of a simultaneous-open candidate's base: asked by a connection from its
 * port, which stays open while the address may be needed.  (RFC 6544 §4.1, §5.2) */
typedef struct
{
  FramBaseId stream; /* 0: there is none */
  guint n_asked;     /* of the session's servers, in their order */
  char *uri;         /* of the last one */
  FramAddress server;
  FramStunTransaction transaction;
  FramAddress mapped; /* NONE: nobody has told */
  FramDue due;
} FramTcpQuestion;

/* What TCP candidates are based on. */
typedef struct
{
  FramBaseId id;
  FramTransport transport; /* of its candidates; an active one is of one component */
  FramInterfaceAddress interface;
  guint32 lane; /* passive: the how manieth component of sessions, from 0 */
  FramBaseState state;
  guint16 port;        /* that is asked for; 0: any; not of an active one */
  guint n_refused;     /* others that were asked for, and could not be had */
  FramAddress address; /* as bound; of an active candidate with the port 9 */
  GArray *members;     /* FramBaseMember */
  FramTime unused;     /* since when nobody uses it */
  FramDue linger;
  FramTcpQuestion *question; /* simultaneous-open; else NULL */
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
  GPtrArray *shared;       /* the passive ones of them */
  GHashTable *questions;   /* FramBaseId of the stream -> FramTcpBase */
  GHashTable *connections; /* FramBaseId of the stream -> FramTcpConnection */
  GHashTable *by_tuple;    /* a set of the same, by what agents know */
} FramTcpTable;

void fram_tcp_table_init (FramTcpTable *table);
void fram_tcp_table_clear (FramTcpTable *table);
/* Whether peers can connect to it. */
gboolean fram_tcp_base_listens (const FramTcpBase *base);
/* NULL: it is no base of TCP candidates. */
FramTcpBase *fram_tcp_table_find (const FramTcpTable *table, FramBaseId base);
FramTcpConnection *fram_tcp_table_find_connection (const FramTcpTable *table,
                                                   FramBaseId base,
                                                   const FramAddress *remote);
