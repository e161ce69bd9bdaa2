/* What the broker asks of the world and tells it: a tagged union, taken from a queue.
 *
 * Transmit, bases, routes, paths and names are for io/; the rest is for rpc/. */
#pragma once

#include "base/address.h"
#include "base/time.h"
#include "broker/known.h"
#include "broker/server-uri.h"
#include "ice/state.h"

typedef guint32 FramBaseId; /* 0: none */
/* The socket of a probe, which is no base of sessions. */
#define FRAM_LANE_NONE G_MAXUINT32

typedef guint32 FramSessionId; /* 0: none; never used again */
typedef guint32 FramNameId;    /* of Multicast DNS; 0: none; never used again */

typedef enum
{
  /* Open a UDP socket bound to `bind` (port 0: any); answer with
   * fram_broker_told_base_opened() or …_failed().  Of the transport TCP it is one that listens:
   * who connects is told by fram_broker_told_accepted(). */
  FRAM_EVENT_OPEN_BASE,
  /* Connect to the server `remote` from `bind` over `transport` (TCP, TLS or DTLS) and, where
   * the system's settings ask for it, through a proxy; `text` is the server's name, whose
   * certificate is checked against `authority`, or (NULL) the system's store.  The answers
   * are fram_broker_told_base_opened() or …_stream_failed().  Then TRANSMIT sends, and
   * fram_broker_receive() gets, one whole message at a time (RFC 8489 §6.2.2, RFC 8656
   * §12.5).  Where `text` is NULL, `remote` is a peer, for which there is no proxy, and each
   * message is in a frame (RFC 4571); such a stream has routes and paths as a base. */
  FRAM_EVENT_OPEN_STREAM,
  FRAM_EVENT_CLOSE_BASE, /* or stream, or relayed base */
  /* `base` is a relayed one from now on, of the address `bind`: its datagrams travel inside
   * those between `carrier`, a base or a stream, and the TURN server `remote`, as ChannelData
   * or in indications (RFC 8656 §11, §12).  One carrier and server may have two, one of each
   * family.  The same base again: it has another carrier from now on; it may have been
   * without any for a while, when that was closed.  The owner takes out and wraps the data of
   * its routes and paths; everything else from the server, STUN inside of it too, goes to
   * fram_broker_receive() as it came, by the carrier. */
  FRAM_EVENT_RELAY_ADD,
  /* What the relayed base exchanges with `remote` goes by `channel`; 0: what goes there goes by
   * indications.  With `is_asked`, it does so still, but what comes by the channel is of
   * `remote`, for a server does not wait until its answer is heard. */
  FRAM_EVENT_RELAY_CHANNEL,
  FRAM_EVENT_TRANSMIT,
  /* Data from `remote` at `base` belong to this component, until removed. */
  FRAM_EVENT_ROUTE_ADD,
  FRAM_EVENT_ROUTE_REMOVE,
  /* The component's data leave by `base` to `remote`; base 0: there is no path, data are
   * dropped and counted.  The same again: they are marked differently. */
  FRAM_EVENT_PATH,
  /* Find the addresses of the server `text`; answer with fram_broker_told_resolved().
   * `port` 0: look for SRV records first, of `scheme` and `transport` (RFC 8489 §8.1). */
  FRAM_EVENT_RESOLVE,
  /* Find the addresses of the peer's name `text` by Multicast DNS (RFC 6762); answer with
   * fram_broker_told_name_resolved(). */
  FRAM_EVENT_NAME_RESOLVE,
  /* Tell the network of `interface` that `text` has the IP address `bind`; answer with
   * fram_broker_told_name_published(). */
  FRAM_EVENT_NAME_PUBLISH,
  FRAM_EVENT_NAME_FORGET, /* what was asked for `name` is of no use any more */
  FRAM_EVENT_REMEMBER,    /* `fact` was learned of the network */

  FRAM_EVENT_LOCAL_CANDIDATE,
  FRAM_EVENT_GATHERING_DONE,
  FRAM_EVENT_STATE,           /* the session's */
  FRAM_EVENT_COMPONENT_STATE, /* one component's */
  FRAM_EVENT_SELECTED,
  FRAM_EVENT_RESTART_ADVISED, /* for `cause`; nothing is done by itself */
  FRAM_EVENT_PAIRS_CHANGED,   /* a hint: one, until somebody looks at them */
  FRAM_EVENT_CLOSED,          /* the last event of a session; its data end */

  FRAM_EVENT_NETWORK_CHECKED, /* the check `query` of fram_broker_check_network() is over */
  FRAM_EVENT_SERVER_TESTED,   /* the test `query` of fram_broker_test_server() is over */

  FRAM_EVENT_TRACE, /* a step of a session that is traced: broker/trace.h */
} FramEventType;

typedef struct
{
  FramEventType type;
  FramSessionId session;
  guint16 stream;    /* from 0 */
  guint16 component; /* from 1 */
  FramBaseId base;
  FramAddress remote;
  FramBaseId carrier; /* RELAY_ADD */
  guint16 channel;    /* RELAY_CHANNEL */
  gboolean is_asked;  /* RELAY_CHANNEL */
  FramAddress bind;   /* OPEN_BASE, OPEN_STREAM: the port may be 0: any; RELAY_ADD;
                       * NAME_PUBLISH: port 0 */
  guint32 interface;  /* NAME_PUBLISH: its index */
  guint32 lane;       /* OPEN_BASE; or FRAM_LANE_NONE */
  gboolean connects;  /* OPEN_BASE: streams are to be opened from its port, too */
  FramKnownTransport transport; /* OPEN_STREAM, RESOLVE, OPEN_BASE */
  FramServerScheme scheme;      /* RESOLVE, OPEN_STREAM */
  guint16 port;                 /* RESOLVE: of all addresses that are found; or 0 */
  FramState state;              /* STATE, COMPONENT_STATE */
  FramCause cause;              /* STATE, COMPONENT_STATE, RESTART_ADVISED, CLOSED */
  FramTime duration; /* STATE: since the remote description; GATHERING_DONE: in all */
  guint16 query;     /* RESOLVE: to be given back; NETWORK_CHECKED,
                        * SERVER_TESTED: which one */
  FramNameId name;   /* NAME_…: which one */
  guint16 length;    /* TRANSMIT */
  guint8 dscp;       /* TRANSMIT, PATH: marks what is sent; 0: not */
  char *authority;   /* OPEN_STREAM: a file of certificates, or NULL. Owned */
  union
  {
    guint8 *data;   /* TRANSMIT: owned by the event */
    char *text;     /* LOCAL_CANDIDATE: the line; RESOLVE, OPEN_STREAM, NAME_RESOLVE,
                       NAME_PUBLISH: the name. Owned */
    FramFact *fact; /* REMEMBER: owned by the event */
    struct _FramTrace *trace; /* TRACE: owned by the event */
  };
} FramEvent;

/* Frees what the event owns. */
void fram_event_clear (FramEvent *event);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FramEvent, fram_event_clear)
