/* What the machines of this layer ask and tell, taken from a queue. */
#pragma once

#include "base/address.h"

/* A Binding request with one attribute of RFC 5780 and FINGERPRINT has 36 bytes. */
#define FRAM_NAT_MAX_REQUEST 40

typedef enum
{
  FRAM_NAT_EVENT_TRANSMIT, /* `data` from `socket` to `remote`, now */
  FRAM_NAT_EVENT_OPEN,     /* close `socket`, if there is one, and open it anew */
  FRAM_NAT_EVENT_CHANGED,  /* the result, a hint; at most one is queued */
  FRAM_NAT_EVENT_DONE,     /* the last event: nothing is sent or awaited any more */
} FramNatEventType;

/* It owns nothing. */
typedef struct
{
  FramNatEventType type;
  guint8 socket; /* TRANSMIT, OPEN: the owner's socket of this number */
  guint8 length; /* TRANSMIT, as what follows */
  FramAddress remote;
  guint8 data[FRAM_NAT_MAX_REQUEST];
} FramNatEvent;
