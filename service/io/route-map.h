/* Which component an incoming datagram belongs to: (base, remote address) -> component.
 *
 * A remote address counts without its scope, which its base implies. */
#pragma once

#include "broker/event.h"

typedef struct _FramRouteMap FramRouteMap;
typedef struct _FramMappedRoute FramMappedRoute;
typedef struct _FramComponent FramComponent;

FramRouteMap *fram_route_map_new (void);
/* There must be no route left. */
void fram_route_map_free (FramRouteMap *map);

/* A 5-tuple belongs to one component: a route that exists already is taken from its former
 * one. */
void fram_route_map_add (FramRouteMap *map, FramBaseId base, const FramAddress *remote,
                         FramComponent *component);
/* Does nothing if the route is not (or no more) the component's. */
void fram_route_map_remove (FramRouteMap *map, FramBaseId base, const FramAddress *remote,
                            FramComponent *component);
/* Removes all of the component's. */
void fram_route_map_remove_all (FramRouteMap *map, FramComponent *component);
/* Return: NULL if nobody claims it. */
FramComponent *fram_route_map_find (FramRouteMap *map, FramBaseId base,
                                    const FramAddress *remote);
