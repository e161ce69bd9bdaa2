/* What is known of a network, as plain structs: told to the broker when it is there, and
 * told by the broker as it learns.
 *
 * Strings that go in are copied.  Those that come out belong to what they came in, are valid
 * UTF-8, and are "" rather than NULL.  Lengths of time are microseconds; an age is how long
 * ago something was, never negative even if the clock was set back, and -1 for never. */
#pragma once

#include "base/address.h"
#include "base/time.h"
#include "nat/kind.h"

/* How a server is spoken to. */
typedef enum
{
  FRAM_KNOWN_UDP,
  FRAM_KNOWN_TCP,
  FRAM_KNOWN_TLS,
  FRAM_KNOWN_DTLS,
} FramKnownTransport;

/* A server at one of its addresses; its family is the address's. */
typedef struct
{
  const char *uri;     /* RFC 7064, RFC 7065 */
  FramAddress address; /* family NONE: the name has none */
  FramKnownTransport transport;
  FramTime rtt; /* smoothed as RFC 6298 §2 does; -1: never answered */
  guint32 successes, failures;
  FramTime success_age, failure_age; /* of the last ones */
} FramKnownServer;

/* A way to a server that ends in silence. */
typedef struct
{
  const char *interface;
  const char *uri; /* NULL or "": all servers */
  FramFamily family;
  FramKnownTransport transport;
  FramTime age;           /* since it was first found so; not looked at when told */
  FramTime confirmed_age; /* since it was last found so; not looked at when told */
} FramKnownDeaf;

/* How the NAT or firewall before an interface behaves. */
typedef struct
{
  const char *interface;
  FramFamily family;
  FramNatAnswer translated;
  FramNatAnswer keeps_port;
  FramNatDependence mapping;
  FramNatDependence filtering;
  FramNatAnswer hairpin;
  FramTime age; /* not looked at when told */
} FramKnownNat;

/* How long it keeps a mapping that nobody uses, to the millisecond. */
typedef struct
{
  const char *interface;
  FramFamily family;
  FramTime alive; /* a mapping lived so long; 0: not known */
  FramTime dead;  /* none lived so long; FRAM_TIME_NEVER: not known */
  FramTime age;   /* not looked at when told */
} FramKnownLifetime;

/* All of one network.  A network that was never seen has nothing. */
typedef struct
{
  const char *name;               /* for people */
  FramTime first_age, last_age;   /* when it was seen; -1: never */
  const FramKnownServer *servers; /* the one that answered last comes first */
  guint n_servers;
  const FramKnownDeaf *deaf;
  guint n_deaf;
  const FramKnownNat *nats;
  guint n_nats;
  const FramKnownLifetime *lifetimes;
  guint n_lifetimes;
} FramKnownNetwork;

/* One thing that was learned. */
typedef enum
{
  FRAM_FACT_SERVER_ANSWERED, /* `server`: uri, address, transport, and the rtt of now */
  FRAM_FACT_SERVER_SILENT,   /* `server`: the same without an rtt */
  FRAM_FACT_DEAF,
  FRAM_FACT_HEARD, /* `deaf`: it is not, or not any more */
  FRAM_FACT_NAT,
  FRAM_FACT_LIFETIME,
} FramFactKind;

typedef struct
{
  FramFactKind kind;
  union
  {
    FramKnownServer server;
    FramKnownDeaf deaf;
    FramKnownNat nat;
    FramKnownLifetime lifetime;
  };
} FramFact;

/* Return: (transfer full): with copies of its strings; fram_fact_free(). */
FramFact *fram_fact_copy (const FramFact *fact);
void fram_fact_free (FramFact *fact);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramFact, fram_fact_free)
