/* Who owns which 5-tuple.
 *
 * Data carry no ufrag, so one (base, remote address) can belong to one component only.  A
 * component claims the tuple with its pair; the route is installed, and data flow, once the
 * pair has proved itself. */
#pragma once

#include "broker/event.h"

typedef struct
{
  FramSessionId session;
  guint16 stream;
  guint16 component;
  guint16 n_claims; /* of the generations of one session */
  guint16 installed;
} FramRoute;

typedef struct
{
  GHashTable *routes; /* (base, remote) -> FramRoute */
} FramRouteTable;

void fram_route_table_init (FramRouteTable *table);
void fram_route_table_clear (FramRouteTable *table);
guint fram_route_table_size (const FramRouteTable *table);

/* NULL: nobody's. */
FramRoute *fram_route_table_find (FramRouteTable *table, FramBaseId base,
                                  const FramAddress *remote);
/* FALSE: it belongs to another component. */
gboolean fram_route_table_claim (FramRouteTable *table, FramBaseId base,
                                 const FramAddress *remote, FramSessionId session,
                                 guint stream, guint component);
/* Gives one claim back, if the tuple is that component's. Return: TRUE if it was the last
 * and the route was installed. */
gboolean fram_route_table_release (FramRouteTable *table, FramBaseId base,
                                   const FramAddress *remote, FramSessionId session,
                                   guint stream, guint component);
