/* A server of RFC 5780 for tests: two addresses with two ports each, and all that may be
 * wrong with it. */
#pragma once

#include "base/address.h"

typedef enum
{
  NAT_SERVER_FINE = 0,
  NAT_SERVER_DEAF = 1 << 0,
  NAT_SERVER_SINGLE = 1 << 1,         /* one address: 420 to CHANGE-REQUEST */
  NAT_SERVER_OTHER_DEAF = 1 << 2,     /* tells of a second address where nobody is */
  NAT_SERVER_IGNORES_CHANGE = 1 << 3, /* answers from where it was asked */
  NAT_SERVER_WRONG_SOURCE = 1 << 4,   /* answers all from a third address */
  NAT_SERVER_NO_PORT = 1 << 5,        /* 420 to RESPONSE-PORT */
  NAT_SERVER_IGNORES_PORT = 1 << 6,
  NAT_SERVER_BUSY = 1 << 7,           /* 500 */
  NAT_SERVER_NO_ADDRESS = 1 << 8,     /* a success without a mapped address */
  NAT_SERVER_GARBLED = 1 << 9,        /* cut, or with a wrong length */
  NAT_SERVER_UNKNOWN_FIELD = 1 << 10, /* an attribute that must be understood, unknown */
} NatServerFaults;

typedef struct
{
  NatServerFaults faults;
  FramAddress first;  /* A1:P1 */
  FramAddress second; /* A2:P2 */
  FramAddress deaf;   /* one of the four, where nobody listens; family NONE: none */
  FramAddress told;   /* OTHER-ADDRESS; family NONE: the true one */
  FramAddress seen;   /* the mapped address; family NONE: the true one */
} NatServer;

typedef struct
{
  FramAddress source, destination;
  gsize length;
  guint8 data[200];
} NatDatagram;

/* Whether the server listens there. */
gboolean nat_server_is_at (const NatServer *server, const FramAddress *address);
/* Turns a request into its answer; FALSE: there is none. */
gboolean nat_server_answer (const NatServer *server, NatDatagram *datagram);
