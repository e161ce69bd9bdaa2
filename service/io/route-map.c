#include "io/route-map.h"

#include "broker/tuple.h"
#include "io/component.h"

struct _FramRouteMap
{
  GHashTable *table; /* a set of FramMappedRoute */
};

struct _FramMappedRoute
{
  FramTuple tuple;
  FramComponent *component;
  FramMappedRoute *next; /* of the same component */
};

static FramTuple
make_key (FramBaseId base, const FramAddress *remote)
{
  FramTuple key = { *remote, base };

  key.remote.scope = 0;
  return key;
}

FramRouteMap *
fram_route_map_new (void)
{
  FramRouteMap *map = g_new (FramRouteMap, 1);

  map->table = g_hash_table_new_full (fram_tuple_hash, fram_tuple_equal, g_free, NULL);
  return map;
}

void
fram_route_map_free (FramRouteMap *map)
{
  g_assert (g_hash_table_size (map->table) == 0);

  g_hash_table_unref (map->table);
  g_free (map);
}

static void
unlink_route (FramMappedRoute *route)
{
  FramMappedRoute **place = &route->component->routes;

  while (*place != route)
    place = &(*place)->next;
  *place = route->next;
}

void
fram_route_map_add (FramRouteMap *map, FramBaseId base, const FramAddress *remote,
                    FramComponent *component)
{
  FramTuple key = make_key (base, remote);
  FramMappedRoute *route = g_hash_table_lookup (map->table, &key);

  if (route != NULL)
    unlink_route (route);
  else
    {
      route = g_new0 (FramMappedRoute, 1);
      route->tuple = key;
      g_hash_table_add (map->table, route);
    }
  route->component = component;
  route->next = component->routes;
  component->routes = route;
}

void
fram_route_map_remove (FramRouteMap *map, FramBaseId base, const FramAddress *remote,
                       FramComponent *component)
{
  FramTuple key = make_key (base, remote);
  FramMappedRoute *route = g_hash_table_lookup (map->table, &key);

  if (route == NULL || route->component != component)
    return;
  unlink_route (route);
  g_hash_table_remove (map->table, route);
}

void
fram_route_map_remove_all (FramRouteMap *map, FramComponent *component)
{
  while (component->routes != NULL)
    {
      FramMappedRoute *route = component->routes;

      component->routes = route->next;
      g_hash_table_remove (map->table, route);
    }
}

FramComponent *
fram_route_map_find (FramRouteMap *map, FramBaseId base, const FramAddress *remote)
{
  FramTuple key = make_key (base, remote);
  FramMappedRoute *route = g_hash_table_lookup (map->table, &key);

  return route != NULL ? route->component : NULL;
}
