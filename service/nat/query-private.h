/* One question of a test: a Binding request on one socket, repeated until it is answered or
 * its silence means something; what is known of the path it takes; and the queue of what
 * the machines ask and tell. */
#pragma once

#include "base/random.h"
#include "base/time.h"
#include "nat/event.h"
#include "stun/message.h"

/* RFC 5780 §5: a client should not begin more than ten new transactions a second. */
#define FRAM_NAT_SPACING FRAM_MILLISECONDS (100)

typedef struct
{
  FramTime rtt;   /* the shortest time in which an answer came; -1: none came yet */
  gboolean lossy; /* an answer came only to a repetition */
} FramNatPath;

typedef enum
{
  FRAM_NAT_QUERY_ASLEEP, /* it is not known yet whether it will be asked */
  FRAM_NAT_QUERY_READY,  /* it waits for its turn to be sent */
  FRAM_NAT_QUERY_OPEN,
  FRAM_NAT_QUERY_ANSWERED,
  FRAM_NAT_QUERY_REFUSED, /* by an error, an answer without an address, or ICMP */
  FRAM_NAT_QUERY_SILENT,  /* asked often enough */
  FRAM_NAT_QUERY_DROPPED, /* nobody wants to know any more */
} FramNatQueryState;

/* RFC 5780 §7.2 */
typedef enum
{
  FRAM_NAT_CHANGE_NOTHING = 0,
  FRAM_NAT_CHANGE_PORT = 1 << 1,
  FRAM_NAT_CHANGE_IP = 1 << 2,
} FramNatChange;

typedef struct
{
  FramNatQueryState state;
  guint8 socket;
  guint8 n_sent;
  guint16 response_port; /* RFC 5780 §7.5; 0: none */
  FramNatChange change;  /* where the answer is to come from */
  FramAddress remote;
  FramStunId id;
  FramTime first_sent, last_sent, deadline;
  /* ANSWERED */
  FramAddress from;   /* where the answer came from */
  FramAddress mapped; /* what it told; family NONE if it told nothing */
} FramNatQuery;

void fram_nat_query_init (FramNatQuery *query, guint8 socket, const FramAddress *remote);
/* Neither asked nor to be asked any more. */
gboolean fram_nat_query_is_over (const FramNatQuery *query);

/* Sends it for the first time, with a new id. */
void fram_nat_query_send (FramNatQuery *query, const FramNatPath *path,
                          FramRandom *random, GQueue *events, FramTime now);
/* Repeats it, or gives it up, when that is due. */
void fram_nat_query_advance (FramNatQuery *query, const FramNatPath *path,
                             FramRandom *random, GQueue *events, FramTime now);

/* Takes an answer to it: TRUE if it is over by that.  Where and at which socket the answer
 * may arrive is the caller's to know. */
gboolean fram_nat_query_answer (FramNatQuery *query, FramNatPath *path,
                                const FramAddress *from, const FramStunMessage *message,
                                FramTime now);

/* Whether an address that a server told may be believed and sent to.  Whatever the server
 * says, nothing goes to this host, nor to the link, where the server itself is not. */
gboolean fram_nat_is_like_server (const FramAddress *address, const FramAddress *server);

void fram_nat_events_push (GQueue *events, FramNatEventType type);
gboolean fram_nat_events_pop (GQueue *events, FramNatEvent *ret_event);
