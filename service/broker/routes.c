#include "broker/routes.h"

#include "broker/tuple.h"

void
fram_route_table_init (FramRouteTable *table)
{
  table->routes
      = g_hash_table_new_full (fram_tuple_hash, fram_tuple_equal, g_free, g_free);
}

void
fram_route_table_clear (FramRouteTable *table)
{
  g_clear_pointer (&table->routes, g_hash_table_unref);
}

guint
fram_route_table_size (const FramRouteTable *table)
{
  return g_hash_table_size (table->routes);
}

FramRoute *
fram_route_table_find (FramRouteTable *table, FramBaseId base, const FramAddress *remote)
{
  FramTuple tuple = { *remote, base };

  return g_hash_table_lookup (table->routes, &tuple);
}

static gboolean
is_owner (const FramRoute *route, FramSessionId session, guint stream, guint component)
{
  return route->session == session && route->stream == stream
         && route->component == component;
}

gboolean
fram_route_table_claim (FramRouteTable *table, FramBaseId base, const FramAddress *remote,
                        FramSessionId session, guint stream, guint component)
{
  FramTuple tuple = { *remote, base };
  FramRoute *route = g_hash_table_lookup (table->routes, &tuple);

  if (route == NULL)
    {
      route = g_new0 (FramRoute, 1);
      route->session = session;
      route->stream = (guint16) stream;
      route->component = (guint16) component;
      g_hash_table_insert (table->routes, g_memdup2 (&tuple, sizeof tuple), route);
    }
  else if (!is_owner (route, session, stream, component))
    return FALSE;
  route->n_claims++;
  return TRUE;
}

gboolean
fram_route_table_release (FramRouteTable *table, FramBaseId base,
                          const FramAddress *remote, FramSessionId session, guint stream,
                          guint component)
{
  FramTuple tuple = { *remote, base };
  FramRoute *route = g_hash_table_lookup (table->routes, &tuple);
  gboolean installed;

  if (route == NULL || !is_owner (route, session, stream, component))
    return FALSE;
  g_assert (route->n_claims > 0);
  if (--route->n_claims > 0)
    return FALSE;
  installed = route->installed;
  g_hash_table_remove (table->routes, &tuple);
  return installed;
}
