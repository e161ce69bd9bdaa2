/* Streams: which servers are reached by TCP or TLS, where UDP does not go or the server's URI
 * asks for it.
 *
 * A try connects to one server from one interface address, asks it which address it sees
 * (RFC 8489 §6.2.2), and closes the connection again.  It stands for all who want to know.
 * The address is not a candidate: it is a NAT's mapping of TCP, to which no peer can send
 * UDP; for candidates of TCP see tcp-simultaneous.c. */
#pragma once

#include "broker/schedule.h"
#include "broker/servers.h"
#include "stun/transaction.h"

/* Under way at the same time; others wait for their turn. */
#define FRAM_STREAMS_MAX 8
/* From one interface address, a server is not tried again so soon. */
#define FRAM_STREAMS_REST FRAM_SECONDS (60)
/* More tries are not remembered; the oldest that is over goes first. */
#define FRAM_STREAMS_KEPT 256

typedef enum
{
  FRAM_STREAM_TRY_WAITING, /* for its turn, or for the server's addresses */
  FRAM_STREAM_TRY_CONNECTING,
  FRAM_STREAM_TRY_ASKING,
  FRAM_STREAM_TRY_ANSWERED,
  FRAM_STREAM_TRY_FAILED,
} FramStreamTryState;

/* Belongs to the broker, and may be gone after its next call. */
typedef struct
{
  FramBaseId stream; /* 0: not opened, or closed again */
  FramInterfaceAddress interface;
  char *uri;
  char *name;      /* of its host */
  char *authority; /* FramServer.authority */
  FramServerScheme scheme;
  FramAddress server;
  FramKnownTransport transport; /* TLS for “stuns:”, else TCP as a rule */
  FramStreamTryState state;
  guint16 query;      /* WAITING: for where the name is served by TCP; or 0 */
  FramAddress mapped; /* ANSWERED: whom the server sees, maybe a proxy; NONE: not said */
  FramTime rtt;       /* ANSWERED: of the question, not of the connection before it */
  FramStreamFailure failure; /* FAILED */
  char *details;             /* FAILED: for people, or NULL */
  FramTime since;            /* since when it is in this state */
  FramStunTransaction transaction;
  FramDue due;
} FramStreamTry;

typedef struct
{
  GPtrArray *tries; /* FramStreamTry, in the order in which they were asked for */
  guint n_open;
} FramStreamTable;

void fram_stream_table_init (FramStreamTable *table);
/* After fram_broker_streams_forget(). */
void fram_stream_table_clear (FramStreamTable *table);

/* Tries the server from the interface address, unless that is under way or was done less
 * than FRAM_STREAMS_REST ago.
 * Return: the try that tells; NULL: the server has no address of this family, or too many
 * others are waiting. */
const FramStreamTry *fram_broker_streams_try (FramBroker *broker,
                                              const FramInterfaceAddress *interface,
                                              const FramServer *server, FramTime now);
/* The same for each of them (FramServer), or NULL, whose answers by TCP are not known to stay
 * out too: no UDP comes back to this interface address. */
void fram_broker_streams_discover (FramBroker *broker,
                                   const FramInterfaceAddress *interface,
                                   const GPtrArray *servers, FramTime now);
/* Sends a Binding request by a stream. */
void fram_broker_ask_stream (FramBroker *broker, FramBaseId stream,
                             const FramAddress *server, const FramStunId *id);
/* The last try; NULL: there was none. */
const FramStreamTry *fram_broker_streams_find (FramBroker *broker,
                                               const FramAddress *interface,
                                               const char *uri);
/* Whether one that is not over has this interface address, or (NULL) any. */
gboolean fram_broker_streams_is_busy (FramBroker *broker, const FramAddress *interface);

/* The host is attached to another network: all is forgotten, what is open is closed. */
void fram_broker_streams_forget (FramBroker *broker);
/* The interface address is gone. */
void fram_broker_streams_lose (FramBroker *broker, const FramAddress *interface,
                               FramTime now);

/* For the broker's own files: it may be of a stream.  Return: FALSE: it is not. */
gboolean fram_broker_streams_opened (FramBroker *broker, FramBaseId id, FramTime now);
gboolean fram_broker_streams_resolved (FramBroker *broker, guint16 query,
                                       const FramAddress *addresses, guint n_addresses,
                                       FramTime now);
gboolean fram_broker_streams_receive (FramBroker *broker, FramBaseId id,
                                      const FramAddress *remote, const guint8 *data,
                                      gsize length, FramTime now);
/* The try's time has come. */
void fram_broker_streams_advance (FramBroker *broker, FramStreamTry *try, FramTime now);

/* A try is over; for who checks the network. */
void fram_broker_check_stream_ended (FramBroker *broker, const FramStreamTry *ended,
                                     FramTime now);
