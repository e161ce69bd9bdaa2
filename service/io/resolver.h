/* Finds the addresses of servers, without waiting for long. (RFC 8489 §8.1, RFC 2782) */
#pragma once

#include "base/time.h"
#include "broker/server-uri.h"

typedef struct _FramResolver FramResolver;

/* A name that is not found in this time has no addresses. */
#define FRAM_RESOLVE_LIMIT FRAM_SECONDS (5)
/* Where something is known, what else might be better is awaited so long. */
#define FRAM_RESOLVE_GRACE FRAM_MILLISECONDS (250)
/* More of one name's addresses are left out. */
#define FRAM_RESOLVED_MAX 16
/* More hosts of one SRV set are left out, those that come last. */
#define FRAM_RESOLVED_MAX_TARGETS 4

typedef struct
{
  const char *name;
  FramServerScheme scheme;
  FramKnownTransport transport;
  /* Of all its addresses; 0: SRV records say where it is, and else it is the default. */
  guint16 port;
} FramResolverQuestion;

/* `n_addresses` 0: the name has none, or nobody said in time.  Each has its port. */
typedef void (*FramResolved) (guint16 query, const FramAddress *addresses,
                              guint n_addresses, gpointer user_data);

/* `limit` bounds each look-up. */
FramResolver *fram_resolver_new (GMainContext *context, FramTime limit,
                                 FramResolved resolved, gpointer user_data);
/* Nothing is told afterwards. */
void fram_resolver_free (FramResolver *resolver);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramResolver, fram_resolver_free)

/* Tells the answer once, from the context. */
void fram_resolver_look_up (FramResolver *resolver, guint16 query,
                            const FramResolverQuestion *question);
