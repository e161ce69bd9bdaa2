/* Finds the addresses of names, without waiting for long. */
#pragma once

#include "base/address.h"
#include "base/time.h"

typedef struct _FramResolver FramResolver;

/* A name that is not found in this time has no addresses. */
#define FRAM_RESOLVE_LIMIT FRAM_SECONDS (5)
/* More of one name's addresses are left out. */
#define FRAM_RESOLVED_MAX 16

/* `n_addresses` 0: the name has none, or nobody said in time.  Ports are 0. */
typedef void (*FramResolved) (guint16 query, const FramAddress *addresses,
                              guint n_addresses, gpointer user_data);

/* `limit` bounds each look-up. */
FramResolver *fram_resolver_new (GMainContext *context, FramTime limit,
                                 FramResolved resolved, gpointer user_data);
/* Nothing is told afterwards. */
void fram_resolver_free (FramResolver *resolver);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramResolver, fram_resolver_free)

/* Tells the answer once, from the context. */
void fram_resolver_look_up (FramResolver *resolver, guint16 query, const char *name);
