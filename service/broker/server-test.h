/* What a test of a server found, step by step. */
#pragma once

#include "broker/broker.h"

/* In their order; a server without a name, or one that is asked by UDP, skips some. */
typedef enum
{
  FRAM_SERVER_STEP_RESOLVE,  /* the name has addresses */
  FRAM_SERVER_STEP_CONNECT,  /* TCP, TLS or DTLS, through a proxy if need be */
  FRAM_SERVER_STEP_ANSWER,   /* the server answers a question about our address */
  FRAM_SERVER_STEP_ALLOCATE, /* it relays for us */
  FRAM_SERVER_STEP_DONE,
} FramServerStep;

/* A word for programs, as "allocate". */
const char *fram_server_step_to_word (FramServerStep step);

/* Belongs to the broker. */
typedef struct
{
  guint16 id;
  gboolean ended;
  FramServerStep step; /* the one that failed; DONE: all is well */
  /* What went wrong, for programs ("wrong-credentials"), and what to do about it, a sentence
   * for people; "" and "" if nothing did. */
  const char *cause;
  const char *advice;
  FramKnownTransport transport; /* by which it was asked */
  FramAddress server;           /* family NONE: not found out, as the next ones */
  FramAddress mapped;
  FramAddress relayed[2]; /* IPv4, IPv6 */
  FramTime rtt;           /* of the answer; -1: there was none */
  FramTime took;          /* in all */
  guint32 lifetime;       /* of the allocation, seconds; 0: there was none */
} FramServerTest;

/* NULL: there is none of this number any more. */
const FramServerTest *fram_broker_get_server_test (FramBroker *broker, guint16 test);
