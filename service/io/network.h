/* Which network the host is attached to: the way out of it names it. */
#pragma once

#include "base/address.h"

/* The longest link address of a gateway, as of InfiniBand. */
#define FRAM_LINK_ADDRESS_MAX 32

/* The attachment of the default route; IPv4's, if there is one. */
typedef struct
{
  guint8 gateway[FRAM_LINK_ADDRESS_MAX]; /* its link address (MAC) */
  gsize gateway_length;                  /* 0: the link has no such addresses */
  FramAddress prefix; /* of the interface's address, host bits zero; family NONE: none */
  guint prefix_length;
  char interface[16];
} FramNetworkIdentity;

/* Whether they are the same network: by gateway and prefix, for the way to it may be the cable
 * or the radio; where there is no gateway, by prefix and interface.  NULL is none. */
gboolean fram_network_identity_equal (const FramNetworkIdentity *a,
                                      const FramNetworkIdentity *b);
