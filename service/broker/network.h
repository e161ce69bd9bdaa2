/* What is known of the network the host is attached to: which servers answer and how fast,
 * which ways are deaf, how the NATs behave and how long they keep a mapping.
 *
 * Small tables of plain rows; what does not fit any more is the row that was not confirmed
 * for longest.  Points in time are the broker's clock, and may be before its beginning.
 * Whoever learns something says so by fram_broker_learn_*() (broker-private.h), which also
 * tells the owner to remember it. */
#pragma once

#include "broker/known.h"
#include "nat/kind.h"

/* Limits of what is kept, and of what is taken from FramKnownNetwork. */
#define FRAM_NETWORK_MAX_SERVERS 64
#define FRAM_NETWORK_MAX_WAYS 128
#define FRAM_NETWORK_MAX_NATS 32
#define FRAM_NETWORK_MAX_URI 300 /* bytes; longer ones are not kept */

/* A point in time that was not. */
#define FRAM_NETWORK_NEVER G_MININT64

/* A server at one of its addresses. */
typedef struct
{
  char *uri;
  FramAddress address;
  FramKnownTransport transport;
  FramTime rtt; /* smoothed; -1: never answered */
  guint32 successes, failures;
  FramTime success, failure; /* the last ones, or NEVER */
  FramTime told_rtt;         /* as last remembered; -1: it was not */
  FramTime told;             /* when, or NEVER */
} FramNetworkServer;

/* A way to a server that ends in silence. */
typedef struct
{
  char interface[16];
  char *uri; /* "": all servers */
  FramFamily family;
  FramKnownTransport transport;
  gboolean doubted;         /* it is silent, but not for long enough to be called deaf */
  FramTime since;           /* the first question that was not answered */
  FramTime deaf, confirmed; /* when it was found deaf, first and last */
  FramTime retry;           /* it is asked again from then on */
} FramNetworkWay;

/* What an interface leads to; the NAT before it. */
typedef struct
{
  char interface[16];
  FramFamily family;
  FramNatBehaviour
      behaviour;        /* what is known from earlier has no addresses, and rtt -1 */
  FramTime found;       /* or NEVER */
  FramTime alive, dead; /* as in FramKnownLifetime: 0 and FRAM_TIME_NEVER: unknown */
  FramTime measured;    /* or NEVER */
  FramTime heard;       /* when a server answered there last, or NEVER */
} FramNetworkNat;

typedef struct
{
  gboolean is_told;    /* the owner knows which network it is */
  gboolean is_unknown; /* the owner said that it does not */
  GPtrArray *servers;  /* FramNetworkServer */
  GPtrArray *ways;     /* FramNetworkWay */
  GPtrArray *nats;     /* FramNetworkNat */
} FramNetwork;

void fram_network_init (FramNetwork *network);
void fram_network_clear (FramNetwork *network);

/* --- Looking things up ------------------------------------------------------------- */

/* All return (transfer none), valid until something is learned, or NULL: nothing is known. */
FramNetworkServer *fram_network_find_server (const FramNetwork *network, const char *uri,
                                             const FramAddress *address,
                                             FramKnownTransport transport);
FramNetworkWay *fram_network_find_way (const FramNetwork *network, const char *interface,
                                       const char *uri, FramFamily family,
                                       FramKnownTransport transport);
FramNetworkNat *fram_network_find_nat (const FramNetwork *network, const char *interface,
                                       FramFamily family);

/* The smoothed round-trip time to an address, by whatever URI; -1: it never answered. */
FramTime fram_network_get_rtt (const FramNetwork *network, const FramAddress *address,
                               FramKnownTransport transport);
/* Whether nothing is to be expected on this way; a way is deaf to `uri` or to all servers. */
gboolean fram_network_is_deaf (const FramNetwork *network, const char *interface,
                               const char *uri, FramFamily family,
                               FramKnownTransport transport);
/* The way itself, deaf or doubted, or that to all servers; NULL: there is no doubt. */
FramNetworkWay *fram_network_find_silent (const FramNetwork *network,
                                          const char *interface, const char *uri,
                                          FramFamily family,
                                          FramKnownTransport transport);
/* Whether a server that answers elsewhere is silent here: the interface leads nowhere. */
gboolean fram_network_leads_nowhere (const FramNetwork *network, const char *interface,
                                     FramFamily family);
/* How often a mapping is to be used there. (RFC 8445 §11, nat/keepalive.h) */
FramTime fram_network_get_keepalive (const FramNetwork *network, const char *interface,
                                     FramFamily family);

/* --- Entering ---------------------------------------------------------------------- */

/* Return: (transfer none): the row, made if there was none; NULL: the URI is too long. */
FramNetworkServer *fram_network_put_server (FramNetwork *network, const char *uri,
                                            const FramAddress *address,
                                            FramKnownTransport transport);
FramNetworkWay *fram_network_put_way (FramNetwork *network, const char *interface,
                                      const char *uri, FramFamily family,
                                      FramKnownTransport transport, FramTime now);
/* The same, but it is only doubted if it was not deaf already. */
void fram_network_doubt_way (FramNetwork *network, const char *interface, const char *uri,
                             FramFamily family, FramKnownTransport transport,
                             FramTime since);
FramNetworkNat *fram_network_put_nat (FramNetwork *network, const char *interface,
                                      FramFamily family);
void fram_network_remove_way (FramNetwork *network, FramNetworkWay *way);

/* Takes over rows that are not known yet. */
void fram_network_add_known (FramNetwork *network, const FramKnownNetwork *known,
                             FramTime now);
