/* What a TURN client asks and tells, taken from a queue. */
#pragma once

#include "base/address.h"
#include "base/time.h"

/* Why an allocation was not made, or is not there any more. */
typedef enum
{
  FRAM_TURN_CLOSED,            /* as its owner wished */
  FRAM_TURN_SILENT,            /* the server did not answer */
  FRAM_TURN_LOST,              /* it was there, and could not be refreshed in time */
  FRAM_TURN_NO_CREDENTIALS,    /* the server asks for some, and there are none */
  FRAM_TURN_WRONG_CREDENTIALS, /* 401 in spite of them; 441 */
  FRAM_TURN_TAMPERED,          /* a challenge or an answer is not the server's own */
  FRAM_TURN_NO_ALGORITHM,      /* the server wants a password algorithm we do not know */
  FRAM_TURN_ALTERNATE,         /* another server is to be asked: `peer`, `domain` */
  FRAM_TURN_LOOP,              /* one that was asked already, or that cannot be */
  FRAM_TURN_BAD_REQUEST,       /* 400, 420 */
  FRAM_TURN_FORBIDDEN,         /* 403 */
  FRAM_TURN_MISMATCH,          /* 437: try from another local port */
  FRAM_TURN_NO_FAMILY,         /* 440 */
  FRAM_TURN_NO_TRANSPORT,      /* 442 */
  FRAM_TURN_QUOTA,             /* 486 */
  FRAM_TURN_CAPACITY,          /* 508 */
  FRAM_TURN_SERVER_ERROR,      /* 500 and what is not known */
  FRAM_TURN_BAD_ANSWER,        /* a success without what belongs to it */
} FramTurnOutcome;

/* A word for programs, as "wrong-credentials"; a sentence for people. */
const char *fram_turn_outcome_to_word (FramTurnOutcome outcome);
const char *fram_turn_outcome_to_sentence (FramTurnOutcome outcome);
/* How long to leave this server alone (RFC 8656 §7.4); 0: not at all; FRAM_TIME_NEVER: until
 * its settings have changed. */
FramTime fram_turn_outcome_get_pause (FramTurnOutcome outcome);

typedef enum
{
  FRAM_TURN_EVENT_TRANSMIT,  /* `data` to the server, on `connection` */
  FRAM_TURN_EVENT_ALLOCATED, /* the addresses are there: fram_turn_get_relayed () */
  /* The server does not prolong the allocation, which lives on until it expires: a new one
   * is to be made beside it. */
  FRAM_TURN_EVENT_REPLACE,
  FRAM_TURN_EVENT_MOVED, /* the server knows the new 5-tuple, as fram_turn_move() asked */
  FRAM_TURN_EVENT_PERMITTED, /* `peer`, as fram_turn_permit() asked */
  FRAM_TURN_EVENT_REFUSED,   /* `peer`, by the error `code` (0: silence) */
  FRAM_TURN_EVENT_BOUND,     /* data to and from `peer` may go by `channel` */
  FRAM_TURN_EVENT_UNBOUND,   /* they may not (any more) */
  /* ICMP came back to the relay (RFC 8656 §11.6); the peer's port may be 0: any. */
  FRAM_TURN_EVENT_UNREACHABLE,
  /* RFC 6062: open a connection to the server and bind it to `connection`. */
  FRAM_TURN_EVENT_CONNECTED, /* to `peer`, as fram_turn_connect() asked */
  FRAM_TURN_EVENT_INCOMING,  /* from `peer` */
  FRAM_TURN_EVENT_CONNECT_FAILED,
  FRAM_TURN_EVENT_CONNECTION_BOUND, /* `connection` carries data alone from now on */
  FRAM_TURN_EVENT_CONNECTION_FAILED,
  FRAM_TURN_EVENT_ENDED, /* by `outcome`; the last event */
} FramTurnEventType;

typedef struct
{
  FramTurnEventType type;
  FramTurnOutcome outcome; /* ENDED, REPLACE */
  guint code;              /* of the server's error; 0: there was none */
  FramAddress peer;
  guint16 channel;
  guint8 icmp_type, icmp_code;
  guint32 connection; /* 0: the one to the server itself */
  guint16 length;     /* TRANSMIT */
  union
  {
    guint8 *data; /* TRANSMIT: owned by the event */
    char *domain; /* ENDED by ALTERNATE: whose certificate to expect, or NULL. Owned */
  };
} FramTurnEvent;

void fram_turn_event_clear (FramTurnEvent *event);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FramTurnEvent, fram_turn_event_clear)
