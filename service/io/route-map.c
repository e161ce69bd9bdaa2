#include "io/route-map.h"

#include "io/component.h"

struct _FramRouteMap
{
  GHashTable *table; /* a set of FramMappedRoute */
};

/* Also a key to look for. */
struct _FramMappedRoute
{
  FramAddress remote;
  FramBaseId base;
  FramComponent *component;
  FramMappedRoute *next; /* of the same component */
};

static guint
hash_route (gconstpointer key)
{
  const FramMappedRoute *route = key;

  return fram_address_hash (&route->remote) ^ route->base * 0x9e3779b1u;
}

static gboolean
equal_routes (gconstpointer a, gconstpointer b)
{
  const FramMappedRoute *route = a, *other = b;

  return route->base == other->base
         && fram_address_equal (&route->remote, &other->remote);
}

static FramMappedRoute
make_key (FramBaseId base, const FramAddress *remote)
{
  FramMappedRoute key = { .remote = *remote, .base = base };

  key.remote.scope = 0;
  return key;
}

FramRouteMap *
fram_route_map_new (void)
{
  FramRouteMap *map = g_new (FramRouteMap, 1);

  map->table = g_hash_table_new_full (hash_route, equal_routes, g_free, NULL);
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
  FramMappedRoute key = make_key (base, remote);
  FramMappedRoute *route = g_hash_table_lookup (map->table, &key);

  if (route != NULL)
    unlink_route (route);
  else
    {
      route = g_memdup2 (&key, sizeof key);
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
  FramMappedRoute key = make_key (base, remote);
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
  FramMappedRoute key = make_key (base, remote);
  FramMappedRoute *route = g_hash_table_lookup (map->table, &key);

  return route != NULL ? route->component : NULL;
}
